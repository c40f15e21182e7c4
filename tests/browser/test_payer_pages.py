"""The pages of payers, playbook and strategy in Chromium: no fault that axe finds, none that runs off a small screen,
and a rule made, looked at and kept with the keyboard and no script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Claim, Practice
from app.core.config import Settings
from app.followup.tables import WorkScore
from tests.browser.conftest import Window
from tests.browser.test_accessible import faults
from tests.practice import claim_numbered, copy_practice

pytestmark = pytest.mark.browser
NARROW = {"width": 400, "height": 800}  # also a 1280 px window at 320 %


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


def other_payer(engine: Engine, payer_id: int) -> int:
    """Any other payer that has claims."""
    with Session(engine) as session:
        return session.exec(select(Claim.payer_id).where(Claim.payer_id != payer_id)).first() or 0


def addresses(engine: Engine) -> list[str]:
    claim = claim_numbered(engine, "ST1003")
    return [
        "/payers",
        f"/payers/{claim.payer_id}",
        f"/payers/{claim.payer_id}/same?other={other_payer(engine, claim.payer_id)}",
        "/payers/terms",
        "/playbook",
        "/playbook/rules/coding",
        f"/playbook/edit?like=coding&payer={claim.payer_id}",
        "/playbook/text",
        "/playbook/history",
        f"/playbook/claims/{claim.id}?rule=coding",
        "/codes",
        "/codes/carc/197?payer=1",
        "/codes/texts",
        "/practices",
        "/practices/1",
        "/strategy",
        "/strategy/calibration",
    ]


def test_no_page_of_payers_or_playbook_has_a_fault(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, bypass_csp=True)
    found = {}
    for path in addresses(engine):
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true; })")
        page.evaluate("document.querySelectorAll('tbody tr:nth-child(n + 25)').forEach(alike => alike.remove())")
        found[path] = faults(page)
    assert {path: each for path, each in found.items() if each} == {}


def test_no_page_of_payers_or_playbook_runs_off_a_narrow_screen(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, viewport=NARROW)
    wide = {}
    for path in addresses(engine):
        page.goto(path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > NARROW["width"]} == {}


def test_a_rule_is_made_and_kept_with_the_keyboard_and_no_script(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, java_script_enabled=False)
    page.goto(f"/playbook/edit?like=authorization&payer={claim.payer_id}")
    page.locator("[name=action]").focus()
    page.keyboard.type("Call")
    page.get_by_label("What the biller reads").fill("They open it by phone.")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_label("Why", exact=True).fill("Agreed in May")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url.endswith("/playbook")
    with Session(engine) as session:
        assert session.get_one(WorkScore, claim.id).why == "They open it by phone."


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_two_payers_are_made_one_and_taken_apart(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], script: bool
) -> None:
    claim = claim_numbered(engine, "ST1003")
    other = other_payer(engine, claim.payer_id)
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, java_script_enabled=script)
    page.goto(f"/payers/{other}")
    page.get_by_label("is the same payer as").select_option(str(claim.payer_id))
    page.get_by_role("button", name="See what that would do").click()
    with page.expect_navigation():
        page.get_by_role("button", name="They are the same: move").click()
    assert page.url.endswith(f"/payers/{claim.payer_id}")
    expect(page.locator("#same")).to_contain_text("proved to be this payer")
    with page.expect_navigation():
        page.get_by_role("button", name="Take apart").click()
    assert page.url.endswith(f"/payers/{other}")
