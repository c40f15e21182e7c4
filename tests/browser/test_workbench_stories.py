"""Whole stories in a real browser: ten claims by keyboard alone, many at once, a call, a sign-out in mid-note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, update
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.auth.tables import SignIn
from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from app.followup.calls import call_payers
from app.followup.tables import Lease, Snooze, Touch
from app.followup.verify import verify_queues
from tests.browser.conftest import Window, press
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


def touches(engine: Engine) -> list[Touch]:
    with Session(engine) as session:
        return list(session.exec(select(Touch)))


def test_ten_claims_with_nothing_but_n_and_the_outcome_keys(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?all=1")
    left = page.locator("[data-row]").count()
    press(page, "G")
    expect(page.locator(".guided-line")).to_be_visible()
    press(page, "n")
    expect(page).to_have_url(re.compile("guided=1.*claim="))
    for done, key in enumerate("123456"[: left - 1] * 2, 1):
        if done > min(10, left - 1):
            break
        press(page, key)
        expect(page.locator("[data-row]")).to_have_count(left - done)
        expect(page).to_have_url(re.compile("guided=1.*claim="))

    kept = touches(engine)
    assert len(kept) == min(10, left - 1) >= 9
    assert all(touch.outcome and touch.next_on and touch.minutes > 0 for touch in kept)
    with Session(engine) as session:
        assert verify_queues(session).faults == []


def held(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return sorted(lease.claim_id for lease in session.exec(select(Lease)))


def step(page: Page, key: str) -> int:
    """Walk to the next claim until it is held; its number."""
    with page.expect_response(re.compile("/claims/[0-9]+/lease$")) as answer:
        press(page, key)
    return int(answer.value.url.split("/")[-2])


def test_whoever_walks_the_list_holds_the_claim_on_the_screen_and_the_one_with_an_unsaved_note(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?all=1")
    page.wait_for_load_state("networkidle")
    step(page, "j")
    passed = step(page, "j")
    assert held(engine) == [passed]

    press(page, "m")
    page.keyboard.type("Half a note")
    page.keyboard.press("Escape")
    shown = step(page, "j")
    assert held(engine) == sorted([passed, shown])


def test_a_row_full_of_marks_still_says_whose_claim_it_is(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    address = f"/work?queue=authorization&claim={claim_numbered(engine, 'ST1003').id}"
    first, second = window(Role.BILLER, practice_ids=practice_ids), window(Role.SUPERVISOR, practice_ids=practice_ids)
    first.goto(address)
    first.wait_for_load_state("networkidle")
    second.goto(address)
    press(second, "m")
    second.keyboard.type("Half a note")

    row = second.locator("[data-row]").first
    expect(row.get_by_text("Not saved")).to_be_visible()
    expect(row.get_by_text("has it open")).to_be_attached()
    name = row.locator(".list-title > .truncate")
    assert name.evaluate("each => each.scrollWidth - each.clientWidth") <= 1, "the name is cut off"


def test_the_palette_offers_what_this_page_can_do_first_and_nothing_that_it_cannot(
    window: Window, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?all=1")
    press(page, "Control+k")
    offered = page.locator("#palette-list .palette-item")
    expect(offered.first).to_contain_text("Give me the next best claim")
    page.keyboard.type("undo")
    expect(offered.filter(has_text="Undo the last act")).to_have_count(0)  # nothing was done yet
    page.keyboard.press("Escape")
    press(page, "i")
    expect(page.locator("[data-toast]").last).to_contain_text("given to")
    press(page, "Control+k")
    expect(offered.first).to_contain_text("Undo the last act")


def test_the_filter_the_note_and_the_ticks_are_left_and_saved_by_key(
    window: Window, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?all=1")
    press(page, "f")
    expect(page.locator('.filter-form [name="queue"]')).to_be_focused()
    press(page, "Escape")
    expect(page.locator('.filter-form [name="queue"]')).to_be_hidden()
    page.locator("[data-row]").first.focus()
    press(page, "x")
    expect(page.locator("[data-bulk]")).to_be_visible()
    press(page, "m", "Escape")  # the first one leaves the field, the second unticks
    expect(page.locator("[data-bulk]")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    press(page, "m")
    page.keyboard.type("Saved without a hand on the mouse")
    press(page, "Control+Enter")
    expect(page.locator("[data-toast]").last).to_contain_text("Kept")
    expect(page.locator(".timeline")).to_contain_text("Saved without a hand on the mouse")


def test_many_rows_by_x_and_shift_with_exact_dollars_and_one_undo(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?all=1")
    before = page.locator("[data-row]").count()
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.locator("[data-row]").nth(1).focus()
    press(page, "x")
    page.locator(".list-tick").nth(3).click(modifiers=["Shift"])
    cents = page.locator(".list-tick:checked").evaluate_all(
        "all => all.reduce((s, e) => s + Number(e.dataset.cents), 0)"
    )
    expect(page.locator("[data-bulk-count]")).to_have_text(f"3 selected · ${cents / 100:,.2f}")
    press(page, "a")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"3 claims · ${cents / 100:,.2f} open")
    page.get_by_label("Come back on").fill("2026-12-14")
    page.get_by_role("button", name="Park 3 claims").click()
    expect(page.locator("[data-row]")).to_have_count(before - 3)
    press(page, "u")
    expect(page.locator("[data-row]")).to_have_count(before)
    assert touches(engine) == []


def test_many_at_once_without_a_script(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids, java_script_enabled=False)
    page.goto("/work?queue=authorization")
    page.locator(".list-tick").first.check()
    page.get_by_role("button", name="Act on the ticked").click()
    page.get_by_label("Note").fill("Without a script")
    page.get_by_role("button", name="Add to 1 claim").click()
    expect(page.locator("[data-toast]").first).to_contain_text("1 claim, $1,840.00: noted.")
    page.locator("[data-toast]").get_by_role("button", name="Undo").click()
    assert touches(engine) == []


def test_a_sign_out_in_mid_note_loses_nothing(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock
) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    page.locator("#field-note").fill("Typed for ten minutes before the session ran out")
    with session_scope(engine) as session:
        session.exec(update(SignIn).values(ended_at=clock.now()))

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#signed-out")).to_be_visible()
    expect(page.locator("#field-note")).to_have_value("Typed for ten minutes before the session ran out")
    with session_scope(engine) as session:  # signed in again in another tab
        session.exec(update(SignIn).values(ended_at=None))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#signed-out")).not_to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".timeline")).to_contain_text("Typed for ten minutes before the session ran out")


def test_a_form_gone_stale_shows_both_sides_and_saves_again(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    address = f"/claims/{claim.id}"
    first = window(Role.BILLER, practice_ids=practice_ids, java_script_enabled=False)
    second = window(Role.SUPERVISOR, practice_ids=practice_ids, java_script_enabled=False)
    first.goto(address)
    second.goto(address)
    second.locator("#field-note").fill("The payer called back")
    second.get_by_role("button", name="Save", exact=True).click()
    first.locator("#field-note").fill("My own findings")
    first.get_by_role("button", name="Save", exact=True).click()
    expect(first.get_by_role("alert")).to_contain_text("changed since you opened it")
    expect(first.locator("#touch")).to_contain_text("The payer called back")
    expect(first.locator("#field-note")).to_have_value("My own findings")
    first.get_by_role("button", name="Save", exact=True).click()
    expect(first.locator(".timeline")).to_contain_text("My own findings")


def test_the_step_keys_fill_the_form(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    press(page, "d")
    expect(page.get_by_label("What you did")).not_to_have_value("note")
    expect(page.locator("#field-note")).to_be_focused()
    press(page, "Escape")
    press(page, "c")
    expect(page.get_by_label("What you did")).to_have_value("call")
    expect(page.get_by_label("Reference number")).to_be_focused()
    press(page, "Escape")
    press(page, "t")
    page.get_by_role("link", name="Call: why it was denied").click()
    expect(page.locator("#field-note")).to_have_value(re.compile("about the denial of ST1003"))
    press(page, "Escape")
    press(page, "w")
    expect(page.locator("[data-toast]").last).to_contain_text("Parked until the payer answers")
    with Session(engine) as session:
        assert session.get_one(Snooze, claim.id).waits_for == "answer"


def test_a_view_is_saved_and_stands_beside_the_queues(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?carc=197&sort=balance")
    page.get_by_text("Save view").first.click()
    page.get_by_label("Name").fill("No authorization")
    page.get_by_role("button", name="Save view").click()
    line = page.locator(".view-line")
    expect(line).to_contain_text("No authorization")
    page.goto("/work?all=1")
    line.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"carc=197&sort=balance&view=\d+$"))


def test_a_call_about_everything_open_at_one_payer(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    with Session(engine) as session:
        busiest = max(call_payers(session, practice_ids), key=lambda each: each.claims)
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?all=1")
    press(page, "g")
    press(page, "c")
    page.get_by_role("link", name=busiest.name).first.click()
    page.get_by_label("Reference of the call").fill("C-1")
    for picked in page.locator("select").all()[:2]:
        picked.select_option("will_pay")
    page.get_by_role("button", name="Keep the call").click()
    expect(page.locator("[data-toast]").last).to_contain_text("One call, 2 claims")
    assert {touch.call_reference for touch in touches(engine)} == {"C-1"}


def test_the_call_sheet_prints_its_claims_and_lines_to_write_on(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    with Session(engine) as session:
        payer = call_payers(session, practice_ids)[0]
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/calls/{payer.payer_id}")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")

    expect(page.locator(".call-sheet tbody tr")).to_have_count(payer.claims)
    expect(page.locator(".call-sheet tbody th").first).to_be_visible()
    expect(page.get_by_label("Reference of the call")).to_be_visible()
    expect(page.get_by_role("button", name="Keep the call")).to_be_hidden()


def test_a_write_off_is_asked_for_by_one_and_decided_by_another(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana, sam = window(Role.BILLER, practice_ids=practice_ids), window(Role.SUPERVISOR, practice_ids=practice_ids)
    dana.goto(f"/work?queue=authorization&claim={claim.id}")
    dana.get_by_text("Ask for a write-off").click()
    dana.get_by_label("Dollars").fill("25")
    dana.get_by_label("Why", exact=True).fill("Below the cost of an appeal")
    dana.get_by_role("button", name="Send to write-off review").click()
    expect(dana.locator("[data-toast]").last).to_contain_text("$25.00 sent to write-off review")
    sam.goto("/team")
    sam.get_by_role("button", name="Approve").click()
    expect(sam.locator("[data-toast]").last).to_contain_text("$25.00 written off.")
    expect(sam.get_by_text("Nobody has asked for a write-off.")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_refused_write_off_keeps_the_reason_and_opens_on_the_field(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], *, has_script: bool
) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids, java_script_enabled=has_script)
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    page.get_by_text("Ask for a write-off").click()
    page.get_by_label("Dollars").fill("12.345")
    page.get_by_label("Why", exact=True).fill("Below the cost of an appeal")
    page.get_by_role("button", name="Send to write-off review").click()
    expect(page.get_by_text("Dollars should look like 120 or 120.50.")).to_be_visible()
    expect(page.get_by_label("Why", exact=True)).to_have_value("Below the cost of an appeal")
    expect(page.get_by_label("Dollars")).to_be_focused()
    page.get_by_label("Dollars").fill("12.34")
    page.get_by_role("button", name="Send to write-off review").click()
    expect(page.locator("[data-toast]").last).to_contain_text("$12.34 sent to write-off review")


def test_at_two_hundred_percent_nothing_is_cut_off(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, viewport={"width": 640, "height": 430})
    for address in ("/work?all=1", "/calls", "/team", "/reports", "/reports/aging"):
        page.goto(address)
        assert wider_than_the_window(page) <= 1, address


@pytest.mark.parametrize("has_script", [True, False])
def test_on_a_narrow_screen_a_wide_table_is_read_as_cards(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], *, has_script: bool
) -> None:
    small = {"width": 400, "height": 800}
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, viewport=small, java_script_enabled=has_script)
    with Session(engine) as session:
        sheet = f"/calls/{call_payers(session, practice_ids)[0].payer_id}"
    label_over_value = """cells => cells.filter((each) => {
        const style = getComputedStyle(each);
        return style.display !== "none" && parseFloat(style.paddingInlineStart) < 100;
    }).length"""
    for address in ("/calls", sheet, "/team", "/research", "/payers"):
        page.goto(address)
        cells = page.locator(".cards td[data-label]:not(:empty)")
        assert cells.evaluate_all(label_over_value) == 0, address
        first = page.locator(".cards td[data-label]:not(:empty)").first
        expect(first).to_be_visible()
        edge = first.bounding_box()
        assert edge is not None
        assert 0 <= edge["x"] < edge["x"] + edge["width"] <= small["width"], address
        assert page.locator(".cards tbody tr").first.evaluate("row => getComputedStyle(row).display") == "block"


def wider_than_the_window(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found
