"""Facts, strategy, beliefs, terms and a date in; a decision for every claim out: where it stands, what next, why.

One pass over the columns in blocks that fit the processor's cache; no loop over claims. `decide` is what the nightly
re-rank calls for all claims, and what a remittance calls for the few it touched (with the same outlook, so that old
and new scores are of one scale).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workqueues.beliefs import Beliefs
from workqueues.clocks import Clocks, count_windows, openness, read_clocks
from workqueues.deadlines import Terms
from workqueues.effort import days_until_lost
from workqueues.facts import Codes, Days, Facts, Flags, day_number
from workqueues.features import Features, features_of
from workqueues.lot import NO_LOT, Lot, came_of_late, chance_for, entered_on
from workqueues.outlook import (
    PRICE_EDGES,
    Outlook,
    first_outlook,
    next_outlook,
    price_steps,
    typical_windows,
)
from workqueues.playbook import Playbook, standard_playbook
from workqueues.queues import queue_code, waterfall
from workqueues.ranking import Openness, Sight, Worth, check_worth, known_worth, research_worth, see, with_urgency
from workqueues.shares import is_for_today, neglect, order, reserve, tiers
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS, CONFIDENCES, ROUTES

Floats = NDArray[np.float32]

BLOCK: Final = 32_768  # claims at a time: the working arrays of a block stay in the processor's cache
SURVEY: Final = 40_000  # claims looked at to set a first price of time
# By code: looking it up costs less than searching for it.
_IS_SILENT: Final = np.array([word in ("none", "wait") for word in ACTIONS])
_IS_DUTY: Final = np.array([word in ("refund-credit", "write-off-review") for word in ACTIONS])
_DUTY_MINUTES: Final = 5.0
NOMINAL_MINUTES: Final = 20.0  # every claim's minutes, when a strategy ranks by dollars alone
_WAIT: Final = ACTIONS.index("wait")
_REVIEW: Final = ACTIONS.index("review")
DEADLINE_NOTICE_DAYS: Final = 7  # a wait is broken off so long before a deadline passes


@dataclass(frozen=True, slots=True)
class Decisions:
    """One row for each row of the facts, as columns."""

    claim_id: NDArray[np.int64]
    queue: Codes  # queues.queue_of; 0: nothing is open
    action: Codes  # vocabulary.ACTIONS
    reason: NDArray[np.int16]  # number of the playbook rule; its text is the one-line reason
    category: Codes  # whose odds and minutes were used
    score: Floats  # cents per minute, urgency included; 0 when there is nothing useful to do today
    order: NDArray[np.float64]  # sort by this, highest first, then by claim id
    tier: Codes  # 0 by score; 1 kept for the oldest; 2 drawn by lot; from 10 somebody's priority
    index: Floats  # cents per minute before urgency
    expected_cents: Floats
    odds: Floats  # chance that working it brings money that would not come by itself
    minutes: Floats
    deadline_on: Days  # last legal day of the proposed step; NaN: not configured
    safe_on: Days  # the day to aim for
    deadline_rule: NDArray[np.int16]  # number in Terms.rules; -1: not configured
    deadline_confidence: Codes  # CONFIDENCES
    next_on: Days  # when to look at it next: today when workable

    def __len__(self) -> int:
        return len(self.claim_id)

    @property
    def nbytes(self) -> int:
        return sum(getattr(self, field.name).nbytes for field in fields(self))


@dataclass(frozen=True, slots=True)
class Ranking:
    """Decisions with the outlook they were made under, and the outlook to make the next ones under."""

    decisions: Decisions
    outlook: Outlook  # used here; pass it again to re-rank single claims on the same scale
    next_outlook: Outlook  # made from these claims; pass it to the next full ranking


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the desk when a decision is made: everything but the claims."""

    strategy: Strategy
    beliefs: Beliefs
    terms: Terms
    playbook: Playbook
    outlook: Outlook
    today: float
    lot: Lot = NO_LOT


@dataclass(frozen=True, slots=True)
class Block:
    """What was worked out about some claims on the way to their decisions; `explain` shows it."""

    facts: Facts
    rule: NDArray[np.int16]
    action: Codes
    features: Features
    clocks: Clocks
    openness: Openness
    sight: Sight
    index: Floats
    expected: Floats
    minutes: Floats
    odds: Floats
    urgency: Floats
    next_on: Days
    researched: Worth


def rank(
    facts: Facts,
    strategy: Strategy,
    beliefs: Beliefs,
    terms: Terms,
    today: date,
    *,
    playbook: Playbook | None = None,
    outlook: Outlook | None = None,
    lot: Lot = NO_LOT,
) -> Ranking:
    """Decide every open claim, and choose from them what today's reserved shares go to.

    Without an outlook a first one is made by surveying a sample of these claims.
    """
    book, now = playbook or standard_playbook(), day_number(today)
    if outlook is None:
        outlook = survey(facts, Desk(strategy, beliefs, terms, book, first_outlook(now), now))
    desk = Desk(strategy, beliefs, terms, book, outlook, now, lot)
    columns, since, tally = _weighed(facts, desk)
    outlook = reserve(outlook, strategy, columns, since)
    return Ranking(_placed(facts, columns, since, desk, outlook), outlook, tally.outlook(desk))


def decide(
    facts: Facts,
    strategy: Strategy,
    beliefs: Beliefs,
    terms: Terms,
    today: date,
    *,
    playbook: Playbook | None = None,
    outlook: Outlook | None = None,
    lot: Lot = NO_LOT,
) -> Decisions:
    """Decide some claims on the scale, and with the reserved shares, of the full ranking whose outlook this is.

    Without an outlook these are all the claims there are.
    """
    if outlook is None:
        return rank(facts, strategy, beliefs, terms, today, playbook=playbook, lot=lot).decisions
    desk = Desk(strategy, beliefs, terms, playbook or standard_playbook(), outlook, day_number(today), lot)
    columns, since, _ = _weighed(facts, desk)
    return _placed(facts, columns, since, desk, outlook)


def workable(decisions: Decisions) -> Flags:
    """Somebody may take it up today, and something sends them there: a score, or a place before the score."""
    asked: Flags = (decisions.score > 0) | (decisions.tier > 0)
    return asked & is_for_today(decisions.queue)


def _weighed(facts: Facts, desk: Desk) -> tuple[dict[str, NDArray[Any]], Days, _Tally]:
    """Everything but a claim's place; since when it has been neglected; and what the next outlook is made from."""
    columns = _empty_columns(len(facts))
    columns["claim_id"] = facts.claim_id
    since = np.empty(len(facts), np.float32)
    tally = _Tally(desk)
    for start in range(0, len(facts), BLOCK):
        rows = slice(start, start + BLOCK)
        block = look(facts.take(rows), desk)
        _settle(block, desk, columns, rows)
        since[rows] = neglect(block.facts, columns["queue"][rows], block.action, desk.today)
        tally.add(block, columns["score"][rows], columns["queue"][rows])
    return columns, since, tally


def _placed(facts: Facts, columns: dict[str, NDArray[Any]], since: Days, desk: Desk, outlook: Outlook) -> Decisions:
    tier = tiers(facts, columns, since, outlook, desk.lot, desk.today)
    return Decisions(**columns, tier=tier, order=order(tier, columns["score"], outlook))


def survey(facts: Facts, desk: Desk) -> Outlook:
    """A first outlook: the windows and the price of time as a sample of the claims shows them."""
    step = max(1, len(facts) // SURVEY)
    sample = facts.take(slice(None, None, step))
    tally = _Tally(desk)
    for start in range(0, len(sample), BLOCK):
        block = look(sample.take(slice(start, start + BLOCK)), desk)
        tally.add(block, block.index, np.ones(len(block.index), np.int8))
    return tally.outlook(desk, scale=float(step))


def look(facts: Facts, desk: Desk) -> Block:
    """Work out action, clocks, odds, minutes and index of some claims."""
    book, today = desk.playbook, desk.today
    rule = book.match(facts, today)
    action = book.codes("action")[rule]
    own = book.codes("category")[rule]
    category = np.where(own >= 0, own, facts.category).astype(np.int8)
    features = features_of(facts, category, desk.beliefs.roster, today)
    clocks = read_clocks(facts, action, book.codes("clock")[rule], desk.terms, today)
    opened = openness(clocks, desk.strategy, desk.outlook, today)
    refile_allowed, appeal_allowed = book.allowed()
    allowed = refile_allowed[rule], appeal_allowed[rule]
    price = desk.outlook.price_later
    sight = see(facts, features, desk.beliefs, desk.strategy, opened, allowed, price, today)
    researched = research_worth(sight, desk.strategy)
    index, expected = researched.rate.copy(), researched.expected_cents.copy()
    minutes, odds = researched.minutes.copy(), researched.odds.copy()
    urgency = np.where(sight.refile >= sight.appeal, opened.urgency[0], opened.urgency[1])
    known = (facts.route >= ROUTES.index("refile")) & (facts.submission == 0)
    sent = facts.submission > 0
    next_on = _next_day(facts, book, rule, action, today)
    _end_waits_at_deadlines(action, next_on, clocks, today)
    if known.any():
        part = known_worth(_narrow(sight, known), facts.take(known))
        index[known], expected[known], minutes[known], odds[known] = part[:4]
        place = np.clip(facts.route[known] - ROUTES.index("refile"), 0, 2)
        urgency[known] = np.take_along_axis(opened.urgency[:, known], place[None].astype(np.int64), 0)[0]
    if sent.any():
        some = facts.take(sent)
        some_features = features.take(sent)
        part, lost = check_worth(_narrow(sight, sent), some, some_features, desk.beliefs, today)
        index[sent], expected[sent], minutes[sent], odds[sent] = part[:4]
        urgency[sent] = 0
        ready = _check_day(some, some_features, desk)
        next_on[sent] = np.maximum(ready, np.float32(today))
        waiting = (ready > today) | (lost < desk.strategy.check_min_lost)
        action[sent] = np.where(waiting, np.int8(_WAIT), action[sent])
    if not desk.strategy.per_minute:
        index = expected / np.float32(NOMINAL_MINUTES)
    duty = _IS_DUTY[action]
    index[duty] = expected[duty] = odds[duty] = 0
    minutes[duty] = _DUTY_MINUTES
    urgency[duty | _IS_SILENT[action]] = 0
    return Block(
        facts, rule, action, features, clocks, opened, sight, index, expected, minutes, odds,
        urgency.astype(np.float32), next_on, researched,
    )  # fmt: skip


def _narrow(sight: Sight, rows: Flags) -> Sight:
    """A sight of some of the claims."""
    parts: list[Any] = [part[..., rows] if isinstance(part, np.ndarray) else part for part in sight]
    return Sight(*parts)


def _next_day(facts: Facts, book: Playbook, rule: NDArray[np.int16], action: Codes, today: float) -> Days:
    """When to look next: today, or when the rule's wait is over. A wait that is over, or that nothing says when it
    began, is no wait: a person looks, lest the rule put the claim off for ever."""
    next_on = np.full(len(facts), today, np.float32)
    for number in np.unique(rule):
        chosen = book.rules[number]
        if chosen.action == "wait":
            rows = np.flatnonzero(rule == number)
            began: Days = getattr(facts, chosen.wait_from)[rows]
            over = np.where(np.isnan(began), facts.arrived_on[rows], began) + np.float32(chosen.wait_days)
            waits = over > today
            next_on[rows[waits]] = over[waits]
            action[rows[~waits]] = _REVIEW
    return next_on


def _end_waits_at_deadlines(action: Codes, next_on: Days, clocks: Clocks, today: float) -> None:
    """Waiting ends before an open deadline does: then a person looks, whatever the payer has promised."""
    waiting = action == _WAIT
    for due in (clocks.refile, clocks.appeal):
        last = due.legal - np.float32(DEADLINE_NOTICE_DAYS)
        running = waiting & (due.legal >= today)
        next_on[running] = np.minimum(next_on[running], np.maximum(last[running], np.float32(today)))
        action[running & (last <= today)] = _REVIEW


def _check_day(facts: Facts, features: Features, desk: Desk) -> Days:
    """The first day on which a submission is lost with enough chance for a check to be worth it."""
    effort = desk.beliefs.effort
    median = effort.lag_days[np.maximum(facts.submission - 1, 0), features.payer]
    silence = days_until_lost(desk.strategy.check_min_lost, median, effort.lost_share[features.payer])
    ready = facts.submitted_on + np.ceil(silence)
    touched = np.nan_to_num(facts.last_touch_on, nan=-1e6) + np.float32(desk.strategy.check_gap_days)
    again = np.where(facts.followups > 0, facts.last_touch_on + 2 * np.ceil(silence), ready)
    known = np.nan_to_num(facts.next_check_on, nan=-1e6)
    made: Days = np.maximum(np.maximum(again, touched), known).astype(np.float32)
    return np.nan_to_num(made, nan=desk.today)


def _settle(block: Block, desk: Desk, columns: dict[str, Any], rows: slice) -> None:
    """Turn what was worked out into decisions: urgency, tier, queue, deadline."""
    facts, book, today = block.facts, desk.playbook, desk.today
    silent = _IS_SILENT[block.action]
    suggested = book.codes("queue")[block.rule]
    suggested = np.where(suggested == queue_code("waiting"), queue_code("review"), suggested).astype(np.int8)
    queue = waterfall(facts, suggested, block.action == _WAIT, today)
    parked = queue == queue_code("snoozed")
    score = with_urgency(block.index, block.urgency, desk.strategy, desk.outlook)
    score = np.where(silent | parked | (queue == 0) | (score < desk.strategy.priority_floor), 0, score)
    shown = block.clocks.shown
    confidence = np.array([CONFIDENCES.index(r.confidence) for r in desk.terms.rules] + [0], np.int8)
    columns["queue"][rows] = queue
    columns["action"][rows] = block.action
    columns["reason"][rows] = block.rule
    columns["category"][rows] = block.features.category
    columns["score"][rows] = score
    columns["index"][rows] = block.index
    columns["expected_cents"][rows] = block.expected
    columns["odds"][rows] = block.odds
    columns["minutes"][rows] = block.minutes
    columns["deadline_on"][rows] = shown.legal
    columns["safe_on"][rows] = desk.terms.safe(shown)
    columns["deadline_rule"][rows] = shown.rule
    columns["deadline_confidence"][rows] = confidence[shown.rule]
    columns["next_on"][rows] = np.where(parked, facts.snoozed_until, block.next_on)


class _Tally:
    """Adds up, block by block, what the next outlook is made from."""

    def __init__(self, desk: Desk) -> None:
        self.previous, self.today = desk.outlook, desk.today
        self.is_drawing = desk.strategy.random_share > 0
        steps = len(PRICE_EDGES) + 1
        self.queue, self.fresh = np.zeros(steps), np.zeros(steps)
        self.windows = typical_windows()
        self.last_arrival = desk.outlook.last_arrival
        self.came, self.to_draw, self.draw_minutes = 0, 0, 0.0  # claims that take part in the lot

    def add(self, block: Block, score: Floats, queue: Codes) -> None:
        facts = block.facts
        rows = (block.index > 0) & (score > 0) & (queue > 0)
        step = price_steps(block.index[rows])
        minutes = block.minutes[rows].astype(np.float64)
        size = len(self.queue)
        self.queue += np.bincount(step, minutes, size)
        fresh = facts.arrived_on[rows] > self.previous.last_arrival
        self.fresh += np.bincount(step[fresh], minutes[fresh], size)
        known = facts.arrived_on[~np.isnan(facts.arrived_on)]
        self.last_arrival = max(self.last_arrival, float(known.max(initial=-np.inf)))
        count_windows(block.clocks, self.windows)
        if self.is_drawing:
            drawable = rows & ~np.isnan(entered_on(facts))
            self.came += came_of_late(facts, self.today)
            self.to_draw += int(drawable.sum())
            self.draw_minutes += float(block.minutes[drawable].sum())

    def outlook(self, desk: Desk, *, scale: float = 1.0) -> Outlook:
        capacity = desk.strategy.minutes_per_day
        minutes_each = self.draw_minutes / max(self.to_draw, 1)
        lot = chance_for(desk.strategy.random_share * capacity, self.came * scale, minutes_each)
        return next_outlook(
            self.previous, self.today, self.queue * scale, self.fresh * scale, self.windows, self.last_arrival,
            capacity, lot,
        )  # fmt: skip


def _empty_columns(count: int) -> dict[str, NDArray[Any]]:
    kinds: dict[str, Any] = {"queue": np.int8, "action": np.int8, "category": np.int8}
    kinds |= {"deadline_confidence": np.int8, "reason": np.int16, "deadline_rule": np.int16}
    names = [field.name for field in fields(Decisions) if field.name not in ("claim_id", "tier", "order")]
    return {name: np.empty(count, kinds.get(name, np.float32)) for name in names}
