"""The whole loop on both engines: files in, books that foot, a ranked queue out, and the same again adds nothing."""

from __future__ import annotations

import os
import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from app.audit.actor import Actor
from app.claims.queries import all_practice_ids
from app.claims.tables import Claim
from app.core.clock import FixedClock
from app.core.config import Settings
from app.followup.filters import Filters
from app.followup.tables import WorkScore
from app.followup.worklist import page
from app.intake.tables import PickupRun, StoredFile
from app.jobs.proof import prove
from app.jobs.schedule import JOBS, Schedule, find_job, last_runs, run_job
from app.jobs.work import pick_up_and_rank
from app.ledger.tables import JournalEntry, Posting
from tests.practice import CHOSEN, STORIES


def fill_inbox(settings: Settings) -> None:

    for name in CHOSEN:
        path = settings.inbox_dir / name
        shutil.copy(STORIES / name, path)
        os.utime(path, (1_600_000_000, 1_600_000_000))


def counts(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return [
            session.exec(select(func.count()).select_from(table)).one()
            for table in (Claim, JournalEntry, Posting, WorkScore, StoredFile)
        ]


def test_files_in_a_ranked_queue_out_and_nothing_twice(
    any_engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    fill_inbox(settings)
    first = pick_up_and_rank(any_engine, settings, clock, trigger="command", actor=Actor.system("test"))
    before = counts(any_engine)

    fill_inbox(settings)
    second = pick_up_and_rank(any_engine, settings, clock, trigger="command", actor=Actor.system("test"))

    assert f"{len(CHOSEN)} new files" in first.sentence
    assert f"{len(CHOSEN)} seen before, nothing posted again" in second.sentence
    assert counts(any_engine) == before
    with Session(any_engine) as session:
        assert prove(session).faults == []
        rows = page(session, all_practice_ids(session), Filters(), clock, person_id=0).rows
    assert len(rows) > 5
    assert rows[0].score > 0
    assert all(row.why for row in rows)


@pytest.mark.parametrize("key", [job.key for job in JOBS])
def test_every_job_runs_by_hand_and_its_result_is_kept(
    engine: Engine, settings: Settings, clock: FixedClock, key: str
) -> None:
    job = find_job(key)
    assert job is not None

    run = run_job(job, engine, settings, clock, trigger="person")

    assert run.is_fine, run.result
    with Session(engine) as session:
        kept = last_runs(session)[key]
    assert (kept.trigger, kept.result) == ("person", run.result)


def test_a_job_that_fails_says_so_and_the_schedule_lives_on(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    job = find_job("pickup")
    assert job is not None
    broken = job._replace(work=lambda *given: str(1 // 0))

    run = run_job(broken, engine, settings, clock, trigger="schedule")

    assert not run.is_fine
    assert "division" in run.result


def test_the_schedule_picks_up_by_itself(engine: Engine, settings: Settings, clock: FixedClock) -> None:

    fill_inbox(settings)
    schedule = Schedule(engine, settings, clock)
    schedule.start()
    try:
        assert schedule.next_run("rank") is not None
        assert schedule.scheduler is not None
        schedule.scheduler.modify_job("pickup", next_run_time=datetime.now(settings.zone))
        for _ in range(200):
            with Session(engine) as session:
                run = session.exec(select(PickupRun).order_by(col(PickupRun.id).desc())).first()
            if run is not None and run.finished_at is not None:
                break
            time.sleep(0.05)
    finally:
        schedule.stop()

    assert run is not None
    assert run.trigger == "schedule"
    assert run.files == len(CHOSEN)
    assert list(Path(settings.inbox_dir).iterdir()) == []


def test_a_book_that_does_not_add_up_fails_the_proof(engine: Engine, settings: Settings, clock: FixedClock) -> None:
    fill_inbox(settings)
    pick_up_and_rank(engine, settings, clock, trigger="command", actor=Actor.system("test"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS posting_is_append_only")
        connection.exec_driver_sql("UPDATE posting SET amount_cents = amount_cents + 1 WHERE id = 1")

    job = find_job("proof")
    assert job is not None
    run = run_job(job, engine, settings, clock, trigger="schedule")

    assert not run.is_fine
    assert "faults" in run.result
