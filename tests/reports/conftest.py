"""Books of a test's own, on either engine, and the scope of all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.reports.scope import Scope
from tests.matching.paper import Books

Ask = Callable[..., Scope]


@pytest.fixture
def books(any_engine: Engine, settings: Settings, clock: FixedClock, tmp_path: Path) -> Books:
    folder = tmp_path / "papers"
    folder.mkdir()
    return Books(any_engine, settings, folder, clock)


@pytest.fixture
def ask(books: Books, clock: FixedClock) -> Ask:
    """`ask(until="2026-10-31")`: the scope of every practice, as an address would ask for it."""

    def made(**query: str) -> Scope:
        with Session(books.engine) as session:
            practices = tuple(number for number in session.exec(select(Practice.id)) if number is not None)
        return Scope.of(practices, clock.today(), ZoneInfo("America/New_York"), query)

    return made
