"""What must hold before a claim goes to the next payer: it is decided, it is this claim, and it adds up (§6).

SV102 (SV203) = SVD02 + the line's CAS, for each prior payer; CLM02 = AMT*D + all CAS.
"""

from __future__ import annotations

from collections.abc import Sequence

from edi.findings import Finding
from edi.x835.model import ServiceLine
from edi.x837.difference import money
from edi.x837.model import SubmittedClaim, SubmittedLine
from edi.x837.prior_payer import Decision, all_adjustments
from edi.x837.telling import ClaimFindings

FORWARDED = frozenset(("19", "20", "21"))  # CLP02: the payer has sent the claim on itself
REVERSED = "22"  # CLP02


def secondary_findings(
    primary: SubmittedClaim, claim: SubmittedClaim, decision: Decision, stray: Sequence[ServiceLine]
) -> tuple[Finding, ...]:
    """() when `claim`, made from `primary` and the decision, may be sent. `stray`: decisions about no line sent."""
    payment = decision.payment
    findings = ClaimFindings(claim, "837.secondary.")
    if primary.is_damaged:
        findings.tell("damaged")
    if payment.patient_control_number != primary.patient_control_number:
        findings.tell("other_claim", element=1, number=payment.patient_control_number)
    if payment.status == REVERSED:
        findings.tell("reversed")
    if payment.status in FORWARDED:
        findings.tell("forwarded", status=payment.status)
    if not decision.payer_id:
        findings.tell("payer_id")
    adjusted = sum(adjustment.cents for adjustment in all_adjustments(payment))
    if claim.charge_cents != payment.paid_cents + adjusted:
        findings.tell(
            "balance",
            element=2,
            charge=money(claim.charge_cents),
            paid=money(payment.paid_cents),
            adjusted=money(adjusted),
            difference=money(payment.paid_cents + adjusted - claim.charge_cents),
        )
    for one in stray:
        findings.tell("stray_line", procedure=one.procedure.code, charge=money(one.charge_cents))
    if payment.lines:
        for line in claim.lines:
            check_line(findings, line, decision.payer_id)
    return findings.found


def check_line(findings: ClaimFindings, line: SubmittedLine, payer_id: str) -> None:
    """What this payer paid and adjusted on the line is the line's charge."""
    decided = [one for one in line.adjudications if one.payer_id == payer_id]
    if not decided:
        findings.tell("line_missing", line.segment, line=line.number)
        return
    paid = sum(one.paid_cents for one in decided)
    adjusted = sum(adjustment.cents for one in decided for adjustment in one.adjustments)
    if paid + adjusted != line.charge_cents:
        findings.tell(
            "line_balance",
            decided[0].segment,
            2,
            line=line.number,
            charge=money(line.charge_cents),
            paid=money(paid),
            adjusted=money(adjusted),
        )
