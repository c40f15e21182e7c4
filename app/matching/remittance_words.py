"""What stands on a remittance in words: kinds of answers, provider adjustments, and what to ask the payer. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

import edi.codes
from app.core.money import format_cents
from app.intake.tables import SetState
from app.ledger.accounts import provider_adjustment_account
from app.ledger.tables import Account
from app.matching.tables import PaymentState, ProviderAdjustmentRow, Remittance

CLASS_LABELS = {
    "paid": "Paid",
    "full_denial": "Denied",
    "partial_denial": "Denied in part",
    "reversal": "Taken back",
    "predetermination": "Price in advance",
    "forwarded": "Forwarded",
    "pended_no_pay": "Pended",
    "zero_pay_patient": "Patient's share",
    "zero_pay_prior_payer": "Earlier payer covered it",
    "capitated": "Capitated",
    "zero_pay_review": "Zero pay, look",
    "informational": "Information",
}
CLASS_TONES = {
    "paid": "good",
    "full_denial": "bad",
    "partial_denial": "warn",
    "reversal": "warn",
    "pended_no_pay": "info",
    "forwarded": "info",
    "zero_pay_review": "warn",
}
STATE_LABELS = {
    PaymentState.POSTED.value: "Posted",
    PaymentState.UNMATCHED.value: "Unmatched",
    PaymentState.HELD.value: "Held, not posted",
    PaymentState.DUPLICATE.value: "Posted before",
    PaymentState.INFORMATION.value: "Nothing to post",
}
STATE_TONES = {"posted": "good", "unmatched": "warn", "held": "bad", "duplicate": "neutral", "information": "neutral"}
ACCOUNT_WORDS = {
    Account.PAYER_RECOUPMENT: "the running account between payer and practice",
    Account.INTEREST_INCOME: "interest income",
    Account.CAPITATION: "capitation",
    Account.WITHHOLD: "withheld by contract",
    Account.FINANCE_REVIEW: "finance review: somebody must look at it",
}
PHONE, EXTENSION = "TE", "EX"


class AdjustmentWords(NamedTuple):
    what: str  # the code table's label
    effect: str  # what it did to this payment
    posted_to: str
    advice: str


class Contact(NamedTuple):
    name: str
    phone: str


def adjustment_words(row: ProviderAdjustmentRow, *, is_posted: bool) -> AdjustmentWords:
    """A PLB pair for a person: a positive one lowers the payment (835.md §6)."""
    known = edi.codes.plb(row.reason)
    amount = format_cents(abs(row.cents))
    effect = f"lowered this payment by {amount}" if row.cents > 0 else f"raised this payment by {amount}"
    account = ACCOUNT_WORDS[provider_adjustment_account(row.reason)]
    return AdjustmentWords(
        known.label if known else f"A code that is not in the table ({row.reason})",
        effect if row.cents else "changed nothing",
        f"Posted to {account}" if is_posted else f"Not posted; would go to {account}",
        known.worker_action if known else "Ask the payer what it means.",
    )


def method_words(code: str) -> str:
    """BPR04."""
    return edi.codes.payment_method(code) or code or "not said"


def contacts_of(remittance: Remittance) -> list[Contact]:
    """PER of the payer, as kept with the header."""
    found: list[Contact] = []
    kept: Any = remittance.detail.get("payer_contacts", [])
    for _function, name, numbers, *_ in kept:
        given = dict(tuple(pair) for pair in numbers)
        phone = given.get(PHONE, "")
        extension = f" extension {given[EXTENSION]}" if given.get(EXTENSION) else ""
        if phone:
            found.append(Contact(name or "Contact", _spaced(phone) + extension))
    return found


def to_ask(remittance: Remittance, state: str, *, expected_cents: int) -> str:
    """What a biller says to the payer about a payment that is held."""
    on = f"{remittance.payment_date:%B %d, %Y}" if remittance.payment_date else "no date"
    named = f"trace {remittance.trace} of {on}"
    difference = remittance.paid_cents - expected_cents
    if state == SetState.CONFLICT:
        return (
            f"“We have two different remittances under {named}. Which one goes with the money, and was the other "
            "voided? Please resend the right one.” Look at the bank statement before: only one deposit may be there."
        )
    if difference:
        return (
            f"“Your remittance {named} pays {format_cents(remittance.paid_cents)}, but its claims and provider "
            f"adjustments come to {format_cents(expected_cents)}, a difference of {format_cents(difference)}. Which "
            "claim or provider adjustment is missing? Please send a corrected 835.”"
        )
    return (
        f"“In your remittance {named} some claims do not add up in themselves, or could not be read whole. Please "
        "send a corrected 835.” The findings below name each claim with what was expected and what it says."
    )


def _spaced(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign.isdigit())
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else phone
