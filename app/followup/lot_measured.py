"""What the lot says of the strategy in force and of the one before it, off every claim that came while it was on.

Of large books that takes a minute or two, so it is a question that is worked out beside the requests.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlmodel import Session

from app.claims.terms import terms_in_force
from app.core.worked_out import Question
from app.followup.history import compared, usual_split
from app.followup.learning import last_evidence
from app.followup.lot import lot_drawn
from app.followup.lot_claims import WINDOW_DAYS, lot_claims
from app.followup.strategies import newest_version, strategy_in_force, versions
from app.web.show import money
from workqueues.measured import WEIGHED, ByLot, Estimate, standing
from workqueues.strategy import Strategy, read_strategy


class MeasuredView(NamedTuple):
    """One strategy, in words and figures."""

    name: str
    said: str
    counts: ByLot
    estimates: list[tuple[str, list[tuple[str, str, str]]]]  # what; weighed to all and plainly: estimate, from, to


VIEWS = TypeAdapter(list[MeasuredView])


def measured(session: Session, today: date) -> Question[list[MeasuredView]]:
    """Every claim that the lot drew or might have drawn is read for it: of large books beside the requests."""
    newest = newest_version(session)
    asked = {
        "version": newest.id if newest is not None else 0,
        "lot": [list(each) for each in lot_drawn(session).drawings],
    }
    return Question("lot", asked, VIEWS, lambda reading: _views(reading, today))


def _views(session: Session, today: date) -> list[MeasuredView]:
    lot, now = lot_drawn(session), strategy_in_force(session)
    if not lot:
        return []
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
