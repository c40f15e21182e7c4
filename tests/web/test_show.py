"""How values look."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.web import show

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("deadline", "words", "urgency"),
    [
        (None, "not configured", "none"),
        (date(2026, 11, 20), "3 days late", "late"),
        (date(2026, 11, 22), "1 day late", "late"),
        (TODAY, "ends today", "soon"),
        (date(2026, 11, 24), "1 day left", "soon"),
        (date(2026, 12, 20), "27 days left", "near"),
        (date(2027, 3, 1), "98 days left", "far"),
    ],
)
def test_a_deadline_is_words_and_a_class(deadline: date | None, words: str, urgency: str) -> None:
    assert (show.days_left(deadline, TODAY), show.urgency(deadline, TODAY)) == (words, urgency)


def test_what_is_not_known_is_a_dash() -> None:
    assert [show.money(None), show.day(None), show.count(None), show.percent(None)] == ["–"] * 4


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (44.6, "45 min"),
        (59.4, "59 min"),
        (59.6, "1 hour"),  # never 60 min
        (90, "1.5 hours"),
        (598, "10 hours"),
        (1324, "22 hours"),
        (75_000, "1,250 hours"),
    ],
)
def test_a_time_is_read_in_hours_where_it_is_more_than_one(minutes: float, words: str) -> None:
    assert show.time_needed(minutes) == words


def test_negative_money_has_a_real_minus() -> None:
    assert show.money(-2500) == "−$25.00"


def test_an_instant_is_shown_where_the_practice_works() -> None:
    value = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
    assert show.instant(value, ZoneInfo("America/New_York")) == "Nov 23, 2026, 9:05 AM"


def test_a_day_of_this_year_needs_no_year() -> None:
    assert show.day_short(date(2026, 3, 2), TODAY) == "Mar 2"
    assert show.day_short(date(2025, 3, 2), TODAY) == "Mar 2, 2025"


@pytest.mark.parametrize(
    ("name", "letters"), [("Dana Reyes", "DR"), ("Cher", "C"), ("Ana de la Cruz", "AC"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert show.initials(name) == letters
