"""Bytes into segments, in bounded memory: chunks are split at the terminator in force, headers are read by
`edi/header.py`, and what is odd in the text itself (line wrapping, Latin-1, empty segments, a cut-off end) is told.

`Segments` yields, in file order, `Header`, `Batch` and `Trouble`. A chunk without oddities is split in one call
(the usual case, and what makes reading fast); any other is gone through piece by piece. Offsets are byte offsets
in the file whatever the encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from edi.errors import NotX12Error
from edi.header import HEADER_LIMIT, Header, could_begin_header, describe_content, find_header, first_header

CHUNK_BYTES = 128 * 1024
SEGMENT_LIMIT = 1024 * 1024  # bytes in one segment; the longest real ones are a few hundred
LEADING_LIMIT = 64 * 1024  # how far into a file a header is looked for
BLANKS = b" \t\r\n\x00\x1a"  # may surround segments: line ends, padding, a trailing Ctrl-Z
MARKS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
LOWER_CASE_ID = re.compile(r"[a-z][a-z0-9]{1,2}(?![A-Za-z0-9])")
TRAILERS = (b"IEA", b"GE", b"SE")


class Batch(NamedTuple):
    """Whole segments in file order, without terminators."""

    texts: list[str]
    sizes: Iterable[int]  # bytes of each, to which `step` is added
    step: int
    offset: int  # of the first segment in the file
    raw: bytes  # the bytes of the batch, as they stand in the file


class Trouble(NamedTuple):
    """Something odd about the text; about one segment of the next batch."""

    code: str
    place: int  # of the segment in the next batch, 0 the first
    text: str  # the segment, or its beginning
    values: dict[str, object]


Item = Header | Batch | Trouble


class Segments:
    """The segments of one binary stream."""

    def __init__(self, stream: BinaryIO, file: str = "-", *, chunk_bytes: int = CHUNK_BYTES) -> None:
        self.stream = stream
        self.file = file
        self.chunk_bytes = chunk_bytes
        self.buffer = b""
        self.offset = 0  # of the buffer in the file
        self.ended = False
        self.terminator = b"~"
        self.joint = b"~"  # the terminator with the line end that follows it
        self.blanks = BLANKS
        self.odd_beginning = _odd_beginning(self.joint)
        self.told: set[str] = set()  # codes told since the last header: once each is enough

    def __iter__(self) -> Iterator[Item]:
        yield from self._open()
        while True:
            self._drop_blanks()
            header_at = find_header(self.buffer, self.terminator)
            if header_at >= 0 and self._has_room(header_at):
                yield from self._before_header(header_at)
                yield from self._enter()
                continue
            cut = self._last_cut(header_at)
            if cut:
                yield from self._batch(self._take(cut))
            if len(self.buffer) > SEGMENT_LIMIT:
                yield from self._skip_long()
            if self.ended:
                yield from self._last()
                return
            self._fill()

    # Reading on.

    def _fill(self) -> None:
        chunk = self.stream.read(self.chunk_bytes)
        if chunk:
            self.buffer += chunk
        else:
            self.ended = True

    def _take(self, count: int) -> bytes:
        """The first `count` bytes of the buffer, which goes on behind them."""
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        self.offset += count
        return taken

    def _drop_blanks(self) -> None:
        self._take(len(self.buffer) - len(self.buffer.lstrip(self.blanks)))

    def _has_room(self, header_at: int) -> bool:
        return self.ended or len(self.buffer) - header_at >= HEADER_LIMIT

    def _last_cut(self, header_at: int) -> int:
        """How much of the buffer is whole segments, short of a header that is not all there yet."""
        limit = len(self.buffer) if header_at < 0 else header_at
        if header_at < 0 and not self.ended:
            limit = could_begin_header(self.buffer)
        found = -1 if self.ended else self.buffer.rfind(self.joint, 0, limit)
        if found >= 0:
            return found + len(self.joint)
        return self.buffer.rfind(self.terminator, 0, limit) + 1

    # Headers.

    def _open(self) -> Iterator[Item]:
        while len(self.buffer) < LEADING_LIMIT and not self.ended:
            self._fill()
        mark = next((mark for mark in MARKS if self.buffer.startswith(mark)), b"")
        if mark in MARKS[1:]:
            raise NotX12Error(self.file, "UTF-16 text", "Save it as plain text (ASCII, Latin-1 or UTF-8).")
        self._take(len(mark))
        self._drop_blanks()
        found = first_header(self.buffer[:LEADING_LIMIT])
        if found is None:
            raise NotX12Error(
                self.file,
                describe_content(self.buffer),
                "An X12 file begins with ISA; ask the sender for the file as the payer sent it.",
            )
        if found > 0:
            yield Trouble("text.leading", 0, "", {"count": found})
            self._take(found)
        yield from self._enter()

    def _enter(self) -> Iterator[Item]:
        """Begin an interchange: the header at the start of the buffer sets the delimiters."""
        header = Header.parse(self.buffer, self.offset)
        self._take(header.size)
        self.terminator = header.delimiters.segment.encode("latin-1")
        self.blanks = bytes(blank for blank in BLANKS if blank not in self._delimiters(header))
        line_end = self.buffer[: len(self.buffer[:2]) - len(self.buffer[:2].lstrip(b"\r\n"))]
        self.joint = self.terminator + (line_end if self.terminator not in line_end else b"")
        self.odd_beginning = _odd_beginning(self.joint)
        self.told = set()
        yield header

    @staticmethod
    def _delimiters(header: Header) -> bytes:
        return "".join(header.delimiters).encode("latin-1")

    # Segments.

    def _batch(self, raw: bytes) -> Iterator[Item]:
        """Whole segments: at once when the text is plain, else piece by piece."""
        offset = self.offset - len(raw)
        joint = self.joint
        if self._is_plain(raw):
            texts = raw.decode("ascii").split(joint.decode("ascii"))
            texts.pop()
            yield Batch(texts, map(len, texts), len(joint), offset, raw)
            return
        yield from self._pieces(raw, offset)

    def _is_plain(self, raw: bytes) -> bool:
        """Every segment ends in the joint and begins with a capital; no stray line ends. Each test is one scan."""
        joint = self.joint
        if len(joint) == 1:
            is_even = not any(end in raw for end in (b"\n", b"\r") if end != joint)
        else:
            ends = raw.count(self.terminator)
            is_even = all(raw.count(mark) == ends for mark in (joint, *(bytes((byte,)) for byte in joint[1:])))
            is_even = is_even and all(end in joint or end not in raw for end in (b"\n", b"\r"))
        begins_well = raw[:1].isupper() and not self.odd_beginning.search(raw)
        return is_even and begins_well and raw.isascii() and raw.endswith(joint)

    def _pieces(self, raw: bytes, offset: int) -> Iterator[Item]:
        texts: list[str] = []
        sizes: list[int] = []
        notes: list[Trouble] = []
        pieces = raw.split(self.terminator)
        if raw.endswith(self.terminator):
            pieces.pop()
        for piece in pieces:
            stripped = piece.lstrip(self.blanks)
            if sizes:
                sizes[-1] += len(piece) - len(stripped)
            else:
                offset += len(piece) - len(stripped)
                raw = raw[len(piece) - len(stripped) :]
            body = stripped.rstrip(self.blanks)
            if not body:
                if sizes:
                    sizes[-1] += len(stripped) + 1
                else:
                    offset += len(stripped) + 1
                    raw = raw[len(stripped) + 1 :]
                if self.terminator not in b"\r\n":
                    self._note(notes, "text.empty_segment", len(texts), "")
                continue
            texts.append(self._text(body, notes, len(texts)))
            sizes.append(len(stripped) + 1)
        yield from notes
        if texts:
            yield Batch(texts, sizes, 0, offset, raw)

    def _text(self, body: bytes, notes: list[Trouble], index: int) -> str:
        if (b"\n" in body or b"\r" in body) and self.terminator not in b"\r\n":
            body = body.replace(b"\r", b"").replace(b"\n", b"")
            self._note(notes, "text.wrapped", index, _decoded(body))
        if not body.isascii():
            try:
                text = body.decode("utf-8")
            except UnicodeDecodeError:
                text = body.decode("latin-1")
                self._note(notes, "text.latin1", index, text)
        else:
            text = body.decode("ascii")
        if text[:1].islower() and LOWER_CASE_ID.match(text):
            text = text.upper()
            self._note(notes, "text.lower_case", index, text)
        return text

    def _note(self, notes: list[Trouble], code: str, index: int, text: str) -> None:
        if code not in self.told:
            self.told.add(code)
            notes.append(Trouble(code, index, text, {}))

    # Ends.

    def _before_header(self, header_at: int) -> Iterator[Item]:
        """What stands before the next header; its last segment may lack a terminator."""
        cut = self.buffer.rfind(self.terminator, 0, header_at) + 1
        if cut:
            header_at -= cut
            yield from self._batch(self._take(cut))
        rest = self._take(header_at)
        if rest.strip(self.blanks):
            yield from self._cut_off(rest)

    def _last(self) -> Iterator[Item]:
        rest = self._take(len(self.buffer))
        if rest.strip(self.blanks):
            yield from self._cut_off(rest)

    def _cut_off(self, rest: bytes) -> Iterator[Item]:
        """A segment without terminator: a trailer is taken as it stands, anything else may have lost its end."""
        text = _decoded(rest.strip(self.blanks))
        if rest.lstrip(self.blanks).upper().startswith(TRAILERS):
            yield Trouble("text.last_terminator", 0, text, {})
            yield from self._pieces(rest, self.offset - len(rest))
        else:
            yield Trouble("text.truncated", 0, text, {})

    def _skip_long(self) -> Iterator[Item]:
        """A segment beyond any sense: skip to the next terminator without keeping it."""
        yield Trouble("text.long", 0, _decoded(self.buffer[:200]), {"limit": SEGMENT_LIMIT})
        while self.terminator not in self.buffer and not self.ended:
            self._take(len(self.buffer))
            self._fill()
        self._take(self.buffer.find(self.terminator) + 1 or len(self.buffer))


def _odd_beginning(joint: bytes) -> re.Pattern[bytes]:
    """Finds a segment that begins with anything but a capital: a blank, a small letter, another terminator."""
    return re.compile(re.escape(joint) + rb"[^A-Z]")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
