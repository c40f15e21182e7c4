"""What a payer's contract or manual says about time: one row for each clock, editable, with its evidence.

A clock that nobody entered and no law sets stays "not configured"; nothing is assumed from another payer.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, TextIO

from sqlalchemy import Column, ScalarSelect, Select, Text, bindparam, cast, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, select

from app.audit.record import record
from app.claims.identity import payer_name_key
from app.claims.tables import PayerIdentifier, PayerTerm
from app.core.bulk import table_of
from workqueues.deadlines import ANCHORS, UNITS, DeadlineRule, Terms
from workqueues.playbook import CLOCKS

COLUMNS = ("payer", "clock", "count", "unit", "anchor", "presumption_days", "evidence")
LONGEST_COUNT = 3_650
CLOCK = 2  # its place in a row as it is kept


class TermRefused(ValueError):
    """A row of payer terms cannot be kept; the message names the row, the column and what is allowed."""


def terms_in_force(session: Session) -> Terms:
    """The law's windows and every payer's entered ones, as the ranking takes them."""
    session.flush()  # a term may have been entered in this very transaction
    return _terms(tuple(tuple(row) for row in session.connection().execute(_entered())))


def terms_of_payer(session: Session, payer_id: int) -> Terms:
    """What runs the clocks of one payer's claims: enough for one claim's page, and never more rows than clocks."""
    found = session.connection().execute(_entered_of_payer(), {"payer_id": payer_id})
    return _terms(tuple(tuple(row) for row in found))


def entered_as_text(*, on_sqlite: bool) -> ScalarSelect[Any]:
    """Every payer's entered terms as one JSON text, for a statement that asks for other things too."""
    columns = _columns()
    rows = (
        func.json_group_array(func.json_array(*columns))
        if on_sqlite
        else cast(func.json_agg(func.json_build_array(*columns)), Text)
    )
    return select_columns(rows).scalar_subquery()


@lru_cache(maxsize=100)
def terms_of_text(text: str | None) -> Terms:
    """The terms in force, of what `entered_as_text` answered with; PostgreSQL says nothing where there are none."""
    entered = sorted(json.loads(text or "[]"), key=lambda row: str(row[CLOCK]))
    return _terms(tuple(tuple(row) for row in entered))


@lru_cache(maxsize=1_000)  # by what they say, so that nothing here can be out of date
def _terms(entered: tuple[tuple[Any, ...], ...]) -> Terms:
    rules: dict[int, list[DeadlineRule]] = {}
    for payer_id, *term in entered:
        rules.setdefault(payer_id, []).append(_rule(*term))
    return Terms.build(contracts=rules)


def _rule(
    number: int, clock: str, length: int, unit: str, anchor: str, presumption_days: int, evidence: str
) -> DeadlineRule:
    return DeadlineRule(
        id=f"TERM-{number}",
        family="contract",
        clock=clock,
        length=length,
        unit=unit,
        anchor=anchor,
        presumption_days=presumption_days,
        confidence="confirmed",
        authority=evidence,
        verify=False,
    )


def _columns() -> list[Column[Any]]:
    """The payer, and of its term what `_rule` takes."""
    term = table_of(PayerTerm)
    return [
        *(term.c.payer_id, term.c.id, term.c.clock, term.c["count"], term.c.unit, term.c.anchor),
        *(term.c.presumption_days, term.c.evidence),
    ]


@cache
def _entered() -> Select[Any]:
    return select_columns(*_columns()).order_by(table_of(PayerTerm).c.clock)


@cache
def _entered_of_payer() -> Select[Any]:
    return _entered().where(table_of(PayerTerm).c.payer_id == bindparam("payer_id"))


def load_terms(session: Session, stream: TextIO) -> int:
    """Take terms from CSV with the columns of COLUMNS; a payer is named by its id or its name. Returns how many.

    All rows or none: raises TermRefused for the first that cannot be kept. A term already there is replaced.
    """
    reader = csv.DictReader(stream)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise TermRefused(f"the first line lacks the columns {', '.join(missing)}")
    rows = [_checked(session, row, number) for number, row in enumerate(reader, 2)]
    for row in rows:
        for earlier in session.exec(
            select(PayerTerm).where(PayerTerm.payer_id == row.payer_id, PayerTerm.clock == row.clock)
        ):
            session.delete(earlier)
        session.flush()
        session.add(row)
    record(session, "terms.load", object_type="payer_term", detail={"rows": len(rows)})
    return len(rows)


def _checked(session: Session, row: Mapping[str, str], number: int) -> PayerTerm:
    payer_id = known_payer(session, row["payer"])
    if payer_id is None:
        raise TermRefused(f"line {number}: no payer is known as {row['payer']!r}")
    _one_of(number, "clock", row["clock"], [clock for clock in CLOCKS if clock])
    _one_of(number, "unit", row["unit"], UNITS)
    _one_of(number, "anchor", row["anchor"], ANCHORS)
    return PayerTerm(
        payer_id=payer_id,
        clock=row["clock"],
        count=_number(number, "count", row["count"]),
        unit=row["unit"],
        anchor=row["anchor"],
        presumption_days=_number(number, "presumption_days", row["presumption_days"] or "0"),
        evidence=row["evidence"].strip(),
    )


def one_line(text: str) -> str:
    """What a person typed, without line ends and what no letter shows (PostgreSQL keeps no NUL)."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def known_payer(session: Session, name: str) -> int | None:
    """The payer of an id or a name as a person types it; None when there is none."""
    values = [name.strip(), payer_name_key(name)]
    for value in values:
        found = session.exec(select(PayerIdentifier.payer_id).where(PayerIdentifier.value == value)).first()
        if found is not None:
            return found
    return None


def _one_of(number: int, column: str, word: str, words: Iterable[str]) -> None:
    if word not in set(words):
        raise TermRefused(f"line {number}: {column} is {word!r}; it must be one of {', '.join(words)}")


def _number(number: int, column: str, text: str) -> int:
    if not text.isdigit() or int(text) > LONGEST_COUNT:
        raise TermRefused(f"line {number}: {column} is {text!r}; it must be a number from 0 to {LONGEST_COUNT}")
    return int(text)
