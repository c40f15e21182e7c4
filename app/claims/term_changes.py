"""A person sets or drops one clock of one payer, or its telephone and web page; all practices share the payer."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, select

from app.audit.record import record
from app.claims.tables import Payer, PayerTerm
from app.claims.terms import LONGEST_COUNT, TermRefused, one_line
from workqueues.deadlines import ANCHORS, UNITS
from workqueues.playbook import CLOCKS

LONGEST_EVIDENCE = 300
LONGEST_CONTACT = 120
NEVER_TYPED = ("", "none", "other")  # words of the law's own table, which no contract states


def set_term(
    session: Session,
    payer_id: int,
    clock: str,
    *,
    count: int,
    unit: str,
    anchor: str,
    presumption_days: int,
    evidence: str,
) -> PayerTerm:
    """One clock as the contract or manual says; one that was there is replaced. Raises TermRefused."""
    if clock not in CLOCKS or unit not in UNITS or anchor not in ANCHORS or {clock, unit, anchor} & set(NEVER_TYPED):
        raise TermRefused("Choose a clock, a unit and what starts it.")
    if not 1 <= count <= LONGEST_COUNT or not 0 <= presumption_days <= LONGEST_COUNT:
        raise TermRefused(f"The length must be a number from 1 to {LONGEST_COUNT}.")
    if not one_line(evidence) or len(evidence) > LONGEST_EVIDENCE:
        raise TermRefused(
            f"Say where it stands (contract section, manual page), in at most {LONGEST_EVIDENCE} letters."
        )
    term = _standing(session, payer_id, clock)
    before = _said(term) if term is not None else {}
    term = term or PayerTerm(payer_id=payer_id, clock=clock, count=count, unit=unit, anchor=anchor)
    term.count, term.unit, term.anchor = count, unit, anchor
    term.presumption_days, term.evidence = presumption_days, one_line(evidence)
    session.add(term)
    session.flush()
    detail = {"clock": clock, "before": before, "after": _said(term)}
    record(session, "terms.set", object_type="payer", object_id=payer_id, detail=detail)
    return term


def drop_term(session: Session, payer_id: int, clock: str) -> PayerTerm:
    """The clock is "not configured" again. Raises TermRefused when it is not set."""
    term = _standing(session, payer_id, clock)
    if term is None:
        raise TermRefused("That clock is not set any more.")
    detail = {"clock": clock, "before": _said(term)}
    session.delete(term)
    session.flush()
    record(session, "terms.drop", object_type="payer", object_id=payer_id, detail=detail)
    return term


def set_contact(session: Session, payer: Payer, *, phone: str, website: str) -> None:
    """Where billers call. Raises TermRefused."""
    site = one_line(website)
    if len(phone) > LONGEST_CONTACT or len(site) > LONGEST_CONTACT:
        raise TermRefused(f"At most {LONGEST_CONTACT} letters each.")
    if site and not site.startswith("https://"):
        raise TermRefused("A web page begins with https://.")
    before = {"phone": payer.phone, "website": payer.website}
    payer.phone, payer.website = one_line(phone), site
    session.add(payer)
    detail = {"before": before, "after": {"phone": payer.phone, "website": payer.website}}
    record(session, "payer.contact", object_type="payer", object_id=payer.id or 0, detail=detail)


def _standing(session: Session, payer_id: int, clock: str) -> PayerTerm | None:
    statement = select(PayerTerm).where(PayerTerm.payer_id == payer_id, PayerTerm.clock == clock)
    return session.exec(statement).first()


def _said(term: PayerTerm) -> dict[str, Any]:
    return {
        "count": term.count,
        "unit": term.unit,
        "anchor": term.anchor,
        "presumption_days": term.presumption_days,
        "evidence": term.evidence,
    }
