"""Counts and dollars kept beside the scores, so that no screen counts a million rows: by queue, by last day, and by
payer of what is worth a call.

The full re-rank writes them anew; an act on some claims moves them by the difference, in the same transaction as the
score rows. `verify_queues` proves them against the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import add, sub
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.core.bulk import table_of
from app.core.db import is_sqlite
from app.followup.narrow import CALL_ACTIONS, RESTING
from app.followup.tables import CallTotal, DueTotal, QueueTotal, WorkScore

CLAIMS_AT_ONCE = 500  # engines bound the parameters of one statement

score = table_of(WorkScore)
queue_total = table_of(QueueTotal)
due_total = table_of(DueTotal)
call_total = table_of(CallTotal)
TABLES = (queue_total, due_total, call_total)  # as Totals has them

Place = tuple[Any, ...]
Sums = dict[Place, tuple[int, ...]]  # place → (claims, open cents), and of calls (expected cents, seconds)


class Totals(NamedTuple):
    by_queue: Sums  # of (practice, queue)
    by_last_day: Sums  # of (practice, last day), of the claims that are for today: in no resting queue
    by_called_payer: Sums  # of (practice, payer), of the claims for today that are worth a call


def totals_of(connection: Connection, claim_ids: Sequence[int]) -> Totals:
    """What these claims add to the totals as their score rows stand now."""
    found = Totals({}, {}, {})
    for first in range(0, len(claim_ids), CLAIMS_AT_ONCE):
        part = list(claim_ids[first : first + CLAIMS_AT_ONCE])
        for row in connection.execute(_ROWS_OF_SOME, {"claim_ids": part}):
            _add_place(found, row.practice_id, row.queue, row.deadline, 1, row.open_cents)
            if row.action in CALL_ACTIONS and row.queue not in RESTING:
                call = (1, row.open_cents, row.expected_cents, row.seconds)
                _add(found.by_called_payer, (row.practice_id, row.payer_id), *call)
    return found


def true_totals(connection: Connection, scores: Table = score) -> Totals:
    """Counted from every row of the score table, or of one that is to take its place."""
    found = Totals({}, {}, {})
    for practice_id, queue, deadline, claims, cents in connection.execute(_sums(scores)):
        _add_place(found, practice_id, queue, deadline, int(claims), int(cents))
    for practice_id, payer_id, *sums in connection.execute(_call_sums(scores)):
        _add(found.by_called_payer, (practice_id, payer_id), *map(int, sums))
    return found


def kept_totals(connection: Connection) -> Totals:
    """As they are kept; a place that has emptied since the last full run is left out."""
    return Totals(*(_kept(connection, table) for table in TABLES))


def rewrite_totals(connection: Connection, found: Totals | None = None) -> None:
    """All of them: as they were counted already, else from the rows."""
    found = found or true_totals(connection)
    for table, sums in zip(TABLES, found, strict=True):
        connection.execute(delete(table))
        rows = [_row(table, place, sums[place]) for place in sorted(sums)]
        if rows:
            connection.execute(insert(table), rows)


def move_totals(connection: Connection, before: Totals, after: Totals) -> None:
    """By what acts on some claims changed."""
    for table, had, has in zip(TABLES, before, after, strict=True):
        _move(connection, table, had, has)


def _add_place(found: Totals, practice_id: int, queue: str, deadline: date | None, claims: int, cents: int) -> None:
    _add(found.by_queue, (practice_id, queue), claims, cents)
    if deadline is not None and queue not in RESTING:
        _add(found.by_last_day, (practice_id, deadline), claims, cents)


def _add(sums: Sums, place: Place, *values: int) -> None:
    had = sums.get(place)
    sums[place] = values if had is None else tuple(map(add, had, values))


def _kept(connection: Connection, table: Table) -> Sums:
    return {tuple(row[:2]): tuple(row[2:]) for row in connection.execute(select(table)) if row.claims}


def _move(connection: Connection, table: Table, before: Sums, after: Sums) -> None:
    for row in _differences(table, before, after):
        connection.execute(_ADD[is_sqlite(connection)][table.name], row)


def _differences(table: Table, before: Sums, after: Sums) -> Iterator[Mapping[str, Any]]:
    """In one order for everybody, so that two writers of several totals never wait for each other in a ring."""
    nothing = (0,) * len(_summed(table))
    for place in sorted(before.keys() | after.keys()):
        moved = tuple(map(sub, after.get(place, nothing), before.get(place, nothing)))
        if any(moved):
            yield _row(table, place, moved)


def _row(table: Table, place: Place, sums: tuple[int, ...]) -> dict[str, Any]:
    names = [column.name for column in table.primary_key]
    return dict(zip([*names, *_summed(table)], [*place, *sums], strict=True))


def _summed(table: Table) -> list[str]:
    """The columns that hold sums, in the order of `Sums`."""
    return [column.name for column in table.columns if not column.primary_key]


def _sums(scores: Table) -> Select[Any]:
    place = scores.c.practice_id, scores.c.queue, scores.c.deadline
    return select(*place, func.count(), func.sum(scores.c.open_cents)).group_by(*place)


def _call_sums(scores: Table) -> Select[Any]:
    place = scores.c.practice_id, scores.c.payer_id
    summed = scores.c.open_cents, scores.c.expected_cents, _seconds(scores)
    is_called = scores.c.action.in_(CALL_ACTIONS), scores.c.queue.not_in(RESTING)
    return select(*place, func.count(), *map(func.sum, summed)).where(*is_called).group_by(*place)


def _seconds(scores: Table) -> ColumnElement[int]:
    return cast(func.round(scores.c.minutes * 60), BigInteger)  # by the engine itself, here as there


def _adding(table: Table, kind: Any) -> Any:
    """A difference added to what is kept; the first of a place is what is kept."""
    fresh = kind.insert(table)
    moved = {name: table.c[name] + fresh.excluded[name] for name in _summed(table)}
    return fresh.on_conflict_do_update(index_elements=list(table.primary_key), set_=moved)


_ROWS_OF_SOME = select(
    *(score.c.practice_id, score.c.queue, score.c.deadline, score.c.payer_id, score.c.action, score.c.open_cents),
    *(score.c.expected_cents, _seconds(score).label("seconds")),
).where(score.c.claim_id.in_(bindparam("claim_ids", expanding=True)))
_ADD = {
    on_sqlite: {table.name: _adding(table, kind) for table in TABLES}
    for on_sqlite, kind in ((True, sqlite), (False, postgresql))
}
