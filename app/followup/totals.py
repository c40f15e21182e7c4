"""Counts and dollars kept beside the scores, so that no screen counts a million rows: by queue, and by last day.

The full re-rank writes them anew; an act on some claims moves them by the difference, in the same transaction as the
score rows. `verify_queues` proves them against the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core.bulk import table_of
from app.core.db import is_sqlite
from app.followup.narrow import RESTING
from app.followup.tables import DueTotal, QueueTotal, WorkScore

CLAIMS_AT_ONCE = 500  # engines bound the parameters of one statement

score = table_of(WorkScore)
queue_total = table_of(QueueTotal)
due_total = table_of(DueTotal)

Place = tuple[Any, ...]
Sums = dict[Place, tuple[int, int]]  # place → (claims, open cents)


class Totals(NamedTuple):
    by_queue: Sums  # of (practice, queue)
    by_last_day: Sums  # of (practice, last day), of the claims that are for today: in no resting queue


def totals_of(connection: Connection, claim_ids: Sequence[int]) -> Totals:
    """What these claims add to the totals as their score rows stand now."""
    found = Totals({}, {})
    for first in range(0, len(claim_ids), CLAIMS_AT_ONCE):
        part = list(claim_ids[first : first + CLAIMS_AT_ONCE])
        _add_up(found, connection.execute(_SUMS_OF_SOME, {"claim_ids": part}))
    return found


def true_totals(connection: Connection) -> Totals:
    """Counted from every score row."""
    found = Totals({}, {})
    _add_up(found, connection.execute(_SUMS))
    return found


def kept_totals(connection: Connection) -> Totals:
    """As they are kept; a place that has emptied since the last full run is left out."""
    return Totals(_kept(connection, queue_total), _kept(connection, due_total))


def rewrite_totals(connection: Connection) -> None:
    """All of them, from the rows."""
    found = true_totals(connection)
    for table, sums in ((queue_total, found.by_queue), (due_total, found.by_last_day)):
        connection.execute(delete(table))
        rows = [_row(table, place, sums[place]) for place in sorted(sums)]
        if rows:
            connection.execute(insert(table), rows)


def move_totals(connection: Connection, before: Totals, after: Totals) -> None:
    """By what acts on some claims changed."""
    _move(connection, queue_total, before.by_queue, after.by_queue)
    _move(connection, due_total, before.by_last_day, after.by_last_day)


def _add_up(found: Totals, rows: Iterable[Any]) -> None:
    for practice_id, queue, deadline, claims, cents in rows:
        _add(found.by_queue, (practice_id, queue), int(claims), int(cents))
        if deadline is not None and queue not in RESTING:
            _add(found.by_last_day, (practice_id, deadline), int(claims), int(cents))


def _add(sums: Sums, place: Place, claims: int, cents: int) -> None:
    had = sums.get(place, (0, 0))
    sums[place] = (had[0] + claims, had[1] + cents)


def _kept(connection: Connection, table: Table) -> Sums:
    return {tuple(row[:2]): (row.claims, row.open_cents) for row in connection.execute(select(table)) if row.claims}


def _move(connection: Connection, table: Table, before: Sums, after: Sums) -> None:
    for row in _differences(table, before, after):
        connection.execute(_ADD[is_sqlite(connection)][table.name], row)


def _differences(table: Table, before: Sums, after: Sums) -> Iterator[Mapping[str, Any]]:
    """In one order for everybody, so that two writers of several totals never wait for each other in a ring."""
    for place in sorted(before.keys() | after.keys()):
        claims, cents = (after.get(place, (0, 0))[at] - before.get(place, (0, 0))[at] for at in (0, 1))
        if claims or cents:
            yield _row(table, place, (claims, cents))


def _row(table: Table, place: Place, sums: tuple[int, int]) -> dict[str, Any]:
    names = [column.name for column in table.primary_key]
    return {**dict(zip(names, place, strict=True)), "claims": sums[0], "open_cents": sums[1]}


def _adding(table: Table, kind: Any) -> Any:
    """A difference added to what is kept; the first of a place is what is kept."""
    fresh = kind.insert(table)
    moved = {name: table.c[name] + fresh.excluded[name] for name in ("claims", "open_cents")}
    return fresh.on_conflict_do_update(index_elements=list(table.primary_key), set_=moved)


_SUMS = select(
    *(score.c.practice_id, score.c.queue, score.c.deadline, func.count(), func.sum(score.c.open_cents))
).group_by(score.c.practice_id, score.c.queue, score.c.deadline)
_SUMS_OF_SOME = _SUMS.where(score.c.claim_id.in_(bindparam("claim_ids", expanding=True)))
_ADD = {
    on_sqlite: {table.name: _adding(table, kind) for table in (queue_total, due_total)}
    for on_sqlite, kind in ((True, sqlite), (False, postgresql))
}
