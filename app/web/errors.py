"""Trouble a person meets, in words: what happened, what to do, and the request id to quote."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from app.core.db import DatabaseBusy

SIGN_IN = "/sign-in"
SIGNED_OUT_EVENT = "overturn:signed-out"

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


class NotSignedIn(Exception):
    """Nobody is signed in, or the session ended."""


class NotAllowed(Exception):
    """The person's role does not include this."""


class NotFound(Exception):
    """There is no such thing, or it lies behind a practice's wall: the answer is the same on purpose."""


class Conflict(Exception):
    """Somebody else changed it first. `Conflict("Dana snoozed this claim at 9:14.")`"""


class Invalid(Exception):
    """What was typed cannot be used. `Invalid("The date lies in the past.")`"""


class Forgery(Exception):
    """A form that did not come from one of our pages, or from one that is too old."""


class TooMany(Exception):
    """Too many tries; wait."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One error page."""

    status: int
    title: str
    text: str


TROUBLES: dict[type[Exception] | int, Trouble] = {
    NotAllowed: Trouble(403, "Not part of your role", "Ask an administrator if you need to do this."),
    Forgery: Trouble(
        403,
        "This form is no longer valid",
        "Go back, reload the page and send it again. What you typed is still in your browser.",
    ),
    NotFound: Trouble(404, "Nothing here", "It does not exist, or it belongs to another practice."),
    Conflict: Trouble(409, "Somebody was faster", "Reload to see how it stands now."),
    Invalid: Trouble(422, "That cannot be used", "Check what you entered and send it again."),
    TooMany: Trouble(429, "Too many tries", "Wait a few minutes, then try again."),
    DatabaseBusy: Trouble(503, "The database is busy", "Something large is being written. Try again in a minute."),
    RequestValidationError: Trouble(422, "That cannot be used", "A field is missing or has the wrong form."),
    405: Trouble(405, "Not this way", "This address does not answer to that kind of request."),
    413: Trouble(413, "Too large", "The file is larger than this page takes. Use the inbox folder for it."),
    500: Trouble(
        500, "Something broke on our side", "Nothing was changed. Try again; if it stays, quote the number below."
    ),
}


def add_error_pages(app: FastAPI, page: Callable[[Request, Trouble], Response]) -> None:
    """Register a handler for every kind of trouble; `page` draws it."""

    def of_kind(kind: type[Exception]) -> Handler:
        def handle(request: Request, error: Exception) -> Response:
            known = TROUBLES[kind]
            said = str(error) if kind in (Conflict, Invalid, NotAllowed, NotFound, TooMany) and str(error) else ""
            return page(request, Trouble(known.status, known.title, said or known.text))

        return handle

    for kind in TROUBLES:
        if isinstance(kind, type):
            app.add_exception_handler(kind, of_kind(kind))

    def of_status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        known = TROUBLES[NotFound] if error.status_code == 404 else TROUBLES.get(error.status_code)
        return page(request, known or Trouble(error.status_code, "This did not work", str(error.detail)))

    app.add_exception_handler(HTTPException, of_status)
    app.add_exception_handler(NotSignedIn, _ask_to_sign_in)


async def _ask_to_sign_in(request: Request, error: Exception) -> Response:
    """A page leads to the sign-in and back; a form too, with what was typed into it where it is marked for that.

    A fragment, or a form by script, stays where it is and says so.
    """
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Trigger": SIGNED_OUT_EVENT, "HX-Reswap": "none"})
    if request.method == "GET":
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        here = await request.app.state.keep_typed(request) or _came_from(request)
    return RedirectResponse(f"{SIGN_IN}?next={quote(here, safe='/')}", status_code=303)


def _came_from(request: Request) -> str:
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc != request.headers.get("host"):
        return "/"
    return referer.path + (f"?{referer.query}" if referer.query else "")
