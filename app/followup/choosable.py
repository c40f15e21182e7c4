"""What a list can be narrowed to by name: the payers, practices and people behind the reader's walls."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, literal, select, union_all
from sqlmodel import Session

from app.core.bulk import is_one_of
from app.followup.bench import person, works_beside
from app.followup.work_row import payer, practice
from app.followup.worklist import STATEMENTS_KEPT, has_open_work

Named = tuple[tuple[int, str], ...]  # id and name, by name


class Choosable(NamedTuple):
    payers: Named  # with open work
    practices: Named
    people: Named  # who work claims behind at least one of these walls


def choosable(session: Session, practice_ids: Sequence[int]) -> Choosable:
    """Every list asks for all three, so they are one question."""
    found: tuple[list[tuple[int, str]], ...] = tuple([] for _ in Choosable._fields)
    for kind, number, name in session.connection().execute(_named(tuple(practice_ids))).all():
        found[kind].append((int(number), str(name)))
    return Choosable(*(tuple(sorted(each, key=_by_name)) for each in found))


def _by_name(named: tuple[int, str]) -> tuple[str, int]:
    return named[1].casefold(), named[0]


@lru_cache(maxsize=STATEMENTS_KEPT)
def _named(practice_ids: tuple[int, ...]) -> CompoundSelect[Any]:
    return union_all(
        select(literal(0), payer.c.id, payer.c.name).where(has_open_work(practice_ids)),
        select(literal(1), practice.c.id, practice.c.name).where(is_one_of(practice.c.id, practice_ids)),
        select(literal(2), person.c.id, person.c.name).where(*works_beside(practice_ids)),
    )
