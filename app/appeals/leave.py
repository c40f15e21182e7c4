"""An appeal leaves: its packet is made, waits in the outbox, is sent by hand with proof, or is taken back.

The outbox tells what became of the packet; the appeal follows it. From the moment it is ready no corrected claim may
be sent on the same issue, and when it was sent the claim waits for the payer's decision.
"""

from __future__ import annotations

from typing import Final

from sqlmodel import Session, col, func, select

from app.appeals.case import CaseFile, case_file
from app.appeals.packet import Paper, make_packet
from app.appeals.start import AppealRefused, objections
from app.appeals.tables import Appeal, AppealState, Decision
from app.audit.record import record
from app.claims.tables import Claim, ClaimEvent, EventKind
from app.claims.under_way import APPEAL, SECOND_APPEAL, begin_step, end_step
from app.core.clock import Clock
from app.core.config import Settings
from app.core.money import format_cents
from app.core.outbox import Follower, Outgoing, cancel, enqueue, follow, mark_sent_by_hand
from app.core.tables import OutboxItem
from app.followup.open_work import tell_open_work
from app.followup.rank import rerank_claims
from app.followup.touch import Draft, Outcome, TouchKind, touch_claim
from app.intake.store import path_of
from app.matching.tables import ClaimPayment, PaymentState, Remittance
from app.web.show import day

KIND: Final = "appeal"  # of outbox items


def queue_appeal(
    session: Session,
    settings: Settings,
    clock: Clock,
    appeal: Appeal,
    *,
    person_id: int,
    file: CaseFile | None = None,
    paper: Paper | None = None,
    rerank: bool = True,
) -> OutboxItem:
    """Make the packet and put it into the outbox, to be sent by hand when its interval is over.

    Raises AppealRefused, LetterRefused and PdfUnavailable. The caller commits.
    """
    if appeal.state != AppealState.DRAFT:
        raise AppealRefused("It stands in the outbox or has left already.")
    known = file or case_file(session, appeal.claim_id)
    issue, level = known.disputed(appeal), known.level(appeal.level)
    if issue is None or level is None:
        raise AppealRefused("The decision that it disputes does not stand any more: the payer has decided anew.")
    stands = objections(known, issue, level, clock, amount_cents=appeal.amount_cents, good_cause=appeal.good_cause)
    if stands:
        raise AppealRefused(" ".join(refusal.sentence for refusal in stands), stands)
    if not appeal.argument.strip() and not appeal.letter.strip():
        raise AppealRefused("Write the argument first: what the payer overlooked, and what shows it.")
    packet = make_packet(session, settings, clock, known, issue, appeal, person_id=person_id, paper=paper)
    claim = known.head.claim
    item = enqueue(
        session,
        settings,
        clock,
        Outgoing(
            practice_id=appeal.practice_id,
            kind=KIND,
            title=f"{appeal.level_name} of claim {claim.patient_control_number} to {known.head.payer.name}",
            file_name=f"appeal-{claim.patient_control_number}-{appeal.id}-{packet.version}.pdf",
            content=path_of(settings, packet.sha256).read_bytes(),
            link=f"/appeals/{appeal.id}",
            media_type="application/pdf",
            concerns={"claims": [appeal.claim_id], "appeal": appeal.id},
            person_id=person_id,
        ),
    )
    appeal.state, appeal.outbox_id, appeal.changed_at = AppealState.READY, item.id, clock.now()
    session.add(appeal)
    begin_step(session, claim, _step(appeal), since=clock.today())
    _log(session, "appeals.queue", appeal, {"packet": packet.version, "sha256": packet.sha256})
    if rerank:
        rerank_claims(session, clock, [appeal.claim_id])
    return item


def mark_sent(session: Session, clock: Clock, appeal: Appeal, *, how: str, proof: str, person_id: int) -> None:
    """Somebody faxed, mailed or keyed it in. Raises AppealRefused; ValueError and TooLate come from the outbox."""
    if appeal.state != AppealState.READY or appeal.outbox_id is None:
        raise AppealRefused("Put it into the outbox first: what was sent has to be kept.")
    item = session.get_one(OutboxItem, appeal.outbox_id)
    mark_sent_by_hand(session, item, clock, how=how, proof=proof, person_id=person_id)


def take_back(session: Session, clock: Clock, appeal: Appeal) -> None:
    """Out of the outbox and a draft again. Raises AppealRefused, and TooLate when it has left."""
    if appeal.state != AppealState.READY or appeal.outbox_id is None:
        raise AppealRefused("It does not stand in the outbox.")
    cancel(session, session.get_one(OutboxItem, appeal.outbox_id), clock)


def withdraw(session: Session, clock: Clock, appeal: Appeal, *, reason: str) -> None:
    """Give the appeal up. Raises AppealRefused."""
    if appeal.state == AppealState.DECIDED:
        raise AppealRefused("It is decided already.")
    if not reason.strip():
        raise AppealRefused("Say why it is withdrawn.")
    if appeal.state == AppealState.READY:
        take_back(session, clock, appeal)
    appeal.state, appeal.decision, appeal.decided_on = AppealState.DECIDED, Decision.WITHDRAWN, clock.today()
    appeal.decision_words, appeal.changed_at = reason.strip()[:1_000], clock.now()
    session.add(appeal)
    end_step(session, appeal.claim_id, APPEAL, SECOND_APPEAL)
    _log(session, "appeals.withdraw", appeal, {"reason": appeal.decision_words})
    rerank_claims(session, clock, [appeal.claim_id])


def _sent(session: Session, item: OutboxItem, clock: Clock) -> None:
    """The outbox says that the packet has left."""
    appeal = _appeal_of(session, item)
    if appeal is None or appeal.state != AppealState.READY:
        return
    today = clock.today()
    file = case_file(session, appeal.claim_id)
    issue, level = file.disputed(appeal), file.level(appeal.level)
    runs = file.clock(level, issue) if issue is not None and level is not None else None
    appeal.state, appeal.sent_on = AppealState.SENT, today
    appeal.send_how, appeal.sent_proof = item.sent_how, item.proof
    appeal.decision_due = runs.decision_due(today) if runs else None
    appeal.follow_up_on = runs.follow_up_on(today) if runs else None
    appeal.answer_before_id, appeal.paid_before_cents = paid_by(session, appeal.claim_id, appeal.payer_id)
    appeal.changed_at = clock.now()
    session.add(appeal)
    claim = session.get_one(Claim, appeal.claim_id)
    begin_step(session, claim, _step(appeal), since=today, answer_due=appeal.decision_due)
    draft = Draft(
        TouchKind.APPEAL_SENT,
        f"{appeal.level_name} for {format_cents(appeal.amount_cents)} sent by {item.sent_how}: {item.proof}",
        outcome=Outcome.SENT,
        next_on=appeal.follow_up_on,
        wake="answer",
    )
    touch_claim(session, claim, draft, person_id=item.sent_by_id or item.made_by_id or appeal.made_by_id, clock=clock)
    _log(session, "appeals.sent", appeal, {"how": appeal.send_how, "proof": appeal.sent_proof})
    rerank_claims(session, clock, [appeal.claim_id])


def _cancelled(session: Session, item: OutboxItem, clock: Clock) -> None:
    """It was taken back: a draft again."""
    appeal = _appeal_of(session, item)
    if appeal is None or appeal.state != AppealState.READY:
        return
    appeal.state, appeal.outbox_id, appeal.changed_at = AppealState.DRAFT, None, clock.now()
    session.add(appeal)
    end_step(session, appeal.claim_id, APPEAL, SECOND_APPEAL)
    _log(session, "appeals.take_back", appeal, {})
    rerank_claims(session, clock, [appeal.claim_id])


def _open_work(session: Session, claim_id: int) -> str:
    """`appeal of Nov 2`, for whoever wants to send something else on the claim."""
    under_way = (AppealState.READY, AppealState.SENT)
    statement = select(Appeal).where(Appeal.claim_id == claim_id, col(Appeal.state).in_(under_way))
    found = session.exec(statement.order_by(col(Appeal.id).desc())).first()
    return f"appeal of {day(found.sent_on or found.changed_at)}" if found else ""


follow(KIND, Follower(_sent, _cancelled))
tell_open_work(KIND, _open_work)


def paid_by(session: Session, claim_id: int, payer_id: int) -> tuple[int, int]:
    """The newest answer of a payer to a claim, and what all its posted answers paid together, take-backs counted."""
    statement = (
        select(func.max(ClaimPayment.id), func.coalesce(func.sum(ClaimPayment.paid_cents), 0))
        .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
        .where(
            ClaimPayment.claim_id == claim_id,
            ClaimPayment.state == PaymentState.POSTED,
            Remittance.payer_id == payer_id,
        )
    )
    newest, cents = session.exec(statement).one()
    return int(newest or 0), int(cents)


def note_on_timeline(session: Session, clock: Clock, appeal: Appeal, summary: str, cents: int | None = None) -> None:
    """One line on the claim's timeline."""
    session.add(
        ClaimEvent(
            practice_id=appeal.practice_id,
            claim_id=appeal.claim_id,
            kind=EventKind.CHANGED,
            happened_on=clock.today(),
            known_at=clock.now(),
            summary=summary,
            cents=cents,
        )
    )


def _step(appeal: Appeal) -> str:
    return APPEAL if appeal.level == 1 else SECOND_APPEAL


def _appeal_of(session: Session, item: OutboxItem) -> Appeal | None:
    return session.exec(select(Appeal).where(Appeal.outbox_id == item.id)).first()


def _log(session: Session, action: str, appeal: Appeal, detail: dict[str, object]) -> None:
    record(
        session,
        action,
        object_type="appeal",
        object_id=appeal.id or "",
        practice_id=appeal.practice_id,
        detail={"claim": appeal.claim_id, **detail},
    )
