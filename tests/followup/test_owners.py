"""Claims of somebody who cannot work them: served to others, shown to the supervisor, returned and taken back."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from app.auth.people import disable_person, find_person
from app.auth.permissions import Role
from app.auth.tables import PersonPractice
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.calls import call_payers, call_rows
from app.followup.filters import Filters
from app.followup.next_best import next_claim_id
from app.followup.owners import lost_owners
from app.followup.tables import WorkScore
from app.followup.team import loose_ends, team_day
from app.followup.verify import verify_queues
from app.web.toasts import COOKIE, _unpack
from tests.browser_double import Browser, sign_in_as
from tests.practice import claim_numbered


def give(sam: Browser, person_id: int, claim_ids: list[int]) -> None:
    sam.submit("/work/bulk", {"act": "assign", "owner": str(person_id), "claims": [str(each) for each in claim_ids]})


def best(engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock, person_id: int) -> int | None:
    with Session(engine) as session:
        return next_claim_id(session, practice_ids, Filters(), clock, person_id=person_id)


def owners(engine: Engine, claim_ids: list[int]) -> set[int | None]:
    with Session(engine) as session:
        return set(session.exec(select(WorkScore.owner_id).where(col(WorkScore.claim_id).in_(claim_ids))))


@pytest.fixture
def hers(lee: Browser, sam: Browser, engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock) -> list[int]:
    """The best claim of the list and two more, owned by Lee."""
    first = best(engine, practice_ids, clock, sam.person_id) or 0
    ids = [first, *(claim_numbered(engine, number).id or 0 for number in ("ST1003", "ST1006"))]
    give(sam, lee.person_id, list(dict.fromkeys(ids)))
    return list(dict.fromkeys(ids))


def disable(engine: Engine, clock: FixedClock, person_id: int) -> None:
    with session_scope(engine) as session:
        disable_person(session, find_person(session, person_id), now=clock.now())


def test_what_a_disabled_person_owns_is_served_to_others(
    dana: Browser, lee: Browser, hers: list[int], engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock
) -> None:
    assert best(engine, practice_ids, clock, dana.person_id) not in hers
    disable(engine, clock, lee.person_id)
    assert best(engine, practice_ids, clock, dana.person_id) == hers[0]


def test_whoever_has_another_role_now_works_no_claims_either(
    dana: Browser, lee: Browser, hers: list[int], engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        find_person(session, lee.person_id).role = Role.AUDITOR
    assert best(engine, practice_ids, clock, dana.person_id) == hers[0]
    with Session(engine) as session:
        (lost,) = lost_owners(session, practice_ids)
    assert lost.why == "who works no claims any more"


def test_the_call_sheet_and_the_plan_take_them_up(
    dana: Browser, lee: Browser, sam: Browser, engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock
) -> None:
    with Session(engine) as session:
        payer_id = call_payers(session, practice_ids)[0].payer_id
        sheet = [row.claim_id for row in call_rows(session, practice_ids, payer_id, clock, dana.person_id)]
    give(sam, lee.person_id, sheet)
    disable(engine, clock, lee.person_id)
    with Session(engine) as session:
        again = [row.claim_id for row in call_rows(session, practice_ids, payer_id, clock, dana.person_id)]
        dealt = {number for each in team_day(session, practice_ids, clock).people for number in each.pool_ids}
    assert again == sheet
    assert set(sheet) <= dealt


def test_the_supervisor_sees_them_and_returns_them_with_one_click_and_one_undo(
    lee: Browser, sam: Browser, hers: list[int], engine: Engine, clock: FixedClock
) -> None:
    assert "Return them to the pool" not in sam.get("/team").text
    disable(engine, clock, lee.person_id)
    page = sam.get("/team").text
    with Session(engine) as session:
        cents = sum(session.exec(select(WorkScore.open_cents).where(col(WorkScore.claim_id).in_(hers))))
    shown = re.sub(r"<[^>]*>", "", page.partition(f'id="lost-{lee.person_id}"')[2].partition("</span>")[0])
    assert "Lee Okafor, whose account is disabled, owns" in shown
    assert f"{len(hers)} open claims, ${cents / 100:,.2f}." in shown

    listed = sam.get(f"/work?owner={lee.person_id}").text
    assert listed.count("data-row-frame") == len(hers)
    assert 'aria-label="Remove filter Lee Okafor"' in listed  # not "owner 2"

    sam.submit(f"/team/{lee.person_id}/return")
    assert owners(engine, hers) == {None}
    (said,) = _unpack(sam.cookies[COOKIE])
    sam.submit(said.undo)
    assert owners(engine, hers) == {lee.person_id}
    with Session(engine) as session:
        assert verify_queues(session).faults == []


def test_whoever_lost_a_practice_is_shown_for_its_claims(
    lee: Browser, hers: list[int], engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    with session_scope(engine) as session:
        session.exec(delete(PersonPractice).where(col(PersonPractice.person_id) == lee.person_id))
        (lost,) = lost_owners(session, practice_ids)
        assert lost_owners(session, (4711,)) == []
    assert (lost.person_id, lost.claims) == (lee.person_id, len(hers))
    assert "practice" in lost.why


def test_claims_of_somebody_who_works_are_returned_by_nobody(
    app: FastAPI, lee: Browser, sam: Browser, hers: list[int], engine: Engine, clock: FixedClock
) -> None:
    sam.submit(f"/team/{lee.person_id}/return")
    assert owners(engine, hers) == {lee.person_id}
    disable(engine, clock, lee.person_id)
    sign_in_as(app, Role.SUPERVISOR, practice_ids=(4711,)).submit(f"/team/{lee.person_id}/return")
    assert owners(engine, hers) == {lee.person_id}


def test_priorities_by_hand_are_counted_in_the_day_that_they_fill(
    dana: Browser, sam: Browser, engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock
) -> None:
    sam.submit(f"/team/{sam.person_id}/day", {"minutes": "0"})
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/priority", {"level": "5", "reason": "The patient calls every day"})
    with Session(engine) as session:
        (day,) = [each for each in team_day(session, practice_ids, clock).people if each.account.name == "Dana Reyes"]
        (loose,) = [each for each in loose_ends(session, practice_ids, clock) if each.label == "Put first by hand"]
        row = session.exec(select(WorkScore).where(WorkScore.claim_id == claim.id)).one()
    assert day.first == 1
    assert day.first_minutes == pytest.approx(row.minutes)
    assert (loose.claims, loose.open_cents) == (1, row.open_cents)
    page = sam.get("/team").text
    assert f"{round(row.minutes)} for 1 put first by hand" in page
    assert dana.get(loose.address).text.count("data-row-frame") == 1
