"""How old the open money is: to the cent, and the same whenever it is asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Date, Engine, literal, select
from sqlmodel import Session

from app.core.clock import FixedClock
from app.ledger.tables import Account
from app.reports.aging import BUCKETS, LABELS, aging, bucket_at, old_claims
from tests.matching.paper import Books, billed, payment, submission
from tests.reports.conftest import Ask

UNTIL = date(2026, 11, 23)
PAID = """CLP*{number}*1*{charge}*{paid}**12*ICN{number}*11*1~NM1*QC*1*DOE*JANE****MI*W100~DTM*232*20261005~
SVC*HC:99213*{charge}*{paid}~CAS*CO*45*{rest}~"""


@pytest.mark.parametrize(
    ("age", "label"),
    [
        (-3, "0–30"),  # billed after the day that is asked for
        (0, "0–30"),
        (30, "0–30"),
        (31, "31–60"),
        (180, "151–180"),
        (181, "181–365"),
        (365, "181–365"),
        (366, "Over 365"),
        (4_000, "Over 365"),
    ],
)
def test_the_upper_day_belongs_to_its_bucket(any_engine: Engine, age: int, label: str) -> None:
    assert LABELS[bucket_of(any_engine, UNTIL - timedelta(days=age))] == label


def test_a_claim_without_any_date_is_in_no_bucket(any_engine: Engine) -> None:
    assert bucket_of(any_engine, None) == -1


def bucket_of(engine: Engine, day: date | None) -> int:
    """As the engine finds it."""
    with engine.connect() as connection:
        place: int = connection.execute(select(bucket_at(literal(day, Date()), UNTIL))).scalar_one()
    return place


def test_open_money_stands_in_the_bucket_of_its_first_bill_date(books: Books, ask: Ask) -> None:
    books.take(
        submission(billed("NEW1", "100", on="20260101"), on="20261110"),  # served long ago, billed last week
        submission(billed("OLD1", "250.55"), on="20260501"),
    )
    with Session(books.engine) as session:
        by_bill = aging(session, ask())
        by_service = aging(session, ask(basis="service"))

    assert by_bill.by_bucket == (10_000, 0, 0, 0, 0, 0, 25_055, 0)
    assert by_bill.older_than(180) == 25_055
    assert by_service.by_bucket == (0, 25_055, 0, 0, 0, 0, 10_000, 0)
    assert by_bill.open_cents == books.account(Account.INSURANCE_AR) == 35_055


def test_a_credit_stands_apart_and_hides_no_debt(books: Books, ask: Ask) -> None:
    books.take(
        submission(billed("A1", "100"), billed("A2", "80")),
        payment(PAID.format(number="A2", charge=80, paid=80, rest=0)),
        payment(PAID.format(number="A2", charge=80, paid=30, rest=50), trace="EFT2"),
    )
    with Session(books.engine) as session:
        aged = aging(session, ask())

    assert aged.open_cents == 10_000
    assert aged.credit_claims == 1
    assert aged.open_cents + aged.credit_cents == books.account(Account.INSURANCE_AR)


def test_an_earlier_day_is_answered_as_it_was_and_as_it_was_known(books: Books, ask: Ask, clock: FixedClock) -> None:
    books.take(submission(billed("A1", "100"), on="20261010"))
    with Session(books.engine) as session:
        before = aging(session, ask(until="2026-11-19"))
    clock.advance(days=3)
    books.take(payment(PAID.format(number="A1", charge=100, paid=60, rest=40), on="20261118"))

    with Session(books.engine) as session:
        assert before.open_cents == 10_000
        assert aging(session, ask(until="2026-11-17")).open_cents == 10_000
        assert aging(session, ask(until="2026-11-18")).open_cents == 0  # paid on that day, as we know now
        assert aging(session, ask(until="2026-11-23", known="then")).open_cents == 10_000  # it arrived on the 26th
        assert aging(session, ask()).open_cents == 0


def test_the_claims_behind_each_figure_add_up_to_it(books: Books, ask: Ask) -> None:
    books.take(
        submission(billed("A1", "100"), billed("A2", "40", payer="OTHER PLAN", payer_code="88888"), on="20261110"),
        submission(billed("B1", "70"), billed("B2", "30"), on="20260801"),
    )
    with Session(books.engine) as session:
        aged = aging(session, ask())
        for place in range(len(BUCKETS)):
            behind = old_claims(session, ask(), bucket=str(place))
            assert behind.cents == aged.by_bucket[place]
            assert sum(each.cents for each in behind.claims) == behind.cents
        one = old_claims(session, ask(), bucket="0", by="payer", name="OTHER PLAN")
        everything = old_claims(session, ask(), bucket="")

    assert [(each.number, each.cents) for each in one.claims] == [("A2", 4_000)]
    assert (everything.count, everything.cents) == (4, 24_000)
    assert [each.days for each in everything.claims if each.number == "B1"] == [114]


@pytest.mark.parametrize("by", ["payer", "practice", "provider", "state"])
def test_every_grouping_has_the_same_total(books: Books, ask: Ask, by: str) -> None:
    books.take(submission(billed("A1", "100"), billed("A2", "40", payer="OTHER PLAN", payer_code="88888")))
    with Session(books.engine) as session:
        report = aging(session, ask(), by).report

    assert report.total is not None
    assert report.total.values[0] == 2
    assert sum(int(line.values[-2] or 0) for line in report.lines) == report.total.values[-2] == 14_000


def test_a_narrowed_scope_counts_one_payer(books: Books, ask: Ask) -> None:
    books.take(submission(billed("A1", "100"), billed("A2", "40", payer="OTHER PLAN", payer_code="88888")))
    with Session(books.engine) as session:
        found = [aging(session, ask(payer=str(number))).open_cents for number in (1, 2, 3)]

    assert sorted(found) == [0, 4_000, 10_000]
