"""Which account an adjustment or a provider-level amount belongs to. Pure.

The reason code's nature decides; the group code says who bears it. A denial belongs nowhere: its dollars stay open
until somebody decides. So do cuts that may be disputed at once (group PI), amounts that another payer is to answer
for, and codes that are not in the table: nothing is written off on a guess.
"""

from __future__ import annotations

from functools import cache

import edi.codes
from app.ledger.tables import Account

PATIENT_GROUP = "PR"
NO_CONTRACT_GROUP = "PI"  # a payer's own cut without a contract: dispute it (denials.md §1)
ADMINISTRATIVE_GROUP = "OA"

PRIOR_PAYER = "23"  # the prior payer's own remittance posts it; posting it again would count it twice
CAPITATION = frozenset({"24", "139", "308"})  # 835.md §5
CHARGE_INCREASE = "94"  # negative: carries the charges of the lines bundled into this one (835.md §3)

# Informational codes with a home of their own.
OWN_ACCOUNT = {
    "100": Account.PATIENT_AR,  # the payer paid the patient: the patient now owes us
    "187": Account.PATIENT_AR,  # paid from the patient's spending account (negative): lowers what the patient owes
    "104": Account.WITHHOLD,
    "105": Account.FINANCE_REVIEW,  # tax withheld
}

PLB_ACCOUNT = {
    "recoupment": Account.PAYER_RECOUPMENT,
    "forward-balance": Account.PAYER_RECOUPMENT,
    "refund-ack": Account.PAYER_RECOUPMENT,
    "advance": Account.PAYER_RECOUPMENT,
    "interest-income": Account.INTEREST_INCOME,
    "capitation": Account.CAPITATION,
    "withhold": Account.WITHHOLD,
}


@cache
def adjustment_account(group: str, reason: str, *, is_negative: bool, is_capitated: bool) -> Account | None:
    """The account of one CAS triplet, or None when its dollars stay where they are."""
    row = edi.codes.carc(reason)
    if row is None or reason == PRIOR_PAYER or row.nature in ("denial", "pended"):
        return None
    if reason in OWN_ACCOUNT:
        return OWN_ACCOUNT[reason]
    if reason in CAPITATION:
        return Account.CAPITATION if is_capitated else None
    if row.nature == "informational":
        is_settled = is_negative or (row.next_action in ("none", "write-off") and row.category != "COB")
        return Account.OTHER_ADJUSTMENT if is_settled else None
    if group == PATIENT_GROUP:
        return Account.PATIENT_AR
    if group == NO_CONTRACT_GROUP:
        return None
    if row.nature == "reduction" or group == ADMINISTRATIVE_GROUP:
        return None if row.nature == "patient-share" else Account.OTHER_ADJUSTMENT
    return Account.CONTRACTUAL  # contractual, and a patient's share that the contract forbids to bill


def provider_adjustment_account(reason: str) -> Account:
    """The account of one PLB pair (835.md §6); what is not understood goes to finance review."""
    row = edi.codes.plb(reason)
    return PLB_ACCOUNT.get(row.posting_class, Account.FINANCE_REVIEW) if row else Account.FINANCE_REVIEW
