"""What goes before the score: somebody's priority, the share of the day kept for what nobody looks at, and the lot.

A claim is neglected when it is over 180 days old and nobody has looked at it for 90 (`queues.neglected_since`). Every
day the longest neglected are taken until the share is full, whatever their score, and the claim that fills it is
taken whole: so the last of them is looked at within (their minutes ÷ minutes kept a day) working days, rounded up.
The choice is made from the claims of the very run, never from those of the run before, which have been worked since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workqueues.facts import Codes, Days, Facts, Flags
from workqueues.lot import Lot, stands
from workqueues.outlook import Outlook
from workqueues.queues import neglected_since, queue_code, queues
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS

BY_SCORE: Final = 0
KEPT_TIER: Final = 1
LOT_TIER: Final = 2
FIRST_PRIORITY_TIER: Final = 10
TIER_STEP: Final = 1e9  # cents per minute: no score reaches it, so somebody's priority always goes first
ABOVE: Final = 1.0001  # the reserved claims stand above those that are just as good as the last one reached
MIDDAY: Final = 0.5  # of the day's minutes: what better claims may take before the reserved ones come
_IS_IDLE: Final = np.array([word in ("none", "wait", "bill-patient") for word in ACTIONS])  # by code, to be looked up


def is_for_today(queue: Codes) -> Flags:
    """Neither closed, nor waiting, nor parked: somebody may take it up today."""
    found: Flags = _for_today()[queue]
    return found


@cache
def _for_today() -> Flags:
    """By the code of a queue."""
    made = np.ones(len(queues()) + 1, np.bool_)
    made[[0, queue_code("waiting"), queue_code("snoozed")]] = False
    return made


def neglect(facts: Facts, queue: Codes, action: Codes, today: float) -> Days:
    """Since when each claim has been neglected, NaN for those that are not; what cannot be worked today is not.

    A patient's balance takes nothing from the share: it has a way of its own, of statements and plans.
    """
    may = is_for_today(queue) & ~_IS_IDLE[action]
    return np.where(may, neglected_since(facts, today), np.float32(np.nan)).astype(np.float32)


def reserve(outlook: Outlook, strategy: Strategy, columns: Mapping[str, NDArray[Any]], since: Days) -> Outlook:
    """The outlook with what today's share goes to, chosen from all claims, and the place in the list that it gets."""
    capacity = strategy.minutes_per_day
    claim_id, score, minutes = columns["claim_id"], columns["score"], columns["minutes"]
    before, claim = _last_kept(since, claim_id, minutes, strategy.oldest_share * capacity)
    scored = (score > 0) & (columns["queue"] > 0)
    free = (1 - strategy.oldest_share - strategy.random_share) * capacity
    reached = _score_reached(score[scored], minutes[scored], min(MIDDAY * capacity, 0.8 * free))
    return replace(outlook, price_now=reached, oldest_before=before, oldest_claim=claim)


def _score_reached(score: NDArray[np.float32], minutes: NDArray[np.float32], spent: float) -> float:
    """Score of the last claim reached when so many minutes have been worked, best first; 0 when all are reached."""
    best = min(len(score), 2 * int(spent) + 1)  # nothing takes less than half a minute
    if not best:
        return 0.0
    rows = np.argpartition(-score, best - 1)[:best]
    rows = rows[np.argsort(-score[rows], kind="stable")]
    done = np.flatnonzero(np.cumsum(minutes[rows], dtype=np.float64) >= spent)
    if len(done):
        return float(score[rows[done[0]]])
    return 0.0 if best == len(score) else float(score[rows[-1]])


def _last_kept(
    since: Days, claim_id: NDArray[np.int64], minutes: NDArray[np.float32], kept: float
) -> tuple[float, int]:
    """Day and id of the claim that fills the share, the longest neglected first."""
    rows = np.flatnonzero(~np.isnan(since))
    if not len(rows) or kept <= 0:
        return float("-inf"), 0
    rows = rows[np.lexsort((claim_id[rows], since[rows]))]
    spent = minutes[rows].astype(np.float64)
    last = rows[np.flatnonzero(np.cumsum(spent) - spent < kept)[-1]]
    return float(since[last]), int(claim_id[last])


def tiers(
    facts: Facts, columns: Mapping[str, NDArray[Any]], since: Days, outlook: Outlook, lot: Lot, today: float
) -> Codes:
    """Somebody's priority, the share kept for the oldest, the lot; everything else is 0."""
    claim_id, queue = facts.claim_id, columns["queue"]
    tier = np.zeros(len(facts), np.int8)
    if lot:
        tier[(columns["score"] > 0) & (queue > 0) & stands(lot, facts, today)] = LOT_TIER
    last = (since == outlook.oldest_before) & (claim_id <= outlook.oldest_claim)
    tier[(since < outlook.oldest_before) | last] = KEPT_TIER
    first = (facts.manual_priority > 0) & (queue > 0)
    tier[first] = FIRST_PRIORITY_TIER + np.minimum(facts.manual_priority[first], 100)
    return tier


def order(tier: Codes, score: NDArray[np.float32], outlook: Outlook) -> NDArray[np.float64]:
    """What lists sort by. Somebody's priority goes first; everything else by score. What the reserved shares chose
    stands at least where half of today's work is done, so that it is reached today and goes before nothing better."""
    made = score.astype(np.float64)
    reserved = (tier > 0) & (tier < FIRST_PRIORITY_TIER)
    made[reserved] = np.maximum(made[reserved], outlook.price_now * ABOVE)
    first = tier >= FIRST_PRIORITY_TIER  # few, and a million claims should not be copied for them
    made[first] += tier[first] * TIER_STEP
    return made
