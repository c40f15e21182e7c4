"""What we write passes pyx12's check against the implementation guides."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import pytest

import edi
from edi.guide import check
from edi.writing import Envelope
from edi.x835.model import ClaimPayment
from edi.x837.build import ClaimFacts, Coverage, Line, Person, Place, Provider, build_claim, new_submission
from edi.x837.edits import ClaimEdits, LineEdit
from edi.x837.model import SubmittedClaim
from edi.x837.replace import replacement, resend, void
from edi.x837.secondary import Destination, secondary_claim
from edi.x837.write import write_claims

HOME = Place("3 ELM", "AUSTIN", "TX", "78702")
CLINIC = Provider(
    npi="1234567893",
    name="SAMPLE CLINIC PLLC",
    taxonomy="207Q00000X",
    tax_id="741234567",
    home=Place("2 CARE ST", "AUSTIN", "TX", "787010001", line2="SUITE 4"),
)
SMITH = Provider(npi="1245319599", name="SMITH", first="ANN", taxonomy="207Q00000X")
LEE = Provider(npi="1999999992", name="LEE", first="KIM")
HOUSE = Provider(npi="1888888883", name="CARE HOUSE", home=Place("1 HOUSE WAY", "AUSTIN", "TX", "787010002"))
JOHN = Person(last="ROE", first="JOHN", birth_date=date(1975, 3, 3), sex="M", home=HOME)
MARY = Person(last="ROE", first="MARY", birth_date=date(1976, 5, 5), sex="F", home=HOME)
TESTPAYER = Coverage(payer_name="TESTPAYER HEALTH", payer_id="99999", member_id="W200", group_number="GRP1")
NEXT = Coverage(payer_name="NEXT HEALTH", payer_id="88888", member_id="N500", order="S")
DAY = date(2026, 10, 6)

VISIT = build_claim(
    "837P",
    billing=CLINIC,
    subscriber=JOHN,
    coverage=TESTPAYER,
    facts=ClaimFacts(
        patient_control_number="PCN1002",
        facility_code="11",
        diagnoses=("L97521", "E119"),
        authorization="AUTH7",
        referral="REF8",
        note="WOUND CARE",
        patient_paid_cents=10_00,
        rendering=SMITH,
        referring=LEE,
        service_place=HOUSE,
    ),
    lines=[
        Line(code="11042", charge_cents=100_00, first_date=DAY, pointers=(1, 2), control_number="L1"),
        Line(code="97597", modifiers=("59",), charge_cents=50_50, first_date=DAY, last_date=date(2026, 10, 8)),
    ],
)
CHILD = build_claim(
    "837P",
    billing=CLINIC,
    subscriber=JOHN,
    coverage=TESTPAYER,
    patient=MARY,
    relationship="01",
    facts=ClaimFacts(patient_control_number="PCN3", facility_code="11", diagnoses=("J069",)),
    lines=[Line(code="99213", charge_cents=100_00, first_date=DAY)],
)
STAY = build_claim(
    "837I",
    billing=CLINIC,
    subscriber=JOHN,
    coverage=replace(TESTPAYER, filing_indicator="MA"),
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
        rendering=LEE,
        referring=LEE,
        service_place=HOUSE,
    ),
    lines=[
        Line(revenue_code="0120", charge_cents=3000_00, units=Decimal(3), unit_basis="DA"),
        Line(revenue_code="0300", code="80053", charge_cents=100_00, first_date=date(2026, 9, 2)),
    ],
)
EVERYTHING = ClaimEdits(
    delay_reason="9",
    diagnoses=("E119", "L97521", "I10"),
    references=(("X4", "45D0661234"), ("9F", "")),
    note="MODIFIER ADDED",
    attachments=(("OB", "EL", "ATT1"),),
    providers=(("82", LEE),),
    lines=(
        LineEdit(
            line=1,
            modifiers=("59",),
            units=Decimal(2),
            charge_cents=120_00,
            note="SEE NOTE",
            authorization="A9",
            providers=(("82", SMITH),),
        ),
    ),
    added_lines=(Line(code="99213", charge_cents=75_00, first_date=DAY),),
)
REMITTANCE = """GS*HP*PAYERTEST*PROVTEST*20261120*1200*104*X*005010X221A1~
ST*835*0001~
BPR*I*100*C*ACH*CCP*01*999999992*DA*123456*1351840597**01*999988880*DA*98765*20261120~
LX*1~
CLP*PCN3*1*100*60*25*CI*ICN900009*11*1~
MOA***MA01~
SVC*HC:99213*100*60**1~
CAS*CO*45*15~
CAS*PR*2*25~
SE*8*0001~
"""
ISA = "ISA*00*          *00*          *ZZ*PAYERTEST      *ZZ*PROVTEST       *261120*1200*^*00501*000000104*0*T*:~"


def secondary() -> SubmittedClaim:
    (payment,) = [v for v in edi.read(io.BytesIO((ISA + REMITTANCE).encode())) if isinstance(v, ClaimPayment)]
    claim, findings = secondary_claim(CHILD, payment, Destination(coverage=NEXT), date(2026, 11, 20))
    assert findings == ()
    return claim


def wire(claims: list[SubmittedClaim]) -> bytes:
    submission = new_submission(
        claims[0].kind,
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
    return b"".join(write_claims(envelope, submission, claims))


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param([VISIT, CHILD], id="professional, subscriber and dependent"),
        pytest.param([STAY], id="institutional"),
        pytest.param([replacement(VISIT, EVERYTHING, "ICN900002")], id="replacement with every edit"),
        pytest.param([void(VISIT, "ICN900002")], id="void"),
        pytest.param([resend(replacement(VISIT, EVERYTHING, "ICN900002"))], id="new again"),
        pytest.param(
            [replacement(STAY, ClaimEdits(condition_codes=("D9",), diagnoses=("I214", "I10")), "DCN1")],
            id="institutional replacement",
        ),
        pytest.param([secondary()], id="secondary"),
    ],
)
def test_written_claims_pass_the_guide_check(claims: list[SubmittedClaim]) -> None:
    findings = list(check(io.BytesIO(wire(claims)), "batch.837"))

    assert [str(finding) for finding in findings] == []
