"""A claim is found by anything written on an EOB, open or closed, and never through a wall."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.followup.find import Found, find, sought
from app.followup.rank import rerank_all
from app.main import create_app
from tests.browser_double import Browser, sign_in_as
from tests.matching.paper import Books, billed, payment, submission
from tests.practice import claim_numbered

PAID = """CLP*PD7001*1*184.20*120.20**12*ICN77001*11*1~NM1*QC*1*OKAFOR*NGOZI****MI*MB4471~DTM*232*20261005~
SVC*HC:99213*184.20*120.20~CAS*CO*45*64~"""
LOST = "CLP*LOST*1*75*75**12*ICN8*11*1~NM1*QC*1*ROE*JOHN****MI*W9~DTM*232*20261005~SVC*HC:99213*75*75~"
ROE = {"last": "ROE", "first": "JOHN", "member": "W9"}
SMITH = {"last": "SMITH", "first": "ADA", "member": "MB9000"}


@pytest.fixture
def books(
    any_engine: Engine, settings: Settings, clock: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> Books:
    """One claim paid and closed, two open, one answer without a claim."""
    made = Books(any_engine, settings, tmp_path_factory.mktemp("papers"), clock)
    made.take(
        submission(
            billed("PD7001", "184.20", last="OKAFOR", first="NGOZI", member="MB4471"),
            billed("OP8001", "1840", **SMITH),
            billed("OP8002", "75", on="20260901", **SMITH),
            billed("A1", "75", **ROE),
            billed("A2", "75", **ROE),
        ),
        payment(PAID, LOST, trace="EFT90021", paid="195.20"),
    )
    rerank_all(any_engine, clock, trigger="test")
    return made


def found(books: Books, text: str) -> Found:
    with Session(books.engine) as session:
        practices = tuple(number for number in session.exec(select(Practice.id)) if number is not None)
        return find(session, practices, text)


@pytest.mark.parametrize(
    "text",
    [
        "PD7001",
        "pd70",  # the beginning of our number, in any case
        "ICN77001",  # the payer's
        "EFT90021",  # the check or transfer that paid it
        "MB4471",  # the member
        "Okafor",
        "OKAFOR, NGOZI",
        "ngozi okafor",
        "okafor ngozi",
        "184.20",  # billed
        "$120.20",  # paid
        "Okafor 10/05/2026",
        "okafor 1/1/1980",  # born
        "10/05/26 120.20",
        "okafor 184.20 2026-10-05",
    ],
)
def test_a_closed_claim_is_found_by_whatever_the_paper_says(books: Books, text: str) -> None:
    named = found(books, text).claims

    assert [each.number for each in named] == ["PD7001"]
    assert not named[0].is_open
    assert (named[0].charge_cents, named[0].open_cents) == (18_420, 0)


@pytest.mark.parametrize("text", ["Okafor 10/06/2026", "okafor 99.99", "zz", "120.21", "afor", "0.00", "%", "_D7001"])
def test_what_differs_is_not_found(books: Books, text: str) -> None:
    assert found(books, text).claims == []


def test_payments_and_waiting_answers_are_found_beside_claims(books: Books) -> None:
    by_trace, by_amount, by_name = found(books, "EFT90021"), found(books, "195.20"), found(books, "roe")

    assert [(each.trace, each.paid_cents) for each in by_trace.remittances] == [("EFT90021", 19_520)]
    assert [each.trace for each in by_amount.remittances] == ["EFT90021"]
    assert [(each.number, each.paid_cents) for each in by_name.answers] == [("LOST", 7_500)]
    assert {each.number for each in by_name.claims} == {"A1", "A2"}


def test_open_claims_come_first_and_alone_belong_into_the_list(books: Books) -> None:
    smith = found(books, "Smith")

    assert [each.number for each in smith.claims] == ["OP8001", "OP8002"]
    assert smith.is_open_work_alone
    assert not found(books, "75.00").is_open_work_alone  # the waiting answer has the same amount


def test_a_day_alone_is_too_little() -> None:
    assert sought("10/05/2026").is_too_little
    assert sought("").is_too_little
    assert sought("Roe $1,840.00 10-05-2026") == ("Roe", (184_000,), (date(2026, 10, 5),))
    assert sought("20261005 1840").words == "20261005 1840"  # numbers without a point or a slash are numbers


def test_nothing_is_found_through_a_wall(books: Books) -> None:
    with Session(books.engine) as session:
        for text in ("PD7001", "okafor", "EFT90021", "184.20", "roe"):
            assert find(session, (4711,), text) == Found([], [], [], has_more=False)
            assert find(session, (), text) == Found([], [], [], has_more=False)


def test_open_work_alone_leads_into_the_ranked_list(dana: Browser) -> None:
    answer = dana.get("/find?q=ST1003")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/work?text=ST1003"
    assert "KOWALCZYK" in dana.get(answer.headers["location"]).text


def test_a_paid_claim_has_a_page_of_results(dana: Browser, stranger: Browser) -> None:
    page = dana.get("/find?q=HGEFT90000001").text

    assert "1 payment" in page
    assert "ESPINOZA" in page
    assert "ESPINOZA" not in stranger.get("/find?q=HGEFT90000001").text
    assert dana.get("/find?q=").headers["location"] == "/work"
    assert "A day alone" in dana.get("/find?q=10/05/2026").text
    assert "Nothing by that name" in dana.get("/find?q=" + "x" * 5_000).text


def test_the_box_stands_on_every_page_for_whoever_sees_claims(
    app: FastAPI, dana: Browser, administrator: Browser
) -> None:
    assert 'action="/find"' in dana.get("/payers").text
    assert 'action="/find"' not in administrator.get("/people").text


def test_the_page_of_a_stand_in_leads_to_the_claim_that_it_proved_to_be(
    dana: Browser, stranger: Browser, engine: Engine
) -> None:
    stand_in, proved = claim_numbered(engine, "ST1001"), claim_numbered(engine, "ST1003")
    with Session(engine) as session:
        stand_in.successor_id = proved.id
        session.add(stand_in)
        session.commit()
        number = stand_in.id

    answer = dana.get(f"/claims/{number}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/claims/{proved.id}")
    assert stranger.get(f"/claims/{number}").status_code == 404


@pytest.mark.parametrize("typed", ["CO-197", "co 197", "197"])
def test_a_reason_code_says_what_it_means_and_leads_to_its_open_claims(
    practice_engine: Engine, settings: Settings, clock: FixedClock, typed: str
) -> None:
    app = create_app(settings, engine=practice_engine, clock=clock)
    with Session(practice_engine) as session:
        practice_ids = tuple(number or 0 for number in session.exec(select(Practice.id)))
    page = sign_in_as(app, Role.BILLER, practice_ids=practice_ids).get("/find", params={"q": typed}).text

    assert "Reason 197" in page
    assert 'href="/work?carc=197">1 open claim, $1,840.00</a>' in page
    assert 'href="/codes/carc/197"' in page


def test_a_remark_leads_to_its_open_claims_and_a_number_that_is_no_code_to_nothing(
    practice_engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    browser = sign_in_as(create_app(settings, engine=practice_engine, clock=clock), Role.BILLER)

    assert 'href="/work?rarc=N19"' in browser.get("/find", params={"q": "n19"}).text
    assert "Nothing by that name or number" in browser.get("/find", params={"q": "999"}).text
