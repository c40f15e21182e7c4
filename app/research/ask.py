"""Ask payers where claims stand: one 276 a practice and payer, into the outbox. Never twice within the wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlmodel import Session, col, select

from app.audit.record import record
from app.claims.queries import ClaimHead, heads_by_ids
from app.claims.tables import UNDECIDED, Claim, ClaimEvent, EventKind
from app.core.clock import Clock
from app.core.config import Settings
from app.core.control_numbers import next_control_number
from app.core.outbox import Follower, Outgoing, cancel, enqueue, follow
from app.core.tables import Destination, OutboxItem
from app.followup.rank import rerank_claims
from app.research.pace import ANSWER_DAYS, NEXT_RUNG_DAYS, Pace, pace_of
from app.research.question import CannotAsk, Question, question_of
from app.research.tables import Inquiry, InquiryBatch, InquiryState
from edi.writing import Envelope, OutgoingGroup, write
from edi.x276.write import FUNCTIONAL_ID, VERSION, inquiry_set

KIND: Final = "inquiry"  # of outbox items
TRACES: Final = "inquiry trace"  # the counter of our traces
MOST: Final = 500  # claims asked about at once
ASKABLE: Final = frozenset(UNDECIDED)


class NotAsked(NamedTuple):
    claim_id: int
    number: str  # our patient control number
    why: str


class Asked(NamedTuple):
    batches: list[InquiryBatch]
    inquiries: int
    refused: list[NotAsked]


def ask_status(
    session: Session,
    settings: Settings,
    clock: Clock,
    claim_ids: Sequence[int],
    *,
    person_id: int | None,
    destination_id: int | None = None,
) -> Asked:
    """Ask about each claim its next question; those that may not be asked now are named with the reason.

    The claims were found under a wall already. The caller commits.
    """
    sorted_out = sort_out(
        *(session, settings, clock, claim_ids),
        trace=lambda: f"OV{next_control_number(session, TRACES)}",
        destination_id=destination_id,
    )
    groups, refused = sorted_out.groups, sorted_out.refused
    batches = [
        _send_batch(session, settings, clock, asked, sorted_out.destinations[practice_id], person_id=person_id)
        for (practice_id, _), asked in groups.items()
    ]
    count = sum(batch.inquiries for batch in batches)
    rerank_claims(session, clock, [head.claim.id or 0 for asked in groups.values() for head, _, _ in asked])
    return Asked(batches, count, refused)


class ToAsk(NamedTuple):
    """Claims sorted into one file for each practice and payer, and those that may not be asked about now."""

    groups: dict[tuple[int, int], list[tuple[ClaimHead, int, Question]]]
    refused: list[NotAsked]
    destinations: dict[int, Destination | None]  # by practice


def sort_out(
    session: Session,
    settings: Settings,
    clock: Clock,
    claim_ids: Sequence[int],
    *,
    trace: Callable[[], str] = lambda: "not sent",
    destination_id: int | None = None,
) -> ToAsk:
    """What would be asked, by the rules that asking follows. Writes nothing but what `trace` writes."""
    heads = heads_by_ids(session, list(dict.fromkeys(claim_ids))[:MOST])
    last = last_inquiries(session, list(heads))
    paces: dict[int, Pace] = {}
    refused: list[NotAsked] = []
    groups: dict[tuple[int, int], list[tuple[ClaimHead, int, Question]]] = defaultdict(list)
    practice_ids = {head.practice.id or 0 for head in heads.values()}
    destinations = {each: _destination(session, each, destination_id) for each in sorted(practice_ids)}
    for claim_id, head in heads.items():
        payer_id = head.payer.id or 0
        if payer_id not in paces:
            paces[payer_id] = pace_of(session, head.payer)
        why = may_not_ask(head.claim.state, last.get(claim_id), paces[payer_id], clock.today())
        try:
            if why:
                raise CannotAsk(why)
            rung = next_rung(last.get(claim_id))
            question = question_of(
                *(session, settings, head),
                trace=trace(),
                rung=rung,
                today=clock.today(),
                destination=destinations[head.practice.id or 0],
            )
        except CannotAsk as error:
            refused.append(NotAsked(claim_id, head.claim.patient_control_number, str(error)))
            continue
        groups[head.practice.id or 0, payer_id].append((head, rung, question))
    return ToAsk(groups, refused, destinations)


def take_back(session: Session, clock: Clock, batches: Sequence[InquiryBatch]) -> None:
    """The files that still wait in the outbox are not sent. Raises TooLate. The caller commits."""
    for batch in batches:
        item = session.get(OutboxItem, batch.outbox_id) if batch.outbox_id else None
        if item is not None:
            cancel(session, item, clock)
        record(
            session,
            "research.ask.undone",
            object_type="inquiry_batch",
            object_id=batch.id or 0,
            practice_id=batch.practice_id,
            detail={"claims": batch.inquiries, "control_number": batch.control_number},
        )


def may_not_ask(state: str, last: Inquiry | None, pace: Pace, today: date) -> str:
    """Why the payer may not be asked today; "" when it may."""
    if state not in ASKABLE:
        return "The payer has decided it: there is nothing to ask."
    if last is None or last.state in (InquiryState.CANCELLED, InquiryState.FAILED):
        return ""
    wait = NEXT_RUNG_DAYS if last.state == InquiryState.NOT_FOUND else pace.again_days
    free_on = last.asked_on + timedelta(days=wait)
    if today < free_on:
        return f"Asked on {last.asked_on:%b} {last.asked_on.day}; not again before {free_on:%b} {free_on.day}."
    return ""


def next_rung(last: Inquiry | None) -> int:
    """After "not found" the question changes; one that never reached the payer is asked as it was; else anew."""
    if last is None:
        return 1
    if last.state == InquiryState.NOT_FOUND:
        return last.rung + 1
    return last.rung if last.state in (InquiryState.FAILED, InquiryState.CANCELLED) else 1


def last_inquiries(session: Session, claim_ids: Sequence[int]) -> Mapping[int, Inquiry]:
    """The newest inquiry about each claim."""
    statement = select(Inquiry).where(col(Inquiry.claim_id).in_(claim_ids)).order_by(col(Inquiry.id))
    return {inquiry.claim_id: inquiry for inquiry in session.exec(statement)}


def _send_batch(
    session: Session,
    settings: Settings,
    clock: Clock,
    asked: Sequence[tuple[ClaimHead, int, Question]],
    destination: Destination | None,
    *,
    person_id: int | None,
) -> InquiryBatch:
    """One file for one practice and payer, kept and queued."""
    practice, payer = asked[0][0].practice, asked[0][0].payer
    assert practice.id is not None
    assert payer.id is not None
    control = next_control_number(session)
    batch = InquiryBatch(
        practice_id=practice.id,
        payer_id=payer.id,
        kind="person" if person_id else "automatic",
        reference=f"OVQ{control}",
        control_number=f"{control:09d}",
        inquiries=len(asked),
        made_by_id=person_id,
        made_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    assert batch.id is not None
    item = enqueue(
        session,
        settings,
        clock,
        Outgoing(
            practice_id=practice.id,
            kind=KIND,
            title=f"Status of {len(asked)} {'claim' if len(asked) == 1 else 'claims'} asked of {payer.name}",
            file_name=f"276-{control:09d}.edi",
            content=wire_of(asked, batch, control, clock, destination),
            destination_id=destination.id if destination else None,
            link=f"/research/{batch.id}",
            control_numbers=batch.control_number,
            concerns={
                "claims": [head.claim.id for head, _, _ in asked],
                "batch": batch.id,
                "checks_before": {str(head.claim.id): _iso(head.claim.next_check_on) for head, _, _ in asked},
            },
            person_id=person_id,
        ),
    )
    batch.outbox_id = item.id
    session.add(batch)
    for head, rung, question in asked:
        _keep(session, clock, batch, head, rung, question)
    record(
        session,
        "research.ask",
        object_type="inquiry_batch",
        object_id=batch.id,
        practice_id=practice.id,
        detail={"payer": payer.id, "claims": len(asked), "control_number": batch.control_number},
    )
    session.flush()
    return batch


def wire_of(
    asked: Sequence[tuple[ClaimHead, int, Question]],
    batch: InquiryBatch,
    control: int,
    clock: Clock,
    destination: Destination | None,
) -> bytes:
    """The 276 file. Its envelope is the destination's, else the parties' own ids."""
    now = clock.now()
    first = asked[0][2].inquiry
    assert first.payer is not None
    assert first.provider is not None
    # Members of one family beside each other: they share their levels.
    inquiries = sorted((question.inquiry for _, _, question in asked), key=lambda one: str(one.subscriber))
    envelope = Envelope(
        sender=(destination.sender if destination else "") or first.provider.id[:15],
        receiver=(destination.receiver if destination else "") or first.payer.id[:15],
        sent_on=clock.today(),
        sent_at=now.time(),
        control_number=control,
        sender_qualifier=destination.sender_qualifier if destination else "ZZ",
        receiver_qualifier=destination.receiver_qualifier if destination else "ZZ",
        usage=destination.usage if destination else "P",
    )
    made = inquiry_set(inquiries, reference=batch.reference, created_on=clock.today(), created_at=now.time())
    return b"".join(write(envelope, [OutgoingGroup(FUNCTIONAL_ID, VERSION, [made], control_number=control)]))


def _keep(
    session: Session, clock: Clock, batch: InquiryBatch, head: ClaimHead, rung: int, question: Question
) -> None:
    """The inquiry, its line on the timeline, and the day to look for its answer."""
    claim, today = head.claim, clock.today()
    assert claim.id is not None
    assert batch.id is not None
    due = today + timedelta(days=ANSWER_DAYS)
    session.add(
        Inquiry(
            practice_id=claim.practice_id,
            claim_id=claim.id,
            payer_id=batch.payer_id,
            batch_id=batch.id,
            trace=question.inquiry.trace,
            rung=rung,
            change=question.change,
            asked_on=today,
            next_check_on=due,
            made_by_id=batch.made_by_id,
        )
    )
    claim.next_check_on = due
    session.add(claim)
    differently = f", {question.change}" if question.change else ""
    session.add(
        ClaimEvent(
            practice_id=claim.practice_id,
            claim_id=claim.id,
            kind=EventKind.CHANGED,
            happened_on=today,
            known_at=clock.now(),
            summary=f"Asked {head.payer.name} where it stands{differently} (276, trace {question.inquiry.trace})",
            detail={"inquiry": question.inquiry.trace},
            person_id=batch.made_by_id,
        )
    )


def _destination(session: Session, practice_id: int, destination_id: int | None) -> Destination | None:
    """The one that was chosen, if it is this practice's; else its only active one."""
    known = session.exec(
        select(Destination).where(Destination.practice_id == practice_id, col(Destination.is_active))
    ).all()
    chosen = next((each for each in known if each.id == destination_id), None)
    return chosen or (known[0] if len(known) == 1 else None)


def _sent(session: Session, item: OutboxItem, clock: Clock) -> None:
    _move(session, item, clock, InquiryState.SENT)


def _cancelled(session: Session, item: OutboxItem, clock: Clock) -> None:
    """Nobody was asked: each claim is due for its check as before, and its timeline says nothing of it."""
    moved = _move(session, item, clock, InquiryState.CANCELLED)
    before = item.concerns.get("checks_before")
    checks: dict[str, str] = before if isinstance(before, dict) else {}
    for inquiry in moved:
        claim = session.get_one(Claim, inquiry.claim_id)
        known = checks.get(str(inquiry.claim_id))
        if known is not None and claim.next_check_on == inquiry.next_check_on:
            claim.next_check_on = date.fromisoformat(known) if known else None
            session.add(claim)
        for event in session.exec(
            select(ClaimEvent).where(ClaimEvent.claim_id == inquiry.claim_id, ClaimEvent.kind == EventKind.CHANGED)
        ).all():
            if event.detail.get("inquiry") == inquiry.trace:
                session.delete(event)
    session.flush()
    rerank_claims(session, clock, [inquiry.claim_id for inquiry in moved])


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _move(session: Session, item: OutboxItem, clock: Clock, state: InquiryState) -> Sequence[Inquiry]:
    """The outbox says what became of the file: so it became of its inquiries."""
    batch = session.exec(select(InquiryBatch).where(InquiryBatch.outbox_id == item.id)).first()
    if batch is None:
        return []
    moved = session.exec(
        select(Inquiry).where(Inquiry.batch_id == batch.id, Inquiry.state == InquiryState.QUEUED)
    ).all()
    for inquiry in moved:
        inquiry.state = state
        inquiry.sent_on = clock.today() if state is InquiryState.SENT else None
        session.add(inquiry)
    session.flush()
    return moved


follow(KIND, Follower(_sent, _cancelled))
