"""What a reader says about a remittance, a claim or a set as a whole: balances that fail, and things a person
should look at. Findings only: nothing is changed to fit.
"""

from __future__ import annotations

from collections.abc import Iterator

from edi import scalars
from edi.codes import natures
from edi.context import Context, Elements
from edi.parts import Adjustment
from edi.values import BalanceCheck
from edi.x835.balance import FINDINGS, Tally, Totals
from edi.x835.model import ClaimPayment, Remittance

REVERSAL = "22"
STATUSES = frozenset(("1", "2", "3", "4", "19", "20", "21", "22", "23", "25"))  # CLP02 in 5010
STATUSES_4010 = frozenset(("5", "10", "13", "15", "16", "17", "27"))
SECONDARY_STATUSES = frozenset(("2", "3", "20", "21"))
USUAL_STATUSES = frozenset(("1", "4", "19", "22", "23", "25"))  # nothing more to look at
GROUPS = frozenset(("CO", "PR", "OA", "PI", "CR"))  # CR in 4010 only
PRIOR_PAYER_REASON = "23"
CHARGE_EXCEEDS_FEE = "45"  # cannot be the whole charge: the code's own rule
PATIENT = "QC"


def of_header(context: Context, remittance: Remittance) -> None:
    if context.start.version.startswith("00401"):
        context.find("835.version.4010", [], context.start.segment)
    if remittance.paid_cents < 0:
        text = scalars.amount(remittance.paid_cents)
        context.find("835.header.negative", ["BPR", remittance.handling, text], remittance.segment, 2)


def of_claim(
    context: Context, claim: ClaimPayment, tally: Tally, clp: Elements, svcs: list[Elements]
) -> ClaimPayment:
    """The claim, marked when damaged; with findings appended to the context. `svcs` are its lines as read."""
    context.claim_count += 1
    if tally.failed:
        context.unbalanced_claims += 1
        for check in tally.failed:
            lines = zip(svcs, claim.lines, strict=True)
            shown = next((svc for svc, line in lines if line.segment == check.segment), clp)
            _unbalanced(context, check, shown, check.segment, claim=claim.patient_control_number)
    reasons = tally.reasons
    if not (tally.groups <= GROUPS and reasons <= natures().keys()):
        _unknown_codes(context, claim)
    if CHARGE_EXCEEDS_FEE in reasons and claim.paid_cents == 0 < claim.charge_cents:
        _whole_charge(context, claim)
    if tally.patient_cents != (claim.patient_cents or 0) and claim.status != REVERSAL:
        context.find(
            "835.patient_share",
            clp,
            claim.segment,
            5,
            expected=scalars.amount(tally.patient_cents),
            actual=scalars.amount(claim.patient_cents or 0),
        )
    if claim.status not in USUAL_STATUSES or claim.charge_cents < 0:
        _status(context, claim, clp, reasons)
    for name in claim.names[1:]:
        if name.role == PATIENT == claim.names[0].role:
            context.find("835.claim.merged", clp, claim.segment)
            context.trouble = True
            break
    if context.trouble or context.broken:
        claim = claim._replace(is_damaged=True)
        context.damaged_claims += 1
    return claim


def _unknown_codes(context: Context, claim: ClaimPayment) -> None:
    known = natures()
    for adjustment in _all_adjustments(claim):
        shown = ["CAS", adjustment.group, adjustment.reason]
        if adjustment.group not in GROUPS:
            context.find("835.adjustment.group", shown, adjustment.segment, 1)
        if adjustment.reason not in known:
            context.find("835.adjustment.reason", shown, adjustment.segment, 2, place=adjustment.element - 1)


def _whole_charge(context: Context, claim: ClaimPayment) -> None:
    for adjustment in _all_adjustments(claim):
        if adjustment.reason == CHARGE_EXCEEDS_FEE and adjustment.cents == claim.charge_cents:
            shown = ["CAS", adjustment.group, adjustment.reason]
            context.find("835.adjustment.whole_charge", shown, adjustment.segment, 2)


def _all_adjustments(claim: ClaimPayment) -> Iterator[Adjustment]:
    yield from claim.adjustments
    for line in claim.lines:
        yield from line.adjustments


def _status(context: Context, claim: ClaimPayment, clp: Elements, reasons: set[str]) -> None:
    if claim.status in SECONDARY_STATUSES and PRIOR_PAYER_REASON not in reasons:
        context.find("835.prior_payer", clp, claim.segment, 2)
    if claim.status in STATUSES_4010:
        context.find("835.status.4010", clp, claim.segment, 2)
    elif claim.status not in STATUSES:
        context.find("835.status.unknown", clp, claim.segment, 2)
    if claim.charge_cents < 0 and claim.status != REVERSAL:
        context.find("835.reversal.status", clp, claim.segment, 2)


def of_set(context: Context, totals: Totals) -> None:
    """The transaction's own balance, and its interest."""
    check = totals.check()
    if check.difference_cents:
        _unbalanced(context, check, totals.payment, check.segment or context.start.segment, element=2)
    if totals.interest_cents != -totals.provider_interest_cents:
        context.find(
            "835.interest",
            [],
            check.segment or context.start.segment,
            claims=scalars.amount(totals.interest_cents),
            provider=scalars.amount(-totals.provider_interest_cents),
        )


def _unbalanced(
    context: Context, check: BalanceCheck, elements: Elements, segment: int, *, element: int = 0, claim: str = ""
) -> None:
    context.find(
        FINDINGS[check.rule],
        elements,
        segment,
        element,
        claim=claim,
        expected=scalars.amount(check.expected_cents),
        actual=scalars.amount(check.actual_cents),
        difference=scalars.amount(check.difference_cents),
    )
