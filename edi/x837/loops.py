"""The loops of an 837 as tables: which segments belong to a loop and which segment opens another inside it.

One table serves professional, institutional and dental, 5010 and 4010: a follow-up wants to know whose segment it
is, not whether the guide allows it there (that is the guide check's question). A segment out of order is still
read, by the nearest loop around it that knows it.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from edi.context import Elements


class Shape(NamedTuple):
    owns: frozenset[str]  # without the segment that opens the loop itself
    opens: dict[str, str]  # segment id → the loop it opens


class Segment(NamedTuple):
    """A segment and its ordinal in the file."""

    elements: Elements
    number: int


class Placed(Enum):
    IN_ORDER = "in order"
    OUT_OF_ORDER = "out of order"  # read by a loop further out
    UNKNOWN = "unknown"


class Loop:
    """One loop as read: its own segments and the loops inside it, both in file order."""

    __slots__ = ("inner", "name", "segments")

    def __init__(self, name: str) -> None:
        self.name = name
        self.segments: list[Segment] = []
        self.inner: list[Loop] = []

    def all(self, segment_id: str) -> list[Segment]:
        return [segment for segment in self.segments if segment.elements[0] == segment_id]

    def first(self, segment_id: str) -> Segment | None:
        return next((segment for segment in self.segments if segment.elements[0] == segment_id), None)

    def loops(self, name: str) -> list[Loop]:
        return [loop for loop in self.inner if loop.name == name]


class LoopTree:
    """Takes segments one by one and hangs each in the loop that it belongs to."""

    __slots__ = ("at", "open", "root")

    def __init__(self, name: str) -> None:
        self.root = Loop(name)
        self.open = [self.root]
        self.at = self.root  # the loop that took the last segment

    def add(self, elements: Elements, number: int) -> Placed:
        segment_id = elements[0]
        for depth in range(len(self.open) - 1, -1, -1):
            loop = self.open[depth]
            shape = SHAPES[loop.name]
            if segment_id in shape.opens:
                del self.open[depth + 1 :]
                opened = Loop(shape.opens[segment_id])
                opened.segments.append(Segment(elements, number))
                loop.inner.append(opened)
                self.open.append(opened)
                self.at = opened
                return Placed.IN_ORDER
            if segment_id in shape.owns:
                # The inner loops stay open: what follows a misplaced segment usually still belongs to them.
                loop.segments.append(Segment(elements, number))
                self.at = loop
                return Placed.IN_ORDER if depth == len(self.open) - 1 else Placed.OUT_OF_ORDER
        return Placed.UNKNOWN


def shape(owns: str, **opens: str) -> Shape:
    return Shape(frozenset(owns.split()), opens)


SHAPES: dict[str, Shape] = {
    "1000": shape("BHT REF", NM1="1000x"),
    "1000x": shape("N2 PER"),
    "2000A": shape("HL PRV CUR", NM1="2010A"),
    "2010A": shape("N2 N3 N4 REF PER PRV"),
    "2000B": shape("HL SBR PAT", NM1="2010B"),
    "2010B": shape("N2 N3 N4 DMG REF PER"),
    "2000C": shape("HL PAT", NM1="2010C"),
    "2010C": shape("N2 N3 N4 DMG REF PER"),
    "2300": shape(
        "CLM DTP CL1 DN1 DN2 DSB UR PWK CN1 AMT REF K3 NTE CR1 CR2 CR3 CR4 CR5 CR6 CR7 CRC HI QTY HCP HSD",
        NM1="2310",
        SBR="2320",
        LX="2400",
    ),
    "2310": shape("N2 N3 N4 PRV REF PER"),
    "2320": shape("CAS AMT DMG OI MIA MOA", NM1="2330"),
    "2330": shape("N2 N3 N4 PER DTP REF"),
    "2400": shape(
        "SV1 SV2 SV3 SV4 SV5 SV6 SV7 TOO PWK CR1 CR2 CR3 CR5 CRC DTP QTY MEA CN1 REF AMT K3 NTE PS1 IMM HSD HCP",
        LIN="2410",
        NM1="2420",
        SVD="2430",
        LQ="2440",
    ),
    "2410": shape("CTP REF"),
    "2420": shape("N2 N3 N4 PRV REF PER"),
    "2430": shape("CAS DTP AMT"),
    "2440": shape("FRM"),
}

LEVEL_LOOPS = {"20": "2000A", "22": "2000B", "23": "2000C"}  # HL03 → loop
KNOWN_SEGMENTS = frozenset(name for one in SHAPES.values() for name in (*one.owns, *one.opens))
