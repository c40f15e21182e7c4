"""Sending a claim charges it once, whatever is sent again."""

from __future__ import annotations

from app.claims.tables import ClaimState
from app.ledger.tables import Account
from tests.matching.paper import Books, billed, payment, submission

PAID = """CLP*PCN1*1*200*120*30*12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
DTM*232*20261005~
SVC*HC:99214*200*120**1~
CAS*CO*45*50~
CAS*PR*1*30~
"""


def test_a_claim_sent_again_is_charged_once(books: Books) -> None:
    books.take(submission(billed("PCN1", "200")), submission(billed("PCN1", "200"), on="20261101"))

    claim = books.claim("PCN1")
    assert claim.submissions == 2
    assert (str(claim.first_billed_on), str(claim.last_billed_on)) == ("2026-10-10", "2026-11-01")
    assert books.balance("PCN1") == (20000, 0)


def test_a_replacement_changes_the_charge_by_the_difference(books: Books) -> None:
    books.take(
        submission(billed("PCN1", "200")),
        submission(billed("PCN1", "250", frequency="7", references="REF*F8*ICN1~"), on="20261101"),
    )

    assert books.balance("PCN1") == (25000, 0)
    assert len(books.claims()) == 1


def test_a_replacement_under_a_new_number_is_found_by_the_payers_number(books: Books) -> None:
    books.take(
        submission(billed("PCN1", "200")),
        payment(
            PAID.replace("*200*120*30", "*200*0*")
            .replace("*200*120**1", "*200*0**1")
            .replace("CAS*CO*45*50~\nCAS*PR*1*30~", "CAS*CO*16*200~")
        ),
        submission(billed("PCN1R", "250", frequency="7", references="REF*F8*ICN1~"), on="20261201"),
    )

    (claim,) = books.claims()
    assert claim.charge_cents == 25000
    assert claim.state == ClaimState.SUBMITTED


def test_the_answer_to_a_replacement_under_its_new_number_finds_the_claim(books: Books) -> None:
    books.take(
        submission(billed("PCN1", "200")),
        payment(PAID),
        submission(billed("PCN77", "200", frequency="7", references="REF*F8*ICN1~"), on="20261201"),
        payment(PAID.replace("PCN1", "PCN77").replace("ICN1", "ICN2"), trace="EFT2", on="20261215"),
    )

    assert len(books.claims()) == 1


def test_a_void_takes_the_charge_off_and_closes_the_claim(books: Books) -> None:
    books.take(submission(billed("PCN1", "200")), submission(billed("PCN1", "200", frequency="8"), on="20261101"))

    assert books.balance("PCN1") == (0, 0)
    assert books.claim("PCN1").state == ClaimState.CLOSED


def test_the_same_number_for_another_visit_is_another_claim(books: Books) -> None:
    books.take(submission(billed("ACCT5", "200", on="20261005")), submission(billed("ACCT5", "150", on="20261012")))

    assert sorted(claim.charge_cents for claim in books.claims()) == [15000, 20000]


def test_an_older_sending_that_arrives_late_changes_nothing_but_the_count(books: Books) -> None:
    books.take(
        submission(billed("PCN1", "250", frequency="7"), on="20261101"),
        submission(billed("PCN1", "200"), on="20261010"),
    )

    claim = books.claim("PCN1")
    assert (claim.submissions, claim.charge_cents, str(claim.first_billed_on)) == (2, 25000, "2026-10-10")


def test_an_837_that_comes_after_its_835_fills_the_claim_in_and_charges_no_more(books: Books) -> None:
    books.take(payment(PAID), submission(billed("PCN1", "200")))

    claim = books.claim("PCN1")
    assert (claim.known_from, claim.diagnoses, claim.kind) == ("837", "J10", "P")
    assert books.balance("PCN1") == (0, 3000)
    assert books.account(Account.CHARGES) == -20000


def test_a_late_837_does_not_undo_what_the_payer_decided(books: Books) -> None:
    books.take(payment(PAID), submission(billed("PCN1", "200")))

    assert books.claim("PCN1").state == ClaimState.PAID


def test_a_claim_to_the_next_payer_is_not_charged_again(books: Books) -> None:
    books.take(
        submission(billed("PCN1", "200")),
        payment(PAID),
        submission(billed("PCN1", "200", order="S", payer="SECOND PLAN", payer_code="22222"), on="20261201"),
    )

    claim = books.claim("PCN1")
    assert claim.payer_rank == 2
    assert books.account(Account.CHARGES) == -20000
