"""A hospital claim goes again: revenue codes, condition codes, statement days, and a void."""

from __future__ import annotations

import io

from fastapi import FastAPI
from sqlmodel import Session

import edi.guide
from app.claims.tables import ClaimState
from app.followup.rank import rerank_all
from app.jobs.proof import prove
from app.refiling.tables import RefileState
from edi.findings import Severity
from tests.matching.paper import ISA, payment
from tests.refiling.conftest import Clinic, said, work_as

STAY = """
    BHT*0019*00*B900*20261010*1200*CH~NM1*41*2*SAMPLE CLINIC PLLC*****46*SUB1~PER*IC*BILLING*TE*5125550100~
    NM1*40*2*CLEARING*****46*CLR1~HL*1**20*1~NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~N3*2 CARE ST~
    N4*AUSTIN*TX*787010001~REF*EI*741234567~HL*2*1*22*0~SBR*P*18*******{payer}~NM1*IL*1*DOE*JANE****MI*W100~
    N3*9 HOME RD~N4*AUSTIN*TX*78701~DMG*D8*19800101*F~NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
    CLM*H100*900***13:A:1**A*Y*Y~DTP*434*RD8*20261005-20261005~DTP*435*DT*202610050830~CL1*3*1*01~HI*ABK:J10~
    NM1*71*1*ROE*ANN****XX*1679576722~
    LX*1~SV2*0450*HC:99284*600*UN*1~DTP*472*D8*20261005~REF*6R*H100L1~
    LX*2~SV2*0300*HC:80053*300*UN*1~DTP*472*D8*20261005~REF*6R*H100L2~
"""
DENIED = """
    CLP*H100*4*900*0**12*DCN1*13*1~NM1*QC*1*DOE*JANE****MI*W100~
    SVC*HC:99284*600*0*0450*1~DTM*472*20261005~CAS*CO*4*600~REF*6R*H100L1~
    SVC*HC:80053*300*0*0300*1~DTM*472*20261005~CAS*CO*4*300~REF*6R*H100L2~
"""


def billed(payer: str = "CI") -> str:
    body = "".join(line.strip() for line in STAY.format(payer=payer).splitlines())
    return (
        ISA.format(sender="SENDER", receiver="RECEIVER", control=900)
        + "GS*HC*SENDER*RECEIVER*20261010*1200*900*X*005010X223A2~ST*837*0900*005010X223A2~"
        + f"{body}SE*{body.count('~') + 2}*0900~GE*1*900~IEA*1*000000900~"
    )


def deny(clinic: Clinic, payer: str = "CI", wire: str = "") -> int:
    clinic.books.take(wire or billed(payer), payment(DENIED))
    rerank_all(clinic.engine, clinic.clock, trigger="test")
    clinic.open_folder()
    return clinic.books.claim("H100").id or 0


def test_a_hospital_claim_is_replaced_with_its_correction(clinic: Clinic, app: FastAPI) -> None:
    number = deny(clinic)
    typed = {
        "route": "replacement",
        "line_1_modifiers": "25",
        "line_2_revenue": "0301",
        "line_2_units": "2",
        "provider_71_first": "ANNA",
        "statement_last": "2026-10-06",
        "date_435": "2026-10-04",
        "attachment_1_type": "M1",
        "attachment_1_how": "FX",
        "attachment_1_number": "ATT77",
    }
    answer = work_as(app, clinic).submit(f"/claims/{number}/refile", typed)
    assert answer.status_code == 303, said(answer.text)
    clinic.leave()

    (wire,) = clinic.sent
    for part in (
        "CLM*H100*900***13:A:7**A*Y*Y~",
        "DTP*434*RD8*20261005-20261006~",
        "DTP*435*DT*202610040830~",  # the hour of admission stays
        "PWK*M1*FX***AC*ATT77~",
        "REF*F8*DCN1~",
        "NM1*71*1*ROE*ANNA****XX*1679576722~",
        "SV2*0450*HC:99284:25*600*UN*1~",
        "SV2*0301*HC:80053*300*UN*2~",
        "REF*6R*H100L2~",
    ):
        assert part in wire, part
    errors = [each for each in edi.guide.check(io.BytesIO(wire.encode())) if each.severity is Severity.ERROR]
    assert errors == []


def test_medicare_part_a_wants_its_condition_code(clinic: Clinic, app: FastAPI) -> None:
    number = deny(clinic, payer="MA")
    dana = work_as(app, clinic)
    typed = {"route": "replacement", "line_1_modifiers": "25"}
    assert "837.refile.condition_code" in dana.submit(f"/claims/{number}/refile", typed).text

    answer = dana.submit(f"/claims/{number}/refile", {**typed, "conditions": "D9"})
    assert answer.status_code == 303, said(answer.text)
    clinic.leave()
    assert "HI*BG:D9~" in clinic.sent[0]


def test_a_void_takes_the_charge_off_and_is_closed_by_the_reversal(clinic: Clinic, app: FastAPI) -> None:
    number = deny(clinic)
    reason = "Billed for the wrong patient; the chart is another Jane Doe's."
    typed = {"route": "void", "override_reason": reason}
    answer = work_as(app, clinic).submit(f"/claims/{number}/refile", typed)
    assert answer.status_code == 303, said(answer.text)
    clinic.leave()
    assert "CLM*H100*900***13:A:8**A*Y*Y~" in clinic.sent[0]
    assert clinic.books.claim("H100").state == ClaimState.CLOSED
    assert clinic.books.balance("H100") == (0, 0)

    clinic.answer(
        payment(
            "CLP*H100*22*-900*0**12*DCN1*13*1~NM1*QC*1*DOE*JANE****MI*W100~"
            "SVC*HC:99284*-600*0*0450*-1~CAS*CO*4*-600~REF*6R*H100L1~"
            "SVC*HC:80053*-300*0*0300*-1~CAS*CO*4*-300~REF*6R*H100L2~",
            trace="EFT0002",
            on="20261212",
        )
    )
    assert (clinic.refile().state, clinic.refile().won_cents) == (RefileState.VOIDED, 0)
    assert "Proposed: New claim (frequency 1)" in work_as(app, clinic).get(f"/claims/{number}/refile").text
    with Session(clinic.engine) as session:
        assert prove(session).faults == []
