"""Two payers prove to be one: everything that names the first names the second, in one transaction.

Every table that names a payer by a foreign key takes part, so that a new table cannot be forgotten. Names and ids by
which files know the first then lead to the second. The first payer's row stays as its old name and leads on. Where
the second has a row of which there can be only one (a clock, its ways of filing), its own holds, and the first
payer's stays with its old row, out of use. No leg of the ledger names a payer, so no amount can change.

What moved is written down, row by row: taking the merge back moves exactly that, and nothing that came since.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, UniqueConstraint, delete, exists, literal, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app.audit.record import record
from app.claims.among import among
from app.claims.follow import naming_tables
from app.claims.tables import Claim, Coverage, Payer, PayerIdentifier, PayerKind, PayerMerge
from app.core.bulk import insert_many, table_of
from app.core.clock import Clock

payer = table_of(Payer)
claim = table_of(Claim)
coverage = table_of(Coverage)
identifier = table_of(PayerIdentifier)

LEARNED = frozenset({"allowedshare"})  # worked out again from the claims themselves
FILLED = ("phone", "website")  # what the second payer takes over where it has nothing


class MergeRefused(ValueError):
    """They cannot be made one, or taken apart; the message says why. Nothing was changed."""


class Moved(NamedTuple):
    """What a merge moved, as it is packed."""

    rows: dict[str, list[Any]]  # table → row numbers; [0] for a table whose only key is the payer
    doubled: list[dict[str, Any]]  # coverages that the second payer had of the same person and member
    filled: dict[str, str]  # the second payer's columns as they were
    besides: dict[str, Any]  # what the caller has changed

    def packed(self) -> bytes:
        return zlib.compress(json.dumps(self._asdict(), separators=(",", ":")).encode())

    @classmethod
    def unpack(cls, packed: bytes) -> Moved:
        return cls(**json.loads(zlib.decompress(packed)))


def merge_payers(
    session: Session, first: Payer, second: Payer, *, person_name: str, clock: Clock, besides: dict[str, Any]
) -> PayerMerge:
    """`first` is `second` from now on. `besides` is kept with it for whoever takes it apart. Raises MergeRefused."""
    old, new = _held(session, first, second)
    if first.merged_into_id is not None or second.merged_into_id is not None or old == new:
        raise MergeRefused("One of them was merged meanwhile: look again.")
    connection = session.connection()
    session.flush()
    connection.execute(update(identifier).where(identifier.c.payer_id == old).values(merged_from_id=old))
    rows = {}
    for table, column in naming_tables(payer):
        if table.name not in LEARNED and (numbers := _move(connection, table, column, old, new)):
            rows[table.name] = numbers
    doubled = [dict(row._mapping) for row in connection.execute(select(coverage).where(coverage.c.payer_id == old))]
    connection.execute(delete(coverage).where(coverage.c.payer_id == old))
    session.expire_all()
    filled = _fill(first, second)
    first.merged_into_id = new
    moved = Moved(rows, doubled, filled, besides)
    made = PayerMerge(
        from_id=old,
        into_id=new,
        merged_at=clock.now(),
        person_name=person_name,
        claims=len(rows.get(claim.name, ())),
        packed=moved.packed(),
    )
    session.add_all([first, second, made])
    session.flush()
    counts = {table: len(numbers) for table, numbers in sorted(rows.items())}
    detail = {"merge": made.id, "from": [old, first.name], "into": [new, second.name], "rows": counts}
    record(session, "payer.merge", object_type="payer", object_id=new, detail=detail)
    return made


def take_apart(session: Session, made: PayerMerge, *, clock: Clock) -> dict[str, Any]:
    """Both payers again, with the rows that each had; returns the caller's `besides`. Raises MergeRefused.

    What files have brought since, under either name, stays with the second.
    """
    first, second = session.get_one(Payer, made.from_id), session.get_one(Payer, made.into_id)
    old, new = _held(session, first, second)
    if made.undone_at is not None or first.merged_into_id != new:
        raise MergeRefused("It was taken apart already.")
    if second.merged_into_id is not None:
        raise MergeRefused(f"{second.name} was merged with another payer since: take that apart first.")
    moved = Moved.unpack(made.packed)
    connection = session.connection()
    for table, column in naming_tables(payer):
        _rename(connection, table, column, moved.rows.get(table.name, []), new, old)
    connection.execute(update(identifier).where(identifier.c.payer_id == old).values(merged_from_id=None))
    names = tuple(coverage.c.keys())
    insert_many(connection, coverage, names, [tuple(row[name] for name in names) for row in moved.doubled])
    session.expire_all()
    for name, value in moved.filled.items():
        setattr(second, name, value)
    first.merged_into_id, made.undone_at = None, clock.now()
    session.add_all([first, second, made])
    session.flush()
    detail = {"merge": made.id, "from": [old, first.name], "into": [new, second.name]}
    record(session, "payer.merge_undone", object_type="payer", object_id=new, detail=detail)
    return moved.besides


def survivor_of(session: Session, payer_id: int) -> Payer | None:
    """The payer itself, or the one that it proved to be."""
    found = session.get(Payer, payer_id)
    seen: set[int] = set()
    while found is not None and found.merged_into_id is not None and found.merged_into_id not in seen:
        seen.add(found.merged_into_id)
        found = session.get(Payer, found.merged_into_id)
    return found


def merges_into(session: Session, payer_id: int) -> list[tuple[PayerMerge, str]]:
    """What stands merged into this payer, newest first, with the old name."""
    statement = (
        select_rows(PayerMerge, Payer.name)
        .join(Payer, col(Payer.id) == PayerMerge.from_id)
        .where(PayerMerge.into_id == payer_id, col(PayerMerge.undone_at).is_(None))
        .order_by(col(PayerMerge.id).desc())
    )
    return list(session.exec(statement).all())


def _held(session: Session, first: Payer, second: Payer) -> tuple[int, int]:
    """Both rows as they are now, in the order of their numbers; loads that name them wait (`Directory`)."""
    for each in sorted((first, second), key=lambda each: each.id or 0):
        session.refresh(each, with_for_update=True)
    assert first.id is not None
    assert second.id is not None
    return first.id, second.id


def _move(connection: Connection, table: Table, column: ColumnElement[Any], old: int, new: int) -> list[Any]:
    """Those that the other payer has no row instead of; which ones they were."""
    free = [~_is_taken(table, column, key, new) for key in _keys_with(table, column)]
    own = _own_key(table, column)
    numbers = list(connection.execute(select(own).where(column == old, *free).order_by(own)).scalars())
    _rename(connection, table, column, numbers, old, new)
    return numbers


def _rename(
    connection: Connection, table: Table, column: ColumnElement[Any], numbers: list[Any], was: int, becomes: int
) -> None:
    if not numbers:
        return
    own = _own_key(table, column)
    which = () if len(table.primary_key.columns) == 1 and column.primary_key else (among(connection, own, numbers),)
    connection.execute(update(table).where(column == was, *which).values({column.key: becomes}))


def _own_key(table: Table, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The key of a row beside its payer; 0 where the payer is the whole key."""
    others = [each for each in table.primary_key if each is not column]
    if len(others) > 1:
        raise TypeError(f"{table.name} has a key of several columns beside the payer: say how it is moved")
    return others[0] if others else literal(0)


def _keys_with(table: Table, column: ColumnElement[Any]) -> list[Sequence[ColumnElement[Any]]]:
    """What of the table there can be only one of for a payer: each without the payer's own column."""
    unique = [list(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
    keys = [list(table.primary_key), *unique]
    return [[each for each in key if each is not column] for key in keys if column in key]


def _is_taken(
    table: Table, column: ColumnElement[Any], key: Sequence[ColumnElement[Any]], new: int
) -> ColumnElement[bool]:
    other = table.alias()
    same = [other.c[each.key] == each for each in key]  # type: ignore[index]  # a table's column has a key
    return exists(select(literal(1)).select_from(other).where(other.c[column.key] == new, *same))  # type: ignore[index]


def _fill(first: Payer, second: Payer) -> dict[str, str]:
    """What the second knows nothing of, from the first; returns what stood there."""
    before = {name: "" for name in FILLED if getattr(first, name) and not getattr(second, name)}
    if second.kind == PayerKind.OTHER and first.kind != PayerKind.OTHER:
        before["kind"] = second.kind
    for name in before:
        setattr(second, name, getattr(first, name))
    return before
