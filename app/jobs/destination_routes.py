"""The destinations page: where each practice's files go and come from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.outbox import account_of
from app.core.sftp import CannotConnect, connected
from app.core.tables import Destination, DestinationKind
from app.jobs.destinations import PASSWORD_PREFIX, DestinationRefused, destinations, save_destination
from app.web.errors import Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, product_of
from app.web.toasts import toast

router = APIRouter()
CanManage = Annotated[Viewer, Depends(require(Permission.TABLES_MANAGE))]


async def typed_fields(request: Request) -> dict[str, str]:
    """Every text field of the form, by its name."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Typed = Annotated[dict[str, str], Depends(typed_fields)]


@router.get("/destinations")
def destinations_page(request: Request, session: Database, viewer: CanManage) -> Response:
    rows = destinations(session, viewer.practice_ids)
    return render(request, "outbox/destinations.html", rows=rows, practices=_practices(request, session, viewer))


@router.get("/destinations/new")
def new_destination(request: Request, session: Database, clock: CurrentClock, viewer: CanManage) -> Response:
    row = Destination(practice_id=0, name="", changed_at=clock.now())
    return _form(request, session, viewer, row, {}, {})


@router.post("/destinations")
def add_destination(
    request: Request, session: Database, clock: CurrentClock, viewer: CanManage, typed: Typed
) -> Response:
    practice = typed.get("practice_id", "")
    if not practice.isdigit() or not viewer.sees(int(practice)):
        raise Invalid("Choose the practice that it is for.")
    return _save(
        request,
        session,
        clock,
        viewer,
        Destination(practice_id=int(practice), name="", changed_at=clock.now()),
        typed,
    )


@router.get("/destinations/{destination_id}")
def destination_page(request: Request, session: Database, viewer: CanManage, destination_id: int) -> Response:
    return _form(request, session, viewer, _find(session, viewer, destination_id), {}, {})


@router.post("/destinations/{destination_id}")
def change_destination(
    request: Request, session: Database, clock: CurrentClock, viewer: CanManage, destination_id: int, typed: Typed
) -> Response:
    return _save(request, session, clock, viewer, _find(session, viewer, destination_id), typed)


@router.post("/destinations/{destination_id}/try")
def try_destination(request: Request, session: Database, viewer: CanManage, destination_id: int) -> Response:
    """Sign in on the server and look into its folder; nothing is sent."""
    row = _find(session, viewer, destination_id)
    if row.kind != DestinationKind.SFTP:
        raise Invalid("A folder needs no sign-in.")
    try:
        with connected(account_of(row)) as server:
            count = len(server.listdir(row.folder or "."))
    except CannotConnect as error:
        toast(request, str(error), kind="error")
    else:
        toast(request, f"{row.name} answers: it is the server we know, and its folder holds {count} entries.")
    return redirect(request, f"/destinations/{destination_id}")


def _save(
    request: Request, session: Session, clock: CurrentClock, viewer: Viewer, row: Destination, typed: dict[str, str]
) -> Response:
    try:
        saved = save_destination(session, clock, row, typed, person_id=viewer.person_id)
    except DestinationRefused as wrong:
        return _form(request, session, viewer, row, typed, wrong.errors)
    toast(request, f"Saved {saved.name}.")
    return redirect(request, "/destinations")


def _find(session: Session, viewer: Viewer, destination_id: int) -> Destination:
    row = session.get(Destination, destination_id)
    if row is None or not viewer.sees(row.practice_id):
        raise NotFound
    return row


def _practices(request: Request, session: Session, viewer: Viewer) -> list[tuple[int, str]]:
    known: list[tuple[int, str]] = request.app.state.practice_names(session)
    return [(number, name) for number, name in known if viewer.sees(number)]


def _form(
    request: Request,
    session: Session,
    viewer: Viewer,
    row: Destination,
    typed: dict[str, str],
    errors: dict[str, str],
) -> Response:
    values = {name: str(value) for name, value in row.model_dump().items() if value is not None}
    values["is_active"] = "yes" if row.is_active else ""
    if typed:
        values |= {"is_active": "", **typed}
    return render(
        request,
        "outbox/destination.html",
        status=422 if errors else 200,
        row=row,
        values=values,
        errors=errors,
        practices=_practices(request, session, viewer),
        kinds=[(DestinationKind.FOLDER.value, "Folder on this machine"), (DestinationKind.SFTP.value, "SFTP server")],
        usages=[("P", "Production"), ("T", "Test: the payer adjudicates nothing")],
        outbox_folder=product_of(request).settings.outbox_dir / "drop",
        password_prefix=PASSWORD_PREFIX,
    )
