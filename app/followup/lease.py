"""A quiet hold on the claim that somebody has open. It expires by itself and is contested by compare-and-set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, bindparam, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.tables import Lease

LEASE_MINUTES = 10  # longer than most touches, shorter than a lunch break; every act on the claim renews it


def take_lease(
    session: Session, *, claim_id: int, practice_id: int, person_id: int, name: str, clock: Clock
) -> Lease:
    """The lease in force afterwards: ours, or that of the person who was first. Never raises, never waits."""
    if seize(session, claim_id=claim_id, practice_id=practice_id, person_id=person_id, name=name, clock=clock):
        session.expire_all()
    found = session.get(Lease, claim_id, populate_existing=True)
    assert found is not None
    return found


def seize(session: Session, *, claim_id: int, practice_id: int, person_id: int, name: str, clock: Clock) -> bool:
    """Make the lease ours if it is free, expired or ours already: one statement that decides by itself."""
    now = clock.now()
    made = {
        "claim_id": claim_id,
        "practice_id": practice_id,
        "person_id": person_id,
        "person_name": name,
        "taken_at": now,
        "expires_at": now + timedelta(minutes=LEASE_MINUTES),
    }
    statement = _SEIZE[session.get_bind().dialect.name]
    # The row that it answers with says who won: a driver need not count the rows of an INSERT.
    return session.connection().execute(statement, {**made, "now": now, "me": person_id}).first() is not None


def _seize_statement(insert: Callable[[Table], Any]) -> Any:
    renewed = ("person_id", "person_name", "taken_at", "expires_at")
    fresh = insert(lease).values({name: bindparam(name) for name in ("claim_id", "practice_id", *renewed)})
    return fresh.on_conflict_do_update(
        index_elements=[lease.c.claim_id],
        set_={name: fresh.excluded[name] for name in renewed},
        where=or_(
            lease.c.expires_at <= bindparam("now", type_=lease.c.expires_at.type),
            lease.c.person_id == bindparam("me"),
        ),
    ).returning(lease.c.claim_id)


lease = table_of(Lease)
_GIVE_BACK = delete(lease).where(
    lease.c.claim_id == bindparam("claim_id"), lease.c.person_id == bindparam("person_id")
)
_SEIZE = {"sqlite": _seize_statement(sqlite.insert), "postgresql": _seize_statement(postgresql.insert)}


def holder_of(session: Session, claim_id: int, clock: Clock) -> Lease | None:
    """The lease in force, or None."""
    found = session.get(Lease, claim_id, populate_existing=True)
    return found if found is not None and found.expires_at > clock.now() else None


def give_back(session: Session, *, claim_id: int, person_id: int) -> None:
    """Our own lease only."""
    session.connection().execute(_GIVE_BACK, {"claim_id": claim_id, "person_id": person_id})
