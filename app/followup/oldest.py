"""Nothing starves: within how many working days every untouched claim over 180 days will have been looked at."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import exists, select
from sqlmodel import Session

from app.core.bulk import table_of
from app.followup.narrow import RESTING
from app.followup.tables import Touch, WorkScore
from workqueues.facts import Facts, day_number
from workqueues.queues import OVER_AGE_DAYS, days_to_see_the_oldest
from workqueues.strategy import Strategy

score = table_of(WorkScore)
touch = table_of(Touch)


class Oldest(NamedTuple):
    """Over 180 days, open, never touched, and not asleep or waiting."""

    claims: int
    open_cents: int
    minutes: float  # of work in them
    minutes_a_day: float  # that the strategy keeps for them
    days: float | None  # working days until the last has been looked at; None: never, nothing is kept for them


def oldest_untouched(session: Session, strategy: Strategy, today: date) -> Oldest:
    """As the last run left the queues, at the minutes that this strategy keeps. The whole house: staff is shared."""
    statement = select(score.c.claim_id, score.c.open_cents, score.c.minutes, score.c.age_days).where(
        score.c.age_days > OVER_AGE_DAYS,
        score.c.open_cents > 0,
        score.c.action != "bill-patient",  # a patient's balance has statements and plans of its own
        score.c.queue.not_in(RESTING),
        ~exists().where(touch.c.claim_id == score.c.claim_id),
    )
    rows = session.execute(statement).all()
    now = day_number(today)
    columns: dict[str, NDArray[Any]] = {
        "claim_id": np.array([row.claim_id for row in rows], np.int64),
        "open_cents": np.array([row.open_cents for row in rows], np.int64),
        "first_billed_on": np.array([now - row.age_days for row in rows], np.float32),
    }
    minutes = np.array([row.minutes for row in rows], np.float32)
    kept = strategy.minutes_per_day * strategy.oldest_share
    days = days_to_see_the_oldest(Facts.from_columns(columns, len(rows)), minutes, kept, now)
    cents = int(columns["open_cents"].sum())
    return Oldest(len(rows), cents, float(minutes.sum()), kept, None if np.isinf(days) else days)
