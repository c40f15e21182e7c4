"""Where a command reads from: files, folders of files, standard input (`-`), gzip-compressed or not."""

from __future__ import annotations

import gzip
import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import typer

STANDARD_INPUT = "-"
GZIP_MAGIC = b"\x1f\x8b"
BUFFER_BYTES = 256 * 1024
SPOOL_BYTES = 8 * 1024 * 1024  # of standard input kept in memory before it goes to a temporary file


def each_file(paths: list[str]) -> Iterator[str]:
    """The files meant: folders stand for all files in them, in name order.

    A folder without files stands for itself: whoever opens it says that there is nothing to read.
    """
    once_only(paths)
    for path in paths:
        if path != STANDARD_INPUT and Path(path).is_dir():
            inside = sorted(str(inner) for inner in Path(path).rglob("*") if inner.is_file())
            yield from inside or [path]
        else:
            yield path


def once_only(paths: Sequence[str]) -> None:
    if paths.count(STANDARD_INPUT) > 1:
        raise typer.BadParameter("standard input (-) can be read only once")


@contextmanager
def opened(path: str, on_bytes: Callable[[int], None] | None = None) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed. `on_bytes` hears how many were read from disk, for progress."""
    if path == STANDARD_INPUT:
        standard = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer))
        yield decompressed(standard)
        standard.detach()  # standard input is not ours to close
        return
    with Path(path).open("rb", buffering=0) as plain:
        raw = Counted(plain, on_bytes) if on_bytes else plain
        with io.BufferedReader(raw, buffer_size=BUFFER_BYTES) as buffered:
            yield decompressed(buffered)


@contextmanager
def opened_again(path: str, on_bytes: Callable[[int], None] | None = None) -> Iterator[Callable[[], BinaryIO]]:
    """As `opened`, for work that goes through the bytes more than once: each call begins anew.

    Standard input can be read only once, so it is kept aside.
    """
    with ExitStack() as stack:
        if path == STANDARD_INPUT:
            spool = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES))
            shutil.copyfileobj(stack.enter_context(opened(path)), spool)
            yield lambda: from_start(spool)
        else:
            yield lambda: stack.enter_context(opened(path, on_bytes))


def from_start(spool: tempfile.SpooledTemporaryFile[bytes]) -> BinaryIO:
    spool.seek(0)
    return cast(BinaryIO, spool)


def decompressed(stream: io.BufferedReader[Any]) -> BinaryIO:
    if stream.peek(2)[:2] == GZIP_MAGIC:
        return cast(BinaryIO, gzip.GzipFile(fileobj=stream))
    return cast(BinaryIO, stream)


class Counted(io.RawIOBase):
    """A raw stream that tells how many bytes went through it."""

    def __init__(self, plain: io.FileIO, on_bytes: Callable[[int], None]) -> None:
        self.plain = plain
        self.on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self.plain.read(len(view))
        view[: len(data)] = data
        self.on_bytes(len(data))
        return len(data)
