"""Facts: plain rows become columns that mean the same."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.workqueues.made import claim
from workqueues.facts import FactRow, Facts, day_number, day_of
from workqueues.vocabulary import CATEGORIES, REMARK_EFFECTS, STATUSES, code_number, code_text


def test_a_row_keeps_its_words_dates_and_cents_as_columns() -> None:
    row = FactRow(7, 1, 3, 12_345, status="denied", category="coding", carc="4", denied_on=date(2026, 10, 1))

    facts = Facts.from_rows([row])

    assert facts.open_cents.tolist() == [12_345]
    assert STATUSES[facts.status[0]] == "denied"
    assert CATEGORIES[facts.category[0]] == "coding"
    assert day_of(float(facts.denied_on[0])) == date(2026, 10, 1)
    assert np.isnan(facts.first_billed_on[0])


@pytest.mark.parametrize("code", ["1", "18", "P10", "A1", "B20", "252", "MA130", "N876", ""])
def test_a_code_survives_its_number(code: str) -> None:
    assert code_text(code_number(code)) == code


def test_a_code_that_cannot_be_one_never_equals_a_real_code() -> None:
    assert code_number("1-2") == code_number("TOOLONG") == -1


def test_a_word_from_a_later_release_is_unknown_rather_than_a_crash() -> None:
    facts = Facts.from_rows([FactRow(1, 1, 1, 100, status="teleported", category="new-kind")])

    assert STATUSES[facts.status[0]] == "unknown"
    assert CATEGORIES[facts.category[0]] == "other"


def test_remarks_become_the_effects_that_the_routing_table_gives_them() -> None:
    facts = Facts.from_rows([FactRow(1, 1, 1, 100, remarks=("N290", "MA130"))])

    assert facts.remark_effects[0] == 1 << REMARK_EFFECTS.index("new-claim-no-appeal")
    assert code_text(int(facts.remark[0])) == "N290"


def test_no_rows_make_no_claims() -> None:
    assert len(Facts.from_rows([])) == 0


def test_joined_chunks_are_the_whole_in_order() -> None:
    rows = [FactRow(number, 1, 1, number * 100) for number in range(5)]

    joined = Facts.join([Facts.from_rows(rows[:2]), Facts.from_rows(rows[2:])])

    assert joined.claim_id.tolist() == [0, 1, 2, 3, 4]
    assert joined.open_cents.tolist() == Facts.from_rows(rows).open_cents.tolist()


def test_columns_left_out_are_not_known() -> None:
    facts = Facts.from_columns({"claim_id": np.array([1, 2]), "open_cents": np.array([5, 6])}, count=2)

    assert facts.strength.tolist() == [-1, -1]
    assert np.isnan(facts.denied_on).all()
    assert facts.is_known_from_837.all()


def test_a_misspelt_column_is_named() -> None:
    with pytest.raises(KeyError, match="opne_cents"):
        Facts.from_columns({"opne_cents": np.array([5])}, count=1)


def test_day_numbers_are_exact_over_a_century() -> None:
    for day in (date(1950, 1, 1), date(2026, 11, 22), date(2050, 12, 31)):
        assert day_of(float(np.float32(day_number(day)))) == day


def test_a_claim_takes_less_than_three_hundred_bytes() -> None:
    facts = Facts.from_rows([FactRow(number, 1, 1, 100) for number in range(100)])

    assert facts.nbytes / len(facts) < 300


def test_a_priority_beyond_the_highest_is_the_highest_and_never_none() -> None:
    assert Facts.from_rows([claim(manual_priority=300)]).manual_priority.tolist() == [100]
