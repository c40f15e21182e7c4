"""Unknown qualifiers in claims (837), statuses (277, 277CA) and inquiries (276): told, and their values kept."""

from __future__ import annotations

import io

import pytest

import edi
from docs.reproducers import bases, counted, spoiled
from edi.findings import Finding, Severity
from edi.x276.model import StatusInquiry
from edi.x277.model import ClaimStatus
from edi.x837.model import SubmittedClaim

CASES = [  # base, what is put behind which segment, the finding, the loop that it names
    ("837P", "REF*EI*741234567~", "REF*QQ*7~", "qualifier.reference", "loop 2010A"),
    ("837P", "NM1*40*2*TESTPAYER HEALTH*****46*99999~", "NM1*4Z*2*NOBODY~", "qualifier.entity", "loop 1000"),
    ("277CA", "DTP*009*D8*20261120~", "DTP*999*D8*20261120~", "qualifier.date", "loop 2200"),
    ("277CA", "QTY*AA*1~", "QTY*Q9*1~", "qualifier.quantity", "loop 2200"),
    ("277CA", "AMT*YY*150~", "AMT*Y9*1~", "qualifier.amount", "loop 2200"),
    ("276", "REF*EJ*PCN1001~", "REF*QQ*7~", "qualifier.reference", "loop 2200"),
    ("276", "DTP*472*D8*20261005~", "DTP*999*D8*20261005~", "qualifier.date", "loop 2200"),
]


def read(base: str, *changes: tuple[str, str]) -> list[object]:
    return list(edi.read(io.BytesIO(counted(spoiled(bases()[base], changes)).encode()), file="odd.edi"))


def found(values: list[object]) -> list[Finding]:
    return [value for value in values if isinstance(value, Finding) and value.code.startswith("qualifier.")]


@pytest.mark.parametrize(("base", "segment", "strange", "code", "loop"), CASES)
def test_an_unknown_qualifier_is_told_with_its_place(
    base: str, segment: str, strange: str, code: str, loop: str
) -> None:
    (finding,) = found(read(base, (segment, segment + strange)))
    assert (finding.code, finding.severity, finding.source.element) == (code, Severity.INFO, 1)
    assert finding.excerpt == strange.removesuffix("~")
    assert finding.caret == finding.excerpt.index("*") + 1
    assert loop in finding.message


def test_a_claim_keeps_what_stands_under_an_unknown_qualifier() -> None:
    values = read("837P", ("HI*", "REF*QQ*7~DTP*999*D8*20261001~AMT*Q1*5~HI*"))
    claim = next(value for value in values if isinstance(value, SubmittedClaim))
    assert ("QQ", "7") in [one[:2] for one in claim.references]
    assert ("REF", "QQ", "7") in claim.segments
    assert not claim.is_damaged
    assert [one.code for one in found(values)] == ["qualifier.reference", "qualifier.date", "qualifier.amount"]
    assert {one.message.rsplit(" in ", 1)[1] for one in found(values)} == {"loop 2300"}


def test_a_status_keeps_what_stands_under_an_unknown_qualifier() -> None:
    values = read("277CA", ("REF*1K*", "REF*QQ*7~REF*1K*"))
    claim = next(value for value in values if isinstance(value, ClaimStatus))
    assert ("QQ", "7") in [one[:2] for one in claim.references]
    assert values.index(found(values)[0]) > values.index(claim), "a finding about a claim follows it"


def test_an_inquiry_keeps_what_stands_under_an_unknown_qualifier() -> None:
    values = read("276", ("REF*EJ*PCN1001~", "REF*QQ*7~REF*EJ*PCN1001~"))
    (inquiry,) = [value for value in values if isinstance(value, StatusInquiry)]
    assert [one[:2] for one in inquiry.references] == [("1K", "ICN900001"), ("QQ", "7"), ("EJ", "PCN1001")]
