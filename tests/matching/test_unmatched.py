"""What a person does about an answer that found no claim."""

from __future__ import annotations

import pytest

from app.core.db import session_scope
from app.ledger.tables import Account
from app.matching.tables import PaymentState
from app.matching.unmatched import CannotApply, apply_to_claim, candidates, create_claim_for
from tests.matching.paper import Books, billed, payment, submission

LOST = """CLP*LOST*1*200*120*30*12*I1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
DTM*232*20261005~
SVC*HC:99213*200*120~
CAS*CO*45*50~
CAS*PR*1*30~
"""
SENT = submission(billed("A1", "200"), billed("A2", "200"), billed("A3", "75", last="ROE", first="JOHN", member="W9"))


def test_the_candidates_are_ranked_by_what_they_have_in_common(books: Books) -> None:
    books.take(SENT, payment(LOST))

    with session_scope(books.engine) as session:
        found = candidates(session, 1)
        numbers = [candidate.head.claim.patient_control_number for candidate in found]

    assert numbers == ["A1", "A2"]
    assert "member id" in found[0].agreements


def test_picking_the_claim_moves_the_money_out_of_unapplied_cash(books: Books) -> None:
    books.take(SENT, payment(LOST))
    claim = books.claim("A2")
    with session_scope(books.engine) as session:
        apply_to_claim(session, 1, claim.id or 0)

    assert books.balance("A2") == (0, 3000)
    assert books.account(Account.UNAPPLIED_CASH) == 0
    (answer,) = books.answers("LOST")
    assert (answer.state, answer.match_rule, answer.claim_id) == (PaymentState.POSTED, "person", claim.id)


def test_a_claim_can_be_made_from_the_answer(books: Books) -> None:
    books.take(SENT, payment(LOST))
    with session_scope(books.engine) as session:
        create_claim_for(session, 1)

    assert books.balance("LOST") == (0, 3000)
    assert books.account(Account.UNAPPLIED_CASH) == 0


def test_an_answer_is_applied_once(books: Books) -> None:
    books.take(SENT, payment(LOST))
    claim_id = books.claim("A1").id or 0
    with session_scope(books.engine) as session:
        apply_to_claim(session, 1, claim_id)
    with pytest.raises(CannotApply, match="no longer unmatched"), session_scope(books.engine) as session:
        apply_to_claim(session, 1, claim_id)


def test_a_reversal_is_applied_only_where_there_is_something_to_take_back(books: Books) -> None:
    lone = LOST.replace("CLP*LOST*1*200*120*30*", "CLP*LOST*22*-200*-120**").replace(
        "SVC*HC:99213*200*120", "SVC*HC:99213*-200*-120"
    )
    lone = lone.replace("CAS*CO*45*50", "CAS*CO*45*-50").replace("CAS*PR*1*30", "CAS*PR*1*-30")
    other = "CLP*Z1*1*500*500**12*I9*11*1~NM1*QC*1*POE*MARY****MI*W3~SVC*HC:99205*500*500~"
    books.take(SENT, payment(lone, other))

    with pytest.raises(CannotApply, match="nothing that this takes back"), session_scope(books.engine) as session:
        apply_to_claim(session, 1, books.claim("A1").id or 0)
    assert books.account(Account.UNAPPLIED_CASH) == 12000


def test_a_reversal_waiting_for_an_applied_answer_takes_it_back(books: Books) -> None:
    reversal = LOST.replace("CLP*LOST*1*200*120*30*", "CLP*LOST*22*-200*-120**").replace(
        "SVC*HC:99213*200*120", "SVC*HC:99213*-200*-120"
    )
    reversal = reversal.replace("CAS*CO*45*50", "CAS*CO*45*-50").replace("CAS*PR*1*30", "CAS*PR*1*-30")
    other = "CLP*Z1*1*500*500**12*I9*11*1~NM1*QC*1*POE*MARY****MI*W3~SVC*HC:99205*500*500~"
    books.take(SENT, payment(LOST), payment(reversal, other, trace="EFT2", on="20261201"))
    with session_scope(books.engine) as session:
        apply_to_claim(session, 1, books.claim("A1").id or 0)

    assert books.balance("A1") == (20000, 0)
    assert books.account(Account.UNAPPLIED_CASH) == 0
