"""A practice in a box: what would a strategy bring, on a made-up practice shaped like the real one?

The claims are the practice's own open claims, and new ones that come in day by day, each like one that came lately:
payer, balance, category and codes together, as they were. What happens to them is drawn from what is believed of
them. It says what a strategy would bring *if the beliefs are right*, which is the honest half of the answer;
`backtest.py` is the other half. Every draw is made beforehand, so that two strategies meet the same luck.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.beliefs import Beliefs
from workqueues.deadlines import Terms
from workqueues.decision import Decisions, rank, workable
from workqueues.facts import Facts, day_number
from workqueues.lot import NO_LOT
from workqueues.outlook import Outlook
from workqueues.queues import OVER_AGE_DAYS, age_days
from workqueues.strategy import Strategy

DAYS_MAX: Final = 260  # a year of working days
_REST: Final = 0.25  # of its minutes: what a person needs to start a claim before the day is over


class Inflow(NamedTuple):
    """What comes in while the simulation runs."""

    like: Facts  # claims as they were on the day they arrived
    per_day: float  # new ones a working day, on average


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
    arrived: int = 0  # claims that came in meanwhile

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
    inflow: Inflow | None = None,
) -> Simulation:
    """Work the open claims day by day under a strategy. Each claim is worked once: its whole path is one piece."""
    days_ahead = _working_days(first_day, min(working_days, DAYS_MAX))
    facts, comes = _with_arrivals(facts, inflow, days_ahead, seed)
    draws = np.random.default_rng(seed).random(len(facts))
    worked = np.zeros(len(facts), np.bool_)
    outlook: Outlook | None = None
    lot = NO_LOT
    days: list[SimulatedDay] = []
    old: NDArray[np.bool_] | None = None
    for number, today in enumerate(days_ahead):
        open_rows = np.flatnonzero(~worked & (comes <= number))
        if not len(open_rows):
            if inflow is None:
                break
            continue
        ranking = rank(facts.take(open_rows), strategy, beliefs, terms, today, outlook=outlook, lot=lot)
        outlook = ranking.next_outlook
        lot = lot.noting(lot.after(outlook.lot_chance, day_number(today)))
        if old is None:
            old = (age_days(facts, day_number(first_day)) > OVER_AGE_DAYS) & (comes == 0)
        chosen = _fill(ranking.decisions, strategy.minutes_per_day)
        rows = open_rows[chosen]
        worked[rows] = True
        days.append(_one_day(today, ranking.decisions, chosen, draws[rows]))
    seen = float(worked[old].mean()) if old is not None and old.any() else 1.0
    return Simulation(strategy.name, tuple(days), seen, int((comes > 0).sum()))


_DAY_COLUMNS: Final = [
    field.name for field in fields(Facts) if field.name.endswith("_on") or field.name in ("service_through",)
]


def _with_arrivals(
    facts: Facts, inflow: Inflow | None, days: list[date], seed: int
) -> tuple[Facts, NDArray[np.int64]]:
    """The open claims and all that will come, with the number of the day each is there from (0: from the first)."""
    here = np.zeros(len(facts), np.int64)
    if inflow is None or not len(inflow.like) or inflow.per_day <= 0 or len(days) < 2:
        return facts, here
    luck = np.random.default_rng([seed, 2])
    comes = np.repeat(np.arange(1, len(days)), luck.poisson(inflow.per_day, len(days) - 1))
    made = inflow.like.take(luck.integers(len(inflow.like), size=len(comes)))
    later = np.array([day_number(day) for day in days], np.float32)[comes] - made.arrived_on
    moved = {name: getattr(made, name) + later for name in _DAY_COLUMNS}
    first_id = int(facts.claim_id.max(initial=0)) + 1
    numbered = np.arange(first_id, first_id + len(comes), dtype=np.int64)
    made = replace(made, claim_id=numbered, touches=np.zeros(len(comes), np.int16), **moved)
    return Facts.join([facts, made]), np.concatenate([here, comes])


def _fill(decisions: Decisions, minutes: float) -> NDArray[np.int64]:
    """The claims that fit into the day, best first."""
    rows = np.flatnonzero(workable(decisions))
    order = rows[np.lexsort((decisions.claim_id[rows], -decisions.order[rows]))]
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


def _working_days(first: date, count: int) -> list[date]:
    days = [first]
    while len(days) < count:
        later = days[-1] + timedelta(1)
        while later.weekday() >= 5:
            later += timedelta(1)
        days.append(later)
    return days[:count]
