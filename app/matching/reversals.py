"""Taking back: which earlier answer a reversal (CLP02 22) reverses, whichever of the two came first.

A reversal must name the earlier answer's payer control number (CLP07, or REF*F8) or be about the same claim, and its
charge and payment must be exactly opposite (fact book 835.md §6). It posts the opposite of what the books hold of
that answer, never what the reversal's own adjustments say. One that finds nothing waits with its money in unapplied
cash; when the answer it takes back arrives, the two find each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from app.claims.among import among
from app.core.bulk import table_of
from app.ledger.journal import Leg
from app.ledger.tables import Account
from app.matching.rows import opposite_fingerprints
from app.matching.tables import ClaimPayment, PaymentState, Remittance
from edi.x835 import model as x835

REVERSAL_STATUS = "22"

claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)

SELECT = select(
    *(claim_payment.c.id, claim_payment.c.remittance_id, claim_payment.c.claim_id, claim_payment.c.state),
    *(claim_payment.c.status, claim_payment.c.payer_control_number, claim_payment.c.detail),
    *(claim_payment.c.charge_cents, claim_payment.c.paid_cents, claim_payment.c.held_cents),
    claim_payment.c.payer_rank,
    *(claim_payment.c.fingerprint, claim_payment.c.segment),
    *(remittance.c.file_id, remittance.c.trace, remittance.c.payment_date, remittance.c.received_at),
).join(remittance, remittance.c.id == claim_payment.c.remittance_id)


@dataclass(slots=True, eq=False)
class Answer:
    """An answer on the books, as a reversal looks at it."""

    id: int
    remittance_id: int
    claim_id: int | None
    state: str
    status: str
    payer_numbers: tuple[str, ...]
    charge_cents: int
    paid_cents: int
    held_cents: int
    payer_rank: int
    fingerprint: str
    file_id: int | None
    segment: int
    trace: str
    event_date: date
    is_split: bool = False  # MA15: the payer made several claims of one
    reversed_by_id: int | None = None

    @property
    def is_standing(self) -> bool:
        """Posted, and neither a reversal nor reversed."""
        return self.status != REVERSAL_STATUS and self.state == PaymentState.POSTED and self.reversed_by_id is None

    @property
    def is_waiting(self) -> bool:
        """A reversal that has not found what it takes back."""
        return self.status == REVERSAL_STATUS and self.state == PaymentState.UNMATCHED


def opposite_legs(legs: Sequence[Leg], claim_id: int, remittance_id: int, *, cash: Account) -> list[Leg]:
    """What takes these legs back, summed by place; the payment leaves through `cash`.

    Where the earlier payment was first unapplied and then applied, the two passages net to nothing.
    """
    totals: dict[Leg, int] = {}
    for leg in legs:
        if leg.account in (Account.REMITTANCE_CLEARING, Account.UNAPPLIED_CASH):
            key = Leg(cash, 0, claim_id, None, remittance_id)
        else:
            key = leg._replace(cents=0, remittance_id=remittance_id, segment=0, element=0)
        totals[key] = totals.get(key, 0) - leg.cents
    return [leg._replace(cents=cents) for leg, cents in totals.items() if cents]


class Reversals:
    """The answers on the books that one batch may take back or repeat, and reversals that wait for its answers."""

    def __init__(self, connection: Connection, practice_id: int) -> None:
        self._connection = connection
        self._practice_id = practice_id
        self._answers: dict[int, Answer] = {}
        self._by_number: dict[str, list[Answer]] = defaultdict(list)
        self._by_claim: dict[int, list[Answer]] = defaultdict(list)
        self._by_fingerprint: dict[str, list[Answer]] = defaultdict(list)

    def load(self, *, claim_ids: Iterable[int], payer_numbers: Iterable[str]) -> None:
        """Answers about these claims, and answers of any claim (or none) under these payer control numbers."""
        self._fetch(claim_payment.c.claim_id, set(claim_ids))
        self._fetch(claim_payment.c.payer_control_number, set(payer_numbers))

    def add(self, answer: Answer) -> None:
        """An answer of this batch is on the books from now on."""
        self._answers[answer.id] = answer
        for number in answer.payer_numbers:
            self._by_number[number].append(answer)
        if answer.claim_id is not None:
            self._by_claim[answer.claim_id].append(answer)
        self._by_fingerprint[answer.fingerprint].append(answer)

    def original(self, reversal: Answer, marks: frozenset[str]) -> tuple[Answer | None, str]:
        """What this reversal takes back, or None and why not. `marks`: fingerprints that it takes back to the letter;
        they decide where several answers have its number and totals."""
        candidates = self._related(reversal)
        standing = [answer for answer in candidates if answer.is_standing]
        exact = [
            answer
            for answer in standing
            if _is_opposite(answer, reversal)
            and _may_precede(answer, reversal, is_to_the_letter=answer.fingerprint in marks)
        ]
        if exact:
            own = [answer for answer in exact if answer.payer_numbers[:1] == reversal.payer_numbers[:1]]
            return _first(own or exact, marks), ""
        if standing:
            return None, "Its amounts are not the opposite of any answer on the books, so nothing was taken back."
        return None, "The answer it takes back is not on the books yet; it will be taken back when it arrives."

    def waiting_for(self, answer: Answer, source: x835.ClaimPayment) -> Answer | None:
        """A reversal that came before this answer."""
        marks = opposite_fingerprints(source)
        waiting = [
            other
            for other in self._related(answer)
            if other.is_waiting
            and _is_opposite(answer, other)
            and _may_precede(answer, other, is_to_the_letter=other.fingerprint in marks)
        ]
        return _first(waiting, marks) if waiting else None

    def repeats(self, fingerprint: str) -> list[Answer]:
        """Answers on the books that said exactly the same and were not taken back."""
        return [answer for answer in self._by_fingerprint.get(fingerprint, ()) if answer.reversed_by_id is None]

    def standing(self, claim_id: int) -> list[Answer]:
        """The decisions about a claim that stand."""
        return [answer for answer in self._by_claim.get(claim_id, ()) if answer.is_standing]

    def several(self, claim_ids: Iterable[int]) -> list[int]:
        """Those of these claims that have more than one answer, or one that was taken back."""

        def is_told(answers: Sequence[Answer]) -> bool:
            return len(answers) > 1 or any(answer.reversed_by_id is not None for answer in answers)

        return [claim_id for claim_id in claim_ids if is_told(self._by_claim.get(claim_id, ()))]

    def shared_numbers(self, claim_id: int, numbers: Iterable[str]) -> list[str]:
        """Those by which an answer of another claim, or of none, is known too."""
        return [
            number
            for number in numbers
            if any(
                other.claim_id != claim_id and other.status != REVERSAL_STATUS
                for other in self._by_number.get(number, ())
            )
        ]

    def has_answered(self, claim_id: int, payer_rank: int) -> bool:
        """Whether a payer of this rank has a decision on the books that stands."""
        return any(answer.payer_rank == payer_rank for answer in self.standing(claim_id))

    def opposite_on(self, claim_id: int, reversal: Answer, marks: frozenset[str]) -> Answer | None:
        """What on this claim the reversal takes back, when a person says that it is this claim."""
        exact = [answer for answer in self.standing(claim_id) if _is_opposite(answer, reversal)]
        return _first(exact, marks) if exact else None

    def _related(self, answer: Answer) -> list[Answer]:
        """Answers under a common payer number; without any number of its own, answers about the same claim."""
        if answer.payer_numbers:
            found = {other.id: other for number in answer.payer_numbers for other in self._by_number.get(number, ())}
        else:
            found = {other.id: other for other in self._by_claim.get(answer.claim_id or 0, ())}
        return [other for other in found.values() if other.id != answer.id]

    def _fetch(self, column: ColumnElement[Any], values: Collection[Any]) -> None:
        if not values:
            return
        statement = SELECT.where(
            claim_payment.c.practice_id == self._practice_id,
            claim_payment.c.reversed_by_id.is_(None),
            claim_payment.c.state.in_((PaymentState.POSTED, PaymentState.UNMATCHED)),
            among(self._connection, column, values),
        )
        for row in self._connection.execute(statement):
            if row.id not in self._answers:
                self.add(
                    Answer(
                        id=row.id,
                        remittance_id=row.remittance_id,
                        claim_id=row.claim_id,
                        state=row.state,
                        status=row.status,
                        payer_numbers=_numbers(row.payer_control_number, row.detail),
                        charge_cents=row.charge_cents,
                        paid_cents=row.paid_cents,
                        held_cents=row.held_cents,
                        payer_rank=row.payer_rank,
                        fingerprint=row.fingerprint,
                        file_id=row.file_id,
                        segment=row.segment,
                        trace=row.trace,
                        event_date=row.payment_date or row.received_at.date(),
                        is_split=any(remark[1] == "MA15" for remark in row.detail.get("remarks", ())),
                    )
                )


def _first(answers: Sequence[Answer], marks: frozenset[str]) -> Answer:
    """The oldest of those that fit to the letter, else the oldest."""
    return min(answers, key=lambda answer: (answer.fingerprint not in marks, answer.id))


def _may_precede(answer: Answer, reversal: Answer, *, is_to_the_letter: bool) -> bool:
    """A decision that came after the reversal corrects what was taken back: where nothing was paid, its totals are
    opposite too."""
    if is_to_the_letter:
        return True
    if answer.remittance_id == reversal.remittance_id:
        return answer.segment < reversal.segment
    return answer.event_date <= reversal.event_date


def _is_opposite(answer: Answer, reversal: Answer) -> bool:
    return answer.charge_cents == -reversal.charge_cents and answer.paid_cents == -reversal.paid_cents


def _numbers(own: str, detail: dict[str, Any]) -> tuple[str, ...]:
    former = [value for qualifier, value, _ in detail.get("references", ()) if qualifier == "F8"]
    return tuple(number for number in (own, *former[:1]) if number)
