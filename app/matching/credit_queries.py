"""Claims on which more was received than was owed: how much on whose side, since when, what made it, and by when it
has to go back. The total is the sum of the balances below zero, which are the sums of the legs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, literal_column, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from app.claims.queries import ClaimHead, heads_by_ids
from app.claims.tables import Claim
from app.core.bulk import Tested, table_of
from app.core.money import format_cents
from app.ledger.credits import RETURN_AUTHORITY, RETURN_DAYS, RETURNED_BY_LAW
from app.ledger.tables import (
    Account,
    CauseKind,
    ClaimBalance,
    CreditBalance,
    EntryKind,
    JournalEntry,
    Posting,
)
from app.matching.tables import ClaimPayment, Remittance

SHOWN = 200
CANDIDATES = 8
RECEIVABLES = {"payer": Account.INSURANCE_AR.value, "patient": Account.PATIENT_AR.value}
KIND_WORDS = {
    EntryKind.PERSON: "a person’s entry",
    EntryKind.REVERSAL: "a reversal",
    EntryKind.RELEASE: "a held write-off that was posted",
    EntryKind.CHARGE_CHANGE: "a replacement claim of a smaller charge",
    EntryKind.RESPONSIBILITY: "a share that moved between patient and payer",
    EntryKind.APPLY: "unapplied cash that found the claim",
    EntryKind.UNDERPAYMENT: "a shortfall against the contract that is gone",
    EntryKind.VOID: "a voided payment",
}


class Credit(NamedTuple):
    """One side of one claim."""

    head: ClaimHead
    side: str  # payer, patient
    cents: int  # positive
    identified_on: date | None  # None: found since the last load or night
    return_by: date | None  # only where the law sets a day
    waits_since: date | None
    waits_note: str

    @property
    def key(self) -> str:
        return f"{self.head.claim.id}/{self.side}"

    @property
    def owed_to(self) -> str:
        if self.side == "payer":
            return self.head.payer.name
        return ", ".join(part for part in (self.head.patient.last_name, self.head.patient.first_name) if part)


class CreditCause(NamedTuple):
    """The entry that took the side below zero, or further down."""

    on: date
    words: str
    cents: int  # what it moved on that side, negative
    payment_id: int | None
    segment: int


def credits_of(session: Session, practice_ids: Sequence[int]) -> list[Credit]:
    """The law's clock first, the soonest day first; then the largest."""
    balances = session.exec(select(ClaimBalance).where(_is_credit(), _behind(practice_ids))).all()
    ids = [each.claim_id for each in balances]
    heads = heads_by_ids(session, ids)
    dated = {
        each.claim_id: each
        for each in session.exec(select(CreditBalance).where(col(CreditBalance.claim_id).in_(ids)))
    }
    made = []
    for balance in balances:
        for side, cents in (("payer", -balance.insurance_cents), ("patient", -balance.patient_cents)):
            if cents > 0:
                made.append(_credit(heads[balance.claim_id], side, cents, dated.get(balance.claim_id)))
    return sorted(made, key=lambda each: (each.return_by or date.max, -each.cents, each.head.claim.id or 0))


def credit_total(session: Session, practice_ids: Sequence[int]) -> tuple[int, int]:
    """How many `credits_of` would list, and their cents."""
    sides = col(ClaimBalance.insurance_cents), col(ClaimBalance.patient_cents)
    sums = [func.coalesce(func.sum(case((side < 0, value), else_=0)), 0) for side in sides for value in (1, -side)]
    is_credit = _is_credit(), _behind(practice_ids)
    payers, payers_cents, patients, patients_cents = session.execute(select_columns(*sums).where(*is_credit)).one()
    return int(payers) + int(patients), int(payers_cents) + int(patients_cents)


def causes_of(session: Session, credits_shown: Sequence[Credit]) -> dict[str, CreditCause | None]:
    """Credit's key → the last entry after which its side stood deeper below zero than before."""
    statement = (
        select(JournalEntry, Posting.amount_cents, Posting.claim_id, Posting.account)
        .join(Posting, col(Posting.entry_id) == JournalEntry.id)
        .where(
            col(Posting.claim_id).in_([each.head.claim.id for each in credits_shown]),
            col(Posting.account).in_(RECEIVABLES.values()),
        )
        .order_by(col(Posting.id))
    )
    moved: dict[tuple[int | None, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    entries: dict[int, JournalEntry] = {}
    for entry, cents, claim_id, account in session.exec(statement):
        assert entry.id is not None
        moved[claim_id, account][entry.id] += cents
        entries[entry.id] = entry
    deepest = {each.key: _deepest(moved[each.head.claim.id, RECEIVABLES[each.side]]) for each in credits_shown}
    answers = _answers(session, [entries[found[0]] for found in deepest.values() if found is not None])
    return {
        key: None if found is None else _cause(entries[found[0]], found[1], answers) for key, found in deepest.items()
    }


def _deepest(moved: dict[int, int]) -> tuple[int, int] | None:
    """The entry and what it moved."""
    running, found = 0, None
    for number, cents in moved.items():
        running += cents
        if running < 0 and cents < 0:
            found = number, cents
    return found


def _answers(session: Session, entries: Sequence[JournalEntry]) -> dict[int | None, tuple[ClaimPayment, Remittance]]:
    """The payers' answers among what caused these entries."""
    caused = [entry.cause_id for entry in entries if entry.cause_kind == CauseKind.CLAIM_PAYMENT]
    statement = (
        select(ClaimPayment, Remittance)
        .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
        .where(col(ClaimPayment.id).in_(caused))
    )
    return {payment.id: (payment, remittance) for payment, remittance in session.exec(statement)}


def candidates(session: Session, credit: Credit) -> list[tuple[Claim, int]]:
    """Open claims that it may go to: of the same payer, or of the same patient; the oldest service first."""
    side = ClaimBalance.insurance_cents if credit.side == "payer" else ClaimBalance.patient_cents
    claim = credit.head.claim
    is_same = Claim.payer_id == claim.payer_id if credit.side == "payer" else Claim.patient_id == claim.patient_id
    statement = (
        select(Claim, side)
        .join(ClaimBalance, col(ClaimBalance.claim_id) == Claim.id)
        .where(Claim.practice_id == claim.practice_id, is_same, side > 0, Claim.id != claim.id)
        .order_by(col(Claim.patient_id) != claim.patient_id, col(Claim.first_service), col(Claim.id))
        .limit(CANDIDATES)
    )
    return [(other, int(cents)) for other, cents in session.exec(statement)]


def clock_words(credit: Credit) -> str:
    """The rule that the day comes from, or why there is none."""
    if credit.return_by is not None:
        return f"{RETURN_DAYS} days from the day it was identified: {RETURN_AUTHORITY}"
    if credit.side == "patient":
        return "The law of the state says when a patient’s money goes back; no day is set here."
    return "No day by federal law; the contract may set one."


def _behind(practice_ids: Sequence[int]) -> ColumnElement[bool]:
    """Tested on the few credits: of two indexes that begin with the practice SQLite takes whichever was made last."""
    return Tested(table_of(ClaimBalance).c.practice_id).in_(practice_ids)


def _is_credit() -> ColumnElement[bool]:
    """As the index of the few says it: a number told later would not match."""
    nothing: ColumnElement[int] = literal_column("0")
    return or_(col(ClaimBalance.insurance_cents) < nothing, col(ClaimBalance.patient_cents) < nothing)


def _credit(head: ClaimHead, side: str, cents: int, dated: CreditBalance | None) -> Credit:
    by = None
    if dated is not None and side == "payer" and head.payer.kind in {kind.value for kind in RETURNED_BY_LAW}:
        by = dated.identified_on + timedelta(days=RETURN_DAYS)
    if dated is not None and side == "patient":
        return Credit(head, side, cents, dated.identified_on, None, None, "")
    if dated is None:
        return Credit(head, side, cents, None, None, None, "")
    return Credit(head, side, cents, dated.identified_on, by, dated.waits_since, dated.waits_note or "")


def _cause(
    entry: JournalEntry, cents: int, answers: dict[int | None, tuple[ClaimPayment, Remittance]]
) -> CreditCause:
    words, payment_id = KIND_WORDS.get(EntryKind(entry.kind), entry.kind.replace("_", " ")), None
    if entry.cause_kind == CauseKind.CLAIM_PAYMENT and entry.cause_id in answers:
        payment, remittance = answers[entry.cause_id]
        payment_id = payment.id
        paid = format_cents(payment.paid_cents)
        words = f"the answer of {remittance.payer_name}, {remittance.trace}, which paid {paid}"
    said = f"{words}: {entry.memo}" if entry.memo else words
    return CreditCause(entry.event_date, said, cents, payment_id, entry.segment)
