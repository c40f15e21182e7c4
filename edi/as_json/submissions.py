"""837 rows: submission, claim."""

from __future__ import annotations

from collections.abc import Sequence

from edi.as_json.pieces import (
    Row,
    address,
    adjustment,
    amounts,
    as_sent,
    attachments,
    contact,
    dates,
    hour,
    iso,
    name,
    number,
    place,
    procedure,
    quantities,
    references,
    span,
)
from edi.values import SetStart
from edi.x837.model import Insured, LineAdjudication, OtherPayer, Party, Submission, SubmittedClaim, SubmittedLine

Segments = tuple[tuple[str, ...], ...]


def submission(value: Submission, start: SetStart) -> tuple[str, Row]:
    return "submission", {
        "transaction": value.kind,
        "purpose": value.purpose,
        "reference": value.reference,
        "date": iso(value.created),
        "time": hour(value.created_at),
        "claim_or_encounter": value.claim_or_encounter,
        "submitter": name(value.submitter),
        "submitter_contacts": [contact(one) for one in value.submitter_contacts],
        "receiver": name(value.receiver),
        "segments": as_sent(value.segments),
        "source": place(start.file, start.set_number, value.segment),
    }


def claim(value: SubmittedClaim, start: SetStart) -> tuple[str, Row]:
    return "claim", {
        "transaction": value.kind,
        "patient_control_number": value.patient_control_number,
        "charge_cents": value.charge_cents,
        "frequency": value.frequency,
        "facility_code": value.facility_code,
        "facility_qualifier": value.facility_qualifier,
        "batch_reference": value.batch_reference,
        "payer_order": value.payer_order,
        "group_number": value.group_number,
        "plan_name": value.plan_name,
        "filing_indicator": value.filing_indicator,
        "assignment": value.assignment,
        "benefits_assigned": value.benefits_assigned,
        "release_of_information": value.release_of_information,
        "delay_reason": value.delay_reason,
        "from": iso(value.first_date),
        "to": iso(value.last_date),
        "billing_provider": party(value.billing_provider),
        "pay_to": party(value.pay_to),
        "pay_to_plan": party(value.pay_to_plan),
        "payer": party(value.payer),
        "subscriber": insured(value.subscriber),
        "patient": insured(value.patient),
        "providers": [party(one) for one in value.providers],
        "diagnoses": [
            {"qualifier": one.qualifier, "code": one.code, "present_on_admission": one.present_on_admission}
            for one in value.diagnoses
        ],
        "drg": value.drg,
        "codes": [{"qualifier": qualifier, "code": code} for qualifier, code in value.codes],
        "code_details": as_sent(value.code_details),
        "references": references(value.references),
        "dates": dates(value.dates),
        "amounts": amounts(value.amounts),
        "quantities": quantities(value.quantities),
        "notes": notes(value.notes),
        "attachments": attachments(value.attachments),
        "inpatient": list(value.inpatient),
        "contract": list(value.contract),
        "repricing": list(value.repricing),
        "conditions": as_sent(declared(value.conditions, value.component, start)),
        "fixed_format": list(value.fixed_format),
        "other_payers": [other_payer(one) for one in value.other_payers],
        "lines": [line(one, value.component, start) for one in value.lines],
        "damaged": value.is_damaged,
        "levels": as_sent(map(unnumbered, declared(value.context, value.component, start))),
        "segments": as_sent(declared(value.segments, value.component, start)),
        "source": span(start, value.segment, value.last_segment, value.start_offset, value.end_offset),
    }


def declared(segments: Segments, used: str, start: SetStart) -> Segments:
    """Segments with the component separator that the envelope declares, where the sender used another."""
    component = start.delimiters.component
    if used == component:
        return segments
    return tuple(tuple(element.replace(used, component) for element in segment) for segment in segments)


def unnumbered(segment: Sequence[str]) -> Sequence[str]:
    """A segment above a claim; an HL without its numbers, which belong to the file: ["HL", "", "", "22"]."""
    return ("HL", "", "", *segment[3:4]) if segment[0] == "HL" else segment


def line(value: SubmittedLine, used: str, start: SetStart) -> Row:
    return {
        "number": value.number,
        **procedure(value.procedure),
        "revenue_code": value.revenue_code,
        "charge_cents": value.charge_cents,
        "unit_basis": value.unit_basis,
        "units": number(value.units),
        "place_of_service": value.place_of_service,
        "pointers": list(value.pointers),
        "non_covered_cents": value.non_covered_cents,
        "line_control_number": value.line_control_number,
        "from": iso(value.first_date),
        "to": iso(value.last_date),
        "dates": dates(value.dates),
        "references": references(value.references),
        "notes": notes(value.notes),
        "providers": [party(one) for one in value.providers],
        "drug": list(declared((value.drug,), used, start)[0]),
        "amounts": amounts(value.amounts),
        "quantities": quantities(value.quantities),
        "attachments": attachments(value.attachments),
        "conditions": as_sent(declared(value.conditions, used, start)),
        "fixed_format": list(value.fixed_format),
        "repricing": list(value.repricing),
        "contract": list(value.contract),
        "teeth": as_sent(declared(value.teeth, used, start)),
        "forms": [as_sent(form) for form in value.forms],
        "adjudications": [adjudication(one) for one in value.adjudications],
        "segment": value.segment,
    }


def other_payer(value: OtherPayer) -> Row:
    return {
        "order": value.order,
        "relationship": value.relationship,
        "group_number": value.group_number,
        "plan_name": value.plan_name,
        "insurance_type": value.insurance_type,
        "filing_indicator": value.filing_indicator,
        "benefits_assigned": value.benefits_assigned,
        "release_of_information": value.release_of_information,
        "adjustments": [adjustment(one) for one in value.adjustments],
        "amounts": amounts(value.amounts),
        "insured": insured(value.insured),
        "payer": name(value.payer),
        "paid_on": iso(value.paid_on),
        "references": references(value.references),
        "inpatient": list(value.inpatient),
        "outpatient": list(value.outpatient),
        "remarks": [one.code for one in value.remarks],
        "providers": [party(one) for one in value.providers],
        "segment": value.segment,
    }


def adjudication(value: LineAdjudication) -> Row:
    return {
        "payer_id": value.payer_id,
        "paid_cents": value.paid_cents,
        **procedure(value.procedure),
        "revenue_code": value.revenue_code,
        "units": number(value.units),
        "bundled_line": value.bundled_line,
        "adjustments": [adjustment(one) for one in value.adjustments],
        "amounts": amounts(value.amounts),
        "paid_on": iso(value.paid_on),
        "segment": value.segment,
    }


def party(value: Party | None) -> Row | None:
    if value is None:
        return None
    return {
        "name": name(value.name),
        "address": address(value.address),
        "references": references(value.references),
        "taxonomy": value.taxonomy,
        "contacts": [contact(one) for one in value.contacts],
    }


def insured(value: Insured | None) -> Row | None:
    if value is None:
        return None
    return {
        "name": name(value.name),
        "address": address(value.address),
        "birth_date": iso(value.birth_date),
        "sex": value.sex,
        "relationship": value.relationship,
        "references": references(value.references),
    }


def notes(every: tuple[tuple[str, str], ...]) -> list[Row]:
    return [{"code": code, "text": words} for code, words in every]
