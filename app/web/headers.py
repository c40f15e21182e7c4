"""What every answer carries: a request id, and headers that leave the browser no room to be tricked.

Plain ASGI, so it also covers answers that no route made. The policy has no 'unsafe-inline': there is no inline
script, no inline style and no eval anywhere in the product (a house test holds that).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from http.cookies import SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.ids import new_request_id, new_token

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # no claim number leaves by the Referer; our own forms still carry an Origin
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
NO_STORE = "no-store"
TWO_YEARS = "max-age=63072000; includeSubDomains"
VISIT_COOKIE = "overturn_visit"

log = logging.getLogger("overturn.web")


def cookie_name(name: str, *, https: bool) -> str:
    """`__Host-` pins a cookie to this host over https; browsers refuse the prefix on plain http (localhost)."""
    return f"__Host-{name}" if https else name


class SecurityHeaders:
    """Number the request, give the browser its visit cookie, and put the headers on whatever is answered."""

    def __init__(self, app: ASGIApp, *, https: bool, broken: Callable[[Request, Exception], Response]) -> None:
        self.app = app
        self.broken = broken  # draws the page for an error that nobody expected
        self.https = https
        self.visit_cookie = cookie_name(VISIT_COOKIE, https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        request_id = state["request_id"] = new_request_id()
        visit = read_cookie(scope, self.visit_cookie)
        new_visit = "" if visit else new_token()
        state["visit"] = visit or new_visit

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                headers["x-request-id"] = request_id
                headers.setdefault("cache-control", NO_STORE)
                if self.https:
                    headers["strict-transport-security"] = TWO_YEARS
                if new_visit and headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", self._visit(new_visit))
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            # Answered here, not by the framework's outermost handler, whose answer would lack the headers.
            log.exception("request %s failed", request_id)
            if started:
                raise
            response = self.broken(Request(scope, receive), error)
            await response(scope, receive, send_with_headers)

    def _visit(self, token: str) -> str:
        secure = "; Secure" if self.https else ""
        return f"{self.visit_cookie}={token}; Path=/; HttpOnly; SameSite=Strict{secure}"


def read_cookie(scope: Scope, name: str) -> str:
    cookie: SimpleCookie = SimpleCookie()
    cookie.load(Headers(scope=scope).get("cookie", ""))
    morsel = cookie.get(name)
    return morsel.value if morsel else ""


def same_secret(first: str, second: str) -> bool:
    """Compare two secrets without telling by the time it takes."""
    return secrets.compare_digest(first.encode(), second.encode())
