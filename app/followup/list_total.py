"""How much a list is: claims and dollars.

Of a whole queue, of all open work and of what is due soon they are summed from kept totals (app/followup/totals.py),
exact however many claims they are. Any other list is counted claim by claim, up to a cap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, Table, bindparam, cast, func, select
from sqlmodel import Session

from app.core.bulk import at_most, is_one_of, table_of
from app.core.clock import Clock
from app.followup.filters import Filters
from app.followup.narrow import RESTING, STATEMENTS_KEPT, Listed, score
from app.followup.tables import DueTotal, QueueTotal

COUNT_CAP = 1_000  # an exact count of a narrowed list is not worth a scan: "1,000+"

due_total = table_of(DueTotal)
queue_total = table_of(QueueTotal)


class ListTotal(NamedTuple):
    """Exact, or `is_capped`, then the first COUNT_CAP claims and the dollars of those."""

    claims: int
    open_cents: int
    is_capped: bool = False


def count_list(
    session: Session, practice_ids: Sequence[int], filters: Filters, clock: Clock, person_id: int
) -> ListTotal:
    """Claims and dollars of a list."""
    return count_listed(session, Listed.of(practice_ids, filters, clock.today(), person_id))


def count_listed(session: Session, listed: Listed) -> ListTotal:
    """Claims and dollars of a list."""
    claims, cents = session.connection().execute(total_statement(listed), total_values(listed)).one()
    return as_total(listed, claims, cents)


@lru_cache(maxsize=STATEMENTS_KEPT)
def total_statement(listed: Listed) -> Select[Any]:
    """One row, claims and cents: for `as_total`. It is told `total_values`."""
    if not _is_kept(listed.filters):
        return counting(listed.conditions())
    if listed.filters.due:
        return due_statement(listed.walls)
    queue = queue_total.c.queue
    is_meant = queue == bindparam("queue_name", type_=queue.type) if listed.filters.queue else queue.not_in(RESTING)
    return _summed(queue_total, listed.walls, is_meant)


def total_values(listed: Listed) -> dict[str, Any]:
    """What `total_statement` is told of one list."""
    filters, today = listed.filters, listed.today
    if not _is_kept(filters):
        return listed.values()
    if filters.due:
        return due_values(filters, today)
    return {"queue_name": filters.queue} if filters.queue else {}


def due_statement(walls: Sequence[int]) -> Select[Any]:
    """Of what is due within some days: `due_values` says which."""
    day = due_total.c.deadline
    is_due = day.between(bindparam("due_first", type_=day.type), bindparam("due_last", type_=day.type))
    return _summed(due_total, walls, is_due)


def due_values(filters: Filters, today: date) -> dict[str, date]:
    return {"due_first": today, "due_last": today + timedelta(days=filters.due)}


def as_total(listed: Listed, claims: int, cents: int) -> ListTotal:
    is_capped = not _is_kept(listed.filters) and claims > COUNT_CAP
    return ListTotal(COUNT_CAP if is_capped else int(claims), int(cents), is_capped)


def counting(narrowed: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Claims and dollars, of no more than one claim beyond the cap: it tells that there are more."""
    part = select(score.c.open_cents).where(*narrowed).limit(at_most(COUNT_CAP + 1)).subquery()
    return _two(func.count(), _sum(part.c.open_cents)).select_from(part)


def _is_kept(filters: Filters) -> bool:
    """Are its claims and dollars kept, by queue or by last day?"""
    plain = replace(filters, practice=0, due=0)
    return not plain.is_narrowed and not (filters.due and filters.queue)


def _summed(totals: Table, walls: Sequence[int], is_meant: ColumnElement[bool]) -> Select[Any]:
    return _two(_sum(totals.c.claims), _sum(totals.c.open_cents)).where(
        is_one_of(totals.c.practice_id, walls), is_meant
    )


def _two(claims: Any, cents: Any) -> Select[Any]:
    return select(claims, cents)


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """As a whole number, which PostgreSQL makes a decimal one."""
    return func.coalesce(cast(func.sum(column), BigInteger), 0)
