"""Requests take turns before they take a thread.

A writing request on SQLite holds the one write lock from its first statement to its commit, and its route runs in a
worker thread. Were every worker thread to wait for that lock, nobody could read, and a holder that needs a second
thread would find none to go on with. So requests wait here, in the event loop, where waiting costs nothing and the
first come is the first served: fewer are let in than there are threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from anyio import to_thread
from fastapi import Request

READERS = 26  # fewer than there are connections; a reader also writes for a moment: what it showed goes into the log
WRITERS = 20  # on PostgreSQL, where rows are locked
SQLITE_WRITERS = 4  # one of them writes; the others have read their form meanwhile, and are at the door
THREADS = 2 * (READERS + WRITERS)  # always more than are let in; looking a person up takes one for a moment too
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True)
class Turns:
    """The turns of one event loop."""

    readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READERS))
    writers: dict[int, asyncio.Semaphore] = field(default_factory=dict)  # by application


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


async def take_turn(request: Request) -> AsyncIterator[None]:
    """Hold a turn for as long as the request has its session."""
    async with _turn_for(request):
        yield


def _turn_for(request: Request) -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    turns = _turns.get(loop)
    if turns is None:
        turns = _turns[loop] = Turns()
        to_thread.current_default_thread_limiter().total_tokens = THREADS
    if request.method in SAFE:
        return turns.readers
    app: Any = request.app
    if id(app) not in turns.writers:
        is_sqlite = app.state.product.engine.dialect.name == "sqlite"
        turns.writers[id(app)] = asyncio.Semaphore(SQLITE_WRITERS if is_sqlite else WRITERS)
    return turns.writers[id(app)]
