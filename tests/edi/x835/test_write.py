"""What is written reads back the same: everything but the places (segment numbers, offsets)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import edi
from edi.findings import Finding, Severity
from edi.guide import check
from edi.parts import Adjustment, Procedure
from edi.writing import Envelope, OutgoingGroup, write
from edi.x835.model import ClaimPayment, Classification, ProviderAdjustment, Remittance, ServiceLine
from edi.x835.write import FUNCTIONAL_ID, VERSION, payment_set
from tests.edi.payment_text import codes, interchange, of, payment, read
from tests.edi.x835.test_read import FULL_HEADER

ENVELOPE = Envelope("PAYER01", "CLINIC01", date(2026, 11, 20), time(12, 0), control_number=101)
PLACES = {"segment", "last_segment", "trace_segment", "start_offset", "end_offset", "element", "set_number"}
SAMPLES = Path(__file__).parents[3] / "samples"


def written(
    remittance: Remittance, claims: Iterable[ClaimPayment], adjustments: Sequence[ProviderAdjustment] = ()
) -> bytes:
    group = OutgoingGroup(FUNCTIONAL_ID, VERSION, [payment_set(remittance, claims, adjustments)])
    return b"".join(write(ENVELOPE, [group]))


def without_places(value: Any) -> Any:
    """The value as plain tuples, less where it stood in the file."""
    if hasattr(value, "_fields"):
        kept = [
            (name, without_places(part))
            for name, part in zip(value._fields, value, strict=True)
            if name not in PLACES
        ]
        return (type(value).__name__, *kept)
    if isinstance(value, tuple):
        return tuple(without_places(part) for part in value)
    return value


def read_back(values: Sequence[edi.Value]) -> list[edi.Value]:
    (remittance,) = of(Remittance, values)
    return read(written(remittance, of(ClaimPayment, values), of(ProviderAdjustment, values)))


RICH_CLAIM = """\
CLP*PCN1*19*1000*600.5*99.5*MA*ICN1*11*7**470*1.25*.5~
CAS*CO*45*200**253*-1~
CAS*OA*23*50*2~
NM1*QC*1*DOE*JANE*Q**JR*MI*W1~
NM1*TT*2*OTHER PLAN*****PI*55555~
MIA*3***9000*MA01~
MOA*.8*45*MA01*MA18~
REF*1L*GROUP1~
DTM*232*20261001~
DTM*233*20261003~
PER*CX**TE*5125550100~
AMT*AU*700~
QTY*CA*3~
SVC*HC:99213:25:::::OFFICE VISIT*600*500.5*0510*2*HC:99214*3~
DTM*150*20261001~
DTM*151*20261002~
CAS*PR*1*10**2*20**3*30**45*1**97*2**96*3**253*33.5~
REF*6R*LINE1~
AMT*B6*560~
QTY*ZK*1~
LQ*HE*N290~
LQ*RX*70~
SVC*NU:0120*400*350~
CAS*CO*253*50~
"""


@pytest.mark.parametrize(
    "text",
    [
        interchange(),
        interchange(FULL_HEADER),
        interchange(payment(RICH_CLAIM, paid="615.5", footer="PLB*1234567893*20261231*WO:A*5*L6*-20~\n")),
        interchange(payment("CLP*P*22*-200*-120**12*I~\nCAS*CO*45*-50~\nCAS*PR*1*-20*-1*2*-10~\n", paid="-120")),
    ],
)
def test_what_was_read_is_written_so_that_it_reads_the_same(text: str) -> None:
    values = read(text)
    again = read_back(values)
    for kind in (Remittance, ClaimPayment, ProviderAdjustment):
        assert without_places(tuple(of(kind, again))) == without_places(tuple(of(kind, values)))


def test_what_a_header_says_under_unknown_qualifiers_is_written_too() -> None:
    strange = "REF*Q8*BOX~\nDTM*406*20261116~\nN1*PR"
    text = payment().replace("N1*PR", strange).replace("*01*999988880*", "*04*000112345*").replace("SE*18*", "SE*20*")
    text = text.replace("LX*1~", "N1*9Z*THIRD PARTY*XX*1~\nLX*1~")
    values = read(interchange(text))
    assert of(Remittance, values)[0].other_parties[0].last == "THIRD PARTY"
    assert without_places(of(Remittance, read_back(values))[0]) == without_places(of(Remittance, values)[0])


def test_the_samples_are_written_so_that_they_read_the_same() -> None:
    files = sorted(SAMPLES.rglob("*.835"))
    for path in files:
        values = list(edi.read_path(path))
        if len(of(Remittance, values)) != 1:
            continue
        again = read_back(values)
        assert without_places(tuple(of(ClaimPayment, again))) == without_places(tuple(of(ClaimPayment, values)))


def made_line(**changes: object) -> ServiceLine:
    line = ServiceLine(
        procedure=Procedure("HC", "99213", (), ""),
        charge_cents=10_000,
        paid_cents=8_000,
        revenue_code="",
        units=Decimal(1),
        original_procedure=None,
        original_units=None,
        first_date=date(2026, 10, 1),
        last_date=date(2026, 10, 1),
        adjustments=(Adjustment("CO", "45", 2_000, None, 0, 0),),
        remarks=(),
        references=(),
        dates=(),
        amounts=(),
        quantities=(),
        line_control_number="L1",
        allowed_cents=8_000,
        segment=0,
    )
    return line._replace(**changes)  # type: ignore[arg-type]  # the fields of the caller's choice


def made_claim(line: ServiceLine) -> ClaimPayment:
    (claim,) = of(ClaimPayment, read(interchange(payment("CLP*P*1*100*80**12*I~\n", paid="80"))))
    return claim._replace(lines=(line,))


def made_remittance() -> Remittance:
    (remittance,) = of(Remittance, read(interchange(payment(paid="80"))))
    return remittance


def test_a_line_made_from_scratch_needs_no_references_amounts_or_dates() -> None:
    values = read(written(made_remittance(), [made_claim(made_line())]))
    (line,) = of(ClaimPayment, values)[0].lines
    assert (line.line_control_number, line.allowed_cents) == ("L1", 8_000)
    assert (line.first_date, line.last_date) == (date(2026, 10, 1), date(2026, 10, 1))
    assert of(ClaimPayment, values)[0].classification is Classification.PAID
    assert codes(values) == []


def test_a_line_over_several_days_is_written_with_both() -> None:
    line = made_line(last_date=date(2026, 10, 4))
    (claim,) = of(ClaimPayment, read(written(made_remittance(), [made_claim(line)])))
    assert (claim.lines[0].first_date, claim.lines[0].last_date) == (date(2026, 10, 1), date(2026, 10, 4))


def test_ten_thousand_claims_are_written_from_a_generator_and_balance() -> None:
    remittance = made_remittance()._replace(paid_cents=10_000 * 8_000)
    claim = made_claim(made_line())
    data = written(remittance, (claim for _ in range(10_000)))
    values = list(edi.read(io.BytesIO(data)))
    assert len(of(ClaimPayment, values)) == 10_000
    assert not [finding for finding in of(Finding, values) if finding.severity is Severity.ERROR]


def test_a_written_payment_follows_the_implementation_guide() -> None:
    values = read(interchange(FULL_HEADER))
    data = written(of(Remittance, values)[0], of(ClaimPayment, values))
    assert [str(finding) for finding in check(io.BytesIO(data))] == []
