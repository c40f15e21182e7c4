"""A quiet hold on the claim that somebody has open. It expires by itself and is contested by compare-and-set."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete

from app.core.clock import Clock
from app.followup.tables import Lease

LEASE_MINUTES = 10  # longer than most touches, shorter than a lunch break; every act on the claim renews it


def take_lease(
    session: Session, *, claim_id: int, practice_id: int, person_id: int, name: str, clock: Clock
) -> Lease:
    """The lease in force afterwards: ours, or that of the person who was first. Never raises, never waits."""
    now = clock.now()
    expires = now + timedelta(minutes=LEASE_MINUTES)
    free_or_ours = (col(Lease.expires_at) <= now) | (col(Lease.person_id) == person_id)
    renewed = session.exec(
        update(Lease)
        .where(col(Lease.claim_id) == claim_id, free_or_ours)
        .values(person_id=person_id, person_name=name, taken_at=now, expires_at=expires)
    )
    assert isinstance(renewed, CursorResult)
    if renewed.rowcount == 0:
        try:
            with session.begin_nested():
                session.add(
                    Lease(
                        claim_id=claim_id,
                        practice_id=practice_id,
                        person_id=person_id,
                        person_name=name,
                        taken_at=now,
                        expires_at=expires,
                    )
                )
        except IntegrityError:
            session.expire_all()  # somebody else's row stands: read it below
    found = session.get(Lease, claim_id, populate_existing=True)
    assert found is not None
    return found


def holder_of(session: Session, claim_id: int, clock: Clock) -> Lease | None:
    """The lease in force, or None."""
    found = session.get(Lease, claim_id, populate_existing=True)
    return found if found is not None and found.expires_at > clock.now() else None


def give_back(session: Session, *, claim_id: int, person_id: int) -> None:
    """Our own lease only."""
    session.exec(delete(Lease).where(col(Lease.claim_id) == claim_id, col(Lease.person_id) == person_id))
