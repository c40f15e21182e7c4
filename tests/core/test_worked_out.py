"""What is worked out of all the books: at once where they are small, else beside the request, once, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Engine, select
from sqlmodel import Session

from app.core import worked_out
from app.core.clock import FixedClock
from app.core.db import read_scope, session_scope
from app.core.worked_out import Answer, Question, answer, ask_again, kept, work_out

PATIENT_SECONDS = 30.0


class Sum(NamedTuple):
    cents: int
    share: float | None


class Desk:
    """Asks the same question again and again; `found` is what the next one who works it out will find."""

    def __init__(self, engine: Engine, clock: FixedClock) -> None:
        self.engine, self.clock = engine, clock
        self.found, self.worked = Sum(100, 0.5), 0
        self.fresh_for: timedelta | None = None
        self.go_on = threading.Event()
        self.go_on.set()

    def question(self, walls: tuple[int, ...] = (1,)) -> Question[Sum]:
        return Question("sum", {"practices": list(walls)}, TypeAdapter(Sum), self._work, self.fresh_for)

    def _work(self, session: Session) -> Sum:
        self.worked += 1
        found = self.found
        assert self.go_on.wait(PATIENT_SECONDS)
        if found.cents < 0:
            raise ValueError("nothing can be counted")
        return found

    def look(self, *, is_large: bool = True, walls: tuple[int, ...] = (1,)) -> Answer[Sum]:
        with read_scope(self.engine) as session:
            return answer(session, self.engine, self.clock, self.question(walls), is_large=is_large)

    def ask_again(self) -> None:
        with session_scope(self.engine) as session:
            ask_again(session, self.clock, self.question())


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Everything counts as slow, so that it is kept; a look waits as long as is told."""

    def wait(seconds: float) -> None:
        monkeypatch.setattr(worked_out, "WAIT_SECONDS", seconds)

    monkeypatch.setattr(worked_out, "QUICK_SECONDS", 0.0)
    wait(PATIENT_SECONDS)
    return wait


@pytest.fixture
def desk(any_engine: Engine, clock: FixedClock) -> Desk:
    return Desk(any_engine, clock)


@pytest.mark.usefixtures("slow")
def test_of_small_books_everybody_gets_the_figures_of_this_moment(desk: Desk) -> None:
    first = desk.look(is_large=False)
    desk.found = Sum(200, None)

    assert (first, desk.look(is_large=False)) == (Answer(Sum(100, 0.5)), Answer(Sum(200, None)))


@pytest.mark.usefixtures("slow")
def test_of_large_books_the_answer_is_kept_with_the_moment_of_its_reading(desk: Desk) -> None:
    desk.look()
    made_at, desk.found = desk.clock.now(), Sum(200, None)
    desk.clock.advance(minutes=50)

    assert desk.look() == Answer(Sum(100, 0.5), made_at)
    assert desk.worked == 1


@pytest.mark.usefixtures("slow")
def test_other_walls_are_another_question(desk: Desk) -> None:
    desk.look()
    desk.found = Sum(7, None)

    assert desk.look(walls=(1, 2)).value == Sum(7, None)


@pytest.mark.usefixtures("slow")
def test_the_next_day_nothing_of_it_is_left(desk: Desk) -> None:
    desk.look()
    desk.clock.advance(days=1)
    desk.found = Sum(200, None)

    assert desk.look().value == Sum(200, None)
    with desk.engine.connect() as connection:
        assert len(connection.execute(select(kept.c.key)).all()) == 1


def test_what_takes_longer_than_a_look_waits_is_under_way_and_begun_once(
    desk: Desk, slow: Callable[[float], None]
) -> None:
    desk.go_on.clear()
    slow(0.0)
    looks = [desk.look(), desk.look()]
    slow(PATIENT_SECONDS)
    desk.go_on.set()

    assert looks == [Answer(None, under_way=True)] * 2
    assert desk.look().value == Sum(100, 0.5)
    assert desk.worked == 1


def test_asked_for_again_the_kept_answer_stays_until_the_new_one_is_there(
    desk: Desk, slow: Callable[[float], None]
) -> None:
    desk.look()
    made_at, desk.found = desk.clock.now(), Sum(200, None)
    desk.clock.advance(minutes=5)
    desk.ask_again()
    desk.go_on.clear()
    slow(0.0)
    meanwhile = desk.look()
    slow(PATIENT_SECONDS)
    desk.go_on.set()

    assert meanwhile == Answer(Sum(100, 0.5), made_at, under_way=True)
    assert desk.look() == Answer(Sum(200, None), desk.clock.now())


@pytest.mark.usefixtures("slow")
def test_what_is_fresh_for_a_while_is_begun_again_by_the_first_look_after_it(desk: Desk) -> None:
    desk.fresh_for = timedelta(minutes=10)
    desk.look()
    made_at, desk.found = desk.clock.now(), Sum(200, None)
    desk.clock.advance(minutes=9)
    before = desk.look()
    desk.clock.advance(minutes=1)

    assert before == Answer(Sum(100, 0.5), made_at)
    assert desk.look() == Answer(Sum(200, None), desk.clock.now())


def test_what_turns_out_to_be_quick_is_worked_out_at_each_look(
    desk: Desk, slow: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(PATIENT_SECONDS)
    monkeypatch.setattr(worked_out, "QUICK_SECONDS", PATIENT_SECONDS)
    desk.look()
    desk.found = Sum(200, None)

    assert desk.look() == Answer(Sum(200, None))


@pytest.mark.usefixtures("slow")
def test_what_fails_says_so_and_is_tried_again_only_when_it_is_asked_for(desk: Desk) -> None:
    desk.found = Sum(-1, None)
    looks = [desk.look(), desk.look()]
    worked = desk.worked
    desk.found = Sum(1, None)
    desk.ask_again()

    assert [each.failed for each in looks] == [True, True]
    assert worked == 1
    assert desk.look().value == Sum(1, None)


@pytest.mark.usefixtures("slow")
def test_what_the_night_worked_out_is_there_in_the_morning(desk: Desk) -> None:
    work_out(desk.engine, desk.clock, desk.question())
    made_at = desk.clock.now()
    desk.clock.advance(hours=4)

    assert desk.look() == Answer(Sum(100, 0.5), made_at)


def test_no_more_is_begun_than_the_process_can_hold(
    desk: Desk, slow: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worked_out, "MOST_UNDER_WAY", 1)
    desk.go_on.clear()
    slow(0.0)
    desk.look()
    refused = desk.look(walls=(2,))
    slow(PATIENT_SECONDS)
    desk.go_on.set()
    desk.look()

    assert refused == Answer(None, under_way=True)
    assert desk.worked == 1


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_of_several_processes_one_works_it_out(
    postgresql_engine: Engine, clock: FixedClock, slow: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Desk(postgresql_engine, clock)
    here.go_on.clear()
    slow(0.0)
    here.look()
    while not here.worked:
        here.go_on.wait(0.01)
    begun = list(worked_out._under_way.values())
    monkeypatch.setattr(worked_out, "_under_way", {})  # as another process sees it
    slow(PATIENT_SECONDS)
    there = Desk(postgresql_engine, clock)

    assert there.look() == Answer(None, under_way=True)
    assert there.worked == 0
    here.go_on.set()
    assert all(work.done.wait(PATIENT_SECONDS) for work in begun)
