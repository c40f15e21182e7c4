"""The playbook in force and its versions: who changed what, when and why. The newest version is in force.

A version keeps what differs from the standard playbook, so that a new release's rules reach everybody. Going back to
an older one makes a new version with its text, so that the history reads as it happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from sqlmodel import Session, col, select

import edi.codes
from app.audit.record import record
from app.claims.terms import one_line
from app.core.clock import Clock
from app.followup.tables import PlaybookVersion
from workqueues.own_rules import OwnRules, compose, ordered, read_kept, read_own, write_own
from workqueues.playbook import Playbook, PlaybookError, Rule, standard_playbook

WHY_LENGTH = 500
SHOWN_VERSIONS = 50


class Difference(NamedTuple):
    """One rule that two playbooks treat differently."""

    rule_id: str
    what: str  # added, changed, dropped, switched off, switched on, tried elsewhere
    before: Rule | None
    after: Rule | None


def newest_playbook(session: Session) -> PlaybookVersion | None:
    statement = select(PlaybookVersion).order_by(col(PlaybookVersion.id).desc()).limit(1)
    return session.exec(statement).first()


def own_in_force(session: Session) -> OwnRules:
    """What differs from the standard playbook; nothing, until somebody has put a version in force."""
    newest = newest_playbook(session)
    return OwnRules() if newest is None else own_of(newest.text)


def playbook_in_force(session: Session) -> Playbook:
    newest = newest_playbook(session)
    return playbook_of(newest.text if newest is not None else None)


def playbook_versions(session: Session) -> list[PlaybookVersion]:
    """Newest first."""
    statement = select(PlaybookVersion).order_by(col(PlaybookVersion.id).desc()).limit(SHOWN_VERSIONS)
    return list(session.exec(statement))


@lru_cache(maxsize=16)
def own_of(text: str) -> OwnRules:
    """What a kept text says; what it names may be gone in this release, and is then passed over."""
    return read_kept(text)


@lru_cache(maxsize=16)
def playbook_of(text: str | None) -> Playbook:
    """The playbook that a kept text makes; None: nobody has put one in force."""
    return standard_playbook() if text is None else compose(standard_playbook(), own_of(text))


def drafted_playbook(text: str) -> OwnRules:
    """A text that somebody wants in force. Raises PlaybookError for what the ranking cannot follow.

    A code that no list knows is refused too: such a rule would wait for ever.
    """
    own = read_own(text, standard_playbook())
    for placed in own.rules:
        _known_codes(placed.rule)
    return own


def rule_differences(before: OwnRules, after: OwnRules) -> list[Difference]:
    """Rule by rule, in the order tried."""
    standard = standard_playbook()
    old = {rule.id: rule for rule in compose(standard, before).rules}
    new = {rule.id: rule for rule in compose(standard, after).rules}
    every = {rule.id: rule for rule in [*ordered(standard, before), *ordered(standard, after)]}
    moved = _moved([rule_id for rule_id in old if rule_id in new], [rule_id for rule_id in new if rule_id in old])
    found = []
    for rule_id in every:
        was, now = old.get(rule_id), new.get(rule_id)
        what = _what(rule_id, was, now, before, after)
        if not what and rule_id in moved:
            what = "tried elsewhere"
        if what:
            found.append(Difference(rule_id, what, was, now))
    return found


def put_playbook_in_force(
    session: Session,
    text: str,
    *,
    based_on: int,
    why: str,
    person_id: int | None,
    person_name: str,
    clock: Clock,
) -> PlaybookVersion:
    """Keep it as the newest version. The caller ranks by it and commits. Raises PlaybookError.

    `based_on` is the number of the version that it was made from: what a colleague kept meanwhile is not lost.
    """
    reason = one_line(why)[:WHY_LENGTH]
    if not reason:
        raise PlaybookError("say why: whoever wonders about tomorrow’s list should find the reason")
    newest = newest_playbook(session)
    number = newest.number if newest is not None else 1
    if number != based_on:
        by = newest.person_name if newest is not None else "Somebody"
        raise PlaybookError(f"{by} put version {number} in force meanwhile; start again from it, nothing was kept")
    before, after = own_in_force(session), drafted_playbook(text)
    differing = rule_differences(before, after)
    if not differing:
        raise PlaybookError("nothing differs from the playbook in force")
    made = PlaybookVersion(
        number=number + 1,
        text=write_own(after),
        why=reason,
        person_id=person_id,
        person_name=person_name,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    record(
        session,
        "playbook.in_force",
        object_type="playbook",
        object_id=made.number,
        detail={"why": reason, "changes": [[each.rule_id, each.what] for each in differing]},
    )
    return made


def payers_touched(before: OwnRules, after: OwnRules) -> frozenset[int] | None:
    """The only payers whose claims can be decided otherwise; None: any payer's."""
    touched: set[int] = set()
    for each in rule_differences(before, after):
        if _only_switched(each):
            touched.update(_switched_for(each))
            continue
        for rule in (each.before, each.after):
            if rule is not None and "payer_id" not in rule.when:
                return None
            touched.update(rule.when["payer_id"] if rule is not None else ())
    return frozenset(touched)


def _only_switched(each: Difference) -> bool:
    """The same rule, off for other payers than before."""
    if each.before is None or each.after is None or each.what == "tried elsewhere":
        return False
    was, now = ({**rule.when, "not_payer_id": ()} for rule in (each.before, each.after))
    return each.before._replace(when=was) == each.after._replace(when=now)


def _switched_for(each: Difference) -> set[int]:
    assert each.before is not None
    assert each.after is not None
    return set(each.before.when.get("not_payer_id", ())) ^ set(each.after.when.get("not_payer_id", ()))


def _what(rule_id: str, was: Rule | None, now: Rule | None, before: OwnRules, after: OwnRules) -> str:
    if was is None and now is None:
        return ""
    if was is None:
        return "switched on" if before.switch(rule_id).off else "added"
    if now is None:
        return "switched off" if after.switch(rule_id).off else "dropped"
    if was._replace(part="") == now._replace(part=""):
        return ""
    old, new = before.switch(rule_id), after.switch(rule_id)
    if _only_switched(Difference(rule_id, "", was, now)) and old != new:
        fewer = set(new.off_for) < set(old.off_for)
        return "switched on for a payer" if fewer else "switched off for a payer"
    return "changed"


def _moved(before: list[str], after: list[str]) -> set[str]:
    """What must be taken out of both so that the rest stands in one order: those that left a longest common order."""
    stayed: set[str] = set()
    for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        stayed.update(before[block.a : block.a + block.size])
    return set(before) - stayed


def _known_codes(rule: Rule) -> None:
    within = rule.when.get("in", {})
    for column, name, known in (("carc", "reason code", edi.codes.carc), ("remark", "remark code", edi.codes.rarc)):
        for code in _codes(within, column):
            if code and known(code) is None:
                raise PlaybookError(f"rule {rule.id}: {code!r} is no {name} of any list here")


def _codes(within: dict[str, list[str]], column: str) -> Iterable[str]:
    return within.get(column, ())
