"""What becomes of the days in a redacted file: left, moved all alike, or told by their year alone.

Moving keeps every interval and every order: the same number of days, decided by the key, is taken off each date in
every file. Telling the year alone puts January 1 in its place, because a date element must hold a whole date.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import Enum

from edi import scalars
from edi.redact.rules import BIRTH_QUALIFIERS
from edi.wire import WireSegment

FISCAL_YEAR_END = (12, 31)

DATES = {"ISA": (9,), "GS": (4,), "BHT": (4,), "BPR": (16,), "STC": (2, 6, 8), "TA1": (2,), "DTM": (2, 6)}
FISCAL = {"PLB": 2, "TS3": 3}  # a fiscal year's end: moved like the rest it would tell by how much
HOURS = {"ISA": 10, "GS": 5, "BHT": 5, "TA1": 3, "DTM": 3}
ANYWHERE = frozenset(("CR6", "CR8"))  # of 4010: dates among codes
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?")
DIGIT = re.compile(r"\d")
FORM, VALUE = 2, 3  # components of an HI code that carry a date


class How(Enum):
    """How much is taken away."""

    LIMITED = "limited data set"
    SHIFTED = "dates shifted"
    SAFE_HARBOR = "safe harbor"


class Days:
    """The days of one key's files."""

    def __init__(self, how: How, shift_days: int) -> None:
        self.how = how
        self.shift = timedelta(days=shift_days)

    def moved(self, day: date) -> date:
        if self.how is How.SAFE_HARBOR:
            return date(day.year, 1, 1)
        return day - self.shift

    def redacted(self, segment: WireSegment) -> WireSegment:
        """The segment with its days moved; birth and death days are the redactor's."""
        if self.how is How.LIMITED:
            return segment
        elements = list(segment.elements)
        name = segment.id
        self.change(elements, DATES.get(name, ()), self.text)
        if name in FISCAL:
            self.change(elements, (FISCAL[name],), self.fiscal)
        if name in ANYWHERE:
            self.change(elements, range(1, len(elements)), self.where_a_day)
        if name == "DTP" and segment.get(1) not in BIRTH_QUALIFIERS:
            self.change(elements, (3,), self.hour if segment.get(2) == "TM" else self.text)
        if name == "DTM" and segment.get(1) in BIRTH_QUALIFIERS:
            elements[2:3] = segment.elements[2:3]
        if name == "HI":
            elements[1:] = [self.health_code(text, segment) for text in elements[1:]]
        if name in HOURS:
            self.change(elements, (HOURS[name],), self.hour)
        return segment.with_elements(elements)

    def change(self, elements: list[str], places: range | tuple[int, ...], how: Callable[[str], str]) -> None:
        for place in places:
            if place < len(elements) and elements[place].strip():
                elements[place] = how(elements[place])

    def text(self, text: str) -> str:
        """A date, a range, or a date with its time. What cannot be read stays unreadable, and says nothing."""
        return "-".join(self.one(part) for part in text.split("-"))

    def one(self, text: str) -> str:
        size = 6 if len(text.strip()) == 6 else 8
        try:
            day = self.moved(scalars.date_of(text[:size]))
        except (ValueError, OverflowError):
            return DIGIT.sub("0", text)
        shown = f"{day.year:04d}{day.month:02d}{day.day:02d}"
        return (shown[2:] if size == 6 else shown) + self.hour(text[size:])

    def fiscal(self, text: str) -> str:
        moved = self.text(text)
        return moved if DIGIT.sub("0", text) == moved else moved[:-4] + "{:02d}{:02d}".format(*FISCAL_YEAR_END)

    def where_a_day(self, text: str) -> str:
        parts = text.split("-")
        return self.text(text) if all(map(DAY.fullmatch, parts)) else text

    def hour(self, text: str) -> str:
        return DIGIT.sub("0", text) if self.how is How.SAFE_HARBOR else text

    def health_code(self, text: str, segment: WireSegment) -> str:
        """HI: a code may carry the day when it happened."""
        parts = text.split(segment.delimiters.component)
        if len(parts) > VALUE and parts[FORM] in ("D8", "RD8", "DT"):
            parts[VALUE] = self.text(parts[VALUE])
        return segment.delimiters.component.join(parts)
