"""`overturn verify`: prove the books, the queues and the audit chain."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.machine import FAULTS, FINE, Machine, opened, print_json
from app.core.db import read_scope
from app.jobs.again import work_out_again
from app.jobs.proof import Proof, prove

AlsoAgain = Annotated[
    bool, typer.Option("--again", help="Also tell and rank every claim anew, and name those that come out otherwise.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def verify(
    again: AlsoAgain = False,  # noqa: FBT002 — typer reads the flag from the signature
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag from the signature
) -> None:
    """Check that every entry balances, balances equal sums, every remittance clears and every open cent has a queue.

    Exit code 0: everything adds up; 1: something does not, and the output names it.
    """
    machine = opened()
    with read_scope(machine.engine) as session:
        proof = prove(session)
    if again:
        proof = _with_all_again(machine, proof)
    if as_json:
        print_json({"kind": "verify", "is_fine": not proof.faults, "counted": proof.counted, "faults": proof.faults})
    else:
        for name, count in proof.counted.items():
            typer.echo(f"{count:>12,}  {name}")
        for fault in proof.faults:
            typer.echo(f"FAULT: {fault}")
        typer.echo(f"{len(proof.faults)} faults." if proof.faults else "Everything adds up.")
    raise typer.Exit(FAULTS if proof.faults else FINE)


def _with_all_again(machine: Machine, proof: Proof) -> Proof:
    found = work_out_again(machine.engine, machine.clock)
    counted = {**proof.counted, "claims told anew": found.claims, "places ranked anew": found.places}
    more = found.differing - len(found.faults)
    rest = [f"{more} more claims come out otherwise"] if more > 0 else []
    return Proof(counted, [*proof.faults, *found.faults, *rest])
