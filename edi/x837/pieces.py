"""Single segments of an 837 as values: names, references, dates, adjustments, procedures.

What cannot be read becomes a finding in the set's context. The context's component separator is the one that the
sender uses, which in some files is not the one that the ISA declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from edi import part_readers
from edi.context import Context, element_of
from edi.parts import (
    Address,
    Adjustment,
    Amount,
    Contact,
    Dated,
    Name,
    Procedure,
    Quantity,
    Reference,
    Remark,
)
from edi.x837.loops import Loop, Segment
from edi.x837.model import Insured, Party

LONGEST_QUALIFIER = 2  # of a procedure: HC, AD, HP …
CAS_TRIPLETS = range(2, 20, 3)  # CAS02, 05, 08, 11, 14, 17: the reason of each triplet


class Pieces:
    """Turns segments into values, telling trouble through the context."""

    __slots__ = ("context",)

    def __init__(self, context: Context) -> None:
        self.context = context

    def components(self, text: str) -> list[str]:
        return text.split(self.context.component)

    def name(self, segment: Segment) -> Name:
        return part_readers.name(segment.elements, segment.number)

    def address(self, loop: Loop) -> Address | None:
        street, city = loop.first("N3"), loop.first("N4")
        if street is None and city is None:
            return None
        first = street or city
        return part_readers.address(
            street.elements if street else (), city.elements if city else (), first.number if first else 0
        )

    def party(self, loop: Loop, taxonomy: str = "") -> Party | None:
        """A loop that begins with NM1; its own PRV goes before the taxonomy given."""
        named = loop.first("NM1")
        if named is None:
            return None
        specialty = loop.first("PRV")
        return Party(
            name=self.name(named),
            address=self.address(loop),
            references=self.references(loop),
            taxonomy=element_of(specialty.elements, 3) if specialty else taxonomy,
            contacts=self.contacts(loop),
        )

    def parties(self, loops: Iterable[Loop]) -> tuple[Party, ...]:
        return tuple(party for party in map(self.party, loops) if party is not None)

    def insured(self, loop: Loop, relationship: str) -> Insured | None:
        named = loop.first("NM1")
        if named is None:
            return None
        person = loop.first("DMG")
        birth_date, sex = part_readers.demographics(self.context, *person) if person else (None, "")
        return Insured(
            name=self.name(named),
            address=self.address(loop),
            birth_date=birth_date,
            sex=sex,
            relationship=relationship,
            references=self.references(loop),
        )

    def contacts(self, loop: Loop) -> tuple[Contact, ...]:
        return tuple(part_readers.contact(*segment) for segment in loop.all("PER"))

    def references(self, loop: Loop) -> tuple[Reference, ...]:
        return tuple(part_readers.reference(*segment) for segment in loop.all("REF"))

    def dates(self, loop: Loop) -> tuple[Dated, ...]:
        return tuple(part_readers.dated(self.context, *segment) for segment in loop.all("DTP"))

    def paid_on(self, loop: Loop) -> date | None:
        """DTP*573: when the other payer decided."""
        return next((dated.first for dated in self.dates(loop) if dated.qualifier == "573"), None)

    def amounts(self, loop: Loop) -> tuple[Amount, ...]:
        return tuple(part_readers.amount(self.context, *segment) for segment in loop.all("AMT"))

    def quantities(self, loop: Loop) -> tuple[Quantity, ...]:
        return tuple(part_readers.quantity(self.context, *segment) for segment in loop.all("QTY"))

    def adjustments(self, loop: Loop) -> tuple[Adjustment, ...]:
        found = []
        for segment in loop.all("CAS"):
            elements, number = segment
            for reason in CAS_TRIPLETS:
                if element_of(elements, reason) or element_of(elements, reason + 1):
                    cents = self.context.cents(elements, reason + 1, number)
                    quantity = self.context.number(elements, reason + 2, number)
                    group = element_of(elements, 1)
                    found.append(Adjustment(group, element_of(elements, reason), cents, quantity, number, reason + 1))
        return tuple(found)

    def notes(self, loop: Loop) -> tuple[tuple[str, str], ...]:
        return tuple(
            (element_of(segment.elements, 1), element_of(segment.elements, 2)) for segment in loop.all("NTE")
        )

    def attachments(self, loop: Loop) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (element_of(segment.elements, 1), element_of(segment.elements, 2), element_of(segment.elements, 6))
            for segment in loop.all("PWK")
        )

    def procedure(self, text: str) -> Procedure | None:
        """None when the composite names no code, as on a line of a revenue code alone."""
        read = part_readers.procedure(self.context, text)
        is_qualifier_alone = not read.qualifier and len(read.code) <= LONGEST_QUALIFIER
        return None if is_qualifier_alone or not read.code else read

    def remarks(self, loop: Loop) -> tuple[Remark, ...]:
        """The remark codes of a loop's MIA and MOA."""
        outcomes = (loop.first("MIA"), loop.first("MOA"))
        return tuple(remark for one in outcomes if one for remark in part_readers.claim_remarks(*one))


def kept(segment: Segment | None) -> tuple[str, ...]:
    """The elements of a segment as sent, without its id; () when it is absent."""
    return trimmed(segment.elements[1:]) if segment else ()


def all_kept(loop: Loop, *segment_ids: str) -> tuple[tuple[str, ...], ...]:
    """The segments of those ids as sent, each with its id first."""
    return tuple(trimmed(segment.elements) for segment in loop.segments if segment.elements[0] in segment_ids)


def trimmed(elements: Sequence[str]) -> tuple[str, ...]:
    """Without the empty elements at the end, which say nothing."""
    count = len(elements)
    while count and not elements[count - 1]:
        count -= 1
    return tuple(elements[:count])
