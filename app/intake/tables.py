"""Stored files, how they arrived, the transaction sets in them, and what was found wrong.

The raw bytes of a file are stored once, addressed by SHA-256, and stay. A file may carry several practices, so the
wall stands at the transaction set, not at the file.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant


class FileState(StrEnum):
    STORED = "stored"  # kept, not yet loaded (or loading was cut off: it is taken up again)
    LOADED = "loaded"
    PARTLY = "partly"  # loaded, with sets held, refused or damaged beside the good ones
    QUARANTINED = "quarantined"  # not X12, or nothing in it that we read


class SetState(StrEnum):
    LOADED = "loaded"
    DUPLICATE = "duplicate"  # the same content was loaded before: nothing posted
    CONFLICT = "conflict"  # same payment key, other content: held for a person
    HELD = "held"  # out of balance or damaged: held whole
    TEST = "test"  # ISA15 = T in a production site: never posted
    UNREAD = "unread"  # a transaction that this workbench does not use
    FAILED = "failed"  # our own fault: told, kept, tried again


class StoredFile(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    size_bytes: int = Field(sa_type=BigInteger)
    name: str  # as it first arrived
    state: str = Field(default=FileState.STORED, index=True)
    kinds: str = ""  # what is in it: "835", "277CA 999"
    reason: str = ""  # why it is quarantined or only partly loaded, and what to do
    sets: int = 0
    claims: int = 0
    errors: int = 0
    warnings: int = 0
    received_at: datetime = Field(sa_type=Instant, index=True)
    loaded_at: datetime | None = Field(default=None, sa_type=Instant)


class Arrival(SQLModel, table=True):
    """Every time a file came, also when it was known already."""

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="storedfile.id", index=True)
    name: str
    channel: str  # "inbox", "command", "upload", "demo"
    arrived_at: datetime = Field(sa_type=Instant)
    was_known: bool = False
    archived_as: str = ""  # path under the archive folder, when it was picked up from the inbox
    person_id: int | None = None


class LoadedSet(SQLModel, table=True):
    """One transaction set (ST…SE) of a file and what became of it; the unit of loading."""

    __table_args__ = (
        UniqueConstraint("file_id", "set_number"),
        Index("loaded_set_fingerprint", "fingerprint"),
        Index("loaded_set_business_key", "business_key"),
    )
    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="storedfile.id")
    set_number: int
    practice_id: int | None = Field(default=None, index=True)  # None until known, or for several
    kind: str
    state: str = Field(index=True)
    control_number: str = ""
    interchange_control_number: str = ""
    sender: str = ""
    version: str = ""
    delimiters: str = ""  # element, component and segment delimiter, to show a part of the file by itself
    fingerprint: str = ""
    business_key: str = ""  # 835: TRN03|TRN02|BPR02|BPR16|payee id
    duplicate_of_id: int | None = None
    reason: str = ""  # why it is held or refused, with the figures, and what to do
    claims: int = 0
    segment: int = 0
    start_offset: int = Field(default=0, sa_type=BigInteger)
    end_offset: int = Field(default=0, sa_type=BigInteger)
    loaded_at: datetime = Field(sa_type=Instant)


class TouchedClaim(SQLModel, table=True):
    """A claim that a load has moved and that is not yet settled and ranked again.

    Written with the set, deleted after the ranking: a kill between the two leaves the row, and the next run does it.
    """

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int


class FileFinding(SQLModel, table=True):
    """A finding of the EDI layer, kept with its place. At most FINDINGS_KEPT a file; the counts are exact."""

    __table_args__ = (Index("file_finding_place", "file_id", "set_number", "segment"),)
    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="storedfile.id")
    set_number: int
    code: str
    severity: str
    segment: int
    element: int
    message: str
    remedy: str
    excerpt: str = ""
    caret: int = -1


class PickupRun(SQLModel, table=True):
    """One look into the inbox, on schedule or by hand."""

    id: int | None = Field(default=None, primary_key=True)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    trigger: str  # "schedule", "person", "command"
    person_id: int | None = None
    files: int = 0
    loaded: int = 0
    known: int = 0
    quarantined: int = 0
    failed: int = 0
    result: str = ""  # one plain sentence
