"""What a payer allowed against what its contract promises."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.actor import Actor, act_as
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.followup.facts import fact_rows
from app.ledger.tables import Account
from app.ledger.verify import verify_books
from app.matching.fees import FeeRefused, FeesLoaded, load_fees
from app.matching.tables import Underpayment
from app.matching.verify import verify_answers
from tests.matching.paper import NOW, Books, payment

HEADER = "payer,practice,procedure,modifiers,fee,valid_from,valid_through\n"
FEE = HEADER + "99999,,99213,,90.00,2026-01-01,\n"
PAID_80 = (
    "CLP*PCN1*1*100*80**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W1~SVC*HC:99213*100*80~DTM*472*20261005~CAS*CO*45*20~"
)
TAKEN_BACK = (
    "CLP*PCN1*22*-100*-80**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W1~SVC*HC:99213*-100*-80~DTM*472*20261005~"
    "CAS*CO*45*-20~"
)
PAID_90 = PAID_80.replace("*100*80", "*100*90").replace("CO*45*20", "CO*45*10")


@pytest.fixture
def books(any_engine: Engine, settings: Settings, tmp_path: Path) -> Books:
    """These books are kept on SQLite, then on PostgreSQL."""
    folder = tmp_path / "papers"
    folder.mkdir()
    return Books(any_engine, settings, folder)


def load(books: Books, text: str, *, cents: int | None = None, permille: int | None = None) -> FeesLoaded:
    with session_scope(books.engine) as session:
        act_as(session, Actor.system("test"), FixedClock(NOW))
        return load_fees(session, io.StringIO(text), tolerance_cents=cents, tolerance_permille=permille)


def short(books: Books) -> list[tuple[int, int]]:
    """Contracted and short cents of each underpaid claim."""
    with read_scope(books.engine) as session:
        return [(row.contracted_cents, row.short_cents) for row in session.exec(select(Underpayment))]


def proved(books: Books) -> bool:
    with read_scope(books.engine) as session:
        return not verify_books(session).faults and not verify_answers(session).faults


def underpaid_cents(session: Session) -> list[int]:
    return [row.underpaid_cents for part in fact_rows(session, date(2026, 11, 23)) for row in part]


def test_a_schedule_finds_the_claims_already_posted_below_it(books: Books) -> None:
    books.take(payment(PAID_80))

    assert load(books, FEE).underpaid_claims == 1

    assert short(books) == [(9000, 1000)]
    with read_scope(books.engine) as session:
        assert underpaid_cents(session) == [1000]
    assert proved(books)


def test_what_was_written_off_beyond_the_contract_is_open_again(books: Books) -> None:
    books.take(payment(PAID_80))
    load(books, FEE)

    assert books.account(Account.INSURANCE_AR) == 1000
    assert books.account(Account.CONTRACTUAL) == 1000
    assert books.claims()[0].closed_on is None


def test_a_remittance_is_held_against_a_schedule_loaded_before(books: Books) -> None:
    books.take(payment(PAID_90))
    load(books, FEE)
    other = PAID_80.replace("PCN1", "PCN2").replace("ICN1", "ICN2").replace("DOE", "ROE").replace("W1", "W2")
    books.take(payment(other, trace="EFT0002"))

    assert short(books) == [(9000, 1000)]
    assert proved(books)


def test_the_underpayment_goes_when_the_answer_is_taken_back_and_paid_right(books: Books) -> None:
    books.take(payment(PAID_80))
    load(books, FEE)
    books.take(payment(TAKEN_BACK, PAID_90.replace("ICN1", "ICN2"), trace="EFT0002"))

    assert short(books) == []
    assert books.account(Account.INSURANCE_AR) == 0
    assert proved(books)


def test_loading_the_same_schedule_twice_moves_nothing_more(books: Books) -> None:
    books.take(payment(PAID_80))
    load(books, FEE)
    load(books, FEE)

    assert books.account(Account.INSURANCE_AR) == 1000


@pytest.mark.parametrize(
    ("fee", "why"),
    [
        ("99999,,99213,,84.00,2026-01-01,", "four dollars are within the tolerance of five"),
        ("99999,,99213,26,90.00,2026-01-01,", "the fee is for another modifier"),
        ("99999,,99213,,90.00,2026-10-06,", "the fee begins after the service"),
        ("99999,,99213,,90.00,2026-01-01,2026-10-04", "the fee ended before the service"),
        ("99999,,99214,,90.00,2026-01-01,", "the fee is for another procedure"),
    ],
)
def test_what_the_schedule_does_not_say_of_the_line_is_not_held_against_it(books: Books, fee: str, why: str) -> None:
    books.take(payment(PAID_80))

    assert load(books, HEADER + fee + "\n").underpaid_claims == 0, why


def test_a_line_with_a_pricing_modifier_is_compared_only_with_a_fee_of_that_modifier(books: Books) -> None:
    books.take(payment(PAID_80.replace("HC:99213", "HC:99213:26")))

    assert load(books, FEE).underpaid_claims == 0
    assert load(books, HEADER + "99999,,99213,26,95.00,2026-01-01,\n").underpaid_claims == 1


def test_the_tolerance_is_the_larger_of_dollars_and_percent(books: Books) -> None:
    books.take(payment(PAID_80))

    assert load(books, FEE, cents=999, permille=0).underpaid_claims == 1
    assert load(books, FEE, cents=0, permille=200).underpaid_claims == 0


def test_a_denied_line_is_a_denial_and_no_underpayment(books: Books) -> None:
    denied = PAID_80.replace("*100*80", "*100*0").replace("CO*45*20", "CO*45*20**197*80")
    books.take(payment(denied))

    assert load(books, FEE).underpaid_claims == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("NOBODY,,99213,,90.00,2026-01-01,", "line 2: payer is 'NOBODY'"),
        ("99999,555,99213,,90.00,2026-01-01,", "line 2: practice is '555'"),
        ("99999,,9,,90.00,2026-01-01,", "line 2: procedure is '9'"),
        ("99999,,99213,,ninety,2026-01-01,", "line 2: fee is 'ninety'"),
        ("99999,,99213,,90.00,01/01/2026,", "line 2: valid_from is '01/01/2026'"),
        ("99999,,99213,,90.00,2026-01-01,2025-01-01", "line 2: valid_through is 2025-01-01"),
    ],
)
def test_a_refused_schedule_names_line_and_column_and_keeps_nothing(books: Books, row: str, words: str) -> None:
    books.take(payment(PAID_80))

    with pytest.raises(FeeRefused, match=words.replace("/", ".")):
        load(books, HEADER + row + "\n")

    assert short(books) == []
