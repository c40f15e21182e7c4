"""One refile: what was sent anew, why that way, what changed, and what came of it in cents."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.core.columns import Cents, Document, Instant


class RefileState(StrEnum):
    WAITING = "waiting"  # in the outbox
    SENT = "sent"
    REJECTED = "rejected"  # 999 or 277CA: it never reached adjudication
    WON = "won"  # paid more, nothing denied any more
    PARTLY = "partly"  # paid more, something still denied
    LOST = "lost"  # decided without another cent
    VOIDED = "voided"  # a void was taken: the payer reversed its decision
    CANCELLED = "cancelled"


OPEN_STATES = (RefileState.WAITING, RefileState.SENT)


class Refile(SQLModel, table=True):
    __table_args__ = (Index("refile_claim", "claim_id", "id"), Index("refile_state", "state", "practice_id"))
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    claim_id: int = Field(foreign_key="claim.id")
    payer_id: int = Field(foreign_key="payer.id")  # whom it goes to
    from_submission_id: int = Field(foreign_key="submission.id")  # the sending it was made from
    route: str
    proposed_route: str
    rule: str  # row of the decision table
    override_reason: str = ""  # typed, when another route than the proposed one was taken
    frequency: str  # CLM05-3
    original_reference: str = ""  # REF*F8
    changes: list[object] = Field(default_factory=list, sa_type=Document)  # [where, field, before, after]
    charge_cents: int = Field(sa_type=Cents)
    paid_before_cents: int = Field(sa_type=Cents)  # what payers had paid when it was released
    last_answer_id: int = 0  # newest claim payment then: what is newer answers this refile
    state: str = RefileState.WAITING
    outbox_id: int | None = Field(default=None, index=True)
    control_number: str = ""  # ISA13, GS06
    touch_id: int | None = None
    person_id: int
    made_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    file_id: int | None = None  # as loaded after it left; None: not loaded yet
    submission_id: int | None = Field(default=None, index=True)
    closed_on: date | None = None
    won_cents: int = Field(default=0, sa_type=Cents)  # paid since, beyond what had been paid
    said: str = ""  # what the answer was, in a sentence
