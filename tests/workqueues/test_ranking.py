"""The index: what it counts, what it leaves out, and that no other choice of what to pursue is worth more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workqueues.made import TODAY, charged, claim, ranked
from workqueues.beliefs import prior_beliefs
from workqueues.deadlines import Terms
from workqueues.decision import Decisions, Desk, decide, look
from workqueues.explain import Explanation, explain
from workqueues.facts import FactRow, Facts, day_number, day_of
from workqueues.outlook import Outlook, first_outlook
from workqueues.playbook import Playbook, read_playbook, standard_playbook
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS, CATEGORIES

FAR = TODAY + timedelta(300)
PAST = TODAY - timedelta(30)


def at_price(cents: float) -> Outlook:
    return replace(first_outlook(day_number(TODAY)), price_later=cents)


def decided(row: FactRow, *, price: float = 0.0, playbook: Playbook | None = None) -> Decisions:
    return decide(
        Facts.from_rows([row]), Strategy(), prior_beliefs(), Terms.build(), TODAY, playbook=playbook,
        outlook=at_price(price),
    )  # fmt: skip


def explained(row: FactRow, *, price: float = 0.0, playbook: Playbook | None = None) -> Explanation:
    facts = Facts.from_rows([row])
    return explain(facts, 0, Strategy(), prior_beliefs(), Terms.build(), TODAY, at_price(price), playbook=playbook)


@given(st.integers(1_000, 5_000_000), st.sampled_from(CATEGORIES), st.floats(0, 500), st.integers(-1, 2))
@settings(max_examples=40, deadline=None)
def test_no_other_set_of_outcomes_is_worth_more_a_minute(
    cents: int, category: str, price: float, strength: int
) -> None:
    facts = Facts.from_rows([charged(1, cents, category=category, carc="Z1", strength=strength)])
    desk = Desk(Strategy(), prior_beliefs(), Terms.build(), standard_playbook(), at_price(price), day_number(TODAY))
    block = look(facts, desk)
    worth, research = block.researched, float(block.sight.research_minutes[0])
    gains, costs = (worth.weights * worth.values)[:, 0], (worth.weights * worth.costs)[:, 0]

    best = max(
        float(gains[list(chosen)].sum() / (research + costs[list(chosen)].sum()))
        for chosen in (np.flatnonzero(bits) for bits in product((0, 1), repeat=6))
    )

    assert float(worth.rate[0]) == pytest.approx(best, rel=1e-3)


def test_no_more_is_at_stake_than_is_open() -> None:
    part = {"open_cents": 10_000, "insurance_open_cents": 10_000}

    one, two = ranked(claim(denied_cents=50_000, **part), claim(denied_cents=10_000, **part)).decisions.expected_cents

    assert one == two


@pytest.mark.parametrize("shut", ["refile", "appeal"])
def test_what_would_have_gone_a_shut_way_goes_the_open_one(shut: str) -> None:
    rule = f'[[rule]]\nid = "all"\nwhen = {{}}\naction = "review"\nqueue = "review"\nreason = "x"\n{shut} = "no"\n'

    made = explained(claim(), playbook=read_playbook(rule))

    shares = {number.label: number.value for number in made.numbers}
    live = sum(outcome.chance for outcome in made.outcomes)
    assert live + shares["nothing to collect"] + shares["pays anyway"] == pytest.approx(1.0, abs=1e-5)
    assert all(outcome.chance == 0 for outcome in made.outcomes if ("appeal" in outcome.label) == (shut == "appeal"))


@pytest.mark.parametrize("route", ["unknown", "refile", "appeal", "second_appeal"])
def test_a_second_try_that_does_not_pay_for_its_minutes_adds_nothing(route: str) -> None:
    """At a high price of time what is left is the first try: odds × stake × what waiting leaves."""
    made = explained(claim(route=route), price=1e6)

    assert made.outcomes
    for outcome in made.outcomes:
        assert outcome.again_cents == pytest.approx(0, abs=1.0)
    assert any(outcome.again_cents > 100 for outcome in explained(claim(route="refile")).outcomes)


def test_an_appeal_after_a_refused_corrected_claim_is_worth_less_than_a_first_one() -> None:
    first, after = ranked(claim(route="appeal"), claim(route="appeal", is_after_refile=True)).decisions.index

    assert after < first


def test_a_second_appeal_is_shut_by_its_own_deadline_and_not_by_the_firsts() -> None:
    row = claim(route="second_appeal", appeal_due_on=PAST, second_appeal_due_on=FAR)

    still_open, shut = ranked(
        row, row._replace(appeal_due_on=FAR, second_appeal_due_on=PAST)
    ).decisions.expected_cents

    assert shut < 0.2 * still_open


def test_a_known_way_is_as_urgent_as_its_own_deadline() -> None:
    near = {"appeal_due_on": TODAY, "refile_due_on": FAR}

    appeal, refile = (
        ranked(claim(route="appeal", **near), claim(route="refile", **near)).decisions.score
        / ranked(claim(route="appeal", **near), claim(route="refile", **near)).decisions.index
    )

    assert appeal == pytest.approx(1.5, rel=1e-3)
    assert refile == pytest.approx(1.0, rel=1e-3)


def test_a_near_deadline_lifts_no_claim_that_is_not_worth_the_time() -> None:
    row = claim(route="second_appeal", second_appeal_due_on=TODAY)  # the price of time decides over no further try
    index = float(decided(row).index[0])

    assert decided(row, price=1.9 * index).score[0] > 1.4 * index
    assert decided(row, price=2.1 * index).score[0] == pytest.approx(index)


def test_a_check_is_worth_half_of_what_the_chance_of_a_loss_makes_of_sending_again() -> None:
    sent = claim(submission="refile", submitted_on=TODAY - timedelta(400), refile_due_on=FAR)

    check, known = ranked(sent, claim(route="refile", refile_due_on=FAR)).decisions.expected_cents
    check_odds, known_odds = ranked(sent, claim(route="refile", refile_due_on=FAR)).decisions.odds

    assert check / known == pytest.approx(0.5 * check_odds / known_odds, rel=1e-3)


LONG_SENT = {"submission": "appeal", "submitted_on": TODAY - timedelta(120)}


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({}, False),
        ({"followups": 1, "last_touch_on": TODAY - timedelta(60)}, True),  # a check found it on file
        ({"followups": 1, "last_touch_on": TODAY - timedelta(11)}, True),
        ({"last_touch_on": TODAY - timedelta(9)}, True),  # looked at too lately
        ({"next_check_on": TODAY + timedelta(20)}, True),  # somebody named the day
        ({"next_check_on": TODAY}, False),
    ],
)
def test_what_was_sent_is_looked_after_when_it_may_be_lost_and_not_before(
    changes: dict[str, Any], waits: bool
) -> None:
    made = ranked(claim(**LONG_SENT, **changes)).decisions

    assert ACTIONS[made.action[0]] == ("wait" if waits else "check-status")
    assert (made.score[0] == 0) == waits
    assert (made.next_on[0] > day_number(TODAY)) == waits


def test_a_day_that_somebody_named_for_the_check_is_its_next_date() -> None:
    named = TODAY + timedelta(20)

    assert day_of(float(ranked(claim(**LONG_SENT, next_check_on=named)).decisions.next_on[0])) == named


def test_what_a_check_has_found_on_file_is_slow_and_not_lost() -> None:
    assert ranked(claim(**LONG_SENT, followups=1, last_touch_on=TODAY)).decisions.expected_cents[0] == 0


def test_what_lies_under_the_floor_is_named_so_and_has_no_score() -> None:
    facts, strategy = Facts.from_rows([claim()]), Strategy(priority_floor=100_000)

    made = explain(facts, 0, strategy, prior_beliefs(), Terms.build(), TODAY, at_price(0.0))
    row = decide(facts, strategy, prior_beliefs(), Terms.build(), TODAY, outlook=at_price(0.0))

    assert row.score[0] == made.score == made.recomputed() == 0
    assert "under the floor" in made.line


def test_a_lift_says_whether_the_deadline_is_known() -> None:
    assert explained(claim(route="appeal", appeal_due_on=TODAY)).lift_reason == "by its deadline"
    assert "not configured" in explained(claim(denied_on=TODAY - timedelta(110))).lift_reason


def test_a_wait_ends_on_the_day_that_its_rule_says() -> None:
    waiting = ranked(claim(remarks=("N616",), last_answer_on=TODAY - timedelta(10))).decisions
    rule = standard_playbook().rules[int(waiting.reason[0])]

    assert (rule.action, rule.wait_from) == ("wait", "last_answer_on")
    assert day_of(float(waiting.next_on[0])) == TODAY + timedelta(rule.wait_days - 10)
