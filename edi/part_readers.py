"""Single segments as the shared values of `edi/parts.py`: names, references, dates, contacts, procedures.

Each takes a segment's elements and its ordinal in the file. What cannot be read becomes a finding in the context.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from edi import scalars
from edi.context import Context, Elements, element_of
from edi.parts import Address, Amount, Contact, Dated, Name, Procedure, Quantity, Reference, Remark

MODIFIERS = slice(2, 6)  # places of the up to four modifiers in a procedure composite
DESCRIPTION = 6
REMARK_PLACES = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}
CONTACT_NUMBERS = (3, 5, 7)  # PER03, 05, 07: the qualifier; the number follows


class Demographics(NamedTuple):
    """DMG: when a person was born, and the sex code."""

    birth_date: date | None
    sex: str


def name(elements: Elements, segment: int) -> Name:
    """NM1."""
    return Name(
        role=element_of(elements, 1),
        last=element_of(elements, 3),
        first=element_of(elements, 4),
        middle=element_of(elements, 5),
        suffix=element_of(elements, 7),
        id_qualifier=element_of(elements, 8),
        id=element_of(elements, 9),
        is_person=element_of(elements, 2) == "1",
        segment=segment,
    )


def contact(elements: Elements, segment: int) -> Contact:
    """PER."""
    numbers = tuple(
        (element_of(elements, place), element_of(elements, place + 1))
        for place in CONTACT_NUMBERS
        if element_of(elements, place + 1)
    )
    return Contact(element_of(elements, 1), element_of(elements, 2), numbers, segment)


def address(street: Sequence[str], city: Sequence[str], segment: int) -> Address:
    """N3 and N4, either of which may be absent: ()."""
    return Address(
        line1=element_of(street, 1),
        line2=element_of(street, 2),
        city=element_of(city, 1),
        state=element_of(city, 2),
        postal_code=element_of(city, 3),
        country=element_of(city, 4),
        segment=segment,
    )


def reference(elements: Elements, segment: int) -> Reference:
    """REF; a value in REF03 alone (a description) counts as the value."""
    return Reference(element_of(elements, 1), element_of(elements, 2) or element_of(elements, 3), segment)


def amount(context: Context, elements: Elements, segment: int) -> Amount:
    """AMT."""
    return Amount(element_of(elements, 1), context.cents(elements, 2, segment), segment)


def quantity(context: Context, elements: Elements, segment: int) -> Quantity:
    """QTY; an unreadable number is 0 with a finding."""
    return Quantity(element_of(elements, 1), context.number(elements, 2, segment) or Decimal(0), segment)


def demographics(context: Context, elements: Elements, segment: int) -> Demographics:
    """DMG."""
    return Demographics(context.date(elements, 2, segment), element_of(elements, 3))


def dated(context: Context, elements: Elements, segment: int) -> Dated:
    """DTP: D8 one day, RD8 a range, DT a day with a time. A bare range without RD8 is read as one."""
    qualifier, form, text = element_of(elements, 1), element_of(elements, 2), element_of(elements, 3)
    if form == "TM" or not text:
        return Dated(qualifier, None, None, segment)
    try:
        if form == "RD8" or "-" in text:
            first, last = scalars.date_range(text)
            return Dated(qualifier, first, last, segment)
        return Dated(qualifier, scalars.date_of(text[:8] if form == "DT" else text), None, segment)
    except ValueError:
        context.find("element.date", elements, segment, 3)
        return Dated(qualifier, None, None, segment)


def hour(text: str) -> time | None:
    """BHT05: an hour that cannot be read is absent: nothing hangs on it."""
    try:
        return scalars.time_of(text)
    except ValueError:
        return None


def claim_remarks(elements: Elements, segment: int) -> tuple[Remark, ...]:
    """The remark codes in an MIA or MOA."""
    name = elements[0]
    return tuple(
        Remark(name, elements[place], segment, place)
        for place in REMARK_PLACES[name]
        if place < len(elements) and elements[place]
    )


def procedure(context: Context, text: str) -> Procedure:
    """A procedure composite; one without a qualifier in front is taken as the code."""
    parts = text.split(context.component) if context.component else [text]
    if len(parts) == 1:
        return Procedure("", text, (), "")
    modifiers = tuple(part for part in parts[MODIFIERS] if part)
    return Procedure(parts[0], parts[1], modifiers, parts[DESCRIPTION] if len(parts) > DESCRIPTION else "")
