"""Apply the edits of a claim's own segments (2300, 2310) and of the parties above it (2000, 2010)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from edi import scalars
from edi.x837 import build
from edi.x837.draft import CLAIM_ROLES, Draft, Elements, Passage, element, put_provider, set_element
from edi.x837.edits import ClaimEdits, CoverageEdit, PersonEdit

FACILITY, FREQUENCY = 0, 2  # components of CLM05
CODES_IN_ONE_SEGMENT = 12  # composites in one HI
PRESENT = 8  # component of a diagnosis that says whether it was present on admission

# HI segments in the order of the guide, by the qualifier of their first composite.
CODE_ORDER = ("ABK", "BK", "ABJ", "BJ", "APR", "PR", "ABN", "BN", "DR", "ABF", "BF", "BP", "BBR", "BR", "CAH",
              "BBQ", "BQ", "BI", "BH", "BE", "BG", "TC")  # fmt: skip
NINTH_REVISION = {"ABK": "BK", "ABF": "BF", "ABJ": "BJ"}


def edit_claim(draft: Draft, edits: ClaimEdits) -> None:
    opening = draft.head.segments[0]
    for place, value in ((1, edits.patient_control_number), (7, edits.assignment), (20, edits.delay_reason)):
        if value is not None:
            set_element(opening, place, value)
    if edits.facility_code is not None:
        set_facility(draft, FACILITY, edits.facility_code)
    if edits.statement is not None:
        first, last = edits.statement
        draft.head.put(("DTP", "434", "RD8", f"{scalars.print_date(first)}-{scalars.print_date(last)}"))
    for qualifier, day in edits.dates:
        edit_date(draft.head, qualifier, day)
    for qualifier, value in edits.references:
        draft.head.put(("REF", qualifier, value))
    if edits.note is not None:
        draft.head.put(("NTE", "ADD", edits.note))
    if edits.attachments is not None:
        draft.head.remove("PWK")
        for kind, how, number in edits.attachments:
            draft.head.insert(("PWK", kind, how, "", "", "AC" if number else "", number))
    edit_codes(draft, edits)
    for role, provider in edits.providers:
        segments = list(build.claim_provider(role, provider)) if provider else []
        put_provider(draft.providers, role, segments, CLAIM_ROLES[draft.kind])
    edit_parties(draft, edits)


def edit_date(head: Passage, qualifier: str, day: date | None) -> None:
    """A date of the claim; where a time was sent with it (admission), the time stays."""
    sent = head.find("DTP", qualifier)
    if day is None:
        head.remove("DTP", qualifier)
    elif sent and element(sent, 2) == "DT":
        set_element(sent, 3, scalars.print_date(day) + element(sent, 3)[8:])
    else:
        head.put(("DTP", qualifier, "D8", scalars.print_date(day)))


def edit_codes(draft: Draft, edits: ClaimEdits) -> None:
    """HI: diagnoses, admitting diagnosis, condition codes."""
    if edits.diagnoses is not None:
        set_diagnoses(draft, edits.diagnoses)
    if edits.admitting_diagnosis is not None:
        set_codes(draft, "ABJ", (edits.admitting_diagnosis,) if edits.admitting_diagnosis else ())
    if edits.condition_codes is not None:
        set_codes(draft, "BG", edits.condition_codes)
    if edits.present_on_admission is not None:
        set_present(draft, edits.present_on_admission)
    if edits.drg is not None:
        set_codes(draft, "DR", (edits.drg,) if edits.drg else ())
    for qualifier, composites in edits.code_groups:
        set_codes(draft, qualifier, composites)


def set_diagnoses(draft: Draft, codes: Sequence[str]) -> None:
    """The principal and the other diagnoses; what a surviving one carried (present on admission) stays with it."""
    known = {}
    for segment in draft.head.segments:
        if segment[0] == "HI":
            for text in segment[1:]:
                parts = text.split(draft.component)
                if parts[0] in ("ABK", "ABF", "BK", "BF"):
                    known[element(parts, 1)] = parts
    principal, other = ("BK", "BF") if any(parts[0] in ("BK", "BF") for parts in known.values()) else ("ABK", "ABF")
    composites = [
        draft.composite(principal if place == 0 else other, code, *known.get(code, [])[2:])
        for place, code in enumerate(codes)
    ]
    for qualifier in ("ABK", "BK", "ABF", "BF"):
        remove_codes(draft, qualifier)
    if draft.kind == "837I":
        insert_codes(draft, composites[:1])
        for first in range(1, len(composites), CODES_IN_ONE_SEGMENT):
            insert_codes(draft, composites[first : first + CODES_IN_ONE_SEGMENT])
    else:
        insert_codes(draft, composites)


def set_codes(draft: Draft, qualifier: str, codes: Sequence[str]) -> None:
    remove_codes(draft, qualifier)
    remove_codes(draft, NINTH_REVISION.get(qualifier, qualifier))
    composites = [draft.composite(qualifier, *code.split(":")) for code in codes]
    for first in range(0, len(composites), CODES_IN_ONE_SEGMENT):
        insert_codes(draft, composites[first : first + CODES_IN_ONE_SEGMENT])


def set_present(draft: Draft, marks: Sequence[str]) -> None:
    """HI0x-9 of the principal and the other diagnoses, in their order."""
    place = 0
    for segment in draft.head.segments:
        for index, text in enumerate(segment[1:], start=1) if segment[0] == "HI" else ():
            parts = text.split(draft.component)
            if parts[0] not in ("ABK", "BK", "ABF", "BF"):
                continue
            parts = [*parts[:PRESENT], *[""] * (PRESENT - len(parts)), marks[place] if place < len(marks) else ""]
            segment[index] = draft.composite(*parts)
            place += 1


def remove_codes(draft: Draft, qualifier: str) -> None:
    """Take the composites of a qualifier out of HI; an HI that held nothing else goes too."""
    for segment in draft.head.segments:
        if segment[0] == "HI":
            segment[1:] = [text for text in segment[1:] if text.split(draft.component)[0] != qualifier]
    draft.head.segments = [segment for segment in draft.head.segments if segment[0] != "HI" or len(segment) > 1]


def insert_codes(draft: Draft, composites: Sequence[str]) -> None:
    """A new HI among the others, in the guide's order."""
    if not composites:
        return
    rank = code_rank(draft, composites[0])
    behind = [
        index
        for index, segment in enumerate(draft.head.segments)
        if segment[0] == "HI" and code_rank(draft, segment[1]) > rank
    ]
    if behind:
        draft.head.segments.insert(behind[0], ["HI", *composites])
    else:
        draft.head.insert(["HI", *composites])


def code_rank(draft: Draft, composite: str) -> int:
    qualifier = composite.split(draft.component)[0]
    return CODE_ORDER.index(qualifier) if qualifier in CODE_ORDER else len(CODE_ORDER)


# The parties above the claim.


def edit_parties(draft: Draft, edits: ClaimEdits) -> None:
    billing, subscriber, patient = draft.level("20"), draft.level("22"), draft.level("23")
    if edits.billing and billing:
        edit_billing(billing.head, billing.party("85"), edits.billing)
    if subscriber:
        insured = subscriber.party("IL")
        if edits.coverage:
            edit_coverage(subscriber.head, subscriber.party("PR"), edits.coverage)
        if insured and edits.subscriber:
            edit_person(insured, edits.subscriber)
        person = patient.party("QC") if patient else insured
        if person and edits.patient:
            edit_person(person, edits.patient)


def edit_billing(head: Passage, party: Passage | None, provider: build.Provider) -> None:
    if party is None:
        return
    party.segments[0][:] = build.trimmed(build.provider_name("85", provider))
    if provider.home:
        for segment in build.place(provider.home):
            replace_or_insert(party, segment)
    if provider.tax_id:
        party.put(("REF", provider.tax_id_qualifier, provider.tax_id))
    if provider.taxonomy:
        head.put(("PRV", "BI", "PXC", provider.taxonomy))


def replace_or_insert(passage: Passage, segment: Sequence[str]) -> None:
    if found := passage.find(segment[0]):
        found[:] = build.trimmed(tuple(segment))
    else:
        passage.insert(segment)


def edit_coverage(head: Passage, payer: Passage | None, edit: CoverageEdit) -> None:
    if coverage := head.find("SBR"):
        changes = ((1, edit.order), (3, edit.group_number), (4, edit.plan_name), (9, edit.filing_indicator))
        set_all(coverage, changes)
    if payer:
        set_all(payer.segments[0], ((3, edit.payer_name), (9, edit.payer_id)))


def edit_person(person: Passage, edit: PersonEdit) -> None:
    named = person.segments[0]
    set_all(named, ((3, edit.last), (4, edit.first), (5, edit.middle), (7, edit.suffix)))
    if edit.member_id is not None:
        set_element(named, 8, "MI" if edit.member_id else "")
        set_element(named, 9, edit.member_id)
    if edit.birth_date is None and edit.sex is None:
        return
    born = person.find("DMG") or person.insert(("DMG", "D8"))
    if edit.birth_date is not None:
        set_element(born, 2, scalars.print_date(edit.birth_date))
    if edit.sex is not None:
        set_element(born, 3, edit.sex)


def set_all(segment: Elements, changes: Sequence[tuple[int, str | None]]) -> None:
    for place, value in changes:
        if value is not None:
            set_element(segment, place, value)


def set_facility(draft: Draft, place: int, value: str) -> None:
    """CLM05: facility, qualifier, frequency."""
    opening = draft.head.segments[0]
    parts = element(opening, 5).split(draft.component)
    parts += [""] * (3 - len(parts))
    parts[place] = value
    set_element(opening, 5, draft.composite(*parts))
