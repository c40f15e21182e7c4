"""Who is acting in a database session: a signed-in person, a job, a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.core.clock import Clock

USER_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """What an event says about who acted. `system("ingest")` names a job or a command."""

    person_id: int | None = None
    name: str = ""
    role: str = ""
    session_id: str = ""
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""

    @classmethod
    def system(cls, name: str) -> Actor:
        return cls(name=name, role="system")


SYSTEM = Actor.system("overturn")


def act_as(session: Session, actor: Actor | Callable[[], Actor], clock: Clock | None = None) -> None:
    """Say once, when the session opens, who acts in it and by which clock. Without it the system acts."""
    session.info["actor"] = actor
    session.info["clock"] = clock


def actor_of(session: Session) -> Actor:
    actor = session.info.get("actor", SYSTEM)
    found = actor() if callable(actor) else actor
    assert isinstance(found, Actor)
    return found


def now_of(session: Session) -> datetime:
    clock: Clock | None = session.info.get("clock")
    return clock.now() if clock is not None else datetime.now(UTC)
