"""`overturn edi read`: JSON lines as they are read (docs/json.md)."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple

import typer

from app.cli.edi.files import STANDARD_INPUT, each_file, opened
from app.cli.edi.outcome import UNREADABLE_ERRORS, Outcome, Tally, finish, pipe_may_close, unreadable
from app.cli.edi.progress import bytes_bar, files_bar
from edi import as_json
from edi.findings import Finding
from edi.reading import read as read_values

GARBAGE_THRESHOLD = 200_000  # objects between collections: values hold no cycles, and collecting costs a fifth

Files = Annotated[list[str], typer.Argument(help="Files or folders; - is standard input; .gz is opened.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Files read at the same time; 0: one per core.")]
Folder = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write one .jsonl per file into this folder.", file_okay=False)
]
Banks = Annotated[
    bool, typer.Option("--bank-numbers", help="Print bank routing and account numbers too, to write the file again.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines; the default, said aloud.")]


class Task(NamedTuple):
    """One file to read, and where its rows go."""

    file: str
    target: str
    with_banks: bool


def read(
    files: Files,
    jobs: Jobs = 1,
    output: Folder = None,
    bank_numbers: Banks = False,  # noqa: FBT002 — typer reads the flag from the signature
    as_json_lines: AsJson = True,  # noqa: FBT002
) -> None:
    """Print what files say as JSON lines, one value a line, each with its kind and its place in the file."""
    every = list(each_file(files))
    workers = jobs or os.cpu_count() or 1
    with pipe_may_close():
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
            finish(*read_into(targets(every, output, with_banks=bank_numbers), workers))
        elif workers > 1 and len(every) > 1:
            finish(*read_in_order(every, workers, with_banks=bank_numbers))
        else:
            finish(*[read_aloud(file, with_banks=bank_numbers) for file in every])


def read_aloud(file: str, *, with_banks: bool) -> Outcome:
    """To standard output, with progress on a terminal."""
    with bytes_bar(file) as on_bytes:
        return read_to(sys.stdout.buffer, file, on_bytes, with_banks=with_banks)


def targets(files: list[str], folder: Path, *, with_banks: bool) -> list[Task]:
    """A result file for each file; files of the same name in different folders are numbered."""
    seen: Counter[str] = Counter()
    tasks: list[Task] = []
    for file in files:
        name = "stdin" if file == STANDARD_INPUT else Path(file).name
        seen[name] += 1
        suffix = f"-{seen[name]}" if seen[name] > 1 else ""
        tasks.append(Task(file, str(folder / f"{name}{suffix}.jsonl"), with_banks))
    return tasks


def read_in_order(files: list[str], workers: int, *, with_banks: bool) -> list[Outcome]:
    """Each worker writes its own results to a file: sending values through a pipe costs more than reading them."""
    with tempfile.TemporaryDirectory(prefix="overturn-") as folder:
        tasks = [Task(file, os.path.join(folder, f"{index}.jsonl"), with_banks) for index, file in enumerate(files)]
        outcomes = read_into(tasks, workers)
        for task in tasks:
            with Path(task.target).open("rb") as result:
                shutil.copyfileobj(result, sys.stdout.buffer)
        return outcomes


def read_into(tasks: list[Task], workers: int) -> list[Outcome]:
    """Every file into its result file, on as many cores as asked for; outcomes in the order of the tasks."""
    with files_bar(len(tasks)) as advance:
        if workers == 1 or len(tasks) == 1:
            return list(told(map(read_task, tasks), advance))
        with ProcessPoolExecutor(min(workers, len(tasks)), get_context("spawn")) as pool:
            # Standard input is this process's own: no worker can read it.
            reading = [None if task.file == STANDARD_INPUT else pool.submit(read_task, task) for task in tasks]
            done = (
                read_task(task) if one is None else one.result() for task, one in zip(tasks, reading, strict=True)
            )
            return list(told(done, advance))


def told(outcomes: Iterator[Outcome], advance: Callable[[], None]) -> Iterator[Outcome]:
    for outcome in outcomes:
        advance()
        yield outcome


def read_task(task: Task) -> Outcome:
    """What a worker does."""
    with Path(task.target).open("wb") as target:
        return read_to(target, task.file, with_banks=task.with_banks)


def read_to(
    target: BinaryIO, file: str, on_bytes: Callable[[int], None] | None = None, *, with_banks: bool
) -> Outcome:
    """The rows of one file, as lines, to `target`."""
    tally = Tally(file)
    gc.set_threshold(GARBAGE_THRESHOLD)
    try:
        with opened(file, on_bytes) as stream:
            for row in as_json.rows(counted(read_values(stream, file=file), tally), file, with_banks=with_banks):
                target.write(as_json.text(row).encode() + b"\n")
    except BrokenPipeError:
        raise
    except UNREADABLE_ERRORS as error:
        return unreadable(file, error)
    return tally.outcome()


def counted(values: Iterator[object], tally: Tally) -> Iterator[object]:
    for value in values:
        if type(value) is Finding:
            tally.add(value)
        yield value
