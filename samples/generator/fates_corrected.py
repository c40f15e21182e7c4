"""Fates with a second act: refiled, appealed, reversed, taken back, crossed over, billed to the next payer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from samples.generator.answers import Answer, Reason, pay_second, reverse
from samples.generator.cast import SILVERBIRCH
from samples.generator.claims import Claim
from samples.generator.course import Course
from samples.generator.habits import APPEALABLE, CORRECTABLE, UNPROCESSABLE


def denied_then_refiled(course: Course) -> None:
    """Denied, replaced (frequency 7) with the fault put right, and paid."""
    number = course.submit()
    reason, note = course.random.choice(CORRECTABLE)
    first_day = course.decided_on()
    old = course.denied(number, reason)
    course.answer(first_day, old)
    course.claim = corrected(course.claim, note, course.random)
    again = course.send(
        first_day + timedelta(days=course.random.randint(4, 18)), frequency="7", original=number, note=note
    )
    newer = course.accept(again)
    day = course.decided_on()
    course.answer(day, reverse(old, "N694"))
    course.answer(day, replace(course.paid(newer), original_control_number=number, frequency="7"))


def corrected(claim: Claim, note: str, random: Random) -> Claim:
    """The claim with what its note says changed."""
    if note == "MODIFIER ADDED":
        first, *rest = claim.lines
        modifiers = tuple(dict.fromkeys((*first.modifiers, "59")))
        return replace(claim, lines=(replace(first, modifiers=modifiers), *rest))
    if note == "DIAGNOSES REORDERED":
        return replace(claim, diagnoses=claim.diagnoses[::-1])
    colleagues = [one for one in claim.practice.clinicians if one.specialty == claim.clinician.specialty]
    return replace(claim, clinician=random.choice(colleagues))


def unprocessable_then_resent(course: Course) -> None:
    """Medicare's MA130: a new claim, not a replacement, and no appeal."""
    number = course.submit()
    first_day = course.decided_on()
    course.answer(first_day, course.denied(number, course.random.choice(UNPROCESSABLE)))
    newer = course.accept(course.send(first_day + timedelta(days=course.random.randint(3, 12))))
    course.answer(course.decided_on(), course.paid(newer))


def denied_then_appealed(course: Course) -> None:
    """Denied, appealed, overturned: the denial is reversed and the claim paid, MA91 says why."""
    number = course.submit()
    first_day = course.decided_on()
    old = course.denied(number, course.random.choice(APPEALABLE))
    course.answer(first_day, old)
    day = course.pay_day(first_day + timedelta(days=course.random.randint(34, 62)))
    won = course.paid(course.number())
    course.answer(day, reverse(old, "N690"))
    course.answer(day, replace(won, original_control_number=number, remarks=(*won.remarks, "MA91")))


def appeal_upheld(course: Course) -> None:
    number = course.submit()
    first_day = course.decided_on()
    course.answer(first_day, course.denied(number, course.random.choice(APPEALABLE)))
    day = course.pay_day(first_day + timedelta(days=course.random.randint(34, 62)))
    course.answer(day, course.denied(number, Reason("CO", "193", (), ("MA91",))))


def duplicate(course: Course) -> None:
    """Sent twice by an impatient biller: the copy is denied as a duplicate, the first may still be unpaid."""
    number = course.submit()
    again = course.send(course.sent_on + timedelta(days=28))
    received_on = course.received_on
    copy = course.accept(again)
    course.answer(course.decided_on(received_on), course.paid(number))
    course.answer(course.decided_on(), course.denied(copy, Reason("OA", "18")))


def pay_first(course: Course) -> tuple[Answer, date]:
    number = course.submit()
    day = course.decided_on()
    answer = course.paid(number)
    course.answer(day, answer)
    return answer, day


def reversed_and_corrected(course: Course) -> None:
    """Paid, then taken back and paid again at a lower rate in one remittance."""
    old, first_day = pay_first(course)
    day = course.pay_day(first_day + timedelta(days=course.random.randint(20, 50)))
    lower = replace(course.paid(course.number(), allowed_percent=80), original_control_number=old.control_number)
    course.answer(day, reverse(old, "N689"))
    course.answer(day, lower)


def recouped(course: Course) -> None:
    """Paid, then taken back whole: the patient was not covered. The reversal stands alone, the denial follows it."""
    old, first_day = pay_first(course)
    day = course.pay_day(first_day + timedelta(days=course.random.randint(28, 55)))
    course.answer(day, reverse(old, "N687"))
    course.answer(
        day, replace(course.denied(course.number(), Reason("PR", "27")), original_control_number=old.control_number)
    )


def recouped_by_letter(course: Course) -> None:
    """A letter came, no reversal: months later the money is withheld from another payment (PLB WO)."""
    old, first_day = pay_first(course)
    day = course.pay_day(first_day + timedelta(days=course.random.randint(30, 60)))
    if old.paid_cents > 0:
        course.owe(day, "WO", old.control_number, max(1, old.paid_cents // 2))


def taken_back_later(course: Course) -> None:
    """Reversed and corrected, the money handed back at once (WO negative) and taken weeks later (WO positive)."""
    old, first_day = pay_first(course)
    day = course.pay_day(first_day + timedelta(days=course.random.randint(15, 30)))
    lower = replace(course.paid(course.number(), allowed_percent=70), original_control_number=old.control_number)
    course.answer(day, reverse(old, "N688"))
    course.answer(day, lower)
    difference_cents = old.paid_cents - lower.paid_cents
    if difference_cents > 0:
        course.owe(day, "WO", old.control_number, -difference_cents)
        course.owe(course.pay_day(day + timedelta(days=21)), "WO", old.control_number, difference_cents)


def refunded(course: Course) -> None:
    """We refunded an overpayment by check: the payer acknowledges it with WO and 72, which come to nothing."""
    old, first_day = pay_first(course)
    day = course.pay_day(first_day + timedelta(days=course.random.randint(25, 50)))
    if old.paid_cents > 0:
        refund_cents = max(1, old.paid_cents // 3)
        reference = f"LTR{course.claim.serial:06d}"
        course.owe(day, "WO", reference, refund_cents)
        course.owe(day, "72", reference, -refund_cents)


def cross_over(course: Course) -> tuple[Answer, date]:
    """Medicare pays its part and forwards the claim (claim status 19, MA18)."""
    number = course.submit()
    answer = course.paid(number)
    if course.claim.supplement is not None:
        answer = replace(answer, status="19", crossover=SILVERBIRCH, remarks=("MA01", "MA18"))
    day = course.decided_on()
    course.answer(day, answer)
    return answer, day


def crossed_over(course: Course) -> None:
    """Medicare forwards the claim, and the supplement pays the rest."""
    first, day = cross_over(course)
    if first.crossover is not None and first.patient_cents:
        pay_supplement(course, first, day + timedelta(days=course.random.randint(*SILVERBIRCH.answer_days)))


def crossed_over_silent(course: Course) -> None:
    """Forwarded, and the supplement never answers."""
    cross_over(course)


def not_forwarded(course: Course) -> None:
    """Medicare could not find the supplement (MA19): the next payer waits to be billed."""
    number = course.submit()
    answer = course.paid(number)
    if course.claim.supplement is not None:
        answer = replace(answer, remarks=("MA01", "MA19"))
    course.answer(course.decided_on(), answer)


def not_forwarded_then_billed(course: Course) -> None:
    """The same, and the practice billed the supplement with Medicare's answer in the claim."""
    number = course.submit()
    first = course.paid(number)
    day = course.decided_on()
    if course.claim.supplement is None:
        course.answer(day, first)
        return
    course.answer(day, replace(first, remarks=("MA01", "MA19")))
    if first.patient_cents:
        sent = course.send(
            day + timedelta(days=course.random.randint(2, 9)), payer=SILVERBIRCH, prior=first, paid_on=day
        )
        pay_supplement(course, first, sent + timedelta(days=course.random.randint(*SILVERBIRCH.answer_days)))


def pay_supplement(course: Course, first: Answer, not_before: date) -> None:
    day = course.calendar.pay_day(SILVERBIRCH, not_before)
    number = f"{SILVERBIRCH.control_prefix}{not_before:%y%j}{course.claim.serial:06d}01"
    received_on = not_before - timedelta(days=SILVERBIRCH.answer_days[0])
    course.answer(day, pay_second(course.claim, SILVERBIRCH, first, control_number=number, received_on=received_on))
