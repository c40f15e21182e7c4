"""Files come in any order: when a claim becomes known, answers that came before it are held against it again.

An answer whose number was garbled, cut or unknown made a claim of its own, was set aside, or was taken for another
claim. The same ladder is asked again with the same evidence. A unique match moves the answer over: its postings are
taken off by new entries, it is posted anew, and a claim that was known only from it is closed and points to its
successor, with everything people did about it. What now resembles several claims is set aside for a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, union_all, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app.claims.among import among
from app.claims.identity import control_key
from app.claims.register import Register
from app.claims.tables import Claim, ClaimEvent
from app.core.bulk import table_of
from app.matching.answers import AnswerBatch, Numbering
from app.matching.denial_course import settle_denials
from app.matching.doubtful import Doubtful, doubtful
from app.matching.held import header_of
from app.matching.ladder import Described, Ladder, Match, described
from app.matching.pinned import pinned
from app.matching.retell import retell
from app.matching.statuses_again import move_statuses
from app.matching.stored import stored_answers
from app.matching.superseding import name_successor, supersede
from app.matching.tables import ClaimPayment, PaymentState, Remittance, StatusEvent
from app.matching.unposting import drop_denials, forget_numbers, unpost

claim = table_of(Claim)
claim_event = table_of(ClaimEvent)
claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)

MEMO = "another claim became known that this answer is about, or may be about"


class Item(NamedTuple):
    """An answer or a status that is looked at again."""

    number: int
    fact: Described
    payer_id: int | None
    claim_id: int | None
    is_alone: bool  # its claim is known only from answers


class SecondLook:
    """For one practice, inside the transaction that made the claims known."""

    def __init__(self, session: Session, practice_id: int, now: datetime, numbering: Numbering) -> None:
        self._connection = session.connection()
        self._session = session
        self._practice_id = practice_id
        self._now = now
        self._numbering = numbering

    def look(self, claim_ids: Collection[int], numbers: Collection[str] = (), *, are_sent: bool) -> set[int]:
        """Hold what is in doubt against these claims, just sent or just made; returns the claims that it moved."""
        if not claim_ids and not numbers:
            return set()
        found = doubtful(self._connection, self._practice_id, claim_ids, numbers, are_sent=are_sent)
        return self._again(found) if found else set()

    def _again(self, found: Doubtful) -> set[int]:
        answers, statuses = self._answers(found.answers), self._statuses(found.statuses)
        to_answers = self._decided(answers)
        to_statuses = self._decided(statuses)
        self._keep_pinned(answers, to_answers, statuses, to_statuses)
        moving = self._with_their_reversals(to_answers)
        if not moving and not to_statuses:
            return set()
        left = self._unpost(moving)
        left |= {item.claim_id for item in statuses if item.number in to_statuses and item.claim_id is not None}
        forget_numbers(self._connection, left)
        emptied = self._emptied(left, to_statuses)
        told = self._told_before(moving)
        supersede(self._connection, emptied, self._now, self._numbering.entries)
        touched = self._repost(moving)
        drop_denials(self._connection, moving)
        touched |= move_statuses(self._connection, self._practice_id, to_statuses, self._now, self._numbering.claims)
        self._tell_once(moving, told)
        self._name_successors(emptied, answers, statuses)
        bereft = left - emptied
        forget_numbers(self._connection, bereft)
        settle_denials(self._connection, bereft | touched)
        retell(self._connection, self._practice_id, bereft, self._now, self._numbering.claims)
        return touched | left

    # -- what is in doubt ----------------------------------------------------------------------------------------

    def _answers(self, numbers: Collection[int]) -> list[Item]:
        payments = self._session.exec(
            select_rows(ClaimPayment).where(among(self._connection, claim_payment.c.id, sorted(numbers)))
        ).all()
        remittances = {payment.remittance_id for payment in payments}
        payer_of = {
            row.id: row.payer_id
            for row in self._connection.execute(
                select(remittance.c.id, remittance.c.payer_id).where(
                    among(self._connection, remittance.c.id, sorted(remittances))
                )
            )
        }
        alone = self._alone({payment.claim_id for payment in payments if payment.claim_id})
        own = self._own_numbers(payments)
        return [
            Item(
                payment.id or 0,
                _but_for(described(answer), own, payment.claim_id),
                payer_of[payment.remittance_id],
                payment.claim_id,
                payment.claim_id in alone,
            )
            for payment, answer in zip(payments, stored_answers(self._session, payments), strict=True)
        ]

    def _own_numbers(self, payments: Collection[ClaimPayment]) -> set[tuple[int, str]]:
        """The payer's numbers that a claim is known by from one answer only: no evidence for that very answer."""
        claims = sorted({payment.claim_id for payment in payments if payment.claim_id})
        event = table_of(StatusEvent)
        said = union_all(
            *(
                select(table.c.claim_id, table.c.payer_control_number).where(
                    among(self._connection, table.c.claim_id, claims)
                )
                for table in (claim_payment, event)
            )
        ).subquery()
        once = select(*said.c).group_by(*said.c).having(func.count() == 1)
        return {(row[0], row[1]) for row in self._connection.execute(once)}

    def _statuses(self, numbers: Collection[int]) -> list[Item]:
        events = self._session.exec(
            select_rows(StatusEvent).where(among(self._connection, table_of(StatusEvent).c.id, sorted(numbers)))
        ).all()
        alone = self._alone({event.claim_id for event in events if event.claim_id})
        return [
            Item(event.id or 0, _described(event), None, event.claim_id, event.claim_id in alone) for event in events
        ]

    def _alone(self, claim_ids: Collection[int]) -> set[int]:
        statement = select(claim.c.id).where(
            among(self._connection, claim.c.id, sorted(claim_ids)), claim.c.submissions == 0
        )
        return set(self._connection.execute(statement).scalars())

    # -- what is decided -----------------------------------------------------------------------------------------

    def _decided(self, items: Collection[Item]) -> dict[int, Match]:
        """The items that change their place, and where to."""
        by_payer: dict[int | None, list[Item]] = defaultdict(list)
        for item in items:
            by_payer[item.payer_id].append(item)
        changes = {}
        for payer_id, some in by_payer.items():
            register = Register(self._connection, self._practice_id, self._now, self._numbering.claims)
            ladder = Ladder(register, payer_id or 0)
            ladder.load([item.fact for item in some])
            register.load_payer_numbers(number for item in some for number in item.fact.payer_numbers)
            for item in some:
                match = ladder.match(item.fact, but_for=item.claim_id if item.is_alone else None)
                if self._changes(item, match, register):
                    changes[item.number] = match
        return changes

    def _changes(self, item: Item, match: Match, register: Register) -> bool:
        if match.claim is not None:
            if match.claim.id == item.claim_id:
                return False
            if match.claim.submissions or not item.is_alone:
                return True
            assert item.claim_id is not None
            # Between two claims known only from answers: the shorter number, else the one that was there first.
            return match.rule == "control_number_suffix" or (
                match.rule == "payer_number" and match.claim.id < item.claim_id
            )
        if match.suspects:
            are_sent = any(register.by_id[suspect].submissions for suspect in match.suspects)
            return item.claim_id is not None and (are_sent or not item.is_alone)
        return item.claim_id is None and bool(item.fact.key) and item.payer_id is not None

    def _keep_pinned(
        self, answers: list[Item], to_answers: dict[int, Match], statuses: list[Item], to_statuses: dict[int, Match]
    ) -> None:
        """What people have worked on is not taken apart into answers that nobody knows the claim of."""
        lost = {
            item.claim_id
            for items, changes in ((answers, to_answers), (statuses, to_statuses))
            for item in items
            if item.claim_id and item.number in changes and changes[item.number].claim is None
        }
        kept = pinned(self._connection, {number for number in lost if number is not None})
        for items, changes in ((answers, to_answers), (statuses, to_statuses)):
            for item in items:
                if item.claim_id in kept:
                    changes.pop(item.number, None)

    def _with_their_reversals(self, numbers: Iterable[int]) -> set[int]:
        """An answer, what took it back and what that replaced it with go together."""
        found, fresh = set(numbers), set(numbers)
        while fresh:
            rows = self._connection.execute(
                select(claim_payment.c.id, claim_payment.c.reversed_by_id).where(
                    among(self._connection, claim_payment.c.id, sorted(fresh))
                    | among(self._connection, claim_payment.c.reversed_by_id, sorted(fresh))
                )
            ).all()
            linked = {row.id for row in rows} | {row.reversed_by_id for row in rows if row.reversed_by_id}
            fresh = linked - found
            found |= fresh
        return found

    # -- what is done --------------------------------------------------------------------------------------------

    def _unpost(self, moving: set[int]) -> set[int]:
        return unpost(self._connection, moving, self._now, self._numbering.entries, MEMO) if moving else set()

    def _emptied(self, claim_ids: set[Any], to_statuses: Collection[int]) -> set[int]:
        """Claims known only from answers that no answer and no status is about any more."""
        alone = self._alone(claim_ids)
        posted = select(claim_payment.c.claim_id).where(
            among(self._connection, claim_payment.c.claim_id, sorted(alone)),
            claim_payment.c.state.in_((PaymentState.POSTED.value, PaymentState.INFORMATION.value)),
        )
        event = table_of(StatusEvent)
        heard = select(event.c.claim_id, event.c.id).where(among(self._connection, event.c.claim_id, sorted(alone)))
        kept = set(self._connection.execute(posted).scalars())
        kept |= {row.claim_id for row in self._connection.execute(heard) if row.id not in to_statuses}
        return alone - kept

    def _repost(self, moving: set[int]) -> set[int]:
        """In the order of the decisions, each under the heading of its own remittance."""
        touched: set[int] = set()
        if not moving:
            return touched
        self._session.expire_all()
        rows = self._session.exec(
            select_rows(ClaimPayment, Remittance)
            .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
            .where(among(self._connection, claim_payment.c.id, sorted(moving)))
        ).all()
        for payment, paid in sorted(rows, key=_order):
            self._session.refresh(payment)
            if payment.state != PaymentState.UNMATCHED:
                continue  # a reversal that what it takes back has found
            (answer,) = stored_answers(self._session, (payment,))
            header = header_of(self._session, paid, self._now)
            batch = AnswerBatch(self._connection, header, self._now, self._numbering)
            batch.repost(payment.id or 0, answer)
            touched |= batch.touched
        self._session.expire_all()
        return touched

    def _told_before(self, moving: set[int]) -> dict[tuple[int, int], Any]:
        """The events that told of these answers, by their place."""
        statement = (
            select(claim_event.c.id, claim_event.c.file_id, claim_event.c.segment, claim_event.c.known_at)
            .join(remittance, remittance.c.file_id == claim_event.c.file_id)
            .join(claim_payment, claim_payment.c.remittance_id == remittance.c.id)
            .where(
                among(self._connection, claim_payment.c.id, sorted(moving)),
                claim_payment.c.segment == claim_event.c.segment,
            )
        )
        return {(row.file_id, row.segment): row for row in self._connection.execute(statement)} if moving else {}

    def _tell_once(self, moving: set[int], told: dict[tuple[int, int], Any]) -> None:
        """The timeline of the new claim knew of the answer when we did."""
        for (file_id, segment), was in told.items():
            again = update(claim_event).where(
                claim_event.c.file_id == file_id, claim_event.c.segment == segment, claim_event.c.id > was.id
            )
            if self._connection.execute(again.values(known_at=was.known_at)).rowcount:
                self._connection.execute(claim_event.delete().where(claim_event.c.id == was.id))

    def _name_successors(self, emptied: set[int], answers: list[Item], statuses: list[Item]) -> None:
        for number in sorted(emptied):
            payments = [item.number for item in answers if item.claim_id == number]
            events = [item.number for item in statuses if item.claim_id == number]
            name_successor(self._session, number, payments, events, self._now)


def _but_for(fact: Described, own: set[tuple[int, str]], claim_id: int | None) -> Described:
    if claim_id is None:
        return fact
    return fact._replace(payer_numbers=tuple(each for each in fact.payer_numbers if (claim_id, each) not in own))


def _order(row: Any) -> tuple[date, str, int]:
    payment, paid = row
    on = paid.payment_date or paid.production_date or paid.received_at.date()
    return (on, paid.trace, payment.segment)


def _described(event: StatusEvent) -> Described:
    return Described(
        event.patient_control_number,
        control_key(event.patient_control_number),
        (event.payer_control_number,) if event.payer_control_number else (),
        tuple(event.member_ids.split()),
        event.name_key,
        event.first_service,
        event.charge_cents or 0,
    )
