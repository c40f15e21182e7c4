"""Redacting: people and practices go, structure and money stay."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edi.redact import redact
from edi.redact.permutation import permuted
from edi.redact.pseudonyms import Pseudonyms, is_npi

ISA = "ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*000000007*0*P*:~"


def redacted(body: str, key: bytes = b"a key") -> str:
    return b"".join(redact(io.BytesIO((ISA + body).encode()), key)).decode()


def redacted_elements(segment: str) -> list[str]:
    return redacted(segment + "~").removesuffix("~").split("~")[-1].split("*")


def test_a_patient_is_gone_from_name_and_id() -> None:
    wire = redacted("NM1*QC*1*QUILLFEATHER*MARGUERITE*A**JR*MI*W44871093~")
    for secret in ("QUILLFEATHER", "MARGUERITE", "W44871093"):
        assert secret not in wire
    assert len(redacted_elements("NM1*QC*1*QUILLFEATHER*MARGUERITE****MI*W44871093")) == 10


def test_the_isa_keeps_its_width_and_its_sender_matches_the_group() -> None:
    wire = redacted("GS*HP*PAYER01*CLINIC01*20261120*1200*7*X*005010X221A1~")
    isa, gs = wire.split("~")[:2]
    assert len(isa) == 105
    assert isa.split("*")[6].strip() == gs.split("*")[2] != "PAYER01"


def test_the_same_account_gets_the_same_pseudonym_wherever_it_stands() -> None:
    claim = redacted_elements("CLM*PCN20331*200***11:B:1*Y*A*Y*Y")[1]
    paid = redacted_elements("CLP*PCN20331*1*200*120**12*ICN1")[1]
    context = redacted_elements("CTX*CLM01:PCN20331")[1]
    assert claim == paid == context.removeprefix("CLM01:")


def test_another_key_gives_other_pseudonyms() -> None:
    segment = "CLP*PCN20331*1*200*120**12*ICN90000117~"
    assert redacted(segment, b"one") != redacted(segment, b"two")
    assert redacted(segment, b"one") == redacted(segment, b"one")


def test_amounts_codes_and_service_dates_stay() -> None:
    body = "SVC*HC:99214:25*200*120**1~DTM*472*20261005~CAS*CO*45*50~CAS*PR*1*20**2*10~AMT*B6*150~LQ*HE*N290~"
    assert redacted(body) == redacted("") + body


def test_a_typed_description_in_a_procedure_goes() -> None:
    line = redacted_elements("SV1*HC:99199:::::LETTER FOR MRS QUILL*40*UN*1")
    assert line[1] == "HC:99199:::::TEXT REMOVED"


def test_a_birth_date_keeps_its_year_and_a_very_old_age_is_not_told() -> None:
    born = redacted_elements("DMG*D8*19800317*F")
    assert born[2][:4] == "1980"
    assert born[3] == "F"
    assert redacted_elements("DMG*D8*19210317*F")[2][:4] == "1937", "89 years before the interchange of 2026"


def test_an_address_keeps_state_and_postal_area_only() -> None:
    assert redacted_elements("N3*12 ELM STREET*APT 4") == ["N3", "TEXT REMOVED", "TEXT REMOVED"]
    city = redacted_elements("N4*AUSTIN*TX*787010001")
    assert city[1] != "AUSTIN"
    assert city[2:] == ["TX", "787000000"]
    assert redacted_elements("N4*X*AK*99901")[3] == "99900"
    assert redacted_elements("N4*X*WY*82101")[3] == "00000", "an area where few people live"


def test_a_payer_stays_with_its_address_and_contacts() -> None:
    body = "N1*PR*TESTPAYER HEALTH*XV*99999~N3*1 PLAN WAY~N4*HARTFORD*CT*06101~PER*CX*CLAIMS*TE*8005550100~"
    assert redacted(body) == redacted("") + body


def test_contacts_accounts_and_notes_of_others_go() -> None:
    wire = redacted(
        "N1*PE*SAMPLE CLINIC PLLC*XX*1234567893~PER*BL*JO BILLER*EM*jo@clinic.example~"
        "NTE*ADD*SPOKE WITH JO~K3*FREE TEXT~REF*EA*MRN5567~"
        "BPR*I*310*C*ACH*CCP*01*999999992*DA*123456*1351840597**01*999988880*DA*98765*20261118~"
    )
    for secret in ("SAMPLE", "1234567893", "BILLER", "clinic", "SPOKE", "FREE", "123456", "98765", "MRN5567"):
        assert secret not in wire
    assert "BPR*I*310*C*ACH" in wire


def test_a_segment_that_nobody_knows_is_replaced_throughout() -> None:
    assert "QUILL" not in redacted("ZZZ*MARGUERITE QUILL*7*W44871093~")
    assert redacted_elements("ZZZ*ABCD*7*W4")[2:] == ["7", "W4"], "codes of one or two characters stay"


@pytest.mark.parametrize(
    ("segment", "secret", "kept"),
    [
        ("PLB*1234567893*20261231*WO:ICN900501*50", "ICN900501", "*WO:"),
        ("PLB*1234567893*20261231*WO>ICN900501*50", "ICN900501", "*WO>"),  # not the separator that ISA16 declares
        ("PLB*1234567893*20261231*ICN900501*50", "ICN900501", "*50"),
        ("CTX*CLM01|PCN20331", "PCN20331", "*CLM01|"),
        ("CTX*SITUATIONAL TRIGGER*NM1*8", "PCN", "SITUATIONAL TRIGGER*NM1*8"),
    ],
)
def test_an_id_behind_a_code_goes_whatever_parts_them(segment: str, secret: str, kept: str) -> None:
    wire = redacted(segment + "~")
    assert secret not in wire
    assert kept in wire


def test_a_description_goes_though_another_separator_is_in_use_than_declared() -> None:
    assert "QUILL" not in redacted("ST*837*1~SV1*HC>99199>>>>>LETTER FOR MRS QUILL*40*UN*1~")


def test_an_npi_becomes_another_valid_npi() -> None:
    npi = redacted_elements("NM1*82*1*SMITH*ANN****XX*1245319599")[9]
    assert npi != "1245319599"
    assert is_npi(npi)


@settings(deadline=None)
@given(st.integers(2, 3000), st.binary(min_size=1, max_size=32))
def test_no_two_numbers_become_the_same(size: int, key: bytes) -> None:
    assert sorted(permuted(value, size, key, "99") for value in range(size)) == list(range(size))


@settings(deadline=None)
@given(st.text(alphabet="ABCXYZ0189-_. abc", min_size=1, max_size=30))
def test_a_pseudonym_keeps_length_and_shape(text: str) -> None:
    made = Pseudonyms(b"k").id(text)
    assert len(made) == len(text)
    for old, new in zip(text, made, strict=True):
        assert (old.isdigit(), old.isupper(), old.islower()) == (new.isdigit(), new.isupper(), new.islower())
