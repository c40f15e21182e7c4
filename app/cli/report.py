"""`overturn report`: how old the money is, why it is refused, what follow-up brings in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.claims.queries import all_practice_ids
from app.cli.machine import opened, print_json
from app.core.db import read_scope
from app.core.money import format_cents
from app.reports.make import make_report
from app.reports.report import Kind, Report, Value, as_csv, as_rows
from app.reports.scope import BASES, Scope

LABEL_WIDTH, TABLE_WIDTH = 32, 170


class Key(StrEnum):
    AGING = "aging"
    DENIALS = "denials"
    BROUGHT_IN = "brought-in"


class Basis(StrEnum):
    BILL = "bill"
    SERVICE = "service"


Which = Annotated[Key, typer.Argument(help="aging, denials or brought-in.")]
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day; otherwise 90 days in all.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; otherwise today.")]
By = Annotated[
    str, typer.Option(help="Aging: payer, practice, provider, state. Denials: category, reason, payer, practice.")
]
AgedFrom = Annotated[Basis, typer.Option(help="Age from the first bill date or the service date.")]
KnownThen = Annotated[bool, typer.Option("--known-then", help="Only what was known at the end of the last day.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line; money in cents.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet.")]


def report(
    key: Which,
    since: Since = None,
    until: Until = None,
    by: By = "",
    basis: AgedFrom = Basis.BILL,
    known_then: KnownThen = False,  # noqa: FBT002 — typer reads the flag
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag
    as_csv_: AsCsv = False,  # noqa: FBT002 — typer reads the flag
) -> None:
    """Print a report over every practice: open money by age, denials, or what follow-up brought in."""
    machine = opened()
    asked = {
        "since": since.date().isoformat() if since else "",
        "until": until.date().isoformat() if until else "",
        "basis": basis.value,
        "known": "then" if known_then else "",
    }
    with read_scope(machine.engine) as session:
        practices = tuple(all_practice_ids(session))
        scope = Scope.of(practices, machine.clock.today(), machine.settings.zone, asked)
        made = make_report(session, scope, key.value, by)
    if as_json:
        for row in as_rows(made):
            print_json(row)
    elif as_csv_:
        typer.echo(as_csv(made), nl=False)
    else:
        _print(made, scope)


def _print(made: Report, scope: Scope) -> None:
    table = Table(box=None)
    table.add_column(made.first, max_width=LABEL_WIDTH, no_wrap=True)
    for column in made.columns:
        table.add_column(column.label, justify="right", no_wrap=True)
    for line in (*made.lines, *([made.total] if made.total else [])):
        cells = (_shown(value, column.kind) for value, column in zip(line.values, made.columns, strict=True))
        table.add_row(line.label, *cells)
    console = Console(highlight=False)
    console.width = max(console.width, TABLE_WIDTH)  # a narrower terminal folds a line; a figure is never cut
    aged = f", aged from the {BASES[scope.basis]}" if made.key == "aging" else ""
    console.print(f"{made.title}, {scope.since} to {scope.until}{aged}")
    console.print(table)
    console.print(made.counts)


def _shown(value: Value, kind: Kind) -> str:
    if value is None:
        return "–"
    if kind == "money":
        return format_cents(int(value))
    return f"{value:.1%}" if kind == "share" else f"{value:,}"
