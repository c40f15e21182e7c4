"""The day, split over people: by minutes, skill and who knows which payer, so that nobody's claims starve.

Claims are dealt best first, each to the person to whom it is worth most: whoever knows the payer is quicker, only
some may write clinical appeals, and whoever has less of the day's value so far goes first among equals. What is left
over is said out loud: the dollars that wait, what the next hour would bring, what dies if somebody is out.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from workqueues.decision import Decisions, workable
from workqueues.facts import Facts, day_number
from workqueues.queues import queue_of

FAMILIAR_FACTOR: Final = 0.85  # of the minutes, for somebody who knows the payer
CLAIMS_MAX: Final = 5_000  # dealt out at most in a day: no team works more
SOON_DAYS: Final = 7  # a deadline this near dies if its owner is out this week


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    minutes: float  # today, net; 0: out
    skills: frozenset[str] = frozenset()  # queue keys that not everybody may work, e.g. "clinical", "coding"
    payers: frozenset[int] = frozenset()  # payer ids that the person knows
    practices: frozenset[int] | None = None  # None: all; otherwise the walls hold


@dataclass(frozen=True, slots=True)
class Piece:
    """One claim in somebody's day."""

    claim_id: int
    queue: str
    minutes: float
    expected_cents: float
    score: float


@dataclass(frozen=True, slots=True)
class Day:
    person: Person
    pieces: tuple[Piece, ...]

    @property
    def minutes(self) -> float:
        return sum(piece.minutes for piece in self.pieces)

    @property
    def expected_cents(self) -> float:
        return sum(piece.expected_cents for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Plan:
    days: tuple[Day, ...]
    undealt: tuple[int, ...]  # claims worth working that nobody has time for, best first
    undealt_cents: float
    unskilled: Mapping[str, int] = field(default_factory=dict)  # queue → claims that nobody here may work
    next_hour_cents: float = 0.0  # what one more hour would bring: the price of staff time

    def day_of(self, name: str) -> Day:
        return next(day for day in self.days if day.person.name == name)


class _Claim(NamedTuple):
    """What the dealing looks at of one claim."""

    claim_id: int
    queue: str
    practice_id: int
    payer_id: int
    minutes: float
    expected_cents: float
    score: float


class _Hands:
    """Who has time for what is dealt next: found without asking everybody about every claim.

    A rare skill is kept for what needs it; then the quicker one takes it, who has less so far, who stands first.
    """

    def __init__(self, people: Sequence[Person], guarded: frozenset[str], shortest: float) -> None:
        self.shortest = shortest  # of all that is to be dealt: whoever has less left is done for the day
        self.left = [person.minutes for person in people]
        self.load = [0.0] * len(people)
        self.is_skilled = [not guarded.isdisjoint(person.skills) for person in people]
        self.knowing: dict[int, list[int]] = {}  # payer → who knows it
        for at, person in enumerate(people):
            for payer_id in person.payers:
                self.knowing.setdefault(payer_id, []).append(at)
        self.order = sorted(self._place(at) for at in range(len(people)) if self.left[at] >= shortest)

    def take(self, claim: _Claim, allowed: frozenset[int]) -> tuple[int, float] | None:
        """Who takes it and in how many minutes; None: nobody has time."""
        knowing = self.knowing.get(claim.payer_id, ())
        quick = claim.minutes * FAMILIAR_FACTOR
        found = [
            (self.is_skilled[at], quick, self.load[at], at)
            for at in knowing
            if at in allowed and self.left[at] >= max(quick, self.shortest)
        ]
        for is_skilled, load, at in self.order:
            if at in allowed and at not in knowing and self.left[at] >= claim.minutes:
                found.append((is_skilled, claim.minutes, load, at))
                break
        if not found:
            return None
        _, minutes, _, chosen = min(found)
        self._give(chosen, minutes, claim.expected_cents)
        return chosen, minutes

    def _give(self, at: int, minutes: float, expected_cents: float) -> None:
        del self.order[bisect_left(self.order, self._place(at))]
        self.left[at] -= minutes
        self.load[at] += expected_cents
        if self.left[at] >= self.shortest:
            insort(self.order, self._place(at))

    def _place(self, at: int) -> tuple[bool, float, int]:
        return self.is_skilled[at], self.load[at], at


class _Dealt(NamedTuple):
    pieces: list[list[Piece]]  # of each person
    undealt: list[_Claim]
    unskilled: dict[str, int]


def split_day(
    facts: Facts,
    decisions: Decisions,
    people: Sequence[Person],
    *,
    guarded: frozenset[str] = frozenset({"clinical"}),
) -> Plan:
    """Deal today's workable claims out. `guarded` queues need the skill of their name."""
    dealt = _deal(_best_first(facts, decisions), people, guarded)
    days = tuple(Day(person, tuple(pieces)) for person, pieces in zip(people, dealt.pieces, strict=True))
    undealt = tuple(claim.claim_id for claim in dealt.undealt)
    cents = sum((claim.expected_cents for claim in dealt.undealt), 0.0)
    return Plan(days, undealt, cents, dealt.unskilled, _next_hour(decisions, undealt))


def what_dies(
    facts: Facts,
    decisions: Decisions,
    people: Sequence[Person],
    today: date,
    plan: Plan,
    *,
    guarded: frozenset[str] = frozenset({"clinical"}),
) -> dict[str, tuple[tuple[int, float], ...]]:
    """Person → claims due within the week that the plan gives somebody, and that nobody takes if this person is out.

    Theirs that nobody else has time or skill for, and what theirs push out of another's day; with the dollars.
    """
    claims = _best_first(facts, decisions)
    last_days = dict(zip(decisions.claim_id.tolist(), decisions.deadline_on.tolist(), strict=True))
    first = day_number(today)
    due = [  # what has passed is dead already
        piece for day in plan.days for piece in day.pieces if first <= last_days[piece.claim_id] <= first + SOON_DAYS
    ]
    found: dict[str, tuple[tuple[int, float], ...]] = {}
    for absent in people:
        found[absent.name] = ()
        if not due or not plan.day_of(absent.name).pieces:
            continue  # who is dealt nothing is missed by nobody
        others = [replace(person, minutes=0.0) if person is absent else person for person in people]
        kept = {piece.claim_id for pieces in _deal(claims, others, guarded).pieces for piece in pieces}
        found[absent.name] = tuple(
            (piece.claim_id, piece.expected_cents) for piece in due if piece.claim_id not in kept
        )
    return found


def _deal(claims: Sequence[_Claim], people: Sequence[Person], guarded: frozenset[str]) -> _Dealt:
    """Best first, each to whom it is worth most."""
    shortest = min((claim.minutes for claim in claims), default=0.0) * FAMILIAR_FACTOR
    hands = _Hands(people, guarded, shortest)
    allowed: dict[tuple[str, int], frozenset[int]] = {}
    dealt = _Dealt([[] for _ in people], [], {})
    for claim in claims:
        place = claim.queue, claim.practice_id
        if place not in allowed:
            allowed[place] = frozenset(at for at, person in enumerate(people) if _may(person, *place, guarded))
        if people and not allowed[place]:
            dealt.unskilled[claim.queue] = dealt.unskilled.get(claim.queue, 0) + 1
            continue
        taken = hands.take(claim, allowed[place])
        if taken is None:
            dealt.undealt.append(claim)
            continue
        chosen, minutes = taken
        piece = Piece(claim.claim_id, claim.queue, minutes, claim.expected_cents, claim.score)
        dealt.pieces[chosen].append(piece)
    return dealt


def _may(person: Person, queue: str, practice: int, guarded: frozenset[str]) -> bool:
    if person.practices is not None and practice not in person.practices:
        return False
    return queue not in guarded or queue in person.skills


def _best_first(facts: Facts, decisions: Decisions) -> list[_Claim]:
    """As plain values: they are looked at once for every person, and once more for everybody who might be out."""
    rows = np.flatnonzero(workable(decisions))
    order = rows[np.lexsort((decisions.claim_id[rows], -decisions.order[rows]))][:CLAIMS_MAX]
    keys = {
        code: queue.key if (queue := queue_of(code)) else "" for code in np.unique(decisions.queue[order]).tolist()
    }
    columns = (
        *(decisions.claim_id, decisions.queue, facts.practice_id, facts.payer_id),
        *(decisions.minutes, decisions.expected_cents, decisions.score),
    )
    return [
        _Claim(claim_id, keys[queue], *rest)
        for claim_id, queue, *rest in zip(*(column[order].tolist() for column in columns), strict=True)
    ]


def _next_hour(decisions: Decisions, undealt: Sequence[int]) -> float:
    """Dollars of the best sixty minutes that nobody has time for; a claim that takes longer counts by its part."""
    rows = {int(claim): row for row, claim in enumerate(decisions.claim_id)}
    left, total = 60.0, 0.0
    for claim in undealt:
        minutes = float(decisions.minutes[rows[claim]])
        part = min(1.0, left / minutes)
        total += part * float(decisions.expected_cents[rows[claim]])
        left -= part * minutes
        if left <= 0:
            break
    return total
