"""What the workbench's pages share: the claim on the right, the choices of its forms, and the addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from app.auth.tables import Person, PersonPractice
from app.auth.viewer import Viewer
from app.claims.queries import claim_behind
from app.claims.tables import Claim, ClaimEvent, ClaimState
from app.core.bulk import is_one_of, table_of
from app.core.clock import Clock
from app.followup.claim_screen import ClaimScreen, claim_screen
from app.followup.filters import AGES, OLDEST, SORTS, Filters
from app.followup.owners import WORKING_ROLES
from app.followup.touch import (
    ACTION_KINDS,
    KIND_LABELS,
    OUTCOME_DAYS,
    OUTCOME_LABELS,
    STRENGTH_LABELS,
    Outcome,
    TouchKind,
)
from app.followup.why import Why, why_of
from app.followup.words import STATE_LABELS, WORDS
from app.web.errors import NotFound
from app.web.product import note_view
from workqueues.queues import queues
from workqueues.vocabulary import CATEGORIES

person = table_of(Person)

PARK_DAYS = ("7", "14", "30")
DEADLINE_DAYS = (7, 14, 30)
AGE_LABELS = {**{key: f"{key} days" for key in AGES}, OLDEST: "Over 180 days"}
STATE_OPTIONS = tuple((state.value, STATE_LABELS[state]) for state in ClaimState)
SORT_LABELS = {
    "rank": "Dollars per minute",
    "balance": "Largest balance",
    "age": "Oldest",
    "deadline": "Nearest deadline",
}
TICKLER_LABELS = {"parked": "Parked", "back": "Back, not touched yet", "today": "Back today"}
LOOSE_LABELS = {
    "dateless": "Touched, and no next date",
    "idle": "Touched without progress",
    "late": "Past its deadline",
    "first": "Put first by hand",
}
# The keys 1 to 6 while a claim is worked (app/web/keys.py), in this order.
QUICK_OUTCOMES = (
    Outcome.NOTHING_NEW,
    Outcome.WILL_PAY,
    Outcome.REPROCESSING,
    Outcome.SENT,
    Outcome.NEEDS_CORRECTION,
    Outcome.NEEDS_APPEAL,
)
# As the forms take them: tuples, since what is rendered from them is kept by its values.
KIND_OPTIONS = tuple((kind.value, label) for kind, label in KIND_LABELS.items())
OUTCOME_OPTIONS = (("", "No outcome yet"), *((key.value, label) for key, label in OUTCOME_LABELS.items()))
STRENGTH_OPTIONS = (("", "Not judged"), *STRENGTH_LABELS.items())
QUICK_OPTIONS = tuple((key.value, OUTCOME_LABELS[key], OUTCOME_DAYS[key]) for key in QUICK_OUTCOMES)
CATEGORY_OPTIONS = tuple(
    (key, key if key.isupper() else key.replace("-", " ").capitalize())
    for key in sorted(CATEGORIES, key=str.casefold)
)
AGE_OPTIONS, TICKLER_OPTIONS = tuple(AGE_LABELS.items()), tuple(TICKLER_LABELS.items())
LOOSE_OPTIONS = tuple(LOOSE_LABELS.items())
QUEUE_LABELS = {
    queue.key: queue.label for queue in queues() if queue.key != "unmatched"
}  # which has a page of its own
QUEUE_OPTIONS = tuple(QUEUE_LABELS.items())
SORT_OPTIONS = tuple((key, SORT_LABELS[key]) for key in SORTS)
KIND_OF_ACTION = {action: kind.value for action, kind in ACTION_KINDS.items()}


def screen_of(
    request: Request, session: Session, clock: Clock, viewer: Viewer, claim_id: int | None
) -> tuple[ClaimScreen | None, Why | None]:
    """The claim as its page shows it, and why it stands where it stands. That it was seen is written down."""
    if not claim_id:
        return None, None
    screen = claim_screen(session, viewer.practice_ids, claim_id, clock, person_id=viewer.person_id)
    if screen is None:
        raise NotFound
    claim = screen.head.claim
    note_view(
        request,
        "claim.view",
        object_type="claim",
        object_id=claim_id,
        practice_id=claim.practice_id,
        patient_id=claim.patient_id,
    )
    return screen, why_of(session, claim_id, clock, ways=screen.ways, stated=screen.stated.dues)


def claim_of(session: Session, viewer: Viewer, claim_id: int) -> Claim:
    """The claim, or 404: what is behind a wall looks like what is not there."""
    found = claim_behind(session, viewer.practice_ids, claim_id)
    if found is None:
        raise NotFound
    return found


def choices(clock: Clock) -> dict[str, Any]:
    """What the forms and the words of the claim page need."""
    return {
        **WORDS,
        "park_days": PARK_DAYS,
        "deadline_days": DEADLINE_DAYS,
        "tomorrow": (clock.today() + timedelta(days=1)).isoformat(),
        "kinds": KIND_OPTIONS,
        "outcomes": OUTCOME_OPTIONS,
        "strengths": STRENGTH_OPTIONS,
        "quick_outcomes": QUICK_OPTIONS,
        "action_kinds": KIND_OF_ACTION,
        "age_labels": AGE_LABELS,
        "tickler_labels": TICKLER_LABELS,
        "state_options": STATE_OPTIONS,
        "age_options": AGE_OPTIONS,
        "tickler_options": TICKLER_OPTIONS,
        "loose_options": LOOSE_OPTIONS,
        "queue_options": QUEUE_OPTIONS,
        "sort_options": SORT_OPTIONS,
        "category_options": CATEGORY_OPTIONS,
        "sorts": dict(SORT_OPTIONS),
        "typed": {},
        "owed": None,  # a claim left without a next date
        "refusal": "",
        "is_restored": False,
        "write_off_refused": None,  # a request for a write-off as it was typed, and why it could not be asked for
        "meanwhile": [],
    }


def kind_for(action: str) -> str:
    """What a person will have done when they did the proposed step."""
    return ACTION_KINDS.get(action, TouchKind.NOTE).value


def events_since(session: Session, claim_id: int, seen: str) -> list[ClaimEvent]:
    """What happened to the claim after the page that somebody typed on was made; `seen` is the newest event on it."""
    if not (seen.isascii() and seen.isdigit()):
        return []
    return list(
        session.exec(
            select(ClaimEvent)
            .where(ClaimEvent.claim_id == claim_id, col(ClaimEvent.id) > int(seen))
            .order_by(col(ClaimEvent.id).desc())
            .limit(20)
        )
    )


def team_of(session: Session, practice_ids: tuple[int, ...]) -> list[Person]:
    """People who work claims behind at least one of these walls, by name."""
    return list(session.exec(select(Person).where(*works_beside(practice_ids)).order_by(Person.name)))


def works_beside(practice_ids: tuple[int, ...]) -> list[ColumnElement[bool]]:
    """Of a person: they work claims, and behind one of these walls."""
    beside = exists().where(  # asked of the few people who work, not of everybody who ever did
        col(PersonPractice.person_id) == Person.id, is_one_of(col(PersonPractice.practice_id), practice_ids)
    )
    return [
        beside.correlate(person),
        or_(*(col(Person.role) == role for role in WORKING_ROLES)),
        col(Person.disabled_at).is_(None),
    ]


def bench_address(query: str, claim_id: int) -> str:
    parts = [query] if query else []
    if claim_id:
        parts.append(f"claim={claim_id}")
    return "/work" + ("?" + "&".join(parts) if parts else "")


def back_query(filters: Filters, claim_id: int) -> str:
    query = filters.query()
    return f"{query}&claim={claim_id}" if query else f"claim={claim_id}"


def query_of(text: str) -> dict[str, str]:
    return dict(parse_qsl(text))
