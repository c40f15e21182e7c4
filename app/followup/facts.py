"""From the database to what the ranking may look at: one `FactRow` for each claim with money open.

One statement (`fact_statement.py`), streamed in chunks. `claim_ids` narrows it to the claims that an answer or a
person has just touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from app.claims.code_ways import CodeWays, code_ways
from app.claims.tables import ClaimState, KnownFrom
from app.followup.fact_columns import STATES, facts_of
from app.followup.fact_statement import balance, claim, fact_statement, is_open
from app.followup.outcomes import ROUTE_OF_OUTCOME
from app.followup.touch import Outcome
from workqueues.facts import FactRow, Facts

CHUNK = 5_000  # rows in hand at a time

# Days of silence after which a submission counts as unanswered (277.md §7: first inquiry 14 days after acceptance for
# Medicare, 21 commercial, 30 Medicaid and workers' compensation; a week on top for a file still on its way).
TURNAROUND_DAYS = {"medicare": 21, "medicaid": 37, "workers_comp": 37}
OTHER_TURNAROUND_DAYS = 28

PROTECTING_KINDS = ("medicaid", "workers_comp")

STATUS_OF_STATE = {
    ClaimState.SUBMITTED: "submitted",
    ClaimState.REJECTED: "rejected",
    ClaimState.ACCEPTED: "accepted",
    ClaimState.PENDING: "pending",
    ClaimState.INFO_REQUESTED: "info_requested",
    ClaimState.NOT_FOUND: "not_found",
    ClaimState.FINALIZED_UNMATCHED: "finalized_unmatched",
    ClaimState.PAID: "paid",
    ClaimState.PARTIALLY_DENIED: "partially_denied",
    ClaimState.DENIED: "denied",
    ClaimState.ZERO_PAY_PATIENT: "zero_pay_patient",
    ClaimState.ZERO_PAY_REVIEW: "zero_pay_review",
    ClaimState.PENDED: "pending",
    ClaimState.CAPITATED: "capitated",
    ClaimState.FORWARDED: "forwarded",
    ClaimState.REVERSED: "pending",  # taken back, and the corrected answer has not come
    ClaimState.PATIENT_BILLED: "zero_pay_patient",
    ClaimState.CLOSED: "paid",
}

# What a claim status category says of the claim, beside any remittance (277.md §6).
ANSWER_OF_CATEGORY = {
    "A0": "received",
    "A1": "received",
    "A2": "received",
    "A3": "rejected",
    "A4": "not_found",
    "A5": "received",
    "A6": "rejected",
    "A7": "rejected",
    "A8": "rejected",
    "P0": "in_process",
    "P1": "in_process",
    "P2": "in_process",
    "P3": "wants_provider_information",
    "P4": "wants_patient_information",
    "P5": "in_process",
    "F0": "finalized_no_payment",
    "F1": "finalized_paid",
    "F2": "finalized_denied",
    "F3": "finalized_paid",
    "F3F": "forwarded",
    "F3N": "not_forwarded",
    "F4": "finalized_no_payment",
    "D0": "not_found",
}


def fact_rows(
    session: Session, today: date, claim_ids: Sequence[int] | None = None, *, ways: CodeWays | None = None
) -> Iterator[list[FactRow]]:
    """Chunks of facts about every open claim (or the given ones), in claim order.

    `ways`: the overrides that stand, for whoever has read them.
    """
    if ways is None:
        ways = code_ways(session.connection())
    if claim_ids is not None:
        for first in range(0, len(claim_ids), 500):  # engines bound the number of parameters of one statement
            part = list(claim_ids[first : first + 500])
            is_one = len(part) == 1  # a list of one would be written out anew each time, in every part
            told = {"claim_id": part[0]} if is_one else {"claim_ids": part}
            found = session.connection().execute(fact_statement(of_some=not is_one, of_one=is_one), told)
            yield [_fact_row(row, today, ways) for row in found]
        return
    result = session.connection().execute(fact_statement(), execution_options={"yield_per": CHUNK})
    for rows in result.partitions(CHUNK):
        yield [_fact_row(row, today, ways) for row in rows]


def fact_row(session: Session, today: date, claim_id: int, ways: CodeWays) -> FactRow | None:
    """The facts about one claim, with the codes judged as they stand now; None when nothing is open on it."""
    row = session.connection().execute(fact_statement(of_one=True), {"claim_id": claim_id}).first()
    return _fact_row(row, today, ways) if row is not None else None


def open_facts(session: Session, today: date, *, payer_ids: Collection[int] | None = None) -> Facts:
    """Every open claim (or those of some payers) as columns.

    Filled chunk by chunk into arrays made once: no row outlives its chunk.
    """
    open_claims = select(func.count()).select_from(balance).where(is_open())
    statement = fact_statement()
    if payer_ids is not None:
        theirs = claim.c.payer_id.in_(payer_ids)
        open_claims = open_claims.join(claim, claim.c.id == balance.c.claim_id).where(theirs)
        statement = statement.where(theirs)
    most = session.connection().execute(open_claims).scalar_one()
    whole = Facts.from_columns({}, most)
    ways = code_ways(session.connection())
    place = 0
    result = session.connection().execute(statement, execution_options={"yield_per": CHUNK})
    for rows in result.partitions(CHUNK):
        part = facts_of(
            rows,
            today,
            to_day=_day,
            status_of_state=STATUS_OF_STATE,
            answer_of_category=ANSWER_OF_CATEGORY,
            turnaround=_turnaround,
            protecting_kinds=PROTECTING_KINDS,
            ways=ways,
        )
        for each in fields(Facts):
            getattr(whole, each.name)[place : place + len(part)] = getattr(part, each.name)
        place += len(part)
    return whole.take(slice(0, place))


def _fact_row(row: Any, today: date, ways: CodeWays) -> FactRow:
    insurance, patient = row.insurance_cents, row.patient_cents
    code = ways.carc(row.carc, row.payer_id, row.denial_on) if row.carc else None
    resent_since_denial = bool(row.denial_on and row.last_billed_on and row.last_billed_on > row.denial_on)
    sent = row.sent_step or ("refile" if resent_since_denial else "none")
    return FactRow(
        claim_id=row.id,
        practice_id=row.practice_id,
        payer_id=row.payer_id,
        open_cents=max(insurance, 0) + max(patient, 0),
        payer_kind=row.payer_kind,
        claim_kind=row.kind,
        status=_status(row, today),
        payer_answer=ANSWER_OF_CATEGORY.get(row.answer or "", "none"),
        billed_cents=row.charge_cents,
        insurance_open_cents=max(insurance, 0),
        patient_open_cents=max(patient, 0),
        credit_cents=max(-insurance, 0) + max(-patient, 0),
        denied_cents=row.denied_cents or 0,
        underpaid_cents=row.underpaid_cents or 0,
        service_on=row.first_service,
        service_through=row.last_service,
        first_billed_on=row.first_billed_on,
        last_billed_on=row.last_billed_on,
        last_answer_on=row.last_answer_on,
        denied_on=row.denial_on or row.denied_on,
        primary_paid_on=row.primary_paid_on,
        crossover_on=row.crossover_on,
        arrived_on=row.denial_on or row.last_answer_on or row.first_billed_on,
        carc=row.carc or "",
        group=row.denial_group or "",
        category=row.category or "other",
        remarks=tuple(row.remarks.split()) if row.remarks else (),
        carc_action=code.next_action if code else "",
        carc_overturn=code.overturn if code else "",
        judged_effects=ways.effects(row.payer_id, row.denial_on) if row.remarks else {},
        is_repeat_denial=bool(row.is_repeat),
        has_other_coverage=bool(row.has_other_coverage),
        other_coverage_billed=row.crossover_on is not None,
        patient_protected=bool(row.is_protected) or row.payer_kind in PROTECTING_KINDS,
        has_payer_claim_number=bool(row.payer_control_number),
        is_known_from_837=row.known_from == KnownFrom.SUBMISSION,
        is_institutional_part_a=row.payer_kind == "medicare" and row.kind == "I",
        allowed_share=row.allowed_share,
        route=_route(row, sent),
        strength=_strength(row),
        submission=sent,
        submitted_on=row.sent_since or (row.last_billed_on if resent_since_denial else None),
        is_after_refile=sent == "appeal" and bool(row.is_repeat) and row.submissions > 1,
        followups=row.checks or 0,
        touches=row.touches or 0,
        last_touch_on=_day(row.last_touch),
        snoozed_until=row.snoozed_until if row.snoozed_until and row.snoozed_until > today else None,
        next_check_on=row.next_check_on,
        manual_priority=row.priority or 0,
        refile_due_on=row.refile,
        appeal_due_on=row.appeal,
        second_appeal_due_on=row.second_appeal,
        records_due_on=row.records,
        state=STATES.index(row.state),
    )


def _route(row: Any, sent: str) -> str:
    """What the last look found the claim to be, unless a denial has come since or something is under way.

    Somebody who asks for all that the payer owes to be written off has found that there is nothing to collect.
    """
    if row.given_up_cents and row.given_up_cents >= row.insurance_cents > 0:
        return "dead"
    if sent != "none" or not row.finding or (row.denial_on and _day(row.found_at) < row.denial_on):
        return "unknown"
    return ROUTE_OF_OUTCOME[Outcome(row.finding)]


def _strength(row: Any) -> int:
    """How strong a person judged the case to be, unless a denial has come since: that is another case."""
    if row.strength is None or (row.denial_on and _day(row.judged_at) < row.denial_on):
        return -1
    return int(row.strength)


def _status(row: Any, today: date) -> str:
    """The claim's state in the engine's words; silence past the payer's turnaround is a state of its own."""
    is_sent = row.state in (ClaimState.SUBMITTED, ClaimState.ACCEPTED) and row.last_billed_on is not None
    days = turnaround_days(row.payer_kind, row.answer_days)
    if is_sent and row.last_billed_on + timedelta(days=days) < today:
        return "no_answer"
    return STATUS_OF_STATE.get(row.state, "unknown")


def turnaround_days(payer_kind: str, own_days: int | None) -> int:
    """Days after the bill on which silence begins: the payer's own where they are set."""
    return own_days or _turnaround(payer_kind)


def _turnaround(payer_kind: str) -> int:
    return TURNAROUND_DAYS.get(payer_kind, OTHER_TURNAROUND_DAYS)


def _day(value: Any) -> date | None:
    """SQLite's max() of a timestamp comes back as text, PostgreSQL's as a datetime; a date is one already."""
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    found: date = value.date()
    return found
