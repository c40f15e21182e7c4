"""On paper: what to correct in the practice's own system, and a CMS-1500 to be completed by hand.

For claims that no 837 was seen for: what an 835 or 277 says of a claim is not enough to write one, so these pages
show what is known and leave room for the rest.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlmodel import Session

from app.claims.letterhead import letterhead_of
from app.claims.queries import coverages_of, lines_of
from app.claims.tables import ClaimLine
from app.refiling.desk import RefileDesk
from app.refiling.route import ROUTE_LABELS
from app.web.pages import ENVIRONMENT, TEMPLATES
from edi.codes.explain import explain_adjustment, explain_remark

FORM_LINES = 6  # service lines on one CMS-1500
BLANK_LINES = 3  # to write on, behind the known ones of the worksheet


class NoPaper(Exception):
    """A PDF cannot be made on this machine; the message says what to install."""


def correction_worksheet(session: Session, desk: RefileDesk, today: date) -> bytes:
    """One page: what was decided and why, what the claim said, room for what it should say. Raises NoPaper."""
    return _pdf("refiling/worksheet.html", **_facts(session, desk, today))


def claim_form(session: Session, desk: RefileDesk, today: date) -> bytes:
    """The boxes of a CMS-1500, six lines a page. Raises NoPaper."""
    facts = _facts(session, desk, today)
    lines: list[ClaimLine] = facts["lines"]
    pages = [lines[first : first + FORM_LINES] for first in range(0, len(lines), FORM_LINES)] or [[]]
    return _pdf("refiling/cms1500.html", pages=pages, form_lines=FORM_LINES, **facts)


def _facts(session: Session, desk: RefileDesk, today: date) -> dict[str, Any]:
    claim = desk.head.claim
    assert claim.id is not None
    return {
        "head": desk.head,
        "claim": claim,
        "patient": desk.head.patient,
        "payer": desk.head.payer,
        "practice": desk.head.practice,
        "letterhead": letterhead_of(session, desk.head.practice),
        "lines": lines_of(session, claim.id) or answered_lines(desk),
        "coverages": coverages_of(session, claim.patient_id),
        "reasons": reasons(desk),
        "route": ROUTE_LABELS[desk.known.decided.route],
        "route_reason": desk.known.decided.reason,
        "reference": desk.original_reference,
        "resubmission": resubmission(desk),
        "blank_lines": BLANK_LINES,
        "today": today,
    }


def resubmission(desk: RefileDesk) -> str:
    """Box 22: the frequency and the payer's number, where the way is a replacement or a void; else it stays empty."""
    frequency = desk.known.decided.frequency
    return f"{frequency} · {desk.original_reference}" if frequency in ("7", "8") and desk.original_reference else ""


def answered_lines(desk: RefileDesk) -> list[ClaimLine]:
    """The lines as the payer repeated them, where nothing else is known."""
    answer = desk.known.answer
    return [
        ClaimLine(
            claim_id=desk.head.claim.id or 0,
            number=position,
            procedure=line.service.original_procedure or line.service.procedure,
            modifiers=line.service.modifiers,
            revenue_code=line.service.revenue_code,
            units=line.service.units,
            charge_cents=line.service.charge_cents,
            first_service=line.service.first_service,
            last_service=line.service.last_service,
        )
        for position, line in enumerate(answer.lines if answer else [], start=1)
    ]


def reasons(desk: RefileDesk) -> list[tuple[str, str]]:
    """Code and meaning of everything that the payer gave as a reason."""
    answer = desk.known.answer
    if answer is None:
        return []
    adjustments = [*answer.adjustments, *(row for line in answer.lines for row in line.adjustments)]
    remarks = [*answer.remarks, *(row for line in answer.lines for row in line.remarks)]
    found = {f"{row.group}-{row.reason}": explain_adjustment(row.group, row.reason) for row in adjustments}
    found |= {row.code: explain_remark(row.code) for row in remarks}
    return list(found.items())


def _pdf(template: str, **values: Any) -> bytes:
    try:
        from weasyprint import CSS, HTML
    except OSError as error:  # pango is a system library
        raise NoPaper(
            f"PDF needs Pango: `sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0` ({error})"
        ) from error
    text = ENVIRONMENT.get_template(template).render(**values)
    made: bytes = HTML(string=text, base_url=None).write_pdf(stylesheets=[CSS(string=_sheet())])
    return made


@cache
def _sheet() -> str:
    return (TEMPLATES / "refiling" / "paper.css").read_text(encoding="utf-8")
