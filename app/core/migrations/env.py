"""Alembic's entry: migrate the connection that the product hands over, or the settings' database."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from app.core.config import Settings
from app.core.db import connection_scope, make_engine, metadata
from app.core.schema import load_tables


def migrate(connection: Connection) -> None:
    load_tables()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with connection_scope(make_engine(Settings().resolved_database_url)) as opened:
        migrate(opened)
