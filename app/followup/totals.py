"""Counts and dollars kept beside the scores, so that no screen counts a million rows: by queue, by last day, by
payer, by payer of what is worth a call, by reason code, by rule of the playbook, and by what a team has to see to.

The full re-rank writes them anew; an act on some claims moves them by the difference, in the same transaction as the
score rows. `verify_queues` proves them against the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.db import is_sqlite
from app.followup.narrow import BY_HAND, CALL_ACTIONS, RESTING
from app.followup.tables import CallTotal, DueTotal, GroupTotal, PayerTotal, QueueTotal, WorkScore

CLAIMS_AT_ONCE = 500  # engines bound the parameters of one statement

score = table_of(WorkScore)
queue_total = table_of(QueueTotal)
due_total = table_of(DueTotal)
call_total = table_of(CallTotal)
payer_total = table_of(PayerTotal)
group_total = table_of(GroupTotal)
TABLES = (queue_total, due_total, call_total, payer_total, group_total)  # as Totals has them

# What the groups of `GroupTotal` have in common. Of a team, only what is for today, that is in no resting queue.
CARC, RULE, TEAM = "carc", "rule", "team"
ASKED = "asked"  # a score, or a place before the score, sends somebody there (workqueues.decision.workable)
WORKED = "worked"  # touched, and not parked: nobody said when it comes back
FIRST = "first"  # put first by hand

Place = tuple[Any, ...]
Sums = dict[Place, tuple[int, ...]]  # place → (claims, open cents), and of calls (expected cents, seconds)


NOTHING: Sums = {}


class Totals(NamedTuple):
    by_queue: Sums  # of (practice, queue)
    by_last_day: Sums  # of (practice, last day), of the claims that are for today: in no resting queue
    by_called_payer: Sums  # of (practice, payer), of the claims for today that are worth a call
    by_payer: Sums = NOTHING  # of (practice, payer, queue)
    by_group: Sums = NOTHING  # of (practice, kind, name)


def totals_of(connection: Connection, claim_ids: Sequence[int]) -> Totals:
    """What these claims add to the totals as their score rows stand now."""
    parts = (claim_ids[first : first + CLAIMS_AT_ONCE] for first in range(0, len(claim_ids), CLAIMS_AT_ONCE))
    return totals_of_rows(
        row for part in parts for row in connection.execute(_ROWS_OF_SOME, {"claim_ids": list(part)})
    )


def totals_of_rows(rows: Iterable[Any]) -> Totals:
    """What score rows add to the totals, as a statement answered with their `COUNTED`."""
    found = Totals({}, {}, {}, {}, {})
    for row in rows:
        _add_row(found, row)
    return found


def true_totals(connection: Connection, scores: Table = score) -> Totals:
    """Counted from every row of the score table, or of one that is to take its place."""
    found = Totals({}, {}, {}, {}, {})
    for practice_id, queue, deadline, claims, cents in connection.execute(_sums(scores)):
        _add_place(found, practice_id, queue, deadline, int(claims), int(cents))
    for practice_id, payer_id, *sums in connection.execute(_call_sums(scores)):
        _add(found.by_called_payer, (practice_id, payer_id), *map(int, sums))
    for practice_id, payer_id, queue, *sums in connection.execute(_payer_sums(scores)):
        _add(found.by_payer, (practice_id, payer_id, queue), *map(int, sums))
    for kind, statement in _group_sums(scores):
        for practice_id, named, *sums in connection.execute(statement):
            _add(found.by_group, (practice_id, kind, named), *map(int, sums))
    return found


def kept_totals(connection: Connection) -> Totals:
    """As they are kept; a place that has emptied since the last full run is left out."""
    return Totals(*(_kept(connection, table) for table in TABLES))


class Standing(NamedTuple):
    """Open claims that have something in common."""

    claims: int
    open_cents: int
    expected_cents: int = 0


def standings_of(session: Session, practice_ids: Sequence[int], kind: str) -> dict[str, Standing]:
    """Name → what is kept of it behind these walls; names that have emptied are left out."""
    sums = group_total.c.claims, group_total.c.open_cents, group_total.c.expected_cents
    statement = (
        select(group_total.c.named, *map(func.sum, sums))
        .where(group_total.c.kind == kind, group_total.c.practice_id.in_(practice_ids))
        .group_by(group_total.c.named)
    )
    return {named: Standing(*map(int, rest)) for named, *rest in session.execute(statement) if rest[0]}


def standings_of_payers(
    session: Session, practice_ids: Sequence[int], payer_id: int | None = None
) -> dict[tuple[int, str], Standing]:
    """(payer, queue) → its claims behind these walls."""
    sums = payer_total.c.claims, payer_total.c.open_cents
    place = payer_total.c.payer_id, payer_total.c.queue
    statement = select(*place, *map(func.sum, sums)).where(payer_total.c.practice_id.in_(practice_ids))
    if payer_id is not None:
        statement = statement.where(payer_total.c.payer_id == payer_id)
    rows = session.execute(statement.group_by(*place))
    return {(payer, queue): Standing(int(claims), int(cents)) for payer, queue, claims, cents in rows if claims}


def recount_payers(connection: Connection, payer_ids: Sequence[int]) -> None:
    """Whose claims have changed payers among these: the totals by payer, counted from the rows; no other is moved."""
    for table, counted in ((call_total, _call_sums(score)), (payer_total, _payer_sums(score))):
        connection.execute(delete(table).where(table.c.payer_id.in_(payer_ids)))
        names = [column.name for column in table.columns]
        connection.execute(insert(table).from_select(names, counted.where(score.c.payer_id.in_(payer_ids))))


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


def _add_row(found: Totals, row: Any) -> None:
    """One claim, wherever it counts."""
    practice_id, dollars = row.practice_id, (1, row.open_cents)
    _add_place(found, practice_id, row.queue, row.deadline, *dollars)
    _add(found.by_payer, (practice_id, row.payer_id, row.queue), *dollars)
    groups = [(CARC, row.carc), (RULE, row.reason)]
    if row.queue not in RESTING:
        if row.action in CALL_ACTIONS:
            _add(found.by_called_payer, (practice_id, row.payer_id), *dollars, row.expected_cents, row.seconds)
        groups += [(TEAM, ASKED)] if row.score > 0 or row.tier > 0 else []
        groups += [(TEAM, WORKED)] if row.touches else []
        groups += [(TEAM, FIRST)] if row.tier >= BY_HAND else []
    for group in groups:
        _add(found.by_group, (practice_id, *group), *dollars, row.expected_cents)


def _add_place(found: Totals, practice_id: int, queue: str, deadline: date | None, claims: int, cents: int) -> None:
    _add(found.by_queue, (practice_id, queue), claims, cents)
    if deadline is not None and queue not in RESTING:
        _add(found.by_last_day, (practice_id, deadline), claims, cents)


def _add(sums: Sums, place: Place, *values: int) -> None:
    had = sums.get(place)
    sums[place] = values if had is None else tuple(map(add, had, values))


def _kept(connection: Connection, table: Table) -> Sums:
    width = len(table.primary_key)
    return {tuple(row[:width]): tuple(row[width:]) for row in connection.execute(select(table)) if row.claims}


def _move(connection: Connection, table: Table, before: Sums, after: Sums) -> None:
    rows = list(_differences(table, before, after))
    if rows:
        connection.execute(_ADD[is_sqlite(connection)][table.name], rows)


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


def _payer_sums(scores: Table) -> Select[Any]:
    place = scores.c.practice_id, scores.c.payer_id, scores.c.queue
    return select(*place, func.count(), func.sum(scores.c.open_cents)).group_by(*place)


def _group_sums(scores: Table) -> Iterator[tuple[str, Select[Any]]]:
    """Each kind with its sums; the names of a team's are those of the conditions."""
    sums = func.count(), func.sum(scores.c.open_cents), func.sum(scores.c.expected_cents)
    for kind, named in ((CARC, scores.c.carc), (RULE, scores.c.reason)):
        yield kind, select(scores.c.practice_id, named, *sums).group_by(scores.c.practice_id, named)
    conditions = {
        ASKED: or_(scores.c.score > 0, scores.c.tier > 0),
        WORKED: scores.c.touches > 0,
        FIRST: scores.c.tier >= BY_HAND,
    }
    for name, condition in conditions.items():
        is_counted = condition, scores.c.queue.not_in(RESTING)
        yield (
            TEAM,
            select(scores.c.practice_id, literal(name), *sums).where(*is_counted).group_by(scores.c.practice_id),
        )


def _seconds(scores: Table) -> ColumnElement[int]:
    return cast(func.round(scores.c.minutes * 60), BigInteger)  # by the engine itself, here as there


def _adding(table: Table, kind: Any) -> Any:
    """A difference added to what is kept; the first of a place is what is kept."""
    fresh = kind.insert(table)
    moved = {name: table.c[name] + fresh.excluded[name] for name in _summed(table)}
    return fresh.on_conflict_do_update(index_elements=list(table.primary_key), set_=moved)


COUNTED = (  # of a score row, all that says where it counts and for how much
    *(score.c.practice_id, score.c.queue, score.c.deadline, score.c.payer_id, score.c.action, score.c.open_cents),
    *(score.c.expected_cents, _seconds(score).label("seconds"), score.c.carc, score.c.reason),
    *(score.c.score, score.c.tier, score.c.touches),
)
_ROWS_OF_SOME = select(*COUNTED).where(score.c.claim_id.in_(bindparam("claim_ids", expanding=True)))
_ADD = {
    on_sqlite: {table.name: _adding(table, kind) for table in TABLES}
    for on_sqlite, kind in ((True, sqlite), (False, postgresql))
}
