"""The day plan: capacity, skills, familiar payers, walls, and what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workqueues.made import TODAY, charged, claim, ranked
from workqueues.assign import FAMILIAR_FACTOR, Person, split_day, what_dies
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


def test_who_has_a_rare_skill_is_kept_for_it_while_others_have_time() -> None:
    rows = [claim(claim_id=n, payer_id=1) for n in range(3)]

    made = plan(rows, Person("Nia", 400, skills=frozenset({"clinical"}), payers=frozenset({1})), Person("Ada", 400))

    assert len(made.day_of("Ada").pieces) == 3


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
    gone = claim(
        claim_id=3, category="medical-necessity", carc="50", carc_action="appeal", appeal_due_on=TODAY - timedelta(9)
    )
    people = [Person("Ada", 400), Person("Nia", 400, skills=frozenset({"clinical"}))]
    facts, decisions = Facts.from_rows([urgent, calm, gone]), ranked(urgent, calm, gone).decisions

    dying = what_dies(facts, decisions, people, TODAY, split_day(facts, decisions, people))["Nia"]

    assert [claim_id for claim_id, _ in dying] == [1]
    assert dying[0][1] == pytest.approx(float(decisions.expected_cents[0]))


def test_where_the_skill_is_not_guarded_nobody_dies_of_it() -> None:
    """A team in which nobody is named for clinical appeals: anybody writes them, in the plan and without somebody."""
    rows = [
        claim(claim_id=n, category="medical-necessity", carc="50", carc_action="appeal", appeal_due_on=TODAY)
        for n in (1, 2)
    ]
    facts, decisions = Facts.from_rows(rows), ranked(*rows).decisions
    alone, both = [Person("Ada", 400)], [Person("Ada", 400), Person("Ben", 400)]
    nobody: frozenset[str] = frozenset()

    dying = [
        what_dies(
            facts,
            decisions,
            people,
            TODAY,
            split_day(facts, decisions, people, guarded=nobody),
            guarded=nobody,
        )["Ada"]
        for people in (alone, both)
    ]

    assert [len(claims) for claims in dying] == [2, 0]


def test_what_the_absent_ones_claims_push_out_of_anothers_day_dies_too() -> None:
    rows = [
        charged(1, 90_000, payer_id=1, refile_due_on=TODAY, route="refile"),
        charged(2, 30_000, payer_id=2, refile_due_on=TODAY, route="refile"),
    ]
    facts, decisions = Facts.from_rows(rows), ranked(*rows).decisions
    room = float(decisions.minutes.max()) + 0.1
    people = [Person("Ada", room, payers=frozenset({1})), Person("Ben", room, payers=frozenset({2}))]

    dying = what_dies(facts, decisions, people, TODAY, split_day(facts, decisions, people))["Ada"]

    assert [claim_id for claim_id, _ in dying] == [2]  # Ben takes the better one; his own goes


def test_a_team_of_nobody_leaves_everything_undealt_and_an_hour_has_its_price() -> None:
    made = plan(CLAIMS)

    assert (made.days, made.unskilled) == ((), {})
    assert len(made.undealt) == len(CLAIMS)
    assert made.next_hour_cents > 0


def test_an_hour_is_worth_its_part_of_a_claim_that_takes_longer() -> None:
    row = charged(1, 500_000)
    facts, decisions = Facts.from_rows([row]), ranked(row).decisions
    long = replace(decisions, minutes=np.array([120.0], np.float32))

    made = split_day(facts, long, [Person("Ada", 0)])

    assert made.next_hour_cents == pytest.approx(float(decisions.expected_cents[0]) / 2)


PEOPLE = st.builds(
    Person,
    name=st.uuids().map(str),
    minutes=st.sampled_from([0.0, 15.0, 60.0, 240.0]),
    skills=st.sampled_from([frozenset(), frozenset({"clinical"})]),
    payers=st.sampled_from([frozenset(), frozenset({1}), frozenset({2})]),
    practices=st.sampled_from([None, frozenset({1}), frozenset({1, 2}), frozenset()]),
)
WORK = st.lists(
    st.tuples(
        st.integers(500, 900_000),
        st.sampled_from([1, 2]),
        st.sampled_from([1, 2]),
        st.sampled_from([("coding", "4", ""), ("medical-necessity", "50", "appeal")]),
        st.none() | st.integers(-3, 12),
        st.sampled_from([0, 0, 5]),
    ),
    max_size=9,
)


@given(WORK, st.lists(PEOPLE, max_size=3))
@settings(max_examples=60, deadline=None)
def test_the_plan_is_what_a_person_would_deal_by_hand(work: list[Any], people: list[Person]) -> None:
    """Best first, each to somebody who may and has the time; what is left, its price and its dead, counted again."""
    rows = [
        charged(
            n, cents, payer_id=payer, practice_id=practice, category=kind[0], carc=kind[1], carc_action=kind[2],
            appeal_due_on=None if left is None else TODAY + timedelta(left), manual_priority=priority,
        )
        for n, (cents, payer, practice, kind, left, priority) in enumerate(work, 1)
    ]  # fmt: skip
    facts, decisions = Facts.from_rows(rows), ranked(*rows).decisions
    made = split_day(facts, decisions, people)
    takers = {piece.claim_id: day.person for day in made.days for piece in day.pieces}
    taken = {piece.claim_id: piece.minutes for day in made.days for piece in day.pieces}
    spent = {person.name: 0.0 for person in people}

    def minutes(row: int, person: Person) -> float:
        return float(decisions.minutes[row]) * (FAMILIAR_FACTOR if rows[row].payer_id in person.payers else 1.0)

    def may(row: int, person: Person) -> bool:
        inside = person.practices is None or rows[row].practice_id in person.practices
        return inside and ("clinical" in person.skills or rows[row].category != "medical-necessity")

    left: list[int] = []
    barred = 0
    for row in sorted(range(len(rows)), key=lambda row: (-decisions.order[row], rows[row].claim_id)):
        who = takers.get(rows[row].claim_id)
        able = [person for person in people if may(row, person)]
        free = [person for person in able if spent[person.name] + minutes(row, person) <= person.minutes]
        if who is not None:
            assert who in free
            assert taken[rows[row].claim_id] == pytest.approx(minutes(row, who))
            spent[who.name] += taken[rows[row].claim_id]
            continue
        assert not free, "somebody had the time"
        if able or not people:
            left.append(row)
        else:
            barred += 1
    assert list(made.undealt) == [rows[row].claim_id for row in left]
    assert sum(made.unskilled.values()) == barred
    assert made.undealt_cents == pytest.approx(sum(float(decisions.expected_cents[row]) for row in left))
    by_the_minute = [
        float(decisions.expected_cents[row] / decisions.minutes[row])
        for row in left
        for _ in range(round(float(decisions.minutes[row]) * 100))
    ]
    assert made.next_hour_cents == pytest.approx(sum(by_the_minute[:6_000]) / 100, rel=0.01, abs=5)


@given(WORK, st.lists(PEOPLE, max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_claim_goes_to_the_one_whom_asking_everybody_would_find(work: list[Any], people: list[Person]) -> None:
    """A rare skill is kept; then the quicker; then who has less so far; then who stands first."""
    rows = [
        charged(n, cents, payer_id=payer, practice_id=practice, category=kind[0], carc=kind[1], carc_action=kind[2])
        for n, (cents, payer, practice, kind, _, _) in enumerate(work, 1)
    ]
    facts, decisions = Facts.from_rows(rows), ranked(*rows).decisions
    made = split_day(facts, decisions, people)
    takers = {piece.claim_id: day.person.name for day in made.days for piece in day.pieces}
    left = {person.name: person.minutes for person in people}
    load = {person.name: 0.0 for person in people}
    for row in sorted(range(len(rows)), key=lambda row: (-decisions.order[row], rows[row].claim_id)):
        is_clinical = rows[row].category == "medical-necessity"
        costs = []
        for at, person in enumerate(people):
            minutes = float(decisions.minutes[row]) * (
                FAMILIAR_FACTOR if rows[row].payer_id in person.payers else 1.0
            )
            inside = person.practices is None or rows[row].practice_id in person.practices
            if inside and (not is_clinical or person.skills) and minutes <= left[person.name]:
                costs.append((bool(person.skills), minutes, load[person.name], at))
        if not costs:
            assert rows[row].claim_id not in takers
            continue
        _, minutes, _, at = min(costs)
        assert takers[rows[row].claim_id] == people[at].name
        left[people[at].name] -= minutes
        load[people[at].name] += float(decisions.expected_cents[row])
