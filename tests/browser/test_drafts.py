"""A note that is not saved: it survives a page loaded again, belongs to one person, and ends with the sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, Route, expect
from sqlalchemy import Engine, update
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.auth.tables import SignIn
from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from tests.browser.conftest import Window, press
from tests.practice import claim_numbered, copy_practice

pytestmark = pytest.mark.browser
NOTE = "Rep Ann says the chart came in on Friday"


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


class Leaving:
    """What the browser asked before the page was left, and what it is answered."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_leave = False

    def answer(self, dialog: Dialog) -> None:
        self.asked.append(dialog.type)
        if self.may_leave:
            dialog.accept()
        else:
            dialog.dismiss()


@pytest.fixture
def leaving() -> Leaving:
    return Leaving()


@pytest.fixture
def page(window: Window, engine: Engine, practice_ids: tuple[int, ...], leaving: Leaving) -> Page:
    """A biller with a note half typed."""
    opened = window(Role.BILLER, practice_ids=practice_ids)
    opened.on("dialog", leaving.answer)
    opened.goto(f"/work?queue=authorization&claim={claim_numbered(engine, 'ST1003').id}")
    press(opened, "m")
    opened.keyboard.type(NOTE)
    opened.get_by_label("What came of it").select_option("needs_records")
    expect(opened.locator("[data-draft-badge]")).to_be_visible()
    return opened


def stored(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("({...sessionStorage})")
    return {name: value for name, value in found.items() if name.startswith("overturn.")}


def wait_until_kept(page: Page, number: int) -> None:
    """So many texts are sealed: that takes the browser a moment."""
    for _ in range(100):
        if len(stored(page)) == number:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not {number} kept: {stored(page)}")


def reload(page: Page) -> None:
    """By its key: the browser itself asks before its button does it."""
    with page.expect_navigation():
        page.keyboard.press("F5")
        page.evaluate("location.reload()")  # what the key does in a window with its own frame


def test_it_survives_a_reload_and_says_so(page: Page, leaving: Leaving) -> None:
    reload(page)
    expect(page.locator("#field-note")).to_have_value(NOTE)
    expect(page.get_by_label("What came of it")).to_have_value("needs_records")
    expect(page.locator("[data-draft-said]")).to_contain_text("It is not saved yet")
    assert leaving.asked == []  # nothing is lost, so nothing is asked


def test_it_survives_a_link_and_the_way_back(page: Page, leaving: Leaving) -> None:
    page.get_by_role("link", name=re.compile("^Coding and bundling")).click()
    expect(page.get_by_role("heading", name="Coding and bundling")).to_be_visible()
    expect(page.locator("#field-note")).to_have_value("")
    page.go_back()
    expect(page.locator("#field-note")).to_have_value(NOTE)
    assert leaving.asked == []


def test_every_other_page_reminds_of_it_and_leads_back(page: Page) -> None:
    wait_until_kept(page, 1)
    reminder = page.locator("[data-draft-reminder]")
    expect(reminder).to_have_count(0)  # it stands before one's eyes
    page.get_by_role("link", name="Payers", exact=True).click()
    expect(reminder).to_have_text("1 not saved")
    reminder.click()
    expect(page.locator("#field-note")).to_have_value(NOTE)
    expect(reminder).to_have_count(0)
    page.get_by_role("button", name="Throw it away").click()
    page.get_by_role("link", name="Payers", exact=True).click()
    expect(page.get_by_role("heading", name="Payers", exact=True)).to_be_visible()
    wait_until_kept(page, 0)
    expect(reminder).to_have_count(0)


def test_it_ends_when_it_is_saved(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".timeline")).to_contain_text(NOTE)
    expect(page.locator("#field-note")).to_have_value("")
    reload(page)
    expect(page.locator(".timeline")).to_contain_text(NOTE)
    expect(page.locator("#field-note")).to_have_value("")
    assert stored(page) == {}


def test_it_is_there_again_when_the_server_could_not_save_it(page: Page) -> None:
    page.route("**/touches", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(500)  # the browser's own page about it
    page.go_back()
    expect(page.locator("#field-note")).to_have_value(NOTE)


def test_it_can_be_thrown_away(page: Page) -> None:
    reload(page)
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("#field-note")).to_have_value("")
    expect(page.locator("#field-note")).to_be_focused()
    expect(page.get_by_label("What came of it")).to_have_value("")
    expect(page.locator("[data-draft-badge]")).to_have_count(0)
    assert stored(page) == {}


def test_nothing_that_can_be_read_is_kept_in_the_browser(page: Page) -> None:
    wait_until_kept(page, 1)
    kept = " ".join(f"{name} {value}" for name, value in stored(page).items())
    assert "Ann" not in kept
    assert "chart" not in kept


def test_signing_out_asks_first_and_then_leaves_nothing(page: Page, leaving: Leaving) -> None:
    wait_until_kept(page, 1)
    page.get_by_role("button", name=re.compile("account:")).click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.locator("#field-note")).to_have_value(NOTE)
    leaving.may_leave = True
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in to Overturn")).to_be_visible()
    wait_until_kept(page, 0)
    assert leaving.asked == ["beforeunload", "beforeunload"]
    assert stored(page) == {}


def test_closing_the_tab_asks_first(page: Page, leaving: Leaving) -> None:
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert leaving.asked == ["beforeunload"]
    expect(page.locator("#field-note")).to_have_value(NOTE)


def test_a_sign_in_that_ended_by_itself_leaves_nothing_and_the_field_keeps_it(
    page: Page, engine: Engine, clock: FixedClock
) -> None:
    wait_until_kept(page, 1)
    with session_scope(engine) as session:
        session.exec(update(SignIn).values(ended_at=clock.now()))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#signed-out")).to_be_visible()
    assert stored(page) == {}
    expect(page.locator("#field-note")).to_have_value(NOTE)

    with session_scope(engine) as session:  # signed in again in another tab
        session.exec(update(SignIn).values(ended_at=None))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#signed-out")).not_to_be_visible()
    wait_until_kept(page, 1)
    reload(page)
    expect(page.locator("#field-note")).to_have_value(NOTE)


def test_another_persons_sign_in_in_the_same_tab_cannot_read_it(
    page: Page, window: Window, practice_ids: tuple[int, ...]
) -> None:
    wait_until_kept(page, 1)
    other = window(Role.BILLER, practice_ids=practice_ids)
    page.context.add_cookies(other.context.cookies())  # type: ignore[arg-type]  # as they were read
    reload(page)
    expect(page.locator("#field-note")).to_have_value("")
    wait_until_kept(page, 0)


def test_a_call_sheet_survives_a_reload(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/calls/{claim_numbered(engine, 'ST1003').payer_id}")
    page.get_by_label("Reference of the call").fill("C-77")
    page.locator("select").first.select_option("will_pay")
    wait_until_kept(page, 1)
    reload(page)
    expect(page.get_by_label("Reference of the call")).to_have_value("C-77")
    expect(page.locator("select").first).to_have_value("will_pay")


def test_the_first_hold_of_a_page_waits_until_the_drafts_are_unsealed(page: Page, engine: Engine) -> None:
    """Else it would give back the hold on the claim that the note waits on."""
    drafted = claim_numbered(engine, "ST1003").id
    wait_until_kept(page, 1)
    page.add_init_script(
        "const open = crypto.subtle.decrypt.bind(crypto.subtle);"
        "crypto.subtle.decrypt = async (...all) => {"
        " await new Promise((done) => setTimeout(done, 700)); return open(...all); };"
    )
    with page.expect_request(re.compile(r"/lease$")) as asked:
        page.evaluate(f"location.assign('/work?claim={claim_numbered(engine, 'ST1001').id}')")

    assert f"keep={drafted}" in (asked.value.post_data or "")


def test_a_second_press_while_the_answer_is_underway_saves_nothing_twice(page: Page) -> None:
    sent: list[Route] = []
    page.route(re.compile(r"/touches$"), lambda route: sent.append(route))  # the server takes its time
    page.evaluate(
        "() => { const save = document.querySelector('#touch .touch-actions .button-primary');"
        " save.click(); setTimeout(() => save.click(), 1500); }"
    )
    page.wait_for_timeout(3000)

    assert len(sent) == 1
    sent[0].continue_()
    expect(page.locator("[data-toast]").last).to_contain_text("Kept")
