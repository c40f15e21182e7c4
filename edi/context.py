"""What every transaction reader works with: the set it is in, where its values go, and how trouble is told.

A transaction reader is fed one segment at a time and appends finished values to `context.out`; the frame in
`edi/reading.py` hands them on and empties the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from edi import scalars
from edi.catalogue import ENTRIES
from edi.findings import Finding
from edi.quirks import NO_QUIRKS, Quirks
from edi.source import Source
from edi.values import BalanceCheck, SetStart

EXCERPT_LIMIT = 200  # characters of a segment shown in a finding; longer ones are cut around the caret

Elements = list[str]  # one segment: its id at 0, then its elements; index n is element n


class Context:
    """One transaction set being read."""

    __slots__ = (
        "balance",
        "broken",
        "claim_count",
        "component",
        "damaged_claims",
        "element",
        "out",
        "quirks",
        "repetition",
        "start",
        "told",
        "trouble",
        "unbalanced_claims",
    )

    def __init__(self, start: SetStart, element: str, component: str, repetition: str) -> None:
        self.start = start
        self.element = element  # the delimiters in force, to show a segment as it was written
        self.component = component
        self.repetition = repetition
        self.out: list[Any] = []
        self.trouble = False  # an element could not be read since a reader last cleared this
        self.broken = False  # the set lost a segment or broke off: the value in hand may lack its end
        self.quirks: Quirks = NO_QUIRKS
        self.told: set[tuple[str, str, str]] = set()  # unknown qualifiers: see edi/qualifiers.py
        # What the set's end tells; the reader keeps them.
        self.claim_count = 0
        self.unbalanced_claims = 0
        self.damaged_claims = 0
        self.balance: BalanceCheck | None = None

    def find(
        self,
        code: str,
        elements: Elements,
        segment: int,
        element: int = 0,
        component: int = 0,
        **values: object,
    ) -> Finding:
        """Append a finding about `elements`; the catalogue gives severity, words and remedy."""
        entry = ENTRIES[code]
        excerpt, caret = excerpt_with_caret(elements, self.element, element)
        shown = {
            "segment_id": elements[0] if elements else "",
            "element": element,
            "value": elements[element] if 0 < element < len(elements) else "",
            **values,
        }
        finding = Finding(
            code,
            entry.severity,
            Source(self.start.file, self.start.set_number, segment, element, component),
            entry.message.format(**shown),
            entry.remedy.format(**shown),
            excerpt,
            caret,
        )
        self.out.append(finding)
        return finding

    def cents(self, elements: Elements, index: int, segment: int) -> int:
        """The amount at `index` in cents; absent is 0; unreadable is 0 with a finding and `trouble` set."""
        text = elements[index] if index < len(elements) else ""
        if not text:
            return 0
        try:
            return scalars.cents(text)
        except ValueError:
            self.trouble = True
            self.find("element.amount", elements, segment, index)
            return 0

    def optional_cents(self, elements: Elements, index: int, segment: int) -> int | None:
        """As `cents`, but None when absent or unreadable."""
        text = elements[index] if index < len(elements) else ""
        if not text:
            return None
        try:
            return scalars.cents(text)
        except ValueError:
            self.trouble = True
            self.find("element.amount", elements, segment, index)
            return None

    def date(self, elements: Elements, index: int, segment: int) -> date | None:
        text = elements[index] if index < len(elements) else ""
        if not text:
            return None
        try:
            return scalars.date_of(text)
        except ValueError:
            self.find("element.date", elements, segment, index)
            return None

    def number(self, elements: Elements, index: int, segment: int) -> Decimal | None:
        text = elements[index] if index < len(elements) else ""
        if not text:
            return None
        try:
            return scalars.number(text)
        except ValueError:
            self.find("element.number", elements, segment, index)
            return None


class SetReader(Protocol):
    """One transaction set's reader. `__init__(self, context: Context)`."""

    def feed(self, elements: Elements, segment: int, offset: int, end_offset: int) -> None:
        """One segment between ST and SE: its elements, ordinal in the file, byte offsets of its start and end."""

    def finish(self, segment: int, end_offset: int) -> None:
        """The set ends (or, with `context.broken`, broke off): append what is still held.

        `segment` is the ordinal of the last segment before the SE, `end_offset` the byte just behind it.
        """


def element_of(elements: Sequence[str], index: int) -> str:
    """The element (or component), or "" when there are fewer."""
    return elements[index] if index < len(elements) else ""


def excerpt_with_caret(elements: Elements, separator: str, element: int) -> tuple[str, int]:
    """The segment as written, cut to a readable length, and the offset in it of the element (-1: none)."""
    text = separator.join(elements)
    if not element or element >= len(elements):
        return (text if len(text) <= EXCERPT_LIMIT else text[: EXCERPT_LIMIT - 1] + "…"), -1
    caret = sum(len(part) + 1 for part in elements[:element])
    if len(text) <= EXCERPT_LIMIT:
        return text, caret
    first = max(0, caret - EXCERPT_LIMIT // 2)
    cut = text[first : first + EXCERPT_LIMIT]
    lead = "…" if first else ""
    return lead + cut + "…", caret - first + len(lead)
