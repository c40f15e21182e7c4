"""The frame around every page, in a real browser: keys, menu, palette, theme, toasts, and life without JavaScript."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect

from app.auth.permissions import Role
from tests.browser.conftest import Window, press
from tests.browser_double import PASSWORD, sign_in_as

pytestmark = pytest.mark.browser


def test_two_keys_in_a_row_go_to_a_page(window: Window) -> None:
    page = window(Role.ADMINISTRATOR)
    page.goto("/people")
    press(page, "g")
    press(page, "a")
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()


def test_keys_stay_quiet_while_somebody_types(window: Window) -> None:
    page = window(Role.ADMINISTRATOR)
    page.goto("/people/new")
    page.get_by_label("Name").press_sequentially("ga?")
    assert page.url.endswith("/people/new")
    expect(page.locator("#key-sheet")).not_to_be_visible()


def test_single_keys_turned_off_do_nothing_but_the_palette_still_opens(window: Window) -> None:
    page = window(Role.ADMINISTRATOR)
    page.goto("/people")
    page.get_by_role("button", name="Account: Ada Lindqvist").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Turn single-key shortcuts off").click()
    press(page, "?")
    expect(page.locator("#key-sheet")).not_to_be_visible()
    press(page, "Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_the_palette_finds_a_page_by_a_few_letters(window: Window) -> None:
    page = window(Role.ADMINISTRATOR)
    page.goto("/people")
    press(page, "Control+k")
    page.keyboard.type("adt lg")
    press(page, "Backspace")
    press(page, "Backspace")
    press(page, "Backspace")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()


def test_the_key_sheet_opens_and_escape_closes_it(window: Window) -> None:
    page = window(Role.ADMINISTRATOR)
    page.goto("/people")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).not_to_be_visible()


def test_dark_is_chosen_in_the_menu_and_stays(window: Window) -> None:
    page = window(Role.ADMINISTRATOR, color_scheme="light")
    page.goto("/people")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Account: Ada Lindqvist").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(ground) != light
    page.reload()
    assert page.evaluate(ground) != light


def test_an_act_is_taken_back_from_its_toast(window: Window, app: FastAPI) -> None:
    dana = sign_in_as(app, Role.BILLER)
    page = window(Role.ADMINISTRATOR)
    page.goto(f"/people/{dana.person_id}")
    page.get_by_role("button", name="Disable Dana Reyes").click()
    expect(page.get_by_text("Dana Reyes can no longer sign in.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Dana Reyes can sign in again.")).to_be_visible()


def test_everything_works_without_javascript(window: Window) -> None:
    page = window(Role.ADMINISTRATOR, java_script_enabled=False)
    page.goto("/people/new")
    page.get_by_label("E-mail").fill("rosa@example.test")
    page.get_by_label("Name").fill("Rosa Ingram")
    page.get_by_label("First password").fill(PASSWORD)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name="Rosa Ingram")).to_be_visible()
    page.get_by_role("button", name="Account: Ada Lindqvist").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Overturn")).to_be_visible()


def test_every_place_is_in_the_bar_or_under_more_and_nothing_is_cut_off(window: Window) -> None:
    page = window(Role.SUPERVISOR, java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page.goto("/reports")
    places = page.get_by_role("navigation", name="Main").locator(".places")
    assert places.evaluate("bar => bar.scrollWidth - bar.clientWidth") == 0
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Research").click()
    expect(page.get_by_role("heading", name="Research")).to_be_visible()


def test_a_place_under_more_keeps_its_key(window: Window) -> None:
    page = window(Role.SUPERVISOR)
    page.goto("/reports")
    press(page, "g")
    press(page, "s")
    expect(page.get_by_role("heading", name="Research")).to_be_visible()


def test_a_session_that_ended_says_so_and_keeps_what_was_typed(window: Window, app: FastAPI) -> None:
    page = window(Role.ADMINISTRATOR)
    page.goto("/people/new")
    page.get_by_label("Name").fill("Rosa Ingram")
    page.context.clear_cookies(name="overturn_session")
    page.evaluate("htmx.ajax('GET', '/people', {target: '#main', swap: 'innerHTML'})")
    expect(page.get_by_role("dialog", name="You were signed out")).to_be_visible()
    page.get_by_role("button", name="Back to what I typed").click()
    expect(page.get_by_label("Name")).to_have_value("Rosa Ingram")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_page_scrolls_sideways(window: Window, width: int) -> None:
    page = window(Role.ADMINISTRATOR, viewport={"width": width, "height": 800})
    for path in ("/people", "/people/new", "/audit", "/account", "/design", "/sign-in"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_policy_stops_what_somebody_slips_in(window: Window) -> None:
    page = window(Role.ADMINISTRATOR, allowed="inline script")
    page.goto("/people")
    ran = page.evaluate(
        """async () => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            const stopped = new Promise((done) => addEventListener("securitypolicyviolation", done, { once: true }));
            document.body.append(script);
            await stopped;
            return window.ran === true;
        }"""
    )
    assert ran is False
