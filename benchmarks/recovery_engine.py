"""The product's own engine as a policy of the recovery simulator: View → facts, Event → outcomes, nothing else.

No formula lives here. The engine is `workqueues`, unmodified: the adapter renames columns, keeps what was known of a
claim when something happened to it, and hands the outcomes back for learning every night, as the product does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from workqueues.beliefs import beliefs_for, prior_beliefs
from workqueues.deadlines import Terms, contract_rule
from workqueues.decision import decide, rank
from workqueues.facts import Facts, day_number
from workqueues.outcomes import EVENTS, OutcomeRow, Outcomes
from workqueues.priors import Priors, standard_priors
from workqueues.strategy import Strategy
from workqueues.vocabulary import CATEGORIES, PAYER_ANSWERS, STATUSES, code_number, code_text

FIRST_DAY = date(2026, 1, 5)
CATEGORY_NAMES = {
    "data_error": "missing-info",
    "non_covered": "non-covered",
    "medical_necessity": "medical-necessity",
    "timely_filing": "timely-filing",
    "coordination": "COB",
    "no_response": "no-answer",
}
ANSWERS = ("none", "in_process", "not_found", "final")  # the simulator's 277 status, in its order
ROUTE_WORDS = ("dead", "in_process", "refile", "appeal")
SUBMISSION_WORDS = ("refile", "appeal", "second_appeal")
EVENT_WORDS = {"research": "research", "submit": "submission", "followup": "check", "response": "answer"}


class Engine:
    """`workqueues` behind the simulator's policy interface."""

    def __init__(
        self,
        sim: Any,
        name: str = "overturn",
        *,
        strategy: Strategy | None = None,
        priors: Priors | None = None,
        learn_every_days: int = 1,
    ) -> None:
        self.sim, self.name = sim, name
        self.strategy = strategy or Strategy(oldest_share=0.0)
        self.priors = priors or standard_priors()
        self.learn_every_days = learn_every_days
        self.categories = np.array(
            [CATEGORIES.index(CATEGORY_NAMES.get(c.name, c.name.replace("_", "-"))) for c in sim.CATS], np.int8
        )
        self.is_silent = np.array([c.name == "no_response" for c in sim.CATS])
        self.answers = np.array([PAYER_ANSWERS.index(word) for word in ANSWERS], np.int8)
        self.codes = np.array([code_number(f"Z{k}") for k in range(10 * len(sim.CATS))], np.int32)

    def reset(self, context: dict[str, Any]) -> None:
        self.strategy = replace(
            self.strategy, staff=int(context["workers"]), minutes_per_person=int(context["minutes_per_day"])
        )
        self.terms = Terms.build(contracts={
            payer + 1: [
                contract_rule(f"payer {payer}", "corrected", limits[0], "calendar-days", "notice", is_confirmed=True),
                contract_rule(f"payer {payer}", "appeal", limits[1], "calendar-days", "notice", is_confirmed=True),
            ]
            for payer, limits in context["payer_limits"].items()
        })  # fmt: skip
        self.beliefs = prior_beliefs(self.priors, self.strategy.benefit_of_doubt)
        self.outlook = None
        self.day = -1
        self.known: dict[str, np.ndarray] = {}
        self.submitted_at_age: dict[int, float] = {}
        self.strengths: dict[int, int] = {}
        self.rows: list[OutcomeRow] = []
        self.parts: list[Outcomes] = []

    def observe(self, events: list[Any]) -> None:
        self.rows += [self._outcome(event) for event in events if event.what in EVENT_WORDS]

    def score(self, view: Any) -> np.ndarray:
        whole = view.day != self.day
        if whole:
            self.day = view.day
            if self.strategy.learn and self.day > 0 and self.day % self.learn_every_days == 0:
                self._learn()
        self._remember(view)
        facts, today = self._facts(view), self._today(view.day)
        if whole:
            ranking = rank(facts, self.strategy, self.beliefs, self.terms, today, outlook=self.outlook)
            self.outlook, decisions = ranking.next_outlook, ranking.decisions
        else:
            decisions = decide(facts, self.strategy, self.beliefs, self.terms, today, outlook=self.outlook)
        return np.where(decisions.score > 0, decisions.order, -np.inf)

    def _today(self, working_day: int) -> date:
        return FIRST_DAY + timedelta(int(self.sim.cal(working_day)))

    def _learn(self) -> None:
        if self.rows:
            self.parts.append(Outcomes.from_rows(self.rows))
            self.rows = []
        if self.parts:
            self.parts = [Outcomes.join(self.parts)]
            self.beliefs = beliefs_for(self.strategy, self.parts[0], self._today(self.day), self.priors)

    def _facts(self, view: Any) -> Facts:
        sim, today = self.sim, day_number(self._today(view.day))
        silent = self.is_silent[view.cat]
        cents = np.round(view.billed * 100)
        ready, pending = view.state == sim.READY, view.state == sim.PENDING
        denied_on = today - view.days_since_denial
        return Facts.from_columns({
            "claim_id": view.id,
            "payer_id": view.payer + 1,
            "open_cents": cents,
            "billed_cents": cents,
            "insurance_open_cents": cents,
            "denied_cents": cents,
            "allowed_share": view.expected_allowed / view.billed,
            "claim_kind": np.where(view.facility, 2, 1),
            "status": np.where(silent, STATUSES.index("no_answer"), STATUSES.index("denied")),
            "payer_answer": self.answers[view.status],
            "category": self.categories[view.cat],
            "carc": self.codes[view.carc],
            "service_on": today - view.age,
            "first_billed_on": today - view.age,
            "last_billed_on": np.where(silent, denied_on, today - view.age),
            "denied_on": np.where(silent, np.nan, denied_on),
            "last_answer_on": np.where(silent, np.nan, denied_on),
            "arrived_on": today - view.days_since_arrival,
            "route": np.where(ready, view.kind + 3, 0),
            "submission": np.where(pending, view.kind + 1, 0),
            "submitted_on": np.where(pending, today - view.days_pending, np.nan),
            "strength": view.strength,
            "is_after_refile": view.from_refile,
            "followups": view.followups,
            "touches": view.touches,
            "last_touch_on": np.where(view.touches > 0, today - view.days_since_touch, np.nan),
            "refile_due_on": today + view.refile_in,
            "appeal_due_on": today + view.appeal_in,
            "second_appeal_due_on": today + view.level2_in,
        }, len(view))  # fmt: skip

    def _remember(self, view: Any) -> None:
        """Keep what is known of each claim: an outcome is recorded with what was known when it happened."""
        names = "payer cat carc facility billed expected_allowed age days_since_denial status from_refile".split()
        names += ["days_pending", "followups"]
        top = int(view.id.max(initial=0)) + 1
        for name in names:
            column = getattr(view, name)
            kept = self.known.get(name)
            if kept is None or len(kept) < top:
                grown = np.zeros(max(top, 2 * len(kept) if kept is not None else 0), column.dtype)
                if kept is not None:
                    grown[: len(kept)] = kept
                self.known[name] = kept = grown
            kept[view.id] = column

    def _outcome(self, event: Any) -> OutcomeRow:
        claim = int(event.id)
        known = {name: column[claim] for name, column in self.known.items()}
        if event.what == "research":
            self.strengths[claim] = event.strength
        if event.what == "submit":
            self.submitted_at_age[claim] = float(known["age"])
        return OutcomeRow(
            EVENT_WORDS[event.what],
            self._today(event.day),
            int(known["payer"]) + 1,
            CATEGORIES[self.categories[known["cat"]]],
            carc=code_text(int(self.codes[known["carc"]])),
            claim_kind="I" if known["facility"] else "P",
            payer_answer=ANSWERS[known["status"]],
            billed_cents=round(float(known["billed"]) * 100),
            strength=self.strengths.get(claim, -1),
            days_since_denial=int(known["days_since_denial"]),
            age_days=int(self.submitted_at_age.get(claim, float(known["age"]))),
            minutes=float(event.minutes),
            route=ROUTE_WORDS[event.route] if event.what == "research" else "unknown",
            submission=SUBMISSION_WORDS[event.kind] if event.kind >= 0 else "none",
            is_after_refile=bool(known["from_refile"]),
            days_pending=int(event.days_pending) if event.what == "response" else max(0, int(known["days_pending"])),
            was_lost=bool(event.lost),
            followups=int(known["followups"]),
            paid_cents=round(max(0.0, event.paid) * 100),
            expected_cents=round(float(known["expected_allowed"]) * 100),
        )


assert set(EVENT_WORDS.values()) < set(EVENTS)  # the simulator does not say what became of claims left alone
