"""An inquiry of ours (276) that was refused as a whole, before any claim was looked for: who refused it, and why.

A payer's system does so above the claims of its 277 (fact book 277.md §5), a syntax check by a 999 or 997, and
whoever takes files in by a TA1. None of them names a claim; each names what we sent by a number of ours. This keeps
what they said; research ties it to the inquiries.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from app.claims.timeline import Place
from app.core.bulk import insert_many, table_of
from app.intake.loading_contract import LoadContext
from app.matching.tables import InquiryRefusal
from edi.codes.explain import explain_status
from edi.x277 import model as x277
from edi.x277.meaning import REJECTING
from edi.x999.model import GroupAcknowledgment, InterchangeAcknowledgment

INQUIRY_GROUP: Final = "HR"  # AK101: functional group of a 276
REFUSED: Final = ("R", "M", "W", "X")  # IK501, AK901
COLUMNS: Final = tuple(column.name for column in table_of(InquiryRefusal).c if column.name != "id")
LEVELS: Final = {"source": "payer", "receiver": "receiver of the answer", "provider": "billing provider"}

# TA105, in our own words (fact book 277.md §2)
TA1_NOTES: Final = {
    "001": "the control numbers at its beginning and end differ",
    "002": "its standard is not supported",
    "003": "its version is not supported",
    "004": "its segment terminator is wrong",
    "005": "the sender's qualifier (ISA05) is not known",
    "006": "the sender's id (ISA06) is not known",
    "007": "the receiver's qualifier (ISA07) is not known",
    "008": "the receiver's id (ISA08) is not known",
    "009": "the receiver is not one that is served there",
    "014": "its date is wrong",
    "015": "its time is wrong",
    "018": "its control number is wrong",
    "020": "its test mark (ISA15) is wrong",
    "021": "its count of groups is wrong",
    "022": "its control structure is wrong",
    "023": "it ends too early",
    "024": "its content is wrong",
    "025": "its control number was used before",
    "026": "a separator is wrong",
    "027": "the component separator is wrong",
}


def of_totals(
    context: LoadContext, report: x277.StatusReport | None, totals: x277.StatusTotals, receiver_trace: str
) -> dict[str, Any] | None:
    """What a 277 says above its claims when it refuses; None when it refuses nothing."""
    refusing = next((item for item in totals.statuses if _refuses(item)), None)
    if refusing is None:
        return None
    first = refusing.codes[0] if refusing.codes else x277.StatusCode("", "", "", "")
    words = explain_status(first.category, first.status, first.entity) if first.category else "it gives no code"
    further = "; ".join(explain_status(code.category, code.status, code.entity) for code in refusing.codes[1:])
    level = LEVELS.get(totals.level, totals.level)
    said = ". ".join(part for part in (words, further, refusing.text) if part)
    return _row(
        context,
        kind=report.kind if report else "277",
        level=totals.level,
        reference=totals.trace if totals.trace not in ("", "0") else receiver_trace,
        their_reference=report.reference if report else "",
        category=first.category,
        status=first.status,
        words=f"{said} (at the level of the {level})",
        provider_id=totals.name.id if totals.name and totals.level == "provider" else "",
        said_on=refusing.effective or (report.created if report else None),
        place=Place(context.file_id, totals.segment, totals.segment),
    )


def of_group(context: LoadContext, group: GroupAcknowledgment, set_why: dict[int, str]) -> dict[str, Any] | None:
    """What a 999 or 997 says of a group of inquiries; None when it is about something else, or took it."""
    refused = next((answer for answer in group.sets if answer.is_rejected), None)
    if group.functional_id != INQUIRY_GROUP or (refused is None and group.result not in REFUSED):
        return None
    why = set_why[refused.segment] if refused else "the whole group was rejected for its syntax"
    return _row(
        context,
        kind=group.kind,
        level="set" if refused else "group",
        control_number=group.group_control_number,
        words=_sentence(why),
        place=Place(context.file_id, group.segment, group.last_segment, group.start_offset, group.end_offset),
    )


def of_interchange(context: LoadContext, answer: InterchangeAcknowledgment) -> dict[str, Any] | None:
    """What a TA1 says of a file; None when it took it. Whether it was a file of inquiries is for research to tell."""
    if answer.result != "R":
        return None
    note = TA1_NOTES.get(answer.note, "no reason is given" if answer.note in ("", "000") else "see the note")
    return _row(
        context,
        kind="TA1",
        level="interchange",
        control_number=answer.control_number,
        words=f"The file could not be taken in: {note} (TA1 note {answer.note or '000'})",
        interchange_on=answer.sent_on,
        place=Place(context.file_id, answer.segment, answer.segment),
    )


def keep(context: LoadContext, rows: list[dict[str, Any]]) -> None:
    values = [tuple(row[name] for name in COLUMNS) for row in rows]
    insert_many(context.session.connection(), InquiryRefusal, COLUMNS, values)


def _refuses(item: x277.StatusInformation) -> bool:
    categories = {code.category for code in item.codes}
    return item.action == "U" or any(
        category.startswith("E") or category == "D0" or category in REJECTING for category in categories
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _row(context: LoadContext, *, kind: str, level: str, words: str, place: Place, **said: Any) -> dict[str, Any]:
    interchange = context.start.interchange
    on: date | None = said.pop("said_on", None) or (interchange.sent_on if interchange else None)
    sender = interchange.sender.strip() if interchange else ""
    return {
        "loaded_set_id": context.loaded_set_id,
        "kind": kind,
        "level": level,
        "reference": "",
        "their_reference": "",
        "control_number": "",
        "interchange_on": None,
        "provider_id": "",
        "category": "",
        "status": "",
        "sender": sender,
        "said_on": on or context.now.date(),
        "received_at": context.now,
        "file_id": place.file_id,
        "segment": place.segment,
        "last_segment": place.last_segment,
        "start_offset": place.start_offset,
        "end_offset": place.end_offset,
        "words": words,
        **said,
    }
