"""Write the whole score table at once: quick for the writer, and unseen by readers until it is done.

Putting a million rows one by one into eight indexes is what takes time, so the indexes are built when the rows are
there. On SQLite readers keep their snapshot, and the table is emptied and filled in place. On PostgreSQL, where
emptying would leave a million dead rows or shut readers out, a fresh table is filled beside the old one and takes its
name; writers wait meanwhile, readers only for the moment of the renaming.
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


def swap_scores(connection: Connection, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """Replace every row, in the caller's transaction; how many there are now. Every column has to be named."""
    if is_sqlite(connection):
        return _refill(connection, columns, rows)
    return _replace(connection, columns, rows)


def _refill(connection: Connection, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    indexes = sorted(score.indexes, key=lambda index: index.name or "")
    for index in indexes:
        connection.execute(DropIndex(index, if_exists=True))
    connection.execute(delete(score))  # without a condition SQLite frees whole pages
    count = insert_many(connection, score, columns, rows)
    for index in indexes:
        connection.execute(CreateIndex(index))
    return count


def _replace(connection: Connection, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    def run(statement: str) -> None:
        connection.exec_driver_sql(statement)

    run(f"LOCK TABLE {score.name} IN SHARE ROW EXCLUSIVE MODE")  # an in-place re-rank would write rows that go
    run(f"DROP TABLE IF EXISTS {FRESH}")
    fresh = Table(
        FRESH, MetaData(), *(Column(each.name, each.type, nullable=each.nullable) for each in score.columns)
    )
    connection.execute(CreateTable(fresh))
    count = insert_many(connection, fresh, columns, rows)
    names = {index.name: [column.name for column in index.columns] for index in score.indexes}
    for name, parts in names.items():
        run(f"CREATE INDEX {name}_fresh ON {FRESH} ({', '.join(parts)})")
    run(f"ALTER TABLE {FRESH} ADD CONSTRAINT {FRESH}_pkey PRIMARY KEY (claim_id)")
    run(f"ALTER TABLE {FRESH} ADD CONSTRAINT {FRESH}_claim FOREIGN KEY (claim_id) REFERENCES claim (id)")
    run(f"ANALYZE {FRESH}")
    run(f"DROP TABLE {score.name}")
    run(f"ALTER TABLE {FRESH} RENAME TO {score.name}")
    for name in names:
        run(f"ALTER INDEX {name}_fresh RENAME TO {name}")
    run(f"ALTER TABLE {score.name} RENAME CONSTRAINT {FRESH}_pkey TO pk_{score.name}")
    run(f"ALTER TABLE {score.name} RENAME CONSTRAINT {FRESH}_claim TO fk_{score.name}_claim_id_claim")
    return count
