"""Payers on screen: what is open with each, the running account outside claims, and the clocks it is held to.

A changed clock moves deadlines, so the payer's claims are ranked anew before the answer leaves.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from app.audit.actor import act_as
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.payer_filing import set_filing
from app.claims.payer_merge import survivor_of
from app.claims.tables import Payer, PayerKind
from app.claims.term_changes import NEVER_TYPED, drop_term, set_contact, set_term
from app.claims.terms import COLUMNS, TermRefused, load_terms
from app.core.db import session_scope
from app.followup.payers import all_payers, all_terms, open_claims_of, payer_lines, payer_view, payers_of
from app.followup.rank import FULL_RUN_OVER, rerank_claims
from app.followup.rank_beside import rank_everything, words_of
from app.followup.why import ANCHOR_WORDS, CLOCK_LABELS, UNIT_WORDS
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import Database, actor_in, product_of
from app.web.toasts import toast
from workqueues.deadlines import ANCHORS, UNITS
from workqueues.playbook import CLOCKS
from workqueues.queues import queues

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
CanManage = Annotated[Viewer, Depends(require(Permission.TABLES_MANAGE))]

LARGEST_CSV_BYTES = 2 * 2**20  # some twenty thousand clocks; a contract office has hundreds
KIND_LABELS = {
    PayerKind.MEDICARE.value: "Medicare",
    PayerKind.MEDICARE_ADVANTAGE.value: "Medicare Advantage",
    PayerKind.MEDICAID.value: "Medicaid",
    PayerKind.COMMERCIAL.value: "Commercial",
    PayerKind.BCBS.value: "Blue Cross Blue Shield",
    PayerKind.TRICARE.value: "TRICARE",
    PayerKind.VETERANS.value: "Veterans",
    PayerKind.WORKERS_COMP.value: "Workers’ compensation",
    PayerKind.AUTO.value: "Auto",
    PayerKind.OTHER.value: "Kind not known",
}
CLOCK_WORDS = {
    "refund": "Refund to the payer",
    "negotiation": "Open negotiation",
    "prompt-pay": "Prompt pay: the payer’s to keep",
    "decision": "Decision on an appeal: the payer’s to keep",
    **CLOCK_LABELS,
}
IDENTIFIER_WORDS = {"payer_code": "payer id", "plan_id": "plan id", "name": "name"}
FILING_CHOICES: dict[str, Any] = {
    "yes_no": [("", "not known"), ("yes", "yes"), ("no", "no")],
    "correction_choices": [
        ("", "not known"),
        ("electronic", "electronically"),
        ("paper", "on paper only"),
        ("portal", "in its portal only"),
    ],
}


async def typed_fields(request: Request) -> dict[str, str]:
    """Every text field of the form, by its name."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


@router.get("/payers")
def payer_list(request: Request, session: Database, viewer: CanView) -> Response:
    """Most open dollars first."""
    lines = payer_lines(session, viewer.practice_ids)
    return render(request, "payers/index.html", lines=lines, kind_labels=KIND_LABELS, clocks=len(_clocks()))


@router.get("/payers/terms")
def terms(request: Request, session: Database, viewer: CanManage) -> Response:
    """Every clock that was entered, and the upload for a whole contract binder."""
    return render(
        request,
        "payers/terms.html",
        rows=all_terms(session),
        payers=all_payers(session),
        columns=COLUMNS,
        **_term_words(),
    )


@router.post("/payers/terms")
def load(request: Request, viewer: CanManage, file: Annotated[UploadFile, File()]) -> Response:
    """A CSV of clocks: all rows or none; then everything is ranked anew."""
    product = product_of(request)
    content = file.file.read(LARGEST_CSV_BYTES + 1)
    try:
        if len(content) > LARGEST_CSV_BYTES:
            raise TermRefused(f"the file is larger than {LARGEST_CSV_BYTES:,} bytes")
        stream = io.StringIO(content.decode("utf-8-sig"), newline="")
        with session_scope(product.engine) as session:
            act_as(session, actor_in(request), product.clock)
            loaded = load_terms(session, stream)
    except (TermRefused, UnicodeDecodeError) as refusal:
        said = "it is not UTF-8 text" if isinstance(refusal, UnicodeDecodeError) else str(refusal)
        toast(request, f"Nothing was taken: {said}.", kind="error")
        return redirect(request, "/payers/terms")
    ranked = rank_everything(product.engine, product.clock, trigger="terms")
    toast(request, f"{loaded:,} clocks taken, and {words_of(ranked)}.")
    return redirect(request, "/payers/terms")


@router.get("/payers/{payer_id}")
def one_payer(request: Request, session: Database, viewer: CanView, payer_id: int, clock: str = "") -> Response:
    """Open work by queue, the running account, the clocks, whom to call. `clock` opens that one for changing."""
    view = payer_view(session, viewer.practice_ids, payer_id)
    if view is None:
        meant = survivor_of(session, payer_id)
        if meant is None or meant.id == payer_id or payer_view(session, viewer.practice_ids, meant.id or 0) is None:
            raise NotFound
        return redirect(request, f"/payers/{meant.id}")
    others = sorted(payers_of(session, viewer.practice_ids), key=lambda each: each.name.casefold())
    return render(
        request,
        "payers/payer.html",
        view=view,
        editing=next((term for term in view.terms if term.clock == clock), None),
        wanted_clock=clock if clock in _clocks() else "",
        identifier_words=IDENTIFIER_WORDS,
        others=[(each.id, each.name) for each in others if each.id != payer_id],
        **FILING_CHOICES,
        queue_labels={queue.key: queue.label for queue in queues()},
        kind_labels=KIND_LABELS,
        **_term_words(),
    )


@router.post("/payers/{payer_id}/terms")
def set_one(
    request: Request,
    viewer: CanManage,
    payer_id: int,
    clock: Annotated[str, Form()] = "",
    count: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    anchor: Annotated[str, Form()] = "",
    presumption_days: Annotated[str, Form()] = "0",
    evidence: Annotated[str, Form()] = "",
) -> Response:
    """Add a clock or change one."""

    def change(session: Session) -> str:
        set_term(
            session,
            payer_id,
            clock,
            count=_number(count),
            unit=unit,
            anchor=anchor,
            presumption_days=_number(presumption_days),
            evidence=evidence,
        )
        return f"{CLOCK_WORDS.get(clock, clock)}: {count} {UNIT_WORDS.get(unit, unit)}"

    return _changed(request, viewer, payer_id, change)


@router.post("/payers/{payer_id}/terms/drop")
def drop_one(request: Request, viewer: CanManage, payer_id: int, clock: Annotated[str, Form()] = "") -> Response:
    """The clock reads "not configured" again."""

    def change(session: Session) -> str:
        drop_term(session, payer_id, clock)
        return f"{CLOCK_WORDS.get(clock, clock)} is not configured any more"

    return _changed(request, viewer, payer_id, change)


@router.post("/payers/{payer_id}/contact")
def change_contact(
    request: Request,
    session: Database,
    viewer: CanManage,
    payer_id: int,
    phone: Annotated[str, Form()] = "",
    website: Annotated[str, Form()] = "",
) -> Response:
    """Whom billers call."""
    payer = _reachable(session, viewer, payer_id)
    try:
        set_contact(session, payer, phone=phone, website=website)
    except TermRefused as refusal:
        toast(request, str(refusal), kind="warning")
    else:
        toast(request, "Kept.")
    return redirect(request, _back(viewer, payer_id))


@router.post("/payers/{payer_id}/filing")
def change_filing(
    request: Request, viewer: CanManage, payer_id: int, typed: Annotated[dict[str, str], Depends(typed_fields)]
) -> Response:
    """How it takes corrected claims, appeals and records, and how long it takes to answer."""

    def change(session: Session) -> str:
        payer = session.get_one(Payer, payer_id)
        set_filing(session, product_of(request).clock, payer, typed, person_name=viewer.name)
        return "Kept"

    return _changed(request, viewer, payer_id, change, part="filing")


def _changed(
    request: Request, viewer: Viewer, payer_id: int, change: Callable[[Session], str], *, part: str = "terms"
) -> Response:
    """Do it, and rank the payer's claims anew: in the same transaction, or all claims when they are very many."""
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        _reachable(session, viewer, payer_id)
        try:
            said = change(session)
        except TermRefused as refusal:
            toast(request, str(refusal), kind="warning")
            return redirect(request, _back(viewer, payer_id, part))
        moved = open_claims_of(session, payer_id)
        if len(moved) <= FULL_RUN_OVER:
            rerank_claims(session, product.clock, moved)
    ranked: int | None = len(moved)
    if len(moved) > FULL_RUN_OVER and rank_everything(product.engine, product.clock, trigger="terms") is None:
        ranked = None
    toast(request, f"{said}; {words_of(ranked)}.")
    return redirect(request, _back(viewer, payer_id, part))


def _reachable(session: Session, viewer: Viewer, payer_id: int) -> Payer:
    """Payers are shared. Whoever sees claims reaches the payers of their practices; an administrator, all."""
    payer = session.get(Payer, payer_id)
    if payer is None:
        raise NotFound
    if viewer.may(Permission.CLAIMS_VIEW) and payer_view(session, viewer.practice_ids, payer_id) is None:
        raise NotFound
    return payer


def _back(viewer: Viewer, payer_id: int, part: str = "terms") -> str:
    return f"/payers/{payer_id}#{part}" if viewer.may(Permission.CLAIMS_VIEW) else "/payers/terms"


def _clocks() -> list[str]:
    return [clock for clock in CLOCKS if clock]


def _number(text: str) -> int:
    typed = text.strip()
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 6:
        raise TermRefused(f"{text!r} is not a whole number.")
    return int(typed)


def _term_words() -> dict[str, Any]:
    """The choices of the form, and how a kept clock reads."""
    return {
        "clock_words": CLOCK_WORDS,
        "unit_words": UNIT_WORDS,
        "anchor_words": ANCHOR_WORDS,
        "clock_choices": [(clock, CLOCK_WORDS.get(clock, clock)) for clock in _clocks()],
        "unit_choices": [(unit, UNIT_WORDS.get(unit, unit)) for unit in UNITS if unit not in NEVER_TYPED],
        "anchor_choices": [(each, ANCHOR_WORDS.get(each, each)) for each in ANCHORS if each not in NEVER_TYPED],
    }
