"""Appeal pages: start one from its claim, write and preview it, queue it, say how it was sent and what it brought."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from app.appeals.case import CaseFile, Issue, case_file
from app.appeals.enclose import LARGEST_BYTES, enclose, take_out
from app.appeals.leave import mark_sent, queue_appeal, take_back, withdraw
from app.appeals.letter_templates import current_letters
from app.appeals.letters import Letter, LetterRefused
from app.appeals.packet import enclosures_of, letter_of, packets_of, set_on_paper
from app.appeals.pdf import PdfUnavailable
from app.appeals.queries import decided_appeals, find_appeal, find_enclosure, open_appeals, totals
from app.appeals.settle import record_decision
from app.appeals.sheets import Unfit
from app.appeals.start import AppealRefused, change_appeal, objections, start_appeal
from app.appeals.tables import Appeal, LetterTemplate
from app.appeals.words import WORDS
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import find_claim
from app.core.clock import Clock
from app.core.money import parse_dollars
from app.core.outbox import TooLate
from app.core.tables import OutboxItem
from app.followup.checklist import all_steps
from app.intake.store import path_of
from app.web.errors import Conflict, Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
CanAppeal = Annotated[Viewer, Depends(require(Permission.APPEALS_SUBMIT))]
Text = Annotated[str, Form()]
PDF_HEADERS = {"cache-control": "private, no-store"}


@router.get("/appeals")
def appeals(request: Request, session: Database, viewer: CanView, show: str = "") -> Response:
    """Open appeals by due date, or the decided ones with the dollars that they brought."""
    decided = show == "decided"
    rows = (decided_appeals if decided else open_appeals)(session, viewer.practice_ids)
    sums = totals(session, viewer.practice_ids)
    return render(
        request,
        "appeals/index.html",
        rows=rows,
        decided=decided,
        totals=sums,
        left_out=(sums.all_decided if decided else sums.open_count) - len(rows),
        **WORDS,
    )


@router.get("/claims/{claim_id}/appeal")
def appeal_of_claim(
    request: Request, session: Database, clock: CurrentClock, viewer: CanView, claim_id: int, issue: str = ""
) -> Response:
    """The claim's open appeal, or the page that starts one."""
    file = _file(session, viewer, claim_id)
    if file.open_appeal is not None:
        return redirect(request, f"/appeals/{file.open_appeal.id}")
    return _start_page(request, clock, file, issue)


@router.post("/claims/{claim_id}/appeal")
def start(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAppeal,
    claim_id: int,
    issue: Text = "",
    level: Text = "",
    amount: Text = "",
    good_cause: Text = "",
) -> Response:
    """A draft; or the page again, with every rule that stands against it."""
    file = _file(session, viewer, claim_id)
    chosen = file.issue(issue)
    step = file.level(int(level)) if level.isdigit() else file.next_level
    try:
        cents = parse_dollars(amount) if amount.strip() else None
        made = start_appeal(
            *(session, clock, file, chosen, step or file.next_level),
            person_id=viewer.person_id,
            signer=viewer.name,
            amount_cents=cents,
            good_cause=good_cause,
        )
    except ValueError as refusal:
        typed = {"amount": amount, "good_cause": good_cause, "level": level}
        return _start_page(request, clock, file, issue, refusal=str(refusal), typed=typed)
    toast(request, "A draft was started.")
    return redirect(request, f"/appeals/{made.id}")


@router.get("/appeals/{appeal_id}")
def one(request: Request, session: Database, clock: CurrentClock, viewer: CanView, appeal_id: int) -> Response:
    return _page(request, session, clock, _appeal(session, viewer, appeal_id))


@router.post("/appeals/{appeal_id}")
def save(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAppeal,
    appeal_id: int,
    amount: Text = "",
    argument: Text = "",
    signer: Text = "",
    good_cause: Text = "",
    template: Text = "",
    letter: Text = "",
    then: Text = "",
) -> Response:
    """Keep the draft; `then` queue it. What was typed is on the page again when something is wrong with it."""
    found = _appeal(session, viewer, appeal_id)
    typed = {"amount": amount, "argument": argument, "signer": signer, "good_cause": good_cause, "letter": letter}
    try:
        with session.begin_nested():
            change_appeal(
                *(session, clock, case_file(session, found.claim_id), found),
                argument=argument,
                amount_cents=parse_dollars(amount),
                signer=signer,
                good_cause=good_cause,
                template_id=int(template) if template.isdigit() else None,
                letter=letter,
            )
            if then == "queue":
                queue_appeal(session, product_of(request).settings, clock, found, person_id=viewer.person_id)
    except (ValueError, PdfUnavailable) as refusal:
        session.refresh(found)
        return _page(request, session, clock, found, refusal=str(refusal), typed=typed)
    toast(request, "Queued: it can be taken back until it is sent." if then == "queue" else "Saved.")
    return redirect(request, f"/appeals/{appeal_id}")


@router.get("/appeals/{appeal_id}/preview.pdf")
def preview(request: Request, session: Database, clock: CurrentClock, viewer: CanView, appeal_id: int) -> Response:
    """The packet as it would be made now."""
    found = _appeal(session, viewer, appeal_id)
    file = case_file(session, found.claim_id)
    issue = file.disputed(found)
    if issue is None:
        raise Conflict("The decision that it disputes does not stand any more.")
    try:
        letter = _letter(session, clock, file, issue, found)
        made = set_on_paper(
            *(session, product_of(request).settings, clock, file, issue, found, letter),
            enclosures_of(session, appeal_id),
        )
    except (LetterRefused, PdfUnavailable, Unfit) as refusal:
        raise Invalid(str(refusal)) from refusal
    _note(request, found, "appeals.preview")
    return Response(made.content, media_type="application/pdf", headers=PDF_HEADERS)


@router.get("/appeals/{appeal_id}/packets/{version}")
def packet(request: Request, session: Database, viewer: CanView, appeal_id: int, version: int) -> Response:
    """A packet as it was made."""
    found = _appeal(session, viewer, appeal_id)
    kept = next((each for each in packets_of(session, appeal_id) if each.version == version), None)
    if kept is None:
        raise NotFound
    _note(request, found, "appeals.packet.view")
    content = path_of(product_of(request).settings, kept.sha256).read_bytes()
    return Response(content, media_type="application/pdf", headers=PDF_HEADERS)


@router.post("/appeals/{appeal_id}/enclosures")
def add_enclosure(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAppeal,
    appeal_id: int,
    upload: Annotated[UploadFile | None, File()] = None,
    title: Text = "",
) -> Response:
    found = _appeal(session, viewer, appeal_id)
    if upload is None or not upload.filename:
        raise Invalid("Choose a file.")
    settings = product_of(request).settings
    content = upload.file.read(LARGEST_BYTES + 1)
    try:
        enclose(session, settings, clock, found, name=upload.filename, content=content, title=title)
    except AppealRefused as refusal:
        raise Invalid(str(refusal)) from refusal
    toast(request, "Enclosed.")
    return redirect(request, f"/appeals/{appeal_id}")


@router.post("/appeals/{appeal_id}/enclosures/{enclosure_id}/remove")
def remove_enclosure(
    request: Request, session: Database, viewer: CanAppeal, appeal_id: int, enclosure_id: int
) -> Response:
    found = _appeal(session, viewer, appeal_id)
    enclosure = find_enclosure(session, found, enclosure_id)
    if enclosure is None:
        raise NotFound
    try:
        take_out(session, found, enclosure)
    except AppealRefused as refusal:
        raise Invalid(str(refusal)) from refusal
    toast(request, "Taken out.")
    return redirect(request, f"/appeals/{appeal_id}")


@router.post("/appeals/{appeal_id}/sent")
def say_sent(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAppeal,
    appeal_id: int,
    how: Text = "",
    proof: Text = "",
) -> Response:
    """Somebody sent it, and can prove it."""
    found = _appeal(session, viewer, appeal_id)
    try:
        mark_sent(session, clock, found, how=how, proof=proof, person_id=viewer.person_id)
    except TooLate as late:
        raise Conflict(str(late)) from late
    except ValueError as refusal:
        raise Invalid(str(refusal)) from refusal
    toast(request, "Sent. The claim waits for the payer's answer.")
    return redirect(request, f"/appeals/{appeal_id}")


@router.post("/appeals/{appeal_id}/take-back")
def back_to_draft(
    request: Request, session: Database, clock: CurrentClock, viewer: CanAppeal, appeal_id: int
) -> Response:
    found = _appeal(session, viewer, appeal_id)
    try:
        take_back(session, clock, found)
    except TooLate as late:
        raise Conflict(str(late)) from late
    except AppealRefused as refusal:
        raise Invalid(str(refusal)) from refusal
    toast(request, "Taken back: it is a draft again.")
    return redirect(request, f"/appeals/{appeal_id}")


@router.post("/appeals/{appeal_id}/withdraw")
def give_up(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAppeal,
    appeal_id: int,
    reason: Text = "",
) -> Response:
    found = _appeal(session, viewer, appeal_id)
    try:
        withdraw(session, clock, found, reason=reason)
    except TooLate as late:
        raise Conflict(str(late)) from late
    except AppealRefused as refusal:
        raise Invalid(str(refusal)) from refusal
    toast(request, "Withdrawn.")
    return redirect(request, f"/appeals/{appeal_id}")


@router.post("/appeals/{appeal_id}/decision")
def say_decided(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAppeal,
    appeal_id: int,
    decision: Text = "",
    decided_on: Text = "",
    won: Text = "",
    words: Text = "",
) -> Response:
    """A letter or a call decided it: a person writes it down. Remittances do it by themselves."""
    found = _appeal(session, viewer, appeal_id)
    try:
        on = date.fromisoformat(decided_on) if decided_on else clock.today()
        cents = parse_dollars(won) if won.strip() else 0
        record_decision(session, clock, found, decision=decision, decided_on=on, words=words, won_cents=cents)
    except ValueError as refusal:
        raise Invalid(str(refusal)) from refusal
    toast(request, "Written down.")
    return redirect(request, f"/appeals/{appeal_id}")


def _start_page(
    request: Request,
    clock: Clock,
    file: CaseFile,
    key: str,
    *,
    refusal: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    issue = file.issue(key) or (file.issues[0] if file.issues else None)
    levels = [(level, file.clock(level, issue) if issue else None) for level in file.levels]
    stands = objections(file, issue, file.next_level, clock, amount_cents=issue.cents if issue else 0)
    claim = file.head.claim
    note_view(request, "appeals.start.view", object_type="claim", object_id=claim.id, practice_id=claim.practice_id)
    return render(
        request,
        "appeals/start.html",
        status=422 if refusal else 200,
        file=file,
        issue=issue,
        levels=levels,
        next_level=file.next_level,
        stands=stands,
        steps=_steps(issue),
        refusal=refusal,
        typed=typed or {},
        **WORDS,
    )


def _page(
    request: Request,
    session: Session,
    clock: Clock,
    appeal: Appeal,
    *,
    refusal: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    assert appeal.id is not None
    file = case_file(session, appeal.claim_id)
    issue = file.disputed(appeal)
    level = file.level(appeal.level)
    letter, letter_refusal = None, ""
    if issue is not None:
        try:
            letter = _letter(session, clock, file, issue, appeal)
        except LetterRefused as wrong:
            letter_refusal = str(wrong)
    stands = (
        objections(file, issue, level, clock, amount_cents=appeal.amount_cents, good_cause=appeal.good_cause)
        if issue is not None and level is not None and appeal.state == "draft"
        else ()
    )
    _note(request, appeal, "appeals.view")
    return render(
        request,
        "appeals/appeal.html",
        status=422 if refusal else 200,
        file=file,
        appeal=appeal,
        issue=issue,
        letter=letter,
        stands=stands,
        steps=_steps(issue),
        enclosures=enclosures_of(session, appeal.id),
        packets=packets_of(session, appeal.id),
        written_with=session.get(LetterTemplate, appeal.template_id),
        templates=[(each.id, f"{each.name}, version {each.version}") for each in current_letters(session) if each.id],
        item=session.get(OutboxItem, appeal.outbox_id) if appeal.outbox_id else None,
        refusal=refusal or letter_refusal,
        typed=typed or {},
        **WORDS,
    )


def _letter(session: Session, clock: Clock, file: CaseFile, issue: Issue, appeal: Appeal) -> Letter:
    template = session.get_one(LetterTemplate, appeal.template_id)
    return letter_of(file, issue, appeal, template.body, clock.today())


def _steps(issue: Issue | None) -> Any:
    steps = all_steps()
    return steps.get(issue.category, steps["other"]) if issue else None


def _file(session: Session, viewer: Viewer, claim_id: int) -> CaseFile:
    if find_claim(session, viewer.practice_ids, claim_id) is None:
        raise NotFound
    return case_file(session, claim_id)


def _appeal(session: Session, viewer: Viewer, appeal_id: int) -> Appeal:
    found = find_appeal(session, viewer.practice_ids, appeal_id)
    if found is None:
        raise NotFound
    return found


def _note(request: Request, appeal: Appeal, action: str) -> None:
    note_view(request, action, object_type="appeal", object_id=appeal.id, practice_id=appeal.practice_id)
