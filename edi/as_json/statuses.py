"""277 and 277CA rows: report, totals, status."""

from __future__ import annotations

from edi.as_json.pieces import (
    Row,
    amounts,
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
from edi.codes.explain import explain_status
from edi.values import SetStart
from edi.x277.model import ClaimStatus, StatusInformation, StatusLine, StatusReport, StatusTotals


def report(value: StatusReport, start: SetStart) -> tuple[str, Row]:
    return "report", {
        "transaction": value.kind,
        "structure": value.structure,
        "purpose": value.purpose,
        "reference": value.reference,
        "date": iso(value.created),
        "time": hour(value.created_at),
        "type_code": value.type_code,
        "source": place(start.file, start.set_number, value.segment),
    }


def totals(value: StatusTotals, start: SetStart) -> tuple[str, Row]:
    return "totals", {
        "transaction": start.kind,
        "level": value.level,
        "name": name(value.name),
        "contacts": [contact(one) for one in value.contacts],
        "trace": value.trace,
        "payer": name(value.source),
        "payer_contacts": [contact(one) for one in value.source_contacts],
        "receiver": name(value.receiver),
        "rejected": value.is_rejected,
        "statuses": [information(one) for one in value.statuses],
        "quantities": quantities(value.quantities),
        "amounts": amounts(value.amounts),
        "references": references(value.references),
        "dates": dates(value.dates),
        "source": place(start.file, start.set_number, value.segment),
    }


def status(value: ClaimStatus, start: SetStart) -> tuple[str, Row]:
    return "status", {
        "transaction": value.kind,
        "trace": value.trace,
        "batch_trace": value.batch_trace,
        "patient_control_number": value.patient_control_number,
        "payer_claim_control_number": value.payer_claim_control_number,
        "clearinghouse_number": value.clearinghouse_number,
        "rejected": value.is_rejected,
        "accepted": value.is_accepted,
        "from": iso(value.first_service),
        "to": iso(value.last_service),
        "statuses": [information(one) for one in value.statuses],
        "lines": [line(one) for one in value.lines],
        "payer": name(value.source),
        "payer_contacts": [contact(one) for one in value.source_contacts],
        "receiver": name(value.receiver),
        "provider": name(value.provider),
        "subscriber": name(value.subscriber),
        "subscriber_birth_date": iso(value.subscriber_birth_date),
        "subscriber_sex": value.subscriber_sex,
        "patient": name(value.patient),
        "patient_birth_date": iso(value.patient_birth_date),
        "patient_sex": value.patient_sex,
        "contacts": [contact(one) for one in value.contacts],
        "attachments": attachments(value.attachments),
        "references": references(value.references),
        "dates": dates(value.dates),
        "damaged": value.is_damaged,
        "source": span(start, value.segment, value.last_segment, value.start_offset, value.end_offset),
    }


def information(value: StatusInformation) -> Row:
    """One STC: its composites in order, each with its meaning."""
    return {
        "codes": [
            {
                "category": one.category,
                "status": one.status,
                "entity": one.entity,
                "code_list": one.code_list,
                "meaning": explain_status(one.category, "" if one.code_list else one.status, one.entity),
            }
            for one in value.codes
        ],
        "effective": iso(value.effective),
        "action": value.action,
        "charge_cents": value.charge_cents,
        "paid_cents": value.paid_cents,
        "decided": iso(value.decided),
        "payment_method": value.payment_method,
        "payment_date": iso(value.payment_date),
        "trace": value.trace,
        "text": value.text,
        "segment": value.segment,
    }


def line(value: StatusLine) -> Row:
    return {
        **procedure(value.procedure),
        "charge_cents": value.charge_cents,
        "paid_cents": value.paid_cents,
        "revenue_code": value.revenue_code,
        "units": number(value.units),
        "line_control_number": next((ref.value for ref in value.references if ref.qualifier == "FJ"), ""),
        "statuses": [information(one) for one in value.statuses],
        "references": references(value.references),
        "dates": dates(value.dates),
        "segment": value.segment,
    }
