"""Why this rule and not that one: the rules held against one claim say the same as the ranking does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.workqueues.made import TODAY, claim
from tests.workqueues.test_playbook import CASES
from workqueues.facts import Facts, day_number
from workqueues.playbook import standard_playbook
from workqueues.weigh import Tried, weigh

BOOK = standard_playbook()


def weighed(**facts: object) -> tuple[Tried, ...]:
    return weigh(BOOK, Facts.from_rows([claim(**facts)]), 0, day_number(TODAY))


@pytest.mark.parametrize("rule_id", CASES)
def test_the_rule_that_decides_is_the_one_that_the_ranking_takes(rule_id: str) -> None:
    deciding = [each for each in weighed(**CASES[rule_id]) if each.decides]

    assert [each.rule.id for each in deciding] == [rule_id]
    assert deciding[0].failing == ()


def test_a_rule_that_does_not_fit_names_the_conditions_and_what_the_claim_has() -> None:
    tried = weighed(category="coding", carc="197", payer_id=3, denied_on=TODAY - timedelta(9))
    authorization = next(each for each in tried if each.rule.id == "authorization")

    assert [(each.condition.column, each.found) for each in authorization.failing] == [("category", "coding")]


def test_every_rule_before_the_deciding_one_has_a_condition_that_fails() -> None:
    tried = weighed(**CASES["enrolment"])
    before = tried[: next(each.number for each in tried if each.decides)]

    assert before
    assert all(each.failing and not each.fits for each in before)


def test_what_a_claim_has_is_said_in_its_own_kind() -> None:
    rows = Facts.from_rows([claim(carc="197", remarks=("N202", "MA18"), last_answer_on=TODAY, credit_cents=5)])
    found = {
        (each.condition.kind, each.condition.column): each.found
        for tried in weigh(BOOK, rows, 0, day_number(TODAY))
        for each in tried.conditions
    }

    assert found["in", "carc"] == "197"
    assert set(found["effects", ""]) == {"letter-coming", "forwarded"}
    assert found["days_at_most", "last_answer_on"] == TODAY
    assert found["at_least", "credit_cents"] == 5
    assert found["is", "is_unmatched"] is False
