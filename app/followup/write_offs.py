"""Giving dollars up: one person asks, another decides, above a limit a second one too (hipaa-security.md §3).

The books move only when it is approved, by an entry of the ledger's that can be taken back by its opposite.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.audit.record import record
from app.auth.permissions import Permission
from app.auth.tables import Person
from app.auth.viewer import Viewer
from app.claims.tables import Claim, ClaimEvent, EventKind, Patient, Payer
from app.core.clock import Clock
from app.core.money import format_cents
from app.followup.rank import rerank_claims
from app.followup.tables import WriteOffRequest
from app.ledger.person import CannotPost, take_back, write_off
from app.ledger.tables import ClaimBalance

ONE_APPROVAL_CENTS = 100_000  # up to $1,000 one supervisor decides; above it two different people must
WAITING = ("waiting", "half")
WAITS_ALREADY = "A write-off of this claim waits for a decision already."


class WriteOffRefused(ValueError):
    """It cannot be asked for or decided; the message says why. Nothing was changed."""


class AskedTogether(NamedTuple):
    """Of several claims, those whose write-off can be asked for, with what is open with the payer on each."""

    cents: dict[int, int]
    left_out: list[tuple[int, str]]  # claim and why

    @property
    def open_cents(self) -> int:
        return sum(self.cents.values())


class WriteOffLine(NamedTuple):
    """One request as a supervisor sees it."""

    request: WriteOffRequest
    patient: str
    number: str
    payer: str
    open_cents: int
    asked_by: str
    first_by: str


def request_write_off(
    session: Session, claim: Claim, cents: int | None, reason: str, *, person_id: int, clock: Clock
) -> WriteOffRequest:
    """`cents` None: all that is open on the payer's side. Raises WriteOffRefused."""
    assert claim.id is not None
    balance = session.get(ClaimBalance, claim.id)
    is_open = balance.insurance_cents if balance is not None else 0
    wanted = is_open if cents is None else cents
    if not reason.strip():
        raise WriteOffRefused("Say why these dollars should be given up.")
    if wanted <= 0 or wanted > is_open:
        raise WriteOffRefused(f"{format_cents(max(is_open, 0))} is open with the payer; ask for no more than that.")
    if waiting_of(session, claim.id) is not None:
        raise WriteOffRefused(WAITS_ALREADY)
    made = WriteOffRequest(
        practice_id=claim.practice_id,
        claim_id=claim.id,
        cents=wanted,
        reason=reason.strip()[:500],
        requested_by_id=person_id,
        requested_at=clock.now(),
    )
    session.add(made)
    session.flush()
    _record(session, "write_off.request", made, reason=made.reason)
    return made


def askable(session: Session, claim_ids: Sequence[int]) -> AskedTogether:
    """What asking for all of these would ask for, by the rules of `request_write_off`. Reads only."""
    balances = select(ClaimBalance.claim_id, ClaimBalance.insurance_cents)
    found = dict(session.exec(balances.where(col(ClaimBalance.claim_id).in_(claim_ids))).all())
    waiting = set(
        session.exec(
            select(WriteOffRequest.claim_id).where(
                col(WriteOffRequest.claim_id).in_(claim_ids), col(WriteOffRequest.state).in_(WAITING)
            )
        )
    )
    cents: dict[int, int] = {}
    left_out: list[tuple[int, str]] = []
    for claim_id in claim_ids:
        if claim_id in waiting:
            left_out.append((claim_id, WAITS_ALREADY))
        elif found.get(claim_id, 0) <= 0:
            left_out.append((claim_id, "Nothing is open with the payer."))
        else:
            cents[claim_id] = found[claim_id]
    return AskedTogether(cents, left_out)


def approve(session: Session, asked: WriteOffRequest, *, person_id: int, clock: Clock) -> WriteOffRequest:
    """Agree; the books move at once, or wait for the second person above the limit. Raises WriteOffRefused."""
    _may_decide(asked, person_id)
    if asked.cents > ONE_APPROVAL_CENTS and asked.first_by_id is None:
        asked.first_by_id, asked.state = person_id, "half"
        session.add(asked)
        _record(session, "write_off.approve_first", asked)
        return asked
    if asked.first_by_id == person_id:
        raise WriteOffRefused("You gave the first approval; above the limit somebody else gives the second.")
    try:
        asked.entry_id = write_off(
            session, asked.claim_id, asked.cents, person_id=person_id, reason=asked.reason, on=clock.today()
        )
    except CannotPost as error:
        raise WriteOffRefused(str(error)) from error
    asked.state = "approved"
    asked.decided_by_id, asked.decided_at = person_id, clock.now()
    session.add(asked)
    _record(session, "write_off.approve", asked)
    _tell(session, asked, f"Written off: {format_cents(asked.cents)}", asked.reason, person_id, clock)
    rerank_claims(session, clock, [asked.claim_id])
    return asked


def refuse(session: Session, asked: WriteOffRequest, said: str, *, person_id: int, clock: Clock) -> WriteOffRequest:
    """Decline, with the reason: the claim goes on being worked."""
    _may_decide(asked, person_id)
    if not said.strip():
        raise WriteOffRefused("Say why not: whoever asked will read it.")
    asked.state, asked.said = "refused", said.strip()[:500]
    asked.decided_by_id, asked.decided_at = person_id, clock.now()
    session.add(asked)
    _record(session, "write_off.refuse", asked, reason=asked.said)
    _tell(session, asked, f"Write-off of {format_cents(asked.cents)} declined", asked.said, person_id, clock)
    return asked


def withdraw(session: Session, asked: WriteOffRequest, *, person_id: int) -> None:
    """By whoever asked, while nobody has decided. Raises WriteOffRefused."""
    if asked.requested_by_id != person_id or asked.state != "waiting":
        raise WriteOffRefused("It was decided meanwhile.")
    _record(session, "write_off.withdraw", asked)
    session.delete(asked)
    session.flush()


def reopen(session: Session, asked: WriteOffRequest, *, person_id: int, clock: Clock) -> None:
    """One's own decision taken back: the request waits as before, and the books by the opposite entry.

    Raises WriteOffRefused when somebody else has decided, or asked anew, since.
    """
    if asked.state == "half" and asked.first_by_id == person_id:
        asked.first_by_id, asked.state = None, "waiting"
        session.add(asked)
        _record(session, "write_off.reopen", asked)
        return
    if asked.state in WAITING or asked.decided_by_id != person_id:
        raise WriteOffRefused("Somebody else has decided about it since.")
    if waiting_of(session, asked.claim_id) is not None:
        raise WriteOffRefused(WAITS_ALREADY)
    if asked.entry_id is not None:
        try:
            take_back(session, asked.entry_id, person_id=person_id, reason="decision taken back", on=clock.today())
        except CannotPost as error:
            raise WriteOffRefused(str(error)) from error
    asked.state = "half" if asked.first_by_id is not None else "waiting"
    asked.decided_by_id = asked.decided_at = asked.entry_id = None
    asked.said = ""
    session.add(asked)
    _record(session, "write_off.reopen", asked)
    _tell(session, asked, f"Write-off of {format_cents(asked.cents)} waits again", "", person_id, clock)
    rerank_claims(session, clock, [asked.claim_id])


def waiting_of(session: Session, claim_id: int) -> WriteOffRequest | None:
    """The undecided request of a claim."""
    statement = select(WriteOffRequest).where(
        WriteOffRequest.claim_id == claim_id, col(WriteOffRequest.state).in_(WAITING)
    )
    return session.exec(statement).first()


def waiting_lines(session: Session, practice_ids: Sequence[int]) -> list[WriteOffLine]:
    """What waits for a decision, the oldest first."""
    statement = (
        select(WriteOffRequest, Claim, Patient, Payer.name)
        .join(Claim, col(Claim.id) == WriteOffRequest.claim_id)
        .join(Patient, col(Patient.id) == Claim.patient_id)
        .join(Payer, col(Payer.id) == Claim.payer_id)
        .where(
            col(WriteOffRequest.state).in_(WAITING),
            col(WriteOffRequest.practice_id).in_(practice_ids),
        )
        .order_by(col(WriteOffRequest.id))
        .limit(200)
    )
    names = {person.id: person.name for person in session.exec(select(Person))}
    lines = []
    for asked, claim, patient, payer in session.exec(statement):
        balance = session.get(ClaimBalance, claim.id)
        lines.append(
            WriteOffLine(
                asked,
                ", ".join(part for part in (patient.last_name, patient.first_name) if part),
                claim.patient_control_number,
                payer,
                balance.insurance_cents if balance is not None else 0,
                names.get(asked.requested_by_id, ""),
                names.get(asked.first_by_id, "") if asked.first_by_id else "",
            )
        )
    return lines


def find_request(session: Session, viewer: Viewer, request_id: int) -> WriteOffRequest | None:
    found = session.get(WriteOffRequest, request_id)
    return found if found is not None and viewer.sees(found.practice_id) else None


def may_decide(asked: WriteOffRequest, viewer: Viewer) -> bool:
    """For the screen: whether the buttons are shown."""
    return viewer.may(Permission.WRITE_OFF_APPROVE) and viewer.person_id not in (
        asked.requested_by_id,
        asked.first_by_id,
    )


def _may_decide(asked: WriteOffRequest, person_id: int) -> None:
    if asked.state not in WAITING:
        raise WriteOffRefused("It was decided already.")
    if asked.requested_by_id == person_id:
        raise WriteOffRefused("You asked for it: somebody else decides.")


def _tell(session: Session, asked: WriteOffRequest, summary: str, note: str, person_id: int, clock: Clock) -> None:
    session.add(
        ClaimEvent(
            practice_id=asked.practice_id,
            claim_id=asked.claim_id,
            kind=EventKind.CHANGED,
            happened_on=clock.today(),
            known_at=clock.now(),
            summary=summary,
            detail={"note": note, "write_off": asked.id},
            cents=asked.cents,
            person_id=person_id,
        )
    )


def _record(session: Session, action: str, asked: WriteOffRequest, *, reason: str = "") -> None:
    record(
        session,
        action,
        object_type="claim",
        object_id=asked.claim_id,
        practice_id=asked.practice_id,
        reason=reason,
        detail={"request": asked.id, "cents": asked.cents},
    )
