"""Fee schedules on screen: what is loaded, what a procedure is worth on a day, and a CSV looked through before it is
kept."""

from __future__ import annotations

import io
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from sqlmodel import Session, col, select

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.matching.fee_queries import FeeFilter, fees, payers_with_fees
from app.matching.fees import COLUMNS, FeePreview, FeeRefused, load_fees, preview_fees
from app.matching.routes import claims_changed
from app.matching.tables import Underpayment
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.LEDGER_VIEW))]
CanManage = Annotated[Viewer, Depends(require(Permission.TABLES_MANAGE))]

LARGEST_CSV_BYTES = 2 * 2**20  # some forty thousand fees; a larger schedule goes by `overturn fees load`


@router.get("/money/fees")
def fee_list(
    request: Request, session: Database, viewer: CanView, payer: int = 0, procedure: str = "", on: str = ""
) -> Response:
    """By payer, procedure and day."""
    return _page(request, session, viewer, FeeFilter(payer, procedure.strip().upper()[:7], _day(on)))


@router.post("/money/fees/preview")
def preview(request: Request, session: Database, viewer: CanManage, file: Annotated[UploadFile, File()]) -> Response:
    """What loading it would do; nothing is kept."""
    content = file.file.read(LARGEST_CSV_BYTES + 1)
    try:
        if len(content) > LARGEST_CSV_BYTES:
            raise FeeRefused(f"It is larger than {LARGEST_CSV_BYTES // 2**20} MB: use `overturn fees load`")
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        toast(request, "Nothing was taken: the file is not UTF-8 text.", kind="error")
        return redirect(request, "/money/fees")
    except FeeRefused as refusal:
        toast(request, f"Nothing was taken. {refusal}.", kind="error")
        return redirect(request, "/money/fees")
    return _preview(request, session, viewer, text)


@router.post("/money/fees")
def load(
    request: Request, session: Database, clock: CurrentClock, viewer: CanManage, text: Annotated[str, Form()] = ""
) -> Response:
    """All rows or none; every answer of its payers is held against it at once."""
    looked = preview_fees(session, io.StringIO(text, newline=""))
    if looked.errors or not looked.fees:
        return _preview(request, session, viewer, text)
    before = _short(session, looked.payers)
    loaded = load_fees(session, io.StringIO(text, newline=""))
    claims_changed(request, session, clock, sorted(before.symmetric_difference(_short(session, looked.payers))))
    number = loaded.underpaid_claims
    short = "1 claim falls short of them" if number == 1 else f"{number:,} claims fall short of them"
    toast(request, f"{loaded.fees:,} fees taken; {short}.")
    return redirect(request, "/money/fees")


def _preview(request: Request, session: Session, viewer: Viewer, text: str) -> Response:
    looked = preview_fees(session, io.StringIO(text, newline=""))
    status = 422 if looked.errors or not looked.fees else 200
    return _page(request, session, viewer, FeeFilter(0, "", None), looked=looked, text=text, status=status)


def _page(
    request: Request,
    session: Session,
    viewer: Viewer,
    wanted: FeeFilter,
    *,
    looked: FeePreview | None = None,
    text: str = "",
    status: int = 200,
) -> Response:
    values: dict[str, Any] = {"looked": looked, "text": text, "columns": COLUMNS}
    return render(
        request,
        "money/fees.html",
        status=status,
        page=fees(session, viewer.practice_ids, wanted),
        wanted=wanted,
        payers=payers_with_fees(session),
        **values,
    )


def _short(session: Session, payers: tuple[int, ...]) -> set[int]:
    return set(session.exec(select(Underpayment.claim_id).where(col(Underpayment.payer_id).in_(payers))))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
