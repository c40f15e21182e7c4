"""What a change of the playbook would do to the claims that are open now, before anything is kept; and what each
rule decides today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from sqlmodel import Session, col, func, select

from app.followup.facts import open_facts
from app.followup.playbooks import Difference, own_in_force, payers_touched, playbook_of, rule_differences
from app.followup.rank import basis_of
from app.followup.tables import WorkScore
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


class Preview(NamedTuple):
    differing: list[Difference]
    turns: list[Turn]  # most dollars first
    turned: Standing  # all of them
    same_action: Standing  # decided by another rule, and yet for the same action and queue
    looked_at: int


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


def preview(session: Session, practice_ids: Sequence[int], after: OwnRules, today: date) -> Preview:
    """Both playbooks over the same claims, by the same outlook: only the rules differ."""
    before = own_in_force(session)
    basis = basis_of(session)
    touched = payers_touched(before, after)
    facts = open_facts(session, today, payer_ids=touched)
    facts = facts.take(np.isin(facts.practice_id, practice_ids))
    book = playbook_of(write_own(after))
    if not len(facts):
        return Preview(rule_differences(before, after), [], Standing(0, 0), Standing(0, 0), 0)

    def decided(playbook: Playbook) -> Decisions:
        return decide(
            facts, basis.strategy, basis.beliefs, basis.terms, today, playbook=playbook, outlook=basis.outlook
        )

    turns, same = _turns(facts, decided(basis.playbook), decided(book), basis.playbook, book)
    turned = Standing(sum(each.claims for each in turns), sum(each.open_cents for each in turns))
    return Preview(rule_differences(before, after), turns[:MOST_LINES], turned, same, len(facts))


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
