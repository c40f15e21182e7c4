"""A text that begins so, down the column's own index on either engine.

SQLite's LIKE folds case and so passes over a plain index: there it is a range. PostgreSQL orders by the language of
the database, where such a range would be wrong: there it is LIKE.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, false, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

LAST = "\U0010ffff"  # sorts behind whatever may follow


class BeginsWith(FunctionElement[int]):
    """Column, the first text, the text behind the last, the pattern."""

    type = Integer()  # a Boolean would be compared with 1, and no index serves that
    inherit_cache = True
    name = "begins_with"


def begins_with(column: ColumnElement[Any], text: str, name: str = "") -> ColumnElement[bool]:
    """Exactly so, case included; an empty text begins nothing.

    With a name the statement may be asked again about another text: give it that text's `beginning`.
    """
    if not text:
        return false()
    told = beginning(name, text)
    values = [bindparam(key, value) for key, value in told.items()] if name else map(literal, told.values())
    made: ColumnElement[Any] = BeginsWith(column, *values)
    return made


def beginning(name: str, text: str) -> dict[str, str]:
    """What a statement with a named `begins_with` is told of a text."""
    pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return {name: text, f"{name}_end": text + LAST, f"{name}_pattern": pattern}


@compiles(BeginsWith, "sqlite")
def _as_range(element: BeginsWith, compiler: SQLCompiler, **options: Any) -> str:
    column, first, last, _ = (compiler.process(each, **options) for each in element.clauses)
    return f"({column} >= {first} AND {column} < {last})"


@compiles(BeginsWith)
def _as_pattern(element: BeginsWith, compiler: SQLCompiler, **options: Any) -> str:
    column, _, _, pattern = list(element.clauses)
    shown = [compiler.process(each, **options) for each in (column, pattern)]
    return f"{shown[0]} LIKE {shown[1]} ESCAPE '\\'"
