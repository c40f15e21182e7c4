"""A practice's letterhead: learned from the billing provider of its 837s, until a person keeps their own.

What a person kept is never overwritten by a file; going back to what the files say is one act.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update
from sqlmodel import Session

from app.audit.record import record
from app.claims.tables import Letterhead, Practice
from app.core.bulk import table_of
from app.core.clock import Clock
from edi.parts import Address, Contact
from edi.x837.model import Party

LINES: Final = {"name": 120, "phone": 40, "fax": 40, "contact": 80, "contact_phone": 40, "signer": 80}
ADDRESSES: Final = {"address": 300, "pay_to": 300}
ADDRESS_LINES: Final = 5
LARGEST_LOGO_BYTES: Final = 200_000  # a letter is faxed: a larger one only slows it
LOGO_TYPES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
letterhead = table_of(Letterhead)


class LetterheadRefused(ValueError):
    """What was typed cannot stand on a letter; the message says why."""


def letterhead_of(session: Session, practice: Practice) -> Letterhead:
    """The practice's letterhead; with its name alone where neither a file nor a person said more."""
    assert practice.id is not None
    found = session.get(Letterhead, practice.id)
    return found or Letterhead(practice_id=practice.id, name=practice.name, changed_at=practice.created_at)


def learn_letterhead(
    connection: Connection, practice_id: int, provider: Party, pay_to: Party | None, now: datetime
) -> None:
    """Take name, address and telephone from an 837, unless a person keeps the letterhead."""
    values = {
        "name": " ".join(part for part in (provider.name.first, provider.name.last) if part),
        "address": lines_of(provider.address),
        "phone": number_of(provider.contacts, "TE"),
        "fax": number_of(provider.contacts, "FX"),
        "pay_to": lines_of(pay_to.address) if pay_to is not None else "",
    }
    kept = connection.execute(
        select(letterhead.c.kept_by, *(letterhead.c[name] for name in values)).where(
            letterhead.c.practice_id == practice_id
        )
    ).one_or_none()
    if kept is None:
        blank = {"contact": "", "contact_phone": "", "signer": "", "logo_type": "", "kept_by": ""}
        row = {"practice_id": practice_id, **values, **blank, "changed_at": now}
        connection.execute(insert(letterhead).values(**row))
        return
    # A file that says less than one before takes nothing away.
    newer = {name: value for name, value in values.items() if value and value != getattr(kept, name)}
    if newer and not kept.kept_by:
        statement = update(letterhead).where(letterhead.c.practice_id == practice_id)
        connection.execute(statement.values(**newer, changed_at=now))


def set_letterhead(
    session: Session,
    clock: Clock,
    practice: Practice,
    typed: dict[str, str],
    *,
    logo: bytes = b"",
    without_logo: bool = False,
    person_name: str,
) -> Letterhead:
    """Keep what was typed. Raises LetterheadRefused."""
    values = {name: _line(typed.get(name, ""), longest, name) for name, longest in LINES.items()}
    values |= {name: _address(typed.get(name, ""), longest, name) for name, longest in ADDRESSES.items()}
    if not values["name"]:
        raise LetterheadRefused("A letter needs the practice's name.")
    logo_type = _logo_type(logo) if logo else ""
    made = letterhead_of(session, practice)
    before = _said(made)
    for name, value in values.items():
        setattr(made, name, value)
    if logo:
        made.logo, made.logo_type = logo, logo_type
    elif without_logo:
        made.logo, made.logo_type = None, ""
    made.kept_by, made.changed_at = person_name, clock.now()
    session.add(made)
    session.flush()
    record(
        session,
        "practice.letterhead",
        object_type="practice",
        object_id=practice.id or 0,
        practice_id=practice.id,
        detail={"before": before, "after": _said(made)},
    )
    return made


def lines_of(address: Address | None) -> str:
    """An address as lines on a letter."""
    if address is None:
        return ""
    code = address.postal_code
    postal = f"{code[:5]}-{code[5:]}" if len(code) == 9 and code.isdigit() else code
    place = " ".join(part for part in (f"{address.city}," if address.city else "", address.state, postal) if part)
    return "\n".join(part for part in (address.line1, address.line2, place) if part)


def number_of(contacts: tuple[Contact, ...], qualifier: str) -> str:
    """The first telephone (TE) or fax (FX) of a PER, ten digits as people write them."""
    found = next((value for each in contacts for kind, value in each.numbers if kind == qualifier), "")
    return f"{found[:3]}-{found[3:6]}-{found[6:]}" if len(found) == 10 and found.isdigit() else found


def _line(text: str, longest: int, name: str) -> str:
    kept = " ".join(text.split())
    if len(kept) > longest or not kept.isprintable():
        raise LetterheadRefused(f"{name.replace('_', ' ').capitalize()}: one line, at most {longest} letters.")
    return kept


def _address(text: str, longest: int, name: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    kept = "\n".join(lines)
    if len(lines) > ADDRESS_LINES or len(kept) > longest or not all(line.isprintable() for line in lines):
        words = name.replace("_", " ").capitalize()
        raise LetterheadRefused(f"{words}: at most {ADDRESS_LINES} lines, {longest} letters.")
    return kept


def _logo_type(logo: bytes) -> str:
    found = next((kind for start, kind in LOGO_TYPES.items() if logo.startswith(start)), "")
    if not found:
        raise LetterheadRefused("The logo is neither a PNG nor a JPEG.")
    if len(logo) > LARGEST_LOGO_BYTES:
        raise LetterheadRefused(f"The logo is larger than {LARGEST_LOGO_BYTES // 1_000} KB.")
    return found


def _said(made: Letterhead) -> dict[str, Any]:
    said: dict[str, Any] = {name: value for name in (*LINES, *ADDRESSES) if (value := getattr(made, name))}
    return said | ({"logo": made.logo_type} if made.logo_type else {})
