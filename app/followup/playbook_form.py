"""One rule as a form: every condition a choice of words that the ranking knows, and back to a rule.

Field names: `in.COLUMN` (any of the words ticked), `effects`, `carc` and `remark` (codes, "none" for none given),
`is.FLAG` (yes, no or either), `least.NUMBER`, `past.DAY` and `within.DAY` (days since), then the outcome's own names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from app.core.money import parse_dollars
from app.followup.playbook_words import CLOCK_NAMES, DAY_WORDS, EFFECT_WORDS, FLAG_WORDS, NUMBER_WORDS, word_of
from app.followup.words import ACTION_LABELS
from workqueues.own_rules import row_of
from workqueues.playbook import CLOCKS, DAY_COLUMNS, NUMBER_COLUMNS, WORD_COLUMNS, PlaybookError, Rule, read_rule
from workqueues.queues import queues
from workqueues.vocabulary import ACTIONS, CATEGORIES, REMARK_EFFECTS

Typed = Mapping[str, Sequence[str]]

NONE_GIVEN: Final = "none"  # typed where a code may be missing
DEFAULT_BEFORE: Final = "rejected"  # after what we sent and what research found: those decide first
LONGEST_ID: Final = 60
_WORD_LABELS: Final = {
    "status": "It is",
    "payer_kind": "The payer is",
    "claim_kind": "The claim is",
    "payer_answer": "The payer’s last status says",
    "group": "The adjustment group is",
    "category": "It is about",
    "carc_action": "The code table suggests",
    "carc_overturn": "The code table’s odds are",
    "route": "Research says",
    "submission": "We have sent",
    "effects": "A remark says",
}


class Choice(NamedTuple):
    """Words of which any may hold."""

    name: str
    label: str
    options: list[tuple[str, str]]


class Section(NamedTuple):
    """A part of the form."""

    title: str
    choices: list[Choice]
    codes: list[tuple[str, str]] = []  # name, label
    flags: list[tuple[str, str, str]] = []  # name, when it holds, when not
    numbers: list[tuple[str, str, bool]] = []  # name, label, dollars
    days: list[tuple[str, str, str]] = []  # name of past, name of within, label

    def said_in(self, typed: Typed) -> int:
        """How many of its conditions say something."""
        ticked = sum(bool(typed.get(choice.name)) for choice in self.choices)
        others = set(self.names()) - {choice.name for choice in self.choices}
        return ticked + sum(bool(first(typed, name)) for name in others)

    def names(self) -> list[str]:
        both = [name for past, within, _ in self.days for name in (past, within)]
        single = [*(c.name for c in self.choices), *(c[0] for c in self.codes), *(f[0] for f in self.flags)]
        return [*single, *(number[0] for number in self.numbers), *both]


class FormWrong(ValueError):
    """Fields of the form that cannot be read, each with what is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def sections() -> list[Section]:
    """The conditions, in the order a person thinks of them."""
    return [
        Section("Payer and claim", [_choice("payer_kind"), _choice("claim_kind")]),
        Section(
            "Where it stands",
            [_choice("status"), _choice("payer_answer"), _choice("submission"), _choice("route")],
            flags=_flags(
                *("is_repeat_denial", "is_after_refile", "is_sibling_open", "has_payer_claim_number"),
                *("is_known_from_837", "is_institutional_part_a", "is_unmatched"),
            ),
        ),
        Section(
            "What the denial says",
            [
                *(_choice("group"), _choice("category"), _choice("carc_action"), _choice("carc_overturn")),
                Choice("effects", _WORD_LABELS["effects"], [(word, EFFECT_WORDS[word]) for word in REMARK_EFFECTS]),
            ],
            codes=[("carc", "Reason codes"), ("remark", "Leading remark codes")],
        ),
        Section(
            "Money and work done",
            [],
            numbers=[
                (
                    f"least.{name}",
                    f"{NUMBER_WORDS[name][:1].upper()}{NUMBER_WORDS[name][1:]}",
                    name.endswith("_cents"),
                )
                for name in NUMBER_COLUMNS
            ],
        ),
        Section(
            "Other payers and the patient",
            [],
            flags=_flags(
                *("has_other_coverage", "other_coverage_billed"),
                *("patient_protected", "patient_on_hold", "has_signed_notice"),
            ),
        ),
        Section("Days since", [], days=[(f"past.{name}", f"within.{name}", DAY_WORDS[name]) for name in DAY_COLUMNS]),
    ]


def outcome_choices() -> dict[str, Any]:
    """The choices of what to do."""
    return {
        "actions": [(word, ACTION_LABELS[word]) for word in ACTIONS if word != "none"],
        "queues": [(queue.key, queue.label) for queue in queues() if queue.key not in ("over-180", "snoozed")],
        "clocks": [(clock, CLOCK_NAMES[clock] or "none") for clock in CLOCKS],
        "categories": [("", "the denial’s own"), *((word, word_of("category", word)) for word in CATEGORIES)],
        "wait_froms": [(name, DAY_WORDS[name]) for name in DAY_COLUMNS],
    }


def typed_of(rule: Rule, before: str) -> dict[str, list[str]]:
    """A rule as the fields that would make it."""
    row = row_of(rule)
    fields: dict[str, list[str]] = {"before": [before]}
    for key in ("action", "queue", "category", "clock", "reason", "proof", "source", "wait_from"):
        fields[key] = [str(row.get(key, ""))]
    fields["wait_days"] = [str(rule.wait_days or "")]
    fields["refile"] = ["yes" if rule.refile_allowed else "no"]
    fields["appeal"] = ["yes" if rule.appeal_allowed else "no"]
    for kind, value in rule.when.items():
        fields |= _fields_of(kind, value)
    return fields


def _fields_of(kind: str, value: Any) -> dict[str, list[str]]:
    if kind == "in":
        codes = {
            c: [" ".join(code.upper() or NONE_GIVEN for code in value[c])] for c in ("carc", "remark") if c in value
        }
        return codes | {f"in.{column}": list(words) for column, words in value.items() if column in WORD_COLUMNS}
    if kind == "effects":
        return {"effects": list(value)}
    if kind in ("is", "is_not"):
        return {f"is.{column}": ["yes" if kind == "is" else "no"] for column in value}
    if kind in ("payer_id", "not_payer_id"):
        return {"payers" if kind == "payer_id" else "not_payers": [" ".join(str(each) for each in value)]}
    if kind == "at_least":
        return {f"least.{name}": [_amount(name, number)] for name, number in value.items()}
    prefix = "past" if kind == "days_at_least" else "within"
    return {f"{prefix}.{name}": [str(days)] for name, days in value.items()}


def rule_of(rule_id: str, typed: Typed) -> Rule:
    """The rule that the fields make. Raises FormWrong for fields that cannot be read, PlaybookError for the rest."""
    errors: dict[str, str] = {}
    when = _when_of(typed, errors)
    row: dict[str, Any] = {"id": rule_id, "when": when}
    for key in ("action", "queue", "category", "clock", "refile", "appeal", "reason", "proof", "source"):
        row[key] = " ".join(first(typed, key).split())
    wait = _whole("wait_days", first(typed, "wait_days"), errors) or 0
    if row["action"] == "wait":
        row |= {"wait_days": wait, "wait_from": first(typed, "wait_from")}
    if not row["reason"]:
        errors["reason"] = "Say it in one line: it is what the biller reads."
    if errors:
        raise FormWrong(errors)
    row = {key: value for key, value in row.items() if value != ""}
    if not when:
        raise PlaybookError("it fits every claim; say when it is meant")
    return read_rule(row)


def _when_of(typed: Typed, errors: dict[str, str]) -> dict[str, Any]:
    within = {column: list(typed[f"in.{column}"]) for column in WORD_COLUMNS if typed.get(f"in.{column}")}
    for column in ("carc", "remark"):
        codes = [code.upper() for code in re.split(r"[\s,;]+", first(typed, column)) if code]
        if codes:
            within[column] = ["" if code == NONE_GIVEN.upper() else code for code in codes]
    flags = {name: first(typed, f"is.{name}") for name in FLAG_WORDS}
    least = {name: _number(name, first(typed, f"least.{name}"), errors) for name in NUMBER_COLUMNS}
    past = {name: _whole(f"past.{name}", first(typed, f"past.{name}"), errors) for name in DAY_COLUMNS}
    at_most = {name: _whole(f"within.{name}", first(typed, f"within.{name}"), errors) for name in DAY_COLUMNS}
    when: dict[str, Any] = {
        "payer_id": _payer_ids(typed, "payers", errors),
        "not_payer_id": _payer_ids(typed, "not_payers", errors),
        "in": within,
        "effects": list(typed.get("effects", ())),
        "is": [name for name, word in flags.items() if word == "yes"],
        "is_not": [name for name, word in flags.items() if word == "no"],
        "at_least": {name: number for name, number in least.items() if number is not None},
        "days_at_least": {name: days for name, days in past.items() if days is not None},
        "days_at_most": {name: days for name, days in at_most.items() if days is not None},
    }
    return {kind: value for kind, value in when.items() if value}


def new_id(payer: str, action: str, taken: Sequence[str]) -> str:
    """`our-acme-health-appeal`; with a number when that is taken."""
    words = re.sub(r"[^a-z0-9]+", "-", f"our-{payer}-{action}".lower()).strip("-")[: LONGEST_ID - 4].rstrip("-")
    made, number = words, 2
    while made in taken:
        made, number = f"{words}-{number}", number + 1
    return made


def first(typed: Typed, name: str) -> str:
    values = typed.get(name, ())
    return values[0].strip() if values else ""


def _choice(column: str) -> Choice:
    options = [(word, word_of(column, word)) for word in WORD_COLUMNS[column]]
    return Choice(f"in.{column}", _WORD_LABELS[column], options)


def _flags(*names: str) -> list[tuple[str, str, str]]:
    return [(f"is.{name}", *FLAG_WORDS[name]) for name in names]


def _amount(name: str, number: int) -> str:
    return f"{number / 100:.2f}" if name.endswith("_cents") else str(number)


def _number(name: str, text: str, errors: dict[str, str]) -> int | None:
    if not name.endswith("_cents"):
        return _whole(f"least.{name}", text, errors)
    if not text:
        return None
    try:
        cents = parse_dollars(text)
    except ValueError as wrong:
        errors[f"least.{name}"] = str(wrong)
        return None
    if cents < 0:
        errors[f"least.{name}"] = "An amount of zero or more."
    return cents


def _whole(field: str, text: str, errors: dict[str, str]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        errors[field] = f"“{text[:20]}” is not a whole number."
        return None
    return int(text)


def _payer_ids(typed: Typed, name: str, errors: dict[str, str]) -> list[int]:
    words = first(typed, name).split()
    if not all(word.isascii() and word.isdigit() and len(word) <= 9 for word in words):
        errors[name] = "Choose a payer of the list."
        return []
    return [int(word) for word in words]
