"""axe reads every page of the workbench in Chromium, light and dark, and finds nothing against WCAG 2.2 AA."""

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
        f"/appeals/batch?claims={claim.id}",
        f"/inquiries?claims={claim.id}",
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


def test_the_bench_reads_as_sentences(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    expect(page.locator("#pane-queues")).to_match_aria_snapshot(
        """
        - navigation "Queues":
          - link /^All open work ?, \\d+ claims, \\$[\\d.]+K? open$/
          - link /^Due within 14 days ?, \\d+ claims?, \\$[\\d.]+K? open$/
        """
    )
    row = page.locator(f"#row-{claim.id}")
    expect(row).to_have_accessible_name(
        re.compile(r"^KOWALCZYK, THEO ?, reason 197 ?, \$1,840.00 open. .+ · .+, .+, \$[\d.]+ a minute$")
    )
    expect(page.locator("#touch")).to_match_aria_snapshot(
        """
        - region "Record work":
          - combobox "What you did"
          - combobox "What came of it"
          - textbox "Come back on"
          - textbox "Note"
          - button "Save"
          - group "Save and park":
            - button "7 days"
          - group "Save with an outcome, and its usual next date":
            - button "Nothing new"
        """
    )
    page.locator(".list-tick").first.check()
    expect(page.locator("#bulk")).to_match_aria_snapshot(
        """
        - text: /1 selected · \\$[\\d.,]+/
        - button "Act on the ticked"
        """
    )
    page.get_by_role("button", name="14 days").click()
    expect(
        page.get_by_role("status").filter(has_text="Parked until Dec 7")
    ).to_be_attached()  # said aloud after a load


def test_escape_closes_the_filters_and_tables_fit_a_narrow_screen(
    window: Window, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, viewport={"width": 400, "height": 800})
    page.goto("/work?all=1")
    page.wait_for_function("'ready' in document.documentElement.dataset")
    page.locator("summary").filter(has_text="Filter").click()
    expect(page.get_by_label("Order")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Order")).not_to_be_visible()
    for path in ("/team", "/calls", "/playbook", "/unmatched"):
        page.goto(path)
        page.wait_for_function("'ready' in document.documentElement.dataset")
        too_wide = "each => each.filter((one) => one.scrollWidth > one.clientWidth + 1).length"
        assert page.locator(".table-wrap").evaluate_all(too_wide) == 0, path
