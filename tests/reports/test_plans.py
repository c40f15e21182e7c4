"""Reports of some days read what happened in those days: SQLite's plans, which no statistics will mend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from app.core.db import read_scope
from app.reports.aging import GROUPS, aging
from app.reports.brought_in import worked
from app.reports.denials import denials, first_answers
from app.reports.figures import _charges
from app.reports.scope import Scope

WHOLE = ("posting", "journalentry", "claimpayment", "claim")
Work = Callable[[Session, Scope], object]
WORKS: dict[str, tuple[Work, str]] = {  # what is worked out, and a step that its plan must have
    "aging of an earlier day": (aging, "SEARCH journalentry USING COVERING INDEX journal_entry_day (event_date>?)"),
    "what moved": (_charges, "SEARCH journalentry USING COVERING INDEX journal_entry_day (event_date>? AND event"),
    "first answers": (
        first_answers,
        "SEARCH claimpayment USING INDEX ix_claimpayment_remittance_id (remittance_id=?)",
    ),
    "brought in": (worked, "SEARCH journalentry USING COVERING INDEX journal_entry_day (event_date=?)"),
    "recovered": (denials, "MATERIALIZE each_denial"),
}


def steps_of(engine: Engine, work: Work, scope: Scope) -> list[str]:
    """Of the plans of every statement that the work asks."""
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    with read_scope(engine) as session:
        work(session, scope)
        event.remove(engine, "before_cursor_execute", note)
        return [
            row[3]
            for statement, parameters in asked
            if not statement.startswith("BEGIN")
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


@pytest.mark.parametrize("by", GROUPS)
def test_the_aging_reads_balances_and_claims_side_by_side(empty_engine: Engine, by: str) -> None:
    """In one order: by payer or practice it would read a table of claims all over, once for each."""
    scope = Scope.of((1, 2), date(2026, 11, 23), ZoneInfo("America/New_York"), {})
    steps = steps_of(empty_engine, lambda session, asked: aging(session, asked, by), scope)

    at = steps.index("SCAN claimbalance")
    assert steps[at + 1] == "SEARCH claim USING INTEGER PRIMARY KEY (rowid=?)"


@pytest.mark.parametrize("name", WORKS)
@pytest.mark.parametrize("payer", ["", "3"])
def test_a_report_walks_no_table_of_all_there_ever_was(empty_engine: Engine, name: str, payer: str) -> None:
    work, step = WORKS[name]
    asked = {"until": "2026-10-01", "payer": payer}
    scope = Scope.of((1, 2), date(2026, 11, 23), ZoneInfo("America/New_York"), asked)
    steps = steps_of(empty_engine, work, scope)

    assert any(each.startswith(step) for each in steps), steps
    assert not [each for each in steps if each.startswith("SCAN") and each.split()[1] in WHOLE]
