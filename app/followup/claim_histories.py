"""A claim's events off the books, in order: its denials, its sendings, what people did, and what the answers brought.

A few queries over many claims at a time; `outcomes.py` walks what they give.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import Session

from app.claims.code_ways import code_ways
from app.claims.tables import Claim, Submission
from app.core.bulk import table_of
from app.followup.tables import Touch, WriteOffRequest
from app.followup.touch import TouchKind
from app.matching.tables import ClaimPayment, Denial, PaymentState, Remittance

claim = table_of(Claim)
denial = table_of(Denial)
touch = table_of(Touch)
submission = table_of(Submission)
claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)
write_off = table_of(WriteOffRequest)


class Known(NamedTuple):
    """What is known of a claim at every moment of its history."""

    payer_id: int
    kind: str
    charge_cents: int
    service_on: date | None
    billed_on: date | None


class Refused(NamedTuple):
    id: int
    payer_id: int
    denied_on: date
    closed_on: date | None
    closed_as: str
    category: str
    carc: str
    remark: str
    overturn: str  # the code's grade, as it is judged here


class Touched(NamedTuple):
    on: date
    kind: str
    outcome: str
    minutes: float
    action: str
    strength: int


@dataclass(slots=True)
class ClaimHistory:
    """One claim's events, each list in order."""

    known: Known
    refused: list[Refused] = field(default_factory=list)
    resent: list[date] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)
    given_up_on: date | None = None


class Among(NamedTuple):
    """The claims that one round of queries reads: histories of all of them at once would not fit into memory."""

    since: date
    first: int
    last: int

    def has(self, claim_id: Any) -> Any:
        return claim_id.between(self.first, self.last)


def claim_histories(session: Session, among: Among) -> dict[int, ClaimHistory]:
    found: dict[int, ClaimHistory] = {}
    ways = code_ways(session.connection())
    for row in session.execute(_denials(among)):
        remarks = row.remarks.split()
        code = ways.carc(row.reason, row.payer_id, row.denied_on) if row.reason else None
        history = _history_of(found, row)
        history.refused.append(
            Refused(
                *(row.id, row.payer_id, row.denied_on, row.closed_on, row.closed_as),
                *(row.category, row.reason, remarks[0] if remarks else "", code.overturn if code else ""),
            )
        )
    for row in session.execute(_touches(among)):
        worked = Touched(row.at.date(), row.touch_kind, row.outcome, row.minutes, row.action, row.strength)
        _history_of(found, row).touched.append(worked)
    for row in session.execute(_resent(among)):
        if row.claim_id in found:
            found[row.claim_id].resent.append(row.sent_on)
    for row in session.execute(
        select(write_off.c.claim_id, write_off.c.decided_at)
        .where(write_off.c.state == "approved", write_off.c.decided_at.is_not(None), among.has(write_off.c.claim_id))
        .order_by(write_off.c.id)
    ):
        if row.claim_id in found:
            found[row.claim_id].given_up_on = row.decided_at.date()
    return found


def _history_of(found: dict[int, ClaimHistory], row: Any) -> ClaimHistory:
    history = found.get(row.claim_id)
    if history is None:
        known = Known(row.own_payer_id, row.kind, row.charge_cents, row.first_service, row.first_billed_on)
        history = found[row.claim_id] = ClaimHistory(known)
    return history


OF_THE_CLAIM = (
    claim.c.payer_id.label("own_payer_id"),
    claim.c.kind,
    claim.c.charge_cents,
    claim.c.first_service,
    claim.c.first_billed_on,
)


def _denials(among: Among) -> Select[Any]:
    return (
        select(
            *(denial.c.id, denial.c.claim_id, denial.c.denied_on, denial.c.closed_on, denial.c.closed_as),
            *(denial.c.category, denial.c.reason, denial.c.remarks, remittance.c.payer_id),
            *OF_THE_CLAIM,
        )
        .join(claim, claim.c.id == denial.c.claim_id)
        .join(claim_payment, claim_payment.c.id == denial.c.claim_payment_id)
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(denial.c.denied_on >= among.since, among.has(denial.c.claim_id))
        .order_by(denial.c.claim_id, denial.c.denied_on, denial.c.id)
    )


def _touches(among: Among) -> Select[Any]:
    return (
        select(
            touch.c.claim_id,
            touch.c.at,
            touch.c.kind.label("touch_kind"),
            *(touch.c.outcome, touch.c.minutes, touch.c.action, touch.c.strength),
            *OF_THE_CLAIM,
        )
        .join(claim, claim.c.id == touch.c.claim_id)
        .where(func.date(touch.c.at) >= among.since, touch.c.kind != TouchKind.NOTE, among.has(touch.c.claim_id))
        .order_by(touch.c.claim_id, touch.c.at, touch.c.id)
    )


def _resent(among: Among) -> Select[Any]:
    """Sendings after the first, of claims that were denied."""
    was_denied = select(denial.c.claim_id).where(denial.c.denied_on >= among.since, among.has(denial.c.claim_id))
    return (
        select(submission.c.claim_id, submission.c.sent_on)
        .join(claim, claim.c.id == submission.c.claim_id)
        .where(
            submission.c.claim_id.in_(was_denied),
            among.has(submission.c.claim_id),
            submission.c.sent_on > claim.c.first_billed_on,
            submission.c.acknowledgment != "rejected",  # it never reached the payer: nobody answered it
        )
        .order_by(submission.c.claim_id, submission.c.sent_on)
    )


def brought_by(session: Session, among: Among) -> dict[int, tuple[int, int]]:
    """Closed denial → what the answers since then paid, and allowed."""
    statement = (
        select(
            denial.c.id,
            func.sum(claim_payment.c.paid_cents).label("paid"),
            func.sum(func.coalesce(claim_payment.c.allowed_cents, 0)).label("allowed"),
        )
        .join(
            claim_payment,
            and_(
                claim_payment.c.claim_id == denial.c.claim_id,
                claim_payment.c.id > denial.c.claim_payment_id,
                claim_payment.c.state == PaymentState.POSTED,
            ),
        )
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(
            denial.c.denied_on >= among.since,
            among.has(denial.c.claim_id),
            denial.c.closed_on.is_not(None),
            or_(remittance.c.payment_date.is_(None), remittance.c.payment_date <= denial.c.closed_on),
        )
        .group_by(denial.c.id)
    )
    return {row.id: (int(row.paid), int(row.allowed)) for row in session.execute(statement)}
