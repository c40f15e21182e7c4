"""What one claim's status says: who speaks, which STC decides, and one plain sentence. Pure (277.md §4 to §6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import edi.codes
from app.claims.identity import control_key, member_key, name_key
from app.claims.people import Person
from app.matching.ladder import Described
from edi.x277 import model as x277

REQUIRED_BY = "106"  # DTP01
NOT_ABOUT_A_CLAIM = ("A4", "D0")  # not found there: no reason to make a claim of it here


def described(status: x277.ClaimStatus) -> Described:
    people = [name for name in (status.patient, status.subscriber) if name is not None]
    members = {member_key(name.id) for name in people if name.id}
    named = people[0] if people else None
    numbers = (status.payer_claim_control_number,) if status.payer_claim_control_number else ()
    return Described(
        status.patient_control_number,
        control_key(status.patient_control_number),
        numbers,
        tuple(sorted(member for member in members if member)),
        name_key(named.last, named.first) if named else "",
        status.first_service,
        charge_of(status) or 0,
    )


def person_of(status: x277.ClaimStatus) -> Person:
    named = status.patient or status.subscriber
    if named is None:
        return Person("", "")
    member = status.subscriber.id if status.subscriber else named.id
    return Person(named.last, named.first, named.middle, member_id=member)


def is_payer(status: x277.ClaimStatus) -> bool:
    return status.source is None or status.source.role != "AY"


def is_not_found(status: x277.ClaimStatus) -> bool:
    return category_of(status) in NOT_ABOUT_A_CLAIM


def deciding_status(status: x277.ClaimStatus) -> x277.StatusInformation | None:
    """The STC that says most: a rejection, else the newest, else the first."""
    if not status.statuses:
        return None
    rejected = [item for item in status.statuses if item.action == "U"]
    if rejected:
        return rejected[0]
    return max(status.statuses, key=lambda item: item.effective or date.min)


def category_of(status: x277.ClaimStatus) -> str:
    deciding = deciding_status(status)
    return deciding.codes[0].category if deciding is not None and deciding.codes else ""


def further_codes(status: x277.ClaimStatus, deciding: x277.StatusInformation | None) -> list[x277.StatusCode]:
    """STC10 and STC11 of the deciding STC, and every code of the others."""
    found = list(deciding.codes[1:]) if deciding is not None else []
    for item in status.statuses:
        if item is not deciding:
            found += item.codes
    return found


def composite(code: x277.StatusCode) -> str:
    return ":".join(part for part in (code.category, code.status, code.entity) if part)


def charge_of(status: x277.ClaimStatus) -> int | None:
    return next((item.charge_cents for item in status.statuses if item.charge_cents is not None), None)


def sentence(status: x277.ClaimStatus) -> str:
    deciding = deciding_status(status)
    who = status.source.last if status.source and status.source.last else ""
    if deciding is None or not deciding.codes:
        return _sentence(who, "", "", "", "")
    code = deciding.codes[0]
    text, due = deciding.text, due_of(status)
    said = _sentence(who, code.category, code.status, code.entity, text)
    return said + (f"; answer wanted by {due:%B} {due.day}, {due.year}" if due else "")


def due_of(status: x277.ClaimStatus) -> date | None:
    """DTP*106 of the claim or a line: the day by which the payer wants what it asks for; of several the first."""
    dated = [*status.dates, *(one for line in status.lines for one in line.dates)]
    return min((one.first for one in dated if one.qualifier == REQUIRED_BY and one.first), default=None)


def words(event: Any) -> str:
    """The sentence of a status that was kept: a row of `StatusEvent`."""
    return _sentence(event.source_name, event.category, event.status, event.entity, event.text)


def _sentence(source: str, category: str, status: str, entity: str, text: str) -> str:
    who = source or "The payer"
    if not category and not status:
        return f"{who} sent a status without a code"
    known, reason = edi.codes.status_category(category), edi.codes.status_code(status)
    said = known.label if known else f"category {category}"
    about = f": {reason.label}" if reason else (f": status {status}" if status else "")
    named = edi.codes.entity(entity) if entity else ""
    return f"{who}: {said}{about}{f' ({named})' if named else ''}{f' — {text}' if text else ''}"
