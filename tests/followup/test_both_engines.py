"""What is said differently to SQLite and to PostgreSQL means the same on both."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import Session

from app.claims.tables import Claim, Patient, PayerControlNumber, Practice, Submission
from app.core.bulk import table_of
from app.core.clock import FixedClock
from app.core.db import connection_scope, read_scope, session_scope
from app.followup.begins import begins_with
from app.followup.filters import Filters
from app.followup.narrow import conditions, score
from app.followup.next_best import next_to_hold
from app.followup.rank import rerank_all
from app.followup.worklist import page
from app.matching.tables import Remittance
from benchmarks.rerank import fill

NAMES = ("Alder 100%", "Alder 100x", "alder", "Alder_1", "Alder-1", "Älder")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Alder 100%", {"Alder 100%"}),  # a percent sign is a percent sign
        ("Alder_", {"Alder_1"}),
        ("Alder", {"Alder 100%", "Alder 100x", "Alder_1", "Alder-1"}),  # case counts
        ("Ä", {"Älder"}),
        ("", set()),
    ],
)
def test_a_text_begins_so_on_both_engines(any_engine: Engine, text: str, found: set[str]) -> None:
    with session_scope(any_engine) as session:
        for number, name in enumerate(NAMES, 1):
            session.add(Practice(name=name, npi=f"99{number}", created_at=datetime(2026, 1, 1, tzinfo=UTC)))
        session.flush()
        column = Practice.__table__.c.name  # type: ignore[attr-defined]
        mine = Practice.__table__.c.npi.like("99%")  # type: ignore[attr-defined]
        assert set(session.execute(select(column).where(begins_with(column, text), mine)).scalars()) == found


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"text": "O'Brien, Ann"},
        {"tickler": "back"},
        {"tickler": "today"},
        {"loose": "idle"},
        {"loose": "dateless"},
        {"state": "denied", "rarc": "N130"},
        {"age": "31-60", "least": "10", "most": "20", "due": "14", "owner": "me"},
    ],
)
def test_every_filter_is_understood_by_both_engines(
    any_engine: Engine, clock: FixedClock, query: dict[str, str]
) -> None:
    filters = Filters.of(query)
    with session_scope(any_engine) as session:
        page(session, (7, 8), filters, clock, person_id=1)
        assert next_to_hold(session, (7, 8), filters, clock, person_id=1) is None


def test_the_walls_hold_for_one_practice_and_for_several(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    with Session(engine) as session:
        for seen in (practice_ids, practice_ids[:1], (), (4711, 4712)):
            narrowed = conditions(seen, Filters(), clock.today(), 1)
            found = set(session.execute(select(score.c.practice_id).where(*narrowed)).scalars())
            assert found <= set(seen)
        assert page(session, practice_ids, Filters(), clock, person_id=1).rows


@pytest.mark.postgresql
def test_on_postgresql_a_list_asked_often_is_planned_once(postgresql_engine: Engine, clock: FixedClock) -> None:
    with connection_scope(postgresql_engine) as connection:
        fill(connection, 3_000)
    rerank_all(postgresql_engine, clock, trigger="test")
    plans = text(
        "SELECT generic_plans FROM pg_prepared_statements"
        " WHERE statement LIKE '%workscore.why%' AND statement LIKE '%LIMIT%'"
    )
    for _ in range(20):  # the driver prepares at the fifth, and the engine tries what it was told five times
        with read_scope(postgresql_engine) as session:
            assert page(session, (1, 2), Filters(), clock, person_id=1).after
    with read_scope(postgresql_engine) as session:
        assert session.execute(plans).scalar_one() > 5


@pytest.mark.postgresql
def test_on_postgresql_a_number_is_found_down_its_index(postgresql_engine: Engine) -> None:
    begun = (
        *((Claim, "control_key"), (Claim, "member_id"), (Patient, "name_key"), (Submission, "control_key")),
        *((PayerControlNumber, "value"), (Remittance, "trace")),
    )
    with session_scope(postgresql_engine) as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # empty tables are read whole for less
        for model, name in begun:
            column = table_of(model).c[name]
            statement = select(column).where(begins_with(column, "B0042"))
            shown = statement.compile(postgresql_engine, compile_kwargs={"literal_binds": True})
            plan = "\n".join(session.execute(text(f"EXPLAIN {shown}")).scalars())
            assert "~>=~" in plan, plan  # the range of a beginning, as a condition on the index
