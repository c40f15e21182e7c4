"""The only door out: everything that leaves waits here with a release time, and is kept exactly as it left.

    enqueue ──▶ waiting ──(release time)──▶ released ──▶ sent
                  │ cancel                     │ fails: tried again later, at last `failed`
                  ▼                            ▼
              cancelled                   sent_by_hand (fax, portal, mail, with proof)

Contested changes are compare-and-set: a cancel and a release that meet, or two processes that release at once, leave
one winner. Each item is taken, sent and closed by itself, so that one broken drop holds up nothing else. A process
that dies in the middle of sending leaves the item released; it is sent again under the same name and the same control
number, and what already lies there whole counts as sent.

Whoever puts things in may follow what becomes of them (`follow`); the floor knows no claims.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from app.core.bulk import table_of
from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.core.sftp import CannotConnect, SftpAccount, drop
from app.core.tables import Destination, DestinationKind, OutboxItem, OutboxState

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=2)  # doubled by each try: 2, 4, 8 … minutes, some four hours in all
SENDING = timedelta(minutes=15)  # a try that has not ended by then belonged to a process that is gone
NEVER = timedelta(days=36_500)
MOST_ITEMS_A_RUN = 1_000
BY_HAND = ("fax", "portal", "mail", "phone")
PROOF_LENGTH = 500
TITLE_LENGTH = 200

item_table = table_of(OutboxItem)


class TooLate(Exception):
    """It has left already, or somebody else changed it first. The message says how it stands."""


class CannotSend(Exception):
    """This try failed; the message says why, for the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is to leave. `destination_id` None: a person sends it by hand."""

    practice_id: int
    kind: str
    title: str
    file_name: str
    content: bytes
    destination_id: int | None = None
    link: str = ""
    media_type: str = "application/edi-x12"
    control_numbers: str = ""
    concerns: Mapping[str, object] = field(default_factory=dict)
    person_id: int | None = None


class Follower(NamedTuple):
    """What the maker of an item does when it was sent or cancelled, in the same transaction."""

    sent: Callable[[Session, OutboxItem, Clock], None]
    cancelled: Callable[[Session, OutboxItem, Clock], None]


Heard = Callable[[Session, OutboxItem], None]  # e.g. the audit log
_followers: dict[str, Follower] = {}


def follow(kind: str, follower: Follower) -> None:
    """Be told of every item of this kind. Called once, where the kind is at home."""
    _followers[kind] = follower


def enqueue(
    session: Session, settings: Settings, clock: Clock, outgoing: Outgoing, *, wait: timedelta | None = None
) -> OutboxItem:
    """Keep the bytes and wait; `wait` is the undo interval, by default the settings'. The caller commits."""
    now = clock.now()
    release_at = now + (timedelta(minutes=settings.undo_minutes) if wait is None else wait)
    sha256 = _keep(settings, outgoing.content)
    made = OutboxItem(
        practice_id=outgoing.practice_id,
        kind=outgoing.kind,
        title=outgoing.title[:TITLE_LENGTH],
        link=outgoing.link,
        destination_id=outgoing.destination_id,
        file_name=outgoing.file_name,
        media_type=outgoing.media_type,
        sha256=sha256,
        size_bytes=len(outgoing.content),
        control_numbers=outgoing.control_numbers,
        concerns=dict(outgoing.concerns),
        made_at=now,
        made_by_id=outgoing.person_id,
        release_at=release_at,
        next_try_at=release_at,
    )
    session.add(made)
    session.flush()
    return made


def content_of(settings: Settings, item: OutboxItem) -> bytes:
    """The bytes as kept. Raises CannotSend when they are gone or are not what was put in."""
    path = path_of(settings, item.sha256)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotSend(f"The kept copy cannot be read ({error.strerror}). Restore the outbox folder.") from error
    if hashlib.sha256(content).hexdigest() != item.sha256:
        raise CannotSend("The kept copy was changed on the disk: it is not what was released. Nothing was sent.")
    return content


def path_of(settings: Settings, sha256: str) -> Path:
    return settings.outbox_dir / "kept" / sha256[:2] / sha256[2:]


def cancel(session: Session, item: OutboxItem, clock: Clock) -> None:
    """Take it back while it waits, when every try failed, or while nobody has sent it by hand yet. Raises TooLate.

    Its maker is told.
    """
    now = clock.now()
    may: tuple[OutboxState, ...] = (OutboxState.WAITING, OutboxState.FAILED)
    if item.destination_id is None:
        may = (*may, OutboxState.RELEASED)  # it lies on our own desk
    if not _change(session, item, may, state=OutboxState.CANCELLED, cancelled_at=now):
        raise TooLate(_stands(item))
    if follower := _followers.get(item.kind):
        follower.cancelled(session, item, clock)


def mark_sent_by_hand(
    session: Session, item: OutboxItem, clock: Clock, *, how: str, proof: str, person_id: int
) -> None:
    """Somebody faxed, posted or keyed it in. Raises ValueError without proof, TooLate when it was sent or cancelled.

    Something still waiting may be sent by hand at once: whoever holds the paper decides.
    """
    text = proof.strip()[:PROOF_LENGTH]
    if how not in BY_HAND:
        raise ValueError("Choose how it was sent.")
    if not text:
        raise ValueError(
            "Say how it can be proved: the fax confirmation, the portal's reference, the tracking number."
        )
    may: tuple[OutboxState, ...] = (OutboxState.WAITING, OutboxState.FAILED)
    if item.destination_id is None:
        may = (*may, OutboxState.RELEASED)  # nothing else is sending it
    sent = {"sent_at": clock.now(), "sent_by_id": person_id, "sent_how": how, "proof": text}
    if not _change(session, item, may, state=OutboxState.SENT_BY_HAND, **sent):
        raise TooLate(_stands(item))
    if follower := _followers.get(item.kind):
        follower.sent(session, item, clock)


def try_again(session: Session, item: OutboxItem, clock: Clock) -> None:
    """Start over after every try failed. Raises TooLate."""
    again = {"attempts": 0, "next_try_at": clock.now()}
    if not _change(session, item, (OutboxState.FAILED,), state=OutboxState.RELEASED, **again):
        raise TooLate(_stands(item))


def release_due(engine: Engine, settings: Settings, clock: Clock, *, heard: Heard | None = None) -> list[OutboxItem]:
    """Send everything whose time has come; the items as they stand afterwards. Any number of processes may run it."""
    with read_scope(engine) as session:
        due = session.exec(
            select(OutboxItem.id)
            .where(
                col(OutboxItem.state).in_((OutboxState.WAITING, OutboxState.RELEASED)),
                OutboxItem.next_try_at <= clock.now(),
            )
            .order_by(col(OutboxItem.next_try_at), col(OutboxItem.id))
            .limit(MOST_ITEMS_A_RUN)
        ).all()
    return [
        item
        for item_id in due
        if item_id is not None and (item := _release(engine, settings, clock, item_id, heard)) is not None
    ]


def _release(
    engine: Engine, settings: Settings, clock: Clock, item_id: int, heard: Heard | None
) -> OutboxItem | None:
    """One item: taken in one transaction, sent in none, closed in another."""
    with session_scope(engine) as session:
        item = _take(session, clock.now(), item_id)
        destination = session.get(Destination, item.destination_id) if item and item.destination_id else None
    if item is None or item.destination_id is None:
        return item
    try:
        how, place = _send(settings, item, destination)
        error = ""
    except CannotSend as refusal:
        how, place, error = "", "", str(refusal)
    with session_scope(engine) as session:
        item = session.get_one(OutboxItem, item_id)
        if item.state != OutboxState.RELEASED:
            return item  # another process was quicker with the very same bytes
        if error:
            _put_off(item, clock.now(), error)
        else:
            item.state, item.sent_at, item.sent_how, item.proof = OutboxState.SENT, clock.now(), how, place
            item.last_error = ""
        session.add(item)
        session.flush()
        if not error and (follower := _followers.get(item.kind)):
            follower.sent(session, item, clock)
        if heard is not None:
            heard(session, item)
    return item


def _take(session: Session, now: datetime, item_id: int) -> OutboxItem | None:
    """Mark it as on its way, so that nobody else takes it for as long as a try may last. None: somebody has."""
    item = session.get_one(OutboxItem, item_id)
    by_hand = item.destination_id is None
    values = {
        "state": OutboxState.RELEASED,
        "attempts": item.attempts + (0 if by_hand else 1),
        # What is sent by hand is due once: from then on it stands in the list until somebody has sent it.
        "next_try_at": now + NEVER if by_hand else now + SENDING,
    }
    taken = session.connection().execute(
        update(item_table)
        .where(
            item_table.c.id == item_id,
            item_table.c.state.in_((OutboxState.WAITING, OutboxState.RELEASED)),
            item_table.c.next_try_at <= now,
        )
        .values(**values)
    )
    if taken.rowcount == 0:
        return None
    session.refresh(item)
    return item


def _send(settings: Settings, item: OutboxItem, destination: Destination | None) -> tuple[str, str]:
    """How and where it was put. Raises CannotSend."""
    if destination is None:
        raise CannotSend("Its destination is gone. Choose another, or send it by hand.")
    if not destination.is_active:
        raise CannotSend(f"{destination.name} is switched off.")
    content = content_of(settings, item)
    if destination.kind == DestinationKind.FOLDER:
        return "folder", str(_put(drop_folder(settings, destination), item.file_name, content))
    try:
        return "sftp", drop(account_of(destination), destination.folder, item.file_name, content)
    except CannotConnect as error:
        raise CannotSend(str(error)) from error


def drop_folder(settings: Settings, destination: Destination) -> Path:
    """Below the outbox folder and nowhere else: what is typed on a screen chooses no other place on this machine."""
    base = settings.outbox_dir.resolve() / "drop"
    folder = base / (destination.folder or f"practice-{destination.practice_id}")
    if ".." in Path(destination.folder).parts or Path(destination.folder).is_absolute():
        raise CannotSend(f"{destination.folder} is not a folder below {base}.")
    return folder


def account_of(destination: Destination) -> SftpAccount:
    """Raises CannotConnect when the password's variable is not set."""
    password = ""
    if destination.password_env:
        password = os.environ.get(destination.password_env, "")
        if not password:
            raise CannotConnect(f"The environment variable {destination.password_env} is not set.")
    return SftpAccount(
        host=destination.host,
        port=destination.port,
        username=destination.username,
        host_key=destination.host_key,
        key_file=destination.key_file,
        password=password,
    )


def _put(folder: Path, name: str, content: bytes) -> Path:
    """Written beside its place, flushed, then renamed: whoever watches the folder never sees half a file."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder, folder / name, content)
    except OSError as error:
        raise CannotSend(f"Could not write to {folder}: {error.strerror or error}.") from error
    return folder / name


def _write(folder: Path, place: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".sending-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        os.replace(temporary, place)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _put_off(item: OutboxItem, now: datetime, error: str) -> None:
    item.last_error = error
    if item.attempts >= MOST_ATTEMPTS:
        item.state = OutboxState.FAILED
    else:
        item.next_try_at = now + FIRST_WAIT * 2 ** (item.attempts - 1)


def _change(session: Session, item: OutboxItem, may: tuple[OutboxState, ...], **values: object) -> bool:
    """Compare and set: False when the item no longer stands in one of these states."""
    session.flush()
    changed = session.connection().execute(
        update(item_table).where(item_table.c.id == item.id, item_table.c.state.in_(may)).values(**values)
    )
    session.refresh(item)
    return changed.rowcount == 1


def _stands(item: OutboxItem) -> str:
    words = {
        OutboxState.WAITING: "It still waits.",
        OutboxState.RELEASED: "It is on its way already.",
        OutboxState.SENT: f"It was sent on {item.sent_at:%b %d at %H:%M} UTC." if item.sent_at else "It was sent.",
        OutboxState.SENT_BY_HAND: "It was sent by hand already.",
        OutboxState.FAILED: "It could not be sent; nothing is on its way.",
        OutboxState.CANCELLED: "It was cancelled already.",
    }
    return words[OutboxState(item.state)]


def _keep(settings: Settings, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    place = path_of(settings, sha256)
    if not place.exists():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(place.parent, place, content)
    return sha256
