"""The same file through pyx12's reader: counts, amounts and codes agree.

pyx12 gives segments, not claims, so the sums are taken over its segments; it types nothing, hence Decimal here.
"""

from __future__ import annotations

import io
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from pyx12.x12file import X12Reader

import edi
from benchmarks.edi import generate
from edi.x835.model import ClaimPayment, ProviderAdjustment, Remittance
from tests.edi.payment_text import interchange, of, payment
from tests.edi.x835.test_write import RICH_CLAIM


def cents(text: str | None) -> int:
    return int(Decimal(text or "0") * 100)


def by_pyx12(path: Path) -> dict[str, object]:
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for segment in X12Reader(io.StringIO(path.read_text(encoding="ascii"))):
        name = segment.get_seg_id()
        counts[name] += 1
        if name == "BPR":
            sums["paid"] += cents(segment.get_value("BPR02"))
        elif name == "CLP":
            sums["charged by claims"] += cents(segment.get_value("CLP03"))
            sums["paid by claims"] += cents(segment.get_value("CLP04"))
        elif name == "SVC":
            sums["charged by lines"] += cents(segment.get_value("SVC02"))
            sums["paid by lines"] += cents(segment.get_value("SVC03"))
        elif name == "CAS":
            for place in range(2, 20, 3):
                if reason := segment.get_value(f"CAS{place:02d}"):
                    reasons[segment.get_value("CAS01"), reason] += cents(segment.get_value(f"CAS{place + 1:02d}"))
        elif name == "PLB":
            for place in range(4, 16, 2):
                sums["provider"] += cents(segment.get_value(f"PLB{place:02d}"))
    return {"claims": counts["CLP"], "lines": counts["SVC"], "sums": dict(sums), "reasons": dict(reasons)}


def by_us(path: Path) -> dict[str, object]:
    values = list(edi.read_path(path))
    claims = of(ClaimPayment, values)
    lines = [line for claim in claims for line in claim.lines]
    sums = {
        "paid": sum(remittance.paid_cents for remittance in of(Remittance, values)),
        "charged by claims": sum(claim.charge_cents for claim in claims),
        "paid by claims": sum(claim.paid_cents for claim in claims),
        "charged by lines": sum(line.charge_cents for line in lines),
        "paid by lines": sum(line.paid_cents for line in lines),
    }
    if provider := of(ProviderAdjustment, values):
        sums["provider"] = sum(one.cents for one in provider)
    reasons: Counter[tuple[str, str]] = Counter()
    for claim in claims:
        for adjustment in (*claim.adjustments, *[one for line in claim.lines for one in line.adjustments]):
            reasons[adjustment.group, adjustment.reason] += adjustment.cents
    return {"claims": len(claims), "lines": len(lines), "sums": sums, "reasons": dict(reasons)}


@pytest.mark.parametrize(
    "data",
    [
        b"".join(generate(2_500)),
        interchange(payment(RICH_CLAIM, footer="PLB*1234567893*20261231*WO:A*5*L6*-20~\n")).encode(),
    ],
    ids=["generated", "rich"],
)
def test_counts_amounts_and_codes_are_those_that_pyx12_reads(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "same.835"
    path.write_bytes(data)
    assert by_us(path) == by_pyx12(path)


def test_pyx12_loses_what_follows_an_empty_segment_and_we_do_not(tmp_path: Path) -> None:
    """Our difference, explained: `~~` ends pyx12's reading; here it is one note and nothing is lost."""
    path = tmp_path / "empty.835"
    path.write_bytes(interchange().replace("\n", "").replace("~CLP*PCN2", "~~CLP*PCN2").encode())
    assert by_pyx12(path)["claims"] == 1
    assert by_us(path)["claims"] == 2
    assert [finding.code for finding in of(edi.Finding, list(edi.read(io.BytesIO(path.read_bytes()))))] == [
        "text.empty_segment"
    ]
