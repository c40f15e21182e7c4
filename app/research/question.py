"""A claim as a question to its payer: the values of a 276, and what is missing to ask it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from sqlmodel import Session, col, select

import edi
from app.claims.queries import ClaimHead, submissions_of
from app.claims.tables import Claim, Coverage, PayerIdentifier
from app.core.config import Settings
from app.core.tables import Destination
from app.intake.store import path_of
from app.intake.tables import StoredFile
from edi.parts import Name
from edi.x276.ladder import Change, ladder
from edi.x276.model import StatusInquiry
from edi.x837.model import Insured, SubmittedClaim

SELF: Final = "18"  # SBR02; empty where the patient is a dependent, and where no 837 was seen
LARGEST_REREAD_BYTES: Final = 32 << 20  # a dependent's subscriber is read again from the 837 as sent
NOT_IN_A_NAME: Final = re.compile(r"[*:~^|>\r\n]+")
CODE_QUALIFIERS: Final = {"payer_code": "PI", "plan_id": "XV"}


class CannotAsk(ValueError):
    """Something is missing without which no payer answers; the message says what."""


class Question(NamedTuple):
    inquiry: StatusInquiry
    change: str  # what is asked differently than at first; "" for the first rung


def question_of(
    session: Session,
    settings: Settings,
    head: ClaimHead,
    *,
    trace: str,
    rung: int,
    today: date,
    destination: Destination | None = None,
) -> Question:
    """The question of a rung of the ladder, 1 the first. Raises CannotAsk, also above the last rung."""
    first = _first_question(session, settings, head, destination)
    if rung == 1:
        return Question(first._replace(trace=trace), "")
    rungs = ladder(first._replace(trace=trace), today=today, member_ids=_other_members(session, head))
    if rung - 2 >= len(rungs):
        raise CannotAsk("Every way of asking has been tried: the claim is not on file there.")
    step = rungs[rung - 2]
    return Question(step.inquiry._replace(trace=trace), CHANGES[step.change])


CHANGES: Final = {
    Change.CLAIM_NUMBER_ONLY: "by the payer's claim number alone",
    Change.WITHOUT_CLAIM_NUMBER: "without the payer's claim number",
    Change.WIDER_DATES: "with dates three days wider",
    Change.WITHOUT_CHARGE: "without the charge",
    Change.OTHER_RELATION: "with patient and subscriber swapped",
    Change.OTHER_MEMBER_ID: "by another member id",
}


def _first_question(
    session: Session, settings: Settings, head: ClaimHead, destination: Destination | None
) -> StatusInquiry:
    claim, patient, payer, practice = head
    qualifier, code = _payer_code(session, payer.id or 0)
    npi = claim.billing_npi or practice.npi
    member, relationship = _member(session, head)
    lacking = [
        words
        for words, value in (
            ("the payer's id", code),
            ("the billing provider's NPI", npi),
            ("the member id", member),
            ("the patient's name", patient.last_name),
            ("the patient's date of birth", patient.birth_date),
            ("the date of service", claim.first_service),
        )
        if not value
    ]
    if lacking:
        raise CannotAsk(f"Not known: {', '.join(lacking)}. Without it a 276 is refused: call, or look in the portal.")
    person = _person("IL", patient.last_name, patient.first_name, patient.middle_name, member)
    insured = _subscriber(session, settings, head) if relationship != SELF else None
    sex = patient.sex if patient.sex in ("F", "M") else ""
    asked = StatusInquiry(
        reference="",
        payer=_organisation("PR", payer.name, qualifier, code),
        receiver=_organisation("41", practice.name, "46", destination.sender if destination else npi),
        provider=_organisation("1P", practice.name, "XX", npi),
        subscriber=person,
        subscriber_birth_date=patient.birth_date,
        subscriber_sex=sex,
        patient=None,
        patient_birth_date=None,
        patient_sex="",
        trace="",
        payer_claim_control_number=claim.payer_control_number,
        patient_control_number=claim.patient_control_number,
        bill_type=f"{claim.facility_code}{claim.frequency or '1'}"
        if claim.kind == "I" and claim.facility_code
        else "",
        clearinghouse_number="",
        references=(),
        charge_cents=claim.charge_cents,
        first_date=claim.first_service,
        last_date=claim.last_service,
        lines=(),
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
    )
    if insured is None:
        return asked
    name = insured.name
    return asked._replace(
        subscriber=_person("IL", name.last, name.first, name.middle, name.id or member),
        subscriber_birth_date=None,  # the patient's stands under the patient
        subscriber_sex="",
        patient=person._replace(role="QC", id_qualifier="", id=""),
        patient_birth_date=patient.birth_date,
        patient_sex=sex,
    )


def _bill_type(claim: Claim) -> str:
    """Facility and frequency of an institutional claim, like 131."""
    return f"{claim.facility_code}{claim.frequency or '1'}" if claim.kind == "I" and claim.facility_code else ""


def _payer_code(session: Session, payer_id: int) -> tuple[str, str]:
    rows = session.exec(
        select(PayerIdentifier).where(
            PayerIdentifier.payer_id == payer_id, col(PayerIdentifier.kind).in_(list(CODE_QUALIFIERS))
        )
    ).all()
    chosen = min(
        rows, key=lambda row: (row.merged_from_id is not None, row.kind != "payer_code", row.id or 0), default=None
    )
    return (CODE_QUALIFIERS[chosen.kind], chosen.value) if chosen else ("", "")


def _member(session: Session, head: ClaimHead) -> tuple[str, str]:
    """The member id as the coverage prints it, and how the patient is related to the subscriber."""
    cover = session.exec(
        select(Coverage)
        .where(Coverage.patient_id == head.patient.id, Coverage.payer_id == head.payer.id)
        .order_by(col(Coverage.is_active).desc(), col(Coverage.id).desc())
    ).first()
    return (cover.member_id, cover.relationship) if cover else (head.claim.member_id, "")


def _other_members(session: Session, head: ClaimHead) -> list[str]:
    """Other ids that the patient has had with this payer."""
    known, _ = _member(session, head)
    rows = session.exec(
        select(Coverage.member_id).where(
            Coverage.patient_id == head.patient.id, Coverage.payer_id == head.payer.id, Coverage.member_id != known
        )
    )
    return [member for member in rows if member]


def _subscriber(session: Session, settings: Settings, head: ClaimHead) -> Insured | None:
    """Who is insured when it is not the patient, from the 837 as sent; None when it is, or when it is not at hand."""
    assert head.claim.id is not None
    for sent in reversed(submissions_of(session, head.claim.id)):
        file = session.get(StoredFile, sent.file_id)
        if file is None or file.size_bytes > LARGEST_REREAD_BYTES or sent.payer_id != head.payer.id:
            continue
        with path_of(settings, file.sha256).open("rb") as stream:
            for value in edi.read(stream, file=file.name):
                if isinstance(value, SubmittedClaim) and value.segment == sent.segment:
                    return value.subscriber if value.patient != value.subscriber else None
    return None


def _person(role: str, last: str, first: str, middle: str, member: str) -> Name:
    return Name(role, _clean(last, 60), _clean(first, 35), _clean(middle, 25), "", "MI", _clean(member, 80), True, 0)


def _organisation(role: str, name: str, qualifier: str, code: str) -> Name:
    return Name(role, _clean(name, 60), "", "", "", qualifier, _clean(code, 80), False, 0)


def _clean(text: str, longest: int) -> str:
    """Without what could be taken for a delimiter, and no longer than the element."""
    return NOT_IN_A_NAME.sub(" ", text).strip()[:longest].strip()
