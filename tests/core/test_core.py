"""The floor: settings, clock, money, tokens."""

from __future__ import annotations

import stat
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.core.clock import FixedClock, clock_from, start_of_day
from app.core.config import Settings
from app.core.ids import hash_token, new_request_id, new_token
from app.core.money import format_cents, format_cents_compact, parse_dollars


def test_folders_are_readable_by_their_owner_only(settings: Settings) -> None:
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(settings.files_dir.stat().st_mode) == 0o700


def test_a_variable_wins_over_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("port = 9001\npickup_minutes = 7\n")
    monkeypatch.setenv("OVERTURN_SETTINGS", str(file))
    monkeypatch.setenv("OVERTURN_PORT", "9002")
    settings = Settings()
    assert (settings.port, settings.pickup_minutes) == (9002, 7)


def test_without_an_address_the_database_is_a_file_in_the_home(settings: Settings) -> None:
    assert settings.resolved_database_url == f"sqlite:///{settings.home.resolve()}/overturn.db"


def test_today_is_the_date_where_the_practice_works() -> None:
    late_evening_in_new_york = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert FixedClock(late_evening_in_new_york).today() == date(2026, 11, 22)


def test_a_pretended_today_moves_the_clock_by_whole_days(settings: Settings) -> None:
    moved = clock_from(settings.model_copy(update={"today": date(2026, 3, 2)}))
    assert moved.today() == date(2026, 3, 2)
    assert moved.now().tzinfo is UTC


def test_a_day_begins_at_local_midnight() -> None:
    assert start_of_day(date(2026, 7, 1), ZoneInfo("America/New_York")) == datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cents", "shown"),
    [(0, "$0.00"), (5, "$0.05"), (123456, "$1,234.56"), (-123456, "-$1,234.56"), (100_000_000_00, "$100,000,000.00")],
)
def test_money_is_printed_with_its_cents(cents: int, shown: str) -> None:
    assert format_cents(cents) == shown


@pytest.mark.parametrize(
    ("cents", "shown"),
    [
        (0, "$0"),
        (94_849, "$948"),
        (94_850, "$949"),
        (99_999, "$1K"),
        (100_000, "$1K"),
        (8_430_000, "$84.3K"),
        (12_345_600, "$123K"),
        (99_999_999, "$1M"),
        (123_456_789, "$1.2M"),
        (-8_430_000, "-$84.3K"),
        (250_000_000_000, "$2.5B"),
    ],
)
def test_compact_money_fits_beside_a_queue(cents: int, shown: str) -> None:
    assert format_cents_compact(cents) == shown


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("1,234.56", 123456), ("$12", 1200), ("12.5", 1250), (".75", 75), ("-3", -300), ("(3.00)", -300), (" 7 ", 700)],
)
def test_a_typed_amount_is_read_as_people_write_it(typed: str, cents: int) -> None:
    assert parse_dollars(typed) == cents


@pytest.mark.parametrize("typed", ["", "$", "twelve", "1,23", "1.234", "12,34.00", "1e5", "99999999999999999"])
def test_what_is_not_an_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_dollars(typed)


def test_a_token_is_kept_only_as_its_hash() -> None:
    token = new_token()
    assert len(token) >= 43
    assert hash_token(token) == hash_token(token) != token


def test_a_request_id_can_be_read_over_the_telephone() -> None:
    assert [len(part) for part in new_request_id().split("-")] == [4, 4, 4, 4]
