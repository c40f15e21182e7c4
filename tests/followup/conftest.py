"""The small practice of tests/practice.py, copied for each test, and people who may see all of it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from app.auth.permissions import Role
from tests.browser_double import Browser, sign_in_as


@pytest.fixture
def engine(practice_engine: Engine) -> Engine:
    """The loaded practice instead of an empty database."""
    return practice_engine


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


@pytest.fixture
def max_(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    """Another supervisor."""
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids, name="Max Ahmadi")
