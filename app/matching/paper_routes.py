"""Typing in a remittance that came on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session
from starlette.datastructures import FormData

from app.audit.actor import act_as
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import practices
from app.core.db import read_scope, session_scope
from app.intake.desk import Desk
from app.intake.tables import SetState
from app.matching.loaders import LOADERS
from app.matching.paper import (
    METHODS,
    MOST_LINES,
    STATUSES,
    Paper,
    TypedAdjustment,
    TypedLine,
    TypedRemittance,
    read_paper,
)
from app.matching.paper_file import PaperFile, load_paper, paper_file
from app.matching.remittance_queries import known_payers
from app.web.errors import Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import actor_in, product_of
from app.web.toasts import toast

router = APIRouter()
CanPost = Annotated[Viewer, Depends(require(Permission.LEDGER_POST))]

FIRST_LINES, MORE_LINES = 4, 6
PROVIDER_ROWS = 2
LONGEST_TYPED = 400  # of one field; adjustments are the longest


async def typed_form(request: Request) -> FormData:
    """The repeated rows of the form, in their order."""
    return await request.form(max_fields=MOST_LINES * len(TypedLine._fields) + 50)


Typed = Annotated[FormData, Depends(typed_form)]


@router.get("/remittances/paper")
def blank(request: Request, viewer: CanPost) -> Response:
    """An empty form."""
    first = TypedRemittance(viewer.practice_ids[0] if viewer.practice_ids else 0, 0, "", "", "CHK", "")
    with read_scope(product_of(request).engine) as session:
        return _form(request, session, viewer, first, None, rows=FIRST_LINES)


@router.post("/remittances/paper")
def take(request: Request, viewer: CanPost, form: Typed) -> Response:
    """Foot it; post it when it foots and that was asked for."""
    product = product_of(request)
    typed = _typed(form)
    act = form.get("act")
    with read_scope(product.engine) as session:
        known = {number for number, _ in known_payers(session, viewer.practice_ids)}
        if typed.practice_id not in viewer.practice_ids or typed.payer_id not in known:
            raise NotFound
        rows = len(typed.lines) + (MORE_LINES if act == "more" else 0)
        paper = read_paper(session, typed, product.clock.today())
        file = PaperFile(b"", ())
        if not paper.problems:
            file = paper_file(paper, product.clock.now())
            paper = paper._replace(problems=file.problems)
        if act != "post" or paper.problems:
            status = 422 if act == "post" else 200
            return _form(request, session, viewer, typed, paper, rows=min(rows, MOST_LINES), status=status)
    return _post(request, file, paper)


def _post(request: Request, file: PaperFile, paper: Paper) -> Response:
    product = product_of(request)
    desk = Desk(product.engine, product.settings, product.clock, LOADERS, actor_in(request))
    loaded = load_paper(desk, file, f"paper-{paper.remittance.trace}.edi")
    report = loaded.report
    if report.touched_claim_ids:
        with session_scope(product.engine) as session:
            act_as(session, desk.actor, product.clock)
            request.app.state.claims_changed(session, product.clock, report.touched_claim_ids)
    if report.states[SetState.LOADED]:
        claims = "1 claim" if report.claims == 1 else f"{report.claims:,} claims"
        toast(request, f"Posted from paper: {claims}.")
    else:
        toast(request, f"Not posted: {report.reason}", kind="warning")
    return redirect(request, f"/remittances/{loaded.remittance_id}" if loaded.remittance_id else "/remittances")


def _form(
    request: Request,
    session: Session,
    viewer: Viewer,
    typed: TypedRemittance,
    paper: Paper | None,
    *,
    rows: int,
    status: int = 200,
) -> Response:
    shown: dict[str, Any] = {
        "typed": typed,
        "lines": [*typed.lines, *([TypedLine()] * max(0, rows - len(typed.lines)))],
        "provider": [*typed.provider, *([TypedAdjustment()] * max(0, PROVIDER_ROWS - len(typed.provider)))],
        "paper": paper,
        "methods": METHODS,
        "statuses": STATUSES,
        "payers": known_payers(session, viewer.practice_ids),
        "practices": [(each.id, each.name) for each in practices(session, viewer.practice_ids)],
        "most": MOST_LINES,
    }
    return render(request, "remittances/paper.html", status=status, **shown)


def _typed(form: FormData) -> TypedRemittance:
    """The form as typed; raises Invalid for what no page of ours sends."""
    lines = [TypedLine(*row) for row in _rows(form, "line", TypedLine._fields)]
    provider = [TypedAdjustment(*row) for row in _rows(form, "plb", TypedAdjustment._fields)]
    if len(lines) > MOST_LINES:
        raise Invalid(f"At most {MOST_LINES} lines at once.")
    return TypedRemittance(
        _number(form, "practice"),
        _number(form, "payer"),
        _one(form, "trace"),
        _one(form, "paid_on"),
        _one(form, "method"),
        _one(form, "paid"),
        tuple(lines),
        tuple(provider),
    )


def _rows(form: FormData, kind: str, names: Sequence[str]) -> list[tuple[str, ...]]:
    columns = [_column(form, f"{kind}_{name}") for name in names]
    if len({len(column) for column in columns}) > 1:
        raise Invalid("Some rows of the form are incomplete. Reload the page and type them again.")
    return list(zip(*columns, strict=True))


def _column(form: FormData, name: str) -> list[str]:
    values = [value for value in form.getlist(name) if isinstance(value, str)]
    if any(len(value) > LONGEST_TYPED for value in values):
        raise Invalid(f"A field holds at most {LONGEST_TYPED} letters.")
    return values


def _one(form: FormData, name: str) -> str:
    return next(iter(_column(form, name)), "")


def _number(form: FormData, name: str) -> int:
    text = _one(form, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
