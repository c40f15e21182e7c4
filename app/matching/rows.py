"""A claim payment as rows of the database: everything it said, each amount with its place in the file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, update

import edi.codes
from app.claims.identity import member_key
from app.claims.numbering import Numbers
from app.core.bulk import insert_many, table_of
from app.matching.ladder import first_service
from app.matching.tables import AdjustmentRow, ClaimPayment, RemarkRow, ServicePayment
from edi.parts import Adjustment
from edi.x835 import model as x835

claim_payment = table_of(ClaimPayment)
service_payment = table_of(ServicePayment)
adjustment_row = table_of(AdjustmentRow)
remark_row = table_of(RemarkRow)

CLAIM_PAYMENT_COLUMNS = tuple(column.name for column in claim_payment.c)
SERVICE_PAYMENT_COLUMNS = (
    *("id", "claim_payment_id", "line_id", "position", "procedure", "modifiers", "revenue_code"),
    *("original_procedure", "units", "charge_cents", "paid_cents"),
    *("allowed_cents", "line_control_number", "first_service", "last_service"),
    *("detail", "segment"),
)
ADJUSTMENT_COLUMNS = tuple(column.name for column in adjustment_row.c if column.name != "id")
REMARK_COLUMNS = tuple(column.name for column in remark_row.c if column.name != "id")
DATED = ("232", "233", "050")  # these have columns, and so have the next four
COUNTED = ("AU", "I")
SERVICE_DATE, LINE_CONTROL, ALLOWED = "472", "6R", "B6"
TAKEN_BACK = ("1", "2", "3", "4", "19", "20", "21")  # CLP02 of what a reversal may take back
FINGERPRINT_BYTES = 12  # 96 bits: among a billion answers the odds of one false repeat are below one in a billion

Detail = dict[str, object]


class AnswerRows:
    """The rows of one batch of claim payments: new ones, and changes to those that stand already."""

    def __init__(self, connection: Connection, service_numbers: Numbers) -> None:
        self._connection = connection
        self._service_numbers = service_numbers
        self._new: dict[int, dict[str, Any]] = {}
        self._changes: dict[int, dict[str, Any]] = {}
        self._standing: set[int] = set()
        self._line_changes: list[dict[str, Any]] = []
        self._services: list[tuple[Any, ...]] = []
        self._adjustments: list[tuple[Any, ...]] = []
        self._remarks: list[tuple[Any, ...]] = []

    def stand(self, numbers: set[int]) -> None:
        """These have their rows already: keeping them anew changes what was decided, not what was said."""
        self._standing |= numbers

    def add(self, number: int, answer: x835.ClaimPayment, line_ids: Sequence[int | None], **columns: Any) -> None:
        """Keep one answer; `columns` are those that matching decided."""
        if number in self._standing:
            self.change(number, **columns)
            self._line_changes += [
                {"payment": number, "place": place, "line": line_id}
                for place, line_id in enumerate(line_ids, start=1)
                if line_id is not None
            ]
            return
        self._new[number] = {**_payment_columns(answer), "id": number, **columns}
        self._add_adjustments(number, None, answer.adjustments)
        for remark in answer.remarks:
            self._remarks.append((number, None, remark.code, remark.segment, remark.element))
        for position, (line, line_id) in enumerate(zip(answer.lines, line_ids, strict=True), start=1):
            service = self._service_numbers.next()
            self._services.append(_service_row(service, number, line_id, position, line))
            self._add_adjustments(number, service, line.adjustments)
            for remark in line.remarks:
                self._remarks.append((number, service, remark.code, remark.segment, remark.element))

    def change(self, number: int, **columns: Any) -> None:
        """Another decision about an answer of this batch or of an earlier one."""
        row = self._new.get(number)
        if row is not None:
            row.update(columns)
        else:
            self._changes.setdefault(number, {}).update(columns)

    def flush(self) -> None:
        rows = (tuple(row[name] for name in CLAIM_PAYMENT_COLUMNS) for row in self._new.values())
        insert_many(self._connection, claim_payment, CLAIM_PAYMENT_COLUMNS, rows)
        insert_many(self._connection, service_payment, SERVICE_PAYMENT_COLUMNS, self._services)
        insert_many(self._connection, adjustment_row, ADJUSTMENT_COLUMNS, self._adjustments)
        insert_many(self._connection, remark_row, REMARK_COLUMNS, self._remarks)
        for number, columns in self._changes.items():
            self._connection.execute(update(claim_payment).where(claim_payment.c.id == number).values(**columns))
        if self._line_changes:
            self._connection.execute(
                update(service_payment)
                .where(
                    service_payment.c.claim_payment_id == bindparam("payment"),
                    service_payment.c.position == bindparam("place"),
                )
                .values(line_id=bindparam("line")),
                self._line_changes,
            )
        for kept in (self._new, self._changes, self._services, self._adjustments, self._remarks, self._line_changes):
            kept.clear()

    def _add_adjustments(self, number: int, service: int | None, adjustments: Sequence[Adjustment]) -> None:
        for group, reason, cents, quantity, segment, element in adjustments:
            shown = "" if quantity is None else str(quantity)
            nature = edi.codes.carc_nature(reason)
            self._adjustments.append((number, service, group, reason, cents, shown, nature, segment, element))


def fingerprint(answer: x835.ClaimPayment) -> str:
    """The same answer again, whatever payment brings it (835.md §9, claim level, without the trace)."""
    return _mark(answer, answer.status, 1)


def opposite_fingerprints(answer: x835.ClaimPayment) -> frozenset[str]:
    """Of the answers that this one takes back to the letter, or that take it back."""
    statuses = TAKEN_BACK if answer.status == "22" else ("22",)
    return frozenset(_mark(answer, status, -1) for status in statuses)


def _mark(answer: x835.ClaimPayment, status: str, sign: int) -> str:
    who = answer.payer_claim_control_number or f"={answer.patient_control_number}"
    adjustments = sorted((a.group, a.reason, sign * a.cents) for a in answer.adjustments)
    lines = [
        (
            *(line.procedure.code, sign * line.charge_cents, sign * line.paid_cents),
            [(a.group, a.reason, sign * a.cents) for a in line.adjustments],
        )
        for line in answer.lines
    ]
    text = repr((who, status, sign * answer.charge_cents, sign * answer.paid_cents, adjustments, lines))
    return hashlib.blake2b(text.encode(), digest_size=FINGERPRINT_BYTES).hexdigest()


def service_dates(answer: x835.ClaimPayment) -> tuple[date | None, date | None]:
    first = first_service(answer)
    through = [dated.last or dated.first for dated in answer.dates if dated.qualifier == "233"]
    lasts = [day for day in (*through, *(line.last_date for line in answer.lines)) if day]
    return first, max(lasts) if lasts else first


def _payment_columns(answer: x835.ClaimPayment) -> dict[str, Any]:
    by_role = {name.role: name for name in reversed(answer.names)}
    named, crossover = by_role.get("QC") or by_role.get("IL"), by_role.get("TT")
    first, last = service_dates(answer)
    return {
        "classification": answer.classification.value,
        "status": answer.status,
        "patient_control_number": answer.patient_control_number,
        "payer_control_number": answer.payer_claim_control_number,
        "charge_cents": answer.charge_cents,
        "paid_cents": answer.paid_cents,
        "patient_cents": answer.patient_cents,
        "allowed_cents": allowed_cents(answer),
        "interest_cents": sum(amount.cents for amount in answer.amounts if amount.qualifier == "I"),
        "filing_indicator": answer.filing_indicator,
        "facility_code": answer.facility_code,
        "frequency": answer.frequency,
        "patient_last": named.last if named else "",
        "patient_first": named.first if named else "",
        "member_id": member_id(answer),
        "crossover_to": crossover.last if crossover else "",
        "first_service": first,
        "last_service": last,
        "received_by_payer_on": next((d.first for d in answer.dates if d.qualifier == "050"), None),
        "reverses_id": None,
        "reversed_by_id": None,
        "match_rule": "",
        "match_evidence": "",
        "note": "",
        "payer_rank": 0,
        "held_cents": 0,
        "detail": payment_detail(answer),
        "segment": answer.segment,
        "last_segment": answer.last_segment,
        "start_offset": answer.start_offset,
        "end_offset": answer.end_offset,
    }


def member_id(answer: x835.ClaimPayment) -> str:
    """The insured's id as the payer knows it: a corrected one first (NM1*74), then the insured's, the patient's."""
    by_role = {name.role: name.id for name in reversed(answer.names) if name.id}
    for role in ("74", "IL", "QC"):
        if role in by_role:
            return member_key(by_role[role])
    return member_key(answer.reference("1W"))


def allowed_cents(answer: x835.ClaimPayment) -> int | None:
    """AMT*AU, else the sum of the lines' allowed amounts; None when the payer said neither."""
    claim_level = [amount.cents for amount in answer.amounts if amount.qualifier == "AU"]
    if claim_level:
        return claim_level[0]
    lines = [line.allowed_cents for line in answer.lines if line.allowed_cents is not None]
    return sum(lines) if lines else None


def payment_detail(answer: x835.ClaimPayment) -> Detail:
    """What has no column of its own, without what is absent."""
    detail: Detail = {"names": answer.names}
    if answer.references:
        detail["references"] = answer.references
    dates = [(d.qualifier, iso(d.first), iso(d.last), d.segment) for d in answer.dates if d.qualifier not in DATED]
    if dates:
        detail["dates"] = dates
    amounts = [amount for amount in answer.amounts if amount.qualifier not in COUNTED]
    if amounts:
        detail["amounts"] = amounts
    if answer.quantities:
        detail["quantities"] = [(q.qualifier, str(q.value), q.segment) for q in answer.quantities]
    if answer.drg_weight is not None:
        detail["drg_weight"] = str(answer.drg_weight)
    if answer.discharge_fraction is not None:
        detail["discharge_fraction"] = str(answer.discharge_fraction)
    for name, value in (
        ("contacts", answer.contacts),
        ("remarks", answer.remarks),
        ("inpatient", answer.inpatient),
        ("outpatient", answer.outpatient),
        ("group", answer.group_number),
        ("drg", answer.drg),
    ):
        if value:
            detail[name] = value
    return detail


def _service_row(
    number: int, payment: int, line_id: int | None, position: int, line: x835.ServiceLine
) -> tuple[Any, ...]:
    procedure, original = line.procedure, line.original_procedure
    return (
        *(number, payment, line_id, position, procedure.code, ":".join(procedure.modifiers), line.revenue_code),
        *(original.code if original else "", str(line.units), line.charge_cents, line.paid_cents),
        *(line.allowed_cents, line.line_control_number, line.first_date, line.last_date),
        *(_line_detail(line), line.segment),
    )


def _line_detail(line: x835.ServiceLine) -> Detail:
    """As `payment_detail`: most lines have nothing that has no column."""
    procedure, original = line.procedure, line.original_procedure
    detail: Detail = {}
    if procedure.qualifier != "HC" or procedure.description:
        detail["procedure"] = (procedure.qualifier, procedure.description)
    if original is not None:
        detail["original"] = original
    if line.original_units is not None:
        detail["original_units"] = str(line.original_units)
    references = [reference for reference in line.references if reference.qualifier != LINE_CONTROL]
    if references:
        detail["references"] = references
    dates = [(d.qualifier, iso(d.first), iso(d.last), d.segment) for d in line.dates if d.qualifier != SERVICE_DATE]
    if dates:
        detail["dates"] = dates
    amounts = [amount for amount in line.amounts if amount.qualifier != ALLOWED]
    if amounts:
        detail["amounts"] = amounts
    if line.quantities:
        detail["quantities"] = [(q.qualifier, str(q.value), q.segment) for q in line.quantities]
    if line.remarks:
        detail["remarks"] = line.remarks
    return detail


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""
