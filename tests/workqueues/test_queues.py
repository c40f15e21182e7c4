"""The waterfall: every open cent is in one queue, and the proof would notice if it were not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workqueues.made import TODAY, claim, ranked
from tests.workqueues.test_decision import EVERY_KIND_OF_CLAIM
from workqueues.facts import FactRow, Facts, day_number, day_of
from workqueues.queues import days_to_see_the_oldest, leftovers, neglected_since, queue_code, queue_of, queues, totals


@given(st.lists(EVERY_KIND_OF_CLAIM, min_size=1, max_size=15))
@settings(max_examples=60, deadline=None)
def test_every_open_cent_is_in_exactly_one_queue(rows: list[FactRow]) -> None:
    facts = Facts.from_rows(rows)
    queue = ranked(*rows).decisions.queue

    found = totals(facts, queue)

    assert sum(total.open_cents for total in found) == sum(row.open_cents for row in rows)
    assert leftovers(facts, queue) == ()


def test_a_claim_that_fell_out_of_its_queue_is_named() -> None:
    facts = Facts.from_rows([claim(claim_id=7)])

    assert leftovers(facts, np.zeros(1, np.int8)) == (7,)


def test_a_paid_up_claim_stands_nowhere() -> None:
    decisions = ranked(claim(open_cents=0, insurance_open_cents=0)).decisions

    assert queue_of(int(decisions.queue[0])) is None
    assert decisions.score[0] == 0


def test_queue_keys_are_unique_and_found_again() -> None:
    keys = [queue.key for queue in queues()]

    assert len(set(keys)) == len(keys)
    assert [queue_of(queue_code(key)) for key in keys] == list(queues())


def test_a_queue_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        queue_code("nowhere")


def test_the_time_to_see_every_old_claim_is_its_minutes_over_the_reserved_ones() -> None:
    assert days_to_see_the_oldest(120.0, 20.0) == pytest.approx(6.0)
    assert days_to_see_the_oldest(120.0, 0.0) == float("inf")
    assert days_to_see_the_oldest(0.0, 0.0) == 0.0


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ({"first_billed_on": TODAY - timedelta(180)}, None),  # not over 180 days yet
        ({"first_billed_on": TODAY - timedelta(181)}, 1),
        ({"first_billed_on": TODAY - timedelta(400), "last_touch_on": TODAY - timedelta(90)}, None),  # just looked at
        ({"first_billed_on": TODAY - timedelta(400), "last_touch_on": TODAY - timedelta(97)}, 7),  # and forgotten
        ({"first_billed_on": None, "service_on": TODAY - timedelta(300)}, 120),
        ({"first_billed_on": None, "service_on": None, "arrived_on": TODAY - timedelta(200)}, 20),
        ({"first_billed_on": None, "service_on": None, "arrived_on": None}, None),  # nobody can say
    ],
)
def test_a_claim_is_neglected_when_it_is_old_and_nobody_has_looked_for_ninety_days(
    changes: dict[str, Any], since: int | None
) -> None:
    found = float(neglected_since(Facts.from_rows([claim(**changes)]), day_number(TODAY))[0])

    assert day_of(found) == (None if since is None else TODAY - timedelta(since))
