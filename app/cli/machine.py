"""What every command stands on: settings, a database at its newest schema, the clock, and how to print."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console
from sqlalchemy import Engine

from app.audit.actor import Actor
from app.core.clock import Clock, clock_from
from app.core.config import Settings
from app.core.db import make_engine
from app.core.schema import init_database

FINE, FAULTS, REFUSED = 0, 1, 2  # exit codes: all well; something was set aside or does not add up; could not be done


@dataclass(frozen=True, slots=True)
class Machine:
    settings: Settings
    engine: Engine
    clock: Clock
    console: Console  # to standard error: standard output is for data

    @property
    def actor(self) -> Actor:
        """A command acts for whoever runs it on this machine."""
        user = os.environ.get("USER") or os.environ.get("USERNAME") or "somebody"
        return Actor.system(f"command line ({user})")


def opened(settings: Settings | None = None) -> Machine:
    """The machine's own settings and its database, made or brought up to date."""
    found = settings or Settings()
    found.create_folders()
    engine = make_engine(found.resolved_database_url)
    init_database(engine)
    return Machine(found, engine, clock_from(found), Console(stderr=True, highlight=False))


def print_json(value: Any) -> None:
    """One JSON object on one line of standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str, separators=(", ", ": ")))
