"""The playbook's steps are ticked off on the claim, and the next person sees by whom."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.auth.permissions import Role
from app.core.db import session_scope
from app.followup.checklist import checklist, steps_done, steps_for
from app.followup.tables import StepDone
from app.matching.tables import Denial
from tests.browser_double import Browser, sign_in_as
from tests.practice import claim_numbered


@pytest.fixture
def denial(engine: Engine) -> Denial:
    claim_id = claim_numbered(engine, "ST1003").id
    with Session(engine, expire_on_commit=False) as session:
        return session.exec(select(Denial).where(Denial.claim_id == claim_id)).one()


def step_of(denial: Denial, number: int = 0) -> str:
    return steps_for(denial.category).steps[number]


def test_a_ticked_step_shows_the_next_person_who_did_it(dana: Browser, lee: Browser, denial: Denial) -> None:
    answer = dana.submit(f"/denials/{denial.id}/steps", {"done": step_of(denial), "back": "queue=authorization"})

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/work?queue=authorization&claim={denial.claim_id}#steps-{denial.id}"
    page = lee.get(f"/claims/{denial.claim_id}").text
    assert f"1 of {len(steps_for(denial.category).steps)} steps done" in page
    assert re.search(r'class="step-who">Dana Reyes, ', page)


def test_a_colleague_takes_a_tick_back_and_the_log_keeps_both(
    dana: Browser, lee: Browser, engine: Engine, denial: Denial
) -> None:
    dana.submit(f"/denials/{denial.id}/steps", {"done": step_of(denial)})
    lee.submit(f"/denials/{denial.id}/steps", {"undone": step_of(denial)})

    with Session(engine) as session:
        assert session.exec(select(StepDone)).all() == []
        kept = session.exec(select(Event).where(Event.action.startswith("denial."))).all()
    assert [(event.action, event.actor_name) for event in kept] == [
        ("denial.step_done", "Dana Reyes"),
        ("denial.step_undone", "Lee Okafor"),
    ]


def test_a_second_tick_leaves_the_first_ones_name(dana: Browser, lee: Browser, denial: Denial) -> None:
    dana.submit(f"/denials/{denial.id}/steps", {"done": step_of(denial)})
    lee.submit(f"/denials/{denial.id}/steps", {"done": step_of(denial)})

    page = lee.get(f"/claims/{denial.claim_id}").text
    assert 'class="step-who">Dana Reyes' in page
    assert 'class="step-who">Lee Okafor' not in page


def test_a_script_gets_the_checklist_alone(dana: Browser, denial: Denial) -> None:
    answer = dana.submit(f"/denials/{denial.id}/steps", {"done": step_of(denial)}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert 'aria-pressed="true"' in answer.text
    assert "<html" not in answer.text


def test_a_tick_whose_step_was_reworded_stays_and_says_so(engine: Engine, dana: Browser, denial: Denial) -> None:
    dana.submit(f"/denials/{denial.id}/steps", {"done": step_of(denial)})
    with session_scope(engine) as session:
        row = session.exec(select(StepDone)).one()
        row.step = "Ring the payer."
        session.add(row)

    with Session(engine) as session:
        views = checklist(denial, steps_done(session, denial.claim_id))
    assert [view.who for view in views] == ["", "", "", "", "Dana Reyes"]
    assert views[-1].text == "Ring the payer."
    assert not views[-1].is_current


def test_a_step_that_the_playbook_does_not_know_is_refused(dana: Browser, denial: Denial) -> None:
    assert dana.submit(f"/denials/{denial.id}/steps", {"done": "Win the lottery."}).status_code == 422


def test_strangers_find_no_checklist_and_auditors_change_none(
    stranger: Browser, app: FastAPI, practice_ids: tuple[int, ...], denial: Denial
) -> None:
    auditor = sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids, name="Ada Quist")
    address = f"/denials/{denial.id}/steps"

    assert stranger.submit(address, {"done": step_of(denial)}).status_code == 404
    assert auditor.submit(address, {"done": step_of(denial)}).status_code == 403
    assert 'name="done"' not in auditor.get(f"/claims/{denial.claim_id}").text


def test_a_claim_opens_when_every_step_is_ticked(dana: Browser, denial: Denial) -> None:
    steps = steps_for(denial.category).steps
    for step in steps:
        dana.submit(f"/denials/{denial.id}/steps", {"done": step})

    page = dana.get(f"/claims/{denial.claim_id}")
    assert page.status_code == 200
    assert f"{len(steps)} of {len(steps)} steps done" in page.text
    assert 'data-action="claim.step"' not in page.text
