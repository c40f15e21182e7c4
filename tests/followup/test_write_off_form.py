"""Asking for a write-off on the claim's page: what was typed is not lost, and nobody is asked twice."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.followup.tables import WriteOffRequest
from tests.browser_double import Browser
from tests.practice import claim_numbered

REASON = "Typed for five minutes: the payer is insolvent"
DOLLARS = ("field-dollars", "Dollars should look like 120 or 120.50.")


@pytest.fixture
def claim_id(engine: Engine) -> int:
    found = claim_numbered(engine, "ST1003").id
    assert found is not None
    return found


def form_of(page: str) -> str:
    return page.partition('class="call-fields write-off"')[2].partition("</details>")[0]


def is_asked(engine: Engine) -> bool:
    with Session(engine) as session:
        return session.exec(select(WriteOffRequest)).first() is not None


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"dollars": "1.999", "reason": REASON}, *DOLLARS),
        ({"dollars": "a lot", "reason": REASON}, *DOLLARS),
        ({"dollars": "1.²", "reason": REASON}, *DOLLARS),  # a digit, and no number
        ({"dollars": "9" * 5000, "reason": REASON}, *DOLLARS),
        ({"dollars": "0", "reason": REASON}, "field-dollars", "Ask for more than nothing"),
        ({"dollars": "9,999,999", "reason": REASON}, "field-dollars", "ask for no more than that"),
        ({"dollars": "40.50", "reason": " "}, "field-write-off-reason", "Say why"),
    ],
)
def test_a_refused_form_comes_back_as_it_was_typed_with_the_fields_error_beside_it(
    dana: Browser, engine: Engine, claim_id: int, typed: dict[str, str], field: str, said: str
) -> None:
    answer = dana.submit(f"/claims/{claim_id}/write-off", {**typed, "back": "queue=authorization"})

    assert answer.status_code == 422
    form = form_of(answer.text)
    assert form.startswith(" open>")
    assert f'name="dollars" type="text" autocomplete="off" value="{typed["dollars"]}"' in form
    assert f'value="{typed["reason"]}"' in form
    assert 'name="back" value="queue=authorization"' in form
    error = form.partition(f'id="{field}-error">')[2].partition("</p>")[0]
    assert said in error
    assert form.count('aria-invalid="true"') == form.count("autofocus") == 1
    assert not is_asked(engine)


def test_a_claim_on_which_nothing_is_open_shows_what_was_typed_too(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    settled = claim_numbered(engine, "ST1006").id
    dana.submit(f"/claims/{settled}/write-off", {"reason": "Too small"})
    with Session(engine) as session:
        number = session.exec(select(WriteOffRequest.id)).one()
    sam.submit(f"/write-offs/{number}/approve")

    answer = dana.submit(f"/claims/{settled}/write-off", {"reason": REASON})

    assert answer.status_code == 422
    assert "$0.00 is open with the payer" in form_of(answer.text)
    assert f'value="{REASON}"' in form_of(answer.text)


def test_a_form_that_meets_a_request_which_waits_is_answered_with_what_was_typed(
    dana: Browser, lee: Browser, claim_id: int
) -> None:
    lee.submit(f"/claims/{claim_id}/write-off", {"dollars": "40.50", "reason": "Too small"})

    answer = dana.submit(f"/claims/{claim_id}/write-off", {"reason": REASON})

    assert answer.status_code == 409
    assert "A write-off of this claim waits for a decision already." in answer.text
    assert f"“{REASON}”" in answer.text


WAITS = re.compile(r'<p class="write-off small">.*?</p>', re.DOTALL)


def waits(browser: Browser, claim_id: int) -> str:
    """What the claim's page says of the request that waits, in words alone; "" where it shows the form."""
    page = browser.get(f"/claims/{claim_id}").text
    found = WAITS.search(page)
    assert (found is None) == ("Send to write-off review" in page)
    return re.sub(r"<[^>]*>", "", found[0]).strip() if found else ""


def test_while_one_waits_the_claim_says_so_in_place_of_the_form(
    dana: Browser, lee: Browser, sam: Browser, engine: Engine, claim_id: int
) -> None:
    assert waits(dana, claim_id) == ""
    lee.submit(f"/claims/{claim_id}/write-off", {"dollars": "1,500", "reason": "The payer is insolvent"})

    told = "A write-off of $1,500.00 waits for a decision, asked for by Lee Okafor on Nov 23, 2026, "
    assert waits(dana, claim_id).startswith(told)
    assert waits(dana, claim_id).endswith(". A supervisor decides, on Team.")
    assert waits(sam, claim_id).startswith(told)
    assert '<a href="/team#write-offs">Decide about it on Team</a>' in sam.get(f"/claims/{claim_id}").text

    with Session(engine) as session:
        number = session.exec(select(WriteOffRequest.id)).one()
    sam.submit(f"/write-offs/{number}/approve")
    assert "; one of two has agreed. " in waits(dana, claim_id)

    sam.submit(f"/write-offs/{number}/reopen")
    sam.submit(f"/write-offs/{number}/refuse", {"said": "Appeal first"})
    assert waits(dana, claim_id) == ""


def test_the_address_of_a_refused_form_opens_the_claim_again(dana: Browser, stranger: Browser, claim_id: int) -> None:
    assert dana.get(f"/claims/{claim_id}/write-off").headers["location"] == f"/claims/{claim_id}"
    assert stranger.get(f"/claims/{claim_id}/write-off").status_code == 404
