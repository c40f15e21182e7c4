"""The files page: what arrived, what became of it, and what was found wrong with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.intake.queries import file_view, files, last_pickup
from app.intake.tables import FileState, SetState
from app.web.errors import NotFound
from app.web.pages import render
from app.web.product import Database, note_view

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.FILES_VIEW))]

STATE_LABELS = {
    FileState.STORED: "Not loaded yet",
    FileState.LOADED: "Loaded",
    FileState.PARTLY: "Partly loaded",
    FileState.QUARANTINED: "Set aside",
}
STATE_TONES = {FileState.LOADED: "good", FileState.PARTLY: "warn", FileState.QUARANTINED: "bad"}
SET_LABELS = {
    SetState.LOADED: "Loaded",
    SetState.DUPLICATE: "Seen before, nothing posted",
    SetState.CONFLICT: "Conflicts with an earlier one, held",
    SetState.HELD: "Held",
    SetState.TEST: "Test, not posted",
    SetState.UNREAD: "Not used here",
    SetState.FAILED: "Failed, tried again",
}
SET_TONES = {SetState.LOADED: "good", SetState.DUPLICATE: "neutral", SetState.UNREAD: "neutral"}


@router.get("/files")
def file_list(request: Request, session: Database, viewer: CanView, state: str = "", before: int = 0) -> Response:
    """Newest first, with the state of the pick-up beside it."""
    rows = files(session, viewer.practice_ids, state=state, before=before)
    return render(
        request,
        "files/index.html",
        rows=rows,
        state=state,
        labels={key.value: label for key, label in STATE_LABELS.items()},
        tones={key.value: STATE_TONES.get(key, "neutral") for key in FileState},
        last=last_pickup(session),
    )


@router.get("/files/{file_id}")
def one_file(request: Request, session: Database, viewer: CanView, file_id: int) -> Response:
    """One file: its transaction sets, its findings, when it came."""
    view = file_view(session, viewer.practice_ids, file_id)
    if view is None:
        raise NotFound
    note_view(request, "file.view", object_type="stored_file", object_id=file_id)
    return render(
        request,
        "files/file.html",
        view=view,
        labels={key.value: label for key, label in STATE_LABELS.items()},
        tones={key.value: STATE_TONES.get(key, "neutral") for key in FileState},
        set_labels={key.value: label for key, label in SET_LABELS.items()},
        set_tones={key.value: SET_TONES.get(key, "warn") for key in SetState},
    )
