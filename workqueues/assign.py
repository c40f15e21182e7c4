"""The day, split over people: by minutes, skill and who knows which payer, so that nobody's claims starve.

Claims are dealt best first, each to the person to whom it is worth most: whoever knows the payer is quicker, only
some may write clinical appeals, and whoever has less of the day's value so far goes first among equals. What is left
over is said out loud: the dollars that wait, what the next hour would bring, what dies if somebody is out.
"""

from __future__ import annotations

import math
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


def split_day(
    facts: Facts,
    decisions: Decisions,
    people: Sequence[Person],
    *,
    guarded: frozenset[str] = frozenset({"clinical"}),
) -> Plan:
    """Deal today's workable claims out. `guarded` queues need the skill of their name."""
    left = [person.minutes for person in people]
    load = [0.0] * len(people)
    is_skilled = [not guarded.isdisjoint(person.skills) for person in people]
    pieces: list[list[Piece]] = [[] for _ in people]
    undealt: list[int] = []
    undealt_cents = 0.0
    unskilled: dict[str, int] = {}
    claims = _best_first(facts, decisions)
    shortest = min((claim.minutes for claim in claims), default=0.0) * FAMILIAR_FACTOR
    allowed: dict[tuple[str, int], list[int]] = {}
    for claim in claims:
        place = claim.queue, claim.practice_id
        if place not in allowed:
            allowed[place] = [at for at, person in enumerate(people) if _may(person, *place, guarded)]
        if people and not allowed[place]:
            unskilled[claim.queue] = unskilled.get(claim.queue, 0) + 1
            continue
        chosen, least = -1, (True, math.inf, math.inf)
        for at in allowed[place]:
            if left[at] < shortest:
                continue  # whose day is full
            minutes = _minutes_for(people[at], claim)
            # Who takes it: a rare skill is kept for what needs it; then the quicker; then who has less so far.
            cost = is_skilled[at], minutes, load[at]
            if left[at] >= minutes and (chosen < 0 or cost < least):
                chosen, least = at, cost
        if chosen < 0:
            undealt.append(claim.claim_id)
            undealt_cents += claim.expected_cents
            continue
        left[chosen] -= least[1]
        load[chosen] += claim.expected_cents
        pieces[chosen].append(Piece(claim.claim_id, claim.queue, least[1], claim.expected_cents, claim.score))
    days = tuple(Day(person, tuple(dealt)) for person, dealt in zip(people, pieces, strict=True))
    return Plan(days, tuple(undealt), undealt_cents, unskilled, _next_hour(decisions, undealt))


def what_dies(
    facts: Facts,
    decisions: Decisions,
    people: Sequence[Person],
    absent: str,
    today: date,
    plan: Plan,
    *,
    guarded: frozenset[str] = frozenset({"clinical"}),
) -> tuple[tuple[int, float], ...]:
    """Claims due within the week that the plan gives somebody, and that nobody takes if this person is out.

    Theirs that nobody else has time or skill for, and what theirs push out of another's day; with the dollars.
    """
    if not plan.day_of(absent).pieces:
        return ()  # who is dealt nothing is missed by nobody
    others = [replace(person, minutes=0.0) if person.name == absent else person for person in people]
    without = split_day(facts, decisions, others, guarded=guarded)
    kept = {piece.claim_id for day in without.days for piece in day.pieces}
    lost = [piece for day in plan.days for piece in day.pieces if piece.claim_id not in kept]
    rows = {int(claim): row for row, claim in enumerate(decisions.claim_id)}
    first = day_number(today)
    due = {piece.claim_id: float(decisions.deadline_on[rows[piece.claim_id]]) for piece in lost}
    return tuple(
        (piece.claim_id, piece.expected_cents)
        for piece in lost
        if first <= due[piece.claim_id] <= first + SOON_DAYS  # what has passed is dead already
    )


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


def _minutes_for(person: Person, claim: _Claim) -> float:
    return claim.minutes * (FAMILIAR_FACTOR if claim.payer_id in person.payers else 1.0)


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
