"""Fates of a claim that the payer does not answer, or only when asked: rejected, lost, pended, records wanted."""

from __future__ import annotations

from datetime import timedelta

from samples.generator.answers import Reason
from samples.generator.calendar import business_days_after
from samples.generator.course import Course
from samples.generator.habits import REJECTIONS


def never_answered(course: Course) -> None:
    """Accepted, and then nothing."""
    course.submit()


def lost(course: Course) -> None:
    """The clearinghouse passed it on; the payer has never heard of it."""
    course.send(course.sent_on)
    course.hand_on(course.sent_on)
    if course.random.random() < 0.7:
        course.ask(30, "D0", "35")
    if course.random.random() < 0.4:
        course.ask(52, "D0", "35")


def reject(course: Course) -> None:
    category, status, entity, text = course.random.choice(REJECTIONS)
    course.acknowledge(
        course.sent_on,
        business_days_after(course.sent_on, 1),
        category,
        status,
        entity,
        "U",
        is_clearinghouse=course.random.random() < 0.35,
        text=text,
    )


def rejected(course: Course) -> None:
    """Never got in, and nobody has noticed."""
    course.send(course.sent_on)
    reject(course)


def rejected_then_resent(course: Course) -> None:
    course.send(course.sent_on)
    reject(course)
    again = course.send(course.sent_on + timedelta(days=course.random.randint(6, 20)))
    number = course.accept(again)
    course.answer(course.decided_on(), course.paid(number))


def syntax_rejected(course: Course) -> None:
    """Its set failed the 999, so no claim exists anywhere; half are sent again."""
    course.send(course.sent_on, is_broken=True)
    if course.random.random() < 0.5:
        again = course.send(course.sent_on + timedelta(days=6))
        number = course.accept(again)
        course.answer(course.decided_on(), course.paid(number))


def pended(course: Course) -> None:
    """In process, says the payer, for a long time; some are decided at last."""
    number = course.submit()
    status, about = course.random.choice((("P1", "3"), ("P2", "46"), ("P0", "20"), ("P5", "46")))
    course.ask(24, status, about, control_number=number)
    if course.random.random() < 0.5:
        course.ask(45, status, about, control_number=number)
    if course.random.random() < 0.55:
        course.answer(
            course.pay_day(course.received_on + timedelta(days=course.random.randint(50, 80))), course.paid(number)
        )


def records_wanted(course: Course) -> None:
    """Asked for notes by 277 and waiting for them."""
    number = course.submit()
    category, about = course.random.choice(
        (("P3", "297"), ("P3", "294"), ("R4", "297"), ("R4", "300"), ("P4", "123"))
    )
    course.ask(18, category, about, control_number=number)
    if course.random.random() < 0.35:
        course.answer(
            course.pay_day(course.sent_on + timedelta(days=course.random.randint(40, 60))), course.paid(number)
        )


def records_late(course: Course) -> None:
    """Asked for records, did not get them in time, denied for it."""
    number = course.submit()
    course.ask(16, "P3", "294", control_number=number)
    reason = Reason("CO", "226", ("N706",)) if course.random.random() < 0.5 else Reason("CO", "252", ("M127",))
    course.answer(
        course.pay_day(course.sent_on + timedelta(days=course.random.randint(48, 58))), course.denied(number, reason)
    )


def finalized_unseen(course: Course) -> None:
    """Paid, says the payer, and names a trace; the remittance never came."""
    number = course.submit()
    paid_on = course.decided_on()
    answer = course.paid(number)
    after_days = (paid_on - course.sent_on).days + 7
    trace = f"{course.payer.control_prefix}MISSING{course.claim.serial:06d}"
    course.ask(
        after_days,
        "F1",
        "65",
        control_number=number,
        paid_cents=max(0, answer.paid_cents),
        paid_on=paid_on,
        trace=trace,
    )
