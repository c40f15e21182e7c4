"""Why this rule and not that one: every rule of a playbook held against one claim, condition by condition."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workqueues.facts import Facts, day_of
from workqueues.playbook import CODE_COLUMNS, WORD_COLUMNS, Condition, Playbook, Rule, conditions_of, holds
from workqueues.vocabulary import REMARK_EFFECTS, code_text


class Weighed(NamedTuple):
    """One condition of a rule, and whether the claim meets it."""

    condition: Condition
    is_met: bool
    found: Any  # what the claim has there: a word, a code, cents, a count, a date, True or False, a list of effects


class Tried(NamedTuple):
    """One rule against one claim."""

    number: int
    rule: Rule
    fits: bool
    decides: bool  # the first that fits
    conditions: tuple[Weighed, ...]

    @property
    def failing(self) -> tuple[Weighed, ...]:
        return tuple(each for each in self.conditions if not each.is_met)


def weigh(playbook: Playbook, facts: Facts, row: int, today: float) -> tuple[Tried, ...]:
    """All rules in order against one claim of the facts."""
    one = facts.take(slice(row, row + 1))
    tried: list[Tried] = []
    is_decided = False
    for number, rule in enumerate(playbook.rules):
        weighed = tuple(
            Weighed(condition, bool(holds(condition, one, today)[0]), found_in(condition, one))
            for condition in conditions_of(rule)
        )
        fits = all(each.is_met for each in weighed)
        tried.append(Tried(number, rule, fits, fits and not is_decided, weighed))
        is_decided = is_decided or fits
    return tuple(tried)


def found_in(condition: Condition, one: Facts) -> Any:
    """What the claim has where the condition looks."""
    kind, column, _ = condition
    if kind == "effects":
        bits = int(one.remark_effects[0])
        return [effect for place, effect in enumerate(REMARK_EFFECTS) if bits >> place & 1]
    if kind in ("payer_id", "not_payer_id"):
        return int(one.payer_id[0])
    value = getattr(one, column)[0]
    if column in CODE_COLUMNS:
        return code_text(int(value))
    if column in WORD_COLUMNS:
        return WORD_COLUMNS[column][int(value)]
    if isinstance(value, np.bool_):
        return bool(value)
    return day_of(float(value)) if column.endswith("_on") else int(value)
