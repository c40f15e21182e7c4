"""A biller corrects a denied claim in a real browser, takes it back, sends it, and finds it in the outbox."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Claim, Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from app.core.tables import Destination
from app.followup.rank import rerank_all
from app.jobs.sending import outbox_job
from tests.browser.conftest import Window, press
from tests.browser.test_accessible import faults
from tests.matching.paper import Books, billed, payment, submission

pytestmark = pytest.mark.browser

DENIED = """
    CLP*A100*4*300*0**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~
    SVC*HC:99213*300*0**1~DTM*472*20261005~CAS*CO*4*300~REF*6R*A100L1~LQ*HE*N519~
"""


@pytest.fixture
def practice_ids(engine: Engine, settings: Settings, clock: FixedClock, tmp_path: Path) -> tuple[int, ...]:
    """One claim, billed and denied for a missing modifier, and a folder to send into."""
    papers = tmp_path / "papers"
    papers.mkdir()
    books = Books(engine, settings, papers, clock)
    books.take(submission(billed("A100", "300")), payment(DENIED))
    rerank_all(engine, clock, trigger="test")
    with session_scope(engine) as session:
        numbers = tuple(number for number in session.exec(select(Practice.id)) if number is not None)
        session.add(Destination(practice_id=numbers[0], name="Clearinghouse", folder="out", changed_at=clock.now()))
    return numbers


def test_correct_check_release_undo_and_release_again(
    window: Window, engine: Engine, settings: Settings, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    expect(page.locator("#claim-title")).to_have_text("DOE, JANE")
    press(page, "r")
    expect(page).to_have_url(re.compile(r"/claims/\d+/refile$"))
    expect(page.get_by_text("Proposed: Replacement (frequency 7)")).to_be_visible()

    page.get_by_label("Line 1: modifiers").fill("25")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("No rule stands against it, and the guide check is clean.")).to_be_visible()
    expect(page.get_by_label("Line 1: modifiers")).to_have_value("25")
    page.get_by_text("The EDI that would leave").click()
    expect(page.locator(".edi-text", has_text="REF*F8*ICN1")).to_be_visible()

    page.get_by_role("button", name="Release").click()
    expect(page.locator("[data-toast]").last).to_contain_text("leaves in 10 minutes")
    expect(page.locator("[data-row]")).to_have_count(0)  # out of the hand until the payer answers
    press(page, "u")
    expect(page.locator("[data-toast]").last).to_contain_text("Taken back")

    page.get_by_label("Line 1: modifiers").fill("25")
    page.get_by_role("button", name="Release").click()
    page.goto("/outbox")
    expect(page.locator("[data-countdown]")).to_contain_text(re.compile(r"leaves in \d+:\d\d"))

    clock.advance(minutes=10)
    assert outbox_job(engine, settings, clock, "test") == "1 sent."
    page.reload()
    expect(page.get_by_role("region", name="Sent")).to_contain_text("Folder")
    (sent,) = (settings.outbox_dir / "drop" / "out").iterdir()
    assert "CLM*A100*300***11:B:7*" in sent.read_text()


def test_the_whole_form_works_without_javascript(
    window: Window, practice_ids: tuple[int, ...], engine: Engine
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids, java_script_enabled=False)
    with Session(engine) as session:
        claim_id = session.exec(select(Claim.id)).one()
    page.goto(f"/claims/{claim_id}/refile")
    page.get_by_label("Line 1: modifiers").fill("25")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("No rule stands against it")).to_be_visible()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("leaves in 10 minutes")).to_be_visible()


def test_axe_finds_no_fault_on_its_pages(window: Window, practice_ids: tuple[int, ...], engine: Engine) -> None:
    with Session(engine) as session:
        claim_id = session.exec(select(Claim.id)).one()
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, bypass_csp=True)
    page.goto(f"/claims/{claim_id}/refile")
    page.get_by_label("Line 1: modifiers").fill("25")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("The EDI that would leave").click()
    assert faults(page) == []
    page.get_by_role("button", name="Release").click()
    for path in ("/outbox", "/destinations", "/destinations/new", "/destinations/1"):
        page.goto(path)
        assert faults(page) == [], path
