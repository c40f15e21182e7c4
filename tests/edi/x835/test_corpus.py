"""Every 835 in the shared corpus of files from the wild: read without an exception, every claim in it found.

Counts are those of a plain scan for CLP segments, from the corpus' own README.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import edi
from edi.findings import Finding
from edi.values import SetEnd, SetStart
from edi.x835.model import ClaimPayment
from tests.edi.payment_text import of

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
ROW = re.compile(r"^\| (?P<file>\S[^|]*?) \| (?P<set>\w+) \| (?P<segments>\d+) \| (?P<claims>\d+) \|", re.MULTILINE)
# Files that say wrong things about themselves; every other one is read without a finding of error severity.
TRULY_WRONG = {
    "tertiary-payment.835",  # a composite broken in two: line and claim do not add up
    "sample_835.txt",  # rows of documentation among the segments; counts and total wrong
    "sample_835_with_interests.txt",  # the same, and a garbled segment
    "blue_cross_nc_sample.txt",  # SE01 counts one too many
    "error_validation.edi",  # made wrong on purpose
    "sample1.txt",  # negative payments, a claim a cent out
    "sample2.txt",  # claim out of balance
}


def listed() -> list[tuple[Path, str, int]]:
    readme = CORPUS / "README.md"
    if not readme.exists():
        return []
    text = readme.read_text(encoding="utf-8")
    return [(CORPUS / row["file"], row["set"], int(row["claims"])) for row in ROW.finditer(text)]


FILES = listed()
needs_corpus = pytest.mark.skipif(not FILES, reason="the shared corpus is not here")


@needs_corpus
def test_every_file_of_the_corpus_is_read_without_an_exception() -> None:
    for path, kind, _ in FILES:
        values = list(edi.read_path(path))
        assert len(of(SetStart, values)) == len(of(SetEnd, values)), path.name
        if kind != "TA1":
            assert of(SetStart, values), path.name


@needs_corpus
def test_every_claim_of_every_835_is_found() -> None:
    counts = {path.name: len(of(ClaimPayment, list(edi.read_path(path)))) for path, kind, _ in FILES if kind == "835"}
    assert counts == {path.name: claims for path, kind, claims in FILES if kind == "835"}


@needs_corpus
def test_errors_are_found_only_in_files_that_are_wrong() -> None:
    told = {
        path.name
        for path, kind, _ in FILES
        if kind == "835"
        for finding in of(Finding, list(edi.read_path(path)))
        if finding.severity is edi.Severity.ERROR
    }
    assert told == TRULY_WRONG


@needs_corpus
@pytest.mark.parametrize("size", [1, 7, 64, 1_000])
def test_what_is_read_does_not_depend_on_how_the_bytes_arrive(size: int) -> None:
    for path, kind, _ in FILES:
        if kind == "835" and path.stat().st_size < 20_000:
            with path.open("rb") as stream:
                pieces = list(edi.read(stream, file=path.name, chunk_bytes=size))
            assert pieces == list(edi.read_path(path)), path.name
