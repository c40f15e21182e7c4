"""Loading a file set by set: what is kept, what is passed over, what a fault costs."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session, select

from app.audit.tables import Event
from app.intake.desk import Desk
from app.intake.loading_contract import SetOutcome
from app.intake.pickup import ingest
from app.intake.report import FileReport, Refused
from app.intake.store import path_of
from app.intake.tables import Arrival, FileFinding, FileState, LoadedSet, SetState, StoredFile
from tests.intake.conftest import Noting, remittance

OUT_OF_BALANCE = SetOutcome(SetState.HELD, "expected 90.00, found 100.00")


def put(folder: Path, text: str, name: str = "era.835") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def bring(desk: Desk, *paths: Path) -> list[FileReport]:
    outcomes = list(ingest(desk, list(paths), channel="command"))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    return [outcome for outcome in outcomes if isinstance(outcome, FileReport)]


def test_a_good_file_is_stored_once_and_every_claim_reaches_its_loader(
    desk: Desk, noting: Noting, tmp_path: Path
) -> None:
    [report] = bring(desk, put(tmp_path, remittance("PCN1", "PCN2")))

    assert (report.state, report.sets, report.claims, report.errors) == (FileState.LOADED, 1, 2, 0)
    assert noting.posted == ["PCN1", "PCN2"]
    with Session(desk.engine) as session:
        file = session.exec(select(StoredFile)).one()
        assert path_of(desk.settings, file.sha256).read_bytes() == remittance("PCN1", "PCN2").encode()
        loaded = session.exec(select(LoadedSet)).one()
        assert (loaded.kind, loaded.state, loaded.claims) == ("835", SetState.LOADED, 2)
        assert [event.action for event in session.exec(select(Event))] == ["intake.set.loaded"]


def test_the_same_bytes_again_post_nothing_and_say_so(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    first = put(tmp_path, remittance("PCN1"), "monday.835")
    again = put(tmp_path, remittance("PCN1"), "tuesday.835")

    before, after = bring(desk, first, again)

    assert noting.posted == ["PCN1"]
    assert (before.was_known, after.was_known) == (False, True)
    assert after.claims == 1
    with Session(desk.engine) as session:
        assert len(session.exec(select(StoredFile)).all()) == 1
        assert [arrival.name for arrival in session.exec(select(Arrival))] == ["monday.835", "tuesday.835"]


def test_a_held_set_is_read_a_second_time_without_posting(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    noting.answers[1] = OUT_OF_BALANCE
    [report] = bring(desk, put(tmp_path, remittance("PCN1")))

    assert noting.kept == ["PCN1"]
    assert report.state is FileState.PARTLY
    assert report.reason == "expected 90.00, found 100.00"
    with Session(desk.engine) as session:
        assert session.exec(select(LoadedSet)).one().state == SetState.HELD


def test_a_fault_of_our_own_costs_one_set_and_is_tried_again(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    good, bad = remittance("PCN1"), remittance("PCN2", control="0002", interchange="000000102")
    path = put(tmp_path, bad + good)
    noting.break_on = "PCN2"
    [report] = bring(desk, path)
    assert noting.posted == ["PCN1"]
    assert report.states == {SetState.FAILED: 1, SetState.LOADED: 1}
    assert "ZeroDivisionError" in report.reason

    noting.break_on = ""
    [report] = bring(desk, path)
    assert noting.posted == ["PCN1", "PCN2"]
    assert report.states == {SetState.LOADED: 2}
    assert report.state is FileState.LOADED


def test_a_test_interchange_is_not_posted_until_the_site_says_so(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    [report] = bring(desk, put(tmp_path, remittance("PCN1", usage="T")))

    assert noting.posted == []
    assert report.state is FileState.QUARANTINED
    assert "ISA15 is T" in report.reason


def test_what_is_not_x12_is_set_aside_with_a_true_reason_and_kept(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    [report] = bring(desk, put(tmp_path, "%PDF-1.7 not a remittance", "eob.pdf"))

    assert report.state is FileState.QUARANTINED
    assert report.reason.startswith("not X12: ")
    notes = list(desk.settings.quarantine_dir.glob("*eob.pdf.reason.txt"))
    assert len(notes) == 1
    assert "not X12" in notes[0].read_text()
    with Session(desk.engine) as session:
        file = session.exec(select(StoredFile)).one()
        assert path_of(desk.settings, file.sha256).exists()


def test_a_transaction_that_nobody_reads_is_named(desk: Desk, tmp_path: Path) -> None:
    text = (
        remittance("PCN1").replace("ST*835", "ST*820").replace("*HP*", "*RA*").replace("005010X221A1", "005010X218")
    )
    [report] = bring(desk, put(tmp_path, text))

    assert report.state is FileState.QUARANTINED
    assert "820 is not a transaction that this workbench uses" in report.reason


def test_findings_are_kept_with_their_place(desk: Desk, tmp_path: Path) -> None:
    [report] = bring(desk, put(tmp_path, remittance("PCN1").replace("SE*12*", "SE*99*")))

    assert report.findings
    with Session(desk.engine) as session:
        kept = session.exec(select(FileFinding)).all()
    assert {(row.code, row.segment) for row in kept} == {(f.code, f.source.segment) for f in report.findings}


def test_what_can_hardly_be_so_is_kept_with_the_file_and_holds_nothing(
    desk: Desk, noting: Noting, tmp_path: Path
) -> None:
    [report] = bring(desk, put(tmp_path, remittance("PCN1").replace("20261118~", "20991118~")))

    assert (report.state, noting.posted) == (FileState.LOADED, ["PCN1"])
    with Session(desk.engine) as session:
        kept = session.exec(select(FileFinding)).all()
    assert [row.code for row in kept] == ["835.date.payment"]


def test_two_payments_in_one_file_are_two_transactions(desk: Desk, noting: Noting, tmp_path: Path) -> None:
    text = remittance("PCN1") + remittance("PCN2", control="0002", interchange="000000102")
    noting.answers[1] = OUT_OF_BALANCE
    [report] = bring(desk, put(tmp_path, text))

    assert report.states == {SetState.HELD: 1, SetState.LOADED: 1}
    assert noting.posted == ["PCN1", "PCN2"]  # the first pass of set 1 was rolled back
    assert noting.kept == ["PCN1"]
