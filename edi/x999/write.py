"""Write acknowledgments from values: 999 (005010X231A1), 997, and TA1.

Works for every transaction set, an 835 too: it has no ST03, so AK203 is simply not sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edi.values import USUAL, Delimiters
from edi.writing import NOT_IN_A_VALUE, Element, OutgoingSet, Segment
from edi.x999.model import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    SetAcknowledgment,
)

VERSION = "005010X231A1"
FUNCTIONAL_ID = "FA"  # GS01
LONGEST_BAD_VALUE = 99  # IK404
MOST_CODES = 5  # IK502–IK506, AK905–AK909


def acknowledgment_set(
    answer: GroupAcknowledgment, *, control_number: str = "", delimiters: Delimiters = USUAL
) -> OutgoingSet:
    """The transaction set that answers one group. `delimiters` are those it will be written with."""
    version = VERSION if answer.kind == "999" else ""
    return OutgoingSet(answer.kind, acknowledgment_segments(answer, delimiters), version, control_number)


def acknowledgment_segments(answer: GroupAcknowledgment, delimiters: Delimiters = USUAL) -> Iterator[Segment]:
    """AK1 … AK9."""
    letters = "IK" if answer.kind == "999" else "AK"
    version = answer.version if answer.kind == "999" else ""
    yield ("AK1", answer.functional_id, answer.group_control_number, version)
    for one in answer.sets:
        yield from set_segments(one, letters, delimiters)
    counts = (answer.sets_included, answer.sets_received, answer.sets_accepted)
    shown = ("" if count is None else str(count) for count in counts)
    yield ("AK9", answer.result, *shown, *answer.codes[:MOST_CODES])


def set_segments(one: SetAcknowledgment, letters: str, delimiters: Delimiters) -> Iterator[Segment]:
    """AK2, its errors, and the result."""
    yield ("AK2", one.set_id, one.control_number, one.version if letters == "IK" else "")
    for error in one.errors:
        yield from error_segments(error, letters, delimiters)
    yield (f"{letters}5", one.result, *one.codes[:MOST_CODES])


def error_segments(error: SegmentError, letters: str, delimiters: Delimiters) -> Iterator[Segment]:
    yield (f"{letters}3", error.segment_id, str(error.position), error.loop, error.code)
    if letters == "IK":
        for what, value in error.contexts:
            yield context_segment(what, value, delimiters)
    for element in error.elements:
        yield (f"{letters}4", place(element), "", element.code, sendable(element.bad_value, delimiters))


def context_segment(what: str, value: str, delimiters: Delimiters) -> Segment:
    """CTX: what the error stands in. A situational trigger names a segment, everything else has a value."""
    if what == "SITUATIONAL TRIGGER":
        return ("CTX", what, *value.split(delimiters.element))
    value = sendable(value, delimiters)
    return ("CTX", (what, value) if value else what)


def place(element: ElementError) -> Element:
    """IK401: element, component, repeat; zeros are not sent."""
    numbers = (element.element, element.component, element.repeat)
    parts = tuple(str(number) if number else "" for number in numbers)
    return parts if any(parts[1:]) else parts[0]


def sendable(value: str, delimiters: Delimiters) -> str:
    """A copy of a bad value; "" when it holds what would break this file (the guide then leaves it out)."""
    if any(mark in value for mark in (*delimiters, *NOT_IN_A_VALUE) if mark):
        return ""
    return value[:LONGEST_BAD_VALUE]


def ta1_segment(answer: InterchangeAcknowledgment) -> Segment:
    """TA1, to stand between ISA and the groups (the `acknowledgments` of `edi.writing.write`)."""
    sent_on = answer.sent_on.strftime("%y%m%d") if answer.sent_on else ""
    sent_at = answer.sent_at.strftime("%H%M") if answer.sent_at else ""
    return ("TA1", answer.control_number, sent_on, sent_at, answer.result, answer.note or "000")


def acknowledgment_sets(answers: Iterable[GroupAcknowledgment]) -> Iterator[OutgoingSet]:
    """One set for each group answered."""
    return (acknowledgment_set(answer) for answer in answers)
