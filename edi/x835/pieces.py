"""Segments of an 835 that hold several values: CAS triplets, PLB pairs, date ranges; what fails is mended later."""

from __future__ import annotations

import re
from datetime import date

from edi import scalars
from edi.context import Context, Elements, element_of
from edi.parts import Adjustment, Amount, Dated
from edi.quirks import Quirks
from edi.x835.cached import CENTS, DATES, NUMBERS
from edi.x835.model import ProviderAdjustment

SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")
CAS_LENGTH = 20  # six triplets behind the group
PAIR_PLACES = range(3, 15, 2)  # PLB03, 05 … 13
ONE_DAY, FIRST_DAY, LAST_DAY = "472", "150", "151"
REVERSAL = "22"  # CLP02
INTEREST = "I"  # AMT01
CLAIM_FIRST_DAY, CLAIM_LAST_DAY = "232", "233"


def triplets(elements: Elements, segment: int) -> tuple[Adjustment, ...]:
    """The adjustments of a CAS by position; a triplet without reason and amount is none."""
    group = elements[1]
    filled = elements + [""] * (-(len(elements) - 2) % 3)  # whole triplets
    found = []
    for place in range(2, min(len(filled), CAS_LENGTH), 3):
        reason, text, quantity = filled[place : place + 3]
        if reason or text:
            counted = NUMBERS[quantity] if quantity else None
            found.append(tuple.__new__(Adjustment, (group, reason, CENTS[text or "0"], counted, segment, place + 1)))
    return tuple(found)


def provider_adjustments(context: Context, elements: Elements, segment: int) -> list[ProviderAdjustment]:
    """The pairs of a PLB."""
    provider = elements[1]
    period = DATES[elements[2]] if elements[2] else None
    sign = -1 if context.quirks.provider_adjustment_sign_reversed else 1
    found = []
    for place in PAIR_PLACES:
        if place >= len(elements):
            break
        text = elements[place + 1] if place + 1 < len(elements) else ""
        if elements[place] or text:
            reason, _, reference = elements[place].partition(context.component)
            found.append(
                ProviderAdjustment(
                    provider,
                    period,
                    reason,
                    reference,
                    sign * CENTS[text or "0"],
                    context.start.set_number,
                    segment,
                    place + 1,
                )
            )
    return found


def quirked(
    quirks: Quirks, clp: Elements, charge_cents: int, paid_cents: int, amounts: tuple[Amount, ...]
) -> tuple[str, str, int]:
    """A claim's number, the status to class it by, and the payment to balance it by, for a payer with quirks."""
    number, status, due = clp[1], clp[2], paid_cents
    if quirks.patient_control_number_suffix_mark:
        number = number.partition(quirks.patient_control_number_suffix_mark)[0]
    if quirks.negative_claim_is_reversal and charge_cents < 0 and paid_cents <= 0:
        status = REVERSAL
    if quirks.interest_in_claim_payment:
        due -= sum(amount.cents for amount in amounts if amount.qualifier == INTEREST)
    return number, status, due


def date_range(context: Context, elements: Elements, segment: int) -> Dated:
    """A DTM without DTM02: a range in DTM05 and DTM06, or nothing."""
    qualifier = element_of(elements, 1)
    text = element_of(elements, 6)
    if not text:
        return Dated(qualifier, None, None, segment)
    try:
        first, last = scalars.date_range(text)
    except ValueError:
        context.find("element.date", elements, segment, 6)
        return Dated(qualifier, None, None, segment)
    return Dated(qualifier, first, last, segment)


def claim_dates(dates: tuple[Dated, ...]) -> tuple[date | None, date | None]:
    """From and to of a claim, for lines without dates of their own."""
    first = last = None
    for dated in dates:
        if dated.qualifier == CLAIM_FIRST_DAY:
            first = dated.first
        elif dated.qualifier == CLAIM_LAST_DAY:
            last = dated.first
    return first, last or first


def line_dates(dates: tuple[Dated, ...], first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """From and to of a line: its own dates, else those given."""
    for dated in dates:
        if dated.qualifier == ONE_DAY:
            first, last = dated.first, dated.last or dated.first
        elif dated.qualifier == FIRST_DAY:
            first = dated.first
        elif dated.qualifier == LAST_DAY:
            last = dated.first
    return first, last
