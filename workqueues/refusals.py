"""Steps that would be a mistake: which rule stands against an appeal, a refile, a patient bill or a write-off.

Pure: a case and today's date in, refusals out. Each refusal names its rule and where the rule comes from, so that a
person can look it up, and says what to do instead. The verbs that take a step ask here first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from workqueues.remarks import remark_effects


class Step(StrEnum):
    APPEAL = "appeal"
    REFILE = "refile"
    BILL_PATIENT = "bill_patient"
    WRITE_OFF = "write_off"


class Case(NamedTuple):
    """What a check may look at. Everything may be left at "not known"; what is not known refuses nothing."""

    remarks: tuple[str, ...] = ()  # RARCs of the answer
    group: str = ""  # CAS01 of the denial that leads
    reason: str = ""  # its CARC
    category: str = ""  # denials.md §1
    carc_action: str = ""  # the code table's next action
    payer_kind: str = "other"
    is_rejected: bool = False  # refused before adjudication: no claim exists at the payer
    is_denied: bool = True  # there is a denial to work
    under_way: tuple[Step, ...] = ()  # what was sent on this issue and awaits its answer
    last_day: date | None = None  # of the step's own clock; None: not configured
    good_cause: str = ""  # why it is late, in a person's words
    amount_cents: int = 0
    minimum_cents: int = 0  # amount that must be in controversy
    has_signed_notice: bool = False  # valid ABN or consent on file
    is_approved: bool = False  # somebody else has approved the write-off


class Refusal(NamedTuple):
    rule: str
    text: str  # what stands against it, and what to do instead
    source: str

    @property
    def sentence(self) -> str:
        return f"{self.text} (Rule {self.rule}: {self.source}.)"


class Check(NamedTuple):
    """One line of the table: where `holds`, the step is refused; `{codes}` are the remarks that say so."""

    rule: str
    step: Step
    holds: Callable[[Case, date], bool]
    text: str
    source: str
    effects: tuple[str, ...] = ()  # of remarks (data/remark_effects.csv); holds when one of the case's has one


FIXABLE_CATEGORIES: Final = frozenset(
    "eligibility authorization medical-necessity coding bundling timely-filing COB missing-info".split()
)
FIXABLE_ACTIONS: Final = frozenset(("appeal", "correct-refile", "bill-other-payer", "call-payer"))
NEVER_THE_PATIENT: Final = frozenset(("medicaid", "workers_comp"))


def _always(case: Case, today: date) -> bool:
    return True


def _is_late(case: Case, today: date) -> bool:
    return case.last_day is not None and today > case.last_day and not case.good_cause.strip()


def _is_fixable(case: Case, today: date) -> bool:
    fixable = case.category in FIXABLE_CATEGORIES or case.carc_action in FIXABLE_ACTIONS
    return case.is_denied and fixable and not case.is_approved


CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "APPEAL-UNPROCESSABLE",
        Step.APPEAL,
        _always,
        "{codes} says that the claim could not be processed, so there is no decision to appeal. "
        "Correct it and send a new claim.",
        "RARC MA130; 42 CFR 405.926",
        ("new-claim-no-appeal",),
    ),
    Check(
        "APPEAL-NO-RIGHTS",
        Step.APPEAL,
        _always,
        "{codes} says that this decision carries no right of appeal. Review it for a write-off.",
        "RARC list: MA44, N111, N211, N921 and the like",
        ("no-appeal",),
    ),
    Check(
        "APPEAL-RESUBMIT",
        Step.APPEAL,
        _always,
        "{codes} says to send the claim again and not to appeal.",
        "RARC N704",
        ("resubmit-no-appeal",),
    ),
    Check(
        "APPEAL-REJECTED",
        Step.APPEAL,
        lambda case, today: case.is_rejected,
        "The claim was rejected before it was adjudicated: the payer has no claim to decide about. "
        "Fix it and send a new one.",
        "277CA, X12 005010X214",
    ),
    Check(
        "APPEAL-NOTHING-DENIED",
        Step.APPEAL,
        lambda case, today: not case.is_denied and not case.is_rejected,
        "Nothing on this claim stands denied or reduced, so there is nothing to appeal.",
        "835 claim adjustments",
    ),
    Check(
        "APPEAL-MEDICARE-LATE-FILING",
        Step.APPEAL,
        lambda case, today: case.payer_kind == "medicare" and case.category == "timely-filing",
        "Medicare's refusal of a late claim is not an initial determination and cannot be appealed. "
        "Ask for an exception to timely filing instead.",
        "42 CFR 405.926(n), 424.44",
    ),
    Check(
        "APPEAL-LATE",
        Step.APPEAL,
        _is_late,
        "The last day to appeal was {last_day}. Give the good cause for being late, or let it go.",
        "payer terms; good cause 42 CFR 405.942(b)",
    ),
    Check(
        "APPEAL-MINIMUM",
        Step.APPEAL,
        lambda case, today: 0 < case.amount_cents < case.minimum_cents,
        "The amount in dispute is below the minimum of this level. Add claims with the same issue together.",
        "42 CFR 405.1006; minimums re-set each January",
    ),
    Check(
        "APPEAL-WHILE-REFILED",
        Step.APPEAL,
        lambda case, today: Step.REFILE in case.under_way,
        "A corrected claim on this issue is under way. Wait for its answer: asking twice gets a duplicate denial.",
        "one step at a time on one issue",
    ),
    Check(
        "REFILE-FORBIDDEN",
        Step.REFILE,
        _always,
        "{codes} says not to send the claim again.",
        "RARC N185, N368, N522, N938",
        ("do-not-resubmit",),
    ),
    Check(
        "REFILE-WHILE-APPEALED",
        Step.REFILE,
        lambda case, today: Step.APPEAL in case.under_way,
        "An appeal of this issue is under way. Wait for its decision, or withdraw it first.",
        "one step at a time on one issue",
    ),
    Check(
        "REFILE-LATE",
        Step.REFILE,
        _is_late,
        "The last day to send it was {last_day}. Appeal with proof of timely filing, or give the good cause.",
        "payer terms",
    ),
    Check(
        "PATIENT-CO",
        Step.BILL_PATIENT,
        lambda case, today: case.group == "CO" and not case.has_signed_notice,
        "The payer put this on the provider (CO): by contract the patient may not be billed for it.",
        "835 claim adjustment group CO",
    ),
    Check(
        "PATIENT-PROTECTED",
        Step.BILL_PATIENT,
        lambda case, today: case.payer_kind in NEVER_THE_PATIENT,
        "Patients of this kind of payer may not be billed beyond their stated share.",
        "42 CFR 447.15; state workers' compensation law",
    ),
    Check(
        "PATIENT-REMARK",
        Step.BILL_PATIENT,
        _always,
        "{codes} protects the patient from this bill.",
        "RARC list; No Surprises Act, 45 CFR 149.410",
        ("no-bill-patient", "nsa", "refund-patient"),
    ),
    Check(
        "PATIENT-UNDER-APPEAL",
        Step.BILL_PATIENT,
        lambda case, today: bool(case.under_way),
        "The payer's answer to what we sent is still open: the amount may change.",
        "one step at a time on one issue",
    ),
    Check(
        "WRITE-OFF-FIXABLE",
        Step.WRITE_OFF,
        _is_fixable,
        "This denial can be fixed or appealed. Somebody else has to approve giving it up.",
        "denials.md §3; separation of duties, 45 CFR 164.308(a)(4)",
    ),
    Check(
        "WRITE-OFF-UNDER-WAY",
        Step.WRITE_OFF,
        lambda case, today: bool(case.under_way),
        "What we sent on it still awaits its answer. Withdraw it first.",
        "one step at a time on one issue",
    ),
)


def refusals(step: Step, case: Case, today: date) -> tuple[Refusal, ...]:
    """Every rule that stands against the step; () when it may be taken."""
    found = []
    for check in CHECKS:
        if check.step is not step:
            continue
        codes = _codes_with(case, check.effects) if check.effects else ()
        if (check.effects and not codes) or not check.holds(case, today):
            continue
        last_day = f"{case.last_day:%B} {case.last_day.day}, {case.last_day.year}" if case.last_day else ""
        found.append(Refusal(check.rule, check.text.format(codes=", ".join(codes), last_day=last_day), check.source))
    return tuple(found)


def _codes_with(case: Case, effects: tuple[str, ...]) -> tuple[str, ...]:
    table = remark_effects()
    return tuple(code for code in case.remarks if table.get(code) in effects)
