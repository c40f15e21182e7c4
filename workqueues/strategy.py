"""What a supervisor may tune: a small TOML file, checked when read, kept in versions.

Nothing here decides by itself; it sets the staff, the price of waiting, the reserved share for the oldest, and how
fast old evidence fades.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from typing import Any, Final, get_type_hints


class StrategyError(ValueError):
    """A strategy file holds a word or a value that cannot be followed; the message says which and what is allowed."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """All settings with their defaults. Shares are 0 to 1."""

    name: str = "standard"
    version: int = 1
    staff: int = 3  # people who work the queue
    minutes_per_person: int = 360  # a day, net of everything else
    oldest_share: float = 0.05  # minutes a day kept for claims over 180 days that nobody has looked at for 90
    random_share: float = 0.0  # minutes a day handed out by lot, so that a strategy can be measured honestly
    discount_per_day: float = 0.003  # a dollar later is worth less: payer lag is charged at this rate
    urgency_weight: float = 0.5  # β: how much a near deadline lifts a claim that is worth the time anyway
    urgency_days: float = 14.0  # K: days over which that lift fades
    subtract_pays_anyway: bool = True
    per_minute: bool = True  # False ranks by dollars alone: for comparison only
    learn: bool = True  # False: the shipped priors only
    half_life_days: int = 730  # age at which an outcome counts half
    benefit_of_doubt: float = 0.7  # standard deviations by which what is little tried is favoured, to learn of it
    check_min_lost: float = 0.25  # look after a submission when it is lost with this chance ...
    check_gap_days: int = 10  # ... and not more often than this
    priority_floor: float = 0.0  # cents per minute under which nothing is proposed

    @property
    def minutes_per_day(self) -> float:
        return float(self.staff * self.minutes_per_person)


LIMITS: Final[dict[str, tuple[float, float]]] = {
    "version": (1, 1_000_000),
    "staff": (0, 10_000),
    "minutes_per_person": (0, 1_440),
    "oldest_share": (0.0, 0.5),
    "random_share": (0.0, 0.2),
    "discount_per_day": (0.0, 0.05),
    "urgency_weight": (0.0, 5.0),
    "urgency_days": (1.0, 90.0),
    "benefit_of_doubt": (0.0, 2.0),
    "half_life_days": (14, 3_650),
    "check_min_lost": (0.0, 1.0),
    "check_gap_days": (0, 90),
    "priority_floor": (0.0, 100_000.0),
}


def read_strategy(text: str, *, base: Strategy | None = None) -> Strategy:
    """A strategy from TOML; what it leaves out stays as in `base` (the standard). Raises StrategyError."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StrategyError(f"not TOML: {error}") from error
    kinds = get_type_hints(Strategy)
    known = [field.name for field in fields(Strategy)]
    for name, value in data.items():
        if name not in known:
            raise StrategyError(f"{name!r} is not a setting; known are {', '.join(known)}")
        kind = kinds[name]
        fits = isinstance(value, kind) and not (kind is not bool and isinstance(value, bool))
        if not fits and not (kind is float and isinstance(value, int) and not isinstance(value, bool)):
            raise StrategyError(f"{name} must be {_PLAIN[kind]}, found {value!r}")
        if name in LIMITS:
            low, high = LIMITS[name]
            if not low <= value <= high:
                raise StrategyError(f"{name} must lie between {low:g} and {high:g}, found {value!r}")
    made = replace(base or Strategy(), **data)
    if made.oldest_share + made.random_share > 0.6:
        raise StrategyError(
            "oldest_share and random_share together leave too little for the ranking: keep them under 0.6"
        )
    return made


def write_strategy(strategy: Strategy) -> str:
    """The strategy as TOML, every setting written out, so that a version says all that it did."""
    lines = []
    for field in fields(Strategy):
        value = getattr(strategy, field.name)
        if isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, str):
            text = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        else:
            text = repr(value)
        lines.append(f"{field.name} = {text}")
    return "\n".join(lines) + "\n"


_PLAIN: Final = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
