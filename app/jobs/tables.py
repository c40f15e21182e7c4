"""Every run of a scheduled job: when, how it was started, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core.columns import Instant


class JobRun(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    job: str = Field(index=True)
    trigger: str  # "schedule", "person", "command"
    started_at: datetime = Field(sa_type=Instant, index=True)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    is_fine: bool = False
    result: str = ""  # one plain sentence, also when it failed
