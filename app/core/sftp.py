"""Put a file on an SFTP server, fetch files from one: the whole file or nothing, and only on the server we know.

The host key is pinned: a server that shows another one is not spoken to, whatever its name resolves to. A file is
written under a name that nobody watches and renamed when it is whole; a fetched file is deleted on the server only
after the copy here is complete and flushed to disk. A connection that breaks anywhere leaves a `.part` that the next
try replaces.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import paramiko

CONNECT_SECONDS = 20.0
IDLE_SECONDS = 60.0  # without an answer: the line is dead
CHUNK_BYTES = 32_768
MOST_FILES_A_RUN = 1_000
LARGEST_FILE_BYTES = 4 << 30
ARRIVING = (".part", ".tmp", ".filepart")  # how the other side names what is not finished

# What a broken line, a refused sign-in or a full disk on the other side may raise.
TROUBLES = (paramiko.SSHException, OSError, EOFError)


class CannotConnect(Exception):
    """The server could not be reached, is not the one we know, refused us, or the line broke. The message says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpAccount:
    host: str
    port: int
    username: str
    host_key: str  # "ssh-ed25519 AAAA…"
    key_file: str = ""
    password: str = ""


def drop(account: SftpAccount, folder: str, name: str, content: bytes) -> str:
    """Put the file into the folder; its place there. A whole file of that name and size is already delivered.

    Raises CannotConnect.
    """
    place = PurePosixPath(folder or ".") / name
    part = PurePosixPath(folder or ".") / f".{name}.part"
    with connected(account) as server:
        if _size_of(server, place) == len(content):
            return f"{account.host}:{place}"
        # `confirm` compares the size on the server with what was sent.
        server.putfo(io.BytesIO(content), str(part), file_size=len(content), confirm=True)
        _rename(server, part, place)
    return f"{account.host}:{place}"


def fetch(account: SftpAccount, folder: str, inbox: Path, *, moved_to: str = "") -> list[str]:
    """Bring every finished file of the folder into the inbox; their names there.

    On the server a fetched file is moved to `moved_to`, or deleted. Raises CannotConnect; what was fetched before
    the line broke stays, and what is fetched twice is known by its content.
    """
    names: list[str] = []
    with connected(account) as server:
        for entry in sorted(server.listdir_attr(folder or "."), key=lambda found: found.filename)[:MOST_FILES_A_RUN]:
            name = entry.filename
            is_file = entry.st_mode is None or stat.S_ISREG(entry.st_mode)
            if not is_file or not is_plain_name(name) or name.lower().endswith(ARRIVING):
                continue
            remote = PurePosixPath(folder or ".") / name
            names.append(_fetch_one(server, remote, inbox).name)
            if moved_to:
                _rename(server, remote, PurePosixPath(moved_to) / name)
            else:
                server.remove(str(remote))
    return names


def host_key_of(host: str, port: int) -> str:
    """The key that the server shows now, to compare with the one its owner gave. Raises CannotConnect."""
    try:
        with paramiko.Transport((host, port)) as transport:
            transport.start_client(timeout=CONNECT_SECONDS)
            key = transport.get_remote_server_key()
            return f"{key.get_name()} {key.get_base64()}"
    except TROUBLES as error:
        raise CannotConnect(f"{host}:{port}: {_words(error)}") from error


def is_plain_name(name: str) -> bool:
    """A name from outside never chooses a path here."""
    return bool(name) and not name.startswith(".") and not any(sign in name for sign in "/\\\0\r\n")


@contextmanager
def connected(account: SftpAccount) -> Iterator[paramiko.SFTPClient]:
    """An open session with the very server we know. Raises CannotConnect, also for what breaks inside the block."""
    where = f"{account.host}:{account.port}"
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    name = account.host if account.port == 22 else f"[{account.host}]:{account.port}"
    key = read_host_key(account.host_key)
    client.get_host_keys().add(name, key.get_name(), key)
    try:
        client.connect(
            account.host,
            account.port,
            account.username,
            password=account.password or None,
            key_filename=account.key_file or None,
            timeout=CONNECT_SECONDS,
            banner_timeout=CONNECT_SECONDS,
            auth_timeout=CONNECT_SECONDS,
            allow_agent=False,
            look_for_keys=False,
        )
        with client.open_sftp() as session:
            channel = session.get_channel()
            if channel is not None:
                channel.settimeout(IDLE_SECONDS)
            yield session
    except paramiko.BadHostKeyException as error:
        raise CannotConnect(
            f"{where} shows another host key than the pinned one. Nothing was sent. Ask its owner whether the key "
            "was changed before you pin the new one."
        ) from error
    except paramiko.AuthenticationException as error:
        raise CannotConnect(f"{where} refused the sign-in of {account.username}.") from error
    except TROUBLES as error:
        raise CannotConnect(f"{where}: {_words(error)}") from error
    finally:
        client.close()


def read_host_key(text: str) -> paramiko.PKey:
    """The pinned key. Raises CannotConnect when it is not one."""
    parts = text.split()
    kind = next((place for place, part in enumerate(parts) if part.startswith(("ssh-", "ecdsa-"))), None)
    if kind is None or len(parts) < kind + 2:
        raise CannotConnect("No host key is pinned: enter it as its owner gave it, like “ssh-ed25519 AAAA…”.")
    try:
        entry = paramiko.hostkeys.HostKeyEntry.from_line(f"pinned {parts[kind]} {parts[kind + 1]}")
    except (paramiko.SSHException, paramiko.hostkeys.InvalidHostKey, ValueError):
        entry = None
    if entry is None or entry.key is None:
        raise CannotConnect("The pinned host key cannot be read: enter it like “ssh-ed25519 AAAA…”.")
    return entry.key


def _fetch_one(server: paramiko.SFTPClient, remote: PurePosixPath, inbox: Path) -> Path:
    inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = inbox / f"{remote.name}.part"
    size = server.stat(str(remote)).st_size or 0
    if size > LARGEST_FILE_BYTES:
        raise CannotConnect(f"{remote} is larger than {LARGEST_FILE_BYTES:,} bytes. Fetch it by hand and split it.")
    received = 0
    with server.open(str(remote), "rb") as source, part.open("wb") as target:
        while chunk := source.read(CHUNK_BYTES):
            target.write(chunk)
            received += len(chunk)
        target.flush()
        os.fsync(target.fileno())
    if received != size:
        raise CannotConnect(f"{remote}: {received:,} of {size:,} bytes came. It is fetched again.")
    place = inbox / remote.name
    number = 1
    while place.exists():
        place = inbox / f"{remote.stem}-{number}{remote.suffix}"
        number += 1
    part.rename(place)
    return place


def _rename(server: paramiko.SFTPClient, old: PurePosixPath, new: PurePosixPath) -> None:
    """Over whatever has that name, where the server can (OpenSSH); else after taking that away."""
    try:
        server.posix_rename(str(old), str(new))
    except OSError:
        if _size_of(server, new) is not None:
            server.remove(str(new))
        server.rename(str(old), str(new))


def _size_of(server: paramiko.SFTPClient, place: PurePosixPath) -> int | None:
    try:
        size: int | None = server.stat(str(place)).st_size
    except FileNotFoundError:
        return None
    return size


def _words(error: BaseException) -> str:
    text = str(error).strip()
    return f"{text or type(error).__name__}. It is tried again."
