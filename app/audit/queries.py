"""Reading the log: newest first, filtered, paged by number."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.audit.tables import Event

PAGE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What to look for; empty means any."""

    action: str = ""  # an action, or the noun before its dot
    actor: str = ""
    object_type: str = ""
    object_id: str = ""
    outcome: str = ""
    before: int | None = None  # event number: the page older than it


def find_events(session: Session, wanted: EventFilter, *, limit: int = PAGE_LENGTH) -> list[Event]:
    """The newest events that match, at most `limit`."""
    query = select(Event).order_by(col(Event.id).desc()).limit(limit)
    if wanted.action:
        exact = col(Event.action) == wanted.action
        query = query.where(exact | col(Event.action).startswith(f"{wanted.action}.", autoescape=True))
    if wanted.actor:
        query = query.where(col(Event.actor_name).icontains(wanted.actor, autoescape=True))
    for name in ("object_type", "object_id", "outcome"):
        value = getattr(wanted, name)
        if value:
            query = query.where(getattr(Event, name) == value)
    if wanted.before is not None:
        query = query.where(col(Event.id) < wanted.before)
    return list(session.exec(query).all())
