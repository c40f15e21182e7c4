"""The worklist and what people do to it.

`WorkScore` is narrow and rewritten whole by the nightly re-rank (or in place for the claims an answer touched); lists
read it alone, by a covering index. State is a row: a lease is held while its row lives, a claim sleeps while its
snooze row lives, and undo deletes the row that the act made.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Float, Index
from sqlmodel import Field, SQLModel

from app.core.columns import Cents, Document, Instant


class WorkScore(SQLModel, table=True):
    """One open claim in its one queue: what to do next, and what that is worth."""

    __table_args__ = (
        Index("work_score_rank", "practice_id", "queue", "rank_key", "claim_id"),
        Index("work_score_payer", "practice_id", "payer_id", "rank_key", "claim_id"),
        Index("work_score_queue", "queue", "rank_key", "claim_id"),
    )
    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int
    queue: str
    action: str
    reason: str  # reason code of the playbook row that decided
    why: str  # the reason in one line
    rank_key: float = Field(sa_type=Float)  # lists sort by this, highest first: tier, then score
    score: float = Field(sa_type=Float)  # cents per minute, urgency included
    tier: int = 0  # 0 by score; 1 kept for the oldest; 2 drawn by lot; from 10 somebody's priority
    expected_cents: int = Field(sa_type=Cents)
    odds: float
    minutes: float
    deadline: date | None = None  # last legal day of the proposed step; None: not configured
    safe_on: date | None = None  # the day to aim for
    deadline_rule: str = ""
    deadline_confidence: str = ""
    open_cents: int = Field(sa_type=Cents)
    payer_id: int
    category: str = ""  # denial category
    carc: str = ""
    age_days: int = 0
    next_on: date | None = None  # when it comes back, for waiting and snoozed claims
    owner_id: int | None = None


class QueueTotal(SQLModel, table=True):
    """Count and dollars beside every queue; kept with the scores so that no screen counts a million rows."""

    practice_id: int = Field(primary_key=True)
    queue: str = Field(primary_key=True)
    claims: int
    open_cents: int = Field(sa_type=Cents)


class Assignment(SQLModel, table=True):
    """Who owns a claim until it is taken back; a claim without a row stands in its queue's pool."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int
    person_id: int = Field(index=True)
    assigned_by_id: int
    assigned_at: datetime = Field(sa_type=Instant)


class Touch(SQLModel, table=True):
    """One piece of work on a claim, with its minutes and outcome."""

    __table_args__ = (Index("touch_claim", "claim_id", "at"), Index("touch_person", "person_id", "at"))
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    claim_id: int = Field(foreign_key="claim.id")
    person_id: int
    at: datetime = Field(sa_type=Instant)
    kind: str  # note, call, portal, status_check, document_sent, correction
    note: str = ""
    outcome: str = ""
    minutes: float = 0
    next_on: date | None = None
    call_reference: str = ""
    representative: str = ""
    action: str = ""  # what the queue proposed when the claim was taken up
    queue: str = ""


class Snooze(SQLModel, table=True):
    """The claim is out of the lists until the date; then it is back, wearing the reason."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int
    person_id: int
    until: date = Field(index=True)
    reason: str
    made_at: datetime = Field(sa_type=Instant)
    touch_id: int | None = None


class Lease(SQLModel, table=True):
    """A quiet, expiring hold by the person who has the claim open."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int
    person_id: int = Field(index=True)
    person_name: str
    taken_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class RankRun(SQLModel, table=True):
    """One re-rank: when, of how many, under which strategy."""

    id: int | None = Field(default=None, primary_key=True)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    trigger: str
    claims: int = 0
    open_cents: int = Field(default=0, sa_type=Cents)
    strategy: str = ""
    outlook: dict[str, object] = Field(default_factory=dict, sa_type=Document)  # the scale of its scores
    next_outlook: dict[str, object] = Field(default_factory=dict, sa_type=Document)
