"""What a payer's answer to a claim amounts to (fact book 835.md §5).

By the nature of the adjustment reasons, never by status or group alone: a claim processed as primary may be denied
in full, and a denial may be the patient's (PR) to pay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from edi.parts import Adjustment
from edi.x835.model import Classification, ServiceLine

Nature = Callable[[str], str | None]

DENIAL, PENDED, PATIENT_SHARE = "denial", "pended", "patient-share"  # natures of reason codes
BY_STATUS = {  # CLP02 that say it all
    "22": Classification.REVERSAL,
    "25": Classification.PREDETERMINATION,
    "23": Classification.FORWARDED,
    "4": Classification.FULL_DENIAL,
}
PRIOR_PAYER_REASON = "23"
CAPITATION_REASONS = ("24", "139", "308")


def classify(
    status: str,
    charge_cents: int,
    paid_cents: int,
    adjustments: Collection[Adjustment],
    lines: Collection[ServiceLine],
    nature: Nature,
) -> Classification:
    """The class of a claim. `nature` tells that of a reason code, "" or None when unknown."""
    reasons = positive_reasons(adjustments, lines)
    return class_by_reasons(status, charge_cents, paid_cents, reasons, adjustments, lines, nature)


def positive_reasons(adjustments: Iterable[Adjustment], lines: Iterable[ServiceLine]) -> set[str]:
    """The reasons that lower the payment; a negative adjustment denies nothing."""
    reasons = {adjustment.reason for adjustment in adjustments if adjustment.cents > 0}
    for line in lines:
        reasons.update(adjustment.reason for adjustment in line.adjustments if adjustment.cents > 0)
    return reasons


def class_by_reasons(
    status: str,
    charge_cents: int,
    paid_cents: int,
    reasons: set[str],
    adjustments: Collection[Adjustment],
    lines: Collection[ServiceLine],
    nature: Nature,
) -> Classification:
    """As `classify`, when the positive reasons of the claim and its lines are known already."""
    by_status = BY_STATUS.get(status)
    if by_status is not None:
        return by_status
    if charge_cents == 0:
        return Classification.INFORMATIONAL
    natures = set(map(nature, reasons))
    if paid_cents != 0:
        return Classification.PARTIAL_DENIAL if DENIAL in natures else Classification.PAID
    if PENDED in natures:
        return Classification.PENDED_NO_PAY
    if DENIAL in natures:
        whole = is_denied_whole(adjustments, lines, nature)
        if whole and PATIENT_SHARE not in natures:
            return Classification.FULL_DENIAL
        return Classification.PARTIAL_DENIAL
    if PATIENT_SHARE in natures:
        return Classification.ZERO_PAY_PATIENT
    if PRIOR_PAYER_REASON in reasons:
        return Classification.ZERO_PAY_PRIOR_PAYER
    if reasons.intersection(CAPITATION_REASONS):
        return Classification.CAPITATED
    return Classification.ZERO_PAY_REVIEW


def is_denied_whole(adjustments: Iterable[Adjustment], lines: Iterable[ServiceLine], nature: Nature) -> bool:
    """A denial at claim level, or on every line that was charged."""
    if _has_denial(adjustments, nature):
        return True
    charged = [line for line in lines if line.charge_cents > 0]
    return bool(charged) and all(_has_denial(line.adjustments, nature) for line in charged)


def _has_denial(adjustments: Iterable[Adjustment], nature: Nature) -> bool:
    return any(adjustment.cents > 0 and nature(adjustment.reason) == DENIAL for adjustment in adjustments)
