"""One act on many claims: assign, park, note, route to write-off review. One event each, one undo for the whole.

The person sees exactly which claims and how many dollars before it is done; what was done to each is a row, so that
undo deletes what the act made and gives back what it took.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple, Protocol

from sqlalchemy import delete
from sqlalchemy import select as select_columns
from sqlmodel import Session, select

from app.audit.record import record
from app.claims.among import among
from app.claims.tables import Claim
from app.core.bulk import table_of, upsert_many
from app.core.clock import Clock
from app.followup.narrow import score
from app.followup.rank import rerank_claims
from app.followup.tables import Assignment, BulkAct, BulkItem, WriteOffRequest
from app.followup.touch import Draft, TouchKind, touch_claim
from app.followup.undo_touch import undo_touches
from app.followup.write_offs import request_write_off
from app.ledger.second_person import RequestRefused

assignment = table_of(Assignment)
OWNED = ("claim_id", "practice_id", "person_id", "assigned_by_id", "assigned_at")
MOST_CLAIMS = 500  # beyond it a person can no longer look over what they are about to do


class BulkRefused(ValueError):
    """The act cannot be done on these claims; the message says why. Nothing was done."""


class ToAll(Protocol):
    """Something done to all claims of an act at once."""

    def __call__(self, session: Session, claims: Sequence[Claim], *, person_id: int, clock: Clock) -> None: ...


class Chosen(NamedTuple):
    """The claims of an act that are open and behind the person's walls, with their dollars."""

    claim_ids: list[int]
    open_cents: int


def chosen_claims(session: Session, practice_ids: Sequence[int], claim_ids: Sequence[int]) -> Chosen:
    """Of the claims named, those that are open and theirs to see; the rest is left out, not refused."""
    wanted = sorted(set(claim_ids))[:MOST_CLAIMS]
    is_wanted = among(session.connection(), score.c.claim_id, wanted)
    statement = select_columns(score.c.claim_id, score.c.open_cents, score.c.rank_key)
    found = session.execute(statement.where(is_wanted, score.c.practice_id.in_(practice_ids)))
    rows = sorted(found, key=lambda row: (-row.rank_key, row.claim_id))  # an engine might walk every rank for it
    return Chosen([row.claim_id for row in rows], sum(row.open_cents for row in rows))


def assign(session: Session, chosen: Chosen, to_id: int | None, *, person_id: int, clock: Clock) -> BulkAct:
    """Give the claims to a person, or back to the pool."""

    owners = owners_of(session, chosen.claim_ids)

    def give(claim: Claim, item: BulkItem) -> None:
        item.owner_before, item.owner_after = owners.get(item.claim_id), to_id

    give_all = partial(_own, to_id=to_id)
    return _act(session, "assign", chosen, give, person_id=person_id, clock=clock, and_then=give_all)


def park_all(
    session: Session, chosen: Chosen, until: date, note: str, *, person_id: int, clock: Clock, wake: str = "date"
) -> BulkAct:
    """Out of the lists until the date, or the payer's answer before it; each with a touch that says why."""
    draft = Draft(TouchKind.NOTE, note.strip(), next_on=until, wake=wake)
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
    if act.kind == "assign":
        undone = _give_back(session, items, act, clock)
    elif act.kind == "write_off":
        undone = _withdraw_all(session, items)
    else:
        undone = len(undo_touches(session, [item.touch_id for item in items if item.touch_id], clock=clock))
    act.undone_at = clock.now()
    session.add(act)
    rerank_claims(session, clock, [item.claim_id for item in items])
    detail = {"kind": act.kind, "claims": undone}
    record(session, "followup.bulk.undone", object_type="bulk_act", object_id=act.id or 0, detail=detail)
    return undone


def owners_of(session: Session, claim_ids: Sequence[int]) -> dict[int, int]:
    """Claim → who owns it, of those that somebody owns."""
    statement = select_columns(assignment.c.claim_id, assignment.c.person_id)
    found = session.execute(statement.where(among(session.connection(), assignment.c.claim_id, claim_ids)))
    return {row.claim_id: row.person_id for row in found}


def _own(session: Session, claims: Sequence[Claim], *, to_id: int | None, person_id: int, clock: Clock) -> None:
    """Set or clear the owner of all of them."""
    connection = session.connection()
    numbers = [claim.id or 0 for claim in claims]
    if to_id is None:
        connection.execute(delete(assignment).where(among(connection, assignment.c.claim_id, numbers)))
        return
    rows = [(claim.id, claim.practice_id, to_id, person_id, clock.now()) for claim in claims]
    upsert_many(connection, Assignment, OWNED, rows, key=("claim_id",))


def _give_back(session: Session, items: Sequence[BulkItem], act: BulkAct, clock: Clock) -> int:
    """To whoever owned each before, unless it was given to somebody else meanwhile."""
    owners = owners_of(session, [item.claim_id for item in items])
    back = [item for item in items if owners.get(item.claim_id) == item.owner_after]
    claims = _claims(session, [item.claim_id for item in back])
    for owner in {item.owner_before for item in back}:
        theirs = [claims[item.claim_id] for item in back if item.owner_before == owner]
        _own(session, theirs, to_id=owner, person_id=act.person_id, clock=clock)
    return len(back)


def _claims(session: Session, claim_ids: Sequence[int]) -> dict[int, Claim]:
    """All of them at once: asked for one by one, each would first write what waits in the session."""
    found = session.exec(select(Claim).where(among(session.connection(), table_of(Claim).c.id, claim_ids)))
    return {claim.id or 0: claim for claim in found}


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
    and_then: ToAll | None = None,
) -> BulkAct:
    """Do it to each, or to all in the end; keep what was done, re-rank them together. The caller commits."""
    if not chosen.claim_ids:
        raise BulkRefused("Choose at least one claim.")
    act = start_act(session, kind, chosen, person_id=person_id, clock=clock)
    claims, items = _claims(session, chosen.claim_ids), []
    for claim_id in chosen.claim_ids:
        item = BulkItem(bulk_id=act.id or 0, claim_id=claim_id)
        do(claims[claim_id], item)
        items.append(item)
    session.add_all(items)
    if and_then is not None:
        and_then(session, list(claims.values()), person_id=person_id, clock=clock)
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


def _withdraw_all(session: Session, items: Sequence[BulkItem]) -> int:
    """Those that nobody has decided: undoing a decision is a decision of its own."""
    asked = table_of(WriteOffRequest)
    connection = session.connection()
    is_theirs = among(connection, asked.c.id, [item.write_off_id for item in items if item.write_off_id])
    return connection.execute(delete(asked).where(is_theirs, asked.c.state == "waiting")).rowcount
