"""Take touches back: what they made goes, and the parking that they replaced stands again.

One statement a table, however many touches an act on many made. The audit chain keeps the touch and its undoing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlmodel import Session

from app.audit.record import record
from app.audit.tables import Event
from app.claims.among import among
from app.claims.tables import ClaimEvent, EventKind
from app.core.bulk import insert_many, table_of
from app.core.clock import Clock
from app.followup.tables import ComeBack, Snooze, Touch
from app.followup.touch import Draft, TouchKind, parking_reason
from app.followup.wake import wake_answered

touch, snooze, come_back, event = table_of(Touch), table_of(Snooze), table_of(ComeBack), table_of(ClaimEvent)
log = table_of(Event)
UNDONE = "followup.touch.undone"
PARKING = [column.name for column in snooze.columns]
Place = tuple[int, dict[str, Any]]  # number of the line on the timeline, and its detail


def undo_touch(session: Session, made: Touch, *, clock: Clock) -> None:
    """One touch is as if it had not been. The caller re-ranks the claim and commits."""
    undo_touches(session, [made.id or 0], clock=clock)
    session.expunge(made)


def undo_touches(session: Session, touch_ids: Collection[int], *, clock: Clock) -> list[int]:
    """All of them; the claims of those that were still there. The caller re-ranks these and commits."""
    session.flush()
    connection = session.connection()
    undone = list(connection.execute(select(touch).where(among(connection, touch.c.id, touch_ids))))
    if not undone:
        return []
    ids, claim_ids = [row.id for row in undone], sorted({row.claim_id for row in undone})
    places = _places(session, claim_ids)
    of_these = among(connection, snooze.c.touch_id, ids)
    freed = list(connection.execute(select(snooze.c.claim_id).where(of_these)).scalars())
    connection.execute(delete(snooze).where(of_these))
    worn_again = update(come_back).where(among(connection, come_back.c.touch_id, ids)).values(touch_id=None)
    connection.execute(worn_again)
    lines = [places[number][0] for number in ids if number in places]
    connection.execute(delete(event).where(among(connection, event.c.id, lines)))
    connection.execute(delete(touch).where(among(connection, touch.c.id, ids)))
    _park_as_before(session, freed, places, clock)
    for row in undone:
        record(
            session,
            UNDONE,
            object_type="claim",
            object_id=row.claim_id,
            practice_id=row.practice_id,
            detail={"touch": row.id, "kind": row.kind},
        )
    return claim_ids


def is_undone(
    session: Session, touch_id: int, *, claim_id: int, person_id: int, practice_ids: Collection[int]
) -> bool:
    """Did this person take that touch of the claim back already? The touch is gone: the log tells, and one takes
    back none but one's own."""
    told = select(log.c.action, log.c.actor_id, log.c.practice_id, log.c.detail).where(
        log.c.object_type == "claim", log.c.object_id == str(claim_id)
    )  # no more is asked: by its index of actions SQLite would walk every undoing there ever was
    return any(
        (row.action, row.actor_id, row.detail.get("touch")) == (UNDONE, person_id, touch_id)
        and row.practice_id in practice_ids
        for row in session.execute(told)
    )


def _places(session: Session, claim_ids: Sequence[int]) -> dict[int, Place]:
    """Touch → its line on the timeline, of all touches of these claims."""
    lines = select(event.c.id, event.c.detail).where(
        among(session.connection(), event.c.claim_id, claim_ids), event.c.kind == EventKind.TOUCHED.value
    )
    return {row.detail.get("touch", 0): (row.id, row.detail) for row in session.execute(lines)}


def _park_as_before(session: Session, claim_ids: Sequence[int], places: Mapping[int, Place], clock: Clock) -> None:
    """A parking replaces the one before it. With it taken back, that one stands again, unless it has ended since."""
    connection = session.connection()
    parked = select(touch).where(among(connection, touch.c.claim_id, claim_ids), touch.c.next_on.is_not(None))
    newest = {row.claim_id: row for row in connection.execute(parked.order_by(touch.c.id))}
    before = [row for row in newest.values() if row.next_on > clock.today() and row.id in places]
    if not before:
        return
    ended = _ended(session, [row.claim_id for row in before])
    before = [row for row in before if ended.get(row.claim_id, 0) < places[row.id][0]]
    rows = [_parking(row, str(places[row.id][1].get("wake", "date"))) for row in before]
    insert_many(connection, Snooze, PARKING, rows)
    wake_answered(session, clock, [row.claim_id for row in before])  # what it waited for may have come meanwhile


def _ended(session: Session, claim_ids: Sequence[int]) -> dict[int, int]:
    """Claim → the newest line on its timeline that says that it is back in the list."""
    lines = select(event.c.claim_id, event.c.id).where(
        among(session.connection(), event.c.claim_id, claim_ids), event.c.kind == EventKind.SNOOZED.value
    )
    return {row.claim_id: row.id for row in session.execute(lines.order_by(event.c.id))}


def _parking(row: Row[Any], wake: str) -> tuple[Any, ...]:
    """As the touch had parked it, in the order of PARKING."""
    said = Draft(TouchKind(row.kind), row.note, outcome=row.outcome, wake=wake)
    parked = {
        "claim_id": row.claim_id,
        "practice_id": row.practice_id,
        "person_id": row.person_id,
        "until": row.next_on,
        "reason": parking_reason(said),
        "made_at": row.at,
        "touch_id": row.id,
        "waits_for": wake,
    }
    return tuple(parked[name] for name in PARKING)
