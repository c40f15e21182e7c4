"""Empty the watched inbox: keep each file's bytes, load it, then move it to the archive.

The order is what makes it safe. The bytes are in the store and known to the database before anything is loaded, and
a file leaves the inbox only when its loading has ended, good or bad. Killed anywhere in between, the next run finds
the file still there, knows its digest, and takes up what is missing. One process picks up at a time.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlmodel import col, select

from app.audit.record import record
from app.core.config import Settings
from app.intake.desk import Desk
from app.intake.load import load_file
from app.intake.report import FileReport, Refused
from app.intake.store import ArchiveError, Kept, keep, register, sweep_half_written
from app.intake.tables import FileState, PickupRun, SetState

log = logging.getLogger(__name__)

SETTLE_SECONDS = 2.0  # a file changed this recently may still be arriving
ARRIVING = (".part", ".tmp", ".filepart", ".crdownload")  # how transfer programs name what is not finished
MOST_FILES_A_RUN = 10_000  # the rest waits for the next run


class PickupResult(NamedTuple):
    run_id: int
    reports: list[FileReport]
    refused: list[Refused]
    sentence: str  # what happened, for the screen
    was_busy: bool = False  # another process is picking up: nothing was done


def ingest(
    desk: Desk,
    paths: list[Path],
    *,
    channel: str,
) -> Iterator[FileReport | Refused]:
    """Keep and load files and folders; the originals stay where they are. Goes on past whatever fails."""
    for path in _files_under(paths):
        yield from _take(desk, path, channel=channel)


def pick_up(desk: Desk, *, trigger: str) -> PickupResult:
    """One look into the inbox. Every run is recorded, also one that found nothing."""
    desk.settings.create_folders()
    with _only_one(desk.settings.home / "pickup.lock") as is_ours:
        if not is_ours:
            return PickupResult(0, [], [], "Another pick-up is under way; this one did nothing.", was_busy=True)
        sweep_half_written(desk.settings)
        run_id = _open_run(desk, trigger)
        reports: list[FileReport] = []
        refused: list[Refused] = []
        for path in _arrived(desk.settings.inbox_dir):
            for outcome in _take(desk, path, channel="inbox"):
                if isinstance(outcome, FileReport):
                    reports.append(outcome)
                else:
                    refused.append(outcome)
            _archive(path, desk.settings.archive_dir / desk.clock.today().isoformat())
        sentence = _sentence(reports, refused)
        _close_run(desk, run_id, reports, refused, sentence)
    return PickupResult(run_id, reports, refused, sentence)


def _take(desk: Desk, path: Path, *, channel: str) -> Iterator[FileReport | Refused]:
    """Keep, register and load one file or each file of an archive."""
    try:
        for kept in keep(desk.settings, path):
            if isinstance(kept, ArchiveError):
                _quarantine(desk.settings, path, str(kept))
                yield Refused(path.name, str(kept))
            else:
                yield _load_kept(desk, kept, channel=channel)
    except ArchiveError as error:
        _quarantine(desk.settings, path, str(error))
        yield Refused(path.name, str(error))
    except FileNotFoundError:
        yield Refused(path.name, f"{path}: there is no such file.")
    except OSError as error:
        reason = f"{path.name}: could not be read ({error.strerror or error}). Check the file's permissions."
        yield Refused(path.name, reason)


def _load_kept(desk: Desk, kept: Kept, *, channel: str) -> FileReport:
    with desk.writing() as session:
        stored = register(session, kept, channel=channel, clock=desk.clock, person_id=desk.actor.person_id)
    report = load_file(desk, stored.file_id)
    report.was_known = stored.was_known
    report.name = kept.name
    if report.state is FileState.QUARANTINED:
        _write_reason(desk.settings, kept, report.reason)
    return report


def _files_under(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            for found in sorted(path.rglob("*")):
                if found.is_file() and not found.name.startswith("."):
                    yield found
        else:
            yield path


def _arrived(inbox: Path) -> list[Path]:
    """Files that have finished arriving, oldest first."""
    now = time.time()
    found: list[tuple[float, str, Path]] = []
    for path in inbox.rglob("*"):
        if not path.is_file() or path.name.startswith(".") or path.suffix.lower() in ARRIVING:
            continue
        try:
            changed = path.stat().st_mtime
        except FileNotFoundError:  # taken away while we looked
            continue
        if now - changed >= SETTLE_SECONDS or changed > now:
            found.append((changed, str(path), path))
    return [path for _, _, path in sorted(found)[:MOST_FILES_A_RUN]]


def _archive(path: Path, folder: Path) -> None:
    """Move out of the inbox; a name that is taken gets a number. A file that cannot be moved stays, and is told."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / path.name
    number = 1
    while place.exists():
        place = folder / f"{path.stem}-{number}{path.suffix}"
        number += 1
    try:
        shutil.move(path, place)
    except OSError as error:
        log.error(
            "%s was loaded but could not be moved to the archive (%s); it is passed over next time", path, error
        )


def _quarantine(settings: Settings, path: Path, reason: str) -> None:
    """What cannot be taken out of an archive has no place in the store: a copy of it stands beside the reasons."""
    settings.quarantine_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy2(path, settings.quarantine_dir / path.name)
    with (settings.quarantine_dir / f"{path.name}.reason.txt").open("a", encoding="utf-8") as reasons:
        reasons.write(reason + "\n")


def _write_reason(settings: Settings, kept: Kept, reason: str) -> None:
    settings.quarantine_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    note = f"{kept.name}\nSHA-256 {kept.sha256}\n{reason}\n"
    (settings.quarantine_dir / f"{kept.sha256[:12]}-{kept.name}.reason.txt").write_text(note, encoding="utf-8")


def _sentence(reports: list[FileReport], refused: list[Refused]) -> str:
    if not reports and not refused:
        return "Nothing had arrived."
    new = [report for report in reports if not report.was_known]
    claims = sum(report.claims for report in new)
    parts = [f"{len(new)} new {'file' if len(new) == 1 else 'files'} with {claims:,} claims"]
    known = len(reports) - len(new)
    if known:
        parts.append(f"{known} seen before, nothing posted again")
    set_aside = [report for report in reports if report.state is FileState.QUARANTINED]
    if set_aside or refused:
        parts.append(f"{len(set_aside) + len(refused)} set aside")
    return "; ".join(parts) + "."


def _open_run(desk: Desk, trigger: str) -> int:
    """A new run; one that never ended was killed, for no two run at a time, and is told so."""
    with desk.writing() as session:
        for cut_off in session.exec(select(PickupRun).where(col(PickupRun.finished_at).is_(None))):
            cut_off.finished_at = desk.clock.now()
            cut_off.result = "Was cut off. The next run took up what it had left."
            session.add(cut_off)
        run = PickupRun(started_at=desk.clock.now(), trigger=trigger, person_id=desk.actor.person_id)
        session.add(run)
        session.flush()
        assert run.id is not None
        return run.id


def _close_run(desk: Desk, run_id: int, reports: list[FileReport], refused: list[Refused], sentence: str) -> None:
    with desk.writing() as session:
        run = session.get_one(PickupRun, run_id)
        run.finished_at = desk.clock.now()
        run.files = len(reports) + len(refused)
        run.known = sum(report.was_known for report in reports)
        run.quarantined = sum(report.state is FileState.QUARANTINED for report in reports) + len(refused)
        run.failed = sum(report.states[SetState.FAILED] > 0 for report in reports)
        new = [report for report in reports if not report.was_known]
        run.loaded = sum(report.state is not FileState.QUARANTINED for report in new)
        run.result = sentence
        session.add(run)
        if run.files:
            detail = {"files": run.files, "result": sentence}
            record(session, "intake.pickup", object_type="pickup_run", object_id=run_id, detail=detail)


@contextmanager
def _only_one(path: Path) -> Iterator[bool]:
    """An advisory lock that the operating system frees when the process ends, however it ends."""
    with path.open("a+b") as handle:
        if not _try_lock(handle.fileno()):
            yield False
            return
        yield True


def _try_lock(descriptor: int) -> bool:
    if os.name == "nt":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows only
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
