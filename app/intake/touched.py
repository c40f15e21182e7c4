"""Claims that a load has moved and that wait to be settled and ranked: they outlive the process that loaded them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete
from sqlmodel import Session, select

from app.claims.among import among
from app.core.bulk import table_of
from app.intake.tables import TouchedClaim

touched_claim = table_of(TouchedClaim)


def touched_claims(session: Session) -> dict[int, int]:
    """Claim by the number of its row; a claim stands under several when several sets moved it."""
    return {row.id or 0: row.claim_id for row in session.exec(select(TouchedClaim))}


def forget_touched(session: Session, rows: Collection[int]) -> None:
    """Exactly these rows: what another load has added since stays."""
    connection = session.connection()
    connection.execute(delete(touched_claim).where(among(connection, touched_claim.c.id, rows)))
