"""A person says that two payers are the same: what that would do, told first, and then done or taken back.

What must not be decided in passing stands against it and is said by name: rules of the playbook that name the payer
that goes, judgements and fees on which the two differ, and claims of practices that the person does not work for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select as select_columns
from sqlalchemy import update
from sqlmodel import Session, col, func, select

from app.claims.payer_merge import MergeRefused, merge_payers, take_apart
from app.claims.tables import (
    Claim,
    CodeOverride,
    Payer,
    PayerFiling,
    PayerIdentifier,
    PayerKind,
    PayerMerge,
    PayerTerm,
)
from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.playbooks import own_in_force
from app.followup.tables import SavedView, WorkDay, WorkScore
from app.followup.totals import recount_payers
from app.matching.tables import ContractFee, Remittance, UnderpaymentTolerance
from workqueues.own_rules import OwnRules

claim = table_of(Claim)
score = table_of(WorkScore)

NAMED_MOST = 5  # of each kind that stands against it


class SamePayer(NamedTuple):
    """What making `first` the same as `second` would do."""

    first: Payer
    second: Payer
    claims: int
    open_claims: int
    open_cents: int
    remittances: int
    names: list[PayerIdentifier]  # of the first, which lead to the second
    gives_way: list[str]  # what of the first goes out of use, in words
    against: list[str]  # why it cannot be done; empty: it can


def look(session: Session, practice_ids: Sequence[int], first: Payer, second: Payer) -> SamePayer:
    """Reads only; counts are of these practices, and of all where nothing stands against it."""
    old, new = first.id or 0, second.id or 0
    open_claims, open_cents = session.exec(
        select(func.count(), func.coalesce(func.sum(WorkScore.open_cents), 0)).where(
            WorkScore.payer_id == old, col(WorkScore.practice_id).in_(practice_ids)
        )
    ).one()
    names = select(PayerIdentifier).where(PayerIdentifier.payer_id == old)
    return SamePayer(
        first=first,
        second=second,
        claims=_count(session, Claim, old, practice_ids),
        open_claims=int(open_claims),
        open_cents=int(open_cents),
        remittances=_count(session, Remittance, old, practice_ids),
        names=list(session.exec(names.order_by(PayerIdentifier.kind, PayerIdentifier.value))),
        gives_way=_gives_way(session, first, second),
        against=[
            *_walls(session, practice_ids, (old, new)),
            *_playbook(own_in_force(session), first),
            *_judgements(session, old, new),
            *_fees(session, old, new),
            *(
                ["One of them pays by the month and the other does not."]
                * (first.is_capitated != second.is_capitated)
            ),
        ],
    )


def make_same(
    session: Session, practice_ids: Sequence[int], first: Payer, second: Payer, *, person_name: str, clock: Clock
) -> PayerMerge:
    """In one transaction; the caller ranks all claims anew. Raises MergeRefused."""
    if against := look(session, practice_ids, first, second).against:
        raise MergeRefused(" ".join(against))
    old, new = first.id or 0, second.id or 0
    besides = {"days": _rewrite_days(session, old, new), "views": _rewrite_views(session, old, new)}
    made = merge_payers(session, first, second, person_name=person_name, clock=clock, besides=besides)
    _follow_claims(session, (old, new))
    return made


def part_again(session: Session, practice_ids: Sequence[int], made: PayerMerge, *, clock: Clock) -> None:
    """The caller ranks all claims anew. Raises MergeRefused."""
    if against := _walls(session, practice_ids, (made.from_id, made.into_id)):
        raise MergeRefused(" ".join(against))
    besides = take_apart(session, made, clock=clock)
    for person_id, (before, after) in besides["days"].items():
        day = session.get(WorkDay, int(person_id))
        if day is not None and day.payer_ids == after:
            day.payer_ids = before
            session.add(day)
    for view_id, (before, after) in besides["views"].items():
        view = session.get(SavedView, int(view_id))
        if view is not None and view.query == after:
            view.query = before
            session.add(view)
    session.flush()
    _follow_claims(session, (made.from_id, made.into_id))


def payers_named(own: OwnRules) -> dict[int, list[str]]:
    """The payers that a site's own way with the playbook names, each with the rules that do."""
    found: dict[int, list[str]] = {}
    named = [
        (placed.rule.id, number)
        for placed in own.rules
        for key in ("payer_id", "not_payer_id")
        for number in placed.rule.when.get(key, ())
    ]
    named += [(switch.rule, number) for switch in own.switches for number in switch.off_for]
    for rule, number in named:
        found.setdefault(int(number), []).append(rule)
    return found


def _count(
    session: Session, table: type[Claim] | type[Remittance], payer_id: int, practice_ids: Sequence[int]
) -> int:
    statement = select(func.count()).where(table.payer_id == payer_id, col(table.practice_id).in_(practice_ids))
    return int(session.exec(statement).one())


def _gives_way(session: Session, first: Payer, second: Payer) -> list[str]:
    old, new = first.id or 0, second.id or 0
    words = []
    clocks: dict[int, set[str]] = {old: set(), new: set()}
    for term in session.exec(select(PayerTerm).where(col(PayerTerm.payer_id).in_((old, new)))):
        clocks[term.payer_id].add(term.clock)
    if both := sorted(clocks[old] & clocks[new]):
        words.append(f"Clocks that both have: {', '.join(both)}. Those of {second.name} hold.")
    for table, label in ((PayerFiling, "how it is filed with"), (UnderpaymentTolerance, "the tolerance")):
        if session.get(table, old) is not None and session.get(table, new) is not None:
            words.append(f"Both say {label}: what {second.name} says holds.")
    if PayerKind.OTHER not in (first.kind, second.kind) and first.kind != second.kind:
        words.append(f"They are of two kinds; the law’s clocks for the kind of {second.name} hold for all claims.")
    return words


def _walls(session: Session, practice_ids: Sequence[int], payer_ids: tuple[int, int]) -> list[str]:
    for table in (Claim, Remittance):
        beyond = select(table.id).where(
            col(table.payer_id).in_(payer_ids), col(table.practice_id).not_in(practice_ids)
        )
        if session.exec(beyond.limit(1)).first() is not None:
            return ["Practices that you do not work for have claims with them: somebody who works for all decides."]
    return []


def _playbook(own: OwnRules, first: Payer) -> list[str]:
    rules = payers_named(own).get(first.id or 0, [])
    if not rules:
        return []
    return [f"The playbook names {first.name} in {', '.join(rules[:NAMED_MOST])}: change that first."]


def _judgements(session: Session, old: int, new: int) -> list[str]:
    """Codes that both judge in their own way, and differently."""
    standing = select(CodeOverride).where(
        col(CodeOverride.payer_id).in_((old, new)), col(CodeOverride.ended_at).is_(None)
    )
    found: dict[int, dict[tuple[str, str], set[str]]] = {old: {}, new: {}}
    for each in session.exec(standing):
        said = f"{sorted(each.changes.items())} {each.from_on} {each.until_on}"
        found[each.payer_id or 0].setdefault((each.list_name, each.code), set()).add(said)
    differing = sorted(key for key, said in found[old].items() if found[new].get(key, said) != said)
    if not differing:
        return []
    named = ", ".join(f"{name.upper()} {code}" for name, code in differing[:NAMED_MOST])
    return [f"Both have a judgement of their own of {named}: end one of them first."]


def _fees(session: Session, old: int, new: int) -> list[str]:
    """Prices of both for the same service in days that meet, and not the same: no schedule may win by chance."""
    one, other = (
        select(ContractFee).where(ContractFee.payer_id == payer_id).order_by(col(ContractFee.id))
        for payer_id in (old, new)
    )
    prices: dict[tuple[int | None, str, str], list[ContractFee]] = {}
    for fee in session.exec(one):
        prices.setdefault((fee.practice_id, fee.procedure, fee.modifiers), []).append(fee)
    differing = {
        fee.procedure
        for fee in (session.exec(other) if prices else ())
        for mine in prices.get((fee.practice_id, fee.procedure, fee.modifiers), ())
        if mine.fee_cents != fee.fee_cents and _meet(mine, fee)
    }
    if not differing:
        return []
    return [
        f"Their fee schedules differ for {', '.join(sorted(differing)[:NAMED_MOST])}: load one price for both first."
    ]


def _meet(one: ContractFee, other: ContractFee) -> bool:
    def starts_before_end(first: ContractFee, second: ContractFee) -> bool:
        return second.valid_through is None or first.valid_from <= second.valid_through

    return starts_before_end(one, other) and starts_before_end(other, one)


def _rewrite_days(session: Session, old: int, new: int) -> dict[str, list[str]]:
    """Who knows the one payer knows the other."""

    def becomes(text: str) -> str:
        return " ".join(dict.fromkeys(str(new) if each == str(old) else each for each in text.split()))

    return _rewrite(session, session.exec(select(WorkDay)).all(), "person_id", "payer_ids", becomes)


def _rewrite_views(session: Session, old: int, new: int) -> dict[str, list[str]]:
    def becomes(text: str) -> str:
        return re.sub(rf"(^|&)payer={old}(?=&|$)", rf"\g<1>payer={new}", text)

    return _rewrite(session, session.exec(select(SavedView)).all(), "id", "query", becomes)


def _rewrite(
    session: Session, rows: Sequence[Any], key: str, column: str, becomes: Callable[[str], str]
) -> dict[str, list[str]]:
    """What was there and what is there now, by the row's key."""
    changed = {}
    for row in rows:
        before = getattr(row, column)
        after = becomes(before)
        if after != before:
            setattr(row, column, after)
            session.add(row)
            changed[str(getattr(row, key))] = [before, after]
    session.flush()
    return changed


def _follow_claims(session: Session, payer_ids: tuple[int, int]) -> None:
    """Lists and totals show each claim with the payer that it has, until the re-rank looks at all of them."""
    of_claim = select_columns(claim.c.payer_id).where(claim.c.id == score.c.claim_id).scalar_subquery()
    moved = update(score).where(score.c.payer_id.in_(payer_ids)).values(payer_id=of_claim)
    session.connection().execute(moved)
    recount_payers(session.connection(), payer_ids)
    session.expire_all()
