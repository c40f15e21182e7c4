"""The codes of HI beside the diagnoses, as a biller writes them: one entry for each, put apart by commas.

Occurrence `11 2026-10-01`, span `70 2026-09-01 2026-09-05`, value `80 3`, procedure `0W3P8ZZ 2026-10-05`, a bare code
else. What an entry cannot say this way stands as on the wire, `11:D8:20261001`, and is read back the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from edi import scalars
from edi.x837.model import SubmittedClaim


class Group(NamedTuple):
    qualifier: str  # component 1 of the composite
    label: str
    shape: str  # code, day, span, amount, dated (a day may follow)
    hint: str = ""
    most: int = 24  # two HI of twelve


GROUPS: Final[Mapping[str, Mapping[str, Group]]] = {
    "837P": {"anesthesia": Group("BP", "Anesthesia related surgery", "code", most=2)},
    "837I": {
        "occurrences": Group("BH", "Occurrence codes", "day", "Like 11 2026-10-01, A1 2026-10-03."),
        "spans": Group("BI", "Occurrence spans", "span", "Like 70 2026-09-01 2026-09-05."),
        "value_codes": Group("BE", "Value codes", "amount", "Like 80 3, A1 1632.00."),
        "treatments": Group("TC", "Treatment codes", "code"),
        "principal_procedure": Group("BBR", "Principal procedure", "dated", "Like 0W3P8ZZ 2026-10-05.", most=1),
        "other_procedures": Group("BBQ", "Other procedures", "dated", "Put apart by commas."),
    },
    "837D": {},
}
DIAGNOSIS_GROUPS: Final[Mapping[str, Mapping[str, Group]]] = {
    "837P": {},
    "837I": {
        "visit_reasons": Group("APR", "Patient’s reasons for the visit", "code", most=3),
        "external_causes": Group("ABN", "External causes", "marked", "With its mark behind: W010XXA Y.", 12),
    },
    "837D": {},
}
BETWEEN: Final = re.compile(r"[,;\n]+")


class CodeWrong(ValueError):
    """An entry that cannot be read; the message says which and how it is written."""


def code_fields(claim: SubmittedClaim) -> dict[str, str]:
    """Each group as text."""
    fields = {}
    for name, group in GROUPS[claim.kind].items():
        entries = [_entry(group, detail) for detail in claim.code_details if detail[0] == group.qualifier]
        fields[name] = ", ".join(entries)
    for name, group in DIAGNOSIS_GROUPS[claim.kind].items():
        found = [each for each in claim.diagnoses if each.qualifier == group.qualifier]
        fields[name] = ", ".join(f"{each.code} {each.present_on_admission}".strip() for each in found)
    return fields


def composites(group: Group, text: str) -> tuple[str, ...]:
    """What was typed, as composites without their qualifier, components put apart by colons. Raises CodeWrong."""
    entries = [entry.split() for entry in BETWEEN.split(text) if entry.strip()]
    if len(entries) > group.most:
        raise CodeWrong(f"{group.label}: {len(entries)} entries, at most {group.most}.")
    return tuple(_composite(group, entry) for entry in entries)


def _entry(group: Group, detail: tuple[str, ...]) -> str:
    """One composite as a biller writes it, as long as it can be read back the same."""
    code, form, days, amount = (*detail[1:5], "", "", "", "")[:4]
    said = {
        "day": [code, _day(days)] if form == "D8" else [],
        "dated": [code, _day(days)] if form == "D8" else [code],
        "span": [code, *map(_day, days.split("-"))] if form == "RD8" else [],
        "amount": [code, amount],
        "code": [code],
    }[group.shape]
    try:
        same = bool(said) and all(said) and _composite(group, said) == ":".join(detail[1:]).rstrip(":")
    except CodeWrong:
        same = False
    return " ".join(said) if same else ":".join(detail[1:])


def _composite(group: Group, entry: list[str]) -> str:
    first, *rest = entry
    if ":" in first:
        return ":".join(entry)
    code = first.upper().replace(".", "")
    match group.shape, len(rest):
        case (("day" | "dated"), 1):
            return f"{code}:D8:{_wire(group, rest[0])}"
        case "span", 2:
            return f"{code}:RD8:{_wire(group, rest[0])}-{_wire(group, rest[1])}"
        case "amount", 1 if re.fullmatch(r"\d{1,9}(\.\d{1,2})?", rest[0]):
            return f"{code}:::{rest[0]}"
        case "marked", 1 if rest[0].upper() in ("Y", "N", "U", "W", "1"):
            return f"{code}:::::::{rest[0].upper()}"
        case (("code" | "dated" | "marked"), 0):
            return code
    hint = f" {group.hint}" if group.hint else ""
    raise CodeWrong(f"{group.label}: “{' '.join(entry)}” cannot be read.{hint}")


def _day(text: str) -> str:
    try:
        found = scalars.date_of(text)
    except ValueError:
        return ""
    return found.isoformat() if found else ""


def _wire(group: Group, text: str) -> str:
    try:
        return scalars.print_date(date.fromisoformat(text))
    except ValueError as error:
        raise CodeWrong(f"{group.label}: “{text}” is not a day like 2026-10-05.") from error
