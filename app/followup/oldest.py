"""Nothing starves: within how many working days every neglected claim over 180 days will have been looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from sqlalchemy import exists, func, select
from sqlmodel import Session

from app.core.bulk import table_of
from app.followup.narrow import RESTING
from app.followup.tables import Touch, WorkScore
from workqueues.queues import LOOK_AGAIN_DAYS, OVER_AGE_DAYS, days_to_see_the_oldest
from workqueues.strategy import Strategy

score = table_of(WorkScore)
touch = table_of(Touch)


class Oldest(NamedTuple):
    """Over 180 days, nobody has looked for 90, and neither asleep nor waiting."""

    claims: int
    open_cents: int
    minutes: float  # of work in them
    minutes_a_day: float  # that the strategy keeps for them
    days: float | None  # working days until the last has been looked at; None: never, nothing is kept for them


def oldest_neglected(session: Session, strategy: Strategy, today: date) -> Oldest:
    """As the last run left the queues, at the minutes that this strategy keeps. The whole house: staff is shared."""
    since = datetime.combine(today - timedelta(days=LOOK_AGAIN_DAYS), time(), UTC)
    looked_at = exists().where(touch.c.claim_id == score.c.claim_id, touch.c.at >= since)
    claims, cents, minutes = session.execute(
        select(
            func.count(), func.coalesce(func.sum(score.c.open_cents), 0), func.coalesce(func.sum(score.c.minutes), 0)
        ).where(
            score.c.age_days > OVER_AGE_DAYS,
            score.c.action != "bill-patient",  # a patient's balance has statements and plans of its own
            score.c.queue.not_in(RESTING),
            ~looked_at.correlate(score),
        )
    ).one()
    kept = strategy.minutes_per_day * strategy.oldest_share
    days = days_to_see_the_oldest(float(minutes), kept)
    return Oldest(int(claims), int(cents), float(minutes), kept, None if np.isinf(days) else days)
