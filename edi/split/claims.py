"""The claims of one transaction set, each with what it needs around it: the header and the levels above it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from edi.wire import WireSegment

Body = list[WireSegment]
CLAIM_LEVELS = frozenset(("PT", "22", "23"))  # HL03 of the levels at which a 276 or 277 speaks of claims
FOOTER = frozenset(("PLB", "SE"))  # what ends the last claim of an 835


class Level(NamedTuple):
    """An HL loop: its own segments, without claims."""

    number: str  # HL01
    parent: str  # HL02
    head: Body


def claims_of(source: Iterator[WireSegment]) -> Iterator[tuple[WireSegment, Body]]:
    """Each claim: the ST, then header, levels and claim. No SE."""
    start = next(source)
    if start.get(1) == "835":
        return payments(start, source)
    if start.get(1) == "837":
        return leveled(start, source, "CLM")
    if start.get(1) in ("276", "277"):
        return leveled(start, source, "TRN")
    return iter(())


def payments(start: WireSegment, source: Iterator[WireSegment]) -> Iterator[tuple[WireSegment, Body]]:
    """835: header, LX, one CLP. TS2, TS3 and PLB belong to no claim and are left out."""
    header: Body = []
    group: Body = []
    claim: Body = []
    for segment in source:
        name = segment.id
        if claim and (name in FOOTER or name in ("CLP", "LX")):
            yield start, [*paying(header, claim[0]), *group, *claim]
            claim = []
        if name in FOOTER:
            continue
        if name == "LX":
            group = [segment]
        elif name == "CLP":
            claim = [segment]
        elif claim:
            claim.append(segment)
        elif not group:
            header.append(segment)
    if claim:
        yield start, [*paying(header, claim[0]), *group, *claim]


def paying(header: Body, claim: WireSegment) -> Body:
    """The header with BPR02 as this one claim was paid."""
    return [
        segment.with_elements([*segment.elements[:2], claim.get(4), *segment.elements[3:]])
        if segment.id == "BPR"
        else segment
        for segment in header
    ]


def leveled(start: WireSegment, source: Iterator[WireSegment], opener: str) -> Iterator[tuple[WireSegment, Body]]:
    """276, 277, 837: header, the chain of levels, one claim. `opener` begins a claim: CLM, or TRN at claim level."""
    header: Body = []
    chain: list[Level] = []
    claim: Body = []
    for segment in source:
        name = segment.id
        opens = name == opener and bool(chain) and (opener == "CLM" or chain[-1].head[0].get(3) in CLAIM_LEVELS)
        if claim and (opens or name in ("HL", "SE")):
            yield start, [*header, *renumbered(chain), *claim]
            claim = []
        if name == "SE":
            continue
        if name == "HL":
            while chain and chain[-1].number != segment.get(2):
                chain.pop()
            chain.append(Level(segment.get(1), segment.get(2), [segment]))
        elif opens:
            claim = [segment]
        elif claim:
            claim.append(segment)
        elif chain:
            chain[-1].head.append(segment)
        else:
            header.append(segment)
    if claim:
        yield start, [*header, *renumbered(chain), *claim]


def renumbered(chain: list[Level]) -> Iterator[WireSegment]:
    """The chain as the only levels of a set: 1, 2, 3 …, each the parent of the next."""
    for ordinal, level in enumerate(chain, 1):
        first, *rest = level.head
        elements = ["HL", str(ordinal), str(ordinal - 1) if ordinal > 1 else "", *first.elements[3:]]
        if len(elements) > 4:
            elements[4] = "1" if ordinal < len(chain) else "0"
        yield first.with_elements(elements)
        yield from rest
