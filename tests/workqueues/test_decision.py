"""Decisions: every claim has one queue and one action, and the ranking obeys plain sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workqueues.made import TODAY, claim, ranked
from workqueues.beliefs import Beliefs, prior_beliefs
from workqueues.deadlines import Terms
from workqueues.decision import decide
from workqueues.facts import FactRow, Facts, day_of
from workqueues.outlook import first_outlook, read_outlook, write_outlook
from workqueues.priors import standard_priors
from workqueues.queues import queue_of
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS, CATEGORIES, PAYER_KINDS, ROUTES, STATUSES, SUBMISSIONS

EVERY_KIND_OF_CLAIM = st.builds(
    claim,
    claim_id=st.integers(1, 10**9),
    open_cents=st.integers(0, 10**8),
    billed_cents=st.integers(0, 10**8),
    insurance_open_cents=st.integers(0, 10**8),
    patient_open_cents=st.integers(0, 10**6),
    credit_cents=st.sampled_from([0, 0, 0, 500]),
    denied_cents=st.integers(0, 10**8),
    underpaid_cents=st.sampled_from([0, 0, 12_300]),
    status=st.sampled_from(STATUSES),
    category=st.sampled_from(CATEGORIES),
    payer_kind=st.sampled_from(PAYER_KINDS),
    route=st.sampled_from(ROUTES),
    submission=st.sampled_from(SUBMISSIONS),
    submitted_on=st.none() | st.dates(date(2025, 1, 1), TODAY),
    strength=st.integers(-1, 2),
    denied_on=st.none() | st.dates(date(2023, 1, 1), TODAY),
    service_on=st.none() | st.dates(date(2023, 1, 1), TODAY),
    first_billed_on=st.none() | st.dates(date(2023, 1, 1), TODAY),
    last_billed_on=st.none() | st.dates(date(2023, 1, 1), TODAY),
    last_answer_on=st.none() | st.dates(date(2023, 1, 1), TODAY),
    snoozed_until=st.none() | st.dates(TODAY, date(2027, 6, 1)),
    refile_due_on=st.none() | st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    is_unmatched=st.booleans(),
    manual_priority=st.sampled_from([0, 0, 0, 3]),
)


@given(st.lists(EVERY_KIND_OF_CLAIM, min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_whatever_the_claim_its_decision_is_whole(rows: list[FactRow]) -> None:
    facts = Facts.from_rows(rows)

    decisions = ranked(*rows).decisions

    for column in (decisions.score, decisions.order, decisions.expected_cents, decisions.odds, decisions.minutes):
        assert np.isfinite(column).all()
    assert (decisions.score >= 0).all()
    assert ((decisions.odds >= 0) & (decisions.odds <= 1)).all()
    assert (decisions.minutes > 0).all()
    assert not np.isnan(decisions.next_on).any()
    something_open = (facts.open_cents > 0) | (facts.credit_cents > 0) | facts.is_unmatched
    assert ((decisions.queue > 0) == something_open).all()


PRICES = st.sampled_from([0.0, 5.0, 20.0, 100.0, 400.0, 3_000.0])  # of a minute: under, around, over the index


def score(beliefs: Beliefs | None = None, price: float = 20.0, **changes: Any) -> float:
    facts = Facts.from_rows([claim(**changes)])
    outlook = replace(first_outlook(20_000.0), price_now=price, price_later=price)
    return float(
        decide(facts, Strategy(), beliefs or prior_beliefs(), Terms.build(), TODAY, outlook=outlook).score[0]
    )


@given(
    st.integers(1_000, 10_000_000),
    st.integers(1, 1_000_000),
    st.sampled_from(CATEGORIES),
    st.sampled_from(["unknown", "refile", "appeal", "second_appeal"]),
    st.integers(-1, 2),
    PRICES,
)
@settings(max_examples=120, deadline=None)
def test_more_dollars_never_lower_the_index(
    cents: int, more: int, category: str, route: str, strength: int, price: float
) -> None:
    def of(amount: int) -> float:
        return score(
            price=price, billed_cents=amount, open_cents=amount, insurance_open_cents=amount, denied_cents=amount,
            category=category, route=route, strength=strength,
        )  # fmt: skip

    assert of(cents + more) >= of(cents) * (1 - 1e-5)


@given(st.floats(0.05, 0.9), st.floats(0.0, 0.09), st.sampled_from(["refile", "appeal", "unknown"]), st.booleans())
@settings(max_examples=80, deadline=None)
def test_better_odds_never_lower_the_index(odds: float, more: float, route: str, of_refile: bool) -> None:
    def of(chance: float) -> float:
        priors = standard_priors()
        column = np.full_like(priors.refile_odds, chance)
        changed = replace(priors, refile_odds=column) if of_refile else replace(priors, appeal_odds=column)
        return score(prior_beliefs(changed), route=route)

    assert of(odds + more) >= of(odds) * (1 - 1e-5)


@pytest.mark.parametrize("step", ["research_minutes", "refile_minutes", "appeal_minutes"])
@pytest.mark.parametrize("route", ["unknown", "refile", "appeal"])
def test_fewer_minutes_never_lower_the_index(step: str, route: str) -> None:
    def of(minutes: float) -> float:
        priors = standard_priors()
        return score(
            prior_beliefs(replace(priors, **{step: np.full(len(CATEGORIES), minutes, np.float32)})), route=route
        )

    scores = [of(minutes) for minutes in (90.0, 60.0, 30.0, 15.0, 8.0, 2.0)]

    assert scores == sorted(scores)


@given(
    st.tuples(st.integers(0, 400), st.integers(0, 400)),
    st.none() | st.integers(-50, 400),
    st.sampled_from(["unknown", "refile", "appeal", "second_appeal"]),
    st.sampled_from(["refile_due_on", "appeal_due_on", "second_appeal_due_on", "records_due_on"]),
    st.sampled_from(["denied", "info_requested", "no_answer"]),
    PRICES,
)
@settings(max_examples=200, deadline=None)
def test_a_nearer_open_deadline_never_lowers_the_index(
    days: tuple[int, int], others: int | None, route: str, clock: str, status: str, price: float
) -> None:
    """Whichever clock comes nearer, whatever the other clocks say."""
    near, far = sorted(days)
    other = None if others is None else TODAY + timedelta(others)
    rest = {"refile_due_on": other, "appeal_due_on": other, "second_appeal_due_on": other}

    def of(left: int) -> float:
        changes: dict[str, Any] = {**rest, clock: TODAY + timedelta(left)}
        return score(price=price, route=route, status=status, **changes)

    assert of(near) >= of(far) * (1 - 1e-5)


def test_a_passed_deadline_leaves_little() -> None:
    assert score(route="refile", refile_due_on=TODAY - timedelta(1)) < 0.2 * score(
        route="refile", refile_due_on=TODAY
    )


def test_a_deadline_that_is_not_configured_is_worth_less_than_an_open_one_and_more_than_a_passed_one() -> None:
    far = TODAY + timedelta(300)
    rows = [claim(route="refile", refile_due_on=due) for due in (TODAY - timedelta(30), None, far)]

    passed, unknown, far_off = ranked(*rows).decisions.index

    assert passed < unknown < far_off


def test_equal_claims_keep_their_order() -> None:
    decisions = ranked(*(claim(claim_id=number) for number in range(50))).decisions

    assert len(set(decisions.order.tolist())) == 1


def test_a_claim_ranked_alone_under_the_same_outlook_has_the_same_score() -> None:
    rows = [
        claim(claim_id=number, billed_cents=10_000 * number, open_cents=10_000 * number) for number in range(1, 60)
    ]
    whole = ranked(*rows)

    alone = decide(
        Facts.from_rows([rows[7]]), Strategy(), prior_beliefs(), Terms.build(), TODAY, outlook=whole.outlook
    )

    assert alone.score[0] == whole.decisions.score[7]


def test_a_parked_claim_stands_in_its_own_queue_until_the_date() -> None:
    decisions = ranked(claim(snoozed_until=date(2026, 12, 24))).decisions

    queue = queue_of(int(decisions.queue[0]))
    assert queue is not None
    assert queue.key == "snoozed"
    assert day_of(float(decisions.next_on[0])) == date(2026, 12, 24)
    assert decisions.score[0] == 0


def test_a_claim_whose_parking_ends_today_is_back() -> None:
    queue = queue_of(int(ranked(claim(snoozed_until=TODAY)).decisions.queue[0]))

    assert queue is not None
    assert queue.key == "coding"


def test_a_denial_more_than_180_days_from_its_first_bill_stands_in_the_old_queue_with_its_action() -> None:
    decisions = ranked(claim(first_billed_on=date(2026, 3, 1))).decisions

    queue = queue_of(int(decisions.queue[0]))
    assert queue is not None
    assert queue.key == "over-180"
    assert ACTIONS[decisions.action[0]] == "refile-replacement"


def test_a_submission_just_made_waits_until_a_check_is_worth_it() -> None:
    decisions = ranked(claim(submission="appeal", submitted_on=TODAY - timedelta(5))).decisions

    assert ACTIONS[decisions.action[0]] == "wait"
    assert day_of(float(decisions.next_on[0])) > TODAY  # type: ignore[operator]


def test_a_wait_is_broken_off_before_a_deadline_passes() -> None:
    waits = {"remarks": ("N616",), "last_answer_on": TODAY - timedelta(10)}
    soon = ranked(claim(**waits, appeal_due_on=TODAY + timedelta(5))).decisions
    later = ranked(claim(**waits, appeal_due_on=TODAY + timedelta(30))).decisions

    assert ACTIONS[soon.action[0]] == "review"
    assert ACTIONS[later.action[0]] == "wait"
    assert day_of(float(later.next_on[0])) == TODAY + timedelta(23)


def test_a_submission_under_way_keeps_its_rights_when_its_deadline_passes() -> None:
    sent = {"submission": "appeal", "submitted_on": TODAY - timedelta(5)}

    decisions = ranked(claim(**sent, appeal_due_on=TODAY + timedelta(2))).decisions

    assert ACTIONS[decisions.action[0]] == "wait"


def test_a_submission_long_unanswered_is_checked() -> None:
    decisions = ranked(claim(submission="appeal", submitted_on=TODAY - timedelta(120))).decisions

    assert ACTIONS[decisions.action[0]] == "check-status"
    assert decisions.score[0] > 0


def test_somebodys_priority_goes_before_any_score() -> None:
    small = claim(claim_id=1, billed_cents=100, open_cents=100, denied_cents=100, manual_priority=1)
    large = claim(claim_id=2, billed_cents=10_000_000, open_cents=10_000_000, denied_cents=10_000_000)

    decisions = ranked(small, large).decisions

    assert decisions.order[0] > decisions.order[1]
    assert decisions.tier[0] > 0


def test_money_that_would_come_anyway_adds_nothing() -> None:
    with_it = score(status="no_answer", payer_answer="in_process", category="no-answer", denied_on=None)
    without = score(status="no_answer", payer_answer="none", category="no-answer", denied_on=None)

    assert with_it < without


def test_an_outlook_survives_being_written_down() -> None:
    outlook = ranked(*(claim(claim_id=n) for n in range(30))).next_outlook

    kept = read_outlook(write_outlook(outlook))

    assert kept.price_later == outlook.price_later
    assert np.allclose(kept.windows, outlook.windows)
    assert kept.last_arrival == outlook.last_arrival


def test_a_claim_takes_at_most_four_hundred_bytes_from_facts_to_decision() -> None:
    facts = Facts.from_rows([claim(claim_id=number) for number in range(200)])

    decisions = decide(facts, Strategy(), prior_beliefs(), Terms.build(), TODAY)

    assert (facts.nbytes + decisions.nbytes) / len(facts) <= 400


def test_what_a_payer_asks_for_is_more_urgent_as_its_last_day_comes_near() -> None:
    asked = {"status": "info_requested", "denied_on": None}
    days = (date(2026, 11, 20), TODAY + timedelta(days=3), TODAY + timedelta(days=40))  # passed, near, far

    passed, near, far = (ranked(claim(records_due_on=day, **asked)).decisions for day in days)

    assert near.score[0] > far.score[0] > 0
    assert day_of(float(near.deadline_on[0])) == TODAY + timedelta(days=3)
    assert passed.score[0] > 0.3 * far.score[0]  # late, and not lost


def test_a_case_judged_strong_goes_before_one_not_judged_and_a_weak_one_after() -> None:
    rows = [claim(claim_id=number, strength=strength) for number, strength in ((1, -1), (2, 2), (3, 0))]

    unjudged, strong, weak = ranked(*rows).decisions.score

    assert strong > unjudged > weak > 0
