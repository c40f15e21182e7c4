"""A later remittance decides the appeal: overturned, partly or upheld, with the cents it brought.

The decision is a pure function of what was known when the appeal was sent and what the payer has answered since. Only
the payer appealed to decides; a take-back alone, a pended answer or one dated before the appeal does not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlmodel import Session, col, select

from app.appeals.leave import note_on_timeline, paid_by
from app.appeals.tables import Appeal, AppealState, Decision
from app.audit.record import record
from app.claims.under_way import APPEAL, SECOND_APPEAL, end_step
from app.core.clock import Clock
from app.core.money import format_cents
from app.matching.queries import Answer, answers_of
from app.matching.tables import PaymentState
from edi.x835.model import Classification

IDS_PER_QUERY: Final = 500
UNDECIDED: Final = frozenset(
    {
        Classification.REVERSAL,
        Classification.PENDED_NO_PAY,
        Classification.FORWARDED,
        Classification.INFORMATIONAL,
    }
)
WORDS: Final = {
    Decision.OVERTURNED: "Appeal won",
    Decision.PARTLY: "Appeal partly won",
    Decision.UPHELD: "Appeal lost: the payer upheld its decision",
}


class Since(NamedTuple):
    """One posted answer of the payer since the appeal was sent."""

    payment_id: int
    remittance_id: int
    on: date | None
    classification: str
    denied_cents: int
    trace: str


class Outcome(NamedTuple):
    decision: Decision
    won_cents: int
    decided_on: date
    payment_id: int
    trace: str


def decide(
    *, sent_on: date, disputed_cents: int, paid_before_cents: int, paid_now_cents: int, since: Sequence[Since]
) -> Outcome | None:
    """What the answers since mean for the appeal; None while none of them decides it.

    Nothing denied any more is overturned; less denied, or more paid, is partly; else it is upheld. An underpayment
    has nothing denied before or after, so there what more was paid decides alone. Cents won are what the payer pays
    more than when the appeal was sent, take-backs counted.
    """
    deciding = [one for one in since if one.classification not in UNDECIDED and (one.on is None or one.on >= sent_on)]
    if not deciding:
        return None
    newest = max(deciding, key=lambda one: (one.on or date.max, one.payment_id))
    # A split claim is answered in several parts of one remittance.
    denied = sum(one.denied_cents for one in deciding if one.remittance_id == newest.remittance_id)
    won = paid_now_cents - paid_before_cents
    if won >= disputed_cents or (denied == 0 and won > 0):
        decision = Decision.OVERTURNED
    elif won > 0 or 0 < denied < disputed_cents:
        decision = Decision.PARTLY
    elif denied == 0 and newest.classification == Classification.ZERO_PAY_PATIENT:
        decision = Decision.OVERTURNED  # allowed, and the patient's share took all of it
    else:
        decision = Decision.UPHELD
    return Outcome(decision, max(won, 0), newest.on or sent_on, newest.payment_id, newest.trace)


def settle_appeals(session: Session, clock: Clock, claim_ids: Collection[int]) -> list[Appeal]:
    """Decide the appeals of these claims that were answered since; called after every load. The caller commits."""
    listed = sorted(claim_ids)
    decided: list[Appeal] = []
    for first in range(0, len(listed), IDS_PER_QUERY):
        statement = select(Appeal).where(
            Appeal.state == AppealState.SENT, col(Appeal.claim_id).in_(listed[first : first + IDS_PER_QUERY])
        )
        for appeal in session.exec(statement.order_by(col(Appeal.id))).all():
            outcome = outcome_of(session, appeal)
            if outcome is not None:
                close(session, clock, appeal, outcome)
                decided.append(appeal)
    return decided


def claims_awaiting_decision(session: Session) -> list[int]:
    """Claims with an appeal that was sent: what a very large load, which lists no claims, is held against."""
    return list(session.exec(select(Appeal.claim_id).where(Appeal.state == AppealState.SENT).distinct()))


def outcome_of(session: Session, appeal: Appeal) -> Outcome | None:
    """What the payer has decided about this appeal, if it has."""
    assert appeal.sent_on is not None
    since = [
        Since(
            answer.payment.id or 0,
            answer.payment.remittance_id,
            answer.answered_on,
            answer.payment.classification,
            denied_cents(answer),
            answer.remittance.trace,
        )
        for answer in answers_of(session, appeal.claim_id)
        if (answer.payment.id or 0) > appeal.answer_before_id
        and answer.payment.state == PaymentState.POSTED
        and answer.remittance.payer_id == appeal.payer_id
    ]
    if not since:
        return None
    _, paid = paid_by(session, appeal.claim_id, appeal.payer_id)
    return decide(
        sent_on=appeal.sent_on,
        disputed_cents=appeal.amount_cents,
        paid_before_cents=appeal.paid_before_cents,
        paid_now_cents=paid,
        since=since,
    )


def denied_cents(answer: Answer) -> int:
    """The dollars that this answer denied, by the nature of its codes."""
    whole = sum(row.cents for row in answer.adjustments if row.nature == "denial" and row.cents > 0)
    return whole + sum(line.denied_cents for line in answer.lines)


def close(session: Session, clock: Clock, appeal: Appeal, outcome: Outcome) -> None:
    """Write the decision down: on the appeal, on the claim's timeline, in the log."""
    appeal.state, appeal.decision = AppealState.DECIDED, outcome.decision
    appeal.decided_on, appeal.won_cents = outcome.decided_on, outcome.won_cents
    appeal.decided_by_payment_id, appeal.changed_at = outcome.payment_id or None, clock.now()
    words = WORDS[outcome.decision]
    if outcome.won_cents:
        words += f": {format_cents(outcome.won_cents)} more paid"
    if outcome.trace:
        words += f" (remittance {outcome.trace})"
    appeal.decision_words = appeal.decision_words or words
    session.add(appeal)
    end_step(session, appeal.claim_id, APPEAL, SECOND_APPEAL)
    note_on_timeline(session, clock, appeal, words, outcome.won_cents or None)
    record(
        session,
        "appeals.decided",
        object_type="appeal",
        object_id=appeal.id or "",
        practice_id=appeal.practice_id,
        detail={
            "claim": appeal.claim_id,
            "decision": outcome.decision.value,
            "won_cents": outcome.won_cents,
            "payment": outcome.payment_id,
        },
    )


def record_decision(
    session: Session, clock: Clock, appeal: Appeal, *, decision: str, decided_on: date, words: str, won_cents: int = 0
) -> None:
    """A person writes down what a letter or a call said. Raises ValueError with words for the form."""
    if appeal.state != AppealState.SENT or appeal.sent_on is None:
        raise ValueError("Only an appeal that was sent can be decided.")
    if decision not in (Decision.OVERTURNED, Decision.PARTLY, Decision.UPHELD):
        raise ValueError("Choose what the payer decided.")
    if not appeal.sent_on <= decided_on <= clock.today():
        raise ValueError("The decision lies between the day it was sent and today.")
    if not 0 <= won_cents <= appeal.amount_cents:
        raise ValueError("The amount won is at most the amount in dispute.")
    appeal.decision_words = words.strip()[:1_000]
    close(session, clock, appeal, Outcome(Decision(decision), won_cents, decided_on, 0, ""))
