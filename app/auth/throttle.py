"""Guessing is slow: after ten failures in a row an account rests, and so does an address that tries many accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, case, col, delete, select, update

from app.auth.tables import FailedTry
from app.core.bulk import upsert_many

ACCOUNT_TRIES = 10
ADDRESS_TRIES = 50  # a billing office is one address with many people
REST = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=24)

LIMITS = {"account": ACCOUNT_TRIES, "address": ADDRESS_TRIES}


def must_wait(session: Session, email: str, ip: str, now: datetime) -> bool:
    """Is the account or the address resting? Resting refuses the right password too."""
    for kind, subject in (("account", email), ("address", ip)):
        found = session.exec(select(FailedTry).where(FailedTry.kind == kind, FailedTry.subject == subject)).first()
        if found is not None and found.count >= LIMITS[kind] and now - found.last_at < REST:
            return True
    return False


def count_failure(session: Session, email: str, ip: str, now: datetime) -> None:
    """One more; a rest that has passed starts the count anew. Right also when many fail at the same moment."""
    subjects = (("account", email), ("address", ip))
    rows = [(kind, subject, 0, now) for kind, subject in subjects]
    upsert_many(
        session.connection(),
        FailedTry,
        ("kind", "subject", "count", "last_at"),
        rows,
        key=("kind", "subject"),
        update=(),
    )
    for kind, subject in subjects:
        counted = case((col(FailedTry.last_at) <= now - REST, 1), else_=col(FailedTry.count) + 1)
        mine = (col(FailedTry.kind) == kind, col(FailedTry.subject) == subject)
        session.exec(update(FailedTry).where(*mine).values(count=counted, last_at=now))
    session.exec(delete(FailedTry).where(col(FailedTry.last_at) < now - FORGET_AFTER))


def forget_failures(session: Session, email: str) -> None:
    """The person signed in. The address keeps its count: it may be trying others."""
    session.exec(delete(FailedTry).where(col(FailedTry.kind) == "account", col(FailedTry.subject) == email))
