"""Sign in and out, one's own password, and how the screen looks."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.audit.actor import Actor
from app.audit.record import record
from app.auth import demo
from app.auth.passwords import WeakPassword, verify_password
from app.auth.people import find_by_email, find_person, set_password
from app.auth.permissions import Permission
from app.auth.require import public, require, session_cookie, viewer_of
from app.auth.sessions import end, end_all
from app.auth.sign_in import Refused, let_in, sign_in
from app.auth.viewer import Viewer
from app.web.errors import NotFound
from app.web.pages import KEYS_COOKIE, THEME_COOKIE, THEMES, redirect, render
from app.web.product import CurrentClock, Database, actor_in, product_of
from app.web.toasts import is_own_path, toast

PREFERENCE_AGE = timedelta(days=400)  # the longest that browsers keep a cookie

router = APIRouter()
Me = Annotated[Viewer, Depends(require(Permission.ACCOUNT))]

# Where each role's day begins, first that it may open.
HOMES = (("/work", Permission.CLAIMS_VIEW), ("/people", Permission.PEOPLE_MANAGE), ("/account", Permission.ACCOUNT))


@router.get("/")
def home(request: Request, viewer: Me) -> Response:
    paths = request.app.state.paths
    return redirect(request, next(path for path, needed in HOMES if viewer.may(needed) and path in paths))


@router.get("/sign-in", dependencies=[Depends(public)])
def sign_in_page(request: Request, next: str = "/") -> Response:
    if viewer_of(request) is not None:
        return redirect(request, next)
    return _sign_in_page(request, next, error="", email="", status=200)


@router.post("/sign-in", dependencies=[Depends(public)])
def sign_in_try(
    request: Request,
    session: Database,
    clock: CurrentClock,
    email: Annotated[str, Form(max_length=254)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    request.state.viewer = None
    product = product_of(request)
    actor = _nobody(request)
    answer = sign_in(session, email, password, actor=actor, clock=clock, demo=product.settings.demo)
    if isinstance(answer, Refused):
        return _sign_in_page(request, next, error=answer.text, email=email, status=answer.status)
    return _welcome(request, session, answer.token, next)


@router.post("/sign-in/demo", dependencies=[Depends(public)])
def demo_sign_in(
    request: Request,
    session: Database,
    clock: CurrentClock,
    email: Annotated[str, Form(max_length=254)],
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """One click, in demo mode only."""
    person = find_by_email(session, email) if product_of(request).settings.demo else None
    if person is None or not person.is_demo or person.disabled_at is not None:
        raise NotFound
    token = let_in(session, person, actor=_nobody(request), clock=clock)
    return _welcome(request, session, token, next)


@router.post("/sign-out")
def sign_out(request: Request, session: Database, clock: CurrentClock, viewer: Me) -> Response:
    product = product_of(request)
    name = session_cookie(product)
    end(session, request.cookies.get(name, ""), clock.now())
    record(session, "sign_out.done", object_type="person", object_id=viewer.person_id)
    response = redirect(request, "/sign-in")
    response.delete_cookie(name, secure=product.settings.https, httponly=True, samesite="lax")
    return response


@router.get("/session")
def still_there(request: Request, viewer: Me) -> dict[str, int | str]:
    """Asked while somebody types, so that a long note does not end in a sign-out; a page that outlived its sign-in
    learns who is there now, and the key for what stands in its fields."""
    return {"person_id": viewer.person_id, "draft_key": request.state.draft_key}


@router.get("/account")
def account_page(request: Request, viewer: Me) -> Response:
    return _account(request, error="", wrong="", status=200)


@router.post("/account/password")
def change_password(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: Me,
    current: Annotated[str, Form(max_length=1024)] = "",
    chosen: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    person = find_person(session, viewer.person_id)
    if not verify_password(person.password_hash, current):
        record(session, "person.change_password", object_type="person", object_id=viewer.person_id, outcome="refused")
        return _account(request, error="", wrong="This is not your current password.", status=422)
    try:
        now, kept = clock.now(), request.state.sign_in_id
        set_password(session, person, chosen, now=now, by_administrator=False, keep_sign_in=kept)
    except WeakPassword as weak:
        return _account(request, error=str(weak), wrong="", status=422)
    request.state.must_change_password = False
    toast(request, "Password changed. Every other browser was signed out.")
    return redirect(request, "/account")


@router.post("/account/sign-out-others")
def sign_out_others(request: Request, session: Database, clock: CurrentClock, viewer: Me) -> Response:
    ended = end_all(session, viewer.person_id, clock.now(), but=request.state.sign_in_id)
    record(session, "sign_out.others", object_type="person", object_id=viewer.person_id, detail={"signed_out": ended})
    toast(request, f"Signed out of {ended} other browser{'' if ended == 1 else 's'}.")
    return redirect(request, "/account")


@router.post("/preferences")
def prefer(
    request: Request,
    viewer: Me,
    theme: Annotated[str, Form(max_length=10)] = "",
    single_keys: Annotated[str, Form(max_length=10)] = "",
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """How this browser looks; nothing about it is secret, so a plain cookie keeps it."""
    response = redirect(request, back)
    secure = product_of(request).settings.https
    chosen = {THEME_COOKIE: theme if theme in THEMES else "", KEYS_COOKIE: single_keys}
    for name, value in chosen.items():
        if value:
            age = int(PREFERENCE_AGE.total_seconds())
            response.set_cookie(name, value, max_age=age, httponly=True, samesite="lax", secure=secure)
    return response


def _nobody(request: Request) -> Actor:
    """Whoever tries to sign in is nobody yet, also where an old sign-in is still in the browser."""
    request.state.actor = None
    return actor_in(request)


def _welcome(request: Request, session: Database, token: str, next: str) -> Response:
    product = product_of(request)
    old = request.cookies.get(session_cookie(product))
    if old:
        end(session, old, product.clock.now())
    response = redirect(request, next if is_own_path(next) else "/")
    response.set_cookie(
        session_cookie(product), token, path="/", httponly=True, samesite="lax", secure=product.settings.https
    )
    return response


def _sign_in_page(request: Request, next: str, *, error: str, email: str, status: int) -> Response:
    cast = demo.CAST if product_of(request).settings.demo else ()
    path = next if is_own_path(next) else "/"
    return render(request, "sign_in.html", status=status, next=path, error=error, email=email, cast=cast)


def _account(request: Request, *, error: str, wrong: str, status: int) -> Response:
    must = request.state.must_change_password
    return render(request, "account.html", status=status, error=error, wrong=wrong, must_change=must)
