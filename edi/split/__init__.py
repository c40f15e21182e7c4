"""One file into several, one per transaction set or one per claim, each with an envelope of its own.

Per set: the set is copied as it stands; the interchange and group around it are the ones it came in, with their
counts set to one. Per claim: the set's header, the levels above the claim (renumbered), the claim; SE01 counted
again. A claim taken out of a payment is not a payment: its BPR02 is made the claim's own amount, so that the piece
balances and can be looked at alone, and ISA15 becomes T (test), so that no one posts it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from edi.split.claims import claims_of
from edi.wire import WireSegment, segments

__all__ = ["Piece", "split_claims", "split_sets"]

USAGE = 15  # ISA15


class Piece(NamedTuple):
    """One of the files that a file is split into. Use it up before the next one is asked for."""

    name: str  # made of the set's ordinal and control number, and the claim's ordinal; safe in a file system
    chunks: Iterator[bytes]


class Part(NamedTuple):
    """One transaction set with what it came in."""

    ordinal: int
    interchange: WireSegment | None
    group: WireSegment | None
    segments: Iterator[WireSegment]  # ST to SE; must be used up before the next part is asked for


def split_sets(stream: BinaryIO, file: str = "-") -> Iterator[Piece]:
    """One piece per transaction set. Memory stays flat however long a set is."""
    for part in parts_of(stream, file):
        start = next(part.segments)
        yield Piece(name_of(start, part.ordinal), enclosed(part, start, part.segments))


def split_claims(stream: BinaryIO, file: str = "-") -> Iterator[Piece]:
    """One piece per claim; sets without claims (acknowledgments) give none. Memory holds one claim."""
    for part in parts_of(stream, file):
        testing = part._replace(interchange=as_test(part.interchange))
        for ordinal, (start, body) in enumerate(claims_of(part.segments), 1):
            name = f"{name_of(start, part.ordinal)}-claim{ordinal:05d}"
            yield Piece(name, enclosed(testing, start, iter(body)))


def parts_of(stream: BinaryIO, file: str) -> Iterator[Part]:
    """The transaction sets of a file, each with the envelope it stands in."""
    interchange: WireSegment | None = None
    group: WireSegment | None = None
    ordinal = 0
    source = segments(stream, file)
    pending = next(source, None)
    while pending is not None:
        segment, pending = pending, None
        if segment.id == "ISA":
            interchange, group = segment, None
        elif segment.id == "GS":
            group = segment
        elif segment.id == "ST":
            ordinal += 1
            inside = Inside(segment, source)
            yield Part(ordinal, interchange, group, inside.iterator)
            inside.finish()
            pending = inside.beyond
        if pending is None:
            pending = next(source, None)


class Inside:
    """The segments of one set, up to its SE or to whatever breaks it off."""

    def __init__(self, start: WireSegment, source: Iterator[WireSegment]) -> None:
        self.start = start
        self.source = source
        self.beyond: WireSegment | None = None  # what broke the set off, still to be looked at
        self.iterator = self.walk()

    def walk(self) -> Iterator[WireSegment]:
        yield self.start
        for segment in self.source:
            if segment.set_number != self.start.set_number:
                self.beyond = segment
                return
            yield segment
            if segment.id == "SE":
                return

    def finish(self) -> None:
        for _ in self.iterator:
            pass


def enclosed(part: Part, start: WireSegment, body: Iterator[WireSegment]) -> Iterator[bytes]:
    """The interchange and group it came in, with one group and one set; a missing envelope stays missing."""
    for segment in wire(part, start, body):
        yield segment.text().encode("utf-8")


def wire(part: Part, start: WireSegment, body: Iterator[WireSegment]) -> Iterator[WireSegment]:
    """SE01 is counted here: it was wrong, or is now; a set that broke off gets its SE."""
    interchange, group = part.interchange, part.group
    if interchange:
        yield interchange
    if group:
        yield group
    yield start
    count = 1
    for segment in body:
        if segment.id != "SE":
            count += 1
            yield segment
    yield start.with_elements(["SE", str(count + 1), start.get(2)])
    if group:
        yield group.with_elements(["GE", "1", group.get(6)])
    if interchange:
        yield interchange.with_elements(["IEA", "1" if group else "0", interchange.get(13)])


def as_test(interchange: WireSegment | None) -> WireSegment | None:
    if interchange is None:
        return None
    elements = list(interchange.elements)
    elements[USAGE] = "T"
    return interchange.with_elements(elements)


def name_of(start: WireSegment, ordinal: int) -> str:
    control = "".join(char for char in start.get(2) if char.isascii() and char.isalnum())
    kind = "".join(char for char in start.get(1) if char.isascii() and char.isalnum())
    return f"{ordinal:05d}-{kind}-{control}"
