"""The ranked list: read from the narrow score table by a covering index, paged by key, never by offset.

Names of patients and payers are joined for the page's rows only. Every query is scoped to the practices that the
person may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlmodel import Session

from app.claims.tables import Payer, Practice
from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.filters import Filters
from app.followup.find import patient
from app.followup.narrow import behind_walls, claim, come_back, conditions, score
from app.followup.tables import DueTotal, Lease, QueueTotal
from workqueues.queues import Queue, queues

PAGE_ROWS = 50
COUNT_CAP = 1_000  # an exact count of a narrowed list is not worth a scan: "1,000+"

payer = table_of(Payer)
practice = table_of(Practice)
lease = table_of(Lease)
due_total = table_of(DueTotal)


class QueueLine(NamedTuple):
    """One queue as the left pane shows it."""

    queue: Queue
    claims: int
    open_cents: int


class DueLine(NamedTuple):
    """Open work whose last day comes near."""

    claims: int
    open_cents: int


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of the list, ready to print."""

    claim_id: int
    patient: str
    patient_control_number: str
    payer: str
    payer_id: int
    practice: str
    queue: str
    action: str
    why: str
    open_cents: int
    expected_cents: int
    odds: float
    minutes: float
    score: float
    rank_key: float
    tier: int
    deadline: date | None
    days_left: int | None
    age_days: int
    first_service: date | None
    carc: str
    next_on: date | None
    holder: str  # who has it open, if not the reader
    owner_id: int | None
    back: str  # why it was parked, when it has come back and nobody touched it since


class Page(NamedTuple):
    rows: list[WorkRow]
    after: str  # the key of the next page, "" at the end
    claims: int  # of the whole list, exact up to COUNT_CAP
    is_capped: bool
    open_cents: int  # of the counted claims


def queue_lines(session: Session, practice_ids: Sequence[int]) -> list[QueueLine]:
    """Count and dollars of every queue, in the waterfall's order."""
    statement = (
        select(QueueTotal.queue, func.sum(QueueTotal.claims), func.sum(QueueTotal.open_cents))  # type: ignore[call-overload]
        .where(QueueTotal.practice_id.in_(practice_ids))  # type: ignore[attr-defined]
        .group_by(QueueTotal.queue)
    )
    totals = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(statement)}
    return [QueueLine(queue, *totals.get(queue.key, (0, 0))) for queue in queues()]


def due_line(session: Session, practice_ids: Sequence[int], today: date, days: int) -> DueLine:
    """Count and dollars of the list `Filters(due=days)`: exact, from the kept totals of a few days."""
    statement = select(
        func.coalesce(func.sum(due_total.c.claims), 0), func.coalesce(func.sum(due_total.c.open_cents), 0)
    ).where(
        due_total.c.practice_id.in_(practice_ids), due_total.c.deadline.between(today, today + timedelta(days=days))
    )
    claims, cents = session.execute(statement).one()
    return DueLine(int(claims), int(cents))


def page(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    after: str = "",
    limit: int = PAGE_ROWS,
) -> Page:
    """One page of the ranked list and the list's own count and dollars."""
    narrowed = conditions(practice_ids, filters, clock.today(), person_id)
    order, key = _order(filters.sort)
    statement = _rows().where(*narrowed).order_by(*order)
    if after:
        statement = statement.where(_beyond(filters.sort, after))
    found = session.execute(statement.limit(limit + 1)).all()
    rows = [_row(row, clock, person_id) for row in found[:limit]]
    next_key = key(found[limit - 1]) if len(found) > limit else ""
    counted, cents = count_of(session, narrowed)
    return Page(rows, next_key, min(counted, COUNT_CAP), counted > COUNT_CAP, cents)


def find_row(
    session: Session, practice_ids: Sequence[int], claim_id: int, clock: Clock, person_id: int
) -> WorkRow | None:
    """The line of one claim, or None when it is not open or not theirs to see."""
    statement = _rows().where(score.c.claim_id == claim_id, score.c.practice_id.in_(practice_ids))
    row = session.execute(statement).first()
    return _row(row, clock, person_id) if row is not None else None


def rows_of(
    session: Session, practice_ids: Sequence[int], claim_ids: Sequence[int], clock: Clock, person_id: int
) -> list[WorkRow]:
    """The lines of these claims in rank, of those that are open and theirs to see."""
    statement = (
        _rows()
        .where(score.c.claim_id.in_(claim_ids), score.c.practice_id.in_(practice_ids))
        .order_by(*_order("rank")[0])
    )
    return [_row(row, clock, person_id) for row in session.execute(statement)]


def next_claim_id(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    past: int = 0,
) -> int | None:
    """The best claim for this person now, to look at; `next_to_hold` is the one to take."""
    found = next_to_hold(session, practice_ids, filters, clock, person_id=person_id, past=past, for_keeps=False)
    return found.claim_id if found is not None else None


class Place(NamedTuple):
    claim_id: int
    practice_id: int


def next_to_hold(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    past: int = 0,
    for_keeps: bool = True,
) -> Place | None:
    """The best claim for this person now: in rank, not held by somebody else, and not the one just left.

    A colleague's own claims are served only to whoever asks for an owner.

    `for_keeps`: it is about to be leased. On PostgreSQL the row is then locked and rows that others are taking at
    this moment are skipped, so that no two people wait for each other; SQLite has one
    writer at a time and ignores that clause.
    """
    statement = (
        select(score.c.claim_id, score.c.practice_id)
        .where(
            *conditions(practice_ids, filters, clock.today(), person_id),
            score.c.claim_id != past,
            ~exists().where(
                lease.c.claim_id == score.c.claim_id, lease.c.expires_at > clock.now(), lease.c.person_id != person_id
            ),
            *([] if filters.owner else [func.coalesce(score.c.owner_id, person_id) == person_id]),
        )
        .order_by(*_order(filters.sort)[0])
        .limit(1)
    )
    if for_keeps:
        statement = statement.with_for_update(skip_locked=True)
    found = session.connection().execute(statement).first()
    return Place(found.claim_id, found.practice_id) if found is not None else None


def neighbour_id(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    row: WorkRow | None,
) -> int | None:
    """The claim behind this one in the list; at the end of the list, the best of what is left."""
    if row is not None:
        narrowed = conditions(practice_ids, filters, clock.today(), person_id)
        statement = (
            select(score.c.claim_id)
            .where(*narrowed, _beyond(filters.sort, _key_of(row, filters.sort)), score.c.claim_id != row.claim_id)
            .order_by(*_order(filters.sort)[0])
            .limit(1)
        )
        found: int | None = session.execute(statement).scalar()
        if found is not None:
            return found
    past = row.claim_id if row is not None else 0
    return next_claim_id(session, practice_ids, filters, clock, person_id=person_id, past=past)


def payers_in(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Payers with open work, by name."""
    with_work = exists().where(behind_walls(practice_ids), score.c.payer_id == payer.c.id)
    statement = select(payer.c.id, payer.c.name).where(with_work).order_by(payer.c.name)
    return [(int(row.id), str(row.name)) for row in session.execute(statement)]


def practice_names(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """The practices behind these walls, by name."""
    statement = (
        select(practice.c.id, practice.c.name).where(practice.c.id.in_(practice_ids)).order_by(practice.c.name)
    )
    return [(int(row.id), str(row.name)) for row in session.execute(statement)]


@cache
def _rows() -> Select[Any]:
    return select(
        score,
        claim.c.patient_control_number,
        claim.c.first_service,
        patient.c.last_name,
        patient.c.first_name,
        payer.c.name.label("payer_name"),
        practice.c.name.label("practice_name"),
        lease.c.person_id.label("holder_id"),
        lease.c.person_name.label("holder_name"),
        lease.c.expires_at.label("held_until"),
        come_back.c.reason.label("back"),
    ).select_from(
        score.join(claim, claim.c.id == score.c.claim_id)
        .join(patient, patient.c.id == claim.c.patient_id)
        .join(payer, payer.c.id == score.c.payer_id)
        .join(practice, practice.c.id == score.c.practice_id)
        .outerjoin(lease, lease.c.claim_id == score.c.claim_id)
        .outerjoin(come_back, and_(come_back.c.claim_id == score.c.claim_id, come_back.c.touch_id.is_(None)))
    )


def _order(sort: str) -> tuple[tuple[Any, ...], Any]:
    if sort == "balance":
        return (score.c.open_cents.desc(), score.c.claim_id), lambda row: f"{row.open_cents}.{row.claim_id}"
    if sort == "age":
        return (score.c.age_days.desc(), score.c.claim_id), lambda row: f"{row.age_days}.{row.claim_id}"
    if sort == "deadline":
        due = func.coalesce(score.c.deadline, NEVER)
        return (due, score.c.claim_id), lambda row: f"{(row.deadline or NEVER).isoformat()}.{row.claim_id}"
    return (score.c.rank_key.desc(), score.c.claim_id), lambda row: f"{row.rank_key!r}.{row.claim_id}"


def _key_of(row: WorkRow, sort: str) -> str:
    """The place of a row already read, as `_beyond` takes it."""
    value = {
        "balance": str(row.open_cents),
        "age": str(row.age_days),
        "deadline": (row.deadline or NEVER).isoformat(),
    }.get(sort, repr(row.rank_key))
    return f"{value}.{row.claim_id}"


NEVER = date(9999, 12, 31)  # where a claim without a known deadline sorts


def _beyond(sort: str, after: str) -> ColumnElement[bool]:
    """Rows behind the key of the last row shown. A key that makes no sense starts from the top."""
    value, _, number = after.rpartition(".")
    try:
        claim_id = int(number)
        if sort == "deadline":
            due = func.coalesce(score.c.deadline, NEVER)
            edge = date.fromisoformat(value)
            return or_(due > edge, and_(due == edge, score.c.claim_id > claim_id))
        column = {"balance": score.c.open_cents, "age": score.c.age_days}.get(sort, score.c.rank_key)
        limit = float(value)
    except ValueError:
        return score.c.claim_id > 0
    return or_(column < limit, and_(column == limit, score.c.claim_id > claim_id))


def count_of(session: Session, narrowed: list[ColumnElement[bool]]) -> tuple[int, int]:
    """Exact up to the cap; beyond it the dollars are those of the capped part."""
    part = select(score.c.open_cents).where(*narrowed).limit(COUNT_CAP + 1).subquery()
    counted, cents = session.execute(
        select(func.count(), func.coalesce(func.sum(part.c.open_cents), 0)).select_from(part)
    ).one()
    return int(counted), int(cents)


def _row(row: Any, clock: Clock, person_id: int) -> WorkRow:
    held = row.holder_id is not None and row.holder_id != person_id and row.held_until > clock.now()
    return WorkRow(
        claim_id=row.claim_id,
        patient=", ".join(part for part in (row.last_name, row.first_name) if part),
        patient_control_number=row.patient_control_number,
        payer=row.payer_name,
        payer_id=row.payer_id,
        practice=row.practice_name,
        queue=row.queue,
        action=row.action,
        why=row.why,
        open_cents=row.open_cents,
        expected_cents=row.expected_cents,
        odds=row.odds,
        minutes=row.minutes,
        score=row.score,
        rank_key=row.rank_key,
        tier=row.tier,
        deadline=row.deadline,
        days_left=(row.deadline - clock.today()).days if row.deadline else None,
        age_days=row.age_days,
        first_service=row.first_service,
        carc=row.carc,
        next_on=row.next_on,
        holder=row.holder_name if held else "",
        owner_id=row.owner_id,
        back=row.back or "",
    )
