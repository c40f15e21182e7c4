"""A biller's day in a real browser: keyboard alone, two people on one claim, undo, no JavaScript, narrow screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Practice
from app.core.config import Settings
from app.followup.tables import Touch
from app.followup.verify import verify_queues
from tests.browser.conftest import Window, press
from tests.practice import STORIES, claim_numbered, copy_practice

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


def title(page: Page) -> str:
    return page.locator("#claim-title").inner_text()


def rows(page: Page) -> int:
    return page.locator("[data-row]").count()


def test_work_claims_by_keyboard_alone(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    before = rows(page)
    worked = []
    for done in range(1, 7):
        worked.append(title(page))
        press(page, "s")  # park for a week; the next one opens
        expect(page.locator("[data-row]")).to_have_count(before - done)
        expect(page.locator("[data-toast]").last).to_contain_text("Parked until Nov 30")
    with Session(engine) as session:
        touches = session.exec(select(Touch)).all()
        assert len(touches) == 6
        assert all(touch.minutes > 0 for touch in touches)  # counted quietly
        assert verify_queues(session).faults == []


def test_j_and_k_walk_the_list_and_the_claim_follows(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    names = page.locator("[data-row] .list-title .truncate").all_inner_texts()
    ids = [row.removeprefix("row-") for row in page.locator("[data-row]").evaluate_all("rows => rows.map(r => r.id)")]
    for key, place in (("j", 1), ("j", 2), ("k", 1)):
        press(page, key)
        expect(page).to_have_url(re.compile(f"claim={ids[place]}$"))
        expect(page.locator("#claim-title")).to_have_text(names[place])
    page.evaluate("history.back()")
    expect(page).to_have_url(re.compile(f"claim={ids[2]}$"))
    expect(page.locator("#claim-title")).to_have_text(names[2])


def test_undo_by_key_brings_the_claim_back(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    before = rows(page)
    press(page, "s")
    expect(page.locator("[data-row]")).to_have_count(before - 1)
    press(page, "u")
    expect(page.locator("[data-row]")).to_have_count(before)
    expect(page.locator("#claim-title")).to_have_text("KOWALCZYK, THEO")


def test_a_note_is_typed_and_kept_and_keys_stay_quiet_meanwhile(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    press(page, "m")
    page.keyboard.type("Spoke with nurse; jjkk sends chart soon")
    page.get_by_label("What came of it").select_option("needs_records")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-toast]").last).to_contain_text("Kept")
    expect(page.locator(".timeline")).to_contain_text("Spoke with nurse; jjkk sends chart soon")
    assert title(page) == "KOWALCZYK, THEO"  # no date: it stays in the hand


def test_two_people_meet_on_one_claim(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    claim = claim_numbered(engine, "ST1003")
    address = f"/work?queue=authorization&claim={claim.id}"
    first, second = window(Role.BILLER, practice_ids=practice_ids), window(Role.SUPERVISOR, practice_ids=practice_ids)
    first.goto(address)
    first.wait_for_load_state("networkidle")
    second.goto(address)
    expect(second.get_by_text("Dana Reyes has this claim open")).to_be_visible()
    second.locator("#field-note").fill("Typed by the second")
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_role("alert")).to_contain_text("your note is still here")
    expect(second.get_by_role("alert")).to_be_focused()  # where one looks, however far down it stands
    expect(second.locator("#field-note")).to_have_value("Typed by the second")
    with second.expect_navigation():
        second.get_by_role("button", name="Save mine too").click()
    expect(second.locator(".timeline")).to_contain_text("Typed by the second")


def test_a_figure_opens_its_segment_in_place_and_escape_closes_it(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    page.locator(".claim .code-line").first.click()
    lit = page.locator("#edi-drawer .edi-lit")
    expect(lit).to_contain_text("CAS*CO*197")
    expect(lit.locator(".edi-element")).to_have_text("1840")
    expect(page.locator("#edi-drawer")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#edi-drawer")).to_be_empty()
    expect(page.locator(".claim .code-line").first).to_be_focused()  # back where it was opened


def test_everything_works_without_javascript(window: Window, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = window(Role.BILLER, practice_ids=practice_ids, java_script_enabled=False)
    page.goto("/work")
    page.get_by_role("link", name=re.compile("^Authorization")).click()
    page.locator(f"#row-{claim.id}").click()
    expect(page.locator("#claim-title")).to_have_text("KOWALCZYK, THEO")
    page.locator(".claim .code-line").first.click()
    expect(page.locator(".edi-lit")).to_be_visible()
    page.goto(f"/work?queue=authorization&claim={claim.id}")
    page.locator("#field-note").fill("Without a script")
    page.get_by_role("button", name="14 days").click()
    expect(page.locator("[data-toast]").first).to_contain_text("Parked until Dec 7")
    page.locator("[data-toast]").get_by_role("button", name="Undo").click()
    expect(page.locator("#claim-title")).to_have_text("KOWALCZYK, THEO")


def test_search_finds_and_a_chip_takes_the_filter_away(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    press(page, "/")
    page.keyboard.type("ST1003")
    press(page, "Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("#claim-title")).to_have_text("KOWALCZYK, THEO")
    page.get_by_label("Remove filter “ST1003”").click()
    assert rows(page) > 5


def test_a_narrow_screen_shows_one_pane_at_a_time(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids, viewport={"width": 400, "height": 800})
    page.goto("/work")
    expect(page.locator("#pane-list")).to_be_visible()
    expect(page.locator("#pane-claim")).not_to_be_visible()
    page.locator("[data-row]").nth(1).click()
    expect(page.locator("#pane-claim")).to_be_visible()
    expect(page.locator("#pane-list")).not_to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#pane-list")).to_be_visible()


def test_a_narrow_screen_without_a_script_reaches_every_pane(window: Window, practice_ids: tuple[int, ...]) -> None:
    narrow = {"width": 400, "height": 800}
    page = window(Role.BILLER, practice_ids=practice_ids, viewport=narrow, java_script_enabled=False)
    page.goto("/work?queue=authorization")
    page.locator("[data-row]").first.click()
    expect(page.locator("#pane-claim")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    page.get_by_role("link", name="Show the queues").click()
    page.get_by_role("link", name=re.compile("^Coding and bundling")).click()
    expect(page.locator("#pane-list")).to_be_visible()


def test_a_note_that_is_not_saved_stays_with_its_claim(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work?all=1")
    press(page, "m")
    page.keyboard.type("Half a note")
    name = title(page)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#claim-title")).not_to_have_text(name)
    expect(page.locator("#field-note")).to_have_value("")
    page.keyboard.press("k")
    expect(page.locator("#claim-title")).to_have_text(name)
    expect(page.locator("#field-note")).to_have_value("Half a note")
    page.get_by_role("button", name="14 days").click()  # saving asks nothing
    expect(page.locator("[data-toast]").last).to_contain_text("Parked until")


def test_no_field_of_the_touch_form_is_cut_off_at_any_width(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    cut_off = """() => { const edge = document.querySelector("#touch").getBoundingClientRect().right;
        return [...document.querySelectorAll("#touch .touch-main .input")]
            .filter((each) => each.getBoundingClientRect().right > edge).map((each) => each.name); }"""
    for width in (1280, 1440, 1700):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_label("The case is")).to_be_visible()
        assert page.evaluate(cut_off) == [], width


def test_a_file_is_loaded_from_the_browser_and_a_bad_one_says_what_is_wrong(
    window: Window, practice_ids: tuple[int, ...], tmp_path: Path
) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids)
    page.goto("/files")
    page.get_by_label("Load files from this computer").set_input_files(STORIES / "835-sequestration.edi")
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_role("heading", name="835-sequestration.edi")).to_be_visible()
    expect(page.locator("[data-toast]").first).to_contain_text("claims loaded")
    junk = tmp_path / "eob.pdf"
    junk.write_text("%PDF-1.7 a scanned page")
    page.goto("/files")
    page.get_by_label("Load files from this computer").set_input_files(junk)
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("it looks like a PDF document").first).to_be_visible()


def test_run_now_says_what_came_of_it(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids)
    page.goto("/jobs")
    for name in ("Pick up files", "Prove the books"):
        page.get_by_role("row", name=name).get_by_role("button", name="Run now").click()
        expect(page.get_by_role("row", name=name)).to_contain_text("fine")


def test_the_next_claim_opens_at_its_top(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    name = title(page)
    scrolled = "document.querySelector('#pane-claim').scrollTop"
    page.evaluate(f"{scrolled} = 600")
    assert page.evaluate(scrolled) > 100
    press(page, "j")
    expect(page.locator("#claim-title")).not_to_have_text(name)
    expect(page.locator("#claim-title")).to_be_in_viewport()
    assert page.evaluate(scrolled) == 0


def slow_claims(page: Page, milliseconds: int = 600) -> None:
    """Every claim takes a moment to come."""

    def wait(route: Route) -> None:
        if route.request.headers.get("hx-target") == "pane-claim":
            page.wait_for_timeout(milliseconds)
        route.continue_()

    page.route("**/work?*", wait)


def test_a_key_pressed_before_the_next_claim_has_come_means_that_claim(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    before = title(page)
    slow_claims(page)
    press(page, "j", "m")
    page.keyboard.type("vs typed at once")
    expect(page.locator("#claim-title")).not_to_have_text(before)
    expect(page.locator("#field-note")).to_have_value("vs typed at once")
    meant = page.url.partition("claim=")[2]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-toast]").last).to_contain_text("Kept")
    with Session(engine) as session:
        assert [str(each.claim_id) for each in session.exec(select(Touch))] == [meant]


def test_of_claims_asked_for_quickly_the_last_one_stands_there(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    names = page.locator("[data-row] .list-title .truncate").all_inner_texts()
    ids = [row.removeprefix("row-") for row in page.locator("[data-row]").evaluate_all("rows => rows.map(r => r.id)")]
    slow_claims(page, 300)
    press(page, "j", "j", "j", "s")  # the third one down is parked, whatever came when
    expect(page.locator("[data-toast]").last).to_contain_text("Parked until")
    with Session(engine) as session:
        assert [str(each.claim_id) for each in session.exec(select(Touch))] == [ids[3]]
    expect(page.locator("#claim-title")).to_have_text(names[4])


def test_while_the_next_claim_is_served_no_key_acts_on_the_one_that_is_left(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")

    def wait(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/work/next*", wait)
    press(page, "n", "s", "1")
    expect(page).to_have_url(re.compile("claim="))
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []


def test_one_escape_closes_the_palette(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    press(page, "Control+k")
    page.keyboard.type("tim")
    press(page, "Escape", "m")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(page.locator("#field-note")).to_be_focused()


def test_when_the_next_claim_does_not_come_the_keys_meant_for_it_do_nothing(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    before = title(page)

    def fail(route: Route) -> None:
        page.wait_for_timeout(300)
        route.fulfill(status=409, headers={"HX-Reswap": "none"})

    page.route("**/work?*claim=*", fail)
    with page.expect_response("**/work?*claim=*"):
        press(page, "j", "s")
    page.wait_for_timeout(500)
    assert title(page) == before
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []


def test_a_key_for_a_place_that_one_cannot_go_goes_nowhere(window: Window, practice_ids: tuple[int, ...]) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto("/work")
    press(page, "g", "t")  # the team is a supervisor's
    press(page, "g", "c")
    expect(page).to_have_url(re.compile("/calls$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/work$"))


def test_the_minutes_that_are_counted_stand_faint_in_their_field(
    window: Window, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.clock.install()
    page.goto("/work")
    minutes = page.locator("#field-minutes")
    expect(minutes).to_have_attribute("placeholder", "0.1")
    page.clock.run_for(90_000)
    expect(minutes).to_have_attribute("placeholder", "1.5")
    expect(minutes).to_have_value("")


def test_the_facts_of_a_claim_stand_on_one_line_whether_a_click_copies_them_or_not(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids)
    page.goto(f"/work?claim={claim_numbered(engine, 'ST1003').id}")
    heights = page.locator('[aria-labelledby="contact-title"] dd').evaluate_all(
        "all => all.map((each) => Math.round(each.getBoundingClientRect().height))"
    )
    assert page.locator(".facts dd .copy").count() > 0
    assert set(heights) == {24}
