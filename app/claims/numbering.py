"""Row numbers before the row is written, so that rows that name each other can go in as plain tuples.

On SQLite one process writes at a time, so the next number is one past the highest. On PostgreSQL others insert
beside us: numbers are drawn from the table's own sequence, a block at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text
from sqlmodel import SQLModel

from app.core.bulk import table_of

BLOCK = 500  # numbers drawn from a sequence at once; those left over are never used


class Numbers:
    """The next row numbers of one table, for the length of one transaction."""

    __slots__ = ("_connection", "_model", "_source")

    def __init__(self, connection: Connection, model: type[SQLModel]) -> None:
        self._connection = connection
        self._model = model
        self._source: Iterator[int] | None = None

    def next(self) -> int:
        if self._source is None:
            self._source = self._from_sequence() if self._connection.dialect.name == "postgresql" else self._counted()
        return next(self._source)

    def _counted(self) -> Iterator[int]:
        table = table_of(self._model)
        number = self._connection.execute(select(func.max(table.c.id))).scalar() or 0
        while True:
            number += 1
            yield number

    def _from_sequence(self) -> Iterator[int]:
        table = table_of(self._model)
        statement = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        while True:
            yield from self._connection.execute(statement, {"name": table.name, "count": BLOCK}).scalars().all()
