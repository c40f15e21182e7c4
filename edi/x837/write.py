"""Write submitted claims as an 837: the header, the hierarchy built again around the claims, their own segments.

A claim that was read and not edited is written as it was sent, segment for segment. What the writer decides itself
is the hierarchy (levels joined where neighbours share them, HL01, HL02 and HL04 numbered anew), the counts and the
delimiters. Claims are taken one by one; only those of one subscriber are held, because HL04 must say whether a
dependent follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from edi.values import Delimiters
from edi.writing import Envelope, OutgoingGroup, OutgoingSet, Segment, as_written, write
from edi.x837.model import Submission, SubmittedClaim

FUNCTIONAL_ID = "HC"  # GS01
MOST_CLAIMS_TOGETHER = 100  # the guide's limit of claims in one patient loop; beyond it the loop is begun anew

Kept = tuple[tuple[str, ...], ...]  # segments as sent


class Chain(NamedTuple):
    """The levels above a claim, each with its own segments, HL first."""

    billing: Kept
    subscriber: Kept
    patient: Kept  # () when the patient is the subscriber


def write_claims(
    envelope: Envelope, submission: Submission, claims: Iterable[SubmittedClaim], group_control_number: int = 0
) -> Iterator[bytes]:
    """One interchange with one set of claims, in pieces.

    Raises ValueError when a claim is of another kind than the submission, or a value holds a delimiter of `envelope`.
    """
    group = OutgoingGroup(
        FUNCTIONAL_ID, submission.version, [outgoing_set(submission, claims)], control_number=group_control_number
    )
    return write(envelope, [group])


def outgoing_set(submission: Submission, claims: Iterable[SubmittedClaim], control_number: str = "") -> OutgoingSet:
    """One ST … SE, to stand beside others in a group."""
    # ST03 came with 5010.
    version = submission.version if submission.version >= "005" else ""
    return OutgoingSet("837", body(submission, claims), version, control_number)


def body(submission: Submission, claims: Iterable[SubmittedClaim]) -> Iterator[Segment]:
    """What stands between ST and SE."""
    yield from printable(submission.segments, submission)
    number = 0  # HL01 of the last level written
    billing: Kept = ()
    billing_number = 0
    for group in by_subscriber(of_one_kind(submission, claims)):
        first, chain = group[0]
        if chain.billing and (chain.billing != billing or not billing_number):
            number += 1
            billing, billing_number = chain.billing, number
            yield from level(chain.billing, number, 0, "1", first)
        subscriber_number = billing_number
        if chain.subscriber:
            number += 1
            subscriber_number = number
            has_dependent = any(above.patient for _, above in group)
            yield from level(chain.subscriber, number, billing_number, "1" if has_dependent else "0", first)
        patient: Kept = ()
        for claim, above in group:
            if above.patient and above.patient != patient:
                number += 1
                patient = above.patient
                yield from level(above.patient, number, subscriber_number, "0", claim)
            yield from printable(claim.segments, claim)


def of_one_kind(submission: Submission, claims: Iterable[SubmittedClaim]) -> Iterator[SubmittedClaim]:
    for claim in claims:
        if claim.kind != submission.kind:
            raise ValueError(
                f"claim {claim.patient_control_number!r} is {claim.kind}, the batch is {submission.kind}"
            )
        yield claim


def by_subscriber(claims: Iterable[SubmittedClaim]) -> Iterator[list[tuple[SubmittedClaim, Chain]]]:
    """Neighbouring claims of one subscriber together. The subscriber's own come before those of a dependent."""
    group: list[tuple[SubmittedClaim, Chain]] = []
    for claim in claims:
        chain = chain_of(claim)
        if group:
            before = group[-1][1]
            is_other = chain[:2] != before[:2] or bool(before.patient and not chain.patient)
            if is_other or len(group) >= MOST_CLAIMS_TOGETHER:
                yield group
                group = []
        group.append((claim, chain))
    if group:
        yield group


def chain_of(claim: SubmittedClaim) -> Chain:
    """The segments above a claim, put apart at each HL by its HL03."""
    parts: dict[str, list[tuple[str, ...]]] = {"20": [], "22": [], "23": []}
    code = "20"
    for segment in claim.context:
        if segment[0] == "HL":
            code = segment[3] if len(segment) > 3 and segment[3] in parts else "22"
        parts[code].append(segment)
    return Chain(tuple(parts["20"]), tuple(parts["22"]), tuple(parts["23"]))


def level(segments: Kept, number: int, parent: int, has_children: str, source: SubmittedClaim) -> Iterator[Segment]:
    """One level with its HL numbered anew."""
    opening = segments[0]
    yield ("HL", str(number), str(parent) if parent else "", opening[3] if len(opening) > 3 else "", has_children)
    yield from printable(segments[1:], source)


def printable(segments: Kept, source: SubmittedClaim | Submission) -> Iterator[Segment]:
    """Segments as sent, their composites put apart so that they can be written under any delimiters."""
    delimiters = Delimiters("", source.component, source.repetition, "")
    for segment in segments:
        yield as_written(segment, delimiters)
