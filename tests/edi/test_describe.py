"""Describing: every segment in plain words, people masked."""

from __future__ import annotations

import io

import pytest

from edi.describe import MASKED, OPEN, WORDS, Mask, describe
from edi.errors import NotX12Error

ISA = "ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*000000007*0*P*:~"


def words(segment: str, mask: Mask = OPEN) -> str:
    lines = list(describe(io.BytesIO((ISA + segment + "~").encode()), "a.edi", mask))
    return lines[-1].words


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        (
            "GS*HP*PAYER01*CLINIC01*20261120*1200*7*X*005010X221A1",
            "Group 7 of remittances (835) from PAYER01",
        ),
        ("ST*835*0001", "Transaction set 0001: 835 remittance"),
        ("ST*850*0001", "transaction that this workbench does not read"),
        ("SE*1*0001", "End of transaction set 0001: 1 segment"),
        ("BPR*I*1310*C*ACH************20261118", "$1,310.00 paid; Electronic funds transfer; dated 2026-11-18"),
        ("TRN*1*EFT0001*1351840597", "Payment trace EFT0001; from 1351840597"),
        ("CLP*PCN1*1*200*120*30*12*ICN1", "Claim PCN1: Processed as primary; charged $200.00, paid $120.00"),
        ("CLP*PCN1*22*-200*-120**12*ICN1", "Reversal of an earlier payment; charged -$200.00, paid -$120.00"),
        ("CAS*PR*1*20**2*10", "$20.00: Patient deductible (PR-1); $10.00: Patient coinsurance share (PR-2)"),
        ("CAS*CO*ZZ9*20", "Reason ZZ9 (not in our list)"),
        ("CAS*CO*45*12.345", "'12.345' (not an amount)"),
        ("SVC*HC:99214:25*200*120**1", "Line 99214-25: charged $200.00, paid $120.00; units 1"),
        ("SVC*NU:0450*200*120", "Line revenue code 0450"),
        ("MOA***MA130", "remark MA130"),
        ("LQ*HE*N290", "Remark N290, "),
        ("LQ*RX*75", "Reject code 75"),
        ("PLB*1234567893*20261231*WO:ICN1*50*L6*-10", "$50.00 taken from the payment: Overpayment recovery (WO)"),
        ("PLB*1234567893*20261231*L6*-10", "$10.00 added to the payment: Interest on late payment (L6)"),
        ("STC*A7:562:85*20261021*U*90******A7:21", "Billing provider (A7:562:85)"),
        ("STC*A7:562:85*20261021*U*90", "; rejected; dated 2026-10-21; charged $90.00"),
        ("CLM*PCN1*150***11:B:7*Y*A*Y*Y", "Claim PCN1: charged $150.00; Office; Replacement of an earlier claim"),
        ("CLM*PCN1*150***13:A:1", "bill type 131"),
        ("HI*ABK:L97521*ABF:E119", "principal diagnosis L97521; diagnosis E119"),
        ("SV1*HC:11042:59*100*UN*2*11**1:2", "Line 11042-59: charged $100.00; units 2; Office; for diagnosis 1, 2"),
        ("SV2*0450*HC:99284*300*UN*1", "Line revenue code 0450: charged $300.00; 99284"),
        ("SVD*99999*80*HC:99213**1", "Payer 99999 paid $80.00 for 99213"),
        ("DTP*472*RD8*20260901-20260902", "Service: 2026-09-01 to 2026-09-02"),
        ("REF*F8*ICN900002", "Original claim number: ICN900002"),
        ("REF*Q9*X", "Reference Q9: X"),
        ("AK1*HC*301*005010X222A1", "Answer to our group 301 of claims (837)"),
        ("IK3*NM1*8**8", "Segment NM1, number 8 of the set; segment has element errors"),
        ("CTX*CLM01:PCN1002", "It happened in CLM01 PCN1002"),
        ("IK4*9*67*7*ABC", "Element 9: invalid code value; sent was ABC"),
        ("IK5*R*5", "The transaction set was rejected; one or more segments in error"),
        ("AK9*R*1*1*0", "The group was rejected; 0 of 1 received sets accepted"),
        (
            "TA1*000000301*261120*1200*R*025",
            "000000301 of 2026-11-20: rejected; duplicate control number",
        ),
        ("ZZZ*1*2", "Segment that this workbench does not know, 2 elements"),
        ("CUR*PE*USD", "Currency: PE, USD"),
    ],
)
def test_a_segment_is_said_in_plain_words(segment: str, said: str) -> None:
    assert said in words(segment)


@pytest.mark.parametrize(
    ("segment", "secret"),
    [
        ("NM1*QC*1*QUILL*MARGUERITE****MI*W44871093", "QUILL"),
        ("NM1*QC*1*QUILL*MARGUERITE****MI*W44871093", "W4487"),
        ("DMG*D8*19800317*F", "0317"),
        ("N3*12 ELM STREET", "ELM"),
        ("N4*AUSTIN*TX*78701", "AUSTIN"),
        ("PER*IC*JO BILLER*TE*5125550100", "BILLER"),
        ("PER*IC*JO BILLER*TE*5125550100", "5550100"),
        ("REF*SY*123456789", "12345"),
        ("CLP*PCN20331*1*200*120", "PCN2"),
        ("NTE*ADD*SPOKE WITH HER SON", "SON"),
        ("BPR*I*310*C*ACH*CCP*01*999999992*DA*123456*1**01*999988880*DA*98765*20261118", "98765"),
        ("STC*A7:21*20261021*U*90********SEE MRS QUILL", "QUILL"),
        ("IK4*9*67*7*QUILL", "QUILL"),
        ("CUR*QUILL", "QUILL"),
    ],
)
def test_people_are_masked_unless_asked_for(segment: str, secret: str) -> None:
    assert secret not in words(segment, MASKED)


def test_a_masked_id_can_still_be_followed_by_its_end() -> None:
    assert "•••0331" in words("CLP*PCN20331*1*200*120", MASKED)


def test_a_payer_is_shown_in_full() -> None:
    assert words("NM1*PR*2*TESTPAYER HEALTH*****PI*99999", MASKED) == "Payer: TESTPAYER HEALTH; id 99999"


def test_lines_are_indented_by_what_they_stand_in() -> None:
    body = (
        "GS*HC~ST*837*0001~HL*1**20*1~NM1*85~HL*2*1*22*0~CLM*A*1~REF*F8*X~LX*1~SV1*HC:1*1~"
        "HL*3*1*22*0~CLM*B*1~SE*9*0001~"
    )
    lines = list(describe(io.BytesIO((ISA + body).encode())))
    assert [(line.segment_id, line.depth) for line in lines] == [
        ("ISA", 0),
        ("GS", 1),
        ("ST", 2),
        ("HL", 3),
        ("NM1", 4),
        ("HL", 4),
        ("CLM", 5),
        ("REF", 6),
        ("LX", 6),
        ("SV1", 7),
        ("HL", 4),
        ("CLM", 5),
        ("SE", 2),
    ]


def test_an_empty_segment_is_described_without_a_crash() -> None:
    for name in WORDS:
        if name != "ISA":
            assert isinstance(words(name), str), name


def test_the_separator_in_use_counts_and_not_the_declared_one() -> None:
    wire = ISA + "ST*835*1~SVC*HC>99214>25*200*120~SE*3*1~"
    lines = list(describe(io.BytesIO(wire.encode())))
    assert lines[2].words == "Line 99214-25: charged $200.00, paid $120.00"


def test_what_is_not_x12_is_refused() -> None:
    with pytest.raises(NotX12Error):
        list(describe(io.BytesIO(b"Dear sir or madam")))
