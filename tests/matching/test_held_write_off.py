"""A later payer's held write-off, decided by a supervisor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import Session

from app.audit.actor import Actor, act_as
from app.core.clock import FixedClock
from app.core.db import read_scope, session_scope
from app.ledger.tables import Account
from app.ledger.verify import verify_books
from app.matching.held_write_off import NoHeldWriteOff, drop, post_anyway
from app.matching.verify import verify_answers
from tests.matching.paper import NOW, Books, payment, submission
from tests.matching.test_several_payers import CROSSED, SECONDARY, SENT, second

IGNORES = SECONDARY.replace("CAS*OA*23*425~\n", "").replace("CAS*CO*45*10~", "CAS*CO*45*435~")
TODAY = date(2026, 11, 23)


@pytest.fixture
def held(books: Books) -> Books:
    """The second payer wants $435.00 written off where the first has written off and paid $425.00 already."""
    books.take(submission(SENT), payment(CROSSED), second(IGNORES))
    return books


def decide(books: Books, act: Callable[[Session, int], int]) -> int:
    number = books.answers("PCN1")[1].id or 0
    with session_scope(books.engine) as session:
        act_as(session, Actor.system("supervisor"), FixedClock(NOW))
        return act(session, number)


def proved(books: Books) -> bool:
    with read_scope(books.engine) as session:
        return not verify_books(session).faults and not verify_answers(session).faults


def test_a_held_write_off_is_posted_with_a_reason(held: Books) -> None:
    cents = decide(held, lambda session, number: post_anyway(session, number, reason="payer confirms", on=TODAY))

    assert cents == 43500
    assert held.answers("PCN1")[1].held_cents == 0
    assert held.account(Account.CONTRACTUAL) == 12500 + 43500
    assert proved(held)


def test_a_dropped_write_off_moves_nothing_and_says_why(held: Books) -> None:
    before = held.balance("PCN1")
    decide(held, lambda session, number: drop(session, number, reason="the first payer's part again"))

    answer = held.answers("PCN1")[1]
    assert (answer.held_cents, held.balance("PCN1")) == (0, before)
    assert answer.note == "Its write-off of $435.00 was held and then dropped: the first payer's part again"
    assert proved(held)


def test_what_was_decided_once_is_not_decided_again(held: Books) -> None:
    decide(held, lambda session, number: drop(session, number, reason="the first payer's part again"))

    with pytest.raises(NoHeldWriteOff):
        decide(held, lambda session, number: post_anyway(session, number, reason="too late", on=TODAY))


def test_a_decision_without_a_reason_is_refused(held: Books) -> None:
    with pytest.raises(ValueError, match="Say why"):
        decide(held, lambda session, number: drop(session, number, reason=" "))

    assert held.answers("PCN1")[1].held_cents == 43500
