"""Rank: facts in, decisions out, scores written. All of them at night, and at once those that something touched.

The full run rewrites the narrow score table in one transaction; a touched claim's row is replaced in place, on the
scale (the outlook) of the last full run, so that old and new scores can be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_model

from app.claims.terms import contracts
from app.core.bulk import insert_many, table_of
from app.core.clock import Clock
from app.core.db import session_scope
from app.followup.allowed import learn_allowed
from app.followup.facts import fact_rows
from app.followup.learning import beliefs_in_force, keep_outcomes, own_outcomes
from app.followup.strategies import strategy_in_force
from app.followup.tables import Assignment, QueueTotal, RankRun, WorkScore
from app.followup.wake import wake_answered
from workqueues.beliefs import Beliefs, beliefs_for
from workqueues.deadlines import Terms
from workqueues.decision import Decisions, Ranking
from workqueues.decision import rank as rank_facts
from workqueues.facts import EPOCH, FactRow, Facts
from workqueues.outcomes import Outcomes
from workqueues.outlook import Outlook, read_outlook, write_outlook
from workqueues.playbook import Playbook, standard_playbook
from workqueues.queues import queue_of
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS, CATEGORIES, CONFIDENCES

FULL_RUN_OVER = 5_000  # touched claims; beyond it a full run is quicker than one by one
score = table_of(WorkScore)
total = table_of(QueueTotal)
assignment = table_of(Assignment)

COLUMNS = (
    "claim_id",
    "practice_id",
    "queue",
    "action",
    "reason",
    "why",
    "rank_key",
    "score",
    "tier",
    "expected_cents",
    "odds",
    "minutes",
    "deadline",
    "safe_on",
    "deadline_rule",
    "deadline_confidence",
    "open_cents",
    "payer_id",
    "category",
    "carc",
    "age_days",
    "next_on",
    "owner_id",
)


@dataclass(frozen=True, slots=True)
class Basis:
    """What decisions rest on, besides the facts."""

    strategy: Strategy
    beliefs: Beliefs
    terms: Terms
    playbook: Playbook
    outlook: Outlook | None  # None before the first full run


def basis_of(session: Session) -> Basis:
    """The strategy, beliefs, terms and outlook in force."""
    last = _last_run(session)
    outlook = read_outlook(last.outlook) if last is not None and last.outlook else None
    strategy = strategy_in_force(session)
    beliefs = beliefs_in_force(session, strategy, last)
    return Basis(strategy, beliefs, Terms.build(contracts=contracts(session)), standard_playbook(), outlook)


def rerank_all(engine: Engine, clock: Clock, *, trigger: str) -> RankRun:
    """Rank every open claim and swap the scores in one transaction."""
    started = clock.now()
    today = clock.today()
    with session_scope(engine) as session:
        learn_allowed(session.connection(), today)
        outcomes = own_outcomes(session, today)
        basis = _learned_basis(session, outcomes, today)
        kept: list[FactRow] = []
        for rows in fact_rows(session, today):
            kept.extend(rows)
        ranking = ranked(kept, basis, today, outlook=_next_outlook(session))
        connection = session.connection()
        connection.execute(delete(score))
        owners = _owners(connection, None)
        insert_many(connection, score, COLUMNS, score_rows(kept, ranking.decisions, basis, today, owners))
        rewrite_totals(connection)
        run = _finished_run(session, started, clock, trigger, ranking, basis)
        keep_outcomes(session, run, outcomes, today)
        return run


def rerank_touched(engine: Engine, clock: Clock, claim_ids: Collection[int]) -> None:
    """Re-rank claims after an answer was loaded; everything, when there is no scale yet or very many were touched."""
    if not claim_ids:
        return
    with session_scope(engine) as session:
        is_first = basis_of(session).outlook is None
        wake_answered(session, clock, claim_ids)
    if is_first or len(claim_ids) > FULL_RUN_OVER:
        rerank_all(engine, clock, trigger="load")
        return
    with session_scope(engine) as session:
        rerank_claims(session, clock, sorted(claim_ids))


def rerank_claims(session: Session, clock: Clock, claim_ids: Sequence[int]) -> None:
    """Replace the score rows of some claims and move the totals by the difference. The caller commits."""
    session.flush()
    today = clock.today()
    basis = basis_of(session)
    rows = [row for part in fact_rows(session, today, claim_ids) for row in part]
    connection = session.connection()
    before = _totals_of(connection, claim_ids)
    for part in _parts(claim_ids):
        connection.execute(delete(score).where(score.c.claim_id.in_(part)))
    if rows:
        ranking = ranked(rows, basis, today, outlook=basis.outlook)
        owners = _owners(connection, claim_ids)
        insert_many(connection, score, COLUMNS, score_rows(rows, ranking.decisions, basis, today, owners))
    after = _totals_of(connection, claim_ids)
    _move_totals(connection, before, after)


def score_rows(
    facts: Sequence[FactRow], decisions: Decisions, basis: Basis, today: date, owners: dict[int, int]
) -> Iterator[tuple[Any, ...]]:
    """Rows of the score table in the order of COLUMNS; a claim with nothing open has none."""
    rules, terms = basis.playbook.rules, basis.terms.rules
    columns = [
        decisions.queue.tolist(),
        decisions.action.tolist(),
        decisions.reason.tolist(),
        decisions.category.tolist(),
        decisions.order.tolist(),
        decisions.score.tolist(),
        decisions.tier.tolist(),
        np.rint(decisions.expected_cents).astype(np.int64).tolist(),
        decisions.odds.tolist(),
        decisions.minutes.tolist(),
        decisions.deadline_on.tolist(),
        decisions.safe_on.tolist(),
        decisions.deadline_rule.tolist(),
        decisions.deadline_confidence.tolist(),
        decisions.next_on.tolist(),
    ]
    for fact, values in zip(facts, zip(*columns, strict=True), strict=True):
        queue_code, action, reason, category, order, rate, tier, expected, odds, minutes, *rest = values
        legal, safe, rule_number, confidence, next_on = rest
        queue = queue_of(queue_code)
        if queue is None:
            continue
        rule = rules[reason]
        started = fact.first_billed_on or fact.service_on
        yield (
            fact.claim_id,
            fact.practice_id,
            queue.key,
            ACTIONS[action],
            rule.id,
            rule.reason,
            order,
            rate,
            tier,
            expected,
            odds,
            minutes,
            _day(legal),
            _day(safe),
            terms[rule_number].id if rule_number >= 0 else "",
            CONFIDENCES[confidence] if rule_number >= 0 else "",
            fact.open_cents,
            fact.payer_id,
            CATEGORIES[category],
            fact.carc,
            (today - started).days if started else 0,
            _day(next_on),
            owners.get(fact.claim_id),
        )


def ranked(rows: Sequence[FactRow], basis: Basis, today: date, *, outlook: Outlook | None) -> Ranking:
    facts = Facts.from_rows(rows)
    return rank_facts(
        facts, basis.strategy, basis.beliefs, basis.terms, today, playbook=basis.playbook, outlook=outlook
    )


def _learned_basis(session: Session, outcomes: Outcomes, today: date) -> Basis:
    """What tonight's run rests on: the strategy in force, and what these outcomes teach under it."""
    strategy = strategy_in_force(session)
    beliefs = beliefs_for(strategy, outcomes, today)
    return Basis(strategy, beliefs, Terms.build(contracts=contracts(session)), standard_playbook(), None)


def _last_run(session: Session) -> RankRun | None:
    return session.exec(
        select_model(RankRun).where(col(RankRun.finished_at).is_not(None)).order_by(col(RankRun.id).desc()).limit(1)
    ).first()


def _next_outlook(session: Session) -> Outlook | None:
    """The outlook that the last full run made for this one."""
    last = _last_run(session)
    return read_outlook(last.next_outlook) if last is not None and last.next_outlook else None


def _finished_run(
    session: Session, started: datetime, clock: Clock, trigger: str, ranking: Ranking, basis: Basis
) -> RankRun:
    claims, cents = session.execute(
        select(func.count(), func.coalesce(func.sum(score.c.open_cents), 0)).select_from(score)
    ).one()
    run = RankRun(
        started_at=started,
        finished_at=clock.now(),
        trigger=trigger,
        claims=int(claims),
        open_cents=int(cents),
        strategy=f"{basis.strategy.name} {basis.strategy.version}",
        outlook=write_outlook(ranking.outlook),
        next_outlook=write_outlook(ranking.next_outlook),
    )
    session.add(run)
    session.flush()
    return run


def _owners(connection: Connection, claim_ids: Sequence[int] | None) -> dict[int, int]:
    statement = select(assignment.c.claim_id, assignment.c.person_id)
    if claim_ids is None:
        return {row.claim_id: row.person_id for row in connection.execute(statement)}
    return {
        row.claim_id: row.person_id
        for part in _parts(claim_ids)
        for row in connection.execute(statement.where(assignment.c.claim_id.in_(part)))
    }


Totals = dict[tuple[int, str], tuple[int, int]]  # (practice, queue) → (claims, open cents)


def _totals_of(connection: Connection, claim_ids: Sequence[int]) -> Totals:
    found: Totals = {}
    for part in _parts(claim_ids):
        statement = (
            select(score.c.practice_id, score.c.queue, func.count(), func.sum(score.c.open_cents))
            .where(score.c.claim_id.in_(part))
            .group_by(score.c.practice_id, score.c.queue)
        )
        for practice_id, queue, claims, cents in connection.execute(statement):
            had = found.get((practice_id, queue), (0, 0))
            found[practice_id, queue] = (had[0] + int(claims), had[1] + int(cents))
    return found


def _move_totals(connection: Connection, before: Totals, after: Totals) -> None:
    for place in before.keys() | after.keys():
        claims = after.get(place, (0, 0))[0] - before.get(place, (0, 0))[0]
        cents = after.get(place, (0, 0))[1] - before.get(place, (0, 0))[1]
        if not claims and not cents:
            continue
        moved = connection.execute(
            update(total)
            .where(total.c.practice_id == place[0], total.c.queue == place[1])
            .values(claims=total.c.claims + claims, open_cents=total.c.open_cents + cents)
        )
        if moved.rowcount == 0:
            connection.execute(
                insert(total).values(practice_id=place[0], queue=place[1], claims=claims, open_cents=cents)
            )


def rewrite_totals(connection: Connection) -> None:
    connection.execute(delete(total))
    statement = select(
        score.c.practice_id, score.c.queue, func.count().label("claims"), func.sum(score.c.open_cents).label("cents")
    ).group_by(score.c.practice_id, score.c.queue)
    rows = [
        {"practice_id": row.practice_id, "queue": row.queue, "claims": row.claims, "open_cents": int(row.cents)}
        for row in connection.execute(statement)
    ]
    if rows:
        connection.execute(insert(total), rows)


def _parts(claim_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Engines bound the parameters of one statement."""
    for first in range(0, len(claim_ids), 500):
        yield claim_ids[first : first + 500]


def _day(number: float) -> date | None:
    """A day number of the engine as a date; NaN is None."""
    return None if number != number else EPOCH + timedelta(days=int(number))
