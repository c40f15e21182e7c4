"""Why payers refuse, what it costs, and what became of it.

A first denial is one that repeats none before it. The rate is first denials of a first answer over first answers, so
that a claim denied three times counts once (kpis.md §2).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session

import edi.codes
from app.claims.tables import Practice
from app.core.bulk import Tested, table_of
from app.ledger.queries import PAYING
from app.matching.tables import ClaimPayment, Denial, PaymentState, Remittance
from app.reports.behind import MOST_SHOWN, NAMED, Behind, behind_rows, patient, payer
from app.reports.report import Column, Line, Report, Value, share
from app.reports.scope import Scope, claim, entry, posting

GROUPS = {"category": "Category", "reason": "Reason code", "payer": "Payer", "practice": "Practice"}
WON = ("overturned", "partly")
WHICH = {
    "first": "denied for the first time",
    "repeats": "denied again",
    "decided": "denied and decided since",
    "overturned": "denied and paid since, in whole or part",
    "open": "denied and still open",
}

denial = table_of(Denial)
payment = table_of(ClaimPayment)
remittance = table_of(Remittance)
practice = table_of(Practice)

COLUMNS = (
    Column("denials", "First denials", "count"),
    Column("denied", "Denied", "money"),
    Column("of_denied", "Of all denied", "share"),
    Column("repeats", "Repeated", "count"),
    Column("closed", "Decided", "count"),
    Column("overturned", "Overturned", "share"),
    Column("recovered", "Recovered", "money"),
    Column("open", "Still open", "money"),
)


class FirstAnswers(NamedTuple):
    """Claims that were answered for the first time in the period, and how many of them were denied."""

    claims: int
    charge_cents: int
    denied: int
    denied_charge_cents: int


def denials(session: Session, scope: Scope, by: str = "category") -> Report:
    """Denials of the period, grouped. `by` is a key of GROUPS."""
    named = _group(by)
    won, first = denial.c.closed_as.in_(WON), ~denial.c.is_repeat
    counted = [scope.in_period(denial.c.denied_on), *scope.of_claims()]
    statement = (
        select(
            named.label("name"),
            func.count().filter(first),
            func.coalesce(func.sum(denial.c.denied_cents).filter(first), 0),
            func.count().filter(denial.c.is_repeat),
            func.count().filter(first, ~denial.c.is_open),
            func.count().filter(first, won),
            func.coalesce(func.sum(denial.c.denied_cents).filter(denial.c.is_open), 0),
        )
        .select_from(_joined())
        .where(*counted)
        .group_by(named)
    )
    recovered = _recovered(session, named, [*counted, first, won])
    rows = [
        (name, *map(int, counts), recovered.get(name, 0), int(still_open))
        for name, *counts, still_open in session.execute(statement)
    ]
    all_denied = sum(row[2] for row in rows)
    lines = [Line(_label(by, row[0]), _values(row[1:], all_denied), _links(scope, by, row)) for row in rows]
    lines.sort(key=lambda line: (-(line.values[1] or 0), line.label))
    sums = tuple(sum(row[place] for row in rows) for place in range(1, 8))
    return Report(
        "denials",
        "Denials",
        "Denied by a payer's answer in the period. Overturned: of the first denials that are decided, those later "
        "paid in whole or part. Recovered: paid on them since, never more than was denied.",
        GROUPS[by],
        COLUMNS,
        tuple(lines),
        Line("All", _values(sums, all_denied)),
    )


def denied_claims(session: Session, scope: Scope, *, which: str, by: str = "", name: str = "") -> Behind:
    """The denials behind one figure, largest first. `which` is a key of WHICH; anything else is all of them."""
    conditions = [scope.in_period(denial.c.denied_on), *scope.of_claims(), *_which(which)]
    if by in GROUPS:
        conditions.append(_group(by) == name)
    joined = _joined()
    count, cents = session.execute(
        select(func.count(), func.coalesce(func.sum(denial.c.denied_cents), 0)).select_from(joined).where(*conditions)
    ).one()
    rows = session.execute(
        select(*NAMED, denial.c.denied_on, denial.c.denied_cents, denial.c.reason)
        .select_from(joined.join(patient, patient.c.id == claim.c.patient_id))
        .where(*conditions)
        .order_by(denial.c.denied_cents.desc(), denial.c.id)
        .limit(MOST_SHOWN)
    )
    found = behind_rows(rows, scope.until)
    return Behind([each._replace(why=_label("reason", each.why)) for each in found], int(count), int(cents))


def first_answers(session: Session, scope: Scope) -> FirstAnswers:
    """The first posted answer of each claim, where it was dated within the period."""
    earlier = payment.alias("earlier")
    answered_before = (
        select(earlier.c.id)
        .where(earlier.c.claim_id == payment.c.claim_id, earlier.c.id < payment.c.id, *_is_answer(earlier))
        .correlate(payment)
        .exists()
    )
    denied = select(denial.c.id).where(denial.c.claim_payment_id == payment.c.id).correlate(payment).exists()
    dated = select(remittance.c.id).where(scope.in_period(remittance.c.payment_date))
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(payment.c.charge_cents), 0),
            func.coalesce(func.sum(case((denied, 1), else_=0)), 0),
            func.coalesce(func.sum(case((denied, payment.c.charge_cents), else_=0)), 0),
        )
        .select_from(payment.join(claim, claim.c.id == payment.c.claim_id))
        .where(payment.c.remittance_id.in_(dated), *_is_answer(payment), *scope.of_claims(), ~answered_before)
    ).one()
    return FirstAnswers(*(int(value) for value in row))


def _is_answer(answers: Any) -> list[ColumnElement[bool]]:
    return [Tested(answers.c.state) == PaymentState.POSTED.value, Tested(answers.c.reverses_id).is_(None)]


def _joined() -> Any:
    return (
        denial.join(claim, claim.c.id == denial.c.claim_id)
        .join(payer, payer.c.id == claim.c.payer_id)
        .join(practice, practice.c.id == claim.c.practice_id)
    )


def _which(which: str) -> list[ColumnElement[bool]]:
    first = ~denial.c.is_repeat
    known: dict[str, list[ColumnElement[bool]]] = {
        "first": [first],
        "repeats": [denial.c.is_repeat],
        "decided": [first, ~denial.c.is_open],
        "overturned": [first, denial.c.closed_as.in_(WON)],
        "open": [denial.c.is_open],
    }
    return known.get(which, [])


def _links(scope: Scope, by: str, row: tuple[Any, ...]) -> tuple[str, ...]:
    """To the denials behind each count that is not zero; in the order of COLUMNS."""
    count, cents, repeats, closed, won, recovered, still_open = row[1:]
    behind = {which: scope.address("/reports/denials/claims", which=which, by=by, name=row[0]) for which in WHICH}
    places = (
        ("first", count),
        ("first", cents),
        ("", 0),
        ("repeats", repeats),
        ("decided", closed),
        ("overturned", won),
        ("overturned", recovered),
        ("open", still_open),
    )
    return tuple(behind[which] if amount else "" for which, amount in places)


def _values(row: tuple[int, ...], all_denied: int) -> tuple[Value, ...]:
    count, cents, repeats, closed, won, recovered, still_open = row
    return (count, cents, share(cents, all_denied), repeats, closed, share(won, closed), recovered, still_open)


def _recovered(session: Session, named: ColumnElement[Any], conditions: list[ColumnElement[bool]]) -> dict[str, int]:
    """Group → what was paid on each denied claim after its denial: never below zero, nor more than was denied."""
    paid = (
        select(func.coalesce(func.sum(posting.c.amount_cents), 0))
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(
            posting.c.claim_id == denial.c.claim_id,
            posting.c.account.in_([account.value for account in PAYING]),
            entry.c.event_date > denial.c.denied_on,
        )
        .correlate(denial)
        .scalar_subquery()
    )
    each = (  # kept as it is: else the engine would add up the legs at each mention
        select(named.label("name"), denial.c.denied_cents, paid.label("paid"))
        .select_from(_joined())
        .where(*conditions)
        .cte("each_denial")
        .prefix_with("MATERIALIZED")
    )
    smaller = case((each.c.paid <= 0, 0), (each.c.paid < each.c.denied_cents, each.c.paid), else_=each.c.denied_cents)
    rows = session.execute(select(each.c.name, func.sum(smaller)).group_by(each.c.name))
    return {name: int(cents) for name, cents in rows}


def _group(by: str) -> ColumnElement[Any]:
    known: dict[str, ColumnElement[Any]] = {
        "category": denial.c.category,
        "reason": denial.c.reason,
        "payer": payer.c.name,
        "practice": practice.c.name,
    }
    return known[by]


def _label(by: str, name: str) -> str:
    if by == "category":
        return name.replace("-", " ").capitalize() if name != "COB" else "Coordination of benefits"
    if by == "reason":
        row = edi.codes.carc(name) if name else None
        return f"{name} {row.label}" if row else name or "No reason given"
    return name
