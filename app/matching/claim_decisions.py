"""What of a claim's money waits for a person, for its own page: each with its dollars and the page behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.matching.shown_answers import ShownPayment
from app.matching.tables import PaymentState


class Decision(NamedTuple):
    label: str
    cents: int
    href: str


def decisions_of(
    claim_id: int, *, payer_cents: int, patient_cents: int, short_cents: int, payments: Sequence[ShownPayment]
) -> list[Decision]:
    """In the order in which they press. `short_cents`: below the fee schedule, and nobody has given it up."""
    found = [
        Decision(f"Over on the {side}’s side", -cents, f"/money/credits/{claim_id}/{side}")
        for side, cents in (("payer", payer_cents), ("patient", patient_cents))
        if cents < 0
    ]
    if short_cents and payer_cents > 0:
        cents = min(short_cents, payer_cents)
        found.append(Decision("Below the fee schedule", cents, f"/money/underpaid/{claim_id}"))
    for payment in payments:
        if payment.held_cents and payment.state == PaymentState.POSTED and payment.reversed_by_id is None:
            found.append(Decision("Held write-off", payment.held_cents, f"/money/held/{payment.id}"))
    return found
