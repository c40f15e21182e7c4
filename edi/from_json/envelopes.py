"""What encloses the sets that are written: as a row's `envelope` says, else as usual."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

from edi.from_json.fields import Fields, RowError
from edi.values import USUAL, Delimiters
from edi.writing import Segment, check_delimiters, forbidden_in_a_value

GROUPS = {"835": "HP", "277": "HN", "276": "HR", "837": "HC", "999": "FA", "997": "FA"}  # ST01 → GS01
VERSIONS = {
    "835": "005010X221A1",
    "277": "005010X212",
    "277CA": "005010X214",
    "277RFAI": "005010X213",
    "276": "005010X212",
    "837P": "005010X222A1",
    "837I": "005010X223A2",
    "837D": "005010X224A2",
    "999": "005010X231A1",
    "997": "004010",
}
WITHOUT_ST03 = frozenset(("835", "997"))
ANYTHING = re.compile(r"(?!)")  # forbids nothing
WIDTHS = {"sender_qualifier": 2, "sender": 15, "receiver_qualifier": 2, "receiver": 15, "version": 5}


class Sending(NamedTuple):
    """What the envelope says where the rows do not."""

    now: datetime
    control_number: int  # ISA13 of the first interchange; further ones count up
    sender: str = ""  # ISA06; "" as the rows say, else the id of the party that sends
    receiver: str = ""  # ISA08
    usage: str = ""  # ISA15; "" as the rows say, else T
    transaction: str = ""  # of rows that do not say it


class Parties(NamedTuple):
    """The ids of who sends and who receives, from the first row of an interchange."""

    sender: str
    receiver: str


class Interchange(NamedTuple):
    """ISA, as elements. None: the sets stand bare, as they did in the file that was read."""

    header: tuple[str, ...] | None
    delimiters: Delimiters
    is_carried: bool  # the delimiters are those of a file that was read: text may hold what it held there
    control_number: str
    sender: str
    receiver: str
    date: str
    hour: str

    @property
    def forbidden(self) -> re.Pattern[str]:
        return forbidden_in_a_value(self.delimiters, as_sent=self.is_carried)


class Group(NamedTuple):
    """GS, as elements; None: there is none."""

    header: Segment | None
    control_number: str
    version: str


def envelope_fields(line: int, row: dict[str, Any]) -> Fields:
    """The row's `envelope`, empty where it has none."""
    found = row.get("envelope")
    if found is not None and not isinstance(found, dict):
        raise RowError(line, f"envelope should be an object, found {found!r}")
    return Fields(line, found or {}, ANYTHING, "envelope.")


def interchange_of(fields: Fields, sending: Sending, ordinal: int, parties: Parties) -> Interchange:
    is_carried = fields.has("delimiters")
    delimiters = delimiters_of(fields)
    control = f"{(sending.control_number + ordinal) % 10**9 or 1:09d}"
    now = sending.now
    if fields.has("interchange") and fields.row["interchange"] is None:
        return Interchange(None, delimiters, is_carried, "", *parties, now.strftime("%Y%m%d"), now.strftime("%H%M"))
    inner = fields.object("interchange") or Fields(fields.line, {}, fields.forbidden, "envelope.interchange.")
    said = Parties(inner.text("sender", parties.sender), inner.text("receiver", parties.receiver))
    sender, receiver = sending.sender or said.sender, sending.receiver or said.receiver
    for key, value in (("sender", sender), ("receiver", receiver)):
        if not value and not inner.has(key):
            raise inner.error(key, f"is missing: who is the {key}? Give it there or by --{key}")
    day, hour = inner.day("sent_on", now.date()), inner.hour("sent_at", now.time())
    version = inner.text("version", "00501")
    shown = inner.text("control_number", control)
    texts = {
        "sender_qualifier": inner.text("sender_qualifier", "ZZ"),
        "sender": sender,
        "receiver_qualifier": inner.text("receiver_qualifier", "ZZ"),
        "receiver": receiver,
        "version": version,
    }
    for key, width in WIDTHS.items():
        if len(texts[key]) > width:
            raise inner.error(key, f"does not fit {width} characters: {texts[key]!r}")
    if len(shown) > 9:
        raise inner.error("control_number", f"does not fit 9 digits: {shown!r}")
    usage = inner.text("usage", "T")
    usage = sending.usage or usage
    inner.pass_over("number")
    header = (
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        texts["sender_qualifier"].ljust(2),
        sender.ljust(15),
        texts["receiver_qualifier"].ljust(2),
        receiver.ljust(15),
        day.strftime("%y%m%d") if day else " " * 6,
        hour.strftime("%H%M") if hour else " " * 4,
        delimiters.repetition if version >= "00402" and delimiters.repetition else "U",
        version.ljust(5),
        shown.ljust(9) if inner.has("control_number") else shown,
        inner.text("acknowledge", "0")[:1].ljust(1),
        usage[:1].ljust(1),
        delimiters.component,
    )
    inner.end()
    mark = re.compile(f"[{re.escape(delimiters.element + delimiters.segment)}\r\n]")
    for place, text in enumerate(header):
        if mark.search(text):
            raise RowError(fields.line, f"envelope.interchange: ISA{place:02d} holds a delimiter: {text!r}")
    group_day = (day or now.date()).strftime("%Y%m%d" if version >= "00401" else "%y%m%d")
    group_hour = (hour or now.time()).strftime("%H%M")
    return Interchange(header, delimiters, is_carried, shown, sender, receiver, group_day, group_hour)


def delimiters_of(fields: Fields) -> Delimiters:
    given = fields.object("delimiters")
    if given is None:
        return USUAL
    read = Delimiters(*(given.text(mark, getattr(USUAL, mark)) for mark in Delimiters._fields))
    given.end()
    try:
        check_delimiters(read)
    except ValueError as error:
        raise fields.error("delimiters", f"cannot be used: {error}") from None
    return read


def group_of(fields: Fields, interchange: Interchange, ordinal: int, transaction: str) -> Group:
    if fields.has("group") and fields.row["group"] is None:
        return Group(None, "", "")
    inner = fields.object("group") or Fields(fields.line, {}, fields.forbidden, "envelope.group.")
    control = inner.text("control_number", str(ordinal))
    version = inner.text("version", VERSIONS[transaction])
    header = (
        "GS",
        inner.text("functional_id", GROUPS[transaction[:3]]),
        inner.text("sender", interchange.sender),
        inner.text("receiver", interchange.receiver),
        interchange.date,
        interchange.hour,
        control,
        "X",
        version,
    )
    inner.end()
    return Group(header, control, version)


def set_header(fields: Fields, group: Group, ordinal: int, transaction: str) -> Segment:
    """ST; ST03 came with 5010, and some transactions never had it."""
    control = fields.text("set_control_number", f"{ordinal:04d}")
    version = fields.text("version", group.version or VERSIONS[transaction])
    is_told = version != group.version or (transaction not in WITHOUT_ST03 and version >= "005")
    fields.pass_over("interchange", "group", "delimiters")
    fields.end()
    return ("ST", transaction[:3], control, version if is_told else "")
