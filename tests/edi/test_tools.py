"""The tools over every file that we have: whatever is in it, they neither crash nor change what it says."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from docs.reproducers import bases, every, made
from edi import as_json
from edi.describe import describe
from edi.difference import Change, bare, compare
from edi.errors import NotX12Error
from edi.findings import Finding
from edi.reading import read
from edi.redact import redact
from edi.split import split_claims, split_sets
from edi.wire import segments

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
LARGEST_BYTES = 100_000  # of a file of the corpus read here; larger ones hold nothing new

GOOD = {name: made(name, (), {}) for name in bases()}
SMALL = {code: one.wire for code, one in every().items() if len(one.wire) < 20_000}
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real-world files is not here")


def corpus() -> dict[str, bytes]:
    """The real files that are X12 at all."""
    found: dict[str, bytes] = {}
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file() and path.stat().st_size < LARGEST_BYTES and path.suffix not in (".md", ".py"):
            wire = path.read_bytes()
            try:
                next(iter(read(io.BytesIO(wire))), None)
            except NotX12Error:
                continue
            found[str(path.relative_to(CORPUS))] = wire
    return found


def money(value: Any) -> Any:
    """What a row says in cents, codes and counts, without names, ids and places."""
    if isinstance(value, dict):
        return {
            field: money(inner)
            for field, inner in value.items()
            if field.endswith("cents") or field in ("kind", "lines", "adjustments", "reason", "group", "remarks")
        }
    return [money(inner) for inner in value] if isinstance(value, list) else value


def says(wire: bytes) -> tuple[list[Any], Counter[str]]:
    values = list(read(io.BytesIO(wire)))
    rows = [money(bare(row)) for row in as_json.rows(values) if row["kind"] not in ("finding", "end")]
    return rows, Counter(value.code for value in values if isinstance(value, Finding))


def claims(wire: bytes) -> list[dict[str, Any]]:
    return [row for row in as_json.rows(read(io.BytesIO(wire))) if row["kind"] in ("claim", "status", "inquiry")]


def redacted(wire: bytes) -> bytes:
    return b"".join(redact(io.BytesIO(wire), b"a key"))


def assert_redacting_keeps_what_is_said(wires: dict[str, bytes]) -> None:
    for name, wire in wires.items():
        before, after = says(wire), says(redacted(wire))
        assert after[0] == before[0], name


def assert_describing_says_every_segment(wires: dict[str, bytes]) -> None:
    for name, wire in wires.items():
        count = sum(1 for _ in segments(io.BytesIO(wire)))
        assert [bool(line.words) for line in describe(io.BytesIO(wire))] == [True] * count, name


def assert_pieces_say_what_the_whole_says(wires: dict[str, bytes]) -> None:
    for name, wire in wires.items():
        sets = [b"".join(piece.chunks) for piece in split_sets(io.BytesIO(wire))]
        whole = Counter(text_of(row) for row in says(wire)[0] if row["kind"] != "interchange_acknowledgment")
        pieces = Counter(text_of(row) for piece in sets for row in says(piece)[0])
        assert pieces == whole, name


def text_of(row: Any) -> str:
    return as_json.text(row)


def test_redacting_a_good_file_keeps_its_money_codes_and_findings() -> None:
    for name, wire in GOOD.items():
        assert says(redacted(wire)) == says(wire), name


def test_redacting_a_spoiled_file_keeps_what_can_be_read_in_it() -> None:
    assert_redacting_keeps_what_is_said(SMALL)


def test_describing_says_every_segment() -> None:
    assert_describing_says_every_segment({**GOOD, **SMALL})


def test_the_sets_of_a_file_say_together_what_the_file_says() -> None:
    assert_pieces_say_what_the_whole_says(GOOD)


@pytest.mark.parametrize("base", ["835", "837P", "837I", "276", "277CA"])
def test_a_claim_taken_out_of_a_file_is_the_same_claim(base: str) -> None:
    whole = [
        row for row in as_json.rows(read(io.BytesIO(GOOD[base]))) if row["kind"] in ("claim", "status", "inquiry")
    ]
    pieces = [b"".join(piece.chunks) for piece in split_claims(io.BytesIO(GOOD[base]))]
    alone = [
        row
        for piece in pieces
        for row in as_json.rows(read(io.BytesIO(piece)))
        if row["kind"] in ("claim", "status", "inquiry")
    ]
    assert [bare(row) for row in alone] == [bare(row) for row in whole]
    assert len(pieces) == len(whole) > 0


@pytest.mark.parametrize("base", ["835", "837P", "837I", "276"])
def test_a_claim_taken_out_of_a_good_file_makes_no_findings(base: str) -> None:
    for piece in split_claims(io.BytesIO(GOOD[base])):
        wire = b"".join(piece.chunks)
        found = [value for value in read(io.BytesIO(wire)) if isinstance(value, Finding)]
        assert [one.code for one in found if one.code != "835.interest"] == []


def test_a_good_file_differs_from_its_redacted_self_in_no_amount() -> None:
    def rows(wire: bytes) -> Any:
        return lambda: as_json.rows(read(io.BytesIO(wire)))

    changed = [one for one in compare(rows(GOOD["835"]), rows(redacted(GOOD["835"]))) if one.change is Change.CHANGED]
    assert [one.field for one in changed if one.field.endswith("cents")] == []


@needs_corpus
def test_redacting_real_files_keeps_their_money_and_codes() -> None:
    assert_redacting_keeps_what_is_said(corpus())


@needs_corpus
def test_describing_real_files_says_every_segment() -> None:
    assert_describing_says_every_segment(corpus())


@needs_corpus
def test_the_sets_of_real_files_say_together_what_the_files_say() -> None:
    assert_pieces_say_what_the_whole_says(corpus())
