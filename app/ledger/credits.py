"""Credit balances: the day each was identified is kept, because a payer's money has to go back within a time of it.

Medicare and Medicaid: report and return within 60 days of identifying (42 U.S.C. 1320a-7k(d), 42 CFR 401.305).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, or_, select
from sqlmodel import Session

from app.claims.among import among
from app.claims.tables import PayerKind
from app.core.bulk import insert_many, table_of
from app.ledger.tables import ClaimBalance, CreditBalance

RETURN_DAYS = 60
RETURN_AUTHORITY = "42 U.S.C. 1320a-7k(d); 42 CFR 401.305"
RETURNED_BY_LAW = frozenset({PayerKind.MEDICARE, PayerKind.MEDICARE_ADVANTAGE, PayerKind.MEDICAID})

balance = table_of(ClaimBalance)
credit = table_of(CreditBalance)
IS_CREDIT = or_(balance.c.insurance_cents < 0, balance.c.patient_cents < 0)


def note_credits(connection: Connection, today: date, claim_ids: Collection[int] | None = None) -> int:
    """Date the credits that are new and forget those that are settled, of these claims or of all; returns the new."""
    standing = select(balance.c.claim_id).where(IS_CREDIT)
    settled = delete(credit).where(credit.c.claim_id.not_in(standing))
    fresh = select(balance.c.claim_id, balance.c.practice_id).where(
        IS_CREDIT, balance.c.claim_id.not_in(select(credit.c.claim_id))
    )
    if claim_ids is not None:
        wanted = sorted(claim_ids)
        settled = settled.where(among(connection, credit.c.claim_id, wanted))
        fresh = fresh.where(among(connection, balance.c.claim_id, wanted))
    connection.execute(settled)
    rows = [(row.claim_id, row.practice_id, today) for row in connection.execute(fresh)]
    return insert_many(connection, CreditBalance, ("claim_id", "practice_id", "identified_on"), rows)


def return_by(session: Session, claim_id: int, payer_kind: str) -> tuple[date, date | None] | None:
    """When the credit was identified, and the last day to return it where the law sets one; None: no credit."""
    identified_on = session.connection().execute(_identified(), {"claim_id": claim_id}).scalar()
    if identified_on is None:
        return None
    is_by_law = payer_kind in {kind.value for kind in RETURNED_BY_LAW}
    return identified_on, identified_on + timedelta(days=RETURN_DAYS) if is_by_law else None


@cache
def _identified() -> Select[Any]:
    return select(credit.c.identified_on).where(credit.c.claim_id == bindparam("claim_id"))
