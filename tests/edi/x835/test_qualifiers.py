"""A qualifier that no guide has in its loop is told once, and its value kept."""

from __future__ import annotations

from edi.findings import Finding, Severity
from edi.parts import Dated, Quantity, Reference, Remark
from edi.x835.model import ClaimPayment, ProviderAdjustment, Remittance
from tests.edi.payment_text import TWO_CLAIMS, codes, interchange, of, payment, read


def test_a_name_in_an_unknown_role_is_kept_and_told() -> None:
    claims = TWO_CLAIMS.replace("NM1*QC*1*DOE*JANE****MI*W1~", "NM1*QC*1*DOE*JANE****MI*W1~\nNM1*9Q*2*NEW*****ZY*77~")
    values = read(interchange(payment(claims)))
    first = of(ClaimPayment, values)[0]
    assert [(name.role, name.last, name.id) for name in first.names] == [("QC", "DOE", "W1"), ("9Q", "NEW", "77")]
    (finding,) = of(Finding, values)
    assert (finding.code, finding.severity) == ("qualifier.entity", Severity.INFO)
    assert finding.excerpt == "NM1*9Q*2*NEW*****ZY*77"
    assert finding.excerpt[finding.caret :].startswith("9Q")
    assert finding.source.segment == first.names[1].segment
    assert "'9Q'" in finding.message
    assert "loop 2100" in finding.message


def test_a_number_of_unknown_kind_is_told_once_in_a_set_however_often_it_comes() -> None:
    claims = TWO_CLAIMS.replace("SVC*", "REF*QQ7*STRANGE~\nSVC*")
    values = read(interchange(payment(claims) + payment(claims, control="0002")))
    for claim in of(ClaimPayment, values):
        assert [one[:2] for one in claim.references] == [("QQ7", "STRANGE")]
        assert not claim.is_damaged
    assert codes(values).count("qualifier.reference") == 2


def test_a_qualifier_is_known_by_its_loop() -> None:
    of_the_line = read(interchange(payment(TWO_CLAIMS.replace("DTM*472*20261101~", "DTM*472*20261101~REF*6R*L1~"))))
    assert codes(of_the_line) == []
    of_the_claim = read(interchange(payment(TWO_CLAIMS.replace("NM1*QC*1*DOE", "REF*6R*L1~\nNM1*QC*1*DOE"))))
    assert codes(of_the_claim) == ["qualifier.reference"]


def test_a_claim_without_lines_after_one_with_lines_is_no_line() -> None:
    claims = "CLP*PCN1*1*120*120**12*ICN1*11*1~\nNM1*QC*1*DOE*JANE~\nDTM*232*20261101~\nREF*1L*G1~\nAMT*AU*120~\n"
    assert codes(read(interchange(payment(TWO_CLAIMS + claims, paid="240")))) == []


def test_dates_amounts_and_quantities_of_unknown_kinds_are_kept() -> None:
    strange = "DTM*999*20261103~\nAMT*Q1*7.5~\nQTY*QX*3~\nLQ*ZZ*77~\n"
    values = read(interchange(payment(TWO_CLAIMS + strange)))
    line = of(ClaimPayment, values)[1].lines[0]
    assert [one.qualifier for one in line.dates] == ["472", "999"]
    assert [(one.qualifier, one.cents) for one in line.amounts] == [("Q1", 750)]
    assert [type(one) for one in line.quantities] == [Quantity]
    assert [one.code for one in line.remarks] == ["77"]
    assert codes(values) == ["qualifier.date", "qualifier.amount", "qualifier.quantity", "qualifier.remark_list"]


def test_a_remark_on_no_list_is_a_warning_at_line_and_at_claim_level() -> None:
    claims = TWO_CLAIMS.replace("SVC*HC:99213", "MOA***MA01*N9998~\nSVC*HC:99213") + "LQ*HE*N9999~\n"
    values = read(interchange(payment(claims)))
    first, second = of(ClaimPayment, values)
    assert [one.code for one in first.remarks] == ["MA01", "N9998"]
    assert [type(one) for one in second.lines[0].remarks] == [Remark]
    found = of(Finding, values)
    assert [(one.code, one.severity, one.source.element) for one in found] == [
        ("835.remark", Severity.WARNING, 4),
        ("835.remark", Severity.WARNING, 2),
    ]


def test_a_pharmacy_reject_code_is_not_looked_for_among_remarks() -> None:
    assert codes(read(interchange(payment(TWO_CLAIMS + "LQ*RX*70~\n")))) == []


def test_a_provider_adjustment_for_an_unknown_reason_still_counts() -> None:
    values = read(interchange(payment(paid="100", footer="PLB*1234567893*20261231*Q9:TAKEN*20~\n")))
    (adjustment,) = of(ProviderAdjustment, values)
    assert (adjustment.reason, adjustment.reference, adjustment.cents) == ("Q9", "TAKEN", 2000)
    (finding,) = of(Finding, values)
    assert (finding.code, finding.source.element) == ("835.provider_adjustment.reason", 3)
    assert "'Q9'" in finding.message


def test_what_the_header_says_under_unknown_qualifiers_is_kept() -> None:
    strange = "REF*Q8*BOX~\nDTM*406*20261116~\nN1*9Z*THIRD PARTY*XX*1~\nREF*Q7*OF THE THIRD~\nN1*PR"
    values = read(interchange(payment().replace("N1*PR", strange)))
    (remittance,) = of(Remittance, values)
    assert [one[:2] for one in remittance.references] == [("Q8", "BOX"), ("Q7", "OF THE THIRD")]
    assert [type(one) for one in remittance.dates] == [Dated]
    assert [type(one) for one in remittance.references] == [Reference, Reference]
    assert [(one.role, one.last) for one in remittance.other_parties] == [("9Z", "THIRD PARTY")]
    assert [one for one in codes(values) if one.startswith("qualifier")] == [
        "qualifier.reference",
        "qualifier.date",
        "qualifier.entity",
        "qualifier.reference",
    ]


def test_rubbish_is_not_told_without_end() -> None:
    many = "".join(f"REF*X{number}*A~\n" for number in range(2_000))
    values = read(interchange(payment(TWO_CLAIMS.replace("SVC*HC:99213", many + "SVC*HC:99213"))))
    assert len(of(ClaimPayment, values)[0].references) == 2_000
    assert codes(values).count("qualifier.reference") == 500
