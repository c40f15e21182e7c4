"""One row of each code table. Labels and judgement columns are our own words and defaults (fact book, denials.md)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Carc(NamedTuple):
    """A claim adjustment reason code: why an amount was not paid."""

    code: str
    status: str  # "active" or "deactivated"; retired codes still arrive and are still read
    label: str
    category: str  # eligibility, authorization, medical-necessity, coding …
    nature: str  # denial, reduction, contractual, patient-share, informational, pended
    is_true_denial: str  # yes, partial, no
    preventable: str  # yes, no, "" for a retired code
    next_action: str  # research, correct-refile, appeal, bill-patient, write-off, bill-other-payer, call-payer, none
    second_action: str
    overturn: str  # high, med, low, na
    note: str
    rarc_required: str  # yes: incomplete without a remark code
    group_rule: str  # group codes that the list allows, "" when any
    core360_scenario_guess: str
    property_casualty_only: str
    replaced_by: str  # codes joined by ";"
    replacement_basis: str
    list_date: date

    @property
    def is_retired(self) -> bool:
        return self.status != "active"


class Rarc(NamedTuple):
    """A remittance advice remark code. `label` is "" for the codes that have none of our own yet."""

    code: str
    status: str
    kind: str  # "supplemental" explains a CARC; "alert" is information only and never explains money
    label: str
    category: str
    next_action: str
    workflow_effect: str  # what it changes in the work: new-claim-no-appeal, replacement … "none"
    note: str
    list_date: date

    @property
    def is_retired(self) -> bool:
        return self.status != "active"


class PlbReason(NamedTuple):
    """A provider-level adjustment reason."""

    code: str
    label: str
    usual_sign: str  # "+" lowers the payment, "-" raises it, "+/-" either
    posting_class: str
    reference: str  # what PLB03-2 usually holds
    worker_action: str
    how_common: str
    list_date: date


class StatusCategory(NamedTuple):
    """A claim status category: what happened."""

    code: str
    status: str
    label: str
    family: str  # acknowledgment, pending, finalized, request, search, error, data-reporting, other
    terminal: str
    work_state: str
    next_step: str
    recheck_days: int | None
    used_in: str
    list_date: date

    @property
    def is_retired(self) -> bool:
        return self.status != "active"


class StatusReason(NamedTuple):
    """A claim status code: about what."""

    code: str
    label: str
    entity_code_needed: str
    topic: str
    next_step: str
    list_date: date
