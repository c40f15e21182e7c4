"""The payer's 277 under our trace: the inquiry is answered, not found, or was itself refused; and when to look again.

A status never overwrites what a remittance decided; the loader has moved the claim already where it matched. Here the
inquiry gets its answer, also when the payer named no claim and only our trace says which one was meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlmodel import Session, col, select

import edi.codes
from app.claims.states import DECIDED
from app.claims.tables import Claim, ClaimEvent, ClaimState, EventKind, Payer
from app.core.clock import Clock
from app.matching.tables import StatusEvent
from app.research.pace import NEXT_RUNG_DAYS, Pace, pace_of
from app.research.refused import back_on, settle_refusals
from app.research.tables import Inquiry, InquiryState
from edi.codes.explain import explain_status

NOT_FOUND: Final = frozenset(("D0", "A4"))
IN_PROCESS: Final = frozenset(("submitted", "accepted", "pending"))
TRACES_PER_QUERY: Final = 500


class Reading(NamedTuple):
    """What the status events under one trace say."""

    state: InquiryState
    event: StatusEvent  # the one that says most
    found: int  # different claims that the payer named


def read_answer(events: Sequence[StatusEvent]) -> Reading:
    """Pure: several events under one trace, read as one answer. A found claim outweighs a refusal."""
    named = {event.payer_control_number for event in events if event.category not in NOT_FOUND}
    found = [event for event in events if event.category not in NOT_FOUND and not event.category.startswith("E")]
    if found:
        newest = max(found, key=lambda event: (event.effective or date.min, event.id or 0))
        return Reading(InquiryState.ANSWERED, newest, len(named))
    missing = [event for event in events if event.category in NOT_FOUND]
    if missing:
        return Reading(InquiryState.NOT_FOUND, missing[-1], 0)
    return Reading(InquiryState.FAILED, events[-1], 0)


def settle_inquiries(session: Session, clock: Clock) -> list[Inquiry]:
    """Give every open inquiry whose answer was loaded its answer; called after every load. The caller commits.

    Claims are those of the inquiries: re-rank them, for their next check has moved.
    """
    open_ones = session.exec(
        select(Inquiry).where(col(Inquiry.state).in_((InquiryState.SENT, InquiryState.QUEUED)))
    ).all()
    answers: dict[str, list[StatusEvent]] = defaultdict(list)
    traces = [inquiry.trace for inquiry in open_ones]
    for first in range(0, len(traces), TRACES_PER_QUERY):
        part = traces[first : first + TRACES_PER_QUERY]
        statement = select(StatusEvent).where(col(StatusEvent.inquiry_trace).in_(part)).order_by(col(StatusEvent.id))
        for event in session.exec(statement):
            answers[event.inquiry_trace].append(event)
    paces: dict[int, Pace] = {}
    settled = []
    for inquiry in open_ones:
        if events := answers.get(inquiry.trace):
            _settle(session, clock, inquiry, read_answer(events), paces)
            settled.append(inquiry)
    session.flush()
    left = [inquiry for inquiry in open_ones if inquiry.state in (InquiryState.SENT, InquiryState.QUEUED)]
    return settled + settle_refusals(session, clock, left)


def _settle(session: Session, clock: Clock, inquiry: Inquiry, reading: Reading, paces: dict[int, Pace]) -> None:
    event, today = reading.event, clock.today()
    claim = session.get_one(Claim, inquiry.claim_id)
    if inquiry.payer_id not in paces:
        paces[inquiry.payer_id] = pace_of(session, session.get_one(Payer, inquiry.payer_id))
    pace = paces[inquiry.payer_id]
    inquiry.state, inquiry.found = reading.state, reading.found
    inquiry.answered_on = event.effective or event.received_at.date()
    inquiry.category = event.category
    inquiry.words = explain_status(event.category, event.status, event.entity)
    inquiry.next_check_on = None
    row = edi.codes.status_category(event.category)
    if reading.state is InquiryState.FAILED:
        inquiry.next_check_on = back_on(event.category, today)
    if reading.state is InquiryState.NOT_FOUND:
        inquiry.next_check_on = _days_after(today, NEXT_RUNG_DAYS)
    elif reading.state is InquiryState.ANSWERED and row is not None and row.family in ("pending", "acknowledgment"):
        inquiry.next_check_on = pace.next_check(claim.last_billed_on, today, row.recheck_days)
    session.add(inquiry)
    if claim.state not in DECIDED:
        if reading.state is InquiryState.NOT_FOUND and event.claim_id is None:
            claim.state, claim.state_on = ClaimState.NOT_FOUND, inquiry.answered_on
        claim.next_check_on = inquiry.next_check_on
        session.add(claim)
    if event.claim_id is None or reading.found > 1:
        several = f": it names {reading.found} claims, choose the right one" if reading.found > 1 else ""
        session.add(
            ClaimEvent(
                practice_id=claim.practice_id,
                claim_id=inquiry.claim_id,
                kind=EventKind.STATUS,
                happened_on=inquiry.answered_on,
                known_at=clock.now(),
                summary=f"Answer to our inquiry {inquiry.trace}: {inquiry.words}{several}",
                file_id=event.file_id,
                segment=event.segment,
                last_segment=event.last_segment,
                start_offset=event.start_offset,
                end_offset=event.end_offset,
            )
        )


def _days_after(today: date, days: int) -> date:
    return date.fromordinal(today.toordinal() + days)
