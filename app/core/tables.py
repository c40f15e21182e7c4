"""What the floor itself keeps: what leaves the building, where it goes, the numbers that it is sent under, and what
was worked out of all the books."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from app.core.columns import Document, Instant


class OutboxState(StrEnum):
    WAITING = "waiting"  # inside its undo interval: it can still be cancelled
    RELEASED = "released"  # on its way: being sent, or to be tried again, or to be sent by hand
    SENT = "sent"
    SENT_BY_HAND = "sent_by_hand"  # fax, portal, mail: somebody says so, with proof
    FAILED = "failed"  # every try failed: a person decides
    CANCELLED = "cancelled"


class OutboxItem(SQLModel, table=True):
    """One thing that leaves the building. Its bytes are kept under the outbox folder, addressed by SHA-256."""

    __table_args__ = (Index("outbox_due", "state", "next_try_at"), Index("outbox_practice", "practice_id", "id"))
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int
    kind: str  # "refile", "inquiry", "appeal" …: who is told of what becomes of it
    title: str  # what a person reads in the list
    link: str = ""  # the page it belongs to, e.g. /claims/12
    destination_id: int | None = Field(default=None, foreign_key="destination.id")  # None: to be sent by hand
    file_name: str
    media_type: str = "application/edi-x12"
    sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    control_numbers: str = ""  # ISA13, blank-separated with what else an answer will name
    concerns: dict[str, object] = Field(default_factory=dict, sa_type=Document)  # {"claims": [12], "refile": 3}
    state: str = OutboxState.WAITING
    made_at: datetime = Field(sa_type=Instant)
    made_by_id: int | None = None
    release_at: datetime = Field(sa_type=Instant)
    next_try_at: datetime = Field(sa_type=Instant)  # due from here on; moved forward by each try
    attempts: int = 0
    last_error: str = ""
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    sent_by_id: int | None = None  # by hand
    sent_how: str = ""  # "folder", "sftp", "fax", "portal", "mail"
    proof: str = ""  # fax confirmation, portal reference, tracking number; or the path it was put at
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)


class DestinationKind(StrEnum):
    FOLDER = "folder"  # below the outbox folder; mount or link another place there
    SFTP = "sftp"


class Destination(SQLModel, table=True):
    """Where one practice's files go, and where its payers' files are fetched. Secrets stand elsewhere: `key_file`
    is a path, `password_env` the name of an environment variable."""

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(index=True)
    name: str
    kind: str = DestinationKind.FOLDER
    is_active: bool = True
    folder: str = ""  # drop: below the outbox folder, or on the server
    # What stands in the envelope of what is sent there.
    sender_qualifier: str = "ZZ"  # ISA05
    sender: str = ""  # ISA06, GS02
    receiver_qualifier: str = "ZZ"  # ISA07
    receiver: str = ""  # ISA08, GS03
    usage: str = "P"  # ISA15: P production, T test
    # SFTP only.
    host: str = ""
    port: int = 22
    username: str = ""
    host_key: str = ""  # pinned, as in known_hosts: "ssh-ed25519 AAAA…"
    key_file: str = ""
    password_env: str = ""
    pickup_folder: str = ""  # fetched from here into the inbox; "" fetches nothing
    fetched_folder: str = ""  # where a fetched file is moved on the server; "" deletes it there
    changed_at: datetime = Field(sa_type=Instant)
    changed_by_id: int | None = None
    last_fetch: str = ""  # one sentence


class ControlNumber(SQLModel, table=True):
    """The last number given under a name; see `app/core/control_numbers.py`."""

    name: str = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)


class WorkedOut(SQLModel, table=True):
    """The answer to a question about all the books, for the day (`worked_out.py`)."""

    key: str = Field(primary_key=True)  # a digest of all that was asked, whose walls among it
    kind: str
    on_day: date = Field(index=True)
    made_at: datetime = Field(sa_type=Instant)  # the books as they stood then
    seconds: float
    content: str  # JSON; "": it failed, and the log says why
    is_stale: bool = False  # somebody asked for it again
