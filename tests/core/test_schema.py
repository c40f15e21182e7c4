"""The schema: made at every start, the same whether migrated or created, on both engines."""

from __future__ import annotations

from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from app.core.db import connection_scope, metadata
from app.core.schema import init_database
from app.core.turn import Turn, wait_turn


def test_a_database_has_exactly_the_tables_that_the_slices_describe(any_engine: Engine) -> None:
    with connection_scope(any_engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_starting_again_changes_nothing(any_engine: Engine) -> None:
    before = set(inspect(any_engine).get_table_names())
    init_database(any_engine)
    assert set(inspect(any_engine).get_table_names()) == before
    assert {"person", "audit_event", "practice", "claim"} <= before


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_of_processes_that_start_at_once_only_one_changes_the_schema(postgresql_engine: Engine) -> None:
    starting = Thread(target=init_database, args=(postgresql_engine,))
    with connection_scope(postgresql_engine) as connection:
        wait_turn(connection, Turn.SCHEMA)
        starting.start()
        starting.join(timeout=0.5)
        assert starting.is_alive()
    starting.join(timeout=30)
    assert not starting.is_alive()
