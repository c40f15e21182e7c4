"""What was sent, answered, posted and told of each claim, for `benchmarks.pages_practice`: rows as dicts.

Everything follows from a claim's number, so that a row of one table knows what the others say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from app.claims.tables import ClaimState
from benchmarks.web_practice import CLAIMS_PER_PATIENT, PAYERS, PRACTICES

DENIED_EACH = 10  # three claims of ten were denied
CLOSED_SHARE = 5  # a fifth as many closed claims as open ones
PER_REMITTANCE = 50
CODES = (("197", "authorization"), ("16", "coding"), ("27", "eligibility"), ("50", "clinical"), ("29", "filing"))
CREDIT_EACH, PATIENT_EACH = 400, 8  # of the closed claims
SHORT_EACH = 250  # of the open claims
UNMATCHED_EACH, HELD_EACH = 150, 400  # of the claim payments


class Past(NamedTuple):
    """Of what size, and since when."""

    claims: int
    now: datetime
    people: list[int]

    @property
    def closed(self) -> int:
        return self.claims // CLOSED_SHARE

    @property
    def today(self) -> date:
        return self.now.date()

    def day(self, number: int, least: int = 3, most: int = 300) -> date:
        """A day of the past, the same whenever it is asked."""
        return self.today - timedelta(days=least + number * 37 % (most - least))

    def moment(self, number: int) -> datetime:
        return self.now - timedelta(seconds=60 + number * 7919 % 25_000_000)

    def person(self, number: int) -> int:
        return self.people[number % len(self.people)]


class Answer(NamedTuple):
    """One claim payment."""

    id: int
    claim_id: int
    remittance_id: int
    is_denied: bool
    state: str


def practice_of(claim_id: int) -> int:
    return ((claim_id - 1) // CLAIMS_PER_PATIENT + 1) % PRACTICES + 1


def payer_of(claim_id: int) -> int:
    return claim_id * 7 % PAYERS + 1


def billed_cents(claim_id: int) -> int:
    return 2_000 + claim_id * 7919 % 150_000  # as web_practice opens it


def answers_of(past: Past) -> Iterator[Answer]:
    """A denial of three in ten of the open claims, a payment of each closed one; fifty to a remittance."""
    counted: dict[int, int] = defaultdict(int)
    denied = (number for number in range(1, past.claims + 1) if number % DENIED_EACH < 3)
    closed = range(past.claims + 1, past.claims + past.closed + 1)
    number = 0
    for is_denied, claim_ids in ((True, denied), (False, closed)):
        for claim_id in claim_ids:
            number += 1
            practice = practice_of(claim_id)
            remittance = counted[practice] // PER_REMITTANCE * PRACTICES + practice
            counted[practice] += 1
            state = "posted"
            if is_denied and number % UNMATCHED_EACH == 0:
                state = "unmatched"
            yield Answer(number, claim_id, remittance, is_denied, state)


def _paid_cents(each: Answer) -> int:
    return 0 if each.is_denied else billed_cents(each.claim_id) * 6 // 10


def _patient_cents(each: Answer) -> int:
    return billed_cents(each.claim_id) // 20 if not each.is_denied and each.claim_id % PATIENT_EACH == 0 else 0


def _credit_cents(each: Answer) -> int:
    """Written off beyond what was open: the payer's side stands below zero."""
    return 700 if not each.is_denied and each.claim_id % CREDIT_EACH == 0 else 0


def _code(claim_id: int) -> tuple[str, str]:
    return CODES[claim_id // DENIED_EACH % len(CODES)]


def _last_remittance(answers: list[Answer]) -> int:
    return max(each.remittance_id for each in answers)


def files(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for number in range(1, _last_remittance(answers) + 1):
        yield {
            "sha256": f"{number:064x}",
            "size_bytes": 40_000,
            "name": f"era{number:06d}.835",
            "state": "partly" if number % 50 == 0 else "quarantined" if number % 97 == 0 else "loaded",
            "kinds": "835",
            "sets": 1,
            "claims": PER_REMITTANCE,
            "errors": int(number % 50 == 0),
            "received_at": past.moment(number),
            "loaded_at": past.moment(number),
        }


def sets(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for number in range(1, _last_remittance(answers) + 1):
        yield {
            "file_id": number,
            "set_number": 1,
            "practice_id": (number - 1) % PRACTICES + 1,
            "kind": "835",
            "state": "held" if number % 50 == 0 else "loaded",
            "control_number": f"{number:09d}",
            "fingerprint": f"f{number}",
            "business_key": f"k{number}",
            "claims": PER_REMITTANCE,
            "loaded_at": past.moment(number),
        }


def arrivals(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for number in range(1, _last_remittance(answers) + 1):
        name = f"era{number:06d}.835"
        yield {"file_id": number, "name": name, "channel": "inbox", "arrived_at": past.moment(number)}


def findings(answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for number in range(50, _last_remittance(answers) + 1, 50):
        for place in range(20):
            yield {
                "file_id": number,
                "set_number": 1,
                "code": "balance.claim",
                "severity": "error",
                "segment": place + 3,
                "element": 4,
                "message": "The claim does not balance.",
                "remedy": "Ask the payer.",
            }


def closed_claims(past: Past) -> Iterator[dict[str, Any]]:
    for number in range(past.claims + 1, past.claims + past.closed + 1):
        patient = (number - 1) % (past.claims // 4) + 1
        day = past.day(number)
        yield {
            "id": number,
            "practice_id": practice_of(number),
            "patient_id": patient,
            "payer_id": payer_of(number),
            "patient_control_number": f"B{number:08d}",
            "control_key": f"b{number:08d}",
            "kind": "P",
            "state": ClaimState.PAID.value,
            "charge_cents": billed_cents(number),
            "member_id": f"M{patient:08d}",
            "first_service": day - timedelta(days=20),
            "last_service": day - timedelta(days=20),
            "first_billed_on": day - timedelta(days=15),
            "last_billed_on": day - timedelta(days=15),
            "submissions": 1,
            "closed_on": day,
            "adjudicated_on": day,
            "last_answer_on": day,
            "created_at": past.now - timedelta(days=300),
        }


def closed_balances(past: Past) -> Iterator[dict[str, Any]]:
    for number in range(past.claims + 1, past.claims + past.closed + 1):
        each = Answer(0, number, 0, is_denied=False, state="posted")
        billed, paid = billed_cents(number), _paid_cents(each)
        patient, credit = _patient_cents(each), _credit_cents(each)
        yield {
            "claim_id": number,
            "practice_id": practice_of(number),
            "billed_cents": billed,
            "insurance_cents": -credit,
            "paid_cents": paid + patient,
            "adjusted_cents": billed - paid - patient + credit,
        }


def lines(past: Past) -> Iterator[dict[str, Any]]:
    for number in range(1, past.claims + past.closed + 1):
        yield {
            "claim_id": number,
            "number": 1,
            "control_number": "1",
            "procedure": f"{99_201 + number % 15}",
            "charge_cents": billed_cents(number),
        }


def submissions(past: Past) -> Iterator[dict[str, Any]]:
    for number in range(1, past.claims + past.closed + 1):
        yield {
            "practice_id": practice_of(number),
            "claim_id": number,
            "payer_id": payer_of(number),
            "patient_control_number": f"B{number:08d}",
            "control_key": f"b{number:08d}",
            "loaded_set_id": 1,
            "file_id": 1,
            "sent_on": past.day(number, 100),
            "charge_cents": billed_cents(number),
        }


def remittances(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    paid: dict[int, int] = defaultdict(int)
    counted: dict[int, int] = defaultdict(int)
    for each in answers:
        paid[each.remittance_id] += _paid_cents(each)
        counted[each.remittance_id] += 1
    for number in range(1, _last_remittance(answers) + 1):
        yield {
            "practice_id": (number - 1) % PRACTICES + 1,
            "payer_id": number * 7 % PAYERS + 1,
            "loaded_set_id": number,
            "file_id": number,
            "state": "held" if number % 50 == 0 else "posted",
            "trace": f"T{number:09d}",
            "originator": "1234567890",
            "method": "ACH",
            "handling": "I",
            "payment_date": past.day(number),
            "paid_cents": paid[number],
            "claims_cents": paid[number],
            "claims": counted[number],
            "payer_name": f"HEALTH PLAN NUMBER {number * 7 % PAYERS + 1}",
            "received_at": past.moment(number),
        }


def payments(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for each in answers:
        yield {
            "id": each.id,
            "practice_id": practice_of(each.claim_id),
            "remittance_id": each.remittance_id,
            "claim_id": None if each.state == "unmatched" else each.claim_id,
            "state": each.state,
            "match_rule": "control",
            "payer_rank": 1,
            "classification": "full_denial" if each.is_denied else "paid",
            "status": "4" if each.is_denied else "1",
            "patient_control_number": f"B{each.claim_id:08d}",
            "payer_control_number": f"P{each.id:010d}",
            "charge_cents": billed_cents(each.claim_id),
            "paid_cents": _paid_cents(each),
            "held_cents": 500 if each.is_denied and each.id % HELD_EACH == 1 else 0,
            "patient_cents": _patient_cents(each),
            "patient_last": f"FAMILY{each.claim_id % 50_000}",
            "patient_first": "ANNA",
            "member_id": f"M{each.claim_id:08d}",
            "first_service": past.day(each.claim_id, 100),
            "fingerprint": f"c{each.id}",
        }


def services(answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for each in answers:
        billed = billed_cents(each.claim_id)
        yield {
            "claim_payment_id": each.id,
            "line_id": each.claim_id,
            "position": 1,
            "procedure": f"{99_201 + each.claim_id % 15}",
            "charge_cents": billed,
            "paid_cents": _paid_cents(each),
            "allowed_cents": None if each.is_denied else _paid_cents(each),
        }


def adjustments(answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for each in answers:
        billed = billed_cents(each.claim_id)
        reason, cents, nature = "45", billed - _paid_cents(each) - _patient_cents(each), "contractual"
        if each.is_denied:
            reason, cents, nature = _code(each.claim_id)[0], billed, "denial"
        yield {
            "claim_payment_id": each.id,
            "service_payment_id": each.id,
            "group": "CO",
            "reason": reason,
            "cents": cents,
            "nature": nature,
        }


def provider_adjustments(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    """They take no money: the remittances clear without them."""
    for number in range(1, _last_remittance(answers) + 1, 8):
        yield {
            "practice_id": (number - 1) % PRACTICES + 1,
            "payer_id": number * 7 % PAYERS + 1,
            "remittance_id": number,
            "provider_id": "1234567890",
            "reason": "72",
            "cents": 0,
        }


def denials(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for each in answers:
        if each.is_denied and each.state == "posted":
            reason, category = _code(each.claim_id)
            yield {
                "practice_id": practice_of(each.claim_id),
                "claim_id": each.claim_id,
                "claim_payment_id": each.id,
                "category": category,
                "group": "CO",
                "reason": reason,
                "denied_cents": billed_cents(each.claim_id),
                "denied_on": past.day(each.remittance_id),
                "is_full": True,
                "is_open": each.id % 7 != 0,
                "closed_on": past.today if each.id % 7 == 0 else None,
                "closed_as": "" if each.id % 7 else "overturned",
            }


Leg = tuple[str, int, int | None, int | None]  # account, cents, claim, remittance


def books(past: Past, answers: list[Answer]) -> Iterator[tuple[dict[str, Any], list[Leg]]]:
    """Every entry with its legs: a charge a claim, a deposit a remittance, a payment a closed claim, whose
    patient pays too."""
    for number in range(1, past.claims + past.closed + 1):
        cents = billed_cents(number)
        legs: list[Leg] = [("insurance_ar", cents, number, None), ("charges", -cents, number, None)]
        yield _entry(past, practice_of(number), "charge", "submission", number, past.day(number, 100)), legs
    paid: dict[int, int] = defaultdict(int)
    for each in answers:
        paid[each.remittance_id] += _paid_cents(each)
    for remittance, cents in sorted(paid.items()):
        practice = (remittance - 1) % PRACTICES + 1
        legs = [("cash", cents, None, remittance), ("remittance_clearing", -cents, None, remittance)]
        yield _entry(past, practice, "deposit", "remittance", remittance, past.day(remittance)), legs
    for each in answers:
        if not each.is_denied:
            claim_id, billed = each.claim_id, billed_cents(each.claim_id)
            cents, patient = _paid_cents(each), _patient_cents(each)
            off = billed - cents - patient + _credit_cents(each)
            legs = [("remittance_clearing", cents, claim_id, each.remittance_id)]
            legs += [("contractual", off, claim_id, each.remittance_id)]
            legs += [("patient_ar", patient, claim_id, each.remittance_id)] if patient else []
            legs += [("insurance_ar", -cents - patient - off, claim_id, each.remittance_id)]
            practice, day = practice_of(claim_id), past.day(each.remittance_id)
            yield _entry(past, practice, "claim_payment", "claim_payment", each.id, day), legs
            if patient:
                legs = [("cash", patient, claim_id, None), ("patient_ar", -patient, claim_id, None)]
                yield _entry(past, practice, "person", "person", past.person(claim_id), past.today), legs


def _entry(past: Past, practice: int, kind: str, cause: str, cause_id: int, on: date) -> dict[str, Any]:
    return {
        "practice_id": practice,
        "kind": kind,
        "event_date": on,
        "known_at": datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        "cause_kind": cause,
        "cause_id": cause_id,
    }


def legs(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for number, (entry, legs) in enumerate(books(past, answers), 1):
        for account, cents, claim_id, remittance_id in legs:
            yield {
                "entry_id": number,
                "practice_id": entry["practice_id"],
                "account": account,
                "amount_cents": cents,
                "claim_id": claim_id,
                "remittance_id": remittance_id,
                "adjustment_group": "CO" if account == "contractual" else "",
                "adjustment_reason": "45" if account == "contractual" else "",
            }


def timeline(past: Past, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    for number in range(1, past.claims + past.closed + 1):
        yield _told(past, number, "submitted", past.day(number, 100), "Sent to the payer.")
    for each in answers:
        kind, words = ("denied", "Denied: CO.") if each.is_denied else ("paid", "Paid.")
        yield _told(past, each.claim_id, kind, past.day(each.remittance_id), words)


def _told(past: Past, claim_id: int, kind: str, on: date, words: str) -> dict[str, Any]:
    return {
        "practice_id": practice_of(claim_id),
        "claim_id": claim_id,
        "kind": kind,
        "happened_on": on,
        "known_at": past.moment(claim_id),
        "summary": words,
    }
