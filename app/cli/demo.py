"""`overturn demo`: the bundled synthetic practice, loaded from its EDI files, and the workbench on it."""

from __future__ import annotations

import socket
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import select

from app.audit.actor import act_as
from app.auth.demo import CAST, PASSWORD, ensure_demo_people
from app.claims.queries import all_practice_ids
from app.claims.terms import load_terms
from app.cli.ingest import load_paths
from app.cli.machine import Machine, opened
from app.cli.payments import BY_THE_SYSTEM
from app.cli.serve import run
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.followup.rank import rerank_all
from app.followup.tables import RankRun
from app.intake.report import FileReport
from app.intake.tables import StoredFile
from app.ledger.payment_file import take_payments
from app.matching.fees import load_fees

PRACTICE = Path(__file__).resolve().parent.parent.parent / "samples" / "practice"
TERMS = PRACTICE.parent / "payer-terms.csv"
FEES = PRACTICE.parent / "fee-schedule.csv"
PAYMENTS = PRACTICE.parent / "patient-payments.csv"
DEMO_TODAY = date(2026, 11, 23)  # the Monday after the synthetic practice's last file: it never grows stale

Host = Annotated[str, typer.Option(help="Address to listen on; empty: this machine only.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: OVERTURN_PORT, else 8000.")]
LoadOnly = Annotated[bool, typer.Option("--load-only", help="Load the practice and stop, without serving.")]


def demo(host: Host = "", port: Port = 0, load_only: LoadOnly = False) -> None:  # noqa: FBT002 — typer reads the flag
    """Load the synthetic practice (once), rank it and start the workbench with open demo sign-ins."""
    settings = Settings()
    demo_settings = settings.model_copy(update={"demo": True, "today": settings.today or DEMO_TODAY})
    machine = opened(demo_settings)
    load_practice(machine)
    if load_only:
        return
    at = f"{host or demo_settings.host}:{port or demo_settings.port}"
    if not _is_free(host or demo_settings.host, port or demo_settings.port):
        typer.echo(
            f"Something already answers on {at}. Stop it, or choose another port: make run PORT=8001", err=True
        )
        raise typer.Exit(2)
    typer.echo(f"\n  Overturn is on http://{at}\n")
    typer.echo(f"  Demo sign-ins (password for all: {PASSWORD}):")
    for each in CAST:
        typer.echo(f"    {each.email:20} {each.role.value:14} {each.says}")
    typer.echo(f"\n  Demo calendar: {demo_settings.today:%B %d, %Y}. Stop with Ctrl C.\n")
    run(machine, host=host, port=port)


def load_practice(machine: Machine) -> None:
    """Ingest the bundled files that are not there yet, as a person would; nothing is written past the loaders."""
    with read_scope(machine.engine) as session:
        already = session.exec(select(StoredFile.id).limit(1)).first() is not None
        is_ranked = session.exec(select(RankRun.id).limit(1)).first() is not None
    if not already or not is_ranked:
        typer.echo("Loading the synthetic practice from its EDI files (once) …")
        outcomes = load_paths(machine, [PRACTICE], channel="demo")
        claims = sum(one.claims for one in outcomes if isinstance(one, FileReport))
        typer.echo(f"{len(outcomes)} files, {claims:,} claims and answers.")
        _load_terms(machine)
        _take_payments(machine)
    with session_scope(machine.engine) as session:
        act_as(session, machine.actor, machine.clock)
        ensure_demo_people(session, all_practice_ids(session), machine.clock.now())
    if not already or not is_ranked:
        run_of = rerank_all(machine.engine, machine.clock, trigger="demo")
        typer.echo(f"{run_of.claims:,} open claims ranked.")


def _load_terms(machine: Machine) -> None:
    """The windows and one fee schedule of the invented payers, as a site would enter them from its contracts."""
    if not TERMS.exists() or not FEES.exists():
        return
    with session_scope(machine.engine) as session, TERMS.open(encoding="utf-8", newline="") as stream:
        act_as(session, machine.actor, machine.clock)
        load_terms(session, stream)
    with session_scope(machine.engine) as session, FEES.open(encoding="utf-8", newline="") as stream:
        act_as(session, machine.actor, machine.clock)
        load_fees(session, stream)


def _take_payments(machine: Machine) -> None:
    """What the invented patients paid, as the lockbox and the portal would send it."""
    if not PAYMENTS.exists():
        return
    with session_scope(machine.engine) as session, PAYMENTS.open(encoding="utf-8", newline="") as stream:
        act_as(session, machine.actor, machine.clock)
        take_payments(
            session,
            stream,
            name=PAYMENTS.name,
            practice_ids=all_practice_ids(session),
            person_id=BY_THE_SYSTEM,
            today=machine.clock.today(),
        )


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) != 0
