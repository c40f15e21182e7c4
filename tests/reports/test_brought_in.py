"""What follow-up brought in, credited to the last who touched the claim."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session, select

from app.claims.tables import Claim
from app.core.db import session_scope
from app.followup.tables import Touch
from app.reports.aging import aging
from app.reports.brought_in import Worked, worked
from app.reports.figures import figures
from tests.matching.paper import Books, billed, payment, submission
from tests.reports.conftest import Ask

PAID = (
    "CLP*{number}*1*{charge}*{paid}**12*ICN{number}*11*1~NM1*QC*1*DOE*JANE****MI*W100~"
    "SVC*HC:99213*{charge}*{paid}~CAS*CO*45*{rest}~"
)
DANA, LEE = 101, 102


def touched(books: Books, number: str, person_id: int, day: str, minutes: float) -> None:
    with session_scope(books.engine) as session:
        claim = session.exec(select(Claim).where(Claim.patient_control_number == number)).one()
        at = datetime.fromisoformat(f"{day}T15:00").replace(tzinfo=UTC)
        session.add(
            Touch(
                practice_id=claim.practice_id,
                claim_id=claim.id or 0,
                person_id=person_id,
                at=at,
                kind="call",
                minutes=minutes,
            )
        )


def story(books: Books) -> None:
    books.take(submission(billed("A1", "100"), billed("A2", "80"), billed("A3", "60"), on="20260301"))
    touched(books, "A1", DANA, "2026-10-20", 20)
    touched(books, "A1", LEE, "2026-10-28", 10)  # the last before the money
    touched(books, "A1", DANA, "2026-11-15", 30)  # after it
    touched(books, "A2", DANA, "2026-03-10", 15)  # too long before to have brought it
    books.take(
        payment(
            PAID.format(number="A1", charge=100, paid=70, rest=30),
            PAID.format(number="A2", charge=80, paid=50, rest=30),
            PAID.format(number="A3", charge=60, paid=40, rest=20),
            on="20261110",
        )
    )


def test_a_dollar_is_credited_to_the_last_touch_before_it(books: Books, ask: Ask) -> None:
    story(books)
    with Session(books.engine) as session:
        found = worked(session, ask())

    assert found == {DANA: Worked(2, 1, 50.0, 0), LEE: Worked(1, 1, 10.0, 7_000)}
    assert found[LEE].values() == (1, 1, 0.2, 6.0, 7_000, 42_000)


def test_the_key_figures_say_what_was_divided_by_what(books: Books, ask: Ask) -> None:
    story(books)
    books.take(submission(billed("OLD", "300", on="20260201"), on="20260202"))
    with Session(books.engine) as session:
        found = {each.key: each for each in figures(session, ask(), aging(session, ask()))}

    assert found["paid"].value == 16_000
    assert found["old_share"].value == 1.0
    assert found["old_share"].parts == "$300 of $300 open with payers"
    assert found["denial_rate"].value == 0.0
    assert found["denial_rate"].parts.startswith("0 of 3 claims")
    assert found["appeals_won"].value is None  # none decided: not zero per cent
    assert found["paid"].before == 0
    assert found["paid"].change == "better than before"
    assert found["old_share"].change == "as before"  # the others were served after the period before
