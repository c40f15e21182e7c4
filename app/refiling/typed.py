"""What was typed into the form, as edits: only what differs from the claim as sent is an edit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.core.money import parse_dollars
from app.refiling.code_groups import DIAGNOSIS_GROUPS, GROUPS, CodeWrong, composites
from app.refiling.form import (
    DATES,
    REFERENCES,
    ROLES,
    Typed,
    attachment_rows,
    fields_of,
    is_dependent,
    new_lines_of,
    party_of,
)
from app.refiling.line_form import DRUG_PARTS, LINE_REFERENCES, LINE_ROLES, parts_of
from app.refiling.line_form import attachment_rows as attachment_rows_of
from app.refiling.line_form import party_of as line_party
from edi.x837.build import Line, Place, Provider
from edi.x837.edits import ClaimEdits, CoverageEdit, DrugEdit, LineEdit, PersonEdit
from edi.x837.model import SubmittedClaim, SubmittedLine

LONGEST_TYPED = 500  # of one field; a claim has nothing longer
NDC_LENGTH = 11
SEPARATED = re.compile(r"[\s,;:]+")


class TypedWrong(ValueError):
    """Some fields cannot be read: field → what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


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
        self.new_lines = new_lines_of(typed)
        fields = fields_of(claim, self.new_lines)
        self.sent = {name: value.strip()[:LONGEST_TYPED] for name, value in fields.items()}
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
            present_on_admission=self.present(),
            drg=self.upper("drg"),
            code_groups=self.code_groups(),
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
        added, details = self.added()
        made = replace(made, lines=lines + details, removed_lines=removed, added_lines=added)
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

    def present(self) -> tuple[str, ...] | None:
        """Marks in the order of the diagnoses; a changed list of diagnoses keeps the marks of those that stay."""
        found = self.changed("present")
        if found is None:
            return None
        marks = [part.upper().replace("-", "") for part in found.replace(",", " ").split()]
        if any(mark not in ("", "Y", "N", "U", "W", "1") for mark in marks):
            self.errors["present"] = "Present on admission is Y, N, U, W or 1 for each diagnosis, - for none."
        return tuple(marks)

    def code_groups(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = []
        for name, group in (*GROUPS[self.claim.kind].items(), *DIAGNOSIS_GROUPS[self.claim.kind].items()):
            typed = self.changed(name)
            if typed is None:
                continue
            try:
                found.append((group.qualifier, composites(group, typed)))
            except CodeWrong as wrong:
                self.errors[name] = str(wrong)
        return tuple(found)

    def statement(self) -> tuple[date, date] | None:
        if self.changed("statement_first") is None and self.changed("statement_last") is None:
            return None
        first, last = self.day("statement_first"), self.day("statement_last")
        if first and last and last >= first:
            return first, last
        self.errors.setdefault("statement_last", "Both statement days are needed, the last not before the first.")
        return None

    def attachments(self, prefix: str = "", most: int = 0) -> tuple[tuple[str, str, str], ...] | None:
        numbers = range(1, (most or attachment_rows(self.claim)) + 1)
        names = [f"{prefix}attachment_{number}_{part}" for number in numbers for part in ("type", "how", "number")]
        if all(self.changed(name) is None for name in names):
            return None
        rows = []
        for number in numbers:
            kind, how, control = (
                self.typed[f"{prefix}attachment_{number}_{part}"] for part in ("type", "how", "number")
            )
            if (kind or control) and not how:
                self.errors[f"{prefix}attachment_{number}_how"] = "Say how it is sent: FX, BM, EL …"
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

    def providers(
        self, prefix: str = "", line: SubmittedLine | None = None, roles: Iterable[str] = ()
    ) -> list[tuple[str, Provider | None]]:
        found: list[tuple[str, Provider | None]] = []
        for role in roles or ROLES[self.claim.kind]:
            parts = {part: self.typed[f"{prefix}provider_{role}_{part}"] for part in ("npi", "last", "first")}
            if all(self.changed(f"{prefix}provider_{role}_{part}") is None for part in parts):
                continue
            if not any(parts.values()):
                found.append((role, None))
                continue
            if not parts["last"]:
                self.errors[f"{prefix}provider_{role}_last"] = "A name is needed."
            before = line_party(line, role) if prefix else party_of(self.claim, role)
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
            elif any(self.changed(f"{name}_{part}") is not None for part in self.parts(number)):
                edits.append(self.line(number, name))
        return tuple(edits), tuple(removed)

    def parts(self, number: int) -> tuple[str, ...]:
        return parts_of(self.claim.kind, attachment_rows_of(self.sent_line(number)))

    def sent_line(self, number: int) -> SubmittedLine | None:
        return self.claim.lines[number - 1] if number <= len(self.claim.lines) else None

    def line(self, number: int, name: str) -> LineEdit:
        return replace(self.details(number, name), **self.row(name))

    def row(self, name: str) -> dict[str, Any]:
        """What was changed in the row of a line."""
        first, last = f"{name}_first_date", f"{name}_last_date"
        dates_changed = self.changed(first) is not None or self.changed(last) is not None
        return {
            "code": self.upper(f"{name}_code"),
            "modifiers": self.codes(f"{name}_modifiers"),
            "revenue_code": self.changed(f"{name}_revenue"),
            "charge_cents": self.cents(f"{name}_charge") if self.changed(f"{name}_charge") is not None else None,
            "units": self.number(f"{name}_units") if self.changed(f"{name}_units") is not None else None,
            "place_of_service": self.changed(f"{name}_place"),
            "pointers": self.pointers(f"{name}_pointers") if self.changed(f"{name}_pointers") is not None else None,
            "first_date": self.day(first) if dates_changed else None,
            "last_date": self.day(last, required=False) if dates_changed else None,
            "note": self.changed(f"{name}_note"),
        }

    def details(self, number: int, name: str) -> LineEdit:
        """What was changed beneath the row."""
        kind, line = self.claim.kind, self.sent_line(number)
        references = tuple(
            (qualifier, self.typed[f"{name}_{part}"])
            for part, (qualifier, _) in LINE_REFERENCES[kind].items()
            if self.changed(f"{name}_{part}") is not None
        )
        drug = [f"{name}_{part}" for part in DRUG_PARTS] if kind != "837D" else []
        held_back = f"{name}_non_covered"
        return LineEdit(
            line=number,
            unit_basis=self.upper(f"{name}_basis"),
            non_covered_cents=(self.cents(held_back) if self.typed[held_back] else 0)
            if kind == "837I" and self.changed(held_back) is not None
            else None,
            references=references,
            drug=self.drug(name) if any(self.changed(each) is not None for each in drug) else None,
            attachments=self.attachments(f"{name}_", attachment_rows_of(line)),
            providers=tuple(self.providers(f"{name}_", line, LINE_ROLES[kind])),
        )

    def drug(self, name: str) -> DrugEdit:
        ndc, units, basis, prescription = (self.typed[f"{name}_{part}"] for part in DRUG_PARTS)
        ndc = ndc.replace("-", "")
        if (units or prescription) and not ndc:
            self.errors[f"{name}_ndc"] = "The NDC of the drug is needed."
        if ndc and not (ndc.isdecimal() and len(ndc) == NDC_LENGTH):
            self.errors[f"{name}_ndc"] = "An NDC has eleven digits: 5-4-2, with zeros filled in."
        if ndc and (not units or not basis):
            self.errors[f"{name}_drug_units"] = "Quantity and unit of the drug are needed: ML, UN, GR, ME or F2."
        if units:
            self.number(f"{name}_drug_units")
        return DrugEdit(ndc=ndc, units=units, basis=basis.upper(), prescription=prescription)

    def added(self) -> tuple[tuple[Line, ...], tuple[LineEdit, ...]]:
        """New lines, and what stands beneath them: they count on behind those that were sent."""
        found: list[Line] = []
        details: list[LineEdit] = []
        for number in range(1, self.new_lines + 1):
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
                    unit_basis=self.typed[f"{name}_basis"].upper() or "UN",
                )
            )
            place = len(self.claim.lines) + len(found)
            beneath = replace(self.details(place, name), unit_basis=None, note=self.changed(f"{name}_note"))
            if beneath != LineEdit(line=place):
                details.append(beneath)
        return tuple(found), tuple(details)

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


def _separated(text: str) -> tuple[str, ...]:
    return tuple(part.upper().replace(".", "") for part in SEPARATED.split(text) if part)
