"""A claim with the names that belong to it, as its page prints them: in columns.

`queries.find_claim` has the same as rows of their tables, for whoever acts on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select

from app.claims.tables import Claim, Patient, Payer, Practice
from app.core.bulk import table_of


class ShownClaim(NamedTuple):
    id: int
    practice_id: int
    patient_id: int
    payer_id: int
    patient_control_number: str
    payer_control_number: str
    state: str
    known_from: str
    charge_cents: int
    member_id: str
    first_service: date | None
    last_service: date | None
    first_billed_on: date | None
    last_billed_on: date | None
    submissions: int
    accepted_on: date | None
    billing_npi: str
    rendering_npi: str
    rendering_name: str
    authorization: str
    diagnoses: str


class ShownPatient(NamedTuple):
    last_name: str
    first_name: str
    birth_date: date | None


class ShownPayer(NamedTuple):
    id: int
    name: str
    phone: str
    website: str


class ShownPractice(NamedTuple):
    name: str
    npi: str
    tax_id: str


class ShownHead(NamedTuple):
    claim: ShownClaim
    patient: ShownPatient
    payer: ShownPayer
    practice: ShownPractice


PARTS = ((Claim, ShownClaim), (Patient, ShownPatient), (Payer, ShownPayer), (Practice, ShownPractice))
HEAD_LENGTH = sum(len(part._fields) for _, part in PARTS)


def head_of(values: Iterable[Any]) -> ShownHead:
    """The head that a row of `select_head` begins with."""
    given = iter(values)
    parts: list[Any] = [part(*(next(given) for _ in part._fields)) for _, part in PARTS]
    return ShownHead(*parts)


def select_head() -> Select[Any]:
    """One claim, `claim_id`, if it stands behind one of the walls `practice_ids`: the two that are told when it runs.
    Whoever shows more of it adds columns and outer joins."""
    claim, patient, payer, practice = (table_of(kind) for kind, _ in PARTS)
    return (
        select(*(table_of(kind).c[name] for kind, part in PARTS for name in part._fields))
        .select_from(claim)
        .join(patient, patient.c.id == claim.c.patient_id)
        .join(payer, payer.c.id == claim.c.payer_id)
        .join(practice, practice.c.id == claim.c.practice_id)
        .where(
            claim.c.id == bindparam("claim_id"), claim.c.practice_id.in_(bindparam("practice_ids", expanding=True))
        )
    )
