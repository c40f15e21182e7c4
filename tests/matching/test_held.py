"""Sets that do not add up, come again or contradict what we have."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlmodel import select

from app.core.db import read_scope, session_scope
from app.intake.tables import LoadedSet, SetState
from app.ledger.tables import Account
from app.ledger.verify import verify_books
from app.matching.held import NotHeld, post_held
from app.matching.tables import PaymentState, Remittance
from app.matching.verify import verify_answers
from tests.matching.paper import Books, payment

PAID = "CLP*PCN1*1*100*80**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W1~SVC*HC:99213*100*80~CAS*CO*45*20~"
OTHER = "CLP*PCN2*1*100*80**12*ICN2*11*1~NM1*QC*1*ROE*JOHN****MI*W2~SVC*HC:99213*100*80~CAS*CO*45*20~"


def last_set(books: Books) -> LoadedSet:
    found = books.rows(LoadedSet)[-1]
    assert isinstance(found, LoadedSet)
    return found


def test_a_payment_that_is_not_the_sum_of_its_claims_is_held_with_the_figures(books: Books) -> None:
    books.take(payment(PAID, paid="100"))

    held = last_set(books)
    assert held.state == SetState.HELD
    assert "come to $80.00, the payment says $100.00: a difference of $20.00" in held.reason
    assert books.claims() == []
    assert books.account(Account.CASH) == 0


def test_what_a_held_set_says_is_kept(books: Books) -> None:
    books.take(payment(PAID, paid="100"))

    (kept,) = books.answers("PCN1")
    (remittance,) = books.rows(Remittance)
    assert (kept.state, remittance.state) == (PaymentState.HELD, "held")
    assert remittance.held_reason.startswith("Out of balance")


def test_one_claim_that_does_not_balance_holds_the_whole_payment(books: Books) -> None:
    books.take(payment(PAID, OTHER.replace("CAS*CO*45*20", "CAS*CO*45*30")))

    assert last_set(books).state == SetState.HELD
    assert "1 of 2 claims" in last_set(books).reason
    assert books.account(Account.INSURANCE_AR) == 0


def test_the_same_payment_in_another_envelope_posts_nothing(books: Books) -> None:
    books.take(payment(PAID), payment(PAID))

    repeated = last_set(books)
    assert (repeated.state, repeated.duplicate_of_id) == (SetState.DUPLICATE, 1)
    assert books.account(Account.CASH) == 8000


def test_the_same_trace_with_other_content_is_a_conflict(books: Books) -> None:
    books.take(payment(PAID), payment(OTHER))

    assert last_set(books).state == SetState.CONFLICT
    assert books.account(Account.CASH) == 8000
    assert books.answers("PCN2")[0].state == PaymentState.HELD


def test_no_pay_notices_may_share_a_trace(books: Books) -> None:
    first = PAID.replace("*100*80*", "*100*0*").replace("CAS*CO*45*20", "CAS*CO*197*100")
    second = OTHER.replace("*100*80*", "*100*0*").replace("CAS*CO*45*20", "CAS*CO*197*100")
    books.take(
        payment(first.replace("*100*80~", "*100*0~"), method="NON", trace="NOPAY"),
        payment(second.replace("*100*80~", "*100*0~"), method="NON", trace="NOPAY"),
    )

    assert last_set(books).state == SetState.LOADED


def test_a_supervisor_posts_a_held_payment_and_the_difference_stands_by_itself(books: Books) -> None:
    books.take(payment(PAID, paid="100"))
    with session_scope(books.engine) as session:
        posted = post_held(session, 1, person_id=7, reason="the payer confirmed the amount by phone")

    assert posted.difference_cents == 2000
    assert books.balance("PCN1") == (0, 0)
    assert books.account(Account.CASH) == 10000
    assert books.account(Account.FINANCE_REVIEW) == -2000
    assert books.account(Account.REMITTANCE_CLEARING) == 0
    assert last_set(books).state == SetState.LOADED
    with read_scope(books.engine) as session:
        assert verify_books(session).faults + verify_answers(session).faults == []


def test_a_held_payment_is_posted_once(books: Books) -> None:
    books.take(payment(PAID, paid="100"))
    with session_scope(books.engine) as session:
        post_held(session, 1, person_id=7, reason="confirmed")
    with pytest.raises(NotHeld), session_scope(books.engine) as session:
        post_held(session, 1, person_id=8, reason="confirmed too")


def test_posting_a_held_payment_needs_a_reason(books: Books) -> None:
    books.take(payment(PAID, paid="100"))

    with pytest.raises(ValueError, match="Say why"), session_scope(books.engine) as session:
        post_held(session, 1, person_id=7, reason=" ")


def test_a_reissued_check_voids_the_one_it_replaces(books: Books) -> None:
    reissued = PAID.replace("SVC*", "MOA***MA74~SVC*")
    books.take(payment(PAID), payment(reissued, trace="EFT2", on="20261201"))

    assert books.balance("PCN1") == (0, 0)
    assert books.account(Account.CASH) == 8000
    first, second = books.answers("PCN1")
    assert first.reversed_by_id == second.id
    assert "MA74" in second.note


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_check_and_those_that_replace_it_leave_the_last_one_in_any_order(
    books: Books, order: tuple[int, ...]
) -> None:
    reissued = PAID.replace("SVC*", "MOA***MA74~SVC*")
    papers = [
        payment(PAID),
        payment(reissued, trace="EFT2", on="20261201"),
        payment(reissued, trace="EFT3", on="20261215"),
    ]
    books.take(*(papers[place] for place in order))

    assert books.balance("PCN1") == (0, 0)
    assert (books.account(Account.CASH), books.account(Account.CONTRACTUAL)) == (8000, 2000)
    standing = [answer for answer in books.answers("PCN1") if answer.reversed_by_id is None]
    remittances = {row.id: row.trace for row in books.rows(Remittance)}
    assert [remittances[answer.remittance_id] for answer in standing] == ["EFT3"]
    assert "MA74" in standing[0].note
    assert books.claim("PCN1").state == "paid"
    with read_scope(books.engine) as session:
        assert verify_books(session).faults + verify_answers(session).faults == []


def test_the_same_answer_under_another_check_is_posted_and_told(books: Books) -> None:
    books.take(payment(PAID), payment(PAID, trace="EFT2", on="20261201"))

    assert "may have been paid twice" in books.answers("PCN1")[1].note
    assert books.balance("PCN1") == (-10000, 0)


def test_a_claim_listed_twice_in_one_payment_is_posted_once(books: Books) -> None:
    books.take(payment(PAID, PAID))

    assert [answer.state for answer in books.answers("PCN1")] == [PaymentState.POSTED, PaymentState.DUPLICATE]
    assert books.balance("PCN1") == (0, 0)
    assert books.account(Account.UNAPPLIED_CASH) == -8000


def test_the_books_prove_themselves_after_all_of_it(books: Books) -> None:
    books.take(payment(PAID), payment(PAID, trace="EFT2", on="20261201"), payment(OTHER, trace="EFT3", paid="1"))

    with read_scope(books.engine) as session:
        report = verify_books(session)
        assert report.faults + verify_answers(session).faults == []
        assert report.counted["remittances that clear"] == 2
        assert session.exec(select(Remittance).where(Remittance.state == "held")).one()
