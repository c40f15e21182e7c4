"""The small practice of tests/practice.py, copied for each test, and people who may see all of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.main import create_app
from tests.browser_double import Browser, sign_in_as
from tests.practice import copy_practice


@pytest.fixture
def engine(made_practice: Path, settings: Settings) -> Iterator[Engine]:
    """The loaded practice instead of an empty database."""
    made = copy_practice(made_practice, settings.home)
    yield made
    made.dispose()


@pytest.fixture
def practice_ids(engine: Engine) -> tuple[int, ...]:
    with Session(engine) as session:
        return tuple(number for number in session.exec(select(Practice.id)) if number is not None)


@pytest.fixture
def app(settings: Settings, engine: Engine, clock: FixedClock) -> FastAPI:
    return create_app(settings, engine=engine, clock=clock)


@pytest.fixture
def dana(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    """A biller of every practice loaded."""
    return sign_in_as(app, Role.BILLER, practice_ids=practice_ids, name="Dana Reyes")


@pytest.fixture
def lee(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    """Dana's colleague."""
    return sign_in_as(app, Role.BILLER, practice_ids=practice_ids, name="Lee Okafor")


@pytest.fixture
def stranger(app: FastAPI) -> Browser:
    """A biller of a practice that is not here."""
    return sign_in_as(app, Role.BILLER, practice_ids=(4711,), name="Nia Brandt")


@pytest.fixture
def sam(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    """Who leads them."""
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids, name="Sam Whitfield")
