"""Minutes a step takes and days an answer takes, learned from timed touches and answers, shrunk toward priors.

Minutes: the step's prior by category, times factors for step and category, payer, and facility claims. Days to an
answer: by kind of submission and payer, with refusals told apart because they come sooner. Lost submissions: the
share by payer, from what checks found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workqueues.additive import Effects, Factor, fit_log, prior_effects
from workqueues.features import CATEGORY_COUNT, Features, Roster
from workqueues.outcomes import Outcomes
from workqueues.priors import (
    CHECK_MINUTES,
    FACILITY_MINUTES_FACTOR,
    LAG_DAYS,
    LOST_SHARE,
    PAID_SHARE,
    RESEND_MINUTES,
    Priors,
)

Floats = NDArray[np.float32]

RESEARCH, REFILE, APPEAL, CHECK = 0, 1, 2, 3  # steps that take minutes
SECOND_APPEAL_MINUTES: Final = 0.6  # of a first appeal's: the packet exists
LAG_NOISE: Final = 0.5  # spread of the logarithm of days to an answer
_MINUTES_NOISE: Final = 0.6  # spread of the logarithm of minutes of one touch
_LOST_WEIGHT: Final = 2.0  # expected losses behind the prior
_MINUTES_RATIO_MAX: Final = 6.0  # a touch that took longer was an interrupted one


@dataclass(frozen=True, slots=True)
class Effort:
    """Learned minutes, lags, losses and the paid share; look-ups are by features."""

    minutes_effects: Effects
    minutes_table: Floats  # [step, payer, category], professional claims
    facility_factor: float
    lag_effects: Effects
    lag_days: Floats  # [submission - 1, payer]: median days to a payment
    refusal_lag_factor: float  # refusals come after this share of those days
    lost_share: Floats  # [payer]
    paid_share: Floats  # [payer]: paid ÷ expected allowed, of what is paid

    def minutes(self, features: Features, step: int) -> Floats:
        made: Floats = self.minutes_table[step, features.payer, features.category] * np.where(
            features.is_facility, np.float32(self.facility_factor), np.float32(1)
        )
        return made

    def lag(self, features: Features, submission: int) -> Floats:
        """Median days to a payment; submission 1 refile, 2 appeal, 3 second appeal."""
        made: Floats = self.lag_days[submission - 1, features.payer]
        return made


def prior_effort(priors: Priors, roster: Roster) -> Effort:
    return _assemble(
        priors,
        roster,
        prior_effects(_minutes_factors(roster)),
        1.0,
        prior_effects(_lag_factors(roster)),
        np.full(roster.payer_count, LOST_SHARE, np.float32),
        np.full(roster.payer_count, PAID_SHARE, np.float32),
    )


def learn_effort(priors: Priors, roster: Roster, outcomes: Outcomes, features: Features) -> Effort:
    """Minutes, lags, losses and paid shares after our own outcomes."""
    minutes, smear = _learn_minutes(priors, roster, outcomes, features)
    lags = _learn_lags(roster, outcomes, features)
    draft = _assemble(
        priors,
        roster,
        minutes,
        smear,
        lags,
        np.full(roster.payer_count, LOST_SHARE, np.float32),
        np.ones(1, np.float32),
    )
    lost = _learn_lost(roster, outcomes, features, draft)
    return _assemble(priors, roster, minutes, smear, lags, lost, _learn_paid_share(roster, outcomes, features))


def answered_chance(effort: Effort, answers: Outcomes, features: Features, today: float) -> NDArray[np.float64]:
    """Chance that an answer like this one had come by today, from the day of its submission."""
    submitted = answers.happened_on - answers.days_pending
    median = effort.lag_days[np.maximum(answers.submission.astype(np.int64) - 1, 0), features.payer]
    median = median * np.where(answers.paid_cents > 0, np.float32(1), np.float32(effort.refusal_lag_factor))
    window = np.maximum(np.float32(today) - submitted, 1)
    made: NDArray[np.float64] = normal_cdf((np.log(window / median) / LAG_NOISE).astype(np.float32)).astype(
        np.float64
    )
    return made


def chance_lost(waited_days: Floats, median_days: Floats, lost_share: Floats) -> Floats:
    """Chance that a submission unanswered for so long was lost rather than slow."""
    late = np.log(np.maximum(waited_days, 1) / median_days) / np.float32(LAG_NOISE)
    slow = 1 - normal_cdf(late.astype(np.float32))
    made: Floats = lost_share / (lost_share + (1 - lost_share) * np.maximum(slow, np.float32(1e-6)))
    return made


def days_until_lost(chance: float, median_days: Floats, lost_share: Floats) -> Floats:
    """Days of silence after which a submission is lost with at least this chance."""
    slow = np.clip(lost_share * (1 - chance) / np.maximum((1 - lost_share) * chance, 1e-6), 1e-6, 1 - 1e-6)
    steps = np.linspace(-5, 5, 2001)
    deviations = np.interp(1 - slow, normal_cdf(steps.astype(np.float32)), steps)
    made: Floats = (median_days * np.exp(LAG_NOISE * deviations)).astype(np.float32)
    return made


def normal_cdf(deviations: Floats) -> Floats:
    """Normal distribution function, good to 1e-7 (Abramowitz and Stegun 7.1.26)."""
    distance = np.abs(deviations) / np.float32(np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * distance)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    made: Floats = (0.5 * (1 + np.sign(deviations) * (1 - series * np.exp(-distance * distance)))).astype(np.float32)
    return made


# ---- learning -------------------------------------------------------------------------------------------------


def _minutes_factors(roster: Roster) -> list[Factor]:
    return [
        Factor("step and category", 4 * CATEGORY_COUNT, 0.25),
        Factor("payer", roster.payer_count, 0.25),
        Factor("facility", 2, 0.15, (0.0, float(np.log(FACILITY_MINUTES_FACTOR)))),
    ]


def _lag_factors(roster: Roster) -> list[Factor]:
    return [
        Factor("submission", 3, 0.40),
        Factor("payer", roster.payer_count, 0.35),
        Factor("payer and submission", 3 * roster.payer_count, 0.20),
        Factor("refused", 2, 0.15, (0.0, float(np.log(0.85)))),
    ]


def _prior_minutes(priors: Priors) -> NDArray[np.float64]:
    check = np.full(CATEGORY_COUNT, CHECK_MINUTES)
    rows = [priors.research_minutes, priors.refile_minutes, priors.appeal_minutes, check]
    return np.stack(rows).astype(np.float64)


def _step_of(outcomes: Outcomes) -> NDArray[np.int64]:
    """research 0, submission 1 refile or 2 appeal, check 3, whatever takes no minutes -1."""
    submitted = np.where(outcomes.submission >= 2, APPEAL, REFILE)
    made: NDArray[np.int64] = np.choose(outcomes.event, [np.full(len(outcomes), 0), submitted, 3, -1, -1]).astype(
        np.int64
    )
    return made


def _learn_minutes(priors: Priors, roster: Roster, outcomes: Outcomes, features: Features) -> tuple[Effects, float]:
    factors = _minutes_factors(roster)
    step = _step_of(outcomes)
    rows = (step >= 0) & (outcomes.minutes > 0)
    if not rows.any():
        return prior_effects(factors), 1.0
    minutes = outcomes.minutes.astype(np.float64) - np.where(outcomes.was_lost, RESEND_MINUTES, 0.0)
    minutes /= np.where(outcomes.submission == 3, np.where(step == APPEAL, SECOND_APPEAL_MINUTES, 1.0), 1.0)
    expected = _prior_minutes(priors)[np.maximum(step, 0), features.category]
    ratio = np.clip(minutes / expected, 1 / _MINUTES_RATIO_MAX, _MINUTES_RATIO_MAX)[rows]
    levels = {
        "step and category": (step * CATEGORY_COUNT + features.category)[rows],
        "payer": features.payer[rows],
        "facility": features.is_facility[rows].astype(np.int64),
    }
    found = fit_log(factors, levels, np.zeros(len(ratio)), np.log(ratio), np.ones(len(ratio)), _MINUTES_NOISE)
    line = sum(found.value[factor.name][levels[factor.name]] for factor in factors)
    smear = (ratio.sum() + 50.0) / (np.exp(line).sum() + 50.0)  # the mean of a skewed thing lies above its middle
    return found, float(smear)


def _learn_lags(roster: Roster, outcomes: Outcomes, features: Features) -> Effects:
    factors = _lag_factors(roster)
    rows = (outcomes.event == 3) & (outcomes.days_pending > 0) & (outcomes.submission > 0)
    if not rows.any():
        return prior_effects(factors)
    kind = outcomes.submission[rows].astype(np.int64) - 1
    payer = features.payer[rows]
    levels = {
        "submission": kind,
        "payer": payer,
        "payer and submission": payer * 3 + kind,
        "refused": (outcomes.paid_cents[rows] == 0).astype(np.int64),
    }
    offset = np.log(np.array(LAG_DAYS))[kind]
    observed = np.clip(np.log(outcomes.days_pending[rows].astype(np.float64)), offset - 1.5, offset + 1.5)
    return fit_log(factors, levels, offset, observed, np.ones(len(kind)), LAG_NOISE)


def _learn_lost(roster: Roster, outcomes: Outcomes, features: Features, draft: Effort) -> Floats:
    """Share lost by payer: losses found, over losses that the prior would have expected at the same checks."""
    rows = (outcomes.event == 2) & (outcomes.submission > 0) & (outcomes.followups == 0)
    payer = features.payer[rows]
    median = draft.lag_days[outcomes.submission[rows] - 1, payer]
    share = np.full(len(payer), LOST_SHARE, np.float32)
    expected = chance_lost(outcomes.days_pending[rows], median, share).astype(np.float64)
    found = np.bincount(payer, outcomes.was_lost[rows].astype(np.float64), roster.payer_count)
    awaited = np.bincount(payer, expected, roster.payer_count)
    ratio = (found + _LOST_WEIGHT) / (awaited + _LOST_WEIGHT)
    made: Floats = np.clip(LOST_SHARE * ratio, 0.01, 0.4).astype(np.float32)
    return made


def _learn_paid_share(roster: Roster, outcomes: Outcomes, features: Features) -> Floats:
    """Paid over expected allowed, by payer, held near the prior by the weight of 20 average payments."""
    rows = (outcomes.event == 3) & (outcomes.paid_cents > 0) & (outcomes.expected_cents > 0)
    payer = features.payer[rows]
    share = np.clip(outcomes.paid_cents[rows] / np.maximum(outcomes.expected_cents[rows], 1), 0.0, 2.0)
    total = np.bincount(payer, share.astype(np.float64), roster.payer_count)
    count = np.bincount(payer, minlength=roster.payer_count)
    made: Floats = ((total + 20 * PAID_SHARE) / (count + 20)).astype(np.float32)
    return made


def _assemble(
    priors: Priors, roster: Roster, minutes: Effects, smear: float, lags: Effects, lost: Floats, paid_share: Floats
) -> Effort:
    step = np.exp(minutes.value["step and category"]).reshape(4, 1, CATEGORY_COUNT) * smear
    payer = np.exp(minutes.value["payer"])[None, :, None]
    professional = float(np.exp(minutes.value["facility"][0]))
    table = _prior_minutes(priors)[:, None, :] * step * payer * professional
    days = np.log(np.array(LAG_DAYS))[:, None] + lags.value["submission"][:, None] + lags.value["payer"][None, :]
    days = days + lags.value["payer and submission"].reshape(roster.payer_count, 3).T + lags.value["refused"][0]
    return Effort(
        minutes,
        table.astype(np.float32),
        float(np.exp(minutes.value["facility"][1])) / professional,
        lags,
        np.exp(days).astype(np.float32),
        float(np.exp(lags.value["refused"][1] - lags.value["refused"][0])),
        lost,
        paid_share,
    )
