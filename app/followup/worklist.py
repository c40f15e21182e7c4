"""The ranked list: read from the narrow score table by a covering index, paged by key, never by offset.

Names of patients and payers are joined for the page's rows only. Every query is scoped to the practices that the
person may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlmodel import Session

from app.core.bulk import at_most, is_one_of, written
from app.core.clock import Clock
from app.followup.filters import Filters
from app.followup.list_total import COUNT_CAP, ListTotal, count_listed, queue_total
from app.followup.narrow import STATEMENTS_KEPT, Listed, is_walked, leading, score
from app.followup.work_row import WorkRow, beyond, edge_of, key_of, order_by, payer, select_rows, work_row
from workqueues.queues import Queue, queues

PAGE_ROWS = 50


CREDITS = "credit"  # the queue


class QueueLine(NamedTuple):
    """One queue as the left pane shows it."""

    queue: Queue
    claims: int
    open_cents: int

    @property
    def shown_cents(self) -> int | None:
        """None: nothing is open in a queue of credits, of which we hold too much; /money/credits sums them."""
        return None if self.queue.key == CREDITS else self.open_cents


class Page(NamedTuple):
    rows: list[WorkRow]
    after: str  # the key of the next page, "" at the end
    listed: Listed
    counted: ListTotal | None  # the whole list, where it was counted or is short

    @property
    def total(self) -> ListTotal:
        """Of the whole list. Raises ValueError where it was not counted."""
        if self.counted is None:
            raise ValueError("this page's list was not counted")
        return self.counted


def queue_lines(session: Session, practice_ids: Sequence[int]) -> list[QueueLine]:
    """Count and dollars of every queue, in the waterfall's order."""
    return in_waterfall(session.connection().execute(queue_totals(tuple(practice_ids))).all())


def in_waterfall(found: Iterable[Sequence[Any]]) -> list[QueueLine]:
    """What `queue_totals` found, with the queues that are empty."""
    totals = {queue: (int(claims), int(cents)) for queue, claims, cents in found}
    return [QueueLine(queue, *totals.get(queue.key, (0, 0))) for queue in queues()]


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
    """One page of the ranked list, with the count and dollars of the whole where they are asked for."""
    today = clock.today()
    listed = Listed.of(practice_ids, filters, today, person_id)
    edge = edge_of(filters.sort, after) if after else None
    statement = _page_statement(listed, limit + 1, is_further=edge is not None)
    found = session.connection().execute(statement, {**listed.values(), **(edge or {})}).all()
    rows = [work_row(row, today, clock.now(), person_id) for row in found[:limit]]
    next_key = key_of(rows[-1], filters.sort) if len(found) > limit else ""
    if edge is None and not next_key and len(rows) <= COUNT_CAP:  # it is all here
        total = ListTotal(len(rows), sum(row.open_cents for row in rows))
        return Page(rows, next_key, listed, total)
    return Page(rows, next_key, listed, count_listed(session, listed) if is_counted else None)


def payers_in(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Payers with open work, by name."""
    return [(int(number), str(name)) for number, name in session.execute(_payers_statement(tuple(practice_ids)))]


@lru_cache(maxsize=STATEMENTS_KEPT)
def _page_statement(listed: Listed, most: int, *, is_further: bool) -> Select[Any]:
    """Read in its order down an index that leads to its rows; else the claims are chosen from the scores alone, and
    only the chosen ones are looked up."""
    sort, walked = listed.shape.sort, is_walked(listed.shape)
    narrowed = [*listed.conditions(), *([beyond(sort, is_walked=walked)] if is_further else [])]
    ordered = order_by(sort, is_walked=walked)
    if walked and leading(listed.shape):
        return select_rows().where(*narrowed).order_by(*ordered).limit(at_most(most))
    chosen = select(score.c.claim_id).where(*narrowed).order_by(*ordered).limit(at_most(most))
    return select_rows().where(score.c.claim_id.in_(chosen)).order_by(*order_by(sort, is_walked=False))


@lru_cache(maxsize=STATEMENTS_KEPT)
def _payers_statement(practice_ids: tuple[int, ...]) -> Select[Any]:
    return select(payer.c.id, payer.c.name).where(has_open_work(practice_ids)).order_by(payer.c.name)


def has_open_work(practice_ids: Sequence[int]) -> ColumnElement[bool]:
    """Of a payer: a claim behind these walls is in a queue. The sum keeps either engine from looking for each wall's
    first claim, where the payer's first one will do."""
    walls = is_one_of(score.c.practice_id + written(0), practice_ids)
    return exists().where(walls, score.c.payer_id == payer.c.id)


@lru_cache(maxsize=STATEMENTS_KEPT)
def queue_totals(practice_ids: tuple[int, ...]) -> Select[Any]:
    return (
        select(queue_total.c.queue, func.sum(queue_total.c.claims), func.sum(queue_total.c.open_cents))
        .where(is_one_of(queue_total.c.practice_id, practice_ids))
        .group_by(queue_total.c.queue)
    )
