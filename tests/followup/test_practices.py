"""Practice settings on screen: whoever manages tables keeps the letterhead of their own practices."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.auth.permissions import Role
from app.claims.tables import Letterhead, Practice
from tests.browser_double import Browser, sign_in_as

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
TYPED = {"name": "Northbend Clinic", "address": "9 Oak St\nHartford, CT 06103", "contact": "Lee Okafor"}


@pytest.fixture
def ada(app: FastAPI) -> Browser:
    return sign_in_as(app, Role.ADMINISTRATOR, practice_ids=())


@pytest.fixture
def practice_id(practice_ids: tuple[int, ...]) -> int:
    return practice_ids[0]


def kept(engine: Engine, practice_id: int) -> Letterhead:
    with Session(engine) as session:
        return session.get_one(Letterhead, practice_id)


def test_the_837s_of_a_practice_have_filled_its_letterhead(sam: Browser, engine: Engine, practice_id: int) -> None:
    page = sam.get(f"/practices/{practice_id}").text

    assert kept(engine, practice_id).address.splitlines()[0] in page
    assert "As its newest 837 names the billing provider" in page


def test_a_letterhead_is_kept_with_its_logo_and_logged(ada: Browser, engine: Engine, practice_id: int) -> None:
    files = {"logo": ("logo.png", PNG, "image/png")}
    ada.post(f"/practices/{practice_id}", data={**TYPED, "csrf": ada.csrf}, files=files)
    head = kept(engine, practice_id)

    assert (head.name, head.contact, head.logo) == ("Northbend Clinic", "Lee Okafor", PNG)
    assert ada.get(f"/practices/{practice_id}/logo").headers["content-type"] == "image/png"
    with Session(engine) as session:
        (event,) = session.exec(select(Event).where(Event.action == "practice.letterhead")).all()
    assert event.practice_id == practice_id
    ada.submit(f"/practices/{practice_id}", {**TYPED, "without_logo": "on"})
    assert ada.get(f"/practices/{practice_id}/logo").status_code == 404


def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(ada: Browser, engine: Engine, practice_id: int) -> None:
    before = kept(engine, practice_id).name
    answer = ada.submit(f"/practices/{practice_id}", {**TYPED, "name": ""})

    assert answer.status_code == 422
    assert "needs the practice" in answer.text
    assert "9 Oak St" in answer.text
    assert kept(engine, practice_id).name == before


def test_another_practices_letterhead_does_not_exist_for_an_outsider(
    app: FastAPI, dana: Browser, practice_id: int
) -> None:
    outsider = sign_in_as(app, Role.SUPERVISOR, practice_ids=(4711,))

    assert outsider.get(f"/practices/{practice_id}").status_code == 404
    assert outsider.get(f"/practices/{practice_id}/logo").status_code == 404
    assert outsider.submit(f"/practices/{practice_id}", TYPED).status_code == 404
    assert dana.get("/practices").status_code == 403


def test_every_practice_of_the_viewer_is_listed(sam: Browser, engine: Engine) -> None:
    page = sam.get("/practices").text
    with Session(engine) as session:
        assert all(each.name in page for each in session.exec(select(Practice)))
