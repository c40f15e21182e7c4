"""The implementation-guide check: pyx12's maps walked over a file, its errors as our findings.

A separate, optional stage beside the reader: it is slow (some 10,000 segments a second) and its maps are strict
where payers are not. This is the only file that imports pyx12. Three things of pyx12 4.0.0 are not used:

* its file reader, which stops at an empty segment (`~~`), reads only ASCII and keeps the first interchange's
  delimiters for the whole file: segments come from our own reader, under each interchange's own delimiters;
* its error handler, which keeps every error and logs each: its walker and segment checks give errors as data;
* its lists of remark, status and place codes, which stand still since about 2015 (`edi/codes` is newer), and its
  999 writer, which fails on every 835 (see `edi/x999/acknowledge.py`).

There is no working map for 276 and 277 X212: such groups are passed over with one finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO, NamedTuple

import pyx12.errors
import pyx12.map_if
import pyx12.map_index
import pyx12.map_walker
import pyx12.params
import pyx12.segment

from edi.catalogue import ENTRIES
from edi.components import COMPOSITES, component_in_use
from edi.context import excerpt_with_caret
from edi.findings import Finding
from edi.source import Source
from edi.wire import WireSegment, segments

STALE_LISTS = "remark_code,claim_status,claim_status_cat,entity_id,pos,service_type"
MOST_FINDINGS = 10_000  # per file; a file with more is of another guide, and more would say nothing new
CONTROL_MAPS = {"00401": "x12.control.00401.xml", "00501": "x12.control.00501.xml"}  # by ISA12
GROUPS = {"835": "HP", "837P": "HC", "837I": "HC", "837D": "HC", "277": "HN", "277CA": "HN", "277RFAI": "HN",
          "276": "HR", "999": "FA", "997": "FA"}  # kind of set → GS01  # fmt: skip
SEGMENT_CODES = {  # pyx12's segment error (IK304) → finding; its maps mark no segment as unused and tell no order
    "1": "guide.segment.unknown",
    "3": "guide.segment.missing",
    "4": "guide.segment.loop",
    "5": "guide.segment.many",
}
ELEMENT_CODES = {  # pyx12's element error (IK403) → finding
    "1": "guide.element.missing",
    "2": "guide.element.conditional",
    "3": "guide.element.many",
    "4": "guide.element.short",
    "5": "guide.element.long",
    "6": "guide.element.character",
    "7": "guide.element.code",
    "8": "guide.element.date",
    "9": "guide.element.time",
    "10": "guide.element.unused",
}
VERSION_ELEMENTS = {"GS": 8, "ST": 3, "AK2": 3}  # where a near map would refuse the version it stands in for
# What pyx12 raises where its maps or its code have a hole (such as too many components: an IndexError).
PYX12_FAULTS = (
    pyx12.errors.EngineError,
    pyx12.errors.X12Error,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)


class GuideMap(NamedTuple):
    """The map for a group, and the version that it is for."""

    file: str
    version: str


class Trouble(NamedTuple):
    """One error of pyx12 about the segment in hand."""

    code: str
    told: str
    element: int = 0
    component: int = 0


def has_map(kind: str, version: str) -> bool:
    """Is there a map to check a set of this kind ("835", "837P", "277CA" …) and version (GS08) against?"""
    return find_map(GROUPS.get(kind, ""), version) is not None


def check(stream: BinaryIO, file: str = "-") -> Iterator[Finding]:
    """What the guides say against a file, in file order. Raises NotX12Error when it holds no interchange."""
    checker = Checker(file)
    count = 0
    for segment in segments(stream, file):
        for finding in checker.feed(segment):
            yield finding
            count += 1
            if count >= MOST_FINDINGS:
                yield checker.finding(segment, Trouble("guide.limit", ""), limit=MOST_FINDINGS)
                return


class Checker:
    """Where in the guide's map the file stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.version = "00501"  # ISA12
        self.map: GuideMap | None = None
        self.is_near = False  # the map is for another addendum than the file says
        self.node: Any = None  # the map's node of the last segment; None: nothing to check against
        self.walker = pyx12.map_walker.walk_tree()
        self.component = ""  # as the set uses it, which is not always what ISA16 says
        self.levels = 0  # HL in this set
        self.lines = 0  # LX in this claim

    def feed(self, segment: WireSegment) -> Iterator[Finding]:
        """The findings about one segment."""
        if segment.id == "ISA":
            troubles = self.on_interchange(segment)
        elif segment.id == "GS":
            troubles = self.on_group(segment)
        elif segment.id == "TA1" and self.map is None:
            troubles = self.on_acknowledgment(segment)
        elif self.node is None or (segment.id == "IEA" and self.map is None):
            return  # no map; or an interchange of acknowledgments (TA1) alone, for which the maps miss a group
        else:
            if segment.id in COMPOSITES:
                self.component = component_in_use(segment.elements, self.component) or self.component
            troubles = [*self.walk(segment), *self.count(segment)]
        for trouble in troubles:
            yield self.finding(segment, trouble)

    def on_interchange(self, segment: WireSegment) -> list[Trouble]:
        self.version = segment.get(12)
        self.component = segment.delimiters.component
        self.map = None
        self.node = None
        control = CONTROL_MAPS.get(self.version)
        if control is None:
            return [Trouble("guide.no_map", f"interchange version {self.version!r}")]
        self.walker = pyx12.map_walker.walk_tree()
        self.walker.forceWalkCounterToLoopStart("/ISA_LOOP", "/ISA_LOOP/ISA")
        self.node = load(control).getnodebypath("/ISA_LOOP/ISA")
        return self.check_segment(segment, self.node)

    def on_acknowledgment(self, segment: WireSegment) -> list[Trouble]:
        control = CONTROL_MAPS.get(self.version)
        if control is None:
            return []
        return self.check_segment(segment, load(control).getnodebypath("/ISA_LOOP/TA1"))

    def on_group(self, segment: WireSegment) -> list[Trouble]:
        if self.version not in CONTROL_MAPS:
            return []
        version = segment.get(8)
        self.map = find_map(segment.get(1), version)
        if self.map is None:
            self.node = None
            return [Trouble("guide.no_map", f"{segment.get(1)} {version}")]
        self.is_near = self.map.version != version
        self.walker.forceWalkCounterToLoopStart("/ISA_LOOP/GS_LOOP", "/ISA_LOOP/GS_LOOP/GS")
        self.node = load(self.map.file).getnodebypath("/ISA_LOOP/GS_LOOP/GS")
        near = [Trouble("guide.near_map", self.map.version, 8)] if self.is_near else []
        return near + self.check_segment(segment, self.node)

    def walk(self, segment: WireSegment) -> list[Trouble]:
        """Find the segment's place in the map, then hold it against that place."""
        try:
            node, _, _, errors = self.walker.walk_errors(
                self.node, self.as_pyx12(segment), segment.number, segment.number, None
            )
        except PYX12_FAULTS as fault:
            return [Trouble("guide.engine", f"{type(fault).__name__}: {fault}")]
        troubles = [Trouble(SEGMENT_CODES.get(one.err_cde, "guide.segment.unknown"), one.err_str) for one in errors]
        if node is None:  # an unknown segment: go on from where the last known one stood
            return troubles
        self.node = node
        return troubles + self.check_segment(segment, self.node)

    def check_segment(self, segment: WireSegment, node: Any) -> list[Trouble]:
        """The elements of a segment against its place in the map."""
        try:
            _, errors = node.is_valid_errors(self.as_pyx12(segment))
        except PYX12_FAULTS as fault:
            return [Trouble("guide.engine", f"{type(fault).__name__}: {fault}")]
        troubles = [element_trouble(one) for one in errors]
        if self.is_near:
            place = VERSION_ELEMENTS.get(segment.id)
            troubles = [one for one in troubles if one.element != place or one.code != "guide.element.code"]
        return troubles

    def count(self, segment: WireSegment) -> list[Trouble]:
        """Levels count from 1 in a set, lines from 1 in a claim."""
        if segment.id in ("ST", "CLM"):
            self.lines = 0
            self.levels = 0 if segment.id == "ST" else self.levels
        elif segment.id == "HL":
            self.levels += 1
            if segment.get(1) != str(self.levels):
                return [Trouble("guide.count", str(self.levels), 1)]
        elif segment.id == "LX" and self.map is not None and self.map.file.startswith("837"):
            self.lines += 1
            if segment.get(1) != str(self.lines):
                return [Trouble("guide.count", str(self.lines), 1)]
        return []

    def as_pyx12(self, segment: WireSegment) -> Any:
        """The segment as pyx12 holds it."""
        marks = segment.delimiters
        text = marks.element.join(segment.elements)
        return pyx12.segment.Segment(text, marks.segment, marks.element, self.component, marks.repetition or "^")

    def finding(self, segment: WireSegment, trouble: Trouble, **values: object) -> Finding:
        entry = ENTRIES[trouble.code]
        excerpt, caret = excerpt_with_caret(segment.elements, segment.delimiters.element, trouble.element)
        shown = {"segment_id": segment.id, "told": trouble.told, "value": segment.get(trouble.element), **values}
        return Finding(
            trouble.code,
            entry.severity,
            Source(self.file, segment.set_number, segment.number, trouble.element, trouble.component),
            entry.message.format(**shown),
            entry.remedy.format(**shown),
            excerpt,
            caret,
        )


def element_trouble(error: Any) -> Trouble:
    """An EleError of pyx12 with its place: from the map's node, or from the reference it names."""
    code = ELEMENT_CODES.get(error.err_cde, "guide.element.code")
    node = error.map_node
    if node is None:  # a rule over several elements, or one too many: the reference is a bare number
        if code == "guide.element.unused":
            code = "guide.element.exclusion"
        element = int(error.refdes) if str(error.refdes).isdigit() else 0
        return Trouble(code, error.err_str, element)
    if node.parent.is_composite():
        return Trouble(code, error.err_str, node.parent.seq, node.seq)
    return Trouble(code, error.err_str, node.seq)


def find_map(functional_id: str, version: str) -> GuideMap | None:
    """The map for a group: of its own version, else of the same guide with another addendum."""
    near: GuideMap | None = None
    for entry in map_index():
        if entry["fic"] != functional_id or not functional_id:
            continue
        found = GuideMap(str(entry["map_file"]), str(entry["vriic"]))
        if found.version == version:
            return found
        if guide_of(found.version) == guide_of(version):
            near = found
    return near


def guide_of(version: str) -> str:
    """`005010X222A1` → `005010X222`: the guide without its addendum."""
    return version[:10]


@cache
def map_index() -> list[Any]:
    return list(pyx12.map_index.map_index().maps)


@cache
def load(map_file: str) -> Any:
    """A map; reading one takes about a second, so each is read once."""
    params = pyx12.params.ParamsBase()
    params.set("exclude_external_codes", STALE_LISTS)
    return pyx12.map_if.load_map_file(map_file, params)
