"""Every route has a door. A route without one is a way in that nobody decided on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.auth.permissions import PERMISSIONS, Permission, Role
from app.auth.require import Public, Require
from app.main import ROUTERS
from tests.browser_double import Browser, sign_in_as

# Whoever adds to this list says in the commit why anybody may call it.
PUBLIC = {
    ("GET", "/static/{version}/{path:path}"),  # style, scripts, fonts: nothing about anybody
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-in/demo"),  # answers 404 outside demo mode
}

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
NAMED = [(method, route) for route in ROUTES for method in sorted(route.methods or ())]
PRIVATE = [(method, route) for method, route in NAMED if (method, route.path) not in PUBLIC]


def doors(dependant: Dependant) -> Iterator[object]:
    for each in dependant.dependencies:
        yield each.call
        yield from doors(each)


def spelled(pair: tuple[str, APIRoute]) -> str:
    return f"{pair[0]} {pair[1].path}"


def path_of(route: APIRoute) -> str:
    """An address that the route answers to; the parts in braces are numbers or words."""
    path = route.path
    for name in route.param_convertors:
        path = path.replace(f"{{{name}}}", "1").replace(f"{{{name}:path}}", "1").replace(f"{{{name}:int}}", "1")
    return path


@pytest.mark.parametrize("pair", PRIVATE, ids=spelled)
def test_every_route_demands_a_permission_that_some_role_has(pair: tuple[str, APIRoute]) -> None:
    demanded = [door.permission for door in doors(pair[1].dependant) if isinstance(door, Require)]
    assert len(demanded) == 1, "ask for exactly one permission by Depends(require(…))"
    assert any(demanded[0] in held for held in PERMISSIONS.values())


def test_the_public_routes_are_those_of_the_list_and_say_so() -> None:
    assert {(method, route.path) for method, route in NAMED} >= PUBLIC
    for method, route in NAMED:
        if (method, route.path) in PUBLIC:
            public = any(isinstance(door, Public) for door in doors(route.dependant))
            assert public or "/static" in route.path, route.path


@pytest.mark.parametrize("pair", PRIVATE, ids=spelled)
def test_nobody_gets_in_without_signing_in(anonymous: Browser, pair: tuple[str, APIRoute]) -> None:
    method, route = pair
    answer = anonymous.request(method, path_of(route), headers={"X-CSRF-Token": anonymous.csrf})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")
    asked_by_script = anonymous.request(
        method, path_of(route), headers={"X-CSRF-Token": anonymous.csrf, "HX-Request": "true"}
    )
    assert asked_by_script.status_code == 401


def test_no_role_gets_through_a_door_that_is_not_its_own(app: FastAPI) -> None:
    for role in Role:
        browser = sign_in_as(app, role)
        for method, route in PRIVATE:
            (door,) = [each for each in doors(route.dependant) if isinstance(each, Require)]
            if door.permission in PERMISSIONS[role]:
                continue
            answer = browser.request(method, path_of(route), headers={"X-CSRF-Token": browser.csrf})
            assert answer.status_code == 403, f"{role} {method} {route.path}"


@pytest.mark.parametrize("pair", [pair for pair in NAMED if pair[0] != "GET"], ids=spelled)
def test_every_form_needs_its_token(pair: tuple[str, APIRoute], anonymous: Browser) -> None:
    method, route = pair
    assert anonymous.request(method, path_of(route)).status_code == 403


def test_every_permission_is_in_some_role() -> None:
    assert set(Permission) == set().union(*PERMISSIONS.values())
