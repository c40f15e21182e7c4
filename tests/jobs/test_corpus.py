"""Real-world files from public projects: each loads, or is set aside or held with a true reason, and the books foot.

They stand beside the project and are never part of it; where they are absent there is nothing to try against.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.actor import Actor
from app.core.clock import FixedClock
from app.core.config import Settings
from app.followup.rank import rerank_all
from app.intake.pickup import ingest
from app.intake.report import FileReport
from app.intake.tables import FileState, SetState, StoredFile
from app.jobs.proof import prove
from app.jobs.work import desk_for

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
READ = {"835", "837P", "837I", "837D", "277", "277CA", "277RFAI", "999", "997", "TA1"}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of public files is not beside the project")
def test_every_file_loads_or_says_truly_why_not(engine: Engine, settings: Settings, clock: FixedClock) -> None:
    accepting = settings.model_copy(update={"accept_test_files": True})
    desk = desk_for(engine, accepting, clock, Actor.system("test"))
    paths = [path for path in CORPUS.rglob("*") if path.is_file() and path.name != "README.md"]
    states: Counter[str] = Counter()
    for outcome in ingest(desk, sorted(paths), channel="command"):
        assert isinstance(outcome, FileReport), outcome
        states[outcome.state.value] += 1
        assert outcome.states[SetState.FAILED] == 0, (outcome.name, outcome.reason)
        if outcome.state is FileState.QUARANTINED:
            assert outcome.reason, outcome.name
            assert not READ & set(outcome.kinds), (outcome.name, outcome.kinds)
        elif outcome.state is FileState.PARTLY:
            assert outcome.reason or outcome.errors, outcome.name
    rerank_all(engine, clock, trigger="test")

    assert states["loaded"] > states["partly"]
    with Session(engine) as session:
        assert prove(session).faults == []
        assert len(session.exec(select(StoredFile)).all()) > 100
