"""A past for the practice of `benchmarks.web_practice`: what was sent, answered, paid, posted, touched and logged.

The rows agree with each other as far as `overturn verify` looks (but for credits, which no run has ranked): legs sum
to zero, balances are the sums of their legs, remittances clear, the log's chain holds. Open claims keep what is open;
a fifth as many are closed besides.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text
from sqlmodel import SQLModel

from app.audit.record import seal
from app.audit.tables import FIRST_PREVIOUS, Event
from app.claims.tables import Claim, ClaimEvent, ClaimLine, Submission
from app.core.bulk import insert_many, table_of
from app.core.db import connection_scope, is_sqlite, make_engine
from app.intake.tables import Arrival, FileFinding, LoadedSet, StoredFile
from app.ledger.tables import ClaimBalance, JournalEntry, Posting
from app.matching.tables import (
    AdjustmentRow,
    ClaimPayment,
    Denial,
    ProviderAdjustmentRow,
    RemarkRow,
    Remittance,
    ServicePayment,
)
from benchmarks.pages_desks import desks
from benchmarks.pages_past import (
    Past,
    adjustments,
    answers_of,
    arrivals,
    books,
    closed_balances,
    closed_claims,
    denials,
    files,
    findings,
    legs,
    lines,
    payments,
    practice_of,
    provider_adjustments,
    remittances,
    services,
    sets,
    submissions,
    timeline,
)
from benchmarks.web_practice import CLAIMS_PER_PATIENT
from benchmarks.web_practice import _without_indexes as without_indexes


def give_a_past(home: Path, address: str, claims: int, people: list[int]) -> None:
    """Unless an earlier run left it there."""
    done = home / "past"
    if done.exists():
        return
    engine = make_engine(address)
    past = Past(claims, datetime.now(UTC), people)
    with connection_scope(engine) as connection:
        for kind, rows in _tables(past):
            with without_indexes(connection, kind):
                _write(connection, kind, rows)
        _claims_agree(connection, claims)
        with without_indexes(connection, Event):
            _write(connection, Event, _events(connection, past))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA optimize" if is_sqlite(engine) else "VACUUM ANALYZE")
    engine.dispose()
    done.touch()


def _write(connection: Connection, kind: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
    """Rows as dicts with what is said; the rest is as the table defaults it."""
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in kind.model_fields.items()
        if not field.is_required()
    }
    names = tuple(column.name for column in table_of(kind).columns)
    if "id" in names:
        rows = ({"id": number} | row for number, row in enumerate(rows, 1))
    whole = ({**defaults, **row} for row in rows)
    insert_many(connection, kind, names, (tuple(row[name] for name in names) for row in whole))
    if not is_sqlite(connection) and "id" in names and kind is not Event:
        table = table_of(kind).name
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))


def _tables(past: Past) -> Iterator[tuple[type[SQLModel], Iterable[dict[str, Any]]]]:
    answers = list(answers_of(past))
    yield StoredFile, files(past, answers)
    yield LoadedSet, sets(past, answers)
    yield Arrival, arrivals(past, answers)
    yield FileFinding, findings(answers)
    yield Claim, closed_claims(past)
    yield ClaimBalance, closed_balances(past)
    yield ClaimLine, lines(past)
    yield Submission, submissions(past)
    yield Remittance, remittances(past, answers)
    yield ClaimPayment, payments(past, answers)
    yield ServicePayment, services(answers)
    yield AdjustmentRow, adjustments(answers)
    yield RemarkRow, ({"claim_payment_id": each.id, "code": "N382"} for each in answers if each.id % 3 == 0)
    yield ProviderAdjustmentRow, provider_adjustments(past, answers)
    yield Denial, denials(past, answers)
    yield JournalEntry, (entry for entry, _ in books(past, answers))
    yield Posting, legs(past, answers)
    yield ClaimEvent, timeline(past, answers)
    yield from desks(past)


def _claims_agree(connection: Connection, claims: int) -> None:
    """Open claims are charged at what the ledger billed; those denied say when; those owned or parked say whose."""
    for statement in (
        "UPDATE claim SET kind = 'P', charge_cents = 2000 + (CAST(id AS bigint) * 7919) % 150000"
        f" WHERE id <= {claims}",
        "UPDATE claim SET denied_on = (SELECT max(denied_on) FROM denial WHERE claim_id = claim.id)"
        f" WHERE id <= {claims}",
        "UPDATE claim SET submissions = 1, adjudicated_on = denied_on,"
        f" state = CASE WHEN denied_on IS NULL THEN 'submitted' ELSE 'denied' END WHERE id <= {claims}",
        "UPDATE workscore SET owner_id = (SELECT person_id FROM assignment WHERE claim_id = workscore.claim_id)"
        " WHERE claim_id IN (SELECT claim_id FROM assignment)",
    ):
        connection.execute(text(statement))


def _events(connection: Connection, past: Past) -> Iterator[dict[str, Any]]:
    events = table_of(Event)
    last = connection.execute(select(events.c.id, events.c.hash).order_by(events.c.id.desc()).limit(1)).first()
    number, previous = (last.id, last.hash) if last else (0, FIRST_PREVIOUS)
    draw = random.Random(7)
    for _ in range(past.claims):
        number += 1
        claim_id = draw.randint(1, past.claims)
        made = Event(
            id=number,
            at=past.now,
            actor_id=past.person(number),
            actor_name="Person",
            role="biller",
            action=("claim.view", "claim.view", "touch.add", "claim.park")[number % 4],
            object_type="claim",
            object_id=str(claim_id),
            practice_id=practice_of(claim_id),
            patient_id=(claim_id - 1) // CLAIMS_PER_PATIENT + 1,
            previous_hash=previous,
        )
        made.hash = previous = seal(made)
        yield made.model_dump()
