"""A report as a spreadsheet and as JSON; odd addresses."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from app.reports.report import Column, Line, Report, as_csv, as_rows
from app.reports.scope import Scope

TODAY = date(2026, 11, 23)
MADE = Report(
    "aging",
    "Aging",
    "",
    "Payer",
    (Column("claims", "Claims", "count"), Column("open", "Open", "money"), Column("old", "Old", "share")),
    (Line("=HYPERLINK(1)", (2, -123_405, None)), Line("ACME, INC", (1, 5, 0.125))),
    Line("All", (3, -123_400, 0.5)),
)


def test_a_spreadsheet_gets_dollars_and_nothing_that_it_would_run() -> None:
    assert as_csv(MADE).splitlines() == [
        "Payer,Claims,Open,Old",
        "'=HYPERLINK(1),2,-1234.05,",
        '"ACME, INC",1,0.05,0.1250',
        "All,3,-1234.00,0.5000",
    ]


def test_json_has_cents_and_tells_unknown_from_zero() -> None:
    assert next(iter(as_rows(MADE))) == {
        "kind": "aging",
        "label": "=HYPERLINK(1)",
        "claims": 2,
        "open_cents": -123_405,
        "old": None,
    }


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday", "until": "31.12.2026"},
        {"since": "2026-11-24"},  # after the last day
        {"since": "0001-01-01"},  # farther back than any books
        {"until": "9999-12-31"},  # the future is not counted
        {"payer": "-1", "practice": "x" * 500, "basis": "moon", "known": "soon"},
    ],
)
def test_what_makes_no_sense_is_dropped(query: dict[str, str]) -> None:
    scope = Scope.of((1, 2), TODAY, ZoneInfo("America/New_York"), query)

    assert (scope.since, scope.until, scope.days) == (date(2026, 8, 26), TODAY, 90)
    assert (scope.practice_ids, scope.payer, scope.basis, scope.known_then) == ((1, 2), 0, "bill", False)


def test_a_practice_behind_the_wall_narrows_to_nothing() -> None:
    assert Scope.of((1, 2), TODAY, ZoneInfo("America/New_York"), {"practice": "3"}).practice_ids == ()


def test_the_period_before_ends_the_day_before_and_is_as_long() -> None:
    scope = Scope.of((1,), TODAY, ZoneInfo("America/New_York"), {"since": "2026-11-01", "until": "2026-11-10"})

    assert (scope.before.since, scope.before.until) == (date(2026, 10, 22), date(2026, 10, 31))
