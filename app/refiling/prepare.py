"""Make the claim that a route writes, and hold it against every rule before anybody may release it.

Three checks: what this product forbids on this claim (`refusals`), the refile rules of the claim itself, and the
implementation guide. A guide error that the claim was already sent and answered with is shown, and stops nothing.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import edi.guide
from app.core.tables import Destination
from app.refiling.original import Original
from app.refiling.route import FREQUENCIES, Route
from edi.findings import Finding, Severity
from edi.values import Interchange
from edi.wire import WireSegment, segments
from edi.writing import Envelope
from edi.x837.difference import Difference, difference
from edi.x837.edits import ClaimEdits
from edi.x837.model import Submission, SubmittedClaim
from edi.x837.replace import refile
from edi.x837.rules import Standing, refile_findings
from edi.x837.write import write_claims

SAMPLE_NUMBER = 1  # in previews: a real control number is given only to what leaves
NOT_OURS = ("ISA", "GS", "ST", "SE", "GE", "IEA")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claim ready to be looked at, and released when nothing stops it."""

    route: Route
    claim: SubmittedClaim
    changes: list[Difference]
    findings: tuple[Finding, ...]  # the refile rules
    guide_new: tuple[Finding, ...]  # against the guide, and not in the claim as it was sent
    guide_known: tuple[Finding, ...]  # against the guide, and sent like that before

    @property
    def payer_name(self) -> str:
        return self.claim.payer.name.last if self.claim.payer else ""

    @property
    def stops(self) -> list[Finding]:
        """What must be put right first."""
        return [each for each in (*self.findings, *self.guide_new) if each.severity is Severity.ERROR]

    @property
    def hints(self) -> list[Finding]:
        others = [each for each in (*self.findings, *self.guide_new) if each.severity is not Severity.ERROR]
        return [*others, *self.guide_known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelopes:
    """Who sends to whom, and when."""

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    usage: str
    now: datetime  # where the practice works

    def envelope(self, control_number: int) -> Envelope:
        return Envelope(
            sender=self.sender,
            receiver=self.receiver,
            sent_on=self.now.date(),
            sent_at=self.now.time(),
            control_number=control_number,
            sender_qualifier=self.sender_qualifier,
            receiver_qualifier=self.receiver_qualifier,
            usage=self.usage,
        )


def envelopes_of(destination: Destination | None, before: Interchange | None, now: datetime) -> Envelopes:
    """The destination's own ids; where it names none, those that the claim was sent under before."""
    own = destination if destination and destination.sender and destination.receiver else None
    return Envelopes(
        sender_qualifier=own.sender_qualifier if own else before.sender_qualifier if before else "ZZ",
        sender=own.sender if own else before.sender if before else "",
        receiver_qualifier=own.receiver_qualifier if own else before.receiver_qualifier if before else "ZZ",
        receiver=own.receiver if own else before.receiver if before else "",
        usage=destination.usage if destination else "P",
        now=now,
    )


def changes_of(original: Original, edits: ClaimEdits, route: Route, original_reference: str) -> list[Difference]:
    """What differs from the claim as sent. Raises ValueError when the claim cannot be edited."""
    frequency = FREQUENCIES[route]
    made = refile(original.claim, edits, frequency, original_reference if frequency in "78" else "")
    return difference(original.claim, made)


def prepare(
    original: Original,
    edits: ClaimEdits,
    route: Route,
    original_reference: str,
    standing: Standing,
    envelopes: Envelopes,
) -> Prepared:
    """The claim of a route with its edits, checked. Raises ValueError when the claim cannot be edited."""
    frequency = FREQUENCIES[route]
    reference = original_reference if frequency in "78" else ""
    made = refile(original.claim, edits, frequency, reference)
    if made.delay_reason:
        standing = standing._replace(last_day=None)  # late, and it says why (CLM20)
    findings = refile_findings(original.claim, made, standing)
    return checked(original, made, route, findings, envelopes)


def checked(
    original: Original, made: SubmittedClaim, route: Route, findings: Sequence[Finding], envelopes: Envelopes
) -> Prepared:
    """The claim with what the guide says; what the original was sent with already is told apart."""
    try:
        wire = written(original.header, made, envelopes, SAMPLE_NUMBER)
    except ValueError:
        # A delimiter in a value: the refile rules name the field in their own words.
        return Prepared(route, made, difference(original.claim, made), tuple(findings), (), ())
    before = {
        _what(each) for each in guide_findings(written(original.header, original.claim, envelopes, SAMPLE_NUMBER))
    }
    against = guide_findings(wire)
    return Prepared(
        route,
        made,
        difference(original.claim, made),
        tuple(findings),
        tuple(each for each in against if _what(each) not in before),
        tuple(each for each in against if _what(each) in before),
    )


def written(header: Submission, claim: SubmittedClaim, envelopes: Envelopes, control_number: int) -> bytes:
    """The interchange that leaves: one claim in one set, BHT with a batch number of its own."""
    fresh = renewed(header, f"OV{control_number:09d}", envelopes.now.date(), envelopes.now)
    return b"".join(write_claims(envelopes.envelope(control_number), fresh, [claim], control_number))


def renewed(header: Submission, reference: str, day: date, now: datetime) -> Submission:
    """The batch header as it was sent, as a new batch of today."""
    kept = []
    for segment in header.segments:
        if segment[0] == "BHT":
            segment = (*segment[:3], reference, f"{day:%Y%m%d}", f"{now:%H%M}", *segment[6:])
        kept.append(segment)
    return header._replace(reference=reference, created=day, segments=tuple(kept))


def guide_findings(wire: bytes) -> list[Finding]:
    return list(edi.guide.check(io.BytesIO(wire), "the claim to send"))


def preview(wire: bytes) -> list[WireSegment]:
    """The claim's own segments and those above it, without the envelope."""
    return [segment for segment in segments(io.BytesIO(wire), "preview") if segment.id not in NOT_OURS]


def _what(finding: Finding) -> tuple[str, str, str]:
    """The same complaint about the same segment, wherever it stands."""
    return finding.code, finding.message, finding.excerpt
