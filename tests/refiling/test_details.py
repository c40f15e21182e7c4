"""What stands beneath a line, hospital codes, and claims of any number of lines."""

from __future__ import annotations

import io

import pytest
from fastapi import FastAPI

import edi.guide
from app.refiling.form import fields_of
from app.refiling.typed import TypedWrong, edits_of
from edi.findings import Severity
from edi.x837.difference import difference
from edi.x837.model import SubmittedClaim
from edi.x837.replace import refile
from tests.refiling.conftest import Clinic, said, work_as
from tests.refiling.test_form import SAMPLES, claims_under
from tests.refiling.test_institutional import STAY, billed, deny

HOSPITAL = billed().replace(
    "HI*ABK:J10~",
    "HI*ABK:J10:::::::Y~HI*BI:70:RD8:20260901-20260905~HI*BH:11:D8:20261001*BH:A1:D8:20261002~"
    "HI*BE:80:::3*BE:A1:::1632.50~HI*BG:09~",
)


def professional() -> SubmittedClaim:
    return next(claim for _, claim in claims_under(SAMPLES) if claim.kind == "837P" and claim.lines)


def hospital(wire: str = HOSPITAL) -> SubmittedClaim:
    return next(value for value in edi.read(io.BytesIO(wire.encode())) if isinstance(value, SubmittedClaim))


def changed(claim: SubmittedClaim, **typed: str) -> tuple[SubmittedClaim, str]:
    made = refile(claim, edits_of(claim, {**fields_of(claim), **typed}), claim.frequency, claim.reference("F8"))
    return made, "~".join("*".join(segment) for segment in made.segments)


def test_hospital_codes_stand_as_a_biller_writes_them() -> None:
    fields = fields_of(hospital())
    assert (fields["occurrences"], fields["spans"]) == ("11 2026-10-01, A1 2026-10-02", "70 2026-09-01 2026-09-05")
    assert (fields["value_codes"], fields["present"]) == ("80 3, A1 1632.50", "Y")


def test_hospital_codes_are_changed_added_and_taken_out() -> None:
    _, wire = changed(
        hospital(),
        occurrences="11 2026-10-01, 24 2026-10-03",
        spans="",
        value_codes="80 4",
        principal_procedure="0W3P8ZZ 2026-10-05",
        drg="470",
        visit_reasons="R07.89",
        present="N",
    )
    assert "HI*BH:11:D8:20261001*BH:24:D8:20261003~HI*BE:80:::4~HI*BG:09" in wire
    assert "HI*BBR:0W3P8ZZ:D8:20261005" in wire
    assert "HI*DR:470" in wire
    assert "HI*APR:R0789" in wire
    assert "HI*ABK:J10:::::::N" in wire
    assert "BI:70" not in wire


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("occurrences", "11", "cannot be read. Like 11 2026-10-01"),
        ("occurrences", "11 10/01/2026", "is not a day"),
        ("spans", "70 2026-09-01", "cannot be read"),
        ("value_codes", "80 three", "cannot be read"),
        ("principal_procedure", "0W3P8ZZ, 0W3P8ZY", "2 entries, at most 1"),
        ("present", "Y X", "Present on admission is Y, N, U, W or 1"),
    ],
)
def test_a_code_that_cannot_be_read_is_told_by_its_field(field: str, text: str, words: str) -> None:
    claim = hospital()
    with pytest.raises(TypedWrong, match=words) as wrong:
        edits_of(claim, {**fields_of(claim), field: text})
    assert field in wrong.value.errors


def test_a_drug_providers_numbers_and_attachments_are_set_on_a_line() -> None:
    before = professional()
    after, wire = changed(
        before,
        line_1_authorization="AUTH9",
        line_1_ndc="00002-7510-01",
        line_1_drug_units="10",
        line_1_drug_basis="ml",
        line_1_prescription="RX77",
        line_1_provider_DK_npi="1679576722",
        line_1_provider_DK_last="ROE",
        line_1_provider_DK_first="ANN",
        line_1_attachment_1_type="M1",
        line_1_attachment_1_how="FX",
        line_1_attachment_1_number="ATT1",
    )
    assert "LIN**N4*00002751001~CTP****10*ML~REF*XZ*RX77~NM1*DK*1*ROE*ANN****XX*1679576722" in wire
    assert "REF*G1*AUTH9" in wire
    assert "PWK*M1*FX***AC*ATT1" in wire
    told = {(row.where, row.field) for row in difference(before, after)}
    assert {("Line 1", "drug"), ("Line 1", "ordering provider name"), ("Line 1", "prior authorization")} <= told
    fields = fields_of(after)
    assert (fields["line_1_ndc"], fields["line_1_drug_basis"]) == ("00002751001", "ML")

    _, without = changed(after, line_1_ndc="", line_1_drug_units="", line_1_drug_basis="", line_1_prescription="")
    assert "LIN*" not in without
    assert "REF*XZ" not in without


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"line_1_ndc": "123"}, "eleven digits"),
        ({"line_1_ndc": "00002751001"}, "Quantity and unit of the drug are needed"),
        ({"line_1_prescription": "RX1"}, "The NDC of the drug is needed"),
        ({"line_1_attachment_1_type": "M1"}, "Say how it is sent"),
        ({"line_1_provider_82_npi": "1679576722"}, "A name is needed"),
    ],
)
def test_what_is_wrong_beneath_a_line_is_told(typed: dict[str, str], words: str) -> None:
    claim = professional()._replace(lines=(professional().lines[0]._replace(providers=(), drug=()),))
    with pytest.raises(TypedWrong, match=words):
        edits_of(claim, {**fields_of(claim), **typed})


def test_a_new_line_takes_what_stands_beneath_it() -> None:
    claim = professional()
    after, wire = changed(
        claim,
        new_1_code="J1885",
        new_1_charge="12.50",
        new_1_first_date="2026-10-05",
        new_1_ndc="00002751001",
        new_1_drug_units="2",
        new_1_drug_basis="ML",
    )
    assert len(after.lines) == len(claim.lines) + 1
    assert wire.endswith("LIN**N4*00002751001~CTP****2*ML")
    assert after.charge_cents == claim.charge_cents + 1_250


def long_stay(lines: int) -> str:
    body = STAY.format(payer="CI")
    head = body[: body.index("LX*1~")].replace("CLM*H100*900", f"CLM*H100*{lines * 10}")
    made = "".join(
        f"LX*{number}~SV2*0300*HC:80053*10*UN*1~DTP*472*D8*20261005~REF*6R*L{number}~"
        for number in range(1, lines + 1)
    )
    text = "".join(line.strip() for line in (head + made).splitlines())
    whole = billed()
    return whole[: whole.index("BHT*")] + text + f"SE*{text.count('~') + 2}*0900~" + whole[whole.index("GE*1*900") :]


def test_a_claim_of_any_number_of_lines_is_changed_page_by_page(clinic: Clinic, app: FastAPI) -> None:
    number = deny(clinic, wire=long_stay(150))
    dana = work_as(app, clinic)
    page = dana.get(f"/claims/{number}/refile").text
    assert 'name="line_20_code"' in page
    assert 'name="line_21_code"' not in page
    assert "141–150" in page

    moved = dana.submit(f"/claims/{number}/refile/lines", {"line_2_units": "3", "go": "141"}).text
    assert '<input type="hidden" name="line_2_units" value="3">' in moved
    assert 'name="line_150_code"' in moved
    assert "1–20 (1 changed)" in moved
    assert "<ins>3 UN</ins>" in moved  # the difference from the original stands there all along

    wrong = dana.submit(f"/claims/{number}/refile/check", {"line_77_charge": "x", "lines_from": "1"}).text
    assert 'name="line_77_charge"' in wrong  # the page of the fault

    more = dana.submit(f"/claims/{number}/refile/lines", {"more_rows": "6", "new_rows": "2"}).text
    assert 'name="new_6_code"' in more
    typed = {"route": "replacement", "line_2_units": "3", "line_150_modifiers": "59", "lines_from": "141"}
    answer = dana.submit(f"/claims/{number}/refile", typed)
    assert answer.status_code == 303, said(answer.text)
    clinic.leave()
    sent = clinic.sent[0].replace("\n", "")
    assert "LX*2~SV2*0300*HC:80053*10*UN*3~" in sent
    assert "LX*150~SV2*0300*HC:80053:59*10*UN*1~" in sent
    assert sent.count("LX*") == 150
    errors = [each for each in edi.guide.check(io.BytesIO(sent.encode())) if each.severity is Severity.ERROR]
    assert errors == []


def test_what_differs_is_told_while_it_is_typed(clinic: Clinic, app: FastAPI) -> None:
    number = deny(clinic)
    dana = work_as(app, clinic)
    told = dana.submit(f"/claims/{number}/refile/difference", {"line_1_modifiers": "25", "route": "replacement"}).text
    assert "<ins>HC 99284" in told or "99284" in told
    assert "It cannot be told yet" in dana.submit(f"/claims/{number}/refile/difference", {"line_1_charge": "x"}).text
