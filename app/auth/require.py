"""The door of every route: who is there, and may they do this?

@router.get("/claims/{number}")
def claim(request: Request, viewer: Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))], …)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from app.audit.actor import Actor
from app.auth.permissions import Permission
from app.auth.sessions import Known, recognise, touch
from app.auth.viewer import Viewer, viewer_as
from app.core.db import is_sqlite, read_scope, session_scope
from app.web.errors import NotAllowed, NotSignedIn
from app.web.headers import cookie_name
from app.web.product import Product, client_ip, note_view, product_of

SESSION_COOKIE = "overturn_session"
TOUCH_AFTER = timedelta(seconds=60)  # writing at every request would make every page a write
CHANGE_PASSWORD = "/account"


class PasswordChangeNeeded(Exception):
    """An administrator set this person's password: they choose their own before anything else."""


@dataclass(frozen=True, slots=True)
class Require:
    """The dependency; the house test looks for it on every route."""

    permission: Permission

    async def __call__(self, request: Request) -> Viewer:
        viewer = await identify(request)
        if viewer is None:
            raise NotSignedIn
        if not viewer.may(self.permission):
            note_view(
                request,
                "access.refused",
                object_type="route",
                object_id=request.url.path,
                outcome="refused",
                detail={"permission": self.permission.value, "method": request.method},
            )
            raise NotAllowed
        if request.state.must_change_password and self.permission is not Permission.ACCOUNT:
            raise PasswordChangeNeeded
        return viewer


def require(permission: Permission) -> Require:
    """Only people whose role includes this permission."""
    return Require(permission)


@dataclass(frozen=True, slots=True)
class Public:
    """Marks the few routes that anybody may call; each stands in the house test's list too."""

    async def __call__(self) -> None:
        return None


public = Public()


def session_cookie(product: Product) -> str:
    return cookie_name(SESSION_COOKIE, https=product.settings.https)


def viewer_of(request: Request) -> Viewer | None:
    """The signed-in person, looked up once per request; None for nobody."""
    if not hasattr(request.state, "viewer"):
        _settle(request, _recognised(request))
        _say_still_there(request)
    found: Viewer | None = request.state.viewer
    return found


async def identify(request: Request, session: Session | None = None) -> Viewer | None:
    """The same without waiting, read in the request's session if it has one already.

    A trip to a worker thread is made only for what may wait: reading on SQLite waits for nobody, and takes less time
    than the trip.
    """
    if not hasattr(request.state, "viewer"):
        at_once = is_sqlite(product_of(request).engine)
        known = _recognised(request, session) if at_once else await run_in_threadpool(_recognised, request, session)
        _settle(request, known)
        if _is_due(request):
            await run_in_threadpool(_say_still_there, request)
    return viewer_of(request)


def _recognised(request: Request, session: Session | None = None) -> Known | None:
    product = product_of(request)
    token = _token(request)
    if not token:
        return None
    if session is None:
        with read_scope(product.engine) as own:
            return _recognised(request, own)
    longest = timedelta(hours=product.settings.session_hours)
    known = recognise(session, token, product.clock.now(), idle=idle_limit(product), longest=longest)
    return None if known is not None and known.is_demo and not product.settings.demo else known


def _token(request: Request) -> str:
    return request.cookies.get(session_cookie(product_of(request)), "")


def _settle(request: Request, known: Known | None) -> None:
    request.state.known = known
    request.state.viewer = None
    if known is None:
        return
    demo = product_of(request).settings.demo
    request.state.sign_in_id = known.sign_in_id
    request.state.draft_key = draft_key(_token(request))
    request.state.must_change_password = known.must_change_password
    request.state.actor = _actor(request, known)
    request.state.viewer = viewer_as(known.person_id, known.name, known.role, known.practice_ids, demo=demo)


def _is_due(request: Request) -> bool:
    known: Known | None = request.state.known
    return known is not None and product_of(request).clock.now() - known.seen_at >= TOUCH_AFTER


def _say_still_there(request: Request) -> None:
    if _is_due(request):
        product = product_of(request)
        with session_scope(product.engine) as session:
            touch(session, request.state.sign_in_id, product.clock.now())


def draft_key(token: str) -> str:
    """With what this sign-in's browser seals a note that is not saved (js/sealed.js): 32 bytes, in base64.

    The server keeps no sign-in's token, and the browser's goes when it signs out: nobody can make the key again then.
    """
    return base64.b64encode(hmac.digest(token.encode(), b"overturn draft", hashlib.sha256)).decode()


def idle_limit(product: Product) -> timedelta:
    return timedelta(minutes=product.settings.idle_minutes)


def _actor(request: Request, known: Known) -> Actor:
    return Actor(
        person_id=known.person_id,
        name=known.name,
        role=known.role.value,
        session_id=str(known.sign_in_id),
        ip=client_ip(request),
        user_agent=request.headers.get("user-agent", ""),
        request_id=request.state.request_id,
    )
