"""The claim's page is gathered by few statements, and they ask the same of both engines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, SQLModel, select

from app.auth.permissions import Role
from app.claims.tables import ClaimEvent, CodeOverride, Coverage, EventKind, Payer, PayerFiling, PayerTerm
from app.claims.terms import terms_in_force, terms_of_payer
from app.core.bulk import table_of
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope, reading_engine, session_scope
from app.followup import story
from app.followup.checklist import steps_for
from app.followup.claim_screen import claim_screen
from app.followup.rank import basis_of, basis_of_payer
from app.followup.story import Teller, Told
from app.followup.tables import ManualPriority, Snooze, StatedDue, StepDone, WriteOffRequest
from app.ledger.tables import CreditBalance, JournalEntry, Posting
from app.main import create_app
from app.matching.tables import (
    AdjustmentRow,
    ClaimPayment,
    Denial,
    RemarkRow,
    ServicePayment,
    StatusEvent,
    Underpayment,
)
from tests.browser_double import Browser, sign_in_as
from tests.followup.office import CENTS, Office
from workqueues.deadlines import DeadlineRule, Terms

ON = date(2026, 11, 20)
MOST_STATEMENTS = 17  # for a claim that has one of everything; of most of it, most claims have none


@pytest.fixture
def office(any_engine: Engine, clock: FixedClock) -> Office:
    return Office(any_engine, clock)


@pytest.fixture
def claim_id(office: Office) -> int:
    """A denied claim that has one of everything that its page can show."""
    (made,) = office.denied(ON, 1)
    office.ranked()
    return made


@pytest.fixture
def dana(office: Office, settings: Settings) -> Browser:
    app = create_app(settings, engine=office.engine, clock=office.clock)
    return sign_in_as(app, Role.BILLER, practice_ids=(office.practice_id,), name="Dana Reyes")


def add(office: Office, *rows: SQLModel) -> None:
    with session_scope(office.engine) as session:
        session.add_all(rows)


def answer_to(office: Office, claim_id: int) -> ClaimPayment:
    with Session(office.engine) as session:
        return session.exec(select(ClaimPayment).where(ClaimPayment.claim_id == claim_id)).one()


def denial_of(office: Office, claim_id: int) -> Denial:
    with Session(office.engine) as session:
        return session.exec(select(Denial).where(Denial.claim_id == claim_id)).one()


def fill(office: Office, claim_id: int, person_id: int) -> None:
    """One of everything."""
    of: dict[str, Any] = {"claim_id": claim_id, "practice_id": office.practice_id}
    by = {**of, "person_id": person_id}
    now = office.clock.now()
    denial, answer = denial_of(office, claim_id), answer_to(office, claim_id)
    with session_scope(office.engine) as session:
        entry = JournalEntry(
            practice_id=office.practice_id, kind="charge", event_date=ON, known_at=now, cause_kind="submission",
            cause_id=1, segment=4, memo="as billed",
        )  # fmt: skip
        service = ServicePayment(
            claim_payment_id=answer.id or 0,
            position=1,
            procedure="99213",
            charge_cents=CENTS,
            paid_cents=0,
            segment=9,
        )
        other = Payer(name="SECOND HEALTH", kind="commercial", created_at=now)
        session.add_all([entry, service, other])
        session.flush()
        legs = (("charges", -CENTS), ("insurance_ar", CENTS))
        session.add_all(
            Posting(**of, entry_id=entry.id or 0, account=account, amount_cents=cents) for account, cents in legs
        )
        session.add_all(
            Coverage(
                practice_id=office.practice_id,
                patient_id=office.patient_id,
                payer_id=payer,
                member_id=f"M{rank}",
                rank=rank,
            )
            for rank, payer in ((1, office.payer_id), (2, other.id or 0))
        )  # fmt: skip
        named: dict[str, Any] = {"claim_payment_id": answer.id, "service_payment_id": service.id, "segment": 10}
        session.add_all(
            [
                AdjustmentRow(**named, group="CO", reason="4", cents=CENTS, nature="denial", element=2),
                RemarkRow(**named, code="N130", element=1),
            ]
        )
    add(
        office,
        Snooze(**by, until=date(2026, 12, 1), reason="asked", made_at=now),
        ManualPriority(**by, level=1, reason="The patient asks", made_at=now),
        StatedDue(**by, step="appeal", due_on=date(2027, 1, 4), evidence="Letter of Nov 20", made_at=now),
        StepDone(**by, denial_id=denial.id or 0, step=steps_for(denial.category).steps[0], done_at=now),
        CreditBalance(**of, identified_on=ON),
        WriteOffRequest(**of, cents=4050, reason="Too small", requested_by_id=person_id, requested_at=now),
        Underpayment(
            **of, payer_id=office.payer_id, contracted_cents=9, allowed_cents=2, short_cents=7, found_at=now
        ),
        PayerFiling(payer_id=office.payer_id, portal="https://portal.example", person_name="Sam", changed_at=now),
        PayerTerm(payer_id=office.payer_id, clock="corrected", count=90, unit="calendar-days", anchor="notice"),
        CodeOverride(
            list_name="carc", code="4", changes={"label": "Their modifier desk"}, why="x", person_name="Sam",
            made_at=now,
        ),
        ClaimEvent(**by, kind=EventKind.TOUCHED, happened_on=ON, known_at=now, summary="Call: sent"),
        StatusEvent(
            **of, loaded_set_id=1, file_id=1, kind="277", category="R4", status="1", received_at=now,
            effective=date(2026, 11, 21), due_on=date(2026, 12, 21),
        ),
    )  # fmt: skip


def test_a_claim_with_one_of_everything_shows_all_of_it(office: Office, claim_id: int, dana: Browser) -> None:
    fill(office, claim_id, dana.person_id)

    page = dana.get(f"/claims/{claim_id}")

    assert page.status_code == 200
    for shown in (
        *("Parked until Dec 1", "The patient asks", "Letter of Nov 20", "Below the fee schedule, $0.07"),
        *("https://portal.example", "Their modifier desk", "SECOND HEALTH (M2)", "Return of the credit"),
        *("A write-off of", "$40.50", "asked for by Dana Reyes"),
        *("the payer’s request of November 21, 2026", "1 of ", "N130", "not on our claim", "Call: sent"),
        *(
            "90 days from the remittance",
            "+$1,000.00 open with payer",
            '<span class="timeline-who">Dana Reyes</span>',
        ),
    ):
        assert shown in page.text, shown


def test_covers_billed_in_one_place_are_said_to_be_so(office: Office, claim_id: int, dana: Browser) -> None:
    page = dana.get(f"/claims/{claim_id}").text
    assert "Coverage, as last billed" not in page  # one cover needs no word
    of: dict[str, Any] = {"practice_id": office.practice_id, "patient_id": office.patient_id, "rank": 1}
    with session_scope(office.engine) as session:
        other = Payer(name="SECOND HEALTH", kind="commercial", created_at=office.clock.now())
        session.add(other)
        session.flush()
        payers = (office.payer_id, other.id or 0)
        session.add_all(Coverage(**of, payer_id=payer, member_id=f"M{payer}") for payer in payers)

    page = dana.get(f"/claims/{claim_id}").text

    assert page.count(") primary") == 2
    assert "Two were billed in the same place: ask which pays first." in page


def test_a_claim_with_nothing_beside_it_is_asked_less(
    office: Office, claim_id: int, dana: Browser, clock: FixedClock
) -> None:
    bare = office.billed(ON)
    office.ranked()

    plain = statements_of(office, bare, clock)
    fill(office, claim_id, dana.person_id)

    assert plain + 8 <= statements_of(office, claim_id, clock) <= MOST_STATEMENTS


def test_who_has_nothing_to_tell_of_a_claim_is_not_asked(
    office: Office, claim_id: int, dana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def tell(session: Session, of: int) -> list[Told]:
        asked.append(of)
        return []

    monkeypatch.setitem(story._tellers, "snooze", Teller(tell, table_of(Snooze)))

    assert dana.get(f"/claims/{claim_id}").status_code == 200
    assert asked == []

    fill(office, claim_id, dana.person_id)
    assert dana.get(f"/claims/{claim_id}").status_code == 200
    assert asked == [claim_id]


def statements_of(office: Office, claim_id: int, clock: FixedClock) -> int:
    counted: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    with read_scope(office.engine) as session:
        session.connection()
        event.listen(reading_engine(office.engine), "before_cursor_execute", note)
        assert claim_screen(session, (office.practice_id,), claim_id, clock, person_id=1) is not None
        event.remove(reading_engine(office.engine), "before_cursor_execute", note)
    return len(counted)


def entered(terms: Terms) -> list[DeadlineRule]:
    """The rules that somebody entered for a payer, among the law's and those that every table ends with."""
    return [rule for rule in terms.rules if rule.id.startswith("TERM-")]


def test_one_payers_terms_run_its_claims_clocks_as_all_terms_do(office: Office, claim_id: int) -> None:
    with session_scope(office.engine) as session:
        other = Payer(name="SECOND HEALTH", kind="commercial", created_at=office.clock.now())
        session.add(other)
        session.flush()
        for payer_id, days in ((office.payer_id, 90), (other.id or 0, 60)):
            for clock_name in ("corrected", "appeal"):
                session.add(
                    PayerTerm(payer_id=payer_id, clock=clock_name, count=days, unit="calendar-days", anchor="notice")
                )
    with read_scope(office.engine) as session:
        own, everybodys = entered(terms_of_payer(session, office.payer_id)), entered(terms_in_force(session))
        assert (len(own), len(everybodys)) == (2, 4)
        assert set(own) <= set(everybodys)
        whole, narrow = basis_of(session), basis_of_payer(session, office.payer_id)
    assert (whole.strategy, whole.playbook, whole.beliefs) == (narrow.strategy, narrow.playbook, narrow.beliefs)
    assert whole.outlook is narrow.outlook


def test_a_changed_term_is_read_at_once(office: Office, claim_id: int) -> None:
    add(office, PayerTerm(payer_id=office.payer_id, clock="appeal", count=90, unit="calendar-days", anchor="notice"))
    with read_scope(office.engine) as session:
        assert [rule.length for rule in entered(terms_of_payer(session, office.payer_id))] == [90]
    with session_scope(office.engine) as session:
        session.exec(select(PayerTerm)).one().count = 45
    with read_scope(office.engine) as session:
        assert [rule.length for rule in entered(terms_of_payer(session, office.payer_id))] == [45]
