"""Let a prepared claim go: into the outbox, onto the record, out of the hand until the payer answers.

What is written here is only that it was released. That the claim was sent again is told by the 837 itself, which is
loaded like any other once it has left (`send_on.py`): so a cancelled refile has never touched the books.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from app.audit.record import record
from app.claims.queries import ClaimHead
from app.claims.states import next_check
from app.claims.tables import Claim, ClaimState, Practice, PracticeIdentifier
from app.core.clock import Clock
from app.core.config import Settings
from app.core.control_numbers import next_control_number
from app.core.outbox import Follower, Outgoing, cancel, enqueue, follow
from app.core.tables import Destination, OutboxItem
from app.followup.open_work import tell_open_work
from app.followup.rank import rerank_claims
from app.followup.tables import Touch
from app.followup.touch import ANSWER_DAYS, Draft, Outcome, TouchKind, touch_claim
from app.followup.undo_touch import undo_touch
from app.refiling.original import Original
from app.refiling.prepare import Envelopes, Prepared, written
from app.refiling.route import ROUTE_LABELS, Route, forbidden
from app.refiling.situation import Known, newest_answer_id, paid_cents, summary_of
from app.refiling.tables import OPEN_STATES, Refile, RefileState

KIND = "refile"
SHORTEST_REASON = 10  # characters: a reason that somebody else can follow
CHANGES_IN_NOTE = 12


class RefileRefused(ValueError):
    """It may not be released; the message is the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person decided."""

    route: Route
    override_reason: str
    person_id: int
    destination: Destination | None
    minutes: float = 0.0
    payer_id: int | None = None  # None: the payer that the claim is with


def release(
    session: Session,
    settings: Settings,
    clock: Clock,
    *,
    head: ClaimHead,
    original: Original,
    known: Known,
    prepared: Prepared,
    envelopes: Envelopes,
    choice: Choice,
) -> Refile:
    """Put it into the outbox. Raises RefileRefused. The caller commits."""
    # One at a time: two releases, or a release and an appeal, would each not see the other.
    session.exec(select(Claim.id).where(Claim.id == head.claim.id).with_for_update())
    refuse_what_breaks_a_rule(session, head, known, prepared, envelopes, choice, clock.today())
    claim = head.claim
    assert claim.id is not None
    assert original.sending.id is not None
    number = next_control_number(session)
    content = written(original.header, prepared.claim, envelopes, number)
    made = Refile(
        practice_id=claim.practice_id,
        claim_id=claim.id,
        payer_id=choice.payer_id or claim.payer_id,
        from_submission_id=original.sending.id,
        route=choice.route,
        proposed_route=known.decided.route,
        rule=known.decided.rule,
        override_reason=choice.override_reason.strip(),
        frequency=prepared.claim.frequency,
        original_reference=prepared.claim.reference("F8"),
        changes=[list(change) for change in prepared.changes],
        charge_cents=prepared.claim.charge_cents,
        paid_before_cents=paid_cents(known.answers),
        last_answer_id=newest_answer_id(known.answers),
        control_number=f"{number:09d}",
        person_id=choice.person_id,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    label = ROUTE_LABELS[choice.route]
    item = enqueue(
        session,
        settings,
        clock,
        Outgoing(
            practice_id=claim.practice_id,
            kind=KIND,
            title=f"{label}: {prepared.claim.patient_control_number} to {prepared.payer_name}",
            file_name=f"837-{number:09d}.edi",
            content=content,
            destination_id=choice.destination.id if choice.destination else None,
            link=f"/claims/{claim.id}",
            control_numbers=f"{number:09d} OV{number:09d}",
            concerns={"claims": [claim.id], "refile": made.id},
            person_id=choice.person_id,
        ),
    )
    touch = _touch(session, clock, head, prepared, choice, label)
    made.outbox_id, made.touch_id = item.id, touch.id
    session.add(made)
    record(
        session,
        "refile.release",
        object_type="claim",
        object_id=claim.id,
        practice_id=claim.practice_id,
        patient_id=claim.patient_id,
        reason=made.override_reason,
        detail={
            "refile": made.id,
            "route": made.route,
            "proposed": made.proposed_route,
            "rule": made.rule,
            "frequency": made.frequency,
            "control_number": made.control_number,
            "changed": [f"{change.where}: {change.field}" for change in prepared.changes],
        },
    )
    rerank_claims(session, clock, [claim.id])
    return made


def refuse_what_breaks_a_rule(
    session: Session,
    head: ClaimHead,
    known: Known,
    prepared: Prepared,
    envelopes: Envelopes,
    choice: Choice,
    today: date,
) -> None:
    """Raises RefileRefused with the first rule that stands against it."""
    claim = head.claim
    assert claim.id is not None
    if rule := refusal(session, claim.id, known, choice.route, today):
        raise RefileRefused(rule)
    if choice.route is not known.decided.route and len(choice.override_reason.strip()) < SHORTEST_REASON:
        raise RefileRefused(
            f"The table proposes “{ROUTE_LABELS[known.decided.route]}”. Say in a sentence why this claim goes "
            f"another way."
        )
    if prepared.stops:
        raise RefileRefused(f"{prepared.stops[0].message} {prepared.stops[0].remedy}".strip())
    if choice.route is Route.OTHER_PAYER and not any(change.where == "Payer" for change in prepared.changes):
        raise RefileRefused("Enter the right payer's name and id first: this is still the payer that refused it.")
    if not envelopes.sender or not envelopes.receiver:
        raise RefileRefused("Nobody knows who sends to whom: enter sender and receiver at the destination.")
    if not _is_own_provider(session, claim.practice_id, prepared):
        raise RefileRefused(
            "The billing provider is not of this practice: its NPI and tax id belong to no file of it. A claim for "
            "another practice is sent from that practice."
        )


def refusal(session: Session, claim_id: int, known: Known, route: Route, today: date) -> str:
    """The rule against taking this route at all; "" when there is none."""
    if rule := forbidden(route, known.situation):
        return rule
    if known.open_work:
        return f"{known.open_work.capitalize()} is open. Appeal and refile of one issue are never under way at once."
    waiting = open_refile(session, claim_id)
    if waiting is not None and waiting.state == RefileState.WAITING:
        return "A refile of this claim waits in the outbox. Cancel it first."
    is_answered_by_now = waiting is not None and waiting.made_at.date() + timedelta(days=ANSWER_DAYS) < today
    if waiting is not None and not is_answered_by_now:
        return (
            f"The {summary_of(waiting)} has not been answered. A second one before the answer is refused as a "
            f"duplicate (CO-18, N779); it may be sent {ANSWER_DAYS} days after the first."
        )
    return ""


def open_refile(session: Session, claim_id: int) -> Refile | None:
    """The refile under way on a claim."""
    statement = select(Refile).where(Refile.claim_id == claim_id, col(Refile.state).in_(OPEN_STATES))
    return session.exec(statement.order_by(col(Refile.id).desc()).limit(1)).first()


def _touch(session: Session, clock: Clock, head: ClaimHead, prepared: Prepared, choice: Choice, label: str) -> Touch:
    """The work on the record, and the claim parked until the payer's usual answer."""
    today = clock.today()
    back = next_check(ClaimState.ACCEPTED, today, head.payer.kind) or today + timedelta(days=ANSWER_DAYS)
    changes = [f"{change.where}, {change.field}: {change.before or 'nothing'} → {change.after or 'nothing'}"
               for change in prepared.changes[:CHANGES_IN_NOTE]]  # fmt: skip
    if len(prepared.changes) > CHANGES_IN_NOTE:
        changes.append(f"and {len(prepared.changes) - CHANGES_IN_NOTE} more")
    note = "\n".join(
        [label, *changes, *([f"Why: {choice.override_reason.strip()}"] if choice.override_reason else [])]
    )
    draft = Draft(TouchKind.CORRECTION, note, Outcome.SENT, choice.minutes, back, wake="answer")
    return touch_claim(session, head.claim, draft, person_id=choice.person_id, clock=clock, action="refile")


def _is_own_provider(session: Session, practice_id: int, prepared: Prepared) -> bool:
    """The books are kept by practice: what is sent must come back to this one."""
    party = prepared.claim.billing_provider
    if party is None:
        return False
    values = [value for value in (party.name.id, party.tax_id) if value]
    practice = session.get_one(Practice, practice_id)
    if practice.npi in values or practice.tax_id in values:
        return True
    statement = select(PracticeIdentifier.id).where(
        PracticeIdentifier.practice_id == practice_id, col(PracticeIdentifier.value).in_(values)
    )
    return session.exec(statement.limit(1)).first() is not None


def undo_release(session: Session, refile: Refile, clock: Clock) -> None:
    """Take it out of the outbox while it waits. Raises TooLate."""
    item = session.get_one(OutboxItem, refile.outbox_id)
    cancel(session, item, clock)  # which tells `_cancelled`


def _refile_of(session: Session, item: OutboxItem) -> Refile | None:
    return session.exec(select(Refile).where(Refile.outbox_id == item.id)).first()


def _cancelled(session: Session, item: OutboxItem, clock: Clock) -> None:
    """It never left: the touch, the parking and their place on the timeline go too."""
    refile = _refile_of(session, item)
    if refile is None:
        return
    refile.state = RefileState.CANCELLED
    refile.closed_on = clock.today()
    touch = session.get(Touch, refile.touch_id) if refile.touch_id else None
    refile.touch_id = None
    session.add(refile)
    session.flush()
    if touch is not None:
        undo_touch(session, touch, clock=clock)
    record(
        session,
        "refile.cancel",
        object_type="claim",
        object_id=refile.claim_id,
        practice_id=refile.practice_id,
        detail={"refile": refile.id, "control_number": refile.control_number},
    )
    rerank_claims(session, clock, [refile.claim_id])


def _sent(session: Session, item: OutboxItem, clock: Clock) -> None:
    refile = _refile_of(session, item)
    if refile is None:
        return
    refile.state, refile.sent_at = RefileState.SENT, item.sent_at
    session.add(refile)


def _open_work(session: Session, claim_id: int) -> str:
    found = open_refile(session, claim_id)
    return summary_of(found) if found is not None else ""


follow(KIND, Follower(sent=_sent, cancelled=_cancelled))
tell_open_work(KIND, _open_work)
