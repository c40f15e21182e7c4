"""What the research pages show: batches with their counts, the claims of one, what could be asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, ColumnElement, bindparam, case, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from app.claims.tables import UNDECIDED, Claim, Patient, Payer
from app.core.bulk import Tested, table_of
from app.core.tables import OutboxItem
from app.core.worked_out import Question
from app.ledger.tables import ClaimBalance
from app.research.ask import MOST
from app.research.pace import ANSWER_DAYS, NEXT_RUNG_DAYS, Pace, pace_of
from app.research.tables import Inquiry, InquiryBatch, InquiryState

ROWS: Final = 100
_claim = table_of(Claim)


class Report(NamedTuple):
    """What came of a batch. The counts sum to `asked`."""

    asked: int
    answered: int
    not_found: int
    silent: int  # sent, and no answer after the payer's four days
    waiting: int  # in the outbox, or sent lately
    failed: int
    cancelled: int


class BatchRow(NamedTuple):
    batch: InquiryBatch
    payer: str
    report: Report


class InquiryRow(NamedTuple):
    inquiry: Inquiry
    claim: Claim
    patient: Patient
    is_silent: bool


class Candidates(NamedTuple):
    """Open claims of one payer that stand undecided, and the payer's pace."""

    payer_id: int
    payer: str
    pace: Pace
    claims: int
    open_cents: int
    late: int  # past the payer's usual time
    ready: int  # of them, those that one act would ask about now
    ready_cents: int


CANDIDATES = TypeAdapter(list[Candidates])
FRESH_FOR: Final = timedelta(minutes=10)  # people ask, and answers come, all day


def is_silent(inquiry: Inquiry, today: date) -> bool:
    sent = inquiry.sent_on
    return inquiry.state == InquiryState.SENT and sent is not None and sent + timedelta(days=ANSWER_DAYS) < today


def report_of(inquiries: Sequence[Inquiry], today: date) -> Report:
    """Pure counting."""
    return _report(Counter((inquiry.state, is_silent(inquiry, today)) for inquiry in inquiries))


def _report(counted: Counter[tuple[str, bool]]) -> Report:
    """From how many there are in each state, silent or not."""
    states: Counter[str] = Counter()
    for (state, _), claims in counted.items():
        states[state] += claims
    silent = sum(claims for (_, silent), claims in counted.items() if silent)
    return Report(
        asked=states.total(),
        answered=states[InquiryState.ANSWERED],
        not_found=states[InquiryState.NOT_FOUND],
        silent=silent,
        waiting=states[InquiryState.QUEUED] + states[InquiryState.SENT] - silent,
        failed=states[InquiryState.FAILED],
        cancelled=states[InquiryState.CANCELLED],
    )


def batches(session: Session, practice_ids: Sequence[int], today: date) -> list[BatchRow]:
    """The newest batches with what came of them."""
    statement = (
        select(InquiryBatch, Payer.name)
        .join(Payer, col(Payer.id) == InquiryBatch.payer_id)
        .where(col(InquiryBatch.practice_id).in_(practice_ids))
        .order_by(col(InquiryBatch.id).desc())
        .limit(ROWS)
    )
    found = session.exec(statement).all()
    counted: dict[int, Counter[tuple[str, bool]]] = {}
    place = col(Inquiry.batch_id), col(Inquiry.state), _is_silent(today)
    numbers = [batch.id for batch, _ in found]
    statement_of_all = select_columns(*place, func.count()).where(place[0].in_(numbers)).group_by(*place)
    for batch_id, state, silent, claims in session.execute(statement_of_all):
        counted.setdefault(batch_id, Counter())[state, bool(silent)] += claims
    return [BatchRow(batch, name, _report(counted.get(batch.id or 0, Counter()))) for batch, name in found]


def _is_silent(today: date) -> ColumnElement[int]:
    """As `is_silent` says it."""
    sent_before = col(Inquiry.sent_on) < today - timedelta(days=ANSWER_DAYS)
    return case(((col(Inquiry.state) == InquiryState.SENT) & sent_before, 1), else_=0)


def find_batch(session: Session, practice_ids: Sequence[int], batch_id: int) -> InquiryBatch | None:
    batch = session.get(InquiryBatch, batch_id)
    return batch if batch is not None and batch.practice_id in practice_ids else None


def inquiries_of(session: Session, batch_id: int, today: date) -> list[InquiryRow]:
    statement = (
        select(Inquiry, Claim, Patient)
        .join(Claim, col(Claim.id) == Inquiry.claim_id)
        .join(Patient, col(Patient.id) == Claim.patient_id)
        .where(Inquiry.batch_id == batch_id)
        .order_by(col(Inquiry.id))
    )
    return [
        InquiryRow(inquiry, claim, patient, is_silent(inquiry, today))
        for inquiry, claim, patient in session.exec(statement)
    ]


def open_cents_of(session: Session, claim_ids: Sequence[int]) -> dict[int | None, int]:
    """What is open with the payer on each."""
    statement = select(ClaimBalance.claim_id, ClaimBalance.insurance_cents).where(
        col(ClaimBalance.claim_id).in_(claim_ids)
    )
    found: dict[int | None, int] = dict.fromkeys(claim_ids, 0)
    found.update(dict(session.exec(statement).all()))
    return found


def outbox_item(session: Session, batch: InquiryBatch) -> OutboxItem | None:
    return session.get(OutboxItem, batch.outbox_id) if batch.outbox_id else None


def candidates_question(practice_ids: Sequence[int], today: date) -> Question[list[Candidates]]:
    """Every undecided claim is read for them: of large books beside the requests."""
    asked = {"practices": sorted(practice_ids)}
    return Question(
        "research", asked, CANDIDATES, lambda session: candidates(session, practice_ids, today), FRESH_FOR
    )


def candidates(session: Session, practice_ids: Sequence[int], today: date) -> list[Candidates]:
    """Payers with undecided claims, the most open dollars first."""
    sent: dict[
        int, list[tuple[date | None, int, int]]
    ] = {}  # payer → day, claims and cents: read once for all counts
    for payer_id, day, claims, cents in session.execute(undecided_by_day(practice_ids)):
        sent.setdefault(payer_id, []).append((day, int(claims), int(cents)))
    rows = []
    most_dollars = sorted(sent, key=lambda each: (-sum(cents for _, _, cents in sent[each]), each))
    for payer_id in most_dollars[:ROWS]:
        payer = session.get_one(Payer, payer_id)
        pace = pace_of(session, payer)
        last = today - timedelta(days=pace.first_days)
        late = sum(claims for day, claims, _ in sent[payer_id] if day is not None and day <= last)
        ready = ready_to_ask(session, practice_ids, payer_id, pace, today) if late else []
        claims, cents = sum(each[1] for each in sent[payer_id]), sum(each[2] for each in sent[payer_id])
        open_now = sum(each.open_cents for each in ready)
        rows.append(Candidates(payer_id, payer.name, pace, claims, cents, late, len(ready), open_now))
    return rows


def undecided_by_day(practice_ids: Sequence[int]) -> Any:
    """Undecided claims with something open, by payer and the day on which they were last sent."""
    place = col(Claim.payer_id), col(Claim.last_billed_on)
    return (
        select_columns(*place, func.count(), func.sum(ClaimBalance.insurance_cents))
        .join(ClaimBalance, col(ClaimBalance.claim_id) == Claim.id)
        .where(is_undecided(), _walls(practice_ids), col(ClaimBalance.insurance_cents) > 0)
        .group_by(*place)
    )


def is_undecided() -> ColumnElement[bool]:
    """With the states written out as `claim_undecided` says them: for bound ones SQLite does not take that index."""
    states: BindParameter[Any] = bindparam("undecided", UNDECIDED, expanding=True, literal_execute=True)
    return Tested(_claim.c.state).in_(states)


def _walls(practice_ids: Sequence[int]) -> ColumnElement[bool]:
    return Tested(_claim.c.practice_id).in_(practice_ids)


class Ready(NamedTuple):
    claim_id: int
    open_cents: int


def ready_to_ask(
    session: Session, practice_ids: Sequence[int], payer_id: int, pace: Pace, today: date
) -> list[Ready]:
    """Undecided open claims past the payer's usual time that were not asked about within the wait (`may_not_ask`),
    the oldest first: as many as one act takes."""
    any_asked = aliased(Inquiry)
    newest = select(func.max(any_asked.id)).where(any_asked.claim_id == Claim.id).correlate(Claim).scalar_subquery()
    asked = (col(Inquiry.state), col(Inquiry.asked_on))
    is_free = or_(
        col(Inquiry.id).is_(None),
        asked[0].in_((InquiryState.CANCELLED, InquiryState.FAILED)),
        (asked[0] == InquiryState.NOT_FOUND) & (asked[1] <= today - timedelta(days=NEXT_RUNG_DAYS)),
        (asked[0] != InquiryState.NOT_FOUND) & (asked[1] <= today - timedelta(days=pace.again_days)),
    )
    statement = (
        select(Claim.id, ClaimBalance.insurance_cents)
        .join(ClaimBalance, col(ClaimBalance.claim_id) == Claim.id)
        .outerjoin(Inquiry, col(Inquiry.id) == newest)
        .where(*_late(practice_ids, payer_id, pace, today), is_free)
        .order_by(col(Claim.last_billed_on), col(Claim.id))
        .limit(MOST)
    )
    return [Ready(claim_id, cents) for claim_id, cents in session.exec(statement) if claim_id is not None]


def _late(practice_ids: Sequence[int], payer_id: int, pace: Pace, today: date) -> list[ColumnElement[bool]]:
    return [
        is_undecided(),
        _walls(practice_ids),
        col(Claim.payer_id) == payer_id,
        col(ClaimBalance.insurance_cents) > 0,
        col(Claim.last_billed_on) <= today - timedelta(days=pace.first_days),
    ]
