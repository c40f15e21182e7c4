"""Claims that a person worked and left without a next date: the workbench asks for the date until it is given.

Leaving by the key for the next claim is stopped at once (touch_routes); leaving by any other way, a click, J and K or
a closed window, is not, so that somebody may look at another claim in between. It is asked for there instead.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sqlmodel import Session, col, exists, select

from app.auth.viewer import Viewer
from app.claims.tables import Claim
from app.core.clock import Clock
from app.followup.narrow import RESTING
from app.followup.tables import BulkItem, Touch, WorkScore

ASKED_DAYS = 7  # what is older is a matter for whoever leads the team: "Touched, and no next date"
MOST = 20


class Owed(NamedTuple):
    claim_id: int
    number: str  # our patient control number
    others: int  # more of the same


def owed_date(session: Session, viewer: Viewer, clock: Clock, *, but: int) -> Owed | None:
    """The newest claim this person worked and left without a date, other than the one that is open."""
    later = Touch.__table__.alias("later")  # type: ignore[attr-defined]
    is_newest = ~exists().where(later.c.claim_id == Touch.claim_id, later.c.id > Touch.id)
    of_many = exists().where(col(BulkItem.touch_id) == Touch.id)  # a note on many says when by itself, or need not
    found = session.exec(
        select(Claim.id, Claim.patient_control_number)
        .join(Touch, col(Touch.claim_id) == Claim.id)
        .join(WorkScore, col(WorkScore.claim_id) == Claim.id)
        .where(
            Touch.person_id == viewer.person_id,
            Touch.at >= clock.now() - timedelta(days=ASKED_DAYS),
            col(Touch.next_on).is_(None),
            col(Claim.practice_id).in_(viewer.practice_ids),
            Claim.id != but,
            col(WorkScore.queue).not_in(RESTING),
            is_newest,
            ~of_many,
        )
        .order_by(col(Touch.id).desc())
        .limit(MOST)
    ).all()
    return Owed(found[0][0] or 0, found[0][1], len(found) - 1) if found else None
