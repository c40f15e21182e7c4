"""The rows of `overturn edi read`: the promised names, the schema, and each value that the readers make."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.reproducers import bases, every, made
from edi import as_json
from edi.reading import read

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
SCHEMA = json.loads((SCHEMAS / "edi-read.json").read_text(encoding="utf-8"))


def rows(wire: bytes, file: str = "a.edi") -> list[dict[str, Any]]:
    """As a reader of the output gets them: through JSON."""
    return [json.loads(as_json.text(row)) for row in as_json.rows(read(io.BytesIO(wire), file=file), file)]


def rows_of(base: str) -> list[dict[str, Any]]:
    return rows(made(base, (), {}))


def first(every_row: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(row for row in every_row if row["kind"] == kind)


def misfits(every_row: list[dict[str, Any]]) -> list[str]:
    validator = Draft202012Validator(SCHEMA)
    return [f"{row['kind']}: {error.message[:300]}" for row in every_row for error in validator.iter_errors(row)]


def test_kind_comes_first_and_the_version_second() -> None:
    for row in rows_of("835"):
        assert list(row)[:2] == ["kind", "schema_version"]


def test_a_remittance_has_the_promised_names() -> None:
    row = first(rows_of("835"), "remittance")
    assert row["payer"] == "TESTPAYER HEALTH"
    assert row["payee"] == "SAMPLE CLINIC PLLC"
    assert (row["trace"], row["originator"], row["method"], row["handling"]) == ("EFT0001", "1351840597", "ACH", "I")
    assert (row["date"], row["paid_cents"]) == ("2026-11-18", 13000)
    assert row["envelope"]["interchange"]["control_number"] == "000000007"


def test_a_paid_claim_has_the_promised_names() -> None:
    row = first(rows_of("835"), "claim")
    assert (row["patient_control_number"], row["status"]) == ("PCN1001", "1")
    assert (row["charge_cents"], row["paid_cents"], row["patient_cents"]) == (20000, 12000, 2000)
    assert (row["payer_claim_control_number"], row["classification"]) == ("ICN900001", "paid")
    assert row["adjustments"] == []
    assert row["remarks"] == []
    (line,) = row["lines"]
    assert (line["procedure"], line["modifiers"]) == ("99214", ["25"])
    assert (line["charge_cents"], line["paid_cents"], line["units"]) == (20000, 12000, 1)
    assert (line["original_procedure"], line["line_control_number"]) == (None, "")
    assert (line["from"], line["to"]) == ("2026-10-05", "2026-10-05")
    assert line["adjustments"][1] == {
        "group": "PR",
        "reason": "1",
        "cents": 2000,
        "quantity": None,
        "segment": 20,
        "element": 3,
    }


def test_a_claim_says_which_bytes_of_the_file_hold_it() -> None:
    wire = made("835", (), {})
    source = first(rows(wire), "claim")["source"]
    assert (source["file"], source["set"]) == ("a.edi", 1)
    held = wire[source["start_offset"] : source["end_offset"]].decode()
    assert held.startswith("CLP*PCN1001*")
    assert held.endswith("CAS*PR*1*20~")


def test_an_835_ends_with_its_balance() -> None:
    end = first(rows_of("835"), "end")
    assert end["balance"] == {
        "rule": "transaction",
        "expected_cents": 13000,
        "actual_cents": 13000,
        "difference_cents": 0,
        "holds": True,
    }
    assert (end["complete"], end["claims"]) == (True, 2)


def test_a_status_has_its_tracking_numbers_and_each_part_of_its_stc() -> None:
    row = [row for row in rows_of("277CA") if row["kind"] == "status"][1]
    assert (row["trace"], row["batch_trace"], row["patient_control_number"]) == ("PCN1002", "BATCH0001", "PCN1002")
    assert (row["rejected"], row["accepted"], row["from"]) == (True, False, "2026-10-06")
    (status,) = row["statuses"]
    assert status["codes"][0]["category"] == "A7"
    assert status["codes"][0]["status"] == "562"
    assert status["codes"][0]["entity"] == "82"
    assert status["codes"][0]["meaning"].endswith("Rendering provider")
    assert (status["action"], status["charge_cents"], status["effective"]) == ("U", 15000, "2026-11-20")


def test_a_submitted_claim_is_a_claim_too_told_by_its_transaction() -> None:
    row = first(rows_of("837P"), "claim")
    assert (row["transaction"], row["patient_control_number"], row["charge_cents"]) == ("837P", "PCN1002", 15000)
    assert [line["procedure"] for line in row["lines"]] == ["11042", "97597"]
    assert row["billing_provider"]["name"]["id"] == "1234567893"


def test_an_acknowledgment_names_the_claim_of_an_error() -> None:
    row = first(rows_of("999"), "acknowledgment")
    (one,) = row["sets"]
    assert one["rejected"] is True
    assert one["errors"][0]["contexts"] == [{"name": "CLM01", "value": "PCN1002"}]


def test_a_ta1_stands_outside_any_set() -> None:
    wire = made("999", (("GS*FA", "TA1*000000031*261120*1200*R*025~GS*FA"),), {})
    row = first(rows(wire), "interchange_acknowledgment")
    assert (row["control_number"], row["result"], row["note"]) == ("000000031", "R", "025")
    assert row["source"] == {"file": "a.edi", "set": 0, "segment": 2}


def test_a_finding_carries_the_segment_the_place_and_the_remedy() -> None:
    row = first(rows(every()["element.amount"].wire), "finding")
    assert (row["code"], row["severity"]) == ("element.amount", "error")
    assert row["excerpt"][row["caret"] :].startswith("2OO")
    assert (row["source"]["set"], row["source"]["element"]) == (1, 3)
    assert row["remedy"]


def test_the_schemas_are_schemas() -> None:
    for path in sorted(SCHEMAS.glob("*.json")):
        Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("base", sorted(bases()))
def test_every_row_of_a_good_file_fits_the_schema(base: str) -> None:
    every_row = rows_of(base)
    assert every_row
    assert misfits(every_row) == []


def test_the_rows_of_spoiled_files_fit_the_schema_too() -> None:
    small = [one for one in every().values() if len(one.wire) < 10_000]
    assert len(small) > 50
    for one in small:
        assert misfits(rows(one.wire)) == [], one.code


def test_a_field_that_the_schema_does_not_know_is_a_misfit() -> None:
    row = first(rows_of("835"), "claim")
    assert misfits([row]) == []
    assert misfits([{**row, "surprise": 1}])


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real-world files is not here")
def test_the_rows_of_real_files_fit_the_schema() -> None:
    paths = [path for path in CORPUS.rglob("*") if path.is_file() and path.stat().st_size < 20_000]
    read_files = 0
    for path in sorted(paths):
        wire = path.read_bytes()
        if wire.lstrip()[:3] == b"ISA":
            read_files += 1
            assert misfits(rows(wire, path.name)) == [], path
    assert read_files > 50


def test_every_kind_of_the_schema_is_described_in_the_page() -> None:
    page = (SCHEMAS.parent / "json.md").read_text(encoding="utf-8")
    kinds = {
        definition["properties"]["kind"]["const"]
        for definition in SCHEMA["$defs"].values()
        if "const" in definition.get("properties", {}).get("kind", {})
    }
    assert kinds
    assert [kind for kind in sorted(kinds) if f"| `{kind}` |" not in page] == []
