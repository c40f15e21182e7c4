"""The shared values of `edi/parts.py` as segments for `edi/writing.py`: the reverse of `edi/part_readers.py`."""

from __future__ import annotations

from datetime import date, time

from edi import scalars
from edi.parts import Amount, Contact, Dated, Name, Procedure, Quantity, Reference
from edi.writing import Element, Segment

MODIFIER_PLACES = 4  # between the code and the description


def name_segment(name: Name) -> Segment:
    """NM1."""
    kind = "1" if name.is_person else "2"
    return (
        "NM1",
        name.role,
        kind,
        name.last,
        name.first,
        name.middle,
        "",
        name.suffix,
        name.id_qualifier,
        name.id,
    )


def contact_segment(contact: Contact) -> Segment:
    """PER."""
    numbers = [text for pair in contact.numbers for text in pair]
    return ("PER", contact.function, contact.name, *numbers)


def reference_segment(reference: Reference) -> Segment:
    return ("REF", reference.qualifier, reference.value)


def dated_segment(dated: Dated) -> Segment:
    """DTP."""
    return date_segment(dated.qualifier, dated.first, dated.last)


def date_segment(qualifier: str, first: date | None, last: date | None) -> Segment:
    """DTP with one day, or a range when the last day is given."""
    if first is None:
        return ("DTP", qualifier)
    if last is None:
        return ("DTP", qualifier, "D8", scalars.print_date(first))
    return ("DTP", qualifier, "RD8", f"{scalars.print_date(first)}-{scalars.print_date(last)}")


def amount_segment(amount: Amount) -> Segment:
    return ("AMT", amount.qualifier, scalars.amount(amount.cents))


def quantity_segment(quantity: Quantity) -> Segment:
    return ("QTY", quantity.qualifier, scalars.print_number(quantity.value))


def demographics_segment(birth_date: date | None, sex: str) -> Segment:
    """DMG."""
    if birth_date is None:
        return ("DMG", "", "", sex)
    return ("DMG", "D8", scalars.print_date(birth_date), sex)


def procedure_element(procedure: Procedure) -> Element:
    """The procedure composite; a bare code without a qualifier stays bare."""
    if not procedure.qualifier and not procedure.modifiers and not procedure.description:
        return procedure.code
    modifiers = (*procedure.modifiers, *[""] * (MODIFIER_PLACES - len(procedure.modifiers)))
    return (procedure.qualifier, procedure.code, *modifiers, procedure.description)


def cents_element(cents: int | None) -> str:
    return "" if cents is None else scalars.amount(cents)


def date_element(value: date | None) -> str:
    return "" if value is None else scalars.print_date(value)


def time_element(value: time | None) -> str:
    """HHMM, or HHMMSS where there are seconds."""
    if value is None:
        return ""
    return value.strftime("%H%M%S" if value.second else "%H%M")
