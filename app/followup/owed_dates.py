"""Claims that a person worked and left without a next date: the workbench asks for the date until it is given.

Leaving by the key for the next claim is stopped at once (touch_routes); leaving by any other way, a click, J and K or
a closed window, is not, so that somebody may look at another claim in between. It is asked for there instead.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, select
from sqlmodel import Session

from app.auth.viewer import Viewer
from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.narrow import RESTING, claim, score, touch
from app.followup.tables import BulkItem

bulk_item = table_of(BulkItem)

ASKED_DAYS = 7  # what is older is a matter for whoever leads the team: "Touched, and no next date"
MOST = 20


class Owed(NamedTuple):
    claim_id: int
    number: str  # our patient control number
    others: int  # more of the same


def owed_date(session: Session, viewer: Viewer, clock: Clock, *, but: int) -> Owed | None:
    """The newest claim this person worked and left without a date, other than the one that is open."""
    told = {
        "me": viewer.person_id,
        "since": clock.now() - timedelta(days=ASKED_DAYS),
        "practice_ids": list(viewer.practice_ids),
        "but": but,
    }
    found = session.connection().execute(_owed(), told).all()
    return Owed(found[0][0] or 0, found[0][1], len(found) - 1) if found else None


@cache  # built once: every list asks it
def _owed() -> Select[Any]:
    later = touch.alias("later")
    is_newest = ~exists().where(later.c.claim_id == touch.c.claim_id, later.c.id > touch.c.id)
    of_many = exists().where(bulk_item.c.touch_id == touch.c.id)  # a note on many says when by itself, or need not
    return (
        select(claim.c.id, claim.c.patient_control_number)
        .join(touch, touch.c.claim_id == claim.c.id)
        .join(score, score.c.claim_id == claim.c.id)
        .where(
            touch.c.person_id == bindparam("me"),
            touch.c.at >= bindparam("since", type_=touch.c.at.type),
            touch.c.next_on.is_(None),
            claim.c.practice_id.in_(bindparam("practice_ids", expanding=True)),
            claim.c.id != bindparam("but"),
            score.c.queue.not_in(RESTING),
            is_newest,
            ~of_many,
        )
        .order_by(touch.c.id.desc())
        .limit(MOST)
    )
