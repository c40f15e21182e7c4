"""The schema: every slice's tables, brought to the newest shape, and the standing SQL that guards them.

Tables are found by their file name (`app/<slice>/tables.py`), so the floor need not import what stands above it.
Standing SQL (triggers) is written to be run again and again: migrations never need to know about it.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from app.core.db import connection_scope, is_sqlite, metadata
from app.core.turn import Turn, wait_turn

APP = Path(__file__).resolve().parent.parent
MIGRATIONS = APP / "core" / "migrations"


@dataclass(frozen=True, slots=True)
class StandingSql:
    """Statements run after every migration, idempotent on both engines."""

    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


_standing: dict[str, StandingSql] = {}


def keep_standing(name: str, *, sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    """Register triggers and the like, called by a slice's `tables.py`."""
    _standing[name] = StandingSql(sqlite, postgresql)


def load_tables() -> None:
    """Import every slice's tables, so that the metadata is whole."""
    for path in sorted(APP.glob("*/tables.py")):
        importlib.import_module(f"app.{path.parent.name}.tables")


def init_database(engine: Engine) -> None:
    """Bring a database, empty or old, to the newest schema. Safe to run at every start."""
    load_tables()
    if any((MIGRATIONS / "versions").glob("*.py")):
        _upgrade(engine)
    else:
        with connection_scope(engine) as connection:
            metadata.create_all(connection)
    with connection_scope(engine) as connection:
        wait_turn(connection, Turn.SCHEMA)
        for standing in _standing.values():
            for statement in standing.sqlite if is_sqlite(engine) else standing.postgresql:
                connection.exec_driver_sql(statement)


def draft_migration(engine: Engine, message: str) -> None:
    """Write the revision that brings this database to what the tables now say. Read it before committing it."""
    load_tables()
    config = alembic_config()
    with connection_scope(engine) as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True)


def alembic_config() -> Config:
    """Alembic's configuration without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _upgrade(engine: Engine) -> None:
    config = alembic_config()
    with connection_scope(engine) as connection:
        wait_turn(connection, Turn.SCHEMA)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
