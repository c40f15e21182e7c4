"""The claim to the next payer: what was sent to the payer before, with what that payer decided (837-refile, §6).

The payer before moves from 2010BB to loop 2320 with its decision, the next payer takes its place in 2010BB, and the
people above the claim are arranged anew: who is the subscriber, and whether the patient is a dependent, is each
payer's own matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from edi.findings import Finding
from edi.parts import Name
from edi.x835.model import ClaimPayment
from edi.x837 import build
from edi.x837.draft import Draft, Elements, Level, trimmed
from edi.x837.edit_claim import FREQUENCY, set_facility
from edi.x837.model import Insured, OtherPayer, SubmittedClaim
from edi.x837.prior_payer import (
    PAYERS_OWN_NUMBERS,
    Decision,
    add_adjudication,
    matched_lines,
    payer_before,
    payer_id_of,
)
from edi.x837.replace import NEW
from edi.x837.reread import claim_from_segments
from edi.x837.secondary_rules import secondary_findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The next payer, and who is insured with it."""

    coverage: build.Coverage
    subscriber: build.Person | None = None  # None: the patient
    relationship: str = build.SELF  # the patient's to that subscriber


class SecondaryClaim(NamedTuple):
    claim: SubmittedClaim
    findings: tuple[Finding, ...]  # () when it adds up and may be sent


def secondary_claim(
    primary: SubmittedClaim, payment: ClaimPayment, destination: Destination, decided_on: date, payer_id: str = ""
) -> SecondaryClaim:
    """The claim to `destination`, from the claim sent to the payer before and that payer's decision.

    `decided_on` is the remittance's payment date (BPR16). `payer_id` names the payer before in 2330B and 2430; ""
    takes the id that the claim was sent to.
    """
    decision = Decision(payment, decided_on, payer_id or (primary.payer.name.id if primary.payer else ""))
    matched, stray = matched_lines(primary.lines, payment.lines)
    draft = Draft(primary)
    draft.payers = [payer for payer in draft.payers if payer_id_of(payer) != destination.coverage.payer_id]
    draft.payers.append(payer_before(primary, draft, decision))
    for line, decided in zip(draft.lines, matched, strict=True):
        for one in decided:
            add_adjudication(draft, line, one, decision)
    set_facility(draft, FREQUENCY, NEW)
    for qualifier in ("F8", *PAYERS_OWN_NUMBERS):
        draft.head.remove("REF", qualifier)
    billing = draft.level("20")
    draft.levels = [*([billing] if billing else []), *levels_below(primary, destination)]
    claim = claim_from_segments(
        primary.kind,
        primary.version,
        draft.context(),
        draft.segments(),
        primary.batch_reference,
        primary.component,
        primary.repetition,
        f"claim {primary.patient_control_number}",
    ).claim
    return SecondaryClaim(claim, secondary_findings(primary, claim, decision, stray))


def destination_of(claim: SubmittedClaim) -> Destination | None:
    """The next payer that the claim itself names: a 2320 loop of a payer that has decided nothing yet."""
    for other in claim.other_payers:
        is_decided = other.adjustments or any(amount.qualifier == "D" for amount in other.amounts)
        if other.payer and other.insured and not is_decided and other.order > claim.payer_order:
            return destination_from(other, other.payer, other.insured)
    return None


def destination_from(other: OtherPayer, payer: Name, insured: Insured) -> Destination:
    coverage = build.Coverage(
        payer_name=payer.last,
        payer_id=payer.id,
        member_id=insured.name.id,
        order=other.order,
        group_number=other.group_number,
        plan_name=other.plan_name,
        insurance_type=other.insurance_type,
        filing_indicator=other.filing_indicator,
    )
    if other.relationship == build.SELF:
        return Destination(coverage=coverage)
    return Destination(coverage=coverage, subscriber=person_of(insured), relationship=other.relationship)


# The levels below the billing provider.


def levels_below(primary: SubmittedClaim, destination: Destination) -> list[Level]:
    """2000B and, when the patient is a dependent of the next payer's subscriber, 2000C."""
    patient = person_of(primary.patient) if primary.patient else build.Person(last="", first="")
    is_self = destination.subscriber is None or destination.relationship == build.SELF
    billing = build.Provider(npi="", name="")  # the billing level is kept as it was sent
    segments = build.context_segments(
        billing,
        patient if is_self or destination.subscriber is None else destination.subscriber,
        destination.coverage,
        None if is_self else patient,
        destination.relationship,
    )
    levels: list[list[Elements]] = []
    for segment in segments:
        if segment[0] == "HL":
            levels.append([])
        levels[-1].append(trimmed(segment))
    return [Level(level) for level in levels[1:]]


def person_of(insured: Insured) -> build.Person:
    name, address = insured.name, insured.address
    home = None
    if address:
        home = build.Place(address.line1, address.city, address.state, address.postal_code, address.line2)
    return build.Person(
        last=name.last,
        first=name.first,
        middle=name.middle,
        suffix=name.suffix,
        birth_date=insured.birth_date,
        sex=insured.sex or "U",
        home=home,
    )
