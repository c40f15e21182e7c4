"""The same people, sign-ins and log on PostgreSQL, where many processes share them."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.audit.verify import verify_chain
from app.auth.permissions import Role
from app.auth.tables import FailedTry
from app.auth.throttle import count_failure
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.main import create_app
from tests.browser_double import Browser, sign_in_as

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]


def test_an_administrator_works_as_on_sqlite(
    settings: Settings, postgresql_engine: Engine, clock: FixedClock
) -> None:
    app = create_app(settings, engine=postgresql_engine, clock=clock)
    ada = sign_in_as(app, Role.ADMINISTRATOR)
    new = {"email": "rosa@example.test", "name": "Rosa Ingram", "role": "biller", "password": "quiet orange ladder"}
    assert ada.submit("/people", new).status_code == 303
    assert "Rosa Ingram" in ada.get("/people").text
    assert Browser(app).submit("/sign-in", {"email": "rosa@example.test", "password": "wrong"}).status_code == 401
    with read_scope(postgresql_engine) as session:
        assert verify_chain(session).holds


def test_failures_at_the_same_moment_are_all_counted(postgresql_engine: Engine, clock: FixedClock) -> None:
    def fail() -> None:
        for _ in range(5):
            with session_scope(postgresql_engine) as session:
                count_failure(session, "rosa@example.test", "192.0.2.1", clock.now())

    threads = [threading.Thread(target=fail) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with read_scope(postgresql_engine) as session:
        assert {found.kind: found.count for found in session.exec(select(FailedTry))} == {
            "account": 20,
            "address": 20,
        }
