"""What is derived, worked out again and held against what stands.

Every claim is told anew from all that was heard of it (sendings, statuses, answers), with what depends on that:
state, dates, payer, shares between payers. Its place in the queues is ranked anew. Both happen in the database
itself, some claims at a time, in a transaction that is taken back: nothing is kept of it. That balances are the
sums of their legs, and totals those of their rows, is `prove`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, select
from sqlmodel import Session

from app.claims.among import among
from app.claims.numbering import Numbers
from app.claims.tables import Claim
from app.core.bulk import table_of
from app.core.clock import Clock
from app.core.db import read_scope, session_scope
from app.followup.rank import rerank_claims
from app.followup.tables import Evidence, WorkScore
from app.ledger.tables import ClaimBalance
from app.matching.retell import retell

CLAIMS_AT_ONCE = 2_000
NAMED = 20

claim = table_of(Claim)
balance = table_of(ClaimBalance)
score = table_of(WorkScore)
evidence = table_of(Evidence)

NOT_HEARD = ("next_check_on",)  # an inquiry of ours may have set it
PLACE = ("queue", "action", "reason", "open_cents", "payer_id", "category", "carc", "deadline", "next_on")
CLAIM = tuple(column.name for column in claim.columns if column.name not in NOT_HEARD)
BALANCE = tuple(column.name for column in balance.columns)

Rows = dict[int, dict[str, Any]]


class Again(NamedTuple):
    claims: int  # told anew
    places: int  # ranked anew; none when the last full run is of another day
    differing: int
    faults: list[str]  # the first of them in words


def work_out_again(engine: Engine, clock: Clock) -> Again:
    """Holds the writer of SQLite for some claims at a time."""
    with read_scope(engine) as session:
        ranks = _is_ranked_today(session, clock)
        practices = session.connection().execute(select(claim.c.practice_id).distinct()).scalars().all()
    claims = places = differing = 0
    faults: list[str] = []
    for practice_id in sorted(practices):
        for part in _parts(engine, practice_id):
            with session_scope(engine) as session:
                before, after = _both(session, clock, practice_id, part, ranks=ranks)
                session.rollback()
            claims += len(part)
            places += len(before[score.name])
            found = list(_differences(before, after))
            differing += len({number for number, _ in found})
            faults += [words for _, words in found[: NAMED - len(faults)]]
    return Again(claims, places, differing, faults)


def _both(
    session: Session, clock: Clock, practice_id: int, part: Sequence[int], *, ranks: bool
) -> tuple[dict[str, Rows], dict[str, Rows]]:
    connection = session.connection()
    before = _standing(connection, part, ranks=ranks)
    retell(connection, practice_id, part, clock.now(), Numbers(connection, Claim))
    if ranks:
        rerank_claims(session, clock, part)
    return before, _standing(connection, part, ranks=ranks)


def _standing(connection: Connection, part: Sequence[int], *, ranks: bool) -> dict[str, Rows]:
    return {
        claim.name: _rows(connection, claim, "id", CLAIM, part),
        balance.name: _rows(connection, balance, "claim_id", BALANCE, part),
        score.name: _rows(connection, score, "claim_id", PLACE, part) if ranks else {},
    }


def _rows(connection: Connection, table: Table, key: str, columns: Sequence[str], part: Sequence[int]) -> Rows:
    wanted = select(table.c[key].label("row_key"), *(table.c[name] for name in columns if name != key))
    found = connection.execute(wanted.where(among(connection, table.c[key], part)))
    return {row.row_key: dict(row._mapping) for row in found}


def _differences(before: dict[str, Rows], after: dict[str, Rows]) -> Iterator[tuple[int, str]]:
    """(claim, what stands and what comes out)."""
    for name, rows in before.items():
        for number in sorted(rows.keys() | after[name].keys()):
            was, now = rows.get(number), after[name].get(number)
            if was is None or now is None:
                what = "is in no queue, and would be" if was is None else "is in a queue, and would be in none"
                yield number, f"claim {number} {what}"
                continue
            said = [
                f"{column} is {was[column]}, and comes to {now[column]}"
                for column in was
                if was[column] != now[column]
            ]
            if said:
                yield number, f"claim {number}: {'; '.join(said)}"


def _parts(engine: Engine, practice_id: int) -> Iterator[list[int]]:
    last = 0
    while True:
        with read_scope(engine) as session:
            wanted = select(claim.c.id).where(claim.c.practice_id == practice_id, claim.c.id > last)
            part = session.connection().execute(wanted.order_by(claim.c.id).limit(CLAIMS_AT_ONCE)).scalars().all()
        if not part:
            return
        yield list(part)
        last = part[-1]


def _is_ranked_today(session: Session, clock: Clock) -> bool:
    """Ages and clocks move with the day: only places of today can be compared."""
    newest = select(evidence.c.learned_on).order_by(evidence.c.run_id.desc()).limit(1)
    return session.connection().execute(newest).scalar() == clock.today()
