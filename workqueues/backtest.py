"""Compare strategies on the practice's own history, as honestly as history allows.

History knows the outcome only of claims that were worked, and what was worked was chosen by the strategy of the
time. So two things are said, and a third only when it is earned:

- the overlap: how much of what a strategy would have worked has a known outcome;
- bounds: if every claim without a known outcome had brought nothing, and if all had brought what was expected of
  them, what would the strategy have collected;
- an estimate: when a share of the work was drawn by lot (strategy `random_share`), each drawn claim stands for all
  like it (inverse propensity), and the mean has a confidence interval.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

DRAWN_LEAST: Final = 30  # drawn claims under which no estimate is given

WARNING: Final = (
    "Outcomes are known only for claims that were worked. Claims that the old order never reached are counted as "
    "nothing in the low bound and at their expected value in the high one; the truth lies between."
)


class Worked(NamedTuple):
    """History as columns: what each claim would have scored, and what came of it."""

    score: NDArray[np.float64]  # under the strategy in question, on the day
    minutes: NDArray[np.float64]
    expected_cents: NDArray[np.float64]
    was_worked: NDArray[np.bool_]
    collected_cents: NDArray[np.float64]  # NaN where not worked
    draw_chance: NDArray[np.float64]  # chance with which the lot picked it that day; 0: there was no lot
    was_drawn: NDArray[np.bool_]


class Backtest(NamedTuple):
    chosen: int  # claims the strategy would have worked in the time there was
    known: int  # of them, worked in fact
    overlap: float  # share of the chosen minutes with a known outcome
    low_cents: float
    high_cents: float
    estimate_cents: float | None  # by inverse propensity; None without enough drawn claims
    estimate_interval_cents: tuple[float, float] | None
    warning: str


def backtest(history: Worked, minutes: float) -> Backtest:
    """What a strategy would have collected in so many minutes, worked best first."""
    order = np.argsort(-history.score, kind="stable")
    order = order[history.score[order] > 0]
    within = order[np.cumsum(history.minutes[order]) <= minutes]
    known = history.was_worked[within]
    seen = float(np.nansum(np.where(known, history.collected_cents[within], 0.0)))
    unseen = float(history.expected_cents[within][~known].sum())
    spent = float(history.minutes[within].sum())
    overlap = float(history.minutes[within][known].sum()) / spent if spent else 0.0
    chosen = np.zeros(len(history.score), np.bool_)
    chosen[within] = True
    estimate, interval = _by_lot(history, chosen)
    return Backtest(len(within), int(known.sum()), overlap, seen, seen + unseen, estimate, interval, WARNING)


def _by_lot(history: Worked, chosen: NDArray[np.bool_]) -> tuple[float | None, tuple[float, float] | None]:
    """Every drawn claim that the strategy would have chosen stands for 1 ÷ its chance of them."""
    drawn = history.was_drawn & (history.draw_chance > 0) & ~np.isnan(history.collected_cents)
    if int(drawn.sum()) < DRAWN_LEAST:
        return None, None
    stands_for = np.where(chosen[drawn], 1.0, 0.0) / history.draw_chance[drawn]
    weighed = stands_for * history.collected_cents[drawn]
    total = float(weighed.sum())
    spread = 1.96 * float(np.sqrt(np.sum((1 - history.draw_chance[drawn]) * weighed**2)))
    return total, (total - spread, total + spread)
