"""The interchange header: where an ISA stands in a run of bytes, and the delimiters that it sets.

The guide makes ISA exactly 106 characters wide. Real files are trimmed, wrapped, or begin at GS or ST, so the
fixed places are tried first and the order of the separators second; the terminator is held against what
precedes the segments that follow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from edi.values import Delimiters

HEADER_LIMIT = 1024  # bytes that settle a header: ISA and the few segments after it
SEPARATOR_PLACES = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)  # in a fixed-width ISA
LEAST_VOTES = 14  # of these at least, when one or two separators are damaged
ISA_WIDTH = 106
DEFAULT_COMPONENT = ":"
NOT_A_WORD = rb"[^A-Za-z0-9 \r\n]"
STRONG_ISA = re.compile(rb"ISA(" + NOT_A_WORD + rb")..\1.{10}\1..\1.{10}\1..\1.{15}\1", re.IGNORECASE | re.DOTALL)
WEAK_ISA = re.compile(rb"ISA(" + NOT_A_WORD + rb")[^~]{0,14}?\1", re.IGNORECASE)
BARE_START = re.compile(rb"(?:GS|ST)(" + NOT_A_WORD + rb")[A-Za-z0-9]{2,3}\1", re.IGNORECASE)
NEXT_SEGMENTS = "GS|TA1|ST|BPR|BHT|TRN|IEA"
SIGNATURES = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "gzip-compressed data",
    b"{": "JSON",
    b"<": "HTML or XML",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"UNA": "UN/EDIFACT",
    b"UNB": "UN/EDIFACT",
}


class Header(NamedTuple):
    """An ISA as read, or what stands in for a missing one."""

    delimiters: Delimiters
    elements: list[str]  # ISA and its 16 elements; [] when the ISA is missing
    offset: int  # byte offset in the file
    size: int  # bytes up to and with the terminator; 0 when the ISA is missing
    problems: tuple[str, ...]  # catalogue codes of what is odd about it

    @staticmethod
    def parse(buffer: bytes, offset: int) -> Header:
        """The header at the start of `buffer` (which `find_header` or `first_header` pointed at)."""
        text = buffer[:HEADER_LIMIT].decode("latin-1")
        if text[:3].upper() != "ISA":
            return _missing(text, offset)
        return _fixed(text, offset) or _by_order(text, offset)


def find_header(buffer: bytes, terminator: bytes) -> int:
    """Where the next ISA segment begins in `buffer`, or -1. An `ISA` inside a name is not one."""
    if b"ISA" not in buffer and b"isa" not in buffer:
        return -1
    for match in WEAK_ISA.finditer(buffer):
        at = match.start()
        if STRONG_ISA.match(buffer, at):
            return at
        before = buffer[:at].rstrip(b" \t")
        begins = not before or before.endswith((terminator, b"\n", b"\r"))
        if begins and buffer.count(match.group(1), at, at + 140) >= 14:
            return at
    return -1


def could_begin_header(buffer: bytes) -> int:
    """Where near the end of `buffer` a header may begin that is not all there yet; its length if nowhere.

    Any `ISA` will do: what is held back too early is read as soon as more has come.
    """
    tail = max(0, len(buffer) - HEADER_LIMIT)
    end = buffer[tail:].upper()
    at = end.find(b"ISA")
    if at < 0:
        at = next((len(end) - size for size in (2, 1) if end.endswith(b"ISA"[:size])), len(end))
    return tail + at


def first_header(buffer: bytes) -> int | None:
    """Where the first interchange begins: an ISA, else a GS or ST that nothing precedes. None: this is not X12."""
    if BARE_START.match(buffer):
        return 0
    if buffer[:3].upper() == b"ISA" and len(buffer) > 3 and not buffer[3:4].isalnum():
        return 0
    strong = STRONG_ISA.search(buffer)
    if strong:
        return strong.start()
    bare = re.search(rb"(?:GS|ST)(" + NOT_A_WORD + rb")(?:HP|HC|HN|HR|FA|835|837|27[67]|999|997)\1", buffer)
    return bare.start() if bare else None


def describe_content(buffer: bytes) -> str:
    """In plain words what a file that is not X12 holds."""
    if not buffer.strip():
        return "the file is empty"
    for signature, words in SIGNATURES.items():
        if buffer.startswith(signature):
            return f"it looks like {words}"
    sample = buffer[:512]
    odd = sum(1 for byte in sample if byte < 9 or 13 < byte < 28 or byte == 127)
    if odd * 20 > len(sample):
        return "it holds binary data"
    return f"it begins with {sample[:20].decode('utf-8', errors='replace')!r}"


def _fixed(text: str, offset: int) -> Header | None:
    """The header at its fixed places: as it stands, else with line ends taken out; else with a damaged separator."""
    kept = [index for index, char in enumerate(text) if char not in "\r\n"]
    for least_votes in (len(SEPARATOR_PLACES), LEAST_VOTES):
        for places in (range(len(text)), kept):
            if len(places) < ISA_WIDTH:
                continue
            plain = "".join(text[places[index]] for index in range(ISA_WIDTH))
            separator, votes = Counter(plain[place] for place in SEPARATOR_PLACES).most_common(1)[0]
            if votes >= least_votes and _can_separate(separator):
                header = _at_places(text, plain, places, separator, offset)
                if header is not None:
                    return header
    return None


def _at_places(text: str, plain: str, places: Sequence[int], separator: str, offset: int) -> Header | None:
    is_wrapped = places[ISA_WIDTH - 1] != ISA_WIDTH - 1
    terminator = plain[-1]
    size = places[ISA_WIDTH - 1] + 1
    checked = _checked_terminator(text[size:], terminator, separator)
    if any(char in "\r\n" for place, char in enumerate(plain[:-1]) if place not in SEPARATOR_PLACES):
        return None  # a wrapped line: its places count without line ends
    if checked != terminator and (is_wrapped or terminator in "\r\n"):
        return None  # the line end in the last place was a wrapped line's, or the other way round
    marks = (0, *SEPARATOR_PLACES, ISA_WIDTH - 1)
    elements = [plain[first + (first > 0) : last] for first, last in pairwise(marks)]
    problems = ["text.wrapped"] if is_wrapped else []
    if any(plain[place] != separator for place in SEPARATOR_PLACES):
        problems.append("envelope.isa_damaged")
    if checked != terminator:
        problems.append("envelope.terminator")
        if terminator.isalnum():
            size -= 1  # that was the next segment's first letter
    return _header(elements, checked, separator, offset, size, problems)


def _by_order(text: str, offset: int) -> Header:
    """The header by counting separators up to the segment that follows it."""
    separator = text[3]
    follower = re.search(rf"(?i)(?<![A-Za-z0-9])[ \r\n]*(?:{NEXT_SEGMENTS}){re.escape(separator)}", text[20:])
    if follower is None:
        fields = text.split(separator, 16)
        tail = fields[16] if len(fields) > 16 else ""
        size = len(text) - len(tail) + min(len(tail), 2)
        terminator = tail[1:2] or "~"
    else:
        size = 20 + follower.start()
        blanks = len(text[:size]) - len(text[:size].rstrip("\r\n\t "))
        last = text[size - blanks - 1]
        behind = text[size - blanks : 20 + follower.end()]
        line_end = next((mark for mark in "\t\n\r" if mark in behind and mark != separator), "")
        fields = text[: size - blanks].replace("\r", "").replace("\n", "").split(separator, 16)
        only_component = len(fields) == 17 and len(fields[16]) == 1
        ends_others = last in _before_segments(text[20 + follower.end() :], separator)
        if line_end and not ends_others and (last.isalnum() or only_component):
            terminator = line_end
            size = text.index(line_end, size - blanks) + 1
        else:
            terminator = last
            fields[-1] = fields[-1][:-1]
            size -= blanks
    terminator = _checked_terminator(text[size:], terminator, separator)
    problems = ["envelope.isa_width"] if len(fields) == 17 else ["envelope.isa_damaged"]
    fields += [""] * (17 - len(fields))
    return _header(fields, terminator, separator, offset, size, problems)


def _header(
    elements: list[str], terminator: str, separator: str, offset: int, size: int, problems: list[str]
) -> Header:
    component = elements[16][:1]
    if not component or component.isalnum() or component in (separator, terminator):
        component = DEFAULT_COMPONENT
    elements = [*elements[:16], component]
    elements[0] = elements[0].upper()
    repetition = elements[11].strip()
    if elements[12] < "00402" or len(repetition) != 1 or repetition.isalnum():
        repetition = ""
    return Header(Delimiters(separator, component, repetition, terminator), elements, offset, size, tuple(problems))


def _missing(text: str, offset: int) -> Header:
    """A file that begins at GS or ST: the separator follows the id, the terminator precedes the next segments."""
    separator = text[2]
    terminator = _checked_terminator(text, "", separator) or "~"
    return Header(Delimiters(separator, DEFAULT_COMPONENT, "", terminator), [], offset, 0, ("envelope.isa_missing",))


def _can_separate(char: str) -> bool:
    """Not `isspace`: tabs and the control characters that it takes for blanks are legal separators."""
    return not (char.isalnum() or char in " \r\n")


def _checked_terminator(behind: str, terminator: str, separator: str) -> str:
    """`terminator`, unless most of the segments behind the header are preceded by something else."""
    found = _before_segments(behind.lstrip(" \r\n"), separator, terminator)
    if not found:
        return terminator
    usual, count = found.most_common(1)[0]
    if found[terminator] == count or (terminator == "\r" and usual == "\n"):
        return terminator
    return usual


def _before_segments(text: str, separator: str, declared: str = "") -> Counter[str]:
    """What precedes the segments that usually follow a header. A declared tab counts though a line end follows it."""
    found = Counter[str]()
    usual = rf"([^A-Za-z0-9])([\r\n \t]*)(?:{NEXT_SEGMENTS}|N1|REF){re.escape(separator)}"
    for match in re.finditer(usual, text, re.IGNORECASE):
        before, blanks = match.groups()
        is_line_end = before != declared and before in " \r\n\t" and "\n" in before + blanks
        found["\n" if is_line_end else before] += 1
    found.pop(separator, None)
    found.pop(" ", None)
    return found
