"""Read what a receiver says about a file that we sent: 999 and 997 (a group), TA1 (an interchange).

997 says the same with AK3, AK4 and AK5 where 999 has IK3, IK4 and IK5. A 999 for a large batch may name thousands
of errors; what is kept per set is limited, the rest is counted in a finding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from edi import scalars
from edi.context import Context, Elements, element_of
from edi.x999.model import (
    ACCEPTED,
    REJECTED,
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    SetAcknowledgment,
)

RESULTS = frozenset((*ACCEPTED, *REJECTED))  # IK501
GROUP_RESULTS = RESULTS | {"P"}  # AK901
MOST_ERRORS = 10_000  # kept per transaction set; more only say the same again


Read = TypeVar("Read")


class OpenError:
    """IK3 and what stands under it."""

    __slots__ = ("contexts", "elements", "head", "segment")

    def __init__(self, elements: Elements, segment: int) -> None:
        self.head = elements
        self.segment = segment
        self.contexts: list[tuple[str, str]] = []
        self.elements: list[ElementError] = []

    def value(self, position: int) -> SegmentError:
        return SegmentError(
            segment_id=element_of(self.head, 1),
            position=position,
            loop=element_of(self.head, 3),
            code=element_of(self.head, 4),
            contexts=tuple(self.contexts),
            elements=tuple(self.elements),
            segment=self.segment,
        )


class OpenSet:
    """AK2 … IK5."""

    __slots__ = ("errors", "head", "is_cut", "segment")

    def __init__(self, elements: Elements, segment: int) -> None:
        self.head = elements
        self.segment = segment
        self.errors: list[SegmentError] = []
        self.is_cut = False

    def value(self, result: str, codes: tuple[str, ...]) -> SetAcknowledgment:
        return SetAcknowledgment(
            set_id=element_of(self.head, 1),
            control_number=element_of(self.head, 2),
            version=element_of(self.head, 3),
            result=result,
            codes=codes,
            errors=tuple(self.errors),
            segment=self.segment,
        )


class AcknowledgmentReader:
    """The `SetReader` of 999 and 997: one `GroupAcknowledgment` for each AK1."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.head: Elements = []  # AK1
        self.head_segment = self.head_offset = 0
        self.sets: list[SetAcknowledgment] = []
        self.set: OpenSet | None = None
        self.error: OpenError | None = None
        self.end: Elements = []  # AK9
        self.held: list[object] = []
        self.last_segment = self.end_offset = 0
        self.handlers: dict[str, Callable[[Elements, int], None]] = {
            "AK2": self.on_set,
            "IK3": self.on_segment_error,
            "AK3": self.on_segment_error,
            "IK4": self.on_element_error,
            "AK4": self.on_element_error,
            "CTX": self.on_context,
            "IK5": self.on_set_result,
            "AK5": self.on_set_result,
            "AK9": self.on_group_result,
        }

    def feed(self, elements: Elements, segment: int, offset: int, end_offset: int) -> None:
        if elements[0] == "AK1":
            self.close()
            self.head, self.head_segment, self.head_offset = elements, segment, offset
        else:
            out = self.context.out
            mark = len(out)
            handler = self.handlers.get(elements[0])
            if handler is None:
                self.context.find("segment.unexpected", elements, segment)
            else:
                self.expect_group(elements, segment, offset)
                handler(elements, segment)
            self.held.extend(out[mark:])
            del out[mark:]
        self.last_segment, self.end_offset = segment, end_offset

    def finish(self, segment: int, end_offset: int) -> None:
        self.close()
        self.context.out.extend(self.held)
        self.held.clear()

    def expect_group(self, elements: Elements, segment: int, offset: int) -> None:
        if not self.head:
            self.context.find("999.group", elements, segment)
            self.head, self.head_segment, self.head_offset = ["AK1"], segment, offset

    def on_set(self, elements: Elements, segment: int) -> None:
        self.close_set()
        self.set = OpenSet(elements, segment)

    def on_segment_error(self, elements: Elements, segment: int) -> None:
        self.close_error()
        self.expect_set(elements, segment)
        self.error = OpenError(elements, segment)

    def on_element_error(self, elements: Elements, segment: int) -> None:
        if self.error is None:
            self.context.find("segment.unexpected", elements, segment)
            return
        element, component, repeat = self.place(elements, segment)
        if len(self.error.elements) < MOST_ERRORS:
            self.error.elements.append(
                ElementError(element, component, repeat, element_of(elements, 3), element_of(elements, 4), segment)
            )

    def place(self, elements: Elements, segment: int) -> tuple[int, int, int]:
        """IK401: element, component, repeat. An unreadable part is 0."""
        text = element_of(elements, 1)
        parts = text.split(self.context.component) if self.context.component else [text]
        numbers = [int(part) if part.isascii() and part.isdigit() and len(part) < 9 else 0 for part in parts[:3]]
        if not numbers[0]:
            self.context.find("999.place", elements, segment, 1)
        element, component, repeat = (*numbers, 0, 0)[:3]
        return element, component, repeat

    def on_context(self, elements: Elements, segment: int) -> None:
        if self.error is None:
            self.context.find("segment.unexpected", elements, segment)
            return
        for text in repeats(element_of(elements, 1), self.context.repetition):
            what, _, value = text.partition(self.context.component)
            trigger = self.context.element.join(
                elements[2:]
            )  # of a SITUATIONAL TRIGGER: the segment that asks for it
            self.error.contexts.append((what, value or trigger))

    def on_set_result(self, elements: Elements, segment: int) -> None:
        self.close_error()
        self.expect_set(elements, segment)
        assert self.set is not None
        result = element_of(elements, 1)
        if result not in RESULTS:
            self.context.find("999.result", elements, segment, 1)
        self.sets.append(self.set.value(result, tuple(code for code in elements[2:] if code)))
        self.set = None

    def on_group_result(self, elements: Elements, segment: int) -> None:
        self.close_set()
        if element_of(elements, 1) not in GROUP_RESULTS:
            self.context.find("999.result", elements, segment, 1)
        self.end = elements

    def expect_set(self, elements: Elements, segment: int) -> None:
        """Errors without their AK2 are kept, about a set that is not named."""
        if self.set is None:
            self.context.find("999.set", elements, segment)
            self.set = OpenSet(["AK2"], segment)

    def close_error(self) -> None:
        error, self.error = self.error, None
        if error is None or self.set is None:
            return
        if len(self.set.errors) >= MOST_ERRORS:
            if not self.set.is_cut:
                self.context.find("999.limit", error.head, error.segment, limit=MOST_ERRORS)
            self.set.is_cut = True
            return
        position = element_of(error.head, 2)
        is_number = position.isascii() and position.isdigit() and len(position) < 11
        if not is_number:
            self.context.find("999.place", error.head, error.segment, 2)
        self.set.errors.append(error.value(int(position) if is_number else 0))

    def close_set(self) -> None:
        """A set without its result: nothing may be taken as accepted."""
        self.close_error()
        if self.set is not None:
            self.context.find("999.unfinished", self.set.head, self.set.segment, 2)
            self.sets.append(self.set.value("", ()))
            self.set = None

    def close(self) -> None:
        mark = len(self.context.out)
        self.close_set()
        if not self.head:
            return
        if not self.end:
            self.context.find("999.unfinished.group", self.head, self.head_segment, 2)
        found = self.context.out[mark:]
        del self.context.out[mark:]
        self.context.out += [self.value(), *self.held]
        self.held.clear()
        self.context.out += found
        self.check_counts()
        self.head, self.end, self.sets = [], [], []

    def value(self) -> GroupAcknowledgment:
        head, end = self.head, self.end
        return GroupAcknowledgment(
            kind="997" if self.context.start.kind == "997" else "999",
            functional_id=element_of(head, 1),
            group_control_number=element_of(head, 2),
            version=element_of(head, 3),
            result=element_of(end, 1),
            sets_included=count(end, 2),
            sets_received=count(end, 3),
            sets_accepted=count(end, 4),
            codes=tuple(code for code in end[5:] if code),
            sets=tuple(self.sets),
            set_number=self.context.start.set_number,
            segment=self.head_segment,
            last_segment=self.last_segment,
            start_offset=self.head_offset,
            end_offset=self.end_offset,
        )

    def check_counts(self) -> None:
        """AK9's own count of accepted sets against the sets answered, and against its result: a rejection may have
        been lost."""
        accepted = count(self.end, 4)
        if element_of(self.end, 1) in ACCEPTED and not self.sets and not self.value().unnamed_result:
            self.context.find("999.unnamed", self.end, self.last_segment, 4)
        if not self.sets or accepted is None or count(self.end, 3) != len(self.sets):
            return
        listed = sum(1 for one in self.sets if one.is_accepted)
        if listed != accepted:
            self.context.find("999.count", self.end, self.last_segment, 4, listed=listed)


def repeats(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else [text]


def count(elements: Elements, index: int) -> int | None:
    text = element_of(elements, index).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def read_ta1(elements: Elements, segment: int) -> InterchangeAcknowledgment:
    """TA1. What cannot be read of its date or time is absent; a result outside A, E, R stays as sent."""
    return InterchangeAcknowledgment(
        control_number=element_of(elements, 1).strip(),
        sent_on=readable(scalars.date_of, element_of(elements, 2)),
        sent_at=readable(scalars.time_of, element_of(elements, 3)),
        result=element_of(elements, 4).strip(),
        note=element_of(elements, 5).strip(),
        segment=segment,
    )


def readable(read: Callable[[str], Read], text: str) -> Read | None:
    try:
        return read(text)
    except ValueError:
        return None
