"""Giving dollars up: one person asks, another decides (`app/ledger/second_person.py`).

The books move only when it is approved, by an entry of the ledger's that can be taken back by its opposite.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from app.auth.permissions import Permission
from app.auth.tables import Person
from app.claims.tables import Claim, Patient, Payer
from app.core.clock import Clock
from app.core.money import format_cents
from app.followup.rank import rerank_claims
from app.followup.tables import ComeBack, WriteOffRequest
from app.ledger import second_person
from app.ledger.person import take_back, write_off
from app.ledger.second_person import Matter, RequestRefused
from app.ledger.tables import UNDECIDED, ClaimBalance


class AskedTogether(NamedTuple):
    """Of several claims, those whose write-off can be asked for, with what is open with the payer on each."""

    cents: dict[int, int]
    left_out: list[tuple[int, str]]  # claim and why

    @property
    def open_cents(self) -> int:
        return sum(self.cents.values())


SHOWN = 200
DECLINED = "Write-off declined"  # what a claim wears that comes back from review


class WriteOffLine(NamedTuple):
    """One request as a supervisor sees it."""

    request: WriteOffRequest
    patient: str
    number: str
    payer: str
    open_cents: int
    asked_by: str
    first_by: str


def request_write_off(
    session: Session, claim: Claim, cents: int | None, reason: str, *, person_id: int, clock: Clock
) -> WriteOffRequest:
    """`cents` None: all that is open on the payer's side. Raises RequestRefused."""
    assert claim.id is not None
    balance = session.get(ClaimBalance, claim.id)
    is_open = balance.insurance_cents if balance is not None else 0
    wanted = is_open if cents is None else cents
    if wanted <= 0 or wanted > is_open:
        said = f"{format_cents(max(is_open, 0))} is open with the payer; ask for no more than that."
        raise RequestRefused(said, field="dollars")
    made = WriteOffRequest(
        practice_id=claim.practice_id,
        claim_id=claim.id,
        cents=wanted,
        reason=reason,
        requested_by_id=person_id,
        requested_at=clock.now(),
    )
    return second_person.ask(session, WRITE_OFF, made)


def withdraw(session: Session, asked: WriteOffRequest, *, person_id: int, clock: Clock) -> None:
    """By whoever asked, while nobody has decided: the claim stands where it stood. Raises RequestRefused."""
    claim_id = asked.claim_id
    second_person.withdraw(session, WRITE_OFF, asked, person_id=person_id)
    rerank_claims(session, clock, [claim_id])


def askable(session: Session, claim_ids: Sequence[int]) -> AskedTogether:
    """What asking for all of these would ask for, by the rules of `request_write_off`. Reads only."""
    balances = select(ClaimBalance.claim_id, ClaimBalance.insurance_cents)
    found = dict(session.exec(balances.where(col(ClaimBalance.claim_id).in_(claim_ids))).all())
    waiting = {asked.claim_id for asked in second_person.waiting_among(session, WRITE_OFF, claim_ids)}
    cents: dict[int, int] = {}
    left_out: list[tuple[int, str]] = []
    for claim_id in claim_ids:
        if claim_id in waiting:
            left_out.append((claim_id, WRITE_OFF.waits_already))
        elif found.get(claim_id, 0) <= 0:
            left_out.append((claim_id, "Nothing is open with the payer."))
        else:
            cents[claim_id] = found[claim_id]
    return AskedTogether(cents, left_out)


def approve(session: Session, asked: WriteOffRequest, *, person_id: int, clock: Clock) -> None:
    """Agree; the books move at once, or wait for the second person above the limit. Raises RequestRefused."""
    if second_person.approve(session, WRITE_OFF, asked, person_id=person_id, clock=clock):
        rerank_claims(session, clock, [asked.claim_id])


def decline(session: Session, asked: WriteOffRequest, said: str, *, person_id: int, clock: Clock) -> None:
    """Refuse: the claim comes back to be worked, wearing why. Raises RequestRefused."""
    second_person.refuse(session, WRITE_OFF, asked, said, person_id=person_id, clock=clock)
    back = ComeBack(
        claim_id=asked.claim_id,
        practice_id=asked.practice_id,
        person_id=asked.requested_by_id,
        reason=f"{DECLINED}: {asked.said}",
        back_on=clock.today(),
        touch_id=None,
    )
    session.merge(back)
    session.flush()
    rerank_claims(session, clock, [asked.claim_id])


def reopen(session: Session, asked: WriteOffRequest, *, person_id: int, clock: Clock) -> None:
    """One's own decision taken back: the request waits as before. Raises RequestRefused."""
    second_person.reopen(session, WRITE_OFF, asked, person_id=person_id, clock=clock)
    back = session.get(ComeBack, asked.claim_id)
    if back is not None and back.touch_id is None and back.reason.startswith(DECLINED):
        session.delete(back)
    session.flush()
    rerank_claims(session, clock, [asked.claim_id])


def waiting_lines(session: Session, practice_ids: Sequence[int]) -> list[WriteOffLine]:
    """What waits for a decision, the oldest first."""
    statement = (
        select_columns(WriteOffRequest, Claim, Patient, col(Payer.name), col(ClaimBalance.insurance_cents))
        .join(Claim, col(Claim.id) == WriteOffRequest.claim_id)
        .join(Patient, col(Patient.id) == Claim.patient_id)
        .join(Payer, col(Payer.id) == Claim.payer_id)
        .join(ClaimBalance, col(ClaimBalance.claim_id) == Claim.id)
        .where(*_is_waiting(practice_ids))
        .order_by(col(WriteOffRequest.id))
        .limit(SHOWN)
    )
    names = {person.id: person.name for person in session.exec(select(Person))}
    lines = []
    for asked, claim, patient, payer, open_cents in session.execute(statement):
        lines.append(
            WriteOffLine(
                asked,
                ", ".join(part for part in (patient.last_name, patient.first_name) if part),
                claim.patient_control_number,
                payer,
                open_cents,
                names.get(asked.requested_by_id, ""),
                names.get(asked.first_by_id, "") if asked.first_by_id else "",
            )
        )
    return lines


def count_waiting(session: Session, practice_ids: Sequence[int]) -> int:
    """All that wait, also where `waiting_lines` shows the oldest."""
    return session.exec(select(func.count()).select_from(WriteOffRequest).where(*_is_waiting(practice_ids))).one()


def _is_waiting(practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    return [col(WriteOffRequest.state).in_(UNDECIDED), col(WriteOffRequest.practice_id).in_(practice_ids)]


def _post(session: Session, asked: WriteOffRequest, person_id: int, on: date) -> int:
    return write_off(session, asked.claim_id, asked.cents, person_id=person_id, reason=asked.reason, on=on)


def _take_back(session: Session, asked: WriteOffRequest, person_id: int, on: date) -> None:
    take_back(session, asked.entry_id or 0, person_id=person_id, reason="decision taken back", on=on)


WRITE_OFF = Matter(
    WriteOffRequest, "write_off", "write-off", "Written off", Permission.WRITE_OFF_APPROVE, _post, _take_back
)
