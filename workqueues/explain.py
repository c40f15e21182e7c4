"""The reason in one line, and the sum in full: every number that made the score, so that a person can check it.

The parts are not a story told afterwards: the score is computed again from the numbers shown, and a test holds the
two together. Each number carries where it comes from and how much own evidence stands behind it.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import numpy as np

from workqueues.beliefs import Beliefs
from workqueues.deadlines import OF_THE_PATIENT, DeadlineRule, Terms
from workqueues.decision import NOMINAL_MINUTES, Block, Desk, look
from workqueues.effort import CHECK, SECOND_APPEAL_MINUTES
from workqueues.facts import Facts, day_number, day_of
from workqueues.features import CATEGORY_COUNT
from workqueues.outlook import Outlook
from workqueues.playbook import Playbook, standard_playbook
from workqueues.priors import RESEND_MINUTES
from workqueues.ranking import CHECK_GAIN, Worth, check_worth, known_worth
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS, ROUTES

_STRENGTHS: Final = ("weak", "fair", "strong")
_ROUTE_WORDS: Final = ("corrected claim", "appeal")


class Number(NamedTuple):
    """One number of the sum."""

    label: str
    value: float
    unit: str  # "cents", "share", "minutes", "days", "factor"
    evidence: int  # own outcomes behind it; 0: the shipped prior or a plain fact
    source: str


class Outcome(NamedTuple):
    """One thing that working the claim may lead to, and what it is then worth."""

    label: str
    chance: float
    stake_cents: float
    odds: float
    discount: float  # what waiting for the payer's answer leaves
    again_cents: float  # worth of a second try if refused
    open: float  # what the deadline leaves: 1 when open, little when passed, between when not configured
    minutes: float
    pursued: bool  # False: not worth its minutes; stop there

    def worth_cents(self) -> float:
        return self.open * (self.odds * self.stake_cents * self.discount + (1 - self.odds) * self.again_cents)


class Explanation(NamedTuple):
    line: str  # the reason, in one line
    action: str
    rule_id: str
    rule_source: str
    proof: str  # what to collect
    numbers: tuple[Number, ...]
    outcomes: tuple[Outcome, ...]
    free_cents: float  # counted although it would come by itself (only when a strategy says so)
    first_minutes: float  # research, or the check
    nominal_minutes: float  # 0; or the minutes every claim counts for, when a strategy ranks by dollars alone
    lift: float  # what a near deadline multiplies the index by
    score: float  # cents per minute, from the parts above
    expected_cents: float
    minutes: float
    deadline_on: date | None
    safe_on: date | None
    deadline_rule: str  # id, authority and confidence; "not configured"; why there is none
    has_no_deadline: bool  # the patient owes it
    verify_deadline: bool  # nobody has confirmed the window against the contract

    @property
    def lift_reason(self) -> str:
        """Why the index is lifted. A deadline that nobody configured may be near: it is not said to be."""
        return "by its deadline" if self.deadline_on else "in case its deadline is near, which is not configured"

    def recomputed(self) -> float:
        """The score from the parts alone."""
        pursued = [outcome for outcome in self.outcomes if outcome.pursued]
        expected = self.free_cents + sum(outcome.chance * outcome.worth_cents() for outcome in pursued)
        own_minutes = self.first_minutes + sum(outcome.chance * outcome.minutes for outcome in pursued)
        minutes = self.nominal_minutes or own_minutes
        return expected / minutes * self.lift if minutes else 0.0


def explain(
    facts: Facts,
    row: int,
    strategy: Strategy,
    beliefs: Beliefs,
    terms: Terms,
    today: date,
    outlook: Outlook,
    *,
    playbook: Playbook | None = None,
) -> Explanation:
    """Explain one claim's decision. `outlook` is the one it was ranked under (`Ranking.outlook`)."""
    desk = Desk(strategy, beliefs, terms, playbook or standard_playbook(), outlook, day_number(today))
    one = facts.take(slice(row, row + 1))
    block = look(one, desk)
    rule = desk.playbook.rules[int(block.rule[0])]
    action = ACTIONS[int(block.action[0])]
    outcomes, first_minutes, free = _outcomes(block, desk)
    worth_it = float(block.index[0]) >= 0.5 * outlook.price_later
    lift = 1 + strategy.urgency_weight * float(block.urgency[0]) if worth_it else 1.0
    silent = action in ("wait", "none", "refund-credit", "write-off-review")
    shown = block.clocks.shown
    number = int(shown.rule[0])
    window = terms.rules[number] if number >= 0 else None
    is_patients = bool(block.clocks.is_patients[0])
    made = Explanation(
        reason_line(
            rule.reason,
            score=0.0 if silent else float(block.index[0]) * lift,
            expected_cents=float(block.expected[0]),
            minutes=float(block.minutes[0]),
            odds=float(block.odds[0]),
            deadline_on=day_of(float(shown.legal[0])),
            today=today,
            has_no_deadline=is_patients,
        ),
        action,
        rule.id,
        rule.source,
        rule.proof,
        _numbers(block, desk),
        () if silent else outcomes,
        0.0 if silent else free,
        first_minutes,
        0.0 if strategy.per_minute else NOMINAL_MINUTES,
        lift,
        0.0,
        0.0 if silent else float(block.expected[0]),
        float(block.minutes[0]),
        day_of(float(shown.legal[0])),
        day_of(float(terms.safe(shown)[0])),
        _rule_words(window),
        is_patients,
        bool(window and window.verify),
    )
    score = made.recomputed()
    if 0 < score < strategy.priority_floor:
        return made._replace(
            line=f"{rule.reason} (under the floor of {strategy.priority_floor:,.0f} cents a minute)",
            outcomes=(),
            free_cents=0.0,
            expected_cents=0.0,
        )
    return made._replace(score=score)


def _rule_words(window: DeadlineRule | None) -> str:
    if window is None:
        return "not configured"
    return window.authority if window == OF_THE_PATIENT else f"{window.id}: {window.authority} ({window.confidence})"


def reason_line(
    reason: str,
    *,
    score: float,
    expected_cents: float,
    minutes: float,
    odds: float,
    deadline_on: date | None,
    today: date,
    has_no_deadline: bool = False,
) -> str:
    """The playbook's reason with a claim's dollars, minutes, odds and days left; a list needs only its stored row."""
    if score <= 0:
        return reason
    parts = [f"about ${expected_cents / 100:,.0f} expected for {minutes:.0f} minutes, odds {odds:.0%}"]
    if has_no_deadline:
        parts.append("no payer’s deadline")
    elif deadline_on is None:
        parts.append("deadline not configured")
    elif deadline_on < today:
        parts.append(f"deadline passed {(today - deadline_on).days} days ago")
    else:
        parts.append(f"{(deadline_on - today).days} days left")
    return f"{reason} ({'; '.join(parts)})"


def _outcomes(block: Block, desk: Desk) -> tuple[tuple[Outcome, ...], float, float]:
    """The outcomes, the minutes spent before any of them, and what is counted although it comes by itself."""
    facts, sight = block.facts, block.sight
    if facts.submission[0] > 0:
        return _check(block, desk)
    if facts.route[0] >= ROUTES.index("refile"):
        return (_known(block, known_worth(sight, facts)),), 0.0, 0.0
    worth = block.researched
    made = []
    for place in range(6):
        route, strength = divmod(place, 3)
        if facts.strength[0] >= 0 and strength != facts.strength[0]:
            continue  # a person has said which it is
        stake, odds = float(sight.stake[0]), float(sight.odds[route, strength, 0])
        left, discount = float(sight.open[route, 0]), float(sight.discount[route, 0])
        again = _again(float(worth.values[place, 0]), left, odds, stake * discount)
        made.append(
            Outcome(
                f"{_ROUTE_WORDS[route]}, {_STRENGTHS[strength]} case",
                float(worth.weights[place, 0]),
                stake,
                odds,
                discount,
                again,
                left,
                float(worth.costs[place, 0]),
                bool(worth.pursued[place, 0]),
            )
        )
    free = 0.0 if desk.strategy.subtract_pays_anyway else float(sight.pays_anyway[0] * sight.stake[0])
    return tuple(made), float(sight.research_minutes[0]), free


def _again(value: float, left: float, odds: float, first: float) -> float:
    """The worth of the second try that is contained in an outcome's value."""
    return max(0.0, (value / left - odds * first) / (1 - odds)) if left > 0 and odds < 1 else 0.0


def _known(block: Block, worth: Worth) -> Outcome:
    sight, facts = block.sight, block.facts
    route = int(facts.route[0]) - ROUTES.index("refile")
    left = float(sight.open[route, 0])
    odds = float(worth.odds[0]) / left if left > 0 else 0.0
    discount = float(sight.discount[0 if route == 0 else 1, 0])
    stake = float(sight.stake[0])
    again = _again(float(worth.values[0, 0]), left, odds, stake * discount)
    label = (*_ROUTE_WORDS, "second appeal")[route]
    if facts.strength[0] >= 0:
        label += f", {_STRENGTHS[int(facts.strength[0])]} case"
    return Outcome(label, 1.0, stake, odds, discount, again, left, float(worth.costs[0, 0]), pursued=True)


def _check(block: Block, desk: Desk) -> tuple[tuple[Outcome, ...], float, float]:
    """A check is worth finding a loss: the chance that it was lost times what sending it again brings."""
    worth, lost = check_worth(block.sight, block.facts, block.features, desk.beliefs, desk.today)
    chance = float(lost[0])
    resent = float(worth.expected_cents[0]) / chance if chance > 0 else 0.0
    minutes = float(desk.beliefs.effort.minutes(block.features, CHECK)[0])
    outcome = Outcome(
        f"lost and sent again (a later check would find {1 - CHECK_GAIN:.0%} of it too)",
        chance,
        resent,
        1.0,
        1.0,
        0.0,
        1.0,
        RESEND_MINUTES,
        pursued=True,
    )
    return (outcome,), minutes, 0.0


def _numbers(block: Block, desk: Desk) -> tuple[Number, ...]:
    """The numbers behind the sum, each with its evidence and source."""
    facts, sight, features = block.facts, block.sight, block.features
    beliefs = desk.beliefs
    odds, effort = beliefs.odds, beliefs.effort
    payer, category = int(features.payer[0]), int(features.category[0])
    cell = payer * CATEGORY_COUNT + category
    tried = int(odds.success.evidence["payer and category"][cell])
    researched = int(odds.dead.evidence["payer and category"][cell])
    timed = int(effort.minutes_effects.evidence["step and category"][category])
    answered = int(effort.lag_effects.evidence["payer"][payer])
    prior = "own outcomes at this payer and category, held near the shipped prior"
    share = float(sight.stake[0]) / max(float(facts.open_cents[0]), 1.0)
    own_share = not np.isnan(facts.allowed_share[0])
    judged = int(facts.strength[0])
    case = "fair" if judged < 0 else _STRENGTHS[judged]
    place = 1 if judged < 0 else judged
    made = [
        Number("open", float(facts.open_cents[0]), "cents", 0, "ledger"),
        Number(
            "expected share of it",
            share,
            "share",
            0,
            "paid history of these procedures" if own_share else "payer's usual",
        ),
        Number("in question", float(sight.stake[0]), "cents", 0, "open × share"),
        Number(
            "pays anyway", float(sight.pays_anyway[0]), "share", beliefs.outcome_count, "research results; subtracted"
        ),
        Number("nothing to collect", float(sight.dead[0]), "share", researched, prior),
        Number("corrected claim is the way", float(sight.refile[0]), "share", researched, prior),
        Number("appeal is the way", float(sight.appeal[0]), "share", researched, prior),
        Number(f"odds of a corrected claim, {case} case", float(sight.odds[0, place, 0]), "share", tried, prior),
        Number(f"odds of an appeal, {case} case", float(sight.odds[1, place, 0]), "share", tried, prior),
        Number(
            "benefit of the doubt in the odds",
            desk.strategy.benefit_of_doubt,
            "standard deviations",
            tried,
            "what is little tried is favoured, to learn of it",
        ),
        Number("minutes of research", float(sight.research_minutes[0]), "minutes", timed, "timed touches"),
        Number("minutes of a corrected claim", float(sight.minutes[0, 0]), "minutes", timed, "timed touches"),
        Number("minutes of an appeal", float(sight.minutes[1, 0]), "minutes", timed, "timed touches"),
        Number("days to an answer", float(effort.lag(features, 1)[0]), "days", answered, "answers of this payer"),
        Number("price of a minute", desk.outlook.price_later, "cents", 0, "the last claim that the staff will reach"),
        Number("age lift of a near deadline", float(block.urgency[0]), "factor", 0, "days left"),
        Number(
            "minutes of a second appeal",
            SECOND_APPEAL_MINUTES * float(sight.minutes[1, 0]),
            "minutes",
            timed,
            "timed",
        ),
    ]
    if judged >= 0:
        made.append(Number(f"judged {case}", 1.0, "factor", 0, "a person’s judgement, kept with the touch"))
    return tuple(made)
