"""The full run: columns instead of objects, and a table that is swapped whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from threading import Thread
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, delete, func, inspect, update
from sqlmodel import Session, col, select

from app.claims.tables import Claim
from app.core.bulk import table_of
from app.core.clock import FixedClock
from app.core.db import connection_scope, read_scope, session_scope
from app.followup import rank
from app.followup.facts import fact_rows, open_facts
from app.followup.narrow import RESTING
from app.followup.priority import put_first, state_due
from app.followup.rank import rerank_all, rerank_claims
from app.followup.tables import RankRun, WorkScore
from app.followup.touch import park
from app.followup.verify import verify_queues
from app.ledger.tables import ClaimBalance
from benchmarks.rerank import TODAY as BENCHMARK_DAY
from benchmarks.rerank import fill
from tests.browser_double import Browser
from tests.practice import TODAY, claim_numbered
from workqueues import decision
from workqueues.facts import Facts


def shape(engine: Engine) -> tuple[list[str], str | None, list[str]]:
    seen = inspect(engine)
    indexes = sorted(str(each["name"]) for each in seen.get_indexes("workscore"))
    targets = [each["referred_table"] for each in seen.get_foreign_keys("workscore")]
    return indexes, seen.get_pk_constraint("workscore")["name"], targets


def assert_same(whole: Facts, rows: Facts) -> None:
    for each in fields(Facts):
        np.testing.assert_array_equal(getattr(whole, each.name), getattr(rows, each.name), err_msg=each.name)


def test_columns_and_rows_say_the_same_of_every_claim(dana: Browser, engine: Engine, clock: FixedClock) -> None:
    """A claim researched, one touched and parked, one first, one with a stated day, and all the stories."""
    researched, parked, first = (claim_numbered(engine, number) for number in ("ST1003", "ST1001", "ST1002"))
    dana.submit(f"/claims/{researched.id}/touches", {"kind": "call", "outcome": "needs_appeal", "minutes": "7"})
    day = (TODAY + timedelta(days=5)).isoformat()
    dana.submit(f"/claims/{parked.id}/touches", {"kind": "call", "note": "x", "next_on": day})
    with session_scope(engine) as session:
        put_first(session, first, level=3, reason="x", person_id=1, clock=clock)
        state_due(session, first, "appeal", TODAY, evidence="x", person_id=1, clock=clock)
    with Session(engine) as session:
        whole = open_facts(session, TODAY)
        rows = [row for part in fact_rows(session, TODAY) for row in part]

    assert len(whole) == len(rows) > 5
    assert_same(whole, Facts.from_rows(rows))


def test_a_swap_keeps_every_index(engine: Engine, clock: FixedClock) -> None:
    before = shape(engine)
    rerank_all(engine, clock, trigger="test")

    assert shape(engine) == before
    assert len(before[0]) > 5


@pytest.mark.postgresql
def test_on_postgresql_the_fresh_table_takes_the_old_ones_place(postgresql_engine: Engine, clock: FixedClock) -> None:
    with connection_scope(postgresql_engine) as connection:
        fill(connection, 60)
    before = shape(postgresql_engine)
    assert rerank_all(postgresql_engine, clock, trigger="test").claims == 60
    assert rerank_all(postgresql_engine, clock, trigger="test").claims == 60

    assert shape(postgresql_engine) == before
    with session_scope(postgresql_engine) as session:
        listed = session.exec(select(WorkScore).order_by(col(WorkScore.claim_id))).all()
        then = [row.model_dump() for row in listed]
        session.expunge_all()
        rerank_claims(session, clock, [row["claim_id"] for row in then])
        now = [row.model_dump() for row in session.exec(select(WorkScore).order_by(col(WorkScore.claim_id)))]
        assert verify_queues(session).faults == []
        rows = [row for part in fact_rows(session, BENCHMARK_DAY) for row in part]
        assert_same(open_facts(session, BENCHMARK_DAY), Facts.from_rows(rows))
    assert now == then


@pytest.mark.postgresql
def test_on_postgresql_a_statement_prepared_before_the_swap_reads_the_fresh_table(
    postgresql_engine: Engine, clock: FixedClock
) -> None:
    with connection_scope(postgresql_engine) as connection:
        fill(connection, 60)
    rerank_all(postgresql_engine, clock, trigger="test")
    everything = select(func.count()).select_from(WorkScore)
    for _ in range(10):
        with read_scope(postgresql_engine) as session:
            assert session.execute(everything).scalar() == 60
    with connection_scope(postgresql_engine) as connection:  # on another connection, as by the schedule's process
        connection.execute(delete(table_of(ClaimBalance)).where(table_of(ClaimBalance).c.claim_id <= 10))
        with read_scope(postgresql_engine) as session:
            assert session.execute(everything).scalar() == 60
    rerank_all(postgresql_engine, clock, trigger="test")
    with read_scope(postgresql_engine) as session:
        assert session.execute(everything).scalar() == 50


def rank_while(
    engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]
) -> None:
    """A full run in the middle of which, when all claims are read, something else happens."""
    weigh = decision.rank

    def interrupted(*told: Any, **named: Any) -> Any:
        thread = Thread(target=meanwhile)  # as a person's request: another session on another connection
        thread.start()
        thread.join(30)
        assert not thread.is_alive(), "the full run keeps others from writing while it reads"
        return weigh(*told, **named)

    with monkeypatch.context() as patched:
        patched.setattr(rank, "rank_facts", interrupted)
        rerank_all(engine, clock, trigger="test")


def test_what_is_touched_while_a_full_run_reads_stands_as_it_was_left(
    any_engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection_scope(any_engine) as connection:
        if connection.execute(select(func.count()).select_from(table_of(ClaimBalance))).scalar() == 0:
            fill(connection, 60)
    rerank_all(any_engine, clock, trigger="test")
    with read_scope(any_engine) as session:
        parked, paid, *_ = session.exec(
            select(WorkScore.claim_id).where(col(WorkScore.queue).not_in(RESTING)).order_by(col(WorkScore.claim_id))
        ).all()
        before = session.execute(select(func.count()).select_from(WorkScore)).scalar() or 0

    def meanwhile() -> None:
        with session_scope(any_engine) as session:
            until = clock.today() + timedelta(days=7)
            park(session, session.get_one(Claim, parked), until=until, reason="x", person_id=1, now=clock.now())
            nothing = {"insurance_cents": 0, "patient_cents": 0}
            balance = table_of(ClaimBalance)
            session.connection().execute(update(balance).where(balance.c.claim_id == paid).values(**nothing))
            rerank_claims(session, clock, [parked, paid])

    rank_while(any_engine, clock, monkeypatch, meanwhile)

    with read_scope(any_engine) as session:
        assert session.get_one(WorkScore, parked).queue == "snoozed"
        assert session.get(WorkScore, paid) is None
        assert session.execute(select(func.count()).select_from(WorkScore)).scalar() == before - 1
        assert verify_queues(session).faults == []


def test_a_full_run_that_fails_leaves_the_old_scores(
    any_engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection_scope(any_engine) as connection:
        if connection.execute(select(func.count()).select_from(table_of(ClaimBalance))).scalar() == 0:
            fill(connection, 60)
    rerank_all(any_engine, clock, trigger="test")
    scores = select(WorkScore.claim_id, WorkScore.rank_key).order_by(col(WorkScore.claim_id))
    with read_scope(any_engine) as session:
        before = session.exec(scores).all()

    def broken(*_: object) -> None:
        raise RuntimeError("the power failed")

    with monkeypatch.context() as patched:
        patched.setattr(rank, "keep_outcomes", broken)
        with pytest.raises(RuntimeError, match="the power failed"):
            rerank_all(any_engine, clock, trigger="test")

    with read_scope(any_engine) as session:
        assert session.exec(scores).all() == before
    clock.advance(days=1)
    assert rerank_all(any_engine, clock, trigger="test").claims == len(before)
    with read_scope(any_engine) as session:
        assert verify_queues(session).faults == []


def test_one_full_run_waits_for_another(
    any_engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection_scope(any_engine) as connection:
        if connection.execute(select(func.count()).select_from(table_of(ClaimBalance))).scalar() == 0:
            fill(connection, 60)
    second = Thread(target=rerank_all, args=(any_engine, clock), kwargs={"trigger": "second"})
    waited: list[bool] = []

    def meanwhile() -> None:
        if second.ident is None:  # the second is not interrupted
            second.start()
            second.join(2)
            waited.append(second.is_alive())

    rank_while(any_engine, clock, monkeypatch, meanwhile)
    second.join(30)

    assert waited == [True]
    with read_scope(any_engine) as session:
        runs = [run.trigger for run in session.exec(select(RankRun).order_by(col(RankRun.id).desc()).limit(2))]
        assert runs == ["second", "test"]
        assert verify_queues(session).faults == []
