"""The one schedule table, and APScheduler at its edge.

Jobs run in the process that schedules, one at a time each, and a run that was missed (the machine slept) is made up
once. On SQLite that is the one process there is; on PostgreSQL it is the leader of all that serve (`leader.py`), and
another takes over within seconds when it ends. What came of every run is kept, because "it ran last night" must be
something a person can look up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import is_sqlite, session_scope
from app.jobs import sending, work
from app.jobs.leader import LOOK_SECONDS, Leader, only_one
from app.jobs.tables import JobRun

log = logging.getLogger(__name__)

MISSED_BY_SECONDS = 6 * 3600  # a nightly job that a sleeping machine missed still runs in the morning
UNDER_WAY = "Another process is running it at this moment; this one did nothing."
Work = Callable[[Engine, Settings, Clock, str], str]


class Job(NamedTuple):
    key: str
    label: str
    line: str  # what it does, for the screen
    work: Work
    trigger: Callable[[Settings], BaseTrigger]
    every: Callable[[Settings], str]  # in words


JOBS: tuple[Job, ...] = (
    Job(
        "pickup",
        "Pick up files",
        "Looks into the inbox, loads what has arrived and re-ranks the claims it touches.",
        work.pickup_job,
        lambda settings: IntervalTrigger(minutes=settings.pickup_minutes, timezone=settings.zone),
        lambda settings: f"every {settings.pickup_minutes} minutes",
    ),
    Job(
        "outbox",
        "Send the outbox",
        "Sends what has waited out its undo interval, tries again what failed, and loads what left as sent.",
        sending.outbox_job,
        lambda settings: IntervalTrigger(minutes=1, timezone=settings.zone),
        lambda settings: "every minute",
    ),
    Job(
        "fetch",
        "Fetch from SFTP",
        "Brings the files that stand on the payers' servers into the inbox.",
        sending.fetch_job,
        lambda settings: IntervalTrigger(minutes=settings.pickup_minutes, timezone=settings.zone),
        lambda settings: f"every {settings.pickup_minutes} minutes",
    ),
    Job(
        "wake",
        "Wake parked claims",
        "Brings back the claims whose date has come.",
        work.sweep_job,
        lambda settings: CronTrigger(hour=0, minute=10, timezone=settings.zone),
        lambda settings: "every night at 12:10",
    ),
    Job(
        "inquiries",
        "Ask payers",
        "Asks where the claims stand that are past their payer's usual time (276); never twice within the wait.",
        work.inquiry_job,
        lambda settings: CronTrigger(day_of_week="mon-fri", hour=5, minute=0, timezone=settings.zone),
        lambda settings: "every weekday at 5:00",
    ),
    Job(
        "rank",
        "Re-rank everything",
        "A day older, a day nearer to every deadline: all open claims are ranked anew.",
        work.rank_job,
        lambda settings: CronTrigger(hour=2, minute=0, timezone=settings.zone),
        lambda settings: "every night at 2:00",
    ),
    Job(
        "proof",
        "Prove the books",
        "Checks that every entry balances and every open cent stands in one queue.",
        work.proof_job,
        lambda settings: CronTrigger(hour=3, minute=0, timezone=settings.zone),
        lambda settings: "every night at 3:00",
    ),
    Job(
        "reports",
        "Work out the reports",
        "Works out the first page of the reports for the morning, where the books are large.",
        work.reports_job,
        lambda settings: CronTrigger(hour=3, minute=30, timezone=settings.zone),
        lambda settings: "every night at 3:30",
    ),
)


class Schedule:
    """The schedule of this process: it runs from the start on SQLite, and while this process leads on PostgreSQL."""

    def __init__(
        self, engine: Engine, settings: Settings, clock: Clock, *, name: str = "", look_seconds: float = LOOK_SECONDS
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.clock = clock
        self.scheduler: BackgroundScheduler | None = None
        self.leader: Leader | None = None
        if not is_sqlite(engine):
            self.leader = Leader(engine, elected=self._begin, lost=self._end, name=name, look_seconds=look_seconds)

    def start(self) -> None:
        if self.leader is not None:
            self.leader.start()
        else:
            self._begin()

    def stop(self) -> None:
        if self.leader is not None:
            self.leader.stop()
        else:
            self._end()

    @property
    def leads(self) -> bool:
        return self.scheduler is not None

    def next_run(self, key: str) -> datetime | None:
        """None when another process schedules."""
        scheduler = self.scheduler
        found = scheduler.get_job(key) if scheduler is not None else None
        return found.next_run_time if found is not None else None

    def _begin(self) -> None:
        scheduler = BackgroundScheduler(
            timezone=self.settings.zone,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISSED_BY_SECONDS},
        )
        for job in JOBS:
            scheduler.add_job(
                run_job,
                job.trigger(self.settings),
                args=(job, self.engine, self.settings, self.clock),
                kwargs={"trigger": "schedule"},
                id=job.key,
            )
        scheduler.start()
        self.scheduler = scheduler

    def _end(self) -> None:
        """What runs at this moment is finished first."""
        scheduler, self.scheduler = self.scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=True)


def run_job(job: Job, engine: Engine, settings: Settings, clock: Clock, *, trigger: str) -> JobRun:
    """Run one job now and keep what came of it. Never raises for what the job does: a schedule outlives any run."""
    with session_scope(engine) as session:
        run = JobRun(job=job.key, trigger=trigger, started_at=clock.now())
        session.add(run)
        session.flush()
        run_id = run.id
    try:
        with only_one(engine, job.key) as is_ours:
            result = job.work(engine, settings, clock, trigger) if is_ours else UNDER_WAY
        is_fine = True
    except Exception as error:
        log.exception("job %s failed", job.key)
        result, is_fine = f"Failed: {error}", False
    with session_scope(engine) as session:
        run = session.get_one(JobRun, run_id)
        run.finished_at, run.is_fine, run.result = clock.now(), is_fine, result
        session.add(run)
    return run


def last_runs(session: Session) -> dict[str, JobRun]:
    """The newest run of each job."""
    found: dict[str, JobRun] = {}
    for job in JOBS:
        statement = select(JobRun).where(JobRun.job == job.key).order_by(col(JobRun.id).desc()).limit(1)
        run = session.exec(statement).first()
        if run is not None:
            found[job.key] = run
    return found


def find_job(key: str) -> Job | None:
    return next((job for job in JOBS if job.key == key), None)
