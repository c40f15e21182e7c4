"""Numbers that no two interchanges share, whatever process or machine gives them, also after a restart.

A number belongs to the transaction that asked for it: the row is changed in place, so that a second asker waits for
the first one's commit (SQLite has one writer anyway), and a number that was rolled back was never sent.
"""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.tables import ControlNumber

INTERCHANGE = "interchange"
# The practice's own system counts from 1 and sends to the same payers: ours begin where its do not come.
FIRST = 500_000_001
LARGEST = 999_999_999  # ISA13 has nine digits

counter = table_of(ControlNumber)


def next_control_number(session: Session, name: str = INTERCHANGE) -> int:
    """The next number under a name, between FIRST and LARGEST; after the largest it begins anew."""
    connection = session.connection()
    step = update(counter).where(counter.c.name == name).values(value=counter.c.value + 1).returning(counter.c.value)
    found = connection.execute(step).scalar()
    if found is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(counter).values(name=name, value=FIRST))
            return FIRST
        except IntegrityError:  # another process began it in this very moment
            found = connection.execute(step).scalar_one()
    if found > LARGEST:
        connection.execute(update(counter).where(counter.c.name == name).values(value=FIRST))
        return FIRST
    return int(found)


def last_control_number(session: Session, name: str = INTERCHANGE) -> int | None:
    """The number given last; None when none was."""
    found: int | None = session.execute(select(counter.c.value).where(counter.c.name == name)).scalar()
    return found
