"""What only one process may do at a time, however many share a PostgreSQL database.

A turn is an advisory lock of the transaction: it ends with the commit, or with the process. On SQLite the one writing
scope orders everything, and nobody waits here.
"""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, text

from app.core.db import is_sqlite


class Turn(IntEnum):
    """Any numbers, the same in every process."""

    SCHEMA = 0x0BE21  # processes that start at once
    LOAD = 0x0BE22  # one set: a claim and its answer that came at the same moment would not see each other
    SETTLE = 0x0BE23  # what was answered gets its outcome once
    RANK = 0x0BE24  # the full re-rank rewrites whole tables
    CHAIN = 0x0BE27  # the end of the log's chain


def wait_turn(connection: Connection, turn: Turn) -> None:
    """Until the commit it is ours."""
    if not is_sqlite(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": int(turn)})
