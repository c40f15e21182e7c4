"""The waterfall: every open claim stands in exactly one queue, and leftovers have a name too."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.facts import Codes, Facts

OVER_AGE_DAYS: Final = 180  # from the first bill; the industry's last aging bucket starts here


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


def age_days(facts: Facts, today: float) -> NDArray[np.float32]:
    """Days since the first bill, or since the service when no bill is known; NaN when neither is."""
    started = np.where(np.isnan(facts.first_billed_on), facts.service_on, facts.first_billed_on)
    return (np.float32(today) - started).astype(np.float32)


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


def days_to_see_the_oldest(facts: Facts, minutes: NDArray[np.float32], minutes_a_day: float, today: float) -> float:
    """Working days until every untouched claim over 180 days has been looked at, at the reserved minutes a day."""
    waiting = (age_days(facts, today) > OVER_AGE_DAYS) & (facts.touches == 0) & (facts.open_cents > 0)
    needed = float(minutes[waiting].sum())
    if not needed:
        return 0.0
    return needed / minutes_a_day if minutes_a_day > 0 else float("inf")
