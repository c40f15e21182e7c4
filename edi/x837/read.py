"""Read an 837 (professional, institutional, dental) segment by segment into a submission and its claims.

The hierarchy is followed by HL01 and HL02 with a stack of the levels above. Where an HL or a CLM is missing, what
follows it shows where the next level or claim begins, so that a lost segment costs its own claim and no other.
Segments are kept as sent: a claim carries its own in `segments`, those of the levels above it in `context`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from edi import qualifiers
from edi.context import Context, Elements, element_of
from edi.findings import Finding
from edi.part_readers import hour
from edi.x837.claims import Above, Span, above_of, claim_of
from edi.x837.loops import KNOWN_SEGMENTS, LEVEL_LOOPS, LoopTree, Placed
from edi.x837.model import Submission, SubmittedClaim
from edi.x837.pieces import Pieces
from edi.x837.qualifiers import QUALIFIERS

MOST_SEGMENTS = 100_000  # in one claim or level; a full claim of 999 lines has some 20,000

LONGEST_TAIL = 10  # unknown segments that may be the remains of a CLM

ONLY_IN_A_CLAIM = frozenset(("HI", "CL1", "LX", "SV1", "SV2", "SV3"))
BEFORE_THE_LINES = frozenset(("HI", "CL1"))  # after a line, one of these tells of a claim whose CLM was lost
SERVICE_SEGMENTS = frozenset(("SV1", "SV2", "SV3"))

BELOW = {"20": "22", "22": "23", "23": "23"}  # HL03 of a level → of one beneath it

# CLM05 is always facility, qualifier, frequency: its shape shows the separator that the sender really uses.
FACILITY = re.compile(r"\w{0,2}([^\w\s])\w?\1\w")


class Level:
    """One HL: billing provider, subscriber or patient."""

    __slots__ = ("code", "id", "is_cut", "segment", "segments", "tree", "used")

    def __init__(self, level_id: str, code: str, segment: int) -> None:
        self.id = level_id
        self.code = code
        self.segment = segment
        self.tree = LoopTree(LEVEL_LOOPS[code])
        self.segments: list[tuple[str, ...]] = []
        self.is_cut = False  # longer than any level may be: the rest is not kept
        self.used = False  # a claim stands beneath it


class Unplaced(NamedTuple):
    """A segment that no loop knows."""

    elements: Elements
    segment: int
    offset: int


class OpenClaim:
    """The claim being collected."""

    __slots__ = (
        "end_offset",
        "findings",
        "has_service",
        "is_cut",
        "last_line",
        "last_segment",
        "lines",
        "segment",
        "segments",
        "start_offset",
        "tail",
        "tree",
    )

    def __init__(self, segment: int, offset: int) -> None:
        self.tree = LoopTree("2300")
        self.segments: list[tuple[str, ...]] = []
        self.findings: list[Finding] = []  # told behind the claim
        self.tail: list[Unplaced] = []  # the last segments, as far as no loop knew them
        self.segment = self.last_segment = segment
        self.start_offset = self.end_offset = offset
        self.is_cut = False  # longer than any claim may be: the rest is not kept
        self.lines = 0
        self.last_line = ""  # LX01
        self.has_service = True  # the line now open has its SV1, SV2 or SV3; also before the first line


class ClaimReader:
    """Takes the segments between ST and SE; yields `Submission`, then `SubmittedClaim`s, through the context."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.header = LoopTree("1000")
        self.header_segments: list[tuple[str, ...]] = []
        self.is_header = True
        self.is_header_cut = False  # longer than any header may be: the rest is not kept
        self.batch_reference = ""
        self.levels: list[Level] = []
        self.claim: OpenClaim | None = None
        self.above: Above | None = None  # of the levels now open; None: not yet read

    def feed(self, elements: Elements, segment: int, offset: int, end_offset: int) -> None:
        segment_id = elements[0]
        if segment_id == "HL" and element_of(elements, 3) in LEVEL_LOOPS:
            self.open_level(elements, segment)
            return
        if segment_id == "CLM":
            self.open_claim(elements, segment, offset)
        elif code := self.lost_level(elements):
            self.open_lost_level(code, elements, segment)
        elif self.is_lost_claim(elements):
            self.open_headless_claim(elements, segment, offset)
        if self.claim:
            told = len(self.context.out)
            self.add_to_claim(self.claim, elements, segment, offset, end_offset)
            self.claim.findings += self.context.out[told:]
            del self.context.out[told:]
        elif self.levels:
            self.add_to_level(self.levels[-1], elements, segment)
        elif len(self.header_segments) < MOST_SEGMENTS:
            self.header_segments.append(tuple(elements))
            self.place(self.header, elements, segment)
        elif not self.is_header_cut:
            self.is_header_cut = True
            self.context.find("837.limit", elements, segment, limit=MOST_SEGMENTS)

    def finish(self, segment: int, end_offset: int) -> None:
        self.close_claim()
        self.end_header(segment)
        self.close_levels(0)

    def end_header(self, segment: int) -> None:
        """The first level or claim begins: yield the submission."""
        if not self.is_header:
            return
        self.is_header = False
        context, root = self.context, self.header.root
        pieces = Pieces(context)
        opening = root.first("BHT")
        elements = opening.elements if opening else []
        number = opening.number if opening else segment
        roles = {element_of(loop.segments[0].elements, 1): loop for loop in root.inner}
        submitter, receiver = roles.get("41"), roles.get("40")
        self.batch_reference = element_of(elements, 3)
        created = context.date(elements, 4, number)
        context.out.append(
            Submission(
                kind=context.start.kind,
                purpose=element_of(elements, 2),
                reference=self.batch_reference,
                created=created,
                claim_or_encounter=element_of(elements, 6),
                submitter=pieces.name(submitter.segments[0]) if submitter else None,
                submitter_contacts=pieces.contacts(submitter) if submitter else (),
                receiver=pieces.name(receiver.segments[0]) if receiver else None,
                segment=number,
                segments=tuple(self.header_segments),
                version=context.start.version,
                component=context.component,
                repetition=context.repetition,
                created_at=hour(element_of(elements, 5)),
            )
        )
        if context.start.version.startswith("004"):
            context.find("837.version.4010", ["ST", "837"], context.start.segment, version=context.start.version)

    def open_level(self, elements: Elements, segment: int) -> None:
        self.close_claim()
        self.end_header(segment)
        depth = self.parent_depth(elements, segment)
        code = element_of(elements, 3)
        if code == "20" and depth:
            # Nothing stands above a billing provider: the code is wrong, the parent tells what is meant.
            code = BELOW[self.levels[depth - 1].code]
            self.context.find("837.hl.code", elements, segment, 3, taken=code)
        self.close_levels(depth)
        level = Level(element_of(elements, 1), code, segment)
        self.levels.append(level)
        self.above = None
        self.add_to_level(level, elements, segment)

    def parent_depth(self, elements: Elements, segment: int) -> int:
        """How many of the open levels stay open above a new HL."""
        parent, code = element_of(elements, 2), element_of(elements, 3)
        if not parent and code == "20":
            return 0
        for depth, level in enumerate(self.levels):
            if parent and level.id == parent and (level.code < code or code == "20"):
                return depth + 1
        if element_of(elements, 1):
            self.context.find("837.hl.parent", elements, segment, 2)
        # The parent named is not above: go by the kind of level, as 20 holds 22 and 22 holds 23.
        return next((depth for depth, level in enumerate(self.levels) if level.code >= code), len(self.levels))

    def close_levels(self, depth: int) -> None:
        for level in reversed(self.levels[depth:]):
            if not level.used:
                self.context.find("837.level.empty", list(level.segments[0]), level.segment, level=level.code)
        del self.levels[depth:]

    def add_to_level(self, level: Level, elements: Elements, segment: int) -> None:
        if len(level.segments) >= MOST_SEGMENTS:
            if not level.is_cut:
                level.is_cut = True
                self.context.find("837.limit", elements, segment, limit=MOST_SEGMENTS)
            return
        level.segments.append(tuple(elements))
        self.place(level.tree, elements, segment)

    def open_claim(self, elements: Elements, segment: int, offset: int) -> None:
        self.close_claim()
        self.end_header(segment)
        for level in self.levels:
            level.used = True
        shape = FACILITY.fullmatch(element_of(elements, 5))
        if shape and shape.group(1) not in (self.context.component, self.context.repetition):
            declared, self.context.component = self.context.component, shape.group(1)
            self.context.find("text.component", elements, segment, 5, declared=declared)
        self.claim = OpenClaim(segment, offset)

    def open_headless_claim(self, elements: Elements, segment: int, offset: int) -> None:
        """A claim without a proper CLM; what no loop knew just before it is what remains of that CLM."""
        remains = self.take_remains()
        self.open_claim([], segment, offset)
        assert self.claim is not None
        if remains:
            self.claim.segment, self.claim.start_offset = remains[0].segment, remains[0].offset
        self.claim.segments += [tuple(one.elements) for one in remains]
        self.claim.findings.append(self.context.find("837.claim.headless", elements, segment))
        self.context.out.pop()  # told behind the claim

    def open_lost_level(self, code: str, elements: Elements, segment: int) -> None:
        """A level without a proper HL; what no loop knew just before it is what remains of that HL."""
        remains = self.take_remains()
        self.open_level(["HL", "", "", code, ""], segment)
        self.levels[-1].segments += [tuple(one.elements) for one in remains]
        self.context.find("837.hl.missing", elements, segment, level=code)

    def take_remains(self) -> list[Unplaced]:
        """Take the unknown segments at the end of the open claim out of it: they belong to what begins now."""
        claim = self.claim
        if claim is None or not claim.tail:
            return []
        del claim.segments[-len(claim.tail) :]
        claim.last_segment, claim.end_offset = claim.tail[0].segment - 1, claim.tail[0].offset
        return claim.tail

    def add_to_claim(self, claim: OpenClaim, elements: Elements, segment: int, offset: int, end_offset: int) -> None:
        claim.last_segment, claim.end_offset = segment, end_offset
        if len(claim.segments) >= MOST_SEGMENTS:
            if not claim.is_cut:
                claim.is_cut = True
                self.context.find("837.limit", elements, segment, limit=MOST_SEGMENTS)
            return
        claim.segments.append(tuple(elements))
        if elements[0] == "LX":
            claim.lines += 1
            claim.last_line = element_of(elements, 1)
            claim.has_service = False
        elif elements[0] in SERVICE_SEGMENTS:
            if claim.has_service:  # of the line before: this one's LX was lost
                self.context.find("837.line.unnumbered", elements, segment)
                claim.tree.add(["LX", ""], segment)
                claim.lines += 1
            claim.has_service = True
        placed = self.place(claim.tree, elements, segment)
        if placed is not Placed.UNKNOWN:
            claim.tail.clear()
        elif len(claim.tail) < LONGEST_TAIL:
            claim.tail.append(Unplaced(elements, segment, offset))

    def place(self, tree: LoopTree, elements: Elements, segment: int) -> Placed:
        """Hang the segment in its loop; tell one without a place, out of its order, or of an unknown qualifier."""
        placed = tree.add(elements, segment)
        if placed is Placed.UNKNOWN:
            self.context.find("837.segment.unknown", elements, segment)
        elif placed is Placed.OUT_OF_ORDER:
            self.context.find("837.segment.order", elements, segment)
        if placed is not Placed.UNKNOWN and tree.at.name in QUALIFIERS:
            loop = tree.at.name
            qualifiers.check(self.context, QUALIFIERS[loop], elements, segment, f"loop {loop.rstrip('x')}")
        return placed

    def lost_level(self, elements: Elements) -> str:
        """The HL03 of a level that begins here without its HL; "" when none does."""
        segment_id = elements[0]
        if segment_id not in ("SBR", "PAT", "PRV", "NM1"):
            return ""
        is_billing = (segment_id, element_of(elements, 1)) in (("PRV", "BI"), ("NM1", "85"))
        if self.claim:
            if segment_id == "PAT":
                return "23"
            if not self.claim.lines:
                return ""  # 2320 SBR and 2330 NM1*85 are at home here
            return "22" if segment_id == "SBR" else "20" if is_billing else ""
        level = self.levels[-1] if self.levels else None
        code = level.code if level else ""
        tree = level.tree.root if level else self.header.root
        if segment_id == "SBR":
            return "" if code == "22" and not tree.first("SBR") else "22"
        if segment_id == "PAT":
            return "" if code == "23" or (code == "22" and not tree.inner) else "23"
        return "20" if is_billing and code != "20" else ""

    def is_lost_claim(self, elements: Elements) -> bool:
        """A claim begins here without its CLM."""
        segment_id = elements[0]
        if segment_id not in ONLY_IN_A_CLAIM:
            # A CLM whose beginning was damaged still has its shape, one place further when the damage is a separator.
            return segment_id not in KNOWN_SEGMENTS and any(map(FACILITY.fullmatch, elements[4:7]))
        if not self.claim:
            return True
        if segment_id == "LX":
            # Some number every line 1; only a fall back to 1 tells of another claim.
            return element_of(elements, 1) == "1" and self.claim.last_line not in ("", "1")
        return segment_id in BEFORE_THE_LINES and self.claim.lines > 0

    def close_claim(self) -> None:
        claim = self.claim
        if claim is None:
            return
        self.claim = None
        context = self.context
        told = len(context.out)
        if self.above is None:
            self.above = above_of(Pieces(context), [level.tree.root for level in self.levels])
        value = claim_of(
            context,
            claim.tree.root,
            self.above,
            Span(claim.segment, claim.last_segment, claim.start_offset, claim.end_offset),
            self.batch_reference,
            tuple(segment for level in self.levels for segment in level.segments),
            tuple(claim.segments),
        )
        self.tell_claim(value, claim)
        if claim.is_cut or context.broken:
            value = value._replace(is_damaged=True)
            context.broken = False  # it cost this claim; the next one is whole
        context.claim_count += 1
        context.damaged_claims += value.is_damaged
        context.out[told:told] = [value, *claim.findings]

    def tell_claim(self, value: SubmittedClaim, claim: OpenClaim) -> None:
        """The findings about a claim as a whole."""
        elements = list(claim.segments[0])
        number = value.patient_control_number
        if missing := missing_parties(value):
            self.context.find(
                "837.claim.party", elements, value.segment, 1, number=number, missing=", ".join(missing)
            )
        if not value.lines:
            self.context.find("837.claim.lines", elements, value.segment, 1, number=number)
            return
        lines_cents = sum(line.charge_cents for line in value.lines)
        if lines_cents != value.charge_cents and elements[0] == "CLM":
            self.context.find(
                "837.balance.lines",
                elements,
                value.segment,
                2,
                lines=f"{lines_cents / 100:.2f}",
                difference=f"{(lines_cents - value.charge_cents) / 100:.2f}",
            )


def missing_parties(claim: SubmittedClaim) -> Sequence[str]:
    parties = {
        "billing provider": claim.billing_provider,
        "subscriber": claim.subscriber,
        "payer": claim.payer,
    }
    return [role for role, party in parties.items() if party is None]
