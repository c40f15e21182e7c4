"""`overturn ingest`: load files and folders now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.cli.machine import FAULTS, FINE, Machine, opened, print_json
from app.intake.pickup import ingest as ingest_paths
from app.intake.report import FileReport, Refused
from app.intake.tables import FileState
from app.jobs.work import desk_for, settle_and_rank

Paths = Annotated[list[Path], typer.Argument(help="Files or folders; .gz and .zip are opened.", exists=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a file.")]


def ingest(paths: Paths, as_json: AsJson = False) -> None:  # noqa: FBT002 — typer reads the flag from the signature
    """Load X12 files. Each is stored once and loaded set by set; what is not X12 is set aside with its reason.

    Exit code 0: everything was loaded; 1: something was set aside, held or has findings of error severity.
    """
    machine = opened()
    outcomes = load_paths(machine, paths, channel="command", on_file=print_file if not as_json else print_file_json)
    raise typer.Exit(FINE if all(is_clean(outcome) for outcome in outcomes) else FAULTS)


def load_paths(
    machine: Machine, paths: list[Path], *, channel: str, on_file: object = None
) -> list[FileReport | Refused]:
    """Load and re-rank what was touched, with progress on a terminal."""
    desk = desk_for(machine.engine, machine.settings, machine.clock, machine.actor)
    outcomes: list[FileReport | Refused] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=machine.console, transient=True, disable=not machine.console.is_terminal) as bar:
        task = bar.add_task("Loading …")
        claims = 0
        for outcome in ingest_paths(desk, paths, channel=channel):
            outcomes.append(outcome)
            claims += outcome.claims if isinstance(outcome, FileReport) else 0
            bar.update(task, description=f"{len(outcomes)} files, {claims:,} claims: {outcome.name}")
            if callable(on_file):
                on_file(outcome)
        touched = {number for one in outcomes if isinstance(one, FileReport) for number in one.touched_claim_ids}
        bar.update(task, description=f"Ranking {len(touched):,} claims")
        settle_and_rank(machine.engine, machine.clock, touched, actor=machine.actor)
    return outcomes


def is_clean(outcome: FileReport | Refused) -> bool:
    return isinstance(outcome, FileReport) and outcome.state is FileState.LOADED and not outcome.errors


def print_file(outcome: FileReport | Refused) -> None:
    if isinstance(outcome, Refused):
        typer.echo(f"{'set aside':12}{outcome.name}: {outcome.reason}")
        return
    state = "known" if outcome.was_known else outcome.state.value
    counts = f"{outcome.sets} sets, {outcome.claims:,} claims"
    found = f", {outcome.errors} errors, {outcome.warnings} warnings" if outcome.errors or outcome.warnings else ""
    typer.echo(f"{state:12}{outcome.name}: {' '.join(outcome.kinds) or 'nothing'}, {counts}{found}")
    if outcome.reason:
        typer.echo(f"            {outcome.reason}")
    if outcome.was_known:
        return
    for finding in outcome.findings[:SHOWN_FINDINGS]:
        typer.echo("            " + str(finding).replace("\n", "\n            "))
    if len(outcome.findings) > SHOWN_FINDINGS:
        typer.echo(f"            … and {len(outcome.findings) - SHOWN_FINDINGS} more findings (--json shows them)")


SHOWN_FINDINGS = 5


def print_file_json(outcome: FileReport | Refused) -> None:
    print_json(file_as_json(outcome))


def file_as_json(outcome: FileReport | Refused) -> dict[str, object]:
    """What became of one file, as data."""
    if isinstance(outcome, Refused):
        return {"kind": "file", "name": outcome.name, "state": "refused", "reason": outcome.reason}
    return {
        "kind": "file",
        "name": outcome.name,
        "state": outcome.state.value,
        "was_known": outcome.was_known,
        "reason": outcome.reason,
        "transactions": outcome.kinds,
        "sets": {state.value: count for state, count in outcome.states.items()},
        "claims": outcome.claims,
        "errors": outcome.errors,
        "warnings": outcome.warnings,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity.value,
                "set": finding.source.set_number,
                "segment": finding.source.segment,
                "element": finding.source.element,
                "message": finding.message,
                "remedy": finding.remedy,
                "excerpt": finding.excerpt,
                "caret": finding.caret,
            }
            for finding in outcome.findings
        ],
    }
