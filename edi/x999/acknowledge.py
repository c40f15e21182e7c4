"""Answer a file that we received: what our own reading of it amounts to as a 999, and as a TA1.

A 999 speaks of form only. What the file says of money or of a claim's fate (a remittance that does not balance, a
rejected claim) is no error of form and is left out. An element that could not be read makes a set "accepted with
errors": we keep it. Only a set that broke off, or of a kind that is not read here, is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, time

from edi.findings import Finding, Severity
from edi.values import Group, Interchange, SetEnd, SetStart
from edi.x999.model import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    SetAcknowledgment,
)

ELEMENT_CODES = {  # finding → IK403
    "element.amount": "6",
    "element.number": "6",
    "element.date": "8",
    "guide.element.missing": "1",
    "guide.element.conditional": "2",
    "guide.element.many": "3",
    "guide.element.short": "4",
    "guide.element.long": "5",
    "guide.element.character": "6",
    "guide.element.code": "7",
    "guide.element.date": "8",
    "guide.element.time": "9",
    "guide.element.exclusion": "10",
    "guide.element.unused": "I10",
}
SEGMENT_CODES = {  # finding → IK304
    "segment.unexpected": "2",
    "guide.segment.unknown": "1",
    "guide.segment.missing": "3",
    "guide.segment.many": "5",
    "guide.segment.loop": "4",
}
SET_CODES = {  # finding → IK502
    "set.unknown": "1",
    "envelope.se_missing": "2",
    "envelope.se_control": "3",
    "envelope.se_count": "4",
    "envelope.st_repeated": "23",
}
REJECTING = ("1", "2", "3")  # of SET_CODES: unread, broken off, or another set's trailer
HAS_ELEMENT_ERRORS = "8"  # IK304
HAS_SEGMENT_ERRORS = "5"  # IK502
INTERCHANGE_NOTES = {  # finding → TA105
    "envelope.iea_control": "001",
    "envelope.iea_count": "021",
    "envelope.iea_missing": "023",
}
MISSING_SEGMENT = re.compile(r"\((\w{2,3})\) missing$")  # how the guide check names what is not there
MOST_ERRORS = 1_000  # told per set: enough to correct a program by


class OpenGroup:
    """The answer to one group while its sets are read."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.sets: list[SetAcknowledgment] = []

    def value(self) -> GroupAcknowledgment:
        accepted = sum(1 for one in self.sets if not one.is_rejected)
        results = {one.result for one in self.sets}
        if not accepted:
            result = "R"
        elif "R" in results:
            result = "P"
        else:
            result = "E" if "E" in results else "A"
        return GroupAcknowledgment(
            kind="999",
            functional_id=self.group.functional_id,
            group_control_number=self.group.control_number,
            version=self.group.version,
            result=result,
            sets_included=len(self.sets),
            sets_received=len(self.sets),
            sets_accepted=accepted,
            codes=(),
            sets=tuple(self.sets),
            set_number=0,
            segment=0,
            last_segment=0,
            start_offset=0,
            end_offset=0,
        )


def acknowledge(values: Iterable[object]) -> Iterator[GroupAcknowledgment]:
    """The answer to each group of a file, from what `edi.read` (and, if wanted, `edi.guide.check`) yields of it.

    Acknowledgments themselves (GS01 FA) are not answered, or two programs would answer each other for ever.
    """
    open_group: OpenGroup | None = None
    start: SetStart | None = None
    findings: list[Finding] = []
    for value in values:
        if isinstance(value, SetStart):
            start = value
            findings = [one for one in findings if one.source.segment == value.segment]
            if open_group is not None and open_group.group != value.group:
                yield open_group.value()
                open_group = None
            if open_group is None and value.group is not None and value.group.functional_id != "FA":
                open_group = OpenGroup(value.group)
        elif isinstance(value, Finding):
            findings.append(value)
        elif isinstance(value, SetEnd) and start is not None:
            if open_group is not None:
                open_group.sets.append(set_answer(start, findings))
            start, findings = None, []
    if open_group is not None:
        yield open_group.value()


def set_answer(start: SetStart, findings: Iterable[Finding]) -> SetAcknowledgment:
    """What the findings about one set amount to."""
    told = list(findings)
    codes = list(dict.fromkeys(SET_CODES[one.code] for one in told if one.code in SET_CODES))
    errors = segment_errors(start, told)
    if errors:
        codes.append(HAS_SEGMENT_ERRORS)
    if any(code in REJECTING for code in codes):
        result = "R"
    else:
        result = "E" if codes else "A"
    set_id = start.kind[:3] if start.kind[:3].isdigit() else start.kind
    return SetAcknowledgment(set_id, start.control_number, st03(start), result, tuple(codes), errors, 0)


def st03(start: SetStart) -> str:
    """The 835 has no ST03: what is not sent is not repeated."""
    return "" if start.kind == "835" else start.version


def segment_errors(start: SetStart, findings: Iterable[Finding]) -> tuple[SegmentError, ...]:
    """One error for each segment that something is wrong with, its elements below it."""
    by_place: dict[tuple[int, str], SegmentError] = {}
    for one in findings:
        code = HAS_ELEMENT_ERRORS if one.code in ELEMENT_CODES else SEGMENT_CODES.get(one.code)
        if code is None or one.severity is Severity.INFO:
            continue
        key = (one.source.segment, code)
        error = by_place.get(key)
        if error is None:
            if len(by_place) >= MOST_ERRORS:
                break
            position = max(one.source.segment - start.segment + 1, 1)
            error = SegmentError(segment_id(one, start), position, "", code, (), (), 0)
        if one.code in ELEMENT_CODES:
            error = error._replace(elements=(*error.elements, element_error(one, start)))
        by_place[key] = error
    return tuple(by_place.values())


def element_error(finding: Finding, start: SetStart) -> ElementError:
    place = finding.source
    bad_value = finding.excerpt[finding.caret :].split(separator(start), 1)[0] if finding.caret >= 0 else ""
    return ElementError(place.element, place.component, 0, ELEMENT_CODES[finding.code], bad_value, 0)


def segment_id(finding: Finding, start: SetStart) -> str:
    """IK301: the segment, or the one that is missing before it."""
    if finding.code == "guide.segment.missing" and (missing := MISSING_SEGMENT.search(finding.message)):
        return missing.group(1)
    return finding.excerpt.split(separator(start), 1)[0][:3] or "ST"


def separator(start: SetStart) -> str:
    return start.interchange.delimiters.element if start.interchange else "*"


def acknowledge_interchange(
    interchange: Interchange, findings: Iterable[Finding], *, sent_on: date, sent_at: time
) -> InterchangeAcknowledgment:
    """The TA1 for an interchange: accepted, or accepted with the first error of its envelope named."""
    note = next((INTERCHANGE_NOTES[one.code] for one in findings if one.code in INTERCHANGE_NOTES), "000")
    result = "A" if note == "000" else "E"
    return InterchangeAcknowledgment(
        interchange.control_number,
        interchange.sent_on or sent_on,
        interchange.sent_at or sent_at,
        result,
        note,
        0,
    )
