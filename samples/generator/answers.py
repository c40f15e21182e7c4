"""What a payer decides about a claim, as values that balance by construction, and how it comes to each decision.

A line is paid its charge less its adjustments, always: nothing here computes a payment any other way, so every 835
made of these values adds up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import NamedTuple

from samples.generator.cast import MEDICARE, Payer
from samples.generator.claims import Claim, Line

SEQUESTRATION_PERCENT = 2  # of Medicare's own share (CARC 253)
MEDICARE_COINSURANCE_PERCENT = 20
COPAYS_CENTS = (2000, 2500, 3000, 4000, 5000)
COINSURANCE_PERCENTS = (10, 20, 30)
NO_SHARE = 0.45  # of commercial claims: the yearly maximum is met, or the plan asks for none
EVALUATIONS = ("992", "993", "G04")  # what a copay is charged for


class Adjustment(NamedTuple):
    group: str
    reason: str
    cents: int
    quantity: int = 0


class Reason(NamedTuple):
    """Why a line or claim is denied."""

    group: str
    reason: str  # CARC
    remarks: tuple[str, ...] = ()  # RARCs at line level
    claim_remarks: tuple[str, ...] = ()  # RARCs in MOA


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    line: Line
    charge_cents: int
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...] = ()
    paid_as: tuple[str, ...] = ()  # procedure paid, when not the one sent

    @property
    def paid_cents(self) -> int:
        return self.charge_cents - sum(one.cents for one in self.adjustments)

    @property
    def allowed_cents(self) -> int:
        return self.paid_cents + sum(
            one.cents for one in self.adjustments if one.group == "PR" or one.reason == "253"
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One CLP."""

    claim: Claim
    payer: Payer
    status: str  # CLP02
    control_number: str  # CLP07
    lines: tuple[AnsweredLine, ...]
    received_on: date  # DTM*050
    remarks: tuple[str, ...] = ()  # MOA
    adjustments: tuple[Adjustment, ...] = ()  # claim level
    original_control_number: str = ""  # REF*F8
    interest_cents: int = 0
    crossover: Payer | None = None  # NM1*TT
    primary: Payer | None = None  # NM1*PR: who the payer says comes first
    printed_control_number: str | None = None  # CLP01 when the payer garbled it
    frequency: str = "1"
    is_by_claim: bool = False  # no lines are sent

    @property
    def charge_cents(self) -> int:
        return sum(one.charge_cents for one in self.lines)

    @property
    def paid_cents(self) -> int:
        return sum(one.paid_cents for one in self.lines) - sum(one.cents for one in self.adjustments)

    @property
    def patient_cents(self) -> int:
        return sum(one.cents for one in self.all_adjustments() if one.group == "PR")

    def all_adjustments(self) -> Iterable[Adjustment]:
        yield from self.adjustments
        for line in self.lines:
            yield from line.adjustments


def pay(
    claim: Claim,
    random: Random,
    *,
    control_number: str,
    received_on: date,
    allowed_percent: int = 100,
    all_to_patient: bool = False,
    lines: tuple[Line, ...] | None = None,
) -> Answer:
    """Paid by contract: contractual write-off, the patient's share, sequestration for Medicare."""
    has_share = claim.payer in MEDICARE or random.random() >= NO_SHARE
    copay_cents = random.choice(COPAYS_CENTS) if has_share else 0
    coinsurance_percent = random.choice(COINSURANCE_PERCENTS) if has_share else 0
    deductible_cents = random.randint(2000, 21000) if has_share and random.random() < 0.12 else 0
    answered = []
    for line in claim.lines if lines is None else lines:
        allowed_cents = line.allowed_cents * allowed_percent // 100
        shares: list[Adjustment] = []
        if all_to_patient:
            shares.append(Adjustment("PR", "1", allowed_cents))
        else:
            deductible = min(deductible_cents, allowed_cents)
            deductible_cents -= deductible
            shares += share_of(claim, line, allowed_cents, deductible, copay_cents, coinsurance_percent)
        answered.append(priced_line(claim, line, allowed_cents, shares))
    remarks = ("MA01",) if claim.payer in MEDICARE else ()
    return Answer(claim, claim.payer, "1", control_number, tuple(answered), received_on, remarks)


def share_of(
    claim: Claim, line: Line, allowed_cents: int, deductible_cents: int, copay_cents: int, coinsurance_percent: int
) -> list[Adjustment]:
    """What the patient owes of one line: deductible first, then copay or coinsurance."""
    shares = [Adjustment("PR", "1", deductible_cents)] if deductible_cents else []
    rest_cents = allowed_cents - deductible_cents
    if claim.payer in MEDICARE:
        is_laboratory = line.code.startswith(("8", "36415"))
        owed = Adjustment("PR", "2", 0 if is_laboratory else rest_cents * MEDICARE_COINSURANCE_PERCENT // 100)
    elif line.code.startswith(EVALUATIONS):
        owed = Adjustment("PR", "3", min(copay_cents, rest_cents))
    else:
        owed = Adjustment("PR", "2", rest_cents * coinsurance_percent // 100)
    return [*shares, owed] if owed.cents else shares


def priced_line(claim: Claim, line: Line, allowed_cents: int, shares: list[Adjustment]) -> AnsweredLine:
    adjustments = [Adjustment("CO", "45", line.charge_cents - allowed_cents)]
    payable_cents = allowed_cents - sum(one.cents for one in shares)
    sequestered_cents = payable_cents * SEQUESTRATION_PERCENT // 100 if claim.payer in MEDICARE else 0
    if sequestered_cents:
        adjustments.append(Adjustment("CO", "253", sequestered_cents))
    return AnsweredLine(line, line.charge_cents, (*adjustments, *shares))


def denied_line(line: Line, reason: Reason) -> AnsweredLine:
    return AnsweredLine(
        line, line.charge_cents, (Adjustment(reason.group, reason.reason, line.charge_cents),), reason.remarks
    )


def deny(claim: Claim, reason: Reason, *, control_number: str, received_on: date, status: str = "1") -> Answer:
    """Every line denied for one reason."""
    remarks = reason.claim_remarks
    if claim.payer in MEDICARE and "MA130" not in remarks:
        remarks = ("MA01", *remarks)
    lines = tuple(denied_line(line, reason) for line in claim.lines)
    return Answer(claim, claim.payer, status, control_number, lines, received_on, remarks)


def deny_part(answer: Answer, reason: Reason) -> Answer:
    """The last line denied, the others as they were."""
    *kept, last = answer.lines
    denied = denied_line(last.line, reason)
    return replace(answer, lines=(*kept, denied), remarks=tuple(dict.fromkeys(answer.remarks + reason.claim_remarks)))


def cut(answer: Answer, adjustment: Adjustment) -> Answer:
    """A further reduction on the first line, as far as it is paid."""
    first, *rest = answer.lines
    cents = min(adjustment.cents, first.paid_cents)
    if cents <= 0:
        return answer
    changed = replace(first, adjustments=(*first.adjustments, adjustment._replace(cents=cents)))
    return replace(answer, lines=(changed, *rest))


def downcode(answer: Answer, lesser: str, percent: int) -> Answer:
    """The first line paid as a lesser procedure (RARC N22 says so)."""
    first, *rest = answer.lines
    paid_as = ("HC", lesser, *first.line.modifiers)
    lost_cents = first.paid_cents * (100 - percent) // 100
    write_off, *others = first.adjustments
    lower = write_off._replace(cents=write_off.cents + lost_cents)
    changed = replace(first, adjustments=(lower, *others), paid_as=paid_as, remarks=(*first.remarks, "N22"))
    return replace(answer, lines=(changed, *rest))


def bundle(answer: Answer) -> Answer:
    """The last line's money moved under the first line's code: CARC 97 on one, a negative 94 on the other."""
    first, *middle, last = answer.lines
    moved_cents = last.paid_cents
    paying = replace(first, adjustments=(*first.adjustments, Adjustment("CO", "94", -moved_cents)))
    swallowed = AnsweredLine(
        last.line, last.charge_cents, (Adjustment("CO", "97", last.charge_cents),), ("M15",), first.line.procedure
    )
    return replace(answer, lines=(paying, *middle, swallowed))


def reverse(answer: Answer, remark: str = "") -> Answer:
    """The same answer taken back: every amount negated under its own group (835.md §6)."""
    lines = tuple(
        replace(
            one,
            charge_cents=-one.charge_cents,
            adjustments=tuple(each._replace(cents=-each.cents) for each in one.adjustments),
        )
        for one in answer.lines
    )
    adjustments = tuple(each._replace(cents=-each.cents) for each in answer.adjustments)
    return replace(
        answer,
        status="22",
        lines=lines,
        adjustments=adjustments,
        remarks=(remark,) if remark else (),
        interest_cents=0,
        crossover=None,
        original_control_number=answer.original_control_number,
    )


def pay_second(claim: Claim, payer: Payer, prior: Answer, *, control_number: str, received_on: date) -> Answer:
    """What a supplement pays: the coinsurance. The deductible stays the patient's, the rest is OA 23."""
    lines = []
    for one in prior.lines:
        deductible_cents = sum(each.cents for each in one.adjustments if each.reason == "1")
        share_cents = sum(each.cents for each in one.adjustments if each.group == "PR")
        effects = (Adjustment("OA", "23", one.charge_cents - share_cents), Adjustment("PR", "1", deductible_cents))
        lines.append(AnsweredLine(one.line, one.charge_cents, tuple(each for each in effects if each.cents)))
    return Answer(claim, payer, "2", control_number, tuple(lines), received_on)
