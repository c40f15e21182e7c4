"""Print the clearinghouse's 999 (005010X231A1) about a batch: each set accepted, or rejected and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edi.writing import Segment

VERSION = "005010X231A1"


def segments(group_control_number: int, version: str, sets: Sequence[tuple[str, int] | None]) -> Iterator[Segment]:
    """`sets`: for each ST in the batch None when accepted, else the claim and where its SBR stands (ST is 1)."""
    yield ("AK1", "HC", str(group_control_number), version)
    for number, fault in enumerate(sets, start=1):
        yield ("AK2", "837", f"{number:04d}", version)
        if fault is None:
            yield ("IK5", "A")
            continue
        control_number, place = fault
        yield ("IK3", "SBR", str(place), "2000", "8")
        yield ("CTX", ("CLM01", control_number))
        yield ("IK4", "9", "1032", "7", "QQ")
        yield ("IK5", "R", "5")
    accepted = sum(fault is None for fault in sets)
    result = "A" if accepted == len(sets) else "P" if accepted else "R"
    yield ("AK9", result, str(len(sets)), str(len(sets)), str(accepted))
