"""A sum of small effects, learned with shrinkage: the one learner behind odds, minutes and lags.

A quantity is predicted as a stated prior plus one effect for each thing we know (payer, payer and category, reason
code, judgement …). Every effect starts at its prior mean and is held near it by a prior spread; evidence pulls it
away, and where there is little evidence it stays. This is a hierarchical model's most likely value, found factor by
factor with Newton steps: each sweep is a handful of `bincount`s, so a hundred thousand outcomes and thousands of
effects take well under a second, and no matrix is ever built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]

_SWEEPS_MAX: Final = 40
_SETTLED: Final = 2e-4  # largest change of any effect in a sweep that we still call moving
_STEP_MAX: Final = 1.5  # a Newton step is cut to this, so that a first step from far away cannot overshoot


class Factor(NamedTuple):
    """One thing that may matter: how many levels it has, where they start and how far they may stray."""

    name: str
    levels: int
    spread: float  # prior standard deviation of an effect
    start: float | Sequence[float] = 0.0  # prior mean, one for all or one for each level


@dataclass(frozen=True, slots=True)
class Effects:
    """What was learned: factor → effect by level, and factor → how much evidence stands behind each."""

    value: Mapping[str, Floats]
    evidence: Mapping[str, Floats] = field(default_factory=dict)

    def of(self, name: str, levels: NDArray[Any]) -> Floats:
        """The effect for each row; levels are positions."""
        effect: Floats = self.value[name][levels]
        return effect


def prior_effects(factors: Sequence[Factor]) -> Effects:
    """Effects before any evidence."""
    return Effects(
        {factor.name: _start(factor) for factor in factors},
        {factor.name: np.zeros(factor.levels) for factor in factors},
    )


def _start(factor: Factor) -> Floats:
    return np.broadcast_to(np.asarray(factor.start, np.float64), (factor.levels,)).copy()


def fit_odds(
    factors: Sequence[Factor],
    levels: Mapping[str, Levels],
    offset: Floats,
    outcome: Floats,
    weight: Floats,
    scale: Floats,
    amounts: Mapping[str, Floats] | None = None,
) -> Effects:
    """Effects on the log-odds of an outcome (1 or 0).

    probability = scale × sigmoid(offset + sum of effects [× amount]). `scale` is what age and earlier refusals leave
    of it. A factor named in `amounts` is a slope: its effect is multiplied by that amount.
    """
    made = prior_effects(factors)
    value = dict(made.value)
    line = offset + _sum(factors, levels, value, amounts)
    for _ in range(_SWEEPS_MAX):
        moved = 0.0
        for factor in factors:
            amount = (amounts or {}).get(factor.name)
            fresh = _sigmoid(line)
            paid = np.clip(scale * fresh, 1e-9, 1 - 1e-9)
            slope = weight * (outcome - paid) * (1 - fresh) / (1 - paid)
            bend = weight * paid * (1 - fresh) ** 2 / (1 - paid)
            if amount is not None:
                slope, bend = slope * amount, bend * amount**2
            step = _newton(factor, levels[factor.name], slope, bend, value[factor.name])
            value[factor.name] = value[factor.name] + step
            change = step[levels[factor.name]]
            line = line + (change if amount is None else change * amount)
            moved = max(moved, float(np.abs(step).max(initial=0.0)))
        if moved < _SETTLED:
            break
    return Effects(value, _evidence(factors, levels, weight))


def fit_log(
    factors: Sequence[Factor],
    levels: Mapping[str, Levels],
    offset: Floats,
    observed: Floats,
    weight: Floats,
    noise: float,
) -> Effects:
    """Effects on a logarithm (of minutes, of days): observed = offset + sum of effects + noise."""
    made = prior_effects(factors)
    value = dict(made.value)
    line = offset + _sum(factors, levels, value, None)
    precision = weight / noise**2
    for _ in range(_SWEEPS_MAX):
        moved = 0.0
        for factor in factors:
            step = _newton(factor, levels[factor.name], precision * (observed - line), precision, value[factor.name])
            value[factor.name] = value[factor.name] + step
            line = line + step[levels[factor.name]]
            moved = max(moved, float(np.abs(step).max(initial=0.0)))
        if moved < _SETTLED:
            break
    return Effects(value, _evidence(factors, levels, weight))


def _newton(factor: Factor, level: Levels, slope: Floats, bend: Floats, value: Floats) -> Floats:
    pull = 1.0 / factor.spread**2
    gradient = np.bincount(level, slope, factor.levels) - pull * (value - _start(factor))
    curvature = np.bincount(level, bend, factor.levels) + pull
    step: Floats = np.clip(gradient / curvature, -_STEP_MAX, _STEP_MAX)
    return step


def _sum(
    factors: Sequence[Factor],
    levels: Mapping[str, Levels],
    value: Mapping[str, Floats],
    amounts: Mapping[str, Floats] | None,
) -> Floats:
    total = np.zeros(len(levels[factors[0].name]))
    for factor in factors:
        part = value[factor.name][levels[factor.name]]
        total += part * amounts[factor.name] if amounts and factor.name in amounts else part
    return total


def _evidence(factors: Sequence[Factor], levels: Mapping[str, Levels], weight: Floats) -> dict[str, Floats]:
    return {
        factor.name: np.bincount(levels[factor.name], weight, factor.levels).astype(np.float64) for factor in factors
    }


def _sigmoid(line: Floats) -> Floats:
    made: Floats = 1.0 / (1.0 + np.exp(-np.clip(line, -30.0, 30.0)))
    return made
