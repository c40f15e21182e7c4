"""`overturn verify`: prove the books, the queues and the audit chain."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.machine import FAULTS, FINE, opened, print_json
from app.core.db import read_scope
from app.jobs.proof import prove

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def verify(as_json: AsJson = False) -> None:  # noqa: FBT002 — typer reads the flag from the signature
    """Check that every entry balances, balances equal sums, every remittance clears and every open cent has a queue.

    Exit code 0: everything adds up; 1: something does not, and the output names it.
    """
    machine = opened()
    with read_scope(machine.engine) as session:
        proof = prove(session)
    if as_json:
        print_json({"kind": "verify", "is_fine": not proof.faults, "counted": proof.counted, "faults": proof.faults})
    else:
        for name, count in proof.counted.items():
            typer.echo(f"{count:>12,}  {name}")
        for fault in proof.faults:
            typer.echo(f"FAULT: {fault}")
        typer.echo(f"{len(proof.faults)} faults." if proof.faults else "Everything adds up.")
    raise typer.Exit(FAULTS if proof.faults else FINE)
