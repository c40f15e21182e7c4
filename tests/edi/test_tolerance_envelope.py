"""What real files do to the envelopes: wrong counts, lost trailers, several interchanges, no header at all."""

from __future__ import annotations

import pytest

from edi.findings import Finding, Severity
from edi.values import SetEnd, SetStart
from edi.x835.model import ClaimPayment, Remittance
from edi.x999.model import InterchangeAcknowledgment
from tests.edi.payment_text import BOTH, TWO_CLAIMS, codes, interchange, money, of, payment, read


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("SE*20*0001", "SE*99*0001", "envelope.se_count"),
        ("SE*20*0001", "SE*x*0001", "envelope.se_count"),
        ("SE*20*0001", "SE*20*0002", "envelope.se_control"),
        ("GE*1*1", "GE*2*1", "envelope.ge_count"),
        ("GE*1*1", "GE*1*2", "envelope.ge_control"),
        ("IEA*1*", "IEA*3*", "envelope.iea_count"),
        ("IEA*1*000000101", "IEA*1*000000999", "envelope.iea_control"),
    ],
)
def test_a_wrong_count_or_control_number_is_told_and_the_claims_are_read(right: str, wrong: str, code: str) -> None:
    values = read(interchange().replace(right, wrong))
    assert money(values) == BOTH
    assert codes(values) == [code]
    assert of(SetEnd, values)[0].complete == (not code.startswith("envelope.se"))


@pytest.mark.parametrize(
    ("lost", "codes_told"),
    [
        ("IEA*1*000000101~\n", ["envelope.iea_missing"]),
        ("GE*1*1~\n", ["envelope.ge_missing"]),
        ("GE*1*1~\nIEA*1*000000101~\n", ["envelope.ge_missing", "envelope.iea_missing"]),
        ("SE*20*0001~\n", ["envelope.se_missing"]),
        (
            "SE*20*0001~\nGE*1*1~\nIEA*1*000000101~\n",
            ["envelope.se_missing", "envelope.ge_missing", "envelope.iea_missing"],
        ),
    ],
)
def test_a_missing_trailer_is_told_and_the_claims_are_read(lost: str, codes_told: list[str]) -> None:
    values = read(interchange().replace(lost, ""))
    assert money(values) == BOTH
    assert codes(values) == codes_told


def test_a_missing_group_header_is_told_and_the_claims_are_read() -> None:
    text = interchange().replace("GS*HP*PAYER01*CLINIC01*20261120*1200*1*X*005010X221A1~\n", "")
    values = read(text)
    assert money(values) == BOTH
    assert codes(values) == ["envelope.unopened", "envelope.iea_count"]


def test_a_missing_set_header_is_told_and_the_claims_are_read_but_not_complete() -> None:
    values = read(interchange().replace("ST*835*0001~\n", ""))
    assert money(values) == BOTH
    assert codes(values)[0] == "envelope.st_missing"
    assert not of(SetEnd, values)[0].complete


@pytest.mark.parametrize("lines_lost", [1, 2])
def test_a_file_that_begins_at_gs_or_st_is_read_with_guessed_delimiters(lines_lost: int) -> None:
    text = "".join(interchange().splitlines(keepends=True)[lines_lost:]).replace("*", "|").replace(":", ">")
    values = read(text)
    assert money(values) == BOTH
    assert "envelope.isa_missing" in codes(values)
    claim = of(ClaimPayment, values)[0]
    assert claim.lines[0].procedure.modifiers == ("25",)
    assert of(SetStart, values)[0].interchange is None


@pytest.mark.parametrize("place", [3, 6, 17, 31, 50, 69, 83, 103, 104, 105])
def test_a_damaged_header_character_does_not_cost_the_claims(place: int) -> None:
    text = interchange()
    values = read(text[:place] + "X" + text[place + 1 :])
    assert money(values) == BOTH


def test_interchanges_with_different_delimiters_follow_one_another() -> None:
    first = interchange(control="000000101")
    second = interchange(control="000000102").translate(str.maketrans("*:~", "|>'")).replace("\n", "")
    third = interchange(control="000000103").replace("~\n", "\n")
    values = read(first + second + third)
    assert money(values) == BOTH * 3
    assert codes(values) == []
    starts = of(SetStart, values)
    assert [start.interchange.control_number for start in starts if start.interchange] == [
        "000000101",
        "000000102",
        "000000103",
    ]
    assert [start.set_number for start in starts] == [1, 2, 3]


def test_an_interchange_may_begin_right_behind_one_without_its_last_terminator() -> None:
    first = interchange(control="000000101").rstrip("~\n")
    second = interchange(control="000000102").translate(str.maketrans("*:~", "|>'"))
    values = read(first + second)
    assert money(values) == BOTH * 2
    assert codes(values) == ["text.last_terminator"]


def test_an_interchange_may_begin_in_the_middle_of_one_that_broke_off() -> None:
    first = interchange(control="000000101")
    cut = first[: first.index("CAS*PR*2*10")]
    values = read(cut + interchange(control="000000102"))
    assert money(values) == [BOTH[0], ("PCN2", 5_000, 4_000, 0), *BOTH]
    assert [end.complete for end in of(SetEnd, values)] == [False, True]
    assert "envelope.se_missing" in codes(values)


def test_several_payments_in_one_file_are_told_apart_even_with_the_same_number() -> None:
    values = read(interchange(payment(control="0001") + payment(control="0001")))
    assert money(values) == BOTH * 2
    assert [remittance.trace for remittance in of(Remittance, values)] == ["EFT0001", "EFT0001"]
    assert [end.set_number for end in of(SetEnd, values)] == [1, 2]
    assert codes(values) == ["envelope.st_repeated"]


def test_a_version_without_its_addendum_is_read() -> None:
    values = read(interchange(version="005010X221"))
    assert money(values) == BOTH
    assert of(SetStart, values)[0].kind == "835"
    assert codes(values) == []


def test_a_4010_payment_is_read_with_a_note() -> None:
    values = read(interchange(version="004010X091A1"))
    assert money(values) == BOTH
    assert codes(values) == ["835.version.4010"]


def test_segments_outside_any_set_are_told_once_for_each_run() -> None:
    text = interchange().replace("ST*835", "NTE*ADD*HELLO~\nNTE*ADD*AGAIN~\nST*835")
    values = read(text)
    assert money(values) == BOTH
    assert codes(values) == ["envelope.outside"]


def test_a_ta1_between_header_and_groups_is_read() -> None:
    text = interchange().replace("GS*HP", "TA1*000000905*261119*1030*A*000~\nGS*HP")
    values = read(text)
    acknowledgment = of(InterchangeAcknowledgment, values)[0]
    assert (acknowledgment.control_number, acknowledgment.result, acknowledgment.segment) == ("000000905", "A", 2)
    assert money(values) == BOTH
    assert codes(values) == []


def test_a_set_that_nobody_reads_is_passed_over_with_a_note() -> None:
    enrolment = "ST*834*0007*005010X220A1~\nBGN*00*1*20261120~\nSE*3*0007~\n"
    values = read(interchange(enrolment + payment()))
    assert [start.kind for start in of(SetStart, values)] == ["834", "835"]
    assert money(values) == BOTH
    assert codes(values) == ["set.unknown"]
    assert all(end.complete for end in of(SetEnd, values))


HEAD_837 = "BHT*0019*00*1*20261120*1200*CH~\nHL*1**20*1~\nNM1*85*2*CLINIC*****XX*1234567893~\nHL*2*1*22*0~\n"


@pytest.mark.parametrize(
    ("set_text", "kind"),
    [
        (HEAD_837 + "CLM*A1*100***11:B:1~\nLX*1~\nSV1*HC:99213*100*UN*1~\n", "837P"),
        (HEAD_837 + "CLM*A1*100***13:A:1~\nLX*1~\nSV2*0300*HC:85025*100*UN*1~\n", "837I"),
        (HEAD_837 + "CLM*A1*100***11:B:1~\nLX*1~\nSV3*AD:D1110*100~\n", "837D"),
        (HEAD_837 + "CLM*A1*100***13:A:1~\n", "837I"),  # no line: the facility qualifier tells
        (HEAD_837 + "CLM*A1*100***11:B:1~\n", "837P"),
    ],
)
def test_an_837_without_a_version_is_told_by_its_content(set_text: str, kind: str) -> None:
    one = f"ST*837*0001~\n{set_text}SE*{set_text.count('~') + 2}*0001~\n"
    starts = of(SetStart, read(interchange(one, version="").replace("GS*HP", "GS*HC")))
    assert [start.kind for start in starts] == [kind]


@pytest.mark.parametrize(
    ("set_id", "version", "beginning", "kind"),
    [
        ("277", "005010X214", "BHT*0085*08*1*20261120*1200*TH", "277CA"),
        ("277", "005010X212", "BHT*0010*08*1*20261120*1200*DG", "277"),
        ("277", "005010X213", "BHT*0085*08*1*20261120*1200*RQ", "277RFAI"),
        ("277", "006020X313", "BHT*0085*08*1*20261120*1200*RQ", "277RFAI"),
        ("277", "", "BHT*0085*08*1*20261120*1200*TH", "277CA"),
        ("277", "", "BHT*0010*08*1*20261120*1200*DG", "277"),
        ("276", "005010X212", "BHT*0010*13*1*20261120*1200", "276"),
        ("837", "004010X098A1", "BHT*0019*00*1*20261120*1200*CH", "837P"),
        ("837", "005010X223A3", "BHT*0019*00*1*20261120*1200*CH", "837I"),
        ("837", "005010X224A2", "BHT*0019*00*1*20261120*1200*CH", "837D"),
    ],
)
def test_the_kind_of_a_set_comes_from_its_version_else_from_its_content(
    set_id: str, version: str, beginning: str, kind: str
) -> None:
    one = f"ST*{set_id}*0001*{version}~\n{beginning}~\nSE*3*0001~\n"
    starts = of(SetStart, read(interchange(one, version="")))
    assert [start.kind for start in starts] == [kind]


def test_the_fingerprint_survives_another_envelope_other_delimiters_and_another_production_date() -> None:
    plain = of(SetEnd, read(interchange()))[0].fingerprint
    enveloped = interchange(payment(control="0777").replace("EFT0777", "EFT0001"), control="000000555")
    redated = enveloped.replace("DTM*405*20261117", "DTM*405*20261119")
    dressed = redated.translate(str.maketrans("*:~", "|>'")).replace("\n", "\r\n")
    assert of(SetEnd, read(dressed))[0].fingerprint == plain


def test_the_fingerprint_changes_with_a_cent() -> None:
    plain = of(SetEnd, read(interchange()))[0].fingerprint
    changed = of(SetEnd, read(interchange().replace("CAS*PR*2*10~", "CAS*PR*2*10.01~")))[0].fingerprint
    assert changed != plain


def test_envelope_findings_are_about_places_that_can_be_found() -> None:
    values = read(interchange(payment(TWO_CLAIMS)).replace("SE*20", "SE*19"))
    (finding,) = of(Finding, values)
    assert finding.severity is Severity.ERROR
    assert (finding.source.segment, finding.source.element) == (22, 1)
    assert finding.excerpt == "SE*19*0001"
