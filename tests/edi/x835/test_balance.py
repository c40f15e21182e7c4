"""The three balances of an 835, as data: what holds, what does not, by how much."""

from __future__ import annotations

from edi.findings import Finding
from edi.values import BalanceCheck, SetEnd
from edi.x835.model import ClaimPayment
from tests.edi.payment_text import codes, interchange, of, payment, read


def claim_of(text: str, paid: str) -> ClaimPayment:
    return of(ClaimPayment, read(interchange(payment(text, paid=paid))))[0]


def test_a_line_that_does_not_add_up_is_told_with_its_own_segment() -> None:
    values = read(
        interchange(payment("CLP*P*1*100*80**12*I~\nSVC*HC:A*60*50~\nCAS*CO*45*10~\nSVC*HC:B*40*30~\n", paid="80"))
    )
    (claim,) = of(ClaimPayment, values)
    assert BalanceCheck("line", 4_000, 3_000, 15) in claim.failed_checks
    finding = next(finding for finding in of(Finding, values) if finding.code == "835.balance.line")
    assert finding.excerpt == "SVC*HC:B*40*30"
    assert "is 40, its payment is 30 (difference -10)" in finding.message


def test_a_claim_that_does_not_add_up_is_told() -> None:
    claim = claim_of("CLP*P*1*100*80**12*I~\nCAS*CO*45*15~\n", "80")
    assert claim.failed_checks == (BalanceCheck("claim", 8_500, 8_000, 12),)
    assert claim.failed_checks[0].difference_cents == -500


def test_lines_that_do_not_add_up_to_the_claim_are_told() -> None:
    claim = claim_of("CLP*P*1*100*80*20*12*I~\nCAS*PR*1*20~\nSVC*HC:A*90*90~\n", "80")
    assert [check.rule for check in claim.failed_checks] == ["claim.lines.charge", "claim.lines.paid"]


def test_claim_adjustments_and_line_adjustments_count_once_each() -> None:
    text = "CLP*P*1*100*50**12*I~\nCAS*CO*45*30~\nSVC*HC:A*60*50~\nCAS*CO*97*10~\nSVC*HC:B*40*30~\nCAS*CO*253*10~\n"
    assert claim_of(text, "50").failed_checks == ()


def test_a_claim_with_only_claim_level_adjustments_balances() -> None:
    assert claim_of("CLP*P*1*100*60**12*I~\nCAS*CO*45*40~\n", "60").failed_checks == ()


def test_a_reversal_balances_with_its_signs() -> None:
    text = "CLP*P*22*-200*-120**12*I~\nSVC*HC:A*-200*-120~\nCAS*CO*45*-50~\nCAS*PR*1*-20*-1*2*-10~\n"
    assert claim_of(text, "-120").failed_checks == ()


def test_the_payment_is_the_claims_less_the_provider_adjustments() -> None:
    values = read(
        interchange(payment(paid="90", footer="PLB*1234567893*20261231*FB:EFT7*20*WO:X*50*WO:Y*35*72:Y*-75~\n"))
    )
    (end,) = of(SetEnd, values)
    assert end.balance == BalanceCheck("transaction", 9_000, 9_000, 4)
    assert "835.balance.transaction" not in codes(values)


def test_a_payment_that_does_not_add_up_is_told_with_the_bpr() -> None:
    values = read(interchange(payment(paid="125")))
    (end,) = of(SetEnd, values)
    assert end.balance is not None
    assert end.balance.difference_cents == 500
    finding = next(finding for finding in of(Finding, values) if finding.code == "835.balance.transaction")
    assert finding.excerpt.startswith("BPR*I*125*")
    assert finding.excerpt[finding.caret :].startswith("125")


def test_the_end_counts_claims_unbalanced_claims_and_damaged_claims() -> None:
    text = "CLP*A*1*100*80**12*I~\nCLP*B*1*5x*5**12*I~\nCLP*C*1*1*1**12*I~\n"
    (end,) = of(SetEnd, read(interchange(payment(text, paid="86"))))
    assert (end.claim_count, end.unbalanced_claims, end.damaged_claims) == (3, 2, 1)


def test_the_patients_share_must_be_the_sum_of_pr_except_on_reversals() -> None:
    wrong = "CLP*P*1*100*80*15*12*I~\nCAS*PR*1*20~\n"
    assert "835.patient_share" in codes(read(interchange(payment(wrong, paid="80"))))
    reversal = "CLP*P*22*-100*-80**12*I~\nCAS*PR*1*-20~\n"
    assert "835.patient_share" not in codes(read(interchange(payment(reversal, paid="-80"))))


def test_interest_of_claims_and_provider_adjustments_is_compared() -> None:
    claim = "CLP*P*1*100*100**12*I~\nAMT*I*10~\n"
    right = payment(claim, paid="110", footer="PLB*1234567893*20261231*L6*-10~\n")
    assert codes(read(interchange(right))) == []
    wrong = payment(claim, paid="107", footer="PLB*1234567893*20261231*L6*-7~\n")
    assert codes(read(interchange(wrong))) == ["835.interest"]


def test_reason_45_for_the_whole_charge_is_told() -> None:
    values = read(interchange(payment("CLP*P*1*100*0**12*I~\nCAS*CO*45*100~\n", paid="0")))
    assert codes(values) == ["835.adjustment.whole_charge"]


def test_a_secondary_payment_that_does_not_name_the_prior_payers_part_is_told() -> None:
    silent = "CLP*P*2*100*80**12*I~\nCAS*CO*45*20~\n"
    assert codes(read(interchange(payment(silent, paid="80")))) == ["835.prior_payer"]
    spoken = "CLP*P*2*500*65**MC*I~\nCAS*OA*23*425~\nCAS*CO*45*10~\n"
    assert codes(read(interchange(payment(spoken, paid="65")))) == []
