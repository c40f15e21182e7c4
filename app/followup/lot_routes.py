"""The strategy as the lot measures it, on screen: how far it has come, and what it says."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.claims.terms import contracts
from app.followup.history import compared, usual_split
from app.followup.learning import last_evidence
from app.followup.lot import lot_drawn
from app.followup.lot_claims import WINDOW_DAYS, lot_claims
from app.followup.strategies import strategy_in_force, versions
from app.followup.strategy_routes import CanTune
from app.web.pages import render
from app.web.product import CurrentClock, Database
from workqueues.deadlines import Terms
from workqueues.facts import day_of
from workqueues.lot import STANDS_DAYS, Lot
from workqueues.measured import DRAWN_LEAST, KNOWN, ByLot, Estimate, standing
from workqueues.strategy import Strategy, read_strategy

router = APIRouter()


class MeasuredView(NamedTuple):
    """One strategy, in words and figures."""

    name: str
    said: str
    counts: ByLot
    estimates: list[tuple[str, list[tuple[int, int, int]]]]  # how it is weighed; estimate, from, to in cents


@router.get("/strategy/lot")
def measured_by_lot(request: Request, session: Database, clock: CurrentClock, viewer: CanTune) -> Response:
    """The strategy in force and the one before it, since the newest lot began."""
    lot, now = lot_drawn(session), strategy_in_force(session)
    return render(
        request,
        "strategy/lot.html",
        lot=lot,
        began=day_of(lot.began) if lot.began is not None else None,
        changed_on=day_of(lot.drawings[-1].from_day) if lot else None,
        share=now.random_share,
        views=_views(session, lot, now, clock.today()) if lot else [],
        window_days=WINDOW_DAYS,
        stands_days=STANDS_DAYS,
        needed=DRAWN_LEAST,
    )


def _views(session: Session, lot: Lot, now: Strategy, today: date) -> list[MeasuredView]:
    chosen = [(f"In force: {_named(now)}", now)]
    kept = versions(session)
    if kept:
        before = read_strategy(kept[1].text) if len(kept) > 1 else Strategy()
        chosen.append((f"Before: {_named(before)}", before))
    outcomes = last_evidence(session)
    claims = lot_claims(session, today)
    since = usual_split(outcomes, lot, today)
    terms = Terms.build(contracts=contracts(session))
    results = compared(outcomes, [strategy for _, strategy in chosen], terms, since, claims)
    return [_view(name, result.by_lot) for (name, _), result in zip(chosen, results, strict=True)]


def _named(strategy: Strategy) -> str:
    return f"{strategy.name}, version {strategy.version}"


def _view(name: str, counts: ByLot) -> MeasuredView:
    estimates = []
    if counts.state == KNOWN and counts.to_all is not None and counts.plain is not None:
        estimates = [
            ("Weighed to all that there are", [_rounded(each) for each in counts.to_all]),
            ("Weighed plainly", [_rounded(each) for each in counts.plain]),
        ]
    return MeasuredView(name, standing(counts, WINDOW_DAYS), counts, estimates)


def _rounded(estimate: Estimate) -> tuple[int, int, int]:
    return round(estimate.cents), round(estimate.low_cents), round(estimate.high_cents)
