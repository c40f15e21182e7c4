"""The waterfall: every open cent is in one queue, and the proof would notice if it were not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workqueues.made import TODAY, claim, ranked
from tests.workqueues.test_decision import EVERY_KIND_OF_CLAIM
from workqueues.facts import FactRow, Facts, day_number
from workqueues.queues import days_to_see_the_oldest, leftovers, queue_code, queue_of, queues, totals


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
    facts = Facts.from_rows([claim(claim_id=n, first_billed_on=TODAY.replace(year=2025)) for n in range(10)])
    minutes = np.full(10, 12.0, np.float32)

    assert days_to_see_the_oldest(facts, minutes, 20.0, day_number(TODAY)) == pytest.approx(6.0)
    assert days_to_see_the_oldest(facts, minutes, 0.0, day_number(TODAY)) == float("inf")
    touched = replace(facts, touches=np.ones(10, np.int16))
    assert days_to_see_the_oldest(touched, minutes, 0.0, day_number(TODAY)) == 0.0
