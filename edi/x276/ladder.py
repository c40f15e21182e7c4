"""When a payer answers that it found nothing (D0): the same question asked again with other keys.

Payers search by different keys, and one wrong key hides the claim. Each rung changes the question a little; they
are asked one after another until something is found. Only when the last finds nothing is the claim not on file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from edi.x276.model import StatusInquiry

WIDEN_DAYS = 3  # payers that match on the exact day miss a statement date; more finds other claims


class Change(StrEnum):
    """What a rung asks differently."""

    CLAIM_NUMBER_ONLY = "claim_number_only"
    WITHOUT_CLAIM_NUMBER = "without_claim_number"
    WIDER_DATES = "wider_dates"
    WITHOUT_CHARGE = "without_charge"
    OTHER_RELATION = "other_relation"
    OTHER_MEMBER_ID = "other_member_id"


class Rung(NamedTuple):
    change: Change
    inquiry: StatusInquiry  # ready to be sent, with a trace of its own


def ladder(inquiry: StatusInquiry, *, today: date, member_ids: Sequence[str] = ()) -> tuple[Rung, ...]:
    """The inquiries to send after `inquiry` found nothing, in order; those that would ask the same are left out.

    `member_ids` are other ids of the member, from an eligibility answer. Traces are the first one with `-2`, `-3` …
    """
    asked = [inquiry]
    rungs: list[Rung] = []
    for change, variant in variants(inquiry, today, member_ids):
        if variant in asked:
            continue
        asked.append(variant)
        rungs.append(Rung(change, variant._replace(trace=f"{inquiry.trace}-{len(rungs) + 2}")))
    return tuple(rungs)


def variants(
    inquiry: StatusInquiry, today: date, member_ids: Sequence[str]
) -> Iterator[tuple[Change, StatusInquiry]]:
    if inquiry.payer_claim_control_number:
        yield Change.CLAIM_NUMBER_ONLY, claim_number_only(inquiry)
    searched = without_claim_number(inquiry)
    yield Change.WITHOUT_CLAIM_NUMBER, searched
    wider = wider_dates(searched, today)
    yield Change.WIDER_DATES, wider
    loose = wider._replace(charge_cents=None)
    yield Change.WITHOUT_CHARGE, loose
    yield Change.OTHER_RELATION, other_relation(loose)
    for member_id in member_ids:
        yield Change.OTHER_MEMBER_ID, with_member_id(loose, member_id)


def claim_number_only(inquiry: StatusInquiry) -> StatusInquiry:
    """The payer's own number, the member and the dates; nothing else that could contradict them."""
    return inquiry._replace(
        patient_control_number="",
        bill_type="",
        clearinghouse_number="",
        references=tuple(one for one in inquiry.references if one.qualifier == "1K"),
        charge_cents=None,
        lines=(),
    )


def without_claim_number(inquiry: StatusInquiry) -> StatusInquiry:
    return inquiry._replace(
        payer_claim_control_number="",
        references=tuple(one for one in inquiry.references if one.qualifier != "1K"),
        lines=(),
    )


def wider_dates(inquiry: StatusInquiry, today: date) -> StatusInquiry:
    """Some days before and after, but never later than today: payers refuse a service date to come."""
    if inquiry.first_date is None:
        return inquiry
    last = inquiry.last_date or inquiry.first_date
    return inquiry._replace(
        first_date=inquiry.first_date - timedelta(days=WIDEN_DAYS),
        last_date=max(last, min(last + timedelta(days=WIDEN_DAYS), today)),
    )


def other_relation(inquiry: StatusInquiry) -> StatusInquiry:
    """A dependent asked about as the member, or the member as a dependent: payers enrol newborns and spouses both
    ways."""
    subscriber, patient = inquiry.subscriber, inquiry.patient
    if subscriber is None:
        return inquiry
    if patient is None:
        return inquiry._replace(
            patient=subscriber._replace(role="QC", id_qualifier="", id=""),
            patient_birth_date=inquiry.subscriber_birth_date,
            patient_sex=inquiry.subscriber_sex,
            subscriber_birth_date=None,
            subscriber_sex="",
        )
    return inquiry._replace(
        subscriber=patient._replace(role="IL", id_qualifier=subscriber.id_qualifier, id=subscriber.id),
        subscriber_birth_date=inquiry.patient_birth_date,
        subscriber_sex=inquiry.patient_sex,
        patient=None,
        patient_birth_date=None,
        patient_sex="",
    )


def with_member_id(inquiry: StatusInquiry, member_id: str) -> StatusInquiry:
    if inquiry.subscriber is None:
        return inquiry
    return inquiry._replace(subscriber=inquiry.subscriber._replace(id=member_id))
