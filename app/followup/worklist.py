"""The ranked list: read from the narrow score table by a covering index, paged by key, never by offset.

Names of patients and payers are joined for the page's rows only. Every query is scoped to the practices that the
person may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlmodel import Session

from app.core.bulk import is_one_of, table_of
from app.core.clock import Clock
from app.followup.filters import Filters
from app.followup.narrow import RESTING, Listed, behind_walls, score
from app.followup.tables import DueTotal, QueueTotal
from app.followup.work_row import WorkRow, beyond, edge_of, key_of, order_by, payer, select_rows, work_row
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


class ListTotal(NamedTuple):
    """How much a list is: exact, or `is_capped`, then its first COUNT_CAP claims and the dollars of those."""

    claims: int
    open_cents: int
    is_capped: bool = False


class Page(NamedTuple):
    rows: list[WorkRow]
    after: str  # the key of the next page, "" at the end
    total: ListTotal  # of the whole list


def queue_lines(session: Session, practice_ids: Sequence[int]) -> list[QueueLine]:
    """Count and dollars of every queue, in the waterfall's order."""
    found = session.execute(_queue_totals(tuple(practice_ids))).all()
    totals = {queue: (int(claims), int(cents)) for queue, claims, cents in found}
    return [QueueLine(queue, *totals.get(queue.key, (0, 0))) for queue in queues()]


def due_line(session: Session, practice_ids: Sequence[int], today: date, days: int) -> ListTotal:
    """Count and dollars of the list `Filters(due=days)`: exact, from the kept totals of a few days."""
    values = {"first": today, "last": today + timedelta(days=days)}
    claims, cents = session.execute(_due_totals(tuple(practice_ids)), values).one()
    return ListTotal(int(claims), int(cents))


def page(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    after: str = "",
    limit: int = PAGE_ROWS,
    is_counted: bool = True,
) -> Page:
    """One page of the ranked list and the list's own count and dollars; where they are not asked for, those of the
    page."""
    today = clock.today()
    listed = Listed.of(practice_ids, filters, today, person_id)
    edge = edge_of(filters.sort, after) if after else None
    statement = _page_statement(listed, is_further=edge is not None)
    found = session.execute(statement, {**listed.values(), "most_rows": limit + 1, **(edge or {})}).all()
    rows = [work_row(row, today, clock.now(), person_id) for row in found[:limit]]
    next_key = key_of(rows[-1], filters.sort) if len(found) > limit else ""
    is_whole = edge is None and not next_key and len(rows) <= COUNT_CAP  # then there is no need to count it
    if is_whole or not is_counted:
        return Page(rows, next_key, ListTotal(len(rows), sum(row.open_cents for row in rows)))
    return Page(rows, next_key, _count(session, listed))


def count_list(
    session: Session, practice_ids: Sequence[int], filters: Filters, clock: Clock, person_id: int
) -> ListTotal:
    """Claims and dollars of a list."""
    return _count(session, Listed.of(practice_ids, filters, clock.today(), person_id))


def _count(session: Session, listed: Listed) -> ListTotal:
    kept = _kept_count(session, listed.walls, listed.filters, listed.today)
    if kept is not None:
        return kept
    claims, cents = session.execute(_count_statement(listed), listed.values()).one()
    return ListTotal(min(int(claims), COUNT_CAP), int(cents), is_capped=claims > COUNT_CAP)


def _kept_count(session: Session, walls: Sequence[int], filters: Filters, today: date) -> ListTotal | None:
    """Of a whole queue, of all open work and of what is due soon: from kept totals, however many claims they are."""
    plain = replace(filters, practice=0)
    if filters.due and not filters.queue and not replace(plain, due=0).is_narrowed:
        return due_line(session, walls, today, filters.due)
    if plain.is_narrowed:
        return None
    of_each = session.execute(_queue_totals(tuple(walls))).all()
    wanted = [
        (int(claims), int(cents))
        for queue, claims, cents in of_each
        if (queue == filters.queue if filters.queue else queue not in RESTING)
    ]
    return ListTotal(sum(claims for claims, _ in wanted), sum(cents for _, cents in wanted))


def payers_in(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Payers with open work, by name."""
    return [(int(number), str(name)) for number, name in session.execute(_payers_statement(tuple(practice_ids)))]


# Building a statement takes longer than the engine needs to answer it, so those of a list are kept by what they say.


@lru_cache(maxsize=STATEMENTS_KEPT)
def _page_statement(listed: Listed, *, is_further: bool) -> Select[Any]:
    sort = listed.shape.sort
    statement = select_rows().where(*listed.conditions()).order_by(*order_by(sort))
    return (statement.where(beyond(sort)) if is_further else statement).limit(bindparam("most_rows"))


@lru_cache(maxsize=STATEMENTS_KEPT)
def _count_statement(listed: Listed) -> Select[Any]:
    return counting(listed.conditions())


def counting(narrowed: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Claims and dollars, of no more than one claim beyond the cap: it tells that there are more."""
    part = select(score.c.open_cents).where(*narrowed).limit(COUNT_CAP + 1).subquery()
    return select(func.count(), func.coalesce(func.sum(part.c.open_cents), 0)).select_from(part)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _payers_statement(practice_ids: tuple[int, ...]) -> Select[Any]:
    return select(payer.c.id, payer.c.name).where(has_open_work(practice_ids)).order_by(payer.c.name)


def has_open_work(practice_ids: Sequence[int]) -> ColumnElement[bool]:
    """Of a payer: a claim behind these walls is in a queue."""
    return exists().where(behind_walls(practice_ids), score.c.payer_id == payer.c.id)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _queue_totals(practice_ids: tuple[int, ...]) -> Select[Any]:
    return (
        select(queue_total.c.queue, func.sum(queue_total.c.claims), func.sum(queue_total.c.open_cents))
        .where(is_one_of(queue_total.c.practice_id, practice_ids))
        .group_by(queue_total.c.queue)
    )


@lru_cache(maxsize=STATEMENTS_KEPT)
def _due_totals(practice_ids: tuple[int, ...]) -> Select[Any]:
    day = due_total.c.deadline.type
    return select(
        func.coalesce(func.sum(due_total.c.claims), 0), func.coalesce(func.sum(due_total.c.open_cents), 0)
    ).where(
        is_one_of(due_total.c.practice_id, practice_ids),
        due_total.c.deadline.between(bindparam("first", type_=day), bindparam("last", type_=day)),
    )
