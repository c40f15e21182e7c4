"""The strategy: kept in versions with who and why, checked setting by setting, and in force at once."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.claims import queries
from app.core import worked_out
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.oldest import neglected, oldest_under
from app.followup.strategies import put_in_force, strategy_in_force
from app.followup.strategy_form import SETTINGS, from_form, typed_of
from app.followup.tables import RankRun, StrategyVersion, WorkScore
from tests.browser_double import Browser
from tests.practice import TODAY
from workqueues.strategy import Strategy, StrategyError, read_strategy


def last_run(engine: Engine) -> RankRun:
    with Session(engine) as session:
        found = session.exec(select(RankRun).order_by(col(RankRun.id).desc())).first()
        assert found is not None
        return found


def versions_kept(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.exec(select(StrategyVersion)).all())


def kept_ids(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return [
            number for number in session.exec(select(StrategyVersion.id).order_by(col(StrategyVersion.id))) if number
        ]


def form(**typed: str) -> dict[str, str]:
    """The page's form with some fields changed; a switch that is off is not sent."""
    all_of_it = {**typed_of(Strategy()), **typed}
    return {name: value for name, value in all_of_it.items() if value or not SETTINGS[name].kind.is_switch}


def test_a_changed_strategy_is_in_force_at_once_and_says_who_and_why(sam: Browser, engine: Engine) -> None:
    sam.submit("/strategy", {**form(staff="5", oldest_share="10"), "why": "Two people joined"})

    with Session(engine) as session:
        now = strategy_in_force(session)
    assert (now.staff, now.oldest_share, now.version) == (5, 0.1, 2)
    assert now == replace(Strategy(), staff=5, oldest_share=0.1, version=2)
    assert (last_run(engine).trigger, last_run(engine).strategy) == ("strategy", "standard 2")
    page = sam.get("/strategy").text
    assert "Two people joined" in page
    assert "Sam Whitfield" in page
    assert "Kept for the neglected: 5 % → 10 %" in page


def test_undo_puts_the_settings_from_before_in_force_while_nothing_came_after(sam: Browser, engine: Engine) -> None:
    sam.submit("/strategy", {**form(staff="5"), "why": "Two people joined"})
    sam.submit("/strategy", {**form(staff="2"), "why": "They left"})
    first, second = kept_ids(engine)
    offered = re.findall(r'action="(/strategy/[0-9]+/undo)"', sam.get("/strategy").text)
    assert offered[-1] == f"/strategy/{second}/undo"

    assert sam.submit(f"/strategy/{first}/undo").status_code == 409
    sam.submit(offered[-1])

    with Session(engine) as session:
        now = strategy_in_force(session)
    assert (now.staff, now.version) == (5, 4)
    assert last_run(engine).strategy == "standard 4"
    assert "Version 3 taken back" in sam.get("/strategy").text


def test_undo_of_the_first_version_leads_back_to_the_standard(sam: Browser, engine: Engine) -> None:
    sam.submit("/strategy", {**form(staff="5"), "why": "Two people joined"})
    sam.submit(f"/strategy/{kept_ids(engine)[0]}/undo")

    with Session(engine) as session:
        assert strategy_in_force(session) == replace(Strategy(), version=3)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"staff": "five"}, "This should be a number."),
        ({"staff": "2.5"}, "This should be a whole number."),
        ({"staff": "nan"}, "This should be 0 to 10,000 people."),
        ({"oldest_share": "90"}, "This should be 0 to 50 %."),
        ({"oldest_share": "50", "random_share": "15"}, "together leave too little for the ranking"),
        ({"priority_floor": "-1"}, "This should be $0 to $1,000 a minute."),
        ({"half_life_days": ""}, "This should be a number."),
        ({"name": ""}, "A name is needed"),
    ],
)
def test_a_field_that_cannot_be_followed_says_so_and_nothing_changes(
    sam: Browser, engine: Engine, typed: dict[str, str], said: str
) -> None:
    answer = sam.submit("/strategy", {**form(**typed), "why": "x"})

    assert answer.status_code == 422
    assert answer.text.count("field-error") == 1
    assert said in answer.text.partition("field-error")[2]
    assert versions_kept(engine) == 0


def test_the_difference_is_shown_in_words_before_anything_is_kept(sam: Browser, engine: Engine) -> None:
    page = sam.submit("/strategy/check", form(half_life_days="365", learn="", priority_floor="0.4")).text

    said = re.findall(r'<th scope="row">([^<]*)</th><td class="number">([^<]*)</td><td[^>]*><strong>([^<]*)<', page)
    assert said == [
        ("Propose nothing under", "$0.00 a minute", "$0.40 a minute"),
        ("Learn from outcomes", "yes", "no"),
        ("An outcome counts half after", "730 days", "365 days"),
    ]
    assert versions_kept(engine) == 0


def test_an_older_version_can_be_started_from(sam: Browser, engine: Engine) -> None:
    sam.submit("/strategy", {**form(staff="5"), "why": "more"})
    sam.submit("/strategy", {**form(staff="2"), "why": "fewer"})
    with Session(engine) as session:
        first = session.exec(select(StrategyVersion.id).order_by(col(StrategyVersion.id))).first()

    assert re.search(r'name="staff"[^>]* value="5"', sam.get(f"/strategy?version={first}").text)


def test_every_setting_has_its_words_and_comes_back_from_the_form_as_it_was() -> None:
    assert {field.name for field in fields(Strategy)} == {*SETTINGS, "version"}
    odd = Strategy(
        name="Lean",
        version=7,
        staff=11,
        minutes_per_person=77,
        oldest_share=0.055,
        random_share=0.015,
        discount_per_day=0.0025,
        urgency_weight=1.25,
        urgency_days=9.5,
        subtract_pays_anyway=False,
        per_minute=False,
        learn=False,
        half_life_days=365,
        benefit_of_doubt=0.35,
        check_min_lost=0.333,
        check_gap_days=3,
        priority_floor=12.5,
    )
    for strategy in (Strategy(), odd):
        assert from_form(typed_of(strategy), strategy) == strategy


def test_the_strategy_in_force_can_be_taken_along_as_a_file(sam: Browser, dana: Browser) -> None:
    sam.submit("/strategy", {**form(staff="5"), "why": "more"})
    answer = sam.get("/strategy/file")

    assert read_strategy(answer.text).staff == 5
    assert 'filename="strategy-2.toml"' in answer.headers["content-disposition"]
    assert dana.get("/strategy/file").status_code == 403


@pytest.mark.parametrize(("strategy", "why"), [(Strategy(staff=9), "  "), (Strategy(), "no difference")])
def test_a_version_needs_a_reason_and_a_difference(
    engine: Engine, clock: FixedClock, strategy: Strategy, why: str
) -> None:
    with session_scope(engine) as session, pytest.raises(StrategyError):
        put_in_force(session, strategy, why=why, person_id=1, person_name="Sam", clock=clock)


def test_only_who_may_tune_sees_it(dana: Browser, sam: Browser) -> None:
    assert dana.get("/strategy").status_code == 403
    assert dana.submit("/strategy", {**form(staff="1"), "why": "x"}).status_code == 403
    assert sam.get("/strategy").status_code == 200
    assert sam.get("/strategy/calibration").status_code == 200


def test_the_oldest_are_all_seen_within_a_stated_time(engine: Engine) -> None:
    with session_scope(engine) as session:
        row = session.exec(select(WorkScore).where(WorkScore.carc == "197")).one()
        row.age_days, row.minutes, row.queue = 200, 90.0, "over-180"
        session.add(row)
        session.flush()
        found = neglected(session, TODAY)
    kept = oldest_under(Strategy(staff=1, minutes_per_person=450, oldest_share=0.1), found)
    none = oldest_under(Strategy(oldest_share=0.0), found)

    assert kept.minutes_a_day == pytest.approx(45.0)
    assert kept.days is not None
    assert kept.days == pytest.approx(found.minutes / 45.0)
    assert none.days is None


def test_odds_that_too_few_answers_speak_of_are_not_read(sam: Browser) -> None:
    assert "too few" in sam.get("/strategy/calibration?days=30").text


def test_of_large_books_the_neglected_are_counted_beside_the_request_and_for_a_while(
    sam: Browser, engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = said_of_the_oldest(sam)
    for place, name, value in (
        (queries, "LARGE_CLAIMS", 0),
        (worked_out, "QUICK_SECONDS", 0.0),
        (worked_out, "WAIT_SECONDS", 30.0),
    ):
        monkeypatch.setattr(place, name, value)
    said_of_the_oldest(sam)
    with session_scope(engine) as session:
        for row in session.exec(select(WorkScore)):
            row.age_days, row.queue = 200, "over-180"
            session.add(row)
    clock.advance(minutes=5)
    kept = said_of_the_oldest(sam)
    sam.submit("/strategy/neglected")
    again = said_of_the_oldest(sam)

    assert "Worked out Nov 23, 2026, 9:00 AM" in kept
    assert "None. Every claim over 180 days" in at_once
    assert "None. Every claim over 180 days" in kept
    assert "Each is looked at within" in again


def said_of_the_oldest(browser: Browser) -> str:
    page: str = browser.get("/strategy").text
    return page.partition('id="oldest-title"')[2].partition("</section>")[0]


def test_looking_at_what_would_differ_waits_for_nobody_who_writes(sam: Browser, engine: Engine) -> None:
    with session_scope(engine):
        assert sam.submit("/strategy/check", form(oldest_share="7")).status_code == 200
