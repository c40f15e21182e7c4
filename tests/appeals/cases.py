"""An appeal of a sample claim, as tests start it."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import Session

from app.appeals.case import CaseFile, Issue, case_file
from app.appeals.start import start_appeal
from app.appeals.tables import Appeal
from app.core.clock import FixedClock
from tests.practice import claim_numbered


def opened(session: Session, engine: Engine, number: str) -> tuple[CaseFile, Issue]:
    """The file of a claim and its newest denial."""
    claim = claim_numbered(engine, number)
    assert claim.id is not None
    file = case_file(session, claim.id)
    return file, file.issues[0]


def started(session: Session, engine: Engine, clock: FixedClock, number: str, argument: str = "Because.") -> Appeal:
    """A draft at the first level."""
    file, issue = opened(session, engine, number)
    return start_appeal(
        session, clock, file, issue, file.levels[0], person_id=1, signer="Dana Reyes", argument=argument
    )
