"""SQLite's write-ahead log is moved into the database file beside the work, not within it.

SQLite would do it at the commit that makes the log long enough: that commit then takes a hundred times as long, and
whoever waits to write waits for it. Here a thread does it, every ten seconds at most, and keeps nobody from reading
or writing; what it does not get to is done the next time. Closing the last connection moves what is left. A load that
writes faster than the thread moves does it itself now and then (`MOST_LOG_PAGES`), so that the log stays bounded.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

LEAST_SECONDS = (
    10.0  # between two: at the next one a writer waits once for the disk, and a busy log grows by 2 MB a second
)

_log = logging.getLogger(__name__)
_guard = threading.Lock()
_busy_or_last: dict[str, float] = {}  # by file: when the last one ended; while one works, never
_threads: dict[str, threading.Thread] = {}  # by file: the last one
_NEVER = float("inf")


def checkpoint_soon(path: str) -> None:
    """Called after every commit. `path`: the database file; empty for one in memory, which has no log."""
    now = time.monotonic()
    with _guard:
        if not path or now < _busy_or_last.get(path, -_NEVER) + LEAST_SECONDS:
            return
        _busy_or_last[path] = _NEVER
        thread = _threads[path] = threading.Thread(target=_checkpoint, args=(path,), name="checkpoint", daemon=True)
        thread.start()


def finish_checkpoint(path: str) -> None:
    """Wait for what works now: whoever has closed the database may copy the file, with everything in it."""
    with _guard:
        thread = _threads.pop(path, None)
    if thread is not None:
        thread.join()


def _checkpoint(path: str) -> None:
    try:
        with closing(sqlite3.connect(_address(path), uri=True, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    except sqlite3.Error as error:  # the file is gone, or full: the next commit asks again, and says what it meets
        _log.warning("the log of %s was not moved into it: %s", path, error)
    finally:
        with _guard:
            _busy_or_last[path] = time.monotonic()


def _address(path: str) -> str:
    """Of the file, which is not made anew if it is gone."""
    return f"{Path(path).absolute().as_uri()}?mode=rw"
