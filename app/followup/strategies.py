"""The strategy in force and its versions: who set what, when and why. The newest version is in force.

Going back to an older one makes a new version with its settings, so that the history reads as it happened.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.audit.record import record
from app.core.clock import Clock
from app.followup.tables import StrategyVersion
from workqueues.strategy import Strategy, StrategyError, read_strategy, write_strategy

WHY_LENGTH = 500
SHOWN_VERSIONS = 50


class Change(NamedTuple):
    """One setting that two strategies differ in."""

    setting: str
    before: str
    after: str


def newest_version(session: Session) -> StrategyVersion | None:
    return session.exec(select(StrategyVersion).order_by(col(StrategyVersion.id).desc()).limit(1)).first()


def strategy_in_force(session: Session) -> Strategy:
    """The standard one until somebody has put another in force."""
    newest = newest_version(session)
    return strategy_of(newest.text if newest is not None else None)


@lru_cache(maxsize=16)
def strategy_of(text: str | None) -> Strategy:
    """What a kept text says; None: nobody has put one in force."""
    return Strategy() if text is None else read_strategy(text)


def versions(session: Session) -> list[StrategyVersion]:
    """Newest first."""
    return list(session.exec(select(StrategyVersion).order_by(col(StrategyVersion.id).desc()).limit(SHOWN_VERSIONS)))


def changes(before: Strategy, after: Strategy) -> list[Change]:
    """Settings that differ, in the order of the file; the number of the version is not a setting of anybody's."""
    found = []
    for each in fields(Strategy):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new and each.name != "version":
            found.append(Change(each.name, _said(old), _said(new)))
    return found


def put_in_force(
    session: Session, strategy: Strategy, *, why: str, person_id: int | None, person_name: str, clock: Clock
) -> StrategyVersion:
    """Keep it as the newest version. The caller commits, then ranks everything anew. Raises StrategyError."""
    reason = why.strip()[:WHY_LENGTH]
    if not reason:
        raise StrategyError("say why: whoever wonders about tomorrow's list should find the reason")
    before = strategy_in_force(session)
    differing = changes(before, strategy)
    if not differing:
        raise StrategyError("nothing differs from the strategy in force")
    newest = newest_version(session)
    number = (newest.id or 0) + 1 if newest is not None else 2  # version 1 is the standard one
    made = StrategyVersion(
        text=write_strategy(replace(strategy, version=max(number, before.version + 1))),
        why=reason,
        person_id=person_id,
        person_name=person_name,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    record(
        session,
        "strategy.in_force",
        object_type="strategy",
        object_id=made.id or 0,
        detail={"why": reason, "changes": [list(change) for change in differing]},
    )
    return made


def take_back(
    session: Session, version_id: int, *, person_id: int | None, person_name: str, clock: Clock
) -> StrategyVersion:
    """The settings from before this version, as a new one. StrategyError if another has been in force since."""
    kept = versions(session)
    if not kept or kept[0].id != version_id:
        raise StrategyError("another version has been put in force since")
    return put_in_force(
        session,
        strategy_of(kept[1].text if len(kept) > 1 else None),
        why=f"Version {strategy_of(kept[0].text).version} taken back",
        person_id=person_id,
        person_name=person_name,
        clock=clock,
    )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
