"""The strategy as the lot measures it, on screen: how far it has come, and what it says."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.claims.queries import are_large
from app.core.worked_out import answer, ask_again
from app.followup.lot import lot_drawn
from app.followup.lot_claims import WINDOW_DAYS
from app.followup.lot_measured import measured
from app.followup.strategies import strategy_in_force
from app.followup.strategy_routes import CanTune
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, product_of
from workqueues.facts import day_of
from workqueues.lot import STANDS_DAYS
from workqueues.measured import DRAWN_LEAST

router = APIRouter()


@router.get("/strategy/lot")
def measured_by_lot(request: Request, session: Database, clock: CurrentClock, viewer: CanTune) -> Response:
    """The strategy in force and the one before it, since the newest lot began."""
    lot, now = lot_drawn(session), strategy_in_force(session)
    question = measured(session, clock.today())
    found = answer(session, product_of(request).engine, clock, question, is_large=bool(lot) and are_large(session))
    return render(
        request,
        "strategy/lot.html",
        answer=found,
        lot=lot,
        began=day_of(lot.began) if lot.began is not None else None,
        changed_on=day_of(lot.drawings[-1].from_day) if lot else None,
        share=now.random_share,
        today=clock.today(),
        views=found.value or [],
        window_days=WINDOW_DAYS,
        stands_days=STANDS_DAYS,
        needed=DRAWN_LEAST,
    )


@router.post("/strategy/lot")
def measured_again(request: Request, session: Database, clock: CurrentClock, viewer: CanTune) -> Response:
    """Work it out anew: the page that follows begins it."""
    ask_again(session, clock, measured(session, clock.today()))
    return redirect(request, "/strategy/lot")
