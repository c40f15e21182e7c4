"""What of a claim's money waits for a person, for its own page: each with its dollars and the page behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from app.matching.queries import Answer
from app.matching.tables import PaymentState, Underpayment


class Decision(NamedTuple):
    label: str
    cents: int
    href: str


def decisions_of(
    session: Session, claim_id: int, *, payer_cents: int, patient_cents: int, answers: Sequence[Answer]
) -> list[Decision]:
    """In the order in which they press."""
    found = [
        Decision(f"Over on the {side}’s side", -cents, f"/money/credits/{claim_id}/{side}")
        for side, cents in (("payer", payer_cents), ("patient", patient_cents))
        if cents < 0
    ]
    short = session.get(Underpayment, claim_id)
    if short is not None and short.accepted_entry_id is None and payer_cents > 0:
        cents = min(short.short_cents, payer_cents)
        found.append(Decision("Below the fee schedule", cents, f"/money/underpaid/{claim_id}"))
    for answer in answers:
        payment = answer.payment
        if payment.held_cents and payment.state == PaymentState.POSTED and payment.reversed_by_id is None:
            found.append(Decision("Held write-off", payment.held_cents, f"/money/held/{payment.id}"))
    return found
