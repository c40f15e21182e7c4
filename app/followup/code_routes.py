"""The code tables on screen: read, judged otherwise for one payer or for all, and a licensed site's official texts.

What is kept is in force at once: the open denials that name the code are judged and ranked anew before the answer
leaves. A check does the same and takes it all back, so that what it shows is what would happen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from sqlmodel import Session, col, select

from app.audit.actor import act_as
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.code_ways import COLUMNS
from app.claims.official_texts import drop_official_texts, load_official_texts, official_editions, official_text
from app.claims.override_code import OverrideRefused, end_override, override_code
from app.claims.tables import CodeOverride, Payer
from app.core.db import session_scope
from app.followup.codes_page import (
    COLUMN_LABELS,
    LIST_LABELS,
    TEXT_LABELS,
    code_lines,
    code_view,
    column_choices,
    word_label,
)
from app.followup.payers import all_payers
from app.followup.playbook_page import payer_names
from app.followup.rank import FULL_RUN_OVER, rerank_claims
from app.followup.rank_beside import rank_everything, words_of
from app.followup.tables import WorkScore
from app.followup.words import ACTION_LABELS
from app.matching.rejudge import rejudge
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import Database, Product, actor_in, product_of
from app.web.toasts import toast
from edi.codes import list_date
from edi.codes.official import LISTS
from edi.codes.site_files import SiteFileError

router = APIRouter()
SignedIn = Annotated[Viewer, Depends(require(Permission.ACCOUNT))]  # code tables are no secret; open work is scoped
CanManage = Annotated[Viewer, Depends(require(Permission.TABLES_MANAGE))]
Text = Annotated[str, Form()]
LARGEST_CSV_BYTES = 8 * 2**20  # all official texts of a list take under one
LONGEST_SEARCH = 100


class Typed(NamedTuple):
    """The form of an override as it was typed."""

    payer: str = ""
    changes: dict[str, str] = {}
    from_on: str = ""
    until_on: str = ""
    why: str = ""


class Outcome(NamedTuple):
    """What keeping it does to open claims of the viewer's practices."""

    claims: int  # that name the code
    open_cents: int
    turns: list[tuple[str, str, int, int]]  # action before, after, claims, open cents


async def typed_override(request: Request) -> Typed:
    form = await request.form()
    fields = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    changes = {
        name.removeprefix("set."): value for name, value in fields.items() if name.startswith("set.") and value
    }
    return Typed(
        *(fields.get("payer", ""), changes, fields.get("from_on", ""), fields.get("until_on", "")),
        fields.get("why", ""),
    )


Override = Annotated[Typed, Depends(typed_override)]


@router.get("/codes")
def codes(
    request: Request,
    session: Database,
    viewer: SignedIn,
    of: str = "carc",
    q: str = "",
    judged: str = "",
) -> Response:
    """One list of codes, most open dollars first."""
    name = of if of in LIST_LABELS else "carc"
    search = q.strip()[:LONGEST_SEARCH]
    lines, left_out = code_lines(session, viewer.practice_ids, name, search, only_judged=bool(judged))
    return render(
        request,
        "codes/index.html",
        lines=lines,
        left_out=left_out,
        name=name,
        lists=list(LIST_LABELS.items()),
        edition=list_date(name),
        search=search,
        judged=bool(judged),
        word=word_label,
    )


@router.get("/codes/texts")
def texts(request: Request, session: Database, viewer: CanManage) -> Response:
    """Which official texts this site has loaded under its own licence."""
    editions = official_editions(session)
    return render(
        request,
        "codes/texts.html",
        rows=[(name, TEXT_LABELS[name], list_date(name), edition) for name, edition in editions.items()],
        lists=[(name, TEXT_LABELS[name]) for name in LISTS],
    )


@router.post("/codes/texts")
def load_texts(
    request: Request,
    viewer: CanManage,
    file: Annotated[UploadFile, File()],
    of: Text = "",
    edition: Text = "",
) -> Response:
    """A CSV with the columns code and text: all of it or none."""
    product = product_of(request)
    content = file.file.read(LARGEST_CSV_BYTES + 1)
    try:
        if of not in LISTS:
            raise ValueError("choose a list")
        if len(content) > LARGEST_CSV_BYTES:
            raise ValueError(f"the file is larger than {LARGEST_CSV_BYTES:,} bytes")
        day = _day(edition, "edition")
        text = content.decode("utf-8-sig")
        with session_scope(product.engine) as session:
            act_as(session, actor_in(request), product.clock)
            loaded = load_official_texts(session, product.clock, text, of, day, person_name=viewer.name).texts
    except UnicodeDecodeError:
        toast(request, "Nothing was taken: it is not UTF-8 text.", kind="error")
    except SiteFileError as refusal:
        toast(request, f"Nothing was taken: {'; '.join(str(each) for each in refusal.problems[:3])}.", kind="error")
    except (ValueError, OverrideRefused) as refusal:
        toast(request, f"Nothing was taken: {refusal}.", kind="error")
    else:
        toast(request, f"{loaded:,} official texts loaded for {TEXT_LABELS[of]}.")
    return redirect(request, "/codes/texts")


@router.post("/codes/texts/drop")
def drop_texts(request: Request, session: Database, viewer: CanManage, of: Text = "") -> Response:
    """Without the texts of one list: the licence ended."""
    if of not in LISTS:
        raise NotFound
    drop_official_texts(session, of)
    toast(request, f"The official texts of {TEXT_LABELS[of]} are gone.")
    return redirect(request, "/codes/texts")


@router.get("/codes/{of}/{code}")
def one_code(
    request: Request, session: Database, viewer: SignedIn, of: str, code: str, payer: str = "", start: str = ""
) -> Response:
    """One code: the table's judgement, ours, and its history. `start` begins the form from an earlier override."""
    if code != code.upper():
        return redirect(request, f"/codes/{of}/{code.upper()}")  # n290 is N290
    typed = Typed(payer=payer)
    older = session.get(CodeOverride, int(start)) if start.isascii() and start.isdigit() and len(start) < 10 else None
    if older is not None and (older.list_name, older.code) == (of, code):
        typed = Typed(
            str(older.payer_id or ""),
            {name: str(value) for name, value in older.changes.items()},
            older.from_on.isoformat() if older.from_on else "",
            older.until_on.isoformat() if older.until_on else "",
        )
    return _page(request, session, viewer, of, code, typed)


@router.post("/codes/{of}/{code}/check")
def check(request: Request, viewer: CanManage, of: str, code: str, typed: Override) -> Response:
    """What it would do to open claims; done and taken back."""
    product = product_of(request)
    refusal, outcome = "", None
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        try:
            outcome = _kept(session, product, viewer, of, code, typed)[1]
        except OverrideRefused as wrong:
            refusal = str(wrong)
        session.rollback()
    with session_scope(product.engine) as session:
        return _page(request, session, viewer, of, code, typed, refusal=refusal, outcome=outcome)


@router.post("/codes/{of}/{code}")
def keep(request: Request, viewer: CanManage, of: str, code: str, typed: Override) -> Response:
    """Judged so from now on."""
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        try:
            moved, outcome = _kept(session, product, viewer, of, code, typed)
        except OverrideRefused as wrong:
            session.rollback()
            return _page(request, session, viewer, of, code, typed, refusal=str(wrong))
    return _done(request, product, moved, outcome, f"/codes/{of}/{code}", "Kept")


@router.post("/codes/overrides/{override_id}/end")
def end(request: Request, viewer: CanManage, override_id: int) -> Response:
    """As the table judges it again."""
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        made = session.get(CodeOverride, override_id)
        if made is None:
            raise NotFound
        of, code, payer_id = made.list_name, made.code, made.payer_id
        try:
            end_override(session, product.clock, made, person_name=viewer.name)
        except OverrideRefused as wrong:
            toast(request, str(wrong), kind="warning")
            return redirect(request, f"/codes/{of}/{code}")
        moved, outcome = _judged_anew(session, product, viewer, of, code, payer_id)
    return _done(request, product, moved, outcome, f"/codes/{of}/{code}", "Ended")


def _kept(
    session: Session, product: Product, viewer: Viewer, of: str, code: str, typed: Typed
) -> tuple[list[int], Outcome]:
    """Raises OverrideRefused."""
    payer_id = _payer(session, viewer, typed.payer)
    override_code(
        session,
        product.clock,
        list_name=of,
        code=code,
        payer_id=payer_id,
        changes=typed.changes,
        from_on=_day(typed.from_on, "first day"),
        until_on=_day(typed.until_on, "last day"),
        why=typed.why,
        person_id=viewer.person_id,
        person_name=viewer.name,
    )
    return _judged_anew(session, product, viewer, of, code, payer_id)


def _judged_anew(
    session: Session, product: Product, viewer: Viewer, of: str, code: str, payer_id: int | None
) -> tuple[list[int], Outcome]:
    """The claims it may move; they are ranked here unless they are so many that a full run is quicker."""
    moved = rejudge(session, of, code, payer_id)
    before = _work(session, viewer.practice_ids, moved)
    if len(moved) <= FULL_RUN_OVER:
        rerank_claims(session, product.clock, moved)
    after = _work(session, viewer.practice_ids, moved)
    claims: Counter[tuple[str, str]] = Counter()
    cents: Counter[tuple[str, str]] = Counter()
    for claim_id, (action, open_cents) in before.items():
        now = after.get(claim_id, ("none", 0))[0]
        if now != action:
            claims[action, now] += 1
            cents[action, now] += open_cents
    turns = [
        (ACTION_LABELS[was], ACTION_LABELS[now], count, cents[was, now]) for (was, now), count in claims.most_common()
    ]
    return moved, Outcome(len(before), sum(open_cents for _, open_cents in before.values()), turns)


def _work(session: Session, practice_ids: Collection[int], claim_ids: list[int]) -> dict[int, tuple[str, int]]:
    found: dict[int, tuple[str, int]] = {}
    for first in range(0, len(claim_ids), 500):
        part = claim_ids[first : first + 500]
        statement = select(WorkScore.claim_id, WorkScore.action, WorkScore.open_cents).where(
            col(WorkScore.claim_id).in_(part), col(WorkScore.practice_id).in_(practice_ids)
        )
        found |= {claim_id: (action, cents) for claim_id, action, cents in session.exec(statement)}
    return found


def _done(
    request: Request, product: Product, moved: list[int], outcome: Outcome, address: str, said: str
) -> Response:
    if len(moved) > FULL_RUN_OVER and rank_everything(product.engine, product.clock, trigger="codes") is None:
        toast(request, f"{said}. {outcome.claims:,} open claims name the code; {words_of(None)}.")
        return redirect(request, address)
    changed = sum(count for _, _, count, _ in outcome.turns)
    toast(request, f"{said}. {outcome.claims:,} open claims name the code; {changed:,} have another action now.")
    return redirect(request, address)


def _page(
    request: Request,
    session: Session,
    viewer: Viewer,
    of: str,
    code: str,
    typed: Typed,
    *,
    refusal: str = "",
    outcome: Outcome | None = None,
) -> Response:
    view = code_view(session, viewer.practice_ids, of, code)
    if view is None:
        raise NotFound
    names = _names(session, viewer, (each.payer_id for each in view.history))
    return render(
        request,
        "codes/code.html",
        status=422 if refusal else 200,
        view=view,
        row=view.row,
        of=of,
        list_label=LIST_LABELS[of],
        edition=list_date(of),
        official=official_text(session, of, code),
        names=names,
        payers=[("", "Every payer"), *((each.id, each.name) for each in _choices(session, viewer))],
        columns=column_choices(of),
        shown_columns=[(column, COLUMN_LABELS[column]) for column in COLUMNS[of]],
        column_labels=COLUMN_LABELS,
        word=word_label,
        typed=typed,
        refusal=refusal,
        outcome=outcome,
    )


def _choices(session: Session, viewer: Viewer) -> list[Payer]:
    """Whoever sees claims chooses among the payers of their practices; an administrator among all."""
    if not viewer.may(Permission.CLAIMS_VIEW):
        return all_payers(session)
    names = payer_names(session, viewer.practice_ids)
    return [payer for payer in all_payers(session) if payer.id in names]


def _names(session: Session, viewer: Viewer, payer_ids: Iterable[int | None]) -> dict[int | None, str]:
    known: dict[int | None, str] = {payer.id: payer.name for payer in _choices(session, viewer)}
    named = {each: known.get(each, "a payer of other practices") for each in payer_ids}
    return {**named, None: "every payer"}


def _payer(session: Session, viewer: Viewer, typed: str) -> int | None:
    if not typed:
        return None
    if typed not in {str(payer.id) for payer in _choices(session, viewer)}:
        raise OverrideRefused("Choose a payer of the list.")
    return int(typed)


def _day(typed: str, what: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise OverrideRefused(f"The {what} is no date: {typed[:20]}") from None
