"""How a payer takes corrected claims, appeals and records: entered by a person, with where it stands."""

from __future__ import annotations

from typing import Any, Final

from sqlmodel import Session

from app.audit.record import record
from app.claims.tables import Payer, PayerFiling
from app.claims.terms import TermRefused
from app.core.clock import Clock

YES_NO: Final = ("", "yes", "no")
CORRECTIONS_BY: Final = ("", "electronic", "paper", "portal")
LONGEST: Final = {
    "portal": 200,
    "appeal_address": 300,
    "appeal_fax": 60,
    "records_address": 300,
    "records_fax": 60,
    "source": 300,
}
ADDRESS_LINES: Final = 6
LONGEST_ANSWER_DAYS: Final = 365


def filing_of(session: Session, payer_id: int) -> PayerFiling | None:
    """None: nobody has entered anything."""
    return session.get(PayerFiling, payer_id)


def set_filing(
    session: Session, clock: Clock, payer: Payer, typed: dict[str, str], *, person_name: str
) -> PayerFiling:
    """Keep what was typed in place of what stood there. Raises TermRefused."""
    assert payer.id is not None
    values = {name: _cleaned(typed.get(name, ""), longest, name) for name, longest in LONGEST.items()}
    for name, words in (("takes_replacement", YES_NO), ("takes_void", YES_NO), ("corrections_by", CORRECTIONS_BY)):
        values[name] = typed.get(name, "")
        if values[name] not in words:
            raise TermRefused(f"{name}: choose one of {', '.join(word or 'not known' for word in words)}.")
    if values["portal"] and not values["portal"].startswith("https://"):
        raise TermRefused("The portal's address begins with https://.")
    if any(values[name] for name in ("takes_replacement", "takes_void", "corrections_by")) and not values["source"]:
        raise TermRefused("Say where it stands (manual page, contract section): refiling follows it.")
    if (
        values["corrections_by"] == "electronic"
        and values["takes_replacement"] == "no"
        and values["takes_void"] == "no"
    ):
        raise TermRefused("Corrections go electronically, and yet it takes neither 7 nor 8: one of these is wrong.")
    days = _days(typed.get("answer_days", ""))
    kept = filing_of(session, payer.id)
    before = _said(kept) if kept is not None else {}
    made = kept or PayerFiling(payer_id=payer.id, person_name=person_name, changed_at=clock.now())
    for name, value in values.items():
        setattr(made, name, value)
    made.answer_days, made.person_name, made.changed_at = days, person_name, clock.now()
    session.add(made)
    session.flush()
    detail = {"before": before, "after": _said(made)}
    record(session, "payer.filing", object_type="payer", object_id=payer.id, detail=detail)
    return made


def _cleaned(text: str, longest: int, name: str) -> str:
    """One line, or the lines of an address without empty ones."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if name.endswith("_address"):
        if len(lines) > ADDRESS_LINES:
            raise TermRefused(f"An address has at most {ADDRESS_LINES} lines.")
        kept = "\n".join(lines)
    else:
        kept = " ".join(lines)
    if len(kept) > longest or not all(line.isprintable() for line in lines):
        raise TermRefused(f"{name.replace('_', ' ')}: at most {longest} letters.")
    return kept


def _days(text: str) -> int | None:
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 3 or not 1 <= int(typed) <= LONGEST_ANSWER_DAYS:
        raise TermRefused(f"Days to an answer: a whole number from 1 to {LONGEST_ANSWER_DAYS}.")
    return int(typed)


def _said(filing: PayerFiling) -> dict[str, Any]:
    names = (*LONGEST, "takes_replacement", "takes_void", "corrections_by", "answer_days")
    return {name: value for name in names if (value := getattr(filing, name))}
