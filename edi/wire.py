"""A file as plain segments with their place and delimiters: what the tools work on, whatever the transaction.

The readers type what they know; describing, redacting and splitting must also handle what nobody typed. This is
the same tolerant split into segments (`edi/segments.py`), one at a time, in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from edi.components import COMPOSITES, component_in_use
from edi.header import Header
from edi.segments import Batch, Segments
from edi.values import Delimiters

ENVELOPE = frozenset(("ISA", "IEA", "GS", "GE", "TA1"))


class WireSegment(NamedTuple):
    """One segment as it stands in the file."""

    elements: list[str]  # its id first; index n is element n
    number: int  # ordinal in the file, 1 is the first
    set_number: int  # ordinal of the ST it belongs to; 0: outside any set
    delimiters: Delimiters
    line_end: str  # what follows the terminator in this interchange: "", LF or CR LF

    @property
    def id(self) -> str:
        return self.elements[0]

    def get(self, index: int) -> str:
        """The element, or "" when the segment is shorter."""
        return self.elements[index] if index < len(self.elements) else ""

    def components(self, index: int) -> list[str]:
        return self.get(index).split(self.delimiters.component)

    def text(self) -> str:
        """As written, with terminator and line end."""
        return self.delimiters.element.join(self.elements) + self.delimiters.segment + self.line_end

    def with_elements(self, elements: list[str]) -> WireSegment:
        return self._replace(elements=elements)


def segments(stream: BinaryIO, file: str = "-") -> Iterator[WireSegment]:
    """Every segment of the file. Raises NotX12Error when there is no interchange header.

    Where a set puts composites together with another separator than ISA16 declares, the one in use counts from the
    first composite on.
    """
    source = Segments(stream, file)
    declared = delimiters = Delimiters("*", ":", "", "~")
    number = set_number = sets = 0
    line_end = ""
    for item in source:
        if isinstance(item, Header):
            declared = delimiters = item.delimiters
            line_end = source.joint[1:].decode("latin-1")
            set_number = 0
            if item.elements:
                number += 1
                yield WireSegment(list(item.elements), number, 0, delimiters, line_end)
        elif isinstance(item, Batch):
            for text in item.texts:
                number += 1
                elements = text.split(delimiters.element)
                name = elements[0]
                if name == "ST":
                    sets += 1
                    set_number = sets
                    delimiters = declared
                elif name in COMPOSITES:
                    delimiters = in_use(elements, delimiters)
                elif name in ENVELOPE:
                    set_number = 0
                yield WireSegment(elements, number, set_number, delimiters, line_end)
                if name == "SE":
                    set_number = 0


def in_use(elements: list[str], delimiters: Delimiters) -> Delimiters:
    used = component_in_use(elements, delimiters.component)
    return delimiters._replace(component=used) if used and used != delimiters.component else delimiters
