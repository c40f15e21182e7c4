"""Rows that a person types: little is asked, the rest has defaults, and a slip is told by line and key."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest

from edi.from_json import RowError, Sending, written
from edi.guide import check
from tests.edi.json_rows import NOW, rows_in, wire_of

PAYMENT: dict[str, Any] = {
    "kind": "remittance",
    "payer": "TESTPAYER HEALTH",
    "payer_id": "99999",
    "payee": "SAMPLE CLINIC",
    "payee_id": "1234567893",
    "trace": "CHK1",
    "originator": "1351840597",
    "date": "2026-11-18",
    "paid_cents": 12000,
    "payer_address": {"line1": "1 MAIN ST", "city": "HARTFORD", "state": "CT", "postal_code": "06101"},
    "payer_contacts": [{"function": "BL", "name": "DESK", "numbers": [{"number": "8005550100"}]}],
}
PAID: dict[str, Any] = {
    "kind": "claim",
    "patient_control_number": "PCN1",
    "charge_cents": 20000,
    "paid_cents": 12000,
    "payer_claim_control_number": "ICN1",
    "names": [{"role": "QC", "last": "QUILL", "first": "MAY", "id": "W1"}],
    "lines": [
        {
            "procedure": "99213",
            "charge_cents": 20000,
            "paid_cents": 12000,
            "from": "2026-10-05",
            "adjustments": [{"group": "CO", "reason": "45", "cents": 8000}],
            "remarks": ["N130"],
        }
    ],
}
BATCH: dict[str, Any] = {
    "kind": "submission",
    "transaction": "837P",
    "submitter": {"last": "SAMPLE CLINIC", "id": "CLINIC01"},
    "submitter_contacts": [{"name": "DESK", "numbers": [{"number": "5125550100"}]}],
    "receiver": {"last": "TESTPAYER HEALTH", "id": "99999"},
}
CLAIM: dict[str, Any] = {
    "kind": "claim",
    "patient_control_number": "PCN1",
    "facility_code": "11",
    "from": "2026-10-05",
    "diagnoses": [{"code": "L97521"}, {"code": "E119"}],
    "billing_provider": {
        "name": {"last": "SAMPLE CLINIC", "id": "1234567893"},
        "address": {"line1": "2 CARE ST", "city": "AUSTIN", "state": "TX", "postal_code": "787010001"},
        "references": [{"qualifier": "EI", "value": "741234567"}],
    },
    "subscriber": {
        "name": {"last": "ROE", "first": "JO", "id": "W200"},
        "birth_date": "1975-03-03",
        "sex": "M",
        "address": {"line1": "3 ELM", "city": "AUSTIN", "state": "TX", "postal_code": "78702"},
    },
    "payer": {"name": {"last": "TESTPAYER HEALTH", "id": "99999"}},
    "lines": [{"procedure": "99213", "charge_cents": 15000}],
}
ATTENDING = {"name": {"role": "71", "last": "WELL", "first": "ADA", "id": "1234567893"}}
HOSPITAL = {**BATCH, "transaction": "837I"}
STAY = {
    **CLAIM,
    "inpatient": ["3", "1", "01"],
    "providers": [ATTENDING],
    "lines": [{"revenue_code": "0450", "procedure": "99213", "charge_cents": 15000}],
}


def by_hand(*rows: dict[str, Any]) -> bytes:
    return wire_of(*rows, sending=Sending(NOW, 7))


def test_a_payment_in_a_few_keys_passes_the_guide() -> None:
    wire = by_hand(PAYMENT, PAID)
    assert list(check(io.BytesIO(wire))) == []
    remittance, claim, end = rows_in(wire)
    assert (remittance["handling"], remittance["method"], remittance["credit_debit"]) == ("I", "CHK", "C")
    assert (claim["status"], claim["classification"]) == ("1", "paid")
    assert claim["lines"][0]["dates"] == [{"qualifier": "472", "from": "2026-10-05", "to": None}]
    assert end["balance"]["holds"] is True


def test_a_payment_of_nothing_is_a_notice() -> None:
    wire = by_hand({**PAYMENT, "paid_cents": 0})
    assert (rows_in(wire)[0]["handling"], rows_in(wire)[0]["method"]) == ("H", "NON")


def test_remarks_of_a_whole_claim_are_written_where_they_stand() -> None:
    wire = by_hand(PAYMENT, {**PAID, "remarks": ["MA130", "N130"]})
    assert b"MOA***MA130*N130~" in wire


@pytest.mark.parametrize(("batch", "claim"), [(BATCH, CLAIM), (HOSPITAL, STAY)])
def test_a_claim_in_a_few_keys_passes_the_guide(batch: dict[str, Any], claim: dict[str, Any]) -> None:
    wire = by_hand(batch, claim)
    assert list(check(io.BytesIO(wire))) == []
    row = rows_in(wire)[1]
    assert (row["charge_cents"], row["from"], row["frequency"]) == (15000, "2026-10-05", "1")
    assert [one["qualifier"] for one in row["diagnoses"]] == ["ABK", "ABF"]


def test_a_dependent_has_a_level_of_his_own() -> None:
    child = {"name": {"last": "ROE", "first": "SAM"}, "birth_date": "2015-01-02", "sex": "M", "relationship": "19"}
    home = CLAIM["subscriber"]["address"]
    subscriber = {**CLAIM["subscriber"], "relationship": ""}
    wire = by_hand(BATCH, {**CLAIM, "subscriber": subscriber, "patient": {**child, "address": home}})
    assert b"HL*3*2*23*0~" in wire
    assert list(check(io.BytesIO(wire))) == []
    assert rows_in(wire)[1]["patient"]["name"]["first"] == "SAM"


def test_the_command_line_may_say_what_the_rows_are() -> None:
    rows = [{key: value for key, value in BATCH.items() if key != "transaction"}, CLAIM]
    with pytest.raises(RowError, match="line 1: transaction should be 837P or 837I or 837D here"):
        by_hand(*rows)
    assert b"ST*837*0001*005010X222A1~" in wire_of(*rows, sending=Sending(NOW, 7, transaction="837P"))


def test_several_payments_go_into_one_group() -> None:
    wire = by_hand(PAYMENT, PAID, {**PAYMENT, "trace": "CHK2"}, PAID)
    assert [wire.count(name) for name in (b"ISA*", b"GS*", b"ST*", b"GE*2*1~")] == [1, 1, 2, 1]


def test_different_transactions_go_into_different_groups() -> None:
    wire = by_hand(PAYMENT, PAID, BATCH, CLAIM)
    assert [wire.count(name) for name in (b"ISA*", b"GS*HP", b"GS*HC", b"IEA*2*")] == [1, 1, 1, 1]
    assert [row["kind"] for row in rows_in(wire)] == ["remittance", "claim", "end", "submission", "claim", "end"]


def changed(row: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The row with one key changed; "lines.0.units" goes inside. `...` takes the key away."""
    copied = copy.deepcopy(row)
    inner: Any = copied
    *above, last = path.split(".")
    for step in above:
        inner = inner[int(step) if step.isdigit() else step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return copied


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("patient_control_number", ..., "line 2: patient_control_number is missing"),
        ("names", ..., "line 2: names is missing"),
        ("paid_cents", 120.5, "line 2: paid_cents should be a whole number of cents, found 120.5"),
        ("paid_cents", None, "line 2: paid_cents should be a whole number of cents, found null"),
        ("paid_cent", 12000, "line 2: paid_cent is no key here; known are adjustments, "),
        ("lines.0.from", "10/05/2026", "line 2: lines[1].from should be a date like 2026-11-22"),
        ("lines.0.modifiers", "25", "line 2: lines[1].modifiers should be a list of text"),
        ("lines.0.units", "1", "line 2: lines[1].units should be a number"),
        ("lines.0.units", float("nan"), "line 2: lines[1].units should be a number"),
        ("lines.0.adjustments.0.reason", ..., "line 2: lines[1].adjustments[1].reason is missing"),
        ("names.0.last", "QUI*LL", "line 2: names[1].last holds '*', which separates"),
        ("names.0.last", "QUI:LL", "line 2: names[1].last holds ':', which separates"),
        ("names.0.last", "\ud800", "line 2: names[1].last holds half a character"),
        ("names.0.is_person", "yes", "line 2: names[1].is_person should be true or false"),
        ("remark_qualifiers", ["HE"], "line 2: remark_qualifiers has 1 entries for 0 remarks"),
        ("kind", "status", "line 2: a status needs a row of kind report above it"),
        ("kind", "clam", "line 2: kind should be one of remittance, "),
        ("received", "2026-13-01", "line 2: received should be a date"),
    ],
)
def test_a_slip_in_a_paid_claim_is_told_by_line_and_key(path: str, value: Any, told: str) -> None:
    rows = [PAYMENT, changed(PAID, path, value)]
    with pytest.raises(RowError) as error:
        by_hand(*rows)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("payer", ..., "line 2: payer is missing"),
        ("diagnoses", ..., "line 2: diagnoses is missing"),
        ("billing_provider.name", ..., "line 2: billing_provider.name is missing"),
        ("lines.0.charge_cents", ..., "line 2: lines[1].charge_cents is missing"),
        ("to", "2026-10-06", "line 2: to is '2026-10-06', but would be read back as '2026-10-05'"),
        ("drg", 470, "line 2: drg should be text, found 470"),
        ("conditions", ["CRC"], "line 2: conditions should be a list of segments"),
        ("batch_reference", "OTHER", "line 2: batch_reference is 'OTHER', but would be read back as '000000007'"),
    ],
)
def test_a_slip_in_a_submitted_claim_is_told_by_line_and_key(path: str, value: Any, told: str) -> None:
    claim = {**CLAIM, "lines": [{**CLAIM["lines"][0], "from": "2026-10-05"}]}
    with pytest.raises(RowError) as error:
        by_hand(BATCH, changed(claim, path, value))
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    ("envelope", "told"),
    [
        ({"interchange": {"sender": "A" * 16, "receiver": "B"}}, "envelope.interchange.sender does not fit 15"),
        ({"interchange": {"sent_on": "soon"}}, "envelope.interchange.sent_on should be a date"),
        ({"interchange": {"sendr": "A"}}, "envelope.interchange.sendr is no key here"),
        ({"delimiters": {"element": "A"}}, "envelope.delimiters cannot be used"),
        ({"delimiters": {"element": "*", "segment": "*"}}, "envelope.delimiters cannot be used"),
        ({"version": "005010X214"}, ""),
        ([], "envelope should be an object"),
    ],
)
def test_a_slip_in_an_envelope_is_told(envelope: Any, told: str) -> None:
    if not told:
        assert b"ST*835*0001*005010X214~" in by_hand({**PAYMENT, "envelope": envelope}, PAID)
        return
    with pytest.raises(RowError) as error:
        by_hand({**PAYMENT, "envelope": envelope}, PAID)
    assert str(error.value).startswith(f"line 1: {told}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: there is nothing to write"),
        ("\n\n", "line 1: there is nothing to write"),
        ("[]", "line 1: should be a JSON object"),
        ("{", "line 1: not JSON: "),
        ("[" * 100_000, "line 1: not JSON that can be read: nested too deeply"),
        ("ISA*00*          *", "line 1: this is X12 already"),
        ('{"kind": "claim"}', "line 1: a claim needs a row of kind remittance or submission above it"),
        ('{"kind": "end", "transaction": "270"}', "line 1: a 270 was not read"),
    ],
)
def test_what_is_no_row_is_told(text: str, told: str) -> None:
    with pytest.raises(RowError) as error:
        b"".join(written(text.splitlines(), Sending(NOW, 7)))
    assert str(error.value).startswith(told)


def test_a_changed_figure_that_the_segments_contradict_is_refused() -> None:
    wire = by_hand(BATCH, CLAIM)
    submission, claim, end = rows_in(wire)
    with pytest.raises(RowError, match="line 2: charge_cents is 1, but would be read back as 15000"):
        wire_of(submission, {**claim, "charge_cents": 1}, end)


def test_a_claim_read_and_changed_is_written_from_its_keys_when_its_segments_are_taken_away() -> None:
    wire = by_hand(BATCH, CLAIM)
    submission, claim, end = rows_in(wire)
    del claim["segments"], claim["levels"]
    claim["lines"][0]["charge_cents"] = claim["charge_cents"] = 16000
    assert rows_in(wire_of(submission, claim, end))[1]["charge_cents"] == 16000


def test_a_file_of_many_rows_is_written_as_they_come() -> None:
    taken = 0

    def rows() -> Any:
        nonlocal taken
        yield json.dumps(PAYMENT)
        for _ in range(2000):
            taken += 1
            yield json.dumps(PAID)

    first = next(iter(written(rows(), Sending(NOW, 7))))
    assert len(first) > 60_000
    assert taken < 1000


def test_a_row_that_cannot_be_written_is_told_before_the_rows_behind_it_are_taken() -> None:
    taken = 0

    def rows() -> Any:
        nonlocal taken
        yield json.dumps(PAYMENT)
        for place in range(1000):
            taken += 1
            yield json.dumps({**PAID, "to": "2026-01-01", "dates": []} if place == 10 else PAID)

    with pytest.raises(RowError, match="line 12: "):
        b"".join(written(rows(), Sending(NOW, 7)))
    assert taken < 20


def test_the_examples_of_the_page_are_written_and_pass_the_guide() -> None:
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in page.split("```json\n")[1:]]
    assert len(blocks) == 3
    for block in blocks:
        rows = [json.loads(f'{{"kind"{text}') for text in block.replace("\n", " ").split('{"kind"')[1:]]
        found = {finding.code for finding in check(io.BytesIO(by_hand(*rows)))}
        assert found <= {"guide.no_map"}, "a 276 has no map to be held against"
