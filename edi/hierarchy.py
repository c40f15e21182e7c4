"""What the readers of the claim status transactions (276, 277) share: levels, their parties, and the open claim.

A claim is handed on when the next segment does not belong to it any more, and the findings about it right behind
it. A party (NM1) that cannot stand in the present level shows that an HL is missing or wrong; the level is then put
where the party belongs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic

from edi import qualifiers
from edi.context import Context, Elements, element_of
from edi.levels import DEPENDENT, PATIENT, ROLE_RANKS, AnyLevel, LevelTree
from edi.part_readers import demographics, name
from edi.status_qualifiers import LEVEL_LOOP, LEVEL_NAMES

Handler = Callable[[Elements, int, int], None]  # elements, segment, byte offset


class HierarchyReader(ABC, Generic[AnyLevel]):
    """Feeds segments to handlers by segment id; subclasses know what a claim holds."""

    def __init__(self, context: Context, make_level: Callable[..., AnyLevel]) -> None:
        self.context = context
        self.levels: LevelTree[AnyLevel] = LevelTree(context, make_level)
        self.level: AnyLevel | None = None
        self.held: list[object] = []  # findings of the open claim, handed on behind it
        self.mark = 0  # where in context.out the findings of the present segment begin
        self.last_segment = self.end_offset = 0
        self.handlers: dict[str, Handler] = {
            "HL": self.on_level,
            "NM1": self.on_name,
            "DMG": self.on_demographics,
        }

    @property
    @abstractmethod
    def in_claim(self) -> bool:
        """A claim is open."""

    @abstractmethod
    def close(self) -> None:
        """The present level's own segments end: hand on what is open."""

    def entered(self, level: AnyLevel) -> None:
        """A level begins."""
        self.level = level

    def feed(self, elements: Elements, segment: int, offset: int, end_offset: int) -> None:
        out = self.context.out
        self.mark = len(out)
        handler = self.handlers.get(elements[0])
        if handler is None:
            self.unexpected(elements, segment)
        else:
            handler(elements, segment, offset)
        if self.in_claim:
            self.held.extend(out[self.mark :])
            del out[self.mark :]
        self.last_segment, self.end_offset = segment, end_offset

    def hand_on(self, claim: object) -> None:
        """A finished claim, then what was found in it; findings of the present segment come after both."""
        out = self.context.out
        out[self.mark : self.mark] = [claim, *self.held]
        self.mark += 1 + len(self.held)
        self.held.clear()

    def unexpected(self, elements: Elements, segment: int) -> None:
        self.context.find("segment.unexpected", elements, segment)

    def on_level(self, elements: Elements, segment: int, offset: int) -> None:
        self.close()
        self.entered(self.levels.open(elements, segment, offset))

    def on_name(self, elements: Elements, segment: int, offset: int) -> None:
        role = element_of(elements, 1)
        rank = self.rank_of(role)
        level = self.level
        if level is not None and not self.in_claim and level.name is None:
            if rank is not None and rank != level.rank and not (level.rank == PATIENT and rank == DEPENDENT):
                self.levels.correct(level, rank, elements, segment)
                self.entered(level)
        elif rank is None or (level is not None and rank == level.rank and not self.in_claim):
            self.unexpected(elements, segment)
            return
        else:
            self.close()
            level = self.levels.implied(rank, elements, segment, offset)
            if role == "QC" and rank == PATIENT:
                level.code = "PT"
            self.entered(level)
        qualifiers.check(self.context, LEVEL_NAMES, elements, segment, LEVEL_LOOP)
        level.name = name(elements, segment)

    def rank_of(self, role: str) -> int | None:
        """The rank of the level that a party stands in; a patient is a dependent below a subscriber."""
        if role != "QC":
            return ROLE_RANKS.get(role)
        level = self.level
        if level is None:
            return PATIENT
        has_subscriber = level.rank == PATIENT and level.code != "PT" and level.name is not None
        return DEPENDENT if level.rank == DEPENDENT or (has_subscriber and not self.in_claim) else PATIENT

    def on_demographics(self, elements: Elements, segment: int, offset: int) -> None:
        if self.level is None or self.in_claim:
            self.unexpected(elements, segment)
            return
        self.level.demographics = demographics(self.context, elements, segment)

    def patient_level(self, elements: Elements, segment: int, offset: int) -> AnyLevel:
        """The level that a claim stands in; a claim before any HL makes one."""
        if self.level is None:
            self.level = self.levels.implied(PATIENT, elements, segment, offset)
        return self.level
