"""`overturn queue`: the queues, or the ranked claims of one."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.claims.queries import all_practice_ids
from app.cli.machine import opened, print_json
from app.core.db import read_scope
from app.core.money import format_cents
from app.followup.filters import Filters
from app.followup.worklist import Page, QueueLine, page, queue_lines

NOBODY = 0  # a command holds no leases

Key = Annotated[str, typer.Argument(help="A queue's key, for example no-answer; without it, all queues.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="Claims to show.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def queue(key: Key = "", limit: Limit = 20, as_json: AsJson = False) -> None:  # noqa: FBT002 — typer reads the flag
    """Show every queue with count and dollars, or the ranked claims of one queue (all: every claim to work now)."""
    machine = opened()
    with read_scope(machine.engine) as session:
        practices = all_practice_ids(session)
        if not key:
            _print_queues(queue_lines(session, practices), as_json=as_json)
            return
        filters = Filters(queue="" if key == "all" else key)
        found = page(session, practices, filters, machine.clock, person_id=NOBODY, limit=limit)
    _print_claims(found, as_json=as_json)


def _print_queues(lines: list[QueueLine], *, as_json: bool) -> None:
    if as_json:
        for line in lines:
            row = {"kind": "queue", "key": line.queue.key, "label": line.queue.label}
            print_json({**row, "claims": line.claims, "open_cents": line.open_cents})
        return
    table = Table("Queue", "Claims", "Open", "", box=None)
    for line in lines:
        if line.claims:
            dollars = "" if line.shown_cents is None else format_cents(line.shown_cents)
            table.add_row(line.queue.key, f"{line.claims:,}", dollars, line.queue.line)
    Console().print(table)


def _print_claims(found: Page, *, as_json: bool) -> None:
    if as_json:
        for rank, row in enumerate(found.rows, 1):
            print_json({"kind": "work", "rank": rank, **row._asdict()})
        return
    table = Table("", "Claim", "Patient", "Payer", "Open", "Expected", "Min", "Due", "Next step and why", box=None)
    for rank, row in enumerate(found.rows, 1):
        due = f"{row.days_left} d" if row.days_left is not None else ""
        table.add_row(
            str(rank),
            row.patient_control_number,
            row.patient,
            row.payer,
            format_cents(row.open_cents),
            format_cents(row.expected_cents),
            f"{row.minutes:.0f}",
            due,
            f"{row.action}: {row.why}",
        )
    Console().print(table)
