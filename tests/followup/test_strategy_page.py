"""The strategy: kept in versions with who and why, checked setting by setting, and in force at once."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.oldest import oldest_neglected
from app.followup.strategies import put_in_force, strategy_in_force
from app.followup.tables import RankRun, StrategyVersion, WorkScore
from tests.browser_double import Browser
from tests.practice import TODAY
from workqueues.strategy import Strategy, StrategyError


def last_run(engine: Engine) -> RankRun:
    with Session(engine) as session:
        found = session.exec(select(RankRun).order_by(col(RankRun.id).desc())).first()
        assert found is not None
        return found


def versions_kept(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.exec(select(StrategyVersion)).all())


def test_a_changed_strategy_is_in_force_at_once_and_says_who_and_why(sam: Browser, engine: Engine) -> None:
    sam.submit("/strategy", {"text": "staff = 5\noldest_share = 0.1", "why": "Two people joined"})

    with Session(engine) as session:
        now = strategy_in_force(session)
    assert (now.staff, now.oldest_share, now.version) == (5, 0.1, 2)
    assert (last_run(engine).trigger, last_run(engine).strategy) == ("strategy", "standard 2")
    page = sam.get("/strategy").text
    assert "Two people joined" in page
    assert "Sam Whitfield" in page


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("stuff = 5", "stuff"),  # no such setting
        ("staff = 'five'", "staff must be a whole number"),
        ("oldest_share = 0.9", "oldest_share must lie between 0 and 0.5"),
        ("staff = ", "not TOML"),
    ],
)
def test_what_cannot_be_followed_is_named_and_nothing_changes(
    sam: Browser, engine: Engine, text: str, named: str
) -> None:
    answer = sam.submit("/strategy", {"text": text, "why": "x"})

    assert answer.status_code == 422
    assert named in answer.text
    assert versions_kept(engine) == 0


def test_the_difference_is_shown_before_anything_is_kept(sam: Browser, engine: Engine) -> None:
    page = sam.submit("/strategy/check", {"text": "half_life_days = 365"}).text

    assert "half_life_days" in page
    assert "730" in page
    assert versions_kept(engine) == 0


def test_an_older_version_can_be_started_from(sam: Browser, engine: Engine) -> None:
    sam.submit("/strategy", {"text": "staff = 5", "why": "more"})
    sam.submit("/strategy", {"text": "staff = 2", "why": "fewer"})
    with Session(engine) as session:
        first = session.exec(select(StrategyVersion.id).order_by(col(StrategyVersion.id))).first()

    assert "staff = 5" in sam.get(f"/strategy?version={first}").text


@pytest.mark.parametrize(("strategy", "why"), [(Strategy(staff=9), "  "), (Strategy(), "no difference")])
def test_a_version_needs_a_reason_and_a_difference(
    engine: Engine, clock: FixedClock, strategy: Strategy, why: str
) -> None:
    with session_scope(engine) as session, pytest.raises(StrategyError):
        put_in_force(session, strategy, why=why, person_id=1, person_name="Sam", clock=clock)


def test_only_who_may_tune_sees_it(dana: Browser, sam: Browser) -> None:
    assert dana.get("/strategy").status_code == 403
    assert dana.submit("/strategy", {"text": "staff = 1", "why": "x"}).status_code == 403
    assert sam.get("/strategy").status_code == 200
    assert sam.get("/strategy/calibration").status_code == 200


def test_the_oldest_are_all_seen_within_a_stated_time(engine: Engine) -> None:
    with session_scope(engine) as session:
        row = session.exec(select(WorkScore).where(WorkScore.carc == "197")).one()
        row.age_days, row.minutes, row.queue = 200, 90.0, "over-180"
        session.add(row)
        session.flush()
        kept = oldest_neglected(session, Strategy(staff=1, minutes_per_person=450, oldest_share=0.1), TODAY)
        none = oldest_neglected(session, Strategy(oldest_share=0.0), TODAY)

    assert kept.minutes_a_day == pytest.approx(45.0)
    assert kept.days is not None
    assert kept.days == pytest.approx(kept.minutes / 45.0)
    assert none.days is None


def test_odds_that_too_few_answers_speak_of_are_not_read(sam: Browser) -> None:
    assert "too few" in sam.get("/strategy/calibration?days=30").text
