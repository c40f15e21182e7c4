"""Write one event. It joins the caller's transaction: the act and its event are kept together or not at all.

The chain is sealed when the session flushes, not before, so that on PostgreSQL the lock that orders the writers is
held for the end of a transaction only. On SQLite the writing scope already orders them.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from sqlalchemy import event, inspect, select, text
from sqlalchemy.orm import Session, UOWTransaction

from app.audit.actor import USER_AGENT_LENGTH, actor_of, now_of
from app.audit.tables import FIRST_PREVIOUS, Event

CHAIN_LOCK = 0x0BE27  # any number, the same in every process: PostgreSQL's advisory lock for the end of the chain
UNSEALED = "audit_unsealed"


def record(
    session: Session,
    action: str,
    *,
    object_type: str = "",
    object_id: int | str = "",
    practice_id: int | None = None,
    patient_id: int | None = None,
    outcome: str = "done",
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> Event:
    """Add one event to the session; `detail` holds JSON values only, and never a secret or a raw segment."""
    actor = actor_of(session)
    made = Event(
        at=now_of(session),
        actor_id=actor.person_id,
        actor_name=actor.name,
        role=actor.role,
        session_id=actor.session_id,
        ip=actor.ip,
        user_agent=actor.user_agent[:USER_AGENT_LENGTH],
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        practice_id=practice_id,
        patient_id=patient_id,
        outcome=outcome,
        reason=reason,
        request_id=actor.request_id,
        detail=dict(detail or {}),
    )
    session.add(made)
    session.info[UNSEALED] = True
    return made


def seal(values: Event) -> str:
    """The hash of an event: SHA-256 over every field, the previous event's hash among them."""
    fields = {name: getattr(values, name) for name in SEALED_FIELDS}
    fields["at"] = values.at.astimezone(UTC).isoformat(timespec="microseconds")
    written = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


SEALED_FIELDS = tuple(name for name in Event.model_fields if name != "hash")


def _seal_new_events(session: Session, context: UOWTransaction, instances: object) -> None:
    if not session.info.pop(UNSEALED, False):
        return
    new = [found for found in session.new if isinstance(found, Event)]
    if not new:
        return  # a savepoint that was rolled back took its events with it
    new.sort(key=lambda found: inspect(found).insert_order or 0)
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    newest = select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)  # type: ignore[attr-defined,call-overload]
    last = session.connection().execute(newest).first()
    number, previous = (last.id, last.hash) if last else (0, FIRST_PREVIOUS)
    for made in new:
        number += 1
        made.id, made.previous_hash = number, previous
        made.hash = previous = seal(made)


event.listen(Session, "before_flush", _seal_new_events)
