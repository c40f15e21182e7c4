"""Any X12 file as plain words, one line a segment: amounts and codes explained, people masked unless asked.

    >>> import io
    >>> wire = b"ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*" \\
    ...        b"000000007*0*P*:~GS*HP*PAYER01*CLINIC01*20261120*1200*7*X*005010X221A1~ST*835*0001~" \\
    ...        b"CLP*PCN20331*1*200*120*30*12*ICN900001*11*1~CAS*PR*1*30~SE*4*0001~GE*1*7~IEA*1*000000007~"
    >>> for line in describe(io.BytesIO(wire)):
    ...     if line.segment_id in ("CLP", "CAS"):
    ...         print(line.words)
    Claim •••0331: Processed as primary; charged $200.00, paid $120.00; patient owes $30.00; \
Preferred provider organization (PPO); payer's number •••0001
    Not paid $30.00: Patient deductible (PR-1)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from edi import codes
from edi.describe import claims, envelopes, parties, remittances
from edi.describe.envelopes import Words
from edi.describe.masking import MASKED, OPEN, Mask
from edi.wire import WireSegment, segments

__all__ = ["MASKED", "OPEN", "Line", "Mask", "describe"]

WORDS: dict[str, Words] = {**envelopes.WORDS, **remittances.WORDS, **claims.WORDS, **parties.WORDS}
LONGEST_GENERIC = 6  # elements shown of a segment that has no words of its own

OUTSIDE = frozenset(("ISA", "IEA"))
GROUPS = frozenset(("GS", "GE", "TA1"))
SETS = frozenset(("ST", "SE"))
CLAIMS = frozenset(("CLP", "CLM"))


class Line(NamedTuple):
    """One segment explained."""

    number: int  # of the segment in the file
    depth: int  # how far inside: 0 the interchange, 1 the group, 2 the set …
    segment_id: str
    words: str


def describe(stream: BinaryIO, file: str = "-", mask: Mask = MASKED) -> Iterator[Line]:
    """Each segment in plain words. Raises NotX12Error when the stream is not X12."""
    depth = Depth()
    for segment in segments(stream, file):
        yield Line(segment.number, depth.of(segment), segment.id, explained(segment, mask))


def explained(segment: WireSegment, mask: Mask) -> str:
    words = WORDS.get(segment.id)
    if words is not None:
        return words(segment, mask)
    name = codes.label("segment", segment.id)
    if name is None:
        return f"Segment that this workbench does not know, {len(segment.elements) - 1} elements"
    if not mask.is_open:
        return name
    return f"{name}: {', '.join(part for part in segment.elements[1 : LONGEST_GENERIC + 1] if part)}"


class Depth:
    """How far inside a segment stands. Levels (HL) nest by their parent; a claim holds lines."""

    def __init__(self) -> None:
        self.levels: dict[str, int] = {}  # HL01 → its depth
        self.base = 3  # of what stands in the current level
        self.within = 0  # 1 in a claim, 2 in a line
        self.is_remittance = False

    def of(self, segment: WireSegment) -> int:
        name = segment.id
        if name in OUTSIDE:
            return 0
        if name in GROUPS:
            return 1
        if name in SETS:
            self.levels, self.base, self.within = {}, 3, 0
            self.is_remittance = segment.get(1) == "835"
            return 2
        return self.in_set(segment, name)

    def in_set(self, segment: WireSegment, name: str) -> int:
        if name == "HL":
            depth = self.levels.get(segment.get(2), 2) + 1
            self.levels[segment.get(1)] = depth
            self.base, self.within = depth + 1, 0
            return depth
        if name == "PLB":
            self.within = 0
        elif name in CLAIMS:
            self.within = 1
            return self.base
        elif name == "SVC" or (name == "LX" and not self.is_remittance):
            self.within = 2
            return self.base + 1
        elif name == "LX":
            self.within = 0
        return self.base + self.within
