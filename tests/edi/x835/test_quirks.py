"""Each named deviation of a payer: what it changes when turned on, and that it changes nothing when not."""

from __future__ import annotations

from pathlib import Path

from edi.quirks import Quirks
from edi.x835.model import ClaimPayment, Classification, ProviderAdjustment
from tests.edi.payment_text import TWO_CLAIMS, codes, interchange, of, payment, read


def test_interest_inside_the_claims_payment_is_expected_where_a_payer_does_so() -> None:
    text = interchange(payment("CLP*P*1*100*110**12*I~\nAMT*I*10~\n", paid="110"))
    assert "835.balance.claim" in codes(read(text))
    assert "835.balance.claim" not in codes(read(text, quirks=Quirks(interest_in_claim_payment=True)))


def test_provider_adjustments_with_the_sign_of_the_money_are_turned_round() -> None:
    text = interchange(payment(paid="70", footer="PLB*1234567893*20261231*WO:X*-50~\n"))
    assert of(ProviderAdjustment, read(text))[0].cents == -5_000
    turned = read(text, quirks=Quirks(provider_adjustment_sign_reversed=True))
    assert of(ProviderAdjustment, turned)[0].cents == 5_000
    assert codes(turned) == []


def test_a_suffix_that_a_payer_adds_to_our_number_is_dropped() -> None:
    text = interchange(payment(TWO_CLAIMS.replace("CLP*PCN1*", "CLP*PCN1-02*")))
    quirks = Quirks(patient_control_number_suffix_mark="-")
    assert [claim.patient_control_number for claim in of(ClaimPayment, read(text, quirks=quirks))] == ["PCN1", "PCN2"]


def test_a_negative_claim_with_another_status_is_a_reversal_where_a_payer_does_so() -> None:
    text = interchange(payment("CLP*P*1*-100*-80**12*I~\nCAS*CO*45*-20~\n", paid="-80"))
    plain = read(text)
    assert of(ClaimPayment, plain)[0].classification is Classification.PAID
    assert "835.reversal.status" in codes(plain)
    quirky = read(text, quirks=Quirks(negative_claim_is_reversal=True))
    assert of(ClaimPayment, quirky)[0].classification is Classification.REVERSAL


def test_every_quirk_is_on_the_page_about_reading() -> None:
    page = (Path(__file__).parents[3] / "docs" / "edi.md").read_text(encoding="utf-8")
    assert [name for name in Quirks._fields if f"| `{name}` |" not in page] == []
