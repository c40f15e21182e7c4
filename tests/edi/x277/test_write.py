"""What is written as a 277 is read back as it was."""

from __future__ import annotations

import io
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edi
from edi.findings import Finding
from edi.guide import check
from edi.parts import Amount, Dated, Name, Procedure, Quantity, Reference
from edi.values import Delimiters
from edi.writing import Envelope, OutgoingGroup, write
from edi.x277.model import ClaimStatus, StatusCode, StatusInformation, StatusLine, StatusReport, StatusTotals
from edi.x277.write import VERSIONS, StatusValue, status_segments, status_set

ENVELOPE = Envelope("SUNRISE", "CLINIC", date(2026, 11, 20), time(12, 0), control_number=1, usage="T")
PAYER = Name("PR", "SUNRISE HEALTH", "", "", "", "PI", "90001", is_person=False, segment=0)
CLINIC = Name("41", "LAKESIDE CLINIC", "", "", "", "46", "CLINIC", is_person=False, segment=0)
BILLING = Name("85", "LAKESIDE CLINIC", "", "", "", "XX", "1234567893", is_person=False, segment=0)

MARKS = "*|~^:<>!$&;%#@+=/\t\x1c\x1d\x1e\x1f"  # none of them stands in the values below

text = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -'.", min_size=1, max_size=12).map(str.strip).filter(bool)
cents = st.integers(0, 10**9)
days = st.dates(date(2015, 1, 1), date(2030, 12, 31))
people = st.builds(
    Name,
    role=st.just("QC"),
    last=text,
    first=text,
    middle=st.just(""),
    suffix=st.sampled_from(["", "JR"]),
    id_qualifier=st.just("MI"),
    id=text,
    is_person=st.just(True),
    segment=st.just(0),
)
status_codes = st.builds(
    StatusCode,
    category=st.sampled_from(["A1", "A2", "A3", "A7", "F1", "F2", "P3"]),
    status=st.sampled_from(["20", "21", "562", "33"]),
    entity=st.sampled_from(["", "85", "IL"]),
    code_list=st.just(""),
)


def statuses_with(actions: st.SearchStrategy[str]) -> st.SearchStrategy[StatusInformation]:
    return st.builds(
        StatusInformation,
        codes=st.lists(status_codes, min_size=1, max_size=3).map(tuple),
        effective=days,
        action=actions,
        charge_cents=st.none() | cents,
        paid_cents=st.none() | cents,
        decided=st.none() | days,
        payment_method=st.just(""),
        payment_date=st.none() | days,
        trace=st.just("") | text,
        text=st.just("") | text,
        segment=st.just(0),
    )


service_dates = st.builds(Dated, qualifier=st.just("472"), first=days, last=st.none() | days, segment=st.just(0))
line_references = st.builds(Reference, qualifier=st.sampled_from(["FJ", "XZ"]), value=text, segment=st.just(0))


def lines_with(actions: st.SearchStrategy[str]) -> st.SearchStrategy[StatusLine]:
    return st.builds(
        StatusLine,
        procedure=st.builds(
            Procedure,
            qualifier=st.just("HC"),
            code=st.just("99213"),
            modifiers=st.lists(st.sampled_from(["25", "59", "TC"]), max_size=4).map(tuple),
            description=st.just("") | text,
        ),
        charge_cents=cents,
        paid_cents=st.none() | cents,
        revenue_code=st.sampled_from(["", "0300"]),
        statuses=st.lists(statuses_with(actions), max_size=2).map(tuple),
        references=st.lists(line_references, max_size=2).map(tuple),
        dates=st.lists(service_dates, max_size=1).map(tuple),
        segment=st.just(0),
        units=st.none() | st.integers(1, 99).map(Decimal),
    )


@st.composite
def claims(draw: st.DrawFn, kind: str) -> ClaimStatus:
    actions = st.sampled_from(["WQ", "U"]) if kind == "277CA" else st.just("")
    patient = draw(people)
    subscriber: Name | None = None
    if kind == "277":
        subscriber = draw(people)._replace(role="IL")
        patient = draw(st.sampled_from([subscriber, patient]))
    trace, number, account = draw(text), draw(text), draw(text)
    references = [Reference("1K", number, 0)] + ([Reference("EJ", account, 0)] if kind == "277" else [])
    return ClaimStatus(
        kind=kind,
        source=PAYER,
        source_contacts=(),
        receiver=CLINIC,
        provider=BILLING if kind == "277CA" else BILLING._replace(role="1P"),
        subscriber=subscriber,
        patient=patient,
        trace=trace,
        batch_trace="BATCH1" if kind == "277CA" else "",
        patient_control_number=trace if kind == "277CA" else account,
        payer_claim_control_number=number,
        clearinghouse_number="",
        statuses=tuple(draw(st.lists(statuses_with(actions), min_size=1, max_size=3))),
        lines=tuple(draw(st.lists(lines_with(actions), max_size=2))),
        references=tuple(references),
        dates=(draw(service_dates),),
        first_service=None,
        last_service=None,
        is_rejected=False,
        is_accepted=False,
        is_damaged=False,
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
    )


def wire_of(kind: str, values: list[StatusValue], envelope: Envelope = ENVELOPE) -> bytes:
    group = OutgoingGroup("HN", VERSIONS[kind], [status_set(kind, values)])
    return b"".join(write(envelope, [group]))


def placeless(value: object) -> object:
    """A value without where it stood and without what the reader concludes."""
    if isinstance(value, tuple) and hasattr(value, "_replace"):
        changed: dict[str, object] = {
            name: placeless(part)
            for name, part in zip(value._fields, value, strict=True)  # type: ignore[attr-defined]
        }
        for name in ("segment", "last_segment", "start_offset", "end_offset", "set_number"):
            if name in changed:
                changed[name] = 0
        for name in ("is_rejected", "is_accepted", "first_service", "last_service"):
            if name in changed:
                changed[name] = None
        return value._replace(**changed)
    if isinstance(value, tuple):
        return tuple(placeless(part) for part in value)
    return value


def read_back(wire: bytes) -> list[object]:
    return [
        value for value in edi.read(io.BytesIO(wire)) if isinstance(value, StatusReport | StatusTotals | ClaimStatus)
    ]


def report_of(kind: str) -> StatusReport:
    structure, type_code = ("0085", "TH") if kind == "277CA" else ("0010", "DG")
    return StatusReport(kind, structure, "08", "REF1", date(2026, 11, 20), type_code, 0, time(9, 30))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(["277", "277CA"]))
def test_what_is_written_is_read_back(data: st.DataObject, kind: str) -> None:
    values: list[StatusValue] = [report_of(kind)]
    if kind == "277CA":
        quantities = (Quantity("90", Decimal(1), 0),)
        amounts = (Amount("YU", 100, 0),)
        receiver = StatusTotals("receiver", CLINIC, "BATCH1", (), quantities, amounts, (), (), 0, 0, source=PAYER)
        values.append(receiver)
        values[1:1] = [StatusTotals("source", PAYER, "B9", (), (), (), (), (), 0, 0)]
    values += data.draw(st.lists(claims(kind), max_size=4))
    # A tab before a line end is read as a blank, not as a terminator.
    element, component, repetition, segment = data.draw(
        st.permutations(MARKS).filter(lambda marks: marks[3] != "\t")
    )[:4]
    delimiters = Delimiters(element, component, repetition, segment)
    wire = wire_of(kind, values, ENVELOPE._replace(delimiters=delimiters))
    assert [placeless(value) for value in read_back(wire)] == [placeless(value) for value in values]


REJECTED_CLAIM = ClaimStatus(
    kind="277CA",
    source=PAYER,
    source_contacts=(),
    receiver=CLINIC,
    provider=BILLING,
    subscriber=None,
    patient=Name("QC", "DOE", "JANE", "", "", "MI", "W100", is_person=True, segment=0),
    trace="PCN1",
    batch_trace="",
    patient_control_number="PCN1",
    payer_claim_control_number="ICN1",
    clearinghouse_number="",
    statuses=(
        StatusInformation(
            (StatusCode("A7", "562", "85", ""), StatusCode("A7", "21", "", "")),
            date(2026, 11, 20),
            "U",
            12550,
            None,
            None,
            "",
            None,
            "",
            "",
            0,
        ),
    ),
    lines=(),
    references=(Reference("1K", "ICN1", 0),),
    dates=(Dated("472", date(2026, 10, 5), date(2026, 10, 7), 0),),
    first_service=None,
    last_service=None,
    is_rejected=True,
    is_accepted=False,
    is_damaged=False,
    set_number=0,
    segment=0,
    last_segment=0,
    start_offset=0,
    end_offset=0,
)


def test_a_written_acknowledgment_looks_as_the_guide_has_it() -> None:
    lines = wire_of("277CA", [report_of("277CA"), REJECTED_CLAIM]).decode().splitlines()
    assert lines[2:-3] == [
        "ST*277*0001*005010X214~",
        "BHT*0085*08*REF1*20261120*0930*TH~",
        "HL*1**20*1~",
        "NM1*PR*2*SUNRISE HEALTH*****PI*90001~",
        "HL*2*1*21*1~",
        "NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~",
        "HL*3*2*19*1~",
        "NM1*85*2*LAKESIDE CLINIC*****XX*1234567893~",
        "HL*4*3*PT~",
        "NM1*QC*1*DOE*JANE****MI*W100~",
        "TRN*2*PCN1~",
        "STC*A7:562:85*20261120*U*125.5******A7:21~",
        "REF*1K*ICN1~",
        "DTP*472*RD8*20261005-20261007~",
    ]


def test_a_receiver_whose_inquiry_failed_has_no_level_below_it() -> None:
    failed = StatusInformation(
        (StatusCode("E0", "24", "", ""),), date(2026, 11, 20), "", None, None, None, "", None, "", "", 0
    )
    source = StatusTotals("source", PAYER, "", (), (), (), (), (), 0, 0)
    receiver = StatusTotals("receiver", CLINIC, "REQ1", (failed,), (), (), (), (), 0, 0)
    wire = wire_of("277", [report_of("277"), source, receiver])
    assert b"HL*2*1*21*0~" in wire
    assert [value for value in edi.read(io.BytesIO(wire)) if isinstance(value, Finding)] == []


def test_totals_without_the_level_above_are_refused() -> None:
    receiver = StatusTotals("receiver", CLINIC, "REQ1", (), (), (), (), (), 0, 0)
    with pytest.raises(ValueError, match="levels above"):
        list(status_segments([receiver]))


def test_a_written_acknowledgment_passes_the_guide_check() -> None:
    received = (
        Dated("050", date(2026, 11, 20), None, 0),
        Dated("009", date(2026, 11, 20), None, 0),
    )
    told = StatusInformation(
        (StatusCode("A1", "19", "PR", ""),), date(2026, 11, 20), "WQ", 12550, None, None, "", None, "", "", 0
    )
    totals: list[StatusValue] = [
        StatusTotals("source", PAYER, "B9", (), (), (), (), received, 0, 0),
        StatusTotals(
            "receiver",
            CLINIC,
            "BATCH1",
            (told,),
            (Quantity("AA", Decimal(1), 0),),
            (Amount("YY", 12550, 0),),
            (),
            (),
            0,
            0,
        ),
        StatusTotals("provider", BILLING, "0", (told._replace(effective=None),), (), (), (), (), 0, 0),
    ]
    wire = wire_of("277CA", [report_of("277CA"), *totals, REJECTED_CLAIM])
    assert [str(finding) for finding in check(io.BytesIO(wire))] == []
    assert [value for value in edi.read(io.BytesIO(wire)) if isinstance(value, Finding)] == []
