"""What a person reads before an act on many: whose the claims are, who has some open, and what ends soon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from app.auth.tables import Person
from app.claims.among import among
from app.core.bulk import table_of
from app.followup.narrow import score
from app.followup.work_row import WorkRow

person = table_of(Person)


class AboutThem(NamedTuple):
    owners: list[tuple[str, int]]  # who owns how many, most first; "" is the pool
    names: dict[int, str]  # owner → name
    held: list[tuple[str, int]]  # which colleagues have how many of them open
    nearest: date | None  # the first last day among them that is not over


def about_them(session: Session, rows: Sequence[WorkRow], today: date) -> AboutThem:
    """Read from the rows that the page shows."""
    owned = Counter(row.owner_id or 0 for row in rows)
    named = session.execute(select(person.c.id, person.c.name).where(person.c.id.in_(owned)))
    names = {row.id: row.name for row in named}
    days = [row.deadline for row in rows if row.deadline is not None and row.deadline >= today]
    return AboutThem(
        [(names.get(owner, "somebody unknown") if owner else "", claims) for owner, claims in owned.most_common()],
        names,
        Counter(row.holder for row in rows if row.holder).most_common(),
        min(days, default=None),
    )


def ending_by(session: Session, claim_ids: Sequence[int], today: date, until: date) -> int:
    """How many of them have their last day before they would be back."""
    is_theirs = among(session.connection(), score.c.claim_id, claim_ids)
    ends = score.c.deadline >= today, score.c.deadline < until
    return int(session.execute(select(func.count()).where(is_theirs, *ends)).scalar_one())
