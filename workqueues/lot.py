"""The lot: a share of what comes in is handed out by chance, so that a strategy can be measured honestly.

A claim is drawn once and not anew each day. It takes part from the day it was denied (or, where the payer stays
silent, from its first bill), and the chance that was noted for that day decides with a number that is the claim's
own: no clock, no run and no person can move it. So the chance of every claim, drawn or not, is known for good,
however long it stays open, whether a nightly run fell out, and whatever else put it first. `measured.py` weighs what
came of it; docs/ranking.md says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.facts import Facts, Flags
from workqueues.vocabulary import STATUSES

Floats = NDArray[np.float64]

STANDS_DAYS: Final = 60  # so long after it came a drawn claim stands where it is reached today, if it is workable
CHANCE_MOST: Final = 0.5  # half of what comes keeps its usual course: there must be something to compare with
MOVED: Final = 0.1  # a chance that moves by less than a tenth is not noted anew
OF_LATE_DAYS: Final = 28  # what has come in so many days says how much comes in a day
SILENT_OF_LATE_DAYS: Final = 63  # ... of silence, counted from the bill: five weeks until it is one
_WORKING: Final = 5.0 / 7.0
_NO_ANSWER: Final = STATUSES.index("no_answer")


class Drawing(NamedTuple):
    """From a day on, what comes is drawn with this chance."""

    from_day: float  # day number
    chance: float  # 0: the lot is off
    began: float  # the day since which it is on without a break; another lot draws other claims


@dataclass(frozen=True, slots=True)
class Lot:
    """Every drawing that was ever noted, oldest first."""

    drawings: tuple[Drawing, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.drawings)

    @property
    def chance_now(self) -> float:
        """For what comes next."""
        return self.drawings[-1].chance if self.drawings else 0.0

    @property
    def began(self) -> float | None:
        """The first day of the newest lot, also when it is off by now."""
        return self.drawings[-1].began if self.drawings else None

    def was_on_since(self, day: float) -> bool:
        """Whether anything could be drawn that came on that day or later."""
        ends = [*(each.from_day for each in self.drawings[1:]), float("inf")]
        return any(each.chance > 0 and end > day for each, end in zip(self.drawings, ends, strict=False))

    def chance_on(self, entered_on: NDArray[np.floating]) -> Floats:
        """The chance of what came on these days; 0 where there was no lot, or the day is not known."""
        return self._noted(entered_on)[0]

    def is_drawn(self, claim_id: NDArray[np.int64], entered_on: NDArray[np.floating]) -> Flags:
        """Whether the lot has picked these claims, which came on these days."""
        chance, began = self._noted(entered_on)
        made: Flags = own_number(claim_id, began) < chance
        return made

    def after(self, chance: float, today: float) -> Drawing | None:
        """What a run that found this chance has to note; it holds from the next day on. None: nothing to note."""
        now, chance = self.chance_now, min(chance, CHANCE_MOST)
        if chance == now or (now and chance and abs(chance - now) <= MOVED * now):
            return None
        began = self.drawings[-1].began if now else today + 1
        return Drawing(today + 1, chance, began)

    def noting(self, drawing: Drawing | None) -> Lot:
        """With one more drawing; of two that hold from the same day the later counts."""
        if drawing is None:
            return self
        return Lot((*(each for each in self.drawings if each.from_day < drawing.from_day), drawing))

    def _noted(self, entered_on: NDArray[np.floating]) -> tuple[Floats, Floats]:
        """Chance and beginning of the lot for each day."""
        starts = np.array([each.from_day for each in self.drawings], np.float64)
        chance = np.array([0.0, *(each.chance for each in self.drawings)], np.float64)
        began = np.array([0.0, *(each.began for each in self.drawings)], np.float64)
        days = np.nan_to_num(entered_on.astype(np.float64), nan=-np.inf)
        place = np.searchsorted(starts, days, side="right")
        return chance[place], began[place]


NO_LOT: Final = Lot()


def lot_of(drawings: Sequence[Drawing]) -> Lot:
    return Lot(tuple(sorted(drawings)))


def own_number(claim_id: NDArray[np.int64], began: Floats) -> Floats:
    """A number in [0, 1) for each claim in each lot, the same whenever it is asked for (splitmix64's last steps)."""
    seed = began.astype(np.int64).astype(np.uint64) * np.uint64(0x632BE59BD9B4E019)
    mixed = claim_id.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + seed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    made: Floats = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return made


def entered_on(facts: Facts) -> NDArray[np.float32]:
    """The day that decides over the draw: of the denial, or, while the payer is silent, of the first bill. NaN: a
    claim that is neither takes no part."""
    silent = np.where(facts.status == _NO_ANSWER, facts.first_billed_on, np.float32(np.nan))
    made: NDArray[np.float32] = np.where(np.isnan(facts.denied_on), silent, facts.denied_on)
    return made


def stands(lot: Lot, facts: Facts, today: float) -> Flags:
    """Drawn, and not so long ago that its turn is over."""
    entered = entered_on(facts)
    made: Flags = lot.is_drawn(facts.claim_id, entered) & (entered >= today - STANDS_DAYS)
    return made


def came_of_late(facts: Facts, today: float) -> int:
    """How many claims that may take part came in the last weeks, whatever has been done with them since."""
    denied = facts.denied_on > today - OF_LATE_DAYS
    silent = (facts.status == _NO_ANSWER) & np.isnan(facts.denied_on)
    return int((denied | (silent & (facts.first_billed_on > today - SILENT_OF_LATE_DAYS))).sum())


def chance_for(minutes_a_day: float, came: float, minutes_each: float) -> float:
    """The chance with which the claims drawn fill so many minutes a working day."""
    coming = came / (OF_LATE_DAYS * _WORKING) * minutes_each
    return min(CHANCE_MOST, minutes_a_day / coming) if coming > 0 else 0.0
