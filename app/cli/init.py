"""`overturn init`: make the folders and the database, or bring them up to date."""

from __future__ import annotations

import typer

from app.cli.machine import opened


def init() -> None:
    """Make the home folder and the database, or bring the database up to date. Safe to run again."""
    machine = opened()
    typer.echo(f"Ready in {machine.settings.home.resolve()}")
    typer.echo(f"Database: {machine.engine.url.render_as_string(hide_password=True)}")
    typer.echo(f"Put files into {machine.settings.inbox_dir.resolve()}")
