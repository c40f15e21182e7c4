"""The worklist and what people do to it.

`WorkScore` is narrow and rewritten whole by the nightly re-rank (or in place for the claims an answer touched); lists
read it alone, by a covering index. State is a row: a lease is held while its row lives, a claim sleeps while its
snooze row lives, and undo deletes the row that the act made.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Float, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.core.columns import BigId, Cents, Document, Instant
from app.ledger.tables import Asked

NARROWING = (
    *("practice_id", "queue", "payer_id", "category", "carc", "state", "age_days", "open_cents", "deadline"),
    *("owner_id", "tier", "touches"),
)


class WorkScore(SQLModel, table=True):
    """One open claim in its one queue: what to do next, and what that is worth."""

    __table_args__ = (
        # A list is a walk down one of these; their last columns let it be tested and counted without looking up rows.
        # Whatever narrows a list stands in the first, so that no list is slower than one walk down that.
        Index("work_score_best", "rank_key", "claim_id", *NARROWING),
        Index("work_score_balance", "open_cents", "claim_id", "practice_id", "queue"),
        Index("work_score_age", "age_days", "claim_id", "practice_id", "queue"),
        Index("work_score_deadline", "deadline", "claim_id", "practice_id", "queue"),
        Index("work_score_practice", "practice_id", "rank_key", "claim_id"),
        Index("work_score_rank", "practice_id", "queue", "rank_key", "claim_id"),
        Index("work_score_queue", "queue", "rank_key", "claim_id", "practice_id", "open_cents"),
        Index("work_score_payer", "payer_id", "rank_key", "claim_id", "practice_id"),
        Index("work_score_payer_queue", "payer_id", "queue", "rank_key", "claim_id", "practice_id", "open_cents"),
        Index("work_score_owner", "owner_id", "rank_key", "claim_id"),
        Index("work_score_carc", "carc", "payer_id", "rank_key", "claim_id", "practice_id", "open_cents"),
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
    touches: int = 0  # how often it was worked
    state: str = ""  # the claim's own


class QueueTotal(SQLModel, table=True):
    """Count and dollars beside every queue; kept with the scores so that no screen counts a million rows."""

    practice_id: int = Field(primary_key=True)
    queue: str = Field(primary_key=True)
    claims: int
    open_cents: int = Field(sa_type=Cents)


class DueTotal(SQLModel, table=True):
    """Count and dollars of open work by its last day; claims that wait or sleep are not in it."""

    practice_id: int = Field(primary_key=True)
    deadline: date = Field(primary_key=True)
    claims: int
    open_cents: int = Field(sa_type=Cents)


class CallTotal(SQLModel, table=True):
    """The claims worth a call to each payer; claims that wait or sleep are not in it."""

    practice_id: int = Field(primary_key=True)
    payer_id: int = Field(primary_key=True)
    claims: int
    open_cents: int = Field(sa_type=Cents)
    expected_cents: int = Field(default=0, sa_type=Cents)
    seconds: int = Field(default=0, sa_type=BigInteger)  # of the work, whole per claim so that sums are exact


class PayerTotal(SQLModel, table=True):
    """Count and dollars of each payer's claims, by queue."""

    practice_id: int = Field(primary_key=True)
    payer_id: int = Field(primary_key=True)
    queue: str = Field(primary_key=True)
    claims: int
    open_cents: int = Field(sa_type=Cents)


class GroupTotal(SQLModel, table=True):
    """Count and dollars of the claims that something else has in common: a reason code, a rule of the playbook, a
    place in the team's day (`totals.py` names the kinds)."""

    practice_id: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    named: str = Field(primary_key=True)
    claims: int
    open_cents: int = Field(sa_type=Cents)
    expected_cents: int = Field(sa_type=Cents)


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
    strength: int = -1  # of the case, in the person's judgement: 0 weak, 1 fair, 2 strong; -1 not judged


class StepDone(SQLModel, table=True):
    """A step of a denial's playbook that somebody did; the row goes when it is taken back."""

    __table_args__ = (UniqueConstraint("denial_id", "step"), Index("step_done_claim", "claim_id"))
    id: int | None = Field(default=None, primary_key=True)
    denial_id: int = Field(foreign_key="denial.id")
    step: str  # as it was worded then
    practice_id: int
    claim_id: int = Field(foreign_key="claim.id")
    person_id: int
    done_at: datetime = Field(sa_type=Instant)


class Snooze(SQLModel, table=True):
    """The claim is out of the lists until the date; then it is back, wearing the reason."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int
    person_id: int
    until: date = Field(index=True)
    reason: str
    made_at: datetime = Field(sa_type=Instant)
    touch_id: int | None = Field(default=None, index=True)
    waits_for: str = "date"  # date, answer (or the date, if none comes), deadline


class ComeBack(SQLModel, table=True):
    """A claim that was parked is back, wearing the reason, until somebody touches it."""

    __table_args__ = (  # few of all that ever came back wear it still
        Index(
            "come_back_worn",
            "claim_id",
            sqlite_where=text("touch_id IS NULL"),
            postgresql_where=text("touch_id IS NULL"),
        ),
    )
    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int
    person_id: int  # who parked it
    reason: str
    back_on: date = Field(index=True)
    touch_id: int | None = Field(default=None, index=True)  # the touch that answered it; None: still worn


class SavedView(SQLModel, table=True):
    """A list somebody wants again: private, shared with those behind the same walls, or a role's first page."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(index=True)
    name: str
    query: str  # as the address holds it
    is_shared: bool = False
    for_role: str = ""  # the list that this role starts with
    made_at: datetime = Field(sa_type=Instant)


class BulkAct(SQLModel, table=True):
    """One act on many claims, undone as one."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(index=True)
    at: datetime = Field(sa_type=Instant)
    kind: str  # assign, park, note, write_off, calls
    claims: int
    open_cents: int = Field(sa_type=Cents)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


class BulkItem(SQLModel, table=True):
    """What an act on many did to one of them, so that it can be taken back."""

    __table_args__ = (Index("bulk_item_touch", "touch_id"),)
    bulk_id: int = Field(primary_key=True, foreign_key="bulkact.id")
    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    touch_id: int | None = None
    write_off_id: int | None = None
    owner_before: int | None = None  # of an assignment
    owner_after: int | None = None


class WriteOffRequest(Asked, table=True):
    """Somebody wants to give dollars up; somebody else decides. The books move only when it is approved."""


class WorkDay(SQLModel, table=True):
    """How much of a day a person works claims, and which: what a supervisor sets, and the plan stands on."""

    person_id: int = Field(primary_key=True)
    minutes: int = 360  # of claim work in a day
    queues: str = ""  # keys of the queues this person is named for, blank-separated: only the named are dealt these
    payer_ids: str = ""  # of the payers this person knows, blank-separated: quicker with them, so dealt first
    out_until: date | None = None  # the last day away; None, or a day that is over: in

    def is_out(self, today: date) -> bool:
        return self.out_until is not None and self.out_until >= today


class Lease(SQLModel, table=True):
    """A quiet, expiring hold by the person who has the claim open."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int
    person_id: int = Field(index=True)
    person_name: str
    taken_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class RankedAnew(SQLModel, table=True):
    """A claim that an act or an answer ranked anew since the last full run began: a run may have read it before."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    claim_id: int


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


class Evidence(SQLModel, table=True):
    """The outcomes that the newest full run learned from, packed: every process learns the same from them."""

    run_id: int = Field(primary_key=True, foreign_key="rankrun.id")
    learned_on: date
    outcomes: int
    packed: bytes = Field(sa_type=LargeBinary)


class LotChance(SQLModel, table=True):
    """From this day on, what comes is drawn by lot with this chance, until the next row. Never changed after its day:
    with it every claim's chance is known for good."""

    from_day: date = Field(primary_key=True)
    chance: float = Field(sa_type=Float)  # 0: the lot is off
    began: date  # since when it is on without a break; it also says which of the claims are drawn


class AllowedShare(SQLModel, table=True):
    """Allowed ÷ billed that a payer's own history lets us expect of a procedure; the procedure "" is all of them."""

    payer_id: int = Field(primary_key=True, foreign_key="payer.id")
    procedure: str = Field(primary_key=True)
    share: float
    lines: int  # paid lines behind it


class StrategyVersion(SQLModel, table=True):
    """What a supervisor set, and why; the newest is in force, and none is ever changed."""

    id: int | None = Field(default=None, primary_key=True)
    text: str  # TOML, every setting written out
    why: str
    person_id: int | None = None
    person_name: str
    made_at: datetime = Field(sa_type=Instant)


class PlaybookVersion(SQLModel, table=True):
    """What a supervisor made of the playbook, and why; the newest is in force, and none is ever changed."""

    id: int | None = Field(default=None, primary_key=True)
    number: int  # 1 is the standard playbook, which has no row
    text: str  # TOML: the site's own rules, switches and moves (workqueues/own_rules.py)
    why: str
    person_id: int | None = None
    person_name: str
    made_at: datetime = Field(sa_type=Instant)


class ManualPriority(SQLModel, table=True):
    """Somebody put the claim first; it stays first until the row goes."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int
    level: int  # 1 to 100; higher is worked earlier
    reason: str
    person_id: int
    made_at: datetime = Field(sa_type=Instant)


class StatedDue(SQLModel, table=True):
    """A last day that a letter, a portal or a payer's voice stated for this very claim; it goes before any rule."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    step: str = Field(primary_key=True)  # refile, appeal, second_appeal, records
    practice_id: int
    due_on: date
    evidence: str  # where it is stated
    person_id: int
    made_at: datetime = Field(sa_type=Instant)
