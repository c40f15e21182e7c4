"""Primary, secondary, crossover: no dollar is posted twice, and the patient owes what the last payer says."""

from __future__ import annotations

import pytest

from app.ledger.tables import Account
from tests.matching.paper import Books, billed, payment, submission

SENT = billed("PCN1", "500", "99215*500")
SENT_SECOND = billed("PCN1", "500", "99215*500", order="S", payer="SECOND PLAN", payer_code="22222", member="S100")
PRIMARY = """CLP*PCN1*1*500*300*75*12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
DTM*232*20261005~
SVC*HC:99215*500*300~
CAS*CO*45*125~
CAS*PR*2*75~
"""
SECONDARY = """CLP*PCN1*2*500*65**MC*SEC1*11*1~
NM1*QC*1*DOE*JANE****MI*S100~
DTM*232*20261005~
SVC*HC:99215*500*65~
CAS*OA*23*425~
CAS*CO*45*10~
"""
CROSSED = PRIMARY.replace("CLP*PCN1*1*", "CLP*PCN1*19*").replace(
    "DTM*232", "NM1*TT*2*SECOND PLAN*****PI*22222~\nDTM*232"
)


def second(claim: str = SECONDARY, on: str = "20261210") -> str:
    return payment(claim, trace="SEC1", on=on, payer="SECOND PLAN", payer_code="22222")


def test_the_primarys_patient_share_waits_for_the_secondary_that_was_billed(books: Books) -> None:
    books.take(submission(SENT), payment(PRIMARY), submission(SENT_SECOND, on="20261201"))

    assert books.balance("PCN1") == (7500, 0)


def test_a_crossover_waits_for_the_secondary_too_and_is_looked_at_in_thirty_days(books: Books) -> None:
    books.take(submission(SENT), payment(CROSSED))

    assert books.balance("PCN1") == (7500, 0)
    claim = books.claim("PCN1")
    assert (str(claim.crossover_on), str(claim.next_check_on)) == ("2026-11-18", "2026-12-18")


def test_prior_payment_named_by_the_secondary_is_not_posted_again(books: Books) -> None:
    books.take(submission(SENT), payment(CROSSED), second())

    assert books.balance("PCN1") == (0, 0)
    assert books.account(Account.CONTRACTUAL) == 13500


def test_what_the_secondary_leaves_to_the_patient_is_what_the_patient_owes(books: Books) -> None:
    leaves_some = SECONDARY.replace("*500*65**MC", "*500*50*15*MC").replace("99215*500*65", "99215*500*50")
    books.take(submission(SENT), payment(CROSSED), second(leaves_some + "CAS*PR*2*15~"))

    assert books.balance("PCN1") == (0, 1500)


def test_a_secondary_that_denies_leaves_the_share_open_with_insurance(books: Books) -> None:
    denies = """CLP*PCN1*2*500*0**MC*SEC1*11*1~
    NM1*QC*1*DOE*JANE****MI*S100~
    DTM*232*20261005~
    SVC*HC:99215*500*0~
    CAS*OA*23*425~
    CAS*CO*29*75~"""
    books.take(submission(SENT), payment(CROSSED), second(denies))

    assert books.balance("PCN1") == (7500, 0)
    assert [denial.reason for denial in books.denials("PCN1")] == ["29"]


def test_a_secondary_that_writes_off_what_the_primary_paid_is_held(books: Books) -> None:
    ignores = SECONDARY.replace("CAS*OA*23*425~\n", "").replace("CAS*CO*45*10~", "CAS*CO*45*435~")
    books.take(submission(SENT), payment(CROSSED), second(ignores))

    answer = books.answers("PCN1")[1]
    assert answer.held_cents == 43500
    assert "held" in answer.note
    assert books.balance("PCN1") == (1000, 0)
    assert books.account(Account.CONTRACTUAL) == 12500


def test_a_write_off_that_fits_is_released_when_the_primary_answers(books: Books) -> None:
    fits = SECONDARY.replace("CAS*OA*23*425~", "CAS*OA*209*425~")  # it does not say what the primary paid
    books.take(submission(SENT), second(fits))
    assert books.answers("PCN1")[0].held_cents == 1000

    books.take(payment(CROSSED))

    assert books.answers("PCN1")[0].held_cents == 0
    assert books.balance("PCN1") == (0, 0)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2), (2, 0, 3, 1)])
def test_the_order_of_the_papers_does_not_matter(books: Books, order: tuple[int, ...]) -> None:
    papers = (submission(SENT), payment(PRIMARY), submission(SENT_SECOND, on="20261201"), second())
    books.take(*(papers[place] for place in order))

    assert books.balance("PCN1") == (0, 0)
    assert books.account(Account.CHARGES) == -50000
