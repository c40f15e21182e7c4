"""Everything that is believed about claims: odds, minutes, lags; the shipped priors until there are outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from workqueues.effort import Effort, answered_chance, learn_effort, prior_effort
from workqueues.facts import day_number
from workqueues.features import NO_ANSWER, Features, Roster, balance_size, pattern_number, place, waited
from workqueues.outcomes import Outcomes
from workqueues.priors import Priors, standard_priors
from workqueues.recovery import Odds, learn_odds, prior_odds
from workqueues.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Beliefs:
    roster: Roster
    priors: Priors
    odds: Odds
    effort: Effort
    outcome_count: int  # events learned from; 0: the shipped priors


def prior_beliefs(priors: Priors | None = None, hope: float = 0.0) -> Beliefs:
    """What is believed on the first day."""
    chosen = priors or standard_priors()
    roster = Roster(np.zeros(0, np.int32), np.zeros(0, np.int64))
    return Beliefs(roster, chosen, prior_odds(chosen, roster, hope), prior_effort(chosen, roster), 0)


def learn(
    outcomes: Outcomes, today: float, half_life_days: float = 365.0, priors: Priors | None = None, hope: float = 0.0
) -> Beliefs:
    """What is believed after these outcomes. Takes well under a second for a hundred thousand of them."""
    chosen = priors or standard_priors()
    if not len(outcomes):
        return prior_beliefs(chosen, hope)
    roster = Roster(np.unique(outcomes.payer_id), np.unique(pattern_number(outcomes.carc, outcomes.remark)))
    research, answers = outcomes.of("research"), outcomes.of("answer")
    watched = Outcomes.join([research.take(research.route > 0), outcomes.of("left-alone")])
    seen = {
        "research": outcome_features(research, roster),
        "answers": outcome_features(answers, roster),
        "watched": outcome_features(watched, roster),
    }
    effort = learn_effort(chosen, roster, outcomes, outcome_features(outcomes, roster))
    due = answered_chance(effort, answers, seen["answers"], today)
    odds = learn_odds(chosen, roster, research, answers, watched, seen, today, half_life_days, hope, due)
    return Beliefs(roster, chosen, odds, effort, len(outcomes))


def beliefs_for(strategy: Strategy, outcomes: Outcomes, today: date, priors: Priors | None = None) -> Beliefs:
    """What is believed tonight under a strategy: its half-life, its benefit of the doubt, or no learning at all."""
    if not strategy.learn:
        return prior_beliefs(priors, strategy.benefit_of_doubt)
    return learn(outcomes, day_number(today), strategy.half_life_days, priors, strategy.benefit_of_doubt)


def outcome_features(outcomes: Outcomes, roster: Roster) -> Features:
    """Features of past events, the same as `features_of` makes of open claims."""
    size: NDArray[np.float32] = balance_size(outcomes.billed_cents, outcomes.billed_cents)
    return Features(
        place(roster.payers, outcomes.payer_id),
        outcomes.category,
        place(roster.patterns, pattern_number(outcomes.carc, outcomes.remark)),
        (outcomes.claim_kind == 2).astype(np.int8),
        outcomes.payer_answer,
        (outcomes.category == NO_ANSWER).astype(np.int8),
        outcomes.overturn,
        waited(outcomes.days_since_denial),
        size,
        outcomes.age_days,
    )
