"""277CA, 277 and 999: they move the claim and never the money."""

from __future__ import annotations

from app.claims.tables import ClaimState, Payer, PayerControlNumber, Submission
from app.matching.tables import StatusEvent
from tests.matching.paper import Books, acknowledgment, billed, payment, status, submission

SENT = submission(billed("PCN1", "200"))
ACCEPTED = """NM1*QC*1*DOE*JANE****MI*W100~
TRN*2*PCN1~
STC*A2:20:PR*20261012*WQ*200~
REF*1K*ICN1~
DTP*472*D8*20261005~
"""
REJECTED = """NM1*QC*1*DOE*JANE****MI*W100~
TRN*2*PCN1~
STC*A7:562:85*20261012*U*200********WRONG NPI~
DTP*472*D8*20261005~
"""
PAID = "CLP*PCN1*1*200*200**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*200*200~"


def test_a_payers_acceptance_is_proof_of_timely_filing_and_brings_its_number(books: Books) -> None:
    books.take(SENT, status(ACCEPTED))

    claim = books.claim("PCN1")
    assert (claim.state, str(claim.accepted_on), claim.payer_control_number) == (
        ClaimState.ACCEPTED,
        "2026-10-12",
        "ICN1",
    )
    assert [row.value for row in books.rows(PayerControlNumber)] == ["ICN1"]
    assert books.rows(Submission)[0].acknowledgment == "accepted"


def test_a_clearinghouses_acceptance_is_no_proof(books: Books) -> None:
    books.take(SENT, status(ACCEPTED, source="AY"))

    assert books.claim("PCN1").accepted_on is None


def test_a_clearinghouse_never_becomes_a_payer(books: Books) -> None:
    unknown = ACCEPTED.replace("PCN1", "PCN7").replace("W1", "W7")
    books.take(status(unknown, source="AY"), status(unknown.replace("PCN7", "PCN8"), source="AY"))

    assert [row.name for row in books.rows(Payer)] == ["Payer not named in the file"]


def test_a_rejection_leaves_the_money_open_and_the_claim_rejected(books: Books) -> None:
    books.take(SENT, status(REJECTED))

    assert books.claim("PCN1").state == ClaimState.REJECTED
    assert books.balance("PCN1") == (20000, 0)
    assert any("WRONG NPI" in words for words in books.events("PCN1"))


def test_a_status_never_overwrites_what_an_835_decided(books: Books) -> None:
    books.take(SENT, payment(PAID), status(REJECTED, on="20261201"))

    assert books.claim("PCN1").state == ClaimState.PAID


def test_an_older_status_that_comes_late_does_not_move_the_claim_back(books: Books) -> None:
    books.take(SENT, status(REJECTED.replace("20261012", "20261020")), status(ACCEPTED))

    assert books.claim("PCN1").state == ClaimState.REJECTED


def test_a_claim_known_only_from_a_status_is_created_and_recharged_by_its_835(books: Books) -> None:
    books.take(status(ACCEPTED))
    assert books.claim("PCN1").known_from == "277"
    assert books.balance("PCN1") == (20000, 0)

    books.take(payment(PAID.replace("*200*200", "*210*210").replace("SVC*HC:99213*200*200", "SVC*HC:99213*210*210")))

    claim = books.claim("PCN1")
    assert (claim.known_from, claim.charge_cents) == ("835", 21000)
    assert books.balance("PCN1") == (0, 0)


def test_a_rejected_set_rejects_every_claim_sent_in_it(books: Books) -> None:
    books.take(submission(billed("PCN1", "200"), billed("PCN2", "75", last="ROE", member="W2")))
    (sent, _) = books.rows(Submission)
    books.take(
        acknowledgment(
            f"AK1*HC*{sent.group_control_number}*005010X222A1~",
            f"AK2*837*{sent.set_control_number}*005010X222A1~IK3*NM1*8**8~IK4*9*67*7*X~IK5*R*5~",
            "AK9*R*1*1*0~",
        )
    )

    assert {claim.state for claim in books.claims()} == {ClaimState.REJECTED}
    assert any("NM1 at position 8" in words for words in books.events("PCN1"))
    assert books.balance("PCN1") == (20000, 0)


def test_an_accepted_set_marks_its_sendings(books: Books) -> None:
    books.take(SENT)
    (sent,) = books.rows(Submission)
    books.take(
        acknowledgment(
            f"AK1*HC*{sent.group_control_number}*005010X222A1~",
            f"AK2*837*{sent.set_control_number}*005010X222A1~IK5*A~",
            "AK9*A*1*1*1~",
        )
    )

    assert books.rows(Submission)[0].acknowledgment == "accepted"
    assert books.claim("PCN1").state == ClaimState.SUBMITTED
    assert "Accepted by the syntax check (999)" in books.events("PCN1")


def test_a_rejection_by_999_does_not_touch_a_claim_that_was_answered_since(books: Books) -> None:
    books.take(SENT, payment(PAID))
    (sent,) = books.rows(Submission)
    books.take(
        acknowledgment(
            f"AK1*HC*{sent.group_control_number}*005010X222A1~",
            f"AK2*837*{sent.set_control_number}*005010X222A1~IK5*R*5~",
            "AK9*R*1*1*0~",
        )
    )

    assert books.claim("PCN1").state == ClaimState.PAID


def test_a_request_for_information_keeps_the_day_by_which_it_wants_an_answer(books: Books) -> None:
    asked = ACCEPTED.replace("A2:20:PR*20261012*WQ", "R4:18842-5::LOI*20261012*") + "DTP*106*D8*20261222~"
    books.take(SENT, status(asked))

    (event,) = books.rows(StatusEvent)
    assert str(event.due_on) == "2026-12-22"
    assert any("answer wanted by December 22, 2026" in words for words in books.events("PCN1"))
