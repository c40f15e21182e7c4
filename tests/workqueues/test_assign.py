"""The day plan: capacity, skills, familiar payers, walls, and what is left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.workqueues.made import TODAY, charged, claim, ranked
from workqueues.assign import Person, split_day, what_dies
from workqueues.facts import FactRow, Facts


def plan(rows: list[FactRow], *people: Person) -> Any:
    return split_day(Facts.from_rows(rows), ranked(*rows).decisions, people)


CLAIMS = [charged(n, 10_000 * n) for n in range(1, 60)]


def test_nobody_gets_more_than_the_day_holds() -> None:
    made = plan(CLAIMS, Person("Ada", 120), Person("Ben", 60))

    assert made.day_of("Ada").minutes <= 120
    assert made.day_of("Ben").minutes <= 60
    assert made.day_of("Ada").pieces


def test_every_claim_is_dealt_once_or_named_as_left() -> None:
    made = plan(CLAIMS, Person("Ada", 120), Person("Ben", 60))

    dealt = [piece.claim_id for day in made.days for piece in day.pieces]
    assert sorted(dealt + list(made.undealt)) == [row.claim_id for row in CLAIMS]


def test_the_best_claims_are_dealt_first() -> None:
    made = plan(CLAIMS, Person("Ada", 60))

    worst_dealt = min(piece.score for piece in made.day_of("Ada").pieces)
    assert made.day_of("Ada").pieces[0].claim_id == 59
    assert worst_dealt > 0
    assert made.undealt_cents > 0


def test_clinical_appeals_go_to_who_may_write_them() -> None:
    rows = [claim(claim_id=n, category="medical-necessity", carc="50", carc_action="appeal") for n in range(4)]

    made = plan(rows, Person("Ada", 400), Person("Nia", 400, skills=frozenset({"clinical"})))

    assert not made.day_of("Ada").pieces
    assert len(made.day_of("Nia").pieces) == 4


def test_work_that_nobody_here_may_do_is_named() -> None:
    rows = [claim(category="medical-necessity", carc="50", carc_action="appeal")]

    assert plan(rows, Person("Ada", 400)).unskilled == {"clinical": 1}


def test_who_knows_the_payer_takes_its_claims() -> None:
    rows = [claim(claim_id=n, payer_id=1 + n % 2) for n in range(10)]

    made = plan(rows, Person("Ada", 400, payers=frozenset({1})), Person("Ben", 400, payers=frozenset({2})))

    assert {piece.claim_id % 2 for piece in made.day_of("Ada").pieces} == {0}
    assert {piece.claim_id % 2 for piece in made.day_of("Ben").pieces} == {1}


def test_equal_people_share_the_value() -> None:
    made = plan(CLAIMS, Person("Ada", 200), Person("Ben", 200))

    shares = [day.expected_cents for day in made.days]
    assert min(shares) > 0.8 * max(shares)


def test_the_wall_between_practices_holds() -> None:
    rows = [claim(claim_id=n, practice_id=1 + n % 2) for n in range(6)]

    made = plan(rows, Person("Ada", 400, practices=frozenset({1})))

    assert {piece.claim_id % 2 for piece in made.day_of("Ada").pieces} == {0}


def test_the_next_hour_is_worth_what_is_left() -> None:
    crowded, empty = plan(CLAIMS, Person("Ada", 60)), plan(CLAIMS, Person("Ada", 60_000))

    assert crowded.next_hour_cents > 0
    assert empty.next_hour_cents == 0


def test_what_dies_when_somebody_is_out_is_what_is_due_and_nobody_else_can_take() -> None:
    due = TODAY + timedelta(3)
    urgent = claim(claim_id=1, category="medical-necessity", carc="50", carc_action="appeal", appeal_due_on=due)
    calm = claim(claim_id=2, category="medical-necessity", carc="50", carc_action="appeal")
    people = [Person("Ada", 400), Person("Nia", 400, skills=frozenset({"clinical"}))]
    decisions = ranked(urgent, calm).decisions

    dying = what_dies(Facts.from_rows([urgent, calm]), decisions, people, "Nia", TODAY)

    assert [claim_id for claim_id, _ in dying] == [1]
    assert dying[0][1] == pytest.approx(float(decisions.expected_cents[0]))
