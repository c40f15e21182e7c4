"""Claim statuses that find another claim than when they came, read back from their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from app.claims.among import among
from app.claims.numbering import Numbers
from app.claims.register import KnownClaim, Register
from app.claims.tables import ClaimEvent, EventKind, Payer, Submission
from app.claims.timeline import Place, Timeline
from app.core.bulk import table_of
from app.matching.ladder import Match
from app.matching.standing import Said, apply_status
from app.matching.status_words import words
from app.matching.tables import Acknowledgment, StatusEvent

status_event = table_of(StatusEvent)
submission = table_of(Submission)
claim_event = table_of(ClaimEvent)
payer = table_of(Payer)
acknowledgment = table_of(Acknowledgment)


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
    settle_sendings(connection, touched)
    return touched


def hear_again(connection: Connection, claims: Mapping[int, KnownClaim], since: Mapping[int, date]) -> None:
    """A sending that comes late: what statuses said of the claim from that day on moves it as if they came after."""
    if not claims:
        return
    kinds = {row.id: row.kind for row in connection.execute(select(payer.c.id, payer.c.kind))}
    rows = connection.execute(
        select(status_event).where(among(connection, status_event.c.claim_id, sorted(claims)))
    ).all()
    for row in sorted(rows, key=lambda row: (day_of(row.effective, row.received_at), row.id)):
        claim, on = claims[row.claim_id], day_of(row.effective, row.received_at)
        if on >= since[claim.id]:
            said = Said(on, row.category, row.is_rejected, row.is_accepted, row.source_is_payer)
            apply_status(claim, said, kinds.get(claim.payer_id, ""))


def settle_sendings(connection: Connection, claim_ids: Collection[int], *, afresh: bool = False) -> None:
    """Which sendings of these claims were accepted and which rejected, from everything that was said of them: by
    control number (999, TA1), and by a 277CA, which has the last word. `afresh`: a sending came after what was said,
    which may have been taken for another one's."""
    if not claim_ids:
        return
    rows = connection.execute(
        select(submission.c.id, submission.c.claim_id, submission.c.sent_on, submission.c.acknowledgment)
        .where(among(connection, submission.c.claim_id, sorted(claim_ids)))
        .order_by(submission.c.sent_on, submission.c.id)
    ).all()
    sendings: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        sendings[row.claim_id].append(row)
    by_number = _said_by_number(connection, sorted(sendings))
    now = {row.id: by_number.get(row.id, "" if afresh else row.acknowledgment) for row in rows}
    for heard in _said_of_claims(connection, sorted(sendings)):
        on = day_of(heard.effective, heard.received_at)
        meant = _meant(sendings[heard.claim_id], on, is_rejected=heard.is_rejected)
        now[meant.id] = "rejected" if heard.is_rejected else "accepted"
    changes = [{"row_id": row.id, "heard": now[row.id]} for row in rows if now[row.id] != row.acknowledgment]
    if changes:
        connection.execute(
            update(submission)
            .where(submission.c.id == bindparam("row_id"))
            .values(acknowledgment=bindparam("heard")),
            changes,
        )


def _said_by_number(connection: Connection, claim_ids: Sequence[int]) -> dict[int, str]:
    """What a 999, a TA1 or a refused batch says of each sending."""
    is_same = [
        (acknowledgment.c[name] == "") | (acknowledgment.c[name] == submission.c[name])
        for name in ("group_control_number", "set_control_number", "interchange_control_number", "batch_reference")
    ]
    rows = connection.execute(
        select(submission.c.id, acknowledgment.c.is_rejected)
        .join(acknowledgment, and_(acknowledgment.c.sent_file_id == submission.c.file_id, *is_same))
        .where(among(connection, submission.c.claim_id, claim_ids))
        .order_by(acknowledgment.c.is_rejected)
    )
    return {row.id: "rejected" if row.is_rejected else "accepted" for row in rows}


def _said_of_claims(connection: Connection, claim_ids: Sequence[int]) -> Sequence[Any]:
    rows = connection.execute(
        select(
            *(status_event.c.claim_id, status_event.c.is_rejected, status_event.c.effective),
            *(status_event.c.received_at, status_event.c.id),
        ).where(
            among(connection, status_event.c.claim_id, claim_ids),
            status_event.c.kind == "277CA",
            status_event.c.is_rejected | status_event.c.is_accepted,
        )
    ).all()
    return sorted(rows, key=lambda row: (day_of(row.effective, row.received_at), row.id))


def _meant(sendings: Sequence[Any], on: date, *, is_rejected: bool) -> Any:
    """The newest sending of that day or before. What was rejected is often sent again on the same day: of several, a
    rejection means one of an earlier day."""
    before = [row for row in sendings if row.sent_on < on or (row.sent_on == on and not is_rejected)]
    return (before or sendings)[-1 if before else 0]


def day_of(effective: date | None, received_at: datetime) -> date:
    return effective or received_at.date()


def _kind(kind: str, *, is_rejected: bool) -> EventKind:
    if is_rejected:
        return EventKind.REJECTED
    return EventKind.ACKNOWLEDGED if kind == "277CA" else EventKind.STATUS
