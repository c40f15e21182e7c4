"""One claim's loops as a `SubmittedClaim`.

Used on what a file says and on what an edit made of it, so the typed values can never differ from the segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from edi.context import Context, element_of
from edi.parts import Dated
from edi.x837.loops import Loop, Segment
from edi.x837.model import (
    Diagnosis,
    Insured,
    LineAdjudication,
    OtherPayer,
    Party,
    SubmittedClaim,
    SubmittedLine,
)
from edi.x837.pieces import Pieces, all_kept, kept

DIAGNOSES = frozenset(("ABK", "ABF", "ABJ", "APR", "ABN", "BK", "BF", "BJ", "PR", "BN", "ZZ"))
PRESENT_ON_ADMISSION = 8  # index of the ninth component of a diagnosis in HI
ANSWER_CODES = ("CR1", "CR2", "CR3", "CR4", "CR5", "CR6", "CR7", "CRC", "DN1", "DN2", "DSB", "UR", "HSD")
LINE_ANSWER_CODES = ("CR1", "CR2", "CR3", "CR5", "CRC", "MEA", "PS1", "HSD", "IMM")


class ServicePlaces(NamedTuple):
    """Where a service segment keeps its values; 0: it has none."""

    procedure: int
    revenue_code: int
    charge: int
    basis: int
    units: int
    place_of_service: int
    pointers: int
    non_covered: int


SERVICES = {
    "SV1": ServicePlaces(1, 0, 2, 3, 4, 5, 7, 0),
    "SV2": ServicePlaces(2, 1, 3, 4, 5, 0, 0, 7),
    "SV3": ServicePlaces(1, 0, 2, 0, 6, 3, 11, 0),
}


class Above(NamedTuple):
    """What stands above a claim: read once per hierarchical level, shared by its claims."""

    billing_provider: Party | None = None
    pay_to: Party | None = None
    pay_to_plan: Party | None = None
    subscriber: Insured | None = None
    patient: Insured | None = None
    payer: Party | None = None
    coverage: tuple[str, ...] = ()  # SBR as sent


class Span(NamedTuple):
    """Where in the file the claim stands."""

    segment: int
    last_segment: int
    start_offset: int
    end_offset: int


def above_of(pieces: Pieces, levels: Sequence[Loop]) -> Above:
    """The parties of the levels around a claim, outermost first. The innermost loop of a role counts."""
    parties: dict[str, Loop] = {}
    coverage: Sequence[str] = ()
    patient_segment: Sequence[str] = ()
    taxonomy = ""
    for level in levels:
        if found := level.first("SBR"):
            coverage = found.elements
        if found := level.first("PAT"):
            patient_segment = found.elements
        if found := level.first("PRV"):
            taxonomy = element_of(found.elements, 3)
        for loop in level.inner:
            parties[element_of(loop.segments[0].elements, 1)] = loop
    patient_loop = parties.get("QC")
    subscriber_loop = parties.get("IL")
    subscriber = pieces.insured(subscriber_loop, element_of(coverage, 2)) if subscriber_loop else None
    patient = pieces.insured(patient_loop, element_of(patient_segment, 1)) if patient_loop else subscriber

    def party(role: str) -> Party | None:
        loop = parties.get(role)
        return pieces.party(loop, taxonomy if role == "85" else "") if loop else None

    return Above(party("85"), party("87"), party("PE"), subscriber, patient, party("PR"), tuple(coverage))


def claim_of(
    context: Context,
    tree: Loop,
    above: Above,
    span: Span,
    batch_reference: str,
    above_segments: tuple[tuple[str, ...], ...],
    segments: tuple[tuple[str, ...], ...],
) -> SubmittedClaim:
    """The claim in `tree` (loop 2300). Trouble with an amount marks it damaged."""
    pieces = Pieces(context)
    context.trouble = False
    opening = tree.first("CLM")
    head = opening.elements if opening else []
    number = opening.number if opening else span.segment
    facility = pieces.components(element_of(head, 5))
    dates = pieces.dates(tree)
    diagnoses, drg, details = health_codes(pieces, tree)
    lines = tuple(line_of(pieces, loop) for loop in tree.loops("2400"))
    first_date, last_date = service_dates(lines, dates)
    return SubmittedClaim(
        kind=context.start.kind,
        batch_reference=batch_reference,
        billing_provider=above.billing_provider,
        pay_to=above.pay_to,
        subscriber=above.subscriber,
        patient=above.patient,
        payer=above.payer,
        payer_order=element_of(above.coverage, 1),
        group_number=element_of(above.coverage, 3),
        plan_name=element_of(above.coverage, 4),
        filing_indicator=element_of(above.coverage, 9),
        patient_control_number=element_of(head, 1),
        charge_cents=context.cents(head, 2, number),
        facility_code=facility[0],
        facility_qualifier=element_of(facility, 1),
        frequency=element_of(facility, 2),
        assignment=element_of(head, 7),
        benefits_assigned=element_of(head, 8),
        release_of_information=element_of(head, 9),
        delay_reason=element_of(head, 20),
        dates=dates,
        first_date=first_date,
        last_date=last_date,
        diagnoses=diagnoses,
        drg=drg,
        codes=tuple((detail[0], element_of(detail, 1)) for detail in details),
        references=pieces.references(tree),
        amounts=pieces.amounts(tree),
        notes=pieces.notes(tree),
        attachments=pieces.attachments(tree),
        providers=pieces.parties(tree.loops("2310")),
        other_payers=tuple(other_payer_of(pieces, loop) for loop in tree.loops("2320")),
        lines=lines,
        is_damaged=context.trouble or opening is None,
        context=above_segments,
        segments=segments,
        set_number=context.start.set_number,
        segment=span.segment,
        last_segment=span.last_segment,
        start_offset=span.start_offset,
        end_offset=span.end_offset,
        version=context.start.version,
        component=context.component,
        repetition=context.repetition,
        pay_to_plan=above.pay_to_plan,
        inpatient=kept(tree.first("CL1")),
        contract=kept(tree.first("CN1")),
        repricing=kept(tree.first("HCP")),
        conditions=all_kept(tree, *ANSWER_CODES),
        fixed_format=tuple(element_of(one, 1) for one in all_kept(tree, "K3")),
        quantities=pieces.quantities(tree),
        code_details=details,
    )


def health_codes(pieces: Pieces, tree: Loop) -> tuple[tuple[Diagnosis, ...], str, tuple[tuple[str, ...], ...]]:
    """HI: the diagnoses, the DRG, and every other code with what it carries."""
    diagnoses: list[Diagnosis] = []
    details: list[tuple[str, ...]] = []
    drg = ""
    for segment in tree.all("HI"):
        for text in filter(None, segment.elements[1:]):
            parts = pieces.components(text)
            if parts[0] in DIAGNOSES:
                present = element_of(parts, PRESENT_ON_ADMISSION)
                diagnoses.append(Diagnosis(parts[0], element_of(parts, 1), present, segment.number))
            elif parts[0] == "DR":
                drg = element_of(parts, 1)
            else:
                details.append(tuple(parts))
    return tuple(diagnoses), drg, tuple(details)


def service_dates(lines: Sequence[SubmittedLine], dates: Sequence[Dated]) -> tuple[date | None, date | None]:
    """First and last day of service: the lines', else DTP*434 (statement), 472 (dental), 435 (admission)."""
    firsts = [line.first_date for line in lines if line.first_date]
    if firsts:
        return min(firsts), max(line.last_date or line.first_date for line in lines if line.first_date)
    for qualifier in ("434", "472", "435"):
        for dated in dates:
            if dated.qualifier == qualifier and dated.first:
                return dated.first, dated.last or dated.first
    return None, None


def line_of(pieces: Pieces, loop: Loop) -> SubmittedLine:
    context = pieces.context
    opening = loop.segments[0]
    service = next((segment for segment in loop.segments if segment.elements[0] in SERVICES), None)
    elements, number = service or Segment([], opening.number)
    places = SERVICES[elements[0]] if service else SERVICES["SV1"]
    dates = pieces.dates(loop)
    served = next((dated for dated in dates if dated.qualifier == "472"), None)
    references = pieces.references(loop)
    line_number = element_of(opening.elements, 1)
    units = context.number(elements, places.units, number) if places.units else None
    return SubmittedLine(
        number=line_number,
        procedure=pieces.procedure(element_of(elements, places.procedure)) if service else None,
        revenue_code=element_of(elements, places.revenue_code) if places.revenue_code else "",
        charge_cents=context.cents(elements, places.charge, number),
        unit_basis=element_of(elements, places.basis) if places.basis else "",
        units=units if units is not None else Decimal(1),
        place_of_service=element_of(elements, places.place_of_service) if places.place_of_service else "",
        pointers=tuple(filter(None, pieces.components(element_of(elements, places.pointers))))
        if places.pointers
        else (),
        non_covered_cents=context.optional_cents(elements, places.non_covered, number)
        if places.non_covered
        else None,
        first_date=served.first if served else None,
        last_date=(served.last or served.first) if served else None,
        dates=dates,
        references=references,
        notes=pieces.notes(loop),
        providers=pieces.parties(loop.loops("2420")),
        drug=tuple(
            value for inner in loop.loops("2410") for one in all_kept(inner, "LIN", "CTP", "REF") for value in one
        ),
        amounts=pieces.amounts(loop),
        quantities=pieces.quantities(loop),
        adjudications=tuple(adjudication_of(pieces, inner) for inner in loop.loops("2430")),
        line_control_number=next((ref.value for ref in references if ref.qualifier == "6R"), line_number),
        segment=opening.number,
        attachments=pieces.attachments(loop),
        conditions=all_kept(loop, *LINE_ANSWER_CODES),
        fixed_format=tuple(element_of(one, 1) for one in all_kept(loop, "K3")),
        repricing=kept(loop.first("HCP")),
        contract=kept(loop.first("CN1")),
        teeth=all_kept(loop, "TOO"),
        forms=tuple(all_kept(inner, "LQ", "FRM") for inner in loop.loops("2440")),
    )


def adjudication_of(pieces: Pieces, loop: Loop) -> LineAdjudication:
    elements, number = loop.segments[0]
    procedure = pieces.procedure(element_of(elements, 3))
    return LineAdjudication(
        payer_id=element_of(elements, 1),
        paid_cents=pieces.context.cents(elements, 2, number),
        procedure=procedure,
        units=pieces.context.number(elements, 5, number),
        bundled_line=element_of(elements, 6),
        adjustments=pieces.adjustments(loop),
        amounts=pieces.amounts(loop),
        paid_on=pieces.paid_on(loop),
        segment=number,
        revenue_code=element_of(elements, 4),
    )


def other_payer_of(pieces: Pieces, loop: Loop) -> OtherPayer:
    coverage, number = loop.segments[0]
    named = {element_of(inner.segments[0].elements, 1): inner for inner in reversed(loop.loops("2330"))}
    insured, payer = named.get("IL"), named.get("PR")
    others = [inner for inner in loop.loops("2330") if inner is not insured and inner is not payer]
    answers = loop.first("OI")
    inpatient, outpatient = loop.first("MIA"), loop.first("MOA")
    payer_named = payer.first("NM1") if payer else None
    return OtherPayer(
        order=element_of(coverage, 1),
        relationship=element_of(coverage, 2),
        group_number=element_of(coverage, 3),
        filing_indicator=element_of(coverage, 9),
        adjustments=pieces.adjustments(loop),
        amounts=pieces.amounts(loop),
        insured=pieces.insured(insured, element_of(coverage, 2)) if insured else None,
        payer=pieces.name(payer_named) if payer_named else None,
        paid_on=pieces.paid_on(payer) if payer else None,
        references=pieces.references(payer) if payer else (),
        segment=number,
        plan_name=element_of(coverage, 4),
        insurance_type=element_of(coverage, 5),
        benefits_assigned=element_of(answers.elements, 3) if answers else "",
        release_of_information=element_of(answers.elements, 6) if answers else "",
        inpatient=kept(inpatient),
        outpatient=kept(outpatient),
        remarks=pieces.remarks(loop),
        providers=pieces.parties(others),
    )
