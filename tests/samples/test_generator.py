"""The generator: other seeds, days and sizes hold as well, and its answers balance by construction."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

import edi
from edi.findings import Finding
from edi.values import SetEnd
from samples.generator.answers import Answer, Reason, bundle, deny, deny_part, downcode, pay, pay_second, reverse
from samples.generator.calendar import Calendar
from samples.generator.cast import HARROWGATE, LARKMOOR, PAYERS, SILVERBIRCH, STREAMS
from samples.generator.claims import make_claim
from samples.generator.course import Course, Money, Sending
from samples.generator.fates import BY_NAME
from samples.generator.habits import FATES, PART, WHOLE
from samples.generator.simulation import generate
from samples.generator.wire_835 import Balance, settle

DAY = date(2026, 11, 17)


def answer(serial: int = 3, *, lines: int = 2) -> Answer:
    """A paid answer to a claim of at least so many lines, the first of them paid more than ten dollars."""
    while True:
        random = Random(serial)
        claim = make_claim(1, serial, STREAMS[0], DAY, 50, random)
        paid = pay(claim, random, control_number="N1", received_on=DAY)
        if len(paid.lines) >= lines and paid.lines[0].paid_cents > 10_00:
            return paid
        serial += 1


@pytest.mark.parametrize(
    ("seed", "end"),
    [(1, date(2026, 11, 20)), (2, date(2026, 11, 22)), (3, date(2027, 1, 2)), (4, date(2028, 2, 29))],
)
def test_any_seed_and_last_day_reads_clean_and_balances(tmp_path: Path, seed: int, end: date) -> None:
    generate(tmp_path, claims=150, end=end, seed=seed)
    for path in tmp_path.rglob("*.*"):
        with path.open("rb") as stream:
            for value in edi.read(stream, file=path.name):
                assert not isinstance(value, Finding), str(value)
                if isinstance(value, SetEnd):
                    assert value.complete
                    assert value.unbalanced_claims == 0
                    assert value.balance is None or value.balance.difference_cents == 0


def test_every_claim_asked_for_is_made_and_leaves_in_a_batch_by_the_last_day(tmp_path: Path) -> None:
    summary = generate(tmp_path, claims=77, end=DAY, seed=5)
    assert summary.claims == 77
    assert sum(Calendar(DAY).claims_by_batch(77).values()) == 77
    assert Calendar(DAY).batch_days[-1] <= DAY


def test_the_oldest_batch_is_well_over_180_days_old_and_the_newest_of_the_last_week() -> None:
    days = Calendar(DAY).batch_days
    assert DAY - days[0] > timedelta(days=300)
    assert DAY - days[-1] < timedelta(days=7)


def test_a_reversal_takes_back_exactly_what_was_paid_and_adjusted() -> None:
    paid = answer()
    taken = reverse(paid)
    assert (taken.charge_cents, taken.paid_cents) == (-paid.charge_cents, -paid.paid_cents)
    assert [(one.group, one.reason, -one.cents) for one in taken.all_adjustments()] == [
        (one.group, one.reason, one.cents) for one in paid.all_adjustments()
    ]


def test_bundling_and_downcoding_keep_the_charge() -> None:
    paid = answer()
    assert bundle(paid).charge_cents == paid.charge_cents
    assert bundle(paid).paid_cents == paid.paid_cents
    assert downcode(paid, "99213", 70).charge_cents == paid.charge_cents
    assert downcode(paid, "99213", 70).paid_cents < paid.paid_cents


def test_a_denied_part_keeps_what_the_other_lines_were_paid() -> None:
    paid = answer()
    part = deny_part(paid, Reason("CO", "97", ("M15",)))
    assert [one.paid_cents for one in part.lines] == [one.paid_cents for one in paid.lines[:-1]] + [0]


def test_a_denied_claim_pays_nothing_and_loses_its_whole_charge() -> None:
    claim = answer().claim
    denied = deny(claim, Reason("CO", "197"), control_number="N1", received_on=DAY)
    assert denied.paid_cents == 0
    assert sum(one.cents for one in denied.all_adjustments()) == claim.charge_cents


def test_a_supplement_pays_the_share_except_the_deductible() -> None:
    first = answer()
    second = pay_second(first.claim, SILVERBIRCH, first, control_number="N2", received_on=DAY)
    deductible_cents = sum(one.cents for one in first.all_adjustments() if one.reason == "1")
    assert second.paid_cents == first.patient_cents - deductible_cents
    assert second.charge_cents == first.charge_cents


def test_a_payment_is_never_negative_what_is_missing_is_carried_forward_and_taken_next_time() -> None:
    taken = reverse(answer())
    payment, left = settle(LARKMOOR, HARROWGATE, DAY, "T1", [taken], [], None)
    assert payment.paid_cents == 0
    assert payment.money == (Money("FB", "T1", taken.paid_cents),)
    assert left == Balance("T1", -taken.paid_cents)
    later, nothing = settle(LARKMOOR, HARROWGATE, DAY, "T2", [answer(), answer(4)], [], left)
    assert later.paid_cents == answer().paid_cents + answer(4).paid_cents + taken.paid_cents
    assert nothing is None


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_fate_begins_by_sending_the_claim_or_says_that_another_system_did(name: str) -> None:
    course = Course(answer().claim, DAY, Calendar(DAY), Random(1))
    BY_NAME[name](course)
    sent = [event for event in course.events if isinstance(event.payload, Sending)]
    assert bool(sent) == (name not in {"billed_elsewhere", "miskeyed", "reversed_unseen"})
    assert all(event.day >= DAY for event in course.events)


def test_every_payer_that_is_billed_first_has_habits_and_reasons() -> None:
    first = set(PAYERS) - {SILVERBIRCH}
    assert set(FATES) == set(WHOLE) == set(PART) == first
    assert {name for weights in FATES.values() for name in weights} == set(BY_NAME)
