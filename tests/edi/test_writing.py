"""Printing X12: widths, counts and what is refused."""

from collections.abc import Iterator
from datetime import date, time

import pytest

from edi import writing
from edi.values import Delimiters
from edi.writing import Envelope, OutgoingGroup, OutgoingSet, Printer, Repeated, Segment, as_written, write

ENVELOPE = Envelope("CLINIC01", "PAYER01", date(2026, 11, 20), time(12, 0), control_number=7, usage="T")


def printed(groups: list[OutgoingGroup], envelope: Envelope = ENVELOPE, answers: tuple[Segment, ...] = ()) -> str:
    return b"".join(write(envelope, groups, answers)).decode(envelope.encoding)


def test_an_interchange_declares_its_delimiters_at_fixed_places() -> None:
    wire = printed([])
    assert wire == (
        "ISA*00*          *00*          *ZZ*CLINIC01       *ZZ*PAYER01        *261120*1200*^*00501*000000007*0*T*:~\n"
        "IEA*0*000000007~\n"
    )
    assert wire.index("~") == 105


def test_sets_and_groups_are_numbered_and_counted() -> None:
    remittance = OutgoingSet("835", [("BPR", "I", "0"), ("TRN", "1", "X")])
    answer = OutgoingSet("999", [("AK1", "HC", "5")], "005010X231A1", "0042")
    wire = printed(
        [
            OutgoingGroup("HP", "005010X221A1", [remittance, remittance]),
            OutgoingGroup("FA", "005010X231A1", [answer], control_number=300, sender="OTHER"),
        ]
    )
    assert wire.splitlines()[1:] == [
        "GS*HP*CLINIC01*PAYER01*20261120*1200*1*X*005010X221A1~",
        "ST*835*0001~",
        "BPR*I*0~",
        "TRN*1*X~",
        "SE*4*0001~",
        "ST*835*0002~",
        "BPR*I*0~",
        "TRN*1*X~",
        "SE*4*0002~",
        "GE*2*1~",
        "GS*FA*OTHER*PAYER01*20261120*1200*300*X*005010X231A1~",
        "ST*999*0042*005010X231A1~",
        "AK1*HC*5~",
        "SE*3*0042~",
        "GE*1*300~",
        "IEA*2*000000007~",
    ]


def test_an_interchange_acknowledgment_stands_before_the_groups() -> None:
    wire = printed([], answers=(("TA1", "000000001", "261120", "1200", "A", "000"),))
    assert wire.splitlines()[1] == "TA1*000000001*261120*1200*A*000~"


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        (("CLP", "A", "1", "", ""), "CLP*A*1~"),  # empty elements at the end are not sent
        (("CLP", "A", "", "1"), "CLP*A**1~"),  # those inside are
        (("SVC", ("HC", "99213", "", ""), "1"), "SVC*HC:99213*1~"),  # nor empty components at the end
        (("STC", ("A7", "562", ""), ""), "STC*A7:562~"),
        (("EB", Repeated(["30", "35"])), "EB*30^35~"),
        (("HI", Repeated([("ABK", "R05"), ("ABF", "R06")])), "HI*ABK:R05^ABF:R06~"),
        (("HL", "1", ""), "HL*1~"),
    ],
)
def test_a_segment_is_printed(segment: Segment, text: str) -> None:
    assert Printer().print(segment) == text


@pytest.mark.parametrize(
    ("segment", "named"),
    [
        (("NM1", "QC", "1", "O*BRIEN"), "NM103"),  # an element separator would shift every later element
        (("NTE", "ADD", "see ~ below"), "NTE02"),  # a terminator would end the segment
        (("REF", "EJ", "A:B"), "REF02"),  # a component separator would make a composite
        (("REF", "EJ", "A^B"), "REF02"),
        (("NTE", "ADD", "two\nlines"), "NTE02"),  # a line end would be dropped by the reader
        (("SVC", ("HC", "99:13")), "SVC01"),
        (("EB", Repeated(["30", "3^5"])), "EB01"),
    ],
)
def test_a_value_that_holds_a_delimiter_is_refused_by_name(segment: Segment, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Printer().print(segment)


def test_other_delimiters_free_the_usual_ones() -> None:
    printer = Printer(Delimiters("|", "<", "", "'"))
    assert printer.print(("NTE", "ADD", "10:30 * ^ ~", ("HC", "1"))) == "NTE|ADD|10:30 * ^ ~|HC<1'"


def test_a_repeat_needs_a_separator_for_it() -> None:
    with pytest.raises(ValueError, match="EB01"):
        Printer(Delimiters("*", ":", "", "~")).print(("EB", Repeated(["30", "35"])))


@pytest.mark.parametrize(
    ("envelope", "named"),
    [
        (ENVELOPE._replace(sender="A NAME OF 16 CHRS"), "ISA06"),
        (ENVELOPE._replace(receiver_qualifier=""), "ISA07"),
        (ENVELOPE._replace(control_number=1_000_000_000), "ISA13"),
        (ENVELOPE._replace(usage=""), "ISA15"),
        (ENVELOPE._replace(delimiters=Delimiters("*", "*", "^", "~")), "different"),
        (ENVELOPE._replace(delimiters=Delimiters("A", ":", "^", "~")), "letters"),
    ],
)
def test_an_envelope_that_no_reader_could_open_is_refused(envelope: Envelope, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        printed([], envelope)


def test_version_4010_has_no_repetition_separator() -> None:
    old = ENVELOPE._replace(version="00401", delimiters=Delimiters("*", ":", "", "~"))
    assert printed([], old).startswith(
        "ISA*00*          *00*          *ZZ*CLINIC01       *ZZ*PAYER01        *261120*1200*U*00401*"
    )


def test_a_read_segment_is_printed_under_other_delimiters() -> None:
    read = ["HI", "ABK:R05", "", "A^B", "ABF:R06^ABF:R07"]
    segment = as_written(read, Delimiters("*", ":", "^", "~"))
    assert Printer(Delimiters("|", "<", "!", "'")).print(segment) == "HI|ABK<R05||A!B|ABF<R06!ABF<R07'"
    assert Printer().print(segment) == "HI*ABK:R05**A^B*ABF:R06^ABF:R07~"


def test_a_large_set_leaves_in_small_pieces_while_it_is_made() -> None:
    made = 0

    def claims() -> Iterator[Segment]:
        nonlocal made
        for made in range(1, 20_001):
            yield ("CLP", f"PCN{made}", "1", "100", "80", "", "12", f"ICN{made}")

    pieces = write(ENVELOPE, [OutgoingGroup("HP", "005010X221A1", [OutgoingSet("835", claims())])])
    first = next(pieces)
    assert made < 2_500
    assert len(first) < 2 * writing.CHUNK_CHARACTERS
    wire = first + b"".join(pieces)
    assert b"SE*20002*0001~" in wire
