"""The strategy on screen: what is in force, what a change would change, its history, and whether the odds hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from app.audit.actor import act_as
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import are_large
from app.core.clock import Clock
from app.core.db import session_scope
from app.core.worked_out import answer, ask_again
from app.followup.learning import last_evidence
from app.followup.oldest import neglected_question, oldest_under
from app.followup.rank_beside import rank_everything, words_of
from app.followup.strategies import put_in_force, strategy_in_force, take_back, versions
from app.followup.strategy_form import SECTIONS, Changed, FormWrong, from_form, in_words, typed_of
from app.followup.tables import StrategyVersion
from app.web.errors import Conflict
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, Reading, actor_in, product_of
from app.web.toasts import toast
from workqueues.calibration import TOO_FEW, honest_calibration
from workqueues.facts import day_number
from workqueues.outcomes import EVENTS
from workqueues.strategy import Strategy, StrategyError, read_strategy, write_strategy

router = APIRouter()
CanTune = Annotated[Viewer, Depends(require(Permission.STRATEGY_TUNE))]


async def typed_fields(request: Request) -> dict[str, str]:
    """The form as it was typed."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Typed = Annotated[dict[str, str], Depends(typed_fields)]
HELD_BACK_DAYS = (30, 90, 180, 365)  # of answers, held against odds learned from what came before


@router.get("/strategy")
def strategy(request: Request, session: Database, clock: CurrentClock, viewer: CanTune, version: int = 0) -> Response:
    """The strategy in force; `version` starts the form from an older one."""
    older = session.get(StrategyVersion, version) if version else None
    typed = typed_of(read_strategy(older.text)) if older is not None else None
    return _page(request, session, clock, typed=typed)


@router.get("/strategy/file")
def as_file(session: Database, viewer: CanTune) -> Response:
    """The strategy in force as TOML: what the commands that simulate and compare take."""
    now = strategy_in_force(session)
    name = f"strategy-{now.version}.toml"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(write_strategy(now), media_type="text/plain; charset=utf-8", headers=headers)


@router.post("/strategy/neglected")
def count_neglected_again(session: Database, request: Request, clock: CurrentClock, viewer: CanTune) -> Response:
    """Count those whom nobody has looked at anew: the page that follows begins it."""
    ask_again(session, clock, neglected_question(clock.today()))
    return redirect(request, "/strategy")


@router.post("/strategy/check")
def check(request: Request, session: Reading, clock: CurrentClock, viewer: CanTune, typed: Typed) -> Response:
    """What the form would change, or the fields that cannot be followed. Nothing is kept."""
    return _page(request, session, clock, typed=typed)


@router.post("/strategy")
def in_force(request: Request, clock: CurrentClock, viewer: CanTune, typed: Typed) -> Response:
    """Keep a new version and rank everything by it."""
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        try:
            made = put_in_force(
                session,
                from_form(typed, strategy_in_force(session)),
                why=typed.get("why", ""),
                person_id=viewer.person_id,
                person_name=viewer.name,
                clock=clock,
            )
        except FormWrong:
            return _page(request, session, clock, typed=typed)
        except StrategyError as refusal:
            return _page(request, session, clock, typed=typed, refusal=str(refusal))
        number, undo = read_strategy(made.text).version, f"/strategy/{made.id}/undo"
    ranked = rank_everything(product.engine, product.clock, trigger="strategy")
    toast(request, f"Version {number} is in force, and {words_of(ranked)}.", undo=undo)
    return redirect(request, "/strategy")


@router.post("/strategy/{version_id}/undo")
def undo(request: Request, clock: CurrentClock, viewer: CanTune, version_id: int) -> Response:
    """The settings from before are in force again, as a version of their own: the history reads as it happened."""
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        try:
            made = take_back(session, version_id, person_id=viewer.person_id, person_name=viewer.name, clock=clock)
        except StrategyError as refusal:
            raise Conflict(f"This cannot be taken back: {refusal}.") from None
        number, why = read_strategy(made.text).version, made.why
    ranked = rank_everything(product.engine, product.clock, trigger="strategy")
    toast(request, f"{why}: version {number} has the settings from before, and {words_of(ranked)}.")
    return redirect(request, "/strategy")


@router.get("/strategy/calibration")
def calibration(
    request: Request, session: Database, clock: CurrentClock, viewer: CanTune, days: int = 90
) -> Response:
    """Of the submissions given odds of 60 %, were 60 % paid? Odds as they would have been given at the time."""
    held_back = days if days in HELD_BACK_DAYS else HELD_BACK_DAYS[1]
    outcomes = last_evidence(session)
    since = clock.today() - timedelta(days=held_back)
    half_life = strategy_in_force(session).half_life_days
    counted = [(event, int((outcomes.event == number).sum())) for number, event in enumerate(EVENTS)]
    return render(
        request,
        "strategy/calibration.html",
        bands=honest_calibration(outcomes, day_number(since), half_life),
        days=held_back,
        choices=HELD_BACK_DAYS,
        since=since,
        too_few=TOO_FEW,
        counted=counted,
    )


def _page(
    request: Request, session: Session, clock: Clock, *, typed: dict[str, str] | None = None, refusal: str = ""
) -> Response:
    """The form with what was typed, and beside it what is in force and what would differ."""
    now, draft = strategy_in_force(session), None
    errors: dict[str, str] = {}
    if typed is not None:
        try:
            draft = from_form(typed, now)
        except FormWrong as wrong:
            errors = wrong.errors
    differing = in_words(now, draft) if draft is not None else []
    question, is_large = neglected_question(clock.today()), are_large(session)
    found = answer(session, product_of(request).engine, clock, question, is_large=is_large)
    return render(
        request,
        "strategy/index.html",
        status=422 if refusal or errors else 200,
        now=now,
        standard=Strategy(),
        sections=SECTIONS,
        typed=typed or typed_of(now),
        is_typed=typed is not None,
        errors=errors,
        refusal=refusal,
        differing=differing,
        answer=found,
        oldest=oldest_under(now, found.value) if found.value else None,
        oldest_then=oldest_under(draft, found.value) if found.value and draft is not None and differing else None,
        history=_history(session),
        text=write_strategy(now),
    )


def _history(session: Session) -> list[tuple[StrategyVersion, Strategy, list[Changed]]]:
    """Newest first: each version, its settings, and what it changed."""
    kept = versions(session)
    settings = [read_strategy(each.text) for each in kept]
    before = [*settings[1:], Strategy()]
    return [(row, after, in_words(old, after)) for row, after, old in zip(kept, settings, before, strict=False)]
