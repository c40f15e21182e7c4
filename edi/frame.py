"""Where in the envelopes a file stands: ISA, GS, ST and their trailers, paired and counted; the open set's reader.

What is wrong with an envelope is a finding; the set inside is read all the same. A set whose ST is lost is begun
where its first segment stands, and is never complete.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from edi.components import COMPOSITES, component_in_use
from edi.context import Context, Elements, SetReader, element_of
from edi.direct import EVERY, INDIRECT, Direct
from edi.envelope import (
    HELD_LIMIT,
    SETS_OF_GROUP,
    count_in,
    group_of,
    interchange_of,
    kind_by_content,
    kind_of,
    last_resort,
    set_id_in,
)
from edi.fingerprint import Fingerprint
from edi.header import Header
from edi.quirks import Quirks
from edi.segments import Batch, Trouble
from edi.values import Delimiters, Group, Interchange, SetEnd, SetStart
from edi.x999.read import read_ta1

Readers = Mapping[str, Callable[[Context], SetReader]]  # by kind

UNREAD_DELIMITERS = Delimiters("*", ":", "", "~")
FIRST_SEGMENTS = {"BPR": "835", "CLP": "835", "AK1": "999", "BHT": ""}  # what a set begins with when its ST is lost
LOST_SEGMENT = ("text.truncated", "text.long")  # told of a segment that is not handed on
REMEMBERED_SETS = 100_000  # ST02s of one group kept to notice a repeated one


class Frame:
    """Where in the envelopes the file stands, and the reader of the set that is open."""

    start: SetStart | None  # of the set that is open
    reader: SetReader | None  # of it; None for a kind that is not read, and while the kind is not known
    context: Context
    fingerprint: Fingerprint | None
    hash_from: int  # offset from which bytes are still to go into the fingerprint
    special: Container[str]  # segment ids that do not simply go to `feed`
    feed: Callable[[Elements, int, int, int], None]
    direct: Direct

    def __init__(self, file: str, quirks: Quirks, readers: Readers) -> None:
        self.file = file
        self.quirks = quirks
        self.readers = readers
        self.out: list[Any] = []  # finished values, to be handed on
        self.number = 0  # segments so far in the file
        self.offset = 0  # behind the last segment
        self.delimiters = UNREAD_DELIMITERS
        self.interchange: Interchange | None = None
        self.interchanges = 0
        self.interchange_open = False
        self.groups = 0  # in this interchange
        self.group: Group | None = None
        self.sets_in_group = 0
        self.control_numbers: set[str] = set()
        self.set_number = 0
        self.batch = Batch([], [], 0, 0, b"")
        self.straying = False
        self.held: list[tuple[Elements, int, int, int]] = []
        self.outside = self._context(self._set_start("", ["ST"], 0, 0))
        self._leave_set()

    # The hot loop.

    def read_batch(self, batch: Batch) -> Iterator[Any]:
        """One batch of segments: envelope segments here, all others to the open set's reader."""
        self.batch = batch
        self.hash_from = batch.offset
        separator, step, out = self.delimiters.element, batch.step, self.out
        special, feed, direct = self.special, self.feed, self.direct
        number, offset = self.number, batch.offset
        direct.check_limit(number, offset)
        for text, size in zip(batch.texts, batch.sizes, strict=False):
            number += 1
            elements = text.split(separator)
            handler = direct.handlers.get(elements[0])
            if handler is not None:
                try:
                    handler(elements, number, offset)
                except (IndexError, ValueError):
                    direct.mend(handler, elements, number, offset)
            elif elements[0] in special:
                self.number, self.offset = number, offset + size + step
                self._envelope(elements, number, offset, self.offset)
                special, feed, direct = self.special, self.feed, self.direct
            else:
                feed(elements, number, offset, offset + size + step)
            offset += size + step
            if out:
                yield from out
                out.clear()
        self.number, self.offset = number, offset
        if self.fingerprint is not None:
            self.fingerprint.update(batch.raw[self.hash_from - batch.offset :], has_gaps=not batch.step)

    def _envelope(self, elements: Elements, number: int, start: int, end: int) -> None:
        """Any segment that is not simply the open reader's."""
        handler = ENVELOPE.get(elements[0])
        if handler is not None:
            self.straying = False
            handler(self, elements, number, start, end)
        elif self.reader is not None:
            if elements[0] in COMPOSITES:
                self._settle_component(elements)
            self.reader.feed(elements, number, start, end)
        elif self.start is not None:
            self._hold(elements, number, start, end)
        else:
            self._stray(elements, number, start, end)

    # Interchange and group.

    def enter_interchange(self, header: Header) -> None:
        self._leave_interchange()
        self.delimiters = header.delimiters
        if header.elements:
            self.number += 1
        self.interchanges += 1
        self.interchange = interchange_of(header, self.interchanges, self.number)
        self.interchange_open = self.interchange is not None
        self.groups = 0
        self.offset = header.offset + header.size
        self.outside = self._context(self._set_start("", ["ST"], self.number, header.offset))
        self.straying = False
        for code in header.problems:
            self.outside.find(code, header.elements, max(self.number, 1))

    def _leave_interchange(self) -> None:
        self._leave_group()
        if self.interchange_open:
            self.outside.find("envelope.iea_missing", [], self.number)
        self.interchange_open = False

    def _interchange_trailer(self, elements: Elements, number: int, start: int, end: int) -> None:
        self._leave_group()
        if self.interchange is None:
            self.outside.find("envelope.unopened", elements, number)
            return
        if count_in(elements, 1) != self.groups:
            self.outside.find("envelope.iea_count", elements, number, 1, counted=self.groups)
        control = element_of(elements, 2).strip()
        if control != self.interchange.control_number:
            self.outside.find("envelope.iea_control", elements, number, 2, expected=self.interchange.control_number)
        self.interchange_open = False

    def _group_header(self, elements: Elements, number: int, start: int, end: int) -> None:
        self._leave_group()
        self.group = group_of(elements, number)
        self.groups += 1
        self.sets_in_group = 0
        self.control_numbers = set()

    def _leave_group(self) -> None:
        self._break_off()
        if self.group is not None:
            self.outside.find("envelope.ge_missing", [], self.number)
        self.group = None

    def _group_trailer(self, elements: Elements, number: int, start: int, end: int) -> None:
        self._break_off()
        if self.group is None:
            self.outside.find("envelope.unopened", elements, number)
            return
        if count_in(elements, 1) != self.sets_in_group:
            self.outside.find("envelope.ge_count", elements, number, 1, counted=self.sets_in_group)
        if element_of(elements, 2).strip() != self.group.control_number:
            self.outside.find("envelope.ge_control", elements, number, 2, expected=self.group.control_number)
        self.group = None

    def _interchange_acknowledgment(self, elements: Elements, number: int, start: int, end: int) -> None:
        if self.start is not None:
            self.outside.find("envelope.outside", elements, number)
            return
        self.out.append(read_ta1(elements, number)._replace(interchange=self.interchange))

    # Transaction sets.

    def _set_header(self, elements: Elements, number: int, start: int, end: int) -> None:
        if self.start is not None and not element_of(elements, 1).strip().isdigit():
            self.context.find("segment.unexpected", elements, number)  # a damaged segment (an STC), no new set
            return
        self._break_off()
        control = element_of(elements, 2).strip()
        if control in self.control_numbers:
            self.outside.find("envelope.st_repeated", elements, number, 2)
        elif len(self.control_numbers) < REMEMBERED_SETS:
            self.control_numbers.add(control)
        self._open_set(elements, number, start, end)

    def _open_set(self, elements: Elements, number: int, start: int, end: int) -> None:
        self.set_number += 1
        self.sets_in_group += 1
        self.hash_from = end
        self.fingerprint = Fingerprint(self.delimiters)
        opened = self._set_start("", elements, number, start)
        written = element_of(elements, 1).strip()
        set_id = set_id_in(self.group, written, opened.version)
        if set_id != written:
            self.outside.find("envelope.st_id", elements, number, 1, set_id=set_id)
        kind = kind_of(set_id, opened.version)
        self.start = opened._replace(kind=kind or set_id)
        self.special = EVERY
        if kind:
            self._begin(kind)

    def _begin(self, kind: str) -> None:
        """The kind is known: tell the start, make the reader."""
        assert self.start is not None
        self.start = self.start._replace(kind=kind)
        self.out.append(self.start)
        self.context = self._context(self.start)
        make = self.readers.get(kind)
        if make is None:
            self.context.find("set.unknown", ["ST", kind], self.start.segment, kind=kind or "without a name")
            self.feed, self.special = _ignore, ENVELOPE
            return
        self.reader = make(self.context)
        self.feed, self.special = self.reader.feed, UNSETTLED

    def _hold(self, elements: Elements, number: int, start: int, end: int) -> None:
        """Keep segments until they tell what kind of 277 or 837 this is."""
        assert self.start is not None
        self.held.append((elements, number, start, end))
        held = (
            [entry[0] for entry in self.held[-1:]]
            if len(self.held) < HELD_LIMIT
            else [entry[0] for entry in self.held]
        )
        kind = kind_by_content(self.start.kind, held, self.delimiters.component)
        if kind:
            self._release(kind)

    def _release(self, kind: str) -> None:
        held, self.held = self.held, []
        self._begin(kind)
        for entry in held:
            if entry[0][0] in COMPOSITES:
                self._settle_component(entry[0])
            self.feed(*entry)

    def _settle_component(self, elements: Elements) -> None:
        """The first composite of a set shows the component separator in use."""
        used = component_in_use(elements, self.context.component)
        if not used:
            return
        if used != self.context.component:
            self.context.find(
                "text.component", elements, self.number, COMPOSITES[elements[0]], declared=self.context.component
            )
            self.context.component = used
        self.special = ENVELOPE
        if isinstance(self.reader, Direct):
            self.direct = self.reader

    def _set_trailer(self, elements: Elements, number: int, start: int, end: int) -> None:
        if self.start is None:
            self.outside.find("envelope.unopened", elements, number)
            return
        if self.held:
            self._release(self._kind_at_last())
        counted = number - self.start.segment + 1
        complete = True
        if count_in(elements, 1) != counted:
            complete = False
            self.context.find("envelope.se_count", elements, number, 1, counted=counted)
        if element_of(elements, 2).strip() != self.start.control_number:
            complete = False
            self.context.find("envelope.se_control", elements, number, 2, expected=self.start.control_number)
        self._finish(number - 1, start)
        self._close_set(number, start, end, counted, complete=complete)

    def _break_off(self) -> None:
        """The set that is open ends without an SE."""
        if self.start is None:
            return
        if self.held:
            self._release(self._kind_at_last())
        self.context.broken = True
        self.context.find("envelope.se_missing", [], self.number)
        self._finish(self.number, self.offset)
        counted = self.number - self.start.segment + 1
        self._close_set(self.number, self.offset, self.offset, counted, complete=False)

    def _kind_at_last(self) -> str:
        assert self.start is not None
        return last_resort(self.start.kind, [entry[0] for entry in self.held], self.delimiters.component)

    def _finish(self, segment: int, end_offset: int) -> None:
        if self.reader is not None:
            self.reader.finish(segment, end_offset)

    def _close_set(self, segment: int, hash_to: int, end: int, counted: int, *, complete: bool) -> None:
        assert self.start is not None
        assert self.fingerprint is not None
        first = self.batch.offset
        raw = self.batch.raw[self.hash_from - first : hash_to - first]
        self.fingerprint.update(raw, has_gaps=not self.batch.step)
        self.out.append(
            SetEnd(
                self.start.set_number,
                complete,
                counted,
                self.context.claim_count,
                self.context.balance,
                self.context.unbalanced_claims,
                self.context.damaged_claims,
                self.fingerprint.hexdigest(),
                segment,
                end,
            )
        )
        self._leave_set()

    def _leave_set(self) -> None:
        self.start = None
        self.reader = None
        self.context = self.outside
        self.fingerprint = None
        self.hash_from = 0
        self.special = EVERY
        self.feed = _ignore
        self.direct = INDIRECT

    def _stray(self, elements: Elements, number: int, start: int, end: int) -> None:
        """A segment outside any set: a lost ST, or rubbish, told once per run."""
        name = elements[0]
        if name in FIRST_SEGMENTS:
            set_id = FIRST_SEGMENTS[name] or SETS_OF_GROUP.get(self.group.functional_id if self.group else "", "")
            if set_id:
                self.outside.find("envelope.st_missing", elements, number, set_id=set_id)
                self._open_set(["ST", set_id, ""], number, start, start)
                self._envelope(elements, number, start, end)
                return
        if not self.straying:
            self.outside.find("envelope.outside", elements, number)
        self.straying = True

    # What else there is to tell.

    def tell(self, trouble: Trouble) -> None:
        """Something odd about the text, as a finding at the segment it stands in."""
        segment = self.number + trouble.place + 1
        elements = trouble.text.split(self.delimiters.element) if trouble.text else [""]
        self.context.find(trouble.code, elements, segment, 0, 0, **trouble.values)
        if trouble.code in LOST_SEGMENT:
            self.context.trouble = True

    def end(self) -> None:
        self._leave_interchange()

    def _set_start(self, kind: str, elements: Elements, number: int, start: int) -> SetStart:
        version = element_of(elements, 3).strip() or (self.group.version if self.group else "")
        return SetStart(
            kind,
            self.set_number if len(elements) > 1 else 0,  # a bare ["ST"] stands for what is outside any set
            element_of(elements, 2).strip(),
            version,
            self.interchange,
            self.group,
            self.file,
            number,
            start,
            self.delimiters,
        )

    def _context(self, start: SetStart) -> Context:
        element, component, repetition, _ = self.delimiters
        context = Context(start, element, component, repetition)
        context.quirks = self.quirks
        context.out = self.out
        return context


def _ignore(elements: Elements, segment: int, offset: int, end_offset: int) -> None:
    """The reader of sets that are not read."""


ENVELOPE: dict[str, Callable[[Frame, Elements, int, int, int], None]] = {
    "GS": Frame._group_header,
    "GE": Frame._group_trailer,
    "IEA": Frame._interchange_trailer,
    "ST": Frame._set_header,
    "SE": Frame._set_trailer,
    "TA1": Frame._interchange_acknowledgment,
}
UNSETTLED = frozenset((*ENVELOPE, *COMPOSITES))  # until the component separator is known
