"""Prove that every open cent stands in exactly one queue, and that the counts beside the queues are true."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlmodel import Session

from app.claims.tables import Claim
from app.core.bulk import table_of
from app.core.money import format_cents
from app.followup.tables import Assignment, Snooze, WorkScore
from app.followup.totals import Sums, kept_totals, true_totals
from app.ledger.tables import ClaimBalance
from workqueues.queues import queues

NAMED = 10  # faults named one by one; the count is exact

score = table_of(WorkScore)
balance = table_of(ClaimBalance)
claim = table_of(Claim)
assignment = table_of(Assignment)
snooze = table_of(Snooze)


class QueueReport(NamedTuple):
    counted: dict[str, int]
    faults: list[str]


def verify_queues(session: Session) -> QueueReport:
    """Leftovers (open, in no queue), strays (in a queue, nothing open), stale rows, wrong dollars and counts."""
    is_open = or_(balance.c.insurance_cents != 0, balance.c.patient_cents != 0)
    left_out = (
        select(balance.c.claim_id)
        .select_from(balance.outerjoin(score, score.c.claim_id == balance.c.claim_id))
        .where(is_open, score.c.claim_id.is_(None))
    )
    strays = (
        select(score.c.claim_id)
        .select_from(score.outerjoin(balance, balance.c.claim_id == score.c.claim_id))
        .where(or_(balance.c.claim_id.is_(None), ~is_open))
    )
    unequal = (
        select(score.c.claim_id)
        .select_from(score.join(balance, balance.c.claim_id == score.c.claim_id))
        .where(score.c.open_cents != _positive(balance.c.insurance_cents) + _positive(balance.c.patient_cents))
    )
    moved = (
        select(score.c.claim_id)
        .select_from(score.join(claim, claim.c.id == score.c.claim_id))
        .where(or_(score.c.practice_id != claim.c.practice_id, score.c.payer_id != claim.c.payer_id))
    )
    disowned = (
        select(score.c.claim_id)
        .select_from(score.outerjoin(assignment, assignment.c.claim_id == score.c.claim_id))
        .where(func.coalesce(score.c.owner_id, 0) != func.coalesce(assignment.c.person_id, 0))
    )
    dateless = select(score.c.claim_id).where(score.c.next_on.is_(None))
    unparked = (
        select(score.c.claim_id)
        .select_from(score.outerjoin(snooze, snooze.c.claim_id == score.c.claim_id))
        .where(score.c.queue == "snoozed", snooze.c.claim_id.is_(None))
    )
    unknown = select(score.c.claim_id).where(score.c.queue.not_in([queue.key for queue in queues()]))
    faults = [
        *_named(session, left_out, "open and in no queue"),
        *_named(session, strays, "in a queue with nothing open"),
        *_named(session, unequal, "in its queue with other dollars than its books"),
        *_named(session, unknown, "in a queue that does not exist"),
        *_named(session, moved, "in the queues of another practice or payer than its own"),
        *_named(session, disowned, "in its queue under another owner than its assignment"),
        *_named(session, dateless, "in its queue without a next date"),
        *_named(session, unparked, "parked in its queue though nothing parks it"),
        *_wrong_totals(session),
    ]
    claims, cents = session.execute(
        select(func.count(), func.coalesce(func.sum(score.c.open_cents), 0)).select_from(score)
    ).one()
    return QueueReport({"claims in exactly one queue": int(claims), "open cents in queues": int(cents)}, faults)


def _positive(column: ColumnElement[int]) -> ColumnElement[int]:
    """The open part; a credit is not open money."""
    return case((column > 0, column), else_=0)


def _named(session: Session, statement: Select[tuple[int]], what: str) -> list[str]:
    found = list(session.execute(statement.order_by(*statement.selected_columns).limit(NAMED + 1)).scalars())
    if not found:
        return []
    listed = ", ".join(str(claim_id) for claim_id in found[:NAMED])
    more = " and more" if len(found) > NAMED else ""
    return [f"{what}: claims {listed}{more}"]


def _wrong_totals(session: Session) -> list[str]:
    """The kept totals against the rows themselves."""
    true, kept = true_totals(session.connection()), kept_totals(session.connection())
    return [
        *_unequal("queue", true.by_queue, kept.by_queue),
        *_unequal("due", true.by_last_day, kept.by_last_day),
        *_unequal("calls to payer", true.by_called_payer, kept.by_called_payer),
        *_unequal("payer", true.by_payer, kept.by_payer),
        *_unequal("claims by", true.by_group, kept.by_group),
    ]


def _unequal(what: str, true: Sums, kept: Sums) -> list[str]:
    return [
        f"practice {place[0]}, {what} {' '.join(map(str, place[1:]))}: {kept.get(place, (0, 0))[0]} claims and "
        f"{format_cents(kept.get(place, (0, 0))[1])} are shown, {true.get(place, (0, 0))[0]} and "
        f"{format_cents(true.get(place, (0, 0))[1])} are there"
        for place in sorted(true.keys() | kept.keys())
        if true.get(place) != kept.get(place)
    ]
