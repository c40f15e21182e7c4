"""One service line as fields of the form: what stands in its row, and its details beneath."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edi import scalars
from edi.x837.model import Party, SubmittedLine

# What stands in the row of a line.
ROW_PARTS: Final = (
    *("code", "modifiers", "revenue", "charge", "units", "place", "pointers", "first_date", "last_date", "note"),
)
# What stands beneath it, by the kind of claim: reference → its qualifier, role → what it is called.
LINE_REFERENCES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "837P": {
        "authorization": ("G1", "Prior authorization"),
        "referral": ("9F", "Referral number"),
        "clia": ("X4", "CLIA number"),
        "mammography": ("EW", "Mammography certification"),
        "repriced": ("9B", "Repriced line number"),
    },
    "837I": {"repriced": ("9B", "Repriced line number"), "adjusted": ("9D", "Adjusted repriced line number")},
    "837D": {"authorization": ("G1", "Prior authorization"), "referral": ("9F", "Referral number")},
}
LINE_ROLES: Final[Mapping[str, Mapping[str, str]]] = {
    "837P": {
        "82": "Rendering provider",
        "DK": "Ordering provider",
        "DN": "Referring provider",
        "DQ": "Supervising provider",
        "QB": "Purchased service provider",
    },
    "837I": {
        "72": "Operating physician",
        "ZZ": "Other operating physician",
        "82": "Rendering provider",
        "DN": "Referring provider",
    },
    "837D": {"82": "Rendering provider", "DD": "Assistant surgeon", "DQ": "Supervising provider"},
}
PROVIDER_PARTS: Final = ("npi", "last", "first")
DRUG_PARTS: Final = ("ndc", "drug_units", "drug_basis", "prescription")
SPARE_ATTACHMENTS: Final = 1
MOST_ATTACHMENTS: Final = 10  # PWK in 2400


def parts_of(kind: str, attachments: int) -> tuple[str, ...]:
    """Every field of a line, without its prefix."""
    providers = tuple(f"provider_{role}_{part}" for role in LINE_ROLES[kind] for part in PROVIDER_PARTS)
    papers = tuple(
        f"attachment_{number}_{part}" for number in range(1, attachments + 1) for part in ("type", "how", "number")
    )
    own = ("non_covered",) if kind == "837I" else ()
    drug = () if kind == "837D" else DRUG_PARTS
    return (*ROW_PARTS, "basis", *own, *LINE_REFERENCES[kind], *drug, *providers, *papers)


def attachment_rows(line: SubmittedLine | None) -> int:
    return min(MOST_ATTACHMENTS, (len(line.attachments) if line else 0) + SPARE_ATTACHMENTS)


def line_fields(kind: str, name: str, line: SubmittedLine) -> dict[str, str]:
    """What the line says, by the names of its fields."""
    values = {
        "code": line.procedure.code if line.procedure else "",
        "modifiers": " ".join(line.procedure.modifiers) if line.procedure else "",
        "revenue": line.revenue_code,
        "charge": f"{line.charge_cents / 100:.2f}",
        "units": scalars.print_number(line.units),
        "place": line.place_of_service,
        "pointers": " ".join(line.pointers),
        "first_date": line.first_date.isoformat() if line.first_date else "",
        "last_date": line.last_date.isoformat() if line.last_date and line.last_date != line.first_date else "",
        "note": next((text for code, text in line.notes if code in ("ADD", "TPO")), ""),
        "basis": line.unit_basis,
        "non_covered": "" if line.non_covered_cents is None else f"{line.non_covered_cents / 100:.2f}",
        **dict(zip(DRUG_PARTS, drug_of(line.drug), strict=True)),
    }
    for part, (qualifier, _) in LINE_REFERENCES[kind].items():
        values[part] = next((one.value for one in line.references if one.qualifier == qualifier), "")
    for role in LINE_ROLES[kind]:
        values |= _provider(f"provider_{role}", party_of(line, role))
    for number in range(1, attachment_rows(line) + 1):
        found = line.attachments[number - 1] if number <= len(line.attachments) else ("", "", "")
        values |= dict(zip((f"attachment_{number}_{part}" for part in ("type", "how", "number")), found, strict=True))
    return {f"{name}_{part}": values[part] for part in parts_of(kind, attachment_rows(line))}


def drug_of(segments: tuple[str, ...]) -> tuple[str, str, str, str]:
    """NDC, quantity, its unit and the prescription number, of LIN, CTP and REF as they were read."""
    starts = [place for place, value in enumerate(segments) if value in ("LIN", "CTP", "REF")]
    found: dict[str, tuple[str, ...]] = {}
    for start, end in zip(starts, [*starts[1:], len(segments)][: len(starts)], strict=True):
        found.setdefault(segments[start], segments[start:end])
    drug, price, reference = found.get("LIN", ()), found.get("CTP", ()), found.get("REF", ())
    return _at(drug, 3), _at(price, 4), _at(price, 5), _at(reference, 2)


def _at(segment: tuple[str, ...], place: int) -> str:
    return segment[place] if place < len(segment) else ""


def party_of(line: SubmittedLine | None, role: str) -> Party | None:
    return next((party for party in line.providers if party.name.role == role), None) if line else None


def has_details(kind: str, name: str, values: Mapping[str, str], attachments: int) -> bool:
    """Does anything stand beneath the row?"""
    beneath = set(parts_of(kind, attachments)) - set(ROW_PARTS) - {"basis"}
    return any(values.get(f"{name}_{part}", "").strip() for part in beneath)


def _provider(prefix: str, party: Party | None) -> dict[str, str]:
    name = party.name if party else None
    return {
        f"{prefix}_npi": name.id if name else "",
        f"{prefix}_last": name.last if name else "",
        f"{prefix}_first": name.first if name else "",
    }
