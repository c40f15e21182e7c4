"""What a list can be narrowed to by name: the payers, practices and people behind the reader's walls."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, literal_column, select, union_all
from sqlmodel import Session

from app.core.bulk import is_one_of, written
from app.followup.bench import person, works_beside
from app.followup.list_total import ListTotal, as_total, total_statement, total_values
from app.followup.narrow import STATEMENTS_KEPT, Listed
from app.followup.work_row import payer, practice
from app.followup.worklist import has_open_work

Named = tuple[tuple[int, str], ...]  # id and name, by name


class Choosable(NamedTuple):
    payers: Named  # with open work
    practices: Named
    people: Named  # who work claims behind at least one of these walls


COUNTED = len(Choosable._fields)  # the kind of the row that counts


def choosable(
    session: Session, practice_ids: Sequence[int], to_count: Listed | None = None
) -> tuple[Choosable, ListTotal | None]:
    """Every list asks for all three, so they are one question; with the count and dollars of the list `to_count`."""
    found: tuple[list[tuple[int, str]], ...] = tuple([] for _ in Choosable._fields)
    total = None
    statement = _named(tuple(practice_ids), to_count)
    told = total_values(to_count) if to_count else {}
    for kind, number, name, cents in session.connection().execute(statement, told).all():
        if to_count and kind == COUNTED:
            total = as_total(to_count, number, cents)
        else:
            found[kind].append((int(number), str(name)))
    return Choosable(*(tuple(sorted(each, key=_by_name)) for each in found)), total


def _by_name(named: tuple[int, str]) -> tuple[str, int]:
    return named[1].casefold(), named[0]


@lru_cache(maxsize=STATEMENTS_KEPT)
def _named(practice_ids: tuple[int, ...], to_count: Listed | None) -> CompoundSelect[Any]:
    """Kind, number, name and cents."""
    kinds = (  # in the order of Choosable
        (payer, [has_open_work(practice_ids)]),
        (practice, [is_one_of(practice.c.id, practice_ids)]),
        (person, works_beside(practice_ids)),
    )
    parts = [
        select(written(kind), table.c.id, table.c.name, written(0)).where(*narrowed)
        for kind, (table, narrowed) in enumerate(kinds)
    ]
    if to_count:
        claims, cents = total_statement(to_count).subquery("counted").c
        parts.append(select(written(COUNTED), claims, literal_column("''"), cents))
    return union_all(*parts)
