"""The team's day: who has what, what fits, what nobody has time for, and what slips through.

Owned claims come first in their owner's day, in rank; the pool is then dealt out by `workqueues.assign`, which knows
minutes, skills and payers. Only the top of the list is dealt: no team works more than that in a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_model

from app.auth.tables import Person as Account
from app.auth.tables import PersonPractice
from app.claims.among import among
from app.core.clock import Clock
from app.followup.bench import LOOSE_LABELS, team_of
from app.followup.facts import fact_rows
from app.followup.filters import Filters
from app.followup.narrow import BY_HAND, IDLE_DAYS, IDLE_TOUCHES, RESTING, behind_walls, conditions, score
from app.followup.owners import gone, owned_behind
from app.followup.rank import basis_of, decided
from app.followup.tables import WorkDay
from app.followup.totals import ASKED, FIRST, TEAM, WORKED, Standing, due_total, standings_of
from app.followup.work_day import work_days
from app.followup.worklist import queue_lines
from workqueues.assign import SOON_DAYS, Person, Plan, split_day, what_dies
from workqueues.facts import Facts

DEALT_CLAIMS = 1_500  # of the top of the list: more than any team of ours works in a day


class PersonDay(NamedTuple):
    """One person's today."""

    account: Account
    day: WorkDay
    is_out: bool
    owned: int
    owned_cents: int
    planned: int
    from_pool: int
    planned_minutes: float
    first: int  # of what is planned, claims that somebody put first by hand
    first_minutes: float
    expected_cents: float
    dying: int  # claims due within the week that they own, or that nobody else can take
    dying_cents: float
    pool_ids: tuple[int, ...]  # what the plan gives them from the pool


class Loose(NamedTuple):
    """Open claims that may slip through, with the list that shows them."""

    label: str
    line: str
    claims: int
    open_cents: int
    address: str


class TeamDay(NamedTuple):
    people: list[PersonDay]
    undealt: int
    undealt_cents: float
    next_hour_cents: float
    unskilled: dict[str, int]  # queue → claims that nobody here may work


def team_day(session: Session, practice_ids: tuple[int, ...], clock: Clock) -> TeamDay:
    """Today's plan for everybody who works claims behind these walls."""
    accounts = [each for each in team_of(session, practice_ids) if each.id is not None]
    days = work_days(session, accounts)
    walls = _walls(session, accounts)
    owned = _owned(session, practice_ids)
    people, spent = [], {}
    for account in accounts:
        day = days[account.id or 0]
        minutes = 0.0 if day.is_out(clock.today()) else float(day.minutes)
        mine = _fitting(owned.get(account.id or 0, []), minutes)
        spent[account.id or 0] = mine
        people.append(
            Person(
                str(account.id),
                minutes - sum(row[1] for row in mine),
                frozenset(day.queues.split()) if minutes else frozenset(),  # whoever is out has no skill for today
                frozenset(int(each) for each in day.payer_ids.split()),
                walls.get(account.id or 0, frozenset()),
            )
        )
    guarded = frozenset(key for day in days.values() for key in day.queues.split())
    plan, dying = _dealt(session, practice_ids, people, guarded, clock)
    beyond, beyond_cents = _beyond(session, practice_ids, plan)
    first = _by_hand(session, spent, plan)
    found = []
    for account, person in zip(accounts, people, strict=True):
        pool = plan.day_of(person.name)
        mine = spent[account.id or 0]
        todays = [*(row[:2] for row in mine), *((piece.claim_id, piece.minutes) for piece in pool.pieces)]
        all_owned = owned.get(account.id or 0, [])
        lost = (*_due(all_owned, clock.today()), *dying.get(person.name, ()))
        found.append(
            PersonDay(
                account,
                days[account.id or 0],
                days[account.id or 0].is_out(clock.today()),
                len(all_owned),
                sum(row[3] for row in all_owned),
                len(mine) + len(pool.pieces),
                len(pool.pieces),
                sum(row[1] for row in mine) + pool.minutes,
                sum(claim_id in first for claim_id, _ in todays),
                sum(minutes for claim_id, minutes in todays if claim_id in first),
                sum(row[2] for row in mine) + pool.expected_cents,
                len(lost),
                sum(cents for _, cents in lost),
                tuple(piece.claim_id for piece in pool.pieces),
            )
        )
    undealt, undealt_cents = len(plan.undealt) + beyond, plan.undealt_cents + beyond_cents
    return TeamDay(found, undealt, undealt_cents, plan.next_hour_cents, dict(plan.unskilled))


def loose_ends(session: Session, practice_ids: Sequence[int], clock: Clock) -> list[Loose]:
    """No owner, no next date, touched again and again without progress; each leads to its list."""
    kinds = (
        ("No owner", "in its queue’s pool: nobody in particular will take it up", Filters(owner="nobody")),
        (LOOSE_LABELS["dateless"], "worked once and left in the list", Filters(loose="dateless")),
        (LOOSE_LABELS["idle"], f"{IDLE_TOUCHES} times or more in {IDLE_DAYS} days, and open", Filters(loose="idle")),
        (LOOSE_LABELS["late"], "the last legal day of the proposed step is over", Filters(loose="late")),
        (LOOSE_LABELS["first"], "before every score: each pushes back what would bring more", Filters(loose="first")),
    )
    kept = standings_of(session, practice_ids, TEAM)
    counted = {
        "dateless": kept.get(WORKED, Standing(0, 0)),
        "first": kept.get(FIRST, Standing(0, 0)),
        "late": _late(session, practice_ids, clock.today()),
        "idle": _idle(session, practice_ids, clock.today()),
        "": _unowned(session, practice_ids),
    }
    return [
        Loose(label, line, *counted[filters.loose][:2], filters.address())  # claims and dollars
        for label, line, filters in kinds
    ]


def _unowned(session: Session, practice_ids: Sequence[int]) -> Standing:
    """Nearly all claims are nobody's: what is kept of all, less the few that are somebody's."""
    lines = [line for line in queue_lines(session, practice_ids) if line.queue.key not in RESTING]
    owned = _summed(session, [*owned_by_somebody(practice_ids), score.c.queue.not_in(RESTING)])
    return Standing(
        sum(line.claims for line in lines) - owned.claims, sum(line.open_cents for line in lines) - owned.open_cents
    )


def _late(session: Session, practice_ids: Sequence[int], today: date) -> Standing:
    """What is kept of the last days that are over."""
    is_over = due_total.c.practice_id.in_(practice_ids), due_total.c.deadline < today
    sums = func.sum(due_total.c.claims), func.sum(due_total.c.open_cents)
    return Standing(*(int(each or 0) for each in session.execute(select(*sums).where(*is_over)).one()))


def _idle(session: Session, practice_ids: Sequence[int], today: date) -> Standing:
    """Counted from the touches of the last weeks: of a million claims, people touch few."""
    return _summed(session, conditions(practice_ids, Filters(loose="idle"), today, 0))


def _summed(session: Session, narrowed: Sequence[ColumnElement[bool]]) -> Standing:
    """Counted row by row."""
    sums = score.c.open_cents, score.c.expected_cents
    counted = select(func.count(), *(func.coalesce(func.sum(each), 0) for each in sums)).where(*narrowed)
    return Standing(*map(int, session.execute(counted).one()))


Dying = tuple[tuple[int, float], ...]  # claim, expected cents
Owned = tuple[int, float, int, int, date | None]  # claim, minutes, expected cents, open cents, last day


def _owned(session: Session, practice_ids: Sequence[int]) -> dict[int, list[Owned]]:
    """What each person owns and may work today, best first."""
    statement = (
        select(
            *(score.c.owner_id, score.c.claim_id, score.c.minutes, score.c.expected_cents),
            *(score.c.open_cents, score.c.deadline),
        )
        .where(*owned_by_somebody(practice_ids), score.c.queue.not_in(RESTING))
        .order_by(score.c.owner_id, score.c.rank_key.desc(), score.c.claim_id)
    )
    found: dict[int, list[Owned]] = {}
    for row in session.execute(statement):
        found.setdefault(row[0], []).append(tuple(row[1:]))
    return found


def _due(owned: Sequence[Owned], today: date) -> Dying:
    """Of what a person owns, what is due within the week: nobody else is dealt it, so it dies if they stay out."""
    last = today + timedelta(days=SOON_DAYS)
    return tuple(
        (claim_id, float(cents)) for claim_id, _, cents, _, day in owned if day is not None and today <= day <= last
    )


def owned_by_somebody(practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """SQLite walks the index of owners for a range, and would not for "is not null"."""
    return [*owned_behind(practice_ids), score.c.owner_id > 0]


def _fitting(owned: list[Owned], minutes: float) -> list[Owned]:
    kept: list[Owned] = []
    for row in owned:
        if row[1] <= minutes:
            minutes -= row[1]
            kept.append(row)
    return kept


def _by_hand(session: Session, spent: Mapping[int, list[Owned]], plan: Plan) -> set[int]:
    """Of the claims that today's plan has for anybody, those that somebody put first."""
    planned = {row[0] for rows in spent.values() for row in rows}
    planned.update(piece.claim_id for day in plan.days for piece in day.pieces)
    is_planned = among(session.connection(), score.c.claim_id, sorted(planned))
    return set(session.execute(select(score.c.claim_id).where(is_planned, score.c.tier >= BY_HAND)).scalars())


def _walls(session: Session, accounts: Sequence[Account]) -> dict[int, frozenset[int]]:
    rows = session.exec(
        select_model(PersonPractice).where(col(PersonPractice.person_id).in_([each.id for each in accounts]))
    )
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row.person_id, set()).add(row.practice_id)
    return {number: frozenset(seen) for number, seen in found.items()}


def _dealt(
    session: Session, practice_ids: Sequence[int], people: list[Person], guarded: frozenset[str], clock: Clock
) -> tuple[Plan, dict[str, Dying]]:
    """The pool's best claims, dealt out; and for each person what would die without them.

    `guarded`: queues that somebody is named for, in or out today; only whoever is named is dealt them.
    """
    top = (
        select(score.c.claim_id)
        .where(*_in_the_pool(practice_ids))
        .order_by(score.c.rank_key.desc(), score.c.claim_id)
        .limit(DEALT_CLAIMS)
    )
    today = clock.today()
    rows = [row for part in fact_rows(session, today, list(session.execute(top).scalars())) for row in part]
    basis = basis_of(session)
    facts = Facts.from_rows(rows)
    decisions = decided(facts, basis, today)
    plan = split_day(facts, decisions, people, guarded=guarded)
    return plan, what_dies(facts, decisions, people, today, plan, guarded=guarded)


def _in_the_pool(practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """Nobody's, and for today: by its score, or by a place before the score. Said so that the engine walks down the
    ranks and does not gather what has no owner, which is nearly everything."""
    owner = func.coalesce(score.c.owner_id, 0)
    return [behind_walls(practice_ids), *_is_asked(), or_(owner == 0, owner.in_(gone()))]


def _is_asked() -> list[ColumnElement[bool]]:
    return [score.c.queue.not_in(RESTING), or_(score.c.score > 0, score.c.tier > 0)]


def _beyond(session: Session, practice_ids: Sequence[int], plan: Plan) -> tuple[int, float]:
    """What of the pool stands too far down to be dealt: claims, and what is expected of them.

    The pool is what is kept of all claims that are worth taking up, less the few that somebody owns who can.
    """
    kept = standings_of(session, practice_ids, TEAM).get(ASKED, Standing(0, 0))
    owned = _summed(session, [*owned_by_somebody(practice_ids), *_is_asked(), score.c.owner_id.not_in(gone())])
    claims = kept.claims - owned.claims
    if claims <= DEALT_CLAIMS:
        return 0, 0.0
    dealt = sum(day.expected_cents for day in plan.days)
    left = kept.expected_cents - owned.expected_cents - dealt - plan.undealt_cents
    return claims - DEALT_CLAIMS, max(0.0, left)
