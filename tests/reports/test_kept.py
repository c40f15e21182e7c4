"""Reports over large books: worked out beside the request, kept for the day, and the same figures as at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session

from app.auth.permissions import Role
from app.claims import queries
from app.core import worked_out
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.worked_out import Question
from app.reports.kept import denied_claims, old_claims, one_report, overview
from app.reports.make import GROUPS
from app.reports.nightly import walls_of_readers, work_out_overviews
from app.reports.scope import Scope
from tests.browser_double import Browser, sign_in_as

PAGES = (
    "/reports",
    "/reports/aging?by=state",
    "/reports/denials?by=payer&until=2026-10-31",
    "/reports/brought-in?known=then",
    "/reports/aging/claims?bucket=3&by=payer",
    "/reports/denials/claims?which=first",
)


@pytest.fixture
def engine(practice_engine: Engine) -> Engine:
    """The loaded practice instead of an empty database."""
    return practice_engine


@pytest.fixture
def otis(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    return sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """The books count as large, and a look waits as long as is told."""
    monkeypatch.setattr(worked_out, "QUICK_SECONDS", 0.0)

    def wait(seconds: float) -> None:
        monkeypatch.setattr(queries, "LARGE_CLAIMS", 0)
        monkeypatch.setattr(worked_out, "WAIT_SECONDS", seconds)

    return wait


@pytest.fixture
def standing_still() -> Iterator[None]:
    """Nothing that is begun gets its turn before the test is over."""
    slots = [worked_out._slots.acquire() for _ in range(worked_out.AT_ONCE)]
    begun = list(worked_out._under_way.values())
    yield
    begun = [each for each in worked_out._under_way.values() if each not in begun]
    for _ in slots:
        worked_out._slots.release()
    assert all(work.done.wait(30) for work in begun)


def without_its_line(page: str) -> str:
    """What is shown, but for when it was worked out, the form's token, and the number of the request."""
    page = re.sub(r'<form class="cluster small soft" method="post".*?</form>', "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", page[page.index("<main") : page.index("</main>")])


@pytest.mark.parametrize("path", PAGES)
def test_a_kept_report_shows_what_one_of_this_moment_shows(
    otis: Browser, path: str, large: Callable[[float], None]
) -> None:
    at_once = otis.get(path).text
    large(30.0)
    worked, kept = otis.get(path).text, otis.get(path).text

    assert "Worked out" not in at_once
    assert "Worked out Nov 23, 2026, 9:00 AM" in kept
    assert without_its_line(worked) == without_its_line(kept) == without_its_line(at_once)


@pytest.mark.usefixtures("standing_still")
@pytest.mark.parametrize("path", PAGES)
def test_a_report_that_is_under_way_says_so_and_looks_again(
    otis: Browser, path: str, large: Callable[[float], None]
) -> None:
    large(0.0)
    page = otis.get(path)

    assert page.status_code == 200
    assert "Being worked out." in page.text
    assert 'hx-trigger="every 3s" hx-select="#worked-out"' in page.text
    assert 'id="worked-out"' in otis.fragment(path).text


@pytest.mark.usefixtures("standing_still")
def test_a_spreadsheet_of_what_is_under_way_leads_to_the_report(
    otis: Browser, large: Callable[[float], None]
) -> None:
    large(0.0)
    answer = otis.get("/reports/aging/csv?by=state")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/reports/aging?")
    assert "by=state" in answer.headers["location"]


@pytest.mark.parametrize("path", PAGES)
def test_again_works_it_out_at_that_moment(
    otis: Browser, path: str, clock: FixedClock, large: Callable[[float], None]
) -> None:
    large(30.0)
    otis.get(path)
    clock.advance(minutes=5)
    before = otis.get(path).text
    answer = otis.submit(path)

    assert "9:00 AM" in before
    assert answer.headers["location"] == path
    assert "9:05 AM" in otis.get(path).text


def test_what_is_behind_walls_is_kept_behind_them(
    app: FastAPI, otis: Browser, large: Callable[[float], None]
) -> None:
    large(30.0)
    seen = otis.get("/reports/aging").text
    stranger = sign_in_as(app, Role.SUPERVISOR, practice_ids=(4711,))

    assert "Nothing in these days" not in seen
    assert "Nothing in these days" in stranger.get("/reports/aging").text


def test_what_the_night_worked_out_is_what_the_page_asks_for(
    otis: Browser, engine: Engine, settings: Settings, clock: FixedClock, large: Callable[[float], None]
) -> None:
    before = work_out_overviews(engine, settings, clock)
    large(0.0)
    said = work_out_overviews(engine, settings, clock)

    assert before.startswith("The books are small")
    assert said.startswith("Reports worked out for 1 set of practices")
    assert "Worked out Nov 23, 2026, 9:00 AM" in otis.get("/reports").text


def test_walls_behind_which_most_people_read_come_first(app: FastAPI, engine: Engine) -> None:
    sign_in_as(app, Role.ADMINISTRATOR, practice_ids=(1, 2, 3))  # reads no reports
    for practice_ids in ((2,), (1, 2), (2, 1)):
        sign_in_as(app, Role.BILLER, practice_ids=practice_ids)

    with Session(engine) as session:
        assert walls_of_readers(session) == [(1, 2), (2,)]


def test_every_answer_comes_back_from_its_json_as_it_was(
    engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock
) -> None:
    scope = Scope.of(practice_ids, clock.today(), ZoneInfo("America/New_York"), {"until": "2026-11-20"})
    questions: list[Question[Any]] = [
        overview(scope),
        *(one_report(scope, key, by) for key, groups in GROUPS.items() for by in groups or [""]),
        old_claims(scope, bucket="", by="", name=""),
        denied_claims(scope, which="", by="", name=""),
    ]
    with Session(engine) as session:
        for question in questions:
            value = question.work(session)
            assert question.shape.validate_json(question.shape.dump_json(value)) == value, question.kind
