"""Refile a claim: replacement (frequency 7), void (8), or resent as new (1).

Each takes the claim as it was last sent and gives the claim to send. Nothing but what is asked for changes: the
kept segments are edited in place, and the result is read from them again. See `rules.py` for what to check before
release and `difference.py` for what changed.
"""

from __future__ import annotations

from edi.x837.draft import Draft
from edi.x837.edit_claim import FREQUENCY, edit_claim, set_facility
from edi.x837.edit_lines import edit_lines, set_charge
from edi.x837.edits import NO_EDITS, ClaimEdits
from edi.x837.model import SubmittedClaim
from edi.x837.reread import claim_from_segments

NEW, REPLACEMENT, VOID = "1", "7", "8"  # CLM05-3


def replacement(claim: SubmittedClaim, edits: ClaimEdits, original_reference: str) -> SubmittedClaim:
    """The whole claim again with its edits, to take the place of the one the payer knows by `original_reference`."""
    return refile(claim, edits, REPLACEMENT, original_reference)


def void(claim: SubmittedClaim, original_reference: str, edits: ClaimEdits = NO_EDITS) -> SubmittedClaim:
    """The claim as sent, taken back. Edits are for a note or a condition code only."""
    return refile(claim, edits, VOID, original_reference)


def resend(claim: SubmittedClaim, edits: ClaimEdits = NO_EDITS) -> SubmittedClaim:
    """A new claim: after a rejection, or where the payer wants a new claim rather than a replacement."""
    return refile(claim, edits, NEW, "")


def refile(claim: SubmittedClaim, edits: ClaimEdits, frequency: str, original_reference: str) -> SubmittedClaim:
    """The claim with its edits, this frequency code and this REF*F8 ("" sends none).

    Raises ValueError when the claim has no CLM, or an edit names a line that it does not have.
    """
    draft = Draft(claim)
    edit_claim(draft, edits)
    edit_lines(draft, edits)
    set_facility(draft, FREQUENCY, frequency)
    draft.head.put(("REF", "F8", original_reference))
    if edits.lines or edits.removed_lines or edits.added_lines:
        set_charge(draft)
    return claim_from_segments(
        claim.kind,
        claim.version,
        draft.context(),
        draft.segments(),
        claim.batch_reference,
        claim.component,
        claim.repetition,
        f"claim {claim.patient_control_number}",
    ).claim
