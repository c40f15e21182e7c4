"""Loads an 837: what we billed, to whom, and when.

A claim is charged once. Sent again it only gains a submission; a replacement (frequency 7) changes the charge by the
difference, a void (8) takes it off, a claim to the next payer (SBR01 S or T) moves on without a charge. A claim that
was known only from an answer is filled in from its first 837.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Any

from app.claims.collector import collector_held
from app.claims.directory import Directory, KnownPayer
from app.claims.identity import control_key, member_key, name_key, payer_rank
from app.claims.letterhead import learn_letterhead
from app.claims.numbering import Numbers
from app.claims.people import Cover, People, Person
from app.claims.register import KnownClaim, Register
from app.claims.tables import Claim, KnownFrom, Patient, Submission
from app.claims.timeline import Timeline
from app.core.bulk import insert_many, table_of
from app.intake.loading_contract import LoadContext, SetOutcome
from app.intake.tables import SetState
from app.ledger.journal import Journal
from app.ledger.tables import JournalEntry
from app.matching.acknowledged import answer, waiting_for
from app.matching.answers import Numbering
from app.matching.billing import Billed, Billing
from app.matching.repeats import repeat_of
from app.matching.responsibility import settle_responsibility
from app.matching.second_look import SecondLook
from app.matching.statuses_again import hear_again, settle_sendings
from app.matching.submitted_lines import SubmittedLines
from edi.values import SetEnd
from edi.x837 import model as x837

BATCH = 500
MOST_TOUCHED = 20_000  # claims named for re-ranking: so many already mean that everything is ranked anew
SUBMISSION_COLUMNS = tuple(column.name for column in table_of(Submission).c)


class SubmissionLoader:
    """`SetLoader` for an 837 of any kind."""

    def __init__(self, context: LoadContext) -> None:
        self._context = context
        self._connection = context.session.connection()
        self._directory = Directory(self._connection, context.now)
        self._claims = Numbers(self._connection, Claim)
        self._patients = Numbers(self._connection, Patient)
        self._submissions = Numbers(self._connection, Submission)
        self._entries = Numbers(self._connection, JournalEntry)
        self._batch: list[x837.SubmittedClaim] = []
        self._sent_on = context.now.date()
        self._count = 0
        self._practices: set[int] = set()
        self._headed: set[int] = set()  # practices whose letterhead this set has told
        self._touched: set[int] = set()
        self._references: set[str] = set()  # BHT03

    def take(self, value: Any) -> None:
        if not self._context.posting:
            return
        if isinstance(value, x837.SubmittedClaim):
            self._count += 1
            self._batch.append(value)
            if len(self._batch) >= BATCH:
                self._work()
        elif isinstance(value, x837.Submission):
            interchange = self._context.start.interchange
            self._sent_on = value.created or (interchange.sent_on if interchange else None) or self._sent_on

    def end(self, end: SetEnd) -> SetOutcome:
        if self._context.verdict is not None:
            return self._context.verdict
        repeated = repeat_of(self._connection, self._context, end)
        if repeated is not None:
            return repeated
        self._work()
        self._hear_acknowledgments()
        return SetOutcome(
            SetState.LOADED,
            practice_id=next(iter(self._practices)) if len(self._practices) == 1 else None,
            claims=self._count,
            touched_claim_ids=tuple(islice(self._touched, MOST_TOUCHED)),
        )

    def _hear_acknowledgments(self) -> None:
        """Those that came before this set, or that were taken for an older one under the same numbers."""
        context = self._context
        interchange, group = context.start.interchange, context.start.group
        waiting = waiting_for(
            context.session,
            group=group.control_number if group else "",
            interchange=interchange.control_number if interchange else "",
            batches=self._references - {""},
        )
        if waiting:
            self._touched |= answer(context.session, waiting, context.now, new_set_id=context.loaded_set_id)

    def _work(self) -> None:
        """Practice by practice: a batch may carry several."""
        by_practice: dict[int, list[x837.SubmittedClaim]] = {}
        for submitted in self._batch:
            by_practice.setdefault(self._practice(submitted), []).append(submitted)
        for practice_id, claims in by_practice.items():
            self._practices.add(practice_id)
            with collector_held():
                self._work_practice(practice_id, claims)
        self._batch.clear()

    def _practice(self, submitted: x837.SubmittedClaim) -> int:
        provider = submitted.billing_provider
        if provider is None:
            return self._directory.practice(name="")
        npi = provider.name.id if provider.name.id_qualifier == "XX" else ""
        name = " ".join(part for part in (provider.name.first, provider.name.last) if part)
        practice_id = self._directory.practice(npi=npi, tax_id=provider.tax_id, name=name)
        if practice_id not in self._headed:
            self._headed.add(practice_id)
            learn_letterhead(self._connection, practice_id, provider, submitted.pay_to, self._context.now)
        return practice_id

    def _work_practice(self, practice_id: int, claims: Sequence[x837.SubmittedClaim]) -> None:
        register = Register(self._connection, practice_id, self._context.now, self._claims)
        people = People(self._connection, practice_id, self._patients)
        journal = Journal(self._connection, self._context.now, self._entries)
        timeline = Timeline(self._connection, self._context.now)
        lines = SubmittedLines(self._connection)
        billing = Billing(journal, timeline, self._context.file_id)
        register.load_control_keys(control_key(item.patient_control_number) for item in claims)
        register.load_payer_numbers(item.reference("F8") for item in claims)
        people.load(person_of(item) for item in claims)
        journal.load_balances(register.by_id)
        lines.load(register.by_id)
        rows: list[tuple[Any, ...]] = []
        adopted: set[int] = set()  # claims known only from answers until now
        news: set[int] = set()  # claims that an answer may be about that could not be before
        late: dict[int, date] = {}  # claims of which something newer was said already: sent on
        later: set[int] = set()  # claims that went on to a second payer, now or before
        for submitted in claims:
            payer = self._payer(submitted)
            billed = Billed(
                submitted, payer, payer_rank(submitted.payer_order), self._sent_on, self._submissions.next()
            )
            claim, is_created = self._claim(register, people, billed)
            before = None if is_created else _known_by(claim)
            if not is_created and claim.last_answer_on is not None and claim.last_answer_on >= billed.sent_on:
                late[claim.id] = min(billed.sent_on, late.get(claim.id, billed.sent_on))
            if not is_created and not claim.submissions:
                adopted.add(claim.id)
            if is_created:
                journal.start_balance(claim.id, practice_id)
            self._cover(people, claim, billed)
            lines.keep(claim, submitted, is_newest=billing.is_newest(claim, billed))
            billing.bill(claim, billed, is_created=is_created)
            if _known_by(claim) != before or claim.id in adopted:
                news.add(claim.id)
            rows.append(self._submission_row(claim, billed))
            self._references.add(submitted.batch_reference)
            self._touched.add(claim.id)
            if billed.rank > 1 or claim.payer_rank > 1:
                later.add(claim.id)
        hear_again(self._connection, {number: register.by_id[number] for number in late}, late)
        people.flush(covers_are_billed=True)
        register.flush()
        lines.flush()
        insert_many(self._connection, Submission, SUBMISSION_COLUMNS, rows)
        journal.flush()
        timeline.flush()
        settle_responsibility(self._connection, journal, later, self._sent_on)
        settle_sendings(self._connection, adopted | set(late), afresh=True)
        look = SecondLook(self._context.session, practice_id, self._context.now, Numbering(self._connection))
        self._touched |= look.look(news, are_sent=True)

    def _payer(self, submitted: x837.SubmittedClaim) -> KnownPayer:
        if submitted.payer is None:
            return self._directory.payer(name="", filing=submitted.filing_indicator)
        name = submitted.payer.name
        is_plan = name.id_qualifier == "XV"
        return self._directory.payer(
            codes=() if is_plan else (name.id,),
            plan_id=name.id if is_plan else "",
            name=name.last,
            filing=submitted.filing_indicator,
        )

    def _claim(self, register: Register, people: People, billed: Billed) -> tuple[KnownClaim, bool]:
        """The claim this is another sending of, or a new one."""
        submitted = billed.submitted
        key = control_key(submitted.patient_control_number)
        known = _same_claim(register.with_key(key), billed) or _replaced(register, billed)
        person = person_of(submitted)
        patient_id = people.patient(person)
        if known is not None:
            if known.submissions == 0:
                known.patient_id, known.name_key = patient_id, name_key(person.last, person.first)
                known.is_changed = True
            return known, False
        made = register.create(
            patient_id=patient_id,
            patient_name_key=name_key(person.last, person.first),
            payer_id=billed.payer.id,
            number=submitted.patient_control_number.strip(),
            key=key,
            known_from=KnownFrom.SUBMISSION,
            payer_rank=billed.rank,
        )
        return made, True

    def _cover(self, people: People, claim: KnownClaim, billed: Billed) -> None:
        """The coverage billed, and those of the other payers that the claim names."""
        submitted = billed.submitted
        subscriber = submitted.subscriber
        if subscriber is not None:
            cover = Cover(
                *(billed.payer.id, subscriber.name.id, billed.rank, submitted.group_number),
                *(submitted.filing_indicator, subscriber.relationship),
            )
            people.cover(claim.patient_id, cover)
        for other in submitted.other_payers:
            if other.payer is None or other.insured is None:
                continue
            payer = self._directory.payer(
                codes=(other.payer.id,), name=other.payer.last, filing=other.filing_indicator
            )
            cover = Cover(
                *(payer.id, other.insured.name.id, payer_rank(other.order), other.group_number),
                *(other.filing_indicator, other.relationship),
            )
            people.cover(claim.patient_id, cover)

    def _submission_row(self, claim: KnownClaim, billed: Billed) -> tuple[Any, ...]:
        start, submitted = self._context.start, billed.submitted
        values = {
            "id": billed.submission_id,
            "practice_id": claim.practice_id,
            "claim_id": claim.id,
            "payer_id": billed.payer.id,
            "payer_rank": billed.rank,
            "patient_control_number": submitted.patient_control_number.strip(),
            "control_key": control_key(submitted.patient_control_number),
            "loaded_set_id": self._context.loaded_set_id,
            "file_id": self._context.file_id,
            "batch_reference": submitted.batch_reference,
            "interchange_control_number": start.interchange.control_number if start.interchange else "",
            "group_control_number": start.group.control_number if start.group else "",
            "set_control_number": start.control_number,
            "frequency": submitted.frequency,
            "sent_on": billed.sent_on,
            "charge_cents": submitted.charge_cents,
            "acknowledgment": "",
            "segment": submitted.segment,
            "last_segment": submitted.last_segment,
            "start_offset": submitted.start_offset,
            "end_offset": submitted.end_offset,
        }
        return tuple(values[name] for name in SUBMISSION_COLUMNS)


def person_of(submitted: x837.SubmittedClaim) -> Person:
    """The patient of a submitted claim, with the subscriber's member id."""
    insured = submitted.patient or submitted.subscriber
    if insured is None:
        return Person("", "")
    member = submitted.subscriber.name.id if submitted.subscriber else insured.name.id
    where = insured.address
    address = (
        (where.line1, where.line2, where.city, where.state, where.postal_code) if where else ("", "", "", "", "")
    )
    name = insured.name
    return Person(name.last, name.first, name.middle, insured.birth_date, insured.sex, member, address)


def _same_claim(candidates: Sequence[KnownClaim], billed: Billed) -> KnownClaim | None:
    """The same number is the same claim when patient and date agree too: some practices number by patient."""
    person = person_of(billed.submitted)
    key, member = name_key(person.last, person.first), member_key(person.member_id)
    same = [
        claim
        for claim in candidates
        if (claim.name_key == key or (member and claim.member_id == member))
        and (billed.changes_earlier or _same_date(claim.first_service, billed.submitted.first_date))
    ]
    return max(same, key=lambda claim: claim.id, default=None)


def _same_date(known: date | None, sent: date | None) -> bool:
    return known is None or sent is None or known == sent


def _known_by(claim: KnownClaim) -> tuple[object, ...]:
    """What an answer is held against."""
    return (claim.control_key, claim.member_id, claim.name_key, claim.first_service, claim.charge_cents)


def _replaced(register: Register, billed: Billed) -> KnownClaim | None:
    """A replacement or void under a new number names the payer's number of what it changes (REF*F8)."""
    if not billed.changes_earlier:
        return None
    named = register.with_payer_number(billed.submitted.reference("F8"))
    return named[0] if len(named) == 1 else None
