"""Practices are walls: whoever works for another practice gets no name, number or address of this one, by any route.

The walk takes every route that the product has, with the numbers of real claims and files in its path, so that a page
added tomorrow is walked too.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import Claim, Coverage, Patient, Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.main import ROUTERS, create_app
from tests.browser_double import Browser, sign_in_as
from tests.practice import copy_practice

ELSEWHERE = (990_001,)  # a practice that none of the claims belongs to
ROUTES = [
    (method, route)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "/static" not in route.path
    for method in sorted(route.methods or ())
]
SHORTEST_NAME = 4  # a shorter one stands in ordinary words


@pytest.fixture
def practice_engine(made_practice: Path, tmp_path: Path) -> Engine:
    return copy_practice(made_practice, tmp_path / "copy")


@pytest.fixture
def practice_app(practice_engine: Engine, settings: Settings, clock: FixedClock) -> FastAPI:
    return create_app(settings, engine=practice_engine, clock=clock)


def secrets_of(engine: Engine) -> set[str]:
    """What an outsider must never read: patients' family names, members' and claims' numbers."""
    with Session(engine) as session:
        patients = session.exec(select(Patient)).all()
        claims = session.exec(select(Claim)).all()
        found = {each.last_name for each in patients} | {each.member_id for each in session.exec(select(Coverage))}
        found |= {each.patient_control_number for each in claims}
        found |= {each.name for each in session.exec(select(Practice)).all()}
    return {each.casefold() for each in found if each and len(each) >= SHORTEST_NAME}


def addresses(route: APIRoute, claims: list[int]) -> list[str]:
    """The route's address with each claim's number in it, and small numbers for everything else."""
    numbers = claims if "{claim_id}" in route.path else [1, 2, 3]
    paths = {route.path: None}
    for name in route.param_convertors:
        paths = {path.replace(f"{{{name}}}", str(number)): None for path in paths for number in numbers}
    return list(paths)


def claim_ids(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return [each for each in session.exec(select(Claim.id)).all() if each is not None]


def leaks(browser: Browser, method: str, path: str, secrets: set[str]) -> set[str]:
    answer = browser.request(method, path, headers={"X-CSRF-Token": browser.csrf})
    assert answer.status_code < 500, f"{method} {path} broke"
    text = answer.text.casefold()
    return {secret for secret in secrets if secret in text}


@pytest.mark.parametrize("role", [Role.BILLER, Role.SUPERVISOR, Role.AUDITOR])
def test_an_outsider_reads_nothing_by_any_route(practice_app: FastAPI, practice_engine: Engine, role: Role) -> None:
    outsider = sign_in_as(practice_app, role, practice_ids=ELSEWHERE, name="Quill Outsider")
    secrets, claims = secrets_of(practice_engine), claim_ids(practice_engine)
    assert len(secrets) > 10
    for method, route in ROUTES:
        if route.path == "/sign-out":
            continue
        for path in addresses(route, claims):
            assert leaks(outsider, method, path, secrets) == set(), f"{role} {method} {path}"


def test_a_claim_behind_the_wall_looks_like_one_that_does_not_exist(
    practice_app: FastAPI, practice_engine: Engine
) -> None:
    outsider = sign_in_as(practice_app, Role.SUPERVISOR, practice_ids=ELSEWHERE)
    for number in [*claim_ids(practice_engine)[:5], 999_999]:
        assert outsider.get(f"/claims/{number}").status_code == 404


def test_the_walk_would_notice_because_an_insider_reads_them(practice_app: FastAPI, practice_engine: Engine) -> None:
    with Session(practice_engine) as session:
        inside = tuple(each for each in session.exec(select(Practice.id)).all() if each is not None)
    insider = sign_in_as(practice_app, Role.BILLER, practice_ids=inside)
    secrets = secrets_of(practice_engine)
    assert any(leaks(insider, "GET", f"/claims/{number}", secrets) for number in claim_ids(practice_engine))
