"""Record one piece of work on a claim: what was done, what came of it, how long it took, and when to look again.

A touch with a next date parks the claim: it leaves the lists until that date and comes back wearing its reason.
`undo_touch.py` takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.audit.record import record
from app.claims.tables import Claim, ClaimEvent, EventKind
from app.core.bulk import at_most, table_of
from app.core.clock import Clock
from app.core.db import is_sqlite
from app.followup.promise import Promise, PromiseUnclear, read_promise
from app.followup.tables import ComeBack, Snooze, Touch

NOTE_LENGTH = 4_000
LONGEST_PARK_DAYS = 366  # a claim parked for longer is a claim forgotten
LONGEST_TOUCH_MINUTES = 480.0
TWICE_SECONDS = 10  # the same words by the same person on the same claim: one act, sent twice


class TouchKind(StrEnum):
    NOTE = "note"
    CALL = "call"
    PORTAL = "portal"
    STATUS_CHECK = "status_check"
    DOCUMENT_SENT = "document_sent"
    CORRECTION = "correction"
    APPEAL_SENT = "appeal_sent"


class Outcome(StrEnum):
    NOTHING_NEW = "nothing_new"
    WILL_PAY = "will_pay"
    REPROCESSING = "reprocessing"
    NEEDS_CORRECTION = "needs_correction"
    NEEDS_APPEAL = "needs_appeal"
    NEEDS_RECORDS = "needs_records"
    SENT = "sent"
    NOT_ON_FILE = "not_on_file"
    UPHELD = "upheld"


KIND_LABELS = {
    TouchKind.NOTE: "Note",
    TouchKind.CALL: "Call",
    TouchKind.PORTAL: "Portal check",
    TouchKind.STATUS_CHECK: "Status check",
    TouchKind.DOCUMENT_SENT: "Document sent",
    TouchKind.CORRECTION: "Correction sent",
    TouchKind.APPEAL_SENT: "Appeal sent",
}

OUTCOME_LABELS = {
    Outcome.NOTHING_NEW: "Nothing new",
    Outcome.WILL_PAY: "Payer says it will pay",
    Outcome.REPROCESSING: "Payer is reprocessing",
    Outcome.NEEDS_CORRECTION: "Needs a corrected claim",
    Outcome.NEEDS_APPEAL: "Needs an appeal",
    Outcome.NEEDS_RECORDS: "Payer wants records",
    Outcome.SENT: "Sent",
    Outcome.NOT_ON_FILE: "Not on file at the payer",
    Outcome.UPHELD: "Denial upheld",
}

STRENGTHS = {"": -1, "weak": 0, "fair": 1, "strong": 2}  # what a form says → what is kept and ranked by
STRENGTH_LABELS = {"weak": "Weak", "fair": "Fair", "strong": "Strong"}

# Days until it is worth looking again, when the person names no date (277.md §7 and the payers' usual promises).
OUTCOME_DAYS = {
    Outcome.NOTHING_NEW: 14,
    Outcome.WILL_PAY: 21,
    Outcome.REPROCESSING: 30,
    Outcome.NEEDS_CORRECTION: 2,
    Outcome.NEEDS_APPEAL: 2,
    Outcome.NEEDS_RECORDS: 3,
    Outcome.SENT: 30,
    Outcome.NOT_ON_FILE: 2,
    Outcome.UPHELD: 5,
}
# What a person will have done when they did the step that the playbook proposed.
ACTION_KINDS = {
    "call": TouchKind.CALL,
    "research": TouchKind.PORTAL,
    "check-status": TouchKind.STATUS_CHECK,
    "refile-new": TouchKind.CORRECTION,
    "refile-replacement": TouchKind.CORRECTION,
    "void-then-new": TouchKind.CORRECTION,
    "reopening": TouchKind.CORRECTION,
    "bill-next-payer": TouchKind.DOCUMENT_SENT,
    "bill-patient": TouchKind.DOCUMENT_SENT,
    "send-records": TouchKind.DOCUMENT_SENT,
    "appeal": TouchKind.APPEAL_SENT,
    "second-appeal": TouchKind.APPEAL_SENT,
    "dispute-underpayment": TouchKind.APPEAL_SENT,
}
NO_PROMISE = Promise()
ANSWER_DAYS = 45  # a claim that waits for an answer comes back anyway: silence is an answer too
WAKES = ("date", "answer", "deadline")
WAKE_LABELS = {"date": "", "answer": "Waited for the payer's answer", "deadline": "Its deadline comes near"}


class TouchRefused(ValueError):
    """What was typed cannot be kept; the message says which field and what to do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person typed, checked."""

    kind: TouchKind
    note: str
    outcome: str = ""
    minutes: float = 0.0
    next_on: date | None = None
    call_reference: str = ""
    representative: str = ""
    wake: str = "date"
    strength: int = -1
    promise: Promise = NO_PROMISE

    @classmethod
    def checked(
        cls,
        *,
        kind: str,
        note: str,
        outcome: str,
        minutes: str,
        next_on: str,
        call_reference: str,
        representative: str,
        today: date,
        wake: str = "date",
        strength: str = "",
        promised: str = "",
        promised_on: str = "",
    ) -> Draft:
        """Raises TouchRefused with words for the person who typed."""
        if kind not in set(TouchKind):
            raise TouchRefused("Choose what was done.")
        if outcome and outcome not in set(Outcome):
            raise TouchRefused("Choose an outcome from the list.")
        if strength not in STRENGTHS:
            raise TouchRefused("Say weak, fair or strong of the case, or leave it open.")
        text = note.strip()
        try:
            promise = read_promise(promised, promised_on, today)
        except PromiseUnclear as error:
            raise TouchRefused(str(error)) from error
        if promise.words and not outcome:
            outcome = Outcome.WILL_PAY
        until = _next_date(next_on, today) or promise.look_again_on(today)
        if until is None and wake == "answer":
            until = today + timedelta(days=ANSWER_DAYS)
        if not text and not outcome and until is None and not strength:
            raise TouchRefused("Write a note, choose an outcome or a date: an empty touch tells nobody anything.")
        if len(text) > NOTE_LENGTH:
            raise TouchRefused(f"The note is {len(text):,} characters long; at most {NOTE_LENGTH:,} are kept.")
        return cls(
            TouchKind(kind),
            text,
            outcome,
            _minutes(minutes),
            until,
            call_reference.strip()[:80],
            representative.strip()[:80],
            wake if wake in WAKES else "date",
            STRENGTHS[strength],
            promise,
        )


def touch_claim(
    session: Session, claim: Claim, draft: Draft, *, person_id: int, clock: Clock, queue: str = "", action: str = ""
) -> Touch:
    """Keep the touch, its place on the timeline, and the tickler. The caller re-ranks the claim and commits.

    The touch that it answers with says what was kept; it is not the session's own, which reads it when it is asked.
    """
    now, today = clock.now(), clock.today()
    assert claim.id is not None
    session.flush()
    connection = session.connection()
    made = Touch(
        practice_id=claim.practice_id,
        claim_id=claim.id,
        person_id=person_id,
        at=now,
        kind=draft.kind,
        note=draft.note,
        outcome=draft.outcome,
        minutes=draft.minutes,
        next_on=draft.next_on,
        call_reference=draft.call_reference,
        representative=draft.representative,
        queue=queue,
        action=action,
        strength=draft.strength,
    )
    values = {name: getattr(made, name) for name in _TOUCH_COLUMNS}
    made.id = connection.execute(_KEEP, values).scalar_one()
    assert made.id is not None
    if draft.next_on is not None:
        park(
            session,
            claim,
            until=draft.next_on,
            reason=parking_reason(draft),
            person_id=person_id,
            now=now,
            touch_id=made.id,
            waits_for=draft.wake,
        )
    connection.execute(_ANSWERED, {"of_claim": claim.id, "by_touch": made.id})
    connection.execute(_ON_TIMELINE, _event(claim, made, draft, today, now))
    record(
        session,
        "followup.touch",
        object_type="claim",
        object_id=claim.id,
        practice_id=claim.practice_id,
        patient_id=claim.patient_id,
        detail={
            "touch": made.id,
            "kind": draft.kind,
            "outcome": draft.outcome,
            "minutes": draft.minutes,
            "strength": draft.strength,
        },
    )
    return made


def kept_just_now(session: Session, claim_id: int, draft: Draft, *, person_id: int, clock: Clock) -> int | None:
    """The touch that this very draft has made already: a button pressed twice sends one form twice."""
    since = clock.now() - timedelta(seconds=TWICE_SECONDS)
    found = session.connection().execute(_NEWEST_OF, {"of_claim": claim_id, "by": person_id, "since": since}).first()
    same = (draft.kind, draft.note, draft.outcome, draft.next_on, draft.call_reference, draft.representative)
    return found.id if found is not None and same == tuple(found)[1:] else None


def park(
    session: Session,
    claim: Claim,
    *,
    until: date,
    reason: str,
    person_id: int,
    now: datetime,
    touch_id: int | None = None,
    waits_for: str = "date",
) -> None:
    """Out of the lists until the date, or an earlier answer. An earlier parking is replaced."""
    assert claim.id is not None
    session.flush()
    parked = {
        "claim_id": claim.id,
        "practice_id": claim.practice_id,
        "person_id": person_id,
        "until": until,
        "reason": reason,
        "made_at": now,
        "touch_id": touch_id,
        "waits_for": waits_for,
    }
    connection = session.connection()
    connection.execute(_PARK[is_sqlite(connection)], parked)


def _parking(fresh: Any) -> Any:
    """The claim's one row, made or written over."""
    return fresh.on_conflict_do_update(
        index_elements=list(_snooze.primary_key),
        set_={column.name: fresh.excluded[column.name] for column in _snooze.columns if not column.primary_key},
    )


# A touch is the most frequent write there is: it and what it leaves are written without the ORM.
_touch, _snooze, _come_back = table_of(Touch), table_of(Snooze), table_of(ComeBack)
_TOUCH_COLUMNS = [column.name for column in _touch.columns if column.name != "id"]
_KEEP = insert(_touch).returning(_touch.c.id)
_NEWEST_OF = (
    select(_touch.c.id, _touch.c.kind, _touch.c.note, _touch.c.outcome, _touch.c.next_on)
    .add_columns(_touch.c.call_reference, _touch.c.representative)
    .where(
        _touch.c.claim_id == bindparam("of_claim"),
        _touch.c.person_id == bindparam("by"),
        _touch.c.at > bindparam("since", type_=_touch.c.at.type),
    )
    .order_by(_touch.c.id.desc())
    .limit(at_most(1))
)
_PARK = {
    on_sqlite: _parking(kind.insert(_snooze).values({each.name: bindparam(each.name) for each in _snooze.columns}))
    for on_sqlite, kind in ((True, sqlite), (False, postgresql))
}
_ON_TIMELINE = insert(table_of(ClaimEvent))
_ANSWERED = (  # it wears its reason no longer
    update(_come_back)
    .where(_come_back.c.claim_id == bindparam("of_claim"), _come_back.c.touch_id.is_(None))
    .values(touch_id=bindparam("by_touch"))
)


def _event(claim: Claim, touch: Touch, draft: Draft, today: date, now: datetime) -> dict[str, Any]:
    """The touch's row on the timeline."""
    label = KIND_LABELS[TouchKind(touch.kind)]
    outcome = OUTCOME_LABELS[Outcome(touch.outcome)] if touch.outcome else ""
    summary = ": ".join(part for part in (label, outcome) if part)
    if touch.strength >= 0:
        summary += f" ({list(STRENGTH_LABELS)[touch.strength]} case)"
    detail = {
        "touch": touch.id,
        "note": touch.note,
        "minutes": touch.minutes,
        "call_reference": touch.call_reference,
        "representative": touch.representative,
        "next_on": touch.next_on.isoformat() if touch.next_on else "",
        "wake": draft.wake,
        "promise": draft.promise.words,
    }
    made: dict[str, Any] = {
        "practice_id": claim.practice_id,
        "claim_id": claim.id,
        "kind": EventKind.TOUCHED.value,
        "happened_on": today,
        "known_at": now,
        "summary": summary,
        "detail": detail,
        "person_id": touch.person_id,
    }
    return made


def parking_reason(draft: Draft) -> str:
    """What the claim wears when it comes back."""
    outcome = OUTCOME_LABELS[Outcome(draft.outcome)] if draft.outcome else ""
    outcome = draft.promise.words or outcome
    if draft.wake != "date":
        outcome = " · ".join(part for part in (WAKE_LABELS[draft.wake], outcome) if part)
    first_line = draft.note.splitlines()[0][:120] if draft.note else ""
    return ": ".join(part for part in (outcome or KIND_LABELS[draft.kind], first_line) if part)


def _minutes(text: str) -> float:
    if not text.strip():
        return 0.0
    try:
        minutes = float(text)
    except ValueError as error:
        raise TouchRefused("Minutes should be a number, like 6 or 2.5.") from error
    if not 0 <= minutes <= LONGEST_TOUCH_MINUTES:
        raise TouchRefused(f"Minutes should lie between 0 and {LONGEST_TOUCH_MINUTES:g}.")
    return minutes


def _next_date(text: str, today: date) -> date | None:
    if not text.strip():
        return None
    try:
        wanted = date.fromisoformat(text.strip())
    except ValueError as error:
        raise TouchRefused("The next date should look like 2026-12-31.") from error
    if wanted <= today:
        raise TouchRefused("The next date should be after today; leave it empty to keep the claim in the list.")
    if (wanted - today).days > LONGEST_PARK_DAYS:
        raise TouchRefused("The next date is more than a year away; choose a nearer one.")
    return wanted
