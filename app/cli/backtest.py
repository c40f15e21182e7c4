"""`overturn backtest`: strategies held against the practice's own history, with what history cannot say."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.cli.machine import REFUSED, opened, print_json
from app.cli.simulate import read_files
from app.core.db import read_scope
from app.core.money import format_cents
from app.followup.history import compared, usual_split
from app.followup.learning import own_outcomes
from app.followup.lot_claims import WINDOW_DAYS, lot_claims
from app.followup.rank import basis_of
from workqueues.backtest import WARNING, Backtest
from workqueues.facts import day_number
from workqueues.measured import NO_LOT, Estimate, Weighed, standing
from workqueues.outcomes import EVENTS

Files = Annotated[list[Path], typer.Argument(help="Two or more strategy files (or one, beside the one in force).")]
Since = Annotated[
    str,
    typer.Option(
        help="Learn before this day, compare after it; empty: two thirds of the history, or until a lot began."
    ),
]
Minutes = Annotated[float, typer.Option(min=0, help="Staff minutes; 0: those that history spent.")]
Days = Annotated[int, typer.Option(min=1, max=730, help="By lot: so many days of payments count for each claim.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def backtest(
    files: Files,
    since: Since = "",
    minutes: Minutes = 0.0,
    days: Days = WINDOW_DAYS,
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag from the signature
) -> None:
    """Compare strategies on what really came of the claims: bounds, how much is known, and, by lot, an estimate."""
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
        drawn_from = lot_claims(session, today, window_days=days)
    split = wanted or usual_split(outcomes, drawn_from.lot, today)
    known = outcomes.take(outcomes.happened_on >= day_number(split))
    if not (known.event == EVENTS.index("answer")).any():
        typer.echo(f"No answer to anything that was sent is known since {split}: there is no history yet.", err=True)
        raise typer.Exit(REFUSED)
    settings = [strategy for _, strategy in chosen]
    results = compared(outcomes, settings, basis.terms, split, drawn_from, minutes)
    rows = list(zip([name for name, _ in chosen], results, strict=True))
    if as_json:
        for name, result in rows:
            print_json({"kind": "backtest", "strategy": name, "since": split, **_plain(result)})
        return
    _print_bounds(rows)
    typer.echo(f"\nSince {split}, learned from what came before. {WARNING}\n")
    _print_by_lot(rows, days)


def _print_bounds(rows: list[tuple[str, Backtest]]) -> None:
    table = Table("Strategy", "Chosen", "Of them known", "Known minutes", "At least", "At most", box=None)
    for name, result in rows:
        bounds = (format_cents(round(result.low_cents)), format_cents(round(result.high_cents)))
        table.add_row(name, f"{result.chosen:,}", f"{result.known:,}", f"{result.overlap:.0%}", *bounds)
    Console().print(table)


def _print_by_lot(rows: list[tuple[str, Backtest]], days: int) -> None:
    """What the lot allows to say: an estimate with its interval, or why there is none."""
    if all(result.by_lot.state == NO_LOT for _, result in rows):
        typer.echo(f"By lot: {standing(rows[0][1].by_lot, days)}")
        return
    typer.echo(f"By lot, of {rows[0][1].by_lot.took_part:,} claims that came while it was on:")
    for name, result in rows:
        typer.echo(f"  {name}: {standing(result.by_lot, days)}")
    table = Table("Strategy", "", "To all (Hájek)", "Plainly (Horvitz–Thompson)", box=None)
    for name, result in rows:
        to_all, plain = result.by_lot.to_all, result.by_lot.plain
        if to_all is not None and plain is not None:
            for label, one, two in zip(
                ("Handed out", "Usual course", "Handing out adds"), to_all, plain, strict=True
            ):
                table.add_row(name, label, _said(one), _said(two))
    if table.row_count:
        Console().print(table)
        typer.echo(f"Paid within {days} days, by all that it would choose; 95 of 100 such intervals hold the truth.")


def _said(estimate: Estimate) -> str:
    """In whole dollars: no lot is surer than that."""
    cents, low, high = (format_cents(round(each / 100) * 100).removesuffix(".00") for each in estimate)
    return f"{cents} ({low} to {high})"


def _plain(result: Backtest) -> dict[str, Any]:
    by_lot = result.by_lot._asdict()
    for name in ("to_all", "plain"):
        weighed: Weighed | None = by_lot[name]
        by_lot[name] = weighed and {part: _cents(each) for part, each in weighed._asdict().items()}
    return {**result._asdict(), "by_lot": by_lot}


def _cents(estimate: Estimate) -> dict[str, int]:
    return {name: round(cents) for name, cents in estimate._asdict().items()}
