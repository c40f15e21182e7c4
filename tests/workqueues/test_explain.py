"""Explanations: the parts shown make the score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from tests.workqueues.made import TODAY, claim, ranked
from tests.workqueues.test_decision import EVERY_KIND_OF_CLAIM
from workqueues.beliefs import prior_beliefs
from workqueues.deadlines import Terms
from workqueues.explain import Explanation, explain
from workqueues.facts import FactRow, Facts
from workqueues.strategy import Strategy


def explained(row: FactRow, strategy: Strategy | None = None) -> tuple[Explanation, float]:
    chosen = strategy or Strategy()
    ranking = ranked(row, strategy=chosen)
    facts = Facts.from_rows([row])
    made = explain(facts, 0, chosen, prior_beliefs(), Terms.build(), TODAY, ranking.outlook)
    return made, float(ranking.decisions.score[0])


@given(EVERY_KIND_OF_CLAIM)
@settings(max_examples=200, deadline=None)
def test_the_parts_shown_reproduce_the_score(row: FactRow) -> None:
    row = row._replace(snoozed_until=None, is_unmatched=False, open_cents=row.open_cents + 100)

    made, score = explained(row)

    assert made.recomputed() == pytest.approx(score, rel=1e-3, abs=1e-3)


def test_the_parts_reproduce_the_score_when_money_that_comes_anyway_is_counted() -> None:
    row = claim(status="no_answer", category="no-answer", payer_answer="in_process", denied_on=None)

    made, score = explained(row, Strategy(subtract_pays_anyway=False))

    assert made.free_cents > 0
    assert made.recomputed() == pytest.approx(score, rel=1e-4)


def test_the_parts_reproduce_the_score_when_minutes_do_not_count() -> None:
    made, score = explained(claim(), Strategy(per_minute=False))

    assert made.recomputed() == pytest.approx(score, rel=1e-4)


def test_the_line_says_dollars_minutes_odds_and_deadline() -> None:
    made, _ = explained(claim(payer_kind="medicare", claim_kind="P", carc_action="correct-refile"))

    assert "$" in made.line
    assert "minutes" in made.line
    assert "odds" in made.line
    assert "days left" in made.line
    assert made.deadline_rule.startswith("MCR-REO1")


def test_an_unset_deadline_reads_not_configured() -> None:
    made, _ = explained(claim())

    assert made.deadline_rule == "not configured"
    assert "deadline not configured" in made.line


def test_outcomes_and_the_chance_of_nothing_sum_to_one() -> None:
    made, _ = explained(claim())

    shares = {number.label: number.value for number in made.numbers}
    live = sum(outcome.chance for outcome in made.outcomes)
    assert live + shares["nothing to collect"] + shares["pays anyway"] == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(made.score)


def test_a_judged_case_is_explained_as_that_case_alone() -> None:
    made, score = explained(claim(strength=2))

    assert {outcome.label.rsplit(", ", 1)[1] for outcome in made.outcomes} == {"strong case"}
    assert any(number.label == "judged strong" for number in made.numbers)
    assert made.recomputed() == pytest.approx(score, rel=1e-4)
