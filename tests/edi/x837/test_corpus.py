"""Every 837 in the shared corpus: all its claims are read, and written back unchanged, segment for segment.

Two differences are the writer's duty and are made in the original before comparing: the component separator that
ISA16 announces, and no empty elements at the end of a segment.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import edi
from edi.values import Delimiters, SetEnd, SetStart
from edi.writing import Printer
from edi.x837.difference import difference
from edi.x837.edits import NO_EDITS
from edi.x837.model import Submission, SubmittedClaim
from edi.x837.replace import refile
from edi.x837.write import body

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
SAMPLES = Path(__file__).parents[3] / "samples"
ROW = re.compile(r"^\| (?P<file>[^|]+) \| 837 \| (?P<segments>\d+) \| (?P<claims>\d+) \|", re.MULTILINE)


def listed() -> list[tuple[Path, int]]:
    """The files of the corpus that its README lists as 837, with their claims."""
    readme = CORPUS / "README.md"
    if not readme.exists():
        return []
    return [(CORPUS / row["file"].strip(), int(row["claims"])) for row in ROW.finditer(readme.read_text())]


def samples() -> list[Path]:
    return sorted(path for path in SAMPLES.rglob("*") if path.is_file() and b"ST*837*" in path.read_bytes()[:4096])


def name(path: Path) -> str:
    return path.name


needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")


@needs_corpus
@pytest.mark.parametrize(("path", "count"), listed(), ids=lambda value: value.name if isinstance(value, Path) else "")
def test_every_claim_that_the_corpus_counts_is_read(path: Path, count: int) -> None:
    values = list(edi.read_path(path))

    assert sum(isinstance(value, SubmittedClaim) for value in values) == count
    assert sum(value.claim_count for value in values if isinstance(value, SetEnd)) == count


@needs_corpus
@pytest.mark.parametrize("path", [path for path, _ in listed()], ids=name)
def test_every_837_of_the_corpus_is_written_back_as_it_was(path: Path) -> None:
    assert_round_trip(path)


@needs_corpus
@pytest.mark.parametrize("path", [path for path, _ in listed()], ids=name)
def test_every_claim_of_the_corpus_refiled_without_edits_is_the_same_claim(path: Path) -> None:
    for claim in edi.read_path(path):
        if isinstance(claim, SubmittedClaim):
            refiled = refile(claim, NO_EDITS, claim.frequency, claim.reference("F8"))
            assert (refiled.context, refiled.segments) == (claim.context, claim.segments)
            assert difference(claim, refiled) == []


@pytest.mark.parametrize("path", samples(), ids=name)
def test_every_837_sample_is_written_back_as_it_was(path: Path) -> None:
    assert_round_trip(path)


def assert_round_trip(path: Path) -> None:
    values = list(edi.read_path(path))
    delimiters = next(v.interchange.delimiters for v in values if isinstance(v, SetStart) and v.interchange)
    originals = sets_of(path, delimiters)
    written = [printed(batch, delimiters) for batch in batches(values)]
    assert Counter(map(len, written)) == Counter(map(len, originals))
    for got, original, batch in zip(written, originals, batches(values), strict=True):
        used = batch[1][0].component
        assert got == [text.replace(used, delimiters.component).rstrip(delimiters.element) for text in original]


def batches(values: list[edi.Value]) -> list[tuple[Submission, list[SubmittedClaim]]]:
    found: list[tuple[Submission, list[SubmittedClaim]]] = []
    for value in values:
        if isinstance(value, Submission):
            found.append((value, []))
        elif isinstance(value, SubmittedClaim):
            found[-1][1].append(value)
    return found


def printed(batch: tuple[Submission, list[SubmittedClaim]], delimiters: Delimiters) -> list[str]:
    printer = Printer(delimiters)
    return [printer.print(segment)[: -len(delimiters.segment)] for segment in body(*batch)]


def sets_of(path: Path, delimiters: Delimiters) -> list[list[str]]:
    """The segments between each ST*837 and its SE, by a plain split that shares nothing with the reader."""
    found: list[list[str]] = []
    inside = False
    for text in path.read_text(encoding="utf-8").split(delimiters.segment):
        segment = text.strip()
        if segment.startswith(f"ST{delimiters.element}837"):
            found.append([])
            inside = True
        elif segment.startswith(f"SE{delimiters.element}"):
            inside = False
        elif inside and segment:
            found[-1].append(segment)
    return found
