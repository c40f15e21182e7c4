"""Everything an 835 says is read: each segment in its place, by position, with where it came from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from edi.parts import Address, Amount, Contact, Dated, Procedure, Quantity, Reference, Remark
from edi.x835.model import ClaimPayment, ProviderAdjustment, ProviderSummary, Remittance
from tests.edi.payment_text import TWO_CLAIMS, codes, interchange, of, payment, read

FULL_HEADER = """\
ST*835*0001~
BPR*I*80*C*ACH*CCP*01*999988880*DA*11112222*1999999999*SUPP*01*999977770*SG*33334444*20261118~
TRN*1*EFT1*1999999999*BRANCH~
CUR*PR*USD~
REF*EV*MAILBOX1~
REF*F2*V5~
DTM*405*20261117~
N1*PR*INVENTED HEALTH PLAN*XV*12345~
N3*1 MAIN ST*SUITE 2~
N4*AUSTIN*TX*787010001~
REF*2U*INV01~
REF*NF*54321~
PER*CX*CLAIMS DESK*TE*5125550100*EX*12~
PER*BL*TECH*EM*EDI@INVENTED.EXAMPLE~
PER*IC**UR*WWW.INVENTED.EXAMPLE/POLICY~
N1*PE*INVENTED CLINIC*XX*1234567893~
N3*2 CARE ST~
N4*DALLAS*TX*75201~
REF*TJ*741234567~
RDM*EM*ERA*BILLING@CLINIC.EXAMPLE~
LX*1~
CLP*PCN1*1*80*80**12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W1~
SVC*HC:99213*80*80**1~
DTM*472*20261101~
SE*26*0001~
"""


def one_claim(text: str) -> ClaimPayment:
    (claim,) = of(ClaimPayment, read(interchange(payment(text))))
    return claim


def test_the_header_is_read_in_full() -> None:
    values = read(interchange(FULL_HEADER))
    (remittance,) = of(Remittance, values)
    assert remittance.handling == "I"
    assert remittance.paid_cents == 8_000
    assert (remittance.credit_debit, remittance.method) == ("C", "ACH")
    assert (remittance.payer_account, remittance.payee_account) == ("11112222", "33334444")
    assert remittance.originator == "1999999999"
    assert remittance.payment_date == date(2026, 11, 18)
    assert (remittance.trace, remittance.trace_originator, remittance.trace_supplement) == (
        "EFT1",
        "1999999999",
        "BRANCH",
    )
    assert remittance.production_date == date(2026, 11, 17)
    assert remittance.currency == "USD"
    assert [reference.value for reference in remittance.references] == ["MAILBOX1", "V5"]
    assert codes(values) == []


def test_payer_and_payee_keep_their_own_addresses_references_and_contacts() -> None:
    (remittance,) = of(Remittance, read(interchange(FULL_HEADER)))
    assert remittance.payer is not None
    assert remittance.payee is not None
    assert (remittance.payer.last, remittance.payer.id) == ("INVENTED HEALTH PLAN", "12345")
    assert (remittance.payee.last, remittance.payee.id_qualifier, remittance.payee.id) == (
        "INVENTED CLINIC",
        "XX",
        "1234567893",
    )
    assert remittance.payer_address == Address("1 MAIN ST", "SUITE 2", "AUSTIN", "TX", "787010001", "", 11)
    assert remittance.payee_address == Address("2 CARE ST", "", "DALLAS", "TX", "75201", "", 19)
    assert remittance.payer_references == (Reference("2U", "INV01", 13), Reference("NF", "54321", 14))
    assert remittance.payee_references == (Reference("TJ", "741234567", 21),)
    assert remittance.payer_contacts == (
        Contact("CX", "CLAIMS DESK", (("TE", "5125550100"), ("EX", "12")), 15),
        Contact("BL", "TECH", (("EM", "EDI@INVENTED.EXAMPLE"),), 16),
        Contact("IC", "", (("UR", "WWW.INVENTED.EXAMPLE/POLICY"),), 17),
    )


def test_a_payment_without_bpr_or_trn_is_read_and_told() -> None:
    text = interchange().replace("BPR*I*120*C*ACH*CCP*01*999988880*DA*11112222*1999999999**01*999977770*DA", "XXX")
    values = read(text.replace("TRN*1*EFT0001*1999999999~\n", ""))
    assert {"835.header.payment", "835.header.trace"} <= set(codes(values))
    assert [claim.paid_cents for claim in of(ClaimPayment, values)] == [8_000, 4_000]


def test_a_negative_payment_is_told() -> None:
    values = read(interchange(payment(paid="-120")))
    assert "835.header.negative" in codes(values)


def test_every_element_of_a_claim_is_read() -> None:
    claim = one_claim("CLP*PCN1*19*1000*600.5*99.5*MA*ICN1*11*7**470*1.25*.5~\nCAS*CO*45*300~\nCAS*PR*2*99.5~\n")
    assert (claim.patient_control_number, claim.status) == ("PCN1", "19")
    assert (claim.charge_cents, claim.paid_cents, claim.patient_cents) == (100_000, 60_050, 9_950)
    assert (claim.filing_indicator, claim.payer_claim_control_number) == ("MA", "ICN1")
    assert (claim.facility_code, claim.frequency) == ("11", "7")
    assert (claim.drg, claim.drg_weight, claim.discharge_fraction) == ("470", Decimal("1.25"), Decimal("0.5"))
    assert claim.group_number == "1"


def test_a_short_clp_and_an_empty_patient_share_are_read() -> None:
    claim = one_claim("CLP*A*1*100*100**12~\n")
    assert claim.patient_cents is None
    assert claim.payer_claim_control_number == ""


def test_names_in_every_role_are_kept() -> None:
    claim = one_claim(
        "CLP*PCN1*19*100*100**12*ICN1~\n"
        "NM1*QC*1*DOE*JANE*Q**JR*MI*W1~\n"
        "NM1*IL*1*DOE*JOHN****MI*W0~\n"
        "NM1*74*1*DOE*JAYNE****C*W1B~\n"
        "NM1*82*1*ROE*ANN****XX*1234567893~\n"
        "NM1*TT*2*OTHER PLAN*****PI*55555~\n"
        "NM1*PR*2*FIRST PLAN*****PI*66666~\n"
        "NM1*GB*1*POE*SAM****MI*X9~\n"
    )
    assert [name.role for name in claim.names] == ["QC", "IL", "74", "82", "TT", "PR", "GB"]
    patient = claim.name("QC")
    assert patient is not None
    assert (patient.middle, patient.suffix, patient.is_person) == ("Q", "JR", True)
    crossover = claim.name("TT")
    assert crossover is not None
    assert (crossover.last, crossover.is_person, crossover.id) == ("OTHER PLAN", False, "55555")


def test_adjustments_are_read_by_position_with_empty_quantities_in_between() -> None:
    claim = one_claim("CLP*PCN1*1*100*0*60*12*ICN1~\nCAS*PR*1*10**2*20*3*3*30~\nCAS*CO*45*15*1*253*-1**97*26~\n")
    assert [
        (adjustment.group, adjustment.reason, adjustment.cents, adjustment.quantity, adjustment.element)
        for adjustment in claim.adjustments
    ] == [
        ("PR", "1", 1_000, None, 3),
        ("PR", "2", 2_000, Decimal(3), 6),
        ("PR", "3", 3_000, None, 9),
        ("CO", "45", 1_500, Decimal(1), 3),
        ("CO", "253", -100, None, 6),
        ("CO", "97", 2_600, None, 9),
    ]


def test_all_six_triplets_of_a_cas_are_read() -> None:
    triplets = "*".join(f"{reason}*{reason}*1" for reason in (1, 2, 3, 45, 97, 253))
    claim = one_claim(f"CLP*PCN1*1*401*0**12*ICN1~\nCAS*CO*{triplets}~\n")
    assert [(a.reason, a.cents, a.element) for a in claim.adjustments] == [
        ("1", 100, 3),
        ("2", 200, 6),
        ("3", 300, 9),
        ("45", 4_500, 12),
        ("97", 9_700, 15),
        ("253", 25_300, 18),
    ]


def test_a_triplet_that_is_left_out_keeps_the_place_of_the_next() -> None:
    claim = one_claim("CLP*PCN1*1*30*0**12*ICN1~\nCAS*CO*45*10*****97*20~\n")
    assert [(a.reason, a.cents, a.element) for a in claim.adjustments] == [("45", 1_000, 3), ("97", 2_000, 9)]


def test_remarks_of_a_claim_come_from_mia_and_moa_with_their_places() -> None:
    claim = one_claim(
        "CLP*PCN1*1*1*1**12*ICN1~\nMIA*3***9000*MA01**************0*MA02*MA07*N1*N2~\nMOA*.8*45*MA01*MA18~\n"
    )
    assert claim.remarks == (
        Remark("MIA", "MA01", 13, 5),
        Remark("MIA", "MA02", 13, 20),
        Remark("MIA", "MA07", 13, 21),
        Remark("MIA", "N1", 13, 22),
        Remark("MIA", "N2", 13, 23),
        Remark("MOA", "MA01", 14, 3),
        Remark("MOA", "MA18", 14, 4),
    )
    assert claim.inpatient[0] == "3"
    assert claim.outpatient == (".8", "45", "MA01", "MA18")


def test_references_dates_amounts_quantities_and_contacts_of_a_claim_are_kept() -> None:
    claim = one_claim(
        "CLP*PCN1*1*1*1**12*ICN1~\n"
        "REF*1L*GROUP1~\nREF*F8*OLDICN~\n"
        "DTM*232*20261001~\nDTM*233*20261003~\nDTM*050*20261010~\n"
        "PER*CX**TE*5125550100~\n"
        "AMT*AU*1~\nAMT*I*.25~\n"
        "QTY*CA*3~\n"
    )
    assert claim.reference("F8") == "OLDICN"
    assert claim.references == (Reference("1L", "GROUP1", 13), Reference("F8", "OLDICN", 14))
    assert claim.dates[2] == Dated("050", date(2026, 10, 10), None, 17)
    assert claim.contacts == (Contact("CX", "", (("TE", "5125550100"),), 18),)
    assert claim.amounts == (Amount("AU", 100, 19), Amount("I", 25, 20))
    assert claim.quantities == (Quantity("CA", Decimal(3), 21),)


def test_every_element_of_a_line_is_read() -> None:
    claim = one_claim(
        "CLP*PCN1*1*100*60**12*ICN1~\n"
        "SVC*HC:99213:25:59:GT:76:OFFICE VISIT*100*60*0510*2*HC:99214:25*3~\n"
        "DTM*150*20261001~\nDTM*151*20261002~\n"
        "CAS*CO*45*40~\n"
        "REF*6R*LINE7~\nREF*0K*POLICY9~\n"
        "AMT*B6*60~\n"
        "QTY*ZK*1~\n"
        "LQ*HE*N290~\nLQ*HE*M15~\nLQ*RX*70~\n"
    )
    (line,) = claim.lines
    assert line.procedure == Procedure("HC", "99213", ("25", "59", "GT", "76"), "OFFICE VISIT")
    assert line.original_procedure == Procedure("HC", "99214", ("25",), "")
    assert (line.charge_cents, line.paid_cents, line.revenue_code) == (10_000, 6_000, "0510")
    assert (line.units, line.original_units) == (Decimal(2), Decimal(3))
    assert (line.first_date, line.last_date) == (date(2026, 10, 1), date(2026, 10, 2))
    assert (line.line_control_number, line.allowed_cents) == ("LINE7", 6_000)
    assert [(remark.qualifier, remark.code) for remark in line.remarks] == [
        ("HE", "N290"),
        ("HE", "M15"),
        ("RX", "70"),
    ]
    assert [reference.value for reference in line.references] == ["LINE7", "POLICY9"]
    assert line.quantities == (Quantity("ZK", Decimal(1), 20),)


def test_a_line_without_units_has_one_and_without_dates_has_the_claims() -> None:
    claim = one_claim(
        "CLP*PCN1*1*100*100**12*ICN1~\nDTM*232*20261001~\nDTM*233*20261003~\nSVC*NU:0120*60*60~\nSVC*HC:J1*40*40~\n"
    )
    assert [line.units for line in claim.lines] == [Decimal(1), Decimal(1)]
    assert {(line.first_date, line.last_date) for line in claim.lines} == {(date(2026, 10, 1), date(2026, 10, 3))}


def test_what_stands_before_the_first_line_is_the_claims_and_behind_a_line_is_that_lines() -> None:
    claim = one_claim(
        "CLP*PCN1*1*100*50**12*ICN1~\nCAS*CO*45*30~\nREF*1L*G~\n"
        "SVC*HC:A*60*50~\nCAS*CO*97*10~\nREF*6R*1~\n"
        "SVC*HC:B*40*30~\nCAS*CO*253*10~\nREF*6R*2~\n"
    )
    assert [a.reason for a in claim.adjustments] == ["45"]
    assert [[a.reason for a in line.adjustments] for line in claim.lines] == [["97"], ["253"]]
    assert [line.line_control_number for line in claim.lines] == ["1", "2"]
    assert claim.reference("1L") == "G"


def test_a_range_in_a_single_dtm_is_read() -> None:
    claim = one_claim("CLP*PCN1*1*1*1**12*ICN1~\nSVC*HC:A*1*1~\nDTM*472****RD8*20261001-20261004~\n")
    assert (claim.lines[0].first_date, claim.lines[0].last_date) == (date(2026, 10, 1), date(2026, 10, 4))


def test_all_pairs_of_a_plb_are_read_with_their_references() -> None:
    pairs = "WO:OLD1*5*L6*-1.5*FB:EFT0001*-20*72:CHK9*-5*CS*3*J1:X*18.5"
    values = read(interchange(payment(footer=f"PLB*1234567893*20261231*{pairs}~\n")))
    found = of(ProviderAdjustment, values)
    assert [(one.reason, one.reference, one.cents, one.element) for one in found] == [
        ("WO", "OLD1", 500, 4),
        ("L6", "", -150, 6),
        ("FB", "EFT0001", -2_000, 8),
        ("72", "CHK9", -500, 10),
        ("CS", "", 300, 12),
        ("J1", "X", 1_850, 14),
    ]
    assert {(one.provider_id, one.fiscal_period_end) for one in found} == {("1234567893", date(2026, 12, 31))}
    assert "835.balance.transaction" not in codes(values)


def test_provider_summaries_are_kept_as_sent_and_take_no_part_in_balances() -> None:
    claims = "TS3*1234567893*11*20261231*2*150~\nTS2*500*600~\n" + TWO_CLAIMS
    values = read(interchange(payment(claims)))
    assert [(one.kind, one.elements) for one in of(ProviderSummary, values)] == [
        ("TS3", ("1234567893", "11", "20261231", "2", "150")),
        ("TS2", ("500", "600")),
    ]
    assert codes(values) == []


def test_claims_carry_the_number_of_their_group() -> None:
    claims = TWO_CLAIMS.replace("CLP*PCN2", "LX*110212~\nCLP*PCN2")
    assert [claim.group_number for claim in of(ClaimPayment, read(interchange(payment(claims))))] == ["1", "110212"]


def test_the_bytes_of_each_claim_are_where_it_says() -> None:
    data = interchange(payment(footer="PLB*1234567893*20261231*L6*0~\n")).encode()
    texts = [data[claim.start_offset : claim.end_offset].decode() for claim in of(ClaimPayment, read(data))]
    assert "".join(texts) == TWO_CLAIMS


def test_amounts_are_read_as_people_write_them() -> None:
    claim = one_claim("CLP*PCN1*1*100.*.5**12*ICN1~\nCAS*CO*45*+99.50~\n")
    assert (claim.charge_cents, claim.paid_cents) == (10_000, 50)
    assert claim.adjustments[0].cents == 9_950
    assert claim.failed_checks == ()


def test_trailing_empty_elements_change_nothing() -> None:
    claim = one_claim("CLP*PCN1*1*100*80**12*ICN1***********~\nSVC*HC:A*100*80*****~\nCAS*CO*45*20*****~\n")
    assert claim.failed_checks == ()
    assert len(claim.lines[0].adjustments) == 1


def test_a_composite_without_a_qualifier_is_the_code() -> None:
    claim = one_claim("CLP*PCN1*1*1*1**12*ICN1~\nSVC*99213*1*1~\n")
    assert claim.lines[0].procedure == Procedure("", "99213", (), "")
