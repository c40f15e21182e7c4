"""Where money waits for a person: each kind with its count and dollars, and how they stand in the books."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.ledger.payments import unapplied_by_hand
from app.ledger.refunds import refund_total
from app.matching.credit_queries import credit_total
from app.matching.held_queries import held_total
from app.matching.queries import count_unmatched
from app.matching.remittance_queries import held_remittances
from app.matching.shortfalls import shortfall_total
from app.web.pages import render
from app.web.product import Database

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.LEDGER_VIEW))]


class Waiting(NamedTuple):
    """One kind of decision."""

    label: str
    href: str
    what: str
    waiting: int
    cents: int


@router.get("/money")
def overview(request: Request, session: Database, viewer: CanView) -> Response:
    """Every kind, in the order in which it presses."""
    return render(request, "money/index.html", rows=_waiting(session, viewer.practice_ids))


def _waiting(session: Session, practice_ids: tuple[int, ...]) -> list[Waiting]:
    _, held_sets = held_remittances(session, practice_ids)
    answers, answers_cents = count_unmatched(session, practice_ids)
    by_hand = unapplied_by_hand(session, practice_ids)
    return [
        Waiting(
            "Held payments",
            "/remittances",
            "do not foot, and none of it is on the books",
            held_sets.remittances,
            held_sets.paid_cents,
        ),
        Waiting("Credit balances", "/money/credits", "were paid too much", *credit_total(session, practice_ids)),
        Waiting(
            "Refunds to approve",
            "/money/credits#refunds",
            "were asked for, and leave when somebody else agrees",
            *refund_total(session, practice_ids),
        ),
        Waiting("Unmatched answers", "/unmatched", "found no claim for certain", answers, answers_cents),
        Waiting(
            "Underpaid claims",
            "/money/underpaid",
            "were allowed less than the contract says",
            *shortfall_total(session, practice_ids),
        ),
        Waiting(
            "Held write-offs",
            "/money/held",
            "a later payer wants written off, and they do not fit",
            *held_total(session, practice_ids),
        ),
        Waiting(
            "Unapplied payments by hand",
            "/payments",
            "wait until somebody places them",
            len(by_hand),
            sum(each.cents for each in by_hand),
        ),
    ]
