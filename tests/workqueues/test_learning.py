"""Learning: own outcomes pull beliefs away from the priors, as far as there is evidence, and no further."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from tests.workqueues.made import TODAY, claim
from workqueues.additive import Factor, fit_log, fit_odds
from workqueues.beliefs import Beliefs, learn, prior_beliefs
from workqueues.effort import chance_lost, days_until_lost, normal_cdf
from workqueues.facts import Facts, day_number
from workqueues.features import features_of
from workqueues.outcomes import OutcomeRow, Outcomes
from workqueues.priors import standard_priors
from workqueues.recovery import sigmoid
from workqueues.vocabulary import CATEGORIES

NOW = day_number(TODAY)


def answer(*, paid: bool, payer: int = 1, when: date = TODAY - timedelta(60), **changes: Any) -> OutcomeRow:
    row = OutcomeRow(
        "answer", when, payer, "coding", carc="4", billed_cents=30_000, strength=1, submission="refile",
        days_pending=25, paid_cents=15_000 if paid else 0, expected_cents=15_000, age_days=60,
    )  # fmt: skip
    return row._replace(**changes)


def odds_at(beliefs: Beliefs, payer: int, step: int = 0) -> float:
    facts = Facts.from_rows(
        [claim(payer_id=payer, remarks=(), billed_cents=30_000, service_on=TODAY - timedelta(60))]
    )
    features = features_of(facts, facts.category, beliefs.roster, NOW)
    return float(sigmoid(beliefs.odds.success_line(features, step))[0])


def test_without_outcomes_the_odds_are_the_priors() -> None:
    prior = standard_priors().refile_odds[CATEGORIES.index("coding")]

    assert odds_at(learn(Outcomes.from_rows([]), NOW), 1) == pytest.approx(prior, abs=1e-3)


def test_refusals_at_one_payer_lower_its_odds_more_than_anothers() -> None:
    rows = [answer(paid=False, payer=1)] * 40 + [answer(paid=True, payer=2)] * 40

    beliefs = learn(Outcomes.from_rows(rows), NOW)

    assert odds_at(beliefs, 1) < 0.4
    assert odds_at(beliefs, 2) > 0.8
    assert odds_at(beliefs, 1) < odds_at(beliefs, 99) < odds_at(beliefs, 2), "a new payer lies between"


def test_two_outcomes_move_the_odds_less_than_two_hundred() -> None:
    start = odds_at(prior_beliefs(), 1)

    few = odds_at(learn(Outcomes.from_rows([answer(paid=False)] * 2), NOW), 1)
    many = odds_at(learn(Outcomes.from_rows([answer(paid=False)] * 200), NOW), 1)

    assert many < few < start
    assert start - few < 0.15


def test_with_much_evidence_the_odds_are_what_happened() -> None:
    rows = [answer(paid=k % 10 < 3) for k in range(2_000)]

    assert odds_at(learn(Outcomes.from_rows(rows), NOW), 1) == pytest.approx(0.3, abs=0.04)


def test_old_outcomes_fade() -> None:
    old = TODAY - timedelta(900)
    rows = [answer(paid=False, when=old)] * 60 + [answer(paid=True)] * 20

    slow, fast = (odds_at(learn(Outcomes.from_rows(rows), NOW, half_life_days=h), 1) for h in (3_650, 60))

    assert fast > slow + 0.1


def test_a_payer_that_changes_is_believed_again_within_weeks() -> None:
    before = [answer(paid=True, payer=p, when=TODAY - timedelta(100 + k % 200)) for k in range(200) for p in (1, 2)]
    lately = [answer(paid=p == 2, payer=p, when=TODAY - timedelta(k)) for k in range(40) for p in (1, 2)]

    beliefs = learn(Outcomes.from_rows(before + lately), NOW)

    assert odds_at(beliefs, 1) < 0.45
    assert odds_at(beliefs, 2) > 0.8


def test_research_that_finds_nothing_lowers_what_a_category_is_worth() -> None:
    found = OutcomeRow("research", TODAY, 1, "coding", route="dead", minutes=10, days_since_denial=100)

    beliefs = learn(Outcomes.from_rows([found] * 50), NOW)

    facts = Facts.from_rows([claim()])
    dead = beliefs.odds.routes(features_of(facts, facts.category, beliefs.roster, NOW), np.zeros(1, np.float32), 45)[
        1
    ]
    assert dead[0] > 0.5


def test_timed_touches_teach_the_minutes_of_a_payer() -> None:
    slow = [OutcomeRow("submission", TODAY, 1, "coding", submission="refile", minutes=40.0)] * 80
    quick = [OutcomeRow("submission", TODAY, 2, "coding", submission="refile", minutes=10.0)] * 80

    beliefs = learn(Outcomes.from_rows(slow + quick), NOW)

    facts = Facts.from_rows([claim(payer_id=1), claim(payer_id=2)])
    minutes = beliefs.effort.minutes(features_of(facts, facts.category, beliefs.roster, NOW), 1)
    assert minutes[0] > 28
    assert minutes[1] < 15


def test_slow_answers_teach_a_payers_lag() -> None:
    rows = [answer(paid=True, payer=1, days_pending=70)] * 40 + [answer(paid=True, payer=2, days_pending=15)] * 40

    lags = learn(Outcomes.from_rows(rows), NOW).effort.lag_days[0]

    assert lags[0] > 45
    assert lags[1] < 22


def test_what_is_little_tried_gets_the_benefit_of_the_doubt() -> None:
    rows = [answer(paid=k % 4 > 0, payer=1) for k in range(400)]

    plain, hopeful = (learn(Outcomes.from_rows(rows), NOW, hope=h) for h in (0.0, 1.0))

    gain_known = odds_at(hopeful, 1) - odds_at(plain, 1)
    gain_unknown = odds_at(hopeful, 1, step=1) - odds_at(plain, 1, step=1)
    assert 0 < gain_known < 0.5 * gain_unknown


def test_a_submission_is_the_likelier_lost_the_longer_it_is_silent() -> None:
    waited = np.array([5, 20, 40, 80, 160], np.float32)
    chance = chance_lost(waited, np.full(5, 25, np.float32), np.full(5, 0.08, np.float32))

    assert (np.diff(chance) > 0).all()
    assert chance[0] < 0.09
    assert chance[-1] > 0.95


def test_the_day_to_check_is_the_day_the_chance_is_reached() -> None:
    median, lost = np.array([25.0], np.float32), np.array([0.08], np.float32)

    day = days_until_lost(0.25, median, lost)

    assert chance_lost(day, median, lost)[0] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(("z", "area"), [(-1.96, 0.025), (0.0, 0.5), (1.0, 0.8413), (2.5758, 0.995)])
def test_the_normal_distribution_is_right(z: float, area: float) -> None:
    assert float(normal_cdf(np.array([z], np.float32))[0]) == pytest.approx(area, abs=2e-4)


def test_the_learner_finds_known_effects() -> None:
    rng = np.random.default_rng(7)
    level = rng.integers(0, 12, 12_000)
    truth = rng.normal(0, 0.7, 12)
    outcome = (rng.random(12_000) < 1 / (1 + np.exp(-truth[level]))).astype(float)
    ones = np.ones(12_000)

    found = fit_odds([Factor("payer", 12, 0.5)], {"payer": level}, np.zeros(12_000), outcome, ones, ones)

    assert np.abs(found.value["payer"] - truth).max() < 0.25
    assert found.evidence["payer"].sum() == 12_000


def test_the_minutes_of_sending_again_are_not_learned_as_minutes_of_the_check() -> None:
    found_lost = [OutcomeRow("check", TODAY, 1, "coding", submission="refile", minutes=14.0, was_lost=True)] * 200
    beliefs = learn(Outcomes.from_rows(found_lost), NOW)
    facts = Facts.from_rows([claim(payer_id=1)])

    minutes = beliefs.effort.minutes(features_of(facts, facts.category, beliefs.roster, NOW), 3)

    assert minutes[0] == pytest.approx(8.0, rel=0.1)  # 14 less the 6 of sending it again


def test_minutes_effects_are_found_on_the_logarithm() -> None:
    rng = np.random.default_rng(8)
    level = rng.integers(0, 5, 4_000)
    truth = np.array([-0.6, -0.2, 0.0, 0.3, 0.5])
    seen = truth[level] + rng.normal(0, 0.5, 4_000)

    found = fit_log([Factor("payer", 5, 0.5)], {"payer": level}, np.zeros(4_000), seen, np.ones(4_000), 0.5)

    assert np.abs(found.value["payer"] - truth).max() < 0.1


def test_ten_thousand_outcomes_are_learned_from_quickly_enough_for_every_night() -> None:
    rng = np.random.default_rng(9)
    rows = [answer(paid=bool(rng.random() < 0.6), payer=int(rng.integers(1, 50))) for _ in range(10_000)]

    beliefs = learn(Outcomes.from_rows(rows), NOW)

    assert beliefs.outcome_count == 10_000
    assert np.isfinite(beliefs.odds.line).all()
