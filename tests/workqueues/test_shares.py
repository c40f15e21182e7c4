"""What goes before the score: the share of the day kept for the neglected, somebody's priority, the lot."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from tests.workqueues.made import TODAY, charged, claim, ranked
from workqueues.beliefs import prior_beliefs
from workqueues.deadlines import Terms
from workqueues.decision import Decisions, decide, rank, workable
from workqueues.facts import FactRow, Facts, day_number
from workqueues.outlook import Outlook
from workqueues.playbook import read_playbook
from workqueues.queues import days_to_see_the_oldest, neglected_since
from workqueues.shares import FIRST_PRIORITY_TIER, KEPT_TIER
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS

STARTED = date(2025, 6, 1)
ONE_PERSON = Strategy(staff=1, minutes_per_person=400, oldest_share=0.1)
POOR = [charged(n, 3_000 + n, first_billed_on=STARTED + timedelta(n // 3)) for n in range(1, 40)]
RICH = [charged(n, 900_000 + 100 * n) for n in range(1_000, 3_500)]  # more than the desk works in the time


def kept(decisions: Decisions) -> set[int]:
    return set(decisions.claim_id[decisions.tier == KEPT_TIER].tolist())


def worked_in_a_day(decisions: Decisions, minutes: float) -> set[int]:
    rows = np.flatnonzero(workable(decisions))
    rows = rows[np.lexsort((decisions.claim_id[rows], -decisions.order[rows]))]
    return set(decisions.claim_id[rows[np.cumsum(decisions.minutes[rows]) <= minutes]].tolist())


def work(facts: Facts, strategy: Strategy, days: int) -> list[set[int]]:
    """Claims worked on each of so many working days, with a run every night."""
    found: list[set[int]] = []
    outlook: Outlook | None = None
    today = TODAY
    for _ in range(days):
        ranking = rank(facts, strategy, prior_beliefs(), Terms.build(), today, outlook=outlook)
        outlook = ranking.next_outlook
        worked = worked_in_a_day(ranking.decisions, strategy.minutes_per_day)
        found.append(worked)
        facts = facts.take(~np.isin(facts.claim_id, list(worked)))
        today += timedelta(3 if today.weekday() == 4 else 1)
    return found


def test_with_a_full_desk_every_neglected_claim_is_looked_at_within_the_stated_days() -> None:
    facts = Facts.from_rows([*POOR, *RICH])
    old = ~np.isnan(neglected_since(facts, day_number(TODAY)))
    minutes = float(ranked(*POOR, *RICH).decisions.minutes[old].sum())
    stated = math.ceil(days_to_see_the_oldest(minutes, 0.1 * 400))

    days = work(facts, ONE_PERSON, stated)

    seen = set().union(*days)
    assert {row.claim_id for row in POOR} <= seen
    assert not {row.claim_id for row in RICH} <= seen
    assert all(len(day & {row.claim_id for row in POOR}) <= 4 for day in days), "a share, not the day"


def test_the_longest_neglected_come_first_and_the_claim_that_fills_the_share_is_taken_whole() -> None:
    decisions = ranked(*POOR, strategy=ONE_PERSON).decisions

    chosen = kept(decisions)

    assert chosen == set(range(1, len(chosen) + 1))
    spent = decisions.minutes[decisions.tier == KEPT_TIER]
    assert spent.sum() >= 40 > spent.sum() - spent[-1]


def test_of_many_that_came_on_one_day_no_more_are_taken_than_the_share_holds() -> None:
    rows = [charged(n, 3_000, first_billed_on=STARTED) for n in range(1, 200)]

    assert len(kept(ranked(*rows, strategy=ONE_PERSON).decisions)) < 5


def test_a_claim_touched_once_and_then_forgotten_gets_its_turn_again() -> None:
    forgotten = {"touches": 1, "last_touch_on": TODAY - timedelta(200)}
    fresh = {"touches": 1, "last_touch_on": TODAY - timedelta(20)}
    rows = [
        claim(claim_id=n, first_billed_on=STARTED, **looked) for n, looked in ((1, forgotten), (2, fresh), (3, {}))
    ]

    assert kept(ranked(*rows, strategy=ONE_PERSON).decisions) == {1, 3}


def test_what_nobody_works_stays_kept_and_shuts_nothing_better_out() -> None:
    facts = Facts.from_rows([*POOR, *RICH])
    first = rank(facts, ONE_PERSON, prior_beliefs(), Terms.build(), TODAY)
    later = rank(facts, ONE_PERSON, prior_beliefs(), Terms.build(), TODAY + timedelta(30), outlook=first.next_outlook)

    assert kept(later.decisions) == kept(first.decisions)
    at_top = later.decisions.tier[later.decisions.order == later.decisions.order.max()]
    assert (at_top == 0).all()


def test_what_is_kept_is_reached_today_but_goes_before_nothing_better() -> None:
    ranking = ranked(*POOR, *RICH[:400], strategy=ONE_PERSON)
    decisions, reached = ranking.decisions, ranking.outlook.price_now
    rows = decisions.tier == KEPT_TIER

    assert rows.any()
    assert reached > decisions.score[rows].max()
    assert (decisions.order[rows] > reached).all()
    assert (decisions.order[rows] < decisions.order[~rows].max()).all()


@pytest.mark.parametrize("strategy", [replace(ONE_PERSON, oldest_share=0.0), replace(ONE_PERSON, staff=0)])
def test_where_nothing_is_kept_nothing_goes_before_its_score(strategy: Strategy) -> None:
    assert not ranked(*POOR, strategy=strategy).decisions.tier.any()


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({"carc_action": "write-off", "carc": "Z1", "category": "other", "remarks": ()}, "write-off-review"),
        ({"credit_cents": 5_000, "open_cents": 0, "insurance_open_cents": 0}, "refund-credit"),
    ],
)
def test_a_duty_that_has_no_score_is_looked_at_all_the_same(changes: dict[str, Any], action: str) -> None:
    decisions = ranked(claim(first_billed_on=STARTED, **changes), strategy=ONE_PERSON).decisions

    assert ACTIONS[decisions.action[0]] == action
    assert decisions.score[0] == 0
    assert kept(decisions) == {1}
    assert workable(decisions).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"snoozed_until": TODAY + timedelta(9)},
        {"submission": "appeal", "submitted_on": TODAY - timedelta(5)},
        {"open_cents": 0, "insurance_open_cents": 0},
    ],
)
def test_what_cannot_be_worked_today_takes_nothing_from_the_share(changes: dict[str, Any]) -> None:
    decisions = ranked(claim(first_billed_on=STARTED, **changes), strategy=ONE_PERSON).decisions

    assert not decisions.tier.any()
    assert not workable(decisions).any()


def test_a_claim_ranked_alone_keeps_its_place_in_the_share_until_somebody_looks_at_it() -> None:
    whole = ranked(*POOR, strategy=ONE_PERSON)

    def again(row: FactRow) -> Decisions:
        return decide(
            Facts.from_rows([row]), ONE_PERSON, prior_beliefs(), Terms.build(), TODAY, outlook=whole.outlook
        )

    last = max(kept(whole.decisions))
    assert again(POOR[last - 1]).tier[0] == KEPT_TIER
    assert again(POOR[last]).tier[0] == 0
    assert again(POOR[last - 1]._replace(touches=1, last_touch_on=TODAY)).tier[0] == 0


def test_a_higher_priority_goes_before_a_lower_one_and_a_parked_one_waits_for_its_day() -> None:
    rows = [
        charged(1, 1_000, manual_priority=1),
        charged(2, 1_000, manual_priority=100),
        charged(3, 900_000),
        charged(4, 1_000, manual_priority=50, snoozed_until=TODAY + timedelta(3)),
    ]

    decisions = ranked(*rows).decisions

    assert decisions.claim_id[np.argsort(-decisions.order)].tolist() == [2, 4, 1, 3]
    assert decisions.tier.tolist() == [
        FIRST_PRIORITY_TIER + 1,
        FIRST_PRIORITY_TIER + 100,
        0,
        FIRST_PRIORITY_TIER + 50,
    ]
    assert workable(decisions).tolist() == [True, True, True, False]


@pytest.mark.parametrize("wait_from", ["last_answer_on", "crossover_on"])  # long over; and never began
def test_a_wait_that_is_over_or_never_began_is_no_wait(wait_from: str) -> None:
    own = (
        f'[[rule]]\nid = "patience"\nwhen = {{}}\naction = "wait"\nqueue = "review"\nreason = "Wait."\n'
        f'wait_days = 30\nwait_from = "{wait_from}"\n'
    )
    facts = Facts.from_rows([claim()])

    made = decide(facts, Strategy(), prior_beliefs(), Terms.build(), TODAY, playbook=read_playbook(own))

    assert ACTIONS[made.action[0]] == "review"
    assert made.next_on[0] == day_number(TODAY)
    assert made.score[0] > 0
