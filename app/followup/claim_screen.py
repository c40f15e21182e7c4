"""One claim as its page shows it: what to do and why, the money that foots, the lines, the codes in plain words.

Gathered here in a handful of queries, so that the template only prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

from sqlmodel import Session

from app.claims.code_ways import AS_SHIPPED, CodeWays, code_ways
from app.claims.queries import (
    BilledLine,
    CoverageRow,
    Sibling,
    TimelineEvent,
    billed_lines,
    coverages_of,
    siblings_of,
    timeline,
)
from app.claims.shown_head import ShownHead
from app.core.clock import Clock
from app.followup.alike import Alike, alike
from app.followup.beside import Filing, Parked, WaitingWriteOff, head_and_beside
from app.followup.checklist import Steps, StepView, Tick, checklist, steps_done, steps_for
from app.followup.no_appeal import nothing_to_appeal
from app.followup.note_templates import NoteTemplate, note_templates
from app.followup.priority import STEPS, Stated, stated_days
from app.followup.story import Told, counts_of, story_of
from app.followup.work_row import WorkRow, find_row
from app.ledger.queries import Figure, MoneyStrip, is_from_wire, legs_of, strip_of
from app.ledger.tables import CauseKind
from app.matching.claim_decisions import Decision, decisions_of
from app.matching.queries import open_denials
from app.matching.shown_answers import (
    ShownAnswer,
    ShownCodes,
    ShownLine,
    ShownPayment,
    newest_answer,
    payments_shown,
)
from app.matching.tables import Denial


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
    head: ShownHead
    row: WorkRow | None  # None: nothing open
    strip: MoneyStrip
    cells: list[StripCell]
    denials: list[DenialView]
    lines: list[LineView]
    claim_codes: list[CodeView]  # claim-level adjustments and remarks of the newest answer
    answers: list[ShownPayment]  # newest first
    events: list[TimelineEvent]
    story: list[Told]
    submission_id: int | None  # the newest time it was sent
    coverages: list[CoverageRow]  # empty: the patient has no more than one
    siblings: list[Sibling]
    snooze: Parked | None
    alike: Alike | None
    note_templates: list[NoteTemplate]
    stated: Stated
    filing: Filing | None  # how the payer takes appeals and records
    decisions: list[Decision]  # money that waits for a person
    write_off: WaitingWriteOff | None  # asked for, and not decided
    owner: str  # "": it stands in its queue's pool
    ways: CodeWays  # how codes are judged here
    no_appeal: str  # why there is nothing to appeal; "": there is

    @property
    def newest_event_id(self) -> int:
        """What a form typed on this page has seen."""
        return max((event.id for event in self.events), default=0)

    @property
    def story_kinds(self) -> list[tuple[str, str, int]]:
        """Key, label and count of what the timeline can be narrowed to."""
        return counts_of(self.story)

    @property
    def newest_source(self) -> str:
        """The newest wire text about the claim: the payer's answer, else the claim as sent."""
        claim_id = self.head.claim.id
        if self.answers:
            return edi_address(claim_id, "payment", self.answers[0].id)
        if self.submission_id is not None:
            return edi_address(claim_id, "submission", self.submission_id)
        return ""


STRIP_TIPS = {
    "Billed": "What we charged. Everything to the right is taken off it.",
    "Allowed": "What the payer's contract or fee schedule grants for these services, says the payer.",
    "Paid": "What payers paid on this claim so far, take-backs subtracted.",
    "Patient": "What the payer left to the patient: deductible, coinsurance, copay.",
    "Open": "Still to be collected. Billed less everything before it: the strip foots, or a warning stands below.",
}
ADJUSTED_TIP = "Taken off by the payer's adjustments of this group, or by a write-off of ours."

APPEALS = "appeal"  # the table whose rows tell that a claim was appealed

CHARGE_ELEMENT = 2  # CLM02
CLP_CHARGE_ELEMENT = 3  # CLP03
SVC_CHARGE_ELEMENT, SVC_PAID_ELEMENT = 2, 3  # SVC02, SVC03

NATURE_TONES = {"denial": "bad", "reduction": "warn", "patient-share": "info", "pended": "warn"}


def claim_screen(
    session: Session, practice_ids: Sequence[int], claim_id: int, clock: Clock, *, person_id: int
) -> ClaimScreen | None:
    """None when the claim does not exist or is behind a wall."""
    seen = head_and_beside(session, practice_ids, claim_id)
    if seen is None:
        return None
    head, found = seen
    claim = head.claim
    answers = payments_shown(session, claim_id) if found.has_answers else []
    newest = newest_answer(session, answers)
    legs = legs_of(session, claim_id)
    strip = strip_of(legs)
    ways = code_ways(session.connection()) if found.has_overrides else AS_SHIPPED
    row = find_row(session, practice_ids, claim_id, clock, person_id)
    ticks = steps_done(session, claim_id) if found.has_ticks else []
    denials = open_denials(session, claim_id) if found.has_denial else []
    events = timeline(session, claim_id)
    address = partial(edi_address, claim_id)
    return ClaimScreen(
        head=head,
        row=row,
        strip=strip,
        cells=strip_cells(claim_id, strip, newest, answers),
        denials=[denial_view(claim.payer_id, denial, ways, ticks) for denial in denials],
        lines=line_views(claim_id, billed_lines(session, claim_id), newest, found.submission_id, ways),
        claim_codes=_codes(claim_id, newest, newest.codes, ways) if newest else [],
        answers=answers,
        events=events,
        story=story_of(session, claim_id, address, events=events, ticks=ticks, legs=legs, others=found.tellers),
        submission_id=found.submission_id,
        coverages=coverages_of(session, claim.patient_id) if found.coverages > 1 else [],
        siblings=siblings_of(session, claim),
        snooze=found.parked,
        alike=alike(session, practice_ids, row) if row is not None else None,
        note_templates=note_templates(head, row, clock.today()),
        stated=Stated(found.priority, stated_days(session, claim_id) if found.has_stated_days else [], STEPS),
        filing=found.filing,
        decisions=decisions_of(
            claim_id,
            payer_cents=strip.open.cents,
            patient_cents=strip.patient.cents,
            short_cents=found.short_cents,
            payments=answers,
        ),
        write_off=found.write_off,
        owner=found.owner,
        ways=ways,
        no_appeal=nothing_to_appeal(
            claim.state,
            denials,
            answers,
            is_appealed=any(teller.of.name == APPEALS for teller in found.tellers),
            today=clock.today(),
        ),
    )


def strip_cells(
    claim_id: int, strip: MoneyStrip, newest: ShownAnswer | None, answers: Sequence[ShownPayment]
) -> list[StripCell]:
    """Billed, what the payer allowed, then what takes away from billed, down to what is open."""

    def cell(figure: Figure, sign: str) -> StripCell:
        tip = STRIP_TIPS.get(figure.label, ADJUSTED_TIP)
        source = figure_source(claim_id, figure, answers)
        return StripCell(figure.label, figure.cents, sign, figure.note, source, tip=tip)

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


def figure_source(claim_id: int, figure: Figure, answers: Sequence[ShownPayment]) -> str:
    """Where the newest amount behind a figure came from; "" when a person typed it.

    What a claim without an 837 was charged, one of these answers said: its entry names file and segment."""
    clps = {(answer.file_id, answer.segment): answer.id for answer in answers}
    kinds = {CauseKind.SUBMISSION: "submission", CauseKind.CLAIM_PAYMENT: "payment"}
    for origin in reversed(figure.origins):
        kind = kinds.get(CauseKind(origin.cause_kind))
        if kind and is_from_wire(origin):
            element = origin.element or (CHARGE_ELEMENT if kind == "submission" else 0)
            return edi_address(claim_id, kind, origin.cause_id, origin.segment, element)
        said_in = clps.get((origin.file_id or 0, origin.segment))
        if origin.cause_kind == CauseKind.CLAIM and said_in is not None:
            return edi_address(claim_id, "payment", said_in, origin.segment, CLP_CHARGE_ELEMENT)
    return ""


def edi_address(claim_id: int, of: str, row: int | None, segment: int = 0, element: int = 0) -> str:
    """The page that shows the wire text with one segment lit and one element underlined."""
    address = f"/claims/{claim_id}/edi?of={of}"  # words and numbers of ours: nothing in them needs quoting
    if row:
        address += f"&row={row}"
    if segment:
        address += f"&segment={segment}"
    if element:
        address += f"&element={element}"
    return f"{address}#s{segment}" if segment else address


def denial_view(payer_id: int, denial: Denial, ways: CodeWays, ticks: Sequence[Tick]) -> DenialView:
    on = denial.denied_on
    source = edi_address(denial.claim_id, "payment", denial.claim_payment_id)
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
        checklist(denial, ticks),
    )


def line_views(
    claim_id: int, billed: list[BilledLine], newest: ShownAnswer | None, submission_id: int | None, ways: CodeWays
) -> list[LineView]:
    """Lines as sent, each with its newest answer; then answered lines that match none of ours."""
    answered: dict[int, list[ShownLine]] = {}
    others: list[ShownLine] = []
    for answer in newest.lines if newest else []:
        if answer.line_id is None:
            others.append(answer)
        else:
            answered.setdefault(answer.line_id, []).append(answer)
    sent = edi_address(claim_id, "submission", submission_id) if submission_id is not None else ""

    def codes_of(answer: ShownLine) -> list[CodeView]:
        return _codes(claim_id, newest, answer.codes, ways)

    views = []
    for number, line in enumerate(billed, 1):
        theirs = answered.get(line.id, [])
        codes = [code for answer in theirs for code in codes_of(answer)]
        views.append(_line_view(claim_id, line, theirs, f"{sent}&line={number}" if sent else "", codes))
    return views + [_answered_only(claim_id, answer, codes_of(answer)) for answer in others]


def _line_view(
    claim_id: int, line: BilledLine, answers: list[ShownLine], sent: str, codes: list[CodeView]
) -> LineView:
    allowed = [answer.allowed_cents for answer in answers if answer.allowed_cents is not None]
    ours = line.procedure or line.revenue_code
    theirs = [answer.procedure or answer.revenue_code for answer in answers]
    recoded = [code for code in theirs if code != ours]
    return LineView(
        procedure=ours,
        modifiers=line.modifiers.replace(":", " "),
        note=f"paid as {', '.join(recoded)}" if recoded else "",
        day=line.first_service,
        units=line.units,
        billed_cents=line.charge_cents,
        allowed_cents=sum(allowed) if allowed else None,
        paid_cents=sum(answer.paid_cents for answer in answers) if answers else None,
        denied_cents=sum(answer.denied_cents for answer in answers),
        codes=codes,
        billed_source=sent or (_service_source(claim_id, answers[0], SVC_CHARGE_ELEMENT) if answers else ""),
        paid_source=_service_source(claim_id, answers[0], SVC_PAID_ELEMENT) if answers else "",
    )


def _answered_only(claim_id: int, answer: ShownLine, codes: list[CodeView]) -> LineView:
    return LineView(
        procedure=answer.procedure or answer.revenue_code,
        modifiers=answer.modifiers.replace(":", " "),
        note=f"sent as {answer.original_procedure}" if answer.original_procedure else "not on our claim",
        day=answer.first_service,
        units=answer.units,
        billed_cents=answer.charge_cents,
        allowed_cents=answer.allowed_cents,
        paid_cents=answer.paid_cents,
        denied_cents=answer.denied_cents,
        codes=codes,
        billed_source=_service_source(claim_id, answer, SVC_CHARGE_ELEMENT),
        paid_source=_service_source(claim_id, answer, SVC_PAID_ELEMENT),
    )


def _service_source(claim_id: int, answer: ShownLine, element: int) -> str:
    return edi_address(claim_id, "payment", answer.claim_payment_id, answer.segment, element)


def _codes(claim_id: int, answer: ShownAnswer | None, codes: ShownCodes, ways: CodeWays) -> list[CodeView]:
    """Codes of one answer in the words that its payer's codes have here."""
    payer_id = answer.payment.payer_id if answer else 0
    on = answer.payment.answered_on if answer else None
    shown = [
        CodeView(
            f"{row.group}-{row.reason}",
            ways.adjustment_words(row.group, row.reason, payer_id, on),
            row.cents,
            NATURE_TONES.get(row.nature, "neutral"),
            edi_address(claim_id, "payment", row.claim_payment_id, row.segment, row.element),
        )
        for row in codes.adjustments
    ]
    shown.extend(
        CodeView(
            row.code,
            ways.remark_words(row.code, payer_id, on),
            None,
            "neutral",
            edi_address(claim_id, "payment", row.claim_payment_id, row.segment, row.element),
        )
        for row in codes.remarks
    )
    return shown
