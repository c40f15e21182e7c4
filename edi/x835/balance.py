"""The three balancing rules of an 835 (fact book 835.md §4) as data: expected, actual, difference.

Never an exception. Every amount keeps its sign. CLP05, AMT, QTY, MIA, MOA, TS2 and TS3 take no part.
"""

from __future__ import annotations

from collections.abc import Iterable

from edi.parts import Adjustment
from edi.values import BalanceCheck
from edi.x835.model import ClaimPayment, ProviderAdjustment, ServiceLine

LINE, CLAIM, LINES_CHARGE, LINES_PAID, TRANSACTION = (
    "line",
    "claim",
    "claim.lines.charge",
    "claim.lines.paid",
    "transaction",
)
INTEREST = "I"  # AMT01
PROVIDER_INTEREST = "L6"  # PLB03-1
FINDINGS = {rule: f"835.balance.{rule}" for rule in (LINE, CLAIM, LINES_CHARGE, LINES_PAID, TRANSACTION)}


def total(adjustments: Iterable[Adjustment]) -> int:
    return sum(adjustment.cents for adjustment in adjustments)


def failed_checks(
    charge_cents: int,
    paid_cents: int,
    adjustments: tuple[Adjustment, ...],
    lines: tuple[ServiceLine, ...],
    segment: int,
) -> tuple[BalanceCheck, ...]:
    """The rules of one claim and its lines that do not hold; `segment` is that of the CLP."""
    claim_adjusted = total(adjustments) if adjustments else 0
    adjusted = claim_adjusted
    charged = paid = 0
    failed: list[BalanceCheck] = []
    for line in lines:
        line_adjusted = 0
        for adjustment in line.adjustments:
            line_adjusted += adjustment.cents
        charged += line.charge_cents
        paid += line.paid_cents
        adjusted += line_adjusted
        if line.charge_cents - line_adjusted != line.paid_cents:
            failed.append(BalanceCheck(LINE, line.charge_cents - line_adjusted, line.paid_cents, line.segment))
    if charge_cents - adjusted != paid_cents:
        failed.append(BalanceCheck(CLAIM, charge_cents - adjusted, paid_cents, segment))
    if lines and charged != charge_cents:
        failed.append(BalanceCheck(LINES_CHARGE, charge_cents, charged, segment))
    if lines and paid - claim_adjusted != paid_cents:
        failed.append(BalanceCheck(LINES_PAID, paid - claim_adjusted, paid_cents, segment))
    return tuple(failed)


class Totals:
    """What one transaction set adds up to, kept while it is read."""

    def __init__(self) -> None:
        self.payment_cents = 0  # BPR02
        self.payment_segment = 0
        self.claims_cents = 0  # sum(CLP04)
        self.provider_cents = 0  # sum(PLB)
        self.interest_cents = 0  # sum(AMT*I)
        self.provider_interest_cents = 0  # sum(PLB L6)

    def add_claim(self, claim: ClaimPayment) -> None:
        self.claims_cents += claim.paid_cents
        for amount in claim.amounts:
            if amount.qualifier == INTEREST:
                self.interest_cents += amount.cents

    def add_provider_adjustments(self, found: Iterable[ProviderAdjustment]) -> None:
        for adjustment in found:
            self.provider_cents += adjustment.cents
            if adjustment.reason == PROVIDER_INTEREST:
                self.provider_interest_cents += adjustment.cents

    def check(self) -> BalanceCheck:
        """sum(CLP04) - sum(PLB) against BPR02."""
        expected = self.claims_cents - self.provider_cents
        return BalanceCheck(TRANSACTION, expected, self.payment_cents, self.payment_segment)
