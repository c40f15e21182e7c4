"""A practice of any size for `benchmarks.web`: open claims ranked and written as rows; people signed in."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.schema import CreateIndex, DropIndex
from sqlmodel import SQLModel

from app.auth import passwords
from app.auth.people import add_person, person_id
from app.auth.permissions import Role
from app.auth.sessions import begin
from app.auth.tables import Person
from app.claims.tables import Claim, ClaimState, Patient, Payer, Practice
from app.core.bulk import insert_many, table_of
from app.core.db import connection_scope, make_engine, session_scope
from app.core.schema import init_database
from app.followup.rank import COLUMNS
from app.followup.swap import swap_scores
from app.followup.tables import Lease, RankRun
from app.followup.totals import rewrite_totals
from app.ledger.tables import ClaimBalance
from app.web.csrf import token_for
from workqueues.facts import day_number
from workqueues.outlook import first_outlook, write_outlook

PRACTICES = 10
PAYERS = 40
CLAIMS_PER_PATIENT = 4
QUEUES = (
    *(("authorization", "research", "197"), ("coding", "research", "16"), ("no-answer", "check-status", "")),
    *(("eligibility", "refile-replacement", "27"), ("clinical", "appeal", "50"), ("patient", "bill-patient", "")),
    *(("waiting", "wait", ""), ("rejected", "refile-new", ""), ("next-payer", "bill-next-payer", "")),
)
People = list[tuple[str, str, str]]  # session token, visit, forgery token


def fill(home: Path, address: str, claims: int) -> None:
    """The schema and the rows, unless an earlier run left them there; indexes are built when the rows are in."""
    done = home / "filled"
    if done.exists():
        return
    engine = make_engine(address)
    init_database(engine)
    now, today = datetime.now(UTC), datetime.now(UTC).date()
    with connection_scope(engine) as connection:
        _names(connection, now)
        patients = claims // CLAIMS_PER_PATIENT + 1
        for kind, count, make in (
            (Patient, patients, _patient),
            (Claim, claims, lambda number, draw: _claim(number, draw, now, today)),
            (ClaimBalance, claims, _balance),
        ):
            with _without_indexes(connection, kind):
                _rows(connection, kind, count, make)
        swap_scores(connection, COLUMNS, _scores(claims, today))
        rewrite_totals(connection)
        run = RankRun(started_at=now, finished_at=now, trigger="benchmark", claims=claims, open_cents=0)
        run.outlook = run.next_outlook = write_outlook(first_outlook(day_number(today)))
        connection.execute(insert(table_of(RankRun)).values(**run.model_dump(exclude={"id"})))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if not address.startswith("sqlite") else "PRAGMA optimize")
    engine.dispose()
    done.touch()


@contextmanager
def _without_indexes(connection: Connection, kind: type[SQLModel]) -> Iterator[None]:
    indexes = sorted(table_of(kind).indexes, key=lambda index: index.name or "")
    for index in indexes:
        connection.execute(DropIndex(index))
    yield
    for index in indexes:
        connection.execute(CreateIndex(index))


def sign_in(home: Path, address: str, people: int) -> None:
    """New people for this run; nobody holds or has parked anything. Who they are is written beside the database."""
    engine = make_engine(address)
    init_database(engine)  # a kept database may be older than the program
    passwords.TIME_COST, passwords.MEMORY_KIB = 1, 8  # their passwords are never asked for
    signed_in: People = []
    now = datetime.now(UTC)
    with session_scope(engine) as session:
        session.execute(delete(Lease))
        session.execute(update(table_of(Person)).values(disabled_at=now))  # those of earlier runs are gone
        for _ in range(people):
            name = uuid4().hex
            person = add_person(
                session,
                email=f"{name}@example.test",
                name=f"Person {name[:8]}",
                role=Role.BILLER,
                practice_ids=range(1, PRACTICES + 1),
                password=uuid4().hex,
                now=now,
                must_change_password=False,
            )
            assert person_id(person)
            visit = uuid4().hex
            signed_in.append((begin(session, person, now, ip="", user_agent="benchmark"), visit, token_for(visit)))
    (home / "people.json").write_text(json.dumps(signed_in))
    engine.dispose()


def read_people(home: Path) -> People:
    return [(one, other, third) for one, other, third in json.loads((home / "people.json").read_text())]


def _names(connection: Connection, now: datetime) -> None:
    for number in range(1, PRACTICES + 1):
        row = Practice(id=number, name=f"PRACTICE {number}", npi=f"{1_000_000_000 + number}", created_at=now)
        connection.execute(insert(table_of(Practice)).values(**row.model_dump()))
    for number in range(1, PAYERS + 1):
        row_of = Payer(id=number, name=f"HEALTH PLAN NUMBER {number}", created_at=now)
        connection.execute(insert(table_of(Payer)).values(**row_of.model_dump()))


def _rows(connection: Connection, kind: type[SQLModel], count: int, make: Any) -> None:
    """Rows from `make(number, draw)`, each a dict with every column."""
    draw = random.Random(6)
    names = tuple(column.name for column in table_of(kind).columns)
    made = (make(number, draw) for number in range(1, count + 1))
    insert_many(connection, table_of(kind), names, (tuple(row[name] for name in names) for row in made))


_PATIENT = Patient(practice_id=1, identity="", last_name="").model_dump()


def _patient(number: int, draw: random.Random) -> dict[str, Any]:
    last = f"FAMILY{draw.randint(1, 50_000)}"
    return _PATIENT | {
        "id": number,
        "practice_id": number % PRACTICES + 1,
        "identity": f"{last}|ANNA|{number}",
        "last_name": last,
        "first_name": "ANNA",
        "name_key": f"{last.lower()}|anna",
    }


_CLAIM = Claim(
    practice_id=1,
    patient_id=1,
    payer_id=1,
    patient_control_number="",
    control_key="",
    charge_cents=0,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
).model_dump()


def _claim(number: int, draw: random.Random, now: datetime, today: date) -> dict[str, Any]:
    patient = (number - 1) // CLAIMS_PER_PATIENT + 1
    billed = today - timedelta(days=draw.randint(10, 300))
    return _CLAIM | {
        "id": number,
        "practice_id": patient % PRACTICES + 1,
        "patient_id": patient,
        "payer_id": number * 7 % PAYERS + 1,
        "patient_control_number": f"B{number:08d}",
        "control_key": f"b{number:08d}",
        "state": ClaimState.DENIED.value,
        "charge_cents": 20_000,
        "member_id": f"M{patient:08d}",
        "first_service": billed,
        "last_service": billed,
        "first_billed_on": billed,
        "last_billed_on": billed,
        "created_at": now,
    }


_BALANCE = ClaimBalance(claim_id=1, practice_id=1).model_dump()


def _balance(number: int, draw: random.Random) -> dict[str, Any]:
    patient = (number - 1) // CLAIMS_PER_PATIENT + 1
    cents = _open_cents(number)
    return _BALANCE | {
        "claim_id": number,
        "practice_id": patient % PRACTICES + 1,
        "billed_cents": cents,
        "insurance_cents": cents,
    }


def _open_cents(number: int) -> int:
    return 2_000 + number * 7919 % 150_000


def _scores(claims: int, today: date) -> Iterator[tuple[Any, ...]]:
    draw = random.Random(66)
    for number in range(1, claims + 1):
        patient = (number - 1) // CLAIMS_PER_PATIENT + 1
        queue, action, carc = QUEUES[draw.randrange(len(QUEUES))]
        score = draw.expovariate(1 / 150)
        if action == "wait":
            score = 0.0  # as the engine ranks what waits: behind everything, not among the best
        age = draw.randint(10, 300)
        values = {
            "claim_id": number,
            "practice_id": patient % PRACTICES + 1,
            "queue": queue,
            "action": action,
            "reason": "denied",
            "why": "No authorization: find it and refile with it, ask for a retroactive one, or appeal.",
            "rank_key": score,
            "score": score,
            "tier": 0,
            "expected_cents": int(score * 12),
            "odds": 0.4,
            "minutes": 12.0,
            "deadline": today + timedelta(days=draw.randint(1, 180)),
            "safe_on": None,
            "deadline_rule": "",
            "deadline_confidence": "",
            "open_cents": _open_cents(number),
            "payer_id": number * 7 % PAYERS + 1,
            "category": queue,
            "carc": carc,
            "age_days": age,
            "next_on": today,
            "owner_id": None,
            "touches": 0,
            "state": ClaimState.DENIED.value,
        }
        yield tuple(values[name] for name in COLUMNS)
