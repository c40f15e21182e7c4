"""`column IN (many values)` as one parameter, whatever their number.

A list of five hundred parameters costs more to prepare than to answer. SQLite takes the values as one JSON array,
PostgreSQL as one array; the statement text stays the same, so it is compiled once.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY


def among(connection: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """True where the column is one of the values: numbers, texts or dates."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    texts = json.dumps([value.isoformat() if isinstance(value, date) else value for value in values])
    listed = func.json_each(bindparam(None, texts, type_=Text())).table_valued("value")
    return column.in_(select(listed.c.value))
