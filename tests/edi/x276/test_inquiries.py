"""Claim status inquiries: read, written, and asked again when nothing was found."""

from __future__ import annotations

import io
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edi
from edi.errors import NotX12Error
from edi.findings import Finding
from edi.parts import Name, Procedure, Reference
from edi.writing import Envelope, OutgoingGroup, write
from edi.x276.ladder import Change, ladder
from edi.x276.model import InquiryLine, StatusInquiry
from edi.x276.write import FUNCTIONAL_ID, VERSION, inquiry_segments, inquiry_set

ENVELOPE = Envelope("CLINIC", "SUNRISE", date(2026, 11, 20), time(12, 0), control_number=1, usage="T")
PAYER = Name("PR", "SUNRISE HEALTH", "", "", "", "PI", "90001", is_person=False, segment=0)
CLINIC = Name("41", "LAKESIDE CLINIC", "", "", "", "46", "CLINIC", is_person=False, segment=0)
PROVIDER = Name("1P", "LAKESIDE CLINIC", "", "", "", "XX", "1234567893", is_person=False, segment=0)
MEMBER = Name("IL", "DOE", "JANE", "", "", "MI", "W100", is_person=True, segment=0)
CHILD = Name("QC", "DOE", "TIM", "", "", "", "", is_person=True, segment=0)

ABOUT_MEMBER = StatusInquiry(
    reference="REQ1",
    payer=PAYER,
    receiver=CLINIC,
    provider=PROVIDER,
    subscriber=MEMBER,
    subscriber_birth_date=date(1980, 1, 1),
    subscriber_sex="F",
    patient=None,
    patient_birth_date=None,
    patient_sex="",
    trace="T1",
    payer_claim_control_number="ICN1",
    patient_control_number="PCN1",
    bill_type="",
    clearinghouse_number="",
    references=(Reference("1K", "ICN1", 0), Reference("EJ", "PCN1", 0)),
    charge_cents=20050,
    first_date=date(2026, 10, 5),
    last_date=date(2026, 10, 5),
    lines=(),
    set_number=0,
    segment=0,
    last_segment=0,
    start_offset=0,
    end_offset=0,
)
ABOUT_CHILD = ABOUT_MEMBER._replace(
    subscriber_birth_date=None,
    subscriber_sex="",
    patient=CHILD,
    patient_birth_date=date(2015, 6, 6),
    patient_sex="M",
    trace="T2",
    payer_claim_control_number="",
    patient_control_number="PCN2",
    references=(Reference("EJ", "PCN2", 0),),
    last_date=date(2026, 10, 7),
)


def wire_of(*inquiries: StatusInquiry) -> bytes:
    one = inquiry_set(inquiries, reference="REQ1", created_on=date(2026, 11, 20), created_at=time(9, 5))
    return b"".join(write(ENVELOPE, [OutgoingGroup(FUNCTIONAL_ID, VERSION, [one])]))


def inquiries_in(wire: bytes) -> list[StatusInquiry]:
    return [value for value in edi.read(io.BytesIO(wire)) if isinstance(value, StatusInquiry)]


def placeless(inquiry: StatusInquiry) -> StatusInquiry:
    """Without where it stood in a file."""

    def bare(name: Name | None) -> Name | None:
        return name._replace(segment=0) if name else None

    return inquiry._replace(
        created=None,
        created_at=None,
        payer=bare(inquiry.payer),
        receiver=bare(inquiry.receiver),
        provider=bare(inquiry.provider),
        subscriber=bare(inquiry.subscriber),
        patient=bare(inquiry.patient),
        references=tuple(one._replace(segment=0) for one in inquiry.references),
        lines=tuple(
            line._replace(segment=0, references=tuple(one._replace(segment=0) for one in line.references))
            for line in inquiry.lines
        ),
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
    )


def test_a_member_and_a_dependent_are_asked_about_as_the_guide_has_it() -> None:
    lines = wire_of(ABOUT_MEMBER, ABOUT_CHILD).decode().splitlines()
    assert lines[2:-3] == [
        "ST*276*0001*005010X212~",
        "BHT*0010*13*REQ1*20261120*0905~",
        "HL*1**20*1~",
        "NM1*PR*2*SUNRISE HEALTH*****PI*90001~",
        "HL*2*1*21*1~",
        "NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~",
        "HL*3*2*19*1~",
        "NM1*1P*2*LAKESIDE CLINIC*****XX*1234567893~",
        "HL*4*3*22*0~",
        "DMG*D8*19800101*F~",
        "NM1*IL*1*DOE*JANE****MI*W100~",
        "TRN*1*T1~",
        "REF*1K*ICN1~",
        "REF*EJ*PCN1~",
        "AMT*T3*200.5~",
        "DTP*472*D8*20261005~",
        "HL*5*3*22*1~",
        "NM1*IL*1*DOE*JANE****MI*W100~",
        "HL*6*5*23~",
        "DMG*D8*20150606*M~",
        "NM1*QC*1*DOE*TIM~",
        "TRN*1*T2~",
        "REF*EJ*PCN2~",
        "AMT*T3*200.5~",
        "DTP*472*RD8*20261005-20261007~",
    ]


def test_what_is_written_is_read_back() -> None:
    line = InquiryLine(
        Procedure("HC", "99213", ("25",), ""), 9000, "L1", date(2026, 10, 5), date(2026, 10, 5), 0, "", None,
        (Reference("FJ", "L1", 0),),
    )  # fmt: skip
    asked = [ABOUT_MEMBER, ABOUT_CHILD._replace(lines=(line,)), ABOUT_MEMBER._replace(trace="T3")]
    assert [placeless(one) for one in inquiries_in(wire_of(*asked))] == asked


names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ -'", min_size=1, max_size=15).map(str.strip).filter(bool)
ids = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)
days = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@st.composite
def inquiries(draw: st.DrawFn) -> StatusInquiry:
    typed = {
        "1K": draw(st.just("") | ids),
        "BLT": draw(st.sampled_from(["", "111"])),
        "EJ": draw(st.just("") | ids),
        "D9": draw(st.just("") | ids),
    }
    first = draw(days)
    is_dependent = draw(st.booleans())
    return ABOUT_MEMBER._replace(
        payer=PAYER._replace(id=draw(st.sampled_from(["90001", "90002"]))),
        subscriber=MEMBER._replace(last=draw(names), id=draw(ids)),
        subscriber_birth_date=None if is_dependent else draw(days),
        subscriber_sex="" if is_dependent else draw(st.sampled_from(["F", "M", ""])),
        patient=CHILD._replace(first=draw(names)) if is_dependent else None,
        patient_birth_date=draw(days) if is_dependent else None,
        patient_sex=draw(st.sampled_from(["F", "M", ""])) if is_dependent else "",
        trace=draw(ids),
        payer_claim_control_number=typed["1K"],
        bill_type=typed["BLT"],
        patient_control_number=typed["EJ"],
        clearinghouse_number=typed["D9"],
        references=tuple(Reference(qualifier, value, 0) for qualifier, value in typed.items() if value),
        charge_cents=draw(st.none() | st.integers(0, 10**9)),
        first_date=first,
        last_date=draw(st.dates(first, date(2031, 1, 1))),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(inquiries(), max_size=6))
def test_any_inquiries_in_any_order_are_read_back(asked: list[StatusInquiry]) -> None:
    assert [placeless(one) for one in inquiries_in(wire_of(*asked))] == asked


def test_typed_numbers_need_not_be_repeated_as_references() -> None:
    (read,) = inquiries_in(wire_of(ABOUT_MEMBER._replace(references=(), bill_type="111")))
    assert [(one.qualifier, one.value) for one in read.references] == [("1K", "ICN1"), ("BLT", "111"), ("EJ", "PCN1")]


@pytest.mark.parametrize(
    ("inquiry", "named"),
    [
        (ABOUT_MEMBER._replace(payer=None), "payer"),
        (ABOUT_MEMBER._replace(provider=None), "provider"),
        (ABOUT_MEMBER._replace(subscriber=None), "subscriber"),
        (ABOUT_MEMBER._replace(trace=""), "trace"),
    ],
)
def test_an_inquiry_that_nobody_could_answer_is_refused(inquiry: StatusInquiry, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        list(inquiry_segments([inquiry], reference="R", created_on=date(2026, 11, 20), created_at=time(9, 5)))


def test_an_inquiry_without_its_trace_is_kept_and_told() -> None:
    values = list(edi.read(io.BytesIO(wire_of(ABOUT_MEMBER).replace(b"TRN*1*T1~\n", b""))))
    (inquiry,) = [value for value in values if isinstance(value, StatusInquiry)]
    assert (inquiry.trace, inquiry.patient_control_number) == ("", "PCN1")
    assert "276.trace" in [value.code for value in values if isinstance(value, Finding)]


WHOLE = wire_of(ABOUT_MEMBER, ABOUT_CHILD, ABOUT_MEMBER._replace(trace="T3"))


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_stops_the_reader(place: int, byte: int) -> None:
    try:
        found = inquiries_in(WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :])
    except NotX12Error:
        return
    assert len(found) <= 5


# The search ladder

TODAY = date(2026, 11, 20)


def test_nothing_found_is_asked_again_with_other_keys() -> None:
    rungs = ladder(ABOUT_MEMBER, today=TODAY, member_ids=["W100A"])
    assert [rung.change for rung in rungs] == [
        Change.CLAIM_NUMBER_ONLY,
        Change.WITHOUT_CLAIM_NUMBER,
        Change.WIDER_DATES,
        Change.WITHOUT_CHARGE,
        Change.OTHER_RELATION,
        Change.OTHER_MEMBER_ID,
    ]
    assert [rung.inquiry.trace for rung in rungs] == ["T1-2", "T1-3", "T1-4", "T1-5", "T1-6", "T1-7"]
    by_number, searched, wider, loose, swapped, other_id = (rung.inquiry for rung in rungs)
    assert (by_number.payer_claim_control_number, by_number.charge_cents) == ("ICN1", None)
    assert by_number.references == (Reference("1K", "ICN1", 0),)
    assert (searched.payer_claim_control_number, searched.charge_cents) == ("", 20050)
    assert searched.references == (Reference("EJ", "PCN1", 0),)
    assert (wider.first_date, wider.last_date) == (date(2026, 10, 2), date(2026, 10, 8))
    assert loose.charge_cents is None
    assert swapped.patient is not None
    assert (swapped.patient.role, swapped.patient.first) == ("QC", "JANE")
    assert other_id.subscriber is not None
    assert other_id.subscriber.id == "W100A"


def test_a_dependent_is_asked_about_as_the_member() -> None:
    swapped = next(rung for rung in ladder(ABOUT_CHILD, today=TODAY) if rung.change is Change.OTHER_RELATION).inquiry
    assert swapped.patient is None
    assert swapped.subscriber is not None
    assert (swapped.subscriber.role, swapped.subscriber.first, swapped.subscriber.id) == ("IL", "TIM", "W100")
    assert swapped.subscriber_birth_date == date(2015, 6, 6)


def test_the_same_question_is_not_asked_twice() -> None:
    bare = ABOUT_CHILD._replace(charge_cents=None)
    assert [rung.change for rung in ladder(bare, today=TODAY)] == [Change.WIDER_DATES, Change.OTHER_RELATION]


def test_a_wider_search_does_not_reach_into_the_future() -> None:
    recent = ABOUT_CHILD._replace(first_date=date(2026, 11, 19), last_date=date(2026, 11, 19))
    wider = next(rung for rung in ladder(recent, today=TODAY) if rung.change is Change.WIDER_DATES).inquiry
    assert (wider.first_date, wider.last_date) == (date(2026, 11, 16), TODAY)


def test_every_rung_can_be_sent() -> None:
    rungs = [rung.inquiry for rung in ladder(ABOUT_MEMBER, today=TODAY, member_ids=["X1"])]
    assert [one.trace for one in inquiries_in(wire_of(*rungs))] == [one.trace for one in rungs]
