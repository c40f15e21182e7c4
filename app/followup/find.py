"""Find a claim by anything written on an EOB: open or closed, with the payments and the answers that name it.

A text is taken apart first: what reads as an amount or a date narrows; the rest is a name or a number. Each kind of
number is a search of its own down its own index, so that a million claims are found in under a blink.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, case, exists, func, or_, select, union
from sqlmodel import Session

from app.claims.tables import Claim, Patient, Payer, PayerControlNumber, Submission
from app.core.bulk import is_one_of, table_of
from app.followup.begins import beginning, begins_with
from app.followup.tables import WorkScore
from app.ledger.tables import ClaimBalance
from app.matching.tables import ClaimPayment, PaymentState, Remittance

MOST_CLAIMS = 50
MOST_OTHERS = 20
MOST_LOOKED_AT = 1_000  # of a text that fits very many; the page says that it shows some of them
AMOUNT = re.compile(r"^\$?(\d{1,3}(?:,\d{3})+|\d+)\.(\d\d)$")
DATE_FORMS = ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%m-%d-%Y")

claim = table_of(Claim)
patient = table_of(Patient)
payer = table_of(Payer)
balance = table_of(ClaimBalance)
score = table_of(WorkScore)
submission = table_of(Submission)
control_number = table_of(PayerControlNumber)
claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)


class Sought(NamedTuple):
    """A text taken apart."""

    words: str
    amounts: tuple[int, ...]  # cents
    dates: tuple[date, ...]

    @property
    def is_too_little(self) -> bool:
        """Nothing, or a day alone: that fits a whole day's claims."""
        return not self.words and not self.amounts


class FoundClaim(NamedTuple):
    claim_id: int
    number: str
    patient: str
    payer: str
    first_service: date | None
    charge_cents: int
    open_cents: int
    state: str
    is_open: bool  # stands in a queue


class FoundRemittance(NamedTuple):
    remittance_id: int
    trace: str
    payer: str
    payment_date: date | None
    paid_cents: int
    claims: int
    state: str


class FoundAnswer(NamedTuple):
    """A payer's answer that waits for its claim."""

    payment_id: int
    number: str
    patient: str
    first_service: date | None
    paid_cents: int


class Found(NamedTuple):
    claims: list[FoundClaim]
    remittances: list[FoundRemittance]
    answers: list[FoundAnswer]
    has_more: bool

    @property
    def is_open_work_alone(self) -> bool:
        """Then the ranked list shows it all, and better."""
        all_open = bool(self.claims) and all(each.is_open for each in self.claims)
        return all_open and not (self.remittances or self.answers or self.has_more)


def sought(text: str) -> Sought:
    """`Kowalczyk 10/05/2026 1,840.00` is a name, a day and an amount."""
    words, amounts, dates = [], [], []
    for part in text.split():
        amount, day = AMOUNT.match(part), _day(part)
        if amount:
            amounts.append(int(amount[1].replace(",", "")) * 100 + int(amount[2]))
        elif day:
            dates.append(day)
        else:
            words.append(part)
    return Sought(" ".join(words), tuple(amounts), tuple(dates))


def find(session: Session, practice_ids: Sequence[int], text: str) -> Found:
    """Everything behind these walls that the text names; what can still be worked comes first."""
    what = sought(text)
    if what.is_too_little or not practice_ids:
        return Found([], [], [], has_more=False)
    claims = _claims(session, practice_ids, text)
    remittances = _remittances(session, practice_ids, what)
    answers = _answers(session, practice_ids, what)
    has_more = len(claims) > MOST_CLAIMS or len(remittances) > MOST_OTHERS or len(answers) > MOST_OTHERS
    return Found(claims[:MOST_CLAIMS], remittances[:MOST_OTHERS], answers[:MOST_OTHERS], has_more)


def matching_text(practice_ids: Sequence[int], text: str) -> Select[Any]:
    """Ids of the claims that a text names. What it is told has names: see `text_values`."""
    what = sought(text)
    named = _by_words(practice_ids, what.words) if what.words else _by_amount(practice_ids, what.amounts)
    found = named.subquery("named")
    narrowed = [_on_day(bindparam(f"day{at}", day)) for at, day in enumerate(what.dates)]
    if what.words:
        narrowed += [_of_amount(bindparam(f"amount{at}", cents)) for at, cents in enumerate(what.amounts)]
    # A number of a claim that proved to be another one finds that other one.
    in_force = func.coalesce(claim.c.successor_id, claim.c.id).label("id")
    statement = select(in_force).distinct().join(found, found.c.id == claim.c.id)
    if what.dates:
        statement = statement.join(patient, patient.c.id == claim.c.patient_id)
    is_own = or_(claim.c.superseded_on.is_(None), claim.c.successor_id.is_not(None))
    return statement.where(is_one_of(claim.c.practice_id, practice_ids), is_own, *narrowed)


def text_shape(text: str) -> tuple[int, ...]:
    """Texts of one shape are looked for by one statement, which is told each one's `text_values`."""
    what = sought(text)
    if not what.words:  # amounts alone are one list, however many they are
        return 0, bool(what.amounts), len(what.dates)
    by_words = (len(_spellings(what.words)), bool(_control_key(what.words)), len(_name_keys(what.words)))
    return *by_words, len(what.amounts), len(what.dates)


def text_values(text: str) -> dict[str, Any]:
    """What the statement of `matching_text` is told of a text."""
    what = sought(text)
    told: dict[str, Any] = {"amounts": [each for each in what.amounts if each]}
    told |= {f"day{at}": day for at, day in enumerate(what.dates)}
    told |= {f"amount{at}": cents for at, cents in enumerate(what.amounts)}
    begins = {"control_key": _control_key(what.words)}
    begins |= {f"spelling{at}": each for at, each in enumerate(_spellings(what.words))}
    begins |= {f"name{at}": each for at, each in enumerate(_name_keys(what.words))}
    for name, each in begins.items():
        told |= beginning(name, each)
    return told


def _claims(session: Session, practice_ids: Sequence[int], text: str) -> list[FoundClaim]:
    named = matching_text(practice_ids, text).limit(MOST_LOOKED_AT).subquery("found")
    can_work = case((score.c.claim_id.is_(None), 0), else_=1)
    statement = (
        select(
            *(claim.c.id, claim.c.patient_control_number, patient.c.last_name, patient.c.first_name, payer.c.name),
            *(claim.c.first_service, claim.c.charge_cents, claim.c.state, can_work.label("can_work")),
            (balance.c.insurance_cents + balance.c.patient_cents).label("open_cents"),
        )
        .select_from(
            named.join(claim, claim.c.id == named.c.id)
            .join(patient, patient.c.id == claim.c.patient_id)
            .join(payer, payer.c.id == claim.c.payer_id)
            .outerjoin(balance, balance.c.claim_id == claim.c.id)
            .outerjoin(score, score.c.claim_id == claim.c.id)
        )
        .order_by(can_work.desc(), claim.c.first_service.desc(), claim.c.id.desc())
        .limit(MOST_CLAIMS + 1)
    )
    return [
        FoundClaim(
            row.id,
            row.patient_control_number,
            ", ".join(part for part in (row.last_name, row.first_name) if part),
            row.name,
            row.first_service,
            row.charge_cents,
            row.open_cents or 0,
            row.state,
            bool(row.can_work),
        )
        for row in session.execute(statement)
    ]


def _remittances(session: Session, practice_ids: Sequence[int], what: Sought) -> list[FoundRemittance]:
    """By check or EFT trace; by amount where nothing else is said."""
    if what.words:
        named = [or_(*(begins_with(remittance.c.trace, each) for each in _spellings(what.words)))]
        named += [remittance.c.paid_cents == cents for cents in what.amounts]
    else:
        named = [remittance.c.paid_cents.in_([cents for cents in what.amounts if cents])]
    named += [remittance.c.payment_date == day for day in what.dates]
    statement = (
        select(
            *(remittance.c.id, remittance.c.trace, payer.c.name, remittance.c.payment_date),
            *(remittance.c.paid_cents, remittance.c.claims, remittance.c.state),
        )
        .join(payer, payer.c.id == remittance.c.payer_id)
        .where(remittance.c.practice_id.in_(practice_ids), *named)
        .order_by(remittance.c.payment_date.desc(), remittance.c.id.desc())
        .limit(MOST_OTHERS + 1)
    )
    return [FoundRemittance(*row) for row in session.execute(statement)]


def _answers(session: Session, practice_ids: Sequence[int], what: Sought) -> list[FoundAnswer]:
    """Answers that wait for their claim: few, so they are looked through."""
    named: list[ColumnElement[bool]] = [claim_payment.c.paid_cents == cents for cents in what.amounts]
    if what.words:
        pattern = f"{what.words}%"
        spelled = (
            *(claim_payment.c.patient_control_number, claim_payment.c.payer_control_number),
            *(claim_payment.c.patient_last, claim_payment.c.member_id),
        )
        named.append(or_(*(column.ilike(pattern) for column in spelled)))
    named += [claim_payment.c.first_service == day for day in what.dates]
    statement = (
        select(
            *(claim_payment.c.id, claim_payment.c.patient_control_number, claim_payment.c.patient_last),
            *(claim_payment.c.patient_first, claim_payment.c.first_service, claim_payment.c.paid_cents),
        )
        .where(
            claim_payment.c.practice_id.in_(practice_ids),
            claim_payment.c.state == PaymentState.UNMATCHED.value,
            *named,
        )
        .order_by(claim_payment.c.id.desc())
        .limit(MOST_OTHERS + 1)
    )
    return [
        FoundAnswer(number, control, ", ".join(part for part in (last, first) if part), day, cents)
        for number, control, last, first, day, cents in session.execute(statement)
    ]


def _by_words(practice_ids: Sequence[int], text: str) -> CompoundSelect[Any]:
    seen = is_one_of(claim.c.practice_id, practice_ids)
    spellings = [(f"spelling{at}", each) for at, each in enumerate(_spellings(text))]
    names = [(f"name{at}", each) for at, each in enumerate(_name_keys(text))]
    key = _control_key(text)
    of_claim = select(claim.c.id)
    by_number = select(control_number.c.claim_id)
    by_sending = select(submission.c.claim_id)
    by_trace = select(claim_payment.c.claim_id).join(remittance, remittance.c.id == claim_payment.c.remittance_id)
    sent_as = begins_with(submission.c.control_key, key, "control_key")
    parts = [
        of_claim.where(seen, begins_with(claim.c.control_key, key, "control_key")),
        by_sending.where(is_one_of(submission.c.practice_id, practice_ids), sent_as),
        *(of_claim.where(seen, begins_with(claim.c.member_id, each, name)) for name, each in spellings),
        *(by_number.where(begins_with(control_number.c.value, each, name)) for name, each in spellings),
        *(
            by_trace.where(begins_with(remittance.c.trace, each, name), claim_payment.c.claim_id.is_not(None))
            for name, each in spellings
        ),
        *(
            of_claim.join(patient, patient.c.id == claim.c.patient_id).where(
                seen, is_one_of(patient.c.practice_id, practice_ids), begins_with(patient.c.name_key, each, name)
            )
            for name, each in names
        ),
    ]
    return union(*parts)


def _by_amount(practice_ids: Sequence[int], amounts: Sequence[int]) -> CompoundSelect[Any]:
    """Claims that were billed one of the amounts, or paid it; nothing is found by having been paid nothing."""
    cents: ColumnElement[Any] = bindparam("amounts", [each for each in amounts if each], expanding=True)
    billed = select(claim.c.id).where(is_one_of(claim.c.practice_id, practice_ids), claim.c.charge_cents.in_(cents))
    paid = select(claim_payment.c.claim_id).where(
        is_one_of(claim_payment.c.practice_id, practice_ids),
        claim_payment.c.paid_cents.in_(cents),
        claim_payment.c.claim_id.is_not(None),
    )
    return union(billed, paid)


def _of_amount(cents: ColumnElement[int]) -> ColumnElement[bool]:
    paid = exists().where(claim_payment.c.claim_id == claim.c.id, claim_payment.c.paid_cents == cents)
    open_ = exists().where(balance.c.claim_id == claim.c.id, balance.c.insurance_cents == cents)
    return or_(claim.c.charge_cents == cents, paid.correlate(claim), open_.correlate(claim))


def _on_day(day: ColumnElement[date]) -> ColumnElement[bool]:
    """A day of service, or the patient's birthday."""
    served = claim.c.first_service <= day, claim.c.last_service >= day
    return or_(claim.c.first_service == day, served[0] & served[1], patient.c.birth_date == day)


def _control_key(text: str) -> str:
    return text.casefold().replace(" ", "").lstrip("0")


def _spellings(text: str) -> list[str]:
    return sorted({text, text.upper()})


def _name_keys(text: str) -> list[str]:
    """ "Kowalczyk", "Kowalczyk, Theo", "Kowalczyk Theo" and "theo kowalczyk" as the patients' own key begins."""
    last, comma, first = text.partition(",")
    keys = {_letters(text)}
    if comma:
        keys.add(_key(last, first))
    elif " " in text.strip():
        begin, _, end = text.strip().partition(" ")
        keys |= {_key(begin, end), _key(end, begin)}
    return sorted(key for key in keys if key)


def _key(last: str, first: str) -> str:
    """last|first, as far as it is told."""
    return f"{_letters(last)}|{_letters(first)}" if _letters(last) and _letters(first) else _letters(last)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _day(text: str) -> date | None:
    for form in DATE_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 — a calendar day has no zone
        except ValueError:
            continue
    return None
