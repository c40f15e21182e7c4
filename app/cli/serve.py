"""`overturn serve`: the workbench and its schedule."""

from __future__ import annotations

import logging
from typing import Annotated, Any

import typer
import uvicorn
from fastapi import FastAPI

from app.cli.machine import REFUSED, Machine, opened
from app.core.clock import clock_from
from app.core.config import Settings
from app.core.db import is_sqlite, make_engine
from app.main import create_app
from app.web.readiness import get_ready

Host = Annotated[str, typer.Option(help="Address to listen on; empty: OVERTURN_HOST, else this machine only.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: OVERTURN_PORT, else 8000.")]


Processes = Annotated[int, typer.Option(min=1, max=64, help="Processes that serve; more than one needs PostgreSQL.")]


def serve(host: Host = "", port: Port = 0, processes: Processes = 1) -> None:
    """Start the workbench, with pick-up, re-rank and proof on schedule.

    On PostgreSQL any number of processes serve, on as many machines as wanted; one of them schedules.
    """
    machine = opened()
    if processes == 1:
        run(machine, host=host, port=port)
        return
    if is_sqlite(machine.engine):
        typer.echo("SQLite has one writing process: set OVERTURN_DATABASE_URL to a PostgreSQL database.", err=True)
        raise typer.Exit(REFUSED)
    machine.engine.dispose()  # the processes open their own
    uvicorn.run("app.cli.serve:one_of_many", factory=True, workers=processes, **_how(machine.settings, host, port))


def one_of_many() -> FastAPI:
    """The product in one of several processes; the schema was brought up to date before they started."""
    _log_to_the_terminal()
    settings = Settings()
    engine = make_engine(settings.resolved_database_url)
    app = create_app(settings, engine=engine, clock=clock_from(settings), with_schedule=True)
    get_ready()
    return app


def run(machine: Machine, *, host: str = "", port: int = 0) -> None:
    """Serve until stopped."""
    _log_to_the_terminal()
    app = create_app(machine.settings, engine=machine.engine, clock=machine.clock, with_schedule=True)
    get_ready()
    uvicorn.run(app, **_how(machine.settings, host, port))


def _how(settings: Settings, host: str, port: int) -> dict[str, Any]:
    return {
        "host": host or settings.host,
        "port": port or settings.port,
        "log_level": "warning",
        "proxy_headers": False,
        "server_header": False,
    }


def _log_to_the_terminal() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
