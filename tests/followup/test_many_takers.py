"""Fifty people press N at once: each is served, nobody waits for a lock to give up, no claim goes to two."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.auth.viewer import viewer_as
from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.db import CONNECTIONS, connection_scope, session_scope
from app.followup.filters import Filters
from app.followup.lease import LEASE_MINUTES, seize
from app.followup.rank import rerank_all
from app.followup.tables import Lease
from app.followup.touch_routes import serve
from app.web.turns import READERS, SQLITE_WRITERS
from benchmarks.rerank import fill
from tests.browser_double import Browser, sign_in_as
from tests.practice import claim_numbered

TAKERS = 50  # more than the event loop's own forty threads


async def take(app: FastAPI, browser: Browser) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    cookies = {cookie.name: cookie.value or "" for cookie in browser.cookies.jar}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=cookies) as client:
        return await client.post("/work/next?all=1", data={"csrf": browser.csrf}, timeout=90)


def test_fifty_takers_at_once_are_all_served_and_none_twice(
    app: FastAPI, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    people = [sign_in_as(app, Role.BILLER, practice_ids=practice_ids) for _ in range(TAKERS)]

    async def everybody() -> list[httpx.Response]:
        return await asyncio.gather(*(take(app, person) for person in people))

    with ThreadPoolExecutor(
        1
    ) as thread:  # a loop of its own: a browser test may have left one running in this thread
        answers = thread.submit(asyncio.run, everybody()).result()

    assert {answer.status_code for answer in answers} == {303}  # a writer that gives up waiting answers otherwise
    served = [found[1] for answer in answers if (found := re.search(r"claim=(\d+)", answer.headers["location"]))]
    assert len(served) == len(set(served)) > 5
    with Session(engine) as session:
        assert len(session.exec(select(Lease)).all()) == len(served)


def test_a_hundred_readers_at_once_find_a_connection_each(
    app: FastAPI, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    """Who is there is read in the event loop: were all connections out, it would wait for itself."""
    people = [sign_in_as(app, Role.BILLER, practice_ids=practice_ids) for _ in range(5)]

    async def look(person: Browser) -> int:
        transport = httpx.ASGITransport(app=app)
        cookies = {cookie.name: cookie.value or "" for cookie in person.cookies.jar}
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=cookies) as client:
            return (
                await client.get("/work?all=1", headers={"HX-Request": "true", "HX-Target": "pane-list"})
            ).status_code

    async def everybody() -> list[int]:
        return await asyncio.gather(*(look(people[at % 5]) for at in range(100)))

    with ThreadPoolExecutor(1) as thread:
        assert set(thread.submit(asyncio.run, everybody()).result()) == {200}
    assert READERS + SQLITE_WRITERS < CONNECTIONS * 2  # what the pool gives out at most


@pytest.mark.postgresql
def test_on_postgresql_two_takers_in_the_same_moment_hold_two_claims(
    postgresql_engine: Engine, clock: FixedClock
) -> None:
    with connection_scope(postgresql_engine) as connection:
        fill(connection, 60)
    rerank_all(postgresql_engine, clock, trigger="test")
    with Session(postgresql_engine) as session:
        seen = tuple(number for number in session.exec(select(Practice.id)) if number is not None)
    dana, lee = (viewer_as(number, name, Role.BILLER, seen) for number, name in ((1, "Dana"), (2, "Lee")))
    with session_scope(postgresql_engine) as one, session_scope(postgresql_engine) as other:
        served = [serve(one, dana, Filters(), clock), serve(other, lee, Filters(), clock)]
    assert None not in served
    assert len(set(served)) == 2
    with session_scope(postgresql_engine) as session:
        holders = {held.claim_id: held.person_name for held in session.exec(select(Lease))}
        assert holders == {served[0]: "Dana", served[1]: "Lee"}
        assert serve(session, dana, Filters(), clock) == served[0]  # her own is still the best for her


def test_whoever_is_first_holds_and_whoever_is_second_is_told(engine: Engine, clock: FixedClock) -> None:
    claim = claim_numbered(engine, "ST1003")

    def take(person_id: int) -> bool:
        with session_scope(engine) as session:
            place = {"claim_id": claim.id or 0, "practice_id": claim.practice_id}
            return seize(session, **place, person_id=person_id, name=f"Person {person_id}", clock=clock)

    assert [take(1), take(2), take(1)] == [True, False, True]
    clock.advance(minutes=LEASE_MINUTES)
    assert [take(2), take(1)] == [True, False]
