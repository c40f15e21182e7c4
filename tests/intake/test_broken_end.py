"""A set whose loading fails at its very end must not take the next set of the file with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.core.clock import FixedClock
from app.core.config import Settings
from app.intake.desk import Desk
from app.intake.load import load_file
from app.intake.loading_contract import LoadContext, SetOutcome
from app.intake.pickup import ingest
from app.intake.report import FileReport
from app.intake.tables import LoadedSet, SetState
from edi.values import SetEnd
from tests.intake.conftest import Noting, NotingLoader, remittance


class BreaksAtTheEnd(NotingLoader):
    """Fails once, when the first set has been read to its last segment."""

    def end(self, end: SetEnd) -> SetOutcome:
        if end.set_number == 1 and not self.noting.break_on:
            self.noting.break_on = "once is enough"
            raise ZeroDivisionError("a fault of our own")
        return super().end(end)


@pytest.fixture
def breaking(engine: Engine, settings: Settings, clock: FixedClock, noting: Noting) -> Desk:
    return Desk(engine, settings, clock, {"835": lambda context: _loader(context, noting)})


def _loader(context: LoadContext, noting: Noting) -> BreaksAtTheEnd:
    return BreaksAtTheEnd(context, noting)


def two_sets(tmp_path: Path) -> Path:
    path = tmp_path / "two.835"
    second = remittance("PCN2", control="0002", interchange="000000102")
    path.write_text(remittance("PCN1") + second)
    return path


def states(desk: Desk) -> list[tuple[int, str]]:
    with Session(desk.engine) as session:
        rows = session.exec(select(LoadedSet).order_by("set_number")).all()
    return [(row.set_number, row.state) for row in rows]


def test_a_fault_at_the_end_of_a_set_leaves_the_next_set_alone(breaking: Desk, tmp_path: Path) -> None:
    list(ingest(breaking, [two_sets(tmp_path)], channel="command"))

    assert states(breaking) == [(1, SetState.FAILED), (2, SetState.LOADED)]


def test_what_failed_is_tried_again_with_the_file(breaking: Desk, tmp_path: Path) -> None:
    (report,) = list(ingest(breaking, [two_sets(tmp_path)], channel="command"))
    assert isinstance(report, FileReport)

    load_file(breaking, report.file_id)

    assert states(breaking) == [(1, SetState.LOADED), (2, SetState.LOADED)]
