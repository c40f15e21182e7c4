"""What every intake verb works at: the database, the folders, the clock, who acts, and who understands which set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session

from app.audit.actor import SYSTEM, Actor, act_as
from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import session_scope
from app.intake.loading_contract import LoaderFactory


@dataclass(frozen=True, slots=True)
class Desk:
    engine: Engine
    settings: Settings
    clock: Clock
    loaders: Mapping[str, LoaderFactory]  # by SetStart.kind
    actor: Actor = SYSTEM

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One writing transaction in which this desk's person acts."""
        with session_scope(self.engine) as session:
            act_as(session, self.actor, self.clock)
            yield session
