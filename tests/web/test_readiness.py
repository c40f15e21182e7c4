"""A serving process keeps short answers from waiting for long ones."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from rich.console import Console

from app.cli import serve
from app.cli.machine import Machine
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import make_engine
from app.web.readiness import NEW_OBJECTS, TURN_SECONDS


@pytest.fixture
def as_it_was() -> Iterator[None]:
    thresholds, turn = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(turn)


@pytest.mark.usefixtures("as_it_was")
def test_serving_looks_for_garbage_rarely_and_gives_way_often(
    settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[FastAPI] = []
    monkeypatch.setattr("app.cli.serve.uvicorn.run", lambda app, **_: served.append(app))
    gc.set_threshold(700, 10, 10)

    engine = make_engine(settings.resolved_database_url)
    serve.run(Machine(settings, engine, clock, Console(stderr=True)))
    engine.dispose()

    assert len(served) == 1
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == NEW_OBJECTS
    assert sys.getswitchinterval() == pytest.approx(TURN_SECONDS)
