"""The ranked list: read from the narrow score table by a covering index, paged by key, never by offset.

Names of patients and payers are joined for the page's rows only. Every query is scoped to the practices that the
person may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.filters import Filters
from app.followup.narrow import behind_walls, conditions, score
from app.followup.tables import DueTotal, QueueTotal
from app.followup.work_row import WorkRow, beyond, edge_of, key_of, order_by, payer, practice, select_rows, work_row
from workqueues.queues import Queue, queues

PAGE_ROWS = 50
COUNT_CAP = 1_000  # an exact count of a narrowed list is not worth a scan: "1,000+"
STATEMENTS_KEPT = 256

due_total = table_of(DueTotal)
queue_total = table_of(QueueTotal)


class QueueLine(NamedTuple):
    """One queue as the left pane shows it."""

    queue: Queue
    claims: int
    open_cents: int


class DueLine(NamedTuple):
    """Open work whose last day comes near."""

    claims: int
    open_cents: int


class Page(NamedTuple):
    rows: list[WorkRow]
    after: str  # the key of the next page, "" at the end
    claims: int  # of the whole list, exact up to COUNT_CAP
    is_capped: bool
    open_cents: int  # of the counted claims


def queue_lines(session: Session, practice_ids: Sequence[int]) -> list[QueueLine]:
    """Count and dollars of every queue, in the waterfall's order."""
    found = session.execute(_queue_totals(), {"practice_ids": list(practice_ids)})
    totals = {queue: (int(claims), int(cents)) for queue, claims, cents in found}
    return [QueueLine(queue, *totals.get(queue.key, (0, 0))) for queue in queues()]


def due_line(session: Session, practice_ids: Sequence[int], today: date, days: int) -> DueLine:
    """Count and dollars of the list `Filters(due=days)`: exact, from the kept totals of a few days."""
    values = {"practice_ids": list(practice_ids), "first": today, "last": today + timedelta(days=days)}
    claims, cents = session.execute(_due_totals(), values).one()
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
    seen = tuple(practice_ids)
    today, me = clock.today(), person_id if filters.owner == "me" else 0
    edge = edge_of(filters.sort, after) if after else None
    statement = _page_statement(seen, filters, today, me, is_further=edge is not None)
    found = session.execute(statement, {"most": limit + 1, **(edge or {})}).all()
    rows = [work_row(row, today, clock.now(), person_id) for row in found[:limit]]
    next_key = key_of(rows[-1], filters.sort) if len(found) > limit else ""
    if edge is None and not next_key and len(rows) <= COUNT_CAP:  # the whole list is here: no need to count it
        return Page(rows, "", len(rows), False, sum(row.open_cents for row in rows))
    counted, cents = count_list(session, seen, filters, clock, person_id)
    return Page(rows, next_key, min(counted, COUNT_CAP), counted > COUNT_CAP, cents)


def count_list(
    session: Session, practice_ids: Sequence[int], filters: Filters, clock: Clock, person_id: int
) -> tuple[int, int]:
    """Claims and dollars of a list, as `count_of` counts them."""
    me = person_id if filters.owner == "me" else 0
    counted, cents = session.execute(_count_statement(tuple(practice_ids), filters, clock.today(), me)).one()
    return int(counted), int(cents)


def count_of(session: Session, narrowed: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    """Exact up to the cap; beyond it the dollars are those of the capped part."""
    counted, cents = session.execute(counting(narrowed)).one()
    return int(counted), int(cents)


def payers_in(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Payers with open work, by name."""
    return [(int(number), str(name)) for number, name in session.execute(_payers_statement(tuple(practice_ids)))]


def practice_names(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """The practices behind these walls, by name."""
    found = session.execute(_practice_names(), {"practice_ids": list(practice_ids)})
    return [(int(number), str(name)) for number, name in found]


# Building a statement takes longer than the engine needs to answer it, so those of a list are kept by what they say.


@lru_cache(maxsize=STATEMENTS_KEPT)
def _page_statement(
    practice_ids: tuple[int, ...], filters: Filters, today: date, me: int, *, is_further: bool
) -> Select[Any]:
    statement = select_rows().where(*_narrowed(practice_ids, filters, today, me)).order_by(*order_by(filters.sort))
    return (statement.where(beyond(filters.sort)) if is_further else statement).limit(bindparam("most"))


@lru_cache(maxsize=STATEMENTS_KEPT)
def _count_statement(practice_ids: tuple[int, ...], filters: Filters, today: date, me: int) -> Select[Any]:
    return counting(_narrowed(practice_ids, filters, today, me))


@lru_cache(maxsize=STATEMENTS_KEPT)
def _narrowed(
    practice_ids: tuple[int, ...], filters: Filters, today: date, me: int
) -> tuple[ColumnElement[bool], ...]:
    return tuple(conditions(practice_ids, filters, today, me))


def counting(narrowed: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The statement behind `count_of`, for a list that is counted again and again."""
    part = select(score.c.open_cents).where(*narrowed).limit(COUNT_CAP + 1).subquery()
    return select(func.count(), func.coalesce(func.sum(part.c.open_cents), 0)).select_from(part)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _payers_statement(practice_ids: tuple[int, ...]) -> Select[Any]:
    with_work = exists().where(behind_walls(practice_ids), score.c.payer_id == payer.c.id)
    return select(payer.c.id, payer.c.name).where(with_work).order_by(payer.c.name)


@cache
def _practice_names() -> Select[Any]:
    return select(practice.c.id, practice.c.name).where(practice.c.id.in_(_seen())).order_by(practice.c.name)


@cache
def _queue_totals() -> Select[Any]:
    return (
        select(queue_total.c.queue, func.sum(queue_total.c.claims), func.sum(queue_total.c.open_cents))
        .where(queue_total.c.practice_id.in_(_seen()))
        .group_by(queue_total.c.queue)
    )


@cache
def _due_totals() -> Select[Any]:
    day = due_total.c.deadline.type
    return select(
        func.coalesce(func.sum(due_total.c.claims), 0), func.coalesce(func.sum(due_total.c.open_cents), 0)
    ).where(
        due_total.c.practice_id.in_(_seen()),
        due_total.c.deadline.between(bindparam("first", type_=day), bindparam("last", type_=day)),
    )


def _seen() -> ColumnElement[Any]:
    """The practices behind the reader's walls, told when the statement runs."""
    return bindparam("practice_ids", expanding=True)
