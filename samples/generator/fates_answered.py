"""Fates of a claim that the payer answers once: paid, paid short, denied, or left to the patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from samples.generator.answers import Adjustment, Answer, Reason, bundle, cut, deny_part, downcode, reverse
from samples.generator.calendar import business_days_after
from samples.generator.course import Course
from samples.generator.habits import PART, UNPROCESSABLE, WHOLE

INTEREST_PERCENT = 12  # a year, on what is paid late
PROMPT_DAYS = 30
UNDERPAID_PERCENTS = (72, 78, 80, 85, 90)


def paid(course: Course) -> None:
    number = course.submit()
    course.answer(course.decided_on(), course.paid(number))


def paid_share_only(course: Course) -> None:
    """All of the allowed amount is the patient's deductible: nothing paid, and no denial."""
    number = course.submit()
    course.answer(course.decided_on(), course.paid(number, all_to_patient=True))


def underpaid(course: Course) -> None:
    """The contract says more: nothing in the codes shows it, only the amount."""
    number = course.submit()
    course.answer(course.decided_on(), course.paid(number, allowed_percent=course.random.choice(UNDERPAID_PERCENTS)))


def downcoded(course: Course) -> None:
    number = course.submit()
    answer = course.paid(number)
    lesser = {"99214": "99213", "99215": "99214", "99204": "99203", "99284": "99283"}.get(answer.lines[0].line.code)
    course.answer(course.decided_on(), downcode(answer, lesser, 70) if lesser else cut_by_rule(answer))


def cut_by_rule(answer: Answer) -> Answer:
    """Multiple-procedure reduction: a quarter of what the first line would have paid."""
    return cut(answer, Adjustment("CO", "59", answer.lines[0].paid_cents // 4))


def bundled(course: Course) -> None:
    number = course.submit()
    answer = course.paid(number)
    course.answer(course.decided_on(), bundle(answer) if len(answer.lines) > 1 else cut_by_rule(answer))


def paid_with_interest(course: Course) -> None:
    number = course.submit()
    day = course.pay_day(course.received_on + timedelta(days=course.random.randint(48, 75)))
    answer = course.paid(number)
    days_late = (day - course.received_on).days - PROMPT_DAYS
    interest_cents = max(1, answer.paid_cents * INTEREST_PERCENT * days_late // 36_500)
    if answer.paid_cents <= 0:
        course.answer(day, answer)
        return
    course.answer(day, replace(answer, interest_cents=interest_cents))


def partly_denied(course: Course) -> None:
    number = course.submit()
    answer = course.paid(number)
    reason = course.choose(PART[course.payer])
    day = course.decided_on()
    if len(answer.lines) == 1:
        course.answer(day, course.denied(number, reason))
        return
    course.answer(day, deny_part(answer, reason))


def denied(course: Course) -> None:
    """Denied in full, with the claim status still 1: only the codes say so."""
    number = course.submit()
    reason = course.choose(WHOLE[course.payer])
    answer = course.denied(number, reason)
    if reason.reason == "22":
        answer = replace(answer, primary=course.other_payer())
    course.answer(course.decided_on(), answer)


def denied_unknown_member(course: Course) -> None:
    """Claim status 4: the payer does not know the patient. No lines come back."""
    number = course.submit()
    answer = course.denied(number, Reason("PR", "31"), status="4")
    whole = Adjustment("PR", "31", answer.charge_cents)
    lines = tuple(replace(one, adjustments=()) for one in answer.lines)
    course.answer(course.decided_on(), replace(answer, lines=lines, adjustments=(whole,), is_by_claim=True))


def denied_late(course: Course) -> None:
    """Timely filing, although the payer itself acknowledged the claim in time."""
    number = course.submit()
    course.answer(course.decided_on(), course.denied(number, Reason("CO", "29")))


def unprocessable(course: Course) -> None:
    number = course.submit()
    course.answer(course.decided_on(), course.denied(number, course.random.choice(UNPROCESSABLE)))


def split(course: Course) -> None:
    """Two answers for one claim: MA15 on the first, the rest a week or two later under another number."""
    number = course.submit()
    answer = course.paid(number)
    day = course.decided_on()
    if len(answer.lines) == 1:
        course.answer(day, answer)
        return
    first = replace(answer, lines=answer.lines[:1], remarks=(*answer.remarks, "MA15"))
    rest = replace(answer, lines=answer.lines[1:], control_number=course.number(), remarks=(*answer.remarks, "MA15"))
    course.answer(day, first)
    course.answer(course.pay_day(business_days_after(day, 4)), rest)


def garbled(course: Course) -> None:
    """Paid, but under a claim number that is not ours: cut short, or none at all."""
    number = course.submit()
    ours = course.claim.control_number
    printed = course.random.choice(("0", ours[:5], f"{ours[0]}00{ours[1:]}"))
    course.answer(course.decided_on(), replace(course.paid(number), printed_control_number=printed))


def billed_elsewhere(course: Course) -> None:
    """Sent from the system the practice had before: only the remittance tells us of it."""
    answer = course.paid(course.number())
    course.answer(course.decided_on(), replace(answer, printed_control_number=old_number(course)))


def miskeyed(course: Course) -> None:
    """From the older system too, under a number that now belongs to somebody else: resembles, must not be posted."""
    ours = course.claim
    other = max(1, ours.serial - course.random.randint(1, 40))
    printed = f"{ours.control_number[:3]}{other:06d}"
    course.answer(course.decided_on(), replace(course.paid(course.number()), printed_control_number=printed))


def reversed_unseen(course: Course) -> None:
    """A payment taken back that was made before we kept books."""
    taken = replace(reverse(course.paid(course.number())), printed_control_number=old_number(course))
    course.answer(course.decided_on(), taken)


def old_number(course: Course) -> str:
    return f"OLD{course.claim.serial:05d}"


def pended_on_remittance(course: Course) -> None:
    """Shown on a remittance as still under review (OA 133), paid or denied later."""
    number = course.submit()
    day = course.decided_on()
    course.answer(day, course.denied(number, Reason("OA", "133")))
    if course.random.random() < 0.5:
        later = course.pay_day(day + timedelta(days=course.random.randint(18, 30)))
        course.answer(later, course.paid(number))
