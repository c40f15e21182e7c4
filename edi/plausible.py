"""What files say that can be read but can hardly be so (fact book 835.md §11).

Beside the readers and not in them: some of the rules need to know what day it is, and whoever only reads has no use
for any. Pure and streaming. Nothing here is a reason to hold a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from edi.findings import Finding
from edi.plausibility import Look
from edi.values import SetStart
from edi.x277.plausible import StatusLook
from edi.x835.plausible import RemittanceLook
from edi.x837.plausible import SubmissionLook

LOOKS: dict[str, type[Look]] = {"835": RemittanceLook, "837": SubmissionLook, "277": StatusLook}


def findings(values: Iterable[object], today: date) -> Iterator[Finding]:
    """What is hardly so in the values of a file, as `edi.read` yields them; other transactions are passed over."""
    look: Look | None = None
    for value in values:
        if isinstance(value, SetStart):
            look = look_at(value, today)
        elif look is not None:
            yield from look.at(value)


def watched(values: Iterable[object], today: date) -> Iterator[object]:
    """The values, and behind each what is hardly so about it."""
    look: Look | None = None
    for value in values:
        yield value
        if isinstance(value, SetStart):
            look = look_at(value, today)
        elif look is not None:
            yield from look.at(value)


def look_at(start: SetStart, today: date) -> Look | None:
    kind = LOOKS.get(start.kind[:3])
    return kind(start, today) if kind is not None else None
