"""Asking payers: a sound 276, never twice within the wait, the ladder after "not found", and the answer by trace."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

import edi
from app.claims.tables import Claim, ClaimState
from app.core.config import Settings
from app.core.db import session_scope
from app.core.outbox import content_of, mark_sent_by_hand
from app.core.tables import Destination, OutboxItem
from app.research.answer import settle_inquiries
from app.research.ask import Asked, ask_status
from app.research.automatic import ask_due, due_claims
from app.research.pace import pace_from
from app.research.queries import batches, report_of
from app.research.tables import Inquiry, InquiryState
from edi.x276.model import StatusInquiry
from tests.matching.paper import Books, billed, payment, submission
from tests.research.x212 import faults_of

SENT = submission(
    billed("PCN1", "200", "99214:25*200"),
    billed("PCN2", "75.5", last="ROE", first="RICK", member="W2"),
    on="20261010",
)


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """Nothing is loaded yet."""
    return empty_engine


@pytest.fixture
def books(engine: Engine, settings: Settings, tmp_path: Path) -> Books:
    folder = tmp_path / "papers"
    folder.mkdir()
    return Books(engine, settings, folder)


def ask(books: Books, *numbers: str, sent: bool = True) -> tuple[Asked, str]:
    """Ask about claims by their numbers; the outcome and the wire text of the first file."""
    with session_scope(books.engine) as session:
        claims = [books.claim(number).id or 0 for number in numbers]
        asked = ask_status(session, books.settings, books.clock, claims, person_id=1)
        wire = ""
        if asked.batches:
            item = session.get_one(OutboxItem, asked.batches[0].outbox_id)
            wire = content_of(books.settings, item).decode().replace("\n", "")
            if sent:
                mark_sent_by_hand(session, item, books.clock, how="portal", proof="Upload 12", person_id=1)
        return asked, wire


def answer(trace: str, stc: str, *, references: str = "", on: str = "20261124") -> str:
    """One 277 under our trace."""
    from tests.matching.paper import _envelope

    body = (
        f"BHT*0010*08*A1*{on}*1200*DG~HL*1**20*1~NM1*PR*2*TESTPAYER HEALTH*****PI*99999~HL*2*1*21*1~"
        "NM1*41*2*SAMPLE CLINIC PLLC*****46*1234567893~HL*3*2*19*1~NM1*1P*2*SAMPLE CLINIC PLLC*****XX*1234567893~"
        f"HL*4*3*22*0~NM1*IL*1*DOE*JANE****MI*W100~TRN*2*{trace}~STC*{stc}*{on}**200~{references}"
    )
    return _envelope("HN", "277", "005010X212", body, int(trace[-6:]))


def settled(books: Books) -> list[Inquiry]:
    with session_scope(books.engine) as session:
        settle_inquiries(session, books.clock)
    return list(books.rows(Inquiry))


def test_a_batch_keeps_every_rule_of_the_guide_and_reads_back_as_asked(books: Books) -> None:
    books.take(SENT)
    asked, wire = ask(books, "PCN1", "PCN2")

    assert (asked.inquiries, asked.refused) == (2, [])
    assert faults_of(wire) == []
    read = [value for value in edi.read(io.BytesIO(wire.encode())) if isinstance(value, StatusInquiry)]
    assert {one.patient_control_number: one.charge_cents for one in read} == {"PCN1": 20_000, "PCN2": 7_550}
    assert {one.trace for one in read} == {inquiry.trace for inquiry in books.rows(Inquiry)}


def test_a_dependent_is_asked_about_under_its_subscriber(books: Books) -> None:
    books.take(
        submission(
            "HL*{hl}*1*22*1~SBR*P********CI~NM1*IL*1*DOE*JOHN****MI*W100~NM1*PR*2*TESTPAYER HEALTH*****PI*99999~"
            "HL*3*2*23*0~PAT*19~NM1*QC*1*DOE*SAM~N3*9 HOME RD~N4*AUSTIN*TX*78701~DMG*D8*20150202*M~"
            "CLM*PCN9*60***11:B:1*Y*A*Y*Y~HI*ABK:J10~LX*1~SV1*HC:99213*60*UN*1***1~DTP*472*D8*20261005~"
        )
    )
    _, wire = ask(books, "PCN9")

    assert faults_of(wire) == []
    assert "HL*4*3*22*1~NM1*IL*1*DOE*JOHN****MI*W100~HL*5*4*23~DMG*D8*20150202*M~NM1*QC*1*DOE*SAM~TRN*1*OV" in wire


def test_the_rules_notice_a_broken_inquiry(books: Books) -> None:
    books.take(SENT)
    _, wire = ask(books, "PCN1")

    assert faults_of(wire.replace("DMG*D8*19800101*F~", "")) != []
    assert faults_of(wire.replace("005010X212~BHT", "005010X214~BHT")) != []
    assert faults_of(wire.replace("DTP*472*D8", "DTP*232*D8")) != []
    assert faults_of(wire.replace("NM1*PR*2*TESTPAYER HEALTH*****PI*99999", "NM1*PR*2*TESTPAYER HEALTH")) != []


def test_nobody_is_asked_twice_within_the_wait(books: Books) -> None:
    books.take(SENT)
    ask(books, "PCN1")
    books.clock.advance(days=13)
    again, _ = ask(books, "PCN1", "PCN2")
    assert again.inquiries == 1
    assert again.refused[0].why == "Asked on Nov 23; not again before Dec 7."
    books.clock.advance(days=1)
    assert ask(books, "PCN1")[0].inquiries == 1


def test_after_not_found_the_question_changes_rung_by_rung_and_ends(books: Books) -> None:
    books.take(SENT)
    changes = []
    for _ in range(8):
        asked, _ = ask(books, "PCN1")
        if not asked.inquiries:
            break
        inquiry = books.rows(Inquiry)[-1]
        changes.append(inquiry.change)
        same_day, _ = ask(books, "PCN1")
        assert same_day.inquiries == 0
        books.take(answer(inquiry.trace, "D0:35", on=books.clock.today().strftime("%Y%m%d")))
        assert settled(books)[-1].state == InquiryState.NOT_FOUND
        books.clock.advance(days=1)
    assert changes == [
        "",
        "with dates three days wider",
        "without the charge",
        "with patient and subscriber swapped",
    ]
    assert asked.refused[0].why.startswith("Every way of asking has been tried")
    assert books.claim("PCN1").state == ClaimState.NOT_FOUND


def test_an_answer_updates_inquiry_next_check_and_the_report(books: Books) -> None:
    books.take(SENT)
    ask(books, "PCN1", "PCN2")
    first, second = books.rows(Inquiry)
    books.take(answer(first.trace, "P1:20", references="REF*1K*ICN77~REF*EJ*PCN1~DTP*472*D8*20261005~"))
    answered, silent = settled(books)

    assert (answered.state, answered.category, answered.found) == (InquiryState.ANSWERED, "P1", 1)
    assert str(answered.answered_on) == "2026-11-24"
    claim = books.claim("PCN1")
    assert (claim.state, claim.payer_control_number) == (ClaimState.PENDING, "ICN77")
    assert claim.next_check_on == answered.next_check_on
    assert answered.next_check_on is not None
    assert (answered.next_check_on - books.clock.today()).days in (10, 14)
    books.clock.advance(days=5)
    report = report_of([answered, silent], books.clock.today())
    assert report == (2, 1, 0, 1, 0, 0, 0)
    with Session(books.engine) as session:
        (row,) = batches(session, [books.claim("PCN1").practice_id], books.clock.today())
    assert (row.report, row.payer) == (report, "TESTPAYER HEALTH")
    assert second.trace == silent.trace


def test_a_refused_inquiry_says_nothing_about_the_claim_and_may_be_asked_again(books: Books) -> None:
    books.take(SENT)
    ask(books, "PCN1")
    books.take(answer(books.rows(Inquiry)[0].trace, "E1:0"))

    assert settled(books)[0].state == InquiryState.FAILED
    assert books.claim("PCN1").state == ClaimState.SUBMITTED
    assert ask(books, "PCN1")[0].inquiries == 1


def test_what_the_payer_has_decided_is_not_asked_about(books: Books) -> None:
    books.take(
        SENT, payment("CLP*PCN1*1*200*200**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99214:25*200*200~")
    )
    asked, _ = ask(books, "PCN1")

    assert [(one.number, one.why) for one in asked.refused] == [
        ("PCN1", "The payer has decided it: there is nothing to ask.")
    ]


def test_what_is_missing_is_named_before_anything_is_sent(books: Books) -> None:
    books.take(SENT)
    with session_scope(books.engine) as session:
        claim = session.get_one(Claim, books.claim("PCN1").id)
        claim.first_service = None
        session.add(claim)
    asked, _ = ask(books, "PCN1")

    assert asked.batches == []
    assert asked.refused[0].why.startswith("Not known: the date of service.")


def test_claims_past_the_payers_usual_time_are_asked_about_by_themselves(books: Books) -> None:
    books.take(SENT)  # sent on October 10: forty-four days ago
    practice = books.claim("PCN1").practice_id
    with session_scope(books.engine) as session:
        assert due_claims(session, books.clock.today()) == []  # nowhere to send to
        session.add(
            Destination(
                practice_id=practice,
                name="Clearinghouse",
                sender="SUB1",
                receiver="CLR1",
                changed_at=books.clock.now(),
            )
        )
        session.flush()
        asked = ask_due(session, books.settings, books.clock)
        assert (asked.inquiries, len(asked.batches)) == (2, 1)
        item = session.get_one(OutboxItem, asked.batches[0].outbox_id)
        assert b"*ZZ*SUB1           *ZZ*CLR1           *" in content_of(books.settings, item)
        assert ask_due(session, books.settings, books.clock).inquiries == 0
    early = books.clock.today() - timedelta(days=30)
    with Session(books.engine) as session:
        assert due_claims(session, early) == []


def test_a_payers_pace_is_learned_from_enough_answers_and_bounded() -> None:
    assert pace_from("medicare", []) == (14, 14, 0)
    assert pace_from("commercial", [9] * 7) == (21, 14, 0)  # seven say nothing
    assert pace_from("commercial", [*range(10, 20)]) == (18, 14, 10)
    assert pace_from("commercial", [1] * 20).first_days == 7
    assert pace_from("medicaid", [200] * 20).first_days == 60
