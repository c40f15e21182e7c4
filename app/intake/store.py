"""Keep the raw bytes of every file once, addressed by their SHA-256, before anything is read from them.

Archives are opened: each member of a .zip and the content of a .gz is a file of its own. What is written is written
beside its place, flushed to disk and then renamed, so that a kill in the middle leaves no half file behind.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, NamedTuple

from sqlmodel import Session, select

from app.core.bulk import upsert_many
from app.core.clock import Clock
from app.core.config import Settings
from app.intake.tables import Arrival, FileState, StoredFile

FILE_COLUMNS = (
    *("sha256", "size_bytes", "name", "state", "kinds", "reason", "sets", "claims", "errors", "warnings"),
    "received_at",
)
CHUNK_BYTES = 1 << 20
LARGEST_FILE_BYTES = 4 << 30  # a limit on everything; a clearinghouse's largest daily file is far below it
MOST_MEMBERS = 10_000  # of one archive
LARGEST_RATIO = 500  # expanded to packed bytes; X12 packs about 10 to 1, an archive bomb thousands to 1
HALF_WRITTEN = ".taking-"  # what the name of a file in writing begins with
HALF_WRITTEN_SECONDS = 86_400  # so old, nobody writes it any more
RATIO_GRACE_BYTES = 64 << 20  # small archives may pack better than the ratio


class ArchiveError(ValueError):
    """An archive could not be opened. The message says which member, what is wrong and what to do."""


class Stored(NamedTuple):
    file_id: int
    name: str
    was_known: bool


class Kept(NamedTuple):
    """Bytes in the store, not yet told to the database."""

    name: str
    sha256: str
    size_bytes: int


def path_of(settings: Settings, sha256: str) -> Path:
    """Where the bytes with this digest stand."""
    return settings.files_dir / sha256[:2] / sha256[2:]


def keep(settings: Settings, path: Path) -> Iterator[Kept | ArchiveError]:
    """Keep a file, or each file inside an archive; a member that cannot be taken costs itself alone and is told.

    Raises ArchiveError for an archive that cannot be opened at all.
    """
    suffix = path.suffix.lower()
    if suffix == ".gz":
        with _opened(path, gzip.open(path, "rb")) as stream:
            yield _keep_stream(settings, path.name.removesuffix(path.suffix), stream, packed=path.stat().st_size)
    elif suffix == ".zip" or zipfile.is_zipfile(path):
        yield from _keep_members(settings, path)
    else:
        with path.open("rb") as stream:
            yield _keep_stream(settings, path.name, stream)


def keep_bytes(settings: Settings, name: str, content: bytes) -> Kept:
    """Keep what a person uploaded or the product made, as it is; archives are not opened."""
    return _keep_stream(settings, name, io.BytesIO(content))


def sweep_half_written(settings: Settings) -> int:
    """Remove what a killed run had begun to write and never gave its name; returns how many."""
    oldest = time.time() - HALF_WRITTEN_SECONDS
    stale = [path for path in settings.files_dir.glob(f"{HALF_WRITTEN}*") if path.stat().st_mtime < oldest]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def register(
    session: Session,
    kept: Kept,
    *,
    channel: str,
    clock: Clock,
    person_id: int | None = None,
    archived_as: str = "",
) -> Stored:
    """Tell the database of a kept file and of this arrival of it."""
    now = clock.now()
    named = select(StoredFile).where(StoredFile.sha256 == kept.sha256)
    file = session.exec(named).first()
    was_known = file is not None and file.state != FileState.STORED  # cut off before: it is taken up, not repeated
    if file is None:
        row = (kept.sha256, kept.size_bytes, kept.name, FileState.STORED.value, "", "", 0, 0, 0, 0, now)
        upsert_many(session.connection(), StoredFile, FILE_COLUMNS, [row], key=("sha256",), update=())
        file = session.exec(named).one()  # ours, or of a process that took it at the same moment
    assert file.id is not None
    session.add(
        Arrival(
            file_id=file.id,
            name=kept.name,
            channel=channel,
            arrived_at=now,
            was_known=was_known,
            archived_as=archived_as,
            person_id=person_id,
        )
    )
    return Stored(file.id, kept.name, was_known)


def _keep_members(settings: Settings, path: Path) -> Iterator[Kept | ArchiveError]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveError(f"{path.name}: not a readable zip archive ({error}). Ask for it again.") from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MOST_MEMBERS:
            raise ArchiveError(
                f"{path.name}: {len(members)} files inside, at most {MOST_MEMBERS} are taken. Split it."
            )
        for member in members:
            try:
                yield _keep_member(settings, path, archive, member)
            except ArchiveError as error:
                yield error


def _keep_member(settings: Settings, path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Kept:
    """Raises ArchiveError for one that is encrypted, damaged, too large or packed in a way that we cannot open."""
    if member.flag_bits & 0x1:
        raise ArchiveError(f"{path.name}: {member.filename} is encrypted. Unpack it by hand and put it here.")
    try:
        stream = archive.open(member)
    except (NotImplementedError, zipfile.BadZipFile) as error:
        raise ArchiveError(
            f"{path.name}: {member.filename} cannot be unpacked ({error}). Unpack it by hand and put it here."
        ) from error
    with _opened(path, stream) as opened:
        return _keep_stream(settings, Path(member.filename).name, opened, packed=member.compress_size)


class _opened:
    """Close the stream; tell a broken archive by name instead of by the decompressor's words."""

    def __init__(self, path: Path, stream: IO[bytes] | gzip.GzipFile) -> None:
        self.path = path
        self.closing = closing(stream)

    def __enter__(self) -> IO[bytes]:
        return self.closing.__enter__()  # type: ignore[return-value]  # GzipFile reads like any binary file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.closing.__exit__(None, None, None)
        if isinstance(error, (zlib.error, EOFError, zipfile.BadZipFile, gzip.BadGzipFile)):
            raise ArchiveError(f"{self.path.name}: the archive is damaged ({error}). Ask for it again.") from error


def _keep_stream(settings: Settings, name: str, stream: IO[bytes], packed: int | None = None) -> Kept:
    digest = hashlib.sha256()
    size = 0
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=settings.files_dir, prefix=HALF_WRITTEN)
    try:
        with os.fdopen(handle, "wb") as target:
            while chunk := stream.read(CHUNK_BYTES):
                size += len(chunk)
                if size > LARGEST_FILE_BYTES:
                    raise ArchiveError(
                        f"{name}: larger than {LARGEST_FILE_BYTES:,} bytes. Split it and send the parts."
                    )
                if packed is not None and size > RATIO_GRACE_BYTES + packed * LARGEST_RATIO:
                    raise ArchiveError(
                        f"{name}: expands more than {LARGEST_RATIO} times. Not taken; look at its sender."
                    )
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        sha256 = digest.hexdigest()
        place = path_of(settings, sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        if not place.exists():
            os.replace(temporary, place)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return Kept(name, sha256, size)
