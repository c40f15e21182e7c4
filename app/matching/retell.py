"""Where a claim stands, told again from everything heard of it: for a claim that an answer has left.

Otherwise news only ever comes, and each piece moves the claim as it arrives.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from app.claims.among import among
from app.claims.numbering import Numbers
from app.claims.register import KnownClaim, Register
from app.claims.tables import ClaimEvent, ClaimState, EventKind, Payer, PayerControlNumber, Submission
from app.core.bulk import table_of
from app.ledger.journal import Journal
from app.matching.billing import VOID, move_to_payer
from app.matching.outcomes import Decision, apply_decision
from app.matching.responsibility import settle_responsibility
from app.matching.reversals import REVERSAL_STATUS
from app.matching.standing import Said, apply_status
from app.matching.statuses_again import day_of
from app.matching.tables import ClaimPayment, PaymentState, Remittance, StatusEvent, Underpayment
from app.matching.underpayment import settle_underpayments
from edi.x835.model import Classification

submission = table_of(Submission)
payer = table_of(Payer)
claim_event = table_of(ClaimEvent)
claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)
status_event = table_of(StatusEvent)
control_number = table_of(PayerControlNumber)
underpayment = table_of(Underpayment)

SENT, HEARD, DECIDED = 0, 1, 2  # of one day, in this order
FORGOTTEN = (
    *("accepted_on", "last_answer_on", "denied_on", "crossover_on", "next_check_on", "closed_on", "state_on"),
    "adjudicated_on",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a payer is, for the date of the next look."""

    kind: str
    is_capitated: bool


def retell(
    connection: Connection, practice_id: int, claim_ids: Collection[int], now: datetime, numbers: Numbers
) -> None:
    """State, dates, numbers and what depends on the answers that stand. The claims' legs and denials are settled."""
    if not claim_ids:
        return
    wanted = sorted(claim_ids)
    register = Register(connection, practice_id, now, numbers)
    register.load_ids(wanted)
    journal = Journal(connection, now)
    settle_responsibility(connection, journal, wanted, now.date())
    short_of = select(underpayment.c.payer_id).where(among(connection, underpayment.c.claim_id, wanted)).distinct()
    for payer_id in connection.execute(short_of).scalars().all():
        settle_underpayments(connection, journal, set(wanted), payer_id=payer_id, on=now.date())
    kinds = {row.id: Kind(row.kind, row.is_capitated) for row in connection.execute(select(payer))}
    closed = {claim.id: claim.closed_on for claim in register.by_id.values()}
    for claim in register.by_id.values():
        _forget(claim)
    for _, _, claim_id, row in sorted(_news(connection, wanted), key=lambda item: item[:3]):
        if claim_id in register.by_id:
            _hear(register.by_id[claim_id], row, kinds)
    balances = Journal(connection, now)
    for claim in register.by_id.values():
        balance = balances.balance(claim.id)
        if balance.insurance_cents == 0 and balance.patient_cents == 0:
            claim.closed_on = closed[claim.id] or claim.closed_on or now.date()
        claim.payer_control_number = _newest_number(connection, claim.id)
        claim.is_changed = True
    register.flush()


def _forget(claim: KnownClaim) -> None:
    claim.state = ClaimState.SUBMITTED.value
    for name in FORGOTTEN:
        setattr(claim, name, None)


def _news(connection: Connection, claim_ids: Collection[int]) -> list[tuple[date, tuple[int, ...], int, Any]]:
    """(day, order within the day, claim, what was heard)."""
    found: list[tuple[date, tuple[int, ...], int, Any]] = []
    for row in connection.execute(select(submission).where(among(connection, submission.c.claim_id, claim_ids))):
        found.append((row.sent_on, (SENT, 0, row.id), row.claim_id, row))
    told = set()
    for row in connection.execute(select(status_event).where(among(connection, status_event.c.claim_id, claim_ids))):
        told.add((row.file_id, row.segment))
        found.append((day_of(row.effective, row.received_at), (HEARD, 0, row.id), row.claim_id, row))
    rejections = select(claim_event).where(
        among(connection, claim_event.c.claim_id, claim_ids), claim_event.c.kind == EventKind.REJECTED.value
    )
    for row in connection.execute(rejections):
        if (row.file_id, row.segment) not in told:  # a 999 or TA1, which leave no status
            found.append((row.happened_on, (HEARD, 1, row.id), row.claim_id, row))
    answers = (
        select(
            *(claim_payment.c.id, claim_payment.c.claim_id, claim_payment.c.status, claim_payment.c.classification),
            *(claim_payment.c.payer_rank, claim_payment.c.reversed_by_id, remittance.c.payer_id),
            *(remittance.c.payment_date, remittance.c.production_date, remittance.c.received_at),
        )
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(
            among(connection, claim_payment.c.claim_id, claim_ids),
            claim_payment.c.state.in_((PaymentState.POSTED.value, PaymentState.INFORMATION.value)),
            or_(claim_payment.c.match_rule != "", claim_payment.c.status == REVERSAL_STATUS),
        )
    )
    for row in connection.execute(answers):
        on = row.payment_date or row.production_date or row.received_at.date()
        phase = 1 if row.status == REVERSAL_STATUS else (0 if row.reversed_by_id is not None else 2)
        found.append((on, (DECIDED, phase, row.id), row.claim_id, row))
    return found


def _hear(claim: KnownClaim, row: Any, kinds: dict[int, Kind]) -> None:
    names = row._mapping
    if "sent_on" in names:
        move_to_payer(
            claim,
            row.sent_on,
            row.payer_id,
            kinds[row.payer_id].kind,
            row.payer_rank,
            is_void=row.frequency == VOID,
            is_first=False,
        )
    elif "category" in names:
        said = Said(
            day_of(row.effective, row.received_at),
            *(row.category, row.is_rejected, row.is_accepted, row.source_is_payer),
        )
        apply_status(claim, said, kinds[claim.payer_id].kind)
    elif "happened_on" in names:
        claim.last_answer_on = row.happened_on
        if claim.is_newest(row.happened_on):
            claim.state, claim.state_on, claim.next_check_on = ClaimState.REJECTED.value, row.happened_on, None
    else:
        kind = kinds[row.payer_id]
        on = row.payment_date or row.production_date or row.received_at.date()
        decision = Decision(
            Classification(row.classification), row.status, on, row.payer_id, kind.kind, row.payer_rank
        )
        apply_decision(claim, decision, is_capitated=kind.is_capitated)


def _newest_number(connection: Connection, claim_id: int) -> str:
    newest = select(control_number.c.value).where(control_number.c.claim_id == claim_id)
    newest = newest.order_by(control_number.c.seen_on.desc(), control_number.c.id.desc()).limit(1)
    return connection.execute(newest).scalar() or ""
