"""What each payer still holds or is owed outside any claim: the running balance of the provider adjustments.

A debt carried out of one remittance (FB, negative there) is collected in a later one (FB, positive) under the same
reference; a take-back announced and a refund acknowledged cancel. What does not cancel is what somebody still owes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from app.claims.tables import Payer, Practice
from app.ledger.accounts import provider_adjustment_account
from app.ledger.tables import Account
from app.matching.tables import ProviderAdjustmentRow, Remittance

MOST_ROWS = 500


class ProviderBalance(NamedTuple):
    """Positive: the payer has kept so much more than it gave back. Negative: it has still to collect so much."""

    practice_id: int
    practice: str
    tax_id: str
    payer_id: int
    payer: str
    cents: int
    adjustments: int


class ProviderEntry(NamedTuple):
    """One provider adjustment with the balance after it."""

    on: date | None
    trace: str
    reason: str
    reference: str
    cents: int
    balance_cents: int
    claim_id: int | None
    remittance_id: int


def provider_balances(session: Session, practice_ids: Sequence[int]) -> list[ProviderBalance]:
    """By practice and payer, the largest first; only what runs from one remittance into another."""
    row = ProviderAdjustmentRow
    statement = (
        select(
            *(Practice.id, Practice.name, Practice.tax_id, Payer.id, Payer.name),  # type: ignore[call-overload]
            *(row.reason, func.sum(row.cents), func.count()),
        )
        .join(Practice, col(Practice.id) == row.practice_id)
        .join(Payer, col(Payer.id) == row.payer_id)
        .join(Remittance, col(Remittance.id) == row.remittance_id)
        .where(col(row.practice_id).in_(practice_ids), Remittance.state == "posted")
        .group_by(Practice.id, Practice.name, Practice.tax_id, Payer.id, Payer.name, row.reason)
    )
    found: dict[tuple[int, int], ProviderBalance] = {}
    for practice_id, practice, tax_id, payer_id, payer, reason, cents, number in session.execute(statement):
        if not _runs_on(reason):
            continue
        known = found.get((practice_id, payer_id))
        before = known or ProviderBalance(practice_id, practice, tax_id, payer_id, payer, 0, 0)
        found[(practice_id, payer_id)] = before._replace(
            cents=before.cents + int(cents), adjustments=before.adjustments + number
        )
    return sorted(found.values(), key=lambda balance: -abs(balance.cents))


def provider_ledger(session: Session, practice_ids: Sequence[int], payer_id: int) -> list[ProviderEntry]:
    """One payer's provider adjustments in the order of payment, each with the balance after it."""
    statement = (
        select(ProviderAdjustmentRow, Remittance)
        .join(Remittance, col(Remittance.id) == ProviderAdjustmentRow.remittance_id)
        .where(
            ProviderAdjustmentRow.payer_id == payer_id,
            col(ProviderAdjustmentRow.practice_id).in_(practice_ids),
            Remittance.state == "posted",
        )
        .order_by(col(Remittance.payment_date), col(ProviderAdjustmentRow.id))
        .limit(MOST_ROWS)
    )
    entries: list[ProviderEntry] = []
    balance = 0
    for row, remittance in session.exec(statement):
        if not _runs_on(row.reason):
            continue
        balance += row.cents
        entries.append(
            ProviderEntry(
                remittance.payment_date,
                remittance.trace,
                row.reason,
                row.reference,
                row.cents,
                balance,
                row.claim_id,
                row.remittance_id,
            )
        )
    return entries


def _runs_on(reason: str) -> bool:
    return provider_adjustment_account(reason) is Account.PAYER_RECOUPMENT
