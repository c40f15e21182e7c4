"""Print X12: segments in, bytes out, with the envelope's widths and counts kept right.

A segment is a sequence of elements, its id first. An element is text, a tuple of components, or `Repeated`
elements. Sets and groups hold any iterable of segments, so a generator of 100,000 claims is never held:

    >>> from datetime import date, time
    >>> envelope = Envelope("CLINIC01", "PAYER01", date(2026, 11, 20), time(12, 0), control_number=7, usage="T")
    >>> inquiry = OutgoingSet("276", [("BHT", "0010", "13", "REF1"), ("HL", "1", "", "20", "1")], "005010X212")
    >>> wire = b"".join(write(envelope, [OutgoingGroup("HR", "005010X212", [inquiry])]))
    >>> print(wire.decode(), end="")
    ISA*00*          *00*          *ZZ*CLINIC01       *ZZ*PAYER01        *261120*1200*^*00501*000000007*0*T*:~
    GS*HR*CLINIC01*PAYER01*20261120*1200*1*X*005010X212~
    ST*276*0001*005010X212~
    BHT*0010*13*REF1~
    HL*1**20*1~
    SE*4*0001~
    GE*1*1~
    IEA*1*000000007~

A value that holds a delimiter would change the meaning of what follows it: it is refused with a ValueError that
names the element. Nothing here reads a clock: date, time and control numbers are the caller's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from typing import NamedTuple

from edi.values import USUAL, Delimiters

CHUNK_CHARACTERS = 65_536  # written together: large enough to be quick, small enough to stay flat

NOT_IN_A_VALUE = "\r\n"  # readers drop line ends wherever they stand


class Repeated(tuple[str | tuple[str, ...], ...]):
    """An element sent several times (each text or components), put apart by the repetition separator."""

    __slots__ = ()


Element = str | tuple[str, ...] | Repeated  # text, components, or a repeated element
Segment = Sequence[Element]  # its id first; index n is element n


class Envelope(NamedTuple):
    """What stands in ISA, and in GS unless the group says otherwise."""

    sender: str  # ISA06
    receiver: str  # ISA08
    sent_on: date  # ISA09
    sent_at: time  # ISA10
    control_number: int  # ISA13
    sender_qualifier: str = "ZZ"  # ISA05
    receiver_qualifier: str = "ZZ"  # ISA07
    usage: str = "P"  # ISA15: P production, T test
    acknowledge: str = "0"  # ISA14: 1 asks for a TA1
    version: str = "00501"  # ISA12
    delimiters: Delimiters = USUAL
    line_end: str = "\n"  # written behind each terminator, for people; "" for one long line
    encoding: str = "utf-8"


class OutgoingSet(NamedTuple):
    """One ST … SE. `segments` is what stands between them."""

    set_id: str  # ST01
    segments: Iterable[Segment]
    version: str = ""  # ST03; "" for the transactions that have none, such as the 835
    control_number: str = ""  # ST02; "" numbers the sets of a group 0001, 0002 …


class OutgoingGroup(NamedTuple):
    """One GS … GE."""

    functional_id: str  # GS01: HP 835, HN 277, HC 837, HR 276, FA 999
    version: str  # GS08
    sets: Iterable[OutgoingSet]
    control_number: int = 0  # GS06; 0 numbers the groups of an interchange 1, 2 …
    sender: str = ""  # GS02; "" as in ISA06
    receiver: str = ""  # GS03; "" as in ISA08


def write(
    envelope: Envelope, groups: Iterable[OutgoingGroup], acknowledgments: Iterable[Segment] = ()
) -> Iterator[bytes]:
    """One interchange in pieces of some 64 kB. `acknowledgments` are TA1 segments, which stand before the groups.

    Join the pieces, or write them to a stream; several interchanges in a file are simply written one after another.
    """
    printer = Printer(envelope.delimiters)
    held: list[str] = []
    size = 0
    for segment in interchange_segments(envelope, groups, acknowledgments):
        held.append(text := printer.print(segment) + envelope.line_end)
        size += len(text)
        if size >= CHUNK_CHARACTERS:
            yield "".join(held).encode(envelope.encoding)
            held.clear()
            size = 0
    yield "".join(held).encode(envelope.encoding)


def interchange_segments(
    envelope: Envelope, groups: Iterable[OutgoingGroup], acknowledgments: Iterable[Segment] = ()
) -> Iterator[Segment]:
    """ISA, the acknowledgments, each group with its sets, IEA."""
    yield isa(envelope)
    yield from acknowledgments
    count = 0
    for count, group in enumerate(groups, start=1):
        yield from group_segments(envelope, group, group.control_number or count)
    yield ("IEA", str(count), f"{envelope.control_number:09d}")


def group_segments(envelope: Envelope, group: OutgoingGroup, control_number: int) -> Iterator[Segment]:
    """GS, each set between its ST and SE, GE."""
    yield (
        "GS",
        group.functional_id,
        group.sender or envelope.sender.strip(),
        group.receiver or envelope.receiver.strip(),
        envelope.sent_on.strftime("%Y%m%d" if envelope.version >= "00401" else "%y%m%d"),
        envelope.sent_at.strftime("%H%M"),
        str(control_number),
        "X",
        group.version,
    )
    count = 0
    for count, one in enumerate(group.sets, start=1):
        yield from set_segments(one, one.control_number or f"{count:04d}")
    yield ("GE", str(count), str(control_number))


def set_segments(one: OutgoingSet, control_number: str) -> Iterator[Segment]:
    """ST, the set's own segments, SE with their count."""
    yield ("ST", one.set_id, control_number, one.version)
    count = 0
    for count, segment in enumerate(one.segments, start=1):  # noqa: B007 - the count is used below
        yield segment
    yield ("SE", str(count + 2), control_number)


def isa(envelope: Envelope) -> Segment:
    """ISA: the one segment of fixed width, because it declares the delimiters."""
    delimiters = envelope.delimiters
    check_delimiters(delimiters)
    has_repetition = envelope.version >= "00402"
    control_number = f"{envelope.control_number:09d}"
    if envelope.control_number < 0 or len(control_number) > 9:
        raise ValueError(f"ISA13: the control number {envelope.control_number} does not fit nine digits")
    return (
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        fixed("ISA05", envelope.sender_qualifier, 2),
        fixed("ISA06", envelope.sender, 15),
        fixed("ISA07", envelope.receiver_qualifier, 2),
        fixed("ISA08", envelope.receiver, 15),
        envelope.sent_on.strftime("%y%m%d"),
        envelope.sent_at.strftime("%H%M"),
        delimiters.repetition if has_repetition else "U",
        fixed("ISA12", envelope.version, 5),
        control_number,
        fixed("ISA14", envelope.acknowledge, 1),
        fixed("ISA15", envelope.usage, 1),
        delimiters.component,
    )


def fixed(name: str, value: str, width: int) -> str:
    """The value padded with blanks to its width."""
    if len(value) > width or (not value and width < 3):
        raise ValueError(f"{name}: {value!r} does not fit {width} characters")
    return value.ljust(width)


def check_delimiters(delimiters: Delimiters) -> None:
    """Four different single characters that cannot stand in a value."""
    marks = [mark for mark in delimiters if mark]
    if len(set(marks)) != len(marks) or any(len(mark) != 1 or mark.isalnum() or mark == " " for mark in marks):
        raise ValueError(f"delimiters must be different single characters, not letters, digits or blanks: {marks}")
    if not (delimiters.element and delimiters.component and delimiters.segment):
        raise ValueError("element, component and segment delimiters must be given")


def forbidden_in_a_value(delimiters: Delimiters, *, as_sent: bool) -> re.Pattern[str]:
    """What no text may hold; `as_sent` as for `Printer`."""
    marks = (delimiters.element, delimiters.segment) if as_sent else delimiters
    return re.compile(f"[{re.escape(''.join(marks) + NOT_IN_A_VALUE)}]")


class Printer:
    """Segments as text under one set of delimiters.

    `as_sent`: text may hold component and repetition separators, as it did in the file that it was read from.
    """

    __slots__ = ("component", "element", "forbidden", "repetition", "segment")

    def __init__(self, delimiters: Delimiters = USUAL, *, as_sent: bool = False) -> None:
        self.element, self.component, self.repetition, self.segment = delimiters
        self.forbidden = forbidden_in_a_value(delimiters, as_sent=as_sent)

    def print(self, segment: Segment) -> str:
        """The segment with its terminator, without empty elements at the end."""
        if segment[0] == "ISA":
            return self.element.join(segment) + self.segment  # type: ignore[arg-type]  # made by `isa` as text
        parts: list[str] = []
        for index, value in enumerate(segment):
            if type(value) is not str:
                value = self.inner(segment, index)
            elif value and not value.isalnum() and self.forbidden.search(value):
                self.refuse(segment)
            parts.append(value)
        return self.element.join(parts).rstrip(self.element) + self.segment

    def inner(self, segment: Segment, index: int) -> str:
        """A composite or repeated element as text."""
        value = segment[index]
        if isinstance(value, Repeated):
            if not self.repetition and len(value) > 1:
                raise ValueError(f"{segment[0]}{index:02d}: repeated, but this version has no repetition separator")
            return self.repetition.join(self.composite(segment, part) for part in value)
        return self.composite(segment, value)

    def composite(self, segment: Segment, value: str | tuple[str | tuple[str, ...], ...]) -> str:
        parts = [str(part) for part in ((value,) if isinstance(value, str) else value)]
        if any(self.forbidden.search(part) for part in parts):
            self.refuse(segment)
        return self.component.join(parts).rstrip(self.component)

    def refuse(self, segment: Segment) -> None:
        """Say which element holds a delimiter."""
        for index, value in enumerate(segment):
            for part in texts(value):
                if found := self.forbidden.search(part):
                    raise ValueError(f"{segment[0]}{index:02d}: {part!r} holds {found.group()!r}, a delimiter here")


def texts(value: str | tuple[object, ...]) -> Iterator[str]:
    """Every piece of text in an element."""
    if isinstance(value, str):
        yield value
        return
    for part in value:
        yield from texts(part if isinstance(part, tuple) else str(part))


def as_written(elements: Sequence[str], delimiters: Delimiters) -> Segment:
    """A segment as it was read, ready to be printed under other delimiters: composites and repeats put apart."""
    return [one_as_written(text, delimiters) for text in elements]


def one_as_written(text: str, delimiters: Delimiters) -> Element:
    if delimiters.repetition and delimiters.repetition in text:
        parts = text.split(delimiters.repetition)
        return Repeated(
            tuple(part.split(delimiters.component)) if delimiters.component in part else part for part in parts
        )
    if delimiters.component in text:
        return tuple(text.split(delimiters.component))
    return text
