"""Inquiries by themselves: claims past their payer's usual time, and the next rung for those not found."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlmodel import Session, col, select

from app.claims.tables import Claim, ClaimState, Payer, StepUnderWay
from app.core.clock import Clock
from app.core.config import Settings
from app.core.tables import Destination
from app.ledger.tables import ClaimBalance
from app.research.ask import MOST, Asked, ask_status, last_inquiries, may_not_ask
from app.research.pace import SHORTEST_DAYS, Pace, pace_of
from app.research.refused import asks_by_itself

WAITING: Final = (ClaimState.SUBMITTED, ClaimState.ACCEPTED, ClaimState.PENDING, ClaimState.NOT_FOUND)
MOST_LOOKED_AT: Final = 20_000


def due_claims(session: Session, today: date) -> list[int]:
    """Open claims that are past their payer's usual time and may be asked about today, the longest waiting first.

    Only of practices that have somewhere to send an inquiry to.
    """
    reachable = select(Destination.practice_id).where(col(Destination.is_active)).distinct()
    statement = (
        select(Claim, Payer)
        .join(Payer, col(Payer.id) == Claim.payer_id)
        .join(ClaimBalance, col(ClaimBalance.claim_id) == Claim.id)
        .outerjoin(StepUnderWay, col(StepUnderWay.claim_id) == Claim.id)
        .where(
            col(Claim.state).in_(WAITING),
            ClaimBalance.insurance_cents > 0,
            col(Claim.last_billed_on).is_not(None),
            col(Claim.last_billed_on) <= today - timedelta(days=SHORTEST_DAYS),
            col(Claim.practice_id).in_(reachable),
            col(StepUnderWay.claim_id).is_(None),
        )
        .order_by(col(Claim.last_billed_on), col(Claim.id))
        .limit(MOST_LOOKED_AT)
    )
    paces: dict[int, Pace] = {}
    late: list[Claim] = []
    for claim, payer in session.exec(statement).all():
        assert payer.id is not None
        if payer.id not in paces:
            paces[payer.id] = pace_of(session, payer)
        assert claim.last_billed_on is not None
        is_late = claim.last_billed_on + timedelta(days=paces[payer.id].first_days) <= today
        is_due = claim.next_check_on is None or claim.next_check_on <= today
        if is_late and is_due:
            late.append(claim)
    due: list[int] = []
    for first in range(0, len(late), MOST):
        part = late[first : first + MOST]
        last = last_inquiries(session, [claim.id or 0 for claim in part])
        for claim in part:
            asked = last.get(claim.id or 0)
            if asks_by_itself(asked, today) and not may_not_ask(claim.state, asked, paces[claim.payer_id], today):
                due.append(claim.id or 0)
            if len(due) == MOST:
                return due
    return due


def ask_due(session: Session, settings: Settings, clock: Clock) -> Asked:
    """Ask about every claim that is due. The caller commits."""
    due = due_claims(session, clock.today())
    return ask_status(session, settings, clock, due, person_id=None) if due else Asked([], 0, [])


def sentence(asked: Asked) -> str:
    """What came of a run, for the schedule's page."""
    if not asked.inquiries and not asked.refused:
        return "No claim is past its payer's usual time, or nobody has entered where inquiries go."
    said = f"{asked.inquiries:,} claims asked about, {len(asked.batches)} files"
    return (
        f"{said}; {len(asked.refused):,} could not be asked: {asked.refused[0].why}" if asked.refused else f"{said}."
    )
