"""Measuring by lot: the estimates find the truth, their intervals hold it as often as they say, and nothing is left
out that would make the answer less pleasant."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from workqueues.lot import Drawing, Lot
from workqueues.measured import DRAWN_LEAST, KNOWN, NO_LOT, TOO_FEW, ByLot, TookPart, measured, standing, student

Floats = NDArray[np.float64]
REPEATED = 400
ALLOWED = 2 * (0.05 * 0.95 / REPEATED) ** 0.5  # two standard deviations of a share of 95 % among so many


class Practice(NamedTuple):
    """Claims whose two courses are both known: only a simulation can know them."""

    score: Floats
    handed_out: Floats
    usual: Floats
    came_on: Floats

    @property
    def chosen(self) -> NDArray[np.bool_]:
        return self.score >= np.quantile(self.score, 0.4)


def practice(rng: np.random.Generator, count: int = 3_000) -> Practice:
    """Half of what is worked is paid; left alone, a fifth is; the best tenth is worked anyway."""
    worth = rng.lognormal(10, 0.7, count)
    score = worth * rng.lognormal(0, 0.5, count)
    worked = np.where(rng.random(count) < 0.5, worth * 0.6, 0.0)
    alone = np.where(rng.random(count) < 0.2, worth * 0.6, 0.0)
    usual = np.where(score > np.quantile(score, 0.9), worked, alone)
    return Practice(score, worked, usual, rng.integers(0, 40, count).astype(np.float64))


def by_lot(made: Practice, lot: Lot, first_id: int) -> ByLot:
    ids = np.arange(first_id, first_id + len(made.score), dtype=np.int64)
    drawn = lot.is_drawn(ids, made.came_on)
    cents = np.where(drawn, made.handed_out, made.usual)
    minutes = np.full(len(ids), 20.0)
    claims = TookPart(made.score, minutes, lot.chance_on(made.came_on), drawn, drawn, cents)
    return measured(claims, float(np.quantile(made.score, 0.4)))


def test_of_a_hundred_intervals_ninety_five_hold_the_truth_and_the_estimates_lean_to_neither_side() -> None:
    lot = Lot((Drawing(0, 0.06, 0), Drawing(20, 0.12, 0)))  # the chance is changed half way
    held = np.zeros((REPEATED, 6), np.bool_)
    off = np.zeros((REPEATED, 6))
    rng = np.random.default_rng(20)
    for turn in range(REPEATED):
        made = practice(rng)
        worked, usual = made.handed_out[made.chosen].sum(), made.usual[made.chosen].sum()
        result = by_lot(made, lot, 1 + turn * 10_000)
        assert result.to_all is not None
        assert result.plain is not None
        truths = (worked, usual, worked - usual) * 2
        for place, (estimate, truth) in enumerate(zip((*result.to_all, *result.plain), truths, strict=True)):
            held[turn, place] = estimate.low_cents <= truth <= estimate.high_cents
            off[turn, place] = estimate.cents / truth - 1

    # The intervals of a difference are never too short, and may be somewhat long.
    assert (held.mean(axis=0) > 0.95 - ALLOWED - 0.01).all()
    assert (held.mean(axis=0) < 0.985).all()
    assert (np.abs(off.mean(axis=0)) < 3 * off.std(axis=0) / REPEATED**0.5).all()


def test_drawing_anew_each_day_and_weighing_by_one_days_chance_would_be_far_off() -> None:
    """What the lot must not do: a claim that stays open for weeks is drawn again and again, and stands for 1 ÷ p."""
    rng = np.random.default_rng(4)
    made, days_open, chance = practice(rng), 25, 0.02
    ever_drawn = (rng.random((len(made.score), days_open)) < chance).any(axis=1)
    truth = made.handed_out[made.chosen].sum()

    naive = (made.handed_out[made.chosen & ever_drawn] / chance).sum()
    once = by_lot(made, Lot((Drawing(0, 0.1, 0),)), 1)

    assert naive > 10 * truth
    assert once.to_all is not None
    assert once.to_all.handed_out.low_cents < truth < once.to_all.handed_out.high_cents


def claims(drawn: int, undrawn: int) -> TookPart:
    """Equal claims that bring 100 when drawn and 40 when not."""
    count = drawn + undrawn
    was_drawn = np.arange(count) < drawn
    return TookPart(
        score=np.full(count, 5.0),
        minutes=np.full(count, 10.0),
        chance=np.full(count, 0.25),
        was_drawn=was_drawn,
        was_worked=was_drawn,
        collected_cents=np.where(was_drawn, 100.0, 40.0),
    )


def test_both_ways_of_weighing_by_hand() -> None:
    result = measured(claims(40, 80), 0.0)

    assert result.to_all is not None
    assert result.plain is not None
    assert [round(each.cents) for each in result.to_all] == [12_000, 4_800, 7_200]  # 120 claims at 100, 40 and 60
    assert [round(each.cents) for each in result.plain] == [16_000, 4_267, 11_733]  # 40 × 100 × 4; 80 × 40 ÷ 0.75
    spread = result.plain.handed_out.high_cents - result.plain.handed_out.cents
    assert spread == pytest.approx(student(39) * (40 * 0.75 * 400**2) ** 0.5)
    assert result.to_all.handed_out.low_cents == pytest.approx(12_000)  # equal claims leave no doubt


def test_a_drawn_claim_that_nobody_worked_counts_with_what_it_brought() -> None:
    idle = np.arange(120) < 20
    made = claims(40, 80)
    brought = np.where(idle, 0.0, made.collected_cents)

    result = measured(made._replace(was_worked=made.was_drawn & ~idle, collected_cents=brought), 0.0)

    assert (result.drawn, result.drawn_worked) == (40, 20)
    assert result.to_all is not None
    assert result.to_all.handed_out.cents == pytest.approx(120 * 50)


def test_a_claim_worked_without_being_drawn_belongs_to_the_usual_course() -> None:
    made = claims(40, 80)
    worked = np.ones(120, np.bool_)

    result = measured(made._replace(was_worked=worked), 0.0)

    assert (result.drawn, result.undrawn, result.undrawn_worked) == (40, 80, 80)
    assert "80 were not, of which 80 were worked all the same" in standing(result, 90)


def test_a_young_claim_is_not_known_and_not_nothing() -> None:
    made = claims(60, 80)
    young = np.arange(140) < 20
    result = measured(made._replace(collected_cents=np.where(young, np.nan, made.collected_cents)), 0.0)

    assert (result.drawn, result.drawn_young, result.not_yet_known, result.chosen) == (40, 20, 20, 120)
    assert result.to_all is not None
    assert result.to_all.handed_out.cents == pytest.approx(120 * 100)


def test_only_drawn_claims_that_the_strategy_would_choose_count_towards_enough() -> None:
    made = claims(DRAWN_LEAST + 1, 80)
    low = np.arange(len(made.score)) < 2  # two of the drawn score below what it reaches

    result = measured(made._replace(score=np.where(low, 1.0, 5.0)), 3.0)

    assert (result.state, result.drawn, result.to_all, result.plain) == (TOO_FEW, DRAWN_LEAST - 1, None, None)
    assert "29 of 30" in standing(result, 90)
    assert measured(made, 3.0).state == KNOWN


def test_without_claims_to_compare_with_nothing_is_said() -> None:
    result = measured(claims(100, DRAWN_LEAST - 1), 0.0)

    assert result.state == TOO_FEW
    assert "Too few left undrawn" in standing(result, 90)


def test_no_lot_is_told_from_too_few() -> None:
    none = measured(None, 0.0)

    assert none.state == NO_LOT
    assert "No lot was on" in standing(none, 90)
    nobody_yet = measured(claims(0, 0), 0.0)
    assert (nobody_yet.state, none.drawn, none.to_all) == (TOO_FEW, 0, None)
    assert "Too few drawn yet: 0 of 30" in standing(nobody_yet, 90)


def test_one_claim_that_brought_most_of_it_is_named_as_a_reason_for_doubt() -> None:
    made = claims(40, 80)
    rich = np.where(np.arange(120) == 0, 50_000.0, made.collected_cents)
    result = measured(made._replace(collected_cents=rich), 0.0)

    assert "One claim brought 93%" in standing(result, 90)
    assert "One claim" not in standing(measured(made, 0.0), 90)


def test_students_quantile_as_in_the_tables() -> None:
    assert [round(student(degrees), 3) for degrees in (10, 29, 60, 1e9)] == [2.228, 2.045, 2.000, 1.960]
