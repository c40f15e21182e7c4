"""`overturn simulate`: what a strategy would bring on the open claims, if what is believed of them is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from app.cli.machine import REFUSED, opened, print_json
from app.core.db import read_scope
from app.core.money import format_cents
from app.followup.facts import fact_rows
from app.followup.history import inflow_of
from app.followup.learning import own_outcomes
from app.followup.rank import basis_of
from workqueues.facts import Facts
from workqueues.simulate import DAYS_MAX
from workqueues.simulate import simulate as work_days
from workqueues.strategy import Strategy, StrategyError, read_strategy

LONGEST_TEXT = 20_000  # all settings take under a thousand characters; the rest may be comments
CAUTION = (
    "If the beliefs are right: outcomes are drawn from the odds themselves. `overturn backtest` is the other half. "
    "What comes in is as much as in the last ninety days and like what came in the last year; silence is not counted."
)

Files = Annotated[
    list[Path] | None, typer.Argument(help="Strategy files; the strategy in force is always shown beside them.")
]
Days = Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="Working days.")]
Seed = Annotated[int, typer.Option(min=0, help="Every strategy meets the same luck; another seed is other luck.")]
Claims = Annotated[int, typer.Option(min=1, help="At most so many of the open claims, spread evenly.")]
Arrivals = Annotated[
    float, typer.Option(min=-1, help="New denials a working day; -1: as in the last ninety days; 0: none.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def simulate(
    files: Files = None,
    days: Days = 20,
    seed: Seed = 1,
    claims: Claims = 20_000,
    arrivals: Arrivals = -1.0,
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag from the signature
) -> None:
    """Work the open claims, day by day, under the strategy in force and under each strategy file."""
    machine = opened()
    today = machine.clock.today()
    with read_scope(machine.engine) as session:
        basis = basis_of(session)
        strategies = [("in force", basis.strategy), *read_files(files or [], basis.strategy)]
        facts = _open_claims(session, machine.clock.today())
        inflow = inflow_of(session, own_outcomes(session, today), facts, today)
    if not len(facts):
        typer.echo("Nothing is open: load files first.", err=True)
        raise typer.Exit(REFUSED)
    step = max(1, -(-len(facts) // claims))
    facts = facts.take(np.arange(0, len(facts), step))
    inflow = inflow._replace(per_day=(inflow.per_day if arrivals < 0 else arrivals) / step)
    table = Table(
        "Strategy", "Claims worked", "Minutes", "Collected", "Left, expected", "Over 180 days seen", box=None
    )
    for name, strategy in strategies:
        # a sample of the claims meets the same share of the staff, or it would be worked off in a day
        sampled = replace(strategy, minutes_per_person=max(1, round(strategy.minutes_per_person / step)))
        found = work_days(facts, sampled, basis.beliefs, basis.terms, today, days, seed=seed, inflow=inflow)
        worked = sum(day.worked for day in found.days)
        minutes = sum(day.minutes for day in found.days)
        left = found.days[-1].left_cents if found.days else 0.0
        if as_json:
            print_json({
                "kind": "simulation", "strategy": name, "claims": len(facts), "one_in": step,
                "arrived": found.arrived, "working_days": len(found.days),
                "worked": worked, "minutes": round(minutes), "collected_cents": round(found.collected_cents),
                "left_cents": round(left), "over_180_seen": round(found.over_180_seen, 4), "caution": CAUTION,
            })  # fmt: skip
        else:
            cells = (f"{worked:,}", f"{minutes:,.0f}", format_cents(round(found.collected_cents)))
            table.add_row(name, *cells, format_cents(round(left)), f"{found.over_180_seen:.0%}")
    if not as_json:
        Console().print(table)
        sample = f" (one in {step}, with as much less staff and inflow)" if step > 1 else ""
        coming = f"{inflow.per_day:.1f} new denials a day"
        typer.echo(f"\n{len(facts):,} open claims{sample}, {coming}, {days} working days. {CAUTION}")


def read_files(paths: list[Path], base: Strategy) -> list[tuple[str, Strategy]]:
    """Each file's strategy on top of the one in force; a setting that cannot be followed is named and ends it."""
    found = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
            if len(text) > LONGEST_TEXT:
                raise StrategyError(f"longer than {LONGEST_TEXT:,} characters")
            found.append((path.name, read_strategy(text, base=base)))
        except (OSError, UnicodeDecodeError, StrategyError) as refusal:
            typer.echo(f"{path}: {refusal}", err=True)
            raise typer.Exit(REFUSED) from refusal
    return found


def _open_claims(session: Session, today: date) -> Facts:
    parts = [Facts.from_rows(rows) for rows in fact_rows(session, today)]
    return Facts.join(parts) if parts else Facts.from_rows([])
