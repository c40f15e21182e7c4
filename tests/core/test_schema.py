"""The schema: made at every start, the same whether migrated or created, on both engines."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from app.core.db import connection_scope, metadata
from app.core.schema import init_database


def test_a_database_has_exactly_the_tables_that_the_slices_describe(any_engine: Engine) -> None:
    with connection_scope(any_engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_starting_again_changes_nothing(any_engine: Engine) -> None:
    before = set(inspect(any_engine).get_table_names())
    init_database(any_engine)
    assert set(inspect(any_engine).get_table_names()) == before
    assert {"person", "audit_event", "practice", "claim"} <= before
