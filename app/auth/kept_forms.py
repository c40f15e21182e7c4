"""What was typed into a form whose sign-in had ended, kept until the same person is back.

Without a script nothing warns before a form is sent, so the server keeps it: only the fields that the form marks as
kept, only for the browser visit that sent it and the person who was signed in there, and only for half an hour. It is
put into the form again; nothing is done with it until that person sends it.

A form marks itself with the macro `keep_typed("note outcome", at="/work?claim=12&kept=1#touch")`; its page reads
`kept_form(request, session, viewer, "/claims/12/touches")`, and the act says `forget_form` of the same path.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy import bindparam
from sqlalchemy import delete as delete_rows
from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from app.audit.actor import act_as
from app.audit.record import record
from app.auth.require import session_cookie
from app.auth.tables import KeptForm, SignIn
from app.auth.viewer import Viewer
from app.core.bulk import table_of
from app.core.db import session_scope
from app.core.ids import hash_token
from app.web.product import actor_in, product_of
from app.web.toasts import is_own_path

KEPT_FOR = timedelta(minutes=30)
MOST_FIELDS = 100  # a call sheet has three for each of its twenty claims
MOST_SIGNS = 20_000  # of all fields together
MOST_FORMS = 5  # of one visit
NAMES, AT = "keep", "keep_at"  # the marks of a form


async def keep_typed(request: Request) -> str:
    """Keep a marked form that met no sign-in. Answers with the page that will show it, "" when nothing was kept."""
    form = await request.form()
    fields, at = _marked(form), form.get(AT)
    token = request.cookies.get(session_cookie(product_of(request)), "")
    if not fields or not token or not isinstance(at, str) or not is_own_path(at):
        return ""
    return at if await run_in_threadpool(_keep, request, token, fields) else ""


def kept_form(request: Request, session: Session, viewer: Viewer, path: str) -> dict[str, str]:
    """What this person typed for that path in this visit before the sign-in ended; empty when there is nothing."""
    since = product_of(request).clock.now() - KEPT_FOR
    found = session.exec(
        _of(request, path).where(KeptForm.person_id == viewer.person_id, KeptForm.kept_at > since)
    ).first()
    return dict(found.fields) if found is not None else {}


def forget_form(request: Request, session: Session, path: str) -> None:
    """The form was sent after all."""
    visit = hash_token(request.state.visit)
    session.connection().execute(_FORGET, {"visit_hash": visit, "path": path})


_kept = table_of(KeptForm)
_FORGET = delete_rows(_kept).where(_kept.c.visit_hash == bindparam("visit_hash"), _kept.c.path == bindparam("path"))


def _of(request: Request, path: str) -> SelectOfScalar[KeptForm]:
    return select(KeptForm).where(KeptForm.visit_hash == hash_token(request.state.visit), KeptForm.path == path)


def _marked(form: FormData) -> dict[str, str]:
    """The fields that the form names; a name that ends in a dash stands for all that begin so."""
    marks = form.get(NAMES)
    wanted = tuple(marks.split()) if isinstance(marks, str) else ()
    exact = {name for name in wanted if not name.endswith("-")}
    begun = tuple(name for name in wanted if name.endswith("-"))
    found = {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and value and (name in exact or (begun and name.startswith(begun)))
    }
    too_much = len(found) > MOST_FIELDS or sum(map(len, found.values())) > MOST_SIGNS
    return {} if too_much else found


def _keep(request: Request, token: str, fields: dict[str, str]) -> bool:
    """Kept for the person whose sign-in this was; a browser that never had one keeps nothing here."""
    product = product_of(request)
    now, visit, path = product.clock.now(), hash_token(request.state.visit), request.url.path
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        person_id = session.exec(select(SignIn.person_id).where(SignIn.token_hash == hash_token(token))).first()
        if person_id is None:
            return False
        _make_room(session, visit, path, now)
        session.add(KeptForm(visit_hash=visit, person_id=person_id, path=path, fields=dict(fields), kept_at=now))
        record(session, "form.kept", object_type="person", object_id=person_id, detail={"path": path})
    return True


def _make_room(session: Session, visit: str, path: str, now: datetime) -> None:
    """Away with what is too old, what this path held before, and the oldest beyond the limit."""
    session.exec(delete(KeptForm).where(col(KeptForm.kept_at) <= now - KEPT_FOR))
    session.exec(delete(KeptForm).where(col(KeptForm.visit_hash) == visit, col(KeptForm.path) == path))
    held = select(KeptForm).where(KeptForm.visit_hash == visit).order_by(col(KeptForm.id).desc())
    for row in session.exec(held.offset(MOST_FORMS - 1)):
        session.delete(row)
