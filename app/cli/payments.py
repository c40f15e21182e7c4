"""`overturn payments`: what patients paid, taken from a file of the lockbox or the portal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.audit.actor import act_as
from app.claims.queries import all_practice_ids
from app.cli.machine import REFUSED, opened, print_json
from app.core.db import session_scope
from app.core.money import format_cents
from app.followup.rank import rerank_all
from app.ledger.payment_file import BAD, KNOWN, MOST_TOLD, POSTED, TAKEN_BACK, UNAPPLIED, FileRefused, take_payments

app = typer.Typer(help="What patients paid.", no_args_is_help=True)
BY_THE_SYSTEM = 0  # nobody signed in: the log names the command

PaymentFile = Annotated[
    Path,
    typer.Argument(
        help="CSV: date, claim, last_name, first_name, birth_date, amount, method, reference, practice.",
        exists=True,
        dir_okay=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen and post nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line, then one of the whole.")]


@app.callback()
def payments() -> None:
    """What patients paid, from the lockbox, the portal or the terminal."""


@app.command("import")
def import_file(
    file: PaymentFile,
    dry_run: DryRun = False,  # noqa: FBT002 — typer reads the flag from the signature
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag from the signature
) -> None:
    """Post a file of patients' payments: each line once, however often the file comes.

    A line that cannot be read is told with its number and left out; the others are posted. What names nobody we know
    waits as unapplied money on the page of payments. A negative amount takes back the payment of its reference.
    """
    machine = opened()
    try:
        with session_scope(machine.engine) as session, file.open(encoding="utf-8-sig", newline="") as stream:
            act_as(session, machine.actor, machine.clock)
            taken = take_payments(
                session,
                stream,
                name=file.name,
                practice_ids=all_practice_ids(session),
                person_id=BY_THE_SYSTEM,
                today=machine.clock.today(),
            )
            if dry_run:
                session.rollback()
    except (FileRefused, UnicodeDecodeError) as error:
        said = str(error) if isinstance(error, FileRefused) else "It is not UTF-8 text"
        typer.echo(f"{file.name}: {said}. Nothing was taken.", err=True)
        raise typer.Exit(REFUSED) from error
    if taken.claim_ids and not dry_run:
        rerank_all(machine.engine, machine.clock, trigger="command")
    counts = {what: len(taken.of(what)) for what in (POSTED, UNAPPLIED, TAKEN_BACK, KNOWN, BAD)}
    if as_json:
        for each in taken.outcomes:
            print_json({"kind": "payment_line", **each._asdict()})
        print_json({"kind": "payments", "dry_run": dry_run, **counts})
    else:
        told = [each for each in taken.outcomes if dry_run or each.what not in (POSTED, KNOWN)]
        for each in told[:MOST_TOLD]:
            typer.echo(f"line {each.line}: {each.what}, {format_cents(each.cents)}: {each.words}")
        if len(told) > MOST_TOLD:
            typer.echo(f"… and {len(told) - MOST_TOLD} more (--json shows all)")
        said = ", ".join(
            f"{count} {what} ({format_cents(taken.cents(what))})" for what, count in counts.items() if count
        )
        typer.echo(f"{'Would be: ' if dry_run else ''}{said or 'no payment in it'}.")
    if counts[BAD]:
        raise typer.Exit(1)
