"""Proof of the books, over the whole database: nothing is taken on trust, everything is added up again.

What is checked here needs only the ledger itself; `app/matching/verify.py` holds it against what the payers sent.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, or_, select
from sqlmodel import Session

from app.claims.tables import Claim
from app.core.bulk import table_of
from app.core.money import format_cents
from app.ledger.journal import PAYMENT_ACCOUNTS
from app.ledger.tables import Account, ClaimBalance, JournalEntry, Posting

NAMED = 10  # faults of a kind named one by one; whether there are more is said

entry = table_of(JournalEntry)
posting = table_of(Posting)
balance = table_of(ClaimBalance)
claim = table_of(Claim)


class BooksReport(NamedTuple):
    counted: dict[str, int]  # what was checked, in words, and how many
    faults: list[str]  # what does not add up, each in a sentence


def verify_books(session: Session) -> BooksReport:
    """Entries balance, no leg is an orphan, kept balances are the sums of their legs, remittances clear."""
    faults = [
        *_named(session, _unbalanced_entries(), "journal entry {0}: its legs sum to {1}"),
        *_named(session, _orphan_legs(), "posting {0} belongs to no journal entry"),
        *_named(session, _empty_entries(), "journal entry {0} has no legs"),
        *_named(session, _wrong_balances(), "claim {0}: the kept balance is not the sum of its legs"),
        *_named(session, _unkept_balances(), "claim {0} has legs or a charge but no kept balance"),
        *_named(session, _unfooted(), "claim {0}: billed less paid less adjusted is not what is open, off by {1}"),
        *_named(session, _wrong_charges(), "claim {0}: charged at other cents than the ledger billed, off by {1}"),
        *_named(session, _uncleared_remittances(), "remittance {0} does not clear: {1} is left"),
    ]
    return BooksReport(_counted(session), faults)


def _counted(session: Session) -> dict[str, int]:
    def count(statement: Select[Any]) -> int:
        return int(session.execute(statement).scalar() or 0)

    cleared = select(func.count(func.distinct(posting.c.remittance_id))).where(posting.c.remittance_id.is_not(None))
    return {
        "journal entries that balance": count(select(func.count()).select_from(entry)),
        "legs with their entry": count(select(func.count()).select_from(posting)),
        "claims whose balance is the sum of their legs": count(select(func.count()).select_from(balance)),
        "remittances that clear": count(cleared),
    }


def _unbalanced_entries() -> Select[Any]:
    total = func.sum(posting.c.amount_cents)
    return select(posting.c.entry_id, total).group_by(posting.c.entry_id).having(total != 0)


def _orphan_legs() -> Select[Any]:
    joined = posting.outerjoin(entry, entry.c.id == posting.c.entry_id)
    return select(posting.c.id).select_from(joined).where(entry.c.id.is_(None))


def _empty_entries() -> Select[Any]:
    joined = entry.outerjoin(posting, posting.c.entry_id == entry.c.id)
    return select(entry.c.id).select_from(joined).where(posting.c.id.is_(None))


def _sums() -> Any:
    """What the legs of every claim amount to, beside the columns of the kept balance."""

    def of(*accounts: Account, sign: int = 1) -> Any:
        names = [account.value for account in accounts]
        return func.coalesce(
            func.sum(case((posting.c.account.in_(names), sign * posting.c.amount_cents), else_=0)), 0
        )

    known = (Account.INSURANCE_AR, Account.PATIENT_AR, Account.CHARGES, *PAYMENT_ACCOUNTS)
    adjusting = [account for account in Account if account not in known]
    return (
        select(
            posting.c.claim_id,
            of(Account.CHARGES, sign=-1).label("billed_cents"),
            of(Account.INSURANCE_AR).label("insurance_cents"),
            of(Account.PATIENT_AR).label("patient_cents"),
            of(*PAYMENT_ACCOUNTS).label("paid_cents"),
            of(*adjusting).label("adjusted_cents"),
        )
        .where(posting.c.claim_id.is_not(None))
        .group_by(posting.c.claim_id)
        .subquery()
    )


def _wrong_balances() -> Select[Any]:
    sums = _sums()
    names = ("billed_cents", "insurance_cents", "patient_cents", "paid_cents", "adjusted_cents")
    differs = or_(*(func.coalesce(sums.c[name], 0) != balance.c[name] for name in names))
    joined = balance.outerjoin(sums, sums.c.claim_id == balance.c.claim_id)
    return select(balance.c.claim_id).select_from(joined).where(differs)


def _unkept_balances() -> Select[Any]:
    joined = claim.outerjoin(balance, balance.c.claim_id == claim.c.id)
    return select(claim.c.id).select_from(joined).where(balance.c.claim_id.is_(None))


def _unfooted() -> Select[Any]:
    left = balance.c.billed_cents - balance.c.paid_cents - balance.c.adjusted_cents
    off = left - balance.c.insurance_cents - balance.c.patient_cents
    return select(balance.c.claim_id, off).where(off != 0)


def _wrong_charges() -> Select[Any]:
    off = claim.c.charge_cents - balance.c.billed_cents
    return select(claim.c.id, off).join(balance, balance.c.claim_id == claim.c.id).where(off != 0)


def _uncleared_remittances() -> Select[Any]:
    total = func.sum(posting.c.amount_cents)
    statement = select(posting.c.remittance_id, total).where(
        posting.c.account == Account.REMITTANCE_CLEARING.value, posting.c.remittance_id.is_not(None)
    )
    return statement.group_by(posting.c.remittance_id).having(total != 0)


def _named(session: Session, statement: Select[Any], words: str) -> list[str]:
    """Each fault in a sentence; {0} is the row, {1} the cents that are off."""
    rows = session.execute(statement.limit(NAMED + 1)).all()
    said = [words.format(row[0], format_cents(int(row[1])) if len(row) > 1 else "") for row in rows[:NAMED]]
    return [*said, *(["and more of the same"] if len(rows) > NAMED else [])]
