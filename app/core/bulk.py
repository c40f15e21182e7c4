"""Many rows at once: the driver's executemany on SQLite, COPY on PostgreSQL; a few by INSERT on both.

Measured on 850,000 rows: the ORM's add_all took 103 s, the driver 1.7 s. Rows are tuples in the order of the
columns; values are converted by the column types, so dates, instants, enums and JSON go in as Python values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, SQLColumnExpression, Table, false, literal, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

ROWS_PER_STATEMENT = 5_000  # bounds what one executemany holds in memory
FEW = 10  # rows: a COPY of its own asks the server three times, and its statement is never prepared

Row = Sequence[Any]
Rows = Iterable[Row]


def table_of(model: type[SQLModel] | Table) -> Table:
    """The table behind a model class."""
    if isinstance(model, Table):
        return model
    table = model.__table__  # type: ignore[attr-defined]  # set by SQLModel on every table=True class
    assert isinstance(table, Table)
    return table


def is_one_of(column: SQLColumnExpression[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """`column IN (1, 2, 3)` with the numbers written out, for a statement that is kept for just these.

    Numbers told when a statement runs are put into its text each time, which takes as long as a short answer.
    """
    return column.in_([written(number) for number in numbers]) if numbers else false()


class Tested(FunctionElement[Any]):
    """A column that is tested row by row, and never a reason for SQLite to read the index that begins with it.

    PostgreSQL knows how many rows a value has, so it is told the plain column: of a sum it would guess far too few.
    """

    type: TypeEngine[Any]
    inherit_cache = True
    name = "tested"

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Tested)
def _as_column(element: Tested, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(Tested, "sqlite")
def _without_index(element: Tested, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def written(number: int) -> ColumnElement[int]:
    """A number as part of a statement's text, for a statement that is kept for just this one."""
    return literal_column(str(int(number)))


class AtMost(FunctionElement[int]):
    """`.limit(at_most(50))`. Each engine plans best with a limit that is said its own way.

    PostgreSQL takes a limit that is told when a statement runs for a tenth of all rows: no plan made ahead seems good
    then, and it plans anew each time, which takes as long as the answer. There it is written. SQLite thinks that few
    of a million rows are sorted for nothing when it reads how few they are, and sorts them: there it is told.
    """

    type = Integer()
    inherit_cache = True
    name = "at_most"


@compiles(AtMost)
def _written(element: AtMost, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(next(iter(element.clauses)), **options)


@compiles(AtMost, "sqlite")
def _told(element: AtMost, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(list(element.clauses)[1], **options)


def at_most(number: int) -> ColumnElement[int]:
    """So many rows: see AtMost."""
    made: ColumnElement[int] = AtMost(written(number), literal(number))
    return made


def insert_many(
    connection: Connection, model: type[SQLModel] | Table, columns: Sequence[str], rows: Rows, *, is_new: bool = False
) -> int:
    """Insert rows of `columns`; returns how many. Defaults in Python do not apply: name every column.

    `is_new`: the table was made in this transaction. PostgreSQL then notes at once that everybody sees the rows, and
    whoever reads an index need not look up each row to know it.
    """
    table = table_of(model)
    if connection.dialect.name == "postgresql":
        source = iter(rows)
        first = [] if is_new else list(islice(source, FEW + 1))
        if is_new or len(first) > FEW:
            return _copy(connection, table, columns, chain(first, source), "WITH (FREEZE)" if is_new else "")
        rows = first
    return _execute_many(connection, _insert_statement(connection, table, columns), table, columns, rows)


def upsert_many(
    connection: Connection,
    model: type[SQLModel] | Table,
    columns: Sequence[str],
    rows: Rows,
    *,
    key: Sequence[str],
    update: Sequence[str] | None = None,
) -> int:
    """Insert rows, or where `key` (a unique constraint) is taken, set `update` (default: every other column).

    `update=()` leaves an existing row alone. Returns how many rows were offered.
    """
    table = table_of(model)
    changed = [name for name in columns if name not in key] if update is None else list(update)
    quote = connection.dialect.identifier_preparer.quote
    conflict = ", ".join(quote(name) for name in key)
    sets = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in changed)
    action = f"DO UPDATE SET {sets}" if sets else "DO NOTHING"
    statement = f"{_insert_statement(connection, table, columns)} ON CONFLICT ({conflict}) {action}"
    return _execute_many(connection, statement, table, columns, rows)


def _insert_statement(connection: Connection, table: Table, columns: Sequence[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    names = ", ".join(quote(name) for name in columns)
    marks = ", ".join(mark for _ in columns)
    return f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"


def _execute_many(connection: Connection, statement: str, table: Table, columns: Sequence[str], rows: Rows) -> int:
    convert = _row_converter(connection, table, columns)
    cursor = connection.connection.cursor()
    count = 0
    try:
        source = iter(rows)
        while batch := [convert(row) for row in islice(source, ROWS_PER_STATEMENT)]:
            cursor.executemany(statement, batch)
            count += len(batch)
    finally:
        cursor.close()
    return count


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Rows, how: str) -> int:
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    convert = _row_converter(connection, table, columns)
    count = 0
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN {how}") as copy:
            for row in rows:
                copy.write_row(convert(row))
                count += 1
    finally:
        cursor.close()
    return count


def _row_converter(connection: Connection, table: Table, columns: Sequence[str]) -> Callable[[Row], Row]:
    """How a row of Python values becomes a row of driver values: nothing to do for most columns."""
    processors: list[tuple[int, Callable[[Any], Any]]] = []
    for position, name in enumerate(columns):
        processor = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if processor is not None:
            processors.append((position, processor))
    if not processors:
        return lambda row: row

    def convert(row: Row) -> Row:
        values = list(row)
        for position, processor in processors:
            values[position] = processor(values[position])
        return values

    return convert
