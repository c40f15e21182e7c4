"""The call sheet's pages: which payer to call, and one call about everything that is open there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from app.auth.kept_forms import forget_form, kept_form
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import ClaimHead, heads_by_ids
from app.claims.tables import Payer
from app.core.clock import Clock
from app.core.money import format_cents
from app.followup.bench import choices
from app.followup.bulk import BulkRefused
from app.followup.calls import SHEET_CLAIMS, CallEntry, call_payers, call_rows, record_call
from app.followup.touch import TouchRefused
from app.followup.work_row import rows_of
from app.followup.worklist import payers_in
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view
from app.web.toasts import toast

router = APIRouter()
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]


class Caller(NamedTuple):
    """Who is calling, as the payer asks for it before anything else."""

    practice: str
    npi: str
    tax_id: str


def we_are(heads: Iterable[ClaimHead]) -> list[Caller]:
    """The practices and billing numbers of these claims, each once, in the order of the sheet."""
    named = [Caller(of.practice.name, of.claim.billing_npi or of.practice.npi, of.practice.tax_id) for of in heads]
    return list(dict.fromkeys(named))


async def typed_fields(request: Request) -> dict[str, str]:
    """The sheet's fields as typed: their names carry the claims' numbers."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


@router.get("/calls")
def payers(request: Request, session: Database, viewer: CanWork) -> Response:
    """Payers with claims worth a call, the most rewarding call first."""
    return render(request, "calls/index.html", payers=call_payers(session, viewer.practice_ids), most=SHEET_CLAIMS)


@router.get("/calls/{payer_id}")
def sheet(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, payer_id: int) -> Response:
    """One call: everything to ask, in rank order."""
    kept = kept_form(request, session, viewer, request.url.path) if "kept" in request.query_params else {}
    return _sheet(request, session, clock, viewer, payer_id, kept, is_restored=bool(kept))


@router.post("/calls/{payer_id}")
def hang_up(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    payer_id: int,
    typed: Annotated[dict[str, str], Depends(typed_fields)],
) -> Response:
    """Keep what was heard about each claim; what was not asked stays on the sheet."""
    named = [int(name.partition("-")[2]) for name in typed if name.startswith("outcome-") and name[8:].isdigit()]
    rows = [
        row
        for row in rows_of(session, viewer.practice_ids, named, clock, viewer.person_id)
        if row.payer_id == payer_id
    ]
    entries = {
        row.claim_id: CallEntry(*(typed.get(f"{part}-{row.claim_id}", "") for part in ("outcome", "note", "next_on")))
        for row in rows
    }
    try:
        act = record_call(
            session,
            rows,
            entries,
            reference=typed.get("call_reference", ""),
            representative=typed.get("representative", ""),
            minutes=typed.get("minutes", ""),
            person_id=viewer.person_id,
            clock=clock,
        )
    except (BulkRefused, TouchRefused) as refusal:
        session.rollback()
        return _sheet(request, session, clock, viewer, payer_id, typed, refusal=str(refusal))
    forget_form(request, session, request.url.path)
    count = "1 claim" if act.claims == 1 else f"{act.claims} claims"
    toast(request, f"One call, {count}, {format_cents(act.open_cents)}.", undo=f"/bulk/{act.id}/undo")
    return redirect(request, f"/calls/{payer_id}")


def _sheet(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    payer_id: int,
    typed: dict[str, str],
    *,
    refusal: str = "",
    is_restored: bool = False,
) -> Response:
    found = session.get(Payer, payer_id)
    rows = call_rows(session, viewer.practice_ids, payer_id, clock, viewer.person_id)
    if found is None or payer_id not in dict(payers_in(session, viewer.practice_ids)):
        raise NotFound
    heads = heads_by_ids(session, [row.claim_id for row in rows])
    note_view(request, "calls.view", object_type="payer", object_id=payer_id, detail={"claims": list(heads)})
    shown: dict[str, Any] = {
        **choices(clock),
        "payer": found,
        "rows": rows,
        "heads": heads,
        "we_are": we_are(heads.values()),
        "typed": typed,
        "refusal": refusal,
        "is_restored": is_restored,
        "more_claims": _more_claims(session, viewer, payer_id, len(rows)),
        "open_cents": sum(row.open_cents for row in rows),
    }
    return render(request, "calls/sheet.html", status=422 if refusal else 200, **shown)


def _more_claims(session: Session, viewer: Viewer, payer_id: int, listed: int) -> int:
    """How many more claims are worth a call to this payer than one sheet holds."""
    if listed < SHEET_CLAIMS:
        return 0
    claims = next((each.claims for each in call_payers(session, viewer.practice_ids) if each.payer_id == payer_id), 0)
    return max(0, claims - listed)
