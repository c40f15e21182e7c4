"""For each claim: which deadline its refile and its appeal have, how open they are, and the one to show.

A deadline stated for the very claim goes before a rule; of two clocks that fit the same step the earliest that still
runs counts; and where none is configured the chance that it is open comes from the windows of claims where it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workqueues.deadlines import Due, Terms, earliest_open, owed_by_patient
from workqueues.facts import Days, Facts
from workqueues.outlook import WINDOW_KINDS, Outlook, observe_windows
from workqueues.playbook import CLOCKS
from workqueues.priors import GOOD_CAUSE_FACTOR
from workqueues.ranking import Openness
from workqueues.strategy import Strategy
from workqueues.vocabulary import ACTIONS, STATUSES

Floats = NDArray[np.float32]

_BILL_PATIENT = ACTIONS.index("bill-patient")
NEVER_DECIDED = tuple(
    STATUSES.index(word)
    for word in ("draft", "submitted", "rejected", "accepted", "pending", "no_answer", "not_found", "unknown")
)
# By code: looking it up costs less than searching for it.
_IS_UNDECIDED = np.isin(np.arange(len(STATUSES)), NEVER_DECIDED)
_AS_REFILE = np.array([word in ("filing", "corrected", "next-payer", "records") for word in CLOCKS])
_AS_APPEAL = np.array([word in ("appeal", "reconsideration", "negotiation") for word in CLOCKS])


@dataclass(frozen=True, slots=True)
class Clocks:
    refile: Due
    appeal: Due
    second: Due
    shown: Due  # of the step that the playbook proposes
    since: Days  # when the windows started: the denial, or the bill when there is none
    is_undecided: NDArray[np.bool_]
    is_patients: NDArray[np.bool_]  # what is proposed is the patient's to pay: no payer's window bears on it


def read_clocks(
    facts: Facts, action: NDArray[np.int8], clock: NDArray[np.int8], terms: Terms, today: float
) -> Clocks:
    """All clocks of each claim; `action` and `clock` are the playbook's, as codes. A step of a payer's that it
    proposes for what the patient owes (the next payer, say) keeps its clock."""
    undecided = _IS_UNDECIDED[facts.status] & np.isnan(facts.denied_on)
    filing, corrected = terms.due(facts, "filing"), terms.due(facts, "corrected")
    as_new = undecided | (clock == CLOCKS.index("filing"))
    refile = terms.stated(_choose(as_new, filing, corrected), facts.refile_due_on)
    billed_next = clock == CLOCKS.index("next-payer")
    if billed_next.any():
        refile = _choose(billed_next, terms.due(facts, "next-payer"), refile)
    appeal = earliest_open(terms.due(facts, "appeal"), terms.due(facts, "reconsideration"), today)
    appeal = terms.stated(appeal, facts.appeal_due_on)
    negotiated = clock == CLOCKS.index("negotiation")
    if negotiated.any():
        appeal = _choose(negotiated, terms.due(facts, "negotiation"), appeal)
    second = terms.stated(terms.due(facts, "second-appeal"), facts.second_appeal_due_on)
    shown = _shown(clock, refile, appeal, second)
    records = clock == CLOCKS.index("records")
    if records.any():
        wanted = terms.stated(terms.due(facts, "records"), facts.records_due_on)
        asked = records & ~np.isnan(wanted.legal)
        shown = _choose(asked, wanted, shown)
        # what is asked for is sent, as records or with a corrected claim, by that day; once it has passed the
        # claim's own windows are what is left
        running = asked & (wanted.legal >= today)
        refile = _choose(running, earliest_open(wanted, refile, today), refile)
        appeal = _choose(running, earliest_open(wanted, appeal, today), appeal)
    is_patients = (action == _BILL_PATIENT) | (owed_by_patient(facts) & (clock == CLOCKS.index("")))
    if is_patients.any():
        refile, appeal, second, shown = (
            terms.without_payer(due, is_patients) for due in (refile, appeal, second, shown)
        )
    since = np.where(np.isnan(facts.denied_on), facts.last_billed_on, facts.denied_on)
    return Clocks(refile, appeal, second, shown, since.astype(np.float32), undecided, is_patients)


def _shown(clock: NDArray[np.int8], refile: Due, appeal: Due, second: Due) -> Due:
    none = Due(np.full(len(clock), np.nan, np.float32), np.full(len(clock), -1, np.int16))
    shown = _choose(_AS_REFILE[clock], refile, none)
    shown = _choose(_AS_APPEAL[clock], appeal, shown)
    return _choose(clock == CLOCKS.index("second-appeal"), second, shown)


def _choose(condition: NDArray[np.bool_], yes: Due, no: Due) -> Due:
    return Due(np.where(condition, yes.legal, no.legal), np.where(condition, yes.rule, no.rule))


def openness(clocks: Clocks, strategy: Strategy, outlook: Outlook, today: float) -> Openness:
    """How open each route is and how urgent: known deadlines exactly, unknown ones by the share of windows; what the
    patient owes is open, and nothing presses."""
    days_gone = np.float32(today) - clocks.since
    opens, urgencies = [], []
    for due, kind in ((clocks.refile, 0), (clocks.appeal, 1), (clocks.second, 1)):
        left = due.legal - np.float32(today)
        known_open = np.where(left >= 0, np.float32(1), np.float32(GOOD_CAUSE_FACTOR))
        known_urgency = np.where(left >= 0, np.exp(-np.maximum(left, 0) / np.float32(strategy.urgency_days)), 0)
        is_known = ~np.isnan(left)
        if is_known.all():
            opens.append(known_open.astype(np.float32))
            urgencies.append(known_urgency.astype(np.float32))
            continue
        silent = clocks.is_undecided
        chance = np.where(silent, outlook.open_chance(2, days_gone), outlook.open_chance(kind, days_gone))
        pressure = np.where(
            silent,
            outlook.expected_urgency(2, days_gone, strategy.urgency_days),
            outlook.expected_urgency(kind, days_gone, strategy.urgency_days),
        )
        guessed = chance + (1 - chance) * np.float32(GOOD_CAUSE_FACTOR)
        opens.append(np.where(is_known, known_open, guessed).astype(np.float32))
        urgencies.append(np.where(is_known, known_urgency, pressure).astype(np.float32))
    is_patients = clocks.is_patients
    opened = np.where(is_patients, np.float32(1), np.stack(opens))
    return Openness(opened, np.where(is_patients, np.float32(0), np.stack(urgencies)))


def count_windows(clocks: Clocks, windows: NDArray[np.float64]) -> None:
    """Add the windows of claims whose deadlines are known to the outlook's counts."""
    silent = clocks.is_undecided
    refile, appeal = clocks.refile.legal - clocks.since, clocks.appeal.legal - clocks.since
    observe_windows(windows, WINDOW_KINDS.index("refile"), refile[~silent])
    observe_windows(windows, WINDOW_KINDS.index("appeal"), appeal[~silent])
    observe_windows(windows, WINDOW_KINDS.index("unanswered"), refile[silent])
