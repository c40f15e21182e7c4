"""A site's own way with the playbook: rules of its own, rules switched off, rules tried earlier or later.

The standard playbook ships with the product and may grow; what a site keeps is only its difference, in TOML:

    [[rule]]                 # as in playbook.toml; the id of a standard rule replaces that rule
    id = "our-acme-197"
    before = "rejected"      # tried just before that rule; left out: ahead of everything
    when = { payer_id = [12], in = { carc = ["197"] } }
    …

    [[switch]]               # a rule that is not used: for some payers, or (off = true) for nobody
    rule = "medical-necessity"
    off_for = [12]

    [[move]]                 # a standard rule tried just before another
    rule = "late-filing"
    before = "replacement"

Everything here is a value; `compose` lays it over the standard playbook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from workqueues.playbook import Playbook, PlaybookError, Rule, made_of, read_rule, read_toml

MOST_RULES: Final = 500  # of a site's own; matching tries every rule on every claim
LONGEST_TEXT: Final = 200_000  # characters
ID_FORM: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
OWN_PART: Final = "Our own rules, ahead of everything"
_TABLES: Final = ("version", "rule", "switch", "move")


class Placed(NamedTuple):
    """A rule of the site's own, and the rule that it is tried just before; "": ahead of everything."""

    rule: Rule
    before: str = ""


class Switch(NamedTuple):
    """A rule that is not used: for these payers, or for nobody at all."""

    rule: str
    off: bool = False
    off_for: tuple[int, ...] = ()


class Move(NamedTuple):
    """A standard rule that is tried just before another."""

    rule: str
    before: str


@dataclass(frozen=True, slots=True)
class OwnRules:
    """What differs from the standard playbook. Nothing: the standard one is followed as it is."""

    rules: tuple[Placed, ...] = ()
    switches: tuple[Switch, ...] = ()
    moves: tuple[Move, ...] = ()

    def own(self, rule_id: str) -> Placed | None:
        return next((placed for placed in self.rules if placed.rule.id == rule_id), None)

    def switch(self, rule_id: str) -> Switch:
        return next((each for each in self.switches if each.rule == rule_id), Switch(rule_id))


def compose(standard: Playbook, own: OwnRules) -> Playbook:
    """The playbook as this site follows it.

    A word of `own` that the standard playbook no longer knows is passed over: a new release never stops the ranking.
    """
    rules = [_replaced(rule, own) for rule in ordered(standard, own)]
    last = rules[-1].id
    kept = [_switched(rule, own.switch(rule.id)) for rule in rules if rule.id == last or not own.switch(rule.id).off]
    return made_of(standard.version, kept)


def ordered(standard: Playbook, own: OwnRules) -> list[Rule]:
    """Every rule in the order tried, those that are switched off too."""
    rules = list(standard.rules)
    for move in own.moves:
        _move(rules, move)
    known = {rule.id for rule in rules}
    waiting = [placed for placed in own.rules if placed.rule.id not in known]
    while waiting:
        ids = {rule.id for rule in rules}
        ready = [placed for placed in waiting if placed.before in ids]
        for placed in ready:
            place = _place(rules, placed.before)
            rules.insert(place, placed.rule._replace(part=rules[place].part))
        waiting = [placed for placed in waiting if placed not in ready]
        if not ready:
            break
    return [*(placed.rule._replace(part=OWN_PART) for placed in waiting), *rules]


def read_own(text: str, standard: Playbook) -> OwnRules:
    """From TOML, checked against the standard playbook. Raises PlaybookError naming the rule and the word."""
    return checked(read_kept(text), standard)


def read_kept(text: str) -> OwnRules:
    """From TOML that was checked when it was kept; what it names may be gone since. Raises PlaybookError."""
    if len(text) > LONGEST_TEXT:
        raise PlaybookError(f"the text is {len(text):,} characters long; at most {LONGEST_TEXT:,} are read")
    data = read_toml(text)
    for key in data:
        if key not in _TABLES:
            raise PlaybookError(f"{key!r} is not known here; known are {', '.join(_TABLES)}")
    rules = tuple(_placed(row) for row in _rows(data, "rule"))
    switches = tuple(_switch(row) for row in _rows(data, "switch"))
    moves = tuple(_moved(row) for row in _rows(data, "move"))
    return OwnRules(rules, switches, moves)


def checked(own: OwnRules, standard: Playbook) -> OwnRules:
    """The same, if it can be followed. Raises PlaybookError."""
    ids = [placed.rule.id for placed in own.rules]
    shipped = [rule.id for rule in standard.rules]
    known = {*ids, *shipped}
    if len(ids) > MOST_RULES:
        raise PlaybookError(f"{len(ids):,} rules of our own; at most {MOST_RULES:,} are taken")
    for placed in own.rules:
        name = placed.rule.id
        if ids.count(name) > 1:
            raise PlaybookError(f"two rules are called {name!r}: give each its own id")
        if not ID_FORM.fullmatch(name):
            raise PlaybookError(f"rule {name}: an id is small letters, digits and dashes")
        if name == shipped[-1]:
            raise PlaybookError(f"rule {name}: the last rule takes what no other fits, and stays as it is")
        if not placed.rule.when:
            raise PlaybookError(f"rule {name}: it fits every claim; say when it is meant")
        if placed.before and (placed.before not in known or placed.before == name):
            raise PlaybookError(f"rule {name}: `before` names {placed.before!r}, which is no other rule")
    for what, names in (("switch", [s.rule for s in own.switches]), ("move", [m.rule for m in own.moves])):
        for name in names:
            if name not in known:
                raise PlaybookError(f"{what} {name}: no rule is called so")
            if name == shipped[-1]:
                raise PlaybookError(f"{what} {name}: the last rule takes what no other fits, and stays as it is")
            if names.count(name) > 1:
                raise PlaybookError(f"{what} {name}: stands twice")
    for move in own.moves:
        if move.rule not in shipped or move.before not in shipped or move.before == move.rule:
            raise PlaybookError(f"move {move.rule}: `before` names {move.before!r}; it must be another standard rule")
    return own


def keep_rule(own: OwnRules, rule: Rule, before: str) -> OwnRules:
    """Add a rule, or change the one of its id."""
    made = Placed(rule, before)
    if own.own(rule.id) is None:
        return replace(own, rules=(*own.rules, made))
    return replace(own, rules=tuple(made if placed.rule.id == rule.id else placed for placed in own.rules))


def drop_rule(own: OwnRules, rule_id: str) -> OwnRules:
    """Without a rule of our own; what it replaced is the standard one again. Raises PlaybookError."""
    if own.own(rule_id) is None:
        raise PlaybookError(f"rule {rule_id}: it is none of our own, it can only be switched off")
    return replace(
        own,
        rules=tuple(
            placed._replace(before="") if placed.before == rule_id else placed
            for placed in own.rules
            if placed.rule.id != rule_id
        ),
        switches=tuple(switch for switch in own.switches if switch.rule != rule_id),
    )


def switch_rule(own: OwnRules, rule_id: str, *, payer_id: int | None, on: bool) -> OwnRules:
    """Use a rule again, or no longer; for one payer, or for all of them."""
    now = own.switch(rule_id)
    if payer_id is None:
        now = Switch(rule_id) if on else Switch(rule_id, off=True)
    elif on:
        now = now._replace(off_for=tuple(each for each in now.off_for if each != payer_id))
    else:
        now = now._replace(off_for=tuple(sorted({*now.off_for, payer_id})))
    others = tuple(switch for switch in own.switches if switch.rule != rule_id)
    return replace(own, switches=(*others, now) if now.off or now.off_for else others)


def move_rule(own: OwnRules, rule_id: str, before: str, standard: Playbook) -> OwnRules:
    """Try a rule just before a standard one; "": ahead of everything."""
    placed = own.own(rule_id)
    shipped = {rule.id for rule in standard.rules}
    if placed is not None and rule_id not in shipped:
        others = tuple(each for each in own.rules if each.rule.id != rule_id)
        return replace(own, rules=(*others, placed._replace(before=before)))
    others_moved = tuple(move for move in own.moves if move.rule != rule_id)
    first = next(rule.id for rule in ordered(standard, own) if rule.id in shipped - {rule_id})
    target = before or first
    return replace(own, moves=(*others_moved, Move(rule_id, target)))


def write_own(own: OwnRules) -> str:
    """As TOML that reads back to the same."""
    tables = [_write_rule(placed) for placed in own.rules]
    for switch in own.switches:
        off = "off = true" if switch.off else f"off_for = {_value(switch.off_for)}"
        tables.append(f"[[switch]]\nrule = {_value(switch.rule)}\n{off}\n")
    tables += [f"[[move]]\nrule = {_value(move.rule)}\nbefore = {_value(move.before)}\n" for move in own.moves]
    return "\n".join(tables)


def row_of(rule: Rule) -> dict[str, Any]:
    """A rule as its table: what `read_rule` reads. Words that say nothing are left out."""
    row: dict[str, Any] = {
        "id": rule.id,
        "when": rule.when,
        "action": rule.action,
        "queue": rule.queue,
        "category": rule.category,
        "clock": rule.clock,
        "refile": "" if rule.refile_allowed else "no",
        "appeal": "" if rule.appeal_allowed else "no",
        "wait_days": rule.wait_days or "",
        "wait_from": rule.wait_from if rule.wait_days else "",
        "reason": rule.reason,
        "proof": rule.proof,
        "source": rule.source,
    }
    return {key: value for key, value in row.items() if value != ""}


def _write_rule(placed: Placed) -> str:
    rows = row_of(placed.rule)
    if placed.before:
        rows = {"id": rows.pop("id"), "before": placed.before, **rows}
    return "[[rule]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in rows.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def _replaced(rule: Rule, own: OwnRules) -> Rule:
    placed = own.own(rule.id)
    return placed.rule._replace(part=rule.part) if placed is not None else rule


def _switched(rule: Rule, switch: Switch) -> Rule:
    if not switch.off_for:
        return rule
    without = sorted({*rule.when.get("not_payer_id", ()), *switch.off_for})
    return rule._replace(when={**rule.when, "not_payer_id": without})


def _move(rules: list[Rule], move: Move) -> None:
    ids = [rule.id for rule in rules]
    if move.rule in ids[:-1] and move.before in ids and move.rule != move.before:
        moved = rules.pop(ids.index(move.rule))
        place = _place(rules, move.before)
        rules.insert(place, moved._replace(part=rules[place].part))


def _place(rules: Sequence[Rule], rule_id: str) -> int:
    return next(place for place, rule in enumerate(rules) if rule.id == rule_id)


def _rows(data: Mapping[str, Any], key: str) -> Iterable[dict[str, Any]]:
    rows = data.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PlaybookError(f"{key}: write each as a table of its own, [[{key}]]")
    return rows


def _placed(row: dict[str, Any]) -> Placed:
    before = row.get("before", "")
    rule = read_rule({key: value for key, value in row.items() if key != "before"})
    if not isinstance(before, str):
        raise PlaybookError(f"rule {rule.id}: `before` is the id of a rule, found {before!r}")
    return Placed(rule, before)


def _switch(row: dict[str, Any]) -> Switch:
    name, off, off_for = row.get("rule"), row.get("off", False), row.get("off_for", [])
    _known_keys("switch", row, ("rule", "off", "off_for"))
    numbers = isinstance(off_for, list) and all(type(each) is int for each in off_for)
    if not isinstance(name, str) or not isinstance(off, bool) or not numbers:
        raise PlaybookError(f"switch {name}: needs `rule`, and `off = true` or `off_for` with numbers of payers")
    return Switch(name, off, () if off else tuple(sorted(set(off_for))))


def _moved(row: dict[str, Any]) -> Move:
    name, before = row.get("rule"), row.get("before")
    _known_keys("move", row, ("rule", "before"))
    if not isinstance(name, str) or not isinstance(before, str):
        raise PlaybookError(f"move {name}: needs `rule` and `before`, the ids of two rules")
    return Move(name, before)


def _known_keys(what: str, row: Mapping[str, Any], keys: Sequence[str]) -> None:
    for key in row:
        if key not in keys:
            raise PlaybookError(f"{what} {row.get('rule')}: unknown key {key!r}; known are {', '.join(keys)}")
