"""A claim cut out by its place reads like the same claim read in its file, for every 837 that we have."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import edi
from edi.errors import NotX12Error
from edi.values import SetStart
from edi.x837.cut import Marks, cut_claim
from edi.x837.model import SubmittedClaim

ROOT = Path(__file__).parents[3]
FOLDERS = {"samples": ROOT / "samples", "corpus": ROOT.parent / "shared" / "corpus"}
MOST_CLAIMS_OF_ONE_FILE = 40
FEWEST_CUT = 0.9  # of the claims; the levels of some files in the corpus are damaged, and those are read whole


def cut(data: bytes, start: SetStart, claim: SubmittedClaim) -> SubmittedClaim | None:
    assert start.interchange is not None
    marks = Marks(start.interchange.delimiters.element.encode(), start.interchange.delimiters.segment.encode())
    part = cut_claim(data, marks, start.offset, claim.start_offset, claim.end_offset)
    if part is None:
        return None
    return next(value for value in edi.read(io.BytesIO(part)) if isinstance(value, SubmittedClaim))


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS.keys())
def test_a_claim_cut_out_is_the_claim_in_its_file(folder: Path) -> None:
    if not folder.exists():
        pytest.skip("the shared corpus is not here")
    seen = made = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if b"ST*837*" not in data[:4096]:
            continue
        start: SetStart | None = None
        count = 0
        try:
            for value in edi.read(io.BytesIO(data)):
                if isinstance(value, SetStart):
                    start = value
                elif isinstance(value, SubmittedClaim) and value.segments and start and start.interchange:
                    count += 1
                    again = cut(data, start, value)
                    seen += 1
                    if again is not None:
                        made += 1
                        where = f"{path.name}: {value.patient_control_number}"
                        assert again.is_damaged == value.is_damaged, where
                        assert (again.context, again.segments) == (value.context, value.segments), where
                    if count == MOST_CLAIMS_OF_ONE_FILE:
                        break
        except NotX12Error:
            continue
    assert made >= FEWEST_CUT * seen > 0


def test_a_value_that_looks_like_a_level_misleads_nobody() -> None:
    text = (
        b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261120*1200*^*00501*000000001*0*P*:~"
        b"GS*HC*S*R*20261120*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*HL*20261120*1200*CH~"
        b"HL*1**20*1~NM1*85*2*HL*****XX*1234567893~HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*HL*HL****MI*HL~"
        b"CLM*A1*10***11:B:1*Y*A*Y*Y~HI*ABK:J10~LX*1~SV1*HC:99213*10*UN*1***1~SE*12*0001~GE*1*1~IEA*1*000000001~"
    )
    values = list(edi.read(io.BytesIO(text)))
    start = next(value for value in values if isinstance(value, SetStart))
    claim = next(value for value in values if isinstance(value, SubmittedClaim))
    again = cut(text, start, claim)
    assert again is not None
    assert (again.context, again.segments) == (claim.context, claim.segments)


def test_levels_that_cannot_be_followed_give_nothing() -> None:
    text = b"ISA*x~GS*HC~ST*837*1~BHT*0019~HL*2*9*22*0~SBR*P~CLM*A1*10~SE*1*1~"
    assert cut_claim(text, Marks(b"*", b"~"), text.index(b"ST*"), text.index(b"CLM*"), text.index(b"SE*")) is None
