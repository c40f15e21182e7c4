"""An answer and a claim side by side: what agrees, what does not, what one of them does not say. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from app.claims.identity import control_key, member_key, name_part
from app.claims.queries import ClaimHead
from app.core.money import format_cents
from app.matching.tables import ClaimPayment, Remittance

NOT_SAID = "–"


class Compared(NamedTuple):
    label: str
    answer: str
    claim: str
    agrees: bool | None  # None: one of the two does not say


def compare(payment: ClaimPayment, remittance: Remittance, head: ClaimHead) -> list[Compared]:
    """The facts by which a person tells whether the answer is about the claim."""
    claim, patient = head.claim, head.patient
    theirs = f"{payment.patient_last}, {payment.patient_first}".strip(", ")
    ours = f"{patient.last_name}, {patient.first_name}".strip(", ")
    return [
        _texts("Claim number", payment.patient_control_number, claim.patient_control_number, control_key),
        _texts("Payer's number", payment.payer_control_number, claim.payer_control_number, control_key),
        _texts("Patient", theirs, ours, lambda name: name_part(name.partition(",")[0])),
        _texts("Member id", payment.member_id, claim.member_id, member_key),
        _days("Date of service", payment.first_service, claim.first_service),
        Compared(
            "Charge",
            format_cents(abs(payment.charge_cents)),
            format_cents(claim.charge_cents),
            abs(payment.charge_cents) == claim.charge_cents,
        ),
        Compared("Payer", remittance.payer_name, head.payer.name, remittance.payer_id == claim.payer_id),
    ]


def _texts(label: str, answer: str, claim: str, key: Callable[[str], str]) -> Compared:
    agrees = key(answer) == key(claim) if answer and claim else None
    return Compared(label, answer or NOT_SAID, claim or NOT_SAID, agrees)


def _days(label: str, answer: date | None, claim: date | None) -> Compared:
    agrees = answer == claim if answer and claim else None
    return Compared(label, _day(answer), _day(claim), agrees)


def _day(value: date | None) -> str:
    return f"{value:%b} {value.day}, {value.year}" if value else NOT_SAID
