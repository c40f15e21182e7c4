"""Claims that a payer allowed less for than its contract says: what stands open of each, and giving it up.

What is open of a shortfall is the smaller of what fell short and what the payer's side still holds; the list's total
is the sum of those cents. Accepting posts them as contractual and holds for as long as the shortfall is the same one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, func, select

from app.audit.actor import now_of
from app.audit.record import record
from app.claims.tables import Claim
from app.ledger.journal import Journal
from app.ledger.person import CannotPost, take_back, write_off
from app.ledger.tables import Account, ClaimBalance
from app.matching.tables import ClaimPayment, ContractFee, ServicePayment, Underpayment, UnderpaymentTolerance
from app.matching.underpayment import (
    TOLERANCE_CENTS,
    TOLERANCE_PERMILLE,
    Short,
    fees_behind,
    settle_underpayments,
)

SHOWN = 200
ONE_PERSON_CENTS = 100_000  # as with write-offs: above $1,000 a second person decides, on the claim itself
MOST_PERMILLE = 1000
MOST_TOLERANCE_CENTS = 100_000_00


class Shortfall(NamedTuple):
    """One claim; `lines` and their open cents in the order of the answer."""

    row: Underpayment
    lines: list[Short]
    open_cents: int  # of what fell short; the rest was settled another way

    def cents_of(self, procedure: str) -> int:
        """What is open of one procedure: lines are filled in their order, so that the parts sum to the claim's."""
        left, own = self.open_cents, 0
        for line in self.lines:
            part = min(line.short_cents, left)
            left -= part
            own += part if line.procedure == procedure else 0
        return own


class Group(NamedTuple):
    """Claims of one payer and procedure: what one call or one letter may settle."""

    payer_id: int
    payer: str
    procedure: str
    claims: int
    cents: int


class LineEvidence(NamedTuple):
    """A line, the answer it came from, and the fee it was held against."""

    short: Short
    service: ServicePayment
    payment: ClaimPayment
    fee: ContractFee | None  # None: the schedule has changed since


def shortfalls(session: Session, practice_ids: Sequence[int]) -> list[Shortfall]:
    """Every one that is open and not accepted, the largest first."""
    statement = (
        select(Underpayment, ClaimBalance.insurance_cents)
        .join(ClaimBalance, col(ClaimBalance.claim_id) == Underpayment.claim_id)
        .where(*_is_open(practice_ids))
    )
    made = [Shortfall(row, _lines(row), min(row.short_cents, cents)) for row, cents in session.exec(statement)]
    return sorted(made, key=lambda each: (-each.open_cents, each.row.claim_id))


def shortfall_total(session: Session, practice_ids: Sequence[int]) -> tuple[int, int]:
    """How many `shortfalls` would list, and their open cents."""
    short, left = col(Underpayment.short_cents), col(ClaimBalance.insurance_cents)
    open_cents = func.coalesce(func.sum(case((short < left, short), else_=left)), 0)
    statement = (
        select(func.count(), open_cents)
        .select_from(Underpayment)
        .join(ClaimBalance, col(ClaimBalance.claim_id) == Underpayment.claim_id)
        .where(*_is_open(practice_ids))
    )
    claims, cents = session.exec(statement).one()
    return int(claims), int(cents)


def groups(rows: Sequence[Shortfall], payers: dict[int, str]) -> list[Group]:
    """By payer and procedure, the most dollars first; their cents sum to those of the claims."""
    sums: dict[tuple[int, str], list[int]] = {}
    for each in rows:
        for procedure in dict.fromkeys(line.procedure for line in each.lines):
            own = sums.setdefault((each.row.payer_id, procedure), [0, 0])
            own[0] += 1
            own[1] += each.cents_of(procedure)
    made = [Group(key[0], payers.get(key[0], ""), key[1], *own) for key, own in sums.items()]
    return sorted(made, key=lambda group: (-group.cents, group.payer, group.procedure))


def evidence(session: Session, row: Underpayment) -> list[LineEvidence]:
    """What the answer and the schedule say of each line."""
    lines = _lines(row)
    numbers = [line.service_payment_id for line in lines]
    found = {
        service.id: (service, payment)
        for service, payment in session.exec(
            select(ServicePayment, ClaimPayment)
            .join(ClaimPayment, col(ClaimPayment.id) == ServicePayment.claim_payment_id)
            .where(col(ServicePayment.id).in_(numbers))
        )
    }
    behind = fees_behind(session.connection(), row.claim_id, row.payer_id)
    fees = {fee.id: fee for fee in session.exec(select(ContractFee).where(col(ContractFee.id).in_(behind.values())))}
    return [
        LineEvidence(line, *found[line.service_payment_id], fees.get(behind.get(line.service_payment_id)))
        for line in lines
        if line.service_payment_id in found
    ]


def accept(session: Session, rows: Sequence[Shortfall], *, person_id: int, reason: str, on: date) -> list[int]:
    """The payer's price stands: what is open of these is contractual. Returns the entries; raises CannotPost."""
    entries = []
    for each in rows:
        if each.open_cents > ONE_PERSON_CENTS:
            number = session.get_one(Claim, each.row.claim_id).patient_control_number
            raise CannotPost(f"{number} is more than $1,000: two people decide. Ask for a write-off on the claim.")
    for each in rows:
        claim_id, cents = each.row.claim_id, each.open_cents
        entry = write_off(
            session, claim_id, cents, person_id=person_id, reason=reason, on=on, account=Account.CONTRACTUAL
        )
        row = session.get_one(Underpayment, claim_id)
        row.accepted_entry_id = entry
        session.add(row)
        entries.append(entry)
    session.flush()
    return entries


def undo_accept(
    session: Session, practice_ids: Sequence[int], entry_ids: Collection[int], *, person_id: int, on: date
) -> list[int]:
    """The opposite entries; the claims stand in the list again. Returns the claims; raises CannotPost."""
    rows = session.exec(
        select(Underpayment).where(
            col(Underpayment.accepted_entry_id).in_(entry_ids), col(Underpayment.practice_id).in_(practice_ids)
        )
    ).all()
    if not rows:
        raise CannotPost("It was taken back already.")
    claim_ids = []
    for row in rows:
        assert row.accepted_entry_id is not None
        take_back(session, row.accepted_entry_id, person_id=person_id, reason="taken back at once", on=on)
        row.accepted_entry_id = None
        session.add(row)
        claim = session.get_one(Claim, row.claim_id)
        claim.closed_on = None
        session.add(claim)
        claim_ids.append(row.claim_id)
    session.flush()
    return claim_ids


def tolerance_of(session: Session, payer_id: int) -> UnderpaymentTolerance:
    """What is set for the payer, or what holds for all."""
    found = session.get(UnderpaymentTolerance, payer_id)
    return found or UnderpaymentTolerance(payer_id=payer_id, cents=TOLERANCE_CENTS, permille=TOLERANCE_PERMILLE)


def change_tolerance(session: Session, payer_id: int, *, cents: int, permille: int, on: date) -> list[int]:
    """Hold every answer of the payer against the schedule anew. Returns the claims that came or went."""
    if not 0 <= cents <= MOST_TOLERANCE_CENTS or not 0 <= permille <= MOST_PERMILLE:
        raise CannotPost("A tolerance is dollars up to 100,000 and a percentage up to 100.")
    session.merge(UnderpaymentTolerance(payer_id=payer_id, cents=cents, permille=permille))
    session.flush()
    before = _standing(session, payer_id)
    connection = session.connection()
    settle_underpayments(connection, Journal(connection, now_of(session)), None, payer_id=payer_id, on=on)
    session.expire_all()
    detail = {"cents": cents, "permille": permille}
    record(session, "fees.tolerance", object_type="payer", object_id=payer_id, detail=detail)
    return sorted(before.symmetric_difference(_standing(session, payer_id)))


def _is_open(practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    return [
        col(Underpayment.practice_id).in_(practice_ids),
        col(Underpayment.accepted_entry_id).is_(None),
        col(ClaimBalance.insurance_cents) > 0,
    ]


def _standing(session: Session, payer_id: int) -> set[int]:
    return set(session.exec(select(Underpayment.claim_id).where(Underpayment.payer_id == payer_id)))


def _lines(row: Underpayment) -> list[Short]:
    return [Short(**line) for line in row.lines]  # type: ignore[arg-type]  # written as Short._asdict
