"""Payers' deviations from the guide that need a decision rather than plain tolerance: each a named option, off
unless the connection to that payer turns it on. What is harmless to accept from anyone is simply accepted.
"""

from __future__ import annotations

from typing import NamedTuple


class Quirks(NamedTuple):
    """How to read one payer's files. The defaults follow the guide."""

    # Some plans put interest into CLP04. The guide keeps it out (AMT*I is information, PLB L6 carries the money),
    # so the claim's balance fails by exactly that amount; with this on, it is expected to.
    interest_in_claim_payment: bool = False

    # Some Medicaid plans send each provider adjustment with the sign of the money (minus takes it back), the
    # opposite of the guide. Turned on, PLB amounts are negated as they are read.
    provider_adjustment_sign_reversed: bool = False

    # Some payers number the claims of a batch in CLP01 with a suffix that they add (`PCN1001-02`). The text from
    # this mark on is dropped from the patient control number.
    patient_control_number_suffix_mark: str = ""

    # A payer that still sends 4010 status 4 for every denial, or 22 on corrections with positive amounts, is read
    # as sent; but some send reversals with status 1 and negative amounts. Turned on, a claim whose charge and
    # payment are both negative or nil is a reversal whatever its status.
    negative_claim_is_reversal: bool = False


NO_QUIRKS = Quirks()
