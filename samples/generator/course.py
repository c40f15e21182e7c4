"""The course of one claim: what is sent, acknowledged, asked and answered, and on which day.

A fate (see `fates`) tells a course what happens; the course finds the days and keeps the events. Events later than
the end of the simulation are dropped by it, which is how the newest claims come to be still waiting.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from samples.generator.answers import Answer, Reason, deny, pay
from samples.generator.calendar import Calendar, business_days_after
from samples.generator.cast import CALLOWAY, HARROWGATE, PINNARD, Payer
from samples.generator.claims import Claim

ACKNOWLEDGED_AFTER = 2  # business days from a batch to the payer's 277CA


class Sending(NamedTuple):
    """One claim in one 837 batch."""

    claim: Claim
    payer: Payer
    frequency: str = "1"
    original: str = ""  # REF*F8
    note: str = ""
    prior: Answer | None = None  # what the payer before decided, for a secondary claim
    paid_on: date | None = None  # when it did
    is_broken: bool = False  # its set holds an error that a 999 rejects


class Acknowledgment(NamedTuple):
    """One claim in a 277CA."""

    claim: Claim
    payer: Payer
    is_clearinghouse: bool
    category: str
    status: str
    entity: str
    action: str  # STC03
    effective: date
    batch_day: date
    control_number: str = ""
    text: str = ""


class StatusReply(NamedTuple):
    """One claim in a 277, in answer to an inquiry of ours."""

    claim: Claim
    payer: Payer
    category: str
    status: str
    entity: str
    effective: date
    asked: int  # how many times we have asked
    control_number: str = ""
    paid_cents: int | None = None
    paid_on: date | None = None
    trace: str = ""


class Money(NamedTuple):
    """A provider adjustment (PLB) for the payer's next payment."""

    reason: str
    reference: str
    cents: int


class Slot(NamedTuple):
    """Which file an event belongs to."""

    kind: str  # 837, 277CA, 277, 835
    practice_code: str
    party: str  # code of the stream or of the payer


class Event(NamedTuple):
    day: date
    slot: Slot
    payload: Sending | Acknowledgment | StatusReply | Answer | Money


class Course:
    def __init__(self, claim: Claim, sent_on: date, calendar: Calendar, random: Random) -> None:
        self.claim = claim
        self.payer = claim.payer
        self.calendar = calendar
        self.random = random
        self.sent_on = sent_on
        self.events: list[Event] = []
        self.numbers = 0
        self.received_on = business_days_after(sent_on, 1)
        self.inquiries = 0

    def number(self) -> str:
        """A new claim control number of the payer's."""
        self.numbers += 1
        day = self.sent_on + timedelta(days=self.numbers)
        return f"{self.payer.control_prefix}{day:%y%j}{self.claim.serial:06d}{self.numbers:02d}"

    # sending

    def send(self, not_before: date, payer: Payer | None = None, **what: object) -> date:
        """Put it in the next batch; the day it leaves."""
        day = self.calendar.batch_day(not_before)
        self.add(day, "837", self.claim.stream.code, Sending(self.claim, payer or self.payer, **what))  # type: ignore[arg-type]
        return day

    def submit(self) -> str:
        """Sent and accepted by the payer; its claim control number."""
        self.send(self.sent_on)
        return self.accept(self.sent_on)

    def accept(self, batch_day: date) -> str:
        number = self.number()
        effective = business_days_after(batch_day, 1)
        self.acknowledge(batch_day, effective, "A2", "20", "PR", "WQ", control_number=number)
        self.received_on = effective
        return number

    def hand_on(self, batch_day: date) -> None:
        """Only the clearinghouse says that it passed the claim on: weak proof, and no payer number."""
        self.acknowledge(batch_day, batch_day, "A0", "16", "PR", "WQ", is_clearinghouse=True)

    def acknowledge(
        self,
        batch_day: date,
        effective: date,
        category: str,
        status: str,
        entity: str,
        action: str,
        *,
        is_clearinghouse: bool = False,
        control_number: str = "",
        text: str = "",
    ) -> None:
        payload = Acknowledgment(
            self.claim,
            self.payer,
            is_clearinghouse,
            category,
            status,
            entity,
            action,
            effective,
            batch_day,
            control_number,
            text,
        )
        self.add(business_days_after(batch_day, ACKNOWLEDGED_AFTER), "277CA", self.claim.stream.code, payload)

    # asking

    def ask(self, after_days: int, category: str, status: str, entity: str = "", **what: object) -> date:
        """A status inquiry so many days after the claim was sent, and its answer."""
        day = business_days_after(self.sent_on + timedelta(days=after_days), 1)
        day += timedelta(days=(3 - day.weekday()) % 7)  # inquiries go out in one weekly run, answered on Thursdays
        self.inquiries += 1
        reply = StatusReply(self.claim, self.payer, category, status, entity, day, self.inquiries, **what)  # type: ignore[arg-type]
        self.add(day, "277", self.payer.code, reply)
        return day

    # answering

    def decided_on(self, from_day: date | None = None) -> date:
        """The payment day on which the payer's decision shows."""
        lag_days = self.random.randint(*self.payer.answer_days)
        return self.calendar.pay_day(self.payer, (from_day or self.received_on) + timedelta(days=lag_days))

    def pay_day(self, not_before: date) -> date:
        return self.calendar.pay_day(self.payer, not_before)

    def answer(self, day: date, answer: Answer) -> None:
        self.add(day, "835", answer.payer.code, answer)

    def owe(self, day: date, reason: str, reference: str, cents: int) -> None:
        """A PLB line: positive is taken from us."""
        self.add(day, "835", self.payer.code, Money(reason, reference, cents))

    def paid(self, number: str, *, allowed_percent: int = 100, all_to_patient: bool = False) -> Answer:
        return pay(
            self.claim,
            self.random,
            control_number=number,
            received_on=self.received_on,
            allowed_percent=allowed_percent,
            all_to_patient=all_to_patient,
        )

    def denied(self, number: str, reason: Reason, *, status: str = "1") -> Answer:
        return deny(self.claim, reason, control_number=number, received_on=self.received_on, status=status)

    def other_payer(self) -> Payer:
        """Somebody else that the payer says comes first."""
        return self.random.choice([one for one in (HARROWGATE, CALLOWAY, PINNARD) if one is not self.payer])

    def choose(self, table: tuple[tuple[int, Reason], ...]) -> Reason:
        return self.random.choices([reason for _, reason in table], [weight for weight, _ in table])[0]

    def add(
        self, day: date, kind: str, party: str, payload: Sending | Acknowledgment | StatusReply | Answer | Money
    ) -> None:
        self.events.append(Event(day, Slot(kind, self.claim.practice.code, party), payload))
