"""Changing the playbook: each change is drafted, shown with the claims it would move, and kept only then.

A kept version is in force at once: the claims that it can move are ranked anew before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session, col, select

from app.audit.actor import act_as
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.db import session_scope
from app.followup.playbook_form import (
    DEFAULT_BEFORE,
    FormWrong,
    Typed,
    first,
    new_id,
    outcome_choices,
    rule_of,
    sections,
    typed_of,
)
from app.followup.playbook_page import payer_names, start_of_own
from app.followup.playbook_preview import Preview, preview
from app.followup.playbook_routes import place_choices
from app.followup.playbook_words import payer_name, said
from app.followup.playbooks import (
    drafted_playbook,
    newest_playbook,
    own_in_force,
    own_of,
    payers_touched,
    put_playbook_in_force,
)
from app.followup.rank import FULL_RUN_OVER, rerank_claims
from app.followup.rank_beside import rank_everything, words_of
from app.followup.tables import PlaybookVersion, WorkScore
from app.followup.words import WORDS
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, Reading, actor_in, product_of
from app.web.toasts import toast
from workqueues.own_rules import OwnRules, drop_rule, keep_rule, move_rule, ordered, switch_rule, write_own
from workqueues.playbook import PlaybookError, Rule, standard_playbook

router = APIRouter()
CanTune = Annotated[Viewer, Depends(require(Permission.STRATEGY_TUNE))]
Text = Annotated[str, Form()]


async def typed_lists(request: Request) -> Typed:
    """Every field of the form with all its values."""
    form = await request.form()
    return {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}


@router.get("/playbook/edit")
def edit(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanTune,
    rule: str = "",
    like: str = "",
    payer: str = "",
) -> Response:
    """A new rule, one made from another, or a rule to change."""
    own = own_in_force(session)
    start = rule or like
    typed: Typed = {"before": [DEFAULT_BEFORE], "payers": [payer]}
    if start:
        found = next((each for each in ordered(standard_playbook(), own) if each.id == start), None)
        if found is None or found.id == standard_playbook().rules[-1].id:
            raise NotFound
        kept, before = start_of_own(own, found)
        typed = typed_of(kept, before if rule else found.id)
        if payer:
            typed = {**typed, "payers": [payer]}
    return _form(request, session, viewer, rule, typed)


@router.post("/playbook/edit")
def check_rule(
    request: Request,
    session: Reading,
    clock: CurrentClock,
    viewer: CanTune,
    typed: Annotated[Typed, Depends(typed_lists)],
) -> Response:
    """The rule in words, and the claims that it would move. Nothing is kept."""
    own = own_in_force(session)
    rule_id = first(typed, "rule")
    every = [each.id for each in ordered(standard_playbook(), own)]
    if rule_id and rule_id not in every:
        raise NotFound
    payers = payer_names(session, viewer.practice_ids)
    for_whom = first(typed, "payers")
    payer = payers.get(int(for_whom), "") if for_whom.isascii() and for_whom.isdigit() else ""
    try:
        made = rule_of(rule_id or new_id(payer, first(typed, "action"), every), typed)
        text = write_own(keep_rule(own, made, first(typed, "before")))
        drafted_playbook(text)
    except FormWrong as wrong:
        return _form(request, session, viewer, rule_id, typed, errors=wrong.errors)
    except PlaybookError as refusal:
        return _form(request, session, viewer, rule_id, typed, refusal=str(refusal))
    return _form(request, session, viewer, rule_id, typed, text=text, made=made)


@router.post("/playbook/switch")
def switch(
    request: Request,
    session: Reading,
    clock: CurrentClock,
    viewer: CanTune,
    rule: Text = "",
    payer: Text = "",
    on: Text = "",
) -> Response:
    """Use a rule no longer, or again: for one payer or for all."""
    payer_id = int(payer) if payer.isascii() and payer.isdigit() else None
    return _drafted(request, session, viewer, lambda own: switch_rule(own, rule, payer_id=payer_id, on=on == "yes"))


@router.post("/playbook/move")
def move(
    request: Request, session: Reading, clock: CurrentClock, viewer: CanTune, rule: Text = "", before: Text = ""
) -> Response:
    """Try a rule earlier or later."""
    return _drafted(request, session, viewer, lambda own: move_rule(own, rule, before, standard_playbook()))


@router.post("/playbook/drop")
def drop(request: Request, session: Reading, clock: CurrentClock, viewer: CanTune, rule: Text = "") -> Response:
    """Without a rule of our own; what it replaced is the standard one again."""
    return _drafted(request, session, viewer, lambda own: drop_rule(own, rule))


@router.post("/playbook/back")
def bring_back(
    request: Request, session: Reading, clock: CurrentClock, viewer: CanTune, number: Text = ""
) -> Response:
    """As it was in an earlier version; version 1 is the standard playbook."""
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    if wanted == 1:
        return _drafted(request, session, viewer, lambda own: OwnRules())
    older = session.exec(select(PlaybookVersion).where(PlaybookVersion.number == wanted)).first()
    if older is None:
        raise NotFound
    kept = older.text
    return _drafted(request, session, viewer, lambda own: own_of(kept), why=f"Back to version {wanted}")


@router.post("/playbook/text")
def check_text(
    request: Request, session: Reading, clock: CurrentClock, viewer: CanTune, text: Text = "", why: Text = ""
) -> Response:
    """What a text would change, or the rule and the word that cannot be followed. Nothing is kept."""
    refusal, seen = "", None
    try:
        seen = _seen(request, session, viewer, text)
    except PlaybookError as wrong:
        refusal = str(wrong)
    return render(
        request,
        "playbook/text.html",
        status=422 if refusal else 200,
        text=text,
        why=why,
        refusal=refusal,
        **_beside(session, viewer, seen),
    )


@router.post("/playbook/preview")
def look_again(
    request: Request, session: Reading, viewer: CanTune, text: Text = "", why: Text = "", anew: Text = ""
) -> Response:
    """The same draft, whose claims were being sought, or are to be sought `anew`. Nothing is kept."""
    return _draft_page(request, session, viewer, text, why=why, anew=anew == "yes")


@router.post("/playbook")
def keep(
    request: Request,
    clock: CurrentClock,
    viewer: CanTune,
    text: Text = "",
    why: Text = "",
    based_on: Text = "",
) -> Response:
    """A new version, in force at once."""
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        before = own_in_force(session)
        try:
            made = put_playbook_in_force(
                session,
                text,
                based_on=int(based_on) if based_on.isascii() and based_on.isdigit() else 0,
                why=why,
                person_id=viewer.person_id,
                person_name=viewer.name,
                clock=clock,
            )
        except PlaybookError as refusal:
            return _draft_page(request, session, viewer, text, why=why, refusal=str(refusal))
        number, moved = made.number, _movable(session, before, own_of(made.text))
        if moved is not None:
            rerank_claims(session, clock, moved)
    if moved is None:
        said = words_of(rank_everything(product.engine, product.clock, trigger="playbook"))
    else:
        said = words_of(len(moved))
    toast(request, f"Version {number} is in force, and {said}.")
    return redirect(request, "/playbook")


def _movable(session: Session, before: OwnRules, after: OwnRules) -> list[int] | None:
    """The open claims that the change can move; None: so many, or so unforeseeable, that all are ranked."""
    touched = payers_touched(before, after)
    if touched is None:
        return None
    theirs = select(WorkScore.claim_id).where(col(WorkScore.payer_id).in_(touched)).limit(FULL_RUN_OVER + 1)
    claim_ids = sorted(session.exec(theirs))
    return claim_ids if len(claim_ids) <= FULL_RUN_OVER else None


def _drafted(
    request: Request,
    session: Session,
    viewer: Viewer,
    change: Callable[[OwnRules], OwnRules],
    *,
    why: str = "",
) -> Response:
    """One change of what is in force, to be looked at before it is kept."""
    try:
        text = write_own(change(own_in_force(session)))
    except PlaybookError as wrong:
        return _draft_page(request, session, viewer, "", why=why, refusal=str(wrong))
    return _draft_page(request, session, viewer, text, why=why)


def _seen(request: Request, session: Session, viewer: Viewer, text: str, *, anew: bool = False) -> Preview:
    """What a text would change."""
    product = product_of(request)
    after = drafted_playbook(text)
    return preview(session, product.engine, product.clock, viewer.practice_ids, after, anew=anew)


def _draft_page(
    request: Request,
    session: Session,
    viewer: Viewer,
    text: str,
    *,
    why: str,
    refusal: str = "",
    anew: bool = False,
) -> Response:
    seen = None
    try:
        seen = _seen(request, session, viewer, text, anew=anew)
    except PlaybookError as wrong:
        refusal = refusal or str(wrong)
    return render(
        request,
        "playbook/draft.html",
        status=422 if refusal else 200,
        text=text,
        why=why,
        refusal=refusal,
        **_beside(session, viewer, seen),
    )


def _form(
    request: Request,
    session: Session,
    viewer: Viewer,
    rule_id: str,
    typed: Typed,
    *,
    errors: dict[str, str] | None = None,
    refusal: str = "",
    text: str = "",
    made: Rule | None = None,
) -> Response:
    """The form with what was typed; above it, once it can be followed, what it would change."""
    names = payer_names(session, viewer.practice_ids)
    seen = _seen(request, session, viewer, text) if text else None
    chosen = first(typed, "payers")
    payers = [("", "Every payer"), *((str(each), name) for each, name in names.items())]
    if chosen not in {value for value, _ in payers}:
        numbers = [int(word) for word in chosen.split() if word.isdigit()]
        payers.append((chosen, ", ".join(payer_name(each, names) for each in numbers) or "?"))
    standard_ids = {each.id for each in standard_playbook().rules}
    return render(
        request,
        "playbook/edit.html",
        status=422 if errors or refusal else 200,
        rule_id=rule_id,
        is_standard=rule_id in standard_ids,
        typed=typed,
        errors=errors or {},
        refusal=refusal,
        text=text,
        why="",
        made=said(made, names) if made is not None else None,
        sections=sections(),
        payers=payers,
        place_choices=[("", "Ahead of everything"), *place_choices(rule_id)],
        **outcome_choices(),
        **_beside(session, viewer, seen),
    )


def _beside(session: Session, viewer: Viewer, seen: Preview | None) -> dict[str, Any]:
    """What stands beside every draft."""
    newest = newest_playbook(session)
    return {
        "preview": seen,
        "version": newest.number if newest is not None else 1,
        "names": payer_names(session, viewer.practice_ids),
        **WORDS,
    }
