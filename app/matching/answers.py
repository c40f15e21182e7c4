"""A batch of claim payments: matched, posted, and kept.

The batch asks its queries once, then works its answers in file order in memory, each seeing what those before it did
(a reversal and its correction stand side by side), and writes everything with one statement a table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from app.claims.directory import KnownPayer
from app.claims.numbering import Numbers
from app.claims.people import Cover, People, Person
from app.claims.register import KnownClaim, Register
from app.claims.tables import Claim, ClaimLine, EventKind, KnownFrom, Patient
from app.claims.timeline import Place, Timeline
from app.core.bulk import insert_many, table_of
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry
from app.matching.denials import Denials
from app.matching.ladder import Described, Ladder, Match, described, payer_numbers
from app.matching.lines import KnownLine, match_lines
from app.matching.outcomes import FORWARDING_STATUS, apply_answer, event_kind, sentence, take_back_state
from app.matching.posting import RANK_OF_STATUS, answer_legs, unmatched_legs
from app.matching.responsibility import settle_responsibility
from app.matching.reversals import REVERSAL_STATUS, Answer, Reversals, opposite_legs
from app.matching.rows import AnswerRows, fingerprint, member_id, service_dates
from app.matching.tables import ClaimPayment, PaymentState, ServicePayment
from edi.x835 import model as x835
from edi.x835.model import Classification

KEYS_PER_QUERY = 500
LINE_COLUMNS = (
    *(
        "id",
        "claim_id",
        "number",
        "control_number",
        "procedure",
        "modifiers",
        "revenue_code",
        "units",
        "charge_cents",
    ),
    *("first_service", "last_service", "place_of_service", "pointers"),
)
claim_payment = table_of(ClaimPayment)
claim_line = table_of(ClaimLine)


class Header(NamedTuple):
    """What the remittance says to all its claims."""

    practice_id: int
    payer: KnownPayer
    remittance_id: int
    file_id: int
    trace: str
    on: date  # the decision: payment date, else production date, else the day we heard
    npi: str  # of the payee, "" when it is not named by one


class Numbering:
    """Row numbers for one transaction, shared by its batches."""

    def __init__(self, connection: Connection) -> None:
        self.claims = Numbers(connection, Claim)
        self.lines = Numbers(connection, ClaimLine)
        self.patients = Numbers(connection, Patient)
        self.entries = Numbers(connection, JournalEntry)
        self.payments = Numbers(connection, ClaimPayment)
        self.services = Numbers(connection, ServicePayment)


class AnswerBatch:
    """Works one batch; made anew for each, so that memory stays flat."""

    def __init__(self, connection: Connection, header: Header, now: datetime, numbering: Numbering) -> None:
        self._connection = connection
        self._header = header
        self._numbering = numbering
        self._register = Register(connection, header.practice_id, now, numbering.claims)
        self._ladder = Ladder(self._register, header.payer.id)
        self._people = People(connection, header.practice_id, numbering.patients)
        self._journal = Journal(connection, now, numbering.entries)
        self._reversals = Reversals(connection, header.practice_id)
        self._denials = Denials(connection)
        self._timeline = Timeline(connection, now)
        self._rows = AnswerRows(connection, numbering.services)
        self._lines: dict[int, list[KnownLine]] = defaultdict(list)
        self._new_lines: list[tuple[object, ...]] = []
        self._changes: dict[int, dict[str, object]] = {}  # of claim payments that were on the books before
        self._several_payers: set[int] = set()  # claims that more than one payer is asked about
        self.touched: set[int] = set()

    def post(self, answers: Sequence[x835.ClaimPayment]) -> None:
        """Match and post them, in order."""
        facts = self._load(answers)
        for answer, fact in zip(answers, facts, strict=True):
            self._post_one(answer, fact)
        self._flush()

    def keep(self, answers: Sequence[x835.ClaimPayment], note: str) -> None:
        """Keep what was said without posting: matched where that is certain, nothing created, no money moved."""
        facts = self._load(answers)
        for answer, fact in zip(answers, facts, strict=True):
            match = self._ladder.match(fact)
            number = self._numbering.payments.next()
            self._keep_row(number, answer, match, PaymentState.HELD, note=note)
        self._rows.flush()

    # -- one answer ----------------------------------------------------------------------------------------------

    def _post_one(self, answer: x835.ClaimPayment, fact: Described) -> None:
        number = self._numbering.payments.next()
        mark = fingerprint(answer)
        repeated = [known for known in self._reversals.repeats(mark) if known.trace == self._header.trace]
        match = self._ladder.match(fact)
        if repeated and answer.status != REVERSAL_STATUS:
            note = "The same answer was posted before under this payment; its money, if any, is in unapplied cash."
            self._set_aside(number, answer, match, PaymentState.DUPLICATE, mark, note)
        elif answer.classification is Classification.PREDETERMINATION:
            note = "A predetermination: a price in advance, nothing to post."
            self._set_aside(number, answer, match, PaymentState.INFORMATION, mark, note)
        elif answer.classification is Classification.REVERSAL:
            self._reverse(number, answer, match, mark)
        else:
            if match.resembles_nothing and fact.key:
                match = Match(self._create(answer, fact), "created", "no claim of this practice resembles it")
            if match.claim is None:
                self._set_aside(number, answer, match, PaymentState.UNMATCHED, mark, _why_unmatched(match, fact))
            else:
                self._post_to(number, answer, match, match.claim, mark)

    def _post_to(self, number: int, answer: x835.ClaimPayment, match: Match, claim: KnownClaim, mark: str) -> None:
        """The plain case: a decision about a claim of ours."""
        header = self._header
        rank = RANK_OF_STATUS.get(answer.status, claim.payer_rank)
        line_ids = match_lines(answer.lines, self._lines.get(claim.id, ()))
        posted = answer_legs(
            answer,
            claim.id,
            line_ids,
            header.remittance_id,
            is_capitated=header.payer.is_capitated,
            open_cents=self._journal.balance(claim.id).open_cents,
            primary_has_answered=self._reversals.has_answered(claim.id, 1),
        )
        cause = Cause(CauseKind.CLAIM_PAYMENT, number, header.file_id, answer.segment)
        self._journal.post(header.practice_id, EntryKind.CLAIM_PAYMENT, header.on, cause, posted.legs)
        is_information = answer.classification is Classification.FORWARDED
        self._keep_row(
            number,
            answer,
            match,
            PaymentState.INFORMATION if is_information else PaymentState.POSTED,
            mark,
            line_ids=line_ids,
            payer_rank=rank,
            held_cents=posted.held_cents,
            note="A later payer wrote off more than is open; that write-off is held." if posted.held else "",
        )
        refusal = self._denials.answered(
            answer,
            practice_id=header.practice_id,
            claim_id=claim.id,
            claim_payment_id=number,
            remittance_id=header.remittance_id,
            payer_rank=rank,
            on=header.on,
        )
        self._tell(claim, answer, rank, event_kind(answer), sentence(answer, header.payer.name, refusal))
        known = self._on_the_books(number, answer, claim.id, PaymentState.POSTED, mark, rank)
        waiting = self._reversals.waiting_for(known)
        if waiting is not None:
            self._take_back(waiting, known, claim, cash=Account.UNAPPLIED_CASH)
            if claim.state_on is None or waiting.event_date > claim.state_on:
                take_back_state(claim, waiting.event_date)

    def _reverse(self, number: int, answer: x835.ClaimPayment, match: Match, mark: str) -> None:
        """CLP02 22: the opposite of what is on the books, or wait for it."""
        claim_id = match.claim.id if match.claim else None
        reversal = self._on_the_books(number, answer, claim_id, PaymentState.UNMATCHED, mark, 0)
        original, note = self._reversals.original(reversal)
        claim = self._claim_of(original) if original is not None else None
        if original is None or claim is None:
            self._set_aside(number, answer, match, PaymentState.UNMATCHED, mark, note)
            return
        line_ids = match_lines(answer.lines, self._lines.get(claim.id, ()))
        found = Match(claim, "reversal", f"takes back the answer of {original.event_date:%Y-%m-%d}, amounts opposite")
        self._keep_row(number, answer, found, PaymentState.POSTED, mark, line_ids=line_ids)
        self._take_back(reversal, original, claim, cash=Account.REMITTANCE_CLEARING)
        self._tell(
            claim, answer, original.payer_rank, EventKind.REVERSED, sentence(answer, self._header.payer.name, None)
        )

    def _take_back(self, reversal: Answer, original: Answer, claim: KnownClaim, *, cash: Account) -> None:
        """Post the opposite of the original's legs, under the reversal's own remittance."""
        legs = self._journal.legs_of(CauseKind.CLAIM_PAYMENT, (original.id,))[original.id]
        kind = EntryKind.REVERSAL if cash is Account.REMITTANCE_CLEARING else EntryKind.APPLY
        self._journal.post(
            self._header.practice_id,
            kind,
            reversal.event_date,
            Cause(CauseKind.CLAIM_PAYMENT, reversal.id, reversal.file_id, reversal.segment),
            opposite_legs(legs, claim.id, reversal.remittance_id, cash=cash),
            memo=f"takes back claim payment {original.id}",
        )
        self._denials.reversed(claim.id, original.id, reversal.event_date)
        reversal.state, reversal.claim_id, reversal.payer_rank = PaymentState.POSTED, claim.id, original.payer_rank
        original.reversed_by_id = reversal.id
        self._change(original.id, reversed_by_id=reversal.id, held_cents=0)
        self._change(
            reversal.id,
            state=PaymentState.POSTED.value,
            claim_id=claim.id,
            reverses_id=original.id,
            payer_rank=original.payer_rank,
            note="",
        )

    def _set_aside(
        self, number: int, answer: x835.ClaimPayment, match: Match, state: PaymentState, mark: str, note: str
    ) -> None:
        """Nothing posts to a claim; money, if any, waits in unapplied cash."""
        header = self._header
        self._keep_row(number, answer, match, state, mark, note=note)
        cause = Cause(CauseKind.CLAIM_PAYMENT, number, header.file_id, answer.segment)
        legs = unmatched_legs(answer.paid_cents, header.remittance_id, answer.segment)
        self._journal.post(header.practice_id, EntryKind.UNMATCHED_PAYMENT, header.on, cause, legs, memo=note)

    # -- creating ------------------------------------------------------------------------------------------------

    def _create(self, answer: x835.ClaimPayment, fact: Described) -> KnownClaim:
        """A claim nobody told us of: it becomes known from this answer, with its lines."""
        header = self._header
        person = _person(answer)
        patient_id = self._people.patient(person)
        rank = RANK_OF_STATUS.get(answer.status, 1)
        self._people.cover(patient_id, Cover(header.payer.id, person.member_id, rank, "", answer.filing_indicator))
        first, last = service_dates(answer)
        rendering = answer.name("82")
        claim = self._register.create(
            patient_id=patient_id,
            patient_name_key=fact.name_key,
            payer_id=header.payer.id,
            number=answer.patient_control_number.strip(),
            key=fact.key,
            known_from=KnownFrom.REMITTANCE,
            charge_cents=fact.charge_cents,
            member_id=member_id(answer),
            payer_rank=rank,
            first_service=first,
            last_service=last,
            facility_code=answer.facility_code,
            frequency=answer.frequency,
            filing_indicator=answer.filing_indicator,
            billing_npi=header.npi,
            rendering_npi=rendering.id if rendering else "",
            rendering_name=rendering.last if rendering else "",
            authorization=answer.reference("G1"),
        )
        self._journal.start_balance(claim.id, header.practice_id)
        self._charge(claim, fact.charge_cents, answer)
        self._create_lines(claim, answer)
        return claim

    def _charge(self, claim: KnownClaim, cents: int, answer: x835.ClaimPayment) -> None:
        legs = [Leg(Account.INSURANCE_AR, cents, claim.id), Leg(Account.CHARGES, -cents, claim.id)]
        cause = Cause(CauseKind.CLAIM, claim.id, self._header.file_id, answer.segment)
        on = claim.first_service or self._header.on
        self._journal.post(claim.practice_id, EntryKind.CHARGE, on, cause, legs, memo="known from the remittance")

    def _create_lines(self, claim: KnownClaim, answer: x835.ClaimPayment) -> None:
        for position, line in enumerate(answer.lines, start=1):
            billed = line.original_procedure or line.procedure
            made = KnownLine(
                self._numbering.lines.next(),
                line.line_control_number,
                billed.code,
                ":".join(billed.modifiers),
                line.revenue_code,
                str(line.units),
                line.charge_cents,
                line.first_date,
            )
            self._lines[claim.id].append(made)
            self._new_lines.append(
                (
                    *(made.id, claim.id, position, made.control_number, made.procedure, made.modifiers),
                    *(made.revenue_code, made.units, made.charge_cents, made.first_service, line.last_date, "", ""),
                )
            )

    # -- keeping -------------------------------------------------------------------------------------------------

    def _keep_row(
        self,
        number: int,
        answer: x835.ClaimPayment,
        match: Match,
        state: PaymentState,
        mark: str = "",
        *,
        line_ids: Sequence[int | None] | None = None,
        payer_rank: int = 0,
        held_cents: int = 0,
        note: str = "",
    ) -> None:
        self._rows.add(
            number,
            answer,
            line_ids if line_ids is not None else [None] * len(answer.lines),
            practice_id=self._header.practice_id,
            remittance_id=self._header.remittance_id,
            claim_id=match.claim.id if match.claim else None,
            state=state.value,
            match_rule=match.rule,
            match_evidence=match.evidence,
            payer_rank=payer_rank or RANK_OF_STATUS.get(answer.status, 0),
            held_cents=held_cents,
            note=note,
            fingerprint=mark or fingerprint(answer),
        )

    def _tell(self, claim: KnownClaim, answer: x835.ClaimPayment, rank: int, kind: EventKind, words: str) -> None:
        """Move the claim and write its timeline."""
        header = self._header
        if rank > 1 or claim.payer_rank > 1 or answer.status in FORWARDING_STATUS:
            self._several_payers.add(claim.id)
        number = answer.payer_claim_control_number
        self._register.learn_number(claim, header.payer.id, number, header.on, "835")
        apply_answer(
            claim,
            answer,
            on=header.on,
            payer_id=header.payer.id,
            payer_kind=header.payer.kind,
            payer_rank=rank,
            is_capitated=header.payer.is_capitated,
        )
        place = Place(header.file_id, answer.segment, answer.last_segment, answer.start_offset, answer.end_offset)
        self._timeline.add(claim.practice_id, claim.id, kind, header.on, words, cents=answer.paid_cents, place=place)
        self.touched.add(claim.id)

    def _on_the_books(
        self,
        number: int,
        answer: x835.ClaimPayment,
        claim_id: int | None,
        state: PaymentState,
        mark: str,
        rank: int,
    ) -> Answer:
        header = self._header
        known = Answer(
            number,
            header.remittance_id,
            claim_id,
            state.value,
            answer.status,
            payer_numbers(answer),
            answer.charge_cents,
            answer.paid_cents,
            rank,
            mark,
            header.file_id,
            answer.segment,
            header.trace,
            header.on,
        )
        self._reversals.add(known)
        return known

    def _change(self, number: int, **columns: object) -> None:
        """Change a claim payment: in memory when it is of this batch, else with the others at the end."""
        row = self._rows.payments.get(number)
        if row is not None:
            row.update(columns)
        else:
            self._changes.setdefault(number, {}).update(columns)

    def _claim_of(self, original: Answer) -> KnownClaim | None:
        if original.claim_id is None:
            return None
        if original.claim_id not in self._register.by_id:
            self._register.load_ids((original.claim_id,))
        return self._register.by_id.get(original.claim_id)

    # -- the batch as a whole ------------------------------------------------------------------------------------

    def _load(self, answers: Sequence[x835.ClaimPayment]) -> list[Described]:
        facts = [described(answer) for answer in answers]
        self._ladder.load(facts)
        self._people.load(
            _person(answer)
            for answer, fact in zip(answers, facts, strict=True)
            if not self._register.with_key(fact.key)
        )
        known = list(self._register.by_id)
        self._load_lines(known)
        self._journal.load_balances(known)
        self._reversals.load(
            claim_ids=known, payer_numbers=(number for fact in facts for number in fact.payer_numbers)
        )
        self._denials.load(known)
        return facts

    def _load_lines(self, claim_ids: Sequence[int]) -> None:
        columns = [claim_line.c[name] for name in KnownLine._fields]
        for first in range(0, len(claim_ids), KEYS_PER_QUERY):
            part = claim_ids[first : first + KEYS_PER_QUERY]
            statement = (
                select(claim_line.c.claim_id, *columns)
                .where(claim_line.c.claim_id.in_(part))
                .order_by(claim_line.c.claim_id, claim_line.c.number)
            )
            for row in self._connection.execute(statement):
                self._lines[row.claim_id].append(KnownLine(*row[1:]))

    def _flush(self) -> None:
        """Parents before children: a database that checks references must find them."""
        for claim_id in self.touched:
            self._close_or_reopen(self._register.by_id[claim_id])
        self._people.flush(covers_are_billed=False)
        self._register.flush()
        self._register.flush_numbers()
        insert_many(self._connection, claim_line, LINE_COLUMNS, self._new_lines)
        self._rows.flush()
        self._journal.flush()
        self._denials.flush()
        self._timeline.flush()
        for number, columns in self._changes.items():
            self._connection.execute(update(claim_payment).where(claim_payment.c.id == number).values(**columns))
        settle_responsibility(self._connection, self._journal, self._several_payers, self._header.on)

    def _close_or_reopen(self, claim: KnownClaim) -> None:
        balance = self._journal.balance(claim.id)
        is_settled = balance.insurance_cents == 0 and balance.patient_cents == 0
        claim.closed_on = (claim.closed_on or self._header.on) if is_settled else None


def _person(answer: x835.ClaimPayment) -> Person:
    named = answer.name("QC") or answer.name("IL")
    if named is None:
        return Person("", "", member_id=member_id(answer))
    return Person(named.last, named.first, named.middle, member_id=member_id(answer))


def _why_unmatched(match: Match, fact: Described) -> str:
    if match.suspects:
        count = len(match.suspects)
        return f"{count} claim{'s resemble' if count > 1 else ' resembles'} it, but not surely enough: pick one."
    if not fact.key:
        return "The payer did not send our control number and nothing else identifies the claim."
    return "No claim was found."
