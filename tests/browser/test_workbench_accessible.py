"""axe reads every page of the workbench in Chromium, light and dark, and finds nothing against WCAG 2.2 AA."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Practice
from app.core.config import Settings
from app.followup.calls import call_payers
from tests.browser.conftest import Window
from tests.browser.test_accessible import faults
from tests.practice import claim_numbered, copy_practice

pytestmark = pytest.mark.browser


@pytest.fixture
def engine(made_practice: Path, settings: Settings) -> Iterator[Engine]:
    """The loaded practice instead of an empty database."""
    made = copy_practice(made_practice, settings.home)
    yield made
    made.dispose()


@pytest.fixture
def practice_ids(engine: Engine) -> tuple[int, ...]:
    with Session(engine) as session:
        return tuple(number for number in session.exec(select(Practice.id)) if number is not None)


def test_no_page_of_the_workbench_has_a_fault(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    claim = claim_numbered(engine, "ST1003")
    with Session(engine) as session:
        payer = call_payers(session, practice_ids)[0].payer_id
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, bypass_csp=True)
    found = {}
    for path in (
        f"/work?queue=authorization&claim={claim.id}",
        "/work?carc=197&least=10&guided=1",
        "/work?carc=999",
        f"/claims/{claim.id}",
        f"/work/bulk?claims={claim.id}",
        "/work/print?all=1",
        "/calls",
        f"/calls/{payer}",
        "/team",
        "/reports",
        "/reports/aging",
        "/reports/denials/claims?which=open",
        "/unmatched",
        "/files",
    ):
        page.goto(path)
        found[path] = faults(page)
    assert {path: each for path, each in found.items() if each} == {}


def test_what_opens_on_a_claim_has_no_fault(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids, bypass_csp=True)
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    page.locator(".claim .code-line").first.click()
    page.locator("#edi-drawer .edi-lit").wait_for()
    for summary in page.locator(".claim summary").all():
        summary.click()
    page.locator(".list-tick").first.check()
    assert faults(page) == []
