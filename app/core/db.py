"""Engines, transactions and the schema, the same for SQLite and PostgreSQL.

SQLite by default: WAL, one writer at a time. With its first statement a writing scope takes a lock inside the process
and begins IMMEDIATE, so two writers queue here instead of in the file, where the busy handler would stall them for
seconds. Reading scopes never wait. PostgreSQL needs neither: row locks do.

What was written moves from the log of the file into the file on a thread of its own (`app/core/checkpoint.py`): a
writer who did it at its commit would keep all others waiting.

Verbs never commit. The request, the job or the command opens one scope, and the scope commits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Self
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlmodel import Session, SQLModel

from app.core.checkpoint import checkpoint_soon, finish_checkpoint

BUSY_TIMEOUT_MS = 10_000  # another process (a command beside the server) may hold the file
WRITE_LOCK_SECONDS = 60.0
# Of a process: kept open, and as many again while many ask at once; on PostgreSQL for reading, and for writing.
CONNECTIONS = 16
STATEMENTS_KEPT = 500  # by a connection, prepared; the drivers' own hundred are fewer than a morning's pages ask
MOST_LOG_PAGES = 65_536  # 256 MB: beyond it the writer moves SQLite's log into the file itself, lest it grow for ever
PING_AFTER_SECONDS = 5.0  # so long unused, a connection to PostgreSQL is tried before it is lent
LAST_USE = "overturn_last_use"
WRITES = "overturn_writes"  # of a connection: the turn of the scope that writes with it
SPILLS = {"overturn_spills": True}  # for a scope that sorts a million rows: SQLite sorts in a file, not in memory
READS_ONLY = "overturn_reads_only"
TURN = "overturn_turn"

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {  # so that a migration can name what it changes, on every engine
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()  # the connections that only read, on PostgreSQL
_write_locks: dict[str, threading.Lock] = {}
_write_locks_guard = threading.Lock()


class DatabaseBusy(Exception):
    """Another writer kept the database for over a minute. Try again; if it stays, a writing scope was opened
    inside another one in the same thread."""


class WriteInReadScope(Exception):
    """Something was written in a reading scope, which never commits: it would have been lost without a word.
    Use session_scope; in a route, write under POST, or note a view with note_view."""


def make_engine(database_url: str) -> Engine:
    """The engine for an address: `sqlite:///path` or `postgresql+psycopg://…`."""
    if not database_url.startswith("sqlite"):
        engine = _postgresql(database_url)
        reader = _readers[engine] = _postgresql(database_url, isolation_level="REPEATABLE READ")
        event.listen(reader, "connect", _only_read)
        event.listen(engine, "engine_disposed", lambda _: reader.dispose())
        return engine
    engine = create_engine(
        database_url,
        poolclass=QueuePool,
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        pool_use_lifo=True,  # the connection used last knows the statements and has the pages at hand
        connect_args={
            "check_same_thread": False,
            "timeout": BUSY_TIMEOUT_MS / 1000,
            "cached_statements": STATEMENTS_KEPT,
        },
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "engine_disposed", lambda _: finish_checkpoint(engine.url.database or ""))
    return engine


@contextmanager
def session_scope(engine: Engine) -> Iterator[Session]:
    """One writing transaction: committed when the block ends, rolled back when it raises."""
    with (
        _turn_of(engine) as turn,
        Session(engine.execution_options(**{WRITES: turn}), expire_on_commit=False, info={TURN: turn}) as session,
    ):
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def commit_now(session: Session) -> None:
    """Commit a writing scope whose work is done although its block ends later, and let the next writer in."""
    session.commit()
    session.info[TURN].give()


def undo_now(session: Session) -> None:
    """The same for work that failed: nothing of it stays."""
    session.rollback()
    session.info[TURN].give()


@contextmanager
def read_scope(engine: Engine) -> Iterator[Session]:
    """One consistent view for reading: all that is read in it stood at one moment. It never waits for a writer and
    never writes.

    Closing, not rolling back, so that what was read stays readable after the block. On PostgreSQL it ends with a
    commit: at a rollback the driver forgets the statements that it has prepared, and the long ones take longer to
    plan than to answer.
    """
    reader = reading_engine(engine)
    with Session(reader, expire_on_commit=False, info={READS_ONLY: True}) as session:
        yield session
        if session.new or session.dirty or session.deleted:
            raise WriteInReadScope(WriteInReadScope.__doc__)
        if reader is not engine:
            session.commit()


@contextmanager
def late_writing_scope(engine: Engine) -> Iterator[tuple[Session, Callable[[], None]]]:
    """For work that reads for long and writes in the end: a session, and what to call before its first write.

    On SQLite everybody else may write until then; what was read before may be out of date after it, and whoever
    writes has to see to that. What was put into temporary tables before is there after it. On PostgreSQL it is one
    transaction, as in `session_scope`.
    """
    with ExitStack() as stack:
        connection = stack.enter_context(engine.execution_options(**SPILLS).connect())
        session = stack.enter_context(Session(connection, expire_on_commit=False))

        def begin_writing() -> None:
            if is_sqlite(engine):
                session.commit()
                connection.execution_options(**{WRITES: stack.enter_context(_turn_of(engine))})

        try:
            yield session, begin_writing
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def connection_scope(engine: Engine) -> Iterator[Connection]:
    """One writing transaction on a bare connection, for bulk work without the ORM."""
    with _turn_of(engine) as turn, engine.execution_options(**{WRITES: turn}).begin() as connection:
        yield connection


def reading_engine(engine: Engine) -> Engine:
    """Where a reading scope reads: on PostgreSQL down connections of its own, which cannot write."""
    return _readers.get(engine, engine)


def is_sqlite(engine_or_connection: Engine | Connection) -> bool:
    return engine_or_connection.dialect.name == "sqlite"


def refuse_in_read_scope(session: OrmSession, *_: object) -> None:
    """For whatever would be written later: a reading scope never comes to its commit."""
    if session.info.get(READS_ONLY):
        raise WriteInReadScope(WriteInReadScope.__doc__)


def _refuse_statement(state: ORMExecuteState) -> None:
    if state.session.info.get(READS_ONLY) and (state.is_insert or state.is_update or state.is_delete):
        raise WriteInReadScope(WriteInReadScope.__doc__)


event.listen(OrmSession, "before_flush", refuse_in_read_scope)
event.listen(OrmSession, "do_orm_execute", _refuse_statement)


class WriteTurn:
    """The process's one write lock of an SQLite file, for one scope: taken when its transaction begins, given back
    when that is over. A plain lock, not a re-entrant one: a request's scope may be closed by another thread."""

    def __init__(self, lock: threading.Lock, committed: Callable[[], None]) -> None:
        self._lock = lock
        self._committed = committed
        self._is_ours = False

    def take(self) -> None:
        if self._is_ours:
            return
        if not self._lock.acquire(timeout=WRITE_LOCK_SECONDS):
            raise DatabaseBusy(DatabaseBusy.__doc__)
        self._is_ours = True

    def give(self) -> None:
        if self._is_ours:
            self._is_ours = False
            self._lock.release()
            self._committed()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.give()


class NoTurn(WriteTurn):
    """On PostgreSQL nobody waits for a whole database."""

    def __init__(self) -> None:
        super().__init__(threading.Lock(), lambda: None)

    def take(self) -> None:
        return


def _turn_of(engine: Engine) -> WriteTurn:
    if not is_sqlite(engine):
        return NoTurn()
    address = engine.url.render_as_string()
    with _write_locks_guard:
        lock = _write_locks.setdefault(address, threading.Lock())
    return WriteTurn(lock, partial(checkpoint_soon, engine.url.database or ""))


def _postgresql(database_url: str, **options: Any) -> Engine:
    engine = create_engine(
        database_url, pool_size=CONNECTIONS, max_overflow=CONNECTIONS, pool_use_lifo=True, **options
    )
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ping_after_rest, engine.dialect))
    return engine


def _prepare_postgresql(connection: Any, entry: ConnectionPoolEntry) -> None:
    connection.prepared_max = STATEMENTS_KEPT
    connection.execute("SET jit = off")  # it translates a page's statement for longer than that takes to run
    connection.commit()


def _only_read(connection: Any, entry: ConnectionPoolEntry) -> None:
    connection.read_only = True


def _note_use(connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info[LAST_USE] = time.monotonic()


def _ping_after_rest(dialect: Dialect, connection: Any, entry: ConnectionPoolEntry, lent: Any) -> None:
    """A server that was started again meanwhile is met here and not by the request; one that answered just now need
    not be asked, which would take as long as a short answer."""
    rested = time.monotonic() - entry.info.get(LAST_USE, time.monotonic())
    if rested < PING_AFTER_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error  # all that are older than now go with it


def _prepare_sqlite(connection: Any, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own guess never begins for a read
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"wal_autocheckpoint = {MOST_LOG_PAGES}",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "cache_size = -65536",  # 64 MB
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    spills = bool(connection.get_execution_options().get("overturn_spills"))
    if connection.info.get("spills", False) != spills:  # SQLite takes it only between transactions
        connection.exec_driver_sql(f"PRAGMA temp_store = {'FILE' if spills else 'MEMORY'}")
        connection.info["spills"] = spills
    turn: WriteTurn | None = connection.get_execution_options().get(WRITES)
    if turn is not None:
        turn.take()
    connection.exec_driver_sql("BEGIN" if turn is None else "BEGIN IMMEDIATE")
