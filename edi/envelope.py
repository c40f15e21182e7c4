"""ISA, GS, ST and their trailers: values, counts and pairing, and which kind of transaction a set is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from edi import scalars
from edi.context import Elements, element_of
from edi.header import Header
from edi.values import Group, Interchange

# GS08 or ST03 names the implementation guide; the part behind the version number decides the kind.
GUIDES = {
    "X221": "835",
    "X091": "835",
    "X212": "277",
    "X228": "277",  # pending claims, unsolicited
    "X093": "276/277",
    "X070": "277",  # 4010 unsolicited
    "X040": "277",
    "X214": "277CA",
    "X167": "277CA",
    "X213": "277RFAI",
    "X313": "277RFAI",
    "X222": "837P",
    "X098": "837P",
    "X223": "837I",
    "X096": "837I",
    "X224": "837D",
    "X097": "837D",
    "X231": "999",
    "X230": "997",
}
SETS_OF_GROUP = {"HP": "835", "HC": "837", "HN": "277", "HR": "276", "FA": "999"}  # GS01 → ST01
KNOWN_SETS = frozenset("270 271 275 276 277 278 820 824 834 835 837 864 997 999".split())
PLAIN_KINDS = {"835": "835", "276": "276", "999": "999", "997": "997"}  # ST01 says it all
OPEN_SETS = ("277", "837")  # ST01 leaves several kinds open
HELD_LIMIT = 500  # segments looked at to tell an 837 without a version
SERVICE_SEGMENTS = {"SV1": "837P", "SV2": "837I", "SV3": "837D"}


def interchange_of(header: Header, number: int, segment: int) -> Interchange | None:
    """The ISA as a value; None when it is missing."""
    isa = header.elements
    if not isa:
        return None
    return Interchange(
        number,
        isa[13].strip(),
        isa[5].strip(),
        isa[6].strip(),
        isa[7].strip(),
        isa[8].strip(),
        _date_or_none(isa[9]),
        _time_or_none(isa[10]),
        isa[12].strip(),
        isa[15].strip(),
        header.delimiters,
        segment,
        isa[14].strip() or "0",
    )


def group_of(elements: Elements, segment: int) -> Group:
    return Group(
        element_of(elements, 1).strip(),
        element_of(elements, 2).strip(),
        element_of(elements, 3).strip(),
        element_of(elements, 6).strip(),
        element_of(elements, 8).strip(),
        segment,
    )


def kind_of(set_id: str, version: str) -> str:
    """The kind of a set from ST01 and its version; "" when only the content can tell (277 or 837, no version)."""
    if set_id in PLAIN_KINDS:
        return PLAIN_KINDS[set_id]
    if set_id not in OPEN_SETS:
        return set_id
    kind = GUIDES.get(version.upper()[6:10], "")
    if kind == "276/277":
        return "277"
    return kind if kind.startswith(set_id) else ""


def set_id_in(group: Group | None, set_id: str, version: str) -> str:
    """ST01, unless it is no set id, or group and version agree that it is another: then theirs."""
    by_group = SETS_OF_GROUP.get(group.functional_id, "") if group else ""
    by_version = GUIDES.get(version.upper()[6:10], "")[:3]
    if by_group and set_id != by_group and (set_id not in KNOWN_SETS or by_group == by_version):
        return "997" if set_id == "997" and by_group == "999" else by_group
    return set_id


def kind_by_content(set_id: str, held: Sequence[Elements], component: str) -> str:
    """The kind of a 277 or 837 without a version, from its first segments; "" when they do not tell yet.

    277: BHT06 TH is the claim acknowledgment, RQ a request for information, all else a status answer; without
    BHT06, BHT01 0085 is the acknowledgment. 837: the first SV1, SV2 or SV3; when there is none within the limit,
    the facility qualifier CLM05-2 (A institutional, B professional).
    """
    for elements in held:
        name = elements[0]
        if set_id == "277" and name == "BHT":
            purpose = element_of(elements, 6).strip().upper()
            if purpose in ("TH", "RQ"):
                return "277CA" if purpose == "TH" else "277RFAI"
            return "277CA" if not purpose and element_of(elements, 1) == "0085" else "277"
        if set_id == "837" and name in SERVICE_SEGMENTS:
            return SERVICE_SEGMENTS[name]
    if len(held) < HELD_LIMIT:
        return ""
    return last_resort(set_id, held, component)


def last_resort(set_id: str, held: Sequence[Elements], component: str) -> str:
    """What to read a set as whose content never told."""
    if set_id == "277":
        return "277"
    for elements in held:
        if elements[0] == "CLM":
            place = element_of(elements, 5).split(component)
            return "837I" if place[1:2] == ["A"] else "837P"
    return "837P"


def count_in(elements: Elements, index: int) -> int | None:
    """A trailer's count; None when it is not a number."""
    text = element_of(elements, index).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _date_or_none(text: str) -> date | None:
    try:
        return scalars.date_of(text)
    except ValueError:
        return None


def _time_or_none(text: str) -> time | None:
    try:
        return scalars.time_of(text)
    except ValueError:
        return None
