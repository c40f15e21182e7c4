"""Which account each kind of adjustment and provider adjustment belongs to."""

from __future__ import annotations

import pytest

from app.ledger.accounts import adjustment_account, provider_adjustment_account
from app.ledger.tables import Account


@pytest.mark.parametrize(
    ("group", "reason", "account"),
    [
        ("CO", "45", Account.CONTRACTUAL),  # the contract
        ("CO", "253", Account.CONTRACTUAL),  # sequestration
        ("PR", "45", Account.PATIENT_AR),  # balance of a payer without contract
        ("PR", "1", Account.PATIENT_AR),  # deductible
        ("CO", "3", Account.CONTRACTUAL),  # a copay that the contract forbids to bill
        ("OA", "45", Account.OTHER_ADJUSTMENT),  # administrative
        ("CO", "59", Account.OTHER_ADJUSTMENT),  # a reduction: may be disputed, is not contract
        ("CO", "104", Account.WITHHOLD),  # withheld, may come back
        ("OA", "187", Account.PATIENT_AR),  # paid from the patient's spending account
        ("CO", "197", None),  # a denial stays open
        ("PR", "204", None),  # also when the patient is liable: somebody decides
        ("OA", "133", None),  # pended
        ("OA", "23", None),  # the earlier payer posts its own
        ("CO", "23", None),  # whatever group it comes under
        ("PI", "45", None),  # a cut without a contract may be disputed
        ("CO", "24", None),  # capitated only where the contract says so
        ("OA", "209", None),  # the next payer is to answer
        ("CO", "ZZ9", None),  # a code of no list is written off by nobody
    ],
)
def test_an_adjustment_goes_where_its_reason_and_group_say(group: str, reason: str, account: Account | None) -> None:
    assert adjustment_account(group, reason, is_negative=False, is_capitated=False) is account


def test_capitation_closes_a_claim_of_a_capitated_contract() -> None:
    assert adjustment_account("CO", "24", is_negative=False, is_capitated=True) is Account.CAPITATION


def test_an_amount_added_to_the_payment_is_posted_lest_a_credit_appear() -> None:
    assert adjustment_account("CO", "70", is_negative=True, is_capitated=False) is Account.OTHER_ADJUSTMENT


def test_a_provider_adjustment_of_no_list_goes_to_finance_review() -> None:
    assert provider_adjustment_account("ZZ") is Account.FINANCE_REVIEW
