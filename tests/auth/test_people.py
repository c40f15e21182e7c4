"""The people page, as an administrator uses it."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from app.audit.queries import EventFilter, find_events
from app.auth.people import find_by_email, find_person, practices_of
from app.auth.permissions import PERMISSIONS, Permission, Role
from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.db import read_scope, session_scope
from tests.browser_double import PASSWORD, Browser

NEW = {"email": "Rosa@Example.test", "name": "Rosa  Ingram", "role": "biller", "password": PASSWORD}


@pytest.fixture(autouse=True)
def practices(app: FastAPI, clock: FixedClock) -> None:
    with session_scope(app.state.product.engine) as session:
        session.add(Practice(id=1, name="Harborview Family Medicine", npi="1234567893", created_at=clock.now()))
        session.add(Practice(id=2, name="Lakeside Orthopedics", npi="1245319599", created_at=clock.now()))


def last_event(app: FastAPI) -> tuple[str, dict[str, object]]:
    with read_scope(app.state.product.engine) as session:
        event = find_events(session, EventFilter(action="person"), limit=1)[0]
    return event.action, event.detail


def test_an_administrator_adds_a_person_to_a_practice(app: FastAPI, administrator: Browser) -> None:
    assert administrator.submit("/people", {**NEW, "practice": ["2"]}).headers["location"] == "/people"
    page = administrator.get("/people").text
    assert "Rosa Ingram" in page
    assert "rosa@example.test" in page
    assert "Lakeside Orthopedics" in page
    assert last_event(app) == ("person.add", {"role": "biller", "practices": [2]})


def test_a_practice_that_does_not_exist_is_not_given(app: FastAPI, administrator: Browser) -> None:
    administrator.submit("/people", {**NEW, "practice": ["1", "77"]})
    with read_scope(app.state.product.engine) as session:
        person = find_by_email(session, "rosa@example.test")
        assert person is not None
        assert practices_of(session, person.id or 0) == [1]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("password", "too short", "at least 15 characters"),
        ("email", "nobody", "not an e-mail address"),
        ("email", "a b@example.test", "not an e-mail address"),
        ("name", "   ", "A name is needed"),
    ],
)
def test_a_wrong_entry_is_named_beside_its_field_and_nothing_typed_is_lost(
    administrator: Browser, field: str, typed: str, said: str
) -> None:
    answer = administrator.submit("/people", {**NEW, field: typed})
    assert answer.status_code == 422
    assert re.search(rf'id="field-{field}-error">.*{said}', answer.text, re.DOTALL)
    assert 'value="Rosa@Example.test"' in answer.text or field == "email"


def test_an_address_is_given_once(administrator: Browser) -> None:
    administrator.submit("/people", NEW)
    assert "already has an account" in administrator.submit("/people", NEW).text


def test_a_change_is_recorded_as_before_and_after(app: FastAPI, administrator: Browser, biller: Browser) -> None:
    path = f"/people/{biller.person_id}"
    administrator.submit(path, {"name": "Dana Reyes", "role": "supervisor", "practice": ["1", "2"]})
    assert last_event(app) == ("person.change", {"role": ["biller", "supervisor"], "practices": [[1], [1, 2]]})


def test_a_disabled_person_can_be_let_in_again(administrator: Browser, biller: Browser) -> None:
    path = f"/people/{biller.person_id}"
    administrator.submit(f"{path}/disable")
    page = administrator.get("/people").text
    assert "Disabled" in page
    assert f'action="{path}/enable"' in page  # the toast's undo
    assert biller.get("/account").status_code == 303
    administrator.submit(f"{path}/enable")
    assert "Disabled" not in administrator.get("/people").text


def test_nobody_disables_themselves_and_the_last_administrator_stays(app: FastAPI, administrator: Browser) -> None:
    path = f"/people/{administrator.person_id}"
    assert administrator.submit(f"{path}/disable").status_code == 422
    answer = administrator.submit(path, {"name": "Ada Lindqvist", "role": "biller"})
    assert "last administrator" in answer.text
    with read_scope(app.state.product.engine) as session:
        assert find_person(session, administrator.person_id).role is Role.ADMINISTRATOR


def test_a_new_first_password_signs_the_person_out(administrator: Browser, biller: Browser) -> None:
    administrator.submit(f"/people/{biller.person_id}/password", {"password": "quiet orange ladder tune"})
    assert biller.get("/account").status_code == 303
    assert "First password" in administrator.get("/people").text


def test_who_manages_people_sees_no_patient_and_who_audits_changes_nothing() -> None:
    assert Permission.CLAIMS_VIEW not in PERMISSIONS[Role.ADMINISTRATOR]
    changing = {
        each for each in Permission if each.value.rsplit(".")[-1] not in ("view", "read", "account", "export")
    }
    assert not PERMISSIONS[Role.AUDITOR] & changing


def test_an_administrator_reads_the_log_and_proves_it(administrator: Browser) -> None:
    page = administrator.get("/audit").text
    assert "person.add" in page
    administrator.submit("/audit/verify")
    assert "events are whole" in administrator.get("/audit").text
    assert "audit.view" in administrator.get("/audit?action=audit").text
