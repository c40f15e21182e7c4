"""`overturn claim NUMBER`: everything about one claim."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.claims.queries import ClaimHead, all_practice_ids, find_by_number
from app.cli.machine import REFUSED, Machine, opened, print_json
from app.core.db import read_scope
from app.core.money import format_cents
from app.followup.claim_screen import ClaimScreen, claim_screen
from app.followup.why import Why, why_of

NOBODY = 0  # a command holds no leases

Number = Annotated[str, typer.Argument(help="Patient control number, or the payer's claim number.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a claim.")]


def claim(number: Number, as_json: AsJson = False) -> None:  # noqa: FBT002 — typer reads the flag from the signature
    """Show one claim: its money, its denial in plain words, its next step and why, and its timeline."""
    machine = opened()
    with read_scope(machine.engine) as session:
        practices = all_practice_ids(session)
        heads = find_by_number(session, practices, number)
        if not heads:
            typer.echo(
                f"No claim has the number {number!r}. Try the number as it stands on the remittance.", err=True
            )
            raise typer.Exit(REFUSED)
        for head in heads:
            claim_id = head.claim.id or 0
            screen = claim_screen(session, practices, claim_id, machine.clock, person_id=NOBODY)
            assert screen is not None
            why = why_of(session, claim_id, machine.clock, ways=screen.ways, stated=screen.stated.dues)
            if as_json:
                print_json(claim_as_json(screen, why))
            else:
                _print(machine, head, screen, why)


def claim_as_json(screen: ClaimScreen, why: Why | None) -> dict[str, Any]:
    """One claim as data."""
    head, strip = screen.head, screen.strip
    claim = head.claim
    return {
        "kind": "claim",
        "patient_control_number": claim.patient_control_number,
        "payer_control_number": claim.payer_control_number,
        "practice": head.practice.name,
        "payer": head.payer.name,
        "patient": f"{head.patient.last_name}, {head.patient.first_name}",
        "state": claim.state,
        "known_from": claim.known_from,
        "first_service": claim.first_service,
        "billed_cents": strip.billed.cents,
        "paid_cents": strip.paid.cents,
        "adjusted_cents": {figure.key: figure.cents for figure in strip.adjusted},
        "patient_cents": strip.patient.cents,
        "open_cents": strip.open.cents,
        "queue": screen.row.queue if screen.row else None,
        "action": why.explanation.action if why else None,
        "reason": why.explanation.line if why else None,
        "score": why.explanation.score if why else None,
        "deadline": why.explanation.deadline_on if why else None,
        "denials": [
            {"code": view.label, "meaning": view.meaning, "cents": view.denial.denied_cents}
            for view in screen.denials
        ],
        "timeline": [
            {"on": event.happened_on, "kind": event.kind, "summary": event.summary} for event in screen.events
        ],
    }


def _print(machine: Machine, head: ClaimHead, screen: ClaimScreen, why: Why | None) -> None:
    claim = head.claim
    typer.echo(f"{claim.patient_control_number}  {head.patient.last_name}, {head.patient.first_name}")
    typer.echo(f"  {head.payer.name} · {head.practice.name} · service {claim.first_service} · {claim.state}")
    figures = [
        screen.strip.billed,
        screen.strip.paid,
        *screen.strip.adjusted,
        screen.strip.patient,
        screen.strip.open,
    ]
    for figure in figures:
        typer.echo(f"  {figure.label:18}{format_cents(figure.cents):>14}")
    for view in screen.denials:
        typer.echo(f"  Denied {view.label}: {view.meaning} ({format_cents(view.denial.denied_cents)})")
    if why is not None:
        typer.echo(f"  Next: {why.explanation.action}. {why.explanation.line}")
        for clock in why.clocks:
            typer.echo(f"    {clock.label:18}{clock.last_day or clock.rule!s:>14}  {clock.authority}")
    for event in screen.events:
        typer.echo(f"  {event.happened_on}  {event.summary}")
