"""Without a script, a note that meets an ended sign-in is kept for whoever typed it: shown again, never sent."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.kept_forms import KEPT_FOR, MOST_FORMS
from app.auth.require import SESSION_COOKIE
from app.auth.sessions import begin, end_all
from app.auth.tables import KeptForm, Person
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.tables import Touch
from tests.browser_double import Browser
from tests.practice import claim_numbered

NOTE = "Rep Ann: “records” received <11/20>, ask again"


@pytest.fixture
def claim_id(engine: Engine) -> int:
    return claim_numbered(engine, "ST1003").id or 0


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the form that records work, as a browser without a script sends them."""
    form = page.partition('class="touch-form"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def sign_out(engine: Engine, clock: FixedClock, browser: Browser) -> None:
    with session_scope(engine) as session:
        end_all(session, browser.person_id, clock.now())


def sign_in_again(engine: Engine, clock: FixedClock, browser: Browser, person_id: int) -> None:
    with session_scope(engine) as session:
        token = begin(session, session.get_one(Person, person_id), clock.now(), ip="testclient", user_agent="test")
    browser.cookies.set(SESSION_COOKIE, token)


def send_signed_out(dana: Browser, engine: Engine, clock: FixedClock, claim_id: int) -> str:
    """The note sent after the sign-in ended; answers with the page that will show it again."""
    page = dana.get(f"/work?queue=authorization&claim={claim_id}").text
    sign_out(engine, clock, dana)
    typed = {**form_of(page), "kind": "call", "note": NOTE, "minutes": "7", "call_reference": "R-55"}
    answer = dana.submit(f"/claims/{claim_id}/touches", typed)
    assert answer.status_code == 303
    sign_in, _, there = answer.headers["location"].partition("?next=")
    assert sign_in == "/sign-in"
    return unquote(there)


def note_in(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="note"[^>]*>(.*?)</textarea>', page, re.S)
    assert found is not None
    return unescape(found[1])


def test_the_note_stands_in_the_form_again_and_nothing_was_recorded(
    dana: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    there = send_signed_out(dana, engine, clock, claim_id)
    assert there == f"/work?queue=authorization&claim={claim_id}&kept=1#touch"
    assert "sign in as the same person" in dana.get("/sign-in", params={"next": there}).text

    sign_in_again(engine, clock, dana, dana.person_id)
    page = dana.get(there.partition("#")[0]).text

    assert note_in(page) == NOTE
    assert 'value="R-55"' in page
    assert "You were signed out before this could be saved" in page
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []


def test_once_it_is_saved_nothing_is_kept(dana: Browser, engine: Engine, clock: FixedClock, claim_id: int) -> None:
    send_signed_out(dana, engine, clock, claim_id)
    sign_in_again(engine, clock, dana, dana.person_id)

    assert dana.submit(f"/claims/{claim_id}/touches", {"kind": "call", "note": NOTE}).status_code == 303
    with Session(engine) as session:
        assert session.exec(select(KeptForm)).all() == []
        assert session.exec(select(Touch)).one().note == NOTE


def test_nobody_else_at_that_browser_sees_it(
    dana: Browser, lee: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    there = send_signed_out(dana, engine, clock, claim_id)
    sign_in_again(engine, clock, dana, lee.person_id)

    assert note_in(dana.get(there.partition("#")[0]).text) == ""


def test_the_same_person_at_another_browser_does_not_see_it(
    dana: Browser, lee: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    there = send_signed_out(dana, engine, clock, claim_id)
    sign_in_again(engine, clock, lee, dana.person_id)

    assert note_in(lee.get(there.partition("#")[0]).text) == ""


def test_after_half_an_hour_it_is_gone(dana: Browser, engine: Engine, clock: FixedClock, claim_id: int) -> None:
    there = send_signed_out(dana, engine, clock, claim_id)
    clock.advance(minutes=KEPT_FOR.total_seconds() / 60)
    sign_in_again(engine, clock, dana, dana.person_id)

    assert note_in(dana.get(there.partition("#")[0]).text) == ""


def test_fields_that_the_form_does_not_name_are_not_kept(
    dana: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    sign_out(engine, clock, dana)
    marked = {
        "keep": "note",
        "keep_at": f"/work?claim={claim_id}&kept=1",
        "note": NOTE,
        "password": "never keep this",
    }
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", **marked})

    with Session(engine) as session:
        assert session.exec(select(KeptForm)).one().fields == {"note": NOTE}


@pytest.mark.parametrize(
    "marks",
    [
        {},  # not marked
        {"keep": "note"},  # marked, and nowhere to show it
        {"keep": "note", "keep_at": "https://elsewhere.example/"},
        {"keep": "note", "keep_at": "//elsewhere.example/"},
    ],
)
def test_a_form_that_does_not_ask_for_it_keeps_nothing(
    dana: Browser, engine: Engine, clock: FixedClock, claim_id: int, marks: dict[str, str]
) -> None:
    sign_out(engine, clock, dana)
    answer = dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", "note": NOTE, **marks})

    assert answer.headers["location"] == "/sign-in?next=/"
    with Session(engine) as session:
        assert session.exec(select(KeptForm)).all() == []


def test_a_browser_that_never_signed_in_keeps_nothing(
    dana: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    marked = {"keep": "note", "keep_at": "/work?kept=1", "note": NOTE}
    dana.cookies.delete(SESSION_COOKIE)
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", **marked})

    with Session(engine) as session:
        assert session.exec(select(KeptForm)).all() == []


def test_a_visit_keeps_a_few_forms_and_lets_the_oldest_go(
    dana: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    sign_out(engine, clock, dana)
    for number in range(1, MOST_FORMS + 3):
        marked = {"keep": "note", "keep_at": "/work?kept=1", "note": NOTE}
        dana.submit(f"/claims/{number}/touches", {"kind": "note", **marked})

    with Session(engine) as session:
        kept = {row.path for row in session.exec(select(KeptForm))}
    assert kept == {f"/claims/{number}/touches" for number in range(3, MOST_FORMS + 3)}


def test_a_call_sheet_comes_back_as_typed(dana: Browser, engine: Engine, clock: FixedClock, claim_id: int) -> None:
    payer_id = claim_numbered(engine, "ST1003").payer_id
    page = dana.get(f"/calls/{payer_id}").text
    sign_out(engine, clock, dana)
    hidden = dict(re.findall(r'<input type="hidden" name="(keep\w*)" value="([^"]*)"', page))
    dana.submit(f"/calls/{payer_id}", {**hidden, f"note-{claim_id}": NOTE, "call_reference": "R-56"})
    sign_in_again(engine, clock, dana, dana.person_id)

    shown = unescape(dana.get(f"/calls/{payer_id}?kept=1").text)
    assert 'value="R-56"' in shown
    assert f'value="{NOTE}"' in shown
