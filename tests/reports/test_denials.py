"""Why payers refuse: counted once, followed to what became of it."""

from __future__ import annotations

from sqlmodel import Session

from app.reports.denials import FirstAnswers, denials, denied_claims, first_answers
from app.reports.report import Line
from tests.matching.paper import Books, billed, payment, submission
from tests.reports.conftest import Ask

DENIED = (
    "CLP*{number}*4*{charge}*0**12*ICN{number}*11*1~NM1*QC*1*DOE*JANE****MI*W100~"
    "SVC*HC:99213*{charge}*0~CAS*CO*{reason}*{charge}~"
)
PAID = (
    "CLP*{number}*1*{charge}*{paid}**12*ICN{number}B*11*1~NM1*QC*1*DOE*JANE****MI*W100~"
    "SVC*HC:99213*{charge}*{paid}~CAS*CO*45*{rest}~"
)


def by_label(lines: tuple[Line, ...]) -> dict[str, tuple[object, ...]]:
    return {line.label: line.values for line in lines}


def story(books: Books) -> None:
    """A1 denied twice, A2 denied and later paid 60 of 80, A3 paid at once."""
    books.take(
        submission(billed("A1", "100"), billed("A2", "80"), billed("A3", "50")),
        payment(
            DENIED.format(number="A1", charge=100, reason=197),
            DENIED.format(number="A2", charge=80, reason=16),
            PAID.format(number="A3", charge=50, paid=40, rest=10),
            on="20261101",
        ),
        payment(DENIED.format(number="A1", charge=100, reason=197), trace="EFT2", on="20261110"),
        payment(PAID.format(number="A2", charge=80, paid=60, rest=20), trace="EFT3", on="20261112"),
    )


def test_a_denial_counts_once_and_its_repetition_apart(books: Books, ask: Ask) -> None:
    story(books)
    with Session(books.engine) as session:
        report = denials(session, ask())

    found = by_label(report.lines)
    assert found["Authorization"] == (1, 10_000, 10_000 / 18_000, 1, 1, 0.0, 0, 10_000)
    assert found["Missing info"] == (1, 8_000, 8_000 / 18_000, 0, 1, 1.0, 6_000, 0)
    assert report.total is not None
    assert report.total.values == (2, 18_000, 1.0, 1, 2, 0.5, 6_000, 10_000)


def test_the_rate_is_of_first_answers(books: Books, ask: Ask) -> None:
    story(books)
    with Session(books.engine) as session:
        assert first_answers(session, ask()) == FirstAnswers(3, 23_000, 2, 18_000)
        assert first_answers(session, ask(since="2026-11-05")) == FirstAnswers(0, 0, 0, 0)


def test_the_denials_behind_each_figure_are_the_ones_counted(books: Books, ask: Ask) -> None:
    story(books)
    with Session(books.engine) as session:
        found = {
            which: denied_claims(session, ask(), which=which, by="reason", name="197")
            for which in ("first", "repeats", "open", "overturned")
        }
        won = denied_claims(session, ask(), which="overturned")

    assert [(which, each.count, each.cents) for which, each in found.items()] == [
        ("first", 1, 10_000),
        ("repeats", 1, 10_000),
        ("open", 1, 10_000),
        ("overturned", 0, 0),
    ]
    assert [each.number for each in won.claims] == ["A2"]
    assert won.claims[0].why.startswith("16 ")


def test_a_denial_of_another_period_is_not_counted(books: Books, ask: Ask) -> None:
    story(books)
    with Session(books.engine) as session:
        early = denials(session, ask(until="2026-11-05", since="2026-11-01"))
        late = denials(session, ask(since="2026-11-06"))

    assert early.total is not None
    assert late.total is not None
    assert early.total.values[:4] == (2, 18_000, 1.0, 0)
    assert late.total.values[:4] == (0, 0, None, 1)
