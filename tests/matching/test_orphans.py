"""The proof notices a row whose parent is gone, in a database that did not look."""

from __future__ import annotations

from app.core.db import read_scope
from app.matching.verify import verify_answers
from tests.matching.paper import Books, payment

PAID = "CLP*PCN1*1*100*80**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W1~SVC*HC:99213*100*80~CAS*CO*45*20~"
COUNTED = "references from a row to the row it belongs to"


def faults(books: Books) -> list[str]:
    with read_scope(books.engine) as session:
        return verify_answers(session).faults


def test_sound_books_have_no_orphan_and_say_how_many_references_were_followed(books: Books) -> None:
    books.take(payment(PAID))

    with read_scope(books.engine) as session:
        report = verify_answers(session)
    assert report.faults == []
    assert report.counted[COUNTED] > 10


def test_an_adjustment_without_its_line_is_named(books: Books) -> None:
    books.take(payment(PAID))
    connection = books.engine.raw_connection()
    connection.cursor().execute("PRAGMA foreign_keys = OFF")
    connection.cursor().execute("DELETE FROM servicepayment")
    connection.close()

    assert faults(books) == ["adjustmentrow 1 names a servicepayment that is not there (service_payment_id)"]
