"""Progress on a terminal, on standard error, never in a pipe or a log."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

SHOWN_FROM_BYTES = 4 * 1024 * 1024  # smaller files are done before a bar could be seen


@contextmanager
def bytes_bar(file: str, passes: int = 1) -> Iterator[Callable[[int], None] | None]:
    """A bar over the bytes of one file, read `passes` times; None where nobody would see it."""
    console = Console(stderr=True)
    if not console.is_terminal or not os.path.isfile(file) or os.path.getsize(file) < SHOWN_FROM_BYTES:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(os.path.basename(file), total=os.path.getsize(file) * passes)
        yield lambda count: progress.advance(task, count)


@contextmanager
def files_bar(total: int) -> Iterator[Callable[[], None]]:
    """A bar over many files."""
    console = Console(stderr=True)
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)
