"""What to check before a refiled claim is released: the rules that the claim itself, and what is known of it, answer.

Each broken rule is a finding that says the rule and what to do. ERROR: do not send. WARNING: look once more.
Codes begin with `837.refile.`; their words are in `edi/catalogue.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import NamedTuple

from edi.findings import Finding
from edi.identifiers import is_npi
from edi.x837.difference import Difference, difference, money
from edi.x837.model import Insured, Party, SubmittedClaim, SubmittedLine
from edi.x837.replace import NEW, REPLACEMENT, VOID
from edi.x837.telling import ClaimFindings

MOST_LINES = {"837P": 50, "837I": 999, "837D": 50}  # 2400, by guide
MOST_DIAGNOSES = 12  # 837P HI
MOST_POINTERS = 4  # SV107
MOST_ATTACHMENTS = 10  # 2300 PWK
LONGEST_NOTE = 80  # NTE02
PAYERS_OWN_FREQUENCIES = frozenset("GHIKMXY")  # used inside payers, never sent by a provider (X12 RFI 1538)
# One of these tells Medicare Part A why a claim comes again; D5 and D6 belong to a void.
CONDITION_CODES = frozenset(("D0", "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "E0"))
VOID_CONDITION_CODES = frozenset(("D5", "D6"))
# A replacement must differ in more than what makes it one.
MAKES_A_REPLACEMENT = frozenset(("frequency", "original claim number", "note ADD"))
REOPENING = "Q"  # CLM05-3 of a hospital claim after the filing limit (X12 RFI 2173)
NAMES_AN_ORIGINAL = frozenset((REPLACEMENT, VOID, REOPENING))
# Segments of plain text: a separator typed into one would cut it in two.
TEXT_SEGMENTS = frozenset(("NM1", "N3", "N4", "PER", "SBR", "PWK", "NTE", "K3", "DMG", "PAT"))
USUAL_SEPARATORS = "*~"
CONTROL_CHARACTERS = "".join(map(chr, range(32)))
PROCEDURE = re.compile(r"[A-Z0-9]{5}")
MODIFIER = re.compile(r"[A-Z0-9]{2}")
DIAGNOSIS = re.compile(r"[A-Z0-9]{3,7}")


class Standing(NamedTuple):
    """What is known of the claim besides its segments. None: not known, so not checked."""

    accepts_frequency: bool | None = None  # the payer takes this frequency code
    is_decided: bool | None = None  # the payer has decided the original
    last_day: date | None = None  # for a corrected claim
    today: date | None = None
    open_work: str = ""  # another step open on the claim, e.g. "appeal of 2026-11-02"


NOT_KNOWN = Standing()


def refile_findings(
    before: SubmittedClaim, after: SubmittedClaim, standing: Standing = NOT_KNOWN
) -> tuple[Finding, ...]:
    """Every rule that `after`, made from `before`, breaks; () when it may be sent."""
    check = Check(before, after, standing)
    check.whole_claim()
    check.characters()
    check.diagnoses()
    for line in after.lines:
        check.line(line)
    check.frequency()
    if after.frequency in NAMES_AN_ORIGINAL:
        check.original_number()
    if after.frequency in (REPLACEMENT, VOID):
        check.same_claim()
        check.condition_codes()
    check.standing()
    return check.found


class Check(ClaimFindings):
    """One claim being checked."""

    def __init__(self, before: SubmittedClaim, after: SubmittedClaim, standing: Standing) -> None:
        super().__init__(after, "837.refile.")
        self.before = before
        self.after = after
        self.known = standing
        self.changes: list[Difference] = difference(before, after)

    def whole_claim(self) -> None:
        claim = self.after
        if self.before.is_damaged or claim.is_damaged:
            self.tell("damaged")
        if not claim.version.startswith("005010"):
            self.tell("version", version=claim.version)
        missing = [
            role
            for role, party in (
                ("billing provider", claim.billing_provider),
                ("subscriber", claim.subscriber),
                ("payer", claim.payer),
            )
            if party is None
        ]
        if missing:
            self.tell("party", missing=", ".join(missing))
        if claim.billing_provider and not is_npi(claim.billing_provider.name.id):
            self.tell("npi", number=claim.billing_provider.name.id)
        if not claim.lines:
            self.tell("no_lines")
        if len(claim.lines) > MOST_LINES[claim.kind]:
            self.tell("lines", count=len(claim.lines), most=MOST_LINES[claim.kind])
        total = sum(line.charge_cents for line in claim.lines)
        if claim.lines and total != claim.charge_cents:
            self.tell("charge", element=2, lines=money(total))
        if len(claim.attachments) > MOST_ATTACHMENTS:
            self.tell("attachments", count=len(claim.attachments), most=MOST_ATTACHMENTS)
        for _, text in claim.notes:
            if len(text) > LONGEST_NOTE:
                self.tell("note", length=len(text), most=LONGEST_NOTE)
        numbers = Counter(line.line_control_number for line in claim.lines if line.line_control_number)
        for number, count in numbers.items():
            if count > 1:
                self.tell("line_number", number=number)

    def characters(self) -> None:
        claim = self.after
        forbidden = {*USUAL_SEPARATORS, *CONTROL_CHARACTERS, claim.component, claim.repetition}
        first = claim.segment - len(claim.context)
        for number, segment in enumerate((*claim.context, *claim.segments), start=first):
            for place, text in enumerate(segment):
                if (segment[0] in TEXT_SEGMENTS or (segment[0], place) == ("CLM", 1)) and forbidden & set(text):
                    found = min(forbidden & set(text))
                    self.tell("character", number, place, name=segment[0], given=text, character=found)

    def diagnoses(self) -> None:
        claim = self.after
        if not claim.diagnoses and claim.kind != "837D":
            self.tell("no_diagnosis")
        if claim.kind == "837P" and len(claim.diagnoses) > MOST_DIAGNOSES:
            self.tell("diagnoses", count=len(claim.diagnoses), most=MOST_DIAGNOSES)
        for diagnosis in claim.diagnoses:
            if not DIAGNOSIS.fullmatch(diagnosis.code):
                self.tell("diagnosis", diagnosis.segment, given=diagnosis.code)

    def service_segment(self, line: SubmittedLine) -> int:
        """The ordinal of the line's SV1, SV2 or SV3; of its LX when it has none."""
        first = line.segment - self.after.segment
        for place, segment in enumerate(self.after.segments[first:], start=line.segment):
            if segment[0] in ("SV1", "SV2", "SV3"):
                return place
        return line.segment

    def line(self, line: SubmittedLine) -> None:
        claim, place = self.after, self.service_segment(line)
        if line.charge_cents < 0:
            self.tell("negative", place, line=line.number, charge=money(line.charge_cents))
        if line.procedure is None:
            if not line.revenue_code:
                self.tell("procedure", place, line=line.number, given="")
        elif line.procedure.qualifier == "HC":
            if not PROCEDURE.fullmatch(line.procedure.code):
                self.tell("procedure", place, line=line.number, given=line.procedure.code)
            for modifier in line.procedure.modifiers:
                if not MODIFIER.fullmatch(modifier):
                    self.tell("modifier", place, line=line.number, given=modifier)
        if claim.kind == "837P":
            self.professional_line(line, place)
        today = self.known.today
        if today and line.first_date and line.first_date > today:
            self.tell("future", place, line=line.number, day=line.first_date)
        for decided in line.adjudications:
            adjusted = sum(adjustment.cents for adjustment in decided.adjustments)
            if decided.paid_cents + adjusted != line.charge_cents:
                self.tell(
                    "other_payer",
                    decided.segment,
                    line=line.number,
                    charge=money(line.charge_cents),
                    payer=decided.payer_id,
                    decided=money(decided.paid_cents + adjusted),
                )

    def professional_line(self, line: SubmittedLine, place: int) -> None:
        if line.first_date is None:
            self.tell("service_date", place, line=line.number)
        most = len(self.after.diagnoses)
        if not 1 <= len(line.pointers) <= MOST_POINTERS:
            self.tell("pointers", place, line=line.number, most=MOST_POINTERS)
        for pointer in line.pointers:
            if not pointer.isdecimal() or not 1 <= int(pointer) <= most:
                self.tell("pointer", place, line=line.number, pointer=pointer, most=most)

    def frequency(self) -> None:
        claim = self.after
        if claim.frequency in PAYERS_OWN_FREQUENCIES:
            self.tell("frequency_code", element=5, frequency=claim.frequency)
        if claim.frequency == NEW and claim.reference("F8"):
            self.tell("original_sent", number=claim.reference("F8"))
        is_part_b = claim.kind == "837P" and claim.filing_indicator == "MB"
        if is_part_b and claim.frequency in (REPLACEMENT, VOID):
            self.tell("part_b", element=5, frequency=claim.frequency)

    def original_number(self) -> None:
        number = self.after.reference("F8")
        if not number:
            self.tell("original_missing", frequency=self.after.frequency)
        elif number in (self.after.patient_control_number, self.after.reference("D9")):
            self.tell("original_own", number=number)

    def same_claim(self) -> None:
        """7 and 8 are about the very claim that the payer has."""
        before, after = self.before, self.after
        if identity(before.patient) != identity(after.patient) or identity(before.subscriber) != identity(
            after.subscriber
        ):
            self.tell("other_patient")
        if party_id(before.billing_provider) != party_id(after.billing_provider):
            self.tell("other_billing")
        if party_id(before.payer) != party_id(after.payer):
            self.tell("other_payer_id")
        real = [row for row in self.changes if row.field not in MAKES_A_REPLACEMENT]
        if after.frequency == REPLACEMENT and not real:
            self.tell("unchanged")
        if after.frequency == VOID:
            for row in real:
                if row.field != "other codes":
                    self.tell("void_changed", where=row.where, field=row.field)

    def condition_codes(self) -> None:
        """Medicare Part A wants one reason for a claim that comes again."""
        claim = self.after
        if claim.kind != "837I" or claim.filing_indicator != "MA":
            return
        codes = [code for qualifier, code in claim.codes if qualifier == "BG" and code in CONDITION_CODES]
        if len(codes) != 1:
            self.tell("condition_code", count=len(codes))
        elif (codes[0] in VOID_CONDITION_CODES) != (claim.frequency == VOID):
            self.tell("condition_code_void", given=codes[0], frequency=claim.frequency)

    def standing(self) -> None:
        known, frequency = self.known, self.after.frequency
        is_correction = frequency in (REPLACEMENT, VOID)
        if known.accepts_frequency is False:
            self.tell("not_accepted", element=5, frequency=frequency)
        if known.is_decided is False and is_correction:
            self.tell("not_decided")
        if known.last_day and known.today and known.today > known.last_day and is_correction:
            self.tell("late", last_day=known.last_day)
        if known.open_work:
            self.tell("open_work", work=known.open_work)


def identity(person: Insured | None) -> tuple[object, ...]:
    """Who somebody is, apart from how the name is spelled: a corrected spelling is still the same person."""
    return (person.birth_date, person.name.first[:1].upper()) if person else ()


def party_id(party: Party | None) -> str:
    return party.name.id if party else ""
