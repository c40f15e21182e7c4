"""What a change of the playbook would do to the claims that are open now, before anything is kept; and what each
rule decides today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from pydantic import TypeAdapter
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from app.claims.queries import are_large
from app.core.clock import Clock
from app.core.worked_out import Answer, Question, answer
from app.followup.facts import open_facts
from app.followup.playbooks import Difference, own_in_force, payers_touched, playbook_of, rule_differences
from app.followup.rank import basis_of
from app.followup.tables import RankRun, WorkScore
from app.followup.totals import RULE, Standing, standings_of
from workqueues.decision import Decisions, decide
from workqueues.facts import Facts
from workqueues.own_rules import OwnRules, write_own
from workqueues.playbook import Playbook
from workqueues.queues import queue_of
from workqueues.vocabulary import ACTIONS

MOST_LINES = 40  # of from → to; the rest are added up


class Turn(NamedTuple):
    """Claims that would go from one action and queue to another."""

    action_before: str
    queue_before: str
    action_after: str
    queue_after: str
    rule_before: str
    rule_after: str
    claims: int
    open_cents: int


class Moved(NamedTuple):
    turns: list[Turn]  # most dollars first
    turned: Standing  # all of them
    same_action: Standing  # decided by another rule, and yet for the same action and queue
    looked_at: int


class Preview(NamedTuple):
    differing: list[Difference]
    answer: Answer[Moved]


MOVED = TypeAdapter(Moved)
NOTHING_MOVED = Moved([], Standing(0, 0), Standing(0, 0), 0)


def standings(session: Session, practice_ids: Sequence[int], payer_id: int | None = None) -> dict[str, Standing]:
    """Rule → the open claims that it decided when they were last ranked."""
    if payer_id is None:
        return standings_of(session, practice_ids, RULE)
    statement = (
        select(WorkScore.reason, func.count(), func.sum(WorkScore.open_cents))
        .where(col(WorkScore.practice_id).in_(practice_ids), WorkScore.payer_id == payer_id)
        .group_by(WorkScore.reason)
    )
    return {rule: Standing(int(claims), int(cents)) for rule, claims, cents in session.exec(statement)}


def preview(
    session: Session,
    engine: Engine,
    clock: Clock,
    practice_ids: Sequence[int],
    after: OwnRules,
    *,
    anew: bool = False,
) -> Preview:
    """What differs, and the claims that it would move: of large books they are sought beside the request, once more
    if they are asked for `anew`."""
    before = own_in_force(session)
    differing = rule_differences(before, after)
    if not differing:
        return Preview(differing, Answer(NOTHING_MOVED))
    asked = {
        "practices": sorted(practice_ids),
        "before": write_own(before),
        "after": write_own(after),
        "run": session.exec(select(func.max(RankRun.id))).one(),
    }
    question = Question(
        "playbook", asked, MOVED, lambda reading: moved(reading, practice_ids, before, after, clock.today())
    )
    return Preview(differing, answer(session, engine, clock, question, is_large=are_large(session), anew=anew))


def moved(session: Session, practice_ids: Sequence[int], before: OwnRules, after: OwnRules, today: date) -> Moved:
    """Both playbooks over the same claims, by the same outlook: only the rules differ."""
    basis = basis_of(session)
    facts = open_facts(session, today, payer_ids=payers_touched(before, after))
    facts = facts.take(np.isin(facts.practice_id, practice_ids))
    if not len(facts):
        return NOTHING_MOVED
    old, new = (playbook_of(write_own(own)) for own in (before, after))

    def decided(playbook: Playbook) -> Decisions:
        return decide(
            facts, basis.strategy, basis.beliefs, basis.terms, today, playbook=playbook, outlook=basis.outlook
        )

    turns, same = _turns(facts, decided(old), decided(new), old, new)
    turned = Standing(sum(each.claims for each in turns), sum(each.open_cents for each in turns))
    return Moved(turns[:MOST_LINES], turned, same, len(facts))


def _turns(
    facts: Facts, before: Decisions, after: Decisions, old: Playbook, new: Playbook
) -> tuple[list[Turn], Standing]:
    """Claims grouped by what they would turn from and to."""
    old_ids = np.array([rule.id for rule in old.rules])[before.reason]
    new_ids = np.array([rule.id for rule in new.rules])[after.reason]
    is_open = (before.queue > 0) | (after.queue > 0)
    turning = is_open & ((before.action != after.action) | (before.queue != after.queue))
    only_rule = is_open & ~turning & (old_ids != new_ids)
    found: dict[tuple[int, int, int, int, str, str], list[int]] = {}
    for row in np.flatnonzero(turning).tolist():
        key = (
            int(before.action[row]),
            int(before.queue[row]),
            int(after.action[row]),
            int(after.queue[row]),
            str(old_ids[row]),
            str(new_ids[row]),
        )
        found.setdefault(key, []).append(row)
    turns = [
        Turn(
            ACTIONS[key[0]],
            _queue(key[1]),
            ACTIONS[key[2]],
            _queue(key[3]),
            key[4],
            key[5],
            len(rows),
            int(facts.open_cents[rows].sum()),
        )
        for key, rows in found.items()
    ]
    turns.sort(key=lambda turn: (-turn.open_cents, -turn.claims, turn.rule_after))
    return turns, Standing(int(only_rule.sum()), int(facts.open_cents[only_rule].sum()))


def _queue(code: int) -> str:
    queue = queue_of(code)
    return queue.label if queue is not None else "none"
