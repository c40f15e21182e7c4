"""The reports on screen: every figure that can be pressed opens the claims that make it."""

from __future__ import annotations

import html
import re

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner

from app.audit.tables import Event
from app.auth.permissions import Role
from app.cli import compose
from app.core.config import Settings
from tests.browser_double import Browser, sign_in_as
from tests.practice import TODAY


@pytest.fixture
def engine(practice_engine: Engine) -> Engine:
    """The loaded practice instead of an empty database."""
    return practice_engine


@pytest.fixture
def otis(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    """An auditor: reads, and may take figures out of the house."""
    return sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids)


def figures_on(page: str, path: str) -> list[tuple[str, str]]:
    """Address and dollars of every figure that leads to `path`."""
    found = re.findall(rf'<a href="({re.escape(path)}[^"]*)">(\$[\d,.]+)</a>', page)
    return [(html.unescape(address), shown) for address, shown in found]


@pytest.mark.parametrize("key", ["aging", "denials"])
def test_every_dollar_figure_opens_claims_of_the_same_sum(otis: Browser, key: str) -> None:
    page = otis.get(f"/reports/{key}").text
    found = [each for each in figures_on(page, f"/reports/{key}/claims") if "overturned" not in each[0]]

    assert len(found) > 5
    for address, shown in found:
        assert f"in all, {shown};" in otis.get(address).text, address


def test_the_overview_has_every_part_and_says_what_each_figure_counts(otis: Browser) -> None:
    page = otis.get("/reports").text

    for words in ("Older than 180 days", "by age", "Why payers refused", "What follow-up brought in", "<svg"):
        assert words in page
    assert page.count("What is counted") == 8  # seven figures, and the form


def test_an_export_is_a_file_and_an_event(otis: Browser, engine: Engine) -> None:
    answer = otis.get("/reports/denials/csv?by=reason")

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="denials-2026-11-23.csv"'
    assert answer.text.startswith("Reason code,First denials,Denied")
    with Session(engine) as session:
        event = session.exec(select(Event).where(Event.action == "report.export")).one()
    assert event.detail["report"] == "denials"


def test_who_may_read_may_not_therefore_export(app: FastAPI, practice_ids: tuple[int, ...]) -> None:
    biller = sign_in_as(app, Role.BILLER, practice_ids=practice_ids)

    assert biller.get("/reports/aging").status_code == 200
    assert "/csv" not in biller.get("/reports/aging").text
    assert biller.get("/reports/aging/csv").status_code == 403


def test_a_report_that_there_is_not_is_not_found(otis: Browser) -> None:
    assert otis.get("/reports/fortune").status_code == 404
    assert otis.get("/reports/fortune/csv").status_code == 404


def test_an_outsider_sees_empty_reports(app: FastAPI) -> None:
    stranger = sign_in_as(app, Role.SUPERVISOR, practice_ids=(4711,))

    assert "Nothing in these days" in stranger.get("/reports/aging").text
    assert "0 in all, $0.00" in stranger.get("/reports/aging/claims").text


@pytest.mark.usefixtures("engine")
def test_the_command_prints_what_the_page_shows(
    otis: Browser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTURN_HOME", str(settings.home))
    monkeypatch.setenv("OVERTURN_TODAY", TODAY.isoformat())
    answer = CliRunner().invoke(compose("report"), ["report", "aging", "--csv"])

    assert answer.exit_code == 0, answer.output
    assert answer.stdout.replace("\r\n", "\n") == otis.get("/reports/aging/csv").text.replace("\r\n", "\n")
