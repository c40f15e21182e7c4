"""The packet: one PDF with the letter, the claim, the decision with its codes explained, the proof, the enclosures.

Every page of an enclosure is a page of the packet under a stamp that names it, so what a fax machine mixes up can be
put in order again. The list of contents at the end of the letter gives the page of each part. A packet is a
version and is never changed: what was sent can be opened again as it was.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from fontTools.ttLib import woff2
from sqlmodel import Session, col, func, select

from app.appeals.case import CaseFile, Issue
from app.appeals.letters import Letter, render_letter
from app.appeals.merge import long_day, merge_values
from app.appeals.pdf import Made, make_pdf
from app.appeals.sheets import Sheet, lay_in, sheets_of
from app.appeals.tables import Appeal, Enclosure, LetterTemplate, Packet
from app.core.clock import Clock
from app.core.config import Settings
from app.followup.wire_source import UnknownSource, wire_source
from app.intake.store import keep_bytes, path_of
from app.matching.queries import Answer, LineAnswer
from app.matching.tables import AdjustmentRow
from app.web.assets import FILES
from app.web.pages import ENVIRONMENT, TEMPLATES
from edi.codes.explain import explain_adjustment, explain_remark

FORMS: Final = ("CMS-20027", "CMS-20033")  # whose fields the packet carries
SHEET: Final = TEMPLATES / "appeals" / "packet.css"
FONTS: Final = {"inter": "fonts/inter-latin.woff2", "mono": "fonts/jetbrains-mono-latin.woff2"}
FONT_FACES: Final = """
@font-face { font-family: "Inter"; src: url("picture:inter"); }
@font-face { font-family: "JetBrains Mono"; src: url("picture:mono"); }
"""


class Paper(NamedTuple):
    """Pages that were set, of the appeal as it stood then."""

    letter: str
    made: Made
    changed_at: datetime


class Part(NamedTuple):
    """One line of the list of contents."""

    title: str
    anchor: str
    pages: int = 0  # of an enclosure


class Enclosed(NamedTuple):
    """An enclosure with its pages."""

    number: int
    enclosure: Enclosure
    content: bytes
    sheets: list[Sheet]


class Amounts(NamedTuple):
    billed_cents: int
    allowed_cents: int | None
    paid_cents: int


class RemittanceRow(NamedTuple):
    """One adjustment or remark of the decision; the amounts of its line stand in the line's first row only."""

    service: str
    day: date | None
    amounts: Amounts | None  # None: stands in an earlier row
    adjusted: int | None
    code: str
    meaning: str


def letter_of(file: CaseFile, issue: Issue, appeal: Appeal, body: str, today: date) -> Letter:
    """The appeal's letter as it stands: a person's own text before the template's. Raises LetterRefused."""
    return render_letter(appeal.letter or body, merge_values(file, issue, appeal, today))


def paper_of(
    session: Session, settings: Settings, clock: Clock, file: CaseFile, issue: Issue, appeal: Appeal
) -> Paper:
    """The appeal's pages as they would be made now. Reads only. Raises LetterRefused and PdfUnavailable."""
    assert appeal.id is not None
    template = session.get_one(LetterTemplate, appeal.template_id)
    letter = letter_of(file, issue, appeal, template.body, clock.today())
    enclosures = enclosures_of(session, appeal.id)
    made = set_on_paper(session, settings, clock, file, issue, appeal, letter, enclosures)
    return Paper(letter.text, made, appeal.changed_at)


def make_packet(
    session: Session,
    settings: Settings,
    clock: Clock,
    file: CaseFile,
    issue: Issue,
    appeal: Appeal,
    *,
    person_id: int,
    paper: Paper | None = None,
) -> Packet:
    """A new version of the appeal's packet, kept in the store. Raises LetterRefused and PdfUnavailable.

    `paper` was made beforehand, so that many are not set while the database waits; a stale one is made anew.
    """
    assert appeal.id is not None
    if paper is None or paper.changed_at != appeal.changed_at:
        paper = paper_of(session, settings, clock, file, issue, appeal)
    made = paper.made
    kept = keep_bytes(settings, f"appeal-{appeal.id}.pdf", made.content)
    newest = session.exec(select(func.max(Packet.version)).where(Packet.appeal_id == appeal.id)).one()
    packet = Packet(
        practice_id=appeal.practice_id,
        appeal_id=appeal.id,
        version=(newest or 0) + 1,
        template_id=appeal.template_id,
        letter=paper.letter,
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        pages=made.pages,
        made_by_id=person_id,
        made_at=clock.now(),
    )
    session.add(packet)
    session.flush()
    appeal.packet_id, appeal.changed_at = packet.id, clock.now()
    session.add(appeal)
    return packet


def set_on_paper(
    session: Session,
    settings: Settings,
    clock: Clock,
    file: CaseFile,
    issue: Issue,
    appeal: Appeal,
    letter: Letter,
    enclosures: Sequence[Enclosure],
) -> Made:
    """The packet's pages. Reads only; a preview is the same paper. Raises PdfUnavailable and Unfit."""
    enclosed = open_enclosures(settings, enclosures)
    pictures = dict(_fonts())
    if file.letterhead.logo is not None:
        pictures["logo"] = (file.letterhead.logo_type, file.letterhead.logo)
    for part in enclosed:
        for number, sheet in enumerate(part.sheets):
            if sheet.picture is not None:
                pictures[f"{part.number}-{number}"] = sheet.picture
    html = packet_html(session, settings, clock.today(), file, issue, appeal, letter, enclosed)
    made = make_pdf(html, FONT_FACES + _sheet(), pictures)
    places = {
        made.places[f"sheet-{part.number}-{number}"]: (part.content, number)
        for part in enclosed
        for number, sheet in enumerate(part.sheets)
        if sheet.picture is None
    }
    return made._replace(content=lay_in(made.content, places))


def packet_html(
    session: Session,
    settings: Settings,
    today: date,
    file: CaseFile,
    issue: Issue,
    appeal: Appeal,
    letter: Letter,
    enclosed: Sequence[Enclosed],
) -> str:
    """The packet as HTML, for the PDF."""
    values = merge_values(file, issue, appeal, today)
    return ENVIRONMENT.get_template("appeals/packet.html").render(
        v=values,
        letter=letter,
        letterhead=file.letterhead,
        payer_address=appeals_address(file, issue.answer),
        payer_fax=file.filing.appeal_fax if file.filing else "",
        contents=contents_of(file, values["form"], enclosed),
        has_evidence=bool(enclosed),
        is_overpayment=file.is_taken_back(issue),
        practice_address=file.letterhead.address.splitlines(),
        claim_facts=_claim_facts(file),
        billed_lines=file.lines,
        answer=issue.answer,
        remittance_rows=remittance_rows(issue.answer),
        wire=_wire(session, settings, appeal.claim_id, issue.answer),
        proofs=file.proofs,
        enclosed=enclosed,
    )


def contents_of(file: CaseFile, form: str, enclosed: Sequence[Enclosed]) -> list[Part]:
    """The list of contents, as the letter ends with it."""
    parts = [Part(f"Fields of form {form}", "form")] if form in FORMS else []
    parts.append(Part("The claim, and the remittance in dispute with its codes explained", "claim"))
    if file.proofs:
        parts.append(Part("Timeline of filing", "timeline"))
    parts += [
        Part(f"Enclosure {each.number}: {each.enclosure.title}", f"sheet-{each.number}-0", len(each.sheets))
        for each in enclosed
    ]
    return parts


def open_enclosures(settings: Settings, enclosures: Sequence[Enclosure]) -> list[Enclosed]:
    """Every enclosure with its pages, in order. Raises Unfit."""
    return [_opened(settings, number, each) for number, each in enumerate(enclosures, 1)]


def _opened(settings: Settings, number: int, enclosure: Enclosure) -> Enclosed:
    content = path_of(settings, enclosure.sha256).read_bytes()
    return Enclosed(number, enclosure, content, sheets_of(enclosure.name, enclosure.media_type, content))


def enclosures_of(session: Session, appeal_id: int) -> list[Enclosure]:
    return list(session.exec(select(Enclosure).where(Enclosure.appeal_id == appeal_id).order_by(col(Enclosure.id))))


def packets_of(session: Session, appeal_id: int) -> list[Packet]:
    """Every version, newest first."""
    statement = select(Packet).where(Packet.appeal_id == appeal_id).order_by(col(Packet.version).desc())
    return list(session.exec(statement))


def remittance_rows(answer: Answer) -> list[RemittanceRow]:
    """The decision line by line, each code with its meaning."""
    rows: list[RemittanceRow] = []
    payment = answer.payment
    for line in answer.lines:
        rows += _rows_of_line(line)
    for number, row in enumerate(answer.adjustments):
        amounts = Amounts(payment.charge_cents, payment.allowed_cents, payment.paid_cents) if number == 0 else None
        name = "Whole claim" if number == 0 else ""
        rows.append(RemittanceRow(name, None, amounts, row.cents, *_code(row)))
    rows += [_remark(remark.code) for remark in answer.remarks]
    return rows


def _rows_of_line(line: LineAnswer) -> list[RemittanceRow]:
    service = line.service
    name = " ".join([service.procedure or service.revenue_code, *service.modifiers.replace(":", " ").split()])
    amounts = Amounts(service.charge_cents, service.allowed_cents, service.paid_cents)
    if not line.adjustments:
        rows = [RemittanceRow(name, service.first_service, amounts, None, "", "")]
    else:
        first, *rest = line.adjustments
        rows = [RemittanceRow(name, service.first_service, amounts, first.cents, *_code(first))]
        rows += [RemittanceRow("", None, None, row.cents, *_code(row)) for row in rest]
    return rows + [_remark(remark.code) for remark in line.remarks]


def _code(row: AdjustmentRow) -> tuple[str, str]:
    return f"{row.group}-{row.reason}", explain_adjustment(row.group, row.reason)


def _remark(code: str) -> RemittanceRow:
    return RemittanceRow("", None, None, None, code, explain_remark(code))


def _claim_facts(file: CaseFile) -> list[tuple[str, str]]:
    claim, _, payer, practice = file.head
    return [
        ("Billing provider", f"{practice.name}, NPI {claim.billing_npi or practice.npi}, tax id {practice.tax_id}"),
        ("Rendering provider", " · ".join(part for part in (claim.rendering_name, claim.rendering_npi) if part)),
        ("Payer", payer.name),
        ("Payer’s claim number", claim.payer_control_number),
        ("Patient control number", claim.patient_control_number),
        ("Service", " to ".join(dict.fromkeys([long_day(claim.first_service), long_day(claim.last_service)]))),
        ("Diagnoses", ", ".join(claim.diagnoses.split())),
        ("Authorization", claim.authorization),
        ("First sent", long_day(claim.first_billed_on)),
        ("Accepted by the payer", long_day(claim.accepted_on)),
    ]


def appeals_address(file: CaseFile, answer: Answer) -> list[str]:
    """Where the payer takes appeals, as somebody entered it; else the address that its remittance prints."""
    entered = file.filing.appeal_address.splitlines() if file.filing else []
    return entered or _payer_address(answer)


def _payer_address(answer: Answer) -> list[str]:
    """The payer's address as its remittance prints it."""
    parts = answer.remittance.detail.get("payer_address")
    if not isinstance(parts, list) or len(parts) < 5:
        return []
    line1, line2, city, state, postal = (str(part) for part in parts[:5])
    place = " ".join(part for part in (f"{city}," if city else "", state, _postal(postal)) if part)
    return [part for part in (line1, line2, place) if part]


def _postal(code: str) -> str:
    return f"{code[:5]}-{code[5:]}" if len(code) == 9 and code.isdigit() else code


def _wire(session: Session, settings: Settings, claim_id: int, answer: Answer) -> str:
    """The segments of this claim in the 835, as received; "" when the file is not at hand."""
    assert answer.payment.id is not None
    try:
        source = wire_source(session, settings, claim_id, of="payment", row=answer.payment.id)
    except (UnknownSource, OSError):
        return ""
    return "\n".join(line.separator.join([line.segment_id, *line.elements]) for line in source.lines)


@cache
def _fonts() -> dict[str, tuple[str, bytes]]:
    """Our own faces, unpacked once: unpacking them for each PDF would take longer than setting it."""
    unpacked = {}
    for name, path in FONTS.items():
        face = io.BytesIO()
        woff2.decompress(io.BytesIO(FILES[path]), face)
        unpacked[name] = ("font/ttf", face.getvalue())
    return unpacked


@cache
def _sheet() -> str:
    return Path(SHEET).read_text(encoding="utf-8")
