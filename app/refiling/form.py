"""The claim as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.refiling.code_groups import code_fields
from app.refiling.line_form import attachment_rows as attachment_rows_of
from app.refiling.line_form import line_fields, parts_of
from edi.x837.model import Insured, Party, SubmittedClaim

ROLES = {"837P": ("82", "DN", "77"), "837I": ("71", "72", "82", "DN"), "837D": ("82", "DN")}
REFERENCES = {"authorization": "G1", "referral": "9F", "clia": "X4", "record_number": "EA"}
# DTP01 of the dates of a whole claim, by kind, with what they are called.
DATES = {
    "837P": {"431": "Onset", "454": "First treatment", "439": "Accident", "435": "Admission", "096": "Discharge"},
    "837I": {"435": "Admission"},
    "837D": {"439": "Accident"},
}
NEW_LINES = 2  # at first; more when they are asked for
MOST_NEW_LINES = 40
SPARE_ATTACHMENTS = 2

Typed = Mapping[str, str]


def fields_of(claim: SubmittedClaim, new_lines: int = NEW_LINES) -> dict[str, str]:
    """Every field of the form with what the claim says."""
    principal = [each for each in claim.diagnoses if each.qualifier in ("ABK", "ABF", "BK", "BF")]
    fields = {
        "account": claim.patient_control_number,
        "facility": claim.facility_code,
        "delay_reason": claim.delay_reason,
        "diagnoses": " ".join(each.code for each in principal),
        "present": " ".join(each.present_on_admission or "-" for each in principal).rstrip("- "),
        "drg": claim.drg,
        **code_fields(claim),
        "admitting": next((each.code for each in claim.diagnoses if each.qualifier in ("ABJ", "BJ")), ""),
        "conditions": " ".join(code for qualifier, code in claim.codes if qualifier == "BG"),
        "note": next((text for code, text in claim.notes if code == "ADD"), ""),
        **{name: claim.reference(qualifier) for name, qualifier in REFERENCES.items()},
        **_person_fields("subscriber", claim.subscriber),
        **_coverage_fields(claim),
        **_billing_fields(claim.billing_provider),
    }
    statement = next((each for each in claim.dates if each.qualifier == "434"), None)
    fields["statement_first"] = _iso(statement.first if statement else None)
    fields["statement_last"] = _iso((statement.last or statement.first) if statement else None)
    for qualifier in DATES[claim.kind]:
        fields[f"date_{qualifier}"] = _iso(_date_of(claim, qualifier))
    if is_dependent(claim):
        fields |= _person_fields("patient", claim.patient)
    for number in range(1, attachment_rows(claim) + 1):
        found = claim.attachments[number - 1] if number <= len(claim.attachments) else ("", "", "")
        fields |= dict(zip((f"attachment_{number}_{part}" for part in ("type", "how", "number")), found, strict=True))
    for role in ROLES[claim.kind]:
        fields |= _provider_fields(role, party_of(claim, role))
    for number, line in enumerate(claim.lines, start=1):
        fields |= line_fields(claim.kind, f"line_{number}", line)
        fields[f"line_{number}_removed"] = ""
    for number in range(1, new_lines + 1):
        fields |= dict.fromkeys(
            (f"new_{number}_{part}" for part in parts_of(claim.kind, attachment_rows_of(None))), ""
        )
    return fields


def new_lines_of(typed: Typed) -> int:
    """How many empty lines the form has."""
    text = typed.get("new_rows", "")
    return min(max(int(text) if text.isdigit() else 0, NEW_LINES), MOST_NEW_LINES)


def attachment_rows(claim: SubmittedClaim) -> int:
    return min(10, len(claim.attachments) + SPARE_ATTACHMENTS)


def is_dependent(claim: SubmittedClaim) -> bool:
    """The patient has a level of their own (2000C)."""
    return any(
        segment[0] == "PAT" and "QC" in {s[1] for s in claim.context if s[0] == "NM1"} for segment in claim.context
    )


def party_of(claim: SubmittedClaim, role: str) -> Party | None:
    return next((party for party in claim.providers if party.name.role == role), None)


def _person_fields(who: str, person: Insured | None) -> dict[str, str]:
    name = person.name if person else None
    fields = {
        f"{who}_last": name.last if name else "",
        f"{who}_first": name.first if name else "",
        f"{who}_middle": name.middle if name else "",
        f"{who}_birth_date": _iso(person.birth_date if person else None),
        f"{who}_sex": person.sex if person else "",
    }
    if who == "subscriber":
        fields["member_id"] = name.id if name else ""
    return fields


def _coverage_fields(claim: SubmittedClaim) -> dict[str, str]:
    return {
        "payer_name": claim.payer.name.last if claim.payer else "",
        "payer_id": claim.payer.name.id if claim.payer else "",
        "group_number": claim.group_number,
        "plan_name": claim.plan_name,
    }


def _billing_fields(party: Party | None) -> dict[str, str]:
    return {
        "billing_npi": party.name.id if party else "",
        "billing_last": party.name.last if party else "",
        "billing_first": party.name.first if party else "",
        "billing_tax_id": party.tax_id if party else "",
        "billing_taxonomy": party.taxonomy if party else "",
    }


def _provider_fields(role: str, party: Party | None) -> dict[str, str]:
    return {
        f"provider_{role}_npi": party.name.id if party else "",
        f"provider_{role}_last": party.name.last if party else "",
        f"provider_{role}_first": party.name.first if party else "",
    }


def _date_of(claim: SubmittedClaim, qualifier: str) -> date | None:
    return next((each.first for each in claim.dates if each.qualifier == qualifier), None)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
