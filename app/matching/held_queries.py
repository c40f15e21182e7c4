"""Write-offs that a later payer calls contractual and that are held: what is
open of the claim, and what would come of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, literal_column
from sqlmodel import Session, col, func, select

from app.claims.queries import ClaimHead, heads_by_ids
from app.ledger.tables import ClaimBalance
from app.matching.posting import CONTRACTUAL_REASON
from app.matching.tables import AdjustmentRow, ClaimPayment, PaymentState, Remittance

SHOWN = 200


class HeldWriteOff(NamedTuple):
    """One answer; of what it wants written off nothing is on the books."""

    payment: ClaimPayment
    remittance: Remittance
    head: ClaimHead
    open_cents: int  # of the claim, both sides

    @property
    def cents(self) -> int:
        return self.payment.held_cents

    @property
    def after_cents(self) -> int:
        """What would be open when it is posted; below zero, a credit."""
        return self.open_cents - self.cents

    @property
    def why(self) -> str:
        if self.cents > self.open_cents:
            return "It is more than what is open, so a credit would come of it."
        return "The earlier payer’s answer is not here, and this one does not say what that payer paid (OA 23)."


def held_write_offs(session: Session, practice_ids: Sequence[int]) -> list[HeldWriteOff]:
    """The largest first."""
    statement = (
        select(ClaimPayment, Remittance, ClaimBalance)
        .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
        .join(ClaimBalance, col(ClaimBalance.claim_id) == ClaimPayment.claim_id)
        .where(*_is_held(practice_ids))
        .order_by(col(ClaimPayment.held_cents).desc(), col(ClaimPayment.id))
    )
    found = session.exec(statement).all()
    heads = heads_by_ids(session, [balance.claim_id for _, _, balance in found])
    return [
        HeldWriteOff(payment, remittance, heads[balance.claim_id], balance.insurance_cents + balance.patient_cents)
        for payment, remittance, balance in found
    ]


def held_total(session: Session, practice_ids: Sequence[int]) -> tuple[int, int]:
    """How many `held_write_offs` would list, and their cents."""
    statement = (
        select(func.count(), func.coalesce(func.sum(ClaimPayment.held_cents), 0))
        .join(ClaimBalance, col(ClaimBalance.claim_id) == ClaimPayment.claim_id)
        .where(*_is_held(practice_ids))
    )
    held, cents = session.exec(statement).one()
    return int(held), int(cents)


def _is_held(practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """Of a million answers a few, asked for as their index names them."""
    return [
        col(ClaimPayment.held_cents) != literal_column("0"),  # a number told later would not match the index
        col(ClaimPayment.practice_id).in_(practice_ids),
        col(ClaimPayment.state) == PaymentState.POSTED,
        col(ClaimPayment.reversed_by_id).is_(None),
    ]


def write_off_segments(session: Session, payment: ClaimPayment) -> list[AdjustmentRow]:
    """The adjustments that say so, in the order of the answer."""
    statement = (
        select(AdjustmentRow)
        .where(
            AdjustmentRow.claim_payment_id == payment.id,
            AdjustmentRow.reason == CONTRACTUAL_REASON,
            AdjustmentRow.cents > 0,
        )
        .order_by(col(AdjustmentRow.id))
    )
    return list(session.exec(statement))
