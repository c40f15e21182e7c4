"""`overturn serve`: the workbench and its schedule."""

from __future__ import annotations

import logging
from typing import Annotated

import typer
import uvicorn

from app.cli.machine import Machine, opened
from app.main import create_app

Host = Annotated[str, typer.Option(help="Address to listen on; empty: OVERTURN_HOST, else this machine only.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: OVERTURN_PORT, else 8000.")]


def serve(host: Host = "", port: Port = 0) -> None:
    """Start the workbench, with pick-up, re-rank and proof on schedule in the same process."""
    run(opened(), host=host, port=port)


def run(machine: Machine, *, host: str = "", port: int = 0) -> None:
    """Serve until stopped."""
    settings = machine.settings
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    app = create_app(settings, engine=machine.engine, clock=machine.clock, with_schedule=True)
    uvicorn.run(
        app,
        host=host or settings.host,
        port=port or settings.port,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
    )
