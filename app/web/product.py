"""What a running product is made of, and the dependencies by which a route gets at it.

A route asks for `Database` and gets one session for its whole request: a reading one for GET, a writing one
otherwise, committed after the route returned and before the answer leaves. A verb inside never commits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine
from sqlmodel import Session

from app.audit.actor import Actor, act_as
from app.audit.record import record
from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import TURN, commit_now, is_sqlite, read_scope, session_scope, undo_now
from app.web.turns import take_turn

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_Told = ParamSpec("_Told")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Product:
    """One per application, at `app.state.product`."""

    settings: Settings
    engine: Engine
    clock: Clock


@dataclass(slots=True)
class Seen:
    """A view to be written in the log once the page was made: reading pages hold no writing session."""

    action: str
    fields: dict[str, Any] = field(default_factory=dict)


def product_of(request: Request) -> Product:
    found = request.app.state.product
    assert isinstance(found, Product)
    return found


def actor_in(request: Request) -> Actor:
    """Who acts in this request; sign-in fills it, before that it is only an address."""
    known = getattr(request.state, "actor", None)
    if isinstance(known, Actor):
        return known
    return Actor(
        ip=client_ip(request),
        user_agent=request.headers.get("user-agent", ""),
        request_id=getattr(request.state, "request_id", ""),
    )


def client_ip(request: Request) -> str:
    """The caller's address, through as many proxies as the settings trust and no more."""
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    trusted = product_of(request).settings.trusted_proxies
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.client.host if request.client else ""


async def open_session(
    request: Request, turn: Annotated[None, Depends(take_turn, scope="function")]
) -> AsyncIterator[Session]:
    """The request's one session.

    It is also what says who is there. Before writing on SQLite that is settled first: looking a person up writes now
    and then, and there is one writer at a time. A trip to a worker thread is made only for what may wait: on a busy
    machine each costs more than a query. Nothing is asked of the database before the first statement, and a route
    that writes has committed when it returns (`committing`).
    """
    product = product_of(request)
    identify = request.app.state.identify
    is_reading = request.method in SAFE_METHODS
    if not is_reading and is_sqlite(product.engine):
        await identify(request)
    scope = read_scope(product.engine) if is_reading else session_scope(product.engine)
    async with _open(scope, waits_to_close=not (is_reading and is_sqlite(product.engine))) as session:
        await identify(request, session)
        act_as(session, lambda: actor_in(request), product.clock)
        yield session
    if getattr(request.state, "views", []):
        await run_in_threadpool(write_views, request)


@asynccontextmanager
async def _open(scope: AbstractContextManager[Session], *, waits_to_close: bool) -> AsyncIterator[Session]:
    """Opening a session asks nothing of the database; closing one waits for nobody if it only read in SQLite, or if
    its work is committed already."""

    async def close(*error: Any) -> bool | None:
        if waits_to_close and session.in_transaction():
            return await run_in_threadpool(scope.__exit__, *error)
        return scope.__exit__(*error)

    session = scope.__enter__()
    try:
        yield session
    except BaseException as error:
        if not await close(type(error), error, error.__traceback__):
            raise
    else:
        await close(None, None, None)


def committing(route: Callable[_Told, _Answer]) -> Callable[_Told, _Answer]:
    """The same route, which commits what it wrote in the thread in which it wrote it.

    Left to the end of the request's session, the commit would wait for the event loop and for a free thread, and all
    that while everybody would wait for the one writer, or on PostgreSQL for the rows that it changed.
    """

    @wraps(route)
    def committed(*args: _Told.args, **values: _Told.kwargs) -> _Answer:
        sessions = [value for value in values.values() if isinstance(value, Session) and TURN in value.info]
        try:
            answer = route(*args, **values)
        except BaseException:
            for session in sessions:
                undo_now(session)
            raise
        for session in sessions:
            commit_now(session)
        return answer

    return committed


def note_view(request: Request, action: str, **fields: Any) -> None:
    """Say that this page showed something private: `note_view(request, "claim.view", object_type="claim", …)`.

    Takes what `record` takes. Written after the page was made and before it leaves: no page without its event.
    A refusal is noted the same way; it is written although what the request did is rolled back.
    """
    views: list[Seen] = getattr(request.state, "views", [])
    views.append(Seen(action, fields))
    request.state.views = views


def write_views(request: Request) -> None:
    views: list[Seen] = getattr(request.state, "views", [])
    if not views:
        return
    request.state.views = []
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        for seen in views:
            record(session, seen.action, **seen.fields)


# Coroutines, because they only look up a name: a plain function would cost a trip to a worker thread.
async def open_clock(request: Request) -> Clock:
    return product_of(request).clock


async def open_today(request: Request) -> date:
    return product_of(request).clock.today()


def reading(request: Request) -> Iterator[Session]:
    """For a form that only asks: nothing is written, so nobody who writes waits for its answer."""
    with read_scope(product_of(request).engine) as session:
        yield session


Database = Annotated[Session, Depends(open_session, scope="function")]
Reading = Annotated[Session, Depends(reading, scope="function")]
CurrentClock = Annotated[Clock, Depends(open_clock)]
Today = Annotated[date, Depends(open_today)]
