"""Practice settings on screen: what its letters and forms say of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session, col, select
from starlette.datastructures import UploadFile

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.letterhead import LARGEST_LOGO_BYTES, LetterheadRefused, letterhead_of, set_letterhead
from app.claims.tables import Letterhead, Practice
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanManage = Annotated[Viewer, Depends(require(Permission.TABLES_MANAGE))]
FIELDS = ("name", "address", "phone", "fax", "pay_to", "contact", "contact_phone", "signer")


async def typed_letterhead(request: Request) -> tuple[dict[str, str], bytes]:
    """The text fields, and the logo as far as it may be read."""
    async with request.form() as form:
        file = form.get("logo")
        logo = await file.read(LARGEST_LOGO_BYTES + 1) if isinstance(file, UploadFile) else b""
        return {name: value for name, value in form.items() if isinstance(value, str)}, logo


@router.get("/practices")
def practices(request: Request, session: Database, viewer: CanManage) -> Response:
    """Those of the viewer; an administrator's are all."""
    rows = [(each, letterhead_of(session, each)) for each in _practices(session, viewer)]
    return render(request, "practices/index.html", rows=rows)


@router.get("/practices/{practice_id}")
def one_practice(request: Request, session: Database, viewer: CanManage, practice_id: int) -> Response:
    """Letterhead, pay-to address, contact and signature."""
    practice = _practice(session, viewer, practice_id)
    head = letterhead_of(session, practice)
    return _page(request, practice, head, {name: getattr(head, name) for name in FIELDS})


@router.get("/practices/{practice_id}/logo")
def logo(session: Database, viewer: CanManage, practice_id: int) -> Response:
    """The picture by itself."""
    head = letterhead_of(session, _practice(session, viewer, practice_id))
    if head.logo is None:
        raise NotFound
    return Response(head.logo, media_type=head.logo_type)


@router.post("/practices/{practice_id}")
def keep(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanManage,
    practice_id: int,
    typed: Annotated[tuple[dict[str, str], bytes], Depends(typed_letterhead)],
) -> Response:
    """Keep it; letters made from now on carry it."""
    practice = _practice(session, viewer, practice_id)
    fields, picture = typed
    try:
        set_letterhead(
            session,
            clock,
            practice,
            fields,
            logo=picture,
            without_logo=bool(fields.get("without_logo")),
            person_name=viewer.name,
        )
    except LetterheadRefused as refusal:
        head = letterhead_of(session, practice)
        typed_back = {name: fields.get(name, "") for name in FIELDS}
        return _page(request, practice, head, typed_back, refusal=str(refusal))
    toast(request, "Kept: letters and forms made from now on carry it.")
    return redirect(request, f"/practices/{practice_id}")


def _page(
    request: Request, practice: Practice, head: Letterhead, typed: dict[str, str], *, refusal: str = ""
) -> Response:
    return render(
        request,
        "practices/practice.html",
        status=422 if refusal else 200,
        practice=practice,
        letterhead=head,
        typed=typed,
        refusal=refusal,
    )


def _practices(session: Session, viewer: Viewer) -> list[Practice]:
    """Whoever manages people and settings sees no patient, and every practice's name."""
    statement = select(Practice).order_by(Practice.name)
    if viewer.may(Permission.CLAIMS_VIEW):
        statement = statement.where(col(Practice.id).in_(viewer.practice_ids))
    return list(session.exec(statement))


def _practice(session: Session, viewer: Viewer, practice_id: int) -> Practice:
    found = next((each for each in _practices(session, viewer) if each.id == practice_id), None)
    if found is None:
        raise NotFound
    return found
