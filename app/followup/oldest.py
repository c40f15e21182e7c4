"""Nothing starves: within how many working days every neglected claim over 180 days will have been looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from pydantic import TypeAdapter
from sqlalchemy import exists, func, select
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.worked_out import Question
from app.followup.narrow import RESTING
from app.followup.tables import Touch, WorkScore
from workqueues.queues import LOOK_AGAIN_DAYS, OVER_AGE_DAYS, days_to_see_the_oldest
from workqueues.strategy import Strategy

score = table_of(WorkScore)
touch = table_of(Touch)


class Neglected(NamedTuple):
    """Over 180 days, nobody has looked for 90, and neither asleep nor waiting."""

    claims: int
    open_cents: int
    minutes: float  # of work in them


class Oldest(NamedTuple):
    """What a strategy does about them."""

    minutes_a_day: float  # that it keeps for them
    days: float | None  # working days until the last has been looked at; None: never, nothing is kept for them


NEGLECTED = TypeAdapter(Neglected)
FRESH_FOR = timedelta(minutes=10)


def neglected_question(today: date) -> Question[Neglected]:
    """Every old claim is read for it: of large books beside the requests."""
    return Question("neglected", {}, NEGLECTED, lambda session: neglected(session, today), FRESH_FOR)


def neglected(session: Session, today: date) -> Neglected:
    """As the last run left the queues. The whole house: staff is shared."""
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
    return Neglected(int(claims), int(cents), float(minutes))


def oldest_under(strategy: Strategy, found: Neglected) -> Oldest:
    """At the minutes that this strategy keeps for them."""
    kept = strategy.minutes_per_day * strategy.oldest_share
    days = days_to_see_the_oldest(found.minutes, kept)
    return Oldest(kept, None if np.isinf(days) else days)
