"""Status inquiries from JSON lines, as `overturn edi read` prints them: what `overturn edi write 276` asks with.

Trouble in a row is a `RowError` with the line and the field; nothing is guessed and nothing is left out silently.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from edi.parts import Name, Procedure, Reference
from edi.x276.model import InquiryLine, StatusInquiry

REQUIRED = ("payer", "receiver", "provider", "subscriber", "trace")
OTHER_KINDS = frozenset(("end", "finding"))  # printed beside the inquiries of a file: passed over


class RowError(ValueError):
    """A line of JSON that is not an inquiry: says which line, which field, what to do."""

    def __init__(self, line: int, trouble: str) -> None:
        super().__init__(f"line {line}: {trouble}")


def inquiries(lines: Iterable[str]) -> Iterator[StatusInquiry]:
    """The inquiries of JSON lines; blank lines are passed over. Raises RowError at the first bad one."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = parsed(number, line)
        if row.get("kind") in OTHER_KINDS:
            continue
        if row.get("kind") != "inquiry":
            raise RowError(number, f'kind should be "inquiry", found {row.get("kind")!r}')
        yield InquiryRow(number, row).value()


def parsed(number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise RowError(number, f"not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(row, dict):
        raise RowError(number, "should be a JSON object")
    return row


class InquiryRow:
    """One row, read field by field."""

    def __init__(self, number: int, row: dict[str, Any]) -> None:
        self.number = number
        self.row = row

    def value(self) -> StatusInquiry:
        for field in REQUIRED:
            if not self.row.get(field):
                raise RowError(self.number, f"{field} is missing: no payer can answer without it")
        first = self.day("from", self.row)
        return StatusInquiry(
            reference=self.text("reference", self.row),
            payer=self.name("payer", "PR"),
            receiver=self.name("receiver", "41"),
            provider=self.name("provider", "1P"),
            subscriber=self.name("subscriber", "IL"),
            subscriber_birth_date=self.day("subscriber_birth_date", self.row),
            subscriber_sex=self.text("subscriber_sex", self.row),
            patient=self.name("patient", "QC") if self.row.get("patient") else None,
            patient_birth_date=self.day("patient_birth_date", self.row),
            patient_sex=self.text("patient_sex", self.row),
            trace=self.text("trace", self.row),
            payer_claim_control_number=self.text("payer_claim_control_number", self.row),
            patient_control_number=self.text("patient_control_number", self.row),
            bill_type=self.text("bill_type", self.row),
            clearinghouse_number=self.text("clearinghouse_number", self.row),
            references=self.references(self.row),
            charge_cents=self.cents(self.row),
            first_date=first,
            last_date=self.day("to", self.row) or first,
            lines=tuple(self.line(one) for one in self.objects("lines", self.row)),
            set_number=0,
            segment=0,
            last_segment=0,
            start_offset=0,
            end_offset=0,
        )

    def line(self, row: dict[str, Any]) -> InquiryLine:
        modifiers = row.get("modifiers") or []
        if not isinstance(modifiers, list) or not all(isinstance(one, str) for one in modifiers):
            raise RowError(self.number, "lines.modifiers should be a list of text")
        procedure = Procedure(
            self.text("procedure_qualifier", row) or "HC", self.text("procedure", row), tuple(modifiers), ""
        )
        first = self.day("from", row)
        return InquiryLine(
            procedure,
            self.cents(row),
            self.text("line_control_number", row),
            first,
            self.day("to", row) or first,
            0,
            revenue_code=self.text("revenue_code", row),
            units=self.units(row),
            references=self.references(row),
        )

    def name(self, field: str, role: str) -> Name:
        row = self.row[field]
        if not isinstance(row, dict) or not row.get("last"):
            raise RowError(self.number, f'{field} should be an object with at least "last"')
        return Name(
            role,
            self.text("last", row),
            self.text("first", row),
            self.text("middle", row),
            self.text("suffix", row),
            self.text("id_qualifier", row),
            self.text("id", row),
            bool(row.get("is_person", role in ("IL", "QC"))),
            0,
        )

    def references(self, row: dict[str, Any]) -> tuple[Reference, ...]:
        return tuple(
            Reference(self.text("qualifier", one), self.text("value", one), 0)
            for one in self.objects("references", row)
        )

    def units(self, row: dict[str, Any]) -> Decimal | None:
        value = row.get("units")
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise RowError(self.number, f"units should be a number, found {value!r}")
        return Decimal(str(value))

    def objects(self, field: str, row: dict[str, Any]) -> list[dict[str, Any]]:
        every = row.get(field) or []
        if not isinstance(every, list) or not all(isinstance(one, dict) for one in every):
            raise RowError(self.number, f"{field} should be a list of objects")
        return every

    def text(self, field: str, row: dict[str, Any]) -> str:
        value = row.get(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise RowError(self.number, f"{field} should be text, found {value!r}")
        return value

    def day(self, field: str, row: dict[str, Any]) -> date | None:
        value = self.text(field, row)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise RowError(self.number, f"{field} should be a date like 2026-11-22, found {value!r}") from None

    def cents(self, row: dict[str, Any]) -> int | None:
        value = row.get("charge_cents")
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise RowError(self.number, f"charge_cents should be a whole number of cents, found {value!r}")
        return value
