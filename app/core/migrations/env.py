"""Alembic's entry: migrate the connection that the product hands over, or the settings' database."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from app.core.columns import ENUM_LENGTH, TextEnum
from app.core.config import Settings
from app.core.db import connection_scope, make_engine, metadata
from app.core.schema import load_tables


def render(kind: str, column_type: object, autogenerate: object) -> str | Literal[False]:
    """A StrEnum column is its text: a migration must not change its meaning when the enum gains a member."""
    if kind == "type" and isinstance(column_type, TextEnum):
        return f"sa.String(length={ENUM_LENGTH})"
    return False


def migrate(connection: Connection) -> None:
    load_tables()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with connection_scope(make_engine(Settings().resolved_database_url)) as opened:
        migrate(opened)
