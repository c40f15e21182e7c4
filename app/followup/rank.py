"""Rank: facts in, decisions out, scores written. All of them at night, and at once those that something touched.

The full run rewrites the narrow score table in one transaction; a touched claim's row is replaced in place, on the
scale (the outlook) of the last full run, so that old and new scores can be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Insert,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
)
from sqlmodel import Session, col
from sqlmodel import select as select_model

from app.claims.among import among
from app.claims.code_ways import AS_SHIPPED, CodeWays, code_ways
from app.claims.tables import Claim, CodeOverride
from app.claims.terms import entered_as_text, terms_in_force, terms_of_payer, terms_of_text
from app.core.bulk import FEW, insert_many, table_of
from app.core.clock import Clock
from app.core.db import is_sqlite, late_writing_scope, session_scope
from app.core.turn import Turn, wait_turn
from app.followup.allowed import learn_allowed
from app.followup.fact_columns import STATES
from app.followup.facts import fact_rows, open_facts
from app.followup.learning import LastRun, beliefs_in_force, keep_outcomes, outlook_in_force, own_outcomes
from app.followup.lot import lot_drawn, note_chance
from app.followup.playbooks import playbook_in_force, playbook_of
from app.followup.strategies import strategy_in_force, strategy_of
from app.followup.swap import lay_out, take_place
from app.followup.tables import (
    Assignment,
    LotChance,
    PlaybookVersion,
    RankedAnew,
    RankRun,
    StrategyVersion,
    WorkScore,
)
from app.followup.totals import COUNTED, Totals, move_totals, rewrite_totals, totals_of, totals_of_rows, true_totals
from app.followup.wake import wake_answered
from workqueues.beliefs import Beliefs, beliefs_for
from workqueues.deadlines import Terms
from workqueues.decision import Decisions, Ranking, decide
from workqueues.decision import rank as rank_facts
from workqueues.facts import EPOCH, Facts, day_number
from workqueues.lot import NO_LOT, Lot
from workqueues.outcomes import Outcomes
from workqueues.outlook import Outlook, read_outlook, write_outlook
from workqueues.playbook import Playbook
from workqueues.queues import age_days, queues
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS, CATEGORIES, CONFIDENCES, code_text

FULL_RUN_OVER = 5_000  # touched claims; beyond it a full run is quicker than one by one
_ONE_FULL_RUN = Lock()  # of this process; between processes on PostgreSQL it is the turn that orders them
claim = table_of(Claim)
score = table_of(WorkScore)
assignment = table_of(Assignment)
ranked_anew = table_of(RankedAnew)

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
    "touches",
    "state",
)
QUEUE = COLUMNS.index("queue")
ROWS_AT_ONCE = 5_000  # of decisions, as Python values on their way to the table


@dataclass(frozen=True, slots=True)
class Basis:
    """What decisions rest on, besides the facts."""

    strategy: Strategy
    beliefs: Beliefs
    terms: Terms
    playbook: Playbook
    outlook: Outlook | None  # None before the first full run
    lot: Lot


def basis_of(session: Session) -> Basis:
    """The strategy, beliefs, terms and outlook in force."""
    return _basis_and_ways(session)[0]


def basis_of_payer(session: Session, payer_id: int) -> Basis:
    """Enough to explain a claim of this payer: its own terms, and no lot, which only gives claims their place."""
    newest = session.connection().execute(_in_force()).one()
    return _basis(session, newest, terms_of_payer(session, payer_id), NO_LOT)


def _basis_and_ways(session: Session) -> tuple[Basis, CodeWays]:
    """The same, and how the site judges codes, which the facts rest on: of what most sites have none, one question
    says that there is none."""
    session.flush()  # a term may have been entered in this very transaction
    connection = session.connection()
    newest = connection.execute(_all_in_force(on_sqlite=is_sqlite(connection))).one()
    ways = code_ways(connection) if newest.has_overrides else AS_SHIPPED
    lot = lot_drawn(session) if newest.has_draws else NO_LOT
    return _basis(session, newest, terms_of_text(newest.terms), lot), ways


def _basis(session: Session, newest: Row[Any], terms: Terms, lot: Lot) -> Basis:
    last = LastRun(newest.run_id, newest.started_at) if newest.run_id is not None else None
    strategy = strategy_of(newest.strategy)
    beliefs = beliefs_in_force(session, strategy, last)
    playbook = playbook_of(newest.playbook)
    return Basis(strategy, beliefs, terms, playbook, outlook_in_force(session, last), lot)


@cache
def _in_force() -> Select[Any]:
    """The newest strategy and playbook, and which full run was the last, as one row."""
    strategy, playbook, run = table_of(StrategyVersion), table_of(PlaybookVersion), table_of(RankRun)

    def newest(column: ColumnElement[Any], number: ColumnElement[int]) -> Select[Any]:
        return select(column).order_by(number.desc()).limit(1)

    is_full = run.c.finished_at.is_not(None)
    return select(
        newest(strategy.c.text, strategy.c.id).scalar_subquery().label("strategy"),
        newest(playbook.c.text, playbook.c.id).scalar_subquery().label("playbook"),
        newest(run.c.id, run.c.id).where(is_full).scalar_subquery().label("run_id"),
        newest(run.c.started_at, run.c.id).where(is_full).scalar_subquery().label("started_at"),
    )


@cache
def _all_in_force(*, on_sqlite: bool) -> Select[Any]:
    """With everybody's terms, and whether there is anything else that a rank rests on."""
    override = table_of(CodeOverride)
    return _in_force().add_columns(
        entered_as_text(on_sqlite=on_sqlite).label("terms"),
        exists().where(override.c.ended_at.is_(None)).label("has_overrides"),
        exists(select(table_of(LotChance).c.from_day)).label("has_draws"),
    )


def rerank_all(engine: Engine, clock: Clock, *, trigger: str) -> RankRun:
    """Rank every open claim and swap the scores in one transaction.

    Others work on while it reads and weighs. What they touched meanwhile is ranked again once the scores stand. One
    full run waits for another: else the one that read first could come last, and put back what it had read.
    """
    with _ONE_FULL_RUN if is_sqlite(engine) else nullcontext():
        return _ranked_all(engine, clock, trigger)


def _ranked_all(engine: Engine, clock: Clock, trigger: str) -> RankRun:
    started = clock.now()
    today = clock.today()
    with session_scope(engine) as session:
        wait_turn(session.connection(), Turn.RANK)
        learn_allowed(session.connection(), today)
        session.connection().execute(delete(ranked_anew))
    with late_writing_scope(engine) as (session, begin_writing):
        wait_turn(session.connection(), Turn.RANK)
        outcomes = own_outcomes(session, today)
        basis = _learned_basis(session, outcomes, today)
        facts = open_facts(session, today)
        ranking = rank_facts(
            facts, basis.strategy, basis.beliefs, basis.terms, today,
            playbook=basis.playbook, outlook=_next_outlook(session), lot=basis.lot,
        )  # fmt: skip
        owners = _owners(session.connection(), None)
        rows = score_rows(facts, ranking.decisions, basis, today, owners)
        totals = true_totals(session.connection(), lay_out(session.connection(), COLUMNS, rows))
        begin_writing()
        take_place(session.connection())
        rewrite_totals(session.connection(), totals)
        run = _finished_run(session, started, clock, trigger, ranking, basis)
        keep_outcomes(session, run, outcomes, today)
        note_chance(session, basis.lot, ranking.next_outlook.lot_chance, today)
        touched = sorted(set(session.connection().execute(_RANKED_ANEW).scalars()))
        _replace_rows(session, today, touched)  # the table is ours alone: nobody need be waited for
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
    if not claim_ids:
        return
    session.flush()
    _hold(session.connection(), claim_ids)
    _replace_rows(session, clock.today(), claim_ids)


def _replace_rows(session: Session, today: date, claim_ids: Sequence[int]) -> None:
    basis, ways = _basis_and_ways(session)
    rows = [row for part in fact_rows(session, today, claim_ids, ways=ways) for row in part]
    connection = session.connection()
    before = _taken_out(connection, claim_ids)
    after = _put_in(connection, Facts.from_rows(rows), basis, today) if rows else totals_of_rows([])
    move_totals(connection, before, after)


def _taken_out(connection: Connection, claim_ids: Sequence[int]) -> Totals:
    """The rows of these claims go; what they had added to the totals."""
    if len(claim_ids) == 1:  # told as a number: a list of one would be written out anew each time
        return totals_of_rows(connection.execute(_TAKE_OUT_ONE, {"claim_id": claim_ids[0]}))
    told = ({"claim_ids": list(part)} for part in _parts(claim_ids))
    return totals_of_rows(row for part in told for row in connection.execute(_TAKE_OUT, part))


def _put_in(connection: Connection, facts: Facts, basis: Basis, today: date) -> Totals:
    """A fresh row for each of these claims; what they add to the totals.

    Of a few claims each INSERT looks up the owner and answers with what counts; many are copied in and read again.
    """
    decisions = decided(facts, basis, today)
    if len(facts) <= FEW:
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in score_rows(facts, decisions, basis, today, {})]
        return totals_of_rows(connection.execute(_PUT_IN, row).one() for row in rows)
    claim_ids = facts.claim_id.tolist()
    owners = _owners(connection, claim_ids)
    insert_many(connection, score, COLUMNS, score_rows(facts, decisions, basis, today, owners))
    return totals_of(connection, claim_ids)


def _hold(connection: Connection, claim_ids: Sequence[int]) -> None:
    """Of two processes that rank a claim at once the second waits before it reads, lest both put in its row, or the
    older reading come last. The claims are noted in the same breath: a full run may have read them before."""
    if len(claim_ids) == 1:
        connection.execute(_HOLD_ONE, {"claim_id": claim_ids[0]})
    else:
        connection.execute(_noted(among(connection, claim.c.id, claim_ids)))


def _noted(which: ColumnElement[bool]) -> Insert:
    held = select(claim.c.id).where(which).order_by(claim.c.id).with_for_update(key_share=True)  # not on SQLite
    return insert(ranked_anew).from_select(["claim_id"], held)


def score_rows(
    facts: Facts, decisions: Decisions, basis: Basis, today: date, owners: dict[int, int]
) -> Iterator[tuple[Any, ...]]:
    """Rows of the score table in the order of COLUMNS; a claim with nothing open has none."""
    words = _Words(basis)
    for first in range(0, len(facts), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        values = list(zip(*_columns(facts.take(rows), decisions, rows, today, words, owners), strict=True))
        if (decisions.queue[rows] == 0).any():
            values = [row for row in values if row[QUEUE]]
        yield from values


class _Words:
    """What the codes of a decision read as: looked up in lists, not made anew for each claim."""

    def __init__(self, basis: Basis) -> None:
        self.queue = ["", *(queue.key for queue in queues())]
        self.rule_id = [rule.id for rule in basis.playbook.rules]
        self.reason = [rule.reason for rule in basis.playbook.rules]
        self.term = [*(term.id for term in basis.terms.rules), ""]  # -1, not configured, is the last
        self.carc: dict[int, str] = {}
        self.days: dict[float, date | None] = {}

    def carcs(self, numbers: NDArray[np.int32]) -> list[str]:
        for number in np.unique(numbers).tolist():
            self.carc.setdefault(number, code_text(number))
        return [self.carc[number] for number in numbers.tolist()]

    def dates(self, numbers: NDArray[np.float32]) -> list[date | None]:
        days = np.nan_to_num(numbers, nan=-1.0)
        for number in np.unique(days).tolist():
            self.days.setdefault(number, None if number < 0 else EPOCH + timedelta(days=int(number)))
        return [self.days[number] for number in days.tolist()]


def _columns(
    facts: Facts, decisions: Decisions, rows: slice, today: date, words: _Words, owners: dict[int, int]
) -> Iterator[list[Any]]:
    """In the order of COLUMNS."""
    claim_ids, rule, term = facts.claim_id.tolist(), decisions.reason[rows].tolist(), decisions.deadline_rule[rows]
    no_term = term < 0
    age = np.nan_to_num(age_days(facts, day_number(today)), nan=0.0)
    yield claim_ids
    yield facts.practice_id.tolist()
    yield [words.queue[code] for code in decisions.queue[rows].tolist()]
    yield [ACTIONS[code] for code in decisions.action[rows].tolist()]
    yield [words.rule_id[number] for number in rule]
    yield [words.reason[number] for number in rule]
    yield decisions.order[rows].tolist()
    yield decisions.score[rows].tolist()
    yield decisions.tier[rows].tolist()
    yield np.rint(decisions.expected_cents[rows]).astype(np.int64).tolist()
    yield decisions.odds[rows].tolist()
    yield decisions.minutes[rows].tolist()
    yield words.dates(decisions.deadline_on[rows])
    yield words.dates(decisions.safe_on[rows])
    yield [words.term[number] for number in term.tolist()]
    yield [CONFIDENCES[code] for code in np.where(no_term, 0, decisions.deadline_confidence[rows]).tolist()]
    yield facts.open_cents.tolist()
    yield facts.payer_id.tolist()
    yield [CATEGORIES[code] for code in decisions.category[rows].tolist()]
    yield words.carcs(facts.carc)
    yield age.astype(np.int64).tolist()
    yield words.dates(decisions.next_on[rows])
    yield [owners.get(claim_id) for claim_id in claim_ids] if owners else [None] * len(claim_ids)
    yield facts.touches.tolist()
    yield [STATES[number].value for number in facts.state.tolist()]


def decided(facts: Facts, basis: Basis, today: date) -> Decisions:
    """Some claims, on the scale of the last full run."""
    strategy, beliefs, terms, outlook = basis.strategy, basis.beliefs, basis.terms, basis.outlook
    return decide(facts, strategy, beliefs, terms, today, playbook=basis.playbook, outlook=outlook, lot=basis.lot)


def _learned_basis(session: Session, outcomes: Outcomes, today: date) -> Basis:
    """What tonight's run rests on: the strategy in force, and what these outcomes teach under it."""
    strategy = strategy_in_force(session)
    beliefs = beliefs_for(strategy, outcomes, today)
    terms = terms_in_force(session)
    return Basis(strategy, beliefs, terms, playbook_in_force(session), None, lot_drawn(session))


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
    if claim_ids is None:
        return {row.claim_id: row.person_id for row in connection.execute(_OWNERS)}
    return {
        row.claim_id: row.person_id
        for part in _parts(claim_ids)
        for row in connection.execute(_OWNERS_OF_SOME, {"claim_ids": list(part)})
    }


_SOME: BindParameter[Any] = bindparam("claim_ids", expanding=True)
_ONE: BindParameter[Any] = bindparam("claim_id")
_TAKE_OUT = delete(score).where(score.c.claim_id.in_(_SOME)).returning(*COUNTED)
_TAKE_OUT_ONE = delete(score).where(score.c.claim_id == _ONE).returning(*COUNTED)
_OWNER = select(assignment.c.person_id).where(assignment.c.claim_id == bindparam("claim_id")).scalar_subquery()
_PUT_IN = (
    insert(score)
    .values({name: bindparam(name) for name in COLUMNS if name != "owner_id"} | {"owner_id": _OWNER})
    .returning(*COUNTED)
)
_HOLD_ONE = _noted(claim.c.id == _ONE)
_RANKED_ANEW = select(ranked_anew.c.claim_id)
_OWNERS = select(assignment.c.claim_id, assignment.c.person_id)
_OWNERS_OF_SOME = _OWNERS.where(assignment.c.claim_id.in_(_SOME))


def _parts(claim_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Engines bound the parameters of one statement."""
    for first in range(0, len(claim_ids), 500):
        yield claim_ids[first : first + 500]
