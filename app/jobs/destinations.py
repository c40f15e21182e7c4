"""Where files go: what a supervisor may set for a practice, checked before it is kept.

No secret is kept here: a key is named by its path, a password by the name of an environment variable. That name must
begin with OVERTURN_SFTP_, so that nobody can have another secret of this machine sent to a server of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from sqlmodel import Session, col, select

from app.audit.record import record
from app.core.clock import Clock
from app.core.sftp import CannotConnect, read_host_key
from app.core.tables import Destination, DestinationKind

PASSWORD_PREFIX = "OVERTURN_SFTP_"
PASSWORD_NAME = re.compile(rf"{PASSWORD_PREFIX}[A-Z0-9_]+")
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?")
TEXTS = (
    *("name", "folder", "sender_qualifier", "sender", "receiver_qualifier", "receiver", "host", "username"),
    *("host_key", "key_file", "password_env", "pickup_folder", "fetched_folder"),
)
LONGEST = {"sender": 15, "receiver": 15, "sender_qualifier": 2, "receiver_qualifier": 2, "host_key": 4_000}
LONGEST_TEXT = 200
MOST_PORT = 65_535


class DestinationRefused(ValueError):
    """Some fields cannot be kept: field → what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def destinations(session: Session, practice_ids: Sequence[int]) -> list[Destination]:
    statement = select(Destination).where(col(Destination.practice_id).in_(practice_ids))
    return list(session.exec(statement.order_by(col(Destination.name), col(Destination.id))))


def save_destination(
    session: Session, clock: Clock, row: Destination, typed: Mapping[str, str], *, person_id: int
) -> Destination:
    """Keep what was typed. Raises DestinationRefused with every field that is wrong; then nothing has changed."""
    values = {name: typed.get(name, "").strip() for name in TEXTS}
    kind, port = typed.get("kind", ""), typed.get("port", "").strip() or "22"
    errors = _errors(values, kind, port)
    if errors:
        raise DestinationRefused(errors)
    for name, value in values.items():
        setattr(row, name, value)
    row.kind, row.port = kind, int(port)
    row.usage = "T" if typed.get("usage") == "T" else "P"
    row.is_active = typed.get("is_active", "") == "yes"
    row.changed_at, row.changed_by_id = clock.now(), person_id
    session.add(row)
    session.flush()
    record(
        session,
        "destination.save",
        object_type="destination",
        object_id=row.id or 0,
        practice_id=row.practice_id,
        detail={"name": row.name, "kind": row.kind, "host": row.host, "port": row.port, "active": row.is_active},
    )
    return row


def _errors(values: Mapping[str, str], kind: str, port: str) -> dict[str, str]:
    errors = {
        name: f"At most {LONGEST.get(name, LONGEST_TEXT)} characters."
        for name, value in values.items()
        if len(value) > LONGEST.get(name, LONGEST_TEXT)
    }
    if not values["name"]:
        errors["name"] = "A name is needed."
    if bool(values["sender"]) != bool(values["receiver"]):
        errors["receiver"] = "Sender and receiver go together; leave both empty to use those of the claim as sent."
    for name in ("sender_qualifier", "receiver_qualifier"):
        if len(values[name]) != 2:
            errors[name] = "Two characters, like ZZ or 30."
    if kind == DestinationKind.FOLDER:
        parts = Path(values["folder"])
        if parts.is_absolute() or ".." in parts.parts:
            errors["folder"] = "A folder below the outbox folder; mount or link another place there."
    elif kind == DestinationKind.SFTP:
        errors |= _sftp_errors(values, port)
    else:
        errors["kind"] = "Choose a folder or a server."
    return errors


def _sftp_errors(values: Mapping[str, str], port: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not HOST.fullmatch(values["host"]):
        errors["host"] = "The server's name or address, without user and path."
    if not port.isdigit() or not 1 <= int(port) <= MOST_PORT:
        errors["port"] = f"A number from 1 to {MOST_PORT}."
    if not values["username"]:
        errors["username"] = "A user name is needed."
    try:
        read_host_key(values["host_key"])
    except CannotConnect as error:
        errors["host_key"] = str(error)
    if not values["key_file"] and not values["password_env"]:
        errors["key_file"] = "Name a key file, or the variable that holds the password."
    if values["password_env"] and not PASSWORD_NAME.fullmatch(values["password_env"]):
        errors["password_env"] = f"The name of an environment variable that begins with {PASSWORD_PREFIX}."
    for name in ("folder", "pickup_folder", "fetched_folder"):
        if ".." in PurePosixPath(values[name]).parts:
            errors[name] = "A folder on the server, without “..”."
    if values["fetched_folder"] and values["fetched_folder"] == values["pickup_folder"]:
        errors["fetched_folder"] = "Another folder than the one that is fetched from."
    return errors
