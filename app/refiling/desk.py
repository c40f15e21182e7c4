"""One claim on the refile page: everything that the page shows and the verbs take, gathered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.claims.queries import ClaimHead, find_claim
from app.claims.tables import PayerControlNumber
from app.claims.terms import terms_of_payer
from app.core.clock import Clock
from app.core.config import Settings
from app.core.tables import Destination
from app.followup.facts import fact_rows
from app.followup.why import CLOCK_LABELS, clocks_of
from app.refiling.original import NotReadable, Original, newest_sending, read_original
from app.refiling.prepare import Envelopes, envelopes_of
from app.refiling.release import open_refile, refusal
from app.refiling.route import FREQUENCIES, Route
from app.refiling.situation import Known, known_of
from app.refiling.tables import Refile
from edi.x837.rules import Standing
from workqueues.facts import Facts

CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class RefileDesk:
    head: ClaimHead
    original: Original | None  # None: known only from an answer, or its file is gone
    why_no_original: str
    known: Known
    standing: Standing
    destinations: list[Destination]
    refiles: list[Refile]
    under_way: Refile | None

    @property
    def original_reference(self) -> str:
        """The payer's newest number for the claim: what a replacement names."""
        claim = self.head.claim
        answer = self.known.answer
        return (answer.payment.payer_control_number if answer else "") or claim.payer_control_number

    def destination(self, destination_id: int | None) -> Destination | None:
        """The one chosen, else the only or first one; None when the practice has none: it is sent by hand."""
        if destination_id == 0:
            return None
        chosen = next((each for each in self.destinations if each.id == destination_id), None)
        return chosen or (self.destinations[0] if self.destinations else None)

    def envelopes(self, settings: Settings, clock: Clock, destination: Destination | None) -> Envelopes:
        before = self.original.interchange if self.original else None
        return envelopes_of(destination, before, clock.now().astimezone(settings.zone))

    def refusal(self, session: Session, clock: Clock, route: Route) -> str:
        return refusal(session, self.head.claim.id or 0, self.known, route, clock.today())


def refile_desk(
    session: Session,
    settings: Settings,
    clock: Clock,
    practice_ids: Sequence[int],
    claim_id: int,
    *,
    wrong_party: bool,
) -> RefileDesk | None:
    """None when there is no such claim, or it is behind a wall."""
    head = find_claim(session, practice_ids, claim_id)
    if head is None:
        return None
    sending = newest_sending(session, head.claim)
    original, why = None, ""
    if sending is None:
        why = f"This claim is known only from the payer's {head.claim.known_from}: what was billed is not here."
    else:
        try:
            original = read_original(session, settings, sending)
        except NotReadable as trouble:
            why = str(trouble)
    known = known_of(session, head, sending, wrong_party=wrong_party)
    statement = select(Refile).where(Refile.claim_id == claim_id).order_by(col(Refile.id).desc())
    return RefileDesk(
        head,
        original,
        why,
        known,
        _standing(session, clock, head, known),
        destinations_of(session, [head.claim.practice_id]),
        list(session.exec(statement)),
        open_refile(session, claim_id),
    )


def destinations_of(session: Session, practice_ids: Sequence[int]) -> list[Destination]:
    """Where files of these practices may go now."""
    statement = select(Destination).where(col(Destination.practice_id).in_(practice_ids), col(Destination.is_active))
    return list(session.exec(statement.order_by(col(Destination.name))))


def payer_numbers(session: Session, claim_id: int) -> list[str]:
    """Every number that a payer gave the claim, newest first."""
    statement = select(PayerControlNumber.value).where(PayerControlNumber.claim_id == claim_id)
    return list(session.exec(statement.order_by(col(PayerControlNumber.seen_on).desc())))


def writes_a_claim(route: Route) -> bool:
    return route in FREQUENCIES


def _standing(session: Session, clock: Clock, head: ClaimHead, known: Known) -> Standing:
    """What the refile rules may know besides the claim: decided, the corrected-claim clock, other work."""
    today = clock.today()
    rows = [row for part in fact_rows(session, today, [head.claim.id or 0]) for row in part]
    last_day = None
    if rows:
        clocks = clocks_of(Facts.from_rows(rows), terms_of_payer(session, rows[0].payer_id))
        last_day = next(
            # A window that nobody has confirmed warns on the claim page; it stops nothing here.
            (each.last_day for each in clocks if each.label == CLOCK_LABELS[CORRECTED] and not each.needs_check),
            None,
        )
    return Standing(
        is_decided=known.situation.is_adjudicated,
        last_day=last_day,
        today=today,
        open_work=known.open_work,
    )
