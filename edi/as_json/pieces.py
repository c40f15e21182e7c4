"""The parts that rows of every transaction share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from edi.parts import Address, Adjustment, Amount, Contact, Dated, Name, Procedure, Quantity, Reference
from edi.values import SetStart

SCHEMA_VERSION = 1  # raised when a field is renamed, removed or changes its meaning; new fields do not raise it

Row = dict[str, Any]


def iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def hour(value: time | None) -> str | None:
    """`12:00`, with seconds where there are some."""
    if value is None:
        return None
    return value.isoformat("seconds" if value.second else "minutes")


def number(value: Decimal | None) -> int | float | None:
    """A quantity as a JSON number: whole ones without a point."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def place(file: str, set_number: int, segment: int) -> Row:
    return {"file": file, "set": set_number, "segment": segment}


def span(start: SetStart, segment: int, last_segment: int, start_offset: int, end_offset: int) -> Row:
    """Where a whole claim stands: segments in the file, and the bytes from its first to just behind its last."""
    return {
        **place(start.file, start.set_number, segment),
        "last_segment": last_segment,
        "start_offset": start_offset,
        "end_offset": end_offset,
    }


def adjustment(one: Adjustment) -> Row:
    return {
        "group": one.group,
        "reason": one.reason,
        "cents": one.cents,
        "quantity": number(one.quantity),
        "segment": one.segment,
        "element": one.element,
    }


def name(one: Name | None) -> Row | None:
    if one is None:
        return None
    return {
        "role": one.role,
        "last": one.last,
        "first": one.first,
        "middle": one.middle,
        "suffix": one.suffix,
        "id_qualifier": one.id_qualifier,
        "id": one.id,
        "is_person": one.is_person,
    }


def address(one: Address | None) -> Row | None:
    if one is None:
        return None
    return {
        "line1": one.line1,
        "line2": one.line2,
        "city": one.city,
        "state": one.state,
        "postal_code": one.postal_code,
        "country": one.country,
    }


def contact(one: Contact) -> Row:
    return {
        "function": one.function,
        "name": one.name,
        "numbers": [{"qualifier": qualifier, "number": text} for qualifier, text in one.numbers],
    }


def references(every: Iterable[Reference]) -> list[Row]:
    return [{"qualifier": one.qualifier, "value": one.value} for one in every]


def dates(every: Iterable[Dated]) -> list[Row]:
    return [{"qualifier": one.qualifier, "from": iso(one.first), "to": iso(one.last)} for one in every]


def amounts(every: Iterable[Amount]) -> list[Row]:
    return [{"qualifier": one.qualifier, "cents": one.cents} for one in every]


def quantities(every: Iterable[Quantity]) -> list[Row]:
    return [{"qualifier": one.qualifier, "value": number(one.value)} for one in every]


def attachments(every: Iterable[tuple[str, str, str]]) -> list[Row]:
    """PWK: what kind of paper, how it is sent, and the number that ties it to the claim."""
    return [{"type": kind, "transmission": how, "control_number": control} for kind, how, control in every]


def as_sent(every: Iterable[Sequence[str]]) -> list[list[str]]:
    """Segments as their elements, id first."""
    return [elements(segment) for segment in every]


def elements(sent: Sequence[str]) -> list[str]:
    """Elements as sent, without the empty ones at the end, which say nothing."""
    count = len(sent)
    while count and not sent[count - 1]:
        count -= 1
    return list(sent[:count])


def procedure(one: Procedure | None) -> Row:
    """The four fields that a line carries for its procedure."""
    if one is None:
        return {"procedure": "", "procedure_qualifier": "", "modifiers": [], "procedure_description": ""}
    return {
        "procedure": one.code,
        "procedure_qualifier": one.qualifier,
        "modifiers": list(one.modifiers),
        "procedure_description": one.description,
    }
