"""What real files do to the text itself: each is read in full, with a finding where somebody may want to know."""

from __future__ import annotations

import io

import pytest

import edi
from edi.findings import Finding
from edi.segments import SEGMENT_LIMIT
from edi.values import SetEnd, SetStart
from edi.x835.model import ClaimPayment
from tests.edi.payment_text import BOTH, TWO_CLAIMS, codes, interchange, money, of, payment, read


def with_delimiters(text: str, element: str, component: str, segment: str) -> str:
    """The text with other delimiters; repetition stays as it is."""
    return text.replace("\n", "").translate(str.maketrans("*:~", element + component + segment))


def test_a_plain_file_is_read_without_findings() -> None:
    values = read(interchange())
    assert money(values) == BOTH
    assert codes(values) == []


@pytest.mark.parametrize(
    ("element", "component", "segment"),
    [
        ("|", ">", "~"),  # a common clearinghouse
        ("*", "<", "'"),  # as in EDIFACT
        ("\x1d", "\x1f", "\x1c"),  # the control characters that the standard suggests
        ("\t", ":", "\n"),  # tabs and lines
        ("!", "@", "$"),
        ("+", "\\", "?"),
        (".", "#", "%"),  # a point as separator: amounts are whole here
    ],
)
def test_the_delimiters_are_those_of_the_header(element: str, component: str, segment: str) -> None:
    values = read(with_delimiters(interchange(), element, component, segment))
    assert money(values) == BOTH
    assert codes(values) == []


@pytest.mark.parametrize(
    ("terminator", "line_end"),
    [
        ("~", ""),  # all on one line
        ("~", "\r\n"),  # Windows
        ("~", "\r"),  # an old Mac
        ("~", "\n\n"),  # an empty line between segments
        ("\n", ""),  # the line end is the terminator
        ("\r\n", ""),  # CR LF is the terminator
        ("\r", ""),
        ("\t", ""),  # a tab, which is a blank elsewhere
        ("\t", "\n"),
        ("\t", "\r\n"),
        ("\x1c", "\n"),
    ],
)
def test_line_ends_may_follow_the_terminator_or_be_it(terminator: str, line_end: str) -> None:
    values = read(interchange().replace("~\n", terminator + line_end))
    assert money(values) == BOTH
    assert codes(values) == []


@pytest.mark.parametrize(
    ("terminator", "line_end"), [("\t", ""), ("\t", "\r\n"), ("\r", ""), ("\n", ""), ("~", "\n")]
)
def test_a_trimmed_header_may_end_in_any_terminator(terminator: str, line_end: str) -> None:
    trimmed = interchange().replace("PAYER01        ", "PAYER01")
    values = read(trimmed.replace("~\n", terminator + line_end))
    assert money(values) == BOTH
    assert codes(values) == ["envelope.isa_width"]


def test_a_byte_order_mark_and_leading_blanks_are_passed_over() -> None:
    assert money(read(b"\xef\xbb\xbf" + interchange().encode())) == BOTH
    assert codes(read("  \r\n\t" + interchange())) == []


def test_text_before_the_header_is_skipped_and_told() -> None:
    values = read("Please find your remittance below.\n\n" + interchange())
    assert money(values) == BOTH
    assert codes(values) == ["text.leading"]


def test_blanks_before_a_segment_are_passed_over() -> None:
    values = read(interchange().replace("SVC*", "   SVC*"))
    assert money(values) == BOTH
    assert codes(values) == []


def test_a_file_hard_wrapped_at_80_columns_reads_as_if_it_were_not() -> None:
    text = interchange().replace("\n", "")
    wrapped = "\r\n".join(text[at : at + 80] for at in range(0, len(text), 80))
    values = read(wrapped)
    assert money(values) == BOTH
    assert set(codes(values)) == {"text.wrapped"}


@pytest.mark.parametrize("width", range(20, 132))
def test_lines_may_be_wrapped_at_any_width(width: int) -> None:
    text = interchange().replace("\n", "")
    values = read("\n".join(text[at : at + width] for at in range(0, len(text), width)))
    assert money(values) == BOTH
    assert set(codes(values)) <= {"text.wrapped", "envelope.isa_width"}


@pytest.mark.parametrize(
    "header",
    [
        "ISA*00* *00* *ZZ*PAYER01 *ZZ*CLINIC01 *261120*1200*^*00501*000000101*0*P*:~",  # blanks squeezed
        "ISA*00**00**ZZ*PAYER01*ZZ*CLINIC01*261120*1200*^*00501*101*0*P*:~",  # trimmed
        "ISA*00*          *00*          *ZZ*A RATHER LONG SENDER ID*ZZ*CLINIC01*261120*1200*^*00501*000000101*0*P*:~",
        "ISA*00**00**ZZ*PAYER01*ZZ*CLINIC01*261120*1200*^*00501*101*0*P*~",  # no component separator: the usual one
    ],
)
def test_a_header_of_another_width_is_read_by_its_separators(header: str) -> None:
    text = interchange()
    values = read(header + text[text.index("\nGS") :])
    assert money(values) == BOTH
    assert "envelope.isa_width" in codes(values)
    start = of(SetStart, values)[0]
    assert start.interchange is not None
    assert start.interchange.receiver == "CLINIC01"


def test_a_body_component_separator_other_than_the_declared_one_is_noticed() -> None:
    values = read(interchange().replace("HC:", "HC>").replace(":25", ">25"))
    claim = of(ClaimPayment, values)[0]
    assert (claim.lines[0].procedure.code, claim.lines[0].procedure.modifiers) == ("99213", ("25",))
    assert codes(values) == ["text.component"]


def test_isa_and_iea_inside_names_do_not_end_anything() -> None:
    claims = TWO_CLAIMS.replace("*DOE*", "*ISA*").replace("*ROE*", "*IEA*").replace("JANE", "ISAAC ISA")
    values = read(interchange(payment(claims)))
    assert money(values) == BOTH
    assert [claim.names[0].last for claim in of(ClaimPayment, values)] == ["ISA", "IEA"]
    assert codes(values) == []


def test_an_empty_segment_is_skipped_and_told_once() -> None:
    values = read(interchange().replace("\n", "").replace("~SVC", "~~SVC"))
    assert money(values) == BOTH
    assert codes(values) == ["text.empty_segment"]


def test_a_trailing_control_z_and_padding_are_passed_over() -> None:
    values = read(interchange() + "\x1a" + "\x00" * 200)
    assert money(values) == BOTH
    assert codes(values) == []


def test_utf8_names_are_read_and_offsets_stay_those_of_the_bytes() -> None:
    data = interchange(payment(TWO_CLAIMS.replace("DOE", "NÚÑEZ"))).encode("utf-8")
    first, second = of(ClaimPayment, read(data))
    assert first.names[0].last == "NÚÑEZ"
    assert data[second.start_offset : second.end_offset].startswith(b"CLP*PCN2*")
    assert codes(read(data)) == []


def test_latin1_names_are_read_with_a_finding() -> None:
    data = interchange(payment(TWO_CLAIMS.replace("DOE", "NÚÑEZ"))).encode("latin-1")
    values = read(data)
    assert of(ClaimPayment, values)[0].names[0].last == "NÚÑEZ"
    assert codes(values) == ["text.latin1"]


def test_lower_case_is_read_as_capitals() -> None:
    values = read(interchange().lower())
    assert money(values) == BOTH
    assert set(codes(values)) == {"text.lower_case"}


def test_a_missing_last_terminator_costs_nothing() -> None:
    values = read(interchange().rstrip("~\n"))
    assert money(values) == BOTH
    assert codes(values) == ["text.last_terminator"]
    assert of(SetEnd, values)[0].complete


def test_a_file_cut_off_in_a_segment_keeps_the_claims_before_it_and_marks_the_last() -> None:
    text = interchange()
    values = read(text[: text.index("CAS*PR*2*10") + len("CAS*PR*2*1")])
    first, second = of(ClaimPayment, values)
    assert not first.is_damaged
    assert second.is_damaged
    assert second.lines[0].adjustments == ()  # the amount may have lost digits: not read
    assert not of(SetEnd, values)[0].complete
    assert "text.truncated" in codes(values)


def test_every_cut_keeps_all_claims_before_it() -> None:
    text = interchange()
    starts = [text.index("CLP*PCN2"), text.index("SE*")]
    for cut in range(text.index("CLP*PCN1"), len(text)):
        whole = [claim for claim in money(read(text[:cut])) if claim in BOTH]
        assert len(whole) >= sum(1 for start in starts if start <= cut), cut


def test_a_segment_without_end_is_skipped_in_bounded_memory() -> None:
    rubbish = "NTE*" + "X" * (3 * SEGMENT_LIMIT) + "~"
    text = interchange(payment(TWO_CLAIMS.replace("CLP*PCN2", rubbish + "CLP*PCN2")))
    values = list(edi.read(io.BytesIO(text.encode())))
    assert money(values) == BOTH
    assert "text.long" in codes(values)
    assert [claim.is_damaged for claim in of(ClaimPayment, values)] == [True, False]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "the file is empty"),
        (b"\r\n  \n", "the file is empty"),
        (b"%PDF-1.7 ...", "it looks like a PDF document"),
        (b"PK\x03\x04 ...", "it looks like a ZIP archive"),
        (b"\xff\xfeI\x00S\x00A\x00", "UTF-16 text"),
        (bytes(range(256)) * 50, "it holds binary data"),
        (b"Dear Sir or Madam", "it begins with 'Dear Sir or Madam'"),
        (b"<html><body>Sign in</body></html>", "it looks like HTML or XML"),
        (b"UNA:+.? 'UNB+UNOA", "it looks like UN/EDIFACT"),
    ],
)
def test_what_is_not_x12_is_refused_in_plain_words(data: bytes, found: str) -> None:
    with pytest.raises(edi.NotX12Error) as caught:
        list(edi.read(io.BytesIO(data), file="odd.bin"))
    assert caught.value.found == found
    assert str(caught.value).startswith("odd.bin: not X12: ")


def test_rubbish_inside_a_file_costs_one_finding_and_the_claim_around_it() -> None:
    claims = TWO_CLAIMS.replace("CLP*PCN2", "\x01\x02 %%% broken~CLP*PCN2")
    values = read(interchange(payment(claims)))
    assert money(values) == BOTH
    assert [claim.is_damaged for claim in of(ClaimPayment, values)] == [True, False]
    assert codes(values) == ["segment.damaged"]


def test_a_finding_shows_the_segment_with_a_caret_under_the_element() -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace("*100*80**1", "*1O0*80**1"))))
    finding = next(finding for finding in of(Finding, values) if finding.code == "element.amount")
    lines = str(finding).splitlines()
    assert lines[0] == (
        "test.835, set 1, segment 14, element 2: error: SVC02 should be an amount, found '1O0' [element.amount]"
    )
    assert lines[1] == "    SVC*HC:99213:25*1O0*80**1"
    assert lines[2] == "                    ^"
