"""What has left is loaded like any other 837: the submission, the charge, the control numbers that answers will name.

The bytes that were sent are the file. Killed between sending and loading, the next run takes it up; loaded twice, the
store knows the file and nothing is posted again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.audit.actor import Actor
from app.claims.tables import Submission
from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import read_scope
from app.core.outbox import content_of
from app.core.tables import OutboxItem
from app.intake.desk import Desk
from app.intake.pickup import ingest
from app.intake.report import FileReport
from app.matching.loaders import LOADERS
from app.refiling.tables import Refile, RefileState

MOST_A_RUN = 1_000


def load_sent(engine: Engine, settings: Settings, clock: Clock) -> set[int]:
    """Load every refile that was sent since; the claims that were touched, to be ranked anew."""
    desk = Desk(engine, settings, clock, LOADERS, Actor.system("outbox"))
    with read_scope(engine) as session:
        waiting = _not_loaded(session)
    touched: set[int] = set()
    for refile, item in waiting:
        report = _load(desk, item)
        if report is None:
            continue
        touched.update(report.touched_claim_ids)
        with desk.writing() as session:
            row = session.get_one(Refile, refile.id)
            row.file_id = report.file_id
            statement = select(Submission.id).where(Submission.file_id == report.file_id)
            row.submission_id = session.exec(statement.order_by(col(Submission.id)).limit(1)).first()
            session.add(row)
    return touched


def _not_loaded(session: Session) -> list[tuple[Refile, OutboxItem]]:
    statement = (
        select(Refile, OutboxItem)
        .join(OutboxItem, col(OutboxItem.id) == Refile.outbox_id)
        .where(Refile.state == RefileState.SENT, col(Refile.file_id).is_(None))
        .order_by(col(Refile.id))
        .limit(MOST_A_RUN)
    )
    return [(refile, item) for refile, item in session.exec(statement)]


def _load(desk: Desk, item: OutboxItem) -> FileReport | None:
    with tempfile.TemporaryDirectory(dir=desk.settings.home) as folder:
        path = Path(folder) / item.file_name
        path.write_bytes(content_of(desk.settings, item))
        outcome = next(iter(ingest(desk, [path], channel="outbox")))
    return outcome if isinstance(outcome, FileReport) else None
