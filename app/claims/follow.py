"""When one claim proves to be another, what people did about the first is about the second.

Every table that names a claim by a foreign key takes part, so that a slice need not know of this one and a new table
cannot be forgotten. What is worked out from the answers themselves (balances, denials, scores) is told anew by those
who work it out and stays out of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Connection, Table, delete, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from app.claims.tables import Claim
from app.core.bulk import table_of
from app.core.db import metadata

claim = table_of(Claim)

# Legs are never changed; the rest of these is posted, matched or worked out again for the claim that is left.
TOLD_ANEW = frozenset(
    {
        "posting",
        "claimbalance",
        "creditbalance",
        "claimpayment",
        "denial",
        "statusevent",
        "claimline",
        "underpayment",
        "workscore",
        "lease",
    }
)


def follow_claim(connection: Connection, claim_id: int, successor_id: int) -> int:
    """Everything that names the first claim names the second; returns how many rows. Where the second has a row that
    there can be only one of, its own stays."""
    moved = 0
    for table, column in naming_tables(claim):
        if table.name not in TOLD_ANEW:
            moved += _move(connection, table, column, claim_id, successor_id)
    return moved


def naming_tables(parent: Table) -> Iterator[tuple[Table, Column[int]]]:
    """Each table and its column that is a foreign key to this one."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is parent:
                yield table, key.parent


def _move(connection: Connection, table: Table, column: Column[int], old: int, new: int) -> int:
    others = [each for each in table.primary_key if each is not column]
    if column.primary_key:
        taken = select(*others).where(column == new) if others else None
        is_taken = tuple_(*others).in_(taken) if taken is not None else select(column).where(column == new).exists()
        connection.execute(delete(table).where(column == old, is_taken))
    try:
        with connection.begin_nested():
            return connection.execute(update(table).where(column == old).values({column.name: new})).rowcount
    except IntegrityError:
        return 0  # only one of them may be there (one open appeal a claim): the first claim's stays where it is
