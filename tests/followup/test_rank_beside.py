"""What changes every claim's rank holds up no request where there are very many claims."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.claims import queries
from app.core.clock import FixedClock
from app.followup import rank_beside
from app.followup.rank import rerank_all
from app.followup.rank_beside import THREAD, rank_everything, words_of
from app.followup.tables import RankRun


def runs(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.exec(select(RankRun.trigger).order_by(RankRun.id)))  # type: ignore[arg-type]


def join() -> None:
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join()


def test_small_books_are_ranked_at_once(engine: Engine, clock: FixedClock) -> None:
    before = runs(engine)
    ranked = rank_everything(engine, clock, trigger="strategy")
    assert runs(engine) == [*before, "strategy"]
    assert ranked
    assert words_of(ranked) == f"{ranked:,} open claims are ranked by it"


def test_of_large_books_it_is_under_way_and_many_askers_cost_one_more_run(
    engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LARGE_CLAIMS", 0)
    begun, go_on = threading.Event(), threading.Event()
    real = rerank_all

    def slow(engine: Engine, clock: FixedClock, *, trigger: str) -> RankRun:
        begun.set()
        assert go_on.wait(30)
        return real(engine, clock, trigger=trigger)

    monkeypatch.setattr(rank_beside, "rerank_all", slow)
    before = runs(engine)
    assert rank_everything(engine, clock, trigger="strategy") is None
    assert begun.wait(30)
    assert [rank_everything(engine, clock, trigger=trigger) for trigger in ("terms", "codes")] == [None, None]
    go_on.set()
    join()

    assert runs(engine) == [*before, "strategy", "codes"]
    assert "follow" in words_of(None)


def test_one_that_fails_is_said_in_the_log_and_the_next_is_begun(
    engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(queries, "LARGE_CLAIMS", 0)
    real = rerank_all

    def broken(engine: Engine, clock: FixedClock, *, trigger: str) -> RankRun:
        raise RuntimeError("disk full")

    before = runs(engine)
    monkeypatch.setattr(rank_beside, "rerank_all", broken)
    rank_everything(engine, clock, trigger="terms")
    join()
    assert "disk full" in caplog.text

    monkeypatch.setattr(rank_beside, "rerank_all", real)
    rank_everything(engine, clock, trigger="codes")
    join()
    assert runs(engine) == [*before, "codes"]
