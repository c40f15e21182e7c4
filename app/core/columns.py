"""Column types that mean the same on SQLite and PostgreSQL.

Use them by `Field(sa_type=…)` in a slice's `tables.py`::

    class Deposit(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
        amount_cents: int = Field(sa_type=Cents)
        kind: DepositKind = Field(sa_type=text_enum(DepositKind))
        seen_at: datetime = Field(sa_type=Instant)
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

ENUM_LENGTH = 40


class Cents(TypeDecorator[int]):
    """Integer cents: BIGINT, never floating point (SQLite would keep NUMERIC as a float)."""

    impl = BigInteger
    cache_ok = True


class BigId(TypeDecorator[int]):
    """A row number: BIGINT on PostgreSQL; INTEGER on SQLite, where only that type numbers itself."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Instant(TypeDecorator[datetime]):
    """An aware UTC timestamp. A naive one is refused: nobody could say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: use the clock's now(), or datetime(…, tzinfo=UTC)")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A small JSON value, written once and read whole: text on SQLite, JSONB on PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())


class TextEnum(TypeDecorator[StrEnum]):
    """A StrEnum kept as its text, so that a new member needs no migration."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__(ENUM_LENGTH)
        self.members = members

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.members(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.members(value)


def text_enum(members: type[StrEnum]) -> Any:
    """The column type for a StrEnum: `Field(sa_type=text_enum(Kind))`."""
    return TextEnum(members)


def begins(*names: str) -> dict[str, str]:
    """For `Index(…, postgresql_ops=begins("number"))`: the index also finds a text by how it begins.

    PostgreSQL orders an index by the language of the database, which a beginning cannot walk down; equality can.
    """
    return dict.fromkeys(names, "varchar_pattern_ops")
