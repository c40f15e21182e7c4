"""`overturn pickup`: look into the inbox now, as the schedule does."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.ingest import file_as_json
from app.cli.machine import FAULTS, FINE, opened, print_json
from app.intake.report import FileReport, Refused
from app.jobs.work import pick_up_and_rank

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def pickup(as_json: AsJson = False) -> None:  # noqa: FBT002 — typer reads the flag from the signature
    """Empty the inbox once: load what has arrived, move it to the archive, re-rank the claims it touches."""
    machine = opened()
    result = pick_up_and_rank(machine.engine, machine.settings, machine.clock, trigger="command", actor=machine.actor)
    if as_json:
        outcomes: list[FileReport | Refused] = [*result.reports, *result.refused]
        files = [file_as_json(outcome) for outcome in outcomes]
        print_json({"kind": "pickup", "run": result.run_id, "result": result.sentence, "files": files})
    else:
        typer.echo(result.sentence)
    raise typer.Exit(FAULTS if result.refused or any(report.errors for report in result.reports) else FINE)
