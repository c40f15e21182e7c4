"""The claim to the next payer: who that is, and the claim with what the payer before decided."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session, col, select

from app.claims.directory import PAYER_CODE, PLAN_ID
from app.claims.identity import payer_name_key
from app.claims.tables import Claim, Coverage, Payer, PayerIdentifier
from app.matching.queries import Answer
from app.matching.stored import stored_answers
from app.refiling.original import Original
from app.refiling.prepare import Envelopes, Prepared, checked
from app.refiling.route import Route
from edi.x837 import build
from edi.x837.rules import NOT_KNOWN, refile_findings
from edi.x837.secondary import Destination, destination_of, secondary_claim

ORDER_OF_RANK = {2: "S", 3: "T"}  # SBR01
# Findings about a claim that changes payer: the rules of a refile to the same payer do not hold for it.
OF_A_REFILE_ONLY = frozenset({"837.refile.other_payer_id", "837.refile.other_patient", "837.refile.unchanged"})


class NextPayer(NamedTuple):
    """Where the claim goes next, and how that is known."""

    destination: Destination
    payer_id: int | None  # ours; None when we have never heard of it
    evidence: str


class NoNextPayer(Exception):
    """There is nobody to send it to, or nothing to send. The message says what is missing."""


def next_payer(session: Session, claim: Claim, original: Original) -> NextPayer:
    """The payer that the claim itself names, else the patient's next coverage. Raises NoNextPayer."""
    named = destination_of(original.claim)
    if named is not None:
        payer_id = _payer_id(session, named.coverage.payer_id, named.coverage.payer_name)
        return NextPayer(named, payer_id, "named in the claim as it was sent")
    row = session.exec(
        select(Coverage, Payer)
        .join(Payer, col(Payer.id) == Coverage.payer_id)
        .where(Coverage.patient_id == claim.patient_id, Coverage.rank > claim.payer_rank, col(Coverage.is_active))
        .order_by(col(Coverage.rank), col(Coverage.id))
        .limit(1)
    ).first()
    if row is None:
        raise NoNextPayer("No other coverage of this patient is known. Enter it in the practice system first.")
    cover, payer = row
    code = session.exec(
        select(PayerIdentifier.value)
        .where(PayerIdentifier.payer_id == payer.id, col(PayerIdentifier.kind).in_((PAYER_CODE, PLAN_ID)))
        .order_by(
            col(PayerIdentifier.merged_from_id).is_not(None), col(PayerIdentifier.kind), col(PayerIdentifier.id)
        )
    ).first()
    if code is None:
        raise NoNextPayer(f"{payer.name} has sent no file yet and no claim names it: its payer id is not known.")
    if cover.relationship not in ("", build.SELF):
        raise NoNextPayer(
            f"The patient is a dependent at {payer.name}, and no claim names that subscriber. Send it from the "
            "practice system."
        )
    coverage = build.Coverage(
        payer_name=payer.name,
        payer_id=code,
        member_id=cover.member_id,
        order=ORDER_OF_RANK.get(cover.rank, "S"),
        group_number=cover.group_number,
        filing_indicator=cover.filing_indicator or "CI",
    )
    return NextPayer(Destination(coverage=coverage), payer.id, "the patient's next coverage")


def prepare_next(
    session: Session, original: Original, answer: Answer | None, following: NextPayer, envelopes: Envelopes
) -> Prepared:
    """The claim with the decision of the payer before it. Raises NoNextPayer without a decision."""
    if answer is None or answer.answered_on is None:
        raise NoNextPayer("The payer before has not decided yet: there is nothing to pass on.")
    (payment,) = stored_answers(session, [answer.payment])
    made, findings = secondary_claim(original.claim, payment, following.destination, answer.answered_on)
    rules = refile_findings(original.claim, made, NOT_KNOWN)
    found = (*findings, *(each for each in rules if each.code not in OF_A_REFILE_ONLY))
    return checked(original, made, Route.NEXT_PAYER, found, envelopes)


def _payer_id(session: Session, code: str, name: str) -> int | None:
    values = (code, payer_name_key(name))
    statement = select(PayerIdentifier.payer_id).where(col(PayerIdentifier.value).in_(values))
    return session.exec(statement.limit(1)).first()
