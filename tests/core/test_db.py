"""Transactions, bulk writes and column types, on both engines."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Date,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.exc import InternalError

from app.audit.tables import Event
from app.core import checkpoint, db
from app.core.bulk import insert_many, is_one_of, upsert_many
from app.core.columns import BigId, Cents, Document, Instant, TextEnum
from app.core.db import (
    DatabaseBusy,
    WriteInReadScope,
    commit_now,
    connection_scope,
    read_scope,
    session_scope,
    undo_now,
)


class Kind(StrEnum):
    CHECK = "check"
    TRANSFER = "transfer"


DEPOSIT = Table(
    "probe_deposit",
    MetaData(),
    Column("id", BigId, primary_key=True),
    Column("trace", String(30), unique=True),
    Column("amount_cents", Cents),
    Column("kind", TextEnum(Kind)),
    Column("deposited_on", Date),
    Column("seen_at", Instant),
    Column("detail", Document),
)
COLUMNS = ("trace", "amount_cents", "kind", "deposited_on", "seen_at", "detail")
SEEN = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def row(trace: str, cents: int = 100) -> tuple[Any, ...]:
    return (trace, cents, Kind.CHECK, date(2026, 3, 2), SEEN, {"bank": "First Invented"})


@pytest.fixture
def deposits(any_engine: Engine) -> Iterator[Engine]:
    DEPOSIT.create(any_engine)
    yield any_engine
    DEPOSIT.drop(any_engine)


def join_checkpoints() -> None:
    for thread in threading.enumerate():
        if thread.name == "checkpoint":
            thread.join()


def count(engine: Engine) -> int:
    with read_scope(engine) as session:
        return session.scalar(select(func.count()).select_from(DEPOSIT)) or 0


def test_bulk_rows_come_back_as_the_values_that_went_in(deposits: Engine) -> None:
    with connection_scope(deposits) as connection:
        assert insert_many(connection, DEPOSIT, COLUMNS, (row(f"T{n}") for n in range(12_000))) == 12_000
        stored = connection.execute(select(DEPOSIT).where(DEPOSIT.c.trace == "T7")).one()
    assert tuple(stored)[1:] == row("T7")
    assert stored.seen_at.tzinfo is UTC


def test_an_upsert_replaces_the_named_columns_only(deposits: Engine) -> None:
    with connection_scope(deposits) as connection:
        insert_many(connection, DEPOSIT, COLUMNS, [row("T1", 100)])
        changed: tuple[Any, ...] = ("T1", 999, Kind.TRANSFER, date(2026, 4, 1), SEEN, {})
        upsert_many(connection, DEPOSIT, COLUMNS, [changed, row("T2")], key=["trace"], update=["amount_cents"])
        stored = connection.execute(select(DEPOSIT).order_by(DEPOSIT.c.trace)).all()
    assert [(found.trace, found.amount_cents, found.kind) for found in stored] == [
        ("T1", 999, Kind.CHECK),
        ("T2", 100, Kind.CHECK),
    ]


def test_an_upsert_that_updates_nothing_leaves_the_first_row(deposits: Engine) -> None:
    with connection_scope(deposits) as connection:
        upsert_many(connection, DEPOSIT, COLUMNS, [row("T1", 1), row("T1", 2)], key=["trace"], update=())
        assert connection.scalar(select(DEPOSIT.c.amount_cents)) == 1


def test_a_scope_that_raises_keeps_nothing(deposits: Engine) -> None:
    def lose_power() -> None:
        with session_scope(deposits) as session:
            session.execute(insert(DEPOSIT).values(trace="T1"))
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        lose_power()
    assert count(deposits) == 0


def test_writers_take_turns_and_lose_no_update(deposits: Engine) -> None:
    with connection_scope(deposits) as connection:
        insert_many(connection, DEPOSIT, COLUMNS, [row("T1", 0)])

    def add_ten() -> None:
        for _ in range(10):
            with session_scope(deposits) as session:
                found = session.execute(select(DEPOSIT.c.amount_cents).with_for_update()).scalar_one()
                session.execute(DEPOSIT.update().values(amount_cents=found + 1))

    threads = [threading.Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with read_scope(deposits) as session:
        assert session.scalar(select(DEPOSIT.c.amount_cents)) == 40


def test_a_reader_does_not_wait_for_a_writer(deposits: Engine) -> None:
    with session_scope(deposits) as session:
        session.execute(insert(DEPOSIT).values(trace="T1"))
        assert count(deposits) == 0
    assert count(deposits) == 1


def test_all_that_a_reading_scope_reads_stood_at_one_moment(deposits: Engine) -> None:
    with read_scope(deposits) as session:
        counted = select(func.count()).select_from(DEPOSIT)
        before = session.scalar(counted)
        with connection_scope(deposits) as connection:
            insert_many(connection, DEPOSIT, COLUMNS, [row("T1")])
        assert (before, session.scalar(counted)) == (0, 0)
    assert count(deposits) == 1


@pytest.mark.parametrize("how", ["statement", "object"])
def test_what_a_reading_scope_would_lose_is_refused_loudly(engine: Engine, how: str) -> None:
    def write() -> None:
        with read_scope(engine) as session:
            if how == "statement":
                session.execute(delete(Event))
            else:
                session.add(Event(at=SEEN, action="claim.view"))

    with pytest.raises(WriteInReadScope, match="never commits"):
        write()


def test_a_writer_inside_a_writer_is_told_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "WRITE_LOCK_SECONDS", 0.01)
    with session_scope(engine) as outer:
        outer.execute(text("SELECT 1"))
        with pytest.raises(DatabaseBusy, match="inside another one"), session_scope(engine) as inner:
            inner.execute(text("SELECT 1"))


def test_a_writing_scope_waits_for_nobody_before_its_first_statement(
    deposits: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "WRITE_LOCK_SECONDS", 0.01)
    with session_scope(deposits) as waiting:
        with session_scope(deposits) as session:
            session.execute(insert(DEPOSIT).values(trace="T1"))
        assert waiting.scalar(select(func.count()).select_from(DEPOSIT)) == 1


def test_committed_at_once_lets_the_next_writer_in_before_the_scope_ends(
    deposits: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "WRITE_LOCK_SECONDS", 0.01)
    with session_scope(deposits) as first:
        first.execute(insert(DEPOSIT).values(trace="T1"))
        commit_now(first)
        with session_scope(deposits) as second:
            second.execute(insert(DEPOSIT).values(trace="T2"))
            undo_now(second)
            first.execute(insert(DEPOSIT).values(trace="T3"))
    with read_scope(deposits) as session:
        assert set(session.scalars(select(DEPOSIT.c.trace))) == {"T1", "T3"}


def test_the_log_moves_into_the_file_beside_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "LEAST_SECONDS", 0.0)
    path = tmp_path / "beside.db"
    engine = db.make_engine(f"sqlite:///{path}")
    with engine.connect() as held:  # the last to close would move it too
        held.execute(text("SELECT 1"))
        held.rollback()
        before = path.read_bytes()
        DEPOSIT.create(engine)
        with connection_scope(engine) as connection:
            insert_many(connection, DEPOSIT, COLUMNS, [row(f"T{number}") for number in range(200)])
        join_checkpoints()
        assert len(path.read_bytes()) > len(before)
    engine.dispose()


def test_a_database_that_was_closed_has_everything_in_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "LEAST_SECONDS", 0.0)
    for number in range(20):
        path = tmp_path / f"{number}.db"
        engine = db.make_engine(f"sqlite:///{path}")
        DEPOSIT.create(engine)
        with connection_scope(engine) as connection:
            insert_many(connection, DEPOSIT, COLUMNS, [row("T1")])
        engine.dispose()
        copied = tmp_path / "copied.db"
        copied.write_bytes(path.read_bytes())
        copy = db.make_engine(f"sqlite:///{copied}")
        assert count(copy) == 1
        copy.dispose()
        copied.unlink()


def test_a_log_that_cannot_be_moved_is_said_and_makes_no_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = tmp_path / "gone.db"
    checkpoint.checkpoint_soon(str(gone))
    join_checkpoints()
    assert "was not moved into it" in caplog.text
    assert not gone.exists()


def test_an_instant_from_another_zone_is_stored_as_utc(deposits: Engine) -> None:
    eastern = timezone(timedelta(hours=-5))
    with session_scope(deposits) as session:
        session.execute(insert(DEPOSIT).values(trace="T1", seen_at=datetime(2026, 1, 1, 20, 0, tzinfo=eastern)))
        found = session.execute(select(DEPOSIT.c.seen_at)).scalar_one()
    assert found == datetime(2026, 1, 2, 1, 0, tzinfo=UTC)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Instant().process_bind_param(datetime(2026, 1, 1), db.make_engine("sqlite://").dialect)  # noqa: DTZ001


def test_numbers_written_out_mean_what_numbers_told_mean(any_engine: Engine) -> None:
    numbers = select(literal(7).label("n")).union_all(select(literal(8)), select(literal(9)))
    column = numbers.subquery().c.n
    with any_engine.connect() as connection:
        for wanted in ((7,), (7, 9, 10), (-1,), ()):
            found = connection.execute(select(column).where(is_one_of(column, wanted))).scalars().all()
            assert sorted(found) == [each for each in (7, 8, 9) if each in wanted]
    with pytest.raises(ValueError, match="invalid literal"):
        is_one_of(column, ["7) OR (1=1"])  # type: ignore[list-item]


@pytest.mark.postgresql
def test_on_postgresql_a_reading_scope_keeps_its_prepared_statements_and_writes_nothing(
    postgresql_engine: Engine,
) -> None:
    probe = text("SELECT CAST(:number AS integer) + 1 AS kept_between_scopes")
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%kept_between_scopes%'")
    for number in range(10):  # the driver prepares what it has seen five times
        with read_scope(postgresql_engine) as session:
            assert session.execute(probe, {"number": number}).scalar() == number + 1
    with read_scope(postgresql_engine) as session:
        assert session.execute(prepared).scalar() == 1
    with pytest.raises(InternalError, match="read-only transaction"), read_scope(postgresql_engine) as session:
        session.connection().execute(text("DELETE FROM practice"))
    with session_scope(postgresql_engine) as session:  # the next one on the same connection may write
        session.connection().execute(text("DELETE FROM practice"))


@pytest.mark.postgresql
def test_on_postgresql_the_reading_connections_go_with_the_others(postgresql_engine: Engine) -> None:
    mine = text("SELECT pg_backend_pid()")
    with read_scope(postgresql_engine) as session:
        reading = session.execute(mine).scalar()
    postgresql_engine.dispose()
    alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    with session_scope(postgresql_engine) as session:
        for _ in range(100):  # the other side notices a moment later
            if not session.execute(alive, {"pid": reading}).scalar():
                break
            time.sleep(0.05)
            session.execute(text("SELECT pg_stat_clear_snapshot()"))
        assert session.execute(alive, {"pid": reading}).scalar() == 0


@pytest.mark.postgresql
def test_on_postgresql_rows_of_a_new_table_are_seen_by_everybody_at_once(postgresql_engine: Engine) -> None:
    """An index alone can answer about them then; else each row would be looked up to know whether it is visible."""
    with connection_scope(postgresql_engine) as connection:
        DEPOSIT.create(connection)
        insert_many(connection, DEPOSIT, COLUMNS, (row(f"T{n}") for n in range(12_000)), is_new=True)
        connection.execute(text("ANALYZE probe_deposit"))
        pages = "SELECT relpages, relallvisible FROM pg_class WHERE relname = 'probe_deposit'"
        found, visible = connection.execute(text(pages)).one()
        DEPOSIT.drop(connection)
    assert visible > found / 2  # of a new table all but the pages that were last written to


@pytest.mark.postgresql
def test_on_postgresql_a_connection_that_died_at_rest_is_replaced_unseen(
    postgresql_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = create_engine(postgresql_engine.url)
    number = text("SELECT pg_backend_pid()")
    with read_scope(postgresql_engine) as session:
        first = session.execute(number).scalar()
    with read_scope(postgresql_engine) as session:
        assert session.execute(number).scalar() == first  # just used, so it is lent again
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
    other.dispose()
    monkeypatch.setattr(db, "PING_AFTER_SECONDS", 0.0)
    with read_scope(postgresql_engine) as session:
        assert session.execute(number).scalar() != first
