"""A browser for tests without a window: keeps cookies, sends the forgery token, follows a form's redirect."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from app.auth.people import add_person, person_id
from app.auth.permissions import Role
from app.auth.require import SESSION_COOKIE
from app.auth.sessions import begin
from app.core.db import session_scope
from app.web.csrf import token_for
from app.web.headers import VISIT_COOKIE
from app.web.product import Product

PASSWORD = "four plain words here"
NAMES = {
    Role.BILLER: "Dana Reyes",
    Role.SUPERVISOR: "Sam Whitfield",
    Role.ADMINISTRATOR: "Ada Lindqvist",
    Role.AUDITOR: "Otis Marchetti",
}


class Browser(TestClient):
    """`person_id` is who is signed in; 0 for nobody."""

    def __init__(self, app: FastAPI, *, person_id: int = 0) -> None:
        super().__init__(app, raise_server_exceptions=False, follow_redirects=False)
        self.person_id = person_id
        self.visit = uuid4().hex
        self.cookies.set(VISIT_COOKIE, self.visit)

    @property
    def csrf(self) -> str:
        return token_for(self.visit)

    def submit(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Response:
        """Send a form as a page of ours would."""
        answer: Response = self.post(path, data={"csrf": self.csrf, **(data or {})}, **options)
        return answer

    def fragment(self, path: str) -> Response:
        """Ask as htmx does."""
        answer: Response = self.get(path, headers={"HX-Request": "true"})
        return answer


def sign_in_as(app: FastAPI, role: Role, *, practice_ids: tuple[int, ...] = (1,), name: str = "") -> Browser:
    """A new person of this role, already signed in."""
    product: Product = app.state.product
    now = product.clock.now()
    called = name or NAMES[role]
    with session_scope(product.engine) as session:
        person = add_person(
            session,
            email=f"{role.value}.{uuid4().hex[:8]}@example.test",
            name=called,
            role=role,
            practice_ids=practice_ids,
            password=PASSWORD,
            now=now,
            must_change_password=False,
        )
        token = begin(session, person, now, ip="testclient", user_agent="test")
        browser = Browser(app, person_id=person_id(person))
    browser.cookies.set(SESSION_COOKIE, token)
    return browser
