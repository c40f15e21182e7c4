"""The HL tree of the claim status transactions: who asks whom about which patient.

Parents are found by HL01 and HL02, as the guide means it, not by order. Where the numbers are damaged or an HL is
missing, order and the role in NM1 put the level back, with a finding, so that one bad HL does not take the provider
away from every claim below it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Self, TypeVar

from edi.context import Context, Elements, element_of
from edi.part_readers import Demographics
from edi.parts import Name

SOURCE, RECEIVER, PROVIDER, PATIENT, DEPENDENT = range(5)  # ranks, outermost first
RANKS = {"20": SOURCE, "21": RECEIVER, "19": PROVIDER, "22": PATIENT, "PT": PATIENT, "23": DEPENDENT}  # HL03
CODES = ("20", "21", "19", "22", "23")  # the HL03 of each rank
ROLE_RANKS = {"PR": SOURCE, "AY": SOURCE, "41": RECEIVER, "85": PROVIDER, "1P": PROVIDER, "IL": PATIENT}  # NM101
MOST_LEVELS = 10_000  # of one rank remembered as possible parents; one older than that is found by order

NO_DEMOGRAPHICS = Demographics(None, "")


class Level:
    """One HL: its place in the tree and the party that it names."""

    __slots__ = ("code", "demographics", "name", "number", "offset", "parent", "rank", "segment")

    def __init__(self, number: str, code: str, rank: int, parent: Self | None, segment: int, offset: int) -> None:
        self.number = number  # HL01
        self.code = code  # HL03 as read
        self.rank = rank
        self.parent = parent
        self.segment = segment
        self.offset = offset
        self.name: Name | None = None
        self.demographics = NO_DEMOGRAPHICS

    def at(self, rank: int) -> Self | None:
        """This level or the one above it that has the rank."""
        level: Self | None = self
        while level is not None and level.rank > rank:
            level = level.parent
        return level if level is not None and level.rank == rank else None


AnyLevel = TypeVar("AnyLevel", bound=Level)


class LevelTree(Generic[AnyLevel]):
    """The levels of one transaction set that can still become parents."""

    def __init__(self, context: Context, make: Callable[..., AnyLevel]) -> None:
        self.context = context
        self.make = make
        self.by_number: list[dict[str, AnyLevel]] = [{} for _ in CODES[:DEPENDENT]]  # for each rank, by HL01
        self.latest: list[AnyLevel | None] = [None] * len(CODES)  # by rank, in the order of the file

    def open(self, elements: Elements, segment: int, offset: int) -> AnyLevel:
        """The level that an HL begins."""
        number, parent_number, code = (element_of(elements, n) for n in (1, 2, 3))
        named = self.numbered(parent_number)
        rank = RANKS.get(code)
        if rank is None:
            rank = self.guessed_rank(named)
            self.context.find("hl.level", elements, segment, 3, level=code, taken=CODES[rank])
        parent = named if named is not None and named.rank < rank else self.above(rank)
        if parent is not named:
            shown = parent.number if parent else "none"
            self.context.find("hl.parent", elements, segment, 2, parent=parent_number, taken=shown)
        elif parent is not None and parent.rank < rank - 1 and self.latest[rank - 1] is not None:
            self.context.find("hl.skipped", elements, segment, 2, parent=parent_number, missing=CODES[rank - 1])
        level = self.make(number, code, rank, parent, segment, offset)
        if number and rank < DEPENDENT and code != "PT" and element_of(elements, 4) != "0":
            self.number(level)
        self.remember(level)
        return level

    def number(self, level: AnyLevel) -> None:
        """Remember a level by its number; a number used again means the newer level."""
        for levels in self.by_number:
            levels.pop(level.number, None)
        same_rank = self.by_number[level.rank]
        same_rank[level.number] = level
        if len(same_rank) > MOST_LEVELS:
            del same_rank[next(iter(same_rank))]

    def numbered(self, number: str) -> AnyLevel | None:
        return next((levels[number] for levels in self.by_number if number in levels), None) if number else None

    def implied(self, rank: int, elements: Elements, segment: int, offset: int) -> AnyLevel:
        """A level whose HL is missing, told by the NM1 that should stand under it."""
        self.context.find("hl.missing", elements, segment, 1, role=element_of(elements, 1), taken=CODES[rank])
        level = self.make("", CODES[rank], rank, self.above(rank), segment, offset)
        self.remember(level)
        return level

    def correct(self, level: AnyLevel, rank: int, elements: Elements, segment: int) -> None:
        """The HL said one level, the NM1 under it names the party of another: believe the party."""
        self.context.find("hl.level", elements, segment, 1, level=level.code, taken=CODES[rank])
        if self.latest[level.rank] is level:
            self.latest[level.rank] = None
        level.rank = rank
        if level.parent is None or level.parent.rank >= rank:
            level.parent = self.above(rank)
        self.remember(level)

    def remember(self, level: AnyLevel) -> None:
        self.latest[level.rank] = level
        for deeper in range(level.rank + 1, len(CODES)):
            self.latest[deeper] = None

    def above(self, rank: int) -> AnyLevel | None:
        """The nearest level before this one, in file order, that can stand above the rank."""
        return next((level for level in reversed(self.latest[:rank]) if level is not None), None)

    def guessed_rank(self, parent: AnyLevel | None) -> int:
        """An unknown HL03 is one below its parent."""
        if parent is None:
            parent = self.above(DEPENDENT)
        return min(parent.rank + 1, DEPENDENT) if parent is not None else SOURCE
