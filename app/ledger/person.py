"""What people post: write-offs, moves between payer and patient, payments by hand. Each with a reason, each undone
only by an entry that takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from app.audit.actor import now_of
from app.audit.record import record
from app.claims.tables import Claim
from app.core.money import format_cents
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry, Posting

WRITE_OFF_ACCOUNTS = (Account.CONTRACTUAL, Account.WRITE_OFF, Account.BAD_DEBT, Account.OTHER_ADJUSTMENT)
RECEIVABLES = (Account.INSURANCE_AR, Account.PATIENT_AR)


class CannotPost(Exception):
    """The books do not allow it; the message says why. Nothing was posted."""


def write_off(
    session: Session,
    claim_id: int,
    cents: int,
    *,
    person_id: int,
    reason: str,
    on: date,
    account: Account = Account.WRITE_OFF,
    side: Account = Account.INSURANCE_AR,
) -> int:
    """Give up open dollars of one side of a claim. Returns the journal entry."""
    if account not in WRITE_OFF_ACCOUNTS:
        raise CannotPost(f"{account} is not an account to write off to.")
    legs = [Leg(account, cents, claim_id), Leg(side, -cents, claim_id)]
    return _post(session, claim_id, side, cents, legs, person_id=person_id, reason=reason, on=on, what="write_off")


def bill_patient(session: Session, claim_id: int, cents: int, *, person_id: int, reason: str, on: date) -> int:
    """Open dollars of the payer's side become the patient's to pay."""
    legs = [Leg(Account.PATIENT_AR, cents, claim_id), Leg(Account.INSURANCE_AR, -cents, claim_id)]
    side = Account.INSURANCE_AR
    return _post(session, claim_id, side, cents, legs, person_id=person_id, reason=reason, on=on, what="bill_patient")


def bill_payer(session: Session, claim_id: int, cents: int, *, person_id: int, reason: str, on: date) -> int:
    """Open dollars of the patient's side become a payer's to answer for."""
    legs = [Leg(Account.INSURANCE_AR, cents, claim_id), Leg(Account.PATIENT_AR, -cents, claim_id)]
    side = Account.PATIENT_AR
    return _post(session, claim_id, side, cents, legs, person_id=person_id, reason=reason, on=on, what="bill_payer")


def receive_payment(
    session: Session,
    claim_id: int,
    cents: int,
    *,
    person_id: int,
    reason: str,
    on: date,
    side: Account = Account.PATIENT_AR,
) -> int:
    """Check, cash, card or lockbox line for one claim. More than is open stays as a credit on that side."""
    legs = [Leg(Account.CASH, cents, claim_id), Leg(side, -cents, claim_id)]
    return _post(session, claim_id, None, cents, legs, person_id=person_id, reason=reason, on=on, what="payment")


def receive_unapplied(
    session: Session, practice_id: int, cents: int, *, person_id: int, reason: str, on: date
) -> int:
    """Money that nobody can place yet."""
    _check(cents, reason)
    journal = Journal(session.connection(), now_of(session))
    legs = [Leg(Account.CASH, cents), Leg(Account.UNAPPLIED_CASH, -cents)]
    entry = journal.post(practice_id, EntryKind.PERSON, on, Cause(CauseKind.PERSON, person_id), legs, memo=reason)
    journal.flush()
    assert entry is not None
    _record(session, "unapplied", entry, practice_id, cents, reason)
    return entry


def apply_unapplied(
    session: Session, claim_id: int, cents: int, *, person_id: int, reason: str, on: date, side: Account
) -> int:
    """Unapplied money that a person placed by hand goes to a claim."""
    legs = [Leg(Account.UNAPPLIED_CASH, cents, claim_id), Leg(side, -cents, claim_id)]
    return _post(session, claim_id, None, cents, legs, person_id=person_id, reason=reason, on=on, what="apply")


def take_back(session: Session, entry_id: int, *, person_id: int, reason: str, on: date) -> int:
    """The opposite of what a person posted: the way to correct it."""
    entry = session.get(JournalEntry, entry_id)
    if entry is None or entry.kind != EntryKind.PERSON:
        raise CannotPost("Only what a person posted can be taken back by a person.")
    if session.exec(select(JournalEntry.id).where(JournalEntry.reverses_id == entry_id)).first() is not None:
        raise CannotPost("It was taken back already.")
    _check(1, reason)
    rows: Sequence[Posting] = session.exec(select(Posting).where(col(Posting.entry_id) == entry_id)).all()
    legs = [_opposite(session, row) for row in rows]
    journal = Journal(session.connection(), now_of(session))
    cause = Cause(CauseKind.PERSON, person_id)
    made = journal.post(entry.practice_id, EntryKind.PERSON, on, cause, legs, reverses_id=entry_id, memo=reason)
    journal.flush()
    assert made is not None
    _record(session, "take_back", made, entry.practice_id, sum(leg.cents for leg in legs if leg.cents > 0), reason)
    return made


def _opposite(session: Session, leg: Posting) -> Leg:
    """What takes a leg back. Where its claim proved to be another one, the money has moved there with everything."""
    claim = session.get(Claim, leg.claim_id) if leg.claim_id else None
    seen = set()
    while claim is not None and claim.successor_id and claim.id not in seen:
        seen.add(claim.id)
        claim = session.get(Claim, claim.successor_id)
    if claim is None or claim.id == leg.claim_id:
        return Leg(Account(leg.account), -leg.amount_cents, leg.claim_id, leg.line_id, leg.remittance_id)
    return Leg(Account(leg.account), -leg.amount_cents, claim.id, None, leg.remittance_id)  # a line of its own


def _post(
    session: Session,
    claim_id: int,
    side: Account | None,
    cents: int,
    legs: list[Leg],
    *,
    person_id: int,
    reason: str,
    on: date,
    what: str,
) -> int:
    """`side`: where the dollars must be open, None when more may be posted than is open."""
    _check(cents, reason)
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise CannotPost("There is no such claim.")
    journal = Journal(session.connection(), now_of(session))
    journal.load_balances((claim_id,))
    balance = journal.balance(claim_id)
    if side is not None:
        is_open = balance.insurance_cents if side is Account.INSURANCE_AR else balance.patient_cents
        if cents > is_open:
            raise CannotPost(f"Only {format_cents(is_open)} is open there, {format_cents(cents)} is more than that.")
    cause = Cause(CauseKind.PERSON, person_id)
    entry = journal.post(claim.practice_id, EntryKind.PERSON, on, cause, legs, memo=reason)
    journal.flush()
    assert entry is not None
    settled = balance.insurance_cents == 0 and balance.patient_cents == 0
    claim.closed_on = on if settled else None
    session.add(claim)
    _record(session, what, entry, claim.practice_id, cents, reason, claim_id)
    session.flush()
    session.expire_all()
    return entry


def _check(cents: int, reason: str) -> None:
    if cents <= 0:
        raise CannotPost("The amount must be more than nothing.")
    if not reason.strip():
        raise CannotPost("Say why: the reason is kept with the entry.")


def _record(
    session: Session, what: str, entry: int, practice_id: int, cents: int, reason: str, claim_id: int | None = None
) -> None:
    record(
        session,
        f"ledger.{what}",
        object_type="claim" if claim_id else "journal_entry",
        object_id=claim_id or entry,
        practice_id=practice_id,
        reason=reason,
        detail={"entry_id": entry, "cents": cents},
    )
