"""Files of what patients paid: each line once, exactly, and what cannot be taken is told."""

from __future__ import annotations

import io
from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from app.auth.permissions import Role
from app.claims.tables import Patient, Practice
from app.core.db import read_scope, session_scope
from app.ledger.payment_file import FileRefused, LineOutcome, PaymentsTaken, take_payments
from app.ledger.payments import Typed, available_cents, place_unapplied
from app.ledger.tables import Account, ClaimBalance, CreditBalance, JournalEntry, PatientPaymentLine, Posting
from app.ledger.verify import verify_books
from tests.browser_double import Browser, sign_in_as
from tests.practice import claim_numbered

NUMBER = "ST1005"  # the patient's share is open
TODAY = date(2026, 11, 23)
HEAD = "date,claim,last_name,first_name,birth_date,amount,method,reference,practice\n"


@pytest.fixture
def engine(practice_engine: Engine) -> Engine:
    """The loaded practice instead of an empty database."""
    return practice_engine


@pytest.fixture
def sam(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids)


def take(engine: Engine, *lines: str, head: str = HEAD, practice_ids: tuple[int, ...] = ()) -> PaymentsTaken:
    """Of every practice unless told; the books are proved after it."""
    with session_scope(engine) as session:
        ids = practice_ids or tuple(number for number in session.exec(select(Practice.id)) if number is not None)
        text = head + "".join(f"{line}\n" for line in lines)
        taken = take_payments(
            session, io.StringIO(text), name="lockbox.csv", practice_ids=ids, person_id=1, today=TODAY
        )
    with read_scope(engine) as session:
        assert verify_books(session).faults == []
    return taken


def only(taken: PaymentsTaken) -> LineOutcome:
    (outcome,) = taken.outcomes
    return outcome


def owed(engine: Engine, number: str = NUMBER) -> int:
    claim = claim_numbered(engine, number)
    with Session(engine) as session:
        return session.get_one(ClaimBalance, claim.id).patient_cents


def cash(engine: Engine) -> int:
    statement = (
        select(func.sum(Posting.amount_cents))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)  # type: ignore[arg-type]  # columns, not values
        .where(Posting.account == Account.CASH, JournalEntry.cause_kind == "person")
    )
    with Session(engine) as session:
        return int(session.exec(statement).one() or 0)


def unapplied(engine: Engine) -> int:
    claim = claim_numbered(engine, NUMBER)
    with Session(engine) as session:
        return available_cents(session, claim.practice_id)


def person(engine: Engine) -> Patient:
    claim = claim_numbered(engine, NUMBER)
    with Session(engine, expire_on_commit=False) as session:
        return session.get_one(Patient, claim.patient_id)


def test_a_line_that_names_its_claim_pays_the_patients_side_on_its_day(engine: Engine) -> None:
    was = owed(engine)
    outcome = only(take(engine, f"2026-11-04,{NUMBER},,,,10.25,lockbox,L1,"))

    assert (outcome.what, outcome.cents, outcome.words) == ("posted", 1025, f"$10.25 to {NUMBER}")
    assert owed(engine) == was - 1025
    with Session(engine) as session:
        entry = session.exec(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()  # type: ignore[union-attr]  # a column
    assert (entry.event_date, entry.known_at.date() > entry.event_date) == (date(2026, 11, 4), True)
    assert entry.memo == "Lockbox line L1: line 2 of lockbox.csv"


def test_a_line_that_names_the_patient_pays_what_the_patient_owes(engine: Engine) -> None:
    who, was = person(engine), owed(engine)
    line = f"2026-11-04,,{who.last_name.lower()},{who.first_name},{who.birth_date},5.00,portal,P1,"
    if who.birth_date is None:
        with session_scope(engine) as session:
            session.get_one(Patient, who.id).birth_date = date(1980, 1, 31)
        line = f"2026-11-04,,{who.last_name.lower()},{who.first_name},1980-01-31,5.00,portal,P1,"

    assert only(take(engine, line)).what == "posted"
    assert owed(engine) == was - 500


def test_the_same_line_is_taken_once_in_one_file_and_in_the_next(engine: Engine) -> None:
    line = f"2026-11-04,{NUMBER},,,,10.00,lockbox,L1,"
    first = take(engine, line, line)
    again = take(engine, line, f"2026-11-04,{NUMBER},,,,10.00,lockbox,L2,")

    assert [each.what for each in first.outcomes] == ["posted", "known"]
    assert [each.what for each in again.outcomes] == ["known", "posted"]
    assert again.outcomes[0].words == "taken before, as line 2 of lockbox.csv: nothing posted"
    assert cash(engine) == 2000


def test_more_than_is_owed_is_the_patients_credit_with_its_day(engine: Engine) -> None:
    was = owed(engine)
    outcome = only(take(engine, f"2026-11-04,{NUMBER},,,,{(was + 1500) / 100:.2f},check,77,"))

    assert outcome.words.endswith("$15.00 more than owed as the patient’s credit")
    assert owed(engine) == -1500
    claim = claim_numbered(engine, NUMBER)
    with Session(engine) as session:
        assert session.get_one(CreditBalance, claim.id).identified_on == TODAY


def test_what_names_nobody_known_waits_unapplied_with_the_name(engine: Engine) -> None:
    npi = _npi(engine)
    taken = take(
        engine,
        f"2026-11-04,NOSUCH,,,,20.00,lockbox,L9,{npi}",
        f"2026-11-04,,NOBODY,ANN,1970-02-03,30.00,portal,P9,{npi}",
    )

    assert [each.what for each in taken.outcomes] == ["unapplied", "unapplied"]
    assert unapplied(engine) == 5000
    with Session(engine) as session:
        memos = [entry.memo for entry in session.exec(select(JournalEntry).where(JournalEntry.kind == "person"))]
    assert "Patient portal P9: for ANN NOBODY, born 1970-02-03; line 3 of lockbox.csv" in memos


def test_a_bounced_payment_is_taken_back_by_its_reference(engine: Engine) -> None:
    was = owed(engine)
    taken = take(
        engine,
        f"2026-11-04,{NUMBER},,,,10.00,check,4711,",
        "2026-11-12,,,,,-10.00,check,4711,",
        "2026-11-12,,,,,(10.00),check,4711,",
    )

    assert [each.what for each in taken.outcomes] == ["posted", "taken back", "known"]
    assert (owed(engine), cash(engine)) == (was, 0)
    with Session(engine) as session:
        backs = session.exec(select(PatientPaymentLine).where(PatientPaymentLine.cents < 0)).all()
    assert len(backs) == 1


def test_what_was_placed_by_hand_since_does_not_bounce_unseen(engine: Engine) -> None:
    npi = _npi(engine)
    assert only(take(engine, f"2026-11-04,NOSUCH,,,,20.00,check,81,{npi}")).what == "unapplied"
    with session_scope(engine) as session:
        claim = claim_numbered(engine, NUMBER)
        place_unapplied(session, claim, Typed(2000, TODAY, "check", "", "", "patient"), person_id=1, today=TODAY)
    outcome = only(take(engine, f"2026-11-12,,,,,-20.00,check,81,{npi}"))

    assert (outcome.what, "take back where it was placed first" in outcome.words) == ("bad", True)
    assert cash(engine) == 2000


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"11/04/2026,{NUMBER},,,,10.00,lockbox,L1,", "is no day"),
        (f"2026-11-04,{NUMBER},,,,ten,lockbox,L1,", "is no amount"),
        (f"2026-11-04,{NUMBER},,,,10.005,lockbox,L1,", "is no amount"),
        (f"2026-11-04,{NUMBER},,,,0.00,lockbox,L1,", "amount is nothing"),
        (f"2026-11-04,{NUMBER},,,,10.00,gold,L1,", "is no way of paying"),
        (f"2026-11-04,{NUMBER},,,,10.00,lockbox,,", "reference is missing"),
        (f"2027-11-04,{NUMBER},,,,10.00,lockbox,L1,", "lies in the future"),
        ("2026-11-04,,DOE,JANE,,10.00,lockbox,L1,", "names no claim, and not a patient"),
        ("2026-11-04,,DOE,JANE,31.1.1980,10.00,lockbox,L1,", "is no birth date"),
        ("2026-11-04,,,,,-10.00,lockbox,L1,", "No payment of $10.00 under the reference L1"),
        (f"2026-11-04,{NUMBER},,,,10.00,lockbox,L1,0000000000", "No practice of yours"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_rest_is_taken(engine: Engine, line: str, said: str) -> None:
    taken = take(engine, line, f"2026-11-04,{NUMBER},,,,3.00,lockbox,GOOD,")

    assert [(each.line, each.what) for each in taken.outcomes] == [(2, "bad"), (3, "posted")]
    assert said in taken.outcomes[0].words
    assert cash(engine) == 300


@pytest.mark.parametrize(
    "head", ["date,claim,amount\n", "date,claim,amount,method,reference,colour\n", "", "a\x00b\n"]
)
def test_what_is_no_file_of_payments_is_refused_whole(engine: Engine, head: str) -> None:
    with pytest.raises(FileRefused):
        take(engine, "2026-11-04,X,1.00", head=head)


def test_another_practices_claims_are_not_found(engine: Engine) -> None:
    was = owed(engine)
    outcome = only(take(engine, f"2026-11-04,{NUMBER},,,,10.00,lockbox,L1,", practice_ids=(4711, 4712)))

    assert (outcome.what, "fill the column `practice`" in outcome.words) == ("bad", True)
    assert owed(engine) == was


def test_on_the_page_it_is_looked_through_first_and_then_taken(sam: Browser, engine: Engine) -> None:
    was, text = owed(engine), HEAD + f"2026-11-04,{NUMBER},,,,10.00,lockbox,L1,\nx,{NUMBER},,,,1.00,lockbox,L2,\n"
    looked = sam.submit("/payments/file", {"text": text, "name": "lockbox.csv"}).text
    assert "what taking it would do" in looked
    assert "is no day" in looked
    assert owed(engine) == was

    taken = sam.submit("/payments/file", {"text": text, "name": "lockbox.csv", "act": "take"}).text
    assert "lockbox.csv: taken" in taken
    assert owed(engine) == was - 1000


def test_a_biller_who_may_not_post_has_no_form_and_cannot_send_one(
    app: FastAPI, practice_ids: tuple[int, ...]
) -> None:
    dana = sign_in_as(app, Role.BILLER, practice_ids=practice_ids)

    assert "payments-file" not in dana.get("/payments").text
    assert dana.submit("/payments/file", {"text": HEAD, "act": "take"}).status_code == 403


def _npi(engine: Engine) -> str:
    claim = claim_numbered(engine, NUMBER)
    with Session(engine) as session:
        return session.get_one(Practice, claim.practice_id).npi
