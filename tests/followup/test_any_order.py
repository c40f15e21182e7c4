"""A list in any order, narrowed by anything: the right claims in the right order, and never without an index."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlmodel import Session

from app.claims.tables import Claim
from app.core.bulk import table_of
from app.core.clock import FixedClock
from app.core.db import connection_scope, read_scope, session_scope
from app.followup.filters import SORTS, Filters
from app.followup.narrow import BY_HAND, RESTING, score
from app.followup.next_best import next_claim_id
from app.followup.rank import rerank_all
from app.followup.work_row import NEVER
from app.followup.worklist import page
from benchmarks.rerank import fill

ASKED: tuple[dict[str, str], ...] = (
    {},
    {"queue": "authorization"},
    {"payer": "1"},
    {"queue": "authorization", "payer": "1", "least": "50"},
    {"category": "authorization"},
    {"queue": "authorization", "category": "authorization"},
    {"carc": "197"},
    {"state": "denied"},
    {"age": "61-90"},
    {"age": "181"},
    {"least": "100", "most": "300"},
    {"due": "60"},
    {"owner": "nobody"},
    {"loose": "late"},
    {"loose": "dateless"},
    {"loose": "first"},
    {"practice": "1", "carc": "197"},
)
CLAIMS = 1_500


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """For these tests an empty one: they make their own claims."""
    return empty_engine


@pytest.fixture
def many(any_engine: Engine, clock: FixedClock) -> Engine:
    """Claims of every kind, some of them touched, put first or without a deadline."""
    with connection_scope(any_engine) as connection:
        fill(connection, CLAIMS)
    rerank_all(any_engine, clock, trigger="test")
    with session_scope(any_engine) as session:
        some = score.c.claim_id % 7 == 0
        session.connection().execute(update(score).where(some).values(touches=2, tier=BY_HAND, deadline=None))
        past = clock.today() - timedelta(days=3)
        session.connection().execute(update(score).where(score.c.claim_id % 11 == 0).values(deadline=past))
    return any_engine


def fits(row: Any, filters: Filters, today: date) -> bool:
    """As a person would say it."""
    low, _, high = filters.age.partition("-")
    return (
        (row.queue == filters.queue if filters.queue else row.queue not in RESTING)
        and (not filters.payer or row.payer_id == filters.payer)
        and (not filters.practice or row.practice_id == filters.practice)
        and (not filters.category or row.category == filters.category)
        and (not filters.carc or row.carc == filters.carc)
        and (not filters.state or row.state == filters.state)
        and (not filters.age or (int(low) <= row.age_days <= int(high or 9_999)))
        and row.open_cents >= filters.least * 100
        and (not filters.most or row.open_cents <= filters.most * 100)
        and (
            not filters.due or (row.deadline is not None and today <= row.deadline <= today + timedelta(filters.due))
        )
        and (not filters.owner or row.owner_id is None)
        and (filters.loose != "late" or (row.deadline is not None and row.deadline < today))
        and (filters.loose != "dateless" or row.touches > 0)
        and (filters.loose != "first" or row.tier >= BY_HAND)
    )


def place(row: Any, sort: str) -> tuple[Any, int]:
    of = {
        "rank": -row.rank_key,
        "balance": -row.open_cents,
        "age": -row.age_days,
        "deadline": row.deadline or NEVER,
    }
    return of[sort], row.claim_id


def test_every_list_has_the_right_claims_in_the_right_order(many: Engine, clock: FixedClock) -> None:
    with read_scope(many) as session:
        rows = session.execute(select(score)).all()
        seen = sorted({row.practice_id for row in rows})
        found = 0
        for query, sort in product(ASKED, SORTS):
            filters = Filters.of({**query, "sort": sort})
            wanted = [
                row.claim_id
                for _, row in sorted((place(row, sort), row) for row in rows)
                if fits(row, filters, clock.today())
            ]
            first = page(session, seen, filters, clock, person_id=1, limit=40)
            shown = [row.claim_id for row in first.rows]
            if first.after:
                rest = page(session, seen, filters, clock, person_id=1, after=first.after, limit=CLAIMS)
                shown += [row.claim_id for row in rest.rows]
            assert shown == wanted, (query, sort)
            assert next_claim_id(session, seen, filters, clock, person_id=1) == (wanted[0] if wanted else None)
            found += bool(wanted)
        assert found > len(ASKED) * len(SORTS) / 2


def test_the_scores_say_the_state_of_their_claims(many: Engine) -> None:
    claim = table_of(Claim)
    with read_scope(many) as session:
        both = session.execute(select(score.c.state, claim.c.state).join(claim, claim.c.id == score.c.claim_id)).all()
    assert len(both) > CLAIMS / 2
    assert len({state for state, _ in both}) > 1
    assert all(kept == state for kept, state in both)


@pytest.mark.parametrize("seen", [(1,), (1, 2, 3)], ids=["one practice", "three"])
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("query", ASKED, ids=str)
def test_no_list_looks_up_rows_to_test_them(
    engine: Engine, clock: FixedClock, query: dict[str, str], sort: str, seen: tuple[int, ...]
) -> None:
    """However many claims there are: an index has what narrows the list, and only the chosen rows are looked up.

    What waits stands behind all the rest, so whole ranked lists of a practice or a payer end before they come to it.
    """
    asked: list[tuple[str, Any]] = []
    with Session(engine) as session:
        event.listen(engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        page(session, seen, Filters.of({**query, "sort": sort}), clock, person_id=1)
        statement, values = next(each for each in asked if "workscore.why" in each[0])
        explained = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        plan = [row[3] for row in explained]
    ways = sorted(line for line in plan if "workscore" in line)
    if len(ways) == 2:  # chosen first, then looked up
        assert ways.pop() == "SEARCH workscore USING INTEGER PRIMARY KEY (rowid=?)", plan
        assert "USING COVERING INDEX" in ways[0], plan
    else:  # read in its order, down an index that leads there
        assert "USING INDEX work_score_" in ways[0], plan
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan, plan
        assert set(query) <= {"queue", "payer", "least"}, plan
