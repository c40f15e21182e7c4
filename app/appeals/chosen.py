"""Ticked claims that somebody wants to appeal together: sorted into batches, and who is left out, with the reason.

Reads only. What is shown before anything is done is exactly what the drafts will be made of: the same rules are asked
here and when the draft is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.appeals.batch import MOST, Group, LeftOut, Member
from app.appeals.case import CaseFile, Issue, case_file
from app.appeals.start import OPEN_ALREADY, AppealRefused, check_amount, objections
from app.claims.queries import heads_by_ids
from app.claims.terms import terms_in_force
from app.core.clock import Clock
from app.matching.tables import Denial

MOST_CHOSEN = 500  # as many as can be ticked at once
NO_DENIAL = "No denial stands open on it. What was paid too little is appealed from the claim’s own page."
ONE_BATCH_HOLDS = f"A batch holds {MOST}. Appeal these first, then the rest."


class ChosenGroup(NamedTuple):
    """Of the chosen claims, those that one argument answers: one practice, one payer, one reason."""

    group: Group
    members: list[Member]


class Sorted(NamedTuple):
    groups: list[ChosenGroup]  # the most dollars first
    left_out: list[LeftOut]

    @property
    def claims(self) -> int:
        return sum(each.group.claims for each in self.groups)

    @property
    def cents(self) -> int:
        return sum(each.group.cents for each in self.groups)


def sort_out(session: Session, clock: Clock, practice_ids: Sequence[int], claim_ids: Sequence[int]) -> Sorted:
    """Each chosen claim with its largest open denial, or named with what stands against appealing it.

    Claims behind a wall look like none.
    """
    terms = terms_in_force(session)
    found: dict[tuple[int, int, str], list[Member]] = defaultdict(list)
    names: dict[int, str] = {}
    left_out: list[LeftOut] = []
    wanted = list(dict.fromkeys(claim_ids))[:MOST_CHOSEN]
    denied = _with_open_denial(session, wanted)
    for claim_id, head in heads_by_ids(session, wanted).items():
        if head.claim.practice_id not in practice_ids:
            continue
        if claim_id not in denied:
            left_out.append(LeftOut(head.claim.patient_control_number, NO_DENIAL, claim_id))
            continue
        file = case_file(session, claim_id, terms=terms)
        issue = _largest_denial(file)
        why = _why_not(file, issue, clock)
        key = (head.claim.practice_id, head.payer.id or 0, issue.reason if issue else "")
        if not why and len(found[key]) == MOST:
            why = ONE_BATCH_HOLDS
        if why or issue is None or issue.denial is None:
            left_out.append(LeftOut(head.claim.patient_control_number, why, claim_id))
            continue
        names[key[1]] = head.payer.name
        found[key].append(Member(issue.denial, head.claim, head.patient))
    made = [_group(key, names[key[1]], members) for key, members in found.items() if members]
    return Sorted(sorted(made, key=lambda each: -each.group.cents), left_out)


def _with_open_denial(session: Session, claim_ids: Sequence[int]) -> set[int]:
    """So that the file of a claim is only gathered where there is something to appeal."""
    statement = select(Denial.claim_id).where(col(Denial.claim_id).in_(claim_ids), col(Denial.is_open))
    return set(session.exec(statement))


def _group(key: tuple[int, int, str], payer: str, members: list[Member]) -> ChosenGroup:
    members.sort(key=lambda one: (-one.denial.denied_cents, one.denial.id or 0))
    first = members[0].denial
    cents = sum(one.denial.denied_cents for one in members)
    return ChosenGroup(
        Group(key[0], key[1], payer, first.category, first.reason, first.group, len(members), cents), members
    )


def _largest_denial(file: CaseFile) -> Issue | None:
    """The one that a batch appeals; `start_batch` takes the same."""
    denials = [issue for issue in file.issues if issue.denial is not None]
    return max(denials, key=lambda issue: (issue.cents, -(issue.denial.id or 0) if issue.denial else 0), default=None)


def _why_not(file: CaseFile, issue: Issue | None, clock: Clock) -> str:
    """What stands against it; "" when nothing does."""
    if file.open_appeal is not None:
        return OPEN_ALREADY
    if issue is None:
        return NO_DENIAL
    if not issue.reason:
        return "Its denial names no reason code: appeal it from its own page."
    try:
        check_amount(issue.cents, file.head.claim.charge_cents)
    except AppealRefused as refusal:
        return str(refusal)
    stands = objections(file, issue, file.next_level, clock, amount_cents=issue.cents)
    return " ".join(refusal.sentence for refusal in stands)
