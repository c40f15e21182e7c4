"""What a screen asks about files. A file may carry several practices: people see the sets of their own, and the
files in which nobody could find any practice at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from app.intake.tables import Arrival, FileFinding, FileState, LoadedSet, PickupRun, StoredFile

FILE_ROWS = 100
FINDING_ROWS = 200


class FileView(NamedTuple):
    file: StoredFile
    sets: list[LoadedSet]
    findings: list[FileFinding]
    arrivals: list[Arrival]


def files(session: Session, practice_ids: Sequence[int], *, state: str = "", before: int = 0) -> list[StoredFile]:
    """Newest first; `before` is the id of the last row shown."""
    statement = select(StoredFile).where(_visible(practice_ids)).order_by(col(StoredFile.id).desc()).limit(FILE_ROWS)
    if state in set(FileState):
        statement = statement.where(StoredFile.state == state)
    if before:
        statement = statement.where(col(StoredFile.id) < before)
    return list(session.exec(statement))


def file_view(session: Session, practice_ids: Sequence[int], file_id: int) -> FileView | None:
    """One file with the sets that the asker may see, their findings, and every time it arrived."""
    file = session.exec(select(StoredFile).where(StoredFile.id == file_id, _visible(practice_ids))).first()
    if file is None:
        return None
    sets = list(
        session.exec(
            select(LoadedSet)
            .where(LoadedSet.file_id == file_id, _in_practices(practice_ids))
            .order_by(col(LoadedSet.set_number))
        )
    )
    numbers = [0, *(each.set_number for each in sets)]
    findings = session.exec(
        select(FileFinding)
        .where(FileFinding.file_id == file_id, col(FileFinding.set_number).in_(numbers))
        .order_by(col(FileFinding.segment))
        .limit(FINDING_ROWS)
    )
    arrivals = session.exec(select(Arrival).where(Arrival.file_id == file_id).order_by(col(Arrival.id).desc()))
    return FileView(file, sets, list(findings), list(arrivals))


def last_pickup(session: Session) -> PickupRun | None:
    return session.exec(select(PickupRun).order_by(col(PickupRun.id).desc()).limit(1)).first()


def _in_practices(practice_ids: Sequence[int]) -> ColumnElement[bool]:
    return or_(col(LoadedSet.practice_id).is_(None), col(LoadedSet.practice_id).in_(practice_ids))


def _visible(practice_ids: Sequence[int]) -> ColumnElement[bool]:
    of_file = col(LoadedSet.file_id) == col(StoredFile.id)
    return or_(exists().where(of_file, _in_practices(practice_ids)), ~exists().where(of_file))
