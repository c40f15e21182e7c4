"""999, 997 and TA1 rows: acknowledgment, interchange_acknowledgment."""

from __future__ import annotations

from edi.as_json.pieces import Row, iso, place, span
from edi.values import SetStart
from edi.x999.model import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    SetAcknowledgment,
)


def group(value: GroupAcknowledgment, start: SetStart) -> tuple[str, Row]:
    return "acknowledgment", {
        "transaction": value.kind,
        "functional_id": value.functional_id,
        "group_control_number": value.group_control_number,
        "version": value.version,
        "result": value.result,
        "sets_included": value.sets_included,
        "sets_received": value.sets_received,
        "sets_accepted": value.sets_accepted,
        "codes": list(value.codes),
        "sets": [one_set(one) for one in value.sets],
        "source": span(start, value.segment, value.last_segment, value.start_offset, value.end_offset),
    }


def one_set(value: SetAcknowledgment) -> Row:
    return {
        "set_id": value.set_id,
        "control_number": value.control_number,
        "version": value.version,
        "result": value.result,
        "rejected": value.is_rejected,
        "codes": list(value.codes),
        "errors": [segment_error(one) for one in value.errors],
        "segment": value.segment,
    }


def segment_error(value: SegmentError) -> Row:
    return {
        "segment_id": value.segment_id,
        "position": value.position,
        "loop": value.loop,
        "code": value.code,
        "contexts": [{"name": called, "value": text} for called, text in value.contexts],
        "elements": [element_error(one) for one in value.elements],
        "segment": value.segment,
    }


def element_error(value: ElementError) -> Row:
    return {
        "element": value.element,
        "component": value.component,
        "repeat": value.repeat,
        "code": value.code,
        "bad_value": value.bad_value,
        "segment": value.segment,
    }


def interchange(value: InterchangeAcknowledgment, file: str) -> Row:
    """A TA1 stands outside any set: set 0."""
    return {
        "transaction": "TA1",
        "control_number": value.control_number,
        "sent_on": iso(value.sent_on),
        "sent_at": value.sent_at.isoformat() if value.sent_at else None,
        "result": value.result,
        "note": value.note,
        "source": place(file, 0, value.segment),
    }
