"""What an answer means for the claim: its state, its dates, and one plain sentence for the timeline. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import edi.codes
from app.claims.register import KnownClaim
from app.claims.states import CHECK_CROSSOVER_DAYS, next_check
from app.claims.tables import ClaimState, EventKind
from app.core.money import format_cents
from app.matching.denials import Refusal
from app.matching.posting import all_adjustments
from edi.x835 import model as x835
from edi.x835.model import Classification

C = Classification
FORWARDING_STATUS = frozenset({"19", "20", "21"})

STATE_OF = {
    C.REVERSAL: ClaimState.REVERSED,
    C.FORWARDED: ClaimState.FORWARDED,
    C.FULL_DENIAL: ClaimState.DENIED,
    C.PARTIAL_DENIAL: ClaimState.PARTIALLY_DENIED,
    C.PENDED_NO_PAY: ClaimState.PENDED,
    C.ZERO_PAY_PATIENT: ClaimState.ZERO_PAY_PATIENT,
    C.ZERO_PAY_PRIOR_PAYER: ClaimState.PAID,
    C.CAPITATED: ClaimState.ZERO_PAY_REVIEW,
    C.ZERO_PAY_REVIEW: ClaimState.ZERO_PAY_REVIEW,
    C.INFORMATIONAL: ClaimState.ZERO_PAY_REVIEW,
    C.PAID: ClaimState.PAID,
}
KIND_OF = {
    C.REVERSAL: EventKind.REVERSED,
    C.FULL_DENIAL: EventKind.DENIED,
    C.PARTIAL_DENIAL: EventKind.DENIED,
    C.PAID: EventKind.PAID,
}


class Decision(NamedTuple):
    """An answer as far as it moves the claim."""

    classification: Classification
    status: str  # CLP02
    on: date
    payer_id: int
    payer_kind: str
    payer_rank: int


def apply_decision(claim: KnownClaim, decision: Decision, *, is_capitated: bool) -> None:
    """Move the claim's state and dates; older news than what decided the state only adds its dates. Of two payers
    that decide on one day the later in turn has the last word, whichever was loaded first."""
    on = decision.on
    claim.is_changed = True
    is_forwarded = decision.status in FORWARDING_STATUS
    if is_forwarded and (claim.crossover_on is None or on > claim.crossover_on):
        claim.crossover_on = on
    claim.last_answer_on = max(on, claim.last_answer_on or on)
    is_before_next = claim.state_on == claim.adjudicated_on == on and 0 < decision.payer_rank < claim.payer_rank
    state = STATE_OF[decision.classification]
    if claim.adjudicated_on is None or on >= claim.adjudicated_on:
        claim.denied_on = on if state in (ClaimState.DENIED, ClaimState.PARTIALLY_DENIED) else None
    claim.adjudicated_on = max(on, claim.adjudicated_on or on)
    if not claim.is_newest(on) or is_before_next:
        return
    if decision.classification is C.CAPITATED and is_capitated:
        state = ClaimState.CAPITATED
    claim.state = state.value
    claim.state_on = on
    claim.payer_id = decision.payer_id
    claim.payer_rank = decision.payer_rank or claim.payer_rank
    claim.next_check_on = next_check(state, on, decision.payer_kind)
    if is_forwarded:
        claim.next_check_on = on + timedelta(days=CHECK_CROSSOVER_DAYS)


def take_back_state(claim: KnownClaim, on: date) -> None:
    """A reversal that came before what it takes back: the claim stands reversed until a correction comes."""
    claim.state = ClaimState.REVERSED.value
    claim.state_on = claim.adjudicated_on = claim.last_answer_on = on
    claim.denied_on = None
    claim.next_check_on = next_check(ClaimState.REVERSED, on, "")
    claim.is_changed = True


def event_kind(answer: x835.ClaimPayment) -> EventKind:
    return KIND_OF.get(answer.classification, EventKind.ADJUDICATED)


def sentence(answer: x835.ClaimPayment, payer_name: str, refusal: Refusal | None) -> str:
    """What the payer decided, for a person who has never seen an 835."""
    charge, paid = format_cents(abs(answer.charge_cents)), format_cents(answer.paid_cents)
    classification = answer.classification
    if classification is C.REVERSAL:
        return f"{payer_name} took back an earlier decision: {format_cents(-answer.paid_cents)} of {charge}"
    if classification is C.FULL_DENIAL:
        return f"{payer_name} denied {charge}{_reason(refusal)}"
    if classification is C.PARTIAL_DENIAL and refusal is not None:
        return (
            f"{payer_name} paid {paid} of {charge} and denied {format_cents(refusal.denied_cents)}{_reason(refusal)}"
        )
    words = {
        C.PENDED_NO_PAY: f"{payer_name} is still reviewing {charge}; nothing was decided",
        C.FORWARDED: f"{payer_name} says the claim is not theirs and forwarded it{_to(answer)}",
        C.ZERO_PAY_PATIENT: f"{payer_name} paid nothing of {charge}: {_share(answer)} is the patient's share",
        C.ZERO_PAY_PRIOR_PAYER: f"{payer_name} paid nothing of {charge}: the earlier payer covered it",
        C.CAPITATED: f"{payer_name} paid nothing of {charge}: covered by a capitation contract",
        C.ZERO_PAY_REVIEW: f"{payer_name} paid nothing of {charge} and gave no denial reason",
        C.INFORMATIONAL: f"{payer_name} answered a claim without charges",
    }
    said = words.get(classification, f"{payer_name} paid {paid} of {charge}{_split(answer)}")
    if answer.status in FORWARDING_STATUS:
        said += f"; forwarded{_to(answer)}"
    return said


def _reason(refusal: Refusal | None) -> str:
    if refusal is None or not refusal.reason:
        return ""
    row = edi.codes.carc(refusal.reason)
    label = f": {row.label}" if row else ""
    return f" ({refusal.group} {refusal.reason}{label})"


def _share(answer: x835.ClaimPayment) -> str:
    return format_cents(sum(a.cents for a in all_adjustments(answer) if a.group == "PR"))


def _split(answer: x835.ClaimPayment) -> str:
    share = sum(a.cents for a in all_adjustments(answer) if a.group == "PR")
    other = sum(a.cents for a in all_adjustments(answer) if a.group != "PR")
    parts = []
    if other:
        parts.append(f"{format_cents(other)} adjusted")
    if share:
        parts.append(f"{format_cents(share)} patient share")
    return f": {', '.join(parts)}" if parts else ""


def _to(answer: x835.ClaimPayment) -> str:
    carrier = answer.name("TT")
    return f" to {carrier.last}" if carrier is not None and carrier.last else ""
