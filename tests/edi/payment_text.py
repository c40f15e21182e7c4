"""Wire text of small payments, for tests that show what a file may look like around a claim or two."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TypeVar

import edi
from edi.findings import Finding
from edi.x835.model import ClaimPayment

Wanted = TypeVar("Wanted")

TWO_CLAIMS = """\
CLP*PCN1*1*100*80*20*12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W1~
SVC*HC:99213:25*100*80**1~
DTM*472*20261101~
CAS*PR*2*20~
CLP*PCN2*1*50*40*10*12*ICN2*11*1~
NM1*QC*1*ROE*JOHN****MI*W2~
SVC*HC:99212*50*40**1~
DTM*472*20261102~
CAS*PR*2*10~
"""


def payment(claims: str = TWO_CLAIMS, *, paid: str = "120", control: str = "0001", footer: str = "") -> str:
    """One 835 from ST to SE around the claims, with the right count."""
    body = f"""\
BPR*I*{paid}*C*ACH*CCP*01*999988880*DA*11112222*1999999999**01*999977770*DA*33334444*20261118~
TRN*1*EFT{control}*1999999999~
DTM*405*20261117~
N1*PR*INVENTED HEALTH PLAN~
N3*1 MAIN ST~
N4*AUSTIN*TX*78701~
N1*PE*INVENTED CLINIC*XX*1234567893~
LX*1~
{claims}{footer}"""
    return f"ST*835*{control}~\n{body}SE*{body.count('~') + 2}*{control}~\n"


def interchange(sets: str | None = None, *, control: str = "000000101", version: str = "005010X221A1") -> str:
    """The sets in their envelopes, with the right counts."""
    sets = payment() if sets is None else sets
    return (
        "ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501"
        f"*{control}*0*P*:~\n"
        f"GS*HP*PAYER01*CLINIC01*20261120*1200*1*X*{version}~\n"
        f"{sets}"
        f"GE*{sets.count('SE*')}*1~\n"
        f"IEA*1*{control}~\n"
    )


def read(text: str | bytes, *, quirks: edi.Quirks = edi.NO_QUIRKS) -> list[edi.Value]:
    """All values of the text. The chunks are small, so that every segment meets the end of one somewhere."""
    data = text.encode() if isinstance(text, str) else text
    at_once = list(edi.read(io.BytesIO(data), file="test.835", quirks=quirks))
    in_pieces = list(edi.read(io.BytesIO(data), file="test.835", quirks=quirks, chunk_bytes=97))
    assert in_pieces == at_once, "what is read depends on where the chunks end"
    return at_once


def of(kind: type[Wanted], values: Sequence[object]) -> list[Wanted]:
    return [value for value in values if isinstance(value, kind)]


def codes(values: Sequence[object]) -> list[str]:
    """The codes of the findings, in order."""
    return [finding.code for finding in of(Finding, values)]


def money(values: Sequence[object]) -> list[tuple[str, int, int, int]]:
    """Number, charge, payment and sum of line adjustments of each claim: what must never change."""
    return [
        (
            claim.patient_control_number,
            claim.charge_cents,
            claim.paid_cents,
            sum(adjustment.cents for line in claim.lines for adjustment in line.adjustments),
        )
        for claim in of(ClaimPayment, values)
    ]


BOTH = [("PCN1", 10_000, 8_000, 2_000), ("PCN2", 5_000, 4_000, 1_000)]  # `money` of TWO_CLAIMS
