"""An answer that came before its 837 ends where it would have ended had it come after."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlmodel import col, select

from app.audit.tables import Event
from app.claims.queries import successor_of
from app.claims.tables import Claim
from app.core.db import read_scope
from app.followup.find import find
from app.ledger.person import receive_payment, take_back
from app.ledger.tables import Account, ClaimBalance
from app.ledger.verify import verify_books
from app.matching.tables import ClaimPayment, Denial, PaymentState, StatusEvent
from app.matching.verify import verify_answers
from tests.matching.paper import NOW, Books, billed, payment, session_of, status, submission


def answer(
    number: str, *, charge: str = "200", paid: str = "120", member: str = "W100", last: str = "DOE", icn: str = "I1"
) -> str:
    rest = int(charge) - int(paid)
    return (
        f"CLP*{number}*1*{charge}*{paid}**12*{icn}*11*1~NM1*QC*1*{last}*JANE****MI*{member}~DTM*232*20261005~"
        f"SVC*HC:99213*{charge}*{paid}~CAS*CO*45*{rest}~"
    )


DENIED = (
    "CLP*GARBLED*4*200*0**12*I1*11*1~NM1*QC*1*DOE*JANE****MI*W100~DTM*232*20261005~SVC*HC:99213*200*0~CAS*CO*197*200~"
)


def prove(books: Books) -> None:
    with read_scope(books.engine) as session:
        assert verify_books(session).faults == []
        assert verify_answers(session).faults == []


def in_force(books: Books) -> list[Claim]:
    return [claim for claim in books.claims() if claim.superseded_on is None]


@pytest.mark.parametrize("number", ["GARBLED", "0PCN1-2", "0"])
def test_an_answer_that_came_first_finds_its_claim_when_the_837_comes(books: Books, number: str) -> None:
    books.take(payment(answer(number)), submission(billed("0PCN1", "200")))

    (found,) = books.answers(number)
    assert (found.state, found.claim_id) == (PaymentState.POSTED, books.claim("0PCN1").id)
    assert books.balance("0PCN1") == (0, 0)
    assert books.account(Account.UNAPPLIED_CASH) == 0
    assert len(in_force(books)) == 1
    prove(books)


def test_the_claim_made_of_it_is_closed_and_points_to_its_successor(books: Books) -> None:
    books.take(payment(answer("GARBLED")), submission(billed("0PCN1", "200")))

    stand_in, real = books.claim("GARBLED"), books.claim("0PCN1")
    assert (stand_in.successor_id, stand_in.state, stand_in.charge_cents) == (real.id, "closed", 0)
    assert books.balance("GARBLED") == (0, 0)
    assert any("proved to be this one" in said for said in books.events("0PCN1"))
    assert any("paid $120.00" in said for said in books.events("0PCN1"))
    with read_scope(books.engine) as session:
        events = session.exec(select(Event).where(Event.action == "claim.supersede")).all()
    assert [event.object_id for event in events] == [str(stand_in.id)]


def test_what_now_resembles_two_claims_is_set_aside_with_both(books: Books) -> None:
    books.take(payment(answer("LOST")), submission(billed("A1", "200"), billed("A2", "200")))

    (found,) = books.answers("LOST")
    assert (found.state, found.claim_id) == (PaymentState.UNMATCHED, None)
    assert "2 claims resemble it" in found.note
    assert books.account(Account.UNAPPLIED_CASH) == -12000
    assert books.balance("LOST") == (0, 0)
    prove(books)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_two_claims_alike_are_not_guessed_between_in_any_order(books: Books, order: tuple[int, ...]) -> None:
    papers = [submission(billed("A1", "200")), submission(billed("A2", "200")), payment(answer("LOST"))]
    books.take(*(papers[place] for place in order))

    assert books.account(Account.UNAPPLIED_CASH) == -12000
    assert sorted(claim.patient_control_number for claim in in_force(books)) == ["A1", "A2"]
    assert [books.balance(number) for number in ("A1", "A2")] == [(20000, 0), (20000, 0)]
    prove(books)


def test_a_denial_goes_along_and_keeps_its_row(books: Books) -> None:
    books.take(payment(DENIED))
    (before,) = books.denials("GARBLED")
    books.take(submission(billed("0PCN1", "200")))

    (after,) = books.denials("0PCN1")
    assert (after.id, after.is_open, after.denied_cents) == (before.id, True, 20000)
    assert books.claim("0PCN1").state == "denied"
    assert after.line_ids
    assert len(books.rows(Denial)) == 1


def test_original_reversal_and_correction_go_along_as_one(books: Books) -> None:
    reversal = (
        "CLP*GARBLED*22*-200*-120**12*I1*11*1~NM1*QC*1*DOE*JANE****MI*W100~DTM*232*20261005~"
        "SVC*HC:99213*-200*-120~CAS*CO*45*-80~"
    )
    books.take(
        payment(answer("GARBLED")),
        payment(reversal, answer("GARBLED", paid="150", icn="I2"), trace="EFT2", on="20261120"),
        submission(billed("0PCN1", "200")),
    )

    assert {found.claim_id for found in books.answers("GARBLED")} == {books.claim("0PCN1").id}
    assert books.balance("0PCN1") == (0, 0)
    assert books.account(Account.CONTRACTUAL) == 5000
    prove(books)


def test_a_status_that_came_first_moves_the_claim_and_proves_that_it_was_filed(books: Books) -> None:
    accepted = (
        "NM1*QC*1*DOE*JANE****MI*W100~TRN*2*GARBLED~STC*A2:20:PR*20261012*WQ*200~REF*1K*ICN9~DTP*472*D8*20261005~"
    )
    books.take(status(accepted, on="20261012"), submission(billed("0PCN1", "200")))

    claim = books.claim("0PCN1")
    assert (claim.state, str(claim.accepted_on), claim.payer_control_number) == ("accepted", "2026-10-12", "ICN9")
    assert [event.claim_id for event in books.rows(StatusEvent)] == [claim.id]
    assert len(in_force(books)) == 1


def test_a_number_learned_later_brings_an_answer_without_ours_home(books: Books) -> None:
    lost = "CLP*0*1*90*50**12*ICN5*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*90*50~CAS*CO*45*40~"
    books.take(
        submission(billed("0PCN1", "200")),
        payment(lost),
        payment(answer("0PCN1", icn="ICN5"), trace="EFT2", on="20261201"),
    )

    (found,) = books.answers("0")
    assert (found.match_rule, found.claim_id) == ("payer_number", books.claim("0PCN1").id)
    prove(books)


def test_money_posted_by_hand_goes_along(books: Books) -> None:
    books.take(payment(answer("GARBLED")))
    with session_of(books) as session:
        number = session.exec(select(Claim.id).where(Claim.patient_control_number == "GARBLED")).one()
        receive_payment(session, number or 0, 500, person_id=1, reason="check 12", on=NOW.date())
        session.commit()
    books.take(submission(billed("0PCN1", "200")))

    assert books.balance("0PCN1") == (0, -500)
    assert books.balance("GARBLED") == (0, 0)
    prove(books)


def test_money_posted_by_hand_before_is_taken_back_where_it_went(books: Books) -> None:
    books.take(payment(answer("GARBLED")))
    with session_of(books) as session:
        number = session.exec(select(Claim.id).where(Claim.patient_control_number == "GARBLED")).one()
        entry = receive_payment(session, number or 0, 500, person_id=1, reason="check 12", on=NOW.date())
        session.commit()
    books.take(submission(billed("0PCN1", "200")))
    with session_of(books) as session:
        take_back(session, entry, person_id=1, reason="the check bounced", on=NOW.date())
        session.commit()

    assert books.balance("0PCN1") == books.balance("GARBLED") == (0, 0)
    prove(books)


def test_the_number_of_the_stand_in_finds_its_successor(books: Books) -> None:
    books.take(payment(answer("GARBLED")), submission(billed("0PCN1", "200")))
    with session_of(books) as session:
        assert [each.number for each in find(session, (1,), "GARBLED").claims] == ["0PCN1"]
        stand_in = session.exec(select(Claim.id).where(Claim.patient_control_number == "GARBLED")).one()
        assert successor_of(session, (1,), stand_in or 0) == books.claim("0PCN1").id
        assert successor_of(session, (2,), stand_in or 0) is None
        assert successor_of(session, (1,), books.claim("0PCN1").id or 0) is None


def test_money_posted_by_hand_keeps_an_answer_from_being_set_aside(books: Books) -> None:
    books.take(payment(answer("LOST")))
    with session_of(books) as session:
        number = session.exec(select(Claim.id).where(Claim.patient_control_number == "LOST")).one()
        receive_payment(session, number or 0, 500, person_id=1, reason="check 12", on=NOW.date())
        session.commit()
    books.take(submission(billed("A1", "200"), billed("A2", "200")))

    (found,) = books.answers("LOST")
    assert found.state == PaymentState.POSTED
    prove(books)


def test_the_balance_on_any_past_day_is_told_without_the_stand_in(books: Books) -> None:
    books.take(payment(answer("GARBLED")), submission(billed("0PCN1", "200")))

    with read_scope(books.engine) as session:
        kept = session.exec(
            select(ClaimBalance)
            .join(Claim, col(Claim.id) == ClaimBalance.claim_id)
            .where(Claim.patient_control_number == "GARBLED")
        ).one()
        (posted,) = session.exec(select(ClaimPayment)).all()
    assert (kept.billed_cents, kept.paid_cents, kept.adjusted_cents) == (0, 0, 0)
    assert posted.match_rule == "member"
