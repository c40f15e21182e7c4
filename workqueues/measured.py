"""A strategy measured by lot: what came of the claims that were drawn, weighed by the chance with which they were.

Everything counts by the draw (intention to treat): a drawn claim that nobody got to counts with what it brought, and
one that was worked without being drawn belongs to the usual course. Two questions are answered for the claims that a
strategy would choose: what do they bring when handed out, and what does handing them out add to the usual course, in
which many of them are worked anyway because they rank high. Both are given twice: with the weights made to add up to
the claims there are (Hájek: steadier), and with the weights as they are (Horvitz–Thompson: unbiased to the letter).

A claim's outcome is what payers paid on it in a stated number of days from when it came. Until these days are over it
is not known, drawn or not, whatever has been paid by then; it is counted as not known and never as nothing.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DRAWN_LEAST: Final = 30  # chosen claims with a known outcome, drawn and not drawn, under which nothing is said
CONFIDENCE: Final = 0.95
HEAVY: Final = 0.2  # where one claim brought more than this of all, the intervals are too short
NO_LOT: Final = "no lot"
TOO_FEW: Final = "too few"
KNOWN: Final = "known"


class TookPart(NamedTuple):
    """The claims that came while the lot was on, as columns."""

    score: Floats  # under the strategy in question, on the day
    minutes: Floats
    chance: Floats  # with which each was drawn; above 0 and under 1
    was_drawn: Flags
    was_worked: Flags  # by anybody, in the days that count
    collected_cents: Floats  # in the days that count; NaN while they are not over


class Estimate(NamedTuple):
    cents: float
    low_cents: float  # 95 of 100 such intervals hold the truth
    high_cents: float


class Weighed(NamedTuple):
    """For all claims that the strategy would choose, together."""

    handed_out: Estimate  # what they bring when each is handed out
    usual: Estimate  # what they bring in their usual course
    added: Estimate  # the difference


WEIGHED: Final = ("Handed out", "Usual course", "Handing out adds")  # its parts, as people read them


class ByLot(NamedTuple):
    state: str  # NO_LOT, TOO_FEW, KNOWN
    took_part: int  # claims that came while the lot was on
    not_yet_known: int  # of them: the days that count are not over
    chosen: int  # with a known outcome, and the strategy would work them
    minutes: float  # that they would take
    drawn: int  # of the chosen
    drawn_worked: int  # of those
    undrawn: int
    undrawn_worked: int
    drawn_young: int  # drawn, and the strategy would work them, but not yet known
    needed: int = DRAWN_LEAST
    heaviest: float = 0.0  # share of what the drawn ones brought that one claim brought
    to_all: Weighed | None = None  # weights that add up to the claims there are (Hájek)
    plain: Weighed | None = None  # weights as they are (Horvitz–Thompson)


def standing(result: ByLot, window_days: int) -> str:
    """How far the measuring has come, in a sentence or two."""
    if result.state == NO_LOT:
        return "No lot was on. Without one nothing can be estimated fairly; random_share in the strategy turns it on."
    young = ""
    if result.drawn_young:
        young = f" {result.drawn_young:,} more are drawn, and not known before their {window_days} days are over."
    if result.state == TOO_FEW:
        side, count = ("drawn", result.drawn) if result.drawn < DRAWN_LEAST else ("left undrawn", result.undrawn)
        return f"Too few {side} yet: {count:,} of {DRAWN_LEAST} that it would choose have a known outcome.{young}"
    heavy = ""
    if result.heaviest > HEAVY:
        heavy = f" One claim brought {result.heaviest:.0%} of it: the intervals are too short."
    drawn = f"{result.drawn:,} were drawn, of which {result.drawn_worked:,} were worked"
    undrawn = f"{result.undrawn:,} were not, of which {result.undrawn_worked:,} were worked all the same"
    return f"It would choose {result.chosen:,}: {drawn}, and {undrawn}.{young}{heavy}"


def measured(claims: TookPart | None, floor: float) -> ByLot:
    """What choosing every claim that scores at least `floor` (and above nothing) would have brought. None: no lot."""
    if claims is None:
        return ByLot(NO_LOT, *(0,) * 3, 0.0, *(0,) * 5)
    wanted = (claims.score >= floor) & (claims.score > 0)
    is_known = ~np.isnan(claims.collected_cents)
    chosen = wanted & is_known
    drawn, undrawn = chosen & claims.was_drawn, chosen & ~claims.was_drawn
    counted = ByLot(
        state=TOO_FEW,
        took_part=len(claims.score),
        not_yet_known=int((~is_known).sum()),
        chosen=int(chosen.sum()),
        minutes=float(claims.minutes[chosen].sum()),
        drawn=int(drawn.sum()),
        drawn_worked=int((drawn & claims.was_worked).sum()),
        undrawn=int(undrawn.sum()),
        undrawn_worked=int((undrawn & claims.was_worked).sum()),
        drawn_young=int((wanted & ~is_known & claims.was_drawn).sum()),
    )
    if min(counted.drawn, counted.undrawn) < DRAWN_LEAST:
        return counted
    one = _Arm(claims.collected_cents[drawn], claims.chance[drawn])
    other = _Arm(claims.collected_cents[undrawn], 1 - claims.chance[undrawn])
    return counted._replace(
        state=KNOWN,
        heaviest=_heaviest(one),
        to_all=_to_all(one, other, counted.chosen),
        plain=_plain(one, other),
    )


class _Arm(NamedTuple):
    """One side of the draw, with the chance of each claim to stand on it."""

    cents: Floats
    chance: Floats

    @property
    def degrees(self) -> int:
        return len(self.cents) - 1


def _to_all(one: _Arm, other: _Arm, claims: int) -> Weighed:
    """Each side's weighted mean, times the claims there are.

    A side by itself is a sample of claims that are all known, so its interval shrinks as the chance nears 1. The
    difference is not: no claim is seen on both sides, and how the two go together is not known. Neyman's variance,
    the sum of both without that discount, is never too small.
    """

    def mean(arm: _Arm) -> float:
        return float(np.average(arm.cents, weights=1 / arm.chance))

    def variance(arm: _Arm, share: Floats | float) -> float:
        """Of the total; `share` is what of each claim's deviation counts."""
        weights = 1 / arm.chance
        off = weights * (arm.cents - mean(arm)) * claims / weights.sum()
        return float(np.sum(share * off**2)) * len(off) / max(arm.degrees, 1)

    def total(arm: _Arm) -> Estimate:
        return _estimate(mean(arm) * claims, variance(arm, 1 - arm.chance), arm.degrees)

    parts = variance(one, 1.0), variance(other, 1.0)
    added = _estimate((mean(one) - mean(other)) * claims, sum(parts), _welch(parts, (one.degrees, other.degrees)))
    return Weighed(total(one), total(other), added)


def _plain(one: _Arm, other: _Arm) -> Weighed:
    """Each claim stands for 1 ÷ its chance of them. How many happened to be drawn sways this one too.

    For the difference the variance is bounded from above in the same way: what goes together is taken as if it went
    wholly against us.
    """

    def total(arm: _Arm) -> float:
        return float(np.sum(arm.cents / arm.chance))

    def variance(arm: _Arm, share: Floats | float) -> float:
        return float(np.sum(share * (arm.cents / arm.chance) ** 2))

    def alone(arm: _Arm) -> Estimate:
        return _estimate(total(arm), variance(arm, 1 - arm.chance), arm.degrees)

    parts = variance(one, 1.0), variance(other, 1.0)
    added = _estimate(total(one) - total(other), sum(parts), _welch(parts, (one.degrees, other.degrees)))
    return Weighed(alone(one), alone(other), added)


def _heaviest(arm: _Arm) -> float:
    weighed = np.abs(arm.cents / arm.chance)
    return float(weighed.max() / weighed.sum()) if weighed.any() else 0.0


def _estimate(cents: float, variance: float, degrees: float) -> Estimate:
    spread = student(degrees) * variance**0.5
    return Estimate(cents, cents - spread, cents + spread)


def _welch(parts: tuple[float, float], degrees: tuple[int, int]) -> float:
    """Degrees of freedom of a sum of two variances (Welch and Satterthwaite)."""
    below = sum(part**2 / each for part, each in zip(parts, degrees, strict=True))
    return sum(parts) ** 2 / below if below > 0 else float(min(degrees))


def student(degrees: float) -> float:
    """Student's quantile for CONFIDENCE, by Cornish and Fisher's series: good to four digits from 10 degrees on."""
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3
