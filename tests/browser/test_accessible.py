"""axe reads every page of the frame in Chromium, light and dark, and finds nothing against WCAG 2.2 AA."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from app.auth.permissions import Role
from tests.browser.conftest import Window, press

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "axe-core-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ("/people", "/people/new", "/people/1", "/audit", "/account", "/design", "/nowhere")


SETTLED = "Promise.allSettled(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished))"
COLORS = {"type": "rule", "values": ["color-contrast"]}


def faults(page: Page) -> list[str]:
    """What axe holds against the page as it stands: everything in light, and in dark what colors decide."""
    page.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = []
    for is_dark, rules in ((True, COLORS), (False, RULES)):
        page.emulate_media(color_scheme="dark" if is_dark else "light")
        page.evaluate(SETTLED)
        answer = page.evaluate("rules => axe.run(document, { runOnly: rules })", rules)
        found += [{**each, "scheme": "dark" if is_dark else "light"} for each in answer["violations"]]
    return [f"{each['scheme']}: {each['impact']} {each['id']}: {each['nodes'][0]['target']}" for each in found]


def test_no_page_of_the_frame_has_a_fault(window: Window) -> None:
    page = window(Role.ADMINISTRATOR, bypass_csp=True)
    for path in PAGES:
        page.goto(path)
        assert faults(page) == [], path


@pytest.mark.parametrize("opened", ["the account menu", "?", "Control+k"])
def test_what_opens_over_a_page_has_no_fault(window: Window, opened: str) -> None:
    page = window(Role.ADMINISTRATOR, bypass_csp=True)
    page.goto("/people")
    if opened == "the account menu":
        page.get_by_role("button", name="Account: Ada Lindqvist").click()
    else:
        press(page, opened)
    assert faults(page) == []


def test_the_sign_in_page_has_no_fault(window: Window) -> None:
    page = window(None, bypass_csp=True)
    page.goto("/sign-in")
    assert faults(page) == []


def test_axe_finds_a_fault_where_there_is_one(window: Window) -> None:
    page = window(None, bypass_csp=True)
    page.goto("/sign-in")
    page.evaluate("document.querySelector('label').remove()")
    assert any("label" in each for each in faults(page))


def test_axe_finds_a_word_that_cannot_be_read_in_the_dark(window: Window) -> None:
    page = window(None, bypass_csp=True)
    page.goto("/sign-in")
    page.add_style_tag(content="@media (prefers-color-scheme: dark) { label { color: #222 !important; } }")
    assert [each.partition(" ")[0] for each in faults(page)] == ["dark:"]
