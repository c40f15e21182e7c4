"""Batch appeals: claims that one payer denied for one reason, argued once, with a letter for each.

Nothing leaves before a person has seen exactly how many claims and dollars it is: the drafts come first, the queue
after. A claim that a rule stands against is left out and named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.appeals.case import case_file
from app.appeals.leave import queue_appeal
from app.appeals.packet import Paper, paper_of
from app.appeals.queries import appeals_of_batch
from app.appeals.start import AppealRefused, start_appeal
from app.appeals.tables import Appeal, AppealBatch, AppealState, Enclosure
from app.audit.record import record
from app.claims.tables import Claim, Patient, Payer
from app.claims.terms import terms_in_force
from app.core.clock import Clock
from app.core.config import Settings
from app.followup.rank import rerank_claims
from app.matching.tables import Denial

FEWEST: Final = 2
MOST: Final = 50  # a PDF for each is made while the browser waits


class Group(NamedTuple):
    """Open denials that one argument could answer."""

    practice_id: int
    payer_id: int
    payer: str
    category: str
    reason: str  # CARC
    group: str  # CAS01 of most of them
    claims: int
    cents: int


class Member(NamedTuple):
    denial: Denial
    claim: Claim
    patient: Patient


class LeftOut(NamedTuple):
    number: str  # our patient control number
    why: str
    claim_id: int = 0


class Queued(NamedTuple):
    claims: int
    cents: int
    left_out: list[LeftOut]


def groups(session: Session, practice_ids: Sequence[int]) -> list[Group]:
    """Payer and reason of open denials without an open appeal, two claims or more, the most dollars first."""
    found: dict[tuple[int, int, str, str], list[Denial]] = defaultdict(list)
    names: dict[int, str] = {}
    for denial, claim, payer in session.exec(
        select(Denial, Claim, Payer)
        .join(Claim, col(Claim.id) == Denial.claim_id)
        .join(Payer, col(Payer.id) == Claim.payer_id)
        .where(col(Denial.is_open), col(Denial.practice_id).in_(practice_ids), _no_open_appeal())
    ).all():
        found[denial.practice_id, claim.payer_id, denial.category, denial.reason].append(denial)
        names[claim.payer_id] = payer.name
    made = []
    for (practice_id, payer_id, category, reason), denials in found.items():
        claims = {denial.claim_id for denial in denials}
        if reason and len(claims) >= FEWEST:
            cents = sum(denial.denied_cents for denial in denials)
            made.append(
                Group(practice_id, payer_id, names[payer_id], category, reason, denials[0].group, len(claims), cents)
            )
    return sorted(made, key=lambda group: -group.cents)


def members(session: Session, practice_id: int, payer_id: int, reason: str) -> list[Member]:
    """The claims of a group, the most dollars first, one row a claim."""
    statement = (
        select(Denial, Claim, Patient)
        .join(Claim, col(Claim.id) == Denial.claim_id)
        .join(Patient, col(Patient.id) == Claim.patient_id)
        .where(
            col(Denial.is_open),
            Denial.practice_id == practice_id,
            Claim.payer_id == payer_id,
            Denial.reason == reason,
            _no_open_appeal(),
        )
        .order_by(col(Denial.denied_cents).desc(), col(Denial.id))
    )
    by_claim: dict[int, Member] = {}
    for row in session.exec(statement):
        by_claim.setdefault(row[1].id or 0, Member(*row))
    return list(by_claim.values())


def start_batch(
    session: Session,
    clock: Clock,
    *,
    practice_id: int,
    payer_id: int,
    reason: str,
    claim_ids: Sequence[int],
    argument: str,
    signer: str,
    person_id: int,
) -> tuple[AppealBatch, list[LeftOut]]:
    """Drafts for the chosen claims of a group. Raises AppealRefused when none is left. The caller commits."""
    chosen = [one for one in members(session, practice_id, payer_id, reason) if one.claim.id in set(claim_ids)]
    if not chosen:
        raise AppealRefused("Choose the claims to appeal.")
    if len(chosen) > MOST:
        raise AppealRefused(f"{len(chosen)} claims at once; at most {MOST}. Make several batches.")
    if not argument.strip():
        raise AppealRefused("Write the argument: it stands in every letter.")
    batch = AppealBatch(
        practice_id=practice_id,
        payer_id=payer_id,
        category=chosen[0].denial.category,
        reason=reason,
        argument=argument.strip(),
        claims=0,
        cents=0,
        made_by_id=person_id,
        made_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    terms = terms_in_force(session)
    left_out: list[LeftOut] = []
    for one in chosen:
        file = case_file(session, one.claim.id or 0, terms=terms)
        try:
            appeal = start_appeal(
                *(session, clock, file, file.issue(f"denial-{one.denial.id}"), file.next_level),
                person_id=person_id,
                signer=signer,
                argument=argument,
                batch_id=batch.id,
            )
        except AppealRefused as refusal:
            left_out.append(LeftOut(one.claim.patient_control_number, str(refusal)))
            continue
        batch.claims, batch.cents = batch.claims + 1, batch.cents + appeal.amount_cents
    if not batch.claims:
        raise AppealRefused(f"None of them may be appealed: {left_out[0].why}")
    session.add(batch)
    record(
        session,
        "appeals.batch",
        object_type="appeal_batch",
        object_id=batch.id or "",
        practice_id=practice_id,
        detail={"claims": batch.claims, "cents": batch.cents, "left_out": len(left_out)},
    )
    return batch, left_out


def undo_batch(session: Session, batch: AppealBatch) -> int:
    """Take back the drafts that nobody has worked on since; returns how many. The caller commits."""
    enclosed = select(Enclosure.appeal_id)
    drafts = session.exec(
        select(Appeal).where(
            Appeal.batch_id == batch.id,
            Appeal.state == AppealState.DRAFT,
            Appeal.changed_at == Appeal.made_at,
            col(Appeal.id).not_in(enclosed),
        )
    ).all()
    for draft in drafts:
        batch.claims, batch.cents = batch.claims - 1, batch.cents - draft.amount_cents
        session.delete(draft)
    session.add(batch)
    session.flush()
    record(
        session,
        "appeals.batch.undone",
        object_type="appeal_batch",
        object_id=batch.id or "",
        practice_id=batch.practice_id,
        detail={"drafts": len(drafts)},
    )
    return len(drafts)


def papers_of(session: Session, settings: Settings, clock: Clock, batch: AppealBatch) -> dict[int, Paper]:
    """The pages of every draft, set beforehand. Reads only. Raises LetterRefused and PdfUnavailable."""
    terms = terms_in_force(session)
    papers: dict[int, Paper] = {}
    for row in appeals_of_batch(session, batch):
        file = case_file(session, row.appeal.claim_id, terms=terms)
        issue = file.disputed(row.appeal)
        if row.appeal.state == AppealState.DRAFT and issue is not None:
            papers[row.appeal.id or 0] = paper_of(session, settings, clock, file, issue, row.appeal)
    return papers


def queue_batch(
    session: Session,
    settings: Settings,
    clock: Clock,
    batch: AppealBatch,
    *,
    person_id: int,
    papers: Mapping[int, Paper],
) -> Queued:
    """Queue every draft with its pages; those that are lacking are set now. The caller commits.

    Raises LetterRefused and PdfUnavailable.
    """
    claims = cents = 0
    left_out: list[LeftOut] = []
    queued: list[int] = []
    terms = terms_in_force(session)
    for row in appeals_of_batch(session, batch):
        if row.appeal.state != AppealState.DRAFT:
            continue
        file = case_file(session, row.appeal.claim_id, terms=terms)
        try:
            queue_appeal(
                *(session, settings, clock, row.appeal),
                person_id=person_id,
                file=file,
                paper=papers.get(row.appeal.id or 0),
                rerank=False,
            )
        except AppealRefused as refusal:
            left_out.append(LeftOut(row.claim.patient_control_number, str(refusal)))
            continue
        queued.append(row.appeal.claim_id)
        claims, cents = claims + 1, cents + row.appeal.amount_cents
    if queued:
        batch.queued_at = clock.now()
        session.add(batch)
        rerank_claims(session, clock, queued)
    return Queued(claims, cents, left_out)


def _no_open_appeal() -> ColumnElement[bool]:
    held = select(Appeal.claim_id).where(Appeal.state != AppealState.DECIDED)
    return col(Denial.claim_id).not_in(held)
