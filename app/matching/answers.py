"""A batch of claim payments: matched, posted, and kept.

The batch asks its queries once, then works its answers in file order in memory, each seeing what those before it did
(a reversal and its correction stand side by side), and writes everything with one statement a table. Answers that
were held or set aside go through the same steps later, read back from their rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, update

from app.claims.directory import KnownPayer
from app.claims.numbering import Numbers
from app.claims.people import People
from app.claims.register import KnownClaim, Register
from app.claims.tables import Claim, ClaimLine, EventKind, Patient
from app.claims.timeline import Place, Timeline
from app.core.bulk import table_of
from app.ledger.journal import Cause, Journal
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry
from app.matching.creation import ClaimLines, Creation, is_split, person_of
from app.matching.denial_course import settle_denials
from app.matching.denials import Denials
from app.matching.ladder import Described, Ladder, Match, described, payer_numbers, why_unmatched
from app.matching.lines import match_lines
from app.matching.outcomes import FORWARDING_STATUS, Decision, apply_decision, event_kind, sentence, take_back_state
from app.matching.posting import HELD_NOTE, RANK_OF_STATUS, answer_legs, unmatched_legs
from app.matching.release import release_held
from app.matching.responsibility import settle_responsibility
from app.matching.reversals import REVERSAL_STATUS, Answer, Reversals
from app.matching.rows import AnswerRows, fingerprint, opposite_fingerprints
from app.matching.tables import ClaimPayment, PaymentState, ServicePayment
from app.matching.taking_back import TakingBack, is_reissued, replaces
from app.matching.underpayment import settle_underpayments
from edi.x835 import model as x835
from edi.x835.model import Classification


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
        self._lines = ClaimLines(connection, numbering.lines)
        self._taking_back = TakingBack(self._connection, self._journal, self._rows)
        self._creation = Creation(self._register, self._people, self._journal, self._lines, header.file_id)
        self._cash = Account.REMITTANCE_CLEARING
        self._several_payers: set[int] = set()  # claims that more than one payer may have been asked about
        self._may_release: set[int] = (
            set()
        )  # claims whose later payer's write-off is held, now that the first answered
        self.touched: set[int] = set()
        self.made: set[int] = set()  # claims that were made from an answer
        self.learned: set[str] = set()  # the payer's numbers that another answer is known by too

    def post(self, answers: Sequence[x835.ClaimPayment]) -> None:
        """Match and post them, in order."""
        facts = self._load(answers)
        for answer, fact in zip(answers, facts, strict=True):
            self._post_one(self._numbering.payments.next(), answer, fact)
        self._flush()

    def keep(self, answers: Sequence[x835.ClaimPayment]) -> None:
        """Keep what was said without posting: matched where that is certain, nothing created, no money moved."""
        facts = self._load(answers)
        for answer, fact in zip(answers, facts, strict=True):
            match = self._ladder.match(fact)
            self._keep_row(self._numbering.payments.next(), answer, match, PaymentState.HELD, fingerprint(answer))
        self._rows.flush()

    def post_held(self, payments: Sequence[tuple[int, x835.ClaimPayment]]) -> None:
        """Match and post answers whose rows stand since the set was held."""
        facts = self._load([answer for _, answer in payments])
        self._rows.stand({number for number, _ in payments})
        for (number, answer), fact in zip(payments, facts, strict=True):
            self._post_one(number, answer, fact)
        self._flush()

    def repost(self, number: int, answer: x835.ClaimPayment) -> None:
        """Match and post an answer that was taken off its claim, now that more is known."""
        facts = self._load((answer,))
        self._rows.stand({number})
        self._denials.stand({number})
        self._cash = Account.UNAPPLIED_CASH
        self._post_one(number, answer, facts[0])
        self._flush()

    def apply(self, number: int, answer: x835.ClaimPayment, claim_id: int, why: str) -> str:
        """A person says which claim an answer is about: its money leaves unapplied cash. Returns "" or why not."""
        return self._apply(number, answer, why, lambda fact: self._claim(claim_id))

    def apply_to_new(self, number: int, answer: x835.ClaimPayment, why: str) -> str:
        """A person says that the answer is about a claim we do not have."""
        header = self._header
        return self._apply(
            number,
            answer,
            why,
            lambda fact: self._creation.create(answer, fact, header.payer, header.npi, header.on),
        )

    # -- one answer ----------------------------------------------------------------------------------------------

    def _post_one(self, number: int, answer: x835.ClaimPayment, fact: Described) -> None:
        mark = fingerprint(answer)
        match = self._ladder.match(fact)
        is_reversal = answer.status == REVERSAL_STATUS
        repeated = [] if is_reversal else [known for known in self._reversals.repeats(mark) if known.id != number]
        if any(known.trace == self._header.trace for known in repeated):
            note = "The same answer was posted before under this payment; its money, if any, is in unapplied cash."
            self._set_aside(number, answer, match, PaymentState.DUPLICATE, mark, note)
        elif answer.classification is Classification.PREDETERMINATION:
            note = "A predetermination: a price in advance, nothing to post."
            self._set_aside(number, answer, match, PaymentState.INFORMATION, mark, note)
        elif is_reversal:
            self._reverse(number, answer, match, mark)
        else:
            if match.resembles_nothing and fact.key:
                claim = self._creation.create(answer, fact, self._header.payer, self._header.npi, self._header.on)
                match = Match(claim, "created", "no claim of this practice resembles it")
                self.made.add(claim.id)
            if match.claim is None:
                self._set_aside(number, answer, match, PaymentState.UNMATCHED, mark, why_unmatched(match, fact))
            else:
                reissue = self._taking_back.reissue_of(repeated, match.claim.id, answer, self._header.on)
                note = "" if reissue else self._repeated_payment(number, answer, match.claim, repeated)
                known = self._post_to(number, answer, match, match.claim, mark, note)
                if reissue is not None and known.is_standing:
                    self._taking_back.void_replaced(known, reissue, match.claim)

    def _post_to(
        self,
        number: int,
        answer: x835.ClaimPayment,
        match: Match,
        claim: KnownClaim,
        mark: str,
        note: str = "",
    ) -> Answer:
        """The plain case: a decision about a claim of ours. Returns it as the books hold it."""
        header = self._header
        rank = RANK_OF_STATUS.get(answer.status, claim.payer_rank)
        standing = [known for known in self._reversals.standing(claim.id) if known.payer_rank == rank]
        self._creation.recharge(claim, answer, standing, header.on)
        line_ids = match_lines(answer.lines, self._lines.of(claim.id))
        posted = answer_legs(
            answer,
            claim.id,
            line_ids,
            header.remittance_id,
            is_capitated=header.payer.is_capitated,
            open_cents=self._journal.balance(claim.id).open_cents,
            primary_has_answered=self._reversals.has_answered(claim.id, 1),
            cash=self._cash,
        )
        kind = EntryKind.CLAIM_PAYMENT if self._cash is Account.REMITTANCE_CLEARING else EntryKind.APPLY
        cause = Cause(CauseKind.CLAIM_PAYMENT, number, header.file_id, answer.segment)
        self._journal.post(header.practice_id, kind, header.on, cause, posted.legs)
        is_information = answer.classification is Classification.FORWARDED
        state = PaymentState.INFORMATION if is_information else PaymentState.POSTED
        if posted.held:
            note = HELD_NOTE
        self._keep_row(
            *(number, answer, match, state, mark),
            line_ids=line_ids,
            payer_rank=rank,
            held_cents=posted.held_cents,
            note=note,
        )
        refusal = self._denials.answered(
            answer,
            practice_id=header.practice_id,
            payer_id=header.payer.id,
            claim_id=claim.id,
            claim_payment_id=number,
            line_ids=line_ids,
            on=header.on,
        )
        self._tell(claim, answer, rank, event_kind(answer), sentence(answer, header.payer.name, refusal))
        self.learned.update(self._reversals.shared_numbers(claim.id, payer_numbers(answer)))
        known = self._on_the_books(number, answer, claim.id, state, mark, rank)
        known.held_cents = posted.held_cents
        if rank == 1 and any(other.held_cents for other in self._reversals.standing(claim.id)):
            self._may_release.add(claim.id)
        waiting = self._reversals.waiting_for(known, answer)
        if waiting is not None:
            self._taking_back.take_back(waiting, known, claim, cash=Account.UNAPPLIED_CASH)
            if claim.state_on is None or waiting.event_date > claim.state_on:
                take_back_state(claim, waiting.event_date)
        return known

    def _reverse(self, number: int, answer: x835.ClaimPayment, match: Match, mark: str) -> None:
        """CLP02 22: the opposite of what is on the books, or wait for it."""
        claim_id = match.claim.id if match.claim else None
        reversal = self._on_the_books(number, answer, claim_id, PaymentState.UNMATCHED, mark, 0)
        original, note = self._reversals.original(reversal, opposite_fingerprints(answer))
        if original is None or original.claim_id is None:
            self._set_aside(number, answer, match, PaymentState.UNMATCHED, mark, note)
            return
        self._post_reversal(number, answer, reversal, original, mark)

    def _post_reversal(
        self, number: int, answer: x835.ClaimPayment, reversal: Answer, original: Answer, mark: str
    ) -> None:
        assert original.claim_id is not None
        claim = self._claim(original.claim_id)
        line_ids = match_lines(answer.lines, self._lines.of(claim.id))
        found = Match(claim, "reversal", f"takes back the answer of {original.event_date:%Y-%m-%d}, amounts opposite")
        self._keep_row(number, answer, found, PaymentState.POSTED, mark, line_ids=line_ids)
        self._taking_back.take_back(reversal, original, claim, cash=self._cash)
        words = sentence(answer, self._header.payer.name, None)
        self._tell(claim, answer, original.payer_rank, EventKind.REVERSED, words)

    def _repeated_payment(
        self, number: int, answer: x835.ClaimPayment, claim: KnownClaim, repeated: Sequence[Answer]
    ) -> str:
        """The same decision under another check: a reissue (MA74) voids the old one, anything else is told."""
        earlier = next((known for known in repeated if known.is_standing and known.claim_id == claim.id), None)
        if earlier is None or not answer.paid_cents:
            return ""
        if not is_reissued(answer):
            return f"Says exactly the same as the payment under trace {earlier.trace}: it may have been paid twice."
        cause = Cause(CauseKind.CLAIM_PAYMENT, number, self._header.file_id, answer.segment)
        self._taking_back.void(earlier, claim, cause, self._header.on)
        return replaces(earlier.trace)

    def _set_aside(
        self, number: int, answer: x835.ClaimPayment, match: Match, state: PaymentState, mark: str, note: str
    ) -> None:
        """Nothing posts to a claim; money, if any, waits in unapplied cash."""
        header = self._header
        if state is PaymentState.UNMATCHED:
            match = match._replace(evidence=note)
        self._keep_row(number, answer, match, state, mark, note=note)
        if self._cash is Account.UNAPPLIED_CASH:
            return  # it waits there already
        cause = Cause(CauseKind.CLAIM_PAYMENT, number, header.file_id, answer.segment)
        legs = unmatched_legs(answer.paid_cents, header.remittance_id, answer.segment)
        self._journal.post(header.practice_id, EntryKind.UNMATCHED_PAYMENT, header.on, cause, legs, memo=note)

    def _apply(
        self, number: int, answer: x835.ClaimPayment, why: str, find: Callable[[Described], KnownClaim]
    ) -> str:
        """An answer set aside earlier, about the claim that `find` gives."""
        (fact,) = self._load((answer,))
        self._rows.stand({number})
        self._denials.stand({number})
        self._cash = Account.UNAPPLIED_CASH
        claim = find(fact)
        if answer.status == REVERSAL_STATUS:
            reversal = self._on_the_books(number, answer, claim.id, PaymentState.UNMATCHED, "", 0)
            original = self._reversals.opposite_on(claim.id, reversal, opposite_fingerprints(answer))
            if original is None:
                return "No answer on that claim has the opposite amounts, so there is nothing that this takes back."
            self._post_reversal(number, answer, reversal, original, fingerprint(answer))
        else:
            self._post_to(number, answer, Match(claim, "person", why), claim, fingerprint(answer))
        self._flush()
        return ""

    # -- keeping -------------------------------------------------------------------------------------------------

    def _keep_row(
        self,
        number: int,
        answer: x835.ClaimPayment,
        match: Match,
        state: PaymentState,
        mark: str,
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
            fingerprint=mark,
        )

    def _tell(self, claim: KnownClaim, answer: x835.ClaimPayment, rank: int, kind: EventKind, words: str) -> None:
        """Move the claim and write its timeline."""
        header = self._header
        if rank > 1 or not claim.is_new or answer.status in FORWARDING_STATUS:
            self._several_payers.add(claim.id)
        number = answer.payer_claim_control_number
        self._register.learn_number(claim, header.payer.id, number, header.on, "835")
        decision = Decision(
            *(answer.classification, answer.status, header.on, header.payer.id, header.payer.kind, rank)
        )
        apply_decision(claim, decision, is_capitated=header.payer.is_capitated)
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
            id=number,
            remittance_id=header.remittance_id,
            claim_id=claim_id,
            state=state.value,
            status=answer.status,
            payer_numbers=payer_numbers(answer),
            charge_cents=answer.charge_cents,
            paid_cents=answer.paid_cents,
            held_cents=0,
            payer_rank=rank,
            fingerprint=mark,
            file_id=header.file_id,
            segment=answer.segment,
            trace=header.trace,
            event_date=header.on,
            is_split=is_split(answer),
        )
        self._reversals.add(known)
        return known

    def _claim(self, claim_id: int) -> KnownClaim:
        self._register.load_ids((claim_id,))
        return self._register.by_id[claim_id]

    # -- the batch as a whole ------------------------------------------------------------------------------------

    def _load(self, answers: Sequence[x835.ClaimPayment]) -> list[Described]:
        facts = [described(answer) for answer in answers]
        self._ladder.load(facts)
        pairs = zip(answers, facts, strict=True)
        self._people.load(person_of(answer) for answer, fact in pairs if not self._register.with_key(fact.key))
        known = list(self._register.by_id)
        self._lines.load(known)
        self._journal.load_balances(known)
        numbers = (number for fact in facts for number in fact.payer_numbers)
        self._reversals.load(claim_ids=known, payer_numbers=numbers)
        return facts

    def _flush(self) -> None:
        """Parents before children: a database that checks references must find them."""
        for claim_id in self.touched:
            self._close_or_reopen(self._register.by_id[claim_id])
        self._people.flush(covers_are_billed=False)
        self._register.flush()
        self._register.flush_numbers()
        self._lines.flush()
        self._rows.flush()
        self._journal.flush()
        self._denials.flush()
        self._timeline.flush()
        settle_denials(self._connection, self._reversals.several(self.touched))
        release_held(self._connection, self._journal, self._may_release, self._header.on)
        settle_responsibility(self._connection, self._journal, self._several_payers, self._header.on)
        settle_underpayments(
            self._connection, self._journal, self.touched, payer_id=self._header.payer.id, on=self._header.on
        )
        self._close_what_was_settled_between_payers()

    def _close_what_was_settled_between_payers(self) -> None:
        """A write-off released, or a share that moved, may have settled a claim that the answer itself left open."""
        for claim_id in self._several_payers & set(self._register.by_id):
            known = self._register.by_id[claim_id]
            before = known.closed_on
            self._close_or_reopen(known)
            if known.closed_on != before:
                statement = update(table_of(Claim)).where(table_of(Claim).c.id == claim_id)
                self._connection.execute(statement.values(closed_on=known.closed_on))

    def _close_or_reopen(self, claim: KnownClaim) -> None:
        balance = self._journal.balance(claim.id)
        is_settled = balance.insurance_cents == 0 and balance.patient_cents == 0
        claim.closed_on = (claim.closed_on or self._header.on) if is_settled else None
