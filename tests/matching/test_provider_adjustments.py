"""Money outside claims: each kind to its account, and the balance that runs from one remittance into the next."""

from __future__ import annotations

import pytest

from app.core.db import read_scope
from app.ledger.tables import Account
from app.matching.provider_balance import provider_balances, provider_ledger
from app.matching.tables import ProviderAdjustmentRow
from tests.matching.paper import Books, payment

PAID = "CLP*PCN1*1*500*500**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W1~SVC*HC:99205*500*500~"
LATER = "CLP*PCN2*1*300*300**12*ICN2*11*1~NM1*QC*1*ROE*JOHN****MI*W2~SVC*HC:99205*300*300~"


@pytest.mark.parametrize(
    ("pair", "account", "cents"),
    [
        ("WO:ICN1*50", Account.PAYER_RECOUPMENT, 5000),  # taken back now
        ("FB:EFT0*20", Account.PAYER_RECOUPMENT, 2000),  # a debt carried in
        ("L6*-10", Account.INTEREST_INCOME, -1000),  # interest paid to us
        ("CT:PLAN*-100", Account.CAPITATION, -10000),  # the month's capitation
        ("E3:C1*5", Account.WITHHOLD, 500),  # withheld under the contract
        ("CS:NOTE*7", Account.FINANCE_REVIEW, 700),  # free text: a person reads it
        ("ZZ:WHAT*3", Account.FINANCE_REVIEW, 300),  # a code of no list
    ],
)
def test_each_kind_goes_to_its_own_account(books: Books, pair: str, account: Account, cents: int) -> None:
    books.take(payment(PAID, plb=f"PLB*1234567893*20261231*{pair}~"))

    assert books.account(account) == cents
    assert books.account(Account.REMITTANCE_CLEARING) == 0
    assert books.account(Account.CASH) == 50000 - cents


def test_a_reference_that_is_a_claim_number_of_the_payers_is_tied_to_the_claim(books: Books) -> None:
    books.take(payment(PAID), payment(LATER, trace="EFT2", plb="PLB*1234567893*20261231*WO:ICN1*50~"))

    (row,) = books.rows(ProviderAdjustmentRow)
    assert row.claim_id == books.claim("PCN1").id


def test_a_debt_carried_out_of_one_remittance_and_into_the_next_comes_to_nothing(books: Books) -> None:
    books.take(payment(PAID), payment(LATER, trace="EFT2", plb="PLB*1234567893*20261231*FB:EFT2*-20~"))
    with read_scope(books.engine) as session:
        (owed,) = provider_balances(session, [1])
    assert owed.cents == -2000

    again = LATER.replace("PCN2", "PCN3").replace("ICN2", "ICN3")
    books.take(payment(again, trace="EFT3", on="20261201", plb="PLB*1234567893*20261231*FB:EFT2*20~"))

    with read_scope(books.engine) as session:
        (settled,) = provider_balances(session, [1])
        assert settled.cents == 0
        assert [entry.balance_cents for entry in provider_ledger(session, [1], settled.payer_id)] == [-2000, 0]
        assert provider_balances(session, []) == []
