"""The levels of appeal a payer offers, and the clock of each: rule, anchor, evidence, last legal day, safe day.

Medicare's ladder is law (deadlines.md §2). Every other payer's is its contract: a level exists where a term is
entered for it, and its first appeal always does. A clock that nobody configured says so; nothing is guessed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np

from app.followup.why import ANCHOR_WORDS, UNIT_WORDS
from workqueues.deadlines import DeadlineRule, Terms, business_day_before, last_day, standard_rules
from workqueues.facts import day_number, day_of
from workqueues.playbook import CLOCKS
from workqueues.vocabulary import PAYER_KINDS

NOT_CONFIGURED: Final = "not configured"
FOLLOW_UP_DAYS: Final = 5  # after the payer's limit (denials.md §7)
FOLLOW_UP_WITHOUT_LIMIT_DAYS: Final = 30


class Level(NamedTuple):
    number: int
    key: str
    name: str
    clock: str  # of workqueues.playbook.CLOCKS, or the id of a rule
    form: str = ""  # the form whose fields the letter carries
    minimum_cents: int = 0  # amount in controversy, requests filed in 2026 (FR Doc 2025-21879)


MEDICARE: Final = (
    Level(1, "appeal", "Redetermination", "appeal", "CMS-20027"),
    Level(2, "second-appeal", "Reconsideration by the QIC", "second-appeal", "CMS-20033"),
    Level(3, "medicare-3", "Hearing before an administrative law judge", "MCR-ALJ", "OMHA-100", 20_000),
    Level(4, "medicare-4", "Review by the Appeals Council", "MCR-DAB", "DAB-101"),
    Level(5, "medicare-5", "Federal district court", "MCR-CT", "", 196_000),
)
CONTRACT: Final = (
    ("reconsideration", "Reconsideration"),
    ("appeal", "Appeal"),
    ("second-appeal", "Second appeal"),
)


class AppealClock(NamedTuple):
    """One level's clock for one claim. `last_day` None: not configured, or nothing has started it yet."""

    rule_id: str
    words: str
    authority: str
    confidence: str
    needs_check: bool
    anchor_on: date | None
    evidence: str
    last_day: date | None
    safe_day: date | None
    decision_days: int | None  # the payer's own limit; None: not configured

    def decision_due(self, sent_on: date) -> date | None:
        return sent_on + timedelta(days=self.decision_days) if self.decision_days else None

    def follow_up_on(self, sent_on: date) -> date:
        days = self.decision_days + FOLLOW_UP_DAYS if self.decision_days else FOLLOW_UP_WITHOUT_LIMIT_DAYS
        return sent_on + timedelta(days=days)


class Anchor(NamedTuple):
    on: date | None
    evidence: str


def levels_of(payer_kind: str, configured: frozenset[str]) -> tuple[Level, ...]:
    """The payer's levels in order; `configured` are the clocks that a term was entered for."""
    if payer_kind == "medicare":
        return MEDICARE
    offered = [(key, name) for key, name in CONTRACT if key == "appeal" or key in configured]
    return tuple(Level(number, key, name, key) for number, (key, name) in enumerate(offered, 1))


def configured_clocks(terms: Terms, payer_id: int) -> frozenset[str]:
    """The clocks that this payer's own terms set."""
    place = int(np.searchsorted(terms.payer_ids, payer_id))
    if place >= len(terms.payer_ids) or terms.payer_ids[place] != payer_id:
        return frozenset()
    return frozenset(clock for column, clock in enumerate(CLOCKS) if terms.by_payer[place, column] >= 0)


def rule_of(terms: Terms, payer_id: int, payer_kind: str, clock: str) -> DeadlineRule | None:
    """The contract's rule, else the law's; None where neither sets the clock."""
    if clock not in CLOCKS:
        return next((rule for rule in standard_rules() if rule.id == clock), None)
    column = CLOCKS.index(clock)
    if clock in configured_clocks(terms, payer_id):
        place = int(np.searchsorted(terms.payer_ids, payer_id))
        return terms.rules[int(terms.by_payer[place, column])]
    kind = PAYER_KINDS.index(payer_kind) if payer_kind in PAYER_KINDS else 0
    number = int(terms.by_kind[kind, column])
    return terms.rules[number] if number >= 0 else None


def clock_of(
    terms: Terms, level: Level, *, payer_id: int, payer_kind: str, anchors: Mapping[str, Anchor]
) -> AppealClock:
    """The level's clock. `anchors` say when each of `workqueues.deadlines.ANCHORS` happened, and what shows it."""
    rule = rule_of(terms, payer_id, payer_kind, level.clock)
    if rule is None or rule.unit == "none":
        return AppealClock("", NOT_CONFIGURED, "", "", False, None, "", None, None, None)
    anchor = anchors.get(rule.anchor, Anchor(None, ""))
    words = f"{rule.length} {UNIT_WORDS.get(rule.unit, rule.unit)} from {ANCHOR_WORDS[rule.anchor]}"
    if rule.presumption_days:
        words += f", presumed received {rule.presumption_days} days later"
    legal, safe = _days(rule, anchor.on)
    return AppealClock(
        rule.id,
        words,
        rule.authority,
        rule.confidence,
        rule.verify,
        anchor.on,
        anchor.evidence,
        legal,
        safe,
        decision_days().get(rule.id),
    )


def _days(rule: DeadlineRule, anchor_on: date | None) -> tuple[date | None, date | None]:
    """The last legal day, and the day to aim for: without the presumed delivery, never on a day off."""
    if anchor_on is None:
        return None, None
    started = np.array([day_number(anchor_on)], np.float32)
    legal = last_day(started + np.float32(rule.presumption_days), rule)
    safe = business_day_before(legal - np.float32(rule.presumption_days))
    return day_of(float(legal[0])), day_of(float(safe[0]))


@cache
def decision_days() -> dict[str, int]:
    """Rule id → days in which the payer has to decide, where law or manual says so."""
    text = files("workqueues").joinpath("data/deadlines.csv").read_text(encoding="utf-8")
    return {row["id"]: int(row["decision_days"]) for row in csv.DictReader(text.splitlines()) if row["decision_days"]}
