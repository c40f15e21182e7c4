"""One claim out of a large 837, by its place: only the segments that stand above it and its own are read.

A batch of twenty thousand claims takes seconds to read; opening one of them must not. What is cut is a small file of
its own (ISA, GS, the set's header, the chain of levels, the claim), to be read like any other. Nothing is guessed: a
file whose levels cannot be followed by their numbers gives None, and is read from its beginning instead.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import NamedTuple

MOST_LEVELS = 4  # 2000A, B and C, and one to spare
LINE_ENDS = b"\r\n"

Data = bytes | mmap.mmap


class Marks(NamedTuple):
    element: bytes
    segment: bytes


def cut_claim(data: Data, marks: Marks, set_start: int, claim_start: int, claim_end: int) -> bytes | None:
    """The claim between two offsets with its envelope, its set's header and its levels; None when they are unclear.

    `set_start` is the offset of its ST, `claim_start` of its CLM. The SE behind it counts nothing; no GE or IEA.
    """
    interchange = _before(data, marks, b"ISA", 0, set_start)
    group = _before(data, marks, b"GS", interchange or 0, set_start)
    first_level = _after(data, marks, (b"HL",), set_start, claim_start)
    if interchange is None or group is None or first_level is None:
        return None
    levels = list(_levels(data, marks, first_level, claim_start))
    if not levels or levels[-1] is None:
        return None
    parts = [
        _segment(data, marks, interchange),
        _segment(data, marks, group),
        data[set_start:first_level],
        *(level for level in reversed(levels) if level is not None),
        data[claim_start:claim_end],
        marks.element.join((b"SE", b"1", b"1")) + marks.segment,  # the claim is whole: nothing broke off behind it
    ]
    return b"".join(parts)


def _levels(data: Data, marks: Marks, first_level: int, claim_start: int) -> Iterator[bytes | None]:
    """The claim's level, then the one above it, up to the one without a parent; None at the end: it was not found."""
    wanted, end = b"", claim_start
    for _ in range(MOST_LEVELS):
        place = _before(data, marks, b"HL" + marks.element + wanted if wanted else b"HL", first_level, end)
        if place is None:
            yield None
            return
        elements = _segment(data, marks, place).rstrip(LINE_ENDS)[: -len(marks.segment)].split(marks.element)
        head_end = _after(data, marks, (b"HL", b"CLM"), place + 1, claim_start) or claim_start
        yield data[place:head_end]
        wanted, end = (elements[2] if len(elements) > 2 else b""), place
        if not wanted:
            return
    yield None


def _before(data: Data, marks: Marks, opening: bytes, first: int, end: int) -> int | None:
    """Offset of the last segment that begins so before `end`."""
    text = opening + marks.element
    place = data.rfind(text, first, end)
    while place >= 0:
        if place == first or _begins_segment(data, marks, place):
            return place
        place = data.rfind(text, first, place)
    return None


def _after(data: Data, marks: Marks, names: tuple[bytes, ...], first: int, end: int) -> int | None:
    """Offset of the first segment with one of these names."""
    places = [place for name in names if (place := _next(data, marks, name, first, end)) is not None]
    return min(places, default=None)


def _next(data: Data, marks: Marks, name: bytes, first: int, end: int) -> int | None:
    text = name + marks.element
    place = data.find(text, first, end)
    while place >= 0:
        if _begins_segment(data, marks, place):
            return place
        place = data.find(text, place + 1, end)
    return None


def _begins_segment(data: Data, marks: Marks, place: int) -> bool:
    """A terminator stands before it, perhaps with a line end between."""
    before = place - 1
    while before >= 0 and data[before : before + 1] in (b"\r", b"\n") and marks.segment not in (b"\r", b"\n"):
        before -= 1
    return before < 0 or data[before : before + 1] == marks.segment


def _segment(data: Data, marks: Marks, place: int) -> bytes:
    """The segment with its terminator."""
    end = data.find(marks.segment, place)
    return data[place : end + 1] if end >= 0 else data[place:]
