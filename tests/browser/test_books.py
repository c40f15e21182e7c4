"""The books in a real browser: a held payment, an unmatched answer, a paper EOB; with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.audit.actor import Actor, act_as
from app.auth.permissions import Role
from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.followup.verify import verify_queues
from app.ledger.credits import note_credits
from app.ledger.person import receive_payment
from app.ledger.tables import ClaimBalance
from app.ledger.verify import verify_books
from app.matching.tables import ClaimPayment, Remittance
from app.matching.verify import verify_answers
from tests.browser.conftest import Window
from tests.browser.test_accessible import faults
from tests.conftest import MORNING
from tests.practice import copy_practice, make_practice

pytestmark = pytest.mark.browser

STORIES = (
    "835-paid.edi",
    "835-out-of-balance-payment.edi",
    "835-suspect-match.edi",
    "835-plb-balance-forward.edi",
    "835-conflict-1-first.edi",
    "835-conflict-2-same-trace-other-claim.edi",
)


@pytest.fixture(scope="session")
def browsed_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("browsed") / "home"
    make_practice(home, FixedClock(MORNING), stories=STORIES)
    return home


@pytest.fixture
def engine(browsed_books: Path, settings: Settings) -> Iterator[Engine]:
    made = copy_practice(browsed_books, settings.home)
    yield made
    made.dispose()


@pytest.fixture
def practice_ids(engine: Engine) -> tuple[int, ...]:
    with Session(engine) as session:
        return tuple(number for number in session.exec(select(Practice.id)) if number is not None)


def books_are_whole(engine: Engine) -> None:
    with read_scope(engine) as session:
        assert verify_books(session).faults + verify_answers(session).faults == []
        assert verify_queues(session).faults == []


def ids(engine: Engine) -> tuple[int, int]:
    """A held remittance, and an answer that found no claim."""
    with Session(engine) as session:
        held = session.exec(select(Remittance.id).where(Remittance.trace == "HGEFT90000035")).one()
        waits = session.exec(select(ClaimPayment.id).where(ClaimPayment.patient_last == "VANCE")).one()
    return held or 0, waits or 0


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_supervisor_posts_a_held_payment_with_a_reason(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], script: bool
) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, java_script_enabled=script)
    page.goto("/remittances")
    page.locator("#held-title ~ .table-wrap").get_by_role("link", name="HGEFT90000035").click()
    page.get_by_role("link", name="Post it all the same").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Post 1 claim and $100.00 all the same?")
    page.get_by_label("Why it may be posted").fill("Jo at provider services, ref 8841: the interest is missing")
    page.get_by_role("button", name="Post $100.00").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Posted, out of balance")
    expect(page.locator("main")).to_contain_text("ref 8841")
    books_are_whole(engine)


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_biller_picks_the_claim_of_an_unmatched_answer(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], script: bool
) -> None:
    page = window(Role.BILLER, practice_ids=practice_ids, java_script_enabled=script)
    page.goto("/unmatched")
    page.get_by_role("link", name="ST1047").click()
    candidate = page.get_by_role("article", name="Candidate ST1047")
    expect(candidate).to_contain_text("differs")
    candidate.get_by_role("button", name="This is the claim").click()

    expect(page).to_have_url(re.compile(r"/claims/\d+"))
    books_are_whole(engine)


def fill_paper(page: Page) -> None:
    page.goto("/remittances/paper")
    page.get_by_label("Check or transfer number").fill("40113")
    page.get_by_label("Date of payment").fill("2026-11-20")
    page.get_by_label("Amount paid").fill("30")
    page.get_by_label("Claim number, line 1").fill("PAPER1")
    page.get_by_label("Procedure, line 1").fill("99213")
    page.get_by_label("Served, line 1").fill("2026-10-01")
    page.get_by_label("Billed, line 1").fill("100")
    page.get_by_label("Paid, line 1").fill("40")
    page.get_by_label("Adjustments, line 1").fill("CO-45 60")
    page.get_by_label("Patient, line 1").fill("MARLOWE, INES")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_paper_eob_is_added_up_put_right_and_posted(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], script: bool
) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, java_script_enabled=script)
    fill_paper(page)
    page.get_by_label("Amount paid").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("a difference of -$10.00")
    page.get_by_label("Amount paid").fill("40")
    page.get_by_role("button", name="Post it").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("$40.00 from")
    expect(page.locator("main")).to_contain_text("PAPER1")
    books_are_whole(engine)


def test_a_form_left_half_typed_is_not_lost_with_more_lines(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids)
    page.goto("/remittances/paper")
    page.get_by_label("Claim number, line 1").fill("PAPER1")
    page.get_by_role("button", name="More lines").click()

    expect(page.get_by_label("Claim number, line 10")).to_be_visible()
    expect(page.get_by_label("Claim number, line 1", exact=True)).to_have_value("PAPER1")


def test_no_page_of_the_books_has_a_fault_or_runs_over_its_edge(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    page = window(Role.SUPERVISOR, practice_ids=practice_ids, bypass_csp=True)
    held, waits = ids(engine)
    paths = ["/remittances", f"/remittances/{held}", f"/remittances/{held}/post", f"/remittances/{held}/edi"]
    paths += ["/unmatched", f"/unmatched/{waits}", "/payments", "/remittances/paper", "/payers", "/payers/1"]
    for path in [*paths, "/payers/terms"]:
        page.goto(path)
        assert faults(page) == [], path
    page.set_viewport_size({"width": 380, "height": 800})
    for path in [*paths, "/payers/terms"]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 380, path


def overpaid(engine: Engine) -> int:
    """A claim on which the patient has sent $25.00 more than anybody owes."""
    with session_scope(engine) as session:
        act_as(session, Actor.system("lockbox"), FixedClock(MORNING))
        settled = select(ClaimBalance.claim_id).where(ClaimBalance.patient_cents == 0)
        claim_id = session.exec(settled.order_by(col(ClaimBalance.claim_id))).first() or 0
        receive_payment(session, claim_id, 2500, person_id=1, reason="Check 55", on=MORNING.date())
        note_credits(session.connection(), MORNING.date())
    return claim_id


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_biller_asks_for_a_refund_and_a_supervisor_sends_it(
    window: Window, engine: Engine, practice_ids: tuple[int, ...], script: bool
) -> None:
    claim_id = overpaid(engine)
    dana = window(Role.BILLER, practice_ids=practice_ids, java_script_enabled=script)
    dana.goto(f"/money/credits/{claim_id}/patient")
    dana.get_by_label("Check number, and why").fill("Check 1204: the patient paid twice")
    dana.get_by_role("button", name="Ask for the refund").click()
    row = dana.locator("#refunds tbody tr")
    expect(row).to_contain_text("$25.00")
    expect(row).to_contain_text("somebody else decides")

    sam = window(Role.SUPERVISOR, practice_ids=practice_ids, java_script_enabled=script)
    sam.goto("/money/credits")
    expect(sam.locator("#refunds")).to_contain_text("Dana Reyes")
    sam.get_by_role("button", name="Approve").click()
    expect(sam.locator("body")).to_contain_text("$25.00 refunded.")
    expect(sam.locator("#refunds")).to_have_count(0)
    books_are_whole(engine)


def test_credits_and_a_refund_that_waits_have_no_fault_and_fit_a_telephone(
    window: Window, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    claim_id = overpaid(engine)
    dana = window(Role.BILLER, practice_ids=practice_ids)
    dana.goto(f"/money/credits/{claim_id}/patient")
    dana.get_by_label("Check number, and why").fill("Check 1204")
    dana.get_by_role("button", name="Ask for the refund").click()
    sam = window(Role.SUPERVISOR, practice_ids=practice_ids, bypass_csp=True)
    for path in ("/money", "/money/credits", f"/money/credits/{claim_id}/patient"):
        sam.set_viewport_size({"width": 1280, "height": 860})
        sam.goto(path)
        assert faults(sam) == [], path
        sam.set_viewport_size({"width": 380, "height": 800})
        sam.goto(path)
        assert sam.evaluate("document.documentElement.scrollWidth") <= 380, path
