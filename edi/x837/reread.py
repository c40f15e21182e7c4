"""Segments made or changed by us as a `SubmittedClaim`: read by the same reader as any file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from edi.context import Context
from edi.findings import Finding
from edi.values import SetStart
from edi.x837.model import SubmittedClaim
from edi.x837.read import ClaimReader

Segments = Iterable[Sequence[str]]


class Reread(NamedTuple):
    claim: SubmittedClaim
    findings: tuple[Finding, ...]


def claim_from_segments(
    kind: str,
    version: str,
    context: Segments,
    segments: Segments,
    batch_reference: str = "",
    component: str = ":",
    repetition: str = "^",
    name: str = "",
) -> Reread:
    """The claim whose levels are `context` (HL first) and whose own segments are `segments` (CLM first).

    `name` stands for the file in findings. Raises ValueError when the segments do not make exactly one claim.
    """
    start = SetStart(kind, 1, "", version, None, None, name, 0, 0)
    reading = Context(start, "*", component, repetition)
    reader = ClaimReader(reading)
    reader.feed(["BHT", "0019", "00", batch_reference], 0, 0, 0)
    number = 0
    for part in (context, segments):
        for segment in part:
            number += 1
            reader.feed(list(segment), number, 0, 0)
    reader.finish(number, 0)
    claims = [value for value in reading.out if isinstance(value, SubmittedClaim)]
    if len(claims) != 1:
        raise ValueError(f"the segments make {len(claims)} claims, not one")
    findings = tuple(
        value for value in reading.out if isinstance(value, Finding) and value.code != "837.version.4010"
    )
    return Reread(claims[0], findings)
