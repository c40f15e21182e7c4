"""Saved views in a real browser: a name that is taken loses nothing, and a long one stays in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Practice
from app.core.config import Settings
from tests.browser.conftest import Window
from tests.practice import copy_practice

pytestmark = pytest.mark.browser

LONG = "Bundled at every payer, over a hundred dollars, oldest first"


@pytest.fixture
def engine(made_practice: Path, settings: Settings) -> Iterator[Engine]:
    made = copy_practice(made_practice, settings.home)
    yield made
    made.dispose()


@pytest.fixture
def practice_ids(engine: Engine) -> tuple[int, ...]:
    with Session(engine) as session:
        return tuple(number for number in session.exec(select(Practice.id)) if number is not None)


def test_a_view_is_saved_changed_and_saved_again_and_its_long_name_stays_in_the_head(
    window: Window, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?carc=197")
    page.locator("summary", has_text="Save view").click()
    page.locator("#field-view-name").fill(LONG)
    page.locator('form[action="/views"] button').click()
    expect(page.locator("#pane-list h1")).to_have_text(LONG)
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 800})
        head, name = (
            page.locator("#pane-list .pane-head").bounding_box(),
            page.locator("#pane-list h1").bounding_box(),
        )
        assert head is not None, width
        assert name is not None, width
        assert head["y"] <= name["y"], width
        assert name["y"] + name["height"] <= head["y"] + head["height"], width
    page.set_viewport_size({"width": 1280, "height": 860})

    page.locator('[aria-label="Remove filter Reason 197"]').click()
    page.locator("button", has_text="Save changes").click()

    expect(page.locator("[data-toast]").last).to_contain_text("is changed")
    expect(page.locator("button", has_text="Save changes")).to_have_count(0)


def test_a_name_that_is_taken_opens_the_form_again_with_the_name_in_it(
    window: Window, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    for list_address in ("/work?carc=197", "/work?carc=4"):
        page.goto(list_address)
        page.locator('summary[data-palette="Save this list as a view"]').click()
        page.locator("#field-view-name").fill("No auth")
        page.locator('form[action="/views"] button.button-primary').click()
    expect(page.locator("#field-view-name")).to_be_focused()
    expect(page.locator("#field-view-name")).to_have_value("No auth")

    page.locator("button", has_text="Replace the one that is there").click()

    expect(page.locator("#pane-list h1")).to_have_text("No auth")
    expect(page.locator('[aria-label="Remove filter Reason 4"]')).to_be_visible()
