"""Sending a credit back: one person asks, another decides (`second_person.py`), and only then does the cash leave.

While a refund is asked for, nobody waits for the payer's take-back of the same money, and the other way round: it
would go back twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from app.auth.permissions import Permission
from app.auth.tables import Person
from app.claims.tables import Claim
from app.core.clock import Clock
from app.ledger import second_person
from app.ledger.person import CannotPost
from app.ledger.returning import check_return, post_refund, take_back_refund
from app.ledger.second_person import Matter, RequestRefused
from app.ledger.tables import UNDECIDED, CreditBalance, RefundRequest

SHOWN = 200


class RefundLine(NamedTuple):
    """One request that waits, with the names of whom it has met."""

    request: RefundRequest
    asked_by: str
    first_by: str  # who gave the first of two approvals

    @property
    def key(self) -> str:
        """The credit that it is about."""
        return f"{self.request.claim_id}/{self.request.side}"


def request_refund(
    session: Session, claim: Claim, side: str, cents: int, reason: str, *, person_id: int, clock: Clock
) -> RefundRequest:
    """Ask for money to go back to whoever paid too much; nothing moves yet. Raises RequestRefused."""
    assert claim.id is not None
    try:
        check_return(session, claim, side, cents, reason)
    except CannotPost as error:
        raise RequestRefused(str(error)) from error
    credit = session.get(CreditBalance, claim.id)
    if side == "payer" and credit is not None and credit.waits_since is not None:
        raise RequestRefused("Somebody waits for the payer to take it back: end that first, or it goes back twice.")
    made = RefundRequest(
        practice_id=claim.practice_id,
        claim_id=claim.id,
        side=side,
        cents=cents,
        reason=reason,
        requested_by_id=person_id,
        requested_at=clock.now(),
    )
    return second_person.ask(session, REFUND, made)


def waiting_refunds(session: Session, practice_ids: Sequence[int]) -> list[RefundLine]:
    """What waits for a decision, the oldest first."""
    asked = session.exec(
        select(RefundRequest)
        .where(col(RefundRequest.state).in_(UNDECIDED), col(RefundRequest.practice_id).in_(practice_ids))
        .order_by(col(RefundRequest.id))
        .limit(SHOWN)
    ).all()
    involved = {each.requested_by_id for each in asked} | {each.first_by_id for each in asked if each.first_by_id}
    names = {person.id: person.name for person in session.exec(select(Person).where(col(Person.id).in_(involved)))}
    return [
        RefundLine(each, names.get(each.requested_by_id, ""), names.get(each.first_by_id or 0, "")) for each in asked
    ]


def refund_total(session: Session, practice_ids: Sequence[int]) -> tuple[int, int]:
    """How many wait for a decision, and their cents: all of them, also where `waiting_refunds` shows the oldest."""
    is_waiting = col(RefundRequest.state).in_(UNDECIDED), col(RefundRequest.practice_id).in_(practice_ids)
    counted = select(func.count(), func.coalesce(func.sum(RefundRequest.cents), 0)).where(*is_waiting)
    refunds, cents = session.exec(counted).one()
    return int(refunds), int(cents)


def _post(session: Session, asked: RefundRequest, person_id: int, on: date) -> int:
    return post_refund(
        session, asked.claim_id, asked.side, asked.cents, person_id=person_id, reason=asked.reason, on=on
    )


def _take_back(session: Session, asked: RefundRequest, person_id: int, on: date) -> None:
    take_back_refund(session, asked.claim_id, asked.entry_id or 0, person_id=person_id, on=on)


REFUND = Matter(
    *(RefundRequest, "refund", "refund", "Refunded", Permission.REFUND_APPROVE, _post, _take_back),
    one_for=("claim_id", "side"),
)
