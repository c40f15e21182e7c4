"""What the payer before decided, as the loops of a claim to the next payer: 2320, 2330A/B and, per line, 2430."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from edi import scalars
from edi.parts import Address, Adjustment, Procedure
from edi.x835.model import ClaimPayment, ServiceLine
from edi.x837.draft import ADJUDICATION_ORDER, Draft, DraftLine, Elements, Passage, Payer, element, trimmed
from edi.x837.model import SubmittedClaim, SubmittedLine

TRIPLETS_IN_ONE_SEGMENT = 6  # CAS
# Numbers that a payer gave for its own use: in 2300 they are the destination payer's, in 2330B another payer's.
PAYERS_OWN_NUMBERS = ("G1", "9F")


class Decision(NamedTuple):
    """What the payer before decided, when, and the id that it is named by."""

    payment: ClaimPayment
    decided_on: date
    payer_id: str


def payer_before(primary: SubmittedClaim, draft: Draft, decision: Decision) -> Payer:
    payment = decision.payment
    shared = [adjustment for adjustment in all_adjustments(payment) if adjustment.group == "PR"]
    patients_share = sum(adjustment.cents for adjustment in shared)
    segments: list[Sequence[str]] = [
        (
            "SBR",
            primary.payer_order or "P",
            relationship_of(primary),
            primary.group_number,
            primary.plan_name,
            insurance_type_of(primary),
            "",
            "",
            "",
            primary.filing_indicator,
        ),
        *adjustment_segments(payment.adjustments),
        ("AMT", "D", scalars.amount(payment.paid_cents)),
        ("AMT", "EAF", scalars.amount(patients_share)),
        ("OI", "", "", primary.benefits_assigned, "", "", primary.release_of_information),
        *remark_segments(primary, payment),
        *insured_before(primary),
        *named_before(primary, draft, decision),
    ]
    return Payer([trimmed(segment) for segment in segments])


def relationship_of(claim: SubmittedClaim) -> str:
    """The patient's relationship to the subscriber of the payer before."""
    return claim.patient.relationship if claim.patient else ""


def insurance_type_of(claim: SubmittedClaim) -> str:
    coverage: Sequence[str] = next((segment for segment in claim.context if segment[0] == "SBR"), ())
    return element(coverage, 5)


def remark_segments(primary: SubmittedClaim, payment: ClaimPayment) -> Iterator[Sequence[str]]:
    """MIA stands in hospital claims only; in 837P the remarks of the decision are in MOA."""
    if primary.kind == "837I" and payment.inpatient:
        yield ("MIA", *payment.inpatient)
    if payment.outpatient:
        yield ("MOA", *payment.outpatient)


def insured_before(primary: SubmittedClaim) -> Iterator[Sequence[str]]:
    """2330A."""
    if primary.subscriber:
        name = primary.subscriber.name
        kind = "1" if name.is_person else "2"
        yield ("NM1", "IL", kind, name.last, name.first, name.middle, "", name.suffix, name.id_qualifier, name.id)
        yield from address_segments(primary.subscriber.address)


def named_before(primary: SubmittedClaim, draft: Draft, decision: Decision) -> Iterator[Sequence[str]]:
    """2330B. The day stands at the lines; here only when the payer decided the claim as a whole."""
    name = primary.payer.name.last if primary.payer else ""
    yield ("NM1", "PR", "2", name, "", "", "", "", "PI", decision.payer_id)
    if primary.payer:
        yield from address_segments(primary.payer.address)
    if not decision.payment.lines:
        yield ("DTP", "573", "D8", scalars.print_date(decision.decided_on))
    for qualifier in PAYERS_OWN_NUMBERS:
        if number := draft.head.find("REF", qualifier):
            yield number
    if decision.payment.payer_claim_control_number:
        yield ("REF", "F8", decision.payment.payer_claim_control_number)


def address_segments(address: Address | None) -> Iterator[Sequence[str]]:
    if address and address.line1:
        yield ("N3", address.line1, address.line2)
    if address and address.city:
        yield ("N4", address.city, address.state, address.postal_code, address.country)


def payer_id_of(payer: Payer) -> str:
    named = next((party.find("NM1", "PR") for party in payer.parties if party.find("NM1", "PR")), None)
    return element(named or [], 9)


# The lines: 2430.


def matched_lines(
    lines: Sequence[SubmittedLine], decided: Sequence[ServiceLine]
) -> tuple[list[list[ServiceLine]], list[ServiceLine]]:
    """For each line of the claim the decisions about it; and the decisions about no line that was sent.

    By line control number; else by what was charged for which code; the first line that is still free gets it.
    """
    found: list[list[ServiceLine]] = [[] for _ in lines]
    stray = []
    for one in decided:
        place = place_of(one, lines, found)
        if place is None:
            stray.append(one)
        else:
            found[place].append(one)
    return found, stray


def place_of(one: ServiceLine, lines: Sequence[SubmittedLine], found: Sequence[Sequence[ServiceLine]]) -> int | None:
    if one.line_control_number:
        for place, line in enumerate(lines):
            if line.line_control_number == one.line_control_number:
                return place
    sent = one.original_procedure or one.procedure
    for place, line in enumerate(lines):
        code = line.procedure.code if line.procedure else line.revenue_code
        if not found[place] and code in (sent.code, one.revenue_code) and line.charge_cents == one.charge_cents:
            return place
    return None


def add_adjudication(draft: Draft, line: DraftLine, one: ServiceLine, decision: Decision) -> None:
    segments: list[Sequence[str]] = [
        (
            "SVD",
            decision.payer_id,
            scalars.amount(one.paid_cents),
            composite_of(draft, one.procedure),
            one.revenue_code or (one.procedure.code if one.procedure.qualifier == "NU" else ""),
            scalars.print_number(one.units),
        ),
        *adjustment_segments(one.adjustments),
        ("DTP", "573", "D8", scalars.print_date(decision.decided_on)),
    ]
    passage = Passage([trimmed(segment) for segment in segments], ADJUDICATION_ORDER)
    place = next((i for i, loop in enumerate(line.loops) if loop.segments[0][0] == "LQ"), len(line.loops))
    line.loops.insert(place, passage)


def composite_of(draft: Draft, procedure: Procedure) -> str:
    """SVD03: the code that the payer paid for; a revenue code goes to SVD04."""
    if procedure.qualifier == "NU" or not procedure.code:
        return ""
    return draft.composite(procedure.qualifier or "HC", procedure.code, *procedure.modifiers)


def adjustment_segments(adjustments: Iterable[Adjustment]) -> Iterator[Elements]:
    """CAS: one per group, up to six triplets each; codes as the payer before sent them, never translated."""
    groups: dict[str, list[Adjustment]] = {}
    for adjustment in adjustments:
        groups.setdefault(adjustment.group, []).append(adjustment)
    for group, members in groups.items():
        for first in range(0, len(members), TRIPLETS_IN_ONE_SEGMENT):
            segment = ["CAS", group]
            for one in members[first : first + TRIPLETS_IN_ONE_SEGMENT]:
                quantity = "" if one.quantity is None else scalars.print_number(one.quantity)
                segment += [one.reason, scalars.amount(one.cents), quantity]
            yield trimmed(segment)


def all_adjustments(payment: ClaimPayment) -> list[Adjustment]:
    return [*payment.adjustments, *(adjustment for line in payment.lines for adjustment in line.adjustments)]
