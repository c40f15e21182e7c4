"""A file of inquiries that was refused as a whole: tied back by our own numbers, told on every claim, asked again.

The refusal says nothing about the claims. Each inquiry of the file that has no answer of its own counts as refused,
its claim comes back today, and may be asked about anew as soon as what was wrong is mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from sqlmodel import Session, col, or_, select

from app.audit.record import record
from app.claims.states import DECIDED
from app.claims.tables import Claim, ClaimEvent, EventKind, Payer, Practice
from app.core.clock import Clock
from app.core.tables import Destination, OutboxItem
from app.matching.tables import InquiryRefusal
from app.research.tables import Inquiry, InquiryBatch, InquiryState

PASSING: Final = frozenset(("E1", "E2"))  # their system was down: the same question may be asked tomorrow
BY_NUMBER: Final = ("999", "997", "TA1")
CLOCK_DAYS: Final = 1  # a TA1 repeats the day of our file as the other side's clock has it
REMEDIES: Final = {
    "TA1": "Mend the ids and qualifiers of the destination with what your enrollment says, then ask again.",
    "999": "The file breaks a rule of the payer's syntax check. See the segment named, mend it, then ask again.",
    "E0": "Something in the question is wrong for them: compare provider, member and payer ids, then ask again.",
    "E1": "Their system could not answer. It is asked again by itself tomorrow.",
    "E2": "Their system did not answer. It is asked again by itself tomorrow.",
    "E3": "Fields of the inquiry contradict each other for this payer. Mend them, then ask again.",
    "E4": "A rule of your agreement with them is not met: check the enrollment for 276, then ask again.",
    "D0": "They do not know the provider or the receiver named. Check NPI and enrollment, then ask again.",
}


def remedy(kind: str, category: str) -> str:
    """What to do about it."""
    return REMEDIES.get(category) or REMEDIES["999" if kind == "997" else kind if kind in REMEDIES else "E0"]


def settle_refusals(session: Session, clock: Clock, waiting: Sequence[Inquiry]) -> list[Inquiry]:
    """Give the inquiries of refused files their refusal. The caller commits; re-rank their claims."""
    by_batch: dict[int, list[Inquiry]] = {}
    for inquiry in waiting:
        by_batch.setdefault(inquiry.batch_id, []).append(inquiry)
    if not by_batch:
        return []
    batches = session.exec(select(InquiryBatch).where(col(InquiryBatch.id).in_(by_batch))).all()
    settled: list[Inquiry] = []
    for batch_id, refusal in _refusals_of(session, batches).items():
        batch = next(each for each in batches if each.id == batch_id)
        settled += _refuse(session, clock, batch, refusal, by_batch[batch_id])
    session.flush()
    return settled


def _refusals_of(session: Session, batches: Sequence[InquiryBatch]) -> Mapping[int, InquiryRefusal]:
    """The refusal of each batch that has one: by our reference, our control number, or as the only one meant."""
    numbers = {int(batch.control_number): batch for batch in batches}
    references = {batch.reference: batch for batch in batches}
    oldest = min(batch.made_at for batch in batches)
    rows = session.exec(
        select(InquiryRefusal)
        .where(
            col(InquiryRefusal.received_at) >= oldest,
            or_(
                col(InquiryRefusal.reference).in_(references),
                col(InquiryRefusal.their_reference).in_(references),
                col(InquiryRefusal.kind).in_(BY_NUMBER),
                col(InquiryRefusal.provider_id) != "",
            ),
        )
        .order_by(col(InquiryRefusal.id))
    ).all()
    found: dict[int, InquiryRefusal] = {}
    for row in rows:
        batch = references.get(row.reference) or references.get(row.their_reference)
        if batch is None and row.kind in BY_NUMBER:
            batch = _by_number(row, numbers)
        elif batch is None and not row.reference:
            batch = _only_one(session, row, batches)
        if batch is not None and row.received_at >= batch.made_at:
            found.setdefault(batch.id or 0, row)
    return found


def _by_number(row: InquiryRefusal, numbers: Mapping[int, InquiryBatch]) -> InquiryBatch | None:
    """By GS06 or ISA13. Another program may count like ours: a TA1 also names the day of the file it means."""
    batch = numbers.get(int(row.control_number)) if row.control_number.isdigit() else None
    if batch is None or row.interchange_on is None:
        return batch
    apart = abs(row.interchange_on - batch.made_at.date())
    return batch if apart <= timedelta(days=CLOCK_DAYS) else None


def _only_one(session: Session, row: InquiryRefusal, batches: Sequence[InquiryBatch]) -> InquiryBatch | None:
    """Without a reference: the provider's only file that awaits an answer; None when several do."""
    practices = session.exec(select(Practice.id).where(Practice.npi == row.provider_id)).all()
    open_ones = [batch for batch in batches if batch.practice_id in practices and batch.made_at <= row.received_at]
    return open_ones[0] if len(open_ones) == 1 else None


def _refuse(
    session: Session, clock: Clock, batch: InquiryBatch, refusal: InquiryRefusal, inquiries: Sequence[Inquiry]
) -> list[Inquiry]:
    payer = session.get_one(Payer, batch.payer_id)
    who = payer.name if refusal.kind.startswith("277") else refusal.sender or _taker(session, batch)
    batch.refusal_id, batch.refused_on, batch.refused_by = refusal.id, refusal.said_on, who
    batch.refused_words = f"{refusal.words} ({refusal.kind})"
    session.add(batch)
    for inquiry in inquiries:
        inquiry.state, inquiry.answered_on = InquiryState.FAILED, refusal.said_on
        inquiry.category, inquiry.words = refusal.category, batch.refused_words
        inquiry.next_check_on = back_on(refusal.category, clock.today())
        session.add(inquiry)
        claim = session.get_one(Claim, inquiry.claim_id)
        if claim.state not in DECIDED:
            claim.next_check_on = inquiry.next_check_on
            session.add(claim)
        session.add(
            ClaimEvent(
                practice_id=inquiry.practice_id,
                claim_id=inquiry.claim_id,
                kind=EventKind.STATUS,
                happened_on=refusal.said_on,
                known_at=clock.now(),
                summary=f"Our inquiry {inquiry.trace} was refused by {who}, with its whole file: {refusal.words}",
                file_id=refusal.file_id,
                segment=refusal.segment,
                last_segment=refusal.last_segment,
                start_offset=refusal.start_offset,
                end_offset=refusal.end_offset,
            )
        )
    record(
        session,
        "research.refused",
        object_type="inquiry_batch",
        object_id=batch.id or "",
        practice_id=batch.practice_id,
        detail={"kind": refusal.kind, "category": refusal.category, "claims": len(inquiries)},
    )
    return list(inquiries)


def _taker(session: Session, batch: InquiryBatch) -> str:
    """Who takes our files in, by the name of the destination: a TA1 names nobody."""
    item = session.get(OutboxItem, batch.outbox_id) if batch.outbox_id else None
    destination = session.get(Destination, item.destination_id) if item and item.destination_id else None
    return destination.name if destination else "whoever takes the files in"


def back_on(category: str, today: date) -> date:
    """When a claim whose inquiry was refused comes back: today, to be mended; tomorrow where it passes by itself."""
    return today + timedelta(days=1) if category in PASSING else today


def asks_by_itself(last: Inquiry | None, today: date) -> bool:
    """May the schedule ask again? Not with a question that was refused and that nobody has mended."""
    if last is None or last.state != InquiryState.FAILED:
        return True
    return last.category in PASSING and last.answered_on is not None and last.answered_on < today
