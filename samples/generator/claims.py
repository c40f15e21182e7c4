"""One visit as a claim: who, whom, when, which lines, what is billed, and what the contract allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from samples.generator.cast import MEDICARE_A, MEDICARE_B, SILVERBIRCH, Clinician, Payer, Practice, Stream
from samples.generator.people import Patient, patient
from samples.generator.services import FEES, VISITS, Visit

CLAIMS_PER_PATIENT = 2.2  # how often, on average, the same patient comes back


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    code: str  # procedure; "" for a revenue code alone
    modifiers: tuple[str, ...]
    revenue_code: str
    units: int
    charge_cents: int
    allowed_cents: int  # by the payer's contract
    control_number: str

    @property
    def procedure(self) -> tuple[str, ...]:
        """As an SVC01, SV101 or SV202 writes it."""
        return ("HC", self.code, *self.modifiers) if self.code else ("NU", self.revenue_code)


@dataclass(frozen=True, slots=True)
class Claim:
    serial: int
    stream: Stream
    payer: Payer
    patient: Patient
    clinician: Clinician
    control_number: str  # CLM01
    served_on: date
    place: str
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]
    needs_authorization: bool
    authorization: str

    @property
    def practice(self) -> Practice:
        return self.stream.practice

    @property
    def charge_cents(self) -> int:
        return sum(line.charge_cents for line in self.lines)

    @property
    def supplement(self) -> Payer | None:
        return SILVERBIRCH if self.patient.supplement_id else None


def make_claim(seed: int, serial: int, stream: Stream, sent_on: date, patients: int, random: Random) -> Claim:
    """The claim of that serial number, for a visit shortly before `sent_on`."""
    practice = stream.practice
    person = patient(seed, practice, random.randrange(patients))
    payer = person.payer
    if payer is MEDICARE_B and stream.kind == "I":
        payer = MEDICARE_A
    clinician = choose_clinician(stream, random)
    visits = VISITS[clinician.specialty]
    visit = random.choices(visits, [one.weight for one in visits])[0]
    control_number = f"{practice.letter}{sent_on:%y}{serial:06d}"
    return Claim(
        serial,
        stream,
        payer,
        person,
        clinician,
        control_number,
        day_of_visit(sent_on, random),
        visit.place,
        visit.diagnoses,
        make_lines(visit, payer, control_number),
        visit.needs_authorization,
        f"PA{random.randint(100000, 999999)}" if visit.needs_authorization else "",
    )


def choose_clinician(stream: Stream, random: Random) -> Clinician:
    wanted = [one for one in stream.practice.clinicians if (one.specialty == "outpatient") == (stream.kind == "I")]
    return random.choice(wanted)


def day_of_visit(sent_on: date, random: Random) -> date:
    """One to nine days before the batch, on a weekday; one claim in twelve is coded late."""
    lag_days = random.randint(12, 26) if random.random() < 1 / 12 else random.randint(1, 9)
    day = sent_on - timedelta(days=lag_days)
    return day - timedelta(days=max(0, day.weekday() - 4))


def make_lines(visit: Visit, payer: Payer, control_number: str) -> tuple[Line, ...]:
    lines = []
    for number, ordered in enumerate(visit.lines, start=1):
        fee = FEES[ordered.code or ordered.revenue_code]
        lines.append(
            Line(
                number,
                ordered.code,
                ordered.modifiers,
                fee.revenue_code if visit.place in ("13", "83") else "",
                ordered.units,
                fee.charge_cents * ordered.units,
                fee.reference_cents * ordered.units * payer.contract_percent // 100,
                f"{control_number}L{number}",
            )
        )
    return tuple(lines)
