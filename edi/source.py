"""Where a value came from, so that every figure can be traced to the wire.

Values read from a file carry only a segment number (an int, one per value); `Source` is built when somebody
asks. Numbers count from 1, as people count; element 0 means the whole segment.
"""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """One place in one file: file name, transaction set, segment, element, component."""

    file: str
    set_number: int  # ordinal of the ST in the file, 1 is the first; 0: outside any transaction set
    segment: int  # ordinal of the segment in the file, 1 is the first ISA
    element: int = 0  # 1 is the first element after the segment id; 0: the whole segment
    component: int = 0  # 1 is the first component; 0: the whole element

    def __str__(self) -> str:
        place = f"{self.file}, set {self.set_number}, segment {self.segment}"
        if self.element:
            place += f", element {self.element}"
        if self.component:
            place += f", component {self.component}"
        return place
