"""What people did, and what every desk lists, for `benchmarks.pages_practice`: rows as dicts, by table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlmodel import SQLModel

from app.appeals.tables import Appeal, AppealBatch
from app.claims.tables import StepUnderWay
from app.core.tables import OutboxItem
from app.followup.tables import (
    Assignment,
    BulkAct,
    BulkItem,
    ComeBack,
    LotChance,
    ManualPriority,
    Snooze,
    StepDone,
    Touch,
    WriteOffRequest,
)
from app.intake.tables import PickupRun
from app.jobs.tables import JobRun
from app.ledger.tables import CreditBalance, PatientPaymentLine, RefundRequest
from app.matching.tables import ContractFee, StatusEvent, Underpayment
from app.refiling.tables import Refile
from app.research.tables import Inquiry, InquiryBatch
from benchmarks.pages_past import CREDIT_EACH, SHORT_EACH, Past, payer_of, practice_of
from benchmarks.web_practice import PAYERS, PRACTICES

Rows = Iterable[dict[str, Any]]
Tables = Iterator[tuple[type[SQLModel], Rows]]


def desks(past: Past) -> Tables:
    for part in (_touched, _owned, _statuses, _inquiries, _sent, _money, _jobs):
        yield from part(past)


def _each(past: Past, every: int, first: int = 1) -> Iterator[dict[str, Any]]:
    """Every so many-th open claim."""
    for claim_id in range(first, past.claims + 1, every):
        yield {"claim_id": claim_id, "practice_id": practice_of(claim_id)}


def _by(past: Past, row: dict[str, Any]) -> int:
    return past.person(row["claim_id"])


def _of_payers(past: Past, every: int, first: int = 1) -> Iterator[dict[str, Any]]:
    """The same, with their payers."""
    for row in _each(past, every, first):
        yield row | {"payer_id": payer_of(row["claim_id"])}


def _closed(past: Past, every: int) -> Iterator[dict[str, Any]]:
    for claim_id in range(past.claims + every - past.claims % every, past.claims + past.closed + 1, every):
        yield {"claim_id": claim_id, "practice_id": practice_of(claim_id)}


def _touched(past: Past) -> Tables:
    yield Touch, _touches(past)
    steps = (
        {"denial_id": number, "step": "Find it.", **row, "person_id": past.person(number), "done_at": past.now}
        for number, row in enumerate(_each(past, 20, 10), 1)
    )
    yield StepDone, steps


def _touches(past: Past) -> Iterator[dict[str, Any]]:
    for number in range(past.claims * 3 // 10):
        claim_id = number * 7 % past.claims + 1
        yield {
            "practice_id": practice_of(claim_id),
            "claim_id": claim_id,
            "person_id": past.person(number),
            "at": past.moment(number),
            "kind": ("note", "call", "portal", "correction")[number % 4],
            "note": "Asked the payer; it is in process.",
            "outcome": ("", "in-process", "paid", "denied")[number % 4],
            "minutes": 4.0 + number % 9,
            "action": ("research", "check-status", "appeal")[number % 3],
            "queue": ("authorization", "coding", "no-answer")[number % 3],
        }


def _owned(past: Past) -> Tables:
    """Whose, parked, back, first, to be given up; and who is drawn by lot."""
    claims = past.claims
    owned = (
        {
            **row,
            "person_id": _by(past, row),
            "assigned_by_id": _by(past, row),
            "assigned_at": past.now,
        }
        for row in _each(past, 50)
    )
    yield Assignment, owned
    snoozes = (
        {
            **row,
            "person_id": _by(past, row),
            "until": past.today + timedelta(days=1 + row["claim_id"] % 40),
            "reason": "Payer said two weeks.",
            "made_at": past.now,
        }
        for row in _each(past, 50, 3)
    )
    yield Snooze, snoozes
    backs = (
        {
            **row,
            "person_id": _by(past, row),
            "reason": "The payer answered.",
            "back_on": past.day(row["claim_id"], 1),
        }
        for row in _each(past, 200, 5)
    )
    yield ComeBack, backs
    first = (
        {
            **row,
            "level": 1,
            "reason": "Director asked.",
            "person_id": _by(past, row),
            "made_at": past.now,
        }
        for row in _each(past, 5_000, 7)
    )
    yield ManualPriority, first
    asked = (
        {
            **row,
            "cents": 1_000,
            "reason": "timely filing",
            "requested_by_id": _by(past, row),
            "requested_at": past.moment(row["claim_id"]),
            "state": "waiting" if row["claim_id"] % 8 == 1 else "refused",
        }
        for row in _each(past, 400)
    )
    yield WriteOffRequest, asked
    acts = range(1, claims // 1_000 + 1)
    yield (
        BulkAct,
        (
            {"person_id": past.person(n), "at": past.moment(n), "kind": "park", "claims": 50, "open_cents": 1}
            for n in acts
        ),
    )
    yield BulkItem, ({"bulk_id": n, "claim_id": n * 50 + k} for n in acts for k in range(50) if n * 50 + k <= claims)
    yield LotChance, [{"from_day": past.today - timedelta(days=250), "chance": 0.05, "began": past.day(0, 250, 251)}]


def _statuses(past: Past) -> Tables:
    """What payers said in between."""
    statuses = (
        {
            "practice_id": row["practice_id"],
            "claim_id": row["claim_id"],
            "loaded_set_id": 1,
            "file_id": 1,
            "kind": "277",
            "category": "P1",
            "status": "20",
            "effective": past.day(row["claim_id"]),
            "received_at": past.moment(row["claim_id"]),
        }
        for row in _of_payers(past, 5)
    )
    yield StatusEvent, statuses


def _inquiries(past: Past) -> Tables:
    """What payers were asked."""
    claims = past.claims
    batches = range(1, claims // 500 + 1)
    yield (
        InquiryBatch,
        (
            {
                "practice_id": n % PRACTICES + 1,
                "payer_id": n % PAYERS + 1,
                "kind": "person",
                "reference": f"R{n}",
                "control_number": f"{n:09d}",
                "inquiries": 20,
                "made_at": past.moment(n),
            }
            for n in batches
        ),
    )
    inquiries = (
        {
            **row,
            "batch_id": number % len(batches) + 1,
            "trace": f"OV{number}",
            "state": ("answered", "answered", "sent", "not_found", "failed")[number % 5],
            "asked_on": past.day(number),
        }
        for number, row in enumerate(_of_payers(past, 20, 2), 1)
    )
    yield Inquiry, inquiries


def _sent(past: Past) -> Tables:
    """Refiles, appeals, and what waits to leave."""
    claims = past.claims
    today = past.today
    refiles = (
        {
            **row,
            "from_submission_id": row["claim_id"],
            "route": "replacement",
            "proposed_route": "replacement",
            "rule": "corrected",
            "frequency": "7",
            "charge_cents": 1,
            "paid_before_cents": 0,
            "state": ("sent", "won", "lost", "partly")[number % 4],
            "person_id": past.person(number),
            "made_at": past.moment(number),
            "sent_at": past.moment(number),
        }
        for number, row in enumerate(_of_payers(past, 50, 9), 1)
    )
    yield Refile, refiles
    yield (
        AppealBatch,
        (
            {
                "practice_id": n % PRACTICES + 1,
                "payer_id": n % PAYERS + 1,
                "category": "clinical",
                "reason": "50",
                "argument": "",
                "claims": 20,
                "cents": 1,
                "made_by_id": past.person(n),
                "made_at": past.moment(n),
            }
            for n in range(1, claims // 5_000 + 1)
        ),
    )
    appeals = (
        {
            **row,
            "claim_payment_id": number,
            "state": ("draft", "ready", "sent", "decided", "decided", "decided")[number % 6],
            "category": "clinical",
            "group": "CO",
            "reason": "50",
            "amount_cents": 10_000,
            "level": 1,
            "level_key": "appeal",
            "level_name": "Appeal",
            "legal_last_day": today + timedelta(days=number % 90),
            "decision": ("", "", "", "overturned", "upheld", "partly")[number % 6],
            "decided_on": past.day(number) if number % 6 > 2 else None,
            "won_cents": 5_000 if number % 6 in (3, 5) else 0,
            "sent_on": past.day(number) if number % 6 > 1 else None,
            "made_by_id": past.person(number),
            "made_at": past.moment(number),
            "changed_at": past.moment(number),
        }
        for number, row in enumerate(_of_payers(past, 50, 11), 1)
    )
    yield Appeal, appeals
    way = (
        {"claim_id": row["claim_id"], "step": "appeal", "practice_id": row["practice_id"], "since": today}
        for row in _of_payers(past, 150, 11)
    )
    yield StepUnderWay, way
    yield (
        OutboxItem,
        (
            {
                "practice_id": n % PRACTICES + 1,
                "kind": "refile",
                "title": f"Replacement {n}",
                "file_name": f"{n}.837",
                "sha256": f"{n:064x}",
                "size_bytes": 900,
                "state": _outbox_state(n),
                "made_at": past.moment(n),
                "release_at": past.moment(n),
                "next_try_at": past.moment(n),
                "sent_at": past.moment(n),
            }
            for n in range(1, claims // 25 + 1)
        ),
    )


def _money(past: Past) -> Tables:
    """Credits, shortfalls, prices, and what patients paid."""
    claims = past.claims
    yield CreditBalance, ({**row, "identified_on": past.day(row["claim_id"])} for row in _closed(past, CREDIT_EACH))
    refunds = (
        {
            **row,
            "side": "payer",
            "cents": 700,
            "reason": "paid twice",
            "requested_by_id": _by(past, row),
            "requested_at": past.moment(row["claim_id"]),
            "state": "waiting",
        }
        for row in _closed(past, CREDIT_EACH * 4)
    )
    yield RefundRequest, refunds
    shorts = (
        {
            **row,
            "contracted_cents": 3_000,
            "allowed_cents": 2_000,
            "short_cents": 1_000,
            "lines": [_short(row["claim_id"])],
            "found_at": past.moment(row["claim_id"]),
        }
        for row in _of_payers(past, SHORT_EACH)
    )
    yield Underpayment, shorts
    fees = (
        {
            "payer_id": n % PAYERS + 1,
            "procedure": f"{10_000 + n // PAYERS}",
            "fee_cents": 9_000,
            "valid_from": date(2025, 1, 1),
        }
        for n in range(claims // 50)
    )
    yield ContractFee, fees
    lines = (
        {
            "practice_id": n % PRACTICES + 1,
            "digest": f"{n:064x}",
            "file_name": "patients.csv",
            "line": n,
            "received_on": past.day(n),
            "cents": 2_500,
            "method": "card",
            "reference": f"X{n}",
        }
        for n in range(1, claims // 100 + 1)
    )
    yield PatientPaymentLine, lines


def _jobs(past: Past) -> Tables:
    """What ran by itself."""
    claims = past.claims
    runs = range(claims // 100)
    yield (
        JobRun,
        ({"job": "pickup", "trigger": "schedule", "started_at": past.moment(n), "is_fine": True} for n in runs),
    )
    yield PickupRun, ({"started_at": past.moment(n), "trigger": "schedule", "result": "Nothing new."} for n in runs)


def _short(claim_id: int) -> dict[str, Any]:
    """A line below its contract, as `app.matching.underpayment.Short`."""
    return {
        "service_payment_id": claim_id,
        "procedure": f"{99_201 + claim_id % 15}",
        "modifiers": "",
        "units": "1",
        "contracted_cents": 3_000,
        "allowed_cents": 2_000,
        "short_cents": 1_000,
    }


def _outbox_state(number: int) -> str:
    if number % 200 == 0:
        return "waiting"
    return "failed" if number % 300 == 1 else "released" if number % 100 == 2 else "sent"
