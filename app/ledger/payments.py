"""Payments that a person takes: check, cash, card, transfer, a line of the lockbox. To a claim, or unapplied until
somebody can place it. Each is undone only by the opposite entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from app.audit.actor import now_of
from app.claims.tables import Claim, ClaimEvent, EventKind, Practice
from app.core.money import format_cents
from app.ledger.person import CannotPost, apply_unapplied, receive_payment, receive_unapplied, take_back
from app.ledger.tables import Account, CauseKind, ClaimBalance, JournalEntry, Posting

METHODS = {
    "check": "Check",
    "cash": "Cash",
    "card": "Card",
    "eft": "Electronic transfer",
    "lockbox": "Lockbox line",
    "portal": "Patient portal",
}
SIDES = {"patient": Account.PATIENT_AR, "payer": Account.INSURANCE_AR}
PAYMENT_ROWS = 100
LONGEST_REFERENCE = 60
LONGEST_NOTE = 200
EARLIEST = date(2000, 1, 1)  # an older date is a slip of the hand


class Typed(NamedTuple):
    """A payment as the form has it, already in cents and dates."""

    cents: int
    on: date
    method: str
    reference: str  # check number, authorization, batch and line
    note: str
    side: str  # patient, payer

    @property
    def memo(self) -> str:
        said = f"{METHODS[self.method]} {self.reference}".strip()
        return f"{said}: {self.note}" if self.note else said


class PaymentRow(NamedTuple):
    """One entry of a person that moved cash or unapplied cash."""

    entry: JournalEntry
    cents: int  # positive: came in, or was placed; negative: taken back
    cash_cents: int  # what it moved in cash: nothing when it was only placed
    claim: Claim | None
    what: str
    was_taken_back: bool


class Unapplied(NamedTuple):
    practice_id: int
    practice: str
    cents: int


def take_payment(session: Session, claim: Claim, typed: Typed, *, person_id: int, today: date) -> int:
    """To one claim. Returns the journal entry; raises CannotPost."""
    _check(typed, today)
    assert claim.id is not None
    claim_id, practice_id = claim.id, claim.practice_id
    side = SIDES[typed.side]
    entry = receive_payment(
        session, claim_id, typed.cents, person_id=person_id, reason=typed.memo, on=typed.on, side=side
    )
    words = f"{format_cents(typed.cents)} received for the {typed.side}’s side: {typed.memo}"
    _tell(session, practice_id, claim_id, typed, person_id, words)
    return entry


def take_unapplied(session: Session, practice_id: int, typed: Typed, *, person_id: int, today: date) -> int:
    """Nobody knows yet what it is for. Returns the journal entry; raises CannotPost."""
    _check(typed, today)
    return receive_unapplied(session, practice_id, typed.cents, person_id=person_id, reason=typed.memo, on=typed.on)


def place_unapplied(session: Session, claim: Claim, typed: Typed, *, person_id: int, today: date) -> int:
    """Money taken earlier finds its claim; never more than is there. Returns the journal entry."""
    _check(typed, today)
    assert claim.id is not None
    claim_id, practice_id = claim.id, claim.practice_id
    there = available_cents(session, practice_id)
    if typed.cents > there:
        raise CannotPost(f"Only {format_cents(there)} of payments taken by hand is unapplied in this practice.")
    side = SIDES[typed.side]
    reason = typed.note or "placed by a person"
    entry = apply_unapplied(
        session, claim_id, typed.cents, person_id=person_id, reason=reason, on=typed.on, side=side
    )
    words = f"{format_cents(typed.cents)} of unapplied cash placed on the {typed.side}’s side: {reason}"
    _tell(session, practice_id, claim_id, typed, person_id, words)
    return entry


def undo_payment(session: Session, entry_id: int, *, person_id: int, reason: str, on: date) -> list[int]:
    """The opposite entry. Returns the claims concerned; raises CannotPost."""
    entry = session.get_one(JournalEntry, entry_id)
    if entry.reverses_id is not None:
        raise CannotPost("That entry takes another one back already. Take the payment anew instead.")
    legs = session.exec(select(Posting).where(Posting.entry_id == entry_id)).all()
    came_in = -sum(leg.amount_cents for leg in legs if leg.account == Account.UNAPPLIED_CASH)
    there = available_cents(session, entry.practice_id)
    if came_in > there:
        raise CannotPost(f"Of it only {format_cents(there)} is still unapplied: take back where it was placed first.")
    claim_ids = sorted({leg.claim_id for leg in legs if leg.claim_id is not None})
    take_back(session, entry_id, person_id=person_id, reason=reason, on=on)
    for claim_id in claim_ids:
        _close_or_reopen(session, claim_id, on)
    return claim_ids


def available_cents(session: Session, practice_id: int) -> int:
    """Taken by hand and not placed yet. Money of unmatched remittance answers is not in it: that waits for them."""
    return next((each.cents for each in unapplied_by_hand(session, (practice_id,))), 0)


def unapplied_by_hand(session: Session, practice_ids: Sequence[int]) -> list[Unapplied]:
    """Practices in which such money waits."""
    statement = (
        select(Practice.id, Practice.name, func.sum(Posting.amount_cents))
        .join(Posting, col(Posting.practice_id) == Practice.id)
        .join(JournalEntry, col(JournalEntry.id) == Posting.entry_id)
        .where(
            col(Practice.id).in_(practice_ids),
            Posting.account == Account.UNAPPLIED_CASH.value,
            JournalEntry.cause_kind == CauseKind.PERSON.value,
        )
        .group_by(col(Practice.id), col(Practice.name))
        .order_by(col(Practice.name))
    )
    return [Unapplied(number or 0, name, -int(cents)) for number, name, cents in session.exec(statement) if cents]


def payments(session: Session, practice_ids: Sequence[int], *, before: int = 0) -> list[PaymentRow]:
    """What people took, placed and took back, newest first."""
    later = aliased(JournalEntry)
    moved = (Account.CASH.value, Account.UNAPPLIED_CASH.value)
    is_payment = (
        select(Posting.id).where(Posting.entry_id == JournalEntry.id, col(Posting.account).in_(moved)).exists()
    )
    statement = (
        select(JournalEntry, later.id)
        .outerjoin(later, col(later.reverses_id) == col(JournalEntry.id))
        .where(
            col(JournalEntry.practice_id).in_(practice_ids),
            JournalEntry.cause_kind == CauseKind.PERSON.value,
            is_payment,
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(PAYMENT_ROWS)
    )
    if before:
        statement = statement.where(col(JournalEntry.id) < before)
    found = session.exec(statement).all()
    legs = session.exec(select(Posting).where(col(Posting.entry_id).in_([entry.id for entry, _ in found]))).all()
    claims = {
        claim.id: claim
        for claim in session.exec(select(Claim).where(col(Claim.id).in_([leg.claim_id for leg in legs])))
    }
    return [_row(entry, legs, claims, was_taken_back=taken is not None) for entry, taken in found]


def find_payment(session: Session, practice_ids: Sequence[int], entry_id: int) -> PaymentRow | None:
    """Under the wall of its practice; only what `payments` would list."""
    rows = payments(session, practice_ids, before=entry_id + 1)
    return next((row for row in rows if row.entry.id == entry_id), None)


def _row(
    entry: JournalEntry, legs: Sequence[Posting], claims: dict[int | None, Claim], *, was_taken_back: bool
) -> PaymentRow:
    own = [leg for leg in legs if leg.entry_id == entry.id]
    cash = sum(leg.amount_cents for leg in own if leg.account == Account.CASH)
    placed = sum(leg.amount_cents for leg in own if leg.account == Account.UNAPPLIED_CASH)
    claim = next((claims[leg.claim_id] for leg in own if leg.claim_id is not None), None)
    if entry.reverses_id is not None:
        what = "Taken back" if cash else "Placement taken back"
    elif cash < 0:
        what = "Refunded"
    elif not cash and not placed:
        what, placed = "Credit moved", sum(leg.amount_cents for leg in own if leg.amount_cents > 0) // 2
    elif not cash:
        what = "Placed from unapplied"
    else:
        what = "Received" if claim is not None else "Received, unapplied"
    return PaymentRow(entry, cash or placed, cash, claim, what, was_taken_back)


def _close_or_reopen(session: Session, claim_id: int, on: date) -> None:
    """A claim that a payment had settled is open again without it."""
    claim = session.get_one(Claim, claim_id)
    balance = session.get_one(ClaimBalance, claim_id)
    session.refresh(balance)
    is_settled = balance.insurance_cents == 0 and balance.patient_cents == 0
    claim.closed_on = (claim.closed_on or on) if is_settled else None
    session.add(claim)
    session.flush()


def _check(typed: Typed, today: date) -> None:
    if typed.method not in METHODS or typed.side not in SIDES:
        raise CannotPost("Choose how it was paid and for which side.")
    if not EARLIEST <= typed.on <= today:
        raise CannotPost("The day it was received lies in the future, or too far back.")
    if len(typed.reference) > LONGEST_REFERENCE or len(typed.note) > LONGEST_NOTE:
        raise CannotPost(f"At most {LONGEST_REFERENCE} letters of reference and {LONGEST_NOTE} of note.")


def _tell(session: Session, practice_id: int, claim_id: int, typed: Typed, person_id: int, words: str) -> None:
    session.add(
        ClaimEvent(
            practice_id=practice_id,
            claim_id=claim_id,
            kind=EventKind.POSTED,
            happened_on=typed.on,
            known_at=now_of(session),
            summary=words,
            cents=typed.cents,
            person_id=person_id,
        )
    )
    session.flush()
