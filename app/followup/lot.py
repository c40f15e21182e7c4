"""The lot's book: with what chance what came on each day was drawn. A row only when the chance moves.

Who was drawn is not written down: the claim's own number and the chance of its day say it at any time, and nothing
that happens later can change either. Rows are never changed once their day has come.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, select

from app.followup.tables import LotChance
from workqueues.facts import day_number, day_of
from workqueues.lot import Drawing, Lot, lot_of


def lot_drawn(session: Session) -> Lot:
    """All that was ever noted."""
    return lot_of(
        [
            Drawing(day_number(row.from_day), row.chance, day_number(row.began))
            for row in session.exec(select(LotChance))
        ]
    )


def note_chance(session: Session, lot: Lot, chance: float, today: date) -> None:
    """What today's full run found, for what comes from tomorrow on; nothing is written while the lot stays off."""
    drawing = lot.after(chance, day_number(today))
    if drawing is None:
        return
    from_day, began = day_of(drawing.from_day), day_of(drawing.began)
    assert from_day is not None
    assert began is not None
    session.merge(LotChance(from_day=from_day, chance=drawing.chance, began=began))
    session.flush()
