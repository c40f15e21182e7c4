"""The index: expected dollars per minute that working a claim now, rather than later, adds.

For an open claim nobody has looked into, working it means research first and then what research may reveal: nothing
(stop), in process (stop), a refile or an appeal, each in a weak, fair or strong case. Each of the six live outcomes
has a value (dollars × odds now × chance that its deadline is still open × the price of waiting for the answer, plus
a second try if refused) and minutes. We pursue those that pay for their minutes; the index is

    sum of chance × value over the pursued outcomes  ÷  (research minutes + sum of chance × minutes)

with the pursued set chosen to make it largest. What would be paid with no work at all adds nothing to the value.
A claim whose route is known is that one outcome. A submission that awaits its answer is a check: the chance that it
was lost times what sending it again is worth.

All amounts are cents, all arrays one value per claim; six-row arrays are refile weak, fair, strong, appeal weak …
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.beliefs import Beliefs
from workqueues.effort import APPEAL as APPEAL_STEP
from workqueues.effort import CHECK, SECOND_APPEAL_MINUTES, chance_lost
from workqueues.effort import REFILE as REFILE_STEP
from workqueues.effort import RESEARCH as RESEARCH_STEP
from workqueues.facts import Facts
from workqueues.features import Features
from workqueues.outlook import Outlook
from workqueues.priors import (
    PAYS_ANYWAY_DAYS,
    REFILE_TO_APPEAL_SHARE,
    RESEND_MINUTES,
    STRENGTH_SHARES,
)
from workqueues.recovery import fade, sigmoid
from workqueues.strategy import Strategy
from workqueues.vocabulary import CATEGORIES, ROUTES

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

REFILE, APPEAL, SECOND = 0, 1, 2  # routes, as rows of small tables
CHECK_GAIN: Final = 0.5  # of a check's value: what a check in a few days would find as well is not added by today's
_ROUNDS: Final = 3  # to find the best set of outcomes to pursue; the set settles in two or three
_DINKELBACH_EASE: Final = 1e-6


class Sight(NamedTuple):
    """Everything the index is computed from: one value per claim (rows where stated)."""

    stake: Floats  # cents if it is paid in full: open × expected allowed share × share paid
    research_minutes: Floats
    minutes: Floats  # [refile, appeal]
    pays_anyway: Floats
    dead: Floats
    refile: Floats  # chance that research says: refile
    appeal: Floats
    odds: Floats  # [refile, appeal; strength] chance that a submission now is paid, deadline apart
    open: (
        Floats  # [refile, appeal, second] what the deadline leaves: 1 open, little when passed, between when unknown
    )
    discount: Floats  # [refile, appeal, refile then appeal, appeal then appeal]
    after_refile: float
    second_appeal: float
    price: float  # of a minute, cents: a second try is only counted beyond it
    shares: Floats  # [weak, fair, strong] chance that the case is so; all of it on one when somebody has judged it


class Worth(NamedTuple):
    """The index and its parts, one value per claim."""

    rate: Floats  # the index: cents per minute, before urgency
    expected_cents: Floats
    minutes: Floats
    odds: Floats  # chance that working it brings money that would not have come by itself
    values: Floats  # [6] what each outcome is worth if pursued
    costs: Floats  # [6] its minutes
    weights: Floats  # [6] its chance
    pursued: NDArray[np.bool_]  # [6]


@dataclass(frozen=True, slots=True)
class Openness:
    """Chance that each route is still open, and the urgency its deadline lends; see outlook.py for the unknown."""

    open: Floats  # [refile, appeal, second]
    urgency: Floats  # [refile, appeal, second] exp(-days left / K), 0 when passed


def see(
    facts: Facts,
    features: Features,
    beliefs: Beliefs,
    strategy: Strategy,
    openness: Openness,
    allowed: tuple[Flags, Flags],
    price: float,
    today: float,
) -> Sight:
    """Put together what is believed about each claim. `allowed`: the playbook leaves refile, appeal open."""
    odds, effort = beliefs.odds, beliefs.effort
    waited = np.nan_to_num(np.float32(today) - facts.arrived_on, nan=0.0)
    anyway, dead, refile, appeal = odds.routes(features, waited, PAYS_ANYWAY_DAYS)
    may_refile, may_appeal = allowed
    live = refile + appeal
    refile = np.where(may_appeal, np.where(may_refile, refile, 0), np.where(may_refile, live, 0))
    appeal = np.where(may_refile, np.where(may_appeal, appeal, 0), np.where(may_appeal, live, 0))
    aged = fade(features.age_days)
    lines = [odds.success_line(features, step) for step in (REFILE, APPEAL)]
    strengths = odds.strength_effects()
    chances = np.stack([np.stack([sigmoid(line + effect) * aged for effect in strengths]) for line in lines])
    lag_refile, lag_appeal = effort.lag(features, 1), effort.lag(features, 2)
    rate = np.float32(-strategy.discount_per_day)
    waits = (lag_refile, lag_appeal, lag_refile + lag_appeal, 2 * lag_appeal)
    return Sight(
        stake_cents(facts, features, beliefs),
        effort.minutes(features, RESEARCH_STEP),
        np.stack([effort.minutes(features, REFILE_STEP), effort.minutes(features, APPEAL_STEP)]),
        anyway,
        dead,
        refile.astype(np.float32),
        appeal.astype(np.float32),
        chances,
        openness.open,
        np.stack([np.exp(rate * wait) for wait in waits]),
        odds.after_refile_factor(),
        odds.second_appeal_factor(),
        price,
        strength_shares(facts),
    )


def strength_shares(facts: Facts) -> Floats:
    """How likely the case is weak, fair, strong: the usual shares until a person has said which."""
    rows = np.array([STRENGTH_SHARES, *np.eye(3)], np.float32)
    made: Floats = rows[np.clip(facts.strength, -1, 2).astype(np.int64) + 1].T
    return made


def stake_cents(facts: Facts, features: Features, beliefs: Beliefs) -> Floats:
    """What full success would bring: the open dollars in question, cut to what the payer usually allows."""
    is_underpaid = (features.category == CATEGORIES.index("underpayment")) & (facts.underpaid_cents > 0)
    own = beliefs.priors.allowed_share[features.category]
    own = np.where((features.category == CATEGORIES.index("underpayment")) & ~is_underpaid, np.float32("nan"), own)
    usual = beliefs.priors.payer_kind_share[facts.payer_kind]
    known = np.where(np.isnan(facts.allowed_share), usual, facts.allowed_share)
    share = np.where(np.isnan(own), known, own)
    insurance = np.where(facts.insurance_open_cents > 0, facts.insurance_open_cents, facts.open_cents)
    denied = np.where(facts.denied_cents > 0, np.minimum(facts.denied_cents, insurance), insurance)
    is_patient = features.category == CATEGORIES.index("patient-responsibility")
    is_next = features.category == CATEGORIES.index("next-payer")
    patient = np.where(facts.patient_open_cents > 0, facts.patient_open_cents, facts.open_cents)
    cents = np.where(is_underpaid, facts.underpaid_cents, np.where(is_patient | is_next, patient, denied))
    made: Floats = (np.maximum(cents, 0) * share * beliefs.effort.paid_share[features.payer]).astype(np.float32)
    return made


def outcome_values(sight: Sight, route: int, strength: int) -> Floats:
    """What one outcome is worth if pursued now: a first try, and a second one if it is refused."""
    appeal = sight.odds[APPEAL, strength]
    if route == REFILE:
        chance = sight.odds[REFILE, strength]
        second = sight.after_refile * appeal * sight.stake * sight.discount[2] - sight.price * sight.minutes[APPEAL]
        again = REFILE_TO_APPEAL_SHARE * np.maximum(second, 0)
    else:
        chance = appeal
        second = sight.second_appeal * appeal * sight.stake * sight.discount[3]
        again = np.maximum(second - sight.price * SECOND_APPEAL_MINUTES * sight.minutes[APPEAL], 0)
    made: Floats = sight.open[route] * (chance * sight.stake * sight.discount[route] + (1 - chance) * again)
    return made.astype(np.float32)


def research_worth(sight: Sight, strategy: Strategy) -> Worth:
    """The index of a claim whose route is not known: research, then the outcomes that pay for their minutes."""
    pairs = [(route, strength) for route in (REFILE, APPEAL) for strength in range(3)]
    values = np.stack([outcome_values(sight, route, strength) for route, strength in pairs])
    costs = np.stack([sight.minutes[route] for route, _ in pairs])
    weights = np.concatenate([sight.refile * sight.shares, sight.appeal * sight.shares])
    free = np.float32(0) if strategy.subtract_pays_anyway else sight.pays_anyway * sight.stake
    pursued = np.ones(values.shape, np.bool_)
    weighted, weighted_costs = weights * values, weights * costs
    index = np.zeros(len(sight.stake), np.float32)
    for _ in range(_ROUNDS):
        expected = (weighted * pursued).sum(0) + free
        minutes = (weighted_costs * pursued).sum(0) + sight.research_minutes
        index = expected / minutes
        pursued = values >= index * costs - _DINKELBACH_EASE
    expected = (weighted * pursued).sum(0) + free
    minutes = (weighted_costs * pursued).sum(0) + sight.research_minutes
    index = expected / minutes
    first = np.concatenate([sight.odds[REFILE] * sight.open[REFILE], sight.odds[APPEAL] * sight.open[APPEAL]])
    chance = (weights * first * pursued).sum(0)
    return Worth(index, expected, minutes, chance, values, costs, weights, pursued)


def known_worth(sight: Sight, facts: Facts) -> Worth:
    """The index of a claim whose route research has found: one submission, and a second try if it is refused."""
    count = len(facts)
    strength = np.where(facts.strength < 0, 1, facts.strength).astype(np.int64)
    rows = np.arange(count)
    appeal = sight.odds[APPEAL][strength, rows] * np.where(facts.is_after_refile, np.float32(sight.after_refile), 1)
    refile = sight.odds[REFILE][strength, rows]
    is_refile = facts.route == ROUTES.index("refile")
    is_second = facts.route == ROUTES.index("second_appeal")
    minutes = np.where(is_refile, sight.minutes[REFILE], sight.minutes[APPEAL])
    minutes = np.where(is_second, SECOND_APPEAL_MINUTES * minutes, minutes).astype(np.float32)
    chance = np.where(is_refile, refile, np.where(is_second, sight.second_appeal * appeal, appeal))
    after = sight.after_refile * sight.odds[APPEAL][strength, rows] * sight.stake * sight.discount[2]
    after = REFILE_TO_APPEAL_SHARE * np.maximum(after - sight.price * sight.minutes[APPEAL], 0)
    next_level = sight.second_appeal * appeal * sight.stake * sight.discount[3]
    next_level = np.maximum(next_level - sight.price * SECOND_APPEAL_MINUTES * sight.minutes[APPEAL], 0)
    again = np.where(is_refile, after, np.where(is_second, 0, next_level))
    still_open = np.where(is_refile, sight.open[REFILE], np.where(is_second, sight.open[SECOND], sight.open[APPEAL]))
    discount = np.where(is_refile, sight.discount[REFILE], sight.discount[APPEAL])
    value = (still_open * (chance * sight.stake * discount + (1 - chance) * again)).astype(np.float32)
    one = np.ones((1, count), np.float32)
    return Worth(
        value / minutes,
        value,
        minutes,
        (chance * still_open).astype(np.float32),
        value[None],
        minutes[None],
        one,
        one.astype(np.bool_),
    )


def check_worth(
    sight: Sight, facts: Facts, features: Features, beliefs: Beliefs, today: float
) -> tuple[Worth, Floats]:
    """The index of looking after a submission that awaits its answer, and the chance that it was lost.

    A submission keeps its rights, so its deadline counts as open; sending a lost one again costs a few minutes.
    """
    kept = known_worth(sight._replace(open=np.ones_like(sight.open)), _as_route(facts))
    waited = np.nan_to_num(np.float32(today) - facts.submitted_on, nan=0.0).astype(np.float32)
    median = beliefs.effort.lag_days[np.maximum(facts.submission - 1, 0), features.payer]
    lost = chance_lost(waited, median, beliefs.effort.lost_share[features.payer])
    lost = np.where(facts.followups > 0, np.float32(0), lost)  # a check found it on file: it is slow, not lost
    minutes = (beliefs.effort.minutes(features, CHECK) + np.float32(RESEND_MINUTES) * lost).astype(np.float32)
    expected = (np.float32(CHECK_GAIN) * lost * kept.expected_cents).astype(np.float32)
    one = np.ones((1, len(facts)), np.float32)
    return (
        Worth(
            expected / minutes,
            expected,
            minutes,
            (lost * kept.odds).astype(np.float32),
            expected[None],
            minutes[None],
            one,
            one.astype(np.bool_),
        ),
        lost,
    )


def _as_route(facts: Facts) -> Facts:
    """The facts as if the submission that is under way were still to be made."""
    table = np.array([0, ROUTES.index("refile"), ROUTES.index("appeal"), ROUTES.index("second_appeal")], np.int8)
    return replace(facts, route=table[facts.submission])


def with_urgency(index: Floats, urgency: Floats, strategy: Strategy, outlook: Outlook) -> Floats:
    """Lift claims whose deadline is near, but only those near enough the price of time to be worth it at all."""
    lifted = index * (1 + np.float32(strategy.urgency_weight) * urgency)
    made: Floats = np.where(index >= np.float32(0.5 * outlook.price_later), lifted, index)
    return made
