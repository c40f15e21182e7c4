"""No two interchanges share a number: not across threads, processes, engines or restarts."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.config import Settings
from app.core.control_numbers import FIRST, LARGEST, last_control_number, next_control_number
from app.core.db import make_engine, session_scope
from app.core.tables import ControlNumber

PROCESSES = 4
EACH = 25
ASK = """
import sys
from app.core.control_numbers import next_control_number
from app.core.db import make_engine, session_scope
engine = make_engine(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with session_scope(engine) as session:
        print(next_control_number(session))
"""


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_several_processes_never_get_the_same_number(any_engine: Engine) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, address(any_engine), str(EACH)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(PROCESSES)
    ]
    given = [int(line) for each in started for line in each.communicate(timeout=60)[0].split()]

    assert [each.returncode for each in started] == [0] * PROCESSES
    assert sorted(given) == list(range(FIRST, FIRST + PROCESSES * EACH))


def test_threads_of_one_process_never_get_the_same_number(any_engine: Engine) -> None:
    def ask(_: int) -> int:
        with session_scope(any_engine) as session:
            return next_control_number(session)

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(ask, range(40)))

    assert len(set(given)) == 40


def test_a_restart_goes_on_where_it_stopped(engine: Engine, settings: Settings) -> None:
    with session_scope(engine) as session:
        before = next_control_number(session)
    engine.dispose()

    again = make_engine(settings.resolved_database_url)
    with session_scope(again) as session:
        assert next_control_number(session) == before + 1
    again.dispose()


def test_a_number_that_was_rolled_back_was_never_given(engine: Engine) -> None:
    def fail() -> None:
        with session_scope(engine) as session:
            next_control_number(session)
            raise RuntimeError("the request failed")

    with pytest.raises(RuntimeError):
        fail()

    with session_scope(engine) as session:
        assert next_control_number(session) == FIRST


def test_after_the_largest_number_it_begins_anew(engine: Engine) -> None:
    with session_scope(engine) as session:
        next_control_number(session)
        session.connection().execute(table_of(ControlNumber).update().values(value=LARGEST - 1))
        assert [next_control_number(session) for _ in range(3)] == [LARGEST, FIRST, FIRST + 1]


def test_numbers_of_another_name_count_by_themselves(engine: Engine) -> None:
    with session_scope(engine) as session:
        next_control_number(session)
        assert next_control_number(session, "letter") == FIRST
    with Session(engine) as session:
        assert last_control_number(session, "letter") == FIRST
        assert last_control_number(session, "unknown") is None
