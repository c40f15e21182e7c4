"""Judge a code otherwise than the table does, for one payer or for all; or take that back.

A judgement that stands is never edited: a new one ends it, so that its history reads as it happened.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

import edi.codes
from app.audit.record import record
from app.claims.code_ways import CARC, COLUMNS
from app.claims.tables import CodeOverride, Payer
from app.claims.terms import one_line
from app.core.clock import Clock
from edi.codes.overrides import Entry, problems_of

LONGEST_WORDS = 200
WHY_LENGTH = 500


class OverrideRefused(ValueError):
    """An override that cannot be kept; the message says which word and what is allowed."""


def override_code(
    session: Session,
    clock: Clock,
    *,
    list_name: str,
    code: str,
    payer_id: int | None,
    changes: dict[str, str],
    from_on: date | None,
    until_on: date | None,
    why: str,
    person_id: int | None,
    person_name: str,
) -> CodeOverride:
    """Keep it; one of the same payer and code whose days it shares is ended. The caller judges open work anew."""
    reason = one_line(why)[:WHY_LENGTH]
    if not reason:
        raise OverrideRefused("Say why: whoever meets this code should find the reason.")
    _check(session, list_name, code, payer_id, changes)
    if from_on and until_on and until_on < from_on:
        raise OverrideRefused("It ends before it begins: put the days the other way round.")
    ended = [
        each
        for each in standing(session, list_name, code)
        if each.payer_id == payer_id and _meet(each, from_on, until_on)
    ]
    for each in ended:
        each.ended_at, each.ended_by = clock.now(), person_name
        session.add(each)
    made = CodeOverride(
        payer_id=payer_id,
        list_name=list_name,
        code=code,
        changes=dict(changes),
        from_on=from_on,
        until_on=until_on,
        why=reason,
        person_id=person_id,
        person_name=person_name,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    _tell(session, "code.override", made, {"before": [_said(each) for each in ended], "after": _said(made)})
    return made


def end_override(session: Session, clock: Clock, made: CodeOverride, *, person_name: str) -> None:
    """The table's own judgement again."""
    if made.ended_at is not None:
        raise OverrideRefused("It does not stand any more.")
    made.ended_at, made.ended_by = clock.now(), person_name
    session.add(made)
    session.flush()
    _tell(session, "code.override_ended", made, {"before": _said(made)})


def standing(session: Session, list_name: str, code: str) -> list[CodeOverride]:
    """Those that stand for a code, whoever's."""
    return [each for each in history_of(session, list_name, code) if each.ended_at is None]


def history_of(session: Session, list_name: str, code: str) -> list[CodeOverride]:
    """Everything that was ever kept for a code, newest first."""
    statement = select(CodeOverride).where(CodeOverride.list_name == list_name, CodeOverride.code == code)
    return list(session.exec(statement.order_by(col(CodeOverride.id).desc())))


def _check(session: Session, list_name: str, code: str, payer_id: int | None, changes: dict[str, str]) -> None:
    if list_name not in COLUMNS:
        raise OverrideRefused(f"{list_name!r} is no list of codes that can be judged here.")
    known = edi.codes.carc(code) if list_name == CARC else edi.codes.rarc(code)
    if known is None:
        raise OverrideRefused(f"{code!r} is in no list.")
    if payer_id is not None and session.get(Payer, payer_id) is None:
        raise OverrideRefused("There is no such payer.")
    for column, word in changes.items():
        if column not in COLUMNS[list_name]:
            raise OverrideRefused(f"{column} cannot be judged; these can: {', '.join(COLUMNS[list_name])}.")
        if len(word) > LONGEST_WORDS or not word.isprintable():
            raise OverrideRefused(f"{column}: one line, at most {LONGEST_WORDS} letters.")
    for problem in problems_of(Entry(code, str(payer_id or "*"), list_name, code, dict(changes))):
        raise OverrideRefused(f"{problem.column}: {problem.trouble}." if problem.column else f"It {problem.trouble}.")


def _meet(each: CodeOverride, from_on: date | None, until_on: date | None) -> bool:
    begins_before_end = each.from_on is None or until_on is None or each.from_on <= until_on
    ends_after_begin = each.until_on is None or from_on is None or from_on <= each.until_on
    return begins_before_end and ends_after_begin


def _tell(session: Session, action: str, made: CodeOverride, detail: dict[str, Any]) -> None:
    name = f"{made.list_name} {made.code}"
    record(session, action, object_type="code", object_id=name, reason=made.why, detail=detail)


def _said(each: CodeOverride) -> dict[str, Any]:
    return {
        "payer": each.payer_id,
        "changes": dict(each.changes),
        "from": each.from_on.isoformat() if each.from_on else "",
        "until": each.until_on.isoformat() if each.until_on else "",
    }
