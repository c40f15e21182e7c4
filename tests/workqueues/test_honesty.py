"""Backtest, calibration and simulation: they say what they know, and that they do not know the rest."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from tests.workqueues.made import TODAY, charged
from workqueues.backtest import Worked, backtest
from workqueues.beliefs import prior_beliefs
from workqueues.calibration import TOO_FEW, bands, honest_calibration, wilson
from workqueues.deadlines import Terms
from workqueues.facts import Facts, day_number
from workqueues.measured import TookPart
from workqueues.outcomes import OutcomeRow, Outcomes
from workqueues.simulate import Inflow, simulate
from workqueues.strategy import Strategy

NOTHING, NOBODY = np.zeros(0), np.zeros(0, np.bool_)
NO_CLAIMS = TookPart(NOTHING, NOTHING, NOTHING, NOBODY, NOBODY, NOTHING)


def history(count: int = 400) -> Worked:
    rng = np.random.default_rng(3)
    worth = rng.lognormal(9, 1, count)
    worked = np.arange(count) % 2 == 0
    return Worked(worth, np.full(count, 10.0), worth, worked, np.where(worked, worth, np.nan))


def test_a_backtest_says_how_much_of_it_is_known() -> None:
    made = backtest(history(), 1_000, NO_CLAIMS)

    assert made.chosen == 100
    assert 0.3 < made.overlap < 0.7
    assert made.low_cents < made.high_cents
    assert "known only for claims that were worked" in made.warning


def test_of_the_lot_those_are_chosen_that_score_as_high_as_the_last_one_reached() -> None:
    past = history()
    last = float(np.sort(past.score)[-100])
    scores = np.array([last * 0.99, last, last * 1.01])
    claims = TookPart(scores, scores, np.full(3, 0.1), np.zeros(3, np.bool_), np.zeros(3, np.bool_), np.zeros(3))

    assert backtest(past, 1_000, claims).by_lot.chosen == 2
    assert backtest(past, 1e9, claims).by_lot.chosen == 3  # there was time for all
    assert backtest(past, 5, claims).by_lot.chosen == 0  # nor was there for any


def test_a_strategy_that_fits_nothing_into_the_time_collects_nothing() -> None:
    made = backtest(history(), 5, NO_CLAIMS)

    assert (made.chosen, made.low_cents, made.overlap) == (0, 0.0, 0.0)


def test_calibration_says_too_few_where_they_are() -> None:
    odds = np.array([0.65] * (TOO_FEW + 5) + [0.15] * 3)
    paid = np.array([k % 3 > 0 for k in range(len(odds))])

    made = bands(odds, paid)

    assert [band.outcomes for band in made if band.outcomes] == [3, TOO_FEW + 5]
    assert made[1].too_few
    assert not made[6].too_few
    assert made[6].low_actual < made[6].actual < made[6].high_actual


def test_odds_learned_from_the_past_hold_for_what_came_after() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for _ in range(4_000):
        payer = int(rng.integers(1, 6))
        paid = bool(rng.random() < 0.15 * payer)
        rows.append(
            OutcomeRow(
                "answer", TODAY - timedelta(int(rng.integers(0, 400))), payer, "coding", billed_cents=30_000,
                strength=1, submission="refile", days_pending=20, paid_cents=100 if paid else 0, expected_cents=100,
            )
        )  # fmt: skip

    made = honest_calibration(Outcomes.from_rows(rows), day_number(TODAY) - 120)

    for band in made:
        if not band.too_few:
            assert band.low_actual - 0.05 < band.predicted < band.high_actual + 0.05


@pytest.mark.parametrize("count", [0, 1, 50])
def test_an_interval_stays_within_nought_and_one(count: int) -> None:
    low, high = wilson(1.0 if count else 0.0, count)

    assert 0 <= low <= high <= 1


def test_a_simulation_works_no_more_than_the_staff_can_and_meets_the_same_luck_twice() -> None:
    rows = [charged(n, 5_000 * n) for n in range(1, 300)]
    facts, strategy = Facts.from_rows(rows), Strategy(staff=1, minutes_per_person=240)

    one, two = (simulate(facts, strategy, prior_beliefs(), Terms.build(), TODAY, 10) for _ in range(2))

    assert one == two
    assert len(one.days) == 10
    assert all(day.minutes < 240 * 1.3 for day in one.days)
    assert one.collected_cents > 0


def test_ranking_by_the_index_beats_ranking_by_dollars_alone_in_the_box() -> None:
    rng = np.random.default_rng(11)
    kinds = ("coding", "medical-necessity", "missing-info", "non-covered")
    rows = [
        charged(n, int(cents), category=kinds[n % 4], carc="Z1")
        for n, cents in enumerate(rng.lognormal(10, 0.5, 3_000), 1)
    ]
    facts = Facts.from_rows(rows)

    def left(strategy: Strategy) -> float:
        run = simulate(facts, strategy, prior_beliefs(), Terms.build(), TODAY, 10)
        return run.days[-1].left_cents

    assert left(Strategy(oldest_share=0.0)) < left(Strategy(oldest_share=0.0, per_minute=False))


def test_what_comes_in_is_like_what_came_and_arrives_on_its_day() -> None:
    facts = Facts.from_rows([charged(n, 5_000 * n) for n in range(1, 40)])
    like = Facts.from_rows([charged(1, 90_000, category="eligibility", arrived_on=TODAY)])
    strategy = Strategy(staff=1, minutes_per_person=240)

    alone, fed, again = (
        simulate(facts, strategy, prior_beliefs(), Terms.build(), TODAY, 10, inflow=inflow)
        for inflow in (None, Inflow(like, 6.0), Inflow(like, 6.0))
    )

    assert fed == again
    assert 30 < fed.arrived < 80
    assert fed.days[0] == alone.days[0]  # nothing has come yet
    assert sum(day.worked for day in fed.days) > sum(day.worked for day in alone.days) == len(facts)
