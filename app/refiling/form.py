"""The claim as fields of a form, and what was typed as edits: only what differs from the claim as sent is an edit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from app.core.money import parse_dollars
from edi import scalars
from edi.x837.build import Line, Place, Provider
from edi.x837.edits import ClaimEdits, CoverageEdit, LineEdit, PersonEdit
from edi.x837.model import Insured, Party, SubmittedClaim, SubmittedLine

ROLES = {"837P": ("82", "DN", "77"), "837I": ("71", "72", "82", "DN"), "837D": ("82", "DN")}
REFERENCES = {"authorization": "G1", "referral": "9F", "clia": "X4", "record_number": "EA"}
# DTP01 of the dates of a whole claim, by kind, with what they are called.
DATES = {
    "837P": {"431": "Onset", "454": "First treatment", "439": "Accident", "435": "Admission", "096": "Discharge"},
    "837I": {"435": "Admission"},
    "837D": {"439": "Accident"},
}
NEW_LINES = 2
SPARE_ATTACHMENTS = 2
LONGEST_TYPED = 500  # of one field; a claim has nothing longer
SEPARATED = re.compile(r"[\s,;:]+")

Typed = Mapping[str, str]


class TypedWrong(ValueError):
    """Some fields cannot be read: field → what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def fields_of(claim: SubmittedClaim) -> dict[str, str]:
    """Every field of the form with what the claim says."""
    fields = {
        "account": claim.patient_control_number,
        "facility": claim.facility_code,
        "delay_reason": claim.delay_reason,
        "diagnoses": " ".join(each.code for each in claim.diagnoses if each.qualifier in ("ABK", "ABF", "BK", "BF")),
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
        fields |= _line_fields(f"line_{number}", line)
        fields[f"line_{number}_removed"] = ""
    for number in range(1, NEW_LINES + 1):
        fields |= dict.fromkeys((f"new_{number}_{part}" for part in LINE_PARTS), "")
    return fields


def attachment_rows(claim: SubmittedClaim) -> int:
    return min(10, len(claim.attachments) + SPARE_ATTACHMENTS)


def is_dependent(claim: SubmittedClaim) -> bool:
    """The patient has a level of their own (2000C)."""
    return any(
        segment[0] == "PAT" and "QC" in {s[1] for s in claim.context if s[0] == "NM1"} for segment in claim.context
    )


def party_of(claim: SubmittedClaim, role: str) -> Party | None:
    return next((party for party in claim.providers if party.name.role == role), None)


def edits_of(claim: SubmittedClaim, typed: Typed) -> ClaimEdits:
    """The edits that what was typed makes of the claim. Raises TypedWrong with every field that cannot be read.

    A field that is not among `typed` stays as it was sent.
    """
    return _Reader(claim, typed).edits()


class _Reader:
    """What was typed, beside what was sent."""

    def __init__(self, claim: SubmittedClaim, typed: Typed) -> None:
        self.claim = claim
        # A browser sends no blanks at the ends, and nobody types them: they are no change.
        self.sent = {name: value.strip()[:LONGEST_TYPED] for name, value in fields_of(claim).items()}
        self.typed = {name: typed.get(name, value).strip()[:LONGEST_TYPED] for name, value in self.sent.items()}
        self.errors: dict[str, str] = {}

    def edits(self) -> ClaimEdits:
        claim = self.claim
        made = ClaimEdits(
            patient_control_number=self.changed("account"),
            facility_code=self.changed("facility"),
            delay_reason=self.changed("delay_reason"),
            diagnoses=self.codes("diagnoses"),
            admitting_diagnosis=self.upper("admitting"),
            condition_codes=self.codes("conditions"),
            statement=self.statement(),
            dates=tuple(
                (qualifier, self.day(f"date_{qualifier}", required=False))
                for qualifier in DATES[claim.kind]
                if self.changed(f"date_{qualifier}") is not None
            ),
            references=tuple(
                (qualifier, self.typed[name])
                for name, qualifier in REFERENCES.items()
                if self.changed(name) is not None
            ),
            note=self.changed("note"),
            attachments=self.attachments(),
            subscriber=self.person("subscriber"),
            patient=self.person("patient") if is_dependent(claim) else None,
            coverage=self.coverage(),
            billing=self.billing(),
            providers=tuple(self.providers()),
        )
        lines, removed = self.lines()
        added = self.added()
        made = replace(made, lines=lines, removed_lines=removed, added_lines=added)
        if self.errors:
            raise TypedWrong(self.errors)
        return made

    def changed(self, name: str) -> str | None:
        """What was typed, or None where it is what was sent."""
        return self.typed[name] if self.typed[name] != self.sent[name] else None

    def upper(self, name: str) -> str | None:
        found = self.changed(name)
        return None if found is None else found.upper().replace(".", "")

    def codes(self, name: str) -> tuple[str, ...] | None:
        found = self.changed(name)
        return None if found is None else _separated(found)

    def statement(self) -> tuple[date, date] | None:
        if self.changed("statement_first") is None and self.changed("statement_last") is None:
            return None
        first, last = self.day("statement_first"), self.day("statement_last")
        if first and last and last >= first:
            return first, last
        self.errors.setdefault("statement_last", "Both statement days are needed, the last not before the first.")
        return None

    def attachments(self) -> tuple[tuple[str, str, str], ...] | None:
        numbers = range(1, attachment_rows(self.claim) + 1)
        names = [f"attachment_{number}_{part}" for number in numbers for part in ("type", "how", "number")]
        if all(self.changed(name) is None for name in names):
            return None
        rows = []
        for number in numbers:
            kind, how, control = (self.typed[f"attachment_{number}_{part}"] for part in ("type", "how", "number"))
            if (kind or control) and not how:
                self.errors[f"attachment_{number}_how"] = "Say how it is sent: FX, BM, EL …"
            if kind or how or control:
                rows.append((kind.upper(), how.upper(), control))
        return tuple(rows)

    def person(self, who: str) -> PersonEdit | None:
        changes = {part: self.changed(f"{who}_{part}") for part in ("last", "first", "middle", "sex")}
        born = self.day(f"{who}_birth_date") if self.changed(f"{who}_birth_date") is not None else None
        member = self.changed("member_id") if who == "subscriber" else None
        if born is None and member is None and all(value is None for value in changes.values()):
            return None
        return PersonEdit(**changes, birth_date=born, member_id=member)

    def coverage(self) -> CoverageEdit | None:
        changes = {part: self.changed(part) for part in ("payer_name", "payer_id", "group_number", "plan_name")}
        return None if all(value is None for value in changes.values()) else CoverageEdit(**changes)

    def billing(self) -> Provider | None:
        names = ("billing_npi", "billing_last", "billing_first", "billing_tax_id", "billing_taxonomy")
        if all(self.changed(name) is None for name in names):
            return None
        return Provider(
            npi=self.typed["billing_npi"],
            name=self.typed["billing_last"],
            first=self.typed["billing_first"],
            taxonomy=self.typed["billing_taxonomy"],
            tax_id=self.typed["billing_tax_id"],
        )

    def providers(self) -> list[tuple[str, Provider | None]]:
        found: list[tuple[str, Provider | None]] = []
        for role in ROLES[self.claim.kind]:
            parts = {part: self.typed[f"provider_{role}_{part}"] for part in ("npi", "last", "first")}
            if all(self.changed(f"provider_{role}_{part}") is None for part in parts):
                continue
            if not any(parts.values()):
                found.append((role, None))
                continue
            if not parts["last"]:
                self.errors[f"provider_{role}_last"] = "A name is needed."
            before = party_of(self.claim, role)
            home = None
            if before and before.address:
                where = before.address
                home = Place(where.line1, where.city, where.state, where.postal_code, where.line2)
            taxonomy = before.taxonomy if before else ""
            made = Provider(npi=parts["npi"], name=parts["last"], first=parts["first"], taxonomy=taxonomy, home=home)
            found.append((role, made))
        return found

    def lines(self) -> tuple[tuple[LineEdit, ...], tuple[int, ...]]:
        edits, removed = [], []
        for number in range(1, len(self.claim.lines) + 1):
            name = f"line_{number}"
            if self.typed[f"{name}_removed"]:
                removed.append(number)
            elif any(self.changed(f"{name}_{part}") is not None for part in LINE_PARTS):
                edits.append(self.line(number, name))
        return tuple(edits), tuple(removed)

    def line(self, number: int, name: str) -> LineEdit:
        first, last = f"{name}_first_date", f"{name}_last_date"
        dates_changed = self.changed(first) is not None or self.changed(last) is not None
        return LineEdit(
            line=number,
            code=self.upper(f"{name}_code"),
            modifiers=self.codes(f"{name}_modifiers"),
            revenue_code=self.changed(f"{name}_revenue"),
            charge_cents=self.cents(f"{name}_charge") if self.changed(f"{name}_charge") is not None else None,
            units=self.number(f"{name}_units") if self.changed(f"{name}_units") is not None else None,
            place_of_service=self.changed(f"{name}_place"),
            pointers=self.pointers(f"{name}_pointers") if self.changed(f"{name}_pointers") is not None else None,
            first_date=self.day(first) if dates_changed else None,
            last_date=self.day(last, required=False) if dates_changed else None,
            note=self.changed(f"{name}_note"),
        )

    def added(self) -> tuple[Line, ...]:
        found = []
        for number in range(1, NEW_LINES + 1):
            name = f"new_{number}"
            if not any(self.typed[f"{name}_{part}"] for part in ("code", "revenue", "charge")):
                continue
            found.append(
                Line(
                    charge_cents=self.cents(f"{name}_charge") or 0,
                    code=self.typed[f"{name}_code"].upper(),
                    modifiers=_separated(self.typed[f"{name}_modifiers"]),
                    revenue_code=self.typed[f"{name}_revenue"],
                    units=(self.number(f"{name}_units") if self.typed[f"{name}_units"] else None) or Decimal(1),
                    pointers=self.pointers(f"{name}_pointers") or (1,),
                    place_of_service=self.typed[f"{name}_place"],
                    first_date=self.day(f"{name}_first_date", required=self.claim.kind == "837P"),
                    last_date=self.day(f"{name}_last_date", required=False),
                )
            )
        return tuple(found)

    def day(self, name: str, *, required: bool = True) -> date | None:
        text = self.typed[name]
        if not text and not required:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.errors[name] = "A date like 2026-10-05 is needed."
            return None

    def cents(self, name: str) -> int | None:
        try:
            return parse_dollars(self.typed[name])
        except ValueError as error:
            self.errors[name] = str(error)
            return None

    def number(self, name: str) -> Decimal | None:
        try:
            found = Decimal(self.typed[name])
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite():
            self.errors[name] = "Units are a number, like 1 or 2.5."
            return None
        return found

    def pointers(self, name: str) -> tuple[int, ...]:
        parts = _separated(self.typed[name])
        if not all(part.isdecimal() for part in parts):
            self.errors[name] = "Pointers are the places of diagnoses, like 1 2."
            return ()
        return tuple(int(part) for part in parts)


LINE_PARTS = (
    *("code", "modifiers", "revenue", "charge", "units", "place", "pointers", "first_date", "last_date", "note"),
)


def _line_fields(name: str, line: SubmittedLine) -> dict[str, str]:
    values = {
        "code": line.procedure.code if line.procedure else "",
        "modifiers": " ".join(line.procedure.modifiers) if line.procedure else "",
        "revenue": line.revenue_code,
        "charge": f"{line.charge_cents / 100:.2f}",
        "units": scalars.print_number(line.units),
        "place": line.place_of_service,
        "pointers": " ".join(line.pointers),
        "first_date": _iso(line.first_date),
        "last_date": _iso(line.last_date) if line.last_date != line.first_date else "",
        "note": next((text for code, text in line.notes if code in ("ADD", "TPO")), ""),
    }
    return {f"{name}_{part}": value for part, value in values.items()}


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


def _separated(text: str) -> tuple[str, ...]:
    return tuple(part.upper().replace(".", "") for part in SEPARATED.split(text) if part)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
