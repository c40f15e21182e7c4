"""What differs between a claim as sent and as it is to be sent, as plain rows for a screen and the audit.

Lines are paired by their content, so that a line taken out does not make all behind it look changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from difflib import SequenceMatcher
from typing import NamedTuple

from edi import scalars
from edi.parts import Address, Amount, Dated, Procedure, Reference
from edi.x837.model import Insured, OtherPayer, Party, SubmittedClaim, SubmittedLine


class Difference(NamedTuple):
    where: str  # "Claim", "Line 2", "Subscriber" …
    field: str
    before: str  # "" when it was not there
    after: str


Facts = dict[tuple[str, str], str]  # (where, field) → what it says

ROLES = {
    "71": "Attending provider",
    "72": "Operating physician",
    "ZZ": "Other operating physician",
    "82": "Rendering provider",
    "DN": "Referring provider",
    "P3": "Primary care provider",
    "77": "Service place",
    "DQ": "Supervising provider",
    "DK": "Ordering provider",
    "PW": "Pick-up place",
    "45": "Drop-off place",
}
REFERENCES = {
    "F8": "original claim number",
    "G1": "prior authorization",
    "9F": "referral number",
    "X4": "CLIA number",
    "EA": "medical record number",
    "D9": "clearinghouse number",
    "6R": "line control number",
}
DATES = {
    "434": "statement days",
    "435": "admission",
    "096": "discharge",
    "431": "onset",
    "439": "accident",
    "472": "service days",
    "573": "decided on",
}
AMOUNTS = {
    "F5": "paid by patient",
    "F3": "due from patient",
    "D": "paid",
    "EAF": "patient's share",
    "A8": "non-covered",
}


def difference(before: SubmittedClaim, after: SubmittedClaim) -> list[Difference]:
    """Rows in the order of a claim form; [] when both say the same."""
    rows = list(compared(claim_facts(before), claim_facts(after)))
    rows += line_differences(before, after)
    return rows


def compared(before: Facts, after: Facts) -> Iterator[Difference]:
    for key in before | after:
        one, other = before.get(key, ""), after.get(key, "")
        if one != other:
            yield Difference(*key, one, other)


def line_differences(before: SubmittedClaim, after: SubmittedClaim) -> Iterator[Difference]:
    first, second = [signature(line) for line in before.lines], [signature(line) for line in after.lines]
    for kind, i, i_end, j, j_end in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        paired = min(i_end - i, j_end - j)
        for step in range(paired):
            where = f"Line {j + step + 1}"
            yield from compared(line_facts(where, before.lines[i + step]), line_facts(where, after.lines[j + step]))
        for place in range(i + paired, i_end):
            yield Difference(f"Line {place + 1}", "removed", summary(before.lines[place]), "")
        for place in range(j + paired, j_end):
            yield Difference(f"Line {place + 1}", "added", "", summary(after.lines[place]))


def signature(line: SubmittedLine) -> tuple[str, ...]:
    """All that a line says but its number."""
    return tuple(f"{field}={value}" for (_, field), value in line_facts("", line).items())


def summary(line: SubmittedLine) -> str:
    return f"{line.revenue_code} {procedure(line.procedure)} {money(line.charge_cents)}".strip()


def claim_facts(claim: SubmittedClaim) -> Facts:
    facts: Facts = {
        ("Claim", "account number"): claim.patient_control_number,
        ("Claim", "charge"): money(claim.charge_cents),
        ("Claim", "place of service" if claim.facility_qualifier == "B" else "type of bill"): claim.facility_code,
        ("Claim", "frequency"): claim.frequency,
        ("Claim", "assignment"): claim.assignment,
        ("Claim", "benefits assigned"): claim.benefits_assigned,
        ("Claim", "release of information"): claim.release_of_information,
        ("Claim", "delay reason"): claim.delay_reason,
        ("Claim", "DRG"): claim.drg,
        ("Claim", "admission"): " ".join(claim.inpatient),
        ("Claim", "other codes"): ", ".join(":".join(detail).rstrip(":") for detail in claim.code_details),
    }
    for place, diagnosis in enumerate(claim.diagnoses, start=1):
        present = (
            f" (present on admission: {diagnosis.present_on_admission})" if diagnosis.present_on_admission else ""
        )
        facts["Claim", f"diagnosis {place}"] = f"{diagnosis.qualifier} {diagnosis.code}{present}"
    add(facts, "Claim", dates(claim.dates))
    add(facts, "Claim", references(claim.references))
    add(facts, "Claim", amounts(claim.amounts))
    add(facts, "Claim", ((f"note {code}", text) for code, text in claim.notes))
    add(
        facts, "Claim", ((f"attachment {kind}", f"{how} {number}".strip()) for kind, how, number in claim.attachments)
    )
    add(facts, "Coverage", coverage(claim))
    add(facts, "Billing provider", party(claim.billing_provider))
    add(facts, "Pay-to", party(claim.pay_to))
    add(facts, "Payer", party(claim.payer))
    add(facts, "Subscriber", insured(claim.subscriber))
    if claim.patient != claim.subscriber:
        add(facts, "Patient", insured(claim.patient))
    for provider in claim.providers:
        add(facts, ROLES.get(provider.name.role, f"Provider {provider.name.role}"), party(provider))
    for other in claim.other_payers:
        add(facts, f"Other payer {other.order}", other_payer(other))
    return {key: value for key, value in facts.items() if value}


def line_facts(where: str, line: SubmittedLine) -> Facts:
    facts: Facts = {
        (where, "revenue code"): line.revenue_code,
        (where, "procedure"): procedure(line.procedure),
        (where, "charge"): money(line.charge_cents),
        (where, "units"): f"{scalars.print_number(line.units)} {line.unit_basis}".strip(),
        (where, "place of service"): line.place_of_service,
        (where, "diagnosis pointers"): ", ".join(line.pointers),
        (where, "non-covered"): "" if line.non_covered_cents is None else money(line.non_covered_cents),
        (where, "drug"): " ".join(filter(None, line.drug)),
    }
    add(facts, where, dates(line.dates))
    add(facts, where, references(line.references))
    add(facts, where, amounts(line.amounts))
    add(facts, where, ((f"note {code}", text) for code, text in line.notes))
    for provider in line.providers:
        role = ROLES.get(provider.name.role, f"provider {provider.name.role}").lower()
        add(facts, where, ((f"{role} {field}", value) for field, value in party(provider)))
    for decided in line.adjudications:
        adjusted = ", ".join(f"{a.group}-{a.reason} {money(a.cents)}" for a in decided.adjustments)
        decision = f"paid {money(decided.paid_cents)} {day(decided.paid_on)} {adjusted}"
        facts[where, f"decision of {decided.payer_id}"] = " ".join(decision.split())
    return {key: value for key, value in facts.items() if value}


def add(facts: Facts, where: str, fields: Iterable[tuple[str, str]]) -> None:
    """Add the fields; one that comes again (a second note, a second date) is joined to the first."""
    for field, value in fields:
        known = facts.get((where, field))
        facts[where, field] = f"{known}; {value}" if known else value


def party(value: Party | None) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    yield "name", " ".join(filter(None, (value.name.first, value.name.middle, value.name.last, value.name.suffix)))
    yield "number", value.name.id
    yield "taxonomy", value.taxonomy
    yield "address", address(value.address)
    yield from references(value.references)


def insured(value: Insured | None) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    yield "name", " ".join(filter(None, (value.name.first, value.name.middle, value.name.last, value.name.suffix)))
    yield "member id", value.name.id
    yield "birth date", day(value.birth_date)
    yield "sex", value.sex
    yield "relationship", value.relationship
    yield "address", address(value.address)
    yield from references(value.references)


def coverage(claim: SubmittedClaim) -> Iterator[tuple[str, str]]:
    yield "order", claim.payer_order
    yield "group number", claim.group_number
    yield "plan", claim.plan_name
    yield "filing indicator", claim.filing_indicator


def other_payer(value: OtherPayer) -> Iterator[tuple[str, str]]:
    if value.payer:
        yield "name", value.payer.last
        yield "number", value.payer.id
    if value.insured:
        yield "member id", value.insured.name.id
    yield "decided on", day(value.paid_on)
    yield "adjustments", ", ".join(f"{a.group}-{a.reason} {money(a.cents)}" for a in value.adjustments)
    yield from amounts(value.amounts)


def references(values: Iterable[Reference]) -> Iterator[tuple[str, str]]:
    for value in values:
        yield REFERENCES.get(value.qualifier, f"reference {value.qualifier}"), value.value


def dates(values: Iterable[Dated]) -> Iterator[tuple[str, str]]:
    for value in values:
        until = f" – {day(value.last)}" if value.last else ""
        yield DATES.get(value.qualifier, f"date {value.qualifier}"), day(value.first) + until


def amounts(values: Iterable[Amount]) -> Iterator[tuple[str, str]]:
    for value in values:
        yield AMOUNTS.get(value.qualifier, f"amount {value.qualifier}"), money(value.cents)


def procedure(value: Procedure | None) -> str:
    return "" if value is None else " ".join(filter(None, (value.code, *value.modifiers, value.description)))


def address(value: Address | None) -> str:
    if value is None:
        return ""
    return ", ".join(filter(None, (value.line1, value.line2, value.city, value.state, value.postal_code)))


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
