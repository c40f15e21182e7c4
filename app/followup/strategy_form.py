"""The strategy in a supervisor's words: each setting with its label, its unit and what it does; a form, and back.

The form holds percent and dollars where the strategy holds shares and cents. Whatever it says becomes a `Strategy` by
`read_strategy`, which holds every limit; here each refusal is put beside its own field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from workqueues.strategy import LIMITS, Strategy, StrategyError, read_strategy, write_strategy

NAME_LENGTH: Final = 60


class Kind(NamedTuple):
    """How a setting is typed: `scale` of the typed number is one of the strategy's."""

    scale: float = 1.0
    prefix: str = ""
    unit: str = ""
    is_whole: bool = False
    is_switch: bool = False
    is_text: bool = False


TEXT: Final = Kind(is_text=True)
SWITCH: Final = Kind(is_switch=True)
PERCENT: Final = Kind(scale=100.0, unit=" %")
DOLLARS_A_MINUTE: Final = Kind(scale=0.01, prefix="$", unit=" a minute")
PLAIN: Final = Kind()


def _whole(unit: str) -> Kind:
    return Kind(unit=f" {unit}", is_whole=True)


class Setting(NamedTuple):
    """One setting as the page words it."""

    name: str  # in Strategy
    label: str
    hint: str
    kind: Kind

    def shown(self, strategy: Strategy) -> str:
        """What stands in its field: `5` for a share of 0.05."""
        value = getattr(strategy, self.name)
        if self.kind.is_switch:
            return "on" if value else ""
        return str(value) if self.kind.is_text else _number(value * self.kind.scale)

    def said(self, strategy: Strategy) -> str:
        """In words: `5 %`, `$0.40 a minute`, `yes`."""
        value = getattr(strategy, self.name)
        if self.kind.is_switch:
            return "yes" if value else "no"
        if self.kind.is_text:
            return str(value)
        number = f"{value * self.kind.scale:,.2f}" if self.kind.prefix else _number(value * self.kind.scale)
        return f"{self.kind.prefix}{number}{self.kind.unit}"

    @property
    def field_label(self) -> str:
        unit = f"{self.kind.prefix}{self.kind.unit}".strip()
        return f"{self.label} ({unit})" if unit and unit not in self.label.lower() else self.label

    @property
    def limits(self) -> str:
        """`0 to 50 %`; "" for what has none."""
        if self.name not in LIMITS:
            return ""
        low, high = (_number(each * self.kind.scale, grouped=True) for each in LIMITS[self.name])
        return f"{self.kind.prefix}{low} to {self.kind.prefix}{high}{self.kind.unit}"

    def read(self, typed: str) -> object:
        """The strategy's value. Raises StrategyError with a sentence for the field."""
        if self.kind.is_switch:
            return bool(typed)
        text = typed.strip()
        if self.kind.is_text:
            if not text or len(text) > NAME_LENGTH or not text.isprintable():
                raise StrategyError(f"A name is needed, at most {NAME_LENGTH} characters.")
            return text
        try:
            number = float(text.replace(",", "").removeprefix("$").removesuffix("%"))
        except ValueError as error:
            raise StrategyError("This should be a number.") from error
        low, high = LIMITS[self.name]
        value = round(number / self.kind.scale, 10)
        if not low <= value <= high:  # a number that is none is not between them either
            raise StrategyError(f"This should be {self.limits}.")
        if self.kind.is_whole:
            if value != int(value):
                raise StrategyError("This should be a whole number.")
            return int(value)
        return value


class Section(NamedTuple):
    title: str
    line: str
    settings: tuple[Setting, ...]


SECTIONS: Final = (
    Section(
        "The team’s time",
        "What fits into a day; the list is ranked by what each minute brings.",
        (
            Setting("staff", "People who work claims", "On a usual day.", _whole("people")),
            Setting("minutes_per_person", "Minutes of claim work each", "A day, net of all else.", _whole("minutes")),
        ),
    ),
    Section(
        "What the day is kept for",
        "Everything else goes by expected dollars per minute.",
        (
            Setting(
                "oldest_share",
                "Kept for the neglected",
                "Share of the day’s minutes for claims over 180 days that nobody has looked at for 90, whatever "
                "their score. 0: such claims may never be looked at.",
                PERCENT,
            ),
            Setting(
                "random_share",
                "Handed out by lot",
                "Share of the day’s minutes given by chance: only with it can a strategy be measured honestly.",
                PERCENT,
            ),
            Setting(
                "priority_floor",
                "Propose nothing under",
                "What is expected to bring less than this stays in its queue and is not proposed.",
                DOLLARS_A_MINUTE,
            ),
        ),
    ),
    Section(
        "The price of waiting",
        "What a dollar later, and a deadline near, are worth.",
        (
            Setting(
                "discount_per_day",
                "A dollar loses a day",
                "A payer that pays late is worth less by this much for each day of waiting.",
                PERCENT,
            ),
            Setting(
                "urgency_weight",
                "Lift by a near deadline",
                "By how much a claim that is worth its time anyway rises on its last day.",
                PERCENT,
            ),
            Setting("urgency_days", "The lift begins", "About so many days before the last day.", Kind(unit=" days")),
        ),
    ),
    Section(
        "Looking after what was sent",
        "When a submission is silent, it may be lost.",
        (
            Setting(
                "check_min_lost",
                "Look when it is lost with a chance of",
                "A lower chance looks sooner, and more often for nothing.",
                PERCENT,
            ),
            Setting("check_gap_days", "Not more often than every", "Between two looks at one claim.", _whole("days")),
        ),
    ),
    Section(
        "What is learned from your own outcomes",
        "Odds and minutes start from stated values and move to what happens here.",
        (
            Setting("learn", "Learn from outcomes", "Off: the values that came with the product only.", SWITCH),
            Setting(
                "half_life_days",
                "An outcome counts half after",
                "A shorter time follows a payer’s changes faster, and sways more.",
                _whole("days"),
            ),
            Setting(
                "benefit_of_doubt",
                "Benefit of the doubt",
                "How far, in standard deviations, what was rarely tried is favoured, to learn something of it.",
                PLAIN,
            ),
        ),
    ),
    Section(
        "Name and comparison",
        "Leave the two switches on unless you compare strategies.",
        (
            Setting("name", "Name of the strategy", "Stands in the history of every ranking.", TEXT),
            Setting("per_minute", "Rank by dollars per minute", "Off: by dollars alone.", SWITCH),
            Setting(
                "subtract_pays_anyway",
                "Leave out what comes anyway",
                "Money that would come without work counts for nothing.",
                SWITCH,
            ),
        ),
    ),
)
SETTINGS: Final = {setting.name: setting for section in SECTIONS for setting in section.settings}


class Changed(NamedTuple):
    """A setting that two strategies differ in, in words."""

    label: str
    before: str
    after: str


class FormWrong(ValueError):
    """Fields that cannot be followed, each with what is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def typed_of(strategy: Strategy) -> dict[str, str]:
    """What stands in the form's fields."""
    return {name: setting.shown(strategy) for name, setting in SETTINGS.items()}


def from_form(typed: Mapping[str, str], base: Strategy) -> Strategy:
    """The strategy that the form says; its version is the base's. Raises FormWrong."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, setting in SETTINGS.items():
        try:
            values[name] = setting.read(typed.get(name, ""))
        except StrategyError as error:
            errors[name] = str(error)
    if errors:
        raise FormWrong(errors)
    try:
        return read_strategy(write_strategy(replace(base, **values)))
    except StrategyError as error:  # what no field says alone: the two shares together
        both = f"{SETTINGS['oldest_share'].label} and {SETTINGS['random_share'].label.lower()}"
        said = f"{both} together leave too little for the ranking: keep them under 60 %."
        raise FormWrong({"random_share": said}) from error


def in_words(before: Strategy, after: Strategy) -> list[Changed]:
    """What differs, in the order of the form."""
    return [
        Changed(setting.label, setting.said(before), setting.said(after))
        for setting in SETTINGS.values()
        if getattr(before, setting.name) != getattr(after, setting.name)
    ]


def _number(value: float, *, grouped: bool = False) -> str:
    """`5`, `0.3`, `1,440` when grouped; never more than four decimals."""
    text = f"{round(value, 4):,.4f}".rstrip("0").rstrip(".")
    return text if grouped else text.replace(",", "")
