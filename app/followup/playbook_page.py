"""The playbook as its page reads: rules in order under their headings, in words, with what each decides today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from app.claims.queries import ClaimHead
from app.followup.facts import fact_rows
from app.followup.payers import payers_of
from app.followup.playbook_preview import standings
from app.followup.playbook_words import PayerNames, Said, condition_words, found_words, said
from app.followup.playbooks import own_in_force, playbook_in_force
from app.followup.totals import Standing
from workqueues.facts import Facts, day_number
from workqueues.own_rules import OwnRules, Switch, ordered
from workqueues.playbook import Rule, standard_playbook
from workqueues.weigh import Tried, weigh

NOTHING = Standing(0, 0)


class RuleLine(NamedTuple):
    """One rule in the list."""

    number: int  # place in the order tried, from 1; 0: not used by anybody
    rule: Rule
    said: Said
    standing: Standing
    is_own: bool  # a rule of ours, or a standard one that we changed
    replaces: bool  # it stands in the place of the standard rule of its id
    switch: Switch

    def text(self) -> str:
        """What a search looks through."""
        words = (*self.said, self.rule.id, self.rule.reason, self.rule.proof, self.rule.source, self.rule.part)
        return " ".join(words).casefold()


class WeighedLine(NamedTuple):
    """One rule against one claim, in words."""

    number: int
    rule: Rule
    said: Said
    decides: bool
    fits: bool
    conditions: list[tuple[str, bool, str]]  # what is asked, is it so, what the claim has


def payer_names(session: Session, practice_ids: Sequence[int]) -> dict[int, str]:
    """Payers of these practices, by name."""
    payers = sorted(payers_of(session, practice_ids), key=lambda payer: payer.name.casefold())
    return {payer.id or 0: payer.name for payer in payers}


def rule_lines(
    session: Session, practice_ids: Sequence[int], names: PayerNames, payer_id: int | None = None
) -> list[RuleLine]:
    """Every rule in the order tried; for one payer, those that may fit its claims."""
    own, standard = own_in_force(session), standard_playbook()
    shipped = {rule.id for rule in standard.rules}
    used = {rule.id: rule for rule in playbook_in_force(session).rules}
    decides = standings(session, practice_ids, payer_id)
    lines, number = [], 0
    for rule in ordered(standard, own):
        shown = used.get(rule.id, rule)
        number += rule.id in used
        if payer_id is not None and not _may_fit(shown, payer_id):
            continue
        lines.append(
            RuleLine(
                number if rule.id in used else 0,
                shown,
                said(shown, names),
                decides.get(rule.id, NOTHING),
                own.own(rule.id) is not None,
                own.own(rule.id) is not None and rule.id in shipped,
                own.switch(rule.id),
            )
        )
    return lines


def rule_line(session: Session, practice_ids: Sequence[int], names: PayerNames, rule_id: str) -> RuleLine | None:
    return next((line for line in rule_lines(session, practice_ids, names) if line.rule.id == rule_id), None)


def weighed_lines(session: Session, head: ClaimHead, today: date, names: PayerNames) -> list[WeighedLine]:
    """Every rule against one claim; none when nothing is open on it."""
    rows = [row for part in fact_rows(session, today, [head.claim.id or 0]) for row in part]
    if not rows:
        return []
    tried = weigh(playbook_in_force(session), Facts.from_rows(rows[:1]), 0, day_number(today))
    return [_weighed(each, names, today) for each in tried]


def _weighed(tried: Tried, names: PayerNames, today: date) -> WeighedLine:
    conditions = [
        (
            condition_words(each.condition, names),
            each.is_met,
            found_words(each.condition, each.found, names, today),
        )
        for each in tried.conditions
    ]
    return WeighedLine(tried.number + 1, tried.rule, said(tried.rule, names), tried.decides, tried.fits, conditions)


def _may_fit(rule: Rule, payer_id: int) -> bool:
    only, never = rule.when.get("payer_id"), rule.when.get("not_payer_id", ())
    return (only is None or payer_id in only) and payer_id not in never


def start_of_own(own: OwnRules, rule: Rule) -> tuple[Rule, str]:
    """What the form starts from: our own rule as it is kept, else the standard one; and what it is tried before."""
    placed = own.own(rule.id)
    return (placed.rule, placed.before) if placed is not None else (rule, "")
