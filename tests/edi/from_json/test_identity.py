"""What `edi read` prints, `edi write` writes: a file that reads back to the same rows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import edi
from docs.reproducers import bases, made
from edi.errors import NotX12Error
from edi.findings import Finding, Severity
from edi.guide import check
from tests.edi.json_rows import rows_in, said, wire_of

ROOT = Path(__file__).parents[3]
SAMPLES = sorted((ROOT / "samples").rglob("*.edi"))
STORIES = [path for path in SAMPLES if path.parent.name == "stories"]
CORPUS = ROOT.parent / "shared" / "corpus"
LARGEST_BYTES = 200_000  # larger ones hold nothing new
UNREAD = "set.unknown"  # a set of which only the end is printed


def reads_back(wire: bytes) -> bool:
    before = rows_in(wire)
    return bool(said(rows_in(wire_of(*before))) == said(before))


def is_good(wire: bytes) -> bool:
    """It is X12, every set in it is read, and nothing in it is an error."""
    try:
        found = [value for value in edi.read(io.BytesIO(wire)) if isinstance(value, Finding)]
    except NotX12Error:
        return False
    return all(one.severity is not Severity.ERROR and one.code != UNREAD for one in found)


@pytest.mark.parametrize("base", sorted(bases()))
def test_every_kind_of_file_reads_back_the_same(base: str) -> None:
    assert reads_back(made(base, (), {}))


def test_every_sample_reads_back_the_same() -> None:
    assert len(SAMPLES) > 50
    assert [path.name for path in SAMPLES if is_good(path.read_bytes()) and not reads_back(path.read_bytes())] == []


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real-world files is not here")
def test_every_good_real_file_reads_back_the_same() -> None:
    paths = [path for path in sorted(CORPUS.rglob("*")) if path.is_file() and path.stat().st_size < LARGEST_BYTES]
    good = [path for path in paths if path.suffix != ".py" and is_good(path.read_bytes())]
    assert len(good) > 60
    assert [str(path) for path in good if not reads_back(path.read_bytes())] == []


@pytest.mark.parametrize("base", ["835", "837P", "837I", "277CA"])
def test_a_file_written_again_passes_the_guide_as_it_did(base: str) -> None:
    wire = made(base, (), {})
    assert list(check(io.BytesIO(wire))) == []
    assert list(check(io.BytesIO(wire_of(*rows_in(wire))))) == []


def test_a_payment_with_its_bank_numbers_is_written_as_it_was() -> None:
    wire = made("835", (), {})
    again = wire_of(*rows_in(wire))
    assert again.replace(b"\n", b"").split(b"~")[3] == wire.replace(b"\n", b"").split(b"~")[3]
    assert b"BPR*" in again


def test_interchanges_with_different_delimiters_keep_them() -> None:
    first, second = made("835", (), {}), made("277CA", (), {})
    marks = bytes.maketrans(b"*~:", b"|!>")
    both = first + second.translate(marks)
    again = wire_of(*rows_in(both))
    assert again.count(b"ISA") == 2
    assert said(rows_in(again)) == said(rows_in(both))


def test_a_file_that_began_without_its_envelope_is_written_without_one() -> None:
    wire = made("835", (), {}).replace(b"\n", b"")
    bare = wire[wire.index(b"ST*835") : wire.index(b"GE*")]
    again = wire_of(*rows_in(bare))
    assert again.startswith(b"ST*835*")
    assert said(rows_in(again)) == said(rows_in(bare))


def test_text_that_holds_the_component_separator_stays_text() -> None:
    wire = made("837P", (("~HI*", "~NTE*ADD*SEEN AT 3:45~HI*"),), {})
    (claim, *_) = (row for row in rows_in(wire) if row["kind"] == "claim")
    assert claim["notes"] == [{"code": "ADD", "text": "SEEN AT 3:45"}]
    assert reads_back(wire)
