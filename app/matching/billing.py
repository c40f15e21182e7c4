"""What sending a claim does to the books and to the claim itself."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from app.claims.directory import KnownPayer
from app.claims.identity import member_key
from app.claims.register import KnownClaim
from app.claims.states import DECIDED, next_check
from app.claims.tables import ClaimState, EventKind, KnownFrom
from app.claims.timeline import Place, Timeline
from app.core.money import format_cents
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind
from edi.x837 import model as x837

REPLACEMENT, VOID = "7", "8"
CHANGES_EARLIER = ("5", "6", REPLACEMENT, VOID)  # CLM05-3: late charges, corrected, replacement, void
RANK_WORDS = {2: " as secondary", 3: " as tertiary"}


class Billed(NamedTuple):
    """One submitted claim with what was found out about it."""

    submitted: x837.SubmittedClaim
    payer: KnownPayer
    rank: int
    sent_on: date
    submission_id: int

    @property
    def changes_earlier(self) -> bool:
        return self.submitted.frequency in CHANGES_EARLIER


class Billing:
    """Charges and describes the claims of one batch."""

    def __init__(self, journal: Journal, timeline: Timeline, file_id: int) -> None:
        self._journal = journal
        self._timeline = timeline
        self._file_id = file_id

    def is_newest(self, claim: KnownClaim, billed: Billed) -> bool:
        """No later sending of this claim is known: files may come in any order."""
        return claim.last_billed_on is None or billed.sent_on >= claim.last_billed_on

    def bill(self, claim: KnownClaim, billed: Billed, *, is_created: bool) -> None:
        submitted, is_newest = billed.submitted, self.is_newest(claim, billed)
        if is_newest:
            self._charge(claim, billed, is_created=is_created)
            _describe(claim, submitted)
            is_void = submitted.frequency == VOID
            move_to_payer(
                *(claim, billed.sent_on, billed.payer.id, billed.payer.kind, billed.rank),
                is_void=is_void,
                is_first=claim.submissions == 0,
            )
        sendings = claim.submissions
        claim.submissions += 1
        claim.first_billed_on = min(billed.sent_on, claim.first_billed_on or billed.sent_on)
        claim.last_billed_on = max(billed.sent_on, claim.last_billed_on or billed.sent_on)
        claim.is_changed = True
        place = Place(
            *(self._file_id, submitted.segment, submitted.last_segment),
            *(submitted.start_offset, submitted.end_offset),
        )
        self._timeline.add(
            *(claim.practice_id, claim.id, EventKind.SUBMITTED, billed.sent_on, _sentence(billed, sendings)),
            cents=submitted.charge_cents,
            place=place,
        )

    def _charge(self, claim: KnownClaim, billed: Billed, *, is_created: bool) -> None:
        """The difference to what the claim is charged at now: all of it for a new claim, nothing for a resend."""
        submitted = billed.submitted
        wanted = 0 if submitted.frequency == VOID else submitted.charge_cents
        if submitted.frequency == "5":
            wanted = claim.charge_cents + submitted.charge_cents  # late charges only: they come on top
        change = wanted - claim.charge_cents
        kind = EntryKind.CHARGE if is_created else EntryKind.CHARGE_CHANGE
        cause = Cause(CauseKind.SUBMISSION, billed.submission_id, self._file_id, submitted.segment)
        legs = [Leg(Account.INSURANCE_AR, change, claim.id), Leg(Account.CHARGES, -change, claim.id)]
        self._journal.post(claim.practice_id, kind, submitted.first_date or billed.sent_on, cause, legs)
        claim.charge_cents = wanted


def _describe(claim: KnownClaim, submitted: x837.SubmittedClaim) -> None:
    """What the newest sending says of the claim."""
    subscriber, provider = submitted.subscriber, submitted.billing_provider
    rendering = next((party.name for party in submitted.providers if party.name.role in ("82", "71")), None)
    claim.kind = submitted.kind[-1:] if submitted.kind.startswith("837") else claim.kind
    claim.known_from = KnownFrom.SUBMISSION.value
    claim.first_service = submitted.first_date or claim.first_service
    claim.last_service = submitted.last_date or claim.last_service
    claim.facility_code = submitted.facility_code
    claim.frequency = submitted.frequency
    claim.authorization = submitted.reference("G1") or claim.authorization
    claim.diagnoses = " ".join(diagnosis.code for diagnosis in submitted.diagnoses)
    if provider is not None and provider.name.id_qualifier == "XX":
        claim.billing_npi = provider.name.id
    if rendering is not None:
        claim.rendering_npi = rendering.id
        claim.rendering_name = " ".join(part for part in (rendering.first, rendering.last) if part)
    if subscriber is not None:
        claim.member_id = member_key(subscriber.name.id)
    claim.filing_indicator = submitted.filing_indicator


def move_to_payer(
    claim: KnownClaim, sent_on: date, payer_id: int, payer_kind: str, rank: int, *, is_void: bool, is_first: bool
) -> None:
    """The claim is with this payer now, unless something newer said where it stands: of one day, a decision, and any
    answer to the first sending. A void ends it, whatever a status has said since: only a decision is above that."""
    is_decided = claim.state in DECIDED
    is_later = is_first or is_decided
    is_old = claim.state_on is not None and (sent_on < claim.state_on or (is_later and sent_on == claim.state_on))
    if is_old and (is_decided or not is_void):
        return
    state = ClaimState.CLOSED if is_void else ClaimState.SUBMITTED
    claim.state, claim.state_on = state.value, sent_on
    claim.payer_id, claim.payer_rank = payer_id, rank
    claim.next_check_on = next_check(state, sent_on, payer_kind)
    claim.closed_on = sent_on if is_void else None


def _sentence(billed: Billed, sendings: int) -> str:
    charge, payer = format_cents(billed.submitted.charge_cents), billed.payer.name
    where = f"to {payer}{RANK_WORDS.get(billed.rank, '')}: {charge}"
    if billed.submitted.frequency == VOID:
        return f"Void sent {where}"
    if billed.submitted.frequency in CHANGES_EARLIER:
        return f"Replacement sent {where}"
    return f"Sent again {where}" if sendings and billed.rank == 1 else f"Sent {where}"
