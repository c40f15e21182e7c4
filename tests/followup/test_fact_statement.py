"""The facts of some claims are gathered from those claims alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import Session

from app.claims.code_ways import AS_SHIPPED
from app.core.clock import FixedClock
from app.followup.facts import fact_row, fact_rows
from tests.practice import claim_numbered


def plans(engine: Engine, session: Session, told: list[tuple[str, Any]]) -> list[str]:
    """How SQLite would answer the statements told."""
    connection = session.connection()
    return [
        str(row[-1])
        for statement, values in told
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]


def test_one_claims_facts_read_no_table_from_end_to_end(engine: Engine, clock: FixedClock) -> None:
    claim = claim_numbered(engine, "ST1003")
    told: list[tuple[str, Any]] = []

    def note(connection: Connection, cursor: object, statement: str, values: Any, *_: object) -> None:
        if "claimbalance" in statement:
            told.append((statement, values))

    with Session(engine) as session:
        event.listen(engine, "before_cursor_execute", note)
        (rows,) = fact_rows(session, clock.today(), [claim.id or 0])
        alone = fact_row(session, clock.today(), claim.id or 0, AS_SHIPPED)
        event.remove(engine, "before_cursor_execute", note)
        read = plans(engine, session, told)

    assert [row.claim_id for row in rows] == [claim.id]
    assert rows == [alone]
    assert len(told) == 2
    assert [line for line in read if line.startswith("SCAN") and not line.startswith("SCAN anon")] == []


def test_the_facts_of_some_claims_are_those_among_all(engine: Engine, clock: FixedClock) -> None:
    with Session(engine) as session:
        every = [row for part in fact_rows(session, clock.today()) for row in part]
        some = [row.claim_id for row in every[::2]]
        found = [row for part in fact_rows(session, clock.today(), some) for row in part]

    assert found == every[::2]
    assert len(found) > 5
