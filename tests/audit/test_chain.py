"""The event chain: whole, in order, and impossible to change quietly. Runs on both engines."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from app.audit.actor import Actor, act_as
from app.audit.queries import EventFilter, find_events
from app.audit.record import record
from app.audit.tables import Event
from app.audit.verify import verify_chain
from app.core.clock import FixedClock
from app.core.db import WriteInReadScope, connection_scope, is_sqlite, read_scope, session_scope

DANA = Actor(person_id=7, name="Dana Reyes", role="biller", session_id="s1", ip="192.0.2.1", request_id="r1")


def write(engine: Engine, *actions: str) -> None:
    with session_scope(engine) as session:
        for action in actions:
            record(session, action, object_type="claim", object_id=12)


def test_an_event_says_who_what_and_when(any_engine: Engine, clock: FixedClock) -> None:
    with session_scope(any_engine) as session:
        act_as(session, DANA, clock)
        record(session, "note.add", object_type="claim", object_id=12, practice_id=3, detail={"minutes": 4})
    with read_scope(any_engine) as session:
        (found,) = find_events(session, EventFilter())
    assert (found.actor_name, found.role, found.action, found.object_id) == ("Dana Reyes", "biller", "note.add", "12")
    assert (found.at, found.practice_id, found.detail) == (clock.now(), 3, {"minutes": 4})


def test_several_events_of_one_transaction_chain_in_the_order_they_happened(any_engine: Engine) -> None:
    write(any_engine, "claim.view", "note.add", "claim.snooze")
    write(any_engine, "claim.view")
    with read_scope(any_engine) as session:
        assert [found.action for found in reversed(find_events(session, EventFilter()))] == [
            "claim.view",
            "note.add",
            "claim.snooze",
            "claim.view",
        ]
        report = verify_chain(session)
    assert report.holds
    assert (report.events, report.head_id) == (4, 4)


def test_an_act_that_is_undone_leaves_no_event(any_engine: Engine) -> None:
    with session_scope(any_engine) as session:
        record(session, "note.add")
        savepoint = session.begin_nested()
        record(session, "note.never")
        savepoint.rollback()
        record(session, "note.also")
    with read_scope(any_engine) as session:
        assert [found.action for found in find_events(session, EventFilter())] == ["note.also", "note.add"]
        assert verify_chain(session).holds


def test_what_a_kept_savepoint_did_goes_with_the_one_around_it(any_engine: Engine) -> None:
    with session_scope(any_engine) as session:
        outer = session.begin_nested()
        with session.begin_nested():
            record(session, "note.never")
        outer.rollback()
        with session.begin_nested():
            record(session, "note.add")
    with read_scope(any_engine) as session:
        assert [found.action for found in find_events(session, EventFilter())] == ["note.add"]


def test_an_act_in_a_reading_scope_is_refused(any_engine: Engine) -> None:
    with pytest.raises(WriteInReadScope), read_scope(any_engine) as session:
        record(session, "note.add")


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_a_long_transaction_keeps_nobody_from_writing_events(postgresql_engine: Engine) -> None:
    with session_scope(postgresql_engine) as session:
        record(session, "remittance.post")
        session.flush()
        write(postgresql_engine, "claim.view")  # would wait for ever if the long one held the end of the chain
    with read_scope(postgresql_engine) as session:
        assert [found.action for found in find_events(session, EventFilter())] == ["remittance.post", "claim.view"]
        assert verify_chain(session).holds


def test_writers_at_the_same_time_make_one_chain(any_engine: Engine) -> None:
    def write_five() -> None:
        for _ in range(5):
            write(any_engine, "a.b", "c.d")

    threads = [threading.Thread(target=write_five) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with read_scope(any_engine) as session:
        report = verify_chain(session)
    assert (report.events, report.breaks) == (40, ())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'nothing to see' WHERE id = 1",
        "DELETE FROM audit_event WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_an_event(any_engine: Engine, statement: str) -> None:
    write(any_engine, "claim.view")
    with pytest.raises(DatabaseError, match="append-only"), connection_scope(any_engine) as connection:
        connection.execute(text(statement))


def test_the_database_refuses_to_replace_or_truncate(any_engine: Engine) -> None:
    write(any_engine, "claim.view")
    statement = (
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE id = 1"
        if is_sqlite(any_engine)
        else "TRUNCATE audit_event"
    )
    with pytest.raises(DatabaseError, match="append-only"), connection_scope(any_engine) as connection:
        connection.execute(text(statement))


def disarm(engine: Engine) -> None:
    """What somebody with the database file in hand can do."""
    with connection_scope(engine) as connection:
        connection.execute(text("DROP TRIGGER audit_event_no_update"))
        connection.execute(text("DROP TRIGGER audit_event_no_delete"))


def test_a_changed_event_is_found_though_the_triggers_were_dropped(engine: Engine) -> None:
    write(engine, "a.one", "a.two", "a.three")
    disarm(engine)
    with connection_scope(engine) as connection:
        connection.execute(text("UPDATE audit_event SET actor_name = 'somebody else' WHERE id = 2"))
    with read_scope(engine) as session:
        (found,) = verify_chain(session).breaks
    assert (found.event_id, found.what) == (2, "was changed after it was written")


def test_a_missing_event_is_found(engine: Engine) -> None:
    write(engine, "a.one", "a.two", "a.three")
    disarm(engine)
    with connection_scope(engine) as connection:
        connection.execute(text("DELETE FROM audit_event WHERE id = 2"))
    with read_scope(engine) as session:
        breaks = verify_chain(session).breaks
    assert [found.what for found in breaks] == ["events 2 to 2 are missing", "does not follow the event before it"]


def test_the_log_is_searched_by_noun_and_paged_by_number(engine: Engine) -> None:
    write(engine, "claim.view", "claims.export", "claim.note")
    with read_scope(engine) as session:
        newest = find_events(session, EventFilter(action="claim"), limit=1)
        older = find_events(session, EventFilter(action="claim", before=newest[0].id))
    assert [found.action for found in [*newest, *older]] == ["claim.note", "claim.view"]


def test_every_field_but_the_hash_is_under_the_seal() -> None:
    from app.audit.record import SEALED_FIELDS

    assert set(Event.model_fields) - set(SEALED_FIELDS) == {"hash"}
