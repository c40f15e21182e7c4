"""The lot: a claim is drawn once, with a chance that is known for good, and nothing that comes later changes it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tests.workqueues.made import TODAY, claim, ranked
from workqueues.beliefs import prior_beliefs
from workqueues.deadlines import Terms
from workqueues.decision import Decisions, rank
from workqueues.facts import FactRow, Facts, day_number
from workqueues.lot import CHANCE_MOST, NO_LOT, STANDS_DAYS, Drawing, Lot, own_number
from workqueues.strategy import Strategy

NOW = day_number(TODAY)
HALF = Lot((Drawing(NOW - 20, 0.5, NOW - 20),))
IDS = np.arange(1, 20_001, dtype=np.int64)


def came(claim_id: int, days_ago: int, **changes: object) -> FactRow:
    on = TODAY - timedelta(days=days_ago)
    return claim(claim_id=claim_id, denied_on=on, last_answer_on=on, arrived_on=on)._replace(**changes)  # type: ignore[arg-type]


def decided(*rows: FactRow, lot: Lot = HALF, today: date = TODAY, strategy: Strategy | None = None) -> Decisions:
    made = strategy or Strategy(oldest_share=0.0)
    return rank(Facts.from_rows(rows), made, prior_beliefs(), Terms.build(), today, lot=lot).decisions


def drawn(number: int, lot: Lot = HALF, day: float = NOW) -> bool:
    return bool(lot.is_drawn(np.array([number]), np.array([day]))[0])


PICKED = next(number for number in range(1, 100) if drawn(number))
PASSED_OVER = next(number for number in range(1, 100) if not drawn(number))


def test_a_drawn_claim_stands_by_lot_on_every_day_and_one_passed_over_never_does() -> None:
    rows = came(PICKED, 2), came(PASSED_OVER, 2)

    for days in (0, 1, 5, 30):
        assert decided(*rows, today=TODAY + timedelta(days=days)).tier.tolist() == [2, 0]


def test_alone_and_among_all_a_claim_is_drawn_alike() -> None:
    rows = [came(number, number % 15) for number in range(1, 200)]

    together = decided(*rows).tier
    alone = [int(decided(row).tier[0]) for row in rows[::10]]

    assert together[::10].tolist() == alone
    assert 70 < together.tolist().count(2) < 130


def test_the_chance_of_the_day_it_came_decides_even_when_it_has_changed_since() -> None:
    lot = Lot((Drawing(NOW - 20, 0.1, NOW - 20), Drawing(NOW - 10, 0.4, NOW - 20)))
    days = np.array([NOW - 21, NOW - 20, NOW - 11, NOW - 10, NOW, np.nan])

    assert lot.chance_on(days).tolist() == [0.0, 0.1, 0.1, 0.4, 0.4, 0.0]
    for day, share in ((NOW - 21, 0.0), (NOW - 15, 0.1), (NOW, 0.4)):
        assert lot.is_drawn(IDS, np.full(len(IDS), day)).mean() == pytest.approx(share, abs=0.01)


def test_a_lot_that_begins_anew_draws_other_claims_and_independently() -> None:
    one, two = own_number(IDS, np.full(len(IDS), NOW)), own_number(IDS, np.full(len(IDS), NOW + 1))

    assert abs(np.corrcoef(one, two)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03  # neighbours have nothing in common either
    assert np.histogram(one, 20, (0, 1))[0].std() < 60


def test_what_else_puts_a_claim_first_changes_its_place_and_not_the_draw() -> None:
    old = came(PICKED, 2, first_billed_on=TODAY - timedelta(days=300), service_on=TODAY - timedelta(days=310))
    first = came(PICKED, 2, manual_priority=50)
    strategy = Strategy(oldest_share=0.5)
    outlook = ranked(old, strategy=strategy).next_outlook
    facts = Facts.from_rows([old])
    kept = rank(facts, strategy, prior_beliefs(), Terms.build(), TODAY, outlook=outlook, lot=HALF).decisions

    assert kept.tier.tolist() == [1]
    assert decided(first).tier.tolist() == [60]
    assert drawn(PICKED, day=NOW - 2)  # by the lot's own book, which asks for nothing but the claim and its day


def test_silence_takes_part_by_the_day_of_the_bill() -> None:
    lot = Lot((Drawing(NOW - 200, 0.5, NOW - 200),))
    silent = claim(
        status="no_answer",
        payer_answer="none",
        category="no-answer",
        carc="",
        remarks=(),
        denied_on=None,
        denied_cents=0,
        last_answer_on=None,
    )
    billed = TODAY - timedelta(days=45)
    picked, passed = (next(n for n in range(1, 100) if drawn(n, lot, NOW - 45) is wanted) for wanted in (True, False))
    rows = [
        silent._replace(claim_id=number, first_billed_on=billed, last_billed_on=billed) for number in (picked, passed)
    ]

    assert decided(*rows, lot=lot).tier.tolist() == [2, 0]


def test_a_claim_that_was_neither_denied_nor_left_in_silence_takes_no_part() -> None:
    rejected = came(PICKED, 2, status="rejected", denied_on=None, first_billed_on=TODAY - timedelta(days=5))

    assert decided(rejected).tier.tolist() == [0]


def test_the_turn_of_a_drawn_claim_ends() -> None:
    lot = Lot((Drawing(NOW - 400, 0.5, NOW - 400),))
    number = next(n for n in range(1, 100) if drawn(n, lot, NOW))

    assert decided(came(number, STANDS_DAYS), lot=lot).tier.tolist() == [2]
    assert decided(came(number, STANDS_DAYS + 1), lot=lot).tier.tolist() == [0]


def test_claims_drawn_fill_about_the_share_of_a_day() -> None:
    strategy = Strategy(staff=2, minutes_per_person=400, random_share=0.1, oldest_share=0.0)
    rows = [came(number, number % 28) for number in range(1, 2_801)]  # a hundred a day, seven days a week

    ranking = ranked(*rows, strategy=strategy)
    minutes = float(ranking.decisions.minutes.mean())
    a_week = ranking.next_outlook.lot_chance * 700 * minutes

    assert a_week == pytest.approx(5 * 0.1 * 800, rel=0.01)


def test_half_of_what_comes_at_most_is_drawn() -> None:
    few = ranked(came(1, 3), strategy=Strategy(random_share=0.2)).next_outlook.lot_chance

    assert few == CHANCE_MOST
    noted = NO_LOT.after(0.9, NOW)
    assert noted is not None
    assert noted.chance == CHANCE_MOST


def test_a_chance_holds_from_the_next_day_and_is_noted_anew_only_when_it_has_moved() -> None:
    assert NO_LOT.after(0.0, NOW) is None  # off, and it stays off
    first = NO_LOT.after(0.10, NOW)
    assert first == Drawing(NOW + 1, 0.10, NOW + 1)
    lot = NO_LOT.noting(first)
    assert lot.after(0.105, NOW + 3) is None
    assert lot.after(0.15, NOW + 3) == Drawing(NOW + 4, 0.15, NOW + 1)  # the same lot, by another chance


def test_a_lot_that_was_off_in_between_is_another_lot() -> None:
    lot = NO_LOT.noting(NO_LOT.after(0.1, NOW))
    lot = lot.noting(lot.after(0.0, NOW + 10))
    assert lot.chance_on(np.array([NOW + 10, NOW + 11])).tolist() == [0.1, 0.0]

    assert lot.after(0.1, NOW + 30) == Drawing(NOW + 31, 0.1, NOW + 31)


def test_whether_a_lot_was_on_in_the_days_that_are_looked_at() -> None:
    lot = Lot((Drawing(NOW - 50, 0.1, NOW - 50), Drawing(NOW - 20, 0.0, NOW - 50)))

    assert [lot.was_on_since(NOW - back) for back in (60, 21, 20, 5)] == [True, True, False, False]
    assert not NO_LOT.was_on_since(NOW)
    assert HALF.was_on_since(NOW)


def test_of_two_runs_on_a_day_the_later_is_noted() -> None:
    lot = NO_LOT.noting(NO_LOT.after(0.1, NOW))
    again = lot.noting(lot.after(0.2, NOW))

    assert again.drawings == (Drawing(NOW + 1, 0.2, NOW + 1),)
