"""What `edi.read` yields, and in which order."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from pathlib import Path

import edi
from benchmarks.edi import generate
from edi.values import SetEnd, SetStart
from edi.x835.model import ClaimPayment, Classification, ProviderAdjustment, Remittance

ONE_PAYMENT = b"""\
ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*000000101*0*P*:~
GS*HP*PAYER01*CLINIC01*20261120*1200*1*X*005010X221A1~
ST*835*0001~
BPR*I*75*C*ACH*CCP*01*999988880*DA*11112222*1999999999**01*999977770*DA*33334444*20261118~
TRN*1*EFT1*1999999999~
DTM*405*20261117~
N1*PR*INVENTED HEALTH PLAN~
N1*PE*INVENTED CLINIC*XX*1234567893~
LX*1~
CLP*PCN1*1*100*80*20*12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W1~
SVC*HC:99213:25*100*80**1~
DTM*472*20261101~
CAS*PR*2*20~
PLB*1234567893*20261231*WO:OLD1*5~
SE*14*0001~
GE*1*1~
IEA*1*000000101~
"""


def test_a_file_is_read_as_start_payment_claims_provider_adjustments_and_end() -> None:
    values = list(edi.read(io.BytesIO(ONE_PAYMENT), file="one.835"))
    assert [type(value) for value in values] == [SetStart, Remittance, ClaimPayment, ProviderAdjustment, SetEnd]


def test_a_claim_knows_its_class_and_where_its_text_stands() -> None:
    claim = next(value for value in edi.read(io.BytesIO(ONE_PAYMENT)) if isinstance(value, ClaimPayment))
    assert claim.classification is Classification.PAID
    text = ONE_PAYMENT[claim.start_offset : claim.end_offset]
    assert text.startswith(b"CLP*PCN1*")
    assert text.endswith(b"CAS*PR*2*20~\n")
    assert (claim.segment, claim.last_segment) == (10, 14)


def peak_bytes(path: Path) -> int:
    """Most memory held at once while the file is read and its values dropped."""
    tracemalloc.start()
    for _ in edi.read_path(path):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    small, large = tmp_path / "small.835", tmp_path / "large.835"
    small.write_bytes(b"".join(generate(1_000)))
    large.write_bytes(b"".join(generate(4_000)))
    peak_bytes(small)  # fills the tables of dates, amounts and procedures
    assert peak_bytes(large) < 1.1 * peak_bytes(small)


def test_a_compressed_file_reads_like_the_plain_one(tmp_path: Path) -> None:
    plain, compressed = tmp_path / "one.835", tmp_path / "one.835.gz"
    plain.write_bytes(ONE_PAYMENT)
    compressed.write_bytes(gzip.compress(ONE_PAYMENT))
    of_plain = [value for value in edi.read_path(plain) if isinstance(value, ClaimPayment)]
    of_compressed = [value for value in edi.read_path(compressed) if isinstance(value, ClaimPayment)]
    assert of_compressed == of_plain


def test_values_come_as_they_are_read_not_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "many.835"
    path.write_bytes(b"".join(generate(4_000)))
    with path.open("rb") as stream:
        values = edi.read(stream)
        next(value for value in values if isinstance(value, ClaimPayment))
        assert stream.tell() < path.stat().st_size / 4
