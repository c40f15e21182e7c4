"""999, 997 and TA1 rows as values: acknowledgment, interchange_acknowledgment."""

from __future__ import annotations

from edi.from_json.fields import Fields
from edi.x999.model import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    SetAcknowledgment,
)


def group(fields: Fields, kind: str) -> GroupAcknowledgment:
    fields.require("functional_id", "group_control_number", "result")
    read = GroupAcknowledgment(
        kind=kind,
        functional_id=fields.text("functional_id"),
        group_control_number=fields.text("group_control_number"),
        version=fields.text("version"),
        result=fields.text("result"),
        sets_included=fields.whole("sets_included"),
        sets_received=fields.whole("sets_received"),
        sets_accepted=fields.whole("sets_accepted"),
        codes=fields.texts("codes"),
        sets=tuple(map(one_set, fields.objects("sets"))),
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
    )
    fields.end()
    return read


def one_set(fields: Fields) -> SetAcknowledgment:
    read = SetAcknowledgment(
        fields.text("set_id"),
        fields.text("control_number"),
        fields.text("version"),
        fields.text("result"),
        fields.texts("codes"),
        tuple(map(segment_error, fields.objects("errors"))),
        0,
    )
    fields.pass_over("rejected")
    fields.end()
    return read


def segment_error(fields: Fields) -> SegmentError:
    contexts = []
    for one in fields.objects("contexts"):
        # Of a situational trigger the value is a segment, separators and all.
        contexts.append((one.text("name"), str(one.value("value") or "")))
        one.end()
    read = SegmentError(
        fields.text("segment_id"),
        fields.whole("position", 0) or 0,
        fields.text("loop"),
        fields.text("code"),
        tuple(contexts),
        tuple(map(element_error, fields.objects("elements"))),
        0,
    )
    fields.end()
    return read


def element_error(fields: Fields) -> ElementError:
    read = ElementError(
        fields.whole("element", 0) or 0,
        fields.whole("component", 0) or 0,
        fields.whole("repeat", 0) or 0,
        fields.text("code"),
        fields.text("bad_value"),
        0,
    )
    fields.end()
    return read


def interchange(fields: Fields) -> InterchangeAcknowledgment:
    fields.require("control_number", "result")
    read = InterchangeAcknowledgment(
        fields.text("control_number"),
        fields.day("sent_on"),
        fields.hour("sent_at"),
        fields.text("result"),
        fields.text("note"),
        0,
    )
    fields.end()
    return read
