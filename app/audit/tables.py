"""One table: events, each sealed with the hash of the one before it. The database itself refuses to change one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from app.core.columns import Document, Instant
from app.core.schema import keep_standing

FIRST_PREVIOUS = "0" * 64  # what the first event of a chain follows


class Event(SQLModel, table=True):
    """One act. Kept at least six years (45 CFR 164.316(b)(2)); holds no passwords, tokens or raw EDI."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_object", "object_type", "object_id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
        Index("ix_audit_event_practice", "practice_id", "id"),
    )

    # number, previous_hash and hash are set when the chain is sealed; numbers have no gaps
    id: int = Field(default=0, primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant, index=True)
    actor_id: int | None = None  # person; None: the system or nobody signed in
    actor_name: str = ""  # as it was then
    role: str = ""
    session_id: str = ""
    ip: str = ""
    user_agent: str = ""
    action: str = Field(index=True)  # noun.verb: claim.view, note.add, sign_in.refused
    object_type: str = ""
    object_id: str = ""
    practice_id: int | None = None
    patient_id: int | None = None
    outcome: str = "done"  # done, refused, failed
    reason: str = ""
    request_id: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    previous_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64, unique=True)


REFUSAL = "audit events are append-only"

keep_standing(
    "audit_event is append-only",
    sqlite=(
        f"""CREATE TRIGGER IF NOT EXISTS audit_event_no_update BEFORE UPDATE ON audit_event
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
        f"""CREATE TRIGGER IF NOT EXISTS audit_event_no_delete BEFORE DELETE ON audit_event
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
        # INSERT OR REPLACE deletes without telling the trigger above
        f"""CREATE TRIGGER IF NOT EXISTS audit_event_no_replace BEFORE INSERT ON audit_event
            WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    ),
    postgresql=(
        f"""CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
        """CREATE OR REPLACE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event
            FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()""",
        """CREATE OR REPLACE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
            FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()""",
    ),
)
