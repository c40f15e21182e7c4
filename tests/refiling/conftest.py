"""One practice with a billed and denied claim, a place to send to, and people to work it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.audit.actor import Actor
from app.auth.permissions import Role
from app.claims.tables import Claim, Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from app.core.tables import Destination, DestinationKind, OutboxItem
from app.followup.rank import rerank_all
from app.jobs.sending import outbox_job
from app.jobs.work import settle_and_rank
from app.main import create_app
from app.refiling.tables import Refile
from tests.browser_double import Browser, sign_in_as
from tests.matching.paper import Books, billed, payment, submission

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
DENIED = """
    CLP*A100*4*300*0**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~
    SVC*HC:99213*300*0**1~DTM*472*20261005~CAS*CO*4*300~REF*6R*A100L1~LQ*HE*N519~
"""


@dataclass
class Clinic:
    """The books, the folder that is sent into, and the rows that tests ask for."""

    books: Books
    engine: Engine
    settings: Settings
    clock: FixedClock

    def deny(self, segments: str = DENIED, *, claim: str = "", trace: str = "EFT0001") -> Claim:
        """Bill a claim and have it denied."""
        self.books.take(submission(claim or billed("A100", "300")), payment(segments, trace=trace))
        rerank_all(self.engine, self.clock, trigger="test")
        return self.books.claim("A100")

    @property
    def practice_ids(self) -> tuple[int, ...]:
        with Session(self.engine) as session:
            return tuple(number for number in session.exec(select(Practice.id)) if number is not None)

    def open_folder(self) -> None:
        """Give the practice a folder to drop into."""
        with session_scope(self.engine) as session:
            for number in self.practice_ids:
                session.add(
                    Destination(
                        practice_id=number,
                        name="Clearinghouse",
                        kind=DestinationKind.FOLDER,
                        folder="out",
                        sender="CLINIC01",
                        receiver="CLEARING01",
                        changed_at=self.clock.now(),
                    )
                )

    def leave(self) -> str:
        """Ten minutes pass and the outbox job runs."""
        self.clock.advance(minutes=10)
        return outbox_job(self.engine, self.settings, self.clock, "test")

    def answer(self, paper: str) -> None:
        """Three weeks later the payer answers, by the same way as any file."""
        self.clock.advance(days=20)
        report = self.books.take(paper)
        settle_and_rank(self.engine, self.clock, set(report.touched_claim_ids), actor=Actor.system("test"))

    @property
    def sent(self) -> list[str]:
        return [path.read_text() for path in sorted((self.settings.outbox_dir / "drop" / "out").glob("*.edi"))]

    def refile(self) -> Refile:
        with Session(self.engine, expire_on_commit=False) as session:
            return session.exec(select(Refile).order_by(col(Refile.id).desc()).limit(1)).one()

    def item(self) -> OutboxItem:
        with Session(self.engine, expire_on_commit=False) as session:
            return session.exec(select(OutboxItem).order_by(col(OutboxItem.id).desc()).limit(1)).one()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def clinic(engine: Engine, settings: Settings, tmp_path: Path, clock: FixedClock) -> Clinic:
    folder = tmp_path / "papers"
    folder.mkdir()
    return Clinic(Books(engine, settings, folder, clock), engine, settings, clock)


@pytest.fixture
def app(settings: Settings, engine: Engine, clock: FixedClock) -> FastAPI:
    return create_app(settings, engine=engine, clock=clock)


def work_as(app: FastAPI, clinic: Clinic, role: Role = Role.BILLER) -> Browser:
    return sign_in_as(app, role, practice_ids=clinic.practice_ids)


def said(html: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("&#39;", "'").replace("&amp;", "&")
