"""What the merge fields of a letter hold, from the file of the appeal. Every field is text, empty when not known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.appeals.case import CaseFile, Issue
from app.appeals.levels import rule_of
from app.appeals.tables import Appeal
from app.core.money import format_cents
from app.followup.why import ANCHOR_WORDS, UNIT_WORDS
from app.matching.queries import LineAnswer
from edi.codes.explain import explain_reason, explain_remark
from workqueues.deadlines import DeadlineRule


def merge_values(file: CaseFile, issue: Issue, appeal: Appeal, today: date) -> Mapping[str, str]:
    """Values for the fields of `letters.FIELDS`."""
    claim, patient, payer, practice = file.head
    payment, remittance = issue.answer.payment, issue.answer.remittance
    prior = file.prior_answer(issue)
    strong = [proof.on for proof in file.proofs if proof.is_strong]
    received = [proof.on for proof in file.proofs if proof.by == "999"]
    level = file.level(appeal.level)
    earlier = [one for one in file.appeals if one.decided_on and one.level < appeal.level]
    assert payer.id is not None
    filing = rule_of(file.terms, payer.id, payer.kind, "filing")
    return {
        "today": long_day(today),
        "practice_name": file.letterhead.name,
        "practice_npi": practice.npi,
        "practice_tax_id": practice.tax_id,
        "practice_address": ", ".join(file.letterhead.address.splitlines()),
        "practice_phone": file.letterhead.phone,
        "practice_fax": file.letterhead.fax,
        "contact": " ".join(part for part in (file.letterhead.contact, file.letterhead.contact_phone) if part),
        "payer_name": payer.name,
        "patient_name": patient_name(file),
        "patient_birth_date": long_day(patient.birth_date),
        "member_id": claim.member_id,
        "claim_number": claim.payer_control_number or payment.payer_control_number,
        "account_number": claim.patient_control_number,
        "service_dates": service_dates(file, issue),
        "procedures": ", ".join(procedures(file, issue, only_denied=False)),
        "denied_procedures": ", ".join(procedures(file, issue, only_denied=True)),
        "diagnoses": ", ".join(claim.diagnoses.split()),
        "rendering_provider": claim.rendering_name,
        "authorization": claim.authorization,
        "billed": format_cents(payment.charge_cents),
        "paid": format_cents(payment.paid_cents),
        "allowed": format_cents(payment.allowed_cents) if payment.allowed_cents is not None else "",
        "disputed": format_cents(appeal.amount_cents),
        "denial_code": issue.code,
        "denial_words": explain_reason(issue.reason) if issue.reason else "no reason given",
        "remark_codes": ", ".join(issue.remarks),
        "remark_words": "; ".join(explain_remark(code) for code in issue.remarks),
        "remittance_date": long_day(issue.on),
        "remittance_number": remittance.trace,
        "first_sent_on": long_day(file.submissions[0].sent_on if file.submissions else claim.first_billed_on),
        "times_sent": str(len(file.submissions) or claim.submissions or ""),
        "accepted_on": long_day(min(strong, default=claim.accepted_on)),
        "acknowledged_on": long_day(min(received, default=None)),
        "filing_limit": _window(filing),
        "prior_payer": prior.remittance.payer_name if prior else "",
        "prior_payer_on": long_day(prior.answered_on) if prior else "",
        "level_name": appeal.level_name,
        "form": level.form if level else "",
        "prior_decision_on": long_day(earlier[0].decided_on) if earlier else "",
        "last_day": long_day(appeal.legal_last_day),
        "good_cause": appeal.good_cause,
        "argument": appeal.argument,
        "signer": appeal.signer,
    }


def _window(rule: DeadlineRule | None) -> str:
    if rule is None:
        return ""
    return f"{rule.length} {UNIT_WORDS.get(rule.unit, rule.unit)} from {ANCHOR_WORDS[rule.anchor]}"


def patient_name(file: CaseFile) -> str:
    patient = file.head.patient
    return " ".join(part for part in (patient.first_name, patient.last_name) if part)


def long_day(value: date | None) -> str:
    """`November 18, 2026`; "" for none."""
    return f"{value:%B} {value.day}, {value.year}" if value else ""


def service_dates(file: CaseFile, issue: Issue) -> str:
    claim, payment = file.head.claim, issue.answer.payment
    first = claim.first_service or payment.first_service
    last = claim.last_service or payment.last_service
    return long_day(first) if last is None or last == first else f"{long_day(first)} to {long_day(last)}"


def procedures(file: CaseFile, issue: Issue, *, only_denied: bool) -> list[str]:
    """Procedures with their modifiers, as the payer answered them; as billed where it answered no lines."""
    answered = [line for line in issue.answer.lines if not only_denied or is_denied(line)]
    if answered or only_denied:
        return list(dict.fromkeys(_named(line.service.procedure, line.service.modifiers) for line in answered))
    return list(dict.fromkeys(_named(line.procedure or line.revenue_code, line.modifiers) for line in file.lines))


def is_denied(line: LineAnswer) -> bool:
    return any(row.cents > 0 and row.nature in ("denial", "reduction") for row in line.adjustments)


def _named(procedure: str, modifiers: str) -> str:
    return "-".join([procedure, *(part for part in modifiers.replace(":", " ").split() if part)])
