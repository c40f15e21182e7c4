"""Day by day: claims are made on the day they are sent, and every event goes into the file of its day.

Only claims in flight are held: an event that has been written is forgotten, so memory follows the number of claims
waiting for an answer, not the number ever made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from edi.writing import OutgoingSet
from samples.generator import wire_277, wire_835, wire_837, wire_999
from samples.generator.answers import Answer
from samples.generator.calendar import Calendar, business_days_after
from samples.generator.cast import PAYERS, PRACTICES, STREAMS, Payer, Practice, Stream
from samples.generator.claims import CLAIMS_PER_PATIENT, make_claim
from samples.generator.course import Acknowledgment, Course, Event, Money, Sending, Slot, StatusReply
from samples.generator.fates import BY_NAME, choose_fate
from samples.generator.mailbox import Mailbox

FEWEST_PATIENTS = 40  # per practice
RESENT_EVERY = 60  # every so many 835s the clearinghouse delivers one twice, under another envelope
ORDER = ("837", "999", "277CA", "277", "835")  # files of one day
ACKNOWLEDGED_999 = 1  # business days

Payload = (
    Sending | Acknowledgment | StatusReply | Answer | Money | tuple[int, str, tuple[tuple[str, int] | None, ...]]
)
PRACTICE_BY_CODE = {one.code: one for one in PRACTICES}
PAYER_BY_CODE = {one.code: one for one in PAYERS}
STREAM_BY_CODE = {one.code: one for one in STREAMS}
T = TypeVar("T")


@dataclass
class Summary:
    """What a run made: claims by fate and by payer, files by kind."""

    claims: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    payers: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    bytes_written: int = 0


class Simulation:
    def __init__(self, folder: Path, *, claims: int, end: date, seed: int) -> None:
        self.seed = seed
        self.calendar = Calendar(end)
        self.mailbox = Mailbox(folder)
        self.claims = claims
        self.patients = max(FEWEST_PATIENTS, int(claims / CLAIMS_PER_PATIENT / len(PRACTICES)))
        self.agenda: dict[date, dict[Slot, list[Payload]]] = defaultdict(lambda: defaultdict(list))
        self.balances: dict[tuple[str, str], wire_835.Balance] = {}
        self.summary = Summary()

    def run(self) -> Summary:
        per_batch = self.calendar.claims_by_batch(self.claims)
        day = self.calendar.start
        while day <= self.calendar.end:
            for _ in range(per_batch.get(day, 0)):
                self.begin(day)
            self.write_day(day)
            day += timedelta(days=1)
        self.summary.files = self.mailbox.files
        self.summary.bytes_written = self.mailbox.bytes_written
        return self.summary

    def begin(self, day: date) -> None:
        """A new claim, with all that will happen to it."""
        self.summary.claims += 1
        serial = self.summary.claims
        random = Random(f"{self.seed}/claim/{serial}")
        stream = random.choices(STREAMS, [one.share for one in STREAMS])[0]
        claim = make_claim(self.seed, serial, stream, day, self.patients, random)
        fate = choose_fate(claim.payer, random, has_supplement=claim.supplement is not None)
        course = Course(claim, day, self.calendar, random)
        BY_NAME[fate](course)
        self.summary.fates[fate] += 1
        self.summary.payers[claim.payer.short] += 1
        for event in course.events:
            self.note(event)

    def note(self, event: Event) -> None:
        if event.day <= self.calendar.end:
            self.agenda[event.day][event.slot].append(event.payload)

    def write_day(self, day: date) -> None:
        """All files of the day, in the order in which they belong together."""
        slots = self.agenda.pop(day, {})
        for slot in sorted(slots, key=lambda one: (ORDER.index(one.kind), one)):
            payloads = slots[slot]
            practice = PRACTICE_BY_CODE[slot.practice_code]
            if slot.kind == "837":
                self.write_batch(day, STREAM_BY_CODE[slot.party], only(Sending, payloads))
            elif slot.kind == "999":
                self.write_999(day, STREAM_BY_CODE[slot.party], payloads)
            elif slot.kind == "277CA":
                self.write_acknowledgments(day, STREAM_BY_CODE[slot.party], only(Acknowledgment, payloads))
            elif slot.kind == "277":
                self.write_status(day, practice, PAYER_BY_CODE[slot.party], only(StatusReply, payloads))
            else:
                self.write_payment(day, practice, PAYER_BY_CODE[slot.party], payloads)

    def write_batch(self, day: date, stream: Stream, sendings: list[Sending]) -> None:
        """The 837: good claims in one set, each broken one in a set of its own; its 999 is due a day later."""
        version = wire_837.VERSIONS[stream.kind]
        reference = wire_837.batch_reference(stream, day)
        good = [one for one in sendings if not one.is_broken]
        broken = [one for one in sendings if one.is_broken]
        faults: list[tuple[str, int] | None] = [None] if good else []
        sets = [OutgoingSet("837", wire_837.segments(stream, day, reference, good), version)] if good else []
        for number, one in enumerate(broken, start=1):
            made = list(wire_837.segments(stream, day, f"{reference}X{number}", [one]))
            place = next(place for place, segment in enumerate(made, start=2) if segment[0] == "SBR")
            faults.append((one.claim.control_number, place))
            sets.append(OutgoingSet("837", made, version))
        number = self.mailbox.put(
            f"837{stream.kind.lower()}", day, stream.practice, "CLAIMS", "HC", version, sets, is_ours=True
        )
        slot = Slot("999", stream.practice.code, stream.code)
        due = business_days_after(day, ACKNOWLEDGED_999)
        if due <= self.calendar.end:
            self.agenda[due][slot].append((number, version, tuple(faults)))

    def write_999(self, day: date, stream: Stream, payloads: list[Payload]) -> None:
        for group_number, version, faults in only(tuple, payloads):
            sets = [OutgoingSet("999", wire_999.segments(group_number, version, faults), wire_999.VERSION)]
            self.mailbox.put("999", day, stream.practice, "WRENFIELD", "FA", wire_999.VERSION, sets)

    def write_acknowledgments(self, day: date, stream: Stream, members: list[Acknowledgment]) -> None:
        """One set per batch and answering party."""
        groups: dict[tuple[date, str], list[Acknowledgment]] = defaultdict(list)
        for one in members:
            groups[one.batch_day, "" if one.is_clearinghouse else one.payer.code].append(one)
        sets = []
        for number, (batch_day, payer_code) in enumerate(sorted(groups), start=1):
            mine = groups[batch_day, payer_code]
            payer = PAYER_BY_CODE.get(payer_code)
            reference = f"CA{day:%Y%m%d}{stream.code}{number:02d}"
            batch = wire_837.batch_reference(stream, batch_day)
            body = wire_277.acknowledgment(stream.practice, payer, day, reference, batch, mine)
            sets.append(OutgoingSet("277", body, wire_277.ACKNOWLEDGMENT_VERSION))
        self.mailbox.put("277ca", day, stream.practice, "WRENFIELD", "HN", wire_277.ACKNOWLEDGMENT_VERSION, sets)

    def write_status(self, day: date, practice: Practice, payer: Payer, members: list[StatusReply]) -> None:
        reference = f"ST{day:%Y%m%d}{practice.letter}"
        body = wire_277.status(practice, payer, day, reference, members)
        sets = [OutgoingSet("277", body, wire_277.STATUS_VERSION)]
        self.mailbox.put("277", day, practice, payer.short, "HN", wire_277.STATUS_VERSION, sets)

    def write_payment(self, day: date, practice: Practice, payer: Payer, payloads: list[Payload]) -> None:
        """The 835, which takes what an earlier payment left owing, and may leave something itself."""
        key = (practice.code, payer.code)
        trace = f"{payer.control_prefix}{'CHK' if payer.pays_by == 'CHK' else 'EFT'}{self.mailbox.next_number:08d}"
        payment, left = wire_835.settle(
            practice,
            payer,
            day,
            trace,
            only(Answer, payloads),
            only(Money, payloads),
            self.balances.pop(key, None),
        )
        if left is not None:
            self.balances[key] = left
        times = 1 if (self.mailbox.files["835"] + 1) % RESENT_EVERY else 2
        for _ in range(times):
            sets = [OutgoingSet("835", wire_835.segments(payment))]
            self.mailbox.put("835", day, practice, payer.short, "HP", wire_835.VERSION, sets)


def only(kind: type[T], payloads: list[Payload]) -> list[T]:
    """Those of one type; NamedTuples are tuples too, so the type must be exact."""
    return [one for one in payloads if type(one) is kind]


def generate(folder: Path, *, claims: int, end: date, seed: int) -> Summary:
    """Write a practice's files into `folder`."""
    return Simulation(folder, claims=claims, end=end, seed=seed).run()
