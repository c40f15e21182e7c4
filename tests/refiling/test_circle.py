"""The full circle: billed, denied, corrected, sent, acknowledged, taken back, paid; books that foot, cents won."""

from __future__ import annotations

import io
from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

import edi
import edi.guide
from app.claims.tables import ClaimEvent, ClaimState, Submission
from app.core.db import session_scope
from app.followup.rank import rerank_touched
from app.followup.tables import Snooze, Touch, WorkScore
from app.jobs.proof import prove
from app.ledger.tables import Account
from app.refiling.tables import RefileState
from edi.findings import Severity
from edi.x837.model import SubmittedClaim
from tests.matching.paper import acknowledgment, billed, payment, status, submission
from tests.refiling.conftest import Clinic, work_as

CORRECTED = {"line_1_modifiers": "25", "note": "MODIFIER 25 ADDED", "route": "replacement", "minutes": "6"}

# The payer takes its denial back (22) and decides anew under a new number.
OVERTURNED = """
    CLP*A100*22*-300*0**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~
    SVC*HC:99213*-300*0**-1~DTM*472*20261005~CAS*CO*4*-300~REF*6R*A100L1~
    CLP*A100*1*300*210*40*12*ICN2*11*7~NM1*QC*1*DOE*JANE****MI*W100~REF*F8*ICN1~
    SVC*HC:99213:25*300*210**1~DTM*472*20261005~CAS*CO*45*50~CAS*PR*2*40~REF*6R*A100L1~AMT*B6*250~
"""


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    """The circle closes on SQLite and on PostgreSQL."""
    return any_engine


def circle(clinic: Clinic, app: FastAPI) -> None:
    """Denied, corrected with a modifier, released and gone."""
    claim = clinic.deny()
    clinic.open_folder()
    dana = work_as(app, clinic)
    answer = dana.submit(f"/claims/{claim.id}/refile", CORRECTED)
    assert answer.status_code == 303, answer.text
    assert clinic.leave() == "1 sent."


def test_what_leaves_is_a_replacement_that_the_guide_finds_nothing_against(clinic: Clinic, app: FastAPI) -> None:
    circle(clinic, app)

    (wire,) = clinic.sent
    assert "CLM*A100*300***11:B:7*Y*A*Y*Y~" in wire
    assert "REF*F8*ICN1~" in wire
    assert "NTE*ADD*MODIFIER 25 ADDED~" in wire
    assert "SV1*HC:99213:25*300*UN*1***1~" in wire
    assert "REF*6R*A100L1~" in wire
    assert "*CLINIC01       *ZZ*CLEARING01     *" in wire
    findings = [each for each in edi.guide.check(io.BytesIO(wire.encode())) if each.severity is Severity.ERROR]
    assert findings == []
    (claim,) = [each for each in edi.read(io.BytesIO(wire.encode())) if isinstance(each, SubmittedClaim)]
    assert (claim.frequency, claim.reference("F8"), claim.charge_cents) == ("7", "ICN1", 300_00)


def test_the_claim_leaves_the_hand_until_the_payer_answers(clinic: Clinic, app: FastAPI) -> None:
    circle(clinic, app)

    claim = clinic.books.claim("A100")
    with Session(clinic.engine) as session:
        snooze = session.get_one(Snooze, claim.id)
        touch = session.exec(select(Touch)).one()
        queue = session.get_one(WorkScore, claim.id).queue
    assert (snooze.until, snooze.waits_for) == (date(2026, 12, 14), "answer")
    assert (touch.kind, touch.outcome, touch.minutes) == ("correction", "sent", 6.0)
    assert "Line 1, modifiers" in touch.note or "25" in touch.note
    assert queue != "coding"
    assert claim.state == ClaimState.SUBMITTED


def test_what_left_is_on_the_record_as_sent(clinic: Clinic, app: FastAPI) -> None:
    circle(clinic, app)

    refile, item = clinic.refile(), clinic.item()
    with Session(clinic.engine) as session:
        sending = session.get_one(Submission, refile.submission_id)
        events = [each.summary for each in session.exec(select(ClaimEvent))]
    assert refile.state == RefileState.SENT
    assert (sending.frequency, sending.claim_id) == ("7", refile.claim_id)
    assert sending.interchange_control_number == refile.control_number == item.control_numbers.split()[0]
    assert "Replacement sent to TESTPAYER HEALTH: $300.00" in events
    assert clinic.books.balance("A100") == (300_00, 0)


def test_from_the_first_bill_to_the_last_cent(clinic: Clinic, app: FastAPI) -> None:
    circle(clinic, app)
    refile = clinic.refile()
    number = refile.control_number

    clinic.books.take(
        acknowledgment(
            f"AK1*HC*{int(number)}*005010X222A1~AK2*837*0001*005010X222A1~IK5*A~AK9*A*1*1*1~",
            on="20261124",
        ),
        status(
            "NM1*QC*1*DOE*JANE****MI*W100~TRN*2*A100~STC*A2:20:PR*20261124*WQ*300~REF*1K*ICN2~DTP*472*D8*20261005~",
            on="20261124",
        ),
    )
    with Session(clinic.engine) as session:
        assert session.get_one(Submission, refile.submission_id).acknowledgment == "accepted"
    clinic.answer(payment(OVERTURNED, trace="EFT0002", on="20261212"))

    settled = clinic.refile()
    assert (settled.state, settled.won_cents) == (RefileState.WON, 210_00)
    assert settled.said == "$210.00 more was paid."
    assert clinic.books.balance("A100") == (0, 40_00)  # what is left is the patient's coinsurance
    assert clinic.books.account(Account.INSURANCE_AR) == 0
    with Session(clinic.engine) as session:
        assert prove(session).faults == []


def test_a_rejected_replacement_is_closed_and_may_be_sent_anew(clinic: Clinic, app: FastAPI) -> None:
    circle(clinic, app)
    number = int(clinic.refile().control_number)
    clinic.answer(
        acknowledgment(
            f"AK1*HC*{number}*005010X222A1~AK2*837*0001*005010X222A1~IK3*SV1*30**8~IK4*1*782*7~IK5*R*5~AK9*R*1*1*0~",
            on="20261213",
        )
    )

    assert clinic.refile().state == RefileState.REJECTED
    # The denial still stands at the payer: the next try is a replacement again, not a second original.
    page = work_as(app, clinic).get(f"/claims/{clinic.refile().claim_id}/refile").text
    assert "has not been answered" not in page
    assert "Proposed: Replacement (frequency 7)" in page


def test_a_replacement_that_the_payer_itself_rejects_comes_back_at_once(clinic: Clinic, app: FastAPI) -> None:
    circle(clinic, app)
    clinic.answer(
        status(
            "NM1*QC*1*DOE*JANE****MI*W100~TRN*2*A100~STC*A7:562:85*20261124*U*300~REF*1K*ICN9~DTP*472*D8*20261005~",
            on="20261124",
        )
    )

    assert clinic.refile().state == RefileState.REJECTED
    with Session(clinic.engine) as session:
        assert session.get(Snooze, clinic.refile().claim_id) is None
        assert prove(session).faults == []


@pytest.mark.parametrize(
    ("segments", "state", "won"),
    [
        # Paid in part, one dollar figure still denied.
        (
            "CLP*A100*22*-300*0**12*ICN1*11*1~SVC*HC:99213*-300*0**-1~CAS*CO*4*-300~REF*6R*A100L1~"
            "CLP*A100*1*300*100**12*ICN2*11*7~SVC*HC:99213:25*300*100**1~CAS*CO*97*200~REF*6R*A100L1~",
            RefileState.PARTLY,
            100_00,
        ),
        # Denied again without a reversal: some payers skip it when nothing was paid.
        (
            "CLP*A100*4*300*0**12*ICN2*11*7~SVC*HC:99213:25*300*0**1~CAS*CO*97*300~REF*6R*A100L1~",
            RefileState.LOST,
            0,
        ),
    ],
)
def test_what_the_answer_brought_is_what_is_won(
    clinic: Clinic, app: FastAPI, segments: str, state: RefileState, won: int
) -> None:
    circle(clinic, app)
    clinic.answer(payment(segments, trace="EFT0002", on="20261212"))

    settled = clinic.refile()
    assert (settled.state, settled.won_cents) == (state, won)
    with Session(clinic.engine) as session:
        assert prove(session).faults == []


def test_what_is_sent_twice_by_accident_of_a_restart_is_loaded_once(clinic: Clinic, app: FastAPI) -> None:
    circle(clinic, app)
    with session_scope(clinic.engine) as session:
        row = session.merge(clinic.refile())
        row.file_id = row.submission_id = None  # the machine stopped between sending and noting it

    clinic.leave()

    assert clinic.refile().submission_id is not None
    with Session(clinic.engine) as session:
        assert len(session.exec(select(Submission)).all()) == 2


def test_billed_again_unchanged_is_written_segment_for_segment(clinic: Clinic, app: FastAPI) -> None:
    """After a rejection nothing is changed but the batch: the claim goes as it was sent."""
    clinic.books.take(submission(billed("A100", "300")))
    clinic.books.take(
        status("NM1*QC*1*DOE*JANE****MI*W100~TRN*2*A100~STC*A7:562:85*20261020*U*300~DTP*472*D8*20261005~")
    )
    clinic.open_folder()
    claim = clinic.books.claim("A100")
    rerank_touched(clinic.engine, clinic.clock, {claim.id or 0})
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", {"route": "new"})
    assert answer.status_code == 303, answer.text
    clinic.leave()

    (wire,) = clinic.sent
    text = wire.replace("\n", "")
    assert (
        "CLM*A100*300***11:B:1*Y*A*Y*Y~HI*ABK:J10~LX*1~SV1*HC:99213*300*UN*1***1~DTP*472*D8*20261005~REF*6R*A100L1~"
        in text
    )
