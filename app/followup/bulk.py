"""One act on many claims: assign, park, note, route to write-off review. One event each, one undo for the whole.

The person sees exactly which claims and how many dollars before it is done; what was done to each is a row, so that
undo deletes what the act made and gives back what it took.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, delete, select

from app.audit.record import record
from app.claims.tables import Claim
from app.core.clock import Clock
from app.followup.narrow import score
from app.followup.rank import rerank_claims
from app.followup.tables import Assignment, BulkAct, BulkItem, Touch, WriteOffRequest
from app.followup.touch import Draft, TouchKind, touch_claim, undo_touch
from app.followup.write_offs import request_write_off
from app.ledger.second_person import RequestRefused

MOST_CLAIMS = 500  # beyond it a person can no longer look over what they are about to do


class BulkRefused(ValueError):
    """The act cannot be done on these claims; the message says why. Nothing was done."""


class Chosen(NamedTuple):
    """The claims of an act that are open and behind the person's walls, with their dollars."""

    claim_ids: list[int]
    open_cents: int


def chosen_claims(session: Session, practice_ids: Sequence[int], claim_ids: Sequence[int]) -> Chosen:
    """Of the claims named, those that are open and theirs to see; the rest is left out, not refused."""
    wanted = sorted(set(claim_ids))[:MOST_CLAIMS]
    statement = (
        select_columns(score.c.claim_id, score.c.open_cents)
        .where(score.c.claim_id.in_(wanted), score.c.practice_id.in_(practice_ids))
        .order_by(score.c.rank_key.desc(), score.c.claim_id)
    )
    rows = session.execute(statement).all()
    return Chosen([row.claim_id for row in rows], sum(row.open_cents for row in rows))


def assign(session: Session, chosen: Chosen, to_id: int | None, *, person_id: int, clock: Clock) -> BulkAct:
    """Give the claims to a person, or back to the pool."""

    def give(claim: Claim, item: BulkItem) -> None:
        item.owner_before, item.owner_after = own(session, claim, to_id, person_id=person_id, clock=clock), to_id

    return _act(session, "assign", chosen, give, person_id=person_id, clock=clock)


def park_all(session: Session, chosen: Chosen, until: date, note: str, *, person_id: int, clock: Clock) -> BulkAct:
    """Out of the lists until the date, each with a touch that says why."""
    draft = Draft(TouchKind.NOTE, note.strip(), next_on=until)
    return _touch_all(session, "park", chosen, draft, person_id=person_id, clock=clock)


def note_all(session: Session, chosen: Chosen, note: str, *, person_id: int, clock: Clock) -> BulkAct:
    """The same note on each."""
    if not note.strip():
        raise BulkRefused("Write the note first.")
    draft = Draft(TouchKind.NOTE, note.strip())
    return _touch_all(session, "note", chosen, draft, person_id=person_id, clock=clock)


def route_to_write_off(session: Session, chosen: Chosen, reason: str, *, person_id: int, clock: Clock) -> BulkAct:
    """Ask for each claim's open dollars to be written off; somebody else decides."""

    def ask(claim: Claim, item: BulkItem) -> None:
        try:
            made = request_write_off(session, claim, None, reason, person_id=person_id, clock=clock)
        except RequestRefused as refusal:
            raise BulkRefused(f"{claim.patient_control_number}: {refusal}") from refusal
        item.write_off_id = made.id

    return _act(session, "write_off", chosen, ask, person_id=person_id, clock=clock)


def undo_bulk(session: Session, act: BulkAct, *, clock: Clock) -> int:
    """Take back the whole act; returns how many claims stand as before. What changed since is left as it is."""
    items = list(session.exec(select(BulkItem).where(BulkItem.bulk_id == act.id)))
    undone = 0
    for item in items:
        claim = session.get_one(Claim, item.claim_id)
        undone += _undo_one(session, claim, item, act, clock)
    act.undone_at = clock.now()
    session.add(act)
    rerank_claims(session, clock, [item.claim_id for item in items])
    detail = {"kind": act.kind, "claims": undone}
    record(session, "followup.bulk.undone", object_type="bulk_act", object_id=act.id or 0, detail=detail)
    return undone


def own(session: Session, claim: Claim, to_id: int | None, *, person_id: int, clock: Clock) -> int | None:
    """Set or clear a claim's owner; returns who owned it before."""
    assert claim.id is not None
    before = session.get(Assignment, claim.id)
    was = before.person_id if before is not None else None
    if to_id is None:
        session.exec(delete(Assignment).where(col(Assignment.claim_id) == claim.id))
        return was
    session.merge(
        Assignment(
            claim_id=claim.id,
            practice_id=claim.practice_id,
            person_id=to_id,
            assigned_by_id=person_id,
            assigned_at=clock.now(),
        )
    )
    return was


def _touch_all(session: Session, kind: str, chosen: Chosen, draft: Draft, *, person_id: int, clock: Clock) -> BulkAct:
    def write(claim: Claim, item: BulkItem) -> None:
        item.touch_id = touch_claim(session, claim, draft, person_id=person_id, clock=clock).id

    return _act(session, kind, chosen, write, person_id=person_id, clock=clock)


def _act(
    session: Session,
    kind: str,
    chosen: Chosen,
    do: Callable[[Claim, BulkItem], None],
    *,
    person_id: int,
    clock: Clock,
) -> BulkAct:
    """Do it to each, keep what was done, re-rank them together. The caller commits."""
    if not chosen.claim_ids:
        raise BulkRefused("Choose at least one claim.")
    act = start_act(session, kind, chosen, person_id=person_id, clock=clock)
    for claim_id in chosen.claim_ids:
        item = BulkItem(bulk_id=act.id or 0, claim_id=claim_id)
        do(session.get_one(Claim, claim_id), item)
        session.add(item)
    finish_act(session, act, chosen, clock=clock)
    return act


def start_act(session: Session, kind: str, chosen: Chosen, *, person_id: int, clock: Clock) -> BulkAct:
    act = BulkAct(
        person_id=person_id,
        at=clock.now(),
        kind=kind,
        claims=len(chosen.claim_ids),
        open_cents=chosen.open_cents,
    )
    session.add(act)
    session.flush()
    return act


def finish_act(session: Session, act: BulkAct, chosen: Chosen, *, clock: Clock) -> None:
    rerank_claims(session, clock, chosen.claim_ids)
    detail = {"kind": act.kind, "claims": act.claims, "open_cents": act.open_cents, "claim_ids": chosen.claim_ids}
    record(session, "followup.bulk", object_type="bulk_act", object_id=act.id or 0, detail=detail)


def _undo_one(session: Session, claim: Claim, item: BulkItem, act: BulkAct, clock: Clock) -> int:
    if item.touch_id is not None:
        touch = session.get(Touch, item.touch_id)
        if touch is None:
            return 0
        undo_touch(session, touch)
        return 1
    if item.write_off_id is not None:
        asked = session.get(WriteOffRequest, item.write_off_id)
        if asked is None or asked.state != "waiting":
            return 0  # somebody has decided meanwhile: the books say so, and undoing it is a decision of its own
        session.delete(asked)
        return 1
    owner = session.get(Assignment, item.claim_id)
    if (owner.person_id if owner is not None else None) != item.owner_after:
        return 0  # given to somebody else meanwhile
    own(session, claim, item.owner_before, person_id=act.person_id, clock=clock)
    return 1
