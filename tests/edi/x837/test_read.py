"""What the reader makes of an 837."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from edi.findings import Finding
from edi.x837.model import Submission, SubmittedClaim

Read = Callable[..., list[object]]

HEADER = """BHT*0019*00*RB0001*20261122*0910*CH~
NM1*41*2*SAMPLE CLINIC PLLC*****46*PROVTEST~
PER*IC*BILLING DESK*TE*5125550100*EX*12~
NM1*40*2*TESTPAYER HEALTH*****46*99999~
"""
BILLING = """HL*1**20*1~
PRV*BI*PXC*207Q00000X~
NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~
N3*2 CARE ST*SUITE 4~
N4*AUSTIN*TX*787010001~
REF*EI*741234567~
"""
SUBSCRIBER = """HL*2*1*22*0~
SBR*P*18*GRP1*GOLD PLAN*****CI~
NM1*IL*1*ROE*JOHN*Q***MI*W200~
N3*3 ELM~
N4*AUSTIN*TX*78702~
DMG*D8*19750303*M~
NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
"""
CLAIM = """CLM*PCN1002*150***11:B:1*Y*A*Y*Y~
HI*ABK:L97521*ABF:E119~
LX*1~
SV1*HC:11042*100*UN*1***1:2~
DTP*472*D8*20261006~
REF*6R*1002L1~
LX*2~
SV1*HC:97597:59:RT*50*MJ*15*12**1~
DTP*472*RD8*20261006-20261008~
"""
DEPENDENT = """HL*2*1*22*1~
SBR*S**GRP1******CI~
NM1*IL*1*ROE*JOHN****MI*W200~
NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
HL*3*2*23*0~
PAT*19~
NM1*QC*1*ROE*LILY~
DMG*D8*20150101*F~
"""
OTHER_PAYER = """SBR*P*01*G77*FIRST PLAN*14****CI~
CAS*CO*45*20~
CAS*PR*1*21.89*1*2*15~
AMT*D*93.11~
AMT*EAF*36.89~
OI***Y***Y~
MOA***MA01*N4~
NM1*IL*1*ROE*MARY****MI*M300~
NM1*PR*2*FIRST PAYER*****PI*11111~
DTP*573*D8*20261101~
REF*F8*ICN77~
"""


def only_claim(values: Iterable[object]) -> SubmittedClaim:
    (claim,) = claims(values)
    return claim


def claims(values: Iterable[object]) -> list[SubmittedClaim]:
    return [value for value in values if isinstance(value, SubmittedClaim)]


def codes(values: Iterable[object]) -> list[str]:
    return [value.code for value in values if isinstance(value, Finding)]


def test_a_submission_says_who_sent_the_batch_to_whom(read: Read) -> None:
    submission = read(HEADER + BILLING + SUBSCRIBER + CLAIM)[0]

    assert isinstance(submission, Submission)
    assert (submission.reference, submission.created) == ("RB0001", date(2026, 11, 22))
    assert submission.submitter is not None
    assert submission.receiver is not None
    assert (submission.submitter.id, submission.receiver.id) == ("PROVTEST", "99999")
    assert submission.submitter_contacts[0].numbers == (("TE", "5125550100"), ("EX", "12"))


def test_a_sound_claim_comes_without_findings(read: Read) -> None:
    assert codes(read(HEADER + BILLING + SUBSCRIBER + CLAIM)) == []


def test_a_claim_carries_the_parties_above_it(read: Read) -> None:
    claim = only_claim(read(HEADER + BILLING + SUBSCRIBER + CLAIM))

    assert claim.billing_provider is not None
    assert claim.billing_provider.name.id == "1234567893"
    assert claim.billing_provider.tax_id == "741234567"
    assert claim.billing_provider.taxonomy == "207Q00000X"
    assert claim.subscriber is not None
    assert claim.subscriber.birth_date == date(1975, 3, 3)
    assert claim.patient == claim.subscriber
    assert claim.payer is not None
    assert claim.payer.name.last == "TESTPAYER HEALTH"
    assert (claim.payer_order, claim.group_number, claim.plan_name) == ("P", "GRP1", "GOLD PLAN")


def test_a_dependent_is_the_patient_and_the_subscriber_stays_the_insured(read: Read) -> None:
    claim = only_claim(read(HEADER + BILLING + DEPENDENT + CLAIM))

    assert claim.patient is not None
    assert claim.subscriber is not None
    assert (claim.patient.name.first, claim.patient.relationship) == ("LILY", "19")
    assert claim.subscriber.name.first == "JOHN"


def test_a_second_subscriber_does_not_inherit_the_first_ones_dependent(read: Read) -> None:
    second = SUBSCRIBER.replace("HL*2*1*22", "HL*4*1*22")

    first_claim, second_claim = claims(read(HEADER + BILLING + DEPENDENT + CLAIM + second + CLAIM))

    assert first_claim.patient is not None
    assert second_claim.patient is not None
    assert (first_claim.patient.name.first, second_claim.patient.name.first) == ("LILY", "JOHN")


def test_the_claim_segment_is_read_element_by_element(read: Read) -> None:
    wire = CLAIM.replace("CLM*PCN1002*150***11:B:1*Y*A*Y*Y~", "CLM*PCN1002*150***11:B:7*Y*A*Y*Y***********9~")

    claim = only_claim(read(HEADER + BILLING + SUBSCRIBER + wire))

    assert (claim.facility_code, claim.facility_qualifier, claim.frequency) == ("11", "B", "7")
    assert (claim.charge_cents, claim.delay_reason) == (15000, "9")


def test_lines_keep_codes_units_pointers_and_dates(read: Read) -> None:
    first, second = only_claim(read(HEADER + BILLING + SUBSCRIBER + CLAIM)).lines

    assert first.procedure is not None
    assert second.procedure is not None
    assert (first.procedure.code, first.charge_cents, first.pointers) == ("11042", 10000, ("1", "2"))
    assert (first.line_control_number, second.line_control_number) == ("1002L1", "2")
    assert (second.procedure.modifiers, second.units, second.unit_basis) == (("59", "RT"), Decimal(15), "MJ")
    assert (second.place_of_service, second.last_date) == ("12", date(2026, 10, 8))


def test_a_code_without_its_qualifier_is_still_a_code(read: Read) -> None:
    wire = CLAIM.replace("SV1*HC:11042*", "SV1*11042*").replace("SV1*HC:97597:59:RT*", "SV1*HC*")

    first, second = only_claim(read(HEADER + BILLING + SUBSCRIBER + wire)).lines

    assert first.procedure is not None
    assert (first.procedure.qualifier, first.procedure.code) == ("", "11042")
    assert second.procedure is None


def test_the_days_of_service_span_the_lines(read: Read) -> None:
    claim = only_claim(read(HEADER + BILLING + SUBSCRIBER + CLAIM))

    assert (claim.first_date, claim.last_date) == (date(2026, 10, 6), date(2026, 10, 8))


def test_another_payer_is_read_with_what_it_decided(read: Read) -> None:
    wire = CLAIM.replace("LX*1~", OTHER_PAYER + "LX*1~")

    (payer,) = only_claim(read(HEADER + BILLING + SUBSCRIBER + wire)).other_payers

    assert (payer.order, payer.plan_name, payer.insurance_type) == ("P", "FIRST PLAN", "14")
    assert [(a.group, a.reason, a.cents, a.element) for a in payer.adjustments] == [
        ("CO", "45", 2000, 3),
        ("PR", "1", 2189, 3),
        ("PR", "2", 1500, 6),
    ]
    assert [(a.qualifier, a.cents) for a in payer.amounts] == [("D", 9311), ("EAF", 3689)]
    assert payer.payer is not None
    assert (payer.payer.id, payer.paid_on, payer.references[0].value) == ("11111", date(2026, 11, 1), "ICN77")
    assert payer.insured is not None
    assert payer.insured.name.id == "M300"
    assert [remark.code for remark in payer.remarks] == ["MA01", "N4"]


def test_a_line_adjudication_keeps_its_own_date_apart_from_the_lines(read: Read) -> None:
    wire = CLAIM.replace("REF*6R*1002L1~", "SVD*11111*80*HC:11042**1~CAS*CO*45*20~DTP*573*D8*20261101~")

    line = only_claim(read(HEADER + BILLING + SUBSCRIBER + wire)).lines[0]

    (adjudication,) = line.adjudications
    assert (adjudication.payer_id, adjudication.paid_cents, adjudication.paid_on) == (
        "11111",
        8000,
        date(2026, 11, 1),
    )
    assert [adjustment.cents for adjustment in adjudication.adjustments] == [2000]
    assert [dated.qualifier for dated in line.dates] == ["472"]


def test_a_line_keeps_its_drug_and_its_form(read: Read) -> None:
    wire = CLAIM.replace(
        "REF*6R*1002L1~",
        "REF*6R*1002L1~LIN**N4*01234567891~CTP****2*UN~REF*XZ*RX7~NM1*DK*1*ORDER*OTTO~LQ*UT*04.04~FRM*1A**J0234~",
    )

    line = only_claim(read(HEADER + BILLING + SUBSCRIBER + wire)).lines[0]

    assert line.drug == tuple("LIN**N4*01234567891*CTP****2*UN*REF*XZ*RX7".split("*"))
    assert line.forms == ((("LQ", "UT", "04.04"), ("FRM", "1A", "", "J0234")),)
    assert [party.name.role for party in line.providers] == ["DK"]
    assert [ref.qualifier for ref in line.references] == ["6R"]


def test_where_to_pay_is_read_beside_who_bills(read: Read) -> None:
    pay_to = "NM1*87*2~N3*PO BOX 7~N4*AUSTIN*TX*787010007~NM1*PE*2*PAY TO PLAN*****PI*55555~REF*EI*752222222~"

    claim = only_claim(read(HEADER + BILLING + pay_to + SUBSCRIBER + CLAIM))

    assert claim.pay_to is not None
    assert claim.pay_to.address is not None
    assert claim.pay_to.address.line1 == "PO BOX 7"
    assert claim.pay_to_plan is not None
    assert (claim.pay_to_plan.name.id, claim.pay_to_plan.tax_id) == ("55555", "752222222")
    assert claim.billing_provider is not None
    assert claim.billing_provider.tax_id == "741234567"


def test_an_institutional_claim_keeps_its_type_of_bill_codes_and_statement_dates(read: Read) -> None:
    wire = """CLM*756048Q*89.95***13:A:1**A*Y*Y~
DTP*434*RD8*20260315-20260318~
CL1*1**01~
HI*ABK:I10:::::::Y~
HI*DR:470~
HI*BE:A2:::15.31*BG:09~
NM1*71*1*JONES*JUDY*J***XX*1999999992~
PRV*AT*PXC*363LP0200N~
LX*1~
SV2*0305*HC:85025*13.39*UN*1**3.39~
LX*2~
SV2*0730**76.56*UN*3~
"""
    claim = only_claim(read(HEADER + BILLING + SUBSCRIBER + wire, kind="837I"))

    assert (claim.facility_code, claim.inpatient, claim.drg) == ("13", ("1", "", "01"), "470")
    assert (claim.first_date, claim.last_date) == (date(2026, 3, 15), date(2026, 3, 18))
    assert claim.diagnoses[0].present_on_admission == "Y"
    assert claim.codes == (("BE", "A2"), ("BG", "09"))
    assert claim.code_details[0] == ("BE", "A2", "", "", "15.31")
    assert claim.providers[0].taxonomy == "363LP0200N"
    assert (claim.lines[0].revenue_code, claim.lines[0].non_covered_cents) == ("0305", 339)
    assert claim.lines[1].procedure is None


def test_a_dental_line_is_read_with_its_teeth(read: Read) -> None:
    wire = """CLM*26403774*100***11:B:1*Y*A*Y*I~
DTP*472*D8*20261029~
LX*1~
SV3*AD:D2150*100****1~
TOO*JP*12*M:O~
"""
    claim = only_claim(read(HEADER + BILLING + SUBSCRIBER + wire, kind="837D"))

    assert claim.first_date == date(2026, 10, 29)
    assert claim.lines[0].procedure is not None
    assert claim.lines[0].procedure.code == "D2150"
    assert claim.lines[0].teeth == (("TOO", "JP", "12", "M:O"),)


def test_a_claim_keeps_its_own_segments_and_those_above_it_as_sent(read: Read) -> None:
    claim = only_claim(read(HEADER + BILLING + SUBSCRIBER + CLAIM))

    def as_text(segments: Iterable[Iterable[str]]) -> str:
        return "".join("*".join(segment) + "~\n" for segment in segments)

    assert as_text(claim.segments) == CLAIM
    assert as_text(claim.context) == BILLING + SUBSCRIBER


def test_the_offsets_frame_the_claim_in_the_file(read: Read) -> None:
    wire = (HEADER + BILLING + SUBSCRIBER + CLAIM).replace("\n", "")

    claim = only_claim(read(wire))

    assert wire[claim.start_offset : claim.end_offset] == CLAIM.replace("\n", "")


def test_a_charge_that_differs_from_its_lines_is_told_with_both(read: Read) -> None:
    values = read(HEADER + BILLING + SUBSCRIBER + CLAIM.replace("*150*", "*160*"))

    (finding,) = [value for value in values if isinstance(value, Finding)]
    assert finding.code == "837.balance.lines"
    assert "CLM02 is 160, the lines add up to 150.00: -10.00 apart" in finding.message


def test_an_unreadable_charge_damages_its_claim_only(read: Read) -> None:
    second = SUBSCRIBER.replace("HL*2*", "HL*3*") + CLAIM

    values = read(HEADER + BILLING + SUBSCRIBER + CLAIM.replace("*50*MJ", "*5O*MJ") + second)

    assert [claim.is_damaged for claim in claims(values)] == [True, False]


def test_an_unknown_segment_is_kept_and_told(read: Read) -> None:
    values = read(HEADER + BILLING + SUBSCRIBER + CLAIM.replace("LX*1~", "ZZZ*WHAT~LX*1~"))

    assert ("ZZZ", "WHAT") in only_claim(values).segments
    assert codes(values) == ["837.segment.unknown"]


def test_a_segment_out_of_order_is_read_by_the_loop_that_knows_it(read: Read) -> None:
    wire = CLAIM.replace("LX*1~", "NM1*82*1*SMITH*ANN~NTE*ADD*LATE NOTE~PRV*PE*PXC*207Q00000X~LX*1~")

    values = read(HEADER + BILLING + SUBSCRIBER + wire)

    claim = only_claim(values)
    assert claim.notes == (("ADD", "LATE NOTE"),)
    assert claim.providers[0].taxonomy == "207Q00000X"
    assert codes(values) == ["837.segment.order"]


def test_an_older_version_is_read_and_told_once(read: Read) -> None:
    wire = CLAIM.replace("11:B:1", "11::1").replace("ABK", "BK")

    values = read(HEADER + BILLING + SUBSCRIBER + wire, version="004010X098A1")

    assert codes(values) == ["837.version.4010"]
    assert only_claim(values).diagnoses[0].qualifier == "BK"


def test_a_component_separator_other_than_declared_is_found_in_the_claim(read: Read) -> None:
    values = read((HEADER + BILLING + SUBSCRIBER + CLAIM).replace(":", ">"))

    claim = only_claim(values)
    assert (claim.frequency, claim.diagnoses[0].code, claim.component) == ("1", "L97521", ">")
    assert codes(values) == ["text.component"]
