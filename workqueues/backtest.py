"""Compare strategies on the practice's own history, as honestly as history allows.

History knows the outcome only of claims that were worked, and what was worked was chosen by the strategy of the
time. So two things are said, and a third only when it is earned:

- the overlap: how much of what a strategy would have worked has a known outcome;
- bounds: if every claim without a known outcome had brought nothing, and if all had brought what was expected of
  them, what would the strategy have collected;
- an estimate: where a share of what came was handed out by lot (strategy `random_share`), what the strategy's choice
  brings when it is worked and what that adds, with confidence intervals (`measured.py`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.measured import ByLot, TookPart, measured

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


class Backtest(NamedTuple):
    chosen: int  # claims the strategy would have worked in the time there was
    known: int  # of them, worked in fact
    overlap: float  # share of the chosen minutes with a known outcome
    low_cents: float
    high_cents: float
    by_lot: ByLot  # of the claims that came while the lot was on
    warning: str


def backtest(history: Worked, minutes: float, took_part: TookPart | None) -> Backtest:
    """What a strategy would have collected in so many minutes, worked best first.

    Of the claims that took part in the lot it chooses those that score as high as the last one it reached in history:
    they compete for the same minutes.
    """
    order = np.argsort(-history.score, kind="stable")
    order = order[history.score[order] > 0]
    within = order[np.cumsum(history.minutes[order]) <= minutes]
    known = history.was_worked[within]
    seen = float(np.nansum(np.where(known, history.collected_cents[within], 0.0)))
    unseen = float(history.expected_cents[within][~known].sum())
    spent = float(history.minutes[within].sum())
    overlap = float(history.minutes[within][known].sum()) / spent if spent else 0.0
    return Backtest(
        chosen=len(within),
        known=int(known.sum()),
        overlap=overlap,
        low_cents=seen,
        high_cents=seen + unseen,
        by_lot=measured(took_part, _floor(history, order, within)),
        warning=WARNING,
    )


def _floor(history: Worked, order: NDArray[np.int64], within: NDArray[np.int64]) -> float:
    """The score that a claim needs to be chosen: the last one's, or none where there was time for all."""
    if len(within) == len(order):
        return 0.0
    return float(history.score[within[-1]]) if len(within) else float("inf")
