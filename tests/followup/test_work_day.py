"""A person's day as a supervisor sets it, and how it is taken back."""

from __future__ import annotations

import re

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.core.clock import FixedClock
from app.followup.tables import WorkDay, WorkScore
from app.followup.team import team_day
from app.web.toasts import COOKIE, _unpack
from tests.browser_double import Browser

DANA = "Dana Reyes"


def set_day(sam: Browser, person_id: int, **typed: object) -> str:
    """Saved; answers with the address that undoes it."""
    sam.submit(f"/team/{person_id}/day", {"minutes": "300", **typed})
    (said,) = _unpack(sam.cookies[COOKIE])
    assert re.fullmatch(r"/team/days/\d+/undo", said.undo)
    return said.undo


def day_of(engine: Engine, person_id: int) -> tuple[int, str, str, str] | None:
    with Session(engine) as session:
        day = session.get(WorkDay, person_id)
        return (day.minutes, day.queues, day.payer_ids, str(day.out_until)) if day is not None else None


def test_a_saved_day_is_taken_back_to_the_one_before(dana: Browser, sam: Browser, engine: Engine) -> None:
    set_day(sam, dana.person_id, queues_worked=["coding", "appeal"], payers_known=[1], out_until="2026-12-01")
    before = day_of(engine, dana.person_id)
    undo = set_day(sam, dana.person_id, minutes="10")
    assert day_of(engine, dana.person_id) == (10, "", "", "None")

    sam.submit(undo)

    assert day_of(engine, dana.person_id) == before


def test_the_first_saved_day_is_taken_back_to_the_usual_one(dana: Browser, sam: Browser, engine: Engine) -> None:
    sam.submit(set_day(sam, dana.person_id))
    assert day_of(engine, dana.person_id) is None


def test_a_day_set_again_since_or_by_somebody_else_stays(
    dana: Browser, sam: Browser, max_: Browser, engine: Engine
) -> None:
    first = set_day(sam, dana.person_id, minutes="10")
    second = set_day(max_, dana.person_id, minutes="20")
    for who, undo in ((sam, first), (sam, second)):
        who.submit(undo)
        assert day_of(engine, dana.person_id) == (20, "", "", "None")


def test_undone_twice_is_undone_once(dana: Browser, sam: Browser, engine: Engine) -> None:
    set_day(sam, dana.person_id, minutes="10")
    undo = set_day(sam, dana.person_id, minutes="20")
    sam.submit(undo)
    sam.submit(undo)
    assert day_of(engine, dana.person_id) == (10, "", "", "None")


def test_who_is_out_until_a_day_is_back_on_the_next(
    dana: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    set_day(sam, dana.person_id, out_until=clock.today().isoformat())
    with Session(engine) as session:
        (hers,) = [each for each in team_day(session, practice_ids, clock).people if each.account.name == DANA]
        assert (hers.is_out, hers.planned) == (True, 0)
        clock.advance(minutes=24 * 60)
        (hers,) = [each for each in team_day(session, practice_ids, clock).people if each.account.name == DANA]
        assert not hers.is_out
        assert hers.planned > 0


def test_a_skill_for_a_queue_that_is_empty_today_is_not_lost_when_the_page_is_saved(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    set_day(sam, dana.person_id, queues_worked=["clinical"])
    ticked = re.findall(r'name="queues_worked" value="(\w+)" checked', sam.get("/team").text)
    assert ticked == ["clinical"]


def test_a_queue_that_somebody_is_named_for_goes_to_nobody_else(
    dana: Browser, lee: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    set_day(sam, sam.person_id, minutes="0")
    set_day(sam, lee.person_id, queues_worked=["coding", "authorization"])

    def queues_of(name: str) -> set[str]:
        with Session(engine) as session:
            (day,) = [each for each in team_day(session, practice_ids, clock).people if each.account.name == name]
            found = session.exec(select(WorkScore.queue).where(col(WorkScore.claim_id).in_(day.pool_ids)))
            return set(found)

    assert queues_of("Lee Okafor") >= {"coding", "authorization"}
    assert queues_of(DANA)
    assert not queues_of(DANA) & {"coding", "authorization"}
    page = sam.get("/team").text
    assert "a skill that nobody here has today" not in page

    set_day(sam, lee.person_id, queues_worked=["coding", "authorization"], out_until=clock.today().isoformat())
    assert not queues_of(DANA) & {"coding", "authorization"}
    assert "a skill that nobody here has today" in sam.get("/team").text
