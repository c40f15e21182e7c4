"""277, 277CA and 277RFAI rows as values: report, totals, status."""

from __future__ import annotations

from datetime import date, time
from typing import NamedTuple

from edi.from_json.fields import Fields
from edi.from_json.pieces import (
    amounts,
    attachments,
    contacts,
    dates,
    name,
    procedure,
    quantities,
    references,
)
from edi.x277.model import ClaimStatus, StatusCode, StatusInformation, StatusLine, StatusReport, StatusTotals
from edi.x277.write import DEPTHS

SOURCE, RECEIVER = "PR", "41"
PROVIDERS = {"277": "1P", "277CA": "85", "277RFAI": "1P"}


class Usual(NamedTuple):
    """BHT01, 02 and 06 of each kind."""

    structure: str
    purpose: str
    type_code: str


USUAL = {
    "277": Usual("0010", "08", "DG"),
    "277CA": Usual("0085", "08", "TH"),
    "277RFAI": Usual("0010", "08", "RQ"),
}


def report(fields: Fields, kind: str, created: date, created_at: time) -> StatusReport:
    usual = USUAL[kind]
    fields.require("reference")
    read = StatusReport(
        kind=kind,
        structure=fields.text("structure", usual.structure),
        purpose=fields.text("purpose", usual.purpose),
        reference=fields.text("reference"),
        created=fields.day("date", created),
        type_code=fields.text("type_code", usual.type_code),
        segment=0,
        created_at=fields.hour("time", created_at),
    )
    fields.end()
    return read


def totals(fields: Fields, kind: str) -> StatusTotals:
    fields.require("level")
    level = fields.text("level")
    if level not in DEPTHS:
        raise fields.error("level", f"should be one of {', '.join(DEPTHS)}, found {level!r}")
    role = {"source": SOURCE, "receiver": RECEIVER, "provider": PROVIDERS[kind]}[level]
    read = StatusTotals(
        level=level,
        name=name(fields.object("name"), role),
        trace=fields.text("trace"),
        statuses=tuple(map(information, fields.objects("statuses"))),
        quantities=quantities(fields),
        amounts=amounts(fields),
        references=references(fields),
        dates=dates(fields),
        set_number=0,
        segment=0,
        contacts=contacts(fields, "contacts"),
        source=name(fields.object("payer"), SOURCE),
        source_contacts=contacts(fields, "payer_contacts"),
        receiver=name(fields.object("receiver"), RECEIVER),
    )
    fields.pass_over("rejected")
    fields.end()
    return read


def status(fields: Fields, kind: str) -> ClaimStatus:
    fields.require("trace")
    subscriber = name(fields.object("subscriber"), "IL")
    patient = name(fields.object("patient"), "QC") if fields.has("patient") else subscriber
    read = ClaimStatus(
        kind=kind,
        source=name(fields.object("payer"), SOURCE),
        source_contacts=contacts(fields, "payer_contacts"),
        receiver=name(fields.object("receiver"), RECEIVER),
        provider=name(fields.object("provider"), PROVIDERS[kind]),
        subscriber=subscriber,
        patient=patient,
        trace=fields.text("trace"),
        batch_trace=fields.text("batch_trace"),
        patient_control_number=fields.text("patient_control_number"),
        payer_claim_control_number=fields.text("payer_claim_control_number"),
        clearinghouse_number=fields.text("clearinghouse_number"),
        statuses=tuple(map(information, fields.objects("statuses"))),
        lines=tuple(map(line, fields.objects("lines"))),
        references=references(fields),
        dates=dates(fields),
        first_service=fields.day("from"),
        last_service=fields.day("to"),
        is_rejected=False,  # the reader's to say, as the next two
        is_accepted=False,
        is_damaged=False,
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
        subscriber_birth_date=fields.day("subscriber_birth_date"),
        patient_birth_date=fields.day("patient_birth_date"),
        contacts=contacts(fields, "contacts"),
        attachments=attachments(fields),
        subscriber_sex=fields.text("subscriber_sex"),
        patient_sex=fields.text("patient_sex"),
    )
    fields.pass_over("rejected", "accepted", "damaged")
    fields.end()
    return read


def information(fields: Fields) -> StatusInformation:
    read = StatusInformation(
        codes=tuple(map(code, fields.objects("codes"))),
        effective=fields.day("effective"),
        action=fields.text("action"),
        charge_cents=fields.cents("charge_cents"),
        paid_cents=fields.cents("paid_cents"),
        decided=fields.day("decided"),
        payment_method=fields.text("payment_method"),
        payment_date=fields.day("payment_date"),
        trace=fields.text("trace"),
        text=fields.text("text"),
        segment=0,
    )
    fields.end()
    return read


def code(fields: Fields) -> StatusCode:
    read = StatusCode(fields.text("category"), fields.text("status"), fields.text("entity"), fields.text("code_list"))
    fields.pass_over("meaning")
    fields.end()
    return read


def line(fields: Fields) -> StatusLine:
    read = StatusLine(
        procedure=procedure(fields),
        charge_cents=fields.cents("charge_cents"),
        paid_cents=fields.cents("paid_cents"),
        revenue_code=fields.text("revenue_code"),
        statuses=tuple(map(information, fields.objects("statuses"))),
        references=references(fields),
        dates=dates(fields),
        segment=0,
        units=fields.number("units"),
    )
    fields.pass_over("line_control_number")
    fields.end()
    return read
