"""Apply the edits of service lines (2400)."""

from __future__ import annotations

from datetime import date

from edi import scalars
from edi.x837 import build
from edi.x837.draft import LINE_ROLES, Draft, DraftLine, Elements, Passage, element, put_provider, set_element
from edi.x837.edits import ClaimEdits, DrugEdit, LineEdit
from edi.x837.pieces import LONGEST_QUALIFIER

CHARGE_PLACES = {"SV1": 2, "SV2": 3, "SV3": 2}
PROCEDURE_PLACES = {"SV1": 1, "SV2": 2, "SV3": 1}
BASIS_PLACES = {"SV1": 3, "SV2": 4}
UNIT_PLACES = {"SV1": 4, "SV2": 5, "SV3": 6}
PLACE_OF_SERVICE_PLACES = {"SV1": 5, "SV3": 3}
POINTER_PLACES = {"SV1": 7, "SV3": 11}
DRUG_ORDER = ("LIN", "CTP", "REF")


def edit_lines(draft: Draft, edits: ClaimEdits) -> None:
    """Edits first, by place in the claim as sent; then lines are taken out and added, and LX counted anew."""
    sent = len(draft.lines)
    for edit in edits.lines:
        if edit.line <= sent:
            edit_line(draft, line_at(draft, edit.line), edit)
    for number in edits.removed_lines:
        line_at(draft, number)
    if not edits.removed_lines and not edits.added_lines:
        return
    control_numbers = {control_number(line) for line in draft.lines}
    draft.lines = [line for place, line in enumerate(draft.lines, start=1) if place not in edits.removed_lines]
    for line in edits.added_lines:
        draft.lines.append(DraftLine(new_line(draft, line, control_numbers)))
    added = draft.lines[len(draft.lines) - len(edits.added_lines) :]
    for edit in edits.lines:
        if edit.line > sent:
            edit_line(draft, added[edit.line - sent - 1], edit)
    for number, kept in enumerate(draft.lines, start=1):
        set_element(kept.head.segments[0], 1, str(number))


def line_at(draft: Draft, number: int) -> DraftLine:
    if not 1 <= number <= len(draft.lines):
        raise ValueError(f"the claim has {len(draft.lines)} lines, there is no line {number}")
    return draft.lines[number - 1]


def control_number(line: DraftLine) -> str:
    return element(line.head.find("REF", "6R") or [], 2)


def new_line(draft: Draft, line: build.Line, control_numbers: set[str]) -> list[Elements]:
    """A line from its facts, with a control number of its own where the other lines have one."""
    segments = [build.trimmed(segment) for segment in build.line_segments(draft.kind, 1, line)]
    made = [[text.replace(":", draft.component) for text in segment] for segment in segments]
    if not line.control_number and any(control_numbers):
        number = len(draft.lines) + 1
        while str(number) in control_numbers:
            number += 1
        control_numbers.add(str(number))
        made.append(["REF", "6R", str(number)])
    return made


def edit_line(draft: Draft, line: DraftLine, edit: LineEdit) -> None:
    service = line.service
    if service is None:
        raise ValueError(f"line {edit.line} has no service segment to edit")
    kind = service[0]
    edit_procedure(draft, service, edit)
    if edit.revenue_code is not None and kind == "SV2":
        set_element(service, 1, edit.revenue_code)
    if edit.charge_cents is not None:
        set_element(service, CHARGE_PLACES[kind], scalars.amount(edit.charge_cents))
    if edit.units is not None:
        set_element(service, UNIT_PLACES[kind], scalars.print_number(edit.units))
    if edit.unit_basis is not None and kind in BASIS_PLACES:
        set_element(service, BASIS_PLACES[kind], edit.unit_basis)
    if edit.place_of_service is not None and kind in PLACE_OF_SERVICE_PLACES:
        set_element(service, PLACE_OF_SERVICE_PLACES[kind], edit.place_of_service)
    if edit.pointers is not None and kind in POINTER_PLACES:
        set_element(service, POINTER_PLACES[kind], draft.composite(*map(str, edit.pointers)))
    if edit.first_date is not None:
        line.head.put(service_date(edit.first_date, edit.last_date))
    if edit.note is not None:
        line.head.put(("NTE", "TPO" if draft.kind == "837I" else "ADD", edit.note))
    if edit.authorization is not None:
        line.head.put(("REF", "G1", edit.authorization))
    if edit.non_covered_cents is not None and kind == "SV2":
        set_element(service, 7, scalars.amount(edit.non_covered_cents) if edit.non_covered_cents else "")
    for qualifier, value in edit.references:
        line.head.put(("REF", qualifier, value))
    if edit.attachments is not None:
        line.head.remove("PWK")
        for type_code, how, number in edit.attachments:
            line.head.insert(("PWK", type_code, how, "", "", "AC" if number else "", number))
    if edit.drug is not None:
        put_drug(line, edit.drug)
    for role, provider in edit.providers:
        segments = list(build.claim_provider(role, provider)) if provider else []
        put_provider(line.loops, role, segments, LINE_ROLES[draft.kind])


def put_drug(line: DraftLine, drug: DrugEdit) -> None:
    """2410: replaced where it stood, else the first loop of the line; what else the CTP and REF said stays."""
    place = next((i for i, loop in enumerate(line.loops) if loop.segments[0][0] == "LIN"), None)
    if not drug.ndc:
        if place is not None:
            del line.loops[place]
        return
    if place is None:
        place = 0
        line.loops.insert(0, Passage([["LIN", "", "N4", drug.ndc]], DRUG_ORDER))
    loop = line.loops[place]
    loop.order = DRUG_ORDER
    set_element(loop.segments[0], 2, "N4")
    set_element(loop.segments[0], 3, drug.ndc)
    price = loop.find("CTP") or (loop.insert(("CTP", "", "", "", drug.units)) if drug.units else None)
    if price is not None:
        set_element(price, 4, drug.units)
        set_element(price, 5, drug.basis)
    number = loop.find("REF")
    if number is not None and drug.prescription:
        set_element(number, 2, drug.prescription)
    elif number is not None:
        loop.segments.remove(number)
    elif drug.prescription:
        loop.insert(("REF", "XZ", drug.prescription))


def edit_procedure(draft: Draft, service: Elements, edit: LineEdit) -> None:
    """Code and modifiers in the composite; the description behind them stays."""
    if edit.code is None and edit.modifiers is None:
        return
    place = PROCEDURE_PLACES[service[0]]
    parts = element(service, place).split(draft.component)
    if len(parts) == 1 and len(parts[0]) > LONGEST_QUALIFIER:
        parts.insert(0, "")  # a code sent without its qualifier
    qualifier = parts[0] or ("AD" if service[0] == "SV3" else "HC")
    code = element(parts, 1) if edit.code is None else edit.code
    modifiers = parts[2:6] if edit.modifiers is None else list(edit.modifiers)
    modifiers += [""] * (4 - len(modifiers))
    set_element(service, place, draft.composite(qualifier, code, *modifiers, *parts[6:]) if code else "")


def service_date(first: date, last: date | None) -> tuple[str, str, str, str]:
    if last is None or last == first:
        return ("DTP", "472", "D8", scalars.print_date(first))
    return ("DTP", "472", "RD8", f"{scalars.print_date(first)}-{scalars.print_date(last)}")


def set_charge(draft: Draft) -> None:
    """CLM02 is the sum of the lines."""
    total = 0
    for line in draft.lines:
        if service := line.service:
            total += scalars.cents(element(service, CHARGE_PLACES[service[0]]) or "0")
    set_element(draft.head.segments[0], 2, scalars.amount(total))
