"""Write one event. It joins the caller's transaction: the act and its event are kept together or not at all.

Events wait in the session and are written and sealed when it commits, after everything else: on PostgreSQL the lock
that orders the writers is then held for the commit alone, not while a remittance is posted or a claim ranked. On
SQLite the writing scope already orders them. What a savepoint that is rolled back did leaves no event.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any, NamedTuple

from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from app.audit.actor import USER_AGENT_LENGTH, actor_of, now_of
from app.audit.tables import FIRST_PREVIOUS, Event
from app.core.bulk import table_of
from app.core.db import refuse_in_read_scope
from app.core.turn import Turn, wait_turn

WAITING = "audit_waiting"


class Waiting(NamedTuple):
    """An event that is written at the commit, and the transaction or savepoint in which it happened."""

    event: Event
    within: SessionTransaction | None


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
    """Have an event written with the commit; `detail` holds JSON values only, and never a secret or a raw segment."""
    refuse_in_read_scope(session)
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
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(WAITING, []).append(Waiting(made, within))
    return made


def seal(values: Event) -> str:
    """The hash of an event: SHA-256 over every field, the previous event's hash among them."""
    fields = {name: getattr(values, name) for name in SEALED_FIELDS}
    fields["at"] = values.at.astimezone(UTC).isoformat(timespec="microseconds")
    written = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


SEALED_FIELDS = tuple(name for name in Event.model_fields if name != "hash")
_events = table_of(Event)
_NEWEST = select(_events.c.id, _events.c.hash).order_by(_events.c.id.desc()).limit(1)
_INSERT = insert(_events)


def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():  # else a savepoint is kept, and nothing is committed yet
        write_events(session)


def write_events(session: Session) -> None:
    """Write what waits, for a caller that needs an event's number before its commit: nobody else writes events from
    here on until then, so it is the last thing to do."""
    waiting: list[Waiting] = session.info.pop(WAITING, [])
    if not waiting:
        return
    session.flush()  # everything else first: the lock is taken last
    wait_turn(session.connection(), Turn.CHAIN)
    last = session.connection().execute(_NEWEST).first()
    number, previous = (last.id, last.hash) if last else (0, FIRST_PREVIOUS)
    for made, _ in waiting:
        number += 1
        made.id, made.previous_hash = number, previous
        made.hash = previous = seal(made)
    # Past the ORM: every page that shows a patient writes an event, and nobody changes one that is written.
    rows = [{name: getattr(made, name) for name in Event.model_fields} for made, _ in waiting]
    session.connection().execute(_INSERT, rows)


def _forget_undone(session: Session, previous_transaction: SessionTransaction) -> None:
    waiting: list[Waiting] = session.info.get(WAITING, [])
    if waiting:
        session.info[WAITING] = [each for each in waiting if not _was_within(each.within, previous_transaction)]


def _was_within(transaction: SessionTransaction | None, undone: SessionTransaction) -> bool:
    """Whether it is the one undone, or a savepoint kept inside of it."""
    if undone.parent is None:
        return True  # the whole of it
    while transaction is not None and transaction is not undone:
        transaction = transaction.parent
    return transaction is undone


event.listen(Session, "before_commit", _before_commit)
event.listen(Session, "after_soft_rollback", _forget_undone)
