"""A part of a stored file as it was sent, each segment with plain words under it: what stands behind a figure.

Only the bytes asked for are read, so a claim in the middle of a large file opens as quickly as one at its start.
"""

from __future__ import annotations

from typing import NamedTuple

from app.core.config import Settings
from app.intake.store import path_of
from app.intake.tables import LoadedSet, StoredFile
from edi.describe import OPEN, explained
from edi.values import Delimiters
from edi.wire import WireSegment

LONGEST_PART_BYTES = 512 * 1024  # a claim of 999 lines is far below it
MOST_SEGMENTS = 2_000


class WireLine(NamedTuple):
    number: int  # ordinal of the segment in the file
    segment_id: str
    elements: list[str]  # after the id, as sent
    separator: str
    words: str  # what it says, in plain words


def wire_lines(
    settings: Settings, file: StoredFile, loaded: LoadedSet, *, start_offset: int, end_offset: int, first_segment: int
) -> list[WireLine]:
    """The segments between two byte offsets of a file; `first_segment` is the ordinal of the first."""
    size = min(end_offset - start_offset, LONGEST_PART_BYTES)
    if size <= 0:
        return []
    with path_of(settings, file.sha256).open("rb") as stream:
        stream.seek(start_offset)
        raw = stream.read(size)
    element, component, terminator = loaded.delimiters[:1], loaded.delimiters[1:2], loaded.delimiters[2:3]
    text = _decoded(raw)
    if terminator not in "\r\n":
        text = text.replace("\r", "").replace(
            "\n", ""
        )  # line ends after the terminator, or a file wrapped at 80 columns
    delimiters = Delimiters(element, component, "", terminator)
    lines: list[WireLine] = []
    number = first_segment
    for part in text.split(terminator):
        written = part.strip("\r\n")
        if not written:
            continue
        if len(lines) == MOST_SEGMENTS:
            break
        elements = written.split(element)
        segment = WireSegment(elements, number, loaded.set_number, delimiters, "")
        lines.append(WireLine(number, elements[0], elements[1:], element, explained(segment, OPEN)))
        number += 1
    return lines


def _decoded(raw: bytes) -> str:
    """UTF-8 where it is, Latin-1 otherwise: every byte has a sign, so nothing is lost."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
