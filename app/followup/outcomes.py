"""The practice's own evidence, read off its books: what was sent and what came of it, what research found, what paid
by itself, and how many minutes each took.

One walk through each claim's events in order (`claim_histories.py`). A denial's answer is that of the last
thing sent between the denial and its closing. Nothing is guessed: a denial that closed with nothing sent
teaches only that it paid by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from app.followup.claim_histories import (
    OF_THE_CLAIM,
    Among,
    ClaimHistory,
    Known,
    Refused,
    Touched,
    brought_by,
    claim,
    claim_histories,
    claim_payment,
    remittance,
    touch,
)
from app.followup.touch import Outcome, TouchKind
from app.matching.tables import PaymentState
from workqueues.outcomes import OutcomeRow

HISTORY_DAYS = 1_460  # at the standard half-life an outcome of that age counts a quarter
CLAIMS_AT_ONCE = 5_000
ALONE_DAYS = 60  # left alone for so long, a claim has shown whether it pays by itself
SILENCE_DAYS = 35  # an answer that came later than this after the first bill had been silence
SILENT_MOST = 50_000  # of claims left alone in silence; the newest
NO_ANSWER = "no-answer"
GOOD = ("overturned", "partly")  # how a denial closes when it brought money

LOOKED = (TouchKind.CALL, TouchKind.PORTAL, TouchKind.STATUS_CHECK)
ROUTE_OF_OUTCOME = {
    Outcome.WILL_PAY: "in_process",
    Outcome.REPROCESSING: "in_process",
    Outcome.NEEDS_CORRECTION: "refile",
    Outcome.NOT_ON_FILE: "refile",  # nothing to correct, but it has to be sent
    Outcome.NEEDS_APPEAL: "appeal",
    Outcome.NEEDS_RECORDS: "appeal",
}


class _Sent(NamedTuple):
    on: date
    what: str  # refile, appeal, second_appeal


def outcome_rows(session: Session, today: date) -> Iterator[OutcomeRow]:
    """Every outcome of the last four years."""
    since = today - timedelta(days=HISTORY_DAYS)
    last = session.execute(select(func.max(claim.c.id))).scalar_one() or 0
    for first in range(1, last + 1, CLAIMS_AT_ONCE):
        among = Among(since, first, first + CLAIMS_AT_ONCE - 1)
        histories = claim_histories(session, among)
        brought = brought_by(session, among) if histories else {}
        for history in histories.values():
            yield from _walk(history, brought, today)
    yield from _left_in_silence(session, since, today)


def _left_in_silence(session: Session, since: date, today: date) -> Iterator[OutcomeRow]:
    """Claims that nobody touched although the payer was silent: did they pay?"""
    answers = (
        select(
            claim_payment.c.claim_id,
            func.min(remittance.c.payment_date).label("first_on"),
            func.sum(claim_payment.c.paid_cents).label("paid"),
        )
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(claim_payment.c.state == PaymentState.POSTED)
        .group_by(claim_payment.c.claim_id)
        .subquery()
    )
    statement = (
        select(claim.c.id, *OF_THE_CLAIM, answers.c.first_on, answers.c.paid)
        .outerjoin(answers, answers.c.claim_id == claim.c.id)
        .outerjoin(touch, touch.c.claim_id == claim.c.id)
        .where(
            touch.c.id.is_(None),
            claim.c.first_billed_on.between(since, today - timedelta(days=SILENCE_DAYS + ALONE_DAYS)),
            claim.c.submissions == 1,
        )
        .order_by(claim.c.id.desc())
        .limit(SILENT_MOST)
    )
    for row in session.execute(statement):
        known = Known(row.own_payer_id, row.kind, row.charge_cents, row.first_service, row.first_billed_on)
        silent_from = row.first_billed_on + timedelta(days=SILENCE_DAYS)
        if row.first_on is not None and row.first_on <= silent_from:
            continue
        paid_in_time = row.first_on is not None and row.first_on <= silent_from + timedelta(days=ALONE_DAYS)
        paid = max(0, row.paid or 0) if paid_in_time else 0
        yield outcome_row("left-alone", silent_from + timedelta(days=ALONE_DAYS), known, None, paid_cents=paid)


def _walk(history: ClaimHistory, brought: dict[int, tuple[int, int]], today: date) -> Iterator[OutcomeRow]:
    """One claim's outcomes in the order of its denials, and of its touches."""
    sent = _sendings(history)
    for refused in history.refused:
        until = refused.closed_on or today
        between = [each for each in sent if refused.denied_on < each.on <= until]
        worked = [each for each in history.touched if refused.denied_on <= each.on <= until]
        if refused.closed_on is not None and between:
            yield _answer(history, refused, between[-1], sent, brought.get(refused.id, (0, 0)))
        elif not worked and (until - refused.denied_on).days >= (0 if refused.closed_on else ALONE_DAYS):
            if refused.closed_as == "reversed":
                continue  # taken back; the answer that follows says what became of it
            paid = brought.get(refused.id, (0, 0))[0] if refused.closed_as in GOOD else 0
            shown_on = refused.closed_on or refused.denied_on + timedelta(days=ALONE_DAYS)
            yield outcome_row("left-alone", shown_on, history.known, refused, paid_cents=max(paid, 0))
    yield from _worked(history, sent)
    if history.given_up_on is not None and history.refused and not sent:
        yield outcome_row("research", history.given_up_on, history.known, history.refused[-1], route="dead")


def _sendings(history: ClaimHistory) -> list[_Sent]:
    """What left, in order. A correction that was only noted counts when no sending of the claim is on file for it."""
    found = [_Sent(on, "refile") for on in history.resent]
    appeals = 0
    for touched in history.touched:
        what = _what_left(touched, appeals)
        if what == "refile":
            if not any(abs((touched.on - each.on).days) <= 7 for each in found if each.what == "refile"):
                found.append(_Sent(touched.on, what))
        elif what:
            appeals += 1
            found.append(_Sent(touched.on, what))
    return sorted(found)


def _what_left(touched: Touched, appeals: int) -> str:
    """refile, appeal or second_appeal; "" when nothing left with this touch."""
    if touched.kind == TouchKind.CORRECTION:
        return "refile"
    if touched.kind == TouchKind.APPEAL_SENT:
        return "second_appeal" if touched.action == "second-appeal" or appeals else "appeal"
    if touched.kind == TouchKind.DOCUMENT_SENT and touched.action == "send-records":
        return "appeal"
    return ""


def _answer(
    history: ClaimHistory, refused: Refused, last: _Sent, sent: list[_Sent], brought: tuple[int, int]
) -> OutcomeRow:
    known, closed_on = history.known, refused.closed_on
    assert closed_on is not None
    paid = max(brought[0], 0) if refused.closed_as in GOOD else 0
    earlier = any(each.what == "refile" and each.on < refused.denied_on for each in sent)
    return outcome_row(
        "answer",
        closed_on,
        known,
        refused,
        seen_on=last.on,
        submission=last.what,
        strength=_judged(history, refused, last.on),
        is_after_refile=earlier and last.what == "appeal",
        days_pending=max((closed_on - last.on).days, 1),
        paid_cents=paid,
        expected_cents=brought[1] if paid else 0,
    )


def _judged(history: ClaimHistory, refused: Refused, by: date) -> int:
    """How strong a person had judged the case to be when it was sent: the last judgement since the denial."""
    said = [each.strength for each in history.touched if each.strength >= 0 and refused.denied_on <= each.on <= by]
    return said[-1] if said else -1


def _worked(history: ClaimHistory, sent: list[_Sent]) -> Iterator[OutcomeRow]:
    """Touches: a look into what was sent is a check, any other look is research, and a sending has its minutes."""
    appeals = 0
    checks: dict[_Sent, int] = defaultdict(int)
    for touched in history.touched:
        refused = next((each for each in reversed(history.refused) if each.denied_on <= touched.on), None)
        what = _what_left(touched, appeals)
        if what:
            appeals += what != "refile"
            yield outcome_row(
                *("submission", touched.on, history.known, refused), minutes=touched.minutes, submission=what
            )
            continue
        if touched.kind not in LOOKED:
            continue
        pending = _pending(sent, refused, touched.on)
        if pending is not None:
            yield outcome_row(
                *("check", touched.on, history.known, refused),
                minutes=touched.minutes,
                submission=pending.what,
                days_pending=max((touched.on - pending.on).days, 1),
                was_lost=touched.outcome == Outcome.NOT_ON_FILE,
                followups=checks[pending],
            )
            checks[pending] += 1
        else:
            route = ROUTE_OF_OUTCOME.get(Outcome(touched.outcome), "unknown") if touched.outcome else "unknown"
            yield outcome_row(
                *("research", touched.on, history.known, refused),
                minutes=touched.minutes,
                route=route,
                strength=touched.strength,
            )


def _pending(sent: list[_Sent], refused: Refused | None, on: date) -> _Sent | None:
    """What was under way on that day, on the denial that stood then."""
    if refused is None or (refused.closed_on is not None and refused.closed_on <= on):
        return None
    return next((each for each in reversed(sent) if refused.denied_on < each.on < on), None)


def outcome_row(
    event: str, on: date, known: Known, refused: Refused | None, *, seen_on: date | None = None, **values: Any
) -> OutcomeRow:
    """A row with what was known of the claim; ages are of `seen_on`, the day of the sending, or of the event."""
    day = seen_on or on
    started = refused.denied_on if refused else (known.billed_on or day)
    return OutcomeRow(
        event,
        on,
        refused.payer_id if refused else known.payer_id,
        refused.category if refused else NO_ANSWER,
        carc=refused.carc if refused else "",
        remark=refused.remark if refused else "",
        claim_kind=known.kind,
        overturn=refused.overturn if refused else "",
        billed_cents=known.charge_cents,
        days_since_denial=max((day - started).days, 0),
        age_days=max((day - known.service_on).days, 0) if known.service_on else 60,
        **values,
    )
