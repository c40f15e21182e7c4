"""`overturn backtest`: strategies held against the practice's own history, with what history cannot say."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.machine import REFUSED, opened, print_json
from app.cli.simulate import read_files
from app.core.db import read_scope
from app.core.money import format_cents
from app.followup.history import compared, usual_split
from app.followup.learning import own_outcomes
from app.followup.rank import basis_of
from workqueues.backtest import WARNING, Backtest
from workqueues.facts import day_number
from workqueues.outcomes import EVENTS

Files = Annotated[list[Path], typer.Argument(help="Two or more strategy files (or one, beside the one in force).")]
Since = Annotated[
    str, typer.Option(help="Learn before this day, compare after it; empty: two thirds of the history.")
]
Minutes = Annotated[float, typer.Option(min=0, help="Staff minutes; 0: those that history spent.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def backtest(
    files: Files,
    since: Since = "",
    minutes: Minutes = 0.0,
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag from the signature
) -> None:
    """Compare strategies on what really came of the claims that were worked: bounds, and how much is known."""
    machine = opened()
    today = machine.clock.today()
    try:
        wanted = date.fromisoformat(since) if since else None
    except ValueError as error:
        raise typer.BadParameter("--since should look like 2026-06-30") from error
    with read_scope(machine.engine) as session:
        basis = basis_of(session)
        chosen = read_files(files, basis.strategy)
        if len(chosen) == 1:
            chosen.insert(0, ("in force", basis.strategy))
        outcomes = own_outcomes(session, today, alone_most=sys.maxsize)  # each is part of the bounds
    split = wanted or usual_split(outcomes, today)
    known = outcomes.take(outcomes.happened_on >= day_number(split))
    if not (known.event == EVENTS.index("answer")).any():
        typer.echo(f"No answer to anything that was sent is known since {split}: there is no history yet.", err=True)
        raise typer.Exit(REFUSED)
    results = compared(outcomes, [strategy for _, strategy in chosen], basis.terms, split, minutes or None)
    for (name, _), result in zip(chosen, results, strict=True):
        if as_json:
            print_json({"kind": "backtest", "strategy": name, "since": split, **result._asdict()})
    if not as_json:
        _print(list(zip([name for name, _ in chosen], results, strict=True)))
        typer.echo(f"\nSince {split}, learned from what came before. {WARNING}")


def _print(rows: list[tuple[str, Backtest]]) -> None:
    table = Table("Strategy", "Chosen", "Of them known", "Known minutes", "At least", "At most", "Estimate", box=None)
    for name, result in rows:
        estimate = "no lot: none"
        if result.estimate_cents is not None and result.estimate_interval_cents is not None:
            low, high = (format_cents(round(cents)) for cents in result.estimate_interval_cents)
            estimate = f"{format_cents(round(result.estimate_cents))} ({low} to {high})"
        bounds = (format_cents(round(result.low_cents)), format_cents(round(result.high_cents)))
        table.add_row(name, f"{result.chosen:,}", f"{result.known:,}", f"{result.overlap:.0%}", *bounds, estimate)
    Console().print(table)
