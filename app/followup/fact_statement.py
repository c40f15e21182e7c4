"""What is known of every claim with money open, as one statement: a row a claim, whatever it rests on.

`facts.py` reads its rows; nothing is looked up claim by claim.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, true

from app.claims.tables import Claim, Coverage, Payer, PayerFiling, StepUnderWay
from app.core.bulk import table_of
from app.followup.allowed import allowed_share_of
from app.followup.outcomes import LOOKED, ROUTE_OF_OUTCOME
from app.followup.tables import ManualPriority, Snooze, StatedDue, Touch, WriteOffRequest
from app.ledger.tables import UNDECIDED, ClaimBalance
from app.matching.tables import ClaimPayment, Denial, PaymentState, RemarkRow, Remittance, StatusEvent, Underpayment

# Remarks that forbid billing the patient whatever the group code says (denials.md §3 and §4).
PROTECTING_REMARKS = (
    "M27 M39 MA13 N192 N781 N782 N783 N842 N830 N859 N860 N861 N862 N863 N864 N865 N866 N876 N877 N878 N879"
).split()

claim = table_of(Claim)
balance = table_of(ClaimBalance)
payer = table_of(Payer)
denial = table_of(Denial)
touch = table_of(Touch)
snooze = table_of(Snooze)
priority = table_of(ManualPriority)
stated_due = table_of(StatedDue)
write_off = table_of(WriteOffRequest)
found_out = touch.alias("found_out")
judged = touch.alias("judged")  # the newest touch that says how strong the case is
coverage = table_of(Coverage)
under_way = table_of(StepUnderWay)
status_event = table_of(StatusEvent)
request = status_event.alias("request")  # the newest status that says by when the payer wants an answer
claim_payment = table_of(ClaimPayment)
filing = table_of(PayerFiling)
remittance = table_of(Remittance)
remark = table_of(RemarkRow)
underpayment = table_of(Underpayment)


def is_open() -> ColumnElement[bool]:
    return or_(balance.c.insurance_cents != 0, balance.c.patient_cents != 0)


@cache  # building it costs more than running it for one claim
def fact_statement(*, of_some: bool = False, of_one: bool = False) -> Select[Any]:
    """What is known of every claim with something open, one row each, in claim order.

    `of_some`: of the `claim_ids` that are told when it runs. Each part is narrowed to them: were only the whole, one
    touched claim would gather the touches, denials and answers of all the others first. `of_one`: of `claim_id`; a
    list of one would be written out anew at each run, in every part.
    """

    def of(column: ColumnElement[Any]) -> ColumnElement[bool]:
        if of_one:
            return column == bindparam("claim_id")
        return column.in_(bindparam("claim_ids", expanding=True)) if of_some else true()

    touches = (
        select(
            touch.c.claim_id,
            func.count().label("touches"),
            func.max(touch.c.at).label("last_touch"),
            func.max(case((touch.c.strength >= 0, touch.c.id))).label("judged_id"),
        )
        .where(of(touch.c.claim_id))
        .group_by(touch.c.claim_id)
        .subquery()
    )
    newest_denial = (
        select(denial.c.claim_id, func.max(denial.c.id).label("id"))
        .where(denial.c.is_open, of(denial.c.claim_id))
        .group_by(denial.c.claim_id)
        .subquery()
    )
    newest_status = (
        select(
            status_event.c.claim_id,
            func.max(case((status_event.c.due_on.is_not(None), status_event.c.id))).label("request_id"),
        )
        .where(status_event.c.claim_id.is_not(None), of(status_event.c.claim_id))
        .group_by(status_event.c.claim_id)
        .subquery()
    )
    sent_step = (
        select(
            under_way.c.claim_id, func.max(under_way.c.step).label("step"), func.max(under_way.c.since).label("since")
        )
        .where(of(under_way.c.claim_id))
        .group_by(under_way.c.claim_id)
        .subquery()
    )
    newest_finding = (
        select(touch.c.claim_id, func.max(touch.c.id).label("id"))
        .where(touch.c.outcome.in_([outcome.value for outcome in ROUTE_OF_OUTCOME]), of(touch.c.claim_id))
        .group_by(touch.c.claim_id)
        .subquery()
    )
    checks = (
        select(touch.c.claim_id, func.count().label("checks"))
        .join(sent_step, sent_step.c.claim_id == touch.c.claim_id)
        .where(touch.c.kind.in_([kind.value for kind in LOOKED]), func.date(touch.c.at) > sent_step.c.since)
        .group_by(touch.c.claim_id)
        .subquery()
    )
    stated = _stated_dates(of(stated_due.c.claim_id))
    given_up = (
        select(write_off.c.claim_id, func.sum(write_off.c.cents).label("cents"))
        .where(write_off.c.state.in_(UNDECIDED), of(write_off.c.claim_id))
        .group_by(write_off.c.claim_id)
        .subquery()
    )
    return (
        select(
            claim.c.id,
            claim.c.practice_id,
            claim.c.payer_id,
            claim.c.kind,
            claim.c.state,
            claim.c.charge_cents,
            claim.c.known_from,
            claim.c.first_service,
            claim.c.last_service,
            claim.c.first_billed_on,
            claim.c.last_billed_on,
            claim.c.last_answer_on,
            claim.c.denied_on,
            claim.c.crossover_on,
            claim.c.next_check_on,
            claim.c.payer_rank,
            claim.c.payer_control_number,
            claim.c.filing_indicator,
            balance.c.insurance_cents,
            balance.c.patient_cents,
            payer.c.kind.label("payer_kind"),
            filing.c.answer_days,
            denial.c.group.label("denial_group"),
            denial.c.reason.label("carc"),
            denial.c.remarks.label("remarks"),
            denial.c.category.label("category"),
            denial.c.denied_cents,
            denial.c.denied_on.label("denial_on"),
            denial.c.is_repeat,
            touches.c.touches,
            touches.c.last_touch,
            snooze.c.until.label("snoozed_until"),
            status_event.c.category.label("answer"),
            _has_other_coverage().label("has_other_coverage"),
            _is_protected().label("is_protected"),
            _earlier_payment_on().label("primary_paid_on"),
            underpayment.c.short_cents.label("underpaid_cents"),
            sent_step.c.step.label("sent_step"),
            sent_step.c.since.label("sent_since"),
            found_out.c.outcome.label("finding"),
            found_out.c.at.label("found_at"),
            judged.c.strength,
            judged.c.at.label("judged_at"),
            checks.c.checks,
            claim.c.submissions,
            allowed_share_of(claim).label("allowed_share"),
            priority.c.level.label("priority"),
            given_up.c.cents.label("given_up_cents"),
            *(stated.c.refile, stated.c.appeal, stated.c.second_appeal),
            func.coalesce(stated.c.records, request.c.due_on).label("records"),
        )
        .select_from(claim)
        .join(balance, balance.c.claim_id == claim.c.id)
        .join(payer, payer.c.id == claim.c.payer_id)
        .outerjoin(filing, filing.c.payer_id == claim.c.payer_id)
        .outerjoin(newest_denial, newest_denial.c.claim_id == claim.c.id)
        .outerjoin(denial, denial.c.id == newest_denial.c.id)
        .outerjoin(newest_status, newest_status.c.claim_id == claim.c.id)
        .outerjoin(status_event, status_event.c.id == _newest_status())
        .outerjoin(request, request.c.id == newest_status.c.request_id)
        .outerjoin(touches, touches.c.claim_id == claim.c.id)
        .outerjoin(judged, judged.c.id == touches.c.judged_id)
        .outerjoin(snooze, snooze.c.claim_id == claim.c.id)
        .outerjoin(
            underpayment,
            and_(underpayment.c.claim_id == claim.c.id, underpayment.c.accepted_entry_id.is_(None)),
        )
        .outerjoin(sent_step, sent_step.c.claim_id == claim.c.id)
        .outerjoin(newest_finding, newest_finding.c.claim_id == claim.c.id)
        .outerjoin(found_out, found_out.c.id == newest_finding.c.id)
        .outerjoin(checks, checks.c.claim_id == claim.c.id)
        .outerjoin(priority, priority.c.claim_id == claim.c.id)
        .outerjoin(stated, stated.c.claim_id == claim.c.id)
        .outerjoin(given_up, given_up.c.claim_id == claim.c.id)
        .where(is_open(), of(claim.c.id))
        .order_by(claim.c.id)
    )


def _newest_status() -> Any:
    """By its own date, whichever file came first."""
    said = status_event.alias("said")
    return (
        select(said.c.id)
        .where(said.c.claim_id == claim.c.id)
        .order_by(said.c.effective.desc().nulls_last(), said.c.id.desc())
        .limit(1)
        .correlate(claim)
        .scalar_subquery()
    )


def _stated_dates(which: ColumnElement[bool]) -> Any:
    """One row a claim with the last days that somebody stated for it."""
    return (
        select(
            stated_due.c.claim_id,
            *(
                func.max(case((stated_due.c.step == step, stated_due.c.due_on))).label(step)
                for step in ("refile", "appeal", "second_appeal", "records")
            ),
        )
        .where(which)
        .group_by(stated_due.c.claim_id)
        .subquery()
    )


def _has_other_coverage() -> Any:
    return exists().where(
        and_(
            coverage.c.patient_id == claim.c.patient_id,
            coverage.c.is_active,
            coverage.c.rank > claim.c.payer_rank,
            coverage.c.payer_id != claim.c.payer_id,
        )
    )


def _is_protected() -> Any:
    return exists().where(
        and_(
            claim_payment.c.claim_id == claim.c.id,
            claim_payment.c.state == PaymentState.POSTED,
            remark.c.claim_payment_id == claim_payment.c.id,
            remark.c.code.in_(PROTECTING_REMARKS),
        )
    )


def _earlier_payment_on() -> Any:
    """When the earlier payer answered: the clock of a secondary claim."""
    earlier = (
        select(func.max(remittance.c.payment_date))
        .select_from(claim_payment.join(remittance, remittance.c.id == claim_payment.c.remittance_id))
        .where(claim_payment.c.claim_id == claim.c.id, remittance.c.payer_id != claim.c.payer_id)
        .correlate(claim)
        .scalar_subquery()
    )
    return case((claim.c.payer_rank > 1, earlier), else_=None)
