"""Predicted against actual: of the submissions given odds of 60 %, were 60 % paid? With counts, and "too few".

The odds are those that would have been given at the time: learned from earlier outcomes only.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.beliefs import Beliefs, learn, outcome_features
from workqueues.outcomes import Outcomes
from workqueues.priors import AFTER_REFILE_FACTOR, SECOND_APPEAL_FACTOR
from workqueues.recovery import APPEAL, SECOND_APPEAL, fade, sigmoid

BANDS: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TOO_FEW: Final = 20  # outcomes in a band under which nothing is said of it


class Band(NamedTuple):
    low: float
    high: float
    outcomes: int
    predicted: float  # mean odds given
    actual: float  # share paid
    low_actual: float  # 95 % interval (Wilson)
    high_actual: float
    too_few: bool


def predicted_odds(answers: Outcomes, beliefs: Beliefs) -> NDArray[np.float64]:
    """The odds that these beliefs give to past submissions, with what was known of them then."""
    features = outcome_features(answers, beliefs.roster)
    is_appeal = answers.submission >= APPEAL
    line = np.where(is_appeal, beliefs.odds.success_line(features, 1), beliefs.odds.success_line(features, 0))
    strength = np.where(answers.strength < 0, 1, answers.strength)
    odds = sigmoid((line + beliefs.odds.strength_effects()[strength]).astype(np.float32)) * fade(features.age_days)
    odds = odds * np.where(answers.submission == SECOND_APPEAL, SECOND_APPEAL_FACTOR, 1.0)
    again = answers.is_after_refile & (answers.submission == APPEAL)
    made: NDArray[np.float64] = (odds * np.where(again, AFTER_REFILE_FACTOR, 1.0)).astype(np.float64)
    return made


def honest_calibration(outcomes: Outcomes, split_on: float, half_life_days: float = 730.0) -> tuple[Band, ...]:
    """Learn from outcomes before a day, and hold the odds against the answers after it."""
    before = outcomes.take(outcomes.happened_on < split_on)
    after = outcomes.take(outcomes.happened_on >= split_on).of("answer")
    beliefs = learn(before, split_on, half_life_days)
    return bands(predicted_odds(after, beliefs), after.paid_cents > 0)


def bands(predicted: NDArray[np.float64], paid: NDArray[np.bool_]) -> tuple[Band, ...]:
    """Calibration by tenths of the odds."""
    made = []
    for low, high in pairwise(BANDS):
        rows = (predicted >= low) & ((predicted < high) | (high == 1.0))
        count = int(rows.sum())
        mean = float(predicted[rows].mean()) if count else (low + high) / 2
        share = float(paid[rows].mean()) if count else 0.0
        least, most = wilson(share, count)
        made.append(Band(low, high, count, mean, share, least, most, count < TOO_FEW))
    return tuple(made)


def wilson(share: float, count: int) -> tuple[float, float]:
    """95 % interval of a share; the whole range when nothing was seen."""
    if not count:
        return 0.0, 1.0
    z2 = 1.96**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = 1.96 * float(np.sqrt(share * (1 - share) / count + z2 / (4 * count**2))) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)
