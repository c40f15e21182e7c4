"""A claim's segments as a draft that can be changed in place, keeping the guide's order of segments.

`Passage` is a run of segments: the claim's own head, one line, one level above. Inserting a segment puts it behind
the last of its kind, else before the first that the guide orders behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edi.x837.model import SubmittedClaim

Elements = list[str]

CLAIM_ORDER = (
    "CLM", "DTP", "CL1", "DN1", "DN2", "PWK", "CN1", "AMT", "REF", "K3", "NTE",
    "CR1", "CR2", "CR3", "CR5", "CR6", "CRC", "HI", "HCP",
)  # fmt: skip
LINE_ORDER = (
    "LX", "SV1", "SV2", "SV3", "TOO", "SV5", "PWK", "CR1", "CR3", "CRC", "DTP", "QTY", "MEA",
    "CN1", "REF", "AMT", "K3", "NTE", "PS1", "HCP",
)  # fmt: skip
PAYER_ORDER = ("SBR", "CAS", "AMT", "OI", "MIA", "MOA")
BILLING_ORDER = ("HL", "PRV", "CUR")
SUBSCRIBER_ORDER = ("HL", "SBR", "PAT")
PARTY_ORDER = ("NM1", "PRV", "N3", "N4", "DMG", "REF", "PER")
ADJUDICATION_ORDER = ("SVD", "CAS", "DTP", "AMT")

# The order of 2310 and 2420 by NM101, per kind of claim.
CLAIM_ROLES = {
    "837P": ("DN", "P3", "82", "77", "DQ", "PW", "45"),
    "837I": ("71", "72", "ZZ", "82", "77", "DN"),
    "837D": ("DN", "P3", "82", "77", "DD", "DQ"),
}
LINE_ROLES = {
    "837P": ("82", "QB", "77", "DQ", "DK", "DN", "P3", "PW", "45"),
    "837I": ("72", "ZZ", "82", "DN"),
    "837D": ("82", "DD", "DQ", "77"),
}


class Passage:
    """A run of segments that stand together, in an order."""

    def __init__(self, segments: Iterable[Sequence[str]], order: tuple[str, ...]) -> None:
        self.segments: list[Elements] = [list(segment) for segment in segments]
        self.order = order

    def find(self, segment_id: str, qualifier: str | None = None) -> Elements | None:
        """The first segment of that id whose first element is `qualifier`."""
        return next((segment for segment in self.segments if matches(segment, segment_id, qualifier)), None)

    def insert(self, segment: Sequence[str]) -> Elements:
        """Put it where the guide wants it."""
        new = trimmed(segment)
        rank = self.rank(new)
        place = len(self.segments)
        for index, other in enumerate(self.segments):
            if self.rank(other) > rank:
                place = index
                break
        same = [index for index, other in enumerate(self.segments) if other[0] == new[0]]
        self.segments.insert(same[-1] + 1 if same else place, new)
        return new

    def rank(self, segment: Elements) -> int:
        """A segment that the order does not know stays where it is: it ranks with what stands before it."""
        return self.order.index(segment[0]) if segment[0] in self.order else -1

    def remove(self, segment_id: str, qualifier: str | None = None) -> None:
        self.segments = [segment for segment in self.segments if not matches(segment, segment_id, qualifier)]

    def put(self, segment: Sequence[str]) -> None:
        """Replace the segment of the same id and first element, or insert it; with nothing to say, remove it."""
        if not any(segment[2:]):
            self.remove(segment[0], segment[1])
        elif found := self.find(segment[0], segment[1]):
            found[:] = trimmed(segment)
        else:
            self.insert(segment)


class Draft:
    """One claim put apart for editing; `segments()` and `context()` put it together again."""

    def __init__(self, claim: SubmittedClaim) -> None:
        if not claim.segments or claim.segments[0][0] != "CLM":
            raise ValueError("the claim was read without its CLM segment: it cannot be edited")
        self.kind = claim.kind
        self.component = claim.component
        head, providers, payers, lines = parts_of(claim.segments)
        self.head = Passage(head, CLAIM_ORDER)
        self.providers = split_before(providers, ("NM1",), PARTY_ORDER)
        self.payers = [Payer(part.segments) for part in split_before(payers, ("SBR",), PAYER_ORDER)]
        self.lines = [DraftLine(part.segments) for part in split_before(lines, ("LX",), LINE_ORDER)]
        self.levels = [Level(part.segments) for part in split_before(claim.context, ("HL",), BILLING_ORDER)]

    def level(self, code: str) -> Level | None:
        return next((level for level in self.levels if element(level.head.segments[0], 3) == code), None)

    def composite(self, *parts: str) -> str:
        return self.component.join(parts).rstrip(self.component)

    def segments(self) -> list[Elements]:
        joined = list(self.head.segments)
        for provider in self.providers:
            joined += provider.segments
        for payer in self.payers:
            joined += payer.segments()
        for line in self.lines:
            joined += line.segments()
        return joined

    def context(self) -> list[Elements]:
        return [segment for level in self.levels for segment in level.segments()]


class Level:
    """2000A, B or C: its own segments and its parties."""

    def __init__(self, segments: list[Elements]) -> None:
        first = next((i for i, segment in enumerate(segments) if segment[0] == "NM1"), len(segments))
        code = element(segments[0], 3) if segments else ""
        self.head = Passage(segments[:first], BILLING_ORDER if code == "20" else SUBSCRIBER_ORDER)
        self.parties = split_before(segments[first:], ("NM1",), PARTY_ORDER)

    def party(self, role: str) -> Passage | None:
        return next((party for party in self.parties if element(party.segments[0], 1) == role), None)

    def segments(self) -> list[Elements]:
        return self.head.segments + [segment for party in self.parties for segment in party.segments]


class Payer:
    """2320 with its 2330 loops."""

    def __init__(self, segments: list[Elements]) -> None:
        first = next((i for i, segment in enumerate(segments) if segment[0] == "NM1"), len(segments))
        self.head = Passage(segments[:first], PAYER_ORDER)
        self.parties = split_before(segments[first:], ("NM1",), PARTY_ORDER)

    def segments(self) -> list[Elements]:
        return self.head.segments + [segment for party in self.parties for segment in party.segments]


class DraftLine:
    """2400: its own segments, then its loops (2410 drug, 2420 providers, 2430 decisions, 2440 forms)."""

    def __init__(self, segments: Iterable[Sequence[str]]) -> None:
        self.head, *self.loops = split_before(segments, ("LX", "LIN", "NM1", "SVD", "LQ"), LINE_ORDER)

    @property
    def service(self) -> Elements | None:
        return next((segment for segment in self.head.segments if segment[0] in ("SV1", "SV2", "SV3")), None)

    def segments(self) -> list[Elements]:
        return [segment for loop in (self.head, *self.loops) for segment in loop.segments]


def parts_of(
    segments: Sequence[Sequence[str]],
) -> tuple[list[Sequence[str]], list[Sequence[str]], list[Sequence[str]], list[Sequence[str]]]:
    """The claim's head, its providers, its other payers, its lines.

    A segment of the head that was sent behind a provider is left in that provider's run: it is still written where
    it stood.
    """
    parts: tuple[list[Sequence[str]], ...] = ([], [], [], [])
    now = 0
    for segment in segments:
        if segment[0] == "LX":
            now = 3
        elif segment[0] == "SBR" and now < 3:
            now = 2
        elif segment[0] == "NM1" and now == 0:
            now = 1
        parts[now].append(segment)
    return parts[0], parts[1], parts[2], parts[3]


def split_before(
    segments: Iterable[Sequence[str]], openers: tuple[str, ...], order: tuple[str, ...]
) -> list[Passage]:
    """Passages that each begin with one of `openers`."""
    passages: list[Passage] = []
    for segment in segments:
        if segment[0] in openers or not passages:
            passages.append(Passage([], order))
        passages[-1].segments.append(list(segment))
    return passages


def put_provider(loops: list[Passage], role: str, segments: Sequence[Sequence[str]], roles: tuple[str, ...]) -> None:
    """Replace the loop of a role, add it in the guide's order, or with no segments remove it."""
    place = next((i for i, loop in enumerate(loops) if loop.find("NM1", role)), None)
    if place is not None:
        del loops[place]
    if not segments:
        return
    if place is None:
        wanted = rank_of(role, roles)
        place = next((i for i, loop in enumerate(loops) if stands_behind(loop, wanted, roles)), len(loops))
    loops.insert(place, Passage([trimmed(segment) for segment in segments], PARTY_ORDER))


def stands_behind(loop: Passage, rank: int, roles: tuple[str, ...]) -> bool:
    """A provider of a later role, or what comes behind all providers."""
    opening = loop.segments[0]
    if opening[0] == "NM1":
        return rank_of(element(opening, 1), roles) > rank
    return opening[0] in ("SVD", "LQ")


def rank_of(role: str, roles: tuple[str, ...]) -> int:
    return roles.index(role) if role in roles else len(roles)


def matches(segment: Elements, segment_id: str, qualifier: str | None) -> bool:
    return segment[0] == segment_id and (qualifier is None or element(segment, 1) == qualifier)


def element(segment: Sequence[str], index: int) -> str:
    return segment[index] if index < len(segment) else ""


def set_element(segment: Elements, index: int, value: str) -> None:
    """Set an element, filling up before it; the segment then ends with its last element that says something."""
    segment.extend([""] * (index + 1 - len(segment)))
    if segment[index] == value:
        return
    segment[index] = value
    segment[:] = trimmed(segment)


def trimmed(segment: Sequence[str]) -> Elements:
    """Without the empty elements at its end."""
    last = max((index for index, value in enumerate(segment) if value), default=0)
    return list(segment[: last + 1])
