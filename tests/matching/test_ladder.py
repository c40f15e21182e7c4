"""Which claim an answer is about: accepted only when it is certain, with the evidence kept."""

from __future__ import annotations

import pytest

from app.ledger.tables import Account
from app.matching.tables import PaymentState
from tests.matching.paper import Books, billed, payment, submission


def answer(
    number: str = "PCN1", *, charge: str = "200", member: str = "W100", last: str = "DOE", icn: str = "I1"
) -> str:
    return (
        f"CLP*{number}*1*{charge}*{charge}**12*{icn}*11*1~NM1*QC*1*{last}*JANE****MI*{member}~DTM*232*20261005~"
        f"SVC*HC:99213*{charge}*{charge}~"
    )


SENT = submission(billed("0PCN1", "200"))


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("0PCN1", "control_number"),  # as sent
        ("pcn1", "control_number"),  # case and leading zeros forgiven
        ("0PCN1-2", "control_number_suffix"),  # the payer put a suffix behind it
        ("99887766", "member"),  # another number altogether: member, date and charge agree
    ],
)
def test_a_claim_is_found_by_what_is_left_of_its_number(books: Books, number: str, rule: str) -> None:
    books.take(SENT, payment(answer(number)))

    (found,) = books.answers(number)
    assert (found.match_rule, found.state) == (rule, PaymentState.POSTED)
    assert found.claim_id == books.claim("0PCN1").id
    assert "agree" in found.match_evidence


def test_a_number_cut_at_twenty_characters_is_completed(books: Books) -> None:
    long = "ABCDEFGHIJKLMNOPQRSTUVW"
    books.take(submission(billed(long, "200")), payment(answer(long[:20])))

    (found,) = books.answers(long[:20])
    assert found.match_rule == "control_number_suffix"


def test_the_payers_own_number_finds_the_claim_when_ours_is_lost(books: Books) -> None:
    books.take(
        SENT, payment(answer("0PCN1", icn="ICN5")), payment(answer("0", icn="ICN5"), trace="EFT2", on="20261201")
    )

    (found,) = books.answers("0")
    assert found.match_rule == "payer_number"


def test_our_number_on_another_patients_claim_is_only_a_suspect(books: Books) -> None:
    other = "CLP*0PCN1*1*310*310**12*I7*11*1~NM1*QC*1*ROE*JOHN****MI*W999~DTM*232*20260901~SVC*HC:99215*310*310~"
    books.take(SENT, payment(other))

    (found,) = books.answers("0PCN1")
    assert (found.state, found.claim_id) == (PaymentState.UNMATCHED, None)
    assert books.account(Account.UNAPPLIED_CASH) == -31000
    assert books.balance("0PCN1") == (20000, 0)


def test_two_claims_alike_are_not_guessed_between(books: Books) -> None:
    books.take(submission(billed("A1", "200"), billed("A2", "200")), payment(answer("LOST")))

    (found,) = books.answers("LOST")
    assert found.state == PaymentState.UNMATCHED
    assert "2 claims resemble it" in found.note


def test_a_claim_that_nothing_resembles_is_created(books: Books) -> None:
    books.take(SENT, payment(answer("NEW1", charge="75", member="W777", last="NEWMAN")))

    assert books.claim("NEW1").known_from == "835"


def test_an_answer_without_our_number_is_never_made_into_a_claim(books: Books) -> None:
    books.take(SENT, payment(answer("0", charge="75", member="W777", last="NEWMAN")))

    assert len(books.claims()) == 1
    (found,) = books.answers("0")
    assert found.state == PaymentState.UNMATCHED


def test_two_claims_of_one_day_known_only_from_answers_stay_two(books: Books) -> None:
    books.take(payment(answer("B1", icn="I1"), answer("B2", icn="I2")))

    assert len(books.claims()) == 2


def test_parts_of_a_claim_that_the_payer_split_add_up(books: Books) -> None:
    part1 = "CLP*S1*1*200*100**12*I1*11*1~NM1*QC*1*DOE*JANE****MI*W1~MOA***MA15~SVC*HC:99213*200*100~CAS*CO*45*100~"
    part2 = "CLP*S1*1*50*50**12*I2*11*1~NM1*QC*1*DOE*JANE****MI*W1~MOA***MA15~SVC*HC:85025*50*50~"
    books.take(payment(part1), payment(part2, trace="EFT2", on="20261125"))

    assert books.claim("S1").charge_cents == 25000
    assert books.balance("S1") == (0, 0)
