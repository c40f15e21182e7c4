"""`overturn user`: people, from the command line: the first administrator, and a way back in."""

from __future__ import annotations

from typing import Annotated

import typer

from app.audit.actor import act_as
from app.auth.passwords import WeakPassword
from app.auth.people import add_person, all_people, disable_person, find_by_email, practices_of, set_password
from app.auth.permissions import Role
from app.claims.queries import all_practice_ids
from app.cli.machine import REFUSED, Machine, opened, print_json
from app.core.db import read_scope, session_scope
from app.web.errors import Conflict, Invalid

app = typer.Typer(help="People who may sign in.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="E-mail address, the name to sign in with.")]
Name = Annotated[str, typer.Option(prompt=True, help="Full name, as colleagues see it.")]
RoleName = Annotated[Role, typer.Option(prompt=True, help="What the person may do.")]
Secret = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="At least 15 characters.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a person.")]


@app.command()
def add(email: Email, name: Name, role: RoleName, password: Secret) -> None:
    """Add a person who works for every practice there is; narrow it on the People page."""
    machine = opened()
    with session_scope(machine.engine) as session:
        act_as(session, machine.actor, machine.clock)
        try:
            add_person(
                session,
                email=email,
                name=name,
                role=role,
                practice_ids=all_practice_ids(session),
                password=password,
                now=machine.clock.now(),
                must_change_password=False,
            )
        except (WeakPassword, Invalid, Conflict) as error:
            _refuse(str(error))
    typer.echo(f"{email} may sign in as {role.value}.")


@app.command("list")
def list_people(as_json: AsJson = False) -> None:  # noqa: FBT002 — typer reads the flag from the signature
    """Show who may sign in."""
    machine = opened()
    with read_scope(machine.engine) as session:
        for person in all_people(session):
            state = "disabled" if person.disabled_at else "active"
            if as_json:
                practices = practices_of(session, person.id or 0)
                row = {"email": person.email, "name": person.name, "role": person.role, "state": state}
                print_json({"kind": "person", **row, "practices": practices})
            else:
                typer.echo(f"{person.email:32} {person.role:14} {state:9} {person.name}")


@app.command()
def password(email: Email, new: Secret) -> None:
    """Set a person's password; every open session of theirs ends."""
    machine = opened()
    with session_scope(machine.engine) as session:
        act_as(session, machine.actor, machine.clock)
        person = find_by_email(session, email)
        if person is None:
            _refuse(f"Nobody signs in as {email}.")
            return
        try:
            set_password(session, person, new, now=machine.clock.now(), by_administrator=False)
        except WeakPassword as error:
            _refuse(str(error))
    typer.echo(f"The password of {email} is set.")


@app.command()
def disable(email: Email) -> None:
    """Stop a person from signing in and end their sessions; what they did stays."""
    machine = opened()
    _disable(machine, email)
    typer.echo(f"{email} may no longer sign in.")


def _disable(machine: Machine, email: str) -> None:
    with session_scope(machine.engine) as session:
        act_as(session, machine.actor, machine.clock)
        person = find_by_email(session, email)
        if person is None:
            _refuse(f"Nobody signs in as {email}.")
            return
        disable_person(session, person, now=machine.clock.now())


def _refuse(reason: str) -> None:
    typer.echo(reason, err=True)
    raise typer.Exit(REFUSED)
