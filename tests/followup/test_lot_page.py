"""The lot on screen: that there is none, that too few are drawn yet, and what it says when there are enough."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from app.auth.permissions import Role
from app.claims import queries
from app.core import worked_out
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from app.followup.lot_claims import WINDOW_DAYS
from app.followup.tables import LotChance, WorkScore
from app.jobs.work import reports_job
from tests.browser_double import Browser, sign_in_as
from tests.followup.office import Office
from tests.practice import TODAY, claim_numbered

BEGAN = TODAY - timedelta(days=200)


@pytest.fixture
def office(engine: Engine, clock: FixedClock) -> Office:
    with session_scope(engine) as session:
        session.add(LotChance(from_day=BEGAN, chance=0.5, began=BEGAN))
    return Office(engine, clock)


def test_without_a_lot_the_page_says_how_to_turn_it_on(sam: Browser) -> None:
    page = sam.get("/strategy/lot").text

    assert "No lot has been on" in page
    assert "random_share" in page
    assert 'href="/strategy/lot"' in sam.get("/strategy").text


def test_too_few_are_told_with_their_number_and_how_many_are_still_young(sam: Browser, office: Office) -> None:
    office.denied(TODAY - timedelta(days=WINDOW_DAYS + 1), 20)
    office.denied(TODAY - timedelta(days=10), 20)
    page = sam.get("/strategy/lot").text

    assert "On since" in page
    assert "Too few drawn yet" in page
    assert "of 30 that it would choose" in page
    assert "Handing out adds" not in page


def test_enough_give_an_estimate_of_the_strategy_in_force_and_of_the_one_before(sam: Browser, office: Office) -> None:
    numbers = office.denied(TODAY - timedelta(days=150), 120)
    office.paid(numbers[::2], TODAY - timedelta(days=100))
    office.set_strategy("staff = 5")
    page = sam.get("/strategy/lot").text

    assert "It would choose 120" in page
    assert page.count("Handing out adds") == 2
    assert "In force: standard, version 2" in page
    assert "Before: standard, version 1" in page


def test_a_lot_that_is_off_says_since_when(sam: Browser, office: Office) -> None:
    with session_scope(office.engine) as session:
        session.add(LotChance(from_day=TODAY - timedelta(days=100), chance=0.0, began=BEGAN))

    assert "Off since" in sam.get("/strategy/lot").text


def test_a_lot_that_was_turned_on_today_begins_tomorrow(sam: Browser, office: Office) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with session_scope(office.engine) as session:
        session.add(LotChance(from_day=TODAY - timedelta(days=100), chance=0.0, began=BEGAN))
        session.add(LotChance(from_day=tomorrow, chance=0.25, began=tomorrow))
    page = sam.get("/strategy/lot").text

    assert "On from Nov 24, 2026 on" in page
    assert "25.0 %" in page


@pytest.mark.parametrize(("tier", "mark"), [(0, ""), (1, "Long neglected"), (2, "Drawn by lot")])
def test_a_claim_that_stands_by_more_than_its_score_says_so(
    dana: Browser, engine: Engine, tier: int, mark: str
) -> None:
    number = claim_numbered(engine, "ST1003").id
    with session_scope(engine) as session:
        row = session.get_one(WorkScore, number)
        row.tier = tier
    page = dana.get(f"/claims/{number}").text

    assert [each for each in ("Long neglected", "Drawn by lot") if each in page] == [mark] * bool(mark)


def test_only_who_may_tune_the_strategy_sees_it(app: FastAPI, practice_ids: tuple[int, ...]) -> None:
    biller = sign_in_as(app, Role.BILLER, practice_ids=practice_ids)

    assert biller.get("/strategy/lot").status_code == 403


def test_of_large_books_it_is_worked_out_once_and_shown_with_its_time(
    sam: Browser, office: Office, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = office.denied(TODAY - timedelta(days=150), 120)
    office.paid(numbers[::2], TODAY - timedelta(days=100))
    at_once = sam.get("/strategy/lot").text
    for place, name, value in (
        (queries, "LARGE_CLAIMS", 0),
        (worked_out, "QUICK_SECONDS", 0.0),
        (worked_out, "WAIT_SECONDS", 30.0),
    ):
        monkeypatch.setattr(place, name, value)
    sam.get("/strategy/lot")
    office.paid(numbers[1::2], TODAY - timedelta(days=100))
    clock.advance(minutes=5)
    kept = sam.get("/strategy/lot").text
    sam.submit("/strategy/lot")
    again = sam.get("/strategy/lot").text

    def measured(page: str) -> str:
        return page[page.index('<section class="stack" aria-labelledby="measured-1"') : page.index("reads-title")]

    assert "Worked out Nov 23, 2026, 9:00 AM" in kept
    assert measured(kept) == measured(at_once) != measured(again)
    assert "Worked out Nov 23, 2026, 9:05 AM" in again


def test_the_night_measures_the_lot_of_large_books(
    office: Office, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.denied(TODAY - timedelta(days=150), 2)
    small = reports_job(office.engine, settings, clock, "night")
    monkeypatch.setattr(queries, "LARGE_CLAIMS", 0)

    assert "lot" not in small
    assert "The lot measured in 0 seconds." in reports_job(office.engine, settings, clock, "night")
