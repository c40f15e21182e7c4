"""A quiet hold on the claim that somebody has open. It expires by itself and is contested by compare-and-set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.tables import Lease

LEASE_MINUTES = 10  # longer than most touches, shorter than a lunch break; work on its page renews it


class Holder(NamedTuple):
    person_id: int
    person_name: str
    expires_at: datetime


def take_lease(
    session: Session, *, claim_id: int, practice_id: int, person_id: int, name: str, clock: Clock
) -> Holder:
    """Who holds it afterwards: we, or the person who was first. Never raises, never waits."""
    seize(session, claim_id=claim_id, practice_id=practice_id, person_id=person_id, name=name, clock=clock)
    return Holder(*session.connection().execute(_HOLDER, {"claim_id": claim_id}).one())


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
_GIVE_BACK_OTHERS = delete(lease).where(
    lease.c.person_id == bindparam("person_id"), lease.c.claim_id.not_in(bindparam("claim_ids", expanding=True))
)
_HOLDER = select(lease.c.person_id, lease.c.person_name, lease.c.expires_at).where(
    lease.c.claim_id == bindparam("claim_id")
)
_SEIZE = {"sqlite": _seize_statement(sqlite.insert), "postgresql": _seize_statement(postgresql.insert)}


def holder_of(session: Session, claim_id: int, clock: Clock) -> Holder | None:
    """Who holds the claim now, or None."""
    found = session.connection().execute(_HOLDER, {"claim_id": claim_id}).first()
    return Holder(*found) if found is not None and found.expires_at > clock.now() else None


def give_back(session: Session, *, claim_id: int, person_id: int) -> None:
    """Our own lease only."""
    session.connection().execute(_GIVE_BACK, {"claim_id": claim_id, "person_id": person_id})


def give_back_others(session: Session, *, claim_ids: Sequence[int], person_id: int) -> None:
    """Our own leases on any but these claims."""
    session.connection().execute(_GIVE_BACK_OTHERS, {"claim_ids": claim_ids, "person_id": person_id})
