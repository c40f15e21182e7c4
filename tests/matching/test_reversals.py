"""Take-backs find what they take back in any order, and the claim is posted anew."""

from __future__ import annotations

import pytest

from app.claims.tables import ClaimState
from app.ledger.tables import Account
from app.matching.tables import PaymentState
from tests.matching.paper import Books, billed, payment, submission

ORIGINAL = """CLP*PCN1*1*200*120*30*12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
SVC*HC:99214:25*200*120**1~
DTM*472*20261005~
CAS*CO*45*50~
CAS*PR*1*20**2*10~
REF*6R*PCN1L1~
"""
REVERSAL = """CLP*PCN1*22*-200*-120**12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
SVC*HC:99214:25*-200*-120**1~
DTM*472*20261005~
CAS*CO*45*-50~
CAS*PR*1*-20**2*-10~
REF*6R*PCN1L1~
"""
CORRECTION = """CLP*PCN1*1*200*90*50*12*ICN11*11*7~
NM1*QC*1*DOE*JANE****MI*W100~
REF*F8*ICN1~
SVC*HC:99213:25*200*90**1*HC:99214:25~
DTM*472*20261005~
CAS*CO*45*60~
CAS*PR*1*20**2*30~
REF*6R*PCN1L1~
"""
OTHER = "CLP*PCN9*1*500*500**12*ICN9*11*1~NM1*QC*1*ROE*JOHN****MI*W9~SVC*HC:99205*500*500~"
DENIAL = """CLP*PCN1*1*200*0**12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
SVC*HC:99214:25*200*0**0~
CAS*CO*197*200~
"""


def test_a_reversal_returns_the_claim_to_its_open_balance(books: Books) -> None:
    books.take(payment(ORIGINAL), payment(REVERSAL, OTHER, trace="EFT2", on="20261125"))

    assert books.balance("PCN1") == (20000, 0)
    assert books.claim("PCN1").state == ClaimState.REVERSED
    assert books.account(Account.CONTRACTUAL) == 0


def test_a_correction_beside_its_reversal_leaves_only_what_it_says(books: Books) -> None:
    books.take(payment(ORIGINAL), payment(REVERSAL, CORRECTION, OTHER, trace="EFT2", on="20261125"))

    assert books.balance("PCN1") == (0, 5000)
    assert books.account(Account.CONTRACTUAL) == 6000
    assert books.claim("PCN1").payer_control_number == "ICN11"
    original, reversal, _ = books.answers("PCN1")
    assert (original.reversed_by_id, reversal.reverses_id) == (reversal.id, original.id)


def test_a_reversal_that_comes_first_waits_in_unapplied_cash(books: Books) -> None:
    books.take(payment(REVERSAL, OTHER, trace="EFT2", on="20261125"))

    (waiting,) = books.answers("PCN1")
    assert waiting.state == PaymentState.UNMATCHED
    assert "not on the books yet" in waiting.note
    assert books.account(Account.UNAPPLIED_CASH) == 12000
    assert books.account(Account.REMITTANCE_CLEARING) == 0


def test_the_original_that_comes_later_is_taken_back_at_once(books: Books) -> None:
    books.take(payment(REVERSAL, OTHER, trace="EFT2", on="20261125"), payment(ORIGINAL))

    assert books.balance("PCN1") == (20000, 0)
    assert books.account(Account.UNAPPLIED_CASH) == 0
    assert books.claim("PCN1").state == ClaimState.REVERSED


@pytest.mark.parametrize(
    "order",
    [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)],
)
def test_original_reversal_and_correction_end_alike_in_any_order(books: Books, order: tuple[int, int, int]) -> None:
    papers = (
        payment(ORIGINAL, trace="EFT1", on="20261110"),
        payment(REVERSAL, OTHER, trace="EFT2", on="20261120"),
        payment(CORRECTION, trace="EFT3", on="20261121"),
    )
    books.take(*(papers[place] for place in order))

    assert books.balance("PCN1") == (0, 5000)
    assert books.account(Account.UNAPPLIED_CASH) == 0
    assert books.claim("PCN1").state == ClaimState.PAID


def test_a_reversal_of_other_amounts_is_held_and_says_why(books: Books) -> None:
    short = REVERSAL.replace("-120", "-100").replace("-50~", "-70~")
    books.take(payment(ORIGINAL), payment(short, OTHER, trace="EFT2", on="20261125"))

    reversal = books.answers("PCN1")[1]
    assert reversal.state == PaymentState.UNMATCHED
    assert "not the opposite" in reversal.note
    assert books.balance("PCN1") == (0, 3000)


def test_a_denial_that_is_paid_after_its_reversal_is_overturned(books: Books) -> None:
    reversal = DENIAL.replace("CLP*PCN1*1*200", "CLP*PCN1*22*-200").replace("*200*0**0", "*-200*0**0")
    reversal = reversal.replace("CAS*CO*197*200", "CAS*CO*197*-200")
    books.take(
        submission(billed("PCN1", "200", "99214:25*200")),
        payment(DENIAL),
        payment(reversal, CORRECTION, trace="EFT2", on="20261125"),
    )

    (denial,) = books.denials("PCN1")
    assert (denial.is_open, denial.closed_as) == (False, "overturned")
    assert books.balance("PCN1") == (0, 5000)


def test_a_repeated_denial_is_a_repeat_and_the_first_is_closed(books: Books) -> None:
    again = DENIAL.replace("ICN1", "ICN2")
    books.take(payment(DENIAL), payment(again, trace="EFT2", on="20261125"))

    first, second = books.denials("PCN1")
    assert (first.is_open, first.closed_as) == (False, "repeated")
    assert (second.is_open, second.is_repeat) == (True, True)


def test_a_denial_upheld_after_its_reversal_says_so(books: Books) -> None:
    reversal = DENIAL.replace("CLP*PCN1*1*200", "CLP*PCN1*22*-200").replace("*200*0**0", "*-200*0**0")
    reversal = reversal.replace("CAS*CO*197*200", "CAS*CO*197*-200")
    upheld = DENIAL.replace("ICN1", "ICN2")
    books.take(payment(DENIAL), payment(reversal, upheld, trace="EFT2", on="20261125"))

    first, second = books.denials("PCN1")
    assert first.closed_as == "upheld"
    assert second.is_open
