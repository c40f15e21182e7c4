"""276 rows as values: inquiry."""

from __future__ import annotations

from datetime import date, time

from edi.from_json.fields import Fields
from edi.from_json.pieces import name, procedure, references
from edi.x276.model import InquiryLine, StatusInquiry

REQUIRED = ("payer", "receiver", "provider", "subscriber", "trace")


def inquiry(fields: Fields, reference: str, created: date, created_at: time) -> StatusInquiry:
    for key in REQUIRED:
        if not fields.row.get(key):
            raise fields.error(key, "is missing: no payer can answer without it")
    for key in REQUIRED[:4]:
        party = fields.object(key)
        if party is not None and not party.row.get("last"):
            raise party.error("last", "is missing")
    first = fields.day("from")
    read = StatusInquiry(
        reference=fields.text("reference", reference),
        payer=name(fields.object("payer"), "PR"),
        receiver=name(fields.object("receiver"), "41"),
        provider=name(fields.object("provider"), "1P"),
        subscriber=name(fields.object("subscriber"), "IL"),
        subscriber_birth_date=fields.day("subscriber_birth_date"),
        subscriber_sex=fields.text("subscriber_sex"),
        patient=name(fields.object("patient"), "QC"),
        patient_birth_date=fields.day("patient_birth_date"),
        patient_sex=fields.text("patient_sex"),
        trace=fields.text("trace"),
        payer_claim_control_number=fields.text("payer_claim_control_number"),
        patient_control_number=fields.text("patient_control_number"),
        bill_type=fields.text("bill_type"),
        clearinghouse_number=fields.text("clearinghouse_number"),
        references=references(fields),
        charge_cents=fields.cents("charge_cents"),
        first_date=first,
        last_date=fields.day("to") or first,
        lines=tuple(map(line, fields.objects("lines"))),
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
        created=fields.day("date", created),
        created_at=fields.hour("time", created_at),
    )
    fields.end()
    return read


def line(fields: Fields) -> InquiryLine:
    first = fields.day("from")
    read = InquiryLine(
        procedure=procedure(fields),
        charge_cents=fields.cents("charge_cents"),
        line_control_number=fields.text("line_control_number"),
        first_date=first,
        last_date=fields.day("to") or first,
        segment=0,
        revenue_code=fields.text("revenue_code"),
        units=fields.number("units"),
        references=references(fields),
    )
    fields.end()
    return read
