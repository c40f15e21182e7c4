"""The ledger held against what the payers sent: every payment is posted, unapplied or explained by a PLB."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlmodel import Session

from app.claims.tables import Claim, ClaimEvent, ClaimLine, Patient, Submission
from app.core.bulk import table_of
from app.core.money import format_cents
from app.intake.tables import LoadedSet, StoredFile
from app.ledger.tables import Account, CauseKind, JournalEntry, Posting
from app.ledger.verify import BooksReport
from app.matching.tables import (
    AdjustmentRow,
    ClaimPayment,
    Denial,
    PaymentState,
    ProviderAdjustmentRow,
    RemarkRow,
    Remittance,
    ServicePayment,
    StatusEvent,
)

NAMED = 10

entry = table_of(JournalEntry)
posting = table_of(Posting)
remittance = table_of(Remittance)
claim_payment = table_of(ClaimPayment)
provider_adjustment = table_of(ProviderAdjustmentRow)

# What belongs to what: a database that does not check references (a copy, a restore) must not have lost a parent.
BELONGS = tuple(
    (table_of(child), table_of(parent), column)
    for child, parent, column in (
        (ClaimLine, Claim, "claim_id"),
        (Submission, Claim, "claim_id"),
        (ClaimEvent, Claim, "claim_id"),
        (Claim, Patient, "patient_id"),
        (Remittance, LoadedSet, "loaded_set_id"),
        (LoadedSet, StoredFile, "file_id"),
        (ClaimPayment, Remittance, "remittance_id"),
        (ClaimPayment, Claim, "claim_id"),
        (ServicePayment, ClaimPayment, "claim_payment_id"),
        (ServicePayment, ClaimLine, "line_id"),
        (AdjustmentRow, ClaimPayment, "claim_payment_id"),
        (AdjustmentRow, ServicePayment, "service_payment_id"),
        (RemarkRow, ClaimPayment, "claim_payment_id"),
        (ProviderAdjustmentRow, Remittance, "remittance_id"),
        (Denial, ClaimPayment, "claim_payment_id"),
        (Denial, Claim, "claim_id"),
        (StatusEvent, LoadedSet, "loaded_set_id"),
        (StatusEvent, Claim, "claim_id"),
        (Posting, Claim, "claim_id"),
        (Posting, Remittance, "remittance_id"),
    )
)
ASIDE = (PaymentState.UNMATCHED.value, PaymentState.DUPLICATE.value)


def verify_answers(session: Session) -> BooksReport:
    """Paid = posted + unapplied + PLB for each remittance; each answer's cash is what it says; held ones posted
    nothing."""
    posted = remittance.c.state == "posted"
    faults = [
        *_named(session, _wrong_deposits(), "remittance {0}: the cash in the ledger is not what it paid, off by {1}"),
        *_named(session, _wrong_totals(), "remittance {0}: paid is not its claims less its PLB, off by {1}"),
        *_named(session, _wrong_cash(), "claim payment {0}: the ledger moved other cash than it says, off by {1}"),
        *_named(session, _wrong_unapplied(), "claim payment {0}: unapplied cash does not fit its state, off by {1}"),
        *_named(session, _posted_while_held(), "claim payment {0} is held, yet the ledger moved {1} for it"),
    ]
    children = 0
    for child, parent, column in BELONGS:
        is_orphan = child.c[column].is_not(None) & parent.c.id.is_(None)
        joined = child.outerjoin(parent, parent.c.id == child.c[column])
        words = f"{child.name} {{0}} names a {parent.name} that is not there ({column})"
        faults += _named(session, select(child.c.id, literal(0)).select_from(joined).where(is_orphan), words)
        children += _count(session, select(func.count(child.c[column])).select_from(child))
    counted = {
        "remittances that are posted, unapplied or a PLB": _count(session, select(func.count()).where(posted)),
        "answers whose cash is in the ledger": _count(session, select(func.count()).select_from(claim_payment)),
        "references from a row to the row it belongs to": children,
        "answers in unapplied cash": _count(
            session, select(func.count()).select_from(claim_payment).where(claim_payment.c.state.in_(ASIDE))
        ),
    }
    return BooksReport(counted, faults)


def _wrong_deposits() -> Select[Any]:
    cash = _legs_of(CauseKind.REMITTANCE, Account.CASH)
    off = func.coalesce(cash.c.cents, 0) - remittance.c.paid_cents
    joined = remittance.outerjoin(cash, cash.c.cause_id == remittance.c.id)
    return select(remittance.c.id, off).select_from(joined).where(remittance.c.state == "posted", off != 0)


def _wrong_totals() -> Select[Any]:
    claims = (
        select(claim_payment.c.remittance_id, func.sum(claim_payment.c.paid_cents).label("cents"))
        .group_by(claim_payment.c.remittance_id)
        .subquery()
    )
    others = (
        select(provider_adjustment.c.remittance_id, func.sum(provider_adjustment.c.cents).label("cents"))
        .group_by(provider_adjustment.c.remittance_id)
        .subquery()
    )
    off = func.coalesce(claims.c.cents, 0) - func.coalesce(others.c.cents, 0) - remittance.c.paid_cents
    joined = remittance.outerjoin(claims, claims.c.remittance_id == remittance.c.id).outerjoin(
        others, others.c.remittance_id == remittance.c.id
    )
    left = off + remittance.c.difference_cents
    return select(remittance.c.id, left).select_from(joined).where(remittance.c.state == "posted", left != 0)


def _wrong_cash() -> Select[Any]:
    """Whatever was decided about it, an answer's money left its remittance's clearing account exactly once."""
    cleared = _legs_of(CauseKind.CLAIM_PAYMENT, Account.REMITTANCE_CLEARING)
    off = func.coalesce(cleared.c.cents, 0) - claim_payment.c.paid_cents
    joined = claim_payment.outerjoin(cleared, cleared.c.cause_id == claim_payment.c.id)
    is_booked = claim_payment.c.state != PaymentState.HELD.value
    return select(claim_payment.c.id, off).select_from(joined).where(is_booked, off != 0)


def _wrong_unapplied() -> Select[Any]:
    """Set aside: all of it; posted: none of it."""
    unapplied = _legs_of(CauseKind.CLAIM_PAYMENT, Account.UNAPPLIED_CASH)
    joined = claim_payment.outerjoin(unapplied, unapplied.c.cause_id == claim_payment.c.id)
    kept = func.coalesce(unapplied.c.cents, 0)
    is_aside = claim_payment.c.state.in_(ASIDE)
    is_wrong = (is_aside & (kept + claim_payment.c.paid_cents != 0)) | (
        (claim_payment.c.state == PaymentState.POSTED.value) & (kept != 0)
    )
    return select(claim_payment.c.id, kept).select_from(joined).where(is_wrong)


def _posted_while_held() -> Select[Any]:
    moved = (
        select(entry.c.cause_id, func.sum(func.abs(posting.c.amount_cents)).label("cents"))
        .join(posting, posting.c.entry_id == entry.c.id)
        .where(entry.c.cause_kind == CauseKind.CLAIM_PAYMENT.value)
        .group_by(entry.c.cause_id)
        .subquery()
    )
    joined = claim_payment.join(moved, moved.c.cause_id == claim_payment.c.id)
    held = claim_payment.c.state == PaymentState.HELD.value
    return select(claim_payment.c.id, moved.c.cents).select_from(joined).where(held)


def _legs_of(kind: CauseKind, account: Account) -> Any:
    return (
        select(entry.c.cause_id, func.sum(posting.c.amount_cents).label("cents"))
        .join(posting, posting.c.entry_id == entry.c.id)
        .where(entry.c.cause_kind == kind.value, posting.c.account == account.value)
        .group_by(entry.c.cause_id)
        .subquery()
    )


def _count(session: Session, statement: Select[Any]) -> int:
    return int(session.execute(statement).scalar() or 0)


def _named(session: Session, statement: Select[Any], words: str) -> list[str]:
    rows = session.execute(statement.limit(NAMED + 1)).all()
    said = [words.format(row[0], format_cents(int(row[1]))) for row in rows[:NAMED]]
    return [*said, *(["and more of the same"] if len(rows) > NAMED else [])]
