"""A small practice, loaded from story files through the real loaders and ranked: what follow-up tests stand on.

It is made once for each test process and copied for each test, so that every test may change it.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.actor import Actor
from app.claims.tables import Claim
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import make_engine
from app.core.schema import init_database
from app.followup.rank import rerank_all
from app.intake.pickup import ingest
from app.intake.report import Refused
from app.jobs.work import desk_for

STORIES = Path(__file__).resolve().parent.parent / "samples" / "stories"
TODAY = date(2026, 11, 23)

# Denied for authorization, coding, medical necessity; partly denied; the patient's share; records wanted; rejected;
# a payment that fits no claim for certain.
CHOSEN = (
    "837p-original.edi",
    "835-paid.edi",
    "835-partial-denial.edi",
    "835-denied-status-1.edi",
    "835-unprocessable-ma130.edi",
    "835-status-4-unknown-member.edi",
    "835-patient-liable-denial.edi",
    "835-zero-pay-patient-share.edi",
    "835-zero-pay-part-denied.edi",
    "835-retired-reason.edi",
    "835-reversal-and-correction.edi",
    "277-records-wanted.edi",
    "277-not-found.edi",
    "277ca-rejected.edi",
    "835-suspect-match.edi",
)


def make_practice(home: Path, clock: FixedClock, *, stories: tuple[str, ...] = CHOSEN) -> None:
    """Load the stories into a new home."""
    settings = Settings(home=home)
    settings.create_folders()
    engine = make_engine(settings.resolved_database_url)
    init_database(engine)
    desk = desk_for(engine, settings, clock, Actor.system("test"))
    for outcome in ingest(desk, [STORIES / name for name in stories], channel="command"):
        assert not isinstance(outcome, Refused), outcome
    rerank_all(engine, clock, trigger="test")
    engine.dispose()


def copy_practice(made: Path, home: Path) -> Engine:
    """A copy of its own for one test."""
    shutil.copytree(made, home, dirs_exist_ok=True)
    return make_engine(Settings(home=home).resolved_database_url)


def claim_numbered(engine: Engine, number: str) -> Claim:
    with Session(engine, expire_on_commit=False) as session:
        return session.exec(select(Claim).where(Claim.patient_control_number == number)).one()
