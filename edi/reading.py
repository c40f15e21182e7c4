"""Read any X12 file as a stream of values: `edi.read(stream)`.

`edi/segments.py` makes segments of bytes, `edi/frame.py` follows the envelopes, and each kind of transaction set has
its reader in the table here. See `edi/values.py` for what is yielded in which order.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from edi.context import Context, SetReader
from edi.findings import Finding
from edi.frame import Frame
from edi.header import Header
from edi.quirks import NO_QUIRKS, Quirks
from edi.segments import Batch, Segments
from edi.values import SetEnd, SetStart
from edi.x276.model import StatusInquiry
from edi.x276.read import InquiryReader
from edi.x277.model import ClaimStatus, StatusReport, StatusTotals
from edi.x277.read import StatusReader
from edi.x835.model import ClaimPayment, ProviderAdjustment, ProviderSummary, Remittance
from edi.x835.read import RemittanceReader
from edi.x837.model import Submission, SubmittedClaim
from edi.x837.read import ClaimReader
from edi.x999.model import GroupAcknowledgment, InterchangeAcknowledgment
from edi.x999.read import AcknowledgmentReader

Value = (
    SetStart
    | SetEnd
    | Finding
    | Remittance
    | ClaimPayment
    | ProviderAdjustment
    | ProviderSummary
    | StatusReport
    | StatusTotals
    | ClaimStatus
    | StatusInquiry
    | Submission
    | SubmittedClaim
    | GroupAcknowledgment
    | InterchangeAcknowledgment
)

READERS: dict[str, Callable[[Context], SetReader]] = {
    "835": RemittanceReader,
    "837P": ClaimReader,
    "837I": ClaimReader,
    "837D": ClaimReader,
    "277": StatusReader,
    "277CA": StatusReader,
    "277RFAI": StatusReader,
    "276": InquiryReader,
    "999": AcknowledgmentReader,
    "997": AcknowledgmentReader,
}

GZIP_MAGIC = b"\x1f\x8b"


def read(
    stream: BinaryIO, *, file: str = "-", quirks: Quirks = NO_QUIRKS, chunk_bytes: int | None = None
) -> Iterator[Value]:
    """The values of an X12 file in file order, findings among them; memory stays flat.

    Raises NotX12Error when no interchange can be found at all; everything milder is a Finding.
    """
    segments = Segments(stream, file) if chunk_bytes is None else Segments(stream, file, chunk_bytes=chunk_bytes)
    frame = Frame(file, quirks, READERS)
    for item in segments:
        if isinstance(item, Batch):
            yield from frame.read_batch(item)
        elif isinstance(item, Header):
            frame.enter_interchange(item)
        else:
            frame.tell(item)
        if frame.out:
            yield from frame.out
            frame.out.clear()
    frame.end()
    yield from frame.out


def read_path(path: Path | str, *, quirks: Quirks = NO_QUIRKS) -> Iterator[Value]:
    """As `read`, from a file on disk; gzip-compressed files are read through."""
    path = Path(path)
    with path.open("rb") as plain:
        compressed = plain.read(2) == GZIP_MAGIC
        plain.seek(0)
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=plain)) if compressed else plain
        yield from read(stream, file=path.name, quirks=quirks)
