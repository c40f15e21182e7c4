"""One claim as its page shows it: what to do and why, the money that foots, the lines, the codes in plain words.

Gathered here in a handful of queries, so that the template only prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from sqlmodel import Session

from app.auth.tables import Person
from app.claims.code_ways import CodeWays, code_ways
from app.claims.payer_filing import filing_of
from app.claims.queries import (
    ClaimHead,
    CoverageRow,
    coverages_of,
    find_claim,
    lines_of,
    siblings_of,
    submissions_of,
    timeline,
)
from app.claims.tables import Claim, ClaimEvent, ClaimLine, PayerFiling, Submission
from app.core.clock import Clock
from app.followup.alike import Alike, alike
from app.followup.checklist import Steps, StepView, checklist, steps_done, steps_for
from app.followup.note_templates import NoteTemplate, note_templates
from app.followup.priority import Stated, stated_of
from app.followup.story import Told, counts_of, story_of
from app.followup.tables import Snooze, StepDone
from app.followup.work_row import WorkRow, find_row
from app.ledger.queries import Figure, MoneyStrip, is_from_wire, money_strip
from app.ledger.tables import CauseKind
from app.matching.claim_decisions import Decision, decisions_of
from app.matching.queries import Answer, LineAnswer, answers_of, open_denials, statuses_of
from app.matching.tables import AdjustmentRow, Denial, PaymentState, RemarkRow, StatusEvent
from edi.codes.explain import explain_status


class CodeView(NamedTuple):
    """A code with its meaning, its dollars and the segment that carries it."""

    code: str
    meaning: str
    cents: int | None
    tone: str  # of its badge
    source: str


class LineView(NamedTuple):
    """One service line: what was billed, allowed, paid, denied, and why."""

    procedure: str
    modifiers: str
    note: str  # recoded, bundled: what the payer made of it
    day: date | None
    units: str
    billed_cents: int
    allowed_cents: int | None
    paid_cents: int | None
    denied_cents: int
    codes: list[CodeView]
    billed_source: str
    paid_source: str


class DenialView(NamedTuple):
    denial: Denial
    label: str
    meaning: str
    remarks: list[CodeView]
    steps: Steps
    checklist: list[StepView]


class StripCell(NamedTuple):
    label: str
    cents: int | None
    sign: str
    note: str
    source: str
    open: bool = False
    tip: str = ""

    def get(self, name: str, otherwise: object = "") -> object:
        """The strip macro asks its cells by name."""
        return getattr(self, name, otherwise)


@dataclass(frozen=True, slots=True)
class ClaimScreen:
    head: ClaimHead
    row: WorkRow | None  # None: nothing open
    strip: MoneyStrip
    cells: list[StripCell]
    denials: list[DenialView]
    lines: list[LineView]
    claim_codes: list[CodeView]  # claim-level adjustments and remarks of the newest answer
    answers: list[Answer]
    statuses: list[tuple[StatusEvent, str]]
    events: list[ClaimEvent]
    story: list[Told]
    submissions: list[Submission]
    coverages: list[CoverageRow]
    siblings: list[Claim]
    snooze: Snooze | None
    alike: Alike | None
    note_templates: list[NoteTemplate]
    stated: Stated
    filing: PayerFiling | None  # how the payer takes appeals and records
    decisions: list[Decision]  # money that waits for a person
    owner: str  # "": it stands in its queue's pool

    @property
    def newest_event_id(self) -> int:
        """What a form typed on this page has seen."""
        return max((event.id or 0 for event in self.events), default=0)

    @property
    def story_kinds(self) -> list[tuple[str, str, int]]:
        """Key, label and count of what the timeline can be narrowed to."""
        return counts_of(self.story)

    @property
    def newest_source(self) -> str:
        """The newest wire text about the claim: the payer's answer, else the claim as sent."""
        claim_id = self.head.claim.id or 0
        if self.answers:
            return edi_address(claim_id, "payment", self.answers[0].payment.id)
        if self.submissions:
            return edi_address(claim_id, "submission", self.submissions[-1].id)
        return ""


STRIP_TIPS = {
    "Billed": "What we charged. Everything to the right is taken off it.",
    "Allowed": "What the payer's contract or fee schedule grants for these services, says the payer.",
    "Paid": "What payers paid on this claim so far, take-backs subtracted.",
    "Patient": "What the payer left to the patient: deductible, coinsurance, copay.",
    "Open": "Still to be collected. Billed less everything before it: the strip foots, or a warning stands below.",
}
ADJUSTED_TIP = "Taken off by the payer's adjustments of this group, or by a write-off of ours."

NATURE_TONES = {"denial": "bad", "reduction": "warn", "patient-share": "info", "pended": "warn"}


def claim_screen(
    session: Session, practice_ids: Sequence[int], claim_id: int, clock: Clock, *, person_id: int
) -> ClaimScreen | None:
    """None when the claim does not exist or is behind a wall."""
    head = find_claim(session, practice_ids, claim_id)
    if head is None:
        return None
    claim = head.claim
    answers = answers_of(session, claim_id)
    newest = next((answer for answer in answers if answer.payment.state == PaymentState.POSTED), None)
    submissions = submissions_of(session, claim_id)
    billed = lines_of(session, claim_id)
    strip = money_strip(session, claim_id)
    ways = code_ways(session.connection())
    row = find_row(session, practice_ids, claim_id, clock, person_id)
    done = steps_done(session, claim_id)
    events = timeline(session, claim_id)
    return ClaimScreen(
        head=head,
        row=row,
        strip=strip,
        cells=strip_cells(claim_id, strip, newest),
        denials=[denial_view(claim, denial, ways, done) for denial in open_denials(session, claim_id)],
        lines=line_views(claim_id, billed, newest, submissions, ways),
        claim_codes=_codes(claim_id, newest, newest.adjustments, newest.remarks, ways) if newest else [],
        answers=answers,
        statuses=[
            (status, explain_status(status.category, status.status, status.entity))
            for status in statuses_of(session, claim_id)
        ],
        events=events,
        story=story_of(session, claim_id, events, partial(edi_address, claim_id)),
        submissions=submissions,
        coverages=coverages_of(session, claim.patient_id),
        siblings=siblings_of(session, claim),
        snooze=session.get(Snooze, claim_id),
        alike=alike(session, practice_ids, row) if row is not None else None,
        note_templates=note_templates(head, row, clock.today()),
        stated=stated_of(session, claim_id),
        filing=filing_of(session, claim.payer_id),
        decisions=decisions_of(
            session,
            claim_id,
            payer_cents=strip.open.cents,
            patient_cents=strip.patient.cents,
            answers=answers,
        ),
        owner=_name_of(session, row.owner_id) if row is not None and row.owner_id else "",
    )


def _name_of(session: Session, person_id: int) -> str:
    person = session.get(Person, person_id)
    return person.name if person is not None else ""


def strip_cells(claim_id: int, strip: MoneyStrip, newest: Answer | None) -> list[StripCell]:
    """Billed, what the payer allowed, then what takes away from billed, down to what is open."""

    def cell(figure: Figure, sign: str) -> StripCell:
        tip = STRIP_TIPS.get(figure.label, ADJUSTED_TIP)
        return StripCell(figure.label, figure.cents, sign, figure.note, figure_source(claim_id, figure), tip=tip)

    cells = [cell(strip.billed, "")]
    if newest is not None and newest.payment.allowed_cents is not None:
        source = edi_address(claim_id, "payment", newest.payment.id, newest.payment.segment)
        cells.append(
            StripCell(
                "Allowed", newest.payment.allowed_cents, "", "says the payer", source, tip=STRIP_TIPS["Allowed"]
            )
        )
    cells.append(cell(strip.paid, "−"))
    cells.extend(cell(figure, "−") for figure in strip.adjusted)
    cells.append(cell(strip.patient, "−"))
    cells.append(StripCell(strip.open.label, strip.open.cents, "=", "", "", open=True, tip=STRIP_TIPS["Open"]))
    return cells


def figure_source(claim_id: int, figure: Figure) -> str:
    """Where the newest amount behind a figure came from; "" when a person typed it."""
    kinds = {CauseKind.SUBMISSION: "submission", CauseKind.CLAIM_PAYMENT: "payment"}
    for origin in reversed(figure.origins):
        kind = kinds.get(CauseKind(origin.cause_kind))
        if kind and is_from_wire(origin):
            return edi_address(claim_id, kind, origin.cause_id, origin.segment, origin.element)
    return ""


def edi_address(claim_id: int, of: str, row: int | None, segment: int = 0, element: int = 0) -> str:
    """The page that shows the wire text with one segment lit and one element underlined."""
    query = {"of": of, "row": row or 0, "segment": segment, "element": element}
    shown = urlencode({name: value for name, value in query.items() if value})
    return f"/claims/{claim_id}/edi?{shown}#s{segment}" if segment else f"/claims/{claim_id}/edi?{shown}"


def denial_view(claim: Claim, denial: Denial, ways: CodeWays, done: Sequence[tuple[StepDone, str]]) -> DenialView:
    payer_id, on = claim.payer_id, denial.denied_on
    source = edi_address(claim.id or 0, "payment", denial.claim_payment_id)
    remarks = [
        CodeView(code, ways.remark_words(code, payer_id, on), None, "neutral", source)
        for code in denial.remarks.split()
    ]
    row = ways.carc(denial.reason, payer_id, on)
    words = ways.adjustment_words(denial.group, denial.reason, payer_id, on)
    return DenialView(
        denial,
        f"{denial.group}-{denial.reason}",
        words + (f". {row.note.rstrip('.')}." if row and row.note else "."),
        remarks,
        steps_for(denial.category),
        checklist(denial, done),
    )


def line_views(
    claim_id: int, billed: list[ClaimLine], newest: Answer | None, submissions: list[Submission], ways: CodeWays
) -> list[LineView]:
    """Lines as sent, each with its newest answer; then answered lines that match none of ours."""
    answered: dict[int, list[LineAnswer]] = {}
    others: list[LineAnswer] = []
    for answer in newest.lines if newest else []:
        if answer.service.line_id is None:
            others.append(answer)
        else:
            answered.setdefault(answer.service.line_id, []).append(answer)
    sent = edi_address(claim_id, "submission", submissions[-1].id) if submissions else ""

    def codes_of(answer: LineAnswer) -> list[CodeView]:
        return _codes(claim_id, newest, answer.adjustments, answer.remarks, ways)

    views = []
    for line in billed:
        theirs = answered.get(line.id or 0, [])
        codes = [code for answer in theirs for code in codes_of(answer)]
        views.append(_line_view(claim_id, line, theirs, sent, codes))
    return views + [_answered_only(claim_id, answer, codes_of(answer)) for answer in others]


def _line_view(
    claim_id: int, line: ClaimLine, answers: list[LineAnswer], sent: str, codes: list[CodeView]
) -> LineView:
    allowed = [answer.service.allowed_cents for answer in answers if answer.service.allowed_cents is not None]
    ours = line.procedure or line.revenue_code
    theirs = [answer.service.procedure or answer.service.revenue_code for answer in answers]
    recoded = [code for code in theirs if code != ours]
    return LineView(
        procedure=ours,
        modifiers=line.modifiers.replace(":", " "),
        note=f"paid as {', '.join(recoded)}" if recoded else "",
        day=line.first_service,
        units=line.units,
        billed_cents=line.charge_cents,
        allowed_cents=sum(allowed) if allowed else None,
        paid_cents=sum(answer.service.paid_cents for answer in answers) if answers else None,
        denied_cents=sum(answer.denied_cents for answer in answers),
        codes=codes,
        billed_source=sent,
        paid_source=_service_source(claim_id, answers[0]) if answers else "",
    )


def _answered_only(claim_id: int, answer: LineAnswer, codes: list[CodeView]) -> LineView:
    service = answer.service
    return LineView(
        procedure=service.procedure or service.revenue_code,
        modifiers=service.modifiers.replace(":", " "),
        note=f"sent as {service.original_procedure}" if service.original_procedure else "not on our claim",
        day=service.first_service,
        units=service.units,
        billed_cents=service.charge_cents,
        allowed_cents=service.allowed_cents,
        paid_cents=service.paid_cents,
        denied_cents=answer.denied_cents,
        codes=codes,
        billed_source=_service_source(claim_id, answer),
        paid_source=_service_source(claim_id, answer),
    )


def _service_source(claim_id: int, answer: LineAnswer) -> str:
    return edi_address(claim_id, "payment", answer.service.claim_payment_id, answer.service.segment, 3)


def _codes(
    claim_id: int,
    answer: Answer | None,
    adjustments: list[AdjustmentRow],
    remarks: list[RemarkRow],
    ways: CodeWays,
) -> list[CodeView]:
    """Codes of one answer in the words that its payer's codes have here."""
    payer_id = answer.remittance.payer_id if answer else 0
    on = answer.answered_on if answer else None
    shown = [
        CodeView(
            f"{row.group}-{row.reason}",
            ways.adjustment_words(row.group, row.reason, payer_id, on),
            row.cents,
            NATURE_TONES.get(row.nature, "neutral"),
            edi_address(claim_id, "payment", row.claim_payment_id, row.segment, row.element),
        )
        for row in adjustments
    ]
    shown.extend(
        CodeView(
            row.code,
            ways.remark_words(row.code, payer_id, on),
            None,
            "neutral",
            edi_address(claim_id, "payment", row.claim_payment_id, row.segment, row.element),
        )
        for row in remarks
    )
    return shown
