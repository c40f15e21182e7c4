"""Who gets in, for how long, and what a guesser meets."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlmodel import Session

from app.audit.queries import EventFilter, find_events
from app.auth import demo
from app.auth.people import add_person, disable_person, find_person
from app.auth.permissions import Role
from app.auth.require import SESSION_COOKIE
from app.auth.throttle import ACCOUNT_TRIES
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.main import create_app
from app.web.product import Product
from tests.browser_double import PASSWORD, Browser, sign_in_as

EMAIL = "rosa@example.test"


def product(app: FastAPI) -> Product:
    found: Product = app.state.product
    return found


def add_rosa(session: Session, clock: FixedClock, *, must_change: bool = False) -> None:
    add_person(
        session,
        email=EMAIL,
        name="Rosa Ingram",
        role=Role.BILLER,
        practice_ids=[1],
        password=PASSWORD,
        now=clock.now(),
        must_change_password=must_change,
    )


@pytest.fixture
def rosa(app: FastAPI, clock: FixedClock) -> None:
    with session_scope(product(app).engine) as session:
        add_rosa(session, clock)


def enter(browser: Browser, password: str = PASSWORD, email: str = EMAIL) -> int:
    return browser.submit("/sign-in", {"email": email, "password": password}).status_code


def actions(app: FastAPI) -> list[str]:
    with read_scope(product(app).engine) as session:
        return [event.action for event in find_events(session, EventFilter())]


@pytest.mark.usefixtures("rosa")
def test_the_right_password_opens_the_account_page(anonymous: Browser) -> None:
    assert enter(anonymous) == 303
    assert "Rosa Ingram" in anonymous.get("/account").text


@pytest.mark.usefixtures("rosa")
def test_the_session_cookie_is_out_of_reach_of_scripts(anonymous: Browser) -> None:
    answer = anonymous.submit("/sign-in", {"email": EMAIL, "password": PASSWORD})
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(SESSION_COOKIE)]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@pytest.mark.usefixtures("rosa")
def test_a_wrong_password_and_an_unknown_account_read_the_same(anonymous: Browser) -> None:
    wrong = anonymous.submit("/sign-in", {"email": EMAIL, "password": "not the right words"})
    unknown = anonymous.submit("/sign-in", {"email": "who@example.test", "password": "not the right words"})
    assert wrong.status_code == unknown.status_code == 401
    assert "do not match" in wrong.text
    assert "do not match" in unknown.text


@pytest.mark.usefixtures("rosa")
def test_after_ten_failures_the_account_rests_even_for_the_right_password(
    anonymous: Browser, clock: FixedClock, app: FastAPI
) -> None:
    assert {enter(anonymous, "a guess that is wrong") for _ in range(ACCOUNT_TRIES)} == {401}
    assert enter(anonymous) == 429
    clock.advance(minutes=15)
    assert enter(anonymous) == 303
    assert actions(app).count("sign_in.refused") == ACCOUNT_TRIES + 1


@pytest.mark.usefixtures("rosa")
def test_an_idle_browser_is_signed_out(anonymous: Browser, clock: FixedClock) -> None:
    enter(anonymous)
    clock.advance(minutes=14)
    assert anonymous.get("/account").status_code == 200
    clock.advance(minutes=14)
    assert anonymous.get("/account").status_code == 200
    clock.advance(minutes=15)
    assert anonymous.get("/account").headers["location"] == "/sign-in?next=/account"


@pytest.mark.usefixtures("rosa")
def test_after_twelve_hours_a_busy_browser_is_signed_out_too(anonymous: Browser, clock: FixedClock) -> None:
    enter(anonymous)
    for _ in range(71):
        clock.advance(minutes=10)
        assert anonymous.get("/session").json()["person_id"] > 0
    clock.advance(minutes=10)
    assert anonymous.get("/session").status_code == 303


@pytest.mark.usefixtures("rosa")
def test_signing_in_never_keeps_the_token_that_the_browser_brought(anonymous: Browser) -> None:
    anonymous.cookies.set(SESSION_COOKIE, "planted-by-somebody")
    enter(anonymous)
    enter_again = anonymous.submit("/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert "planted-by-somebody" not in str(enter_again.headers)
    assert len({each.value for each in anonymous.cookies.jar if each.name == SESSION_COOKIE}) >= 1
    anonymous.cookies.clear()
    anonymous.cookies.set(SESSION_COOKIE, "planted-by-somebody")
    assert anonymous.get("/account").status_code == 303


def test_disabling_a_person_signs_out_every_browser_at_once(app: FastAPI, biller: Browser, clock: FixedClock) -> None:
    assert biller.get("/account").status_code == 200
    with session_scope(product(app).engine) as session:
        disable_person(session, find_person(session, biller.person_id), now=clock.now())
    assert biller.get("/account").status_code == 303


def test_signing_out_ends_the_session_on_the_server(biller: Browser) -> None:
    token = biller.cookies[SESSION_COOKIE]
    assert biller.submit("/sign-out").headers["location"] == "/sign-in"
    biller.cookies.set(SESSION_COOKIE, token)
    assert biller.get("/account").status_code == 303


def test_a_first_password_leads_to_choosing_ones_own(app: FastAPI, anonymous: Browser, clock: FixedClock) -> None:
    with session_scope(product(app).engine) as session:
        person = add_person(
            session,
            email=EMAIL,
            name="Rosa Ingram",
            role=Role.ADMINISTRATOR,
            practice_ids=[],
            password=PASSWORD,
            now=clock.now(),
        )
        assert person.must_change_password
    enter(anonymous)
    assert anonymous.get("/people").headers["location"] == "/account"
    anonymous.submit("/account/password", {"current": PASSWORD, "chosen": "quiet orange ladder tune"})
    assert anonymous.get("/people").status_code == 200


def test_changing_the_password_signs_out_other_browsers_only(app: FastAPI, clock: FixedClock) -> None:
    with session_scope(product(app).engine) as session:
        add_rosa(session, clock)
    here, there = Browser(app), Browser(app)
    enter(here)
    enter(there)
    here.submit("/account/password", {"current": PASSWORD, "chosen": "quiet orange ladder tune"})
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_after_signing_in_one_lands_where_one_was_going_and_nowhere_else(app: FastAPI, clock: FixedClock) -> None:
    with session_scope(product(app).engine) as session:
        add_rosa(session, clock)
    for typed, landed in (("/account?x=1", "/account?x=1"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        answer = Browser(app).submit("/sign-in", {"email": EMAIL, "password": PASSWORD, "next": typed})
        assert answer.headers["location"] == landed


def test_demo_sign_ins_exist_in_demo_mode_only(settings: Settings, app: FastAPI, clock: FixedClock) -> None:
    engine = product(app).engine
    with session_scope(engine) as session:
        demo.ensure_demo_people(session, [1], clock.now())
    dana = demo.CAST[0].email
    closed = Browser(app)
    assert "Demo practice" not in closed.get("/sign-in").text
    assert closed.submit("/sign-in/demo", {"email": dana}).status_code == 404
    assert enter(closed, demo.PASSWORD, dana) == 401

    opened = Browser(create_app(settings.model_copy(update={"demo": True}), engine=engine, clock=clock))
    assert "Demo practice" in opened.get("/sign-in").text
    assert opened.submit("/sign-in/demo", {"email": dana}).status_code == 303
    assert 'class="demo-badge"' in opened.get("/account").text


def test_a_demo_click_opens_no_real_account(settings: Settings, app: FastAPI, clock: FixedClock) -> None:
    engine = product(app).engine
    with session_scope(engine) as session:
        add_rosa(session, clock)
    browser = Browser(create_app(settings.model_copy(update={"demo": True}), engine=engine, clock=clock))
    assert browser.submit("/sign-in/demo", {"email": EMAIL}).status_code == 404


def test_over_https_cookies_are_pinned_to_the_host(settings: Settings, app: FastAPI, clock: FixedClock) -> None:
    secure = create_app(settings.model_copy(update={"https": True}), engine=product(app).engine, clock=clock)
    answer = Browser(secure).get("/sign-in")
    (visit,) = answer.headers.get_list("set-cookie")
    assert visit.startswith("__Host-overturn_visit=")
    assert "; Secure" in visit
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_each_role_sees_only_its_own_places(app: FastAPI) -> None:
    assert sign_in_as(app, Role.ADMINISTRATOR).get("/people").status_code == 200
    for role in (Role.BILLER, Role.SUPERVISOR, Role.AUDITOR):
        assert sign_in_as(app, role).get("/people").status_code == 403


def test_a_refusal_is_recorded(app: FastAPI, biller: Browser) -> None:
    biller.get("/people")
    biller.submit("/people", {"email": "x@example.test"})
    with read_scope(product(app).engine) as session:
        found = find_events(session, EventFilter(action="access.refused"))
    assert [(event.actor_name, event.object_id, event.detail["method"]) for event in found] == [
        ("Dana Reyes", "/people", "POST"),
        ("Dana Reyes", "/people", "GET"),
    ]
