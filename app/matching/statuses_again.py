"""Claim statuses that find another claim than when they came, read back from their rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select, update

from app.claims.among import among
from app.claims.numbering import Numbers
from app.claims.register import Register
from app.claims.tables import ClaimEvent, EventKind, Payer, Submission
from app.claims.timeline import Place, Timeline
from app.core.bulk import table_of
from app.matching.ladder import Match
from app.matching.standing import Said, apply_status
from app.matching.status_words import words
from app.matching.tables import StatusEvent

status_event = table_of(StatusEvent)
submission = table_of(Submission)
claim_event = table_of(ClaimEvent)
payer = table_of(Payer)


def move_statuses(
    connection: Connection, practice_id: int, places: Mapping[int, Match], now: datetime, claims: Numbers
) -> set[int]:
    """Give each status to its claim, and move the claim by it; returns the claims."""
    if not places:
        return set()
    register = Register(connection, practice_id, now, claims)
    register.load_ids(match.claim.id for match in places.values() if match.claim is not None)
    timeline = Timeline(connection, now)
    kinds = {row.id: row.kind for row in connection.execute(select(payer.c.id, payer.c.kind))}
    rows = connection.execute(
        select(status_event).where(among(connection, status_event.c.id, sorted(places))).order_by(status_event.c.id)
    ).all()
    touched = set()
    for row in rows:
        match = places[row.id]
        claim = register.by_id[match.claim.id] if match.claim is not None else None
        connection.execute(
            update(status_event)
            .where(status_event.c.id == row.id)
            .values(claim_id=claim.id if claim else None, match_rule=match.rule)
        )
        if claim is None:
            continue
        touched.add(claim.id)
        on = day_of(row.effective, row.received_at)
        apply_status(
            claim,
            Said(on, row.category, row.is_rejected, row.is_accepted, row.source_is_payer),
            kinds.get(claim.payer_id, ""),
        )
        if row.source_is_payer:
            register.learn_number(claim, claim.payer_id, row.payer_control_number, on, row.kind)
        place = Place(row.file_id, row.segment, row.last_segment, row.start_offset, row.end_offset)
        known = update(claim_event).where(
            claim_event.c.file_id == row.file_id, claim_event.c.segment == row.segment, claim_event.c.segment > 0
        )
        if not connection.execute(known.values(claim_id=claim.id)).rowcount:
            timeline.add(
                practice_id, claim.id, _kind(row.kind, is_rejected=row.is_rejected), on, words(row), place=place
            )
    register.flush()
    register.flush_numbers()
    timeline.flush()
    settle_acknowledgments(connection, touched)
    return touched


def settle_acknowledgments(connection: Connection, claim_ids: Collection[int]) -> None:
    """What a 277CA that came before the 837 said of the newest sending."""
    if not claim_ids:
        return
    wanted = sorted(claim_ids)
    heard: dict[int, str] = {}
    for row in connection.execute(
        select(status_event.c.claim_id, status_event.c.is_rejected)
        .where(
            among(connection, status_event.c.claim_id, wanted),
            status_event.c.kind == "277CA",
            status_event.c.is_rejected | status_event.c.is_accepted,
        )
        .order_by(status_event.c.effective, status_event.c.id)
    ):
        heard[row.claim_id] = "rejected" if row.is_rejected else "accepted"
    newest: dict[int, int] = {}
    for row in connection.execute(
        select(submission.c.id, submission.c.claim_id)
        .where(among(connection, submission.c.claim_id, sorted(heard)))
        .order_by(submission.c.sent_on, submission.c.id)
    ):
        newest[row.claim_id] = row.id
    if newest:
        connection.execute(
            update(submission)
            .where(submission.c.id == bindparam("row_id"), submission.c.acknowledgment == "")
            .values(acknowledgment=bindparam("heard")),
            [{"row_id": row_id, "heard": heard[claim_id]} for claim_id, row_id in newest.items()],
        )


def day_of(effective: date | None, received_at: datetime) -> date:
    return effective or received_at.date()


def _kind(kind: str, *, is_rejected: bool) -> EventKind:
    if is_rejected:
        return EventKind.REJECTED
    return EventKind.ACKNOWLEDGED if kind == "277CA" else EventKind.STATUS
