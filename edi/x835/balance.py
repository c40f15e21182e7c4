"""The three balancing rules of an 835 (fact book 835.md §4) as data: expected, actual, difference.

Never an exception. Every amount keeps its sign. CLP05, AMT, QTY, MIA, MOA, TS2 and TS3 take no part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from edi.context import Elements
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
FINDINGS = {rule: f"835.balance.{rule}" for rule in (LINE, CLAIM, LINES_CHARGE, LINES_PAID, TRANSACTION)}
INTEREST = "I"  # AMT01
PROVIDER_INTEREST = "L6"  # PLB03-1
PATIENT_GROUP = "PR"


class Tally(NamedTuple):
    """One pass over a claim and its lines: which rules fail, and what its adjustments are."""

    failed: tuple[BalanceCheck, ...]
    patient_cents: int  # sum of all PR adjustments
    groups: set[str]
    reasons: set[str]
    has_negative: bool  # an adjustment that is not above zero


def tally(
    charge_cents: int,
    paid_cents: int,
    adjustments: tuple[Adjustment, ...],
    lines: tuple[ServiceLine, ...],
    segment: int,
) -> Tally:
    """What a claim and its lines add up to; `segment` is that of the CLP. The hot path: one plain loop."""
    failed: list[BalanceCheck] = []
    groups: set[str] = set()
    reasons: set[str] = set()
    patient = claim_adjusted = lines_adjusted = lines_charge = lines_paid = 0
    has_negative = False
    for group, reason, cents, _, _, _ in adjustments:
        groups.add(group)
        reasons.add(reason)
        claim_adjusted += cents
        if cents <= 0:
            has_negative = True
        if group == PATIENT_GROUP:
            patient += cents
    for line in lines:
        line_charge = line.charge_cents
        line_paid = line.paid_cents
        adjusted = 0
        for group, reason, cents, _, _, _ in line.adjustments:
            groups.add(group)
            reasons.add(reason)
            adjusted += cents
            if cents <= 0:
                has_negative = True
            if group == PATIENT_GROUP:
                patient += cents
        lines_charge += line_charge
        lines_paid += line_paid
        lines_adjusted += adjusted
        if line_charge - adjusted != line_paid:
            failed.append(BalanceCheck(LINE, line_charge - adjusted, line_paid, line.segment))
    due = charge_cents - claim_adjusted - lines_adjusted
    if due != paid_cents:
        failed.append(BalanceCheck(CLAIM, due, paid_cents, segment))
    if lines and lines_charge != charge_cents:
        failed.append(BalanceCheck(LINES_CHARGE, charge_cents, lines_charge, segment))
    if lines and lines_paid - claim_adjusted != paid_cents:
        failed.append(BalanceCheck(LINES_PAID, lines_paid - claim_adjusted, paid_cents, segment))
    return tuple.__new__(Tally, (tuple(failed), patient, groups, reasons, has_negative))


class Totals:
    """What one transaction set adds up to, kept while it is read."""

    def __init__(self) -> None:
        self.payment_cents = 0  # BPR02
        self.payment_segment = 0
        self.payment: Elements = []  # the BPR as read, to show it in a finding
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
