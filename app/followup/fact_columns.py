"""Rows of the facts' statement as columns, for the full run: the same facts as `facts.fact_rows` makes, without a
Python object for each claim. A test holds the two together, column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

import edi.codes
from app.claims.code_ways import CARC, RARC, CodeWays
from app.claims.tables import ClaimState, KnownFrom
from app.followup.outcomes import ROUTE_OF_OUTCOME
from workqueues.facts import Facts, day_number
from workqueues.remarks import bits_of_remarks
from workqueues.vocabulary import (
    CATEGORIES,
    CLAIM_KINDS,
    CODE_ACTIONS,
    GROUPS,
    OVERTURNS,
    PAYER_ANSWERS,
    PAYER_KINDS,
    ROUTES,
    STATUSES,
    SUBMISSIONS,
    code_number,
    position,
)

Column = NDArray[Any]
STATES = tuple(ClaimState)  # a claim's state travels through the facts as its place here

ROUTE_OF_WORD = {outcome.value: route for outcome, route in ROUTE_OF_OUTCOME.items()}
DATES = {  # fact → column of the statement
    "service_on": "first_service",
    "service_through": "last_service",
    "first_billed_on": "first_billed_on",
    "last_billed_on": "last_billed_on",
    "last_answer_on": "last_answer_on",
    "primary_paid_on": "primary_paid_on",
    "crossover_on": "crossover_on",
    "last_touch_on": "last_touch",
    "next_check_on": "next_check_on",
    "refile_due_on": "refile",
    "appeal_due_on": "appeal",
    "second_appeal_due_on": "second_appeal",
    "records_due_on": "records",
}


class _Rows:
    """The chunk turned on its side, and how a column of it becomes an array."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.columns = dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))

    def words(self, name: str, words: tuple[str, ...]) -> Column:
        return self.mapped(name, lambda word: position(words, word or ""), np.int8)

    def mapped(self, name: str, value_of: Callable[[Any], Any], kind: Any) -> Column:
        """Each different value is looked up once; of many columns every value is the same."""
        column = self.columns[name]
        known = {value: value_of(value) for value in set(column)}
        if len(known) == 1:
            return np.full(len(column), next(iter(known.values())), kind)
        return np.fromiter(map(known.__getitem__, column), kind, len(column))

    def days(self, name: str, to_day: Callable[[Any], date | None]) -> Column:
        return self.mapped(name, lambda value: day_number(to_day(value)), np.float32)

    def numbers(self, name: str) -> Column:
        column = self.columns[name]
        return np.fromiter((value or 0 for value in column), np.int64, len(column))

    def flags(self, name: str) -> Column:
        column = self.columns[name]
        return np.fromiter(map(bool, column), np.bool_, len(column))


def facts_of(
    rows: Sequence[Any],
    today: date,
    *,
    to_day: Callable[[Any], date | None],
    status_of_state: dict[ClaimState, str],
    answer_of_category: dict[str, str],
    turnaround: Callable[[str], int],
    protecting_kinds: Sequence[str],
    ways: CodeWays,
) -> Facts:
    """The columns of some rows; what words and days mean is the caller's, as for single rows."""
    if not rows:
        return Facts.from_rows([])
    chunk = _Rows(rows)
    now = np.float32(day_number(today))
    days = {fact: chunk.days(name, to_day) for fact, name in DATES.items() if name in chunk.columns}
    denial_on, claim_denied_on = chunk.days("denial_on", to_day), chunk.days("denied_on", to_day)
    made: dict[str, Column] = {**days, **_money(chunk), **_codes(chunk)}
    made["payer_answer"] = chunk.mapped(
        "answer", lambda code: position(PAYER_ANSWERS, answer_of_category.get(code or "", "none")), np.int8
    )
    made["denied_on"] = _first_known(denial_on, claim_denied_on)
    made["arrived_on"] = _first_known(denial_on, days["last_answer_on"], days["first_billed_on"])
    snoozed = chunk.days("snoozed_until", to_day)
    made["snoozed_until"] = np.where(snoozed > now, snoozed, np.float32(np.nan))
    made["status"] = _status(chunk, days["last_billed_on"], now, status_of_state, turnaround)
    made["state"] = chunk.mapped("state", STATES.index, np.int8)
    protected = chunk.mapped("payer_kind", lambda kind: kind in protecting_kinds, np.bool_)
    made["patient_protected"] = chunk.flags("is_protected") | protected
    made |= _sent(chunk, denial_on, days["last_billed_on"], to_day)
    _judge(chunk, made, ways)
    return Facts.from_columns(made, len(rows))


def _money(chunk: _Rows) -> dict[str, Column]:
    insurance, patient = chunk.numbers("insurance_cents"), chunk.numbers("patient_cents")
    owed, share = np.maximum(insurance, 0), np.maximum(patient, 0)
    made = {
        "open_cents": owed + share,
        "insurance_open_cents": owed,
        "patient_open_cents": share,
        "credit_cents": np.maximum(-insurance, 0) + np.maximum(-patient, 0),
        "billed_cents": chunk.numbers("charge_cents"),
        "denied_cents": chunk.numbers("denied_cents"),
        "allowed_share": np.array(chunk.columns["allowed_share"], np.float32),  # None becomes NaN: not known
    }
    if "underpaid_cents" in chunk.columns:
        made["underpaid_cents"] = chunk.numbers("underpaid_cents")
    return made


def _codes(chunk: _Rows) -> dict[str, Column]:
    def told(code: str | None) -> Any:
        return edi.codes.carc(code) if code else None

    def remarks_of(text: str | None) -> tuple[str, ...]:
        return tuple(text.split()) if text else ()

    def is_medicare(kind: str) -> bool:
        return kind == "medicare"

    institutional = chunk.mapped("kind", lambda kind: kind == "I", np.bool_)
    return {
        "claim_id": chunk.numbers("id"),
        "practice_id": chunk.numbers("practice_id"),
        "payer_id": chunk.numbers("payer_id"),
        "payer_kind": chunk.words("payer_kind", PAYER_KINDS),
        "claim_kind": chunk.words("kind", CLAIM_KINDS),
        "carc": chunk.mapped("carc", lambda code: code_number(code or ""), np.int32),
        "group": chunk.words("denial_group", GROUPS),
        "category": chunk.mapped("category", lambda word: position(CATEGORIES, word or "other"), np.int8),
        "remark": chunk.mapped(
            "remarks", lambda text: code_number(remarks_of(text)[0]) if remarks_of(text) else 0, np.int32
        ),
        "remark_effects": chunk.mapped("remarks", lambda text: bits_of_remarks(remarks_of(text)), np.uint32),
        "carc_action": chunk.mapped(
            "carc", lambda code: position(CODE_ACTIONS, told(code).next_action if told(code) else ""), np.int8
        ),
        "carc_overturn": chunk.mapped(
            "carc", lambda code: position(OVERTURNS, told(code).overturn if told(code) else ""), np.int8
        ),
        "is_repeat_denial": chunk.flags("is_repeat"),
        "has_other_coverage": chunk.flags("has_other_coverage"),
        "other_coverage_billed": chunk.mapped("crossover_on", lambda day: day is not None, np.bool_),
        "has_payer_claim_number": chunk.flags("payer_control_number"),
        "is_known_from_837": chunk.mapped("known_from", lambda word: word == KnownFrom.SUBMISSION, np.bool_),
        "is_institutional_part_a": institutional & chunk.mapped("payer_kind", is_medicare, np.bool_),
        "touches": np.minimum(chunk.numbers("touches"), 30_000),
        "followups": np.minimum(chunk.numbers("checks"), 30_000),
        "manual_priority": np.clip(chunk.numbers("priority"), -100, 100),
    }


def _judge(chunk: _Rows, made: dict[str, Column], ways: CodeWays) -> None:
    """Codes that the site judges otherwise than the table, by payer and day. Only their own rows are looked at."""
    reasons, remarks = ways.codes(CARC), ways.codes(RARC)
    payers, days = chunk.columns["payer_id"], chunk.columns["denial_on"]
    if reasons:
        for row, code in enumerate(chunk.columns["carc"]):
            if code in reasons:
                judged = ways.carc(code, payers[row], days[row])
                made["carc_action"][row] = position(CODE_ACTIONS, judged.next_action if judged else "")
                made["carc_overturn"][row] = position(OVERTURNS, judged.overturn if judged else "")
    if remarks:
        for row, text in enumerate(chunk.columns["remarks"]):
            codes = text.split() if text else []
            if not remarks.isdisjoint(codes):
                made["remark_effects"][row] = bits_of_remarks(codes, ways.effects(payers[row], days[row]))


def _status(
    chunk: _Rows,
    billed_on: Column,
    now: np.float32,
    status_of_state: dict[ClaimState, str],
    turnaround: Callable[[str], int],
) -> Column:
    status = chunk.mapped("state", lambda state: position(STATUSES, status_of_state.get(state, "unknown")), np.int8)
    is_sent = chunk.mapped("state", lambda state: state in (ClaimState.SUBMITTED, ClaimState.ACCEPTED), np.bool_)
    usual, own = chunk.mapped("payer_kind", turnaround, np.float32), chunk.numbers("answer_days")
    silent = is_sent & (billed_on + np.where(own > 0, own, usual).astype(np.float32) < now)
    return np.where(silent, np.int8(STATUSES.index("no_answer")), status)


def _sent(
    chunk: _Rows, denial_on: Column, billed_on: Column, to_day: Callable[[Any], date | None]
) -> dict[str, Column]:
    """What is under way, and what the last look found where nothing is."""
    step = chunk.words("sent_step", SUBMISSIONS)
    is_named = chunk.mapped("sent_step", bool, np.bool_)
    resent = billed_on > denial_on  # false where either is not known
    sent = np.where(is_named, step, np.where(resent, SUBMISSIONS.index("refile"), 0)).astype(np.int8)
    since = chunk.days("sent_since", to_day)
    found = chunk.mapped("finding", lambda word: position(ROUTES, ROUTE_OF_WORD.get(word or "", "unknown")), np.int8)
    is_stale = chunk.days("found_at", to_day) < denial_on
    judged = chunk.mapped("strength", lambda strength: -1 if strength is None else strength, np.int8)
    was_judged_before = chunk.days("judged_at", to_day) < denial_on
    nothing_sent = ~is_named & ~resent
    given_up, owed = chunk.numbers("given_up_cents"), chunk.numbers("insurance_cents")
    is_given_up = (owed > 0) & (given_up >= owed)
    return {
        "submission": sent,
        "submitted_on": _first_known(since, np.where(resent, billed_on, np.float32(np.nan))),
        "route": np.where(is_given_up, ROUTES.index("dead"), np.where(nothing_sent & ~is_stale, found, 0)),
        "strength": np.where(was_judged_before, np.int8(-1), judged),
        "is_after_refile": (sent == SUBMISSIONS.index("appeal"))
        & chunk.flags("is_repeat")
        & (chunk.numbers("submissions") > 1),
    }


def _first_known(*columns: Column) -> Column:
    found = columns[0]
    for column in columns[1:]:
        found = np.where(np.isnan(found), column, found)
    return found
