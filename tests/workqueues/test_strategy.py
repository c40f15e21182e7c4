"""Strategies: checked when read, written out whole."""

from __future__ import annotations

import pytest

from workqueues.strategy import Strategy, StrategyError, read_strategy, write_strategy


def test_a_strategy_survives_being_written_and_read() -> None:
    strategy = Strategy(name='night "shift"', version=3, staff=7, oldest_share=0.1, learn=False)

    assert read_strategy(write_strategy(strategy)) == strategy


def test_what_a_file_leaves_out_keeps_its_value() -> None:
    assert read_strategy("staff = 9", base=Strategy(minutes_per_person=300)) == Strategy(
        staff=9, minutes_per_person=300
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("stuff = 3", "'stuff' is not a setting"),
        ("staff = 3.5", "staff must be a whole number"),
        ("staff = true", "staff must be a whole number"),
        ("oldest_share = 0.9", "between 0 and 0.5"),
        ("learn = 1", "learn must be true or false"),
        ("name = 3", "name must be text"),
        ("staff = ", "not TOML"),
        ("oldest_share = 0.5\nrandom_share = 0.2", "too little"),
    ],
)
def test_a_strategy_that_cannot_be_followed_says_why(text: str, says: str) -> None:
    with pytest.raises(StrategyError, match=says):
        read_strategy(text)


def test_a_whole_number_will_do_for_a_share() -> None:
    assert read_strategy("urgency_weight = 1").urgency_weight == 1
