"""The practice's history as a strategy would have met it: for comparing strategies on what really came of claims.

Every denial of the time (answered after somebody sent something, or left alone) is put before the strategy as it
stood on its first day, with odds learned only from what came before. Its outcome is known where it was worked.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from sqlmodel import Session, func, select

from app.followup.lot_claims import LotClaims
from app.matching.tables import Denial
from workqueues.backtest import Backtest, Worked, backtest
from workqueues.beliefs import Beliefs, beliefs_for
from workqueues.deadlines import Terms
from workqueues.decision import decide
from workqueues.facts import Facts, day_number, day_of
from workqueues.lot import Lot
from workqueues.measured import TookPart
from workqueues.outcomes import EVENTS, Outcomes
from workqueues.simulate import Inflow
from workqueues.strategy import Strategy
from workqueues.vocabulary import CATEGORIES, STATUSES

_ANSWER, _ALONE = EVENTS.index("answer"), EVENTS.index("left-alone")
_NO_ANSWER = CATEGORIES.index("no-answer")


def worked_history(outcomes: Outcomes, beliefs: Beliefs, strategy: Strategy, terms: Terms, since: date) -> Worked:
    """What became known since a day, scored under a strategy that had learned until then."""
    after = outcomes.take(outcomes.happened_on >= day_number(since))
    after = after.take((after.event == _ANSWER) | (after.event == _ALONE))
    decisions = decide(as_met(after, since), strategy, beliefs, terms, since)
    was_worked = after.event == _ANSWER
    return Worked(
        score=decisions.score.astype(np.float64),
        minutes=decisions.minutes.astype(np.float64),
        expected_cents=decisions.expected_cents.astype(np.float64),
        was_worked=was_worked,
        collected_cents=np.where(was_worked, after.paid_cents, np.nan).astype(np.float64),
    )


def took_part(
    drawn_from: LotClaims, beliefs: Beliefs, strategy: Strategy, terms: Terms, since: date
) -> TookPart | None:
    """The claims of the lot that came since a day, scored in the same way: what came of them had not been learned.
    None where no lot was on."""
    if not drawn_from.lot.was_on_since(day_number(since)):
        return None
    rows = np.flatnonzero(drawn_from.came_on >= day_number(since))
    decisions = decide(as_met(drawn_from.as_met.take(rows), since), strategy, beliefs, terms, since)
    return TookPart(
        score=decisions.score.astype(np.float64),
        minutes=decisions.minutes.astype(np.float64),
        chance=drawn_from.chance[rows],
        was_drawn=drawn_from.was_drawn[rows],
        was_worked=drawn_from.was_worked[rows],
        collected_cents=drawn_from.collected_cents[rows],
    )


def minutes_spent(history: Worked) -> float:
    """The time that history gave: what it worked takes that many minutes by this strategy's own reckoning."""
    return float(history.minutes[history.was_worked].sum())


def compared(
    outcomes: Outcomes,
    strategies: list[Strategy],
    terms: Terms,
    since: date,
    drawn_from: LotClaims,
    minutes: float = 0.0,
) -> list[Backtest]:
    """Each strategy in the same minutes: those given, or those that history spent, as the first strategy counts (all
    there are, while nothing has been answered yet)."""
    before = outcomes.take(outcomes.happened_on < day_number(since))
    pairs: list[tuple[Worked, TookPart | None]] = []
    for strategy in strategies:
        beliefs = beliefs_for(strategy, before, since)
        history = worked_history(outcomes, beliefs, strategy, terms, since)
        pairs.append((history, took_part(drawn_from, beliefs, strategy, terms, since)))
    time = minutes or minutes_spent(pairs[0][0]) or float("inf")
    return [backtest(history, time, claims) for history, claims in pairs]


def usual_split(outcomes: Outcomes, lot: Lot, today: date) -> date:
    """Two thirds of the known time are for learning, the last third for the comparison; with a lot, the comparison
    begins no later than the lot did, so that every claim it drew counts."""
    first = float(np.nanmin(outcomes.happened_on)) if len(outcomes) else day_number(today)
    split = today - timedelta(days=int((day_number(today) - first) / 3))
    began = day_of(lot.began) if lot.began is not None else None
    return min(split, began) if began is not None else split


ARRIVALS_DAYS = 90  # as far back as one looks for how many denials come in
ARRIVALS_LEAST = 30  # known denials under which the newest open claims say what comes in


def inflow_of(session: Session, outcomes: Outcomes, facts: Facts, today: date) -> Inflow:
    """What comes in: as many denials a working day as in the last ninety days, each like one of the last year's
    that is known from its beginning to its end, or, where too few are known, like one that is open and new."""
    since = today - timedelta(days=ARRIVALS_DAYS)
    count = session.exec(select(func.count()).select_from(Denial).where(Denial.denied_on > since)).one()
    of_late = (outcomes.happened_on > day_number(today) - 365) & (outcomes.category != _NO_ANSWER)
    known = outcomes.take(of_late & ((outcomes.event == _ANSWER) | (outcomes.event == _ALONE)))
    like = as_met(known, today)
    if len(known) < ARRIVALS_LEAST:
        like = facts.take(
            (facts.arrived_on > day_number(since)) & ~np.isnan(facts.denied_on) & (facts.open_cents > 0)
        )
    return Inflow(like, count / (ARRIVALS_DAYS * 5 / 7))


def as_met(outcomes: Outcomes, today: date) -> Facts:
    """The claims behind some outcomes as they were on the day after the denial (or when silence began)."""
    now = day_number(today)
    is_silent = outcomes.category == _NO_ANSWER
    age = np.maximum(outcomes.age_days - outcomes.days_since_denial, 1)
    columns = {
        "claim_id": np.arange(1, len(outcomes) + 1),
        "payer_id": outcomes.payer_id,
        "open_cents": outcomes.billed_cents,
        "billed_cents": outcomes.billed_cents,
        "insurance_open_cents": outcomes.billed_cents,
        "denied_cents": np.where(is_silent, 0, outcomes.billed_cents),
        "claim_kind": outcomes.claim_kind,
        "status": np.where(is_silent, STATUSES.index("no_answer"), STATUSES.index("denied")),
        "payer_answer": outcomes.payer_answer,
        "category": outcomes.category,
        "carc": outcomes.carc,
        "remark": outcomes.remark,
        "carc_overturn": outcomes.overturn,
        "service_on": now - age,
        "first_billed_on": now - age,
        "last_billed_on": now - age,
        "denied_on": np.where(is_silent, np.nan, now - 1),
        "last_answer_on": np.where(is_silent, np.nan, now - 1),
        "arrived_on": np.full(len(outcomes), now - 1),
    }
    return Facts.from_columns(columns, len(outcomes))
