"""A fresh set of books for every test of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.core.config import Settings
from tests.matching.paper import Books


@pytest.fixture
def books(engine: Engine, settings: Settings, tmp_path: Path) -> Books:
    folder = tmp_path / "papers"
    folder.mkdir()
    return Books(engine, settings, folder)
