"""The coded columns: every word that a fact or a decision may hold, as a short integer into a stated list.

A million claims are held as arrays of small integers, not as words. Each list below is append-only: its order is
stored in nobody's database, but a decision made today must mean the same after the next release of a rule file.
Index 0 is always "not known" or "none", so that a word this release has never heard of is unknown, not a crash.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

PAYER_KINDS: Final = (
    "other",
    "medicare",
    "medicare_advantage",
    "medicaid",
    "commercial",
    "bcbs",
    "tricare",
    "workers_comp",
    "patient",
)

CLAIM_KINDS: Final = ("", "P", "I", "D")  # 837P professional, 837I institutional, 837D dental

STATUSES: Final = (
    "unknown",
    "draft",  # known, never sent
    "submitted",  # sent, nothing heard
    "rejected",  # TA1, 999 or 277CA: never adjudicated
    "accepted",  # 277CA A1, A2, A5
    "pending",  # 277 P family, CARC of nature "pended"
    "info_requested",  # P3, R family, RFAI
    "denied",
    "partially_denied",
    "paid",
    "zero_pay_patient",  # nothing paid because the patient owes it all
    "forwarded",  # sent on to the next payer
    "capitated",
    "finalized_unmatched",  # 277 says final, no remittance found
    "no_answer",  # the payer's turnaround has passed in silence
    "not_found",  # A4, D0
    "prior_payer_covered",  # CARC 23 alone: the earlier payer's payment met this payer's allowed amount
    "zero_pay_review",  # nothing paid and no code that says why
    "patient_info_requested",  # P4
    "inquiry_error",  # E family: our 276 was at fault; says nothing about the claim
    "remit_missing",  # 277 says paid, no remittance arrived
)

PAYER_ANSWERS: Final = (  # what the payer last said about the claim in a 277, beside any remittance
    "none",
    "received",
    "in_process",
    "not_found",
    "wants_provider_information",
    "wants_patient_information",
    "finalized_paid",
    "finalized_denied",
    "finalized_no_payment",
    "forwarded",
    "not_forwarded",
    "rejected",
    "final",  # a decision exists (a remittance was read), and no inquiry contradicts it
)

GROUPS: Final = ("", "CO", "PR", "OA", "PI", "CR")

CATEGORIES: Final = (  # the CARC table's categories, then kinds of trouble that no CARC names
    "other",
    "eligibility",
    "authorization",
    "medical-necessity",
    "coding",
    "bundling",
    "duplicate",
    "timely-filing",
    "COB",
    "missing-info",
    "non-covered",
    "contractual",
    "patient-responsibility",
    "provider-enrolment",
    "payer-processing",
    "documentation",  # records asked for: CARC 252 and its kin, RARC "needs-document"
    "underpayment",
    "no-answer",
    "rejection",
    "next-payer",
)

CODE_ACTIONS: Final = (  # carc.csv next_action
    "",
    "research",
    "correct-refile",
    "appeal",
    "bill-patient",
    "write-off",
    "bill-other-payer",
    "call-payer",
    "none",
)

OVERTURNS: Final = ("", "na", "low", "med", "high")  # carc.csv overturn

ROUTES: Final = (  # what research found the claim to be
    "unknown",
    "dead",  # nothing to collect
    "in_process",  # pays, or will be decided, without us
    "refile",
    "appeal",
    "second_appeal",
)

SUBMISSIONS: Final = ("none", "refile", "appeal", "second_appeal")  # the one we sent that awaits an answer

REMARK_EFFECTS: Final = (  # rarc_common.csv workflow_effect, one bit each, in this order
    "new-claim-no-appeal",
    "new-claim",
    "replacement",
    "void-then-new",
    "fix-ref-f8",
    "wait-then-replace",
    "do-not-resubmit",
    "resubmit-no-appeal",
    "no-appeal",
    "appeal-allowed",
    "peer-to-peer",
    "reopen-1y",
    "needs-document",
    "patient-info",
    "forwarded",
    "not-forwarded",
    "split-claim",
    "correction",
    "recoupment",
    "appeal-result",
    "reissue",
    "no-bill-patient",
    "refund-patient",
    "bill-patient-ok",
    "nsa",
    "grace-period",
    "track-recoupment",
    "recoded",
    "letter-coming",
)

ACTIONS: Final = (
    "none",
    "research",
    "refile-new",  # frequency 1
    "refile-replacement",  # frequency 7 with the payer's claim number
    "void-then-new",  # frequency 8, wait for the reversal, then 1
    "reopening",  # Medicare Part B clerical error
    "send-records",
    "appeal",
    "second-appeal",
    "bill-next-payer",
    "bill-patient",
    "call",
    "check-status",
    "dispute-underpayment",
    "refund-credit",
    "write-off-review",
    "wait",
    "review",
)

CONFIDENCES: Final = ("", "low", "med", "high", "confirmed")

_CODE_ALPHABET: Final = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE_LENGTH_MAX: Final = 5  # 37**5 fits 32 bits; no CARC or RARC is longer


def position(words: tuple[str, ...], word: str) -> int:
    """Index of `word` in one of the lists above; 0 when this release does not know it."""
    try:
        return words.index(word)
    except ValueError:
        return 0


def code_number(code: str) -> int:
    """A CARC or RARC as one integer, the same everywhere and for ever: base 37 of its letters and digits.

    0 for no code. Letters and digits beyond five, and any other character, make it -1: unreadable, never equal
    to a real code.
    """
    if len(code) > _CODE_LENGTH_MAX:
        return -1
    number = 0
    for character in code.upper():
        place = _CODE_ALPHABET.find(character)
        if place < 1:
            return -1
        number = number * 37 + place
    return number


def code_text(number: int) -> str:
    """The code that `code_number` read; "" for none."""
    letters: list[str] = []
    while number > 0:
        number, place = divmod(number, 37)
        letters.append(_CODE_ALPHABET[place])
    return "".join(reversed(letters))


def effect_bits(effects: Iterable[str]) -> int:
    """Remark effects as one integer, one bit each. Words that are not in the list are ignored."""
    bits = 0
    for effect in effects:
        if effect in REMARK_EFFECTS:
            bits |= 1 << REMARK_EFFECTS.index(effect)
    return bits
