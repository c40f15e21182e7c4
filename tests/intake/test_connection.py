"""What a site sets for one sender: a guide check beside the load, and named deviations in the reading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.core.config import Connection
from app.intake.connection import QuirkUnknown, quirks_of, sender_of
from app.intake.desk import Desk
from app.intake.pickup import ingest
from app.intake.report import FileReport
from app.intake.tables import FileFinding, FileState
from tests.intake.conftest import Noting, remittance

# N3 and N4 of the payer are required by the guide; the reader does without them.
AGAINST_THE_GUIDE = remittance("PCN1")


def bring(desk: Desk, folder: Path, text: str, connection: Connection) -> FileReport:
    settings = desk.settings.model_copy(update={"connections": {"PAYER01": connection}})
    path = folder / "era.835"
    path.write_text(text)
    [outcome] = ingest(replace(desk, settings=settings), [path], channel="command")
    assert isinstance(outcome, FileReport)
    return outcome


def test_warn_loads_the_file_and_keeps_what_the_guide_says(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    report = bring(desk, tmp_path, AGAINST_THE_GUIDE, Connection(guide="warn"))

    assert noting.posted == ["PCN1"]
    assert report.state is FileState.LOADED
    with Session(desk.engine) as session:
        codes = {row.code for row in session.exec(select(FileFinding))}
    assert codes
    assert all(code.startswith("guide.") for code in codes)


def test_hold_sets_the_file_aside_before_anything_is_posted(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    report = bring(desk, tmp_path, AGAINST_THE_GUIDE, Connection(guide="hold"))

    assert noting.posted == []
    assert report.state is FileState.QUARANTINED
    assert report.reason.startswith("Held by the guide check")


def test_another_sender_is_not_held_to_it(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    text = AGAINST_THE_GUIDE.replace("PAYER01 ", "OTHER01 ")
    report = bring(desk, tmp_path, text, Connection(guide="hold"))

    assert noting.posted == ["PCN1"]
    assert report.state is FileState.LOADED


def test_a_deviation_is_read_as_the_site_says(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    text = AGAINST_THE_GUIDE.replace("CLP*PCN1*", "CLP*PCN1-02*")
    quirks: dict[str, bool | str] = {"patient_control_number_suffix_mark": "-"}
    bring(desk, tmp_path, text, Connection(quirks=quirks))

    assert noting.posted == ["PCN1"]


def test_a_deviation_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(QuirkUnknown, match="no deviation is called upside_down; there are interest_in"):
        quirks_of(Connection(quirks={"upside_down": True}))


def test_the_sender_of_what_is_not_x12_is_nobody(tmp_path: Path) -> None:
    path = tmp_path / "eob.pdf"
    path.write_text("%PDF-1.7")

    assert sender_of(path) == ""
