"""`overturn fees`: what payers' contracts promise, loaded from CSV and held against what they allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.audit.actor import act_as
from app.cli.machine import REFUSED, opened, print_json
from app.core.db import session_scope
from app.followup.rank import rerank_all
from app.matching.fees import FeeRefused, load_fees
from app.matching.underpayment import TOLERANCE_CENTS, TOLERANCE_PERMILLE

app = typer.Typer(help="What payers' contracts promise.", no_args_is_help=True)

Schedule = Annotated[
    Path,
    typer.Argument(
        help="CSV: payer, practice, procedure, modifiers, fee, valid_from, valid_through.",
        exists=True,
        dir_okay=False,
    ),
]
Dollars = Annotated[float, typer.Option(min=0, help="Dollars a claim may fall short before a person looks.")]
Percent = Annotated[float, typer.Option(min=0, max=100, help="The same in percent of the contract's price.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def fees() -> None:
    """What payers' contracts promise, held against what they allowed."""


@app.command()
def load(
    schedule: Schedule,
    tolerance: Dollars = TOLERANCE_CENTS / 100,
    tolerance_percent: Percent = TOLERANCE_PERMILLE / 10,
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag from the signature
) -> None:
    """Load a fee schedule, all of it or none, and find the claims that were allowed less.

    A claim falls short when the difference is more than both the dollars and the percent.
    """
    machine = opened()
    try:
        with session_scope(machine.engine) as session, schedule.open(encoding="utf-8-sig", newline="") as stream:
            act_as(session, machine.actor, machine.clock)
            loaded = load_fees(
                session,
                stream,
                tolerance_cents=round(tolerance * 100),
                tolerance_permille=round(tolerance_percent * 10),
            )
    except FeeRefused as error:
        typer.echo(f"{schedule.name}: {error}. Nothing was loaded.", err=True)
        raise typer.Exit(REFUSED) from error
    rerank_all(machine.engine, machine.clock, trigger="command")
    if as_json:
        print_json({"kind": "fees", **loaded._asdict()})
    else:
        short = f"{loaded.underpaid_claims:,} claims fall short of them"
        typer.echo(f"{loaded.fees:,} fees of {loaded.payers:,} payers; {short}.")
