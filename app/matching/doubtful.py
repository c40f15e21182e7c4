"""Which answers and statuses are worth a second look, now that these claims are known or are called by these numbers.

Looked for are those set aside, those that made a claim of their own, and those matched by likeness alone, as far as
they share a number, the member or the patient's name and date with the claims in question. Everything goes through an
index; in books without such answers it finds nothing quickly.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select, union

from app.claims.among import among
from app.claims.identity import control_key
from app.claims.tables import Claim, Patient, PayerControlNumber, Submission
from app.core.bulk import table_of
from app.matching.ladder import PAYER_CUTS_AT, shorter_keys
from app.matching.reversals import REVERSAL_STATUS
from app.matching.tables import ClaimPayment, PaymentState, StatusEvent

claim = table_of(Claim)
patient = table_of(Patient)
submission = table_of(Submission)
control_number = table_of(PayerControlNumber)
claim_payment = table_of(ClaimPayment)
status_event = table_of(StatusEvent)

LONGEST_SUFFIX = 4  # a separator and three characters
BY_PERSON = "person"  # what a person chose is not looked at again
POSTED = (PaymentState.POSTED.value, PaymentState.INFORMATION.value)


class Doubtful(NamedTuple):
    """Row numbers."""

    answers: set[int]
    statuses: set[int]

    def __bool__(self) -> bool:
        return bool(self.answers or self.statuses)


class _News(NamedTuple):
    """What the claims in question are known by."""

    claims: set[int]
    keys: set[str]
    numbers: set[str]
    dates: set[date]


def doubtful(
    connection: Connection, practice_id: int, claim_ids: Collection[int], numbers: Collection[str], *, are_sent: bool
) -> Doubtful:
    """`claim_ids`: claims just sent (or, not `are_sent`, just made from an answer); `numbers`: the payer's, just
    learned."""
    news = _news(connection, claim_ids, numbers)
    alike = _alike(connection, practice_id, news, are_sent=are_sent)
    answers = _answers_set_aside(connection, practice_id, news) | _answers_on(connection, practice_id, alike)
    if not are_sent:
        answers |= _answers_by_likeness(connection, practice_id, news)
    statuses = _statuses_set_aside(connection, practice_id, news) | _statuses_on(connection, alike)
    return Doubtful(answers, statuses)


def _news(connection: Connection, claim_ids: Collection[int], numbers: Collection[str]) -> _News:
    wanted = sorted(claim_ids)
    keys, dates = set(), set()
    for row in connection.execute(
        select(claim.c.control_key, claim.c.first_service).where(among(connection, claim.c.id, wanted))
    ):
        keys.add(row.control_key)
        dates.add(row.first_service)
    sent_as = select(submission.c.control_key).where(among(connection, submission.c.claim_id, wanted))
    keys |= set(connection.execute(sent_as).scalars())
    called = select(control_number.c.value).where(among(connection, control_number.c.claim_id, wanted))
    known_as = set(connection.execute(called).scalars()) | set(numbers)
    return _News(set(wanted), keys - {""}, known_as - {""}, dates - {None})


def _alike(connection: Connection, practice_id: int, news: _News, *, are_sent: bool) -> set[int]:
    """Other claims that an answer about one of these may have been taken for."""
    other, ours = claim.alias("other"), claim.alias("ours")
    person, namesake = patient.alias("person"), patient.alias("namesake")
    of_ours = among(connection, ours.c.id, sorted(news.claims))
    in_force = and_(other.c.practice_id == practice_id, other.c.superseded_on.is_(None), other.c.id != ours.c.id)
    called_so = (
        select(control_number.c.claim_id)
        .where(control_number.c.practice_id == practice_id)
        .where(among(connection, control_number.c.value, sorted(news.numbers)))
    )
    cut = {key[:length] for key in news.keys for length in range(PAYER_CUTS_AT, len(key))}
    named = select(claim.c.id).where(
        claim.c.practice_id == practice_id,
        claim.c.superseded_on.is_(None),
        among(connection, claim.c.control_key, sorted(news.keys | cut)),
    )
    longer = select(other.c.id).where(
        of_ours,
        in_force,
        other.c.submissions == 0,
        ours.c.control_key != "",
        other.c.control_key > ours.c.control_key,
        other.c.control_key < ours.c.control_key + "\U0010ffff",
        func.length(other.c.control_key) <= func.length(ours.c.control_key) + LONGEST_SUFFIX,
    )
    asked = [called_so, named, longer]
    if are_sent:
        asked.append(
            select(other.c.id).where(
                of_ours,
                in_force,
                ours.c.member_id != "",
                other.c.member_id == ours.c.member_id,
                other.c.first_service == ours.c.first_service,
            )
        )
        asked.append(
            select(other.c.id)
            .join(namesake, namesake.c.id == other.c.patient_id)
            .join(person, and_(person.c.practice_id == practice_id, person.c.name_key == namesake.c.name_key))
            .join(ours, and_(ours.c.patient_id == person.c.id, ours.c.first_service == other.c.first_service))
            .where(of_ours, in_force, person.c.name_key != "", namesake.c.practice_id == practice_id)
        )
    found = set(connection.execute(union(*asked)).scalars())
    return found if found - news.claims else set()  # nobody but themselves: nothing to tell apart


def _answers_on(connection: Connection, practice_id: int, claim_ids: set[int]) -> set[int]:
    if not claim_ids:
        return set()
    statement = select(claim_payment.c.id).where(
        among(connection, claim_payment.c.claim_id, sorted(claim_ids)),
        claim_payment.c.practice_id == practice_id,
        claim_payment.c.state.in_(POSTED),
        claim_payment.c.status != REVERSAL_STATUS,
        claim_payment.c.match_rule != BY_PERSON,
    )
    return set(connection.execute(statement).scalars())


def _answers_by_likeness(connection: Connection, practice_id: int, news: _News) -> set[int]:
    """Answers without our number, on a claim that another one now resembles."""
    statement = select(claim_payment.c.id, claim_payment.c.patient_control_number).where(
        claim_payment.c.practice_id == practice_id,
        claim_payment.c.match_rule.in_(("member", "name")),
        among(connection, claim_payment.c.first_service, sorted(news.dates)),
        claim_payment.c.state.in_(POSTED),
    )
    return {row.id for row in connection.execute(statement) if not control_key(row.patient_control_number)}


def _answers_set_aside(connection: Connection, practice_id: int, news: _News) -> set[int]:
    """A reversal that waits is not among them: what it takes back finds it."""
    statement = select(
        *(claim_payment.c.id, claim_payment.c.patient_control_number, claim_payment.c.payer_control_number),
        *(claim_payment.c.first_service, claim_payment.c.detail),
    ).where(
        claim_payment.c.practice_id == practice_id,
        claim_payment.c.state == PaymentState.UNMATCHED.value,
        claim_payment.c.status != REVERSAL_STATUS,
    )
    return {
        row.id
        for row in connection.execute(statement)
        if _concerns(news, row.patient_control_number, {row.payer_control_number, *_former(row.detail)}, row)
    }


def _statuses_set_aside(connection: Connection, practice_id: int, news: _News) -> set[int]:
    statement = select(
        *(status_event.c.id, status_event.c.patient_control_number, status_event.c.payer_control_number),
        status_event.c.first_service,
    ).where(status_event.c.claim_id.is_(None), status_event.c.practice_id == practice_id)
    return {
        row.id
        for row in connection.execute(statement)
        if _concerns(news, row.patient_control_number, {row.payer_control_number}, row)
    }


def _statuses_on(connection: Connection, claim_ids: set[int]) -> set[int]:
    if not claim_ids:
        return set()
    statement = select(status_event.c.id).where(among(connection, status_event.c.claim_id, sorted(claim_ids)))
    return set(connection.execute(statement).scalars())


def _concerns(news: _News, number: str, payer_numbers: set[str], row: object) -> bool:
    key = control_key(number)
    on = getattr(row, "first_service", None)
    if on in news.dates or not payer_numbers.isdisjoint(news.numbers):
        return True
    if not key:
        return False
    if key in news.keys or any(short in news.keys for short in shorter_keys(key)):
        return True
    return len(key) >= PAYER_CUTS_AT and any(known.startswith(key) for known in news.keys)


def _former(detail: dict[str, list[list[str]]]) -> list[str]:
    return [reference[1] for reference in detail.get("references", ()) if reference[0] == "F8"]
