"""The jobs themselves: each does one thing, says in a sentence what came of it, and can be run by hand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine

from app.appeals.settle import claims_awaiting_decision, settle_appeals
from app.audit.actor import Actor, act_as
from app.claims.queries import are_large
from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.core.money import format_cents
from app.core.turn import Turn, wait_turn
from app.core.worked_out import work_out
from app.followup.lot import lot_drawn
from app.followup.lot_measured import measured
from app.followup.rank import rerank_all, rerank_touched
from app.followup.wake import wake_claims
from app.intake.desk import Desk
from app.intake.pickup import PickupResult, pick_up
from app.intake.touched import forget_touched, touched_claims
from app.jobs.proof import prove
from app.ledger.credits import note_credits
from app.matching.loaders import LOADERS
from app.refiling.settle import claims_awaiting_answer, settle_refiles
from app.reports.nightly import work_out_overviews
from app.research.answer import settle_inquiries
from app.research.automatic import ask_due, sentence


def desk_for(engine: Engine, settings: Settings, clock: Clock, actor: Actor) -> Desk:
    """The intake desk with everything that this product can load."""
    return Desk(engine, settings, clock, LOADERS, actor)


def pick_up_and_rank(engine: Engine, settings: Settings, clock: Clock, *, trigger: str, actor: Actor) -> PickupResult:
    """One look into the inbox; the claims that an answer touched are re-ranked at once."""
    result = pick_up(desk_for(engine, settings, clock, actor), trigger=trigger)
    touched = {number for report in result.reports for number in report.touched_claim_ids}
    settle_and_rank(engine, clock, touched, actor=actor)
    return result


def settle_and_rank(engine: Engine, clock: Clock, claim_ids: Collection[int], *, actor: Actor) -> None:
    """After every load: what was sent and is answered now gets its outcome, then the claims are re-ranked.

    Claims that an earlier run loaded and did not live to rank are taken along.
    """
    with session_scope(engine) as session:
        act_as(session, actor, clock)
        wait_turn(session.connection(), Turn.SETTLE)
        waiting = touched_claims(session)
        claim_ids = {*claim_ids, *waiting.values()}
        settle_appeals(session, clock, claim_ids)
        settle_refiles(session, clock, claim_ids)
        note_credits(session.connection(), clock.today(), claim_ids)
        asked = {inquiry.claim_id for inquiry in settle_inquiries(session, clock)}
    rerank_touched(engine, clock, asked | set(claim_ids))
    if waiting:
        with session_scope(engine) as session:
            forget_touched(session, waiting)


def pickup_job(engine: Engine, settings: Settings, clock: Clock, trigger: str) -> str:
    return pick_up_and_rank(engine, settings, clock, trigger=trigger, actor=Actor.system("pickup")).sentence


def rank_job(engine: Engine, settings: Settings, clock: Clock, trigger: str) -> str:
    """The nightly re-rank: a day has passed, so every clock and every age has moved."""
    with session_scope(engine) as session:
        act_as(session, Actor.system("rank"), clock)
        note_credits(session.connection(), clock.today())  # also those that a person's posting made
        settle_appeals(session, clock, claims_awaiting_decision(session))
        settle_refiles(session, clock, claims_awaiting_answer(session))
    run = rerank_all(engine, clock, trigger=trigger)
    return f"{run.claims:,} open claims ranked, {format_cents(run.open_cents)} open."


def proof_job(engine: Engine, settings: Settings, clock: Clock, trigger: str) -> str:
    """The nightly proof of the books, the queues and the audit chain. Raises ProofFailed with what is wrong."""
    with read_scope(engine) as session:
        proof = prove(session)
    if proof.faults:
        raise ProofFailed(proof.sentence)
    return proof.sentence


def reports_job(engine: Engine, settings: Settings, clock: Clock, trigger: str) -> str:
    """What takes long to work out of large books is there in the morning."""
    said = work_out_overviews(engine, settings, clock)
    with read_scope(engine) as session:
        lot = measured(session, clock.today()) if are_large(session) and lot_drawn(session) else None
    if lot is not None:
        said += f" The lot measured in {work_out(engine, clock, lot):,.0f} seconds."
    return said


def sweep_job(engine: Engine, settings: Settings, clock: Clock, trigger: str) -> str:
    """Claims whose parking has ended come back into the lists."""
    with session_scope(engine) as session:
        act_as(session, Actor.system("sweep"), clock)
        woken = wake_claims(session, clock)
    rerank_touched(engine, clock, set(woken))
    return f"{len(woken)} parked claims came back." if woken else "No parked claim was due."


def inquiry_job(engine: Engine, settings: Settings, clock: Clock, trigger: str) -> str:
    """Ask payers about the claims that are past their usual time; never twice within the wait."""
    with session_scope(engine) as session:
        act_as(session, Actor.system("inquiries"), clock)
        return sentence(ask_due(session, settings, clock))


class ProofFailed(Exception):
    """The nightly proof found that something does not add up. The message names it; run `overturn verify`."""
