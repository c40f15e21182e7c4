"""Write a 276 (005010X212): claims asked about, as segments between ST and SE.

Inquiries that follow one another with the same payer, receiver, provider and subscriber share their levels, so a
batch sorted that way is compact; any order is valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time

from edi import scalars
from edi.part_writers import (
    cents_element,
    date_element,
    date_segment,
    demographics_segment,
    name_segment,
    procedure_element,
    reference_segment,
    time_element,
)
from edi.parts import Name, Reference
from edi.writing import OutgoingSet, Segment
from edi.x276.model import InquiryLine, StatusInquiry

VERSION = "005010X212"
FUNCTIONAL_ID = "HR"  # GS01
REFERENCE_ORDER = ("1K", "BLT", "LU", "6P", "EJ", "XZ", "D9")  # as the guide has them under one claim


def inquiry_set(
    inquiries: Iterable[StatusInquiry],
    *,
    reference: str,
    created_on: date | None,
    created_at: time | None,
    control_number: str = "",
) -> OutgoingSet:
    """The transaction set that asks about all of the inquiries. `reference` is ours (BHT03)."""
    segments = inquiry_segments(inquiries, reference=reference, created_on=created_on, created_at=created_at)
    return OutgoingSet("276", segments, VERSION, control_number)


def inquiry_segments(
    inquiries: Iterable[StatusInquiry], *, reference: str, created_on: date | None, created_at: time | None
) -> Iterator[Segment]:
    """The segments between ST and SE. Raises ValueError where an inquiry lacks a party or its trace."""
    yield ("BHT", "0010", "13", reference, date_element(created_on), time_element(created_at))
    writer = LevelWriter()
    for inquiry in inquiries:
        require(inquiry)
        yield from writer.levels(inquiry)
        yield from claim_segments(inquiry)


def require(inquiry: StatusInquiry) -> None:
    """Without these no payer can answer, and the levels cannot be written."""
    parties = {
        "payer (NM1*PR)": inquiry.payer,
        "receiver (NM1*41)": inquiry.receiver,
        "provider (NM1*1P)": inquiry.provider,
        "subscriber (NM1*IL)": inquiry.subscriber,
        "trace (TRN02)": inquiry.trace,
    }
    missing = [words for words, value in parties.items() if not value]
    if missing:
        raise ValueError(f"inquiry {inquiry.trace!r} has no {', '.join(missing)}")


class LevelWriter:
    """Opens the HL levels that an inquiry needs and that are not open yet."""

    def __init__(self) -> None:
        self.count = 0
        self.open: list[tuple[object, int]] = []  # for each open level, what it stands for and its HL01

    def levels(self, inquiry: StatusInquiry) -> Iterator[Segment]:
        has_dependent = inquiry.patient is not None
        subscriber = (inquiry.subscriber, inquiry.subscriber_birth_date, inquiry.subscriber_sex)
        wanted: list[tuple[str, str, Name | None, date | None, str]] = [
            ("20", "1", inquiry.payer, None, ""),
            ("21", "1", inquiry.receiver, None, ""),
            ("19", "1", inquiry.provider, None, ""),
            ("22", "1" if has_dependent else "0", *subscriber),
        ]
        if has_dependent:
            wanted.append(("23", "", inquiry.patient, inquiry.patient_birth_date, inquiry.patient_sex))
        for depth, (code, has_child, name, birth_date, sex) in enumerate(wanted):
            assert name is not None
            key = (code, has_child, name._replace(segment=0), birth_date, sex)
            if depth < len(self.open) and self.open[depth][0] == key:
                continue
            del self.open[depth:]
            self.count += 1
            parent = str(self.open[-1][1]) if self.open else ""
            self.open.append((key, self.count))
            yield ("HL", str(self.count), parent, code, has_child)
            if birth_date is not None or sex:
                yield demographics_segment(birth_date, sex)
            yield name_segment(name)
        del self.open[len(wanted) :]


def claim_segments(inquiry: StatusInquiry) -> Iterator[Segment]:
    """TRN and what stands under it, in the order of the guide."""
    yield ("TRN", "1", inquiry.trace)
    for one in references_of(inquiry):
        yield reference_segment(one)
    if inquiry.charge_cents is not None:
        yield ("AMT", "T3", scalars.amount(inquiry.charge_cents))
    if inquiry.first_date is not None:
        yield service_date(inquiry.first_date, inquiry.last_date)
    for line in inquiry.lines:
        yield from line_segments(line)


def line_segments(line: InquiryLine) -> Iterator[Segment]:
    units = "" if line.units is None else scalars.print_number(line.units)
    charge = cents_element(line.charge_cents)
    yield ("SVC", procedure_element(line.procedure), charge, "", line.revenue_code, "", "", units)
    own = [Reference("FJ", line.line_control_number, 0)] if line.line_control_number else []
    for one in without_repeats([*own, *line.references]):
        yield reference_segment(one)
    if line.first_date is not None:
        yield service_date(line.first_date, line.last_date)


def service_date(first: date, last: date | None) -> Segment:
    return date_segment("472", first, None if last == first else last)


def references_of(inquiry: StatusInquiry) -> list[Reference]:
    """The typed references and the others, each once, in the order of the guide."""
    typed = [
        Reference("1K", inquiry.payer_claim_control_number, 0),
        Reference("BLT", inquiry.bill_type, 0),
        Reference("EJ", inquiry.patient_control_number, 0),
        Reference("D9", inquiry.clearinghouse_number, 0),
    ]
    all_of_them = without_repeats([*(one for one in typed if one.value), *inquiry.references])
    return sorted(all_of_them, key=order_of)


def order_of(reference: Reference) -> int:
    known = REFERENCE_ORDER
    return known.index(reference.qualifier) if reference.qualifier in known else len(known)


def without_repeats(references: Iterable[Reference]) -> list[Reference]:
    return list({(one.qualifier, one.value): one for one in references}.values())
