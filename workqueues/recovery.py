"""The odds: what a claim is, and whether a submission of it is paid; own outcomes shrunk toward stated priors.

Three questions, each a prior plus learned effects (see additive.py):

- is there nothing to collect, and if there is something, is it a refile or an appeal? (from research)
- is a submission paid? (from answers) By step and category, payer, payer and category, reason pattern, the biller's
  judgement, balance, age, and whether it is a second try.
- does it pay with no work at all? (from research, and from claims left alone; that part is
  subtracted from what working it is worth)

An outcome counts less the older it is, and much less once a payer is seen to have changed its behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workqueues.additive import Effects, Factor, fit_odds, prior_effects
from workqueues.features import ANSWER_COUNT, CATEGORY_COUNT, Features, Roster
from workqueues.outcomes import EVENTS, Outcomes
from workqueues.priors import (
    AFTER_REFILE_FACTOR,
    ANSWER_FACTORS,
    FADE_DAYS,
    FADE_GRACE_DAYS,
    OVERTURN_EFFECTS,
    SECOND_APPEAL_FACTOR,
    STRENGTH_EFFECTS,
    Priors,
)
from workqueues.vocabulary import PAYER_ANSWERS, ROUTES

Floats = NDArray[np.float32]

REFILE, APPEAL, SECOND_APPEAL = 1, 2, 3  # positions in SUBMISSIONS
_DEAD, _IN_PROCESS, _REFILE_ROUTE = ROUTES.index("dead"), ROUTES.index("in_process"), ROUTES.index("refile")
_LEFT_ALONE: Final = EVENTS.index("left-alone")
_ANSWER_WEIGHT: Final = 25.0  # pseudo-outcomes behind the prior of "pays anyway"
DEAD_AGE_EFFECT: Final = 0.2  # log-odds of nothing to collect, per 100 days since the denial
_CHANGE_WINDOW_DAYS: Final = 45.0  # a payer's last weeks, held against what was expected of it
_SEEN_LEAST: Final = 0.35  # an early answer stands for at most three like it
_CHANGE_Z: Final = 3.0  # standard deviations that count as a change
_CHANGE_WEIGHT: Final = 0.15  # what its older outcomes still count then


@dataclass(frozen=True, slots=True)
class Odds:
    """Learned odds; look-ups are by features."""

    priors: Priors
    success: Effects
    dead: Effects
    refile: Effects
    pays_anyway: Floats  # [is_unanswered, answer]: learned factor on the prior's odds
    line: Floats  # [refile or appeal, payer, category]: log-odds of a prompt submission being paid
    dead_line: Floats  # [payer, category]
    refile_line: Floats  # [payer, category]

    def success_line(self, features: Features, step: int) -> Floats:
        """Log-odds of a prompt first submission, before the biller's judgement; step 0 refile, 1 appeal."""
        line = self.line[step, features.payer, features.category]
        line = line + self.success.value["pattern"].astype(np.float32)[features.pattern]
        line += self.success.value["overturn"].astype(np.float32)[features.overturn]
        line += np.float32(self.success.value["size"][0]) * features.size
        ageing = self.success.value["age"][0] + self.success.value["age and category"]
        line += ageing.astype(np.float32)[features.category] * aged_years(features.age_days)
        made: Floats = line
        return made

    def strength_effects(self) -> Floats:
        return self.success.value["strength"].astype(np.float32)

    def second_appeal_factor(self) -> float:
        return float(SECOND_APPEAL_FACTOR * np.exp(self.success.value["turn"][2]))

    def after_refile_factor(self) -> float:
        return float(AFTER_REFILE_FACTOR * np.exp(self.success.value["turn"][1]))

    def routes(
        self, features: Features, waited_days: Floats, fade_days: float
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Chances that an unresearched claim pays anyway, is dead, wants a refile, wants an appeal. They sum to 1."""
        prior = self.priors.pays_anyway[features.category]
        odds = prior / (1 - prior) * self.pays_anyway[features.is_unanswered, features.answer]
        odds = odds * np.exp(-np.maximum(waited_days, 0) / np.float32(fade_days))
        anyway = odds / (1 + odds)
        line = self.dead_line[features.payer, features.category]
        line = line + np.float32(self.dead.value["age"][0]) * features.waited
        line += self.dead.value["pattern"].astype(np.float32)[features.pattern]
        alive = (1 - anyway) * (1 - sigmoid(line))
        line = self.refile_line[features.payer, features.category]
        share = sigmoid(line + self.refile.value["pattern"].astype(np.float32)[features.pattern])
        return anyway, 1 - anyway - alive, alive * share, alive * (1 - share)


def prior_odds(priors: Priors, roster: Roster, hope: float) -> Odds:
    """The odds before any outcome of our own."""
    return _assemble(
        priors,
        prior_effects(_success_factors(roster)),
        prior_effects(_route_factors(roster, DEAD_AGE_EFFECT)),
        prior_effects(_route_factors(roster, 0.0)),
        _prior_pays_anyway(),
        roster,
        hope,
    )


def learn_odds(
    priors: Priors,
    roster: Roster,
    research: Outcomes,
    answers: Outcomes,
    watched: Outcomes,
    features: dict[str, Features],
    today: float,
    half_life_days: float,
    hope: float,
    seen_chance: NDArray[np.float64],
) -> Odds:
    """The odds after our own outcomes. `features` are those of `research`, `answers` and `watched`, by those names;
    `watched` is what was found out about paying with no work, by research or by leaving the claim alone.

    `seen_chance`: chance that each answer had come by today. Refusals come sooner than payments, so among young
    submissions they are seen too often; each answer counts for those like it that are still to come.
    """
    success = _learn_success(priors, roster, answers, features["answers"], today, half_life_days, seen_chance)
    weight = _age_weight(research, today, half_life_days)
    seen = features["research"]
    known = research.route > 0
    anyway = research.route == _IN_PROCESS
    dead = _learn_route(
        priors.nothing_to_collect, roster, seen, known & ~anyway, research.route == _DEAD, weight, DEAD_AGE_EFFECT
    )
    alive = known & ~anyway & (research.route != _DEAD)
    refile = _learn_route(priors.refile_share, roster, seen, alive, research.route == _REFILE_ROUTE, weight, 0.0)
    by_itself = np.where(watched.event == _LEFT_ALONE, watched.paid_cents > 0, watched.route == _IN_PROCESS)
    watched_weight = _age_weight(watched, today, half_life_days)
    pays_anyway = _learn_pays_anyway(priors, features["watched"], by_itself, watched_weight)
    return _assemble(priors, success, dead, refile, pays_anyway, roster, hope)


def sigmoid(line: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(line, -30, 30)))).astype(np.float32)


def logit(chance: NDArray[np.floating]) -> NDArray[np.float64]:
    inside = np.clip(chance.astype(np.float64), 1e-4, 1 - 1e-4)
    made: NDArray[np.float64] = np.log(inside / (1 - inside))
    return made


def fade(age_days: Floats) -> Floats:
    """What age leaves of the odds: all of it for two months, then it falls by e in about a year."""
    made: Floats = np.exp(-np.maximum(age_days - np.float32(FADE_GRACE_DAYS), 0) / np.float32(FADE_DAYS))
    return made


def aged_years(age_days: Floats) -> Floats:
    made: Floats = np.maximum(age_days - np.float32(FADE_GRACE_DAYS), 0) / np.float32(365)
    return made


# ---- learning -------------------------------------------------------------------------------------------------


def _success_factors(roster: Roster) -> list[Factor]:
    cells = roster.payer_count * CATEGORY_COUNT
    return [
        Factor("step and category", 2 * CATEGORY_COUNT, 0.45),
        Factor("payer", roster.payer_count, 0.35),
        Factor("payer and category", cells, 0.40),
        Factor("pattern", roster.pattern_count, 0.30),
        Factor("strength", 3, 0.25, STRENGTH_EFFECTS),
        Factor("overturn", len(OVERTURN_EFFECTS), 0.30, OVERTURN_EFFECTS),
        Factor("turn", 3, 0.20),  # first, appeal after a refile, second appeal
        Factor("size", 1, 0.15, -0.10),  # a slope
        Factor("age", 1, 0.30),  # a slope, in years
        Factor("age and category", CATEGORY_COUNT, 0.40),  # slopes: some trouble keeps longer than other
    ]


def _route_factors(roster: Roster, age_effect: float) -> list[Factor]:
    return [
        Factor("category", CATEGORY_COUNT, 0.50),
        Factor("payer", roster.payer_count, 0.35),
        Factor("payer and category", roster.payer_count * CATEGORY_COUNT, 0.35),
        Factor("age", 1, 0.15, age_effect),  # a slope: the longer since the denial, the more has died
        Factor("pattern", roster.pattern_count, 0.15),
    ]


def _cell(features: Features) -> NDArray[np.int64]:
    return features.payer * CATEGORY_COUNT + features.category


def _learn_success(
    priors: Priors,
    roster: Roster,
    answers: Outcomes,
    features: Features,
    today: float,
    half_life_days: float,
    seen_chance: NDArray[np.float64],
) -> Effects:
    factors = _success_factors(roster)
    if not len(answers):
        return prior_effects(factors)
    is_appeal = (answers.submission >= APPEAL).astype(np.int64)
    second, after = answers.submission == SECOND_APPEAL, answers.is_after_refile & (answers.submission == APPEAL)
    levels = {
        "step and category": is_appeal * CATEGORY_COUNT + features.category,
        "payer": features.payer,
        "payer and category": _cell(features),
        "pattern": features.pattern,
        "strength": np.where(answers.strength < 0, 1, answers.strength).astype(np.int64),
        "overturn": features.overturn.astype(np.int64),
        "turn": np.where(second, 2, np.where(after, 1, 0)).astype(np.int64),
        "size": np.zeros(len(answers), np.int64),
        "age": np.zeros(len(answers), np.int64),
        "age and category": features.category.astype(np.int64),
    }
    amounts = {
        "size": features.size.astype(np.float64),
        "age": aged_years(features.age_days).astype(np.float64),
        "age and category": aged_years(features.age_days).astype(np.float64),
    }
    prior = np.where(is_appeal, priors.appeal_odds[features.category], priors.refile_odds[features.category])
    offset = logit(prior)
    scale = fade(features.age_days).astype(np.float64)
    scale *= np.where(second, SECOND_APPEAL_FACTOR, np.where(after, AFTER_REFILE_FACTOR, 1.0))
    paid = (answers.paid_cents > 0).astype(np.float64)
    weight = _age_weight(answers, today, half_life_days) / np.maximum(seen_chance, _SEEN_LEAST)
    found = fit_odds(factors, levels, offset, paid, weight, scale, amounts)
    changed = _changed_payers(factors, found, levels, offset, paid, scale, amounts, answers.happened_on, today)
    if changed.any():
        older = today - answers.happened_on > _CHANGE_WINDOW_DAYS
        weight = np.where(older & changed[features.payer], weight * _CHANGE_WEIGHT, weight)
        found = fit_odds(factors, levels, offset, paid, weight, scale, amounts)
    return found


def _changed_payers(
    factors: list[Factor],
    found: Effects,
    levels: dict[str, NDArray[np.int64]],
    offset: NDArray[np.float64],
    paid: NDArray[np.float64],
    scale: NDArray[np.float64],
    amounts: dict[str, NDArray[np.float64]],
    happened_on: Floats,
    today: float,
) -> NDArray[np.bool_]:
    """Payers whose last weeks are too far from what was expected of them to be luck."""
    line = offset.copy()
    for factor in factors:
        part = found.value[factor.name][levels[factor.name]]
        line += part * amounts[factor.name] if factor.name in amounts else part
    expected = np.clip(scale / (1 + np.exp(-line)), 1e-6, 1 - 1e-6)
    recent = (today - happened_on <= _CHANGE_WINDOW_DAYS).astype(np.float64)
    count = len(found.value["payer"])
    surprise = np.bincount(levels["payer"], recent * (paid - expected), count)
    spread = np.sqrt(np.bincount(levels["payer"], recent * expected * (1 - expected), count))
    changed: NDArray[np.bool_] = np.abs(surprise) > _CHANGE_Z * np.maximum(spread, 1.0)
    return changed


def _learn_route(
    prior: Floats,
    roster: Roster,
    features: Features,
    rows: NDArray[np.bool_],
    outcome: NDArray[np.bool_],
    weight: NDArray[np.float64],
    age_effect: float,
) -> Effects:
    factors = _route_factors(roster, age_effect)
    if not rows.any():
        return prior_effects(factors)
    count = int(rows.sum())
    levels = {
        "category": features.category[rows].astype(np.int64),
        "payer": features.payer[rows],
        "payer and category": _cell(features)[rows],
        "age": np.zeros(count, np.int64),
        "pattern": features.pattern[rows],
    }
    amounts = {"age": features.waited[rows].astype(np.float64)}
    offset = logit(prior[features.category[rows]])
    answer = outcome[rows].astype(np.float64)
    return fit_odds(factors, levels, offset, answer, weight[rows], np.ones(count), amounts)


def _prior_pays_anyway() -> Floats:
    factors = np.array([ANSWER_FACTORS.get(answer, 1.0) for answer in PAYER_ANSWERS], np.float32)
    return np.stack([factors, factors])


def _learn_pays_anyway(
    priors: Priors,
    features: Features,
    anyway: NDArray[np.bool_],
    weight: NDArray[np.float64],
) -> Floats:
    """How often a claim paid by itself, or was found in process, against the prior, by what the payer last said."""
    factors = _prior_pays_anyway()
    if not len(anyway):
        return factors
    prior = priors.pays_anyway[features.category]
    odds = prior / (1 - prior) * factors[features.is_unanswered, features.answer]
    expected = odds / (1 + odds)
    cell = features.is_unanswered.astype(np.int64) * ANSWER_COUNT + features.answer
    size = 2 * ANSWER_COUNT
    count = np.bincount(cell, weight, size)
    seen, awaited = np.bincount(cell, weight * anyway, size), np.bincount(cell, weight * expected, size)
    mean = np.where(count > 0, awaited / np.maximum(count, 1e-9), 0.1)
    shrunk = (mean * _ANSWER_WEIGHT + seen) / (_ANSWER_WEIGHT + count)
    ratio = (shrunk / (1 - np.minimum(shrunk, 0.98))) / (mean / (1 - np.minimum(mean, 0.98)))
    made: Floats = (factors * ratio.reshape(2, ANSWER_COUNT)).astype(np.float32)
    return made


def _age_weight(outcomes: Outcomes, today: float, half_life_days: float) -> NDArray[np.float64]:
    made: NDArray[np.float64] = 0.5 ** (
        np.maximum(today - outcomes.happened_on.astype(np.float64), 0) / half_life_days
    )
    return made


def _assemble(
    priors: Priors, success: Effects, dead: Effects, refile: Effects, pays_anyway: Floats, roster: Roster, hope: float
) -> Odds:
    """Effects that depend on payer and category only are summed once into small tables."""
    shape = (roster.payer_count, CATEGORY_COUNT)
    step = success.value["step and category"].reshape(2, 1, CATEGORY_COUNT)
    base = np.stack([logit(priors.refile_odds), logit(priors.appeal_odds)])[:, None, :]
    line = base + step + success.value["payer"][None, :, None]
    line = line + success.value["payer and category"].reshape(1, *shape)
    line = line + hope * _doubt(success, "step and category", shape, steps=2)

    def table(prior: Floats, effects: Effects, hoped: float) -> Floats:
        made = logit(prior)[None, :] + effects.value["category"][None, :] + effects.value["payer"][:, None]
        made = made + effects.value["payer and category"].reshape(shape)
        whole: Floats = (made - hoped * _doubt(effects, "category", shape, steps=1)[0]).astype(np.float32)
        return whole

    return Odds(
        priors,
        success,
        dead,
        refile,
        pays_anyway,
        line.astype(np.float32),
        table(priors.nothing_to_collect, dead, hope),
        table(priors.refile_share, refile, 0.0),
    )


def _doubt(effects: Effects, category: str, shape: tuple[int, int], *, steps: int) -> NDArray[np.float64]:
    """Standard deviation left in the log-odds of each step, payer and category."""
    doubt = effects.doubt
    square = doubt[category].reshape(steps, 1, shape[1]) ** 2 + doubt["payer"][None, :, None] ** 2
    made: NDArray[np.float64] = np.sqrt(square + doubt["payer and category"].reshape(1, *shape) ** 2)
    return made
