"""What a claim status means for where the claim stands. It never overwrites what an 835 decided (277.md §6). Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from app.claims.register import KnownClaim
from app.claims.states import CHECK_CROSSOVER_DAYS, DECIDED, next_check, state_of_status

FORWARDED_CATEGORY = "F3F"


class Said(NamedTuple):
    """One status about one claim, as far as it moves the claim."""

    on: date
    category: str
    is_rejected: bool
    is_accepted: bool
    is_from_payer: bool


def apply_status(claim: KnownClaim, said: Said, payer_kind: str) -> None:
    """State, dates and the proof of timely filing."""
    on = said.on
    claim.is_changed = True
    claim.last_answer_on = max(on, claim.last_answer_on or on)
    if said.is_from_payer and said.is_accepted and (claim.accepted_on is None or on < claim.accepted_on):
        claim.accepted_on = on
    state = state_of_status(said.category, is_rejected=said.is_rejected)
    if state is None or claim.state in DECIDED or not claim.is_newest(on):
        return
    claim.state, claim.state_on = state.value, on
    claim.next_check_on = next_check(state, on, payer_kind, said.category)
    if said.category == FORWARDED_CATEGORY:
        claim.crossover_on = max(on, claim.crossover_on or on)
        claim.next_check_on = on + timedelta(days=CHECK_CROSSOVER_DAYS)
