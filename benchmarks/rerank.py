"""A whole re-rank of very many open claims, beside reading the same columns and writing the same table.

    python -m benchmarks.rerank                      1,000,000 open claims in SQLite
    python -m benchmarks.rerank --claims 200000      fewer
    python -m benchmarks.rerank --postgresql URL     an empty PostgreSQL database instead (it is filled)

Stages are processes of their own on the same database, told as CPU and wall seconds and peak memory:

    read    the statement that reads the facts, every row fetched, nothing made of them
    bare    the same reading, and then the rows of the last run written again, once, with indexes built last
    learn   what the run learns from: the outcomes of all claims read off the books, and the beliefs made of them
    rank    the product's own full run: learn, read, decide, write with the parts explained, add up the queues

The target: rank without learn takes no more than twice bare, and memory grows by no more than 400 bytes a claim.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.schema import CreateIndex, DropIndex

from app.claims.tables import Claim, ClaimLine, Patient, Payer, Practice
from app.core.bulk import insert_many, table_of
from app.core.clock import FixedClock
from app.core.db import connection_scope, is_sqlite, make_engine, session_scope
from app.core.schema import init_database
from app.followup import rank, swap
from app.followup.fact_statement import fact_statement
from app.followup.facts import CHUNK
from app.followup.learning import own_outcomes
from app.followup.tables import WorkScore
from app.ledger.tables import ClaimBalance
from app.matching.tables import ClaimPayment, Denial, Remittance
from workqueues.beliefs import beliefs_for
from workqueues.strategy import Strategy

CLAIMS = 1_000_000
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TARGET_TIMES = 2.0
TARGET_BYTES = 400
PAYERS = 12
CODES = (("197", "authorization"), ("16", "missing-info"), ("50", "medical-necessity"), ("97", "bundling"))
PAYER_KINDS = ("commercial", "medicare", "medicaid", "bcbs")
CHILD = "import sys; from benchmarks.rerank import run_stage; run_stage(*sys.argv[1:])"


def fill(connection: Connection, claims: int) -> None:
    """Open claims: three quarters denied, a quarter unanswered; one or two lines each."""
    draw = random.Random(5)
    insert_many(connection, Practice, ("id", "name", "npi", "tax_id", "created_at"), [(1, "P", "1", "", NOW)])
    payers = [(n, f"Payer {n}", PAYER_KINDS[n % 4], "", "", False, NOW) for n in range(1, PAYERS + 1)]
    insert_many(connection, Payer, ("id", "name", "kind", "phone", "website", "is_capitated", "created_at"), payers)
    _insert(connection, Patient, [{"id": 1, "practice_id": 1, "identity": "x", "last_name": "DOE"}])
    remittances = [
        {"id": n, "practice_id": 1, "payer_id": n, "loaded_set_id": n, "file_id": n, "trace": str(n),
         "originator": "1", "method": "ACH", "handling": "I", "payment_date": TODAY, "paid_cents": 0,
         "received_at": NOW}
        for n in range(1, PAYERS + 1)
    ]  # fmt: skip
    _insert(connection, Remittance, remittances)
    for first in range(1, claims + 1, 50_000):
        numbers = range(first, min(first + 50_000, claims + 1))
        rows = [_claim(number, draw) for number in numbers]
        _insert(connection, Claim, [row[0] for row in rows])
        _insert(connection, ClaimBalance, [row[1] for row in rows])
        _insert(connection, ClaimLine, [line for row in rows for line in row[2]])
        _insert(connection, ClaimPayment, [row[3] for row in rows if row[3]])
        _insert(connection, Denial, [row[4] for row in rows if row[4]])


def _claim(number: int, draw: random.Random) -> tuple[Any, ...]:
    served = TODAY - timedelta(days=draw.randrange(40, 400))
    billed = served + timedelta(days=5)
    cents = int(draw.lognormvariate(10, 1)) + 2_000
    payer = number % PAYERS + 1
    is_denied = number % 4 != 0
    denied_on = min(billed + timedelta(days=25), TODAY - timedelta(days=1))
    code, category = CODES[number % len(CODES)]
    claim = {
        "id": number, "practice_id": 1, "patient_id": 1, "payer_id": payer, "patient_control_number": f"B{number}",
        "control_key": f"B{number}", "kind": "P", "state": "denied" if is_denied else "submitted",
        "charge_cents": cents, "first_service": served, "last_service": served, "first_billed_on": billed,
        "last_billed_on": billed, "submissions": 1, "created_at": NOW,
        "denied_on": denied_on if is_denied else None, "last_answer_on": denied_on if is_denied else None,
    }  # fmt: skip
    balance = {"claim_id": number, "practice_id": 1, "insurance_cents": cents, "patient_cents": 0}
    lines = [
        {"claim_id": number, "number": n + 1, "procedure": f"9921{n}", "charge_cents": cents // 2} for n in (0, 1)
    ]
    if not is_denied:
        return claim, balance, lines, None, None
    payment = {
        "id": number, "practice_id": 1, "remittance_id": payer, "claim_id": number, "state": "posted",
        "classification": "full_denial", "status": "4", "patient_control_number": "", "payer_control_number": "",
        "charge_cents": cents, "paid_cents": 0,
    }  # fmt: skip
    denial = {
        "practice_id": 1, "claim_id": number, "claim_payment_id": number, "category": category, "group": "CO",
        "reason": code, "denied_cents": cents, "denied_on": denied_on, "is_full": True,
    }  # fmt: skip
    return claim, balance, lines, payment, denial


def _insert(connection: Connection, model: Any, rows: list[dict[str, Any]]) -> None:
    """Rows with the defaults of their model."""
    if not rows:
        return
    table = table_of(model)
    given = set(rows[0])
    blanks = {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if name not in given and name != "id" and not field.is_required()
    }
    names = [column.name for column in table.c if column.name in given or column.name in blanks]
    insert_many(connection, table, names, (tuple({**blanks, **row}[name] for name in names) for row in rows))


def run_stage(name: str, address: str, claims: str) -> None:
    """One stage, in this process; prints what it took."""
    engine = make_engine(address)
    if name == "fill":
        init_database(engine)
        with connection_scope(engine) as connection:
            fill(connection, int(claims))
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("ANALYZE")
        return
    written = _last_rows(engine) if name == "bare" else []
    base = resource.getrusage(resource.RUSAGE_SELF)
    started = time.monotonic()
    held = 0.0
    if name == "rank":
        held = _rank(engine)
    elif name == "learn":
        with session_scope(engine) as session:
            beliefs_for(Strategy(), own_outcomes(session, TODAY), TODAY)
    else:
        with session_scope(engine) as session:
            for _ in _read(session.connection()):
                pass
            if name == "bare":
                _write(session.connection(), written)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - base.ru_utime - base.ru_stime
    took = {"cpu_seconds": cpu, "wall_seconds": time.monotonic() - started, "held_seconds": held}
    print(json.dumps({**took, "grown_kb": used.ru_maxrss - base.ru_maxrss}))


def _rank(engine: Engine) -> float:
    """The product's run; for how many seconds others waited: to write on SQLite, for the scores on PostgreSQL."""
    began: list[float] = []

    def noted(connection: Connection) -> None:
        began.append(time.monotonic())
        swap.take_place(connection)

    with patch.object(rank, "take_place", noted):
        rank.rerank_all(engine, FixedClock(NOW), trigger="benchmark")
    return time.monotonic() - began[0]


def _read(connection: Connection) -> Iterator[Any]:
    result = connection.execute(fact_statement(), execution_options={"yield_per": CHUNK})
    yield from result.partitions(CHUNK)


def _write(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    """The whole score table once, indexes last. On SQLite straight into its place, as nobody else is there."""
    if not is_sqlite(connection):
        swap.swap_scores(connection, rank.COLUMNS, rows)
        return
    table = table_of(WorkScore)
    indexes = sorted(table.indexes, key=lambda index: index.name or "")
    for index in indexes:
        connection.execute(DropIndex(index))
    connection.execute(delete(table))
    insert_many(connection, table, rank.COLUMNS, rows)
    for index in indexes:
        connection.execute(CreateIndex(index))


def _last_rows(engine: Any) -> list[tuple[Any, ...]]:
    table = table_of(WorkScore)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*(table.c[name] for name in rank.COLUMNS)))]


def stage(name: str, address: str, claims: int) -> dict[str, float]:
    command = [sys.executable, "-c", CHILD, name, address, str(claims)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2_000:]}")
    found: dict[str, float] = json.loads(done.stdout) if done.stdout.strip() else {}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--postgresql", default="", help="address of an empty database, postgresql+psycopg://…")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = options.postgresql or f"sqlite:///{Path(folder) / 'rerank.db'}"
        stage("fill", address, options.claims)
        stage("rank", address, options.claims)  # the first run learns the scale, and writes what `bare` writes again
        found = {name: stage(name, address, options.claims) for name in ("read", "bare", "learn", "rank")}
    times, wall = (
        (found["rank"][kind] - found["learn"][kind]) / found["bare"][kind] for kind in ("cpu_seconds", "wall_seconds")
    )
    bytes_each = found["rank"]["grown_kb"] * 1024 / options.claims
    if options.json:
        print(
            json.dumps(
                {
                    "claims": options.claims,
                    **found,
                    "times": times,
                    "times_wall": wall,
                    "grown_bytes_a_claim": bytes_each,
                }
            )
        )
        return
    print(f"{options.claims:,} open claims, {'PostgreSQL' if options.postgresql else 'SQLite'}")
    for name, took in found.items():
        print(f"  {name:5} {took['wall_seconds']:8.1f} s wall  {took['cpu_seconds']:8.1f} s CPU")
    print(f"  rank without learn takes {times:.2f} times bare in CPU, {wall:.2f} by the wall (target {TARGET_TIMES})")
    print(f"  others waited for it {found['rank']['held_seconds']:.1f} s of {found['rank']['wall_seconds']:.1f}")
    print(f"  memory grew by {bytes_each:.0f} bytes a claim (target {TARGET_BYTES})")


if __name__ == "__main__":
    main()
