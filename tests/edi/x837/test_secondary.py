"""The claim to the next payer, from the claim sent and the first payer's remittance."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest

import edi
from edi.x835.model import ClaimPayment
from edi.x837.build import ClaimFacts, Coverage, Line, Person, Place, Provider, build_claim
from edi.x837.model import SubmittedClaim
from edi.x837.reread import claim_from_segments
from edi.x837.secondary import Destination, destination_of, secondary_claim

DECIDED_ON = date(2026, 11, 20)

ISA = "ISA*00*          *00*          *ZZ*PAYERTEST      *ZZ*PROVTEST       *261120*1200*^*00501*000000104*0*T*:~"
ENVELOPE = """
GS*HP*PAYERTEST*PROVTEST*20261120*1200*104*X*005010X221A1~
ST*835*0001~
BPR*I*100*C*ACH*CCP*01*999999992*DA*123456*1351840597**01*999988880*DA*98765*20261120~
TRN*1*EFT0004*1351840597~
N1*PR*TESTPAYER HEALTH*XV*99999~
N1*PE*SAMPLE CLINIC PLLC*XX*1234567893~
LX*1~
"""
DECISION = """CLP*PCN1*1*150*100*25*CI*ICN900009*11*1~
NM1*QC*1*ROE*JOHN****MI*W200~
MOA***MA01~
SVC*HC:11042*100*80**1~
DTM*472*20261006~
CAS*CO*45*15~
CAS*PR*2*5~
REF*6R*L1~
SVC*HC:97597:59*50*20**1~
DTM*472*20261006~
CAS*PR*1*20~
CAS*CO*45*10~
REF*6R*L2~
"""

JOHN = Person(
    last="ROE", first="JOHN", birth_date=date(1975, 3, 3), sex="M", home=Place("3 ELM", "AUSTIN", "TX", "78702")
)
MARY = Person(
    last="ROE", first="MARY", birth_date=date(1976, 5, 5), sex="F", home=Place("3 ELM", "AUSTIN", "TX", "78702")
)
NEXT = Coverage(payer_name="NEXT HEALTH", payer_id="88888", member_id="N500", order="S", group_number="G8")


def primary(patient: Person | None = None, relationship: str = "18") -> SubmittedClaim:
    return build_claim(
        "837P",
        billing=Provider(npi="1234567893", name="SAMPLE CLINIC PLLC", tax_id="741234567"),
        subscriber=JOHN,
        coverage=Coverage(payer_name="TESTPAYER HEALTH", payer_id="99999", member_id="W200", group_number="GRP1"),
        patient=patient,
        relationship=relationship,
        facts=ClaimFacts(
            patient_control_number="PCN1", facility_code="11", diagnoses=("L97521",), authorization="AUTH7"
        ),
        lines=[
            Line(code="11042", charge_cents=100_00, first_date=date(2026, 10, 6), control_number="L1"),
            Line(
                code="97597",
                modifiers=("59",),
                charge_cents=50_00,
                first_date=date(2026, 10, 6),
                control_number="L2",
            ),
        ],
    )


def decision(wire: str = DECISION) -> ClaimPayment:
    file = io.BytesIO((ISA + ENVELOPE + wire + "SE*9*0001~GE*1*104~IEA*1*000000104~").encode())
    (payment,) = [value for value in edi.read(file) if isinstance(value, ClaimPayment)]
    return payment


def codes(wire: str) -> list[str]:
    findings = secondary_claim(primary(), decision(wire), Destination(coverage=NEXT), DECIDED_ON).findings
    return [finding.code.removeprefix("837.secondary.") for finding in findings]


def text(segments: tuple[tuple[str, ...], ...]) -> str:
    return "".join("*".join(segment) + "~\n" for segment in segments)


def test_the_first_payers_decision_travels_with_the_claim() -> None:
    claim, findings = secondary_claim(primary(), decision(), Destination(coverage=NEXT), DECIDED_ON)

    assert findings == ()
    assert text(claim.segments) == (
        """CLM*PCN1*150***11:B:1*Y*A*Y*Y~
HI*ABK:L97521~
SBR*P*18*GRP1******CI~
AMT*D*100~
AMT*EAF*25~
OI***Y***Y~
MOA***MA01~
NM1*IL*1*ROE*JOHN****MI*W200~
N3*3 ELM~
N4*AUSTIN*TX*78702~
NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
REF*G1*AUTH7~
REF*F8*ICN900009~
LX*1~
SV1*HC:11042*100*UN*1***1~
DTP*472*D8*20261006~
REF*6R*L1~
SVD*99999*80*HC:11042**1~
CAS*CO*45*15~
CAS*PR*2*5~
DTP*573*D8*20261120~
LX*2~
SV1*HC:97597:59*50*UN*1***1~
DTP*472*D8*20261006~
REF*6R*L2~
SVD*99999*20*HC:97597:59**1~
CAS*PR*1*20~
CAS*CO*45*10~
DTP*573*D8*20261120~
"""
    )


def test_the_next_payer_takes_the_first_ones_place() -> None:
    claim, _ = secondary_claim(primary(), decision(), Destination(coverage=NEXT), DECIDED_ON)

    assert text(claim.context).split("REF*EI*741234567~\n")[1] == (
        """HL*2*1*22*0~
SBR*S*18*G8******CI~
NM1*IL*1*ROE*JOHN****MI*N500~
N3*3 ELM~
N4*AUSTIN*TX*78702~
DMG*D8*19750303*M~
NM1*PR*2*NEXT HEALTH*****PI*88888~
"""
    )


def test_the_patient_can_be_a_dependent_with_the_next_payer_only() -> None:
    destination = Destination(coverage=NEXT, subscriber=MARY, relationship="01")

    claim, findings = secondary_claim(primary(), decision(), destination, DECIDED_ON)

    assert findings == ()
    assert claim.subscriber is not None
    assert claim.patient is not None
    assert (claim.subscriber.name.first, claim.subscriber.name.id) == ("MARY", "N500")
    assert (claim.patient.name.first, claim.patient.relationship) == ("JOHN", "01")
    assert claim.other_payers[0].relationship == "18"


def test_the_patient_can_be_a_dependent_with_the_first_payer_only() -> None:
    destination = Destination(coverage=NEXT)

    claim, _ = secondary_claim(primary(patient=MARY, relationship="01"), decision(), destination, DECIDED_ON)

    assert claim.subscriber is not None
    assert claim.subscriber.name.first == "MARY"
    assert claim.patient == claim.subscriber
    assert claim.other_payers[0].relationship == "01"
    assert claim.other_payers[0].insured is not None
    assert claim.other_payers[0].insured.name.first == "JOHN"


def test_a_third_payer_learns_what_the_two_before_decided() -> None:
    second, _ = secondary_claim(primary(), decision(), Destination(coverage=NEXT), DECIDED_ON)
    second_decision = decision(
        """CLP*PCN1*2*150*20*5*CI*ICN2*11*1~
SVC*HC:11042*100*5**1~
CAS*OA*23*95~
REF*6R*L1~
SVC*HC:97597:59*50*15**1~
CAS*OA*23*30~
CAS*PR*1*5~
REF*6R*L2~
"""
    )
    third_payer = replace(NEXT, payer_name="LAST HEALTH", payer_id="77777", order="T")

    claim, findings = secondary_claim(second, second_decision, Destination(coverage=third_payer), DECIDED_ON)

    assert findings == ()
    assert [(other.order, other.payer.id) for other in claim.other_payers if other.payer] == [
        ("P", "99999"),
        ("S", "88888"),
    ]
    assert [one.payer_id for one in claim.lines[0].adjudications] == ["99999", "88888"]


def test_a_claim_decided_as_a_whole_says_so_at_the_claim() -> None:
    wire = """CLP*PCN1*1*150*100*25*CI*ICN900009*11*1~
CAS*CO*45*25~
CAS*PR*1*20**2*5~
"""
    claim, findings = secondary_claim(primary(), decision(wire), Destination(coverage=NEXT), DECIDED_ON)

    assert findings == ()
    assert text(claim.segments).split("HI*ABK:L97521~\n")[1].split("LX*1~")[0] == (
        """SBR*P*18*GRP1******CI~
CAS*CO*45*25~
CAS*PR*1*20**2*5~
AMT*D*100~
AMT*EAF*25~
OI***Y***Y~
NM1*IL*1*ROE*JOHN****MI*W200~
N3*3 ELM~
N4*AUSTIN*TX*78702~
NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
DTP*573*D8*20261120~
REF*G1*AUTH7~
REF*F8*ICN900009~
"""
    )


def test_a_next_payer_named_in_the_claim_moves_out_of_its_loop() -> None:
    claim = primary()
    other = (
        ("SBR", "S", "18", "G8", "", "", "", "", "", "CI"),
        ("OI", "", "", "Y", "", "", "Y"),
        ("NM1", "IL", "1", "ROE", "JOHN", "", "", "", "MI", "N500"),
        ("NM1", "PR", "2", "NEXT HEALTH", "", "", "", "", "PI", "88888"),
    )
    segments = (*claim.segments[:3], *other, *claim.segments[3:])
    claim = claim_from_segments(claim.kind, claim.version, claim.context, segments).claim

    destination = destination_of(claim)

    assert destination == Destination(coverage=NEXT)
    assert destination is not None
    refiled, _ = secondary_claim(claim, decision(), destination, DECIDED_ON)
    assert [one.payer.id for one in refiled.other_payers if one.payer] == ["99999"]


def test_a_claim_that_names_no_next_payer_has_no_destination() -> None:
    assert destination_of(primary()) is None


def test_lines_without_a_control_number_are_matched_by_code_and_charge() -> None:
    wire = DECISION.replace("REF*6R*L1~\n", "").replace("REF*6R*L2~\n", "")

    claim, findings = secondary_claim(primary(), decision(wire), Destination(coverage=NEXT), DECIDED_ON)

    assert findings == ()
    assert [line.adjudications[0].paid_cents for line in claim.lines] == [8000, 2000]


@pytest.mark.parametrize(
    ("wire", "broken"),
    [
        (DECISION.replace("CLP*PCN1", "CLP*PCN9"), ["other_claim"]),
        (DECISION.replace("PCN1*1*", "PCN1*19*"), ["forwarded"]),
        (DECISION.replace("PCN1*1*", "PCN1*22*"), ["reversed"]),
        (DECISION.replace("CAS*CO*45*15", "CAS*CO*45*14"), ["balance", "line_balance"]),
        (DECISION.replace("REF*6R*L2", "REF*6R*L9").replace("SVC*HC:97597:59", "SVC*HC:97598"),
         ["stray_line", "line_missing"]),
    ],
)  # fmt: skip
def test_a_decision_that_does_not_fit_the_claim_is_told(wire: str, broken: list[str]) -> None:
    assert codes(wire) == broken


def test_more_than_six_reasons_of_a_group_take_two_segments() -> None:
    reasons = "".join(f"CAS*CO*{n}*1~\n" for n in range(100, 107))
    wire = DECISION.replace("CAS*CO*45*15~\n", reasons + "CAS*CO*45*8~\n")

    claim, findings = secondary_claim(primary(), decision(wire), Destination(coverage=NEXT), DECIDED_ON)

    assert findings == ()
    assert [segment for segment in claim.segments if segment[:2] == ("CAS", "CO")][:2] == [
        tuple("CAS*CO*100*1**101*1**102*1**103*1**104*1**105*1".split("*")),
        ("CAS", "CO", "106", "1", "", "45", "8"),
    ]
