"""What a payer's answer amounts to: by the nature of its reasons, not by status or group."""

from __future__ import annotations

import pytest

from edi.x835.model import ClaimPayment, Classification
from tests.edi.payment_text import interchange, of, payment, read

CASES = [
    # Processed and paid; reductions only.
    ("CLP*P*1*200*120*30*12*I~SVC*HC:A*200*120~CAS*CO*45*50~CAS*PR*1*20**2*10~", "paid"),
    # One line paid, one denied as bundled.
    ("CLP*P*1*150*80**12*I~SVC*HC:A*100*80~CAS*CO*45*20~SVC*HC:B*50*0~CAS*CO*97*50~", "partial_denial"),
    # Every charged line denied.
    ("CLP*P*1*90*0**12*I~SVC*HC:A*90*0~CAS*CO*16*90~LQ*HE*N290~", "full_denial"),
    ("CLP*P*1*90*0**12*I~SVC*HC:A*60*0~CAS*CO*16*60~SVC*HC:B*30*0~CAS*CO*197*30~", "full_denial"),
    # A line without a charge does not need a denial of its own.
    ("CLP*P*1*90*0**12*I~SVC*HC:A*90*0~CAS*CO*16*90~SVC*HC:B*0*0~", "full_denial"),
    # Denied at claim level.
    ("CLP*P*1*90*0**12*I~CAS*CO*29*90~", "full_denial"),
    # The group says who bears it, not whether it is a denial.
    ("CLP*P*1*90*0*90*12*I~CAS*PR*96*90~", "full_denial"),
    # Denied line beside a deductible line: part of it is the patient's share.
    ("CLP*P*1*90*0*40*12*I~SVC*HC:A*40*0~CAS*PR*1*40~SVC*HC:B*50*0~CAS*CO*97*50~", "partial_denial"),
    # Nothing paid because the patient owes it: not a denial.
    ("CLP*P*1*120*0*85*12*I~SVC*HC:A*120*0~CAS*CO*45*35~CAS*PR*1*85~", "zero_pay_patient"),
    # Status 4 with an eligibility reason.
    ("CLP*P*4*75*0*75*12*I~CAS*PR*31*75~", "full_denial"),
    # The prior payer covered it.
    ("CLP*P*2*100*0**12*I~CAS*OA*23*80~CAS*CO*45*20~", "zero_pay_prior_payer"),
    # Paid by the month.
    ("CLP*P*1*100*0**HM*I~CAS*CO*24*100~", "capitated"),
    # Waiting for the premium.
    ("CLP*P*1*100*0**12*I~CAS*OA*257*100~", "pended_no_pay"),
    # Nothing paid and nothing says why.
    ("CLP*P*1*100*0**12*I~CAS*CO*45*100~", "zero_pay_review"),
    # Nothing charged.
    ("CLP*P*1*0*0**12*I~", "informational"),
    # A negative denial-natured amount gives back: it denies nothing.
    ("CLP*P*1*100*110**12*I~CAS*CO*97*-10~", "paid"),
    # The status says it all.
    ("CLP*P*22*-100*-80**12*I~CAS*CO*45*-20~", "reversal"),
    ("CLP*P*23*100*0**12*I~CAS*OA*96*100~", "forwarded"),
    ("CLP*P*25*100*80**12*I~CAS*CO*45*20~", "predetermination"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_claim_is_classed_by_what_its_reasons_mean(text: str, expected: str) -> None:
    values = read(interchange(payment(text.replace("~", "~\n"))))
    (claim,) = of(ClaimPayment, values)
    assert claim.classification is Classification(expected)
    assert claim.failed_checks == ()
