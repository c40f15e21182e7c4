"""From a denied claim to a faxed packet and a won appeal, in a real browser; and every page of it read by axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Practice
from app.core.config import Settings
from tests.appeals.papers import paper_pdf
from tests.browser.conftest import Window, press
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


def test_a_biller_appeals_a_denial_and_writes_down_that_it_was_won(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], tmp_path: Path
) -> None:
    claim = claim_numbered(engine, "ST1003")
    note = tmp_path / "note.pdf"
    note.write_bytes(paper_pdf("Office note"))
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/claims/{claim.id}")
    page.get_by_role("link", name="Appeal", exact=True).click()
    expect(page.get_by_role("heading", name="Appeal to CALLOWAY MUTUAL BENEFIT")).to_be_visible()
    page.get_by_role("button", name="Start a draft").click()
    page.get_by_label("Your argument").fill("Authorized by phone on September 2, reference 88213.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("How it reads")).to_contain_text("reference 88213")
    page.get_by_label("Add a file").set_input_files(note)
    page.get_by_label("Title").fill("Office note")
    page.get_by_role("button", name="Enclose").click()
    expect(page.get_by_text("Office note").first).to_be_visible()
    page.get_by_role("button", name="Save and queue for $1,840.00").click()
    expect(page.get_by_role("heading", name=re.compile("In the outbox"))).to_be_visible()
    page.get_by_label("Proof").fill("Fax confirmation 4711")
    page.get_by_role("button", name="It was sent").click()
    page.get_by_label("Won").fill("1,500")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("heading", name=re.compile("Overturned"))).to_be_visible()
    page.goto("/appeals?show=decided")
    expect(page.get_by_role("row", name=re.compile("KOWALCZYK"))).to_contain_text("$1,500.00")


def test_what_a_rule_forbids_says_so_before_anything_is_typed(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1004")
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/claims/{claim.id}/appeal")
    expect(page.get_by_text("MA130 says that the claim could not be processed")).to_be_visible()
    page.get_by_role("button", name="Start a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("APPEAL-UNPROCESSABLE")


def test_the_key_for_an_appeal_says_why_a_rejected_claim_has_none(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST2002")
    page = window(Role.BILLER, practice_ids=practice_ids, bypass_csp=True)
    page.goto(f"/claims/{claim.id}")
    why = page.get_by_text("rejected before it was adjudicated")
    expect(why).to_be_hidden()
    press(page, "p")
    expect(why).to_be_visible()
    expect(page.locator('[data-action="claim.appeal"]')).to_be_focused()
    assert page.url.endswith(f"/claims/{claim.id}")
    assert faults(page) == []

    press(page, "Control+k")
    page.locator("#palette input").fill("the claim")
    expect(page.locator("#palette-list")).to_contain_text("Refile the claim")
    expect(page.locator("#palette-list")).not_to_contain_text("Appeal the claim")


def test_no_page_of_appeals_and_research_has_a_fault(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, bypass_csp=True)
    page.goto(f"/claims/{claim.id}/appeal")
    assert faults(page) == [], "start"
    page.get_by_role("button", name="Start a draft").click()
    expect(page.get_by_label("Your argument")).to_be_visible()
    assert faults(page) == [], "appeal"
    for path in ("/appeals", "/appeals/batch", "/appeals/templates", "/appeals/templates/duplicate", "/research"):
        page.goto(path)
        assert faults(page) == [], path
