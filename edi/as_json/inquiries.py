"""276 rows: inquiry. `overturn edi write` reads the same row back."""

from __future__ import annotations

from edi.as_json.pieces import Row, hour, iso, name, number, procedure, references, span
from edi.values import SetStart
from edi.x276.model import InquiryLine, StatusInquiry


def inquiry(value: StatusInquiry, start: SetStart) -> tuple[str, Row]:
    return "inquiry", {
        "transaction": start.kind,
        "reference": value.reference,
        "date": iso(value.created),
        "time": hour(value.created_at),
        "trace": value.trace,
        "patient_control_number": value.patient_control_number,
        "payer_claim_control_number": value.payer_claim_control_number,
        "clearinghouse_number": value.clearinghouse_number,
        "bill_type": value.bill_type,
        "charge_cents": value.charge_cents,
        "from": iso(value.first_date),
        "to": iso(value.last_date),
        "payer": name(value.payer),
        "receiver": name(value.receiver),
        "provider": name(value.provider),
        "subscriber": name(value.subscriber),
        "subscriber_birth_date": iso(value.subscriber_birth_date),
        "subscriber_sex": value.subscriber_sex,
        "patient": name(value.patient),
        "patient_birth_date": iso(value.patient_birth_date),
        "patient_sex": value.patient_sex,
        "references": references(value.references),
        "lines": [line(one) for one in value.lines],
        "source": span(start, value.segment, value.last_segment, value.start_offset, value.end_offset),
    }


def line(value: InquiryLine) -> Row:
    return {
        **procedure(value.procedure),
        "revenue_code": value.revenue_code,
        "charge_cents": value.charge_cents,
        "units": number(value.units),
        "line_control_number": value.line_control_number,
        "from": iso(value.first_date),
        "to": iso(value.last_date),
        "references": references(value.references),
        "segment": value.segment,
    }
