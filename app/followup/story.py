"""The claim's timeline of everything: the wire, our work, what was sent, the books, and who looked at it.

Each entry opens its source. What slices above follow-up did (appeals, refiles, inquiries) they tell themselves
(`tell_story`), so that this page needs to know none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, bindparam, select
from sqlmodel import Session, SQLModel

from app.audit.tables import Event
from app.claims.queries import TimelineEvent
from app.claims.tables import EventKind
from app.core.bulk import table_of
from app.core.money import format_cents
from app.core.tables import OutboxItem, OutboxState
from app.followup.checklist import Tick
from app.ledger.queries import ADJUSTED_LABELS, ClaimLeg
from app.ledger.tables import Account, CauseKind, EntryKind

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

BOOKED_SOURCES = {CauseKind.SUBMISSION.value: "submission", CauseKind.CLAIM_PAYMENT.value: "payment"}

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


Tell = Callable[[Session, int], list[Told]]  # (session, claim id)
Address = Callable[[str, int, int], str]  # (kind of source, row, segment) → the page that shows its wire text


class Teller(NamedTuple):
    """How a slice tells of its work; `of` has a row, by `claim_id`, for each claim with something to tell."""

    tell: Tell
    of: Table


_tellers: dict[str, Teller] = {}


def tell_story(kind: str, tell: Tell, of: type[SQLModel]) -> None:
    """Called once by the slice that does this kind of work. Of claims without a row in `of` it is not asked."""
    _tellers[kind] = Teller(tell, table_of(of))


def tellers() -> tuple[Teller, ...]:
    """Everybody who tells, in the order in which they do."""
    return tuple(_tellers[kind] for kind in sorted(_tellers))


def story_of(
    session: Session,
    claim_id: int,
    address: Address,
    *,
    events: Sequence[TimelineEvent],
    ticks: Sequence[Tick],
    legs: Sequence[ClaimLeg],
    others: Sequence[Teller],
) -> list[Told]:
    """Everything, newest first. The page has read its events, ticks and legs already, and knows which of the tellers
    have something to tell."""
    told = [
        *_events(events, address),
        *_steps(ticks),
        *_books(legs, address),
        *_seen(session, claim_id),
        *(entry for teller in others for entry in teller.tell(session, claim_id)),
    ]
    return sorted(told, key=lambda entry: (entry.on, entry.at), reverse=True)


def counts_of(story: Sequence[Told]) -> list[tuple[str, str, int]]:
    """Key, label and number of entries of every kind that has any."""
    counted = Counter(entry.kind for entry in story)
    counted["story"] = len(story) - sum(counted[kind] for kind in QUIET)
    counted["all"] = len(story)
    return [(key, label, counted[key]) for key, label in KINDS.items() if counted[key]]


class SentItem(NamedTuple):
    """A thing in the outbox, as far as the timeline tells of it: for tellers, who join it to what is their own."""

    id: int
    title: str
    state: str
    proof: str
    made_at: datetime
    sent_at: datetime | None
    cancelled_at: datetime | None


SENT_COLUMNS = tuple(table_of(OutboxItem).c[name] for name in SentItem._fields)


def told_of_outbox(item: SentItem) -> Told:
    """What left, or waits to leave, by way of the outbox; it opens the bytes that left."""
    at = item.sent_at or item.cancelled_at or item.made_at
    state = OUTBOX_WORDS[OutboxState(item.state)]
    said = f"{state} {item.proof}" if item.proof else state
    return Told("sent", at.date(), at, item.title, said, "send", "accent", f"/outbox/{item.id}/content")


def _events(events: Sequence[TimelineEvent], address: Address) -> list[Told]:
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
                address("event", event.id, event.segment) if has_wire else "",
                event.who or "",
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
    if detail.get("promise"):
        said.append(f"{detail['promise']}.")
    if detail.get("minutes"):
        said.append(f"{float(str(detail['minutes'])):g} min.")
    return " ".join(part for part in said if part)


def _steps(ticks: Sequence[Tick]) -> list[Told]:
    """The ticks of one person on one day stand together."""
    found = []
    for (denial_id, name, on), group in groupby(ticks, lambda tick: (tick.denial_id, tick.who, tick.done_at.date())):
        rows = list(group)
        title = "Step of the playbook done" if len(rows) == 1 else f"{len(rows)} steps of the playbook done"
        text = " ".join(row.step for row in rows)
        found.append(Told("work", on, rows[-1].done_at, title, text, "check", "good", f"#steps-{denial_id}", name))
    return found


def _books(legs: Sequence[ClaimLeg], address: Address) -> list[Told]:
    """One entry of the journal each, with its legs on this claim; it opens the segment that says so."""
    newest = sorted(legs, key=lambda leg: -leg.entry_id)[:MOST_BOOKED]  # those of one entry stay in their order
    found = []
    for _, group in groupby(newest, lambda leg: leg.entry_id):
        of_entry = list(group)
        entry = of_entry[0]
        of = BOOKED_SOURCES.get(entry.cause_kind, "")
        found.append(
            Told(
                "books",
                entry.event_date,
                entry.known_at,
                ENTRY_LABELS.get(EntryKind(entry.kind), "Posted"),
                " · ".join([*([entry.memo] if entry.memo else []), *_legs(of_entry)]),
                "money",
                "neutral",
                address(of, entry.cause_id, entry.segment) if of else "",
                file_id=entry.file_id,
            )
        )
    return found


def _legs(legs: Sequence[ClaimLeg]) -> list[str]:
    """`+$20.00 contractual (CO 45)`, debits first written with a plus."""
    said = []
    for leg in legs:
        label = ACCOUNT_LABELS.get(Account(leg.account), leg.account.replace("_", " "))
        code = " ".join(part for part in (leg.adjustment_group, leg.adjustment_reason) if part)
        sign = "+" if leg.amount_cents > 0 else "−"
        amount = f"{sign}{format_cents(abs(leg.amount_cents))}"
        said.append(f"{amount} {label[0].lower()}{label[1:]}{f' ({code})' if code else ''}")
    return said


def _seen(session: Session, claim_id: int) -> list[Told]:
    """Who looked at it, a line for each person and day, from the audit log."""
    looks: dict[tuple[date, str], list[tuple[datetime, str]]] = {}
    for name, at, action in session.connection().execute(_looks(), {"claim": str(claim_id)}):
        looks.setdefault((at.date(), name), []).append((at, action))
    found = []
    for (on, name), rows in list(looks.items())[:MOST_SEEN_DAYS]:
        wire = sum(action == "claim.edi.view" for _, action in rows)
        times = "once" if len(rows) == 1 else f"{len(rows)} times"
        text = f"{times}, the wire text {wire} of them" if wire else times
        found.append(Told("seen", on, rows[0][0], f"{name or 'Somebody'} looked at it", text, "person"))
    return found


@cache
def _looks() -> Select[Any]:
    event = table_of(Event)
    is_look = event.c.action.in_(LOOKS)
    return (
        select(event.c.actor_name, event.c.at, event.c.action)
        .where(event.c.object_type == "claim", event.c.object_id == bindparam("claim"), is_look)
        .order_by(event.c.id.desc())
        .limit(MOST_SEEN_DAYS * 20)
    )
