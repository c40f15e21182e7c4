"""The search in the bar of every page: claims open and closed, payments, answers that wait."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.followup.filters import TEXT_LENGTH
from app.followup.find import MOST_CLAIMS, find, sought
from app.followup.find_codes import codes_named
from app.followup.words import WORDS
from app.web.pages import redirect, render
from app.web.product import Database, note_view

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]


@router.get("/find")
def find_anything(request: Request, session: Database, viewer: CanView, q: Annotated[str, Query()] = "") -> Response:
    """Open work alone is shown in the workbench, ranked; anything else on a page of its own."""
    text = " ".join(q.replace("\0", "").split())[:TEXT_LENGTH]
    if not text:
        return redirect(request, "/work")
    found = find(session, viewer.practice_ids, text)
    named = codes_named(session, viewer.practice_ids, text)
    if found.is_open_work_alone and not named:
        return redirect(request, f"/work?{urlencode({'text': text})}")
    note_view(request, "claim.search", detail={"claims": len(found.claims)})
    is_day_alone = sought(text).is_too_little
    return render(
        request,
        "work/find.html",
        text=text,
        found=found,
        codes=named,
        is_day_alone=is_day_alone,
        most=MOST_CLAIMS,
        may_see_money=viewer.may(Permission.LEDGER_VIEW),
        **WORDS,
    )
