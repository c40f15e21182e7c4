"""SFTP servers to drop at and fetch from: OpenSSH where it is installed, and one that loses the line on demand."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
import pytest

from app.core.sftp import SftpAccount

PASSWORD = "correct horse battery staple"
SSHD_PLACES = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/libexec/sshd")
INSTALL = "no OpenSSH server on this machine: run `sudo apt-get install -y openssh-server`"
START_SECONDS = 10.0


@dataclass
class Line:
    """Bytes that still pass before the line is lost; None: it holds."""

    left: int | None = None
    lost: int = 0
    transports: list[paramiko.Transport] = field(default_factory=list)

    def carry(self, size: int) -> None:
        if self.left is None:
            return
        self.left -= size
        if self.left < 0:
            self.left, self.lost = None, self.lost + 1
            for transport in self.transports:
                transport.close()
            raise OSError("the line was cut")


class _Handle(paramiko.SFTPHandle):  # type: ignore[misc]  # paramiko has no types
    line: Line

    def read(self, offset: int, length: int) -> bytes | int:
        given: bytes | int = super().read(offset, length)
        self.line.carry(len(given) if isinstance(given, bytes) else 0)
        return given

    def write(self, offset: int, data: bytes) -> int:
        self.line.carry(len(data))
        taken: int = super().write(offset, data)
        return taken


class _Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    """A folder served as it is."""

    root: Path
    line: Line

    def _at(self, path: str) -> Path:
        return self.root / str(self.canonicalize(path)).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        found = []
        for name in os.listdir(self._at(path)):
            entry = paramiko.SFTPAttributes.from_stat(os.stat(self._at(path) / name))
            entry.filename = name
            found.append(entry)
        return found

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(self._at(path)))
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        try:
            opened = os.fdopen(os.open(self._at(path), flags, 0o600), "wb" if flags & os.O_WRONLY else "rb")
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))
        handle = _Handle(flags)
        handle.line = self.line
        handle.filename, handle.readfile, handle.writefile = str(self._at(path)), opened, opened
        return handle

    def remove(self, path: str) -> int:
        self._at(path).unlink()
        return int(paramiko.SFTP_OK)

    def rename(self, oldpath: str, newpath: str) -> int:
        self._at(oldpath).rename(self._at(newpath))
        return int(paramiko.SFTP_OK)

    posix_rename = rename


class _Door(paramiko.ServerInterface):  # type: ignore[misc]
    def check_auth_password(self, username: str, password: str) -> int:
        is_right = (username, password) == ("clinic", PASSWORD)
        return int(paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


@dataclass
class Server:
    """A running server, the folder it serves, and how to sign in."""

    account: SftpAccount
    root: Path
    line: Line = field(default_factory=Line)


@pytest.fixture
def cuttable(tmp_path: Path) -> Iterator[Server]:
    """Paramiko's own server: the line can be cut in the middle of a file."""
    root = tmp_path / "served"
    root.mkdir()
    key = paramiko.ECDSAKey.generate()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    pinned = f"{key.get_name()} {key.get_base64()}"
    account = SftpAccount(host="127.0.0.1", port=port, username="clinic", host_key=pinned, password=PASSWORD)
    server = Server(account, root)
    files = type("Files", (_Files,), {"root": root, "line": server.line})

    def serve() -> None:
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(taken)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
            server.line.transports.append(transport)
            try:
                transport.start_server(server=_Door())
            except (paramiko.SSHException, OSError, EOFError):
                transport.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for transport in server.line.transports:
        transport.close()
    thread.join(START_SECONDS)


def _sshd() -> str:
    found = os.environ.get("OVERTURN_TEST_SSHD") or shutil.which("sshd")
    found = found or next((place for place in SSHD_PLACES if Path(place).exists()), "")
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL, pytrace=False)
        pytest.skip(INSTALL)
    return found


@pytest.fixture
def openssh(tmp_path: Path) -> Iterator[Server]:
    """A real OpenSSH server on a port of its own, with keys of its own, serving this test's folder."""
    program = _sshd()
    root = tmp_path / "served"
    root.mkdir()
    for name in ("host", "clinic"):
        _ssh_keygen(tmp_path / name)
    (tmp_path / "authorized").write_text((tmp_path / "clinic.pub").read_text())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path / 'host'}\nPidFile none\nStrictModes no\n"
        f"AuthorizedKeysFile {tmp_path / 'authorized'}\nPasswordAuthentication no\nUsePAM no\nPermitRootLogin yes\n"
        f"Subsystem sftp internal-sftp -d {root}\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd, run as root, locks itself in
    log = (tmp_path / "sshd.log").open("wb")
    process = subprocess.Popen([program, "-D", "-e", "-f", str(tmp_path / "sshd_config")], stderr=log)
    try:
        _wait_for(port, process, tmp_path / "sshd.log")
        kind, key, *_ = (tmp_path / "host.pub").read_text().split()
        account = SftpAccount(
            host="127.0.0.1",
            port=port,
            username=_user_name(),
            host_key=f"{kind} {key}",
            key_file=str(tmp_path / "clinic"),
        )
        yield Server(account, root)
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        log.close()


def _ssh_keygen(place: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(place)], check=True)


def _user_name() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"sshd did not start: {log.read_text()}", pytrace=False)
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("sshd did not answer", pytrace=False)


@dataclass
class Proxy:
    """Passes bytes between us and a server until so many have gone one way; then the line is lost."""

    target: int
    up: int | None = None  # bytes that still pass to the server; None: all
    down: int | None = None
    port: int = 0
    sockets: list[socket.socket] = field(default_factory=list)

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.sockets.append(listener)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                ours, _ = listener.accept()
            except OSError:
                return
            theirs = socket.create_connection(("127.0.0.1", self.target))
            self.sockets += [ours, theirs]
            threading.Thread(target=self._pass, args=(ours, theirs, "up"), daemon=True).start()
            threading.Thread(target=self._pass, args=(theirs, ours, "down"), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, way: str) -> None:
        while True:
            try:
                data = source.recv(4096)
                left = getattr(self, way)
                if left is not None:
                    setattr(self, way, left - len(data))
                if not data or (left is not None and left < len(data)):
                    break
                target.sendall(data)
            except OSError:
                break
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def stop(self) -> None:
        for each in self.sockets:
            each.close()


@pytest.fixture
def proxy() -> Iterator[Callable[[int], Proxy]]:
    made: list[Proxy] = []

    def start(target: int) -> Proxy:
        one = Proxy(target)
        one.start()
        made.append(one)
        return one

    yield start
    for each in made:
        each.stop()
