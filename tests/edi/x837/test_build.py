"""Claims made from plain facts."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from edi.writing import Envelope
from edi.x837.build import ClaimFacts, Coverage, Line, Person, Place, Provider, build_claim, new_submission
from edi.x837.model import SubmittedClaim
from edi.x837.write import write_claims

CLINIC = Provider(
    npi="1234567893",
    name="SAMPLE CLINIC PLLC",
    taxonomy="207Q00000X",
    tax_id="741234567",
    home=Place("2 CARE ST", "AUSTIN", "TX", "787010001"),
)
SMITH = Provider(npi="1245319599", name="SMITH", first="ANN", taxonomy="207Q00000X")
JOHN = Person(
    last="ROE", first="JOHN", birth_date=date(1975, 3, 3), sex="M", home=Place("3 ELM", "AUSTIN", "TX", "78702")
)
LILY = Person(
    last="ROE", first="LILY", birth_date=date(2015, 1, 1), sex="F", home=Place("3 ELM", "AUSTIN", "TX", "78702")
)
TESTPAYER = Coverage(payer_name="TESTPAYER HEALTH", payer_id="99999", member_id="W200", group_number="GRP1")


def wire(claim: SubmittedClaim) -> str:
    submission = new_submission(
        claim.kind,
        reference="RB0001",
        created=datetime(2026, 11, 22, 9, 10),  # noqa: DTZ001 - BHT carries local time
        submitter="SAMPLE CLINIC PLLC",
        submitter_id="PROVTEST",
        contact="BILLING DESK",
        telephone="5125550100",
        receiver="TESTPAYER HEALTH",
        receiver_id="99999",
    )
    envelope = Envelope("PROVTEST", "PAYERTEST", date(2026, 11, 22), time(9, 10), control_number=301, usage="T")
    return b"".join(write_claims(envelope, submission, [claim], group_control_number=301)).decode()


def test_a_professional_claim_is_written_from_its_facts() -> None:
    claim = build_claim(
        "837P",
        billing=CLINIC,
        subscriber=JOHN,
        coverage=TESTPAYER,
        facts=ClaimFacts(
            patient_control_number="PCN1002",
            facility_code="11",
            diagnoses=("L97521", "E119"),
            authorization="AUTH7",
            note="WOUND CARE",
            rendering=SMITH,
        ),
        lines=[
            Line(
                code="11042",
                charge_cents=100_00,
                first_date=date(2026, 10, 6),
                pointers=(1, 2),
                control_number="1002L1",
            ),
            Line(code="97597", modifiers=("59",), charge_cents=50_50, first_date=date(2026, 10, 6)),
        ],
    )

    assert wire(claim) == (
        "ISA*00*          *00*          *ZZ*PROVTEST       *ZZ*PAYERTEST      "
        "*261122*0910*^*00501*000000301*0*T*:~\n"
        "GS*HC*PROVTEST*PAYERTEST*20261122*0910*301*X*005010X222A1~\n"
        """ST*837*0001*005010X222A1~
BHT*0019*00*RB0001*20261122*0910*CH~
NM1*41*2*SAMPLE CLINIC PLLC*****46*PROVTEST~
PER*IC*BILLING DESK*TE*5125550100~
NM1*40*2*TESTPAYER HEALTH*****46*99999~
HL*1**20*1~
PRV*BI*PXC*207Q00000X~
NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~
N3*2 CARE ST~
N4*AUSTIN*TX*787010001~
REF*EI*741234567~
HL*2*1*22*0~
SBR*P*18*GRP1******CI~
NM1*IL*1*ROE*JOHN****MI*W200~
N3*3 ELM~
N4*AUSTIN*TX*78702~
DMG*D8*19750303*M~
NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
CLM*PCN1002*150.5***11:B:1*Y*A*Y*Y~
REF*G1*AUTH7~
NTE*ADD*WOUND CARE~
HI*ABK:L97521*ABF:E119~
NM1*82*1*SMITH*ANN****XX*1245319599~
PRV*PE*PXC*207Q00000X~
LX*1~
SV1*HC:11042*100*UN*1***1:2~
DTP*472*D8*20261006~
REF*6R*1002L1~
LX*2~
SV1*HC:97597:59*50.5*UN*1***1~
DTP*472*D8*20261006~
SE*32*0001~
GE*1*301~
IEA*1*000000301~
"""
    )


def test_an_institutional_claim_says_its_statement_days_stay_and_attending_provider() -> None:
    claim = build_claim(
        "837I",
        billing=CLINIC,
        subscriber=JOHN,
        coverage=TESTPAYER,
        facts=ClaimFacts(
            patient_control_number="H77",
            facility_code="11",
            diagnoses=("I214", "E119"),
            admitted=datetime(2026, 9, 1, 8, 30),  # noqa: DTZ001 - DTP*435 carries local time
            statement_from=date(2026, 9, 1),
            statement_through=date(2026, 9, 4),
            admitting_diagnosis="R079",
            drg="282",
            value_codes=(("80", 3_00),),
            attending=SMITH,
        ),
        lines=[Line(revenue_code="0120", charge_cents=3000_00, units=Decimal(3), unit_basis="DA")],
    )

    assert "".join("*".join(segment) + "~\n" for segment in claim.segments) == (
        """CLM*H77*3000***11:A:1**A*Y*Y~
DTP*434*RD8*20260901-20260904~
DTP*435*DT*202609010830~
CL1*3*1*01~
HI*ABK:I214~
HI*ABJ:R079~
HI*DR:282~
HI*ABF:E119~
HI*BE:80:::3~
NM1*71*1*SMITH*ANN****XX*1245319599~
PRV*AT*PXC*207Q00000X~
LX*1~
SV2*0120**3000*DA*3~
"""
    )


def test_a_dependent_stands_below_the_subscriber() -> None:
    claim = build_claim(
        "837P",
        billing=CLINIC,
        subscriber=JOHN,
        coverage=TESTPAYER,
        patient=LILY,
        relationship="19",
        facts=ClaimFacts(patient_control_number="PCN3", facility_code="11", diagnoses=("J069",)),
        lines=[Line(code="99213", charge_cents=100_00, first_date=date(2026, 10, 6))],
    )

    assert [segment for segment in claim.context if segment[0] == "HL"] == [
        ("HL", "1", "", "20", "1"),
        ("HL", "2", "1", "22", "1"),
        ("HL", "3", "2", "23", "0"),
    ]
    assert claim.patient is not None
    assert (claim.patient.name.first, claim.patient.relationship) == ("LILY", "19")


@pytest.mark.parametrize(("patient", "relationship"), [(LILY, "18"), (None, "19")])
def test_a_patient_and_the_relationship_must_agree(patient: Person | None, relationship: str) -> None:
    with pytest.raises(ValueError, match="relationship"):
        build_claim(
            "837P",
            billing=CLINIC,
            subscriber=JOHN,
            coverage=TESTPAYER,
            patient=patient,
            relationship=relationship,
            facts=ClaimFacts(patient_control_number="PCN3", facility_code="11", diagnoses=("J069",)),
            lines=[Line(code="99213", charge_cents=100_00)],
        )
