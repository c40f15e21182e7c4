"""Real files of the status family, written by others: counts, and what is odd about them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import edi
from edi.findings import Finding, Severity
from edi.values import SetEnd, SetStart
from edi.x276.model import StatusInquiry
from edi.x277.model import ClaimStatus, StatusTotals
from edi.x999.model import GroupAcknowledgment, InterchangeAcknowledgment

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
GUIDES = "LinuxForHealth+x12/src/tests/resources"
STATE = "Project-Herophilus+Project-Herophilus-Assets/Testing/TestData/samples-edi"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")


@pytest.mark.parametrize(
    ("name", "expected", "told"),
    [
        ("LinuxForHealth+x12/demo-file/demo.276", {StatusInquiry: 3}, set()),
        ("LinuxForHealth+x12/demo-file/demo.277", {ClaimStatus: 3}, set()),
        (f"{GUIDES}/276_005010X212/claim-level-status.276", {StatusInquiry: 3}, set()),
        (f"{GUIDES}/276_005010X212/claim-level-status-ncpdp.276", {StatusInquiry: 1}, set()),
        (f"{GUIDES}/277_005010X212/claim-level-status-ncpdp.277", {ClaimStatus: 1}, set()),
        (f"{GUIDES}/277_005010X212/information-receiver-level-status.277", {StatusTotals: 1}, set()),
        (f"{GUIDES}/277_005010X212/provider-level-status.277", {ClaimStatus: 1, StatusTotals: 1}, set()),
        (f"{STATE}/277CA Sample (Accepted).txt", {ClaimStatus: 1, StatusTotals: 3}, set()),
        # accepted by its action, rejected by its category: the one real contradiction in the corpus
        (f"{STATE}/277CA Sample (Rejected).txt", {ClaimStatus: 1, StatusTotals: 3}, {"277.action.category"}),
        (f"{STATE}/277Sample(276Resp-ClaimInfo).txt", {ClaimStatus: 1}, set()),
        (f"{STATE}/999 Sample (Accepted).txt", {GroupAcknowledgment: 1}, set()),
        (f"{STATE}/999 Sample (Rejected).txt", {GroupAcknowledgment: 1}, set()),
        ("azoner+pyx12/pyx12/tests/834_lui_id_5010.999.txt", {GroupAcknowledgment: 4}, set()),
        ("UHIN+x12-parser-library/tests/test-files/TA1.edi", {InterchangeAcknowledgment: 1}, {"envelope.iea_count"}),
    ],
)
def test_a_real_file_is_read(name: str, expected: dict[type, int], told: set[str]) -> None:
    values = list(edi.read_path(CORPUS / name))
    counted = Counter(type(value) for value in values)
    for kind in (ClaimStatus, StatusTotals, StatusInquiry, GroupAcknowledgment, InterchangeAcknowledgment):
        assert counted[kind] == expected.get(kind, 0), kind
    findings = [value for value in values if isinstance(value, Finding)]
    assert {one.code for one in findings if one.severity is not Severity.INFO} == told
    assert all(value.complete for value in values if isinstance(value, SetEnd))
    assert all(value.file == Path(name).name for value in values if isinstance(value, SetStart))
