"""Refiling changes what is asked for, in the guide's order, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from edi.x837.build import Line, Place, Provider
from edi.x837.edits import ClaimEdits, CoverageEdit, LineEdit, PersonEdit
from edi.x837.model import SubmittedClaim
from edi.x837.replace import replacement, resend, void

Read = Callable[..., list[object]]

ABOVE = """HL*1**20*1~
PRV*BI*PXC*207Q00000X~
NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~
N3*2 CARE ST~
N4*AUSTIN*TX*787010001~
REF*EI*741234567~
HL*2*1*22*0~
SBR*P*18*GRP1******CI~
NM1*IL*1*ROE*JOHN****MI*W200~
DMG*D8*19750303*M~
NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
"""
CLAIM = """CLM*PCN1002*150***11:B:1*Y*A*Y*Y~
PWK*OB*EL***AC*ATT1~
AMT*F5*10~
REF*D9*17312345600006351~
HI*ABK:L97521*ABF:E119~
HI*BG:09~
NM1*DN*1*LEE*KIM****XX*1999999992~
NM1*77*2*CARE HOUSE*****XX*1888888883~
LX*1~
SV1*HC:11042*100*UN*1***1:2~
DTP*472*D8*20261006~
REF*6R*1002L1~
LX*2~
SV1*HC:97597:59::::DESCRIBED*50*UN*1***1~
DTP*472*D8*20261006~
REF*6R*1002L2~
NM1*DK*1*ORDER*OTTO~
SVD*11111*40*HC:97597**1~
DTP*573*D8*20261101~
"""
HOSPITAL = """CLM*H77*3000***11:A:1**A*Y*Y~
DTP*434*RD8*20260901-20260904~
CL1*3*1*01~
HI*ABK:I214:::::::Y~
HI*ABJ:R079~
HI*DR:282~
HI*ABF:E119:::::::N*ABF:I10~
HI*BE:80:::3~
NM1*71*1*SMITH*ANN****XX*1245319599~
LX*1~
SV2*0120**3000*DA*3~
"""


def claim_of(values: list[object]) -> SubmittedClaim:
    (claim,) = [value for value in values if isinstance(value, SubmittedClaim)]
    return claim


@pytest.fixture
def claim(read: Read) -> SubmittedClaim:
    return claim_of(read("BHT*0019*00*RB0001~" + ABOVE + CLAIM))


@pytest.fixture
def stay(read: Read) -> SubmittedClaim:
    return claim_of(read("BHT*0019*00*RB0001~" + ABOVE + HOSPITAL, kind="837I", version="005010X223A2"))


def wire(claim: SubmittedClaim) -> str:
    return "".join("*".join(segment) + "~\n" for segment in claim.segments)


def above(claim: SubmittedClaim) -> str:
    return "".join("*".join(segment) + "~\n" for segment in claim.context)


def changed(claim: SubmittedClaim, edits: ClaimEdits) -> tuple[list[str], list[str]]:
    """The segments that a new claim with these edits no longer has, and those that it has instead."""
    before, after = wire(claim) + above(claim), wire(resend(claim, edits)) + above(resend(claim, edits))
    gone = [line for line in before.splitlines() if line not in after.splitlines()]
    come = [line for line in after.splitlines() if line not in before.splitlines()]
    return gone, come


def test_a_replacement_without_edits_changes_the_frequency_and_names_the_original(claim: SubmittedClaim) -> None:
    refiled = replacement(claim, ClaimEdits(), "ICN900002")

    expected = CLAIM.replace("11:B:1", "11:B:7").replace(
        "REF*D9*17312345600006351~\n", "REF*D9*17312345600006351~\nREF*F8*ICN900002~\n"
    )
    assert wire(refiled) == expected
    assert above(refiled) == ABOVE
    assert (refiled.frequency, refiled.reference("F8")) == ("7", "ICN900002")


def test_a_void_takes_the_same_claim_back(claim: SubmittedClaim) -> None:
    refiled = void(claim, "ICN900002")

    assert (refiled.frequency, refiled.reference("F8"), refiled.charge_cents) == ("8", "ICN900002", 15000)


def test_a_resend_after_a_replacement_drops_the_original_reference(claim: SubmittedClaim) -> None:
    assert wire(resend(replacement(claim, ClaimEdits(), "ICN900002"))) == CLAIM


def test_a_second_replacement_names_the_newest_number_once(claim: SubmittedClaim) -> None:
    refiled = replacement(replacement(claim, ClaimEdits(), "ICN1"), ClaimEdits(), "ICN2")

    assert [ref.value for ref in refiled.references if ref.qualifier == "F8"] == ["ICN2"]


@pytest.mark.parametrize(
    ("edits", "gone", "come"),
    [
        # a modifier keeps the description behind it
        (
            ClaimEdits(lines=(LineEdit(line=2, modifiers=("59", "RT")),)),
            ["SV1*HC:97597:59::::DESCRIBED*50*UN*1***1~"],
            ["SV1*HC:97597:59:RT:::DESCRIBED*50*UN*1***1~"],
        ),
        # a code
        (
            ClaimEdits(lines=(LineEdit(line=1, code="11043"),)),
            ["SV1*HC:11042*100*UN*1***1:2~"],
            ["SV1*HC:11043*100*UN*1***1:2~"],
        ),
        # units, place of service and pointers
        (
            ClaimEdits(lines=(LineEdit(line=1, units=Decimal("2.5"), place_of_service="12", pointers=(2,)),)),
            ["SV1*HC:11042*100*UN*1***1:2~"],
            ["SV1*HC:11042*100*UN*2.5*12**2~"],
        ),
        # a charge moves the claim's total
        (
            ClaimEdits(lines=(LineEdit(line=1, charge_cents=120_50),)),
            ["CLM*PCN1002*150***11:B:1*Y*A*Y*Y~", "SV1*HC:11042*100*UN*1***1:2~"],
            ["CLM*PCN1002*170.5***11:B:1*Y*A*Y*Y~", "SV1*HC:11042*120.5*UN*1***1:2~"],
        ),
        # a range of days
        (
            ClaimEdits(lines=(LineEdit(line=1, first_date=date(2026, 10, 6), last_date=date(2026, 10, 8)),)),
            [],
            ["DTP*472*RD8*20261006-20261008~"],
        ),
        # the claim's place of service
        (
            ClaimEdits(facility_code="22"),
            ["CLM*PCN1002*150***11:B:1*Y*A*Y*Y~"],
            ["CLM*PCN1002*150***22:B:1*Y*A*Y*Y~"],
        ),
        # a delay reason stands far behind
        (
            ClaimEdits(delay_reason="9"),
            ["CLM*PCN1002*150***11:B:1*Y*A*Y*Y~"],
            ["CLM*PCN1002*150***11:B:1*Y*A*Y*Y***********9~"],
        ),
        # diagnoses; the condition code stays
        (
            ClaimEdits(diagnoses=("E119", "L97521", "I10")),
            ["HI*ABK:L97521*ABF:E119~"],
            ["HI*ABK:E119*ABF:L97521*ABF:I10~"],
        ),
        # the member id, where it stands
        (
            ClaimEdits(subscriber=PersonEdit(member_id="W201")),
            ["NM1*IL*1*ROE*JOHN****MI*W200~"],
            ["NM1*IL*1*ROE*JOHN****MI*W201~"],
        ),
        # the patient is the subscriber
        (
            ClaimEdits(patient=PersonEdit(birth_date=date(1975, 3, 4))),
            ["DMG*D8*19750303*M~"],
            ["DMG*D8*19750304*M~"],
        ),
        # another payer
        (
            ClaimEdits(coverage=CoverageEdit(payer_name="RIGHT HEALTH", payer_id="77777", group_number="")),
            ["SBR*P*18*GRP1******CI~", "NM1*PR*2*TESTPAYER HEALTH*****PI*99999~"],
            ["SBR*P*18*******CI~", "NM1*PR*2*RIGHT HEALTH*****PI*77777~"],
        ),
        # all attachments are replaced
        (
            ClaimEdits(attachments=(("M1", "FX", "ATT2"), ("EB", "AA", ""))),
            ["PWK*OB*EL***AC*ATT1~"],
            ["PWK*M1*FX***AC*ATT2~", "PWK*EB*AA~"],
        ),
        # the billing provider's number
        (
            ClaimEdits(billing=Provider(npi="1777777779", name="SAMPLE CLINIC PLLC", taxonomy="208D00000X")),
            ["PRV*BI*PXC*207Q00000X~", "NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~"],
            ["PRV*BI*PXC*208D00000X~", "NM1*85*2*SAMPLE CLINIC PLLC*****XX*1777777779~"],
        ),
    ],
)
def test_an_edit_changes_its_segment_only(
    claim: SubmittedClaim, edits: ClaimEdits, gone: list[str], come: list[str]
) -> None:
    got_gone, got_come = changed(claim, edits)

    assert sorted(got_gone) == sorted(gone)
    assert sorted(got_come) == sorted(come)


def test_new_segments_stand_where_the_guide_wants_them(claim: SubmittedClaim) -> None:
    rendering = Provider(npi="1245319599", name="SMITH", first="ANN", taxonomy="207Q00000X")
    edits = ClaimEdits(references=(("G1", "AUTH7"),), note="MODIFIER ADDED", providers=(("82", rendering),))

    assert wire(resend(claim, edits)).split("LX*1~")[0] == (
        """CLM*PCN1002*150***11:B:1*Y*A*Y*Y~
PWK*OB*EL***AC*ATT1~
AMT*F5*10~
REF*D9*17312345600006351~
REF*G1*AUTH7~
NTE*ADD*MODIFIER ADDED~
HI*ABK:L97521*ABF:E119~
HI*BG:09~
NM1*DN*1*LEE*KIM****XX*1999999992~
NM1*82*1*SMITH*ANN****XX*1245319599~
PRV*PE*PXC*207Q00000X~
NM1*77*2*CARE HOUSE*****XX*1888888883~
"""
    )


def test_a_line_provider_stands_before_the_other_payers_decision(claim: SubmittedClaim) -> None:
    rendering = Provider(npi="1245319599", name="SMITH", first="ANN")
    referring = Provider(npi="1999999992", name="LEE", first="KIM")
    edits = ClaimEdits(lines=(LineEdit(line=2, providers=(("82", rendering), ("DN", referring))),))

    roles = [segment[1] for segment in resend(claim, edits).segments if segment[0] in ("NM1", "SVD")]

    assert roles == ["DN", "77", "82", "DK", "DN", "11111"]


def test_a_provider_can_be_taken_out(claim: SubmittedClaim) -> None:
    refiled = resend(claim, ClaimEdits(providers=(("77", None),)))

    assert [party.name.role for party in refiled.providers] == ["DN"]


def test_an_empty_value_removes_its_segment(claim: SubmittedClaim) -> None:
    assert changed(claim, ClaimEdits(references=(("D9", ""),))) == (["REF*D9*17312345600006351~"], [])


def test_surviving_lines_keep_their_control_numbers_and_a_new_one_gets_its_own(claim: SubmittedClaim) -> None:
    edits = ClaimEdits(removed_lines=(1,), added_lines=(Line(code="99213", charge_cents=75_00),))

    refiled = resend(claim, edits)

    assert [(line.number, line.line_control_number) for line in refiled.lines] == [("1", "1002L2"), ("2", "2")]
    assert refiled.charge_cents == 125_00


def test_a_line_that_does_not_exist_is_refused(claim: SubmittedClaim) -> None:
    with pytest.raises(ValueError, match="2 lines, there is no line 3"):
        resend(claim, ClaimEdits(removed_lines=(3,)))


def test_a_claim_without_its_opening_segment_is_refused(claim: SubmittedClaim) -> None:
    with pytest.raises(ValueError, match="without its CLM"):
        resend(claim._replace(segments=claim.segments[1:]))


def test_a_hospitals_diagnoses_keep_what_they_carried(stay: SubmittedClaim) -> None:
    refiled = resend(stay, ClaimEdits(diagnoses=("E119", "I214", "J189"), admitting_diagnosis="R072"))

    assert [segment for segment in refiled.segments if segment[0] == "HI"] == [
        ("HI", "ABK:E119:::::::N"),
        ("HI", "ABJ:R072"),
        ("HI", "DR:282"),
        ("HI", "ABF:I214:::::::Y", "ABF:J189"),
        ("HI", "BE:80:::3"),
    ]


def test_a_condition_code_tells_medicare_why_a_hospital_claim_comes_again(stay: SubmittedClaim) -> None:
    refiled = replacement(stay, ClaimEdits(condition_codes=("D9",)), "DCN1")

    assert refiled.codes == (("BE", "80"), ("BG", "D9"))
    assert wire(refiled).index("HI*BG:D9") > wire(refiled).index("HI*BE")


def test_statement_days_of_a_hospital_claim_are_replaced(stay: SubmittedClaim) -> None:
    refiled = resend(stay, ClaimEdits(statement=(date(2026, 9, 1), date(2026, 9, 5))))

    assert (refiled.first_date, refiled.last_date) == (date(2026, 9, 1), date(2026, 9, 5))


def test_edits_use_the_separator_that_the_claim_was_written_with(read: Read) -> None:
    claim = claim_of(read("BHT*0019*00*RB0001~" + (ABOVE + CLAIM).replace(":", ">")))
    edits = ClaimEdits(diagnoses=("I10",), added_lines=(Line(code="99213", modifiers=("25",), charge_cents=75_00),))

    refiled = resend(claim, edits)

    assert ("HI", "ABK>I10") in refiled.segments
    assert refiled.segments[-2] == ("SV1", "HC>99213>25", "75", "UN", "1", "", "", "1")


def test_a_code_sent_without_its_qualifier_gets_one_when_it_is_edited(read: Read) -> None:
    claim = claim_of(read("BHT*0019*00*RB0001~" + ABOVE + CLAIM.replace("SV1*HC:11042*", "SV1*11042*")))

    refiled = resend(claim, ClaimEdits(lines=(LineEdit(line=1, modifiers=("59",)),)))

    assert ("SV1", "HC:11042:59", "100", "UN", "1", "", "", "1:2") in refiled.segments


def test_billing_address_and_tax_id_are_replaced_where_they_stand(claim: SubmittedClaim) -> None:
    home = Place("9 NEW ST", "DALLAS", "TX", "752010001", line2="FLOOR 3")
    edits = ClaimEdits(billing=Provider(npi="1234567893", name="SAMPLE CLINIC PLLC", tax_id="742222222", home=home))

    assert above(resend(claim, edits)) == (
        ABOVE.replace("N3*2 CARE ST~", "N3*9 NEW ST*FLOOR 3~")
        .replace("N4*AUSTIN*TX*787010001", "N4*DALLAS*TX*752010001")
        .replace("REF*EI*741234567", "REF*EI*742222222")
    )
