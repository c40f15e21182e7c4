"""Write the whole score table at once: laid out beside the old one while everybody works on, then put in its place.

Putting a million rows one by one into eight indexes is what takes time, so indexes are built when the rows are there.
On SQLite, where there is one writer at a time, the rows are laid out in a temporary table, which is nobody else's
and needs no lock; taking the place is a copy of them. Readers keep their snapshot. On PostgreSQL, where emptying
would leave a million dead rows or shut readers out, a fresh table is filled and takes the old one's name: who reads
or ranks waits for the moment of the renaming.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, delete
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex

from app.core.bulk import insert_many, table_of
from app.core.db import is_sqlite
from app.followup.tables import WorkScore

FRESH = "workscore_fresh"
score = table_of(WorkScore)


def swap_scores(connection: Connection, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Replace every row, in the caller's transaction. Every column has to be named."""
    lay_out(connection, columns, rows)
    take_place(connection)


def lay_out(connection: Connection, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Table:
    """The rows in a table beside the old one; on PostgreSQL with its indexes and keys already."""
    on_sqlite = is_sqlite(connection)
    fresh = Table(
        FRESH,
        MetaData(),
        *(Column(each.name, each.type, nullable=each.nullable) for each in score.columns),
        prefixes=["TEMPORARY"] if on_sqlite else [],
    )
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {FRESH}")
    connection.execute(CreateTable(fresh))
    insert_many(connection, fresh, columns, rows, is_new=True)
    if not on_sqlite:
        for name, parts in _indexes().items():
            connection.exec_driver_sql(f"CREATE INDEX {name}_fresh ON {FRESH} ({', '.join(parts)})")
        connection.exec_driver_sql(f"ALTER TABLE {FRESH} ADD CONSTRAINT {FRESH}_pkey PRIMARY KEY (claim_id)")
        connection.exec_driver_sql(f"ANALYZE {FRESH}")
    return fresh


def take_place(connection: Connection) -> None:
    """What was laid out becomes the score table."""
    (_copy if is_sqlite(connection) else _rename)(connection)


def _copy(connection: Connection) -> None:
    indexes = sorted(score.indexes, key=lambda index: index.name or "")
    for index in indexes:
        connection.execute(DropIndex(index, if_exists=True))
    connection.execute(delete(score))  # without a condition SQLite frees whole pages
    names = ", ".join(f'"{column.name}"' for column in score.columns)
    connection.exec_driver_sql(f"INSERT INTO {score.name} ({names}) SELECT {names} FROM {FRESH} ORDER BY claim_id")
    for index in indexes:
        connection.execute(CreateIndex(index))
    connection.exec_driver_sql(f"DROP TABLE {FRESH}")


def _rename(connection: Connection) -> None:
    # Locks in the order in which a load takes them, claims first; and of the scores the whole lock at once: taken in
    # two steps, it would wait for somebody who has read the table and waits for it to write.
    for statement in (
        f"ALTER TABLE {FRESH} ADD CONSTRAINT {FRESH}_claim FOREIGN KEY (claim_id) REFERENCES claim (id)",
        f"LOCK TABLE {score.name} IN ACCESS EXCLUSIVE MODE",
        f"DROP TABLE {score.name}",
        f"ALTER TABLE {FRESH} RENAME TO {score.name}",
        *(f"ALTER INDEX {name}_fresh RENAME TO {name}" for name in _indexes()),
        f"ALTER TABLE {score.name} RENAME CONSTRAINT {FRESH}_pkey TO pk_{score.name}",
        f"ALTER TABLE {score.name} RENAME CONSTRAINT {FRESH}_claim TO fk_{score.name}_claim_id_claim",
    ):
        connection.exec_driver_sql(statement)


def _indexes() -> dict[str | None, list[str]]:
    return {index.name: [column.name for column in index.columns] for index in score.indexes}
