"""What was sent on a claim and awaits its answer: begun by the verb that sends, ended by whoever reads the answer."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, delete, select

from app.claims.tables import Claim, StepUnderWay

REFILE = "refile"
APPEAL = "appeal"
SECOND_APPEAL = "second_appeal"


def begin_step(session: Session, claim: Claim, step: str, *, since: date, answer_due: date | None = None) -> None:
    """The step has left, or is ready to. Begun again it keeps the newest dates."""
    assert claim.id is not None
    session.merge(
        StepUnderWay(claim_id=claim.id, step=step, practice_id=claim.practice_id, since=since, answer_due=answer_due)
    )
    session.flush()


def end_step(session: Session, claim_id: int, *steps: str) -> None:
    """Answered, withdrawn or cancelled."""
    session.exec(
        delete(StepUnderWay).where(col(StepUnderWay.claim_id) == claim_id, col(StepUnderWay.step).in_(steps))
    )


def steps_under_way(session: Session, claim_id: int) -> list[StepUnderWay]:
    """Oldest first."""
    statement = select(StepUnderWay).where(StepUnderWay.claim_id == claim_id).order_by(col(StepUnderWay.since))
    return list(session.exec(statement))
