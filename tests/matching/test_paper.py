"""A remittance typed in from paper posts like the 835 that the payer did not send, or not at all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.auth.permissions import Role
from app.core.clock import FixedClock
from app.core.db import read_scope
from app.followup.verify import verify_queues
from app.intake.tables import Arrival, LoadedSet, SetState
from app.ledger.tables import ClaimBalance
from app.ledger.verify import verify_books
from app.matching.tables import ClaimPayment, Remittance
from app.matching.verify import verify_answers
from tests.browser_double import Browser, sign_in_as
from tests.practice import claim_numbered

NUMBER = "ST1003"  # denied for authorization: its dollars are open


@pytest.fixture
def engine(practice_engine: Engine) -> Engine:
    """The loaded practice instead of an empty database."""
    return practice_engine


@pytest.fixture
def sam(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids)


def typed(engine: Engine, *, act: str = "post", paid: str = "100.00", **changes: Any) -> dict[str, Any]:
    """The form for one line of the claim: billed what it is charged at, paid 100 by check, the rest contractual."""
    claim = claim_numbered(engine, NUMBER)
    rest = (claim.charge_cents - 10000) / 100
    form = {
        "practice": str(claim.practice_id),
        "payer": str(claim.payer_id),
        "trace": "CHECK 40113",
        "paid_on": "2026-11-20",
        "method": "CHK",
        "paid": paid,
        "line_claim_number": NUMBER,
        "line_status": "1",
        "line_payer_number": "PAPER-1",
        "line_procedure": "99213",
        "line_service_date": str(claim.first_service),
        "line_charge": f"{claim.charge_cents / 100:.2f}",
        "line_paid": "100",
        "line_adjustments": f"CO-45 {rest:.2f}",
        "line_remarks": "",
        "line_patient": "",
        "act": act,
    }
    return {**form, **changes}


def remittance(engine: Engine) -> Remittance | None:
    with Session(engine) as session:
        return session.exec(select(Remittance).where(Remittance.trace == "CHECK 40113")).first()


def test_a_paper_eob_that_foots_posts_as_an_835_of_its_own(sam: Browser, engine: Engine) -> None:
    answer = sam.submit("/remittances/paper", typed(engine))

    made = remittance(engine)
    assert made is not None
    assert answer.headers["location"] == f"/remittances/{made.id}"
    claim = claim_numbered(engine, NUMBER)
    with Session(engine) as session:
        payment = session.exec(select(ClaimPayment).where(ClaimPayment.remittance_id == made.id)).one()
        balance = session.get_one(ClaimBalance, claim.id)
        channel = session.exec(select(Arrival.channel).where(Arrival.file_id == made.file_id)).one()
    assert (payment.claim_id, payment.match_rule, payment.state) == (claim.id, "control_number", "posted")
    assert (made.payer_id, channel, made.method) == (claim.payer_id, "paper", "CHK")
    assert balance.insurance_cents == 0
    with read_scope(engine) as session:
        assert verify_books(session).faults + verify_answers(session).faults == []
        assert verify_queues(session).faults == []


def test_its_figures_open_the_segments_it_was_written_as(sam: Browser, engine: Engine) -> None:
    sam.submit("/remittances/paper", typed(engine))
    made = remittance(engine)
    assert made is not None

    assert "CHECK 40113" in sam.get(f"/remittances/{made.id}/edi").text
    page = sam.get(f"/remittances/{made.id}").text
    link = re.search(r'href="(/claims/\d+/edi\?of=payment[^"#]*)', page)
    assert link is not None
    assert "CLP" in sam.get(link[1].replace("&amp;", "&")).text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"paid": "120"}, "come to $100.00, the payment is $120.00: a difference of $20.00"),
        ({"line_adjustments": "CO-45 1"}, "a difference of"),
        ({"line_adjustments": "what"}, "write adjustments as"),
        ({"line_adjustments": "CO-999 10"}, "no adjustment reason 999"),
        ({"line_remarks": "ZZ9"}, "no remark code ZZ9"),
        ({"line_procedure": "office visit"}, "should look like 99213"),
        ({"line_service_date": ""}, "date of service is missing"),
        ({"line_claim_number": "NOTOURS"}, "Add the patient: LAST, FIRST"),
        ({"paid_on": "2027-01-01"}, "lies in the future"),
        ({"trace": ""}, "number is missing"),
        ({"trace": "A*B~"}, "cannot be kept"),
    ],
)
def test_what_does_not_foot_is_told_and_nothing_is_stored(
    sam: Browser, engine: Engine, wrong: dict[str, str], told: str
) -> None:
    answer = sam.submit("/remittances/paper", typed(engine, **wrong))

    assert answer.status_code == 422
    assert told in answer.text
    assert remittance(engine) is None


def test_a_form_with_rows_that_do_not_fit_together_is_refused(sam: Browser, engine: Engine) -> None:
    form = {**typed(engine), "line_paid": ["1", "2"]}

    assert sam.submit("/remittances/paper", form).status_code == 422


def test_adding_up_posts_nothing_and_keeps_what_was_typed(sam: Browser, engine: Engine) -> None:
    answer = sam.submit("/remittances/paper", typed(engine, act="check"))

    assert "It foots: $100.00" in answer.text
    assert 'value="CHECK 40113"' in answer.text
    assert remittance(engine) is None


def test_more_lines_keeps_what_was_typed(sam: Browser, engine: Engine) -> None:
    page = sam.submit("/remittances/paper", typed(engine, act="more")).text

    assert page.count('name="line_claim_number"') == 7
    assert f'value="{NUMBER}"' in page


def test_the_same_check_typed_twice_posts_once(sam: Browser, engine: Engine, clock: FixedClock) -> None:
    sam.submit("/remittances/paper", typed(engine))
    clock.advance(minutes=5)
    sam.submit("/remittances/paper", typed(engine))

    with Session(engine) as session:
        found = session.exec(select(Remittance).where(Remittance.trace == "CHECK 40113")).all()
        states = [row.state for row in session.exec(select(LoadedSet).where(LoadedSet.sender == "PAPER"))]
    assert len(found) == 1
    assert states == [SetState.LOADED, SetState.DUPLICATE]


def test_a_claim_that_is_not_ours_is_made_from_the_paper(sam: Browser, engine: Engine) -> None:
    form = typed(engine, line_claim_number="PAPERONLY", line_patient="MARLOWE, INES", line_service_date="2026-10-01")
    sam.submit("/remittances/paper", form)

    assert claim_numbered(engine, "PAPERONLY").known_from == "835"


def test_a_provider_adjustment_lowers_the_payment(sam: Browser, engine: Engine) -> None:
    form = typed(engine, paid="70", plb_reason="WO", plb_reference="PAPER-0", plb_amount="30")
    sam.submit("/remittances/paper", form)

    made = remittance(engine)
    assert made is not None
    assert (made.paid_cents, made.provider_adjustment_cents, made.state) == (7000, 3000, "posted")


def test_posting_from_paper_is_written_down_under_the_person(sam: Browser, engine: Engine) -> None:
    sam.submit("/remittances/paper", typed(engine))

    with Session(engine) as session:
        event = session.exec(
            select(Event).where(Event.action == "intake.set.loaded", Event.actor_id == sam.person_id)
        ).one()
    assert event.object_type == "loaded_set"


def test_only_who_may_post_types_and_only_for_own_practices(
    app: FastAPI, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    dana = sign_in_as(app, Role.BILLER, practice_ids=practice_ids)
    stranger = sign_in_as(app, Role.SUPERVISOR, practice_ids=(4711,))

    assert dana.get("/remittances/paper").status_code == 403
    assert dana.submit("/remittances/paper", typed(engine)).status_code == 403
    assert stranger.submit("/remittances/paper", typed(engine)).status_code == 404
    assert remittance(engine) is None
