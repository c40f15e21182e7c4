"""What a decision needs to know of all claims at once: the price of staff time, and windows of unknown deadlines.

The price of time is the index of the last claim that the staff will reach: today's queue and the inflow, worked best
first at the staff's capacity. It is found on histograms, so that a single claim can be re-ranked against last
night's outlook, and it is small enough to keep as text between runs.

A deadline that is not configured is uncertain: the chance that it is still open is the share of windows, among the
claims where the window is known, that are at least as long as the days already gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PRICE_EDGES: Final = np.geomspace(0.1, 1_000_000.0, 281)  # cents per minute; 5.9 % a step
WINDOW_DAYS_MAX: Final = 800
_INFLOW_MEMORY: Final = 0.9  # what yesterday's inflow weighs in today's
_REACH: Final = 0.75  # of the minutes a day go to work known today; the rest to what it leads to
PLAN_DAYS: Final = 40.0  # working days ahead at which the later price is taken
_TYPICAL_WINDOWS: Final = {  # days from the notice (or, unanswered, from the bill), before any is known here
    "refile": (90, 120, 180, 180, 365, 365),
    "appeal": (60, 60, 90, 120, 180, 180, 365),
    "unanswered": (90, 120, 180, 365, 365, 365),
}
_TYPICAL_WEIGHT: Final = 20.0  # known windows that the typical ones count for
WINDOW_KINDS: Final = ("refile", "appeal", "unanswered")


@dataclass(frozen=True, slots=True)
class Outlook:
    made_on: float  # day number
    price_now: float  # cents per minute of the claim that half of today's work ends with (shares.py)
    price_later: float  # ... and of the last one that the staff reach, at the plan's horizon
    inflow: NDArray[np.float64]  # minutes a working day of new claims, by price step
    windows: NDArray[np.float64]  # [refile, appeal, unanswered; days] how many known windows are that long
    last_arrival: float  # newest arrival seen: later ones are new
    oldest_before: float = float("-inf")  # claims neglected since before this day are in the reserved share ...
    oldest_claim: int = 0  # ... and those since this very day up to this id
    lot_chance: float = 0.0  # with which what comes from the next day on is drawn by lot

    def open_chance(self, kind: int, days_gone: Floats) -> Floats:
        """Chance that a window of unknown length is still open after so many days."""
        made: Floats = _left_open(self.windows[kind].astype(np.float64).tobytes())[_day_index(days_gone)]
        return made

    def expected_urgency(self, kind: int, days_gone: Floats, urgency_days: float) -> Floats:
        """Mean of exp(-days left / K) over the windows that may still be open."""
        made: Floats = _pressure(self.windows[kind].astype(np.float64).tobytes(), urgency_days)[_day_index(days_gone)]
        return made


@lru_cache(maxsize=32)
def _left_open(windows: bytes) -> Floats:
    """For each day that has gone: the share of the windows that are longer."""
    counts = np.frombuffer(windows, np.float64)
    tail: Floats = (counts[::-1].cumsum()[::-1] / counts.sum()).astype(np.float32)
    return tail


@lru_cache(maxsize=32)  # a touched claim is ranked by the outlook of the last full run, again and again
def _pressure(windows: bytes, urgency_days: float) -> Floats:
    """By days gone: the mean of exp(-days left / K) over the windows that are at least as long."""
    counts = np.frombuffer(windows)
    decay = float(np.exp(-1.0 / urgency_days))
    total = np.zeros(WINDOW_DAYS_MAX + 2)
    for day in range(WINDOW_DAYS_MAX, -1, -1):  # from the longest window down
        total[day] = counts[day] + decay * total[day + 1]
    made: Floats = (total[:-1] / counts.sum()).astype(np.float32)
    return made


def first_outlook(today: float) -> Outlook:
    """Before any claim has been seen: time is free, windows are the typical ones, all claims are new."""
    return Outlook(today, 0.0, 0.0, np.zeros(len(PRICE_EDGES) + 1), typical_windows(), float("-inf"))


def typical_windows() -> NDArray[np.float64]:
    made = np.zeros((len(WINDOW_KINDS), WINDOW_DAYS_MAX + 1))
    for row, kind in enumerate(WINDOW_KINDS):
        for days in _TYPICAL_WINDOWS[kind]:
            made[row, days] += _TYPICAL_WEIGHT / len(_TYPICAL_WINDOWS[kind])
    return made


def observe_windows(windows: NDArray[np.float64], kind: int, lengths: Floats) -> None:
    """Count the windows of claims whose deadline is known (adds to `windows` in place)."""
    known = lengths[~np.isnan(lengths)]
    windows[kind] += np.bincount(_day_index(known), minlength=WINDOW_DAYS_MAX + 1)


def price_steps(index: Floats) -> NDArray[np.int64]:
    """The price step that each index falls in; 0 is worthless."""
    return np.searchsorted(PRICE_EDGES, index).astype(np.int64)


def next_outlook(
    previous: Outlook,
    today: float,
    queue: NDArray[np.float64],
    fresh: NDArray[np.float64],
    windows: NDArray[np.float64],
    last_arrival: float,
    minutes_per_day: float,
    lot_chance: float,
) -> Outlook:
    """The outlook after a full ranking. `queue` and `fresh`: minutes by price step, of all and of new claims."""
    days = max(1.0, (today - previous.made_on) * 5.0 / 7.0)
    if np.isinf(previous.last_arrival):
        inflow = previous.inflow  # the first run sees a backlog, not an inflow
    elif not previous.inflow.any():
        inflow = fresh / days
    else:
        keep = _INFLOW_MEMORY**days
        inflow = keep * previous.inflow + (1 - keep) * fresh / days
    later = _price_after(queue, inflow, PLAN_DAYS, minutes_per_day)
    return Outlook(today, 0.0, later, inflow, windows, last_arrival, lot_chance=lot_chance)


def _price_after(
    queue: NDArray[np.float64], inflow: NDArray[np.float64], days: float, minutes_per_day: float
) -> float:
    """The price at which the minutes worth more than it, queue and inflow, fill the staff's time until then."""
    load = (queue + inflow * days)[::-1].cumsum()
    reached = int(np.searchsorted(load, days * minutes_per_day * _REACH))
    step = len(load) - 1 - reached
    return float(PRICE_EDGES[step - 1]) if step >= 1 else 0.0


def _day_index(days: Floats) -> NDArray[np.int64]:
    known = np.where(np.isnan(days), np.float32(0), days)
    return np.minimum(np.maximum(known, 0), WINDOW_DAYS_MAX).astype(np.int64)


def write_outlook(outlook: Outlook) -> dict[str, Any]:
    """Plain values, to keep between runs."""
    return {
        "made_on": outlook.made_on,
        "price_now": outlook.price_now,
        "price_later": outlook.price_later,
        "inflow": [round(float(v), 3) for v in outlook.inflow],
        "windows": [{str(d): float(row[d]) for d in np.flatnonzero(row)} for row in outlook.windows],
        "last_arrival": None if np.isinf(outlook.last_arrival) else outlook.last_arrival,
        "oldest_before": None if np.isinf(outlook.oldest_before) else outlook.oldest_before,
        "oldest_claim": outlook.oldest_claim,
        "lot_chance": outlook.lot_chance,
    }


def read_outlook(kept: dict[str, Any]) -> Outlook:
    """The outlook that `write_outlook` wrote."""
    windows = np.zeros((len(WINDOW_KINDS), WINDOW_DAYS_MAX + 1))
    for row, counts in enumerate(kept["windows"]):
        for day, count in counts.items():
            windows[row, int(day)] = count
    arrival, oldest = kept["last_arrival"], kept["oldest_before"]
    return Outlook(
        float(kept["made_on"]),
        float(kept["price_now"]),
        float(kept["price_later"]),
        np.array(kept["inflow"], np.float64),
        windows,
        float("-inf") if arrival is None else float(arrival),
        float("-inf") if oldest is None else float(oldest),
        int(kept.get("oldest_claim", 0)),
        float(kept["lot_chance"]),
    )
