"""The claim's timeline of everything: the wire, our work, what was sent, the books, and who looked at it.

Each entry opens its source. What slices above follow-up did (appeals, refiles, inquiries) they tell themselves
(`tell_story`), so that this page needs to know none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.audit.tables import Event
from app.auth.tables import Person
from app.claims.tables import ClaimEvent, EventKind
from app.core.money import format_cents
from app.core.tables import OutboxItem, OutboxState
from app.followup.tables import StepDone
from app.ledger.queries import ADJUSTED_LABELS
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry, Posting

# What the page can be narrowed to; the first is what it shows unasked: everything but the books and the looking.
KINDS = {
    "story": "Story",
    "payer": "Payer",
    "work": "Our work",
    "sent": "Sent",
    "books": "Books",
    "seen": "Seen by",
    "all": "Everything",
}
QUIET = ("books", "seen")
LOOKS = ("claim.view", "claim.edi.view")
MOST_BOOKED = 200
MOST_SEEN_DAYS = 60  # newest first; the log itself has them all

EVENT_KINDS = {
    EventKind.SUBMITTED: "sent",
    EventKind.TOUCHED: "work",
    EventKind.SNOOZED: "work",
    EventKind.CHANGED: "work",
}
EVENT_LOOKS = {
    "submitted": ("send", "accent"),
    "acknowledged": ("check", "good"),
    "rejected": ("alert", "bad"),
    "status": ("info", "neutral"),
    "paid": ("check", "good"),
    "denied": ("alert", "bad"),
    "reversed": ("undo", "warn"),
    "adjudicated": ("file", "neutral"),
    "posted": ("file", "neutral"),
    "touched": ("edit", "accent"),
    "snoozed": ("clock", "neutral"),
    "changed": ("edit", "neutral"),
}
ENTRY_LABELS = {
    EntryKind.CHARGE: "Billed",
    EntryKind.CHARGE_CHANGE: "Billed amount changed",
    EntryKind.CLAIM_PAYMENT: "Answer posted",
    EntryKind.UNMATCHED_PAYMENT: "Payment kept aside",
    EntryKind.PROVIDER_ADJUSTMENT: "Provider adjustment posted",
    EntryKind.REVERSAL: "Posting taken back",
    EntryKind.APPLY: "Unapplied cash found this claim",
    EntryKind.RELEASE: "Held adjustment posted",
    EntryKind.RESPONSIBILITY: "Patient’s share moved",
    EntryKind.UNDERPAYMENT: "Underpaid part opened again",
    EntryKind.VOID: "Payment voided",
    EntryKind.PERSON: "Posted by hand",
}
ACCOUNT_LABELS = {
    **ADJUSTED_LABELS,
    Account.INSURANCE_AR: "open with payer",
    Account.PATIENT_AR: "patient",
    Account.CHARGES: "charges",
    Account.CASH: "cash",
    Account.REMITTANCE_CLEARING: "paid by remittance",
    Account.UNAPPLIED_CASH: "unapplied cash",
    Account.PAYER_RECOUPMENT: "recoupment",
    Account.INTEREST_INCOME: "interest",
}


OUTBOX_WORDS = {
    OutboxState.WAITING: "Waits in the outbox.",
    OutboxState.RELEASED: "On its way.",
    OutboxState.SENT: "Sent.",
    OutboxState.SENT_BY_HAND: "Sent by hand.",
    OutboxState.FAILED: "Could not be sent.",
    OutboxState.CANCELLED: "Taken back before it left.",
}


class Told(NamedTuple):
    """One entry of the timeline; `at` orders those of one day."""

    kind: str  # a key of KINDS
    on: date
    at: datetime
    title: str
    text: str = ""
    icon: str = "file"
    tone: str = "neutral"
    href: str = ""
    who: str = ""
    file_id: int | None = None


Teller = Callable[[Session, int], list[Told]]  # (session, claim id)
Address = Callable[[str, int, int], str]  # (kind of source, row, segment) → the page that shows its wire text
_tellers: dict[str, Teller] = {}


def tell_story(kind: str, tell: Teller) -> None:
    """Called once by the slice that does this kind of work."""
    _tellers[kind] = tell


def story_of(session: Session, claim_id: int, events: Sequence[ClaimEvent], address: Address) -> list[Told]:
    """Everything, newest first."""
    told = [
        *_events(session, events, address),
        *_steps(session, claim_id),
        *_books(session, claim_id, address),
        *_seen(session, claim_id),
        *(entry for kind in sorted(_tellers) for entry in _tellers[kind](session, claim_id)),
    ]
    return sorted(told, key=lambda entry: (entry.on, entry.at), reverse=True)


def counts_of(story: Sequence[Told]) -> list[tuple[str, str, int]]:
    """Key, label and number of entries of every kind that has any."""
    counted = {key: sum(entry.kind == key for entry in story) for key in KINDS}
    counted["story"] = sum(entry.kind not in QUIET for entry in story)
    counted["all"] = len(story)
    return [(key, label, counted[key]) for key, label in KINDS.items() if counted[key]]


def told_of_outbox(item: OutboxItem) -> Told:
    """For tellers: a thing that left, or waits to leave, by way of the outbox; it opens the bytes that left."""
    at = item.sent_at or item.cancelled_at or item.made_at
    state = OUTBOX_WORDS[OutboxState(item.state)]
    said = f"{state} {item.proof}" if item.proof else state
    return Told("sent", at.date(), at, item.title, said, "send", "accent", f"/outbox/{item.id}/content")


def _events(session: Session, events: Sequence[ClaimEvent], address: Address) -> list[Told]:
    names = _names(session, {event.person_id for event in events if event.person_id is not None})
    found = []
    for event in events:
        icon, tone = EVENT_LOOKS.get(event.kind, ("file", "neutral"))
        has_wire = event.file_id is not None and event.end_offset > event.start_offset
        found.append(
            Told(
                EVENT_KINDS.get(EventKind(event.kind), "payer"),
                event.happened_on,
                event.known_at,
                event.summary,
                event_words(event.detail),
                icon,
                tone,
                address("event", event.id or 0, event.segment) if has_wire else "",
                names.get(event.person_id or 0, ""),
                event.file_id,
            )
        )
    return found


def event_words(detail: dict[str, object]) -> str:
    """The note, then who was spoken to and the reference they gave, and the minutes."""
    said = [str(detail.get("note") or "")]
    if detail.get("representative"):
        said.append(f"Spoke with {detail['representative']}.")
    if detail.get("call_reference"):
        said.append(f"Reference {detail['call_reference']}.")
    if detail.get("minutes"):
        said.append(f"{float(str(detail['minutes'])):g} min.")
    return " ".join(part for part in said if part)


def _steps(session: Session, claim_id: int) -> list[Told]:
    """The ticks of one person on one day stand together."""
    statement = (
        select(StepDone, Person.name)
        .join(Person, col(Person.id) == col(StepDone.person_id))
        .where(StepDone.claim_id == claim_id)
        .order_by(col(StepDone.id))
    )
    found = []
    ticks = [(row, name) for row, name in session.exec(statement)]
    for (denial_id, name, on), group in groupby(ticks, lambda each: (each[0].denial_id, each[1], _day(each[0]))):
        rows = [row for row, _ in group]
        title = "Step of the playbook done" if len(rows) == 1 else f"{len(rows)} steps of the playbook done"
        text = " ".join(row.step for row in rows)
        found.append(Told("work", on, rows[-1].done_at, title, text, "check", "good", f"#steps-{denial_id}", name))
    return found


def _day(row: StepDone) -> date:
    return row.done_at.date()


def _books(session: Session, claim_id: int, address: Address) -> list[Told]:
    """One entry of the journal each, with its legs on this claim; it opens the segment that says so."""
    statement = (
        select(JournalEntry, Posting)
        .join(Posting, col(Posting.entry_id) == JournalEntry.id)
        .where(Posting.claim_id == claim_id)
        .order_by(col(JournalEntry.id).desc(), col(Posting.id))
        .limit(MOST_BOOKED)
    )
    sources = {CauseKind.SUBMISSION: "submission", CauseKind.CLAIM_PAYMENT: "payment"}
    found = []
    for _, group in groupby(session.exec(statement), lambda pair: pair[0].id):
        pairs = list(group)
        entry = pairs[0][0]
        of = sources.get(CauseKind(entry.cause_kind), "")
        found.append(
            Told(
                "books",
                entry.event_date,
                entry.known_at,
                ENTRY_LABELS.get(EntryKind(entry.kind), "Posted"),
                " · ".join([*([entry.memo] if entry.memo else []), *_legs([posting for _, posting in pairs])]),
                "money",
                "neutral",
                address(of, entry.cause_id, entry.segment) if of else "",
                file_id=entry.file_id,
            )
        )
    return found


def _legs(postings: Sequence[Posting]) -> list[str]:
    """`+$20.00 contractual (CO 45)`, debits first written with a plus."""
    said = []
    for leg in postings:
        label = ACCOUNT_LABELS.get(Account(leg.account), leg.account.replace("_", " "))
        code = " ".join(part for part in (leg.adjustment_group, leg.adjustment_reason) if part)
        sign = "+" if leg.amount_cents > 0 else "−"
        amount = f"{sign}{format_cents(abs(leg.amount_cents))}"
        said.append(f"{amount} {label[0].lower()}{label[1:]}{f' ({code})' if code else ''}")
    return said


def _seen(session: Session, claim_id: int) -> list[Told]:
    """Who looked at it, a line for each person and day, from the audit log."""
    statement = (
        select(Event.actor_name, Event.at, Event.action)
        .where(Event.object_type == "claim", Event.object_id == str(claim_id), col(Event.action).in_(LOOKS))
        .order_by(col(Event.id).desc())
        .limit(MOST_SEEN_DAYS * 20)
    )
    looks: dict[tuple[date, str], list[tuple[datetime, str]]] = {}
    for name, at, action in session.exec(statement):
        looks.setdefault((at.date(), name), []).append((at, action))
    found = []
    for (on, name), rows in list(looks.items())[:MOST_SEEN_DAYS]:
        wire = sum(action == "claim.edi.view" for _, action in rows)
        times = "once" if len(rows) == 1 else f"{len(rows)} times"
        text = f"{times}, the wire text {wire} of them" if wire else times
        found.append(Told("seen", on, rows[0][0], f"{name or 'Somebody'} looked at it", text, "person"))
    return found


def _names(session: Session, person_ids: set[int]) -> dict[int, str]:
    if not person_ids:
        return {}
    statement = select(Person.id, Person.name).where(col(Person.id).in_(person_ids))
    return {number or 0: name for number, name in session.exec(statement)}
