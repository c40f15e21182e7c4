"""Acknowledgments: read, written, and made for a file that we received."""

from __future__ import annotations

import io
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edi
from edi.errors import NotX12Error
from edi.findings import Finding
from edi.values import Delimiters, SetStart
from edi.writing import Envelope, OutgoingGroup, write
from edi.x999.acknowledge import acknowledge, acknowledge_interchange
from edi.x999.model import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    SetAcknowledgment,
)
from edi.x999.write import FUNCTIONAL_ID, VERSION, acknowledgment_segments, acknowledgment_set, ta1_segment

ISA = "ISA*00*          *00*          *ZZ*SUNRISE        *ZZ*CLINIC         *261120*1200*^*00501*000000001*0*T*:~"
ENVELOPE = Envelope("CLINIC", "SUNRISE", date(2026, 11, 20), time(12, 0), control_number=1, usage="T")


def read(body: str, set_id: str = "999") -> list[object]:
    segments = [text.strip() for text in body.split("~") if text.strip()]
    wire = ISA + f"GS*FA*SUNRISE*CLINIC*20261120*1200*1*X*{VERSION}~ST*{set_id}*0001~"
    wire += "".join(f"{one}~" for one in segments) + f"SE*{len(segments) + 2}*0001~GE*1*1~IEA*1*000000001~"
    return list(edi.read(io.BytesIO(wire.encode())))


def answers(values: list[object]) -> list[GroupAcknowledgment]:
    return [value for value in values if isinstance(value, GroupAcknowledgment)]


def codes(values: list[object]) -> list[str]:
    return [value.code for value in values if isinstance(value, Finding)]


REJECTED = """AK1*HC*301*005010X222A1~ AK2*837*0001*005010X222A1~
    IK3*NM1*8*2010*8~ CTX*CLM01:PCN2~ IK4*9:2:1*67*7*ABC~ IK5*R*5~ AK2*837*0002*005010X222A1~ IK5*A~ AK9*P*2*2*1~"""


def test_a_rejected_set_names_the_claim_and_the_element() -> None:
    (answer,) = answers(read(REJECTED))
    assert (answer.functional_id, answer.group_control_number, answer.result) == ("HC", "301", "P")
    assert (answer.sets_included, answer.sets_received, answer.sets_accepted) == (2, 2, 1)
    first, second = answer.sets
    assert (first.control_number, first.is_rejected, first.codes) == ("0001", True, ("5",))
    assert (second.control_number, second.is_rejected, second.errors) == ("0002", False, ())
    (error,) = first.errors
    assert (error.segment_id, error.position, error.loop, error.code) == ("NM1", 8, "2010", "8")
    assert error.contexts == (("CLM01", "PCN2"),)
    assert error.elements[0][:5] == (9, 2, 1, "7", "ABC")


def test_a_997_says_the_same_with_other_segments() -> None:
    wire = "AK1*HC*301~ AK2*837*0001~ AK3*CLM*22**8~ AK4*2**1~ AK5*R*5~ AK9*R*1*1*0~"
    (answer,) = answers(read(wire, "997"))
    assert (answer.kind, answer.sets[0].result) == ("997", "R")
    assert answer.sets[0].errors[0].elements[0].element == 2


def test_a_situational_trigger_keeps_the_segment_it_points_at() -> None:
    wire = REJECTED.replace("CTX*CLM01:PCN2", "CTX*SITUATIONAL TRIGGER*CLM*43**5:3")
    (answer,) = answers(read(wire))
    assert answer.sets[0].errors[0].contexts == (("SITUATIONAL TRIGGER", "CLM*43**5:3"),)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("AK2*837*0001~ IK5*A~ AK9*A*1*1*1~", "999.group"),  # AK1 is lost
        ("AK1*HC*301~ IK5*R*5~ AK9*R*1*1*0~", "999.set"),  # AK2 is lost
        ("AK1*HC*301~ AK2*837*0001~ AK9*A*1*1*1~", "999.unfinished"),  # IK5 is lost
        ("AK1*HC*301~ AK2*837*0001~ IK5*A~", "999.unfinished.group"),  # AK9 is lost
        ("AK1*HC*301~ AK2*837*0001~ IK5*Q~ AK9*A*1*1*1~", "999.result"),
        ("AK1*HC*301~ AK2*837*0001~ IK5*R~ AK9*A*1*1*1~", "999.count"),  # nobody accepted what AK904 counts
        ("AK1*HC*301~ AK2*837*0001~ IK3*NM1*X**8~ IK5*R~ AK9*R*1*1*0~", "999.place"),
        ("AK1*HC*301~ AK2*837*0001~ IK3*NM1*8**8~ IK4*X**7~ IK5*R~ AK9*R*1*1*0~", "999.place"),
        ("AK1*HC*301~ AK2*837*0001~ IK4*1**7~ IK5*R~ AK9*R*1*1*0~", "segment.unexpected"),
    ],
)
def test_what_is_lost_from_an_answer_is_told_and_the_rest_kept(body: str, code: str) -> None:
    values = read(body)
    assert len(answers(values)) == 1
    assert code in codes(values)


@pytest.mark.parametrize(
    ("body", "unnamed"),
    [
        ("AK9*A*2*2*2~", "A"),  # the group is taken, and no set is named
        ("AK9*E*2*2*2~", "A"),  # taken, with errors noted
        ("AK9*A~", "A"),  # a 997 may count nothing
        ("AK9*A*2*2*1~", ""),  # it says two things
        ("AK9*A*2*1*1~", ""),  # one of them did not arrive
        ("AK9*R*2*2*0~", "R"),
        ("AK9*M*2*2*0~", "R"),  # refused for security
        ("AK9*P*2*2*1~", ""),  # which of them, nobody says
        ("AK2*837*0001~ IK5*R~ AK9*P*2*2*1~", "A"),  # the refused one is named, so the other was taken
        ("AK2*837*0001~ IK5*R~ AK9*P*3*3*1~", ""),  # another one was refused, and is not named
        ("AK2*837*0001~ IK5*R~ AK9*R*2*2*0~", "R"),
        ("AK2*837*0001~ IK5*A~ AK9*A*2*2*2~", "A"),
        ("AK2*837*0001~ IK5*A~ AK9*A*1*1*1~", ""),  # all are named
        ("AK2*837*0001~ IK5*R~ AK9*A*2*2*2~", ""),  # it says two things
        ("AK2*837*0001~ AK9*A*2*2*2~", ""),  # an answer broke off: it may be a refusal
        ("AK9*Q*2*2*2~", ""),
        ("", ""),
    ],
)
def test_what_a_group_says_of_the_sets_that_it_does_not_name(body: str, unnamed: str) -> None:
    (answer,) = answers(read(f"AK1*HC*301~ {body}"))
    assert answer.unnamed_result == unnamed


def test_an_acceptance_that_does_not_count_to_all_is_told() -> None:
    assert "999.unnamed" in codes(read("AK1*HC*301~ AK9*A*2*2*1~"))
    assert "999.unnamed" not in codes(read("AK1*HC*301~ AK9*A*2*2*2~"))


def test_an_unfinished_answer_is_no_acceptance() -> None:
    (answer,) = answers(read("AK1*HC*301~ AK2*837*0001~"))
    assert (answer.result, answer.sets[0].result) == ("", "")


def answered_interchanges(wire: bytes) -> list[InterchangeAcknowledgment]:
    """All that the file says, which is answers to interchanges; less the interchange that each came in."""
    values = list(edi.read(io.BytesIO(wire)))
    answers = [value for value in values if isinstance(value, InterchangeAcknowledgment)]
    assert len(answers) == len(values)
    return [answer._replace(interchange=None) for answer in answers]


def test_an_interchange_is_answered_before_any_group() -> None:
    wire = ISA + "TA1*000000907*261119*1147*R*025~IEA*0*000000001~"
    (answer,) = answered_interchanges(wire.encode())
    assert answer == InterchangeAcknowledgment("000000907", date(2026, 11, 19), time(11, 47), "R", "025", 2)


def test_an_unreadable_date_costs_only_itself() -> None:
    wire = ISA + "TA1*000000907*269919*99*A*000~IEA*0*000000001~"
    (answer,) = answered_interchanges(wire.encode())
    assert answer == InterchangeAcknowledgment("000000907", None, None, "A", "000", 2)


# Writing

text = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=9)
elements = st.builds(
    ElementError,
    element=st.integers(1, 30),
    component=st.integers(0, 9),
    repeat=st.just(0),
    code=st.sampled_from(["1", "7", "I10"]),
    bad_value=st.just("") | text,
    segment=st.just(0),
)
errors = st.builds(
    SegmentError,
    segment_id=st.sampled_from(["NM1", "CLM", "SV1"]),
    position=st.integers(1, 99999),
    loop=st.sampled_from(["", "2300"]),
    code=st.sampled_from(["3", "8", "I4"]),
    contexts=st.lists(st.tuples(st.just("CLM01"), text), max_size=1).map(tuple),
    elements=st.lists(elements, max_size=2).map(tuple),
    segment=st.just(0),
)
sets = st.builds(
    SetAcknowledgment,
    set_id=st.sampled_from(["837", "835"]),
    control_number=text,
    version=st.sampled_from(["", "005010X222A1"]),
    result=st.sampled_from(["A", "E", "R"]),
    codes=st.lists(st.sampled_from(["5", "I5"]), max_size=2).map(tuple),
    errors=st.lists(errors, max_size=3).map(tuple),
    segment=st.just(0),
)


def answer_of(of_sets: list[SetAcknowledgment]) -> GroupAcknowledgment:
    accepted = sum(1 for one in of_sets if not one.is_rejected)
    return GroupAcknowledgment(
        kind="999",
        functional_id="HC",
        group_control_number="301",
        version="005010X222A1",
        result="A" if accepted == len(of_sets) else "P",
        sets_included=len(of_sets),
        sets_received=len(of_sets),
        sets_accepted=accepted,
        codes=(),
        sets=tuple(of_sets),
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
    )


def wire_of(answer: GroupAcknowledgment) -> bytes:
    return b"".join(write(ENVELOPE, [OutgoingGroup(FUNCTIONAL_ID, VERSION, [acknowledgment_set(answer)])]))


def placeless(answer: GroupAcknowledgment) -> GroupAcknowledgment:
    return answer._replace(
        sets=tuple(
            one._replace(
                segment=0,
                errors=tuple(
                    error._replace(
                        segment=0, elements=tuple(element._replace(segment=0) for element in error.elements)
                    )
                    for error in one.errors
                ),
            )
            for one in answer.sets
        ),
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(sets, min_size=1, max_size=4))
def test_what_is_written_is_read_back(of_sets: list[SetAcknowledgment]) -> None:
    answer = answer_of(of_sets)
    assert [placeless(one) for one in answers(list(edi.read(io.BytesIO(wire_of(answer)))))] == [answer]


def test_a_remittance_is_acknowledged_without_a_version_of_its_set() -> None:
    answer = answer_of([SetAcknowledgment("835", "0001", "", "A", (), (), 0)])
    assert list(acknowledgment_segments(answer))[1] == ("AK2", "835", "0001", "")
    assert b"AK2*835*0001~" in wire_of(answer)


def test_a_bad_value_that_would_break_the_answer_is_left_out() -> None:
    element = ElementError(3, 0, 0, "6", "A~B", 0)
    error = SegmentError("NM1", 8, "", "8", (), (element,), 0)
    answer = answer_of([SetAcknowledgment("837", "0001", "", "R", ("5",), (error,), 0)])
    assert b"IK4*3**6~" in wire_of(answer)


def test_a_997_is_written_with_its_own_segments() -> None:
    error = SegmentError("NM1", 8, "", "8", (("CLM01", "X"),), (ElementError(3, 0, 0, "6", "", 0),), 0)
    answer = answer_of([SetAcknowledgment("837", "0001", "V", "R", ("5",), (error,), 0)])._replace(kind="997")
    assert [segment[0] for segment in acknowledgment_segments(answer)] == ["AK1", "AK2", "AK3", "AK4", "AK5", "AK9"]


def test_an_interchange_answer_is_written_and_read_back() -> None:
    answer = InterchangeAcknowledgment("000000907", date(2026, 11, 19), time(11, 47), "E", "021", 2)
    wire = b"".join(write(ENVELOPE, [], [ta1_segment(answer)]))
    assert answered_interchanges(wire) == [answer]


# Answering what we received

REMITTANCE = (
    "BPR*I*80*C*ACH*CCP*01*111000025*DA*1*1900010001**01*111000025*DA*2*20261120~TRN*1*EFT1*1900010001~"
    "DTM*405*20261119~N1*PR*SUNRISE HEALTH~N3*1 WAY~N4*AUSTIN*TX*78701~PER*BL*DESK*TE*8005550100~"
    "N1*PE*LAKESIDE CLINIC*XX*1234567893~LX*1~CLP*PCN1*1*100*80**12*ICN1*11*1~"
    "CAS*CO*45*20~NM1*QC*1*DOE*JANE****MI*W100~DTM*232*20261005~"
)


def received(*bodies: str, functional_id: str = "HP", trailer: str = "SE*{count}*{number}~") -> list[object]:
    wire = ISA + f"GS*{functional_id}*SUNRISE*CLINIC*20261120*1200*77*X*005010X221A1~"
    for number, body in enumerate(bodies, start=1):
        count = body.count("~") + 2
        wire += f"ST*835*000{number}~" + body + trailer.format(count=count, number=f"000{number}")
    return list(edi.read(io.BytesIO((wire + f"GE*{len(bodies)}*77~IEA*1*000000001~").encode())))


def test_a_good_file_is_accepted() -> None:
    (answer,) = acknowledge(received(REMITTANCE))
    assert (answer.functional_id, answer.group_control_number, answer.version) == ("HP", "77", "005010X221A1")
    assert (answer.result, answer.sets_accepted) == ("A", 1)
    assert answer.sets == (SetAcknowledgment("835", "0001", "", "A", (), (), 0),)


def test_an_unreadable_element_is_accepted_with_errors_at_its_place() -> None:
    (answer,) = acknowledge(received(REMITTANCE.replace("DTM*232*20261005", "DTM*232*20261305"), REMITTANCE))
    assert (answer.result, [one.result for one in answer.sets]) == ("E", ["E", "A"])
    (error,) = answer.sets[0].errors
    assert (error.segment_id, error.position, error.code) == ("DTM", 14, "8")
    assert error.elements == (ElementError(2, 0, 0, "8", "20261305", 0),)


def test_a_set_that_broke_off_is_rejected() -> None:
    (answer,) = acknowledge(received(REMITTANCE, trailer=""))
    assert (answer.result, answer.sets[0].result, answer.sets[0].codes) == ("R", "R", ("2",))


def test_a_group_with_one_bad_set_is_partly_accepted() -> None:
    values = received(REMITTANCE, REMITTANCE, trailer="SE*{count}*0001~")
    (answer,) = acknowledge(values)
    assert (answer.result, answer.sets_accepted) == ("P", 1)
    assert [one.result for one in answer.sets] == ["A", "R"]


def test_money_that_does_not_add_up_is_no_error_of_form() -> None:
    (answer,) = acknowledge(received(REMITTANCE.replace("CAS*CO*45*20", "CAS*CO*45*10")))
    assert answer.result == "A"


def test_acknowledgments_are_not_acknowledged() -> None:
    assert list(acknowledge(read(REJECTED))) == []


def test_each_group_is_answered_and_sets_without_one_are_not() -> None:
    one, other = (
        f"GS*HP*SUNRISE*CLINIC*20261120*1200*{number}*X*005010X221A1~ST*835*0001~{REMITTANCE}SE*15*0001~GE*1*{number}~"
        for number in (77, 78)
    )
    stray = f"ST*835*0001~{REMITTANCE}SE*15*0001~"
    values = edi.read(io.BytesIO((ISA + one + stray + other + "IEA*2*000000001~").encode()))
    given = list(acknowledge(values))
    assert [(answer.group_control_number, len(answer.sets)) for answer in given] == [("77", 1), ("78", 1)]


def test_the_answer_to_a_read_file_can_be_sent() -> None:
    (answer,) = acknowledge(received(REMITTANCE.replace("*80**12", "*8O**12")))
    (read_back,) = answers(list(edi.read(io.BytesIO(wire_of(answer)))))
    assert placeless(read_back) == placeless(answer)


@pytest.mark.parametrize(
    ("trailer", "result", "note"),
    [
        ("IEA*1*000000001~", "A", "000"),
        ("IEA*2*000000001~", "E", "021"),
        ("IEA*1*000000009~", "E", "001"),
        ("", "E", "023"),
    ],
)
def test_the_envelope_of_a_file_is_answered(trailer: str, result: str, note: str) -> None:
    wire = (
        ISA + "GS*HP*A*B*20261120*1200*77*X*005010X221A1~ST*835*0001~" + REMITTANCE + "SE*15*0001~GE*1*77~" + trailer
    )
    values = list(edi.read(io.BytesIO(wire.encode())))
    start = next(value for value in values if isinstance(value, SetStart))
    assert start.interchange is not None
    findings = [value for value in values if isinstance(value, Finding)]
    answer = acknowledge_interchange(start.interchange, findings, sent_on=date(2026, 11, 21), sent_at=time(8, 0))
    assert (answer.control_number, answer.result, answer.note) == ("000000001", result, note)


def test_an_answer_under_other_delimiters_leaves_out_what_they_would_break() -> None:
    delimiters = Delimiters("|", "<", "!", "$")
    element = ElementError(3, 0, 0, "6", "A|B", 0)
    answer = answer_of(
        [SetAcknowledgment("837", "1", "", "R", (), (SegmentError("N1", 8, "", "8", (), (element,), 0),), 0)]
    )
    one = acknowledgment_set(answer, delimiters=delimiters)
    wire = b"".join(write(ENVELOPE._replace(delimiters=delimiters), [OutgoingGroup(FUNCTIONAL_ID, VERSION, [one])]))
    assert b"IK4|3||6$" in wire


# Damage

WHOLE = (
    ISA
    + f"GS*FA*SUNRISE*CLINIC*20261120*1200*1*X*{VERSION}~ST*999*0001~"
    + "~".join(one.strip() for one in REJECTED.split("~"))
    + "SE*11*0001~GE*1*1~IEA*1*000000001~"
).encode()


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_turns_a_rejection_into_an_acceptance(place: int, byte: int) -> None:
    try:
        values: list[object] = list(edi.read(io.BytesIO(WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :])))
    except NotX12Error:
        return
    first = [one for answer in answers(values) for one in answer.sets if one.control_number == "0001"]
    was_the_result = WHOLE[place - 4 : place] == b"IK5*"  # the byte that says it
    assert was_the_result or not any(one.result == "A" for one in first)
