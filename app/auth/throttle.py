"""Guessing is slow: after ten failures in a row an account rests, and so does an address that tries many accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from app.auth.tables import FailedTry

ACCOUNT_TRIES = 10
ADDRESS_TRIES = 50  # a billing office is one address with many people
REST = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=24)

LIMITS = {"account": ACCOUNT_TRIES, "address": ADDRESS_TRIES}


def must_wait(session: Session, email: str, ip: str, now: datetime) -> bool:
    """Is the account or the address resting? Resting refuses the right password too."""
    for kind, subject in (("account", email), ("address", ip)):
        found = _find(session, kind, subject)
        if found is not None and found.count >= LIMITS[kind] and now - found.last_at < REST:
            return True
    return False


def count_failure(session: Session, email: str, ip: str, now: datetime) -> None:
    """One more; a rest that has passed starts the count anew."""
    for kind, subject in (("account", email), ("address", ip)):
        found = _find(session, kind, subject)
        if found is None:
            found = FailedTry(kind=kind, subject=subject, last_at=now)
        elif now - found.last_at >= REST:
            found.count = 0
        found.count += 1
        found.last_at = now
        session.add(found)
    session.exec(delete(FailedTry).where(col(FailedTry.last_at) < now - FORGET_AFTER))


def forget_failures(session: Session, email: str) -> None:
    """The person signed in. The address keeps its count: it may be trying others."""
    session.exec(delete(FailedTry).where(col(FailedTry.kind) == "account", col(FailedTry.subject) == email))


def _find(session: Session, kind: str, subject: str) -> FailedTry | None:
    return session.exec(select(FailedTry).where(FailedTry.kind == kind, FailedTry.subject == subject)).first()
