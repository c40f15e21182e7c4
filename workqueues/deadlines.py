"""A claim's clocks: the last legal day, the safe day to aim for, the rule that says so and how sure we are of it.

A window is set by law (Medicare), by a payer's contract (a site enters it), or is simply not known. Not known stays
"not configured": the ranking treats it as uncertain, never as endless. What the patient owes has no window of a
payer. Rules are in data/deadlines.csv.

Counting (each tested): calendar days start the day after the trigger; business days skip weekends and federal
holidays; months and years keep the day number, else the last day of the month; a notice that Medicare is presumed to
deliver in five days starts its clock then, and the safe day leaves those five days out. The safe day is never a
weekend or holiday: it moves to the business day before.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import holidays
import numpy as np
from numpy.typing import NDArray

from workqueues.facts import Days, Facts, Flags
from workqueues.playbook import CLOCKS
from workqueues.vocabulary import CONFIDENCES, PAYER_KINDS

UNITS: Final = ("none", "calendar-days", "business-days", "months", "years", "calendar-year", "dec-31-next-year")
ANCHORS: Final = ("other", "service", "notice", "answer", "primary-notice", "billed")
WARNING_DAYS: Final = (30, 14, 7, 3, 1)  # days left at which a person is warned
_HOLIDAY_YEARS: Final = range(1990, 2060)


class DeadlineRule(NamedTuple):
    id: str
    family: str  # "medicare", "aetna", … or "contract"
    clock: str  # playbook.CLOCKS, and a few that only pages show
    length: int  # of the window, in units
    unit: str  # UNITS
    anchor: str  # ANCHORS: what starts the clock
    presumption_days: int  # the notice is presumed received this many days after its date
    confidence: str  # CONFIDENCES: low, med, high; "confirmed" when a person confirmed the contract
    authority: str
    verify: bool  # show the warning badge until a person confirms it


FAMILY_OF_PAYER_KIND: Final = {  # only where law sets the window; a contract's window is entered, not assumed
    "medicare": "medicare",
    "medicare_advantage": "medicare-advantage",
    "medicaid": "medicaid",
    "tricare": "tricare",
}
_LAW: Final = ("high", "med")


@cache
def standard_rules() -> tuple[DeadlineRule, ...]:
    """The rules that ship with the product."""
    text = files("workqueues").joinpath("data/deadlines.csv").read_text(encoding="utf-8")
    made = []
    for row in csv.DictReader(text.splitlines()):
        unit = row["unit"] if row["unit"] in UNITS and row["count"] else "none"
        made.append(
            DeadlineRule(
                row["id"],
                row["family"],
                row["clock"],
                int(row["count"] or 0) if unit != "none" else 0,
                unit,
                row["anchor"] if row["anchor"] in ANCHORS else "other",
                int(row["receipt_presumption_days"] or 0),
                row["confidence"],
                row["authority"],
                row["verify_contract"] == "yes",
            )
        )
    return tuple(made)


class Due(NamedTuple):
    """Columns: last legal day (NaN: not configured), rule number in `Terms.rules` (-1: not configured)."""

    legal: Days
    rule: NDArray[np.int16]


STATED: Final = DeadlineRule(
    "STATED",
    "contract",
    "",
    0,
    "none",
    "other",
    0,
    CONFIDENCES[-1],
    "stated for this claim by letter, request, portal or person",
    False,
)


OF_THE_PATIENT: Final = STATED._replace(
    id="PATIENT", authority="the patient owes it: no payer sets a last day for billing a patient"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Which rule runs each clock for each payer."""

    rules: tuple[DeadlineRule, ...]
    payer_ids: NDArray[np.int32]  # sorted
    by_payer: NDArray[np.int16]  # [payer, clock] → rule number, -1 not configured
    by_kind: NDArray[np.int16]  # [payer kind, clock] → rule number by law, -1 none

    @classmethod
    def build(
        cls, families: Mapping[int, str] | None = None, contracts: Mapping[int, Sequence[DeadlineRule]] | None = None
    ) -> Terms:
        """Terms of a site: payer → rule family (Aetna's typical windows, say), and payer → its contract's own rules.

        A contract's rule goes before the family's, the family's before the law's.
        """
        rules = list(standard_rules())
        numbered = {(rule.family, rule.clock): number for number, rule in reversed(list(enumerate(rules)))}
        payers = sorted(set(families or {}) | set(contracts or {}))
        table = np.full((len(payers), len(CLOCKS)), -1, np.int16)
        for place, payer in enumerate(payers):
            for column, clock in enumerate(CLOCKS):
                table[place, column] = numbered.get(((families or {}).get(payer, ""), clock), -1)
            for rule in (contracts or {}).get(payer, ()):
                if rule.clock in CLOCKS:
                    table[place, CLOCKS.index(rule.clock)] = len(rules)
                rules.append(rule)
        kinds = np.full((len(PAYER_KINDS), len(CLOCKS)), -1, np.int16)
        for row, kind in enumerate(PAYER_KINDS):
            for column, clock in enumerate(CLOCKS):
                number = numbered.get((FAMILY_OF_PAYER_KIND.get(kind, "-"), clock), -1)
                if number >= 0 and rules[number].confidence in _LAW:
                    kinds[row, column] = number
        kinds[:, CLOCKS.index("negotiation")] = numbered[("nsa", "negotiation")]  # federal law, whoever the payer is
        secondary = CLOCKS.index("next-payer")
        kinds[PAYER_KINDS.index("medicare"), secondary] = numbered[("medicare", "filing")]
        kinds[PAYER_KINDS.index("medicaid"), secondary] = numbered[("medicaid", "next-payer")]
        rules += [OF_THE_PATIENT, STATED]
        return cls(tuple(rules), np.array(payers, np.int32), table, kinds)

    def rule_numbers(self, facts: Facts, clock: str) -> NDArray[np.int16]:
        """The rule that runs `clock` for each claim; -1 where none is configured."""
        column = CLOCKS.index(clock)
        chosen: NDArray[np.int16] = self.by_kind[facts.payer_kind, column]
        if len(self.payer_ids):
            place = np.minimum(np.searchsorted(self.payer_ids, facts.payer_id), len(self.payer_ids) - 1)
            own = np.where(self.payer_ids[place] == facts.payer_id, self.by_payer[place, column], np.int16(-1))
            chosen = np.where(own >= 0, own, chosen)
        return chosen

    def due(self, facts: Facts, clock: str) -> Due:
        """The clock's last legal day for each claim; NaN where it is not configured or has nothing to start it."""
        numbers = self.rule_numbers(facts, clock)
        legal = np.full(len(facts), np.nan, np.float32)
        used = np.flatnonzero(np.bincount(numbers + 1)[1:])  # the first counts those that have none
        plain = [n for n in used if self.rules[n].unit == "calendar-days"]
        for anchor in {self.rules[n].anchor for n in plain}:
            days = np.full(len(self.rules) + 1, np.nan, np.float32)  # the last stands for "not configured"
            for n in plain:
                if self.rules[n].anchor == anchor:
                    days[n] = self.rules[n].length + self.rules[n].presumption_days
            started = anchor_days(facts, anchor) + days[numbers]
            legal = np.where(np.isnan(started), legal, started)
        for n in set(used) - set(plain):
            rule, rows = self.rules[n], np.flatnonzero(numbers == n)
            started = anchor_days(facts, rule.anchor)[rows] + np.float32(rule.presumption_days)
            legal[rows] = last_day(started, rule)
        return Due(legal, np.where(np.isnan(legal), np.int16(-1), numbers))

    def stated(self, due: Due, on: Days) -> Due:
        """The same clock, where a date stated for the very claim goes before the rule."""
        known = ~np.isnan(on)
        number = np.int16(len(self.rules) - 1)
        return Due(np.where(known, on, due.legal).astype(np.float32), np.where(known, number, due.rule))

    def without_payer(self, due: Due, is_patients: Flags) -> Due:
        """The same clock, where what the patient owes has none: that is known, and not "not configured"."""
        number = np.int16(len(self.rules) - 2)
        legal = np.where(is_patients, np.float32(np.nan), due.legal).astype(np.float32)
        return Due(legal, np.where(is_patients, number, due.rule))

    def safe(self, due: Due) -> Days:
        """The day to aim for: the last legal day without the presumed days of delivery, and never on a day off."""
        presumed = np.array([rule.presumption_days for rule in self.rules], np.float32)
        return business_day_before(due.legal - np.where(due.rule >= 0, presumed[due.rule], np.float32(0)))


def earliest_open(first: Due, second: Due, today: float) -> Due:
    """Of two clocks that fit the same step, the earlier one still running; when both have stopped, the later."""
    one, two = first.legal, second.legal
    one_open, two_open = one >= today, two >= today
    take_two = np.where(one_open & two_open, two < one, two_open | (~one_open & (two > one)))
    take_two |= np.isnan(one) & ~np.isnan(two)
    return Due(np.where(take_two, two, one), np.where(take_two, second.rule, first.rule))


def owed_by_patient(facts: Facts) -> Flags:
    """Nothing is open with a payer, and something with the patient: the payers' windows are not this balance's."""
    owed: Flags = (facts.insurance_open_cents <= 0) & (facts.patient_open_cents > 0)
    return owed


def anchor_days(facts: Facts, anchor: str) -> Days:
    """The day from which a window with this anchor runs, for each claim; NaN where it has not come."""
    if anchor == "service":
        through = np.where(np.isnan(facts.service_through), facts.service_on, facts.service_through)
        return np.where(facts.claim_kind == 2, through, facts.service_on).astype(np.float32)
    if anchor == "notice":
        return facts.denied_on
    if anchor == "answer":
        return facts.last_answer_on
    if anchor == "primary-notice":
        return facts.primary_paid_on
    if anchor == "billed":
        return facts.last_billed_on
    return np.full(len(facts), np.nan, np.float32)


def last_day(started: Days, rule: DeadlineRule) -> Days:
    """The last day of the rule's window for each trigger day (day numbers; NaN stays NaN)."""
    if rule.unit == "none":
        return np.full(len(started), np.nan, np.float32)
    if rule.unit == "calendar-days":
        return started + np.float32(rule.length)
    known = ~np.isnan(started)
    days: Any = started[known].astype("int64").astype("datetime64[D]")
    made = np.full(len(started), np.nan, np.float32)
    if rule.unit == "business-days":
        ends = np.busday_offset(days, rule.length, roll="backward", busdaycal=federal_calendar())
    elif rule.unit == "dec-31-next-year":
        years = days.astype("datetime64[Y]")
        ends = (years + np.timedelta64(rule.length + 1, "Y")).astype("datetime64[D]") - np.timedelta64(1, "D")
    else:
        months = rule.length if rule.unit == "months" else 12 * rule.length
        ends = _same_day_months_later(days, months)
    made[known] = ends.astype("datetime64[D]").astype(np.int64)
    return made


def _same_day_months_later(days: Any, months: int) -> Any:
    """The same day number so many months later, or that month's last day when it is shorter (datetime64[D])."""
    start = days.astype("datetime64[M]")
    target = start + np.timedelta64(months, "M")
    length = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - target.astype("datetime64[D]")
    into = np.minimum(days - start.astype("datetime64[D]"), length - np.timedelta64(1, "D"))
    return target.astype("datetime64[D]") + into


def business_day_before(days: Days) -> Days:
    """The day itself, or the last business day before it when it is a weekend or federal holiday."""
    made = days.copy()
    known = ~np.isnan(days)
    wanted = days[known].astype(np.int64)
    if not len(wanted):
        return made
    low, high = int(wanted.min()) - 10, int(wanted.max())
    span = np.arange(low, high + 1)
    rolled = np.busday_offset(span.astype("datetime64[D]"), 0, roll="backward", busdaycal=federal_calendar())
    made[known] = rolled.astype("datetime64[D]").astype(np.int64)[wanted - low]
    return made


@cache
def federal_calendar() -> np.busdaycalendar:
    """Saturdays, Sundays and United States federal holidays (as observed)."""
    observed = holidays.country_holidays("US", years=_HOLIDAY_YEARS, categories=("public",))
    return np.busdaycalendar(holidays=[np.datetime64(day) for day in sorted(observed)])


def contract_rule(
    payer_name: str,
    clock: str,
    count: int,
    unit: str,
    anchor: str,
    *,
    is_confirmed: bool,
    authority: str = "contract",
) -> DeadlineRule:
    """A window that a site entered from its contract or payer manual."""
    if unit not in UNITS or anchor not in ANCHORS or clock not in CLOCKS:
        raise ValueError(f"contract window of {payer_name}: check unit {unit!r}, anchor {anchor!r}, clock {clock!r}")
    confidence = CONFIDENCES[-1] if is_confirmed else "low"
    name = f"{payer_name}-{clock}"
    return DeadlineRule(name, "contract", clock, count, unit, anchor, 0, confidence, authority, not is_confirmed)


def warning_level(deadline: date | None, today: date) -> int | None:
    """The smallest of 30, 14, 7, 3, 1 days that covers what is left; 0: passed; None: far off or unknown."""
    if deadline is None:
        return None
    left = (deadline - today).days
    if left < 0:
        return 0
    return next((level for level in reversed(WARNING_DAYS) if left <= level), None)
