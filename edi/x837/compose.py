"""A submitted claim's typed values as segments: for claims that were made, not read.

A claim that was read keeps its segments and is written from those (`edi/x837/write.py`): they say more than its
typed values do. Segments come in the guide's order; composites are put together with `component`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from edi import scalars
from edi.part_writers import (
    amount_segment,
    cents_element,
    contact_segment,
    date_element,
    date_segment,
    dated_segment,
    demographics_segment,
    name_segment,
    procedure_element,
    quantity_segment,
    reference_segment,
    time_element,
)
from edi.parts import Address, Dated, Procedure
from edi.writing import Segment
from edi.x835.write import adjustment_segments
from edi.x837.model import (
    Diagnosis,
    Insured,
    LineAdjudication,
    OtherPayer,
    Party,
    Submission,
    SubmittedClaim,
    SubmittedLine,
)

SPECIALTIES = {"85": "BI", "71": "AT", "DN": "RF", "P3": "RF"}  # PRV01 by NM101; else PE, performing
MOST_CODES = 12  # in an HI
BEFORE_ATTACHMENTS = ("DN1", "DN2")
BEFORE_DATES = ("CR1", "CR3", "CR5", "CRC")  # of a line; its other answers stand behind the notes
SIGNED = "Y"  # CLM06, which an institutional claim does not have
RELATED, SPECIAL_PROGRAM, DELAY = 11, 12, 20  # places in CLM
DRUG_SEGMENTS = ("LIN", "CTP", "REF")  # 2410


def submission_segments(submission: Submission) -> Iterator[Segment]:
    """BHT, submitter and receiver."""
    created, hour = date_element(submission.created), time_element(submission.created_at)
    yield ("BHT", "0019", submission.purpose, submission.reference, created, hour, submission.claim_or_encounter)
    if submission.submitter is not None:
        yield name_segment(submission.submitter)
    yield from map(contact_segment, submission.submitter_contacts)
    if submission.receiver is not None:
        yield name_segment(submission.receiver)


def level_segments(claim: SubmittedClaim) -> Iterator[Segment]:
    """2000A, 2000B and, for a patient who is not the subscriber, 2000C. The writer numbers the HL."""
    subscriber = claim.subscriber
    if claim.billing_provider is not None or claim.pay_to is not None or claim.pay_to_plan is not None:
        yield ("HL", "", "", "20")
        if claim.billing_provider is not None and claim.billing_provider.taxonomy:
            yield ("PRV", "BI", "PXC", claim.billing_provider.taxonomy)
        for party in (claim.billing_provider, claim.pay_to, claim.pay_to_plan):
            if party is not None:
                yield from party_segments(party, has_specialty=party is not claim.billing_provider)
    yield ("HL", "", "", "22")
    relationship = subscriber.relationship if subscriber is not None else ""
    plan = (claim.group_number, claim.plan_name)
    yield ("SBR", claim.payer_order, relationship, *plan, "", "", "", "", claim.filing_indicator)
    if subscriber is not None:
        yield from insured_segments(subscriber)
    if claim.payer is not None:
        yield from party_segments(claim.payer)
    if claim.patient is not None and claim.patient != subscriber:
        yield ("HL", "", "", "23")
        yield ("PAT", claim.patient.relationship)
        yield from insured_segments(claim.patient)


def claim_segments(claim: SubmittedClaim) -> Iterator[Segment]:
    """CLM to the end of the last line."""
    head = [""] * (DELAY + 1)
    head[:3] = ["CLM", claim.patient_control_number, scalars.amount(claim.charge_cents)]
    head[6] = "" if claim.kind == "837I" else SIGNED
    head[7:10] = [claim.assignment, claim.benefits_assigned, claim.release_of_information]
    head[DELAY] = claim.delay_reason
    facility = (claim.facility_code, claim.facility_qualifier, claim.frequency)
    yield [*head[:5], facility, *head[6:]]
    early = [one for one in claim.conditions if one[0] in BEFORE_ATTACHMENTS]
    late = [one for one in claim.conditions if one[0] not in BEFORE_ATTACHMENTS]
    yield from map(dated_segment, claim.dates)
    yield from kept("CL1", claim.inpatient)
    yield from early
    yield from map(attachment_segment, claim.attachments)
    yield from kept("CN1", claim.contract)
    yield from map(amount_segment, claim.amounts)
    yield from map(reference_segment, claim.references)
    yield from (("K3", text) for text in claim.fixed_format)
    yield from (("NTE", code, text) for code, text in claim.notes)
    yield from late
    yield from health_code_segments(claim)
    yield from map(quantity_segment, claim.quantities)
    yield from kept("HCP", claim.repricing)
    for provider in claim.providers:
        yield from party_segments(provider)
    for payer in claim.other_payers:
        yield from other_payer_segments(payer)
    for line in claim.lines:
        yield from line_segments(claim.kind, line)


def health_code_segments(claim: SubmittedClaim) -> Iterator[Segment]:
    """HI: the diagnoses (together, but each kind apart in a hospital claim), the DRG, the other codes by kind."""
    is_apart = claim.kind == "837I"
    for _, run in groupby(claim.diagnoses, key=lambda one: one.qualifier if is_apart else ""):
        yield from in_segments("HI", map(diagnosis_element, run))
    if claim.drg:
        yield ("HI", ("DR", claim.drg))
    for _, details in groupby(claim.code_details, key=lambda one: one[0]):
        yield from in_segments("HI", details)


def diagnosis_element(one: Diagnosis) -> tuple[str, ...]:
    return (one.qualifier, one.code, *[""] * 6, one.present_on_admission)


def in_segments(segment_id: str, elements: Iterable[tuple[str, ...]]) -> Iterator[Segment]:
    every = list(elements)
    for first in range(0, len(every), MOST_CODES):
        yield (segment_id, *every[first : first + MOST_CODES])


def party_segments(party: Party, *, has_specialty: bool = True) -> Iterator[Segment]:
    """NM1 and what stands under it. A billing provider's specialty stands above, at the level."""
    yield name_segment(party.name)
    if party.taxonomy and has_specialty:
        yield ("PRV", SPECIALTIES.get(party.name.role, "PE"), "PXC", party.taxonomy)
    yield from address_segments(party.address)
    yield from map(reference_segment, party.references)
    yield from map(contact_segment, party.contacts)


def insured_segments(insured: Insured) -> Iterator[Segment]:
    yield name_segment(insured.name)
    yield from address_segments(insured.address)
    if insured.birth_date is not None or insured.sex:
        yield demographics_segment(insured.birth_date, insured.sex)
    yield from map(reference_segment, insured.references)


def address_segments(address: Address | None) -> Iterator[Segment]:
    if address is None:
        return
    if address.line1 or address.line2:
        yield ("N3", address.line1, address.line2)
    if address.city or address.state or address.postal_code or address.country:
        yield ("N4", address.city, address.state, address.postal_code, address.country)


def other_payer_segments(payer: OtherPayer) -> Iterator[Segment]:
    """2320 with 2330A and on."""
    plan = (payer.group_number, payer.plan_name, payer.insurance_type)
    yield ("SBR", payer.order, payer.relationship, *plan, "", "", "", payer.filing_indicator)
    yield from adjustment_segments(payer.adjustments)
    yield from map(amount_segment, payer.amounts)
    if payer.benefits_assigned or payer.release_of_information:
        yield ("OI", "", "", payer.benefits_assigned, "", "", payer.release_of_information)
    yield from kept("MIA", payer.inpatient)
    yield from kept("MOA", payer.outpatient)
    if payer.insured is not None:
        yield from insured_segments(payer.insured)
    if payer.payer is not None:
        yield name_segment(payer.payer)
        yield from decided(payer.paid_on)
        yield from map(reference_segment, payer.references)
    for provider in payer.providers:
        yield from party_segments(provider)


def line_segments(kind: str, line: SubmittedLine) -> Iterator[Segment]:
    """LX and all that belongs to the line."""
    yield ("LX", line.number)
    yield service_segment(kind, line)
    early = [one for one in line.conditions if one[0] in BEFORE_DATES]
    late = [one for one in line.conditions if one[0] not in BEFORE_DATES]
    yield from line.teeth
    yield from map(attachment_segment, line.attachments)
    yield from early
    yield from map(dated_segment, line.dates or served(line))
    yield from map(quantity_segment, line.quantities)
    yield from kept("CN1", line.contract)
    yield from map(reference_segment, line.references)
    if line.line_control_number not in ("", line.number) and not any(
        one.qualifier == "6R" for one in line.references
    ):
        yield ("REF", "6R", line.line_control_number)
    yield from map(amount_segment, line.amounts)
    yield from (("K3", text) for text in line.fixed_format)
    yield from (("NTE", code, text) for code, text in line.notes)
    yield from late
    yield from kept("HCP", line.repricing)
    yield from drug_segments(line.drug)
    for provider in line.providers:
        yield from party_segments(provider)
    for adjudication in line.adjudications:
        yield from adjudication_segments(adjudication)
    for form in line.forms:
        yield from form


def served(line: SubmittedLine) -> Iterator[Dated]:
    if line.first_date is not None:
        is_day = line.last_date in (None, line.first_date)
        yield Dated("472", line.first_date, None if is_day else line.last_date, 0)


def service_segment(kind: str, line: SubmittedLine) -> Segment:
    code, charge = code_element(line.procedure), scalars.amount(line.charge_cents)
    units = scalars.print_number(line.units)
    if kind == "837I":
        non_covered = cents_element(line.non_covered_cents)
        return ("SV2", line.revenue_code, code, charge, line.unit_basis, units, "", non_covered)
    if kind == "837D":
        return ("SV3", code, charge, line.place_of_service, "", "", units, "", "", "", "", line.pointers)
    return ("SV1", code, charge, line.unit_basis, units, line.place_of_service, "", line.pointers)


def code_element(procedure: Procedure | None) -> Any:
    return "" if procedure is None else procedure_element(procedure)


def drug_segments(drug: Sequence[str]) -> Iterator[Segment]:
    """2410: the segments lie end to end, each begun by its id."""
    starts = [place for place, text in enumerate(drug) if text in DRUG_SEGMENTS]
    for first, last in pairwise([*starts, len(drug)]):
        yield tuple(drug[first:last])


def adjudication_segments(one: LineAdjudication) -> Iterator[Segment]:
    units = "" if one.units is None else scalars.print_number(one.units)
    paid = scalars.amount(one.paid_cents)
    yield ("SVD", one.payer_id, paid, code_element(one.procedure), one.revenue_code, units, one.bundled_line)
    yield from adjustment_segments(one.adjustments)
    yield from decided(one.paid_on)
    yield from map(amount_segment, one.amounts)


def decided(day: date | None) -> Iterator[Segment]:
    if day is not None:
        yield date_segment("573", day, None)


def attachment_segment(attachment: tuple[str, str, str]) -> Segment:
    kind, how, number = attachment
    return ("PWK", kind, how, "", "", "AC" if number else "", number)


def kept(segment_id: str, elements: Sequence[str]) -> Iterator[Segment]:
    if elements:
        yield (segment_id, *elements)
