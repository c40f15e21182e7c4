"""Fifty people press N at once: each is served, nobody waits for a lock to give up, no claim goes to two."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.followup.tables import Lease
from tests.browser_double import Browser, sign_in_as

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
