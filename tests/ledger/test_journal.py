"""Double entry: legs that sum to zero, balances that follow from them, and a proof that finds what does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.claims.tables import Claim, Patient, Payer, Practice
from app.core.db import session_scope
from app.ledger.journal import Cause, Journal, Leg, UnbalancedEntry
from app.ledger.person import CannotPost, bill_patient, receive_payment, take_back, write_off
from app.ledger.queries import money_strip
from app.ledger.tables import Account, CauseKind, ClaimBalance, EntryKind
from app.ledger.verify import verify_books

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
CAUSE = Cause(CauseKind.CLAIM, 1)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with session_scope(engine) as session:
        bill(session)
        yield session


def post(session: Session, *legs: Leg) -> None:
    journal = Journal(session.connection(), NOW)
    journal.load_balances((1,))
    journal.post(1, EntryKind.CHARGE, DAY, CAUSE, legs)
    journal.flush()


def bill(session: Session) -> None:
    """One claim billed at $200.00."""
    session.add(Practice(id=1, name="Sample Clinic", npi="1234567893", created_at=NOW))
    session.add(Payer(id=1, name="Testpayer", created_at=NOW))
    session.flush()
    session.add(Patient(id=1, practice_id=1, identity="doe|jane|x", last_name="Doe"))
    session.flush()
    session.add(
        Claim(
            id=1,
            practice_id=1,
            patient_id=1,
            payer_id=1,
            patient_control_number="PCN1",
            control_key="pcn1",
            charge_cents=20000,
            created_at=NOW,
        )
    )
    session.flush()
    post(session, Leg(Account.INSURANCE_AR, 20000, 1), Leg(Account.CHARGES, -20000, 1))


def balance(session: Session) -> ClaimBalance:
    session.expire_all()
    return session.get_one(ClaimBalance, 1)


def test_an_entry_whose_legs_do_not_sum_to_zero_is_refused(session: Session) -> None:
    with pytest.raises(UnbalancedEntry, match="sum to 1 cents"):
        post(session, Leg(Account.INSURANCE_AR, 100, 1), Leg(Account.CHARGES, -99, 1))


def test_the_balance_follows_the_legs(session: Session) -> None:
    post(
        session, Leg(Account.CASH, 12000, 1), Leg(Account.CONTRACTUAL, 5000, 1), Leg(Account.INSURANCE_AR, -17000, 1)
    )

    now = balance(session)
    assert (now.billed_cents, now.paid_cents, now.adjusted_cents, now.insurance_cents) == (20000, 12000, 5000, 3000)


def test_the_money_strip_foots(session: Session) -> None:
    post(
        session, Leg(Account.CASH, 12000, 1), Leg(Account.CONTRACTUAL, 5000, 1), Leg(Account.INSURANCE_AR, -17000, 1)
    )

    strip = money_strip(session, 1)
    assert strip.difference_cents == 0
    assert (strip.billed.cents, strip.paid.cents, strip.open.cents) == (20000, 12000, 3000)


def test_a_sound_set_of_books_has_no_faults(session: Session) -> None:
    report = verify_books(session)

    assert report.faults == []
    assert report.counted["journal entries that balance"] == 1


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE posting SET amount_cents = amount_cents + 1 WHERE id = 1", "its legs sum to $0.01"),
        ("UPDATE claimbalance SET insurance_cents = 1", "is not the sum of its legs"),
        ("UPDATE claim SET charge_cents = 1", "charged at other cents"),
        ("DELETE FROM claimbalance", "no kept balance"),
        ("DELETE FROM posting", "has no legs"),
    ],
)
def test_the_proof_finds_what_does_not_add_up(session: Session, damage: str, said: str) -> None:
    session.execute(text(damage))

    assert any(said in fault for fault in verify_books(session).faults)


def test_a_leg_that_left_its_remittance_open_is_found(session: Session) -> None:
    post(session, Leg(Account.REMITTANCE_CLEARING, 500, None, None, 9), Leg(Account.UNAPPLIED_CASH, -500))

    assert "remittance 9 does not clear: $5.00 is left" in verify_books(session).faults


def test_a_write_off_lowers_what_is_open_and_can_be_taken_back(session: Session) -> None:
    entry = write_off(session, 1, 5000, person_id=7, reason="small balance", on=DAY)
    assert balance(session).insurance_cents == 15000

    take_back(session, entry, person_id=7, reason="wrong claim", on=DAY)
    assert balance(session).insurance_cents == 20000
    assert verify_books(session).faults == []


def test_an_entry_is_taken_back_once(session: Session) -> None:
    entry = write_off(session, 1, 5000, person_id=7, reason="small balance", on=DAY)
    take_back(session, entry, person_id=7, reason="wrong claim", on=DAY)

    with pytest.raises(CannotPost, match="taken back already"):
        take_back(session, entry, person_id=7, reason="again", on=DAY)


def test_no_more_is_written_off_than_is_open(session: Session) -> None:
    with pytest.raises(CannotPost, match=r"Only \$200\.00 is open"):
        write_off(session, 1, 20001, person_id=7, reason="all of it", on=DAY)


def test_what_the_patient_is_billed_leaves_the_payers_side(session: Session) -> None:
    bill_patient(session, 1, 3000, person_id=7, reason="PR 204", on=DAY)

    now = balance(session)
    assert (now.insurance_cents, now.patient_cents) == (17000, 3000)


def test_a_payment_by_hand_closes_the_claim_when_nothing_is_left(session: Session) -> None:
    bill_patient(session, 1, 20000, person_id=7, reason="self-pay", on=DAY)
    receive_payment(session, 1, 20000, person_id=7, reason="card at the desk", on=DAY)

    assert balance(session).patient_cents == 0
    assert session.get_one(Claim, 1).closed_on == DAY


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_two_who_post_to_one_claim_at_once_both_count(postgresql_engine: Engine) -> None:
    """Each writes the whole balance: the second waits until it sees what the first one wrote."""

    def pay() -> None:
        with session_scope(postgresql_engine) as session:
            post(session, Leg(Account.CASH, 3000, 1), Leg(Account.INSURANCE_AR, -3000, 1))

    with session_scope(postgresql_engine) as session:
        bill(session)
    with session_scope(postgresql_engine) as session:
        post(session, Leg(Account.CASH, 5000, 1), Leg(Account.INSURANCE_AR, -5000, 1))
        beside = Thread(target=pay)
        beside.start()
        beside.join(timeout=0.5)
        assert beside.is_alive()
    beside.join(timeout=30)

    with session_scope(postgresql_engine) as session:
        assert session.get_one(ClaimBalance, 1).insurance_cents == 12000
        assert verify_books(session).faults == []
