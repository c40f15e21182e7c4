"""With several processes on PostgreSQL, one of them schedules: whoever holds the lock.

The lock belongs to a database connection of its own. It is free the moment its process ends, however it ends, and the
next process that looks has it. The connection carries the process's name, so everybody can ask who leads. On SQLite
one process serves, and it leads.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from zlib import crc32

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.core.db import is_sqlite

log = logging.getLogger(__name__)

SCHEDULE_LOCK = 0x0BE28  # beside the audit chain's number
JOB_LOCKS = 0x0BE29  # the first half of every job's lock; the second is made from its key
LOOK_SECONDS = 2.0  # how often a process looks whether it may lead, and a leader whether it still does
NAME_LENGTH = 63  # what PostgreSQL keeps of a connection's name
PREFIX = "overturn schedule "


class Leading(NamedTuple):
    """The process that schedules now."""

    name: str  # host:process id
    since: datetime


def own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


class Leader:
    """Tries for the lead in a thread of its own until it is stopped."""

    def __init__(
        self,
        engine: Engine,
        *,
        elected: Callable[[], None],
        lost: Callable[[], None],
        name: str = "",
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self.engine = engine
        self.elected = elected
        self.lost = lost
        self.name = name or own_name()
        self.look_seconds = look_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="overturn-leader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._try_and_hold()
            except SQLAlchemyError as error:  # the server went away: look again, as after any lost election
                log.warning("the schedule's connection is lost: %s", error)
            self._stopped.wait(self.look_seconds)

    def _try_and_hold(self) -> None:
        """Lead for as long as the lock is ours. Returns when it is somebody else's or when we are stopped."""
        with _connection_named(self.engine, f"{PREFIX}{self.name}"[:NAME_LENGTH]) as connection:
            while not _try_lock(connection, SCHEDULE_LOCK):
                if self._stopped.wait(self.look_seconds):
                    return
            log.info("%s schedules now", self.name)
            self.elected()
            try:
                while not self._stopped.wait(self.look_seconds):
                    connection.execute(text("SELECT 1"))  # raises when the connection, and with it the lock, is gone
            finally:
                self.lost()


def leading(session: Session) -> Leading | None:
    """Who schedules, as the database itself knows it; None when nobody does."""
    row = session.connection().execute(_HOLDER, {"lock": SCHEDULE_LOCK}).first()
    return Leading(row.application_name.removeprefix(PREFIX), row.backend_start) if row is not None else None


_HOLDER = text(
    """SELECT activity.application_name, activity.backend_start
       FROM pg_locks JOIN pg_stat_activity activity ON activity.pid = pg_locks.pid
       WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :lock AND objsubid = 1
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
)


@contextmanager
def only_one(engine: Engine, key: str) -> Iterator[bool]:
    """Is this job ours to run? On PostgreSQL a job runs once at a time on all machines together."""
    if is_sqlite(engine):
        yield True
        return
    with _connection_named(engine, f"overturn job {key}"[:NAME_LENGTH]) as connection:
        half = crc32(key.encode()) & 0x7FFFFFFF
        yield bool(
            connection.scalar(text("SELECT pg_try_advisory_lock(:all, :one)"), {"all": JOB_LOCKS, "one": half})
        )


def _try_lock(connection: Connection, number: int) -> bool:
    return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": number}))


@contextmanager
def _connection_named(engine: Engine, name: str) -> Iterator[Connection]:
    """A connection outside the pool: closing it really closes it, and frees its locks.

    The server notices within half a minute when the machine at the other end is gone.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
        for setting, seconds in (("idle", 15), ("interval", 5), ("count", 3)):
            connection.exec_driver_sql(f"SET tcp_keepalives_{setting} = {seconds}")
        yield connection
