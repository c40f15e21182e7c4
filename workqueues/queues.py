"""The waterfall: every open claim stands in exactly one queue, and leftovers have a name too."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.facts import Codes, Days, Facts

OVER_AGE_DAYS: Final = 180  # from the first bill; the industry's last aging bucket starts here
LOOK_AGAIN_DAYS: Final = 90  # since somebody last looked: a claim that old is forgotten again


class Queue(NamedTuple):
    key: str  # stable: saved views and links hold it
    label: str
    line: str  # one line for the screen
    ages: bool  # its claims move to "over-180" when they are that old
    order: int


class Total(NamedTuple):
    """What stands in one queue."""

    queue: Queue
    claims: int
    open_cents: int


@cache
def queues() -> tuple[Queue, ...]:
    """All queues in screen order; a queue's code is its position plus one, 0 is "nothing open"."""
    text = files("workqueues").joinpath("data/queues.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["queue"]
    return tuple(Queue(r["key"], r["label"], r["line"], r["ages"], order) for order, r in enumerate(rows, 1))


@cache
def queue_code(key: str) -> int:
    """The code of a queue in a decision's column."""
    for queue in queues():
        if queue.key == key:
            return queue.order
    raise KeyError(f"no queue is called {key!r}; see workqueues/data/queues.toml")


def queue_of(code: int) -> Queue | None:
    """The queue of a code; None for 0: nothing is open."""
    return queues()[code - 1] if code else None


def age_days(facts: Facts, today: float) -> Days:
    """Days since the first bill; without one since the service, or since it came here; NaN when none is known."""
    started = np.where(np.isnan(facts.first_billed_on), facts.service_on, facts.first_billed_on)
    started = np.where(np.isnan(started), facts.arrived_on, started)
    return (np.float32(today) - started).astype(np.float32)


def neglected_since(facts: Facts, today: float) -> Days:
    """The day from which a claim has been neglected: over 180 days old, and for 90 nobody has looked at it.

    NaN for a claim that is not, or not yet.
    """
    aged = np.float32(today + OVER_AGE_DAYS) - age_days(facts, today)
    since = np.fmax(aged, facts.last_touch_on + np.float32(LOOK_AGAIN_DAYS))
    return np.where(since < today, since, np.float32(np.nan)).astype(np.float32)


def waterfall(facts: Facts, suggested: Codes, is_waiting: NDArray[np.bool_], today: float) -> Codes:
    """One queue for each claim: the playbook's suggestion, unless parked, waiting, aged out or closed."""
    ages = np.array([False] + [queue.ages for queue in queues()])
    queue = suggested.copy()
    old = ages[suggested] & (age_days(facts, today) > OVER_AGE_DAYS)
    queue[old] = queue_code("over-180")
    queue[is_waiting] = queue_code("waiting")
    queue[facts.snoozed_until > today] = queue_code("snoozed")
    nothing_open = (facts.open_cents <= 0) & (facts.credit_cents <= 0) & ~facts.is_unmatched
    queue[nothing_open] = 0
    return queue


def totals(facts: Facts, queue: Codes) -> tuple[Total, ...]:
    """Claims and open dollars by queue, in screen order; empty queues too."""
    size = len(queues()) + 1
    claims = np.bincount(queue, minlength=size)
    cents = np.zeros(size, np.int64)
    np.add.at(cents, queue, facts.open_cents)
    return tuple(Total(q, int(claims[q.order]), int(cents[q.order])) for q in queues())


def leftovers(facts: Facts, queue: Codes) -> tuple[int, ...]:
    """Claims with something open that stand in no queue: the nightly proof wants none."""
    lost = (queue == 0) & ((facts.open_cents > 0) | (facts.credit_cents > 0))
    return tuple(int(claim_id) for claim_id in facts.claim_id[lost])


def days_to_see_the_oldest(minutes: float, minutes_a_day: float) -> float:
    """Working days until every neglected claim has been looked at: their minutes, at those kept for them a day."""
    if not minutes:
        return 0.0
    return minutes / minutes_a_day if minutes_a_day > 0 else float("inf")
