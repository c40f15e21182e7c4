"""The inbox: emptied on schedule, archived, never losing a file whatever fails."""

from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.intake.desk import Desk
from app.intake.pickup import _only_one, ingest, pick_up
from app.intake.report import FileReport, Refused
from app.intake.tables import LoadedSet, PickupRun, StoredFile
from tests.intake.conftest import Noting, remittance

LONG_AGO = 1_600_000_000


def arrive(desk: Desk, name: str, text: str = "", *, raw: bytes = b"") -> Path:
    path = desk.settings.inbox_dir / name
    path.write_bytes(raw or text.encode())
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def test_a_picked_up_file_is_loaded_and_stands_in_the_archive(desk: Desk, noting: Noting) -> None:
    arrive(desk, "era.835", remittance("PCN1"))

    result = pick_up(desk, trigger="schedule")

    assert noting.posted == ["PCN1"]
    assert result.sentence == "1 new file with 1 claims."
    assert list(desk.settings.inbox_dir.iterdir()) == []
    assert (desk.settings.archive_dir / "2026-11-23" / "era.835").read_text() == remittance("PCN1")


def test_every_run_is_recorded_with_its_result(desk: Desk) -> None:
    arrive(desk, "junk.txt", "hello")
    pick_up(desk, trigger="person")
    pick_up(desk, trigger="schedule")

    with Session(desk.engine) as session:
        first, second = session.exec(select(PickupRun)).all()
    assert (first.trigger, first.files, first.quarantined) == ("person", 1, 1)
    assert second.result == "Nothing had arrived."


def test_two_files_of_one_name_both_stay_in_the_archive(desk: Desk) -> None:
    arrive(desk, "era.835", remittance("PCN1"))
    pick_up(desk, trigger="schedule")
    arrive(desk, "era.835", remittance("PCN2"))
    pick_up(desk, trigger="schedule")

    names = sorted(path.name for path in (desk.settings.archive_dir / "2026-11-23").iterdir())
    assert names == ["era-1.835", "era.835"]


def test_a_file_that_is_still_arriving_waits(desk: Desk, noting: Noting) -> None:
    arrive(desk, "era.835.part", remittance("PCN1"))
    (desk.settings.inbox_dir / "fresh.835").write_text(remittance("PCN2"))

    pick_up(desk, trigger="schedule")

    assert noting.posted == []
    assert len(list(desk.settings.inbox_dir.iterdir())) == 2


def test_a_kill_between_loading_and_moving_posts_nothing_twice(
    desk: Desk, noting: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(desk, "era.835", remittance("PCN1"))
    monkeypatch.setattr("app.intake.pickup._archive", _killed)
    with pytest.raises(KeyboardInterrupt):
        pick_up(desk, trigger="schedule")
    monkeypatch.undo()

    result = pick_up(desk, trigger="schedule")

    assert noting.posted == ["PCN1"]
    assert "1 seen before, nothing posted again" in result.sentence
    assert list(desk.settings.inbox_dir.iterdir()) == []


def _killed(path: Path, folder: Path) -> None:
    raise KeyboardInterrupt


def test_only_one_process_picks_up_at_a_time(desk: Desk, noting: Noting) -> None:
    arrive(desk, "era.835", remittance("PCN1"))
    with _only_one(desk.settings.home / "pickup.lock") as is_ours:
        assert is_ours
        result = pick_up(desk, trigger="schedule")

    assert result.was_busy
    assert noting.posted == []


def test_gzip_and_zip_are_opened_and_each_member_is_a_file_of_its_own(
    desk: Desk, noting: Noting, tmp_path: Path
) -> None:
    folder = tmp_path / "day"
    folder.mkdir()
    (folder / "one.835.gz").write_bytes(gzip.compress(remittance("PCN1").encode()))
    with zipfile.ZipFile(folder / "two.zip", "w") as archive:
        archive.writestr("a/x.835", remittance("PCN2"))
        archive.writestr("y.835", remittance("PCN3"))

    outcomes = list(ingest(desk, [folder], channel="command"))

    assert [outcome.name for outcome in outcomes] == ["one.835", "x.835", "y.835"]
    assert noting.posted == ["PCN1", "PCN2", "PCN3"]


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("cut.835.gz", gzip.compress(remittance("PCN1").encode())[:-20], "damaged"),  # transfer broke off
        ("plain.gz", b"ISA*00*not compressed at all", "damaged"),
        ("broken.zip", b"PK\x03\x04 and then nothing", "not a readable zip"),
    ],
)
def test_a_broken_archive_is_told_by_name_and_a_copy_is_kept(
    desk: Desk, tmp_path: Path, name: str, raw: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)

    [outcome] = ingest(desk, [path], channel="command")

    assert isinstance(outcome, Refused)
    assert name in outcome.reason
    assert says in outcome.reason
    assert (desk.settings.quarantine_dir / name).read_bytes() == raw


def test_a_bad_member_costs_itself_and_not_its_neighbours(
    desk: Desk, noting: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.intake.store.RATIO_GRACE_BYTES", 1 << 20)
    path = tmp_path / "day.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.835", remittance("PCN1"))
        archive.writestr("2.835", bytes(8 << 20))
        archive.writestr("3.835", remittance("PCN3"))
        archive.writestr("4.835", remittance("PCN4"))
    raw = bytearray(path.read_bytes())
    central = raw.rindex(b"PK\x01\x02")
    raw[central + 10 : central + 12] = (97).to_bytes(2, "little")  # the last one packed by WavPack
    path.write_bytes(raw)

    outcomes = list(ingest(desk, [path], channel="command"))

    assert noting.posted == ["PCN1", "PCN3"]
    refused = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refused) == 2
    assert "expands more than" in refused[0]
    assert "4.835 cannot be unpacked" in refused[1]
    reasons = (desk.settings.quarantine_dir / "day.zip.reason.txt").read_text()
    assert reasons.splitlines() == refused


def test_an_archive_bomb_is_refused_before_it_fills_the_disk(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.intake.store.RATIO_GRACE_BYTES", 1 << 20)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(8 << 20)))

    [outcome] = ingest(desk, [path], channel="command")

    assert isinstance(outcome, Refused)
    assert "expands more than" in outcome.reason
    assert [found for found in desk.settings.files_dir.rglob("*") if found.is_file()] == []


def test_a_file_that_is_not_there_is_named_and_the_others_are_loaded(
    desk: Desk, noting: Noting, tmp_path: Path
) -> None:
    good = tmp_path / "era.835"
    good.write_text(remittance("PCN1"))

    refused, loaded = ingest(desk, [tmp_path / "nowhere.835", good], channel="command")

    assert isinstance(refused, Refused)
    assert "no such file" in refused.reason
    assert isinstance(loaded, FileReport)
    assert noting.posted == ["PCN1"]


def test_a_set_loaded_by_another_process_meanwhile_is_not_posted_again(
    desk: Desk, noting: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look before either has locked: the second finds the first one's row inside its own transaction."""
    path = tmp_path / "era.835"
    path.write_text(remittance("PCN1"))
    list(ingest(desk, [path], channel="command"))
    from app.intake import load, sets

    real = sets.find_set
    blind = iter([True])  # the first look sees nothing, as before the other process committed
    monkeypatch.setattr(load, "find_set", lambda *a: None if next(blind, False) else real(*a))

    list(ingest(desk, [path], channel="command"))

    assert noting.posted == ["PCN1"]
    with Session(desk.engine) as session:
        assert len(session.exec(select(LoadedSet)).all()) == 1
        assert len(session.exec(select(StoredFile)).all()) == 1
