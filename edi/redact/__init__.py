"""The same file with people and practices replaced by stable pseudonyms, to show a fault without showing a patient.

Structure, control numbers, codes, amounts, balances and service dates stay; names, ids, birth dates, addresses,
contacts, account numbers and free text go. Segments that nobody here knows are replaced throughout. What remains
(service dates, diagnoses, states, postal areas) is a limited data set, not de-identified data: pass it on under an
agreement only. With the same key, the same patient gets the same pseudonym in every file.

Two ways take more: all dates moved alike, or what the Safe Harbor rule wants (45 CFR 164.514(b)(2)): years alone,
and no number that could be looked up. docs/edi.md says what each promises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from edi import scalars
from edi.redact.days import Days, How
from edi.redact.pseudonyms import OLDEST_AGE_YEARS, Pseudonyms, is_digits
from edi.redact.rules import (
    BIRTH_QUALIFIERS,
    CONTROL_NUMBERS,
    DRUG_CODES,
    KEPT,
    PUBLIC_REFERENCES,
    PUBLIC_ROLES,
    RULES,
    TEXT_REMOVED,
    Kind,
)
from edi.wire import WireSegment, segments

__all__ = ["How", "redact"]

HEADER_DATES = {"GS": 4, "BHT": 4, "BPR": 16}  # what says the year where there is no ISA
CODE_AND_ID = re.compile(r"((?:[A-Za-z0-9]{0,5}|[A-Za-z ]{0,20})[^A-Za-z0-9 ])(.*)", re.DOTALL)
LONGEST_CODE = 2  # PLB03-1; a word without a digit (CTX01: SITUATIONAL TRIGGER) is a code too
SHORTEST_REPLACED = 3  # characters: shorter elements of unknown segments are codes


def redact(stream: BinaryIO, key: bytes, file: str = "-", how: How = How.LIMITED) -> Iterator[bytes]:
    """The redacted file, segment by segment. `key` decides pseudonyms and shift; NotX12Error as for reading."""
    redactor = Redactor(key, how)
    for segment in segments(stream, file):
        yield redactor.redacted(segment).text().encode("utf-8")


class Redactor:
    """Goes through one file; remembers whose loop it is in, so that a payer's address and contact stay."""

    def __init__(self, key: bytes, how: How = How.LIMITED) -> None:
        self.pseudonyms = Pseudonyms(key)
        self.days = Days(how, self.pseudonyms.shift_days())
        self.is_safe_harbor = how is How.SAFE_HARBOR
        self.role = ""  # of the last N1 or NM1
        self.year = 0  # of the interchange: ages are counted from it

    def redacted(self, segment: WireSegment) -> WireSegment:
        """The segment without its people, then without its days."""
        bare = self.days.redacted(self.without_people(segment))
        return self.unnumbered(bare) if self.is_safe_harbor else bare

    def unnumbered(self, segment: WireSegment) -> WireSegment:
        """Control numbers and device numbers lead back to the file or the device that they were given to."""
        rules = dict.fromkeys(CONTROL_NUMBERS.get(segment.id, ()), Kind.ID)
        if segment.id == "LIN" and segment.get(2) not in DRUG_CODES:
            rules[3] = Kind.ID
        return self.by_rule(segment, rules)

    def without_people(self, segment: WireSegment) -> WireSegment:
        name = segment.id
        if name == "ISA":
            self.year = 2000 + int(segment.get(9)[:2]) if is_digits(segment.get(9)[:2]) else 0
        elif name in HEADER_DATES and not self.year:
            text = segment.get(HEADER_DATES[name])[:4]
            self.year = int(text) if is_digits(text) else 0
        if name in ("N1", "NM1"):
            self.role = segment.get(1)
            return self.party(segment, name)
        if name in ("ST", "HL", "CLP", "CLM", "LX", "SVC"):
            self.role = ""
        elif name in ("N2", "N3", "N4", "PER") and self.role in PUBLIC_ROLES:
            return segment
        special = SPECIAL.get(name)
        if special is not None:
            return special(self, segment)
        if name not in KEPT:
            return self.unknown(segment)
        return self.by_rule(segment, RULES.get(name, {}))

    def by_rule(self, segment: WireSegment, rules: dict[int, Kind]) -> WireSegment:
        elements = list(segment.elements)
        for index, kind in rules.items():
            if index < len(elements) and elements[index].strip():
                elements[index] = self.replaced(elements[index], kind, segment)
        return segment.with_elements(elements)

    def replaced(self, text: str, kind: Kind, segment: WireSegment) -> str:
        if kind is Kind.ID:
            return self.free_of_delimiters(self.pseudonyms.id(text), segment)
        if kind is Kind.NAME:
            return self.pseudonyms.name(text)
        if kind is Kind.BIRTH_DATE:
            return self.birth_date(text)
        if kind is Kind.POSTAL_CODE:
            return self.pseudonyms.postal_code(text)
        if kind is Kind.SECOND_COMPONENT:
            return self.after_the_code(text)
        return TEXT_REMOVED

    def birth_date(self, text: str) -> str:
        """Another day of the year; moved like the other days; or the year alone. Nobody appears older than 89."""
        if self.days.how is How.LIMITED:
            return self.pseudonyms.birth_date(text, self.year)
        try:
            day = scalars.date_of(text[:8])
        except ValueError:
            return self.days.text(text)
        if not self.year and self.is_safe_harbor:
            return "0" * len(text)  # how old somebody is cannot be told, so neither can be whether it may be said
        oldest = self.year - OLDEST_AGE_YEARS
        return self.days.text(f"{oldest}0101" if day.year < oldest else text)

    def after_the_code(self, text: str) -> str:
        """A code, any separator, an id: the id goes. What does not look like that goes altogether."""
        parts = CODE_AND_ID.fullmatch(text)
        if parts is None:
            return text if len(text) <= LONGEST_CODE or text.replace(" ", "").isalpha() else self.pseudonyms.id(text)
        return parts.group(1) + self.pseudonyms.id(parts.group(2))

    def party(self, segment: WireSegment, name: str) -> WireSegment:
        """N1 and NM1: a payer stays; anybody else gets a name and an id."""
        if self.role in PUBLIC_ROLES and not (name == "NM1" and segment.get(2) == "1"):
            return segment
        if name == "N1":
            return self.by_rule(segment, {2: Kind.NAME, 4: Kind.ID})
        names = dict.fromkeys((3, 4, 5, 7), Kind.NAME)
        return self.by_rule(segment, {**names, 9: Kind.ID, 12: Kind.NAME})

    def reference(self, segment: WireSegment) -> WireSegment:
        if segment.get(1) in PUBLIC_REFERENCES:
            return segment
        return self.by_rule(segment, {2: Kind.ID, 3: Kind.TEXT, 4: Kind.SECOND_COMPONENT})

    def contact(self, segment: WireSegment) -> WireSegment:
        return self.by_rule(segment, {2: Kind.NAME, **dict.fromkeys((4, 6, 8), Kind.ID)})

    def dated(self, segment: WireSegment) -> WireSegment:
        if segment.get(1) not in BIRTH_QUALIFIERS:
            return segment
        return self.by_rule(segment, {2 if segment.id == "DTM" else 3: Kind.BIRTH_DATE})

    def procedure(self, segment: WireSegment) -> WireSegment:
        """A procedure composite may end in a description that somebody typed."""
        elements = list(segment.elements)
        for index in PROCEDURES[segment.id]:
            parts = segment.components(index)
            if len(parts) > 6 and parts[6]:
                parts[6] = TEXT_REMOVED
                elements[index] = segment.delimiters.component.join(parts)
        return segment.with_elements(elements)

    def unknown(self, segment: WireSegment) -> WireSegment:
        """Nobody knows what it says: everything longer than a code goes."""
        elements = [
            text if index == 0 or len(text) < SHORTEST_REPLACED else self.pseudonyms.id(text)
            for index, text in enumerate(segment.elements)
        ]
        return segment.with_elements(elements)

    @staticmethod
    def free_of_delimiters(text: str, segment: WireSegment) -> str:
        """Pseudonyms use letters and digits; a file that uses one of these as a delimiter gets none of them."""
        for delimiter in segment.delimiters:
            if delimiter.isalnum():
                text = text.replace(delimiter, "-")
        return text


PROCEDURES = {"SVC": (1, 6), "SV1": (1,), "SV2": (2,), "SV3": (1,), "SVD": (3,)}

SPECIAL = {
    "REF": Redactor.reference,
    "PER": Redactor.contact,
    "DTM": Redactor.dated,
    "DTP": Redactor.dated,
    **dict.fromkeys(PROCEDURES, Redactor.procedure),
}
