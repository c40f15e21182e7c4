"""Print answers as an 835 (005010X221A1): one payment, whose total is what its claims and PLB come to.

A payment may not be negative: what is missing is carried forward (PLB FB, referring to this payment's own trace) and
taken from the next one (835.md §6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from edi.scalars import amount, print_date
from edi.writing import Segment
from samples.generator.answers import Adjustment, Answer, AnsweredLine
from samples.generator.cast import MEDICARE_A, Payer, Practice
from samples.generator.course import Money

VERSION = "005010X221A1"
PAIRS_PER_SEGMENT = 6  # PLB holds six reasons with their amounts


class Balance(NamedTuple):
    """What we owe a payer from a payment that would have been negative."""

    reference: str  # the trace of that payment
    cents: int


class Payment(NamedTuple):
    """One 835 ST."""

    practice: Practice
    payer: Payer
    day: date
    trace: str
    answers: Sequence[Answer]
    money: tuple[Money, ...]  # PLB, complete
    paid_cents: int


def settle(
    practice: Practice,
    payer: Payer,
    day: date,
    trace: str,
    answers: Sequence[Answer],
    money: Sequence[Money],
    owed: Balance | None,
) -> tuple[Payment, Balance | None]:
    """The payment, and the balance that it leaves."""
    adjustments = list(money)
    interest_cents = sum(one.interest_cents for one in answers)
    if interest_cents:
        adjustments.append(Money("L6", "", -interest_cents))
    if owed is not None:
        adjustments.append(Money("FB", owed.reference, owed.cents))
    net_cents = sum(one.paid_cents for one in answers) - sum(one.cents for one in adjustments)
    left = None
    if net_cents < 0:
        adjustments.append(Money("FB", trace, net_cents))
        left = Balance(trace, -net_cents)
        net_cents = 0
    return Payment(practice, payer, day, trace, answers, tuple(adjustments), net_cents), left


def segments(payment: Payment) -> Iterator[Segment]:
    """Everything between ST and SE."""
    yield from header(payment)
    if payment.answers:
        yield ("LX", "1")
    if payment.answers and payment.payer is MEDICARE_A:
        yield summary(payment)
    for answer in payment.answers:
        yield from claim(answer)
    yield from provider_adjustments(payment)


def header(payment: Payment) -> Iterator[Segment]:
    payer, practice = payment.payer, payment.practice
    originator = f"1{payer.tax_id}"
    day = print_date(payment.day)
    total = amount(payment.paid_cents)
    from_bank = ("01", payer.routing_number, "DA", payer.account, originator, "")
    to_bank = ("01", practice.routing_number, "DA", practice.account)
    if not payment.paid_cents:
        yield ("BPR", "H", "0", "C", "NON", *[""] * 11, day)
    elif payer.pays_by == "CHK":
        yield ("BPR", "I", total, "C", "CHK", *[""] * 11, day)
    else:
        yield ("BPR", "I", total, "C", "ACH", "CCP", *from_bank, *to_bank, day)
    yield ("TRN", "1", payment.trace, originator)
    yield ("REF", "EV", practice.code)
    yield ("DTM", "405", print_date(payment.day - timedelta(days=1)))
    yield ("N1", "PR", payer.name, "XV", payer.code)
    yield ("N3", payer.place.street)
    yield ("N4", payer.place.city, payer.place.state, payer.place.postal_code)
    yield ("REF", "2U", payer.code)
    yield ("PER", "CX", "PROVIDER SERVICES", "TE", payer.phone)
    yield ("PER", "BL", "EDI SUPPORT", "TE", payer.phone[:-2] + "99")
    yield ("PER", "IC", "", "UR", payer.website)
    yield ("N1", "PE", practice.name, "XX", practice.npi)
    yield ("N3", practice.place.street)
    yield ("N4", practice.place.city, practice.place.state, practice.place.postal_code)
    yield ("REF", "TJ", practice.tax_id)


def summary(payment: Payment) -> Segment:
    """TS3: Medicare Part A's totals of the batch; nothing is posted from it."""
    charge_cents = sum(one.charge_cents for one in payment.answers)
    year_end = date(payment.day.year, 12, 31)
    return ("TS3", payment.practice.npi, "13", print_date(year_end), str(len(payment.answers)), amount(charge_cents))


def claim(answer: Answer) -> Iterator[Segment]:
    """2100: CLP to the last line."""
    ours = answer.claim
    printed = ours.control_number if answer.printed_control_number is None else answer.printed_control_number
    share_cents = 0 if answer.status == "22" else answer.patient_cents
    yield (
        "CLP",
        printed,
        answer.status,
        amount(answer.charge_cents),
        amount(answer.paid_cents),
        amount(share_cents) if share_cents > 0 else "",
        answer.payer.claim_filing,
        answer.control_number,
        ours.place,
        answer.frequency,
    )
    yield from cas(answer.adjustments)
    yield from names(answer)
    if answer.remarks:
        yield ("MOA", "", "", *answer.remarks)
    if answer.original_control_number:
        yield ("REF", "F8", answer.original_control_number)
    yield ("DTM", "232", print_date(ours.served_on))
    yield ("DTM", "233", print_date(ours.served_on))
    yield ("DTM", "050", print_date(answer.received_on))
    if answer.interest_cents:
        yield ("AMT", "I", amount(answer.interest_cents))
    if not answer.is_by_claim:
        for one in answer.lines:
            yield from line(answer, one)


def names(answer: Answer) -> Iterator[Segment]:
    patient = answer.claim.patient
    is_supplement = answer.payer is not answer.claim.payer
    member_id = patient.supplement_id if is_supplement else patient.member_id
    yield ("NM1", "QC", "1", patient.last, patient.first, patient.middle, "", "", "MI", member_id)
    if patient.is_dependent:
        yield ("NM1", "IL", "1", patient.last, patient.subscriber_first, "", "", "", "MI", member_id)
    rendering = answer.claim.clinician
    if answer.claim.stream.kind == "P":
        yield ("NM1", "82", "1", rendering.last, rendering.first, "", "", "", "XX", rendering.npi)
    if answer.crossover is not None:
        yield ("NM1", "TT", "2", answer.crossover.name, "", "", "", "", "PI", answer.crossover.code)
    if answer.primary is not None:
        yield ("NM1", "PR", "2", answer.primary.name, "", "", "", "", "PI", answer.primary.code)


def line(answer: Answer, one: AnsweredLine) -> Iterator[Segment]:
    """2110: SVC to LQ."""
    sent = one.line.procedure
    is_paid = bool(one.paid_cents) or answer.status == "22"
    revenue_code = one.line.revenue_code if one.line.code else ""
    units = str(one.line.units if is_paid else 0)
    original = sent if one.paid_as else ""
    sent_units = "" if is_paid else str(one.line.units)
    paid_as = one.paid_as or sent
    amounts = (amount(one.charge_cents), amount(one.paid_cents))
    yield ("SVC", paid_as, *amounts, revenue_code, units, original, sent_units)
    yield ("DTM", "472", print_date(answer.claim.served_on))
    yield from cas(one.adjustments)
    yield ("REF", "6R", one.line.control_number)
    if one.allowed_cents > 0 and answer.status != "22" and answer.payer is answer.claim.payer:
        yield ("AMT", "B6", amount(one.allowed_cents))
    for remark in one.remarks:
        yield ("LQ", "HE", remark)


def cas(adjustments: Sequence[Adjustment]) -> Iterator[Segment]:
    """One CAS per group, in the order CO PR OA PI; at most six reasons each."""
    ordered = sorted(adjustments, key=lambda one: ("CO", "PR", "OA", "PI").index(one.group))
    for group, members in groupby(ordered, key=lambda one: one.group):
        parts = [part for one in members for part in (one.reason, amount(one.cents), str(one.quantity or ""))]
        yield ("CAS", group, *parts)


def provider_adjustments(payment: Payment) -> Iterator[Segment]:
    year_end = print_date(date(payment.day.year, 12, 31))
    for first in range(0, len(payment.money), PAIRS_PER_SEGMENT):
        pairs: list[str | tuple[str, ...]] = []
        for one in payment.money[first : first + PAIRS_PER_SEGMENT]:
            pairs += [(one.reason, one.reference) if one.reference else one.reason, amount(one.cents)]
        yield ("PLB", payment.practice.npi, year_end, *pairs)
