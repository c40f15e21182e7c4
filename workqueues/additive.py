"""A sum of small effects, learned with shrinkage: the one learner behind odds, minutes and lags.

A quantity is predicted as a stated prior plus one effect for each thing we know (payer, payer and category, reason
code, judgement …). Every effect starts at its prior mean and is held near it by a prior spread; evidence pulls it
away, and where there is little evidence it stays. This is a hierarchical model's most likely value, found factor by
factor with Newton steps: each sweep is a handful of `bincount`s, so a hundred thousand outcomes and thousands of
effects take well under a second, and no matrix is ever built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]

_SWEEPS_MAX: Final = 12
_ROUNDS: Final = 4  # of letting the evidence widen or narrow how far effects may stray
_INFORMED: Final = 1.5  # a level counts there when evidence has added this half to what the prior says of it
_SPREAD_WEIGHT: Final = 4.0  # levels that the stated spread counts for
_SPREAD_RANGE: Final = 4.0  # a spread is never moved by more than this factor
_SETTLED: Final = 1e-3  # largest change of any effect in a sweep that we still call moving
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
    doubt: Mapping[str, Floats] = field(default_factory=dict)  # standard deviation that is left, by level

    def of(self, name: str, levels: NDArray[Any]) -> Floats:
        """The effect for each row; levels are positions."""
        effect: Floats = self.value[name][levels]
        return effect


def prior_effects(factors: Sequence[Factor]) -> Effects:
    """Effects before any evidence."""
    return Effects(
        {factor.name: _start(factor) for factor in factors},
        {factor.name: np.zeros(factor.levels) for factor in factors},
        {factor.name: np.full(factor.levels, factor.spread) for factor in factors},
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

    def bends(line: Floats) -> tuple[Floats, Floats]:
        fresh = _sigmoid(line)
        paid = np.clip(scale * fresh, 1e-9, 1 - 1e-9)
        slope = weight * (outcome - paid) * (1 - fresh) / (1 - paid)
        return slope, weight * paid * (1 - fresh) ** 2 / (1 - paid)

    return _fit(factors, levels, offset, weight, bends, amounts or {})


def fit_log(
    factors: Sequence[Factor],
    levels: Mapping[str, Levels],
    offset: Floats,
    observed: Floats,
    weight: Floats,
    noise: float,
) -> Effects:
    """Effects on a logarithm (of minutes, of days): observed = offset + sum of effects + noise."""
    precision = weight / noise**2

    def bends(line: Floats) -> tuple[Floats, Floats]:
        return precision * (observed - line), precision

    return _fit(factors, levels, offset, weight, bends, {})


def _fit(
    factors: Sequence[Factor],
    levels: Mapping[str, Levels],
    offset: Floats,
    weight: Floats,
    bends: Callable[[Floats], tuple[Floats, Floats]],
    amounts: Mapping[str, Floats],
) -> Effects:
    """Newton steps factor by factor until they settle; then let the evidence say how far effects may stray; again."""
    value = {factor.name: _start(factor) for factor in factors}
    spread = {factor.name: factor.spread for factor in factors}
    curvature: dict[str, Floats] = {}
    line = offset + _sum(factors, levels, value, amounts)
    for _ in range(_ROUNDS):
        for _ in range(_SWEEPS_MAX):
            moved = 0.0
            for factor in factors:
                name, level = factor.name, levels[factor.name]
                slope, bend = bends(line)
                if name in amounts:
                    slope, bend = slope * amounts[name], bend * amounts[name] ** 2
                pull = 1.0 / spread[name] ** 2
                curvature[name] = np.bincount(level, bend, factor.levels).astype(np.float64) + pull
                gradient = np.bincount(level, slope, factor.levels) - pull * (value[name] - _start(factor))
                step = np.clip(gradient / curvature[name], -_STEP_MAX, _STEP_MAX)
                value[name] = value[name] + step
                change = step[level]
                line = line + (change * amounts[name] if name in amounts else change)
                moved = max(moved, float(np.abs(step).max(initial=0.0)))
            if moved < _SETTLED:
                break
        spread = {factor.name: _respread(factor, value, curvature, spread[factor.name]) for factor in factors}
    seen = {f.name: np.bincount(levels[f.name], weight, f.levels).astype(np.float64) for f in factors}
    return Effects(value, seen, {name: 1 / np.sqrt(bent) for name, bent in curvature.items()})


def _respread(factor: Factor, value: Mapping[str, Floats], curvature: Mapping[str, Floats], spread: float) -> float:
    """How far this factor's effects stray, as its informed levels show; the stated spread counts as some levels."""
    informed = curvature[factor.name] * spread**2 > _INFORMED
    if int(informed.sum()) < 2:
        return spread
    strayed = (value[factor.name] - _start(factor))[informed] ** 2 + 1 / curvature[factor.name][informed]
    variance = (strayed.sum() + _SPREAD_WEIGHT * factor.spread**2) / (int(informed.sum()) + _SPREAD_WEIGHT)
    return float(np.clip(np.sqrt(variance), factor.spread / _SPREAD_RANGE, factor.spread * _SPREAD_RANGE))


def _sum(
    factors: Sequence[Factor],
    levels: Mapping[str, Levels],
    value: Mapping[str, Floats],
    amounts: Mapping[str, Floats],
) -> Floats:
    total = np.zeros(len(levels[factors[0].name]))
    for factor in factors:
        part = value[factor.name][levels[factor.name]]
        total += part * amounts[factor.name] if factor.name in amounts else part
    return total


def _sigmoid(line: Floats) -> Floats:
    made: Floats = 1.0 / (1.0 + np.exp(-np.clip(line, -30.0, 30.0)))
    return made
