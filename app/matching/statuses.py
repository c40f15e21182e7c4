"""Loads a 277CA (accepted or rejected), a 277 (where does it stand) or a 277 RFAI (send us something).

A status moves the claim's state and the date of the next look, and brings the payer's number for the claim and the
proof of timely filing. It never moves money, and never overwrites what an 835 decided (fact book 277.md §6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Any

from app.claims.directory import Directory
from app.claims.numbering import Numbers
from app.claims.people import Cover, People
from app.claims.register import KnownClaim, Register
from app.claims.tables import Claim, EventKind, KnownFrom, Patient
from app.claims.timeline import Place, Timeline
from app.core.bulk import insert_many, table_of
from app.intake.loading_contract import LoadContext, SetOutcome
from app.intake.tables import SetState
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry
from app.matching import inquiry_refusals
from app.matching.acknowledged import answer, words_of_waiting
from app.matching.acknowledgments import kept
from app.matching.answers import Numbering
from app.matching.ladder import Described, Ladder, Match
from app.matching.repeats import repeat_of
from app.matching.second_look import SecondLook
from app.matching.standing import Said, apply_status
from app.matching.status_words import (
    category_of,
    charge_of,
    composite,
    deciding_status,
    described,
    due_of,
    further_codes,
    is_not_found,
    is_payer,
    person_of,
    sentence,
)
from app.matching.statuses_again import settle_sendings
from app.matching.tables import Acknowledgment, StatusEvent
from edi.parts import Name
from edi.values import SetEnd
from edi.x277 import model as x277

BATCH = 500
MOST_TOUCHED = 20_000  # claims named for re-ranking: so many already mean that everything is ranked anew
EVENT_COLUMNS = tuple(column.name for column in table_of(StatusEvent).c if column.name != "id")


class StatusLoader:
    """`SetLoader` for the 277 family."""

    def __init__(self, context: LoadContext) -> None:
        self._context = context
        self._connection = context.session.connection()
        self._directory = Directory(self._connection, context.now)
        self._claims = Numbers(self._connection, Claim)
        self._patients = Numbers(self._connection, Patient)
        self._entries = Numbers(self._connection, JournalEntry)
        self._report: x277.StatusReport | None = None
        self._batch: list[x277.ClaimStatus] = []
        self._totals: list[x277.StatusTotals] = []
        self._whole: list[Acknowledgment] = []  # batches of ours that were refused whole
        self._count = 0
        self._practices: set[int] = set()
        self._touched: set[int] = set()

    def take(self, value: Any) -> None:
        if not self._context.posting:
            return
        if isinstance(value, x277.ClaimStatus):
            self._count += 1
            self._batch.append(value)
            if len(self._batch) >= BATCH:
                self._work()
        elif isinstance(value, x277.StatusReport):
            self._report = value
        elif isinstance(value, x277.StatusTotals):
            self._totals.append(value)

    def end(self, end: SetEnd) -> SetOutcome:
        if self._context.verdict is not None:
            return self._context.verdict
        repeated = repeat_of(self._connection, self._context, end)
        if repeated is not None:
            return repeated
        self._work()
        receiver = next((each.trace for each in self._totals if each.level == "receiver"), "")
        refused = []
        for totals in self._totals:
            self._whole_batch(totals)
            refused.append(inquiry_refusals.of_totals(self._context, self._report, totals, receiver))
        inquiry_refusals.keep(self._context, [row for row in refused if row is not None])
        self._answer_batches()
        return SetOutcome(
            SetState.LOADED,
            reason=words_of_waiting(self._whole),
            practice_id=next(iter(self._practices)) if len(self._practices) == 1 else None,
            claims=self._count,
            touched_claim_ids=tuple(islice(self._touched, MOST_TOUCHED)),
        )

    def _work(self) -> None:
        by_practice: dict[int | None, list[x277.ClaimStatus]] = {}
        for status in self._batch:
            by_practice.setdefault(self._practice(status.provider), []).append(status)
        for practice_id, statuses in by_practice.items():
            if practice_id is None:
                rows = [self._event_row(status, None, Match(None)) for status in statuses]
                insert_many(self._connection, StatusEvent, EVENT_COLUMNS, rows)
            else:
                self._practices.add(practice_id)
                self._work_practice(practice_id, statuses)
        self._batch.clear()

    def _practice(self, provider: Name | None) -> int | None:
        if provider is None or not provider.id:
            return None
        if provider.id_qualifier == "XX":
            return self._directory.practice(npi=provider.id, name=provider.last)
        return self._directory.practice(tax_id=provider.id, name=provider.last)

    def _work_practice(self, practice_id: int, statuses: Sequence[x277.ClaimStatus]) -> None:
        context = self._context
        register = Register(self._connection, practice_id, context.now, self._claims)
        people = People(self._connection, practice_id, self._patients)
        journal = Journal(self._connection, context.now, self._entries)
        timeline = Timeline(self._connection, context.now)
        payer = self._payer(statuses[0])
        ladder = Ladder(register, payer.id)
        facts = [described(status) for status in statuses]
        ladder.load(facts)
        people.load(person_of(status) for status in statuses)
        rows = []
        heard: set[int] = set()
        made: set[int] = set()
        learned: set[str] = set()
        for status, fact in zip(statuses, facts, strict=True):
            match = ladder.match(fact)
            if match.resembles_nothing and fact.key and not is_not_found(status):
                match = Match(
                    self._create(status, fact, register, people, journal), "created", "no claim resembles it"
                )
                made.add(match.claim.id if match.claim else 0)
            rows.append(self._event_row(status, practice_id, match))
            if match.claim is not None:
                self._apply(match.claim, status, register, timeline)
                self._touched.add(match.claim.id)
                learned.update(fact.payer_numbers)
                if status.kind == "277CA" and (status.is_rejected or status.is_accepted):
                    heard.add(match.claim.id)
        people.flush(covers_are_billed=False)
        register.flush()
        register.flush_numbers()
        insert_many(self._connection, StatusEvent, EVENT_COLUMNS, rows)
        journal.flush()
        timeline.flush()
        settle_sendings(self._connection, heard)
        look = SecondLook(context.session, practice_id, context.now, Numbering(self._connection))
        self._touched |= look.look(made, learned, are_sent=False)

    def _payer(self, status: x277.ClaimStatus) -> Any:
        """Who is speaking: the payer. A clearinghouse (AY) speaks for payers that it does not name, and is none."""
        source = status.source
        if source is None or not is_payer(status):
            return self._directory.unnamed_payer()
        is_plan = source.id_qualifier == "XV"
        return self._directory.payer(
            codes=() if is_plan or not source.id else (source.id,),
            plan_id=source.id if is_plan else "",
            name=source.last,
        )

    def _create(
        self, status: x277.ClaimStatus, fact: Described, register: Register, people: People, journal: Journal
    ) -> KnownClaim:
        """A claim nobody told us of: known from this status until an 835 or 837 says more."""
        payer = self._payer(status)
        patient_id = people.patient(person_of(status))
        member = fact.member_ids[0] if fact.member_ids else ""
        people.cover(patient_id, Cover(payer.id, member, 1))
        claim = register.create(
            patient_id=patient_id,
            patient_name_key=fact.name_key,
            payer_id=payer.id,
            number=status.patient_control_number.strip(),
            key=fact.key,
            known_from=KnownFrom.STATUS,
            charge_cents=fact.charge_cents,
            member_id=member,
            first_service=status.first_service,
            last_service=status.last_service,
            billing_npi=status.provider.id if status.provider and status.provider.id_qualifier == "XX" else "",
        )
        journal.start_balance(claim.id, claim.practice_id)
        cause = Cause(CauseKind.STATUS, claim.id, self._context.file_id, status.segment)
        legs = [
            Leg(Account.INSURANCE_AR, fact.charge_cents, claim.id),
            Leg(Account.CHARGES, -fact.charge_cents, claim.id),
        ]
        on = status.first_service or self._day(status)
        journal.post(claim.practice_id, EntryKind.CHARGE, on, cause, legs, memo="known from a claim status")
        return claim

    def _apply(self, claim: KnownClaim, status: x277.ClaimStatus, register: Register, timeline: Timeline) -> None:
        """State, dates, proof, number and one line on the timeline."""
        on = self._day(status)
        from_payer = is_payer(status)
        if status.payer_claim_control_number and from_payer:
            register.learn_number(claim, claim.payer_id, status.payer_claim_control_number, on, status.kind)
        said = Said(on, category_of(status), status.is_rejected, status.is_accepted, from_payer)
        apply_status(claim, said, self._directory.payer_by_id(claim.payer_id).kind)
        event = EventKind.STATUS
        if status.is_rejected:
            event = EventKind.REJECTED
        elif status.kind == "277CA":
            event = EventKind.ACKNOWLEDGED
        place = Place(
            *(self._context.file_id, status.segment, status.last_segment, status.start_offset, status.end_offset)
        )
        timeline.add(claim.practice_id, claim.id, event, on, sentence(status), place=place)

    def _day(self, status: x277.ClaimStatus) -> date:
        days = [information.effective for information in status.statuses if information.effective]
        return max(days, default=self._day_of_report())

    def _day_of_report(self) -> date:
        return (self._report.created if self._report else None) or self._context.now.date()

    def _event_row(self, status: x277.ClaimStatus, practice_id: int | None, match: Match) -> tuple[Any, ...]:
        """The STC that decides, with what only another STC says."""
        deciding, fact = deciding_status(status), described(status)
        codes = deciding.codes if deciding else ()
        first = codes[0] if codes else x277.StatusCode("", "", "", "")
        values = {
            "practice_id": practice_id,
            "claim_id": match.claim.id if match.claim else None,
            "loaded_set_id": self._context.loaded_set_id,
            "file_id": self._context.file_id,
            "kind": status.kind,
            "category": first.category,
            "status": first.status,
            "entity": first.entity,
            "further": " ".join(composite(code) for code in further_codes(status, deciding)),
            "action": deciding.action if deciding else "",
            "text": " ".join(item.text for item in status.statuses if item.text),
            "effective": deciding.effective if deciding else None,
            "due_on": due_of(status),
            "charge_cents": charge_of(status),
            "paid_cents": next((i.paid_cents for i in status.statuses if i.paid_cents is not None), None),
            "trace": next((i.trace for i in status.statuses if i.trace), ""),
            "inquiry_trace": status.trace if status.kind == "277" else "",
            "patient_control_number": status.patient_control_number,
            "payer_control_number": status.payer_claim_control_number,
            "name_key": fact.name_key,
            "member_ids": " ".join(fact.member_ids),
            "first_service": status.first_service,
            "source_name": status.source.last if status.source else "",
            "source_is_payer": is_payer(status),
            "is_rejected": status.is_rejected,
            "is_accepted": status.is_accepted,
            "match_rule": match.rule,
            "received_at": self._context.now,
            "segment": status.segment,
            "last_segment": status.last_segment,
            "start_offset": status.start_offset,
            "end_offset": status.end_offset,
        }
        return tuple(values[name] for name in EVENT_COLUMNS)

    def _whole_batch(self, totals: x277.StatusTotals) -> None:
        """A receiver-level rejection without claims below it rejects every claim of that batch of ours."""
        is_rejection = any(item.action == "U" for item in totals.statuses)
        if totals.level != "receiver" or not totals.trace or not is_rejection or self._count:
            return
        text = " ".join(item.text for item in totals.statuses if item.text)
        self._whole.append(
            kept(
                self._context,
                kind="277CA",
                batch_reference=totals.trace,
                is_rejected=True,
                words=f"the whole batch was rejected. {text}".strip(),
                said_on=next((item.effective for item in totals.statuses if item.effective), self._day_of_report()),
                segment=totals.segment,
                last_segment=totals.segment,
            )
        )

    def _answer_batches(self) -> None:
        session = self._context.session
        session.add_all(self._whole)
        session.flush()
        self._touched |= answer(session, self._whole, self._context.now)
