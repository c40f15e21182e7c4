"""The outbox on screen: what waits and can be taken back, what was sent and how, what failed and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session, col, select

from app.audit.record import record
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.outbox import BY_HAND, CannotSend, TooLate, cancel, content_of, mark_sent_by_hand, try_again
from app.core.tables import Destination, OutboxItem, OutboxState
from app.web.errors import Conflict, Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]

ROWS = 100  # of each part, newest first
PARTS = (  # key, label, states
    ("waiting", "Waiting", (OutboxState.WAITING,)),
    ("released", "On its way, or to be sent by hand", (OutboxState.RELEASED,)),
    ("failed", "Could not be sent", (OutboxState.FAILED,)),
    ("sent", "Sent", (OutboxState.SENT, OutboxState.SENT_BY_HAND)),
    ("cancelled", "Taken back", (OutboxState.CANCELLED,)),
)
HOW_LABELS = {"fax": "Fax", "portal": "Payer’s portal", "mail": "Mail", "phone": "Telephone"}


@router.get("/outbox")
def outbox(request: Request, session: Database, clock: CurrentClock, viewer: CanView) -> Response:
    """Everything that is to leave or has left, for the practices of the viewer."""
    parts = [(key, label, _rows(session, viewer, states)) for key, label, states in PARTS]
    names = session.exec(
        select(Destination.id, Destination.name).where(col(Destination.practice_id).in_(viewer.practice_ids))
    )
    return render(
        request,
        "outbox/index.html",
        parts=parts,
        now=clock.now(),
        destinations=dict(names.all()),
        ways=[(way, HOW_LABELS[way]) for way in BY_HAND],
        how_labels={**HOW_LABELS, "folder": "Folder", "sftp": "SFTP"},
    )


@router.get("/outbox/{item_id}/content")
def content(request: Request, session: Database, viewer: CanView, item_id: int) -> Response:
    """The bytes exactly as they left, or will leave."""
    item = _item(session, viewer, item_id)
    note_view(request, "outbox.view", object_type="outbox_item", object_id=item_id, practice_id=item.practice_id)
    try:
        kept = content_of(product_of(request).settings, item)
    except CannotSend as error:
        raise Invalid(str(error)) from error
    headers = {"content-disposition": f'attachment; filename="{item.file_name}"'}
    return Response(kept, media_type=item.media_type, headers=headers)


@router.post("/outbox/{item_id}/cancel")
def take_back(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, item_id: int) -> Response:
    """Take it back while it waits; whoever made it puts things back as they were."""
    item = _item(session, viewer, item_id)
    try:
        cancel(session, item, clock)
    except TooLate as late:
        raise Conflict(str(late)) from late
    _record(session, item, "outbox.cancel")
    toast(request, f"Taken back: {item.file_name} is not sent.")
    return redirect(request, "/outbox")


@router.post("/outbox/{item_id}/retry")
def retry(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, item_id: int) -> Response:
    """Start over after every try failed."""
    item = _item(session, viewer, item_id)
    try:
        try_again(session, item, clock)
    except TooLate as late:
        raise Conflict(str(late)) from late
    _record(session, item, "outbox.retry")
    toast(request, f"{item.file_name} is tried again within a minute.")
    return redirect(request, "/outbox")


@router.post("/outbox/{item_id}/sent")
def sent_by_hand(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    item_id: int,
    how: Annotated[str, Form(max_length=20)] = "",
    proof: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Somebody faxed, mailed or keyed it in, and says how that can be proved."""
    item = _item(session, viewer, item_id)
    try:
        mark_sent_by_hand(session, item, clock, how=how, proof=proof, person_id=viewer.person_id)
    except ValueError as wrong:
        raise Invalid(str(wrong)) from wrong
    except TooLate as late:
        raise Conflict(str(late)) from late
    _record(session, item, "outbox.sent_by_hand", how=how)
    toast(request, f"Kept: sent by {HOW_LABELS[how].lower()}.")
    return redirect(request, "/outbox")


def _rows(session: Session, viewer: Viewer, states: tuple[OutboxState, ...]) -> list[OutboxItem]:
    statement = select(OutboxItem).where(
        col(OutboxItem.practice_id).in_(viewer.practice_ids), col(OutboxItem.state).in_(states)
    )
    order = col(OutboxItem.release_at) if states == (OutboxState.WAITING,) else col(OutboxItem.id).desc()
    return list(session.exec(statement.order_by(order).limit(ROWS)))


def _item(session: Session, viewer: Viewer, item_id: int) -> OutboxItem:
    item = session.get(OutboxItem, item_id)
    if item is None or not viewer.sees(item.practice_id):
        raise NotFound
    return item


def _record(session: Session, item: OutboxItem, action: str, **detail: str) -> None:
    record(
        session,
        action,
        object_type="outbox_item",
        object_id=item.id or 0,
        practice_id=item.practice_id,
        detail={"kind": item.kind, "control_numbers": item.control_numbers, **detail},
    )
