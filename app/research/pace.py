"""How long a payer usually takes: learned from its own answers, else the cadence of the fact book (277.md §7).

First inquiry when nine of ten of this payer's answers would have come; then every two weeks; never again within the
wait. A changed question after "not found" may follow the next day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlmodel import Session, col, func, select

from app.claims.tables import Claim, Payer
from app.matching.tables import ClaimPayment, PaymentState, Remittance

FIRST_DAYS: Final = {"medicare": 14, "medicaid": 30, "workers_comp": 30}
OTHER_FIRST_DAYS: Final = 21
AGAIN_DAYS: Final = 14
NEXT_RUNG_DAYS: Final = 1  # "do not ask within 24 hours again"
ANSWER_DAYS: Final = 4  # a batch is answered on the next business day (CAQH CORE); a weekend on top
FEWEST_ANSWERS: Final = 8  # fewer say nothing about a habit
SHARE: Final = 0.9
SHORTEST_DAYS: Final = 7
LONGEST_DAYS: Final = 60
MOST_ANSWERS: Final = 500  # the newest: payers change
LOOKED_BACK_DAYS: Final = (14, 60)  # a large payer gives so many answers in weeks: the years before need not be read


class Pace(NamedTuple):
    first_days: int  # after the claim was sent
    again_days: int  # after an inquiry
    learned_from: int  # answers of this payer's; 0: the usual cadence

    @property
    def words(self) -> str:
        if self.learned_from:
            return f"{self.first_days} days, learned from {self.learned_from} answers"
        return f"{self.first_days} days, the usual cadence"

    def next_check(self, billed_on: date | None, today: date, recheck_days: int | None = None) -> date:
        """After an answer that the claim is still in process: not before the payer's usual time is over."""
        usual = billed_on + timedelta(days=self.first_days) if billed_on else today
        return max(today + timedelta(days=recheck_days or self.again_days), usual)


def pace_from(payer_kind: str, days: Sequence[int]) -> Pace:
    """`days` from sending to the first decision, of claims this payer has decided."""
    known = sorted(day for day in days if day >= 0)
    if len(known) < FEWEST_ANSWERS:
        return Pace(FIRST_DAYS.get(payer_kind, OTHER_FIRST_DAYS), AGAIN_DAYS, 0)
    learned = known[math.ceil(SHARE * len(known)) - 1]
    return Pace(min(max(learned, SHORTEST_DAYS), LONGEST_DAYS), AGAIN_DAYS, len(known))


def pace_of(session: Session, payer: Payer) -> Pace:
    """The payer's pace as its remittances show it."""
    newest = session.exec(select(func.max(Remittance.payment_date)).where(Remittance.payer_id == payer.id)).one()
    if newest is None:
        return pace_from(payer.kind, [])
    for days in LOOKED_BACK_DAYS:
        since = _day(newest) - timedelta(days=days)
        rows = [row for row in session.exec(_first_answers(payer, since)) if row[1] and _day(row[1]) >= since]
        if len(rows) >= MOST_ANSWERS:
            break
    else:
        rows = list(session.exec(_first_answers(payer, None)))
    return pace_from(payer.kind, [(_day(paid) - billed).days for billed, paid in rows if billed and paid])


def _first_answers(payer: Payer, since: date | None) -> Any:
    """When the payer's claims were billed and first answered, the newest answers first; `since`: of the claims that
    it has answered from this day on, of whom some were answered before it too."""
    first = func.min(col(Remittance.payment_date))
    statement = (
        select(col(Claim.first_billed_on), first)
        .join(ClaimPayment, col(ClaimPayment.claim_id) == Claim.id)
        .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
        .where(
            ClaimPayment.state == PaymentState.POSTED,
            Remittance.payer_id == payer.id,
            col(Claim.first_billed_on).is_not(None),
            Claim.payer_rank == 1,
        )
        .group_by(col(Claim.id), col(Claim.first_billed_on))
        .order_by(first.desc())
        .limit(MOST_ANSWERS)
    )
    if since is None:
        return statement
    lately = (
        select(ClaimPayment.claim_id)
        .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
        .where(Remittance.payer_id == payer.id, col(Remittance.payment_date) >= since)
    )
    return statement.where(col(Claim.id).in_(lately))


def _day(value: date | str) -> date:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value
