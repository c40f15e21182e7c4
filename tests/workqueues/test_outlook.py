"""The price of staff time: what the last claim that the staff will reach is worth a minute."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from workqueues.outlook import PRICE_EDGES, Outlook, first_outlook, next_outlook, price_steps

TODAY = 20_000.0
A_DAY = 1_000.0  # minutes


def minutes_at(*parts: tuple[float, float]) -> NDArray[Any]:
    """Minutes of work by price: (cents a minute, minutes) each."""
    made = np.zeros(len(PRICE_EDGES) + 1)
    for cents, minutes in parts:
        made[price_steps(np.array([cents], np.float32))[0]] += minutes
    return made


def price(queue: NDArray[Any], previous: Outlook) -> float:
    return next_outlook(previous, TODAY, queue, minutes_at(), previous.windows, TODAY, A_DAY, 0.0).price_later


SEEN = replace(first_outlook(TODAY - 7), last_arrival=TODAY - 7)


def test_where_the_staff_will_reach_everything_time_has_no_price() -> None:
    assert price(minutes_at((500.0, 5 * A_DAY)), SEEN) == 0.0


def test_the_price_is_that_of_the_last_claim_reached_in_eight_weeks_and_not_today() -> None:
    queue = minutes_at((500.0, 5 * A_DAY), (50.0, 100 * A_DAY), (5.0, 100 * A_DAY))

    assert price(queue, SEEN) == pytest.approx(50.0, rel=0.06)


def test_what_comes_in_every_day_keeps_poorer_claims_from_being_reached() -> None:
    queue = minutes_at((5.0, 100 * A_DAY))
    busy = replace(SEEN, inflow=minutes_at((80.0, 2 * A_DAY)))

    assert price(queue, SEEN) < 6
    assert price(queue, busy) == pytest.approx(80.0, rel=0.06)


def test_one_quiet_day_does_not_make_what_comes_in_forgotten() -> None:
    busy = replace(SEEN, made_on=TODAY - 1, inflow=minutes_at((80.0, 100.0)))

    after = next_outlook(busy, TODAY, minutes_at(), minutes_at(), busy.windows, TODAY, A_DAY, 0.0)

    assert after.inflow.sum() == pytest.approx(90.0)
