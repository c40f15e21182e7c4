"""The strategy as the lot measures it, on screen: how far it has come, and what it says."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.claims.terms import terms_in_force
from app.followup.history import compared, usual_split
from app.followup.learning import last_evidence
from app.followup.lot import lot_drawn
from app.followup.lot_claims import WINDOW_DAYS, lot_claims
from app.followup.strategies import strategy_in_force, versions
from app.followup.strategy_routes import CanTune
from app.web.pages import render
from app.web.product import CurrentClock, Database
from app.web.show import money
from workqueues.facts import day_of
from workqueues.lot import STANDS_DAYS, Lot
from workqueues.measured import DRAWN_LEAST, WEIGHED, ByLot, Estimate, standing
from workqueues.strategy import Strategy, read_strategy

router = APIRouter()


class MeasuredView(NamedTuple):
    """One strategy, in words and figures."""

    name: str
    said: str
    counts: ByLot
    estimates: list[tuple[str, list[tuple[str, str, str]]]]  # what; weighed to all and plainly: estimate, from, to


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
        today=clock.today(),
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
    terms = terms_in_force(session)
    results = compared(outcomes, [strategy for _, strategy in chosen], terms, since, claims)
    return [_view(name, result.by_lot) for (name, _), result in zip(chosen, results, strict=True)]


def _named(strategy: Strategy) -> str:
    return f"{strategy.name}, version {strategy.version}"


def _view(name: str, counts: ByLot) -> MeasuredView:
    estimates = []
    if counts.to_all is not None and counts.plain is not None:
        estimates = [
            (label, [_in_dollars(each) for each in pair])
            for label, *pair in zip(WEIGHED, counts.to_all, counts.plain, strict=True)
        ]
    return MeasuredView(name, standing(counts, WINDOW_DAYS), counts, estimates)


def _in_dollars(estimate: Estimate) -> tuple[str, str, str]:
    """Whole dollars: no lot is surer than that."""
    cents, low, high = (money(round(each / 100) * 100).removesuffix(".00") for each in estimate)
    return cents, low, high
