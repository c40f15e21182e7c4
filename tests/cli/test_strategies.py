"""`overturn simulate` and `overturn backtest` on a small practice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner, Result

from app.cli import compose
from app.core.config import Settings
from app.core.db import session_scope
from app.followup.tables import Touch
from app.matching.tables import Denial
from tests.practice import TODAY, copy_practice
from workqueues.backtest import WARNING


@pytest.fixture
def engine(made_practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("OVERTURN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OVERTURN_TODAY", TODAY.isoformat())
    monkeypatch.setenv("OVERTURN_DATABASE_URL", "")
    return copy_practice(made_practice, Settings(home=tmp_path / "home").home)


@pytest.fixture
def two_people(tmp_path: Path) -> Path:
    path = tmp_path / "two.toml"
    path.write_text("staff = 2\n", encoding="utf-8")
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(compose(arguments[0]), list(arguments))


def test_a_simulation_shows_the_strategy_in_force_beside_the_files(engine: Engine, two_people: Path) -> None:
    answer = run("simulate", str(two_people), "--days", "2", "--json")

    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [row["strategy"] for row in rows] == ["in force", "two.toml"]
    assert rows[0]["worked"] > 0
    assert rows[0]["collected_cents"] >= 0


def test_a_file_that_cannot_be_followed_is_refused_with_the_setting(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("staff = -1\n", encoding="utf-8")
    answer = run("simulate", str(path))

    assert answer.exit_code == 2
    assert "staff must lie between" in answer.stderr


def test_without_any_answer_there_is_no_history_to_compare_on(engine: Engine, two_people: Path) -> None:
    answer = run("backtest", str(two_people))

    assert answer.exit_code == 2
    assert "no history yet" in answer.stderr


def test_a_backtest_gives_bounds_and_warns(engine: Engine, two_people: Path) -> None:
    with session_scope(engine) as session:
        denial = session.exec(select(Denial).where(Denial.reason == "197")).one()
        sent = denial.denied_on + timedelta(days=2)
        at = datetime(sent.year, sent.month, sent.day, 12, tzinfo=UTC)
        session.add(
            Touch(practice_id=1, claim_id=denial.claim_id, person_id=1, at=at, kind="appeal_sent", minutes=30.0)
        )
        denial.is_open, denial.closed_on, denial.closed_as = False, sent + timedelta(days=3), "repeated"
        session.add(denial)
    answer = run("backtest", str(two_people), "--since", denial.denied_on.isoformat(), "--json")

    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [row["strategy"] for row in rows] == ["in force", "two.toml"]
    assert rows[0]["low_cents"] <= rows[0]["high_cents"]
    assert (rows[0]["by_lot"]["state"], rows[0]["by_lot"]["to_all"], rows[0]["warning"]) == ("no lot", None, WARNING)
    said = run("backtest", str(two_people), "--since", denial.denied_on.isoformat()).stdout
    assert "By lot: No lot was on." in said
