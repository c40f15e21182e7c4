"""A later answer finds the refile it answers and closes it, with the cents that it brought."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.audit.record import record
from app.claims.tables import Submission
from app.core.clock import Clock
from app.core.money import format_cents
from app.matching.queries import Answer, answers_of, open_denials
from app.matching.tables import PaymentState
from app.refiling.route import Route
from app.refiling.situation import REVERSAL, paid_cents
from app.refiling.tables import Refile, RefileState

IDS_PER_QUERY = 500


def claims_awaiting_answer(session: Session) -> list[int]:
    """Claims with a refile that is with the payer; for the nightly look."""
    return list(session.exec(select(Refile.claim_id).where(Refile.state == RefileState.SENT)))


class Result(NamedTuple):
    state: RefileState
    won_cents: int
    said: str


def settle_refiles(session: Session, clock: Clock, claim_ids: Collection[int]) -> list[Refile]:
    """Close the refiles of these claims that were answered since; called after every load. The caller commits."""
    listed = sorted(claim_ids)
    settled: list[Refile] = []
    for first in range(0, len(listed), IDS_PER_QUERY):
        statement = select(Refile).where(
            Refile.state == RefileState.SENT, col(Refile.claim_id).in_(listed[first : first + IDS_PER_QUERY])
        )
        for refile in session.exec(statement.order_by(col(Refile.id))).all():
            result = result_of(session, refile)
            if result is not None:
                close(session, clock, refile, result)
                settled.append(refile)
    return settled


def result_of(session: Session, refile: Refile) -> Result | None:
    """What the answers since mean for the refile; None while there is none that decides it."""
    sending = session.get(Submission, refile.submission_id) if refile.submission_id else None
    answers = answers_of(session, refile.claim_id)
    since = [
        answer
        for answer in answers
        if (answer.payment.id or 0) > refile.last_answer_id and answer.payment.state == PaymentState.POSTED
    ]
    if not since and sending is not None and sending.acknowledgment == "rejected":
        return Result(RefileState.REJECTED, 0, "Rejected before the payer read it: correct it and send it anew.")
    won = paid_cents(answers) - refile.paid_before_cents
    if refile.route in (Route.VOID, Route.VOID_THEN_NEW):
        if any(answer.payment.status == REVERSAL for answer in since):
            return Result(RefileState.VOIDED, won, f"The payer took its decision back: {format_cents(won)}.")
        return None
    before = session.get_one(Submission, refile.from_submission_id).payer_id
    decisions = [answer for answer in since if _decides(answer, refile, before)]
    if not decisions:
        return None
    denied = open_denials(session, refile.claim_id)
    if won > 0:
        state = RefileState.PARTLY if denied else RefileState.WON
        still = f", {format_cents(sum(each.denied_cents for each in denied))} still denied" if denied else ""
        return Result(state, won, f"{format_cents(won)} more was paid{still}.")
    if denied or won < 0:
        return Result(RefileState.LOST, won, "Decided again without another cent.")
    return Result(RefileState.WON, 0, "No longer denied; the payer itself owes nothing more.")


def close(session: Session, clock: Clock, refile: Refile, result: Result) -> None:
    refile.state, refile.won_cents, refile.said = result.state, result.won_cents, result.said
    refile.closed_on = clock.today()
    session.add(refile)
    record(
        session,
        "refile.close",
        object_type="claim",
        object_id=refile.claim_id,
        practice_id=refile.practice_id,
        detail={"refile": refile.id, "result": result.state.value, "won_cents": result.won_cents},
    )


def _decides(answer: Answer, refile: Refile, payer_before_id: int) -> bool:
    """A decision that stands, by the payer that the refile went to."""
    payment = answer.payment
    if payment.status == REVERSAL or payment.reversed_by_id is not None:
        return False
    if refile.route != Route.NEXT_PAYER:
        return True
    return payment.payer_rank > 1 or payer_before_id != answer.remittance.payer_id == refile.payer_id
