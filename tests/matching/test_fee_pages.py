"""Fee schedules on screen: looked through before they are kept, every wrong line told."""

from __future__ import annotations

import io

import pytest
from fastapi import FastAPI
from httpx import Response

from app.auth.permissions import Role
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope
from app.ledger.tables import Account
from app.main import create_app
from app.matching.fees import preview_fees
from tests.browser_double import Browser, sign_in_as
from tests.matching.paper import NOW, Books, payment
from tests.matching.test_underpayment import FEE, HEADER, PAID_80, load


@pytest.fixture
def app(books: Books, settings: Settings) -> FastAPI:
    books.take(payment(PAID_80))
    return create_app(settings, engine=books.engine, clock=FixedClock(NOW))


@pytest.fixture
def sam(app: FastAPI) -> Browser:
    return sign_in_as(app, Role.SUPERVISOR)


def look_through(browser: Browser, text: str) -> Response:
    return browser.submit("/money/fees/preview", files={"file": ("fees.csv", text.encode(), "text/csv")})


def test_a_file_is_looked_through_and_nothing_of_it_is_kept(sam: Browser, books: Books) -> None:
    answer = look_through(sam, FEE)

    assert "1 new, 0 changed" in answer.text
    assert books.account(Account.INSURANCE_AR) == 0
    assert "No fee fits" in sam.get("/money/fees").text


def test_what_was_looked_through_is_taken_and_held_against_every_answer(sam: Browser, books: Books) -> None:
    assert sam.submit("/money/fees", {"text": FEE}).status_code == 303

    page = sam.get("/money/fees").text
    assert "1 claim falls short" in page
    assert "$90.00" in page
    assert books.account(Account.INSURANCE_AR) == 1000


def test_every_wrong_line_is_told_at_once_and_nothing_is_taken(sam: Browser, books: Books) -> None:
    wrong = HEADER + "99999,,99213,,ninety,2026-01-01,\nNOBODY,,99213,,90.00,2026-01-01,\n99999,,99214,,90.00,soon,\n"
    page = look_through(sam, wrong)

    assert page.status_code == 422
    for said in ("line 2: fee is", "line 3: payer is", "line 4: valid_from is"):
        assert said in page.text
    assert sam.submit("/money/fees", {"text": wrong}).status_code == 422
    assert "No fee fits" in sam.get("/money/fees").text


def test_a_long_list_of_wrong_lines_is_cut_and_counted(books: Books) -> None:
    with read_scope(books.engine) as session:
        looked = preview_fees(session, io.StringIO(HEADER + "NOBODY,,99213,,1.00,2026-01-01,\n" * 100))

    assert (len(looked.errors), looked.more_errors) == (30, 70)


def test_a_file_that_is_no_text_is_refused_in_words(sam: Browser) -> None:
    sam.submit("/money/fees/preview", files={"file": ("fees.csv", b"\xff\xfe\x00", "text/csv")})

    assert "not UTF-8 text" in sam.get("/money/fees").text


@pytest.mark.parametrize(("day", "is_there"), [("2025-12-31", False), ("2026-01-01", True), ("never", True)])
def test_a_procedure_is_worth_what_holds_on_the_day(sam: Browser, books: Books, day: str, *, is_there: bool) -> None:
    load(books, FEE)

    assert ("$90.00" in sam.get(f"/money/fees?procedure=99213&on={day}").text) is is_there


def test_a_biller_reads_fees_and_loads_none(app: FastAPI) -> None:
    dana = sign_in_as(app, Role.BILLER)

    assert dana.get("/money/fees").status_code == 200
    assert dana.submit("/money/fees", {"text": FEE}).status_code == 403
