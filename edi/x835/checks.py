"""What a reader says about a remittance, a claim or a set as a whole: balances that fail, and things a person
should look at. Findings only: nothing is changed to fit.
"""

from __future__ import annotations

from edi import scalars
from edi.context import Context, Elements
from edi.x835.balance import FINDINGS, Totals
from edi.x835.model import ClaimPayment, Remittance

REVERSAL = "22"
STATUSES = frozenset(("1", "2", "3", "4", "19", "20", "21", "22", "23", "25"))  # CLP02 in 5010
STATUSES_4010 = frozenset(("5", "10", "13", "15", "16", "17", "27"))
SECONDARY_STATUSES = frozenset(("2", "3", "20", "21"))
GROUPS = frozenset(("CO", "PR", "OA", "PI", "CR"))
PRIOR_PAYER_REASON, CHARGE_EXCEEDS_FEE = "23", "45"


def of_header(context: Context, remittance: Remittance) -> None:
    if context.start.version.startswith("00401"):
        context.find("835.version.4010", ["ST", "835", context.start.control_number], context.start.segment)
    if remittance.paid_cents < 0:
        context.find("835.header.negative", ["BPR", remittance.handling], remittance.segment)


def of_claim(context: Context, claim: ClaimPayment, clp: Elements) -> ClaimPayment:
    """The claim, marked when damaged; with findings appended to the context."""
    if claim.failed_checks:
        context.unbalanced_claims += 1
        for check in claim.failed_checks:
            context.find(
                FINDINGS[check.rule],
                clp,
                check.segment,
                claim=claim.patient_control_number,
                expected=scalars.amount(check.expected_cents),
                actual=scalars.amount(check.actual_cents),
                difference=scalars.amount(check.difference_cents),
            )
    if context.trouble or context.broken:
        claim = claim._replace(is_damaged=True)
        context.damaged_claims += 1
    context.claim_count += 1
    return claim


def of_set(context: Context, totals: Totals) -> None:
    """The transaction's own balance."""
    check = totals.check()
    if check.difference_cents:
        context.find(
            FINDINGS[check.rule],
            ["BPR"],
            check.segment or context.start.segment,
            2,
            expected=scalars.amount(check.expected_cents),
            actual=scalars.amount(check.actual_cents),
            difference=scalars.amount(check.difference_cents),
        )
