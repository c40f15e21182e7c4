"""Facts → the next action, with the reason: the rules of data/playbook.toml, tried in order, first match wins.

The rules are data, so that a supervisor can read them, a payer can have its own ahead of the common ones, and each
can be tested by itself. Here they are checked when read, and tried on all claims at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.facts import Codes, Facts, Flags
from workqueues.queues import queue_code, queues
from workqueues.vocabulary import (
    ACTIONS,
    CATEGORIES,
    CLAIM_KINDS,
    CODE_ACTIONS,
    GROUPS,
    OVERTURNS,
    PAYER_ANSWERS,
    PAYER_KINDS,
    REMARK_EFFECTS,
    ROUTES,
    STATUSES,
    SUBMISSIONS,
    code_number,
    effect_bits,
)

CLOCKS: Final = (
    "",
    "filing",
    "corrected",
    "reconsideration",
    "appeal",
    "second-appeal",
    "next-payer",
    "records",
    "refund",
    "negotiation",
    "prompt-pay",  # the payer's: when a clean claim is owed interest
    "decision",  # the payer's: when it must have decided
)

WORD_COLUMNS: Final = {
    "status": STATUSES,
    "payer_kind": PAYER_KINDS,
    "claim_kind": CLAIM_KINDS,
    "payer_answer": PAYER_ANSWERS,
    "group": GROUPS,
    "category": CATEGORIES,
    "carc_action": CODE_ACTIONS,
    "carc_overturn": OVERTURNS,
    "route": ROUTES,
    "submission": SUBMISSIONS,
}
CODE_COLUMNS: Final = ("carc", "remark")
FLAG_COLUMNS: Final = (
    "is_unmatched",
    "is_sibling_open",
    "is_repeat_denial",
    "is_known_from_837",
    "is_institutional_part_a",
    "is_after_refile",
    "has_other_coverage",
    "other_coverage_billed",
    "has_payer_claim_number",
    "has_signed_notice",
    "patient_protected",
    "patient_on_hold",
)
NUMBER_COLUMNS: Final = (
    "open_cents",
    "billed_cents",
    "insurance_open_cents",
    "patient_open_cents",
    "credit_cents",
    "denied_cents",
    "underpaid_cents",
    "touches",
    "followups",
)
DAY_COLUMNS: Final = (
    "service_on",
    "first_billed_on",
    "last_billed_on",
    "last_answer_on",
    "denied_on",
    "primary_paid_on",
    "crossover_on",
    "arrived_on",
    "submitted_on",
    "last_touch_on",
)
CONDITIONS: Final = (
    "in", "effects", "is", "is_not", "at_least", "days_at_least", "days_at_most", "payer_id", "not_payer_id",
)  # fmt: skip
_KEYS: Final = (
    "id", "part", "when", "action", "queue", "category", "clock", "refile", "appeal", "wait_days", "wait_from",
    "reason", "proof", "source",
)  # fmt: skip
_TEXTS: Final = {"id": 60, "part": 60, "reason": 200, "proof": 300, "source": 300}  # the longest that each may be
LONGEST_WAIT_DAYS: Final = 365
LARGEST_ID: Final = 2**31 - 1
LARGEST_NUMBER: Final = 10**12  # ten billion dollars, in cents


class PlaybookError(ValueError):
    """A playbook file says something that cannot be followed; the message names the rule and the word."""


class Rule(NamedTuple):
    id: str
    when: Mapping[str, Any]
    action: str  # ACTIONS
    queue: str  # queues.toml
    category: str  # CATEGORIES; "": the denial's own
    clock: str  # CLOCKS
    refile_allowed: bool
    appeal_allowed: bool
    wait_days: int
    wait_from: str  # a day column
    reason: str  # one line
    proof: str  # what to collect
    source: str  # where the rule comes from
    part: str = ""  # the heading it stands under


@dataclass(frozen=True, slots=True)
class Playbook:
    """The rules in order, and their outcomes as columns to look up by rule number."""

    version: int
    rules: tuple[Rule, ...]
    _codes: dict[str, Codes] = field(default_factory=dict, init=False, repr=False, compare=False)
    _tests: list[list[tuple[str, Condition]]] = field(default_factory=list, init=False, repr=False, compare=False)

    def number(self, rule_id: str) -> int:
        for number, rule in enumerate(self.rules):
            if rule.id == rule_id:
                return number
        raise KeyError(f"no playbook rule is called {rule_id!r}")

    def codes(self, column: str) -> Codes:
        """`action`, `queue`, `category`, `clock` or what is allowed (0, 1) of every rule, as codes; category -1: the
        denial's own."""
        if column not in self._codes:  # worked out once: a touched claim asks for all of them again
            self._codes[column] = self._codes_of(column)
        return self._codes[column]

    def allowed(self) -> tuple[Flags, Flags]:
        """Whether every rule allows to refile, and to appeal."""
        return self.codes("refile_allowed") > 0, self.codes("appeal_allowed") > 0

    def _codes_of(self, column: str) -> Codes:
        if column == "action":
            return np.array([ACTIONS.index(rule.action) for rule in self.rules], np.int8)
        if column == "queue":
            return np.array([queue_code(rule.queue) for rule in self.rules], np.int8)
        if column in ("refile_allowed", "appeal_allowed"):
            return np.array([getattr(rule, column) for rule in self.rules], np.int8)
        if column == "clock":
            return np.array([CLOCKS.index(rule.clock) for rule in self.rules], np.int8)
        return np.array([CATEGORIES.index(r.category) if r.category else -1 for r in self.rules], np.int8)

    def match(self, facts: Facts, today: float) -> NDArray[np.int16]:
        """The number of the first rule that fits each claim. The last rule must fit everything."""
        memory: dict[str, Flags] = {}

        def met(key: str, condition: Condition) -> Flags:
            if key not in memory:
                memory[key] = holds(condition, facts, today)
            return memory[key]

        if len(facts) == 1:  # a touched claim: no columns to combine
            for number, tests in enumerate(self._conditions()):
                if all(met(*test)[0] for test in tests):
                    return np.array([number], np.int16)
        chosen = np.full(len(facts), -1, np.int16)
        undecided = np.ones(len(facts), np.bool_)
        for number, tests in enumerate(self._conditions()):
            if not undecided.any():
                break
            fits = undecided.copy()
            for test in tests:
                if not fits.any():
                    break
                fits &= met(*test)
            chosen[fits] = number
            undecided &= ~fits
        return chosen

    def _conditions(self) -> list[list[tuple[str, Condition]]]:
        """Of every rule; equal ones have one key, so that they are tried once.

        All of them are there before anybody sees one: several threads may ask for the first time at once.
        """
        if not self._tests:
            self._tests[:] = [[(repr(each), each) for each in conditions_of(rule)] for rule in self.rules]
        return self._tests


class Condition(NamedTuple):
    kind: str
    column: str
    value: Any


def conditions_of(rule: Rule) -> list[Condition]:
    """A rule's `when` as single conditions, all of which must hold."""
    made: list[Condition] = []
    for kind, value in rule.when.items():
        if isinstance(value, Mapping):
            made += [Condition(kind, column, wanted) for column, wanted in value.items()]
        elif kind in ("is", "is_not"):
            made += [Condition(kind, column, None) for column in value]
        else:
            made.append(Condition(kind, "", value))
    return made


def holds(condition: Condition, facts: Facts, today: float) -> Flags:
    """For each claim: does it meet the condition?"""
    kind, name, wanted = condition
    if kind == "effects":
        bits: Flags = (facts.remark_effects & np.uint32(effect_bits(wanted))) != 0
        return bits
    if kind == "payer_id":
        return np.isin(facts.payer_id, wanted)
    if kind == "not_payer_id":
        return np.isin(facts.payer_id, wanted, invert=True)
    column: NDArray[Any] = getattr(facts, name)
    if kind == "is":
        return column
    if kind == "is_not":
        return ~column
    if kind == "in" and name in CODE_COLUMNS:
        return _is_among(column, _numbers(tuple(wanted)))
    if kind == "in":
        fits: Flags = _is_wanted(name, tuple(wanted))[column]
        return fits
    if kind == "at_least":
        return np.asarray(column >= wanted)
    days = np.float32(today) - column  # NaN (no date) fails both comparisons
    return np.asarray(days >= wanted if kind == "days_at_least" else days <= wanted)


def _is_among(column: NDArray[Any], numbers: NDArray[Any]) -> Flags:
    """np.isin; its preparations take longer than the answer for one claim."""
    return np.array([(numbers == column[0]).any()]) if len(column) == 1 else np.isin(column, numbers)


@lru_cache(maxsize=4_096)
def _numbers(codes: tuple[str, ...]) -> NDArray[np.int32]:
    return np.array([code_number(code) for code in codes], np.int32)


@lru_cache(maxsize=4_096)
def _is_wanted(column: str, wanted: tuple[str, ...]) -> Flags:
    """By the number of a word: is it one of these?"""
    words = WORD_COLUMNS[column]
    table = np.zeros(len(words), np.bool_)
    table[[words.index(word) for word in wanted]] = True
    return table


def read_playbook(text: str, *, ahead: Sequence[Rule] = ()) -> Playbook:
    """A playbook from TOML; `ahead` are a site's own rules, tried first. Raises PlaybookError naming the fault."""
    data = read_toml(text)
    rules, part = list(ahead), ""
    for row in data.get("rule", []):
        rule = read_rule(row)
        part = rule.part or part
        rules.append(rule._replace(part=part))
    return made_of(int(data.get("version", 0)), rules)


def made_of(version: int, rules: Sequence[Rule]) -> Playbook:
    """A playbook of these rules. Raises PlaybookError when two have one name, or a claim could fit none."""
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise PlaybookError(f"two rules are called {rule.id!r}: give each its own id")
        seen.add(rule.id)
    if not rules or rules[-1].when:
        raise PlaybookError("the last rule must fit every claim: end with one whose `when` is empty")
    return Playbook(version, tuple(rules))


def read_toml(text: str) -> dict[str, Any]:
    """Raises PlaybookError with the line that is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlaybookError(f"not TOML: {error}") from error


@cache
def standard_playbook() -> Playbook:
    """The playbook that ships with the product."""
    return read_playbook(files("workqueues").joinpath("data/playbook.toml").read_text(encoding="utf-8"))


def read_rule(row: object) -> Rule:
    """One rule from its table. Raises PlaybookError naming the rule and the word that is wrong."""
    if not isinstance(row, Mapping):
        raise PlaybookError(f"a rule is a table, found {row!r}")
    name = str(row.get("id", "")) or "(no id)"
    unknown = sorted(set(row) - set(_KEYS))
    if unknown:
        raise PlaybookError(f"rule {name}: unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}")
    for key in ("id", "when", "action", "queue", "reason"):
        if key not in row or row[key] == "":
            raise PlaybookError(f"rule {name}: {key!r} is missing")
    for key, longest in _TEXTS.items():
        _check_text(name, key, row.get(key, ""), longest)
    _check_word(name, "action", row["action"], ACTIONS)
    _check_word(name, "category", row.get("category", "other"), ("", *CATEGORIES))
    _check_word(name, "clock", row.get("clock", ""), CLOCKS)
    _check_word(name, "wait_from", row.get("wait_from", "last_answer_on"), DAY_COLUMNS)
    for route in ("refile", "appeal"):
        _check_word(name, route, row.get(route, "yes"), ("yes", "no"))
    _check_word(name, "queue", row["queue"], [queue.key for queue in queues()])
    wait_days = row.get("wait_days", 0)
    _check_number(name, "wait_days", wait_days, LONGEST_WAIT_DAYS)
    if row["action"] == "wait" and not wait_days:
        raise PlaybookError(f"rule {name}: to wait needs `wait_days`, from 1 to {LONGEST_WAIT_DAYS}")
    _check_when(name, row["when"])
    return Rule(
        row["id"],
        row["when"],
        row["action"],
        row["queue"],
        row.get("category", ""),
        row.get("clock", ""),
        row.get("refile", "yes") == "yes",
        row.get("appeal", "yes") == "yes",
        wait_days,
        row.get("wait_from", "last_answer_on"),
        row["reason"],
        row.get("proof", ""),
        row.get("source", ""),
        row.get("part", ""),
    )


def _check_when(name: str, when: object) -> None:
    for kind, value in _table(name, "when", when).items():
        _check_word(name, "condition", kind, CONDITIONS)
        if kind == "in":
            for column, words in _table(name, kind, value).items():
                _check_in(name, column, words)
        elif kind == "effects":
            for effect in _list(name, kind, value, str):
                _check_word(name, "effect", effect, REMARK_EFFECTS)
        elif kind in ("is", "is_not"):
            for column in _list(name, kind, value, str):
                _check_word(name, "column", column, FLAG_COLUMNS)
        elif kind in ("payer_id", "not_payer_id"):
            for payer in _list(name, kind, value, int):
                _check_number(name, kind, payer, LARGEST_ID)
        else:
            for column, wanted in _table(name, kind, value).items():
                _check_word(name, "column", column, NUMBER_COLUMNS if kind == "at_least" else DAY_COLUMNS)
                _check_number(name, column, wanted, LARGEST_NUMBER)


def _check_in(name: str, column: str, words: object) -> None:
    _check_word(name, "column", column, (*WORD_COLUMNS, *CODE_COLUMNS))
    for word in _list(name, column, words, str):
        if column in WORD_COLUMNS:
            _check_word(name, column, word, WORD_COLUMNS[column])
        elif code_number(word) < 0:
            raise PlaybookError(f"rule {name}: {column} {word!r} is not a code")


def _table(rule: str, what: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise PlaybookError(f"rule {rule}: {what} must be a table such as {{ column = … }}, found {value!r}")
    return value


def _list(rule: str, what: str, value: object, kind: type) -> list[Any]:
    fits = isinstance(value, list) and value and all(isinstance(v, kind) and not isinstance(v, bool) for v in value)
    if not fits:
        words = "words" if kind is str else "numbers"
        raise PlaybookError(f"rule {rule}: {what} must be a list of {words} with at least one in it, found {value!r}")
    assert isinstance(value, list)
    return value


def _check_word(rule: str, what: str, word: object, words: Sequence[str]) -> None:
    if word not in words:
        raise PlaybookError(f"rule {rule}: {what} {word!r} is not one of {', '.join(w or '(none)' for w in words)}")


def _check_text(rule: str, key: str, text: object, longest: int) -> None:
    if not isinstance(text, str) or len(text) > longest or not text.isprintable():
        raise PlaybookError(f"rule {rule}: {key} must be one line of text, at most {longest} characters")


def _check_number(rule: str, key: str, number: object, largest: int) -> None:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= largest:
        raise PlaybookError(f"rule {rule}: {key} must be a whole number from 0 to {largest:,}, found {number!r}")
