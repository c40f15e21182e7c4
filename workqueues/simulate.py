"""A practice in a box: what would a strategy bring, on a made-up practice shaped like the real one?

The claims are the practice's own open claims; what happens to them is drawn from what is believed of them. It says
what a strategy would bring *if the beliefs are right*, which is the honest half of the answer; `backtest.py` is the
other half. Every draw is made beforehand, so that two strategies meet the same luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.beliefs import Beliefs
from workqueues.deadlines import Terms
from workqueues.decision import Decisions, rank
from workqueues.facts import Facts
from workqueues.outlook import Outlook
from workqueues.strategy import Strategy

DAYS_MAX: Final = 260  # a year of working days
_REST: Final = 0.25  # of its minutes: what a person needs to start a claim before the day is over


class SimulatedDay(NamedTuple):
    day: date
    worked: int
    minutes: float
    collected_cents: float  # incremental: what would have come by itself is not counted
    left_cents: float  # expected of what is still untouched


@dataclass(frozen=True, slots=True)
class Simulation:
    strategy: str
    days: tuple[SimulatedDay, ...]
    over_180_seen: float  # share of the over-180-day claims that were worked at least once

    @property
    def collected_cents(self) -> float:
        return sum(day.collected_cents for day in self.days)


def simulate(
    facts: Facts,
    strategy: Strategy,
    beliefs: Beliefs,
    terms: Terms,
    first_day: date,
    working_days: int,
    *,
    seed: int = 1,
) -> Simulation:
    """Work the open claims day by day under a strategy. Each claim is worked once: its whole path is one piece."""
    draws = np.random.default_rng(seed).random(len(facts))
    worked = np.zeros(len(facts), np.bool_)
    started = np.where(np.isnan(facts.first_billed_on), facts.service_on, facts.first_billed_on)
    outlook: Outlook | None = None
    days: list[SimulatedDay] = []
    today = first_day
    old: NDArray[np.bool_] | None = None
    for _ in range(min(working_days, DAYS_MAX)):
        open_rows = np.flatnonzero(~worked)
        if not len(open_rows):
            break
        ranking = rank(facts.take(open_rows), strategy, beliefs, terms, today, outlook=outlook)
        outlook = ranking.next_outlook
        if old is None:
            old = (today.toordinal() - date(1970, 1, 1).toordinal()) - started > 180
        chosen = _fill(ranking.decisions, strategy.minutes_per_day)
        rows = open_rows[chosen]
        worked[rows] = True
        days.append(_one_day(today, ranking.decisions, chosen, draws[rows]))
        today = _next_working_day(today)
    seen = float(worked[old].mean()) if old is not None and old.any() else 1.0
    return Simulation(strategy.name, tuple(days), seen)


def _fill(decisions: Decisions, minutes: float) -> NDArray[np.int64]:
    """The claims that fit into the day, best first."""
    workable = np.flatnonzero(decisions.score > 0)
    order = workable[np.lexsort((decisions.claim_id[workable], -decisions.order[workable]))]
    spent = np.cumsum(decisions.minutes[order]) - (1 - _REST) * decisions.minutes[order]
    made: NDArray[np.int64] = order[spent <= minutes]
    return made


def _one_day(day: date, decisions: Decisions, chosen: NDArray[np.int64], draws: NDArray[np.float64]) -> SimulatedDay:
    """Pay each worked claim with its odds: all of what it was worth given success, or nothing."""
    odds = np.maximum(decisions.odds[chosen].astype(np.float64), 1e-6)
    expected = decisions.expected_cents[chosen].astype(np.float64)
    collected = np.where(draws < odds, expected / odds, 0.0)
    left = float(decisions.expected_cents.sum()) - float(expected.sum())
    return SimulatedDay(day, len(chosen), float(decisions.minutes[chosen].sum()), float(collected.sum()), left)


def _next_working_day(day: date) -> date:
    later = day + timedelta(1)
    while later.weekday() >= 5:
        later += timedelta(1)
    return later
