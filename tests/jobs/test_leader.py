"""Several processes on one PostgreSQL: one schedules, another takes over, and no job runs twice at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.core.clock import FixedClock
from app.core.config import Settings
from app.jobs.leader import Leader, leading, only_one
from app.jobs.schedule import UNDER_WAY, Schedule, find_job, run_job

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]
SOON = 30  # seconds that a thread may need on a busy machine


class Seen:
    """A candidate and what happened to it."""

    def __init__(self, engine: Engine, name: str, look_seconds: float = 0.02) -> None:
        self.elected, self.lost = threading.Event(), threading.Event()
        self.leader = Leader(
            engine, elected=self.elected.set, lost=self.lost.set, name=name, look_seconds=look_seconds
        )


@contextmanager
def running(*candidates: Seen | Schedule) -> Iterator[None]:
    """Stop them all, whatever the test found."""
    started: list[Callable[[], None]] = []
    try:
        for each in candidates:
            found = each.leader if isinstance(each, Seen) else each
            assert found is not None
            found.start()
            started.append(found.stop)
        yield
    finally:
        for stop in started:
            stop()


def cut(engine: Engine, name: str) -> None:
    """End a leader's connection, as the end of its process does."""
    with engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"),
            {"name": f"overturn schedule {name}"},
        )


def who_leads(engine: Engine) -> str:
    with Session(engine) as session:
        found = leading(session)
    return found.name if found is not None else ""


def test_of_two_candidates_one_leads_and_the_other_follows_when_it_is_cut_off(postgresql_engine: Engine) -> None:
    first = Seen(postgresql_engine, "one:1", look_seconds=600)  # notices nothing itself, as if it had been killed
    second = Seen(postgresql_engine, "two:2")
    with running(first):
        assert first.elected.wait(SOON)
        assert who_leads(postgresql_engine) == "one:1"
        with running(second):
            assert not second.elected.wait(0.2)
            cut(postgresql_engine, "one:1")
            assert second.elected.wait(SOON)
            assert who_leads(postgresql_engine) == "two:2"
    assert who_leads(postgresql_engine) == ""


def test_a_leader_that_lost_its_connection_stands_again(postgresql_engine: Engine) -> None:
    only = Seen(postgresql_engine, "one:1")
    with running(only):
        assert only.elected.wait(SOON)
        only.elected.clear()
        cut(postgresql_engine, "one:1")
        assert only.lost.wait(SOON)
        assert only.elected.wait(SOON)


def test_two_schedules_on_one_database_make_one_schedule(
    postgresql_engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    first = Schedule(postgresql_engine, settings, clock, name="one:1", look_seconds=0.02)
    second = Schedule(postgresql_engine, settings, clock, name="two:2", look_seconds=0.02)
    with running(first, second):
        for _ in range(SOON * 20):
            if first.leads or second.leads:
                break
            threading.Event().wait(0.05)
        assert [first.leads, second.leads].count(True) == 1
        assert [each.next_run("rank") is not None for each in (first, second)].count(True) == 1


def test_a_job_that_runs_elsewhere_is_not_run_again_beside_it(
    postgresql_engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    job = find_job("wake")
    assert job is not None
    with only_one(postgresql_engine, "wake") as is_ours:
        assert is_ours
        assert run_job(job, postgresql_engine, settings, clock, trigger="person").result == UNDER_WAY
    assert run_job(job, postgresql_engine, settings, clock, trigger="person").result == "No parked claim was due."
