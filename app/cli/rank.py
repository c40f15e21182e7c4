"""`overturn rank`: re-rank every open claim now."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.machine import opened, print_json
from app.core.money import format_cents
from app.followup.rank import rerank_all

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def rank(as_json: AsJson = False) -> None:  # noqa: FBT002 — typer reads the flag from the signature
    """Rank every open claim anew, as the nightly job does."""
    machine = opened()
    run = rerank_all(machine.engine, machine.clock, trigger="command")
    if as_json:
        print_json({"kind": "rank", "claims": run.claims, "open_cents": run.open_cents, "strategy": run.strategy})
    else:
        typer.echo(f"{run.claims:,} open claims ranked, {format_cents(run.open_cents)} open.")
