"""The pools as a supervisor reads them: of each queue what nobody owns, and who is dealt it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from app.core.bulk import Tested
from app.followup.narrow import score
from app.followup.team import PersonDay, owned_by_somebody
from app.followup.totals import Standing
from app.followup.worklist import queue_lines
from workqueues.queues import Queue


class Pool(NamedTuple):
    queue: Queue
    claims: int
    open_cents: int
    unowned: int
    unowned_cents: int
    goes_to: list[str]  # the people named for it; none: anybody


def pools(session: Session, practice_ids: Sequence[int], people: Sequence[PersonDay]) -> list[Pool]:
    """Every queue that holds something. What somebody owns is counted row by row, being little; the rest is kept."""
    sums = func.count(), func.sum(score.c.open_cents)
    queue = Tested(score.c.queue)  # else SQLite walks all that is open by queue, for the little that is owned
    owned_of_each = select(queue, *sums).where(*owned_by_somebody(practice_ids)).group_by(queue)
    owned = {key: Standing(int(claims), int(cents)) for key, claims, cents in session.execute(owned_of_each)}
    found = []
    for line in queue_lines(session, practice_ids):
        if not line.claims:
            continue
        theirs = owned.get(line.queue.key, Standing(0, 0))
        named = [each.account.name for each in people if line.queue.key in each.day.queues.split()]
        unowned = line.claims - theirs.claims, line.open_cents - theirs.open_cents
        found.append(Pool(line.queue, line.claims, line.open_cents, *unowned, named))
    return found
