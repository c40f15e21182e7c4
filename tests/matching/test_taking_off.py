"""An answer that a person put on the wrong claim comes off: the books and the claim stand as if it had not come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from app.audit.tables import Event
from app.claims.tables import Claim
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.ledger.person import receive_payment, take_back
from app.ledger.tables import Account, JournalEntry
from app.ledger.verify import verify_books
from app.matching.tables import ClaimPayment, PaymentState
from app.matching.taking_off import CannotTakeOff, applied_by_people, take_off, why_it_stays
from app.matching.unmatched import apply_to_claim, create_claim_for
from app.matching.verify import verify_answers
from tests.matching.paper import NOW, Books, billed, payment, status, submission

NAMED = "NM1*QC*1*DOE*JANE****MI*W100~DTM*232*20261005~"
SENT = submission(billed("A1", "200"), billed("A2", "200"))
ANSWERS = {
    "paid with a share": f"CLP*LOST*1*200*120*30*12*I1*11*1~{NAMED}SVC*HC:99213*200*120~CAS*CO*45*50~CAS*PR*1*30~",
    "denied": f"CLP*LOST*4*200*0**12*I1*11*1~{NAMED}SVC*HC:99213*200*0~CAS*CO*197*200~",
    "denied in part": f"CLP*LOST*1*200*50**12*I1*11*1~{NAMED}SVC*HC:99213*200*50~CAS*CO*197*150~",
    "patient's share": f"CLP*LOST*1*200*0*200*12*I1*11*1~{NAMED}SVC*HC:99213*200*0~CAS*PR*1*200~",
    "forwarded": f"CLP*LOST*19*200*120*80*12*I1*11*1~{NAMED}SVC*HC:99213*200*120~CAS*PR*2*80~",
}
ACCEPTED = "NM1*QC*1*DOE*JANE****MI*W100~TRN*2*A1~STC*A2:20:PR*20261012*WQ*200~REF*1K*ICN1~DTP*472*D8*20261005~"
EARLIER = f"CLP*A1*4*200*0**12*I0*11*1~{NAMED}SVC*HC:99213*200*0~CAS*CO*16*200~"
BEFORE = {
    "only sent": (),
    "accepted": (status(ACCEPTED, on="20261012"),),
    "denied before": (payment(EARLIER, trace="EFT0", on="20261020"),),
}
LOOKED_AT = {
    "claims": """SELECT c.patient_control_number, c.state, c.state_on, c.charge_cents, c.payer_id, c.payer_rank,
        c.last_answer_on, c.next_check_on, c.accepted_on, c.denied_on, c.adjudicated_on, c.closed_on, c.crossover_on,
        c.payer_control_number, b.billed_cents, b.insurance_cents, b.patient_cents, b.paid_cents, b.adjusted_cents
        FROM claim c JOIN claimbalance b ON b.claim_id = c.id WHERE c.superseded_on IS NULL ORDER BY c.id""",
    "accounts": "SELECT account, sum(amount_cents) FROM posting GROUP BY 1 HAVING sum(amount_cents) <> 0 ORDER BY 1",
    "answers": "SELECT id, state, claim_id, match_rule, held_cents, reversed_by_id FROM claimpayment ORDER BY id",
    "denials": "SELECT claim_payment_id, denied_cents, is_open, closed_as, is_repeat FROM denial ORDER BY id",
    "numbers": "SELECT claim_id, value FROM payercontrolnumber ORDER BY 1, 2",
}


def stand(books: Books) -> dict[str, Any]:
    with read_scope(books.engine) as session:
        assert verify_books(session).faults == []
        assert verify_answers(session).faults == []
        return {name: [tuple(row) for row in session.execute(text(sql))] for name, sql in LOOKED_AT.items()}


def lost(books: Books) -> ClaimPayment:
    (found,) = books.answers("LOST")
    return found


def put_on(books: Books, number: str) -> int:
    answer = lost(books).id or 0
    with session_scope(books.engine) as session:
        apply_to_claim(session, answer, books.claim(number).id or 0)
    return answer


def off(books: Books, answer: int, reason: str = "it is her sister's") -> str:
    with session_scope(books.engine) as session:
        return take_off(session, answer, reason).stays


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("answer", ANSWERS)
def test_applied_and_taken_off_leaves_books_states_and_denials_as_they_were(
    books: Books, before: str, answer: str
) -> None:
    books.take(SENT, *BEFORE[before], payment(ANSWERS[answer], on="20261110"))
    assert lost(books).state == PaymentState.UNMATCHED
    was, entries = stand(books), len(books.rows(JournalEntry))
    put_on(books, "A1")
    assert stand(books) != was

    off(books, lost(books).id or 0)

    assert stand(books) == was
    assert len(books.rows(JournalEntry)) >= entries  # nothing is erased


def test_after_it_came_off_the_right_claim_takes_it(books: Books) -> None:
    books.take(SENT, payment(ANSWERS["paid with a share"]))
    answer = put_on(books, "A1")
    off(books, answer)
    put_on(books, "A2")

    assert (books.balance("A1"), books.balance("A2")) == ((20000, 0), (0, 3000))
    assert books.account(Account.UNAPPLIED_CASH) == 0
    assert any("is about another claim. it is her sister's" in words for words in books.events("A1"))


def test_a_claim_made_of_the_answer_is_closed_without_a_charge(books: Books) -> None:
    books.take(SENT, payment(ANSWERS["paid with a share"]))
    was = stand(books)
    answer = lost(books).id or 0
    with session_scope(books.engine) as session:
        create_claim_for(session, answer)
    off(books, answer)

    assert stand(books) == was
    assert (books.claim("LOST").state, books.claim("LOST").charge_cents) == ("closed", 0)


def test_what_a_claim_without_an_837_was_charged_anew_comes_back(books: Books) -> None:
    accepted = ACCEPTED.replace("TRN*2*A1", "TRN*2*OTHER").replace("20261005", "20261006").replace("*200~", "*250~")
    books.take(status(accepted), SENT, payment(ANSWERS["paid with a share"]))
    was = stand(books)["accounts"]
    answer = put_on(books, "OTHER")
    assert books.claim("OTHER").charge_cents == 20000
    off(books, answer)

    assert books.claim("OTHER").charge_cents == 25000
    assert stand(books)["accounts"] == was


def test_it_is_unmatched_again_and_says_where_it_was_and_who_took_it_off(books: Books) -> None:
    books.take(SENT, payment(ANSWERS["denied"]))
    answer = put_on(books, "A1")
    off(books, answer, "the member is another one")

    said = lost(books).match_evidence
    assert said.startswith("Was on claim A1 and was taken off again on ")
    assert said.endswith(": the member is another one.")
    with read_scope(books.engine) as session:
        (event,) = session.exec(select(Event).where(Event.action == "remittance.take_off")).all()
    assert (event.reason, event.object_id) == ("the member is another one", str(answer))


def test_it_stays_while_a_later_answer_counts_on_it(books: Books) -> None:
    second = f"CLP*A1*2*200*30**12*S1*11*1~{NAMED}SVC*HC:99213*200*30~CAS*OA*23*170~"
    books.take(SENT, payment(ANSWERS["paid with a share"]))
    answer = put_on(books, "A1")
    books.take(payment(second, trace="SEC9", on="20261120", payer="SECOND PLAN", payer_code="22222"))
    was = stand(books)

    with pytest.raises(CannotTakeOff, match="trace SEC9 was posted on top of it"):
        off(books, answer)
    assert stand(books) == was


def test_it_stays_once_the_payer_has_taken_it_back(books: Books) -> None:
    reversal = f"CLP*LOST*22*-200*-120**12*I1*11*1~{NAMED}SVC*HC:99213*-200*-120~CAS*CO*45*-50~CAS*PR*1*-30~"
    books.take(SENT, payment(ANSWERS["paid with a share"]))
    answer = put_on(books, "A1")
    books.take(payment(reversal, f"CLP*A2*1*200*200**12*I7*11*1~{NAMED}SVC*HC:99213*200*200~", trace="E2"))

    with pytest.raises(CannotTakeOff, match="taken this answer back since"):
        off(books, answer)


def test_it_stays_while_money_of_a_persons_hand_stands_on_it_and_no_longer(books: Books) -> None:
    books.take(SENT, payment(ANSWERS["paid with a share"]))
    answer, claim = put_on(books, "A1"), books.claim("A1").id or 0
    with session_scope(books.engine) as session:
        entry = receive_payment(session, claim, 3000, person_id=1, reason="card", on=NOW.date())
    with pytest.raises(CannotTakeOff, match=r"\$30.00 was posted on the claim by hand since"):
        off(books, answer)

    with session_scope(books.engine) as session:
        take_back(session, entry, person_id=1, reason="bounced", on=NOW.date())
    off(books, answer)
    assert books.balance("A1") == (20000, 0)


def test_what_found_its_claim_by_itself_is_not_taken_off_by_hand(books: Books) -> None:
    books.take(SENT, payment(ANSWERS["denied"].replace("LOST", "A1")))
    with pytest.raises(CannotTakeOff, match="found its claim by itself"):
        off(books, books.answers("A1")[0].id or 0)


def test_it_comes_off_once_and_never_without_a_reason(books: Books) -> None:
    books.take(SENT, payment(ANSWERS["denied"]))
    answer = put_on(books, "A1")
    with pytest.raises(CannotTakeOff, match="Say why"):
        off(books, answer, "  ")
    off(books, answer)
    with pytest.raises(CannotTakeOff, match="is on no claim"):
        off(books, answer)


def test_the_list_of_what_people_applied_forgets_what_came_off(books: Books) -> None:
    books.take(SENT, payment(ANSWERS["denied"]))
    practice = books.claim("A1").practice_id
    answer = put_on(books, "A1")
    with read_scope(books.engine) as session:
        assert [claim.patient_control_number for _, claim in applied_by_people(session, (practice,))] == ["A1"]
        assert applied_by_people(session, (4711,)) == []
        assert why_it_stays(session, session.get_one(ClaimPayment, answer)) == ""
    off(books, answer)
    with read_scope(books.engine) as session:
        assert applied_by_people(session, (practice,)) == []


def test_it_comes_off_alike_on_both_engines(any_engine: Engine, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    books = Books(any_engine, settings, folder)
    books.take(SENT, *BEFORE["denied before"], payment(ANSWERS["denied in part"], on="20261110"))
    was = stand(books)
    off(books, put_on(books, "A1"))
    again = put_on(books, "A2")
    off(books, again)

    assert stand(books) == was
    with read_scope(any_engine) as session:
        assert session.get_one(Claim, books.claim("A2").id).state == "submitted"
