"""Money is integer cents everywhere; here it is printed for people and read from what they type."""

from __future__ import annotations

import re

TYPED_AMOUNT = re.compile(r"^\(?-?\$?\s*(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d{1,2}))?\)?$")
LARGEST_CENTS = 10**15  # ten trillion dollars: a typed amount beyond it is a slip of the hand


def format_cents(cents: int) -> str:
    """`123456` → `$1,234.56`; negative amounts read `-$1,234.56`."""
    sign = "-" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    return f"{sign}${dollars:,}.{rest:02d}"


def format_cents_compact(cents: int) -> str:
    """For counts beside a queue: `$948`, `$84.3K`, `$1.2M`. Rounded half up; exact dollars below a thousand."""
    sign = "-" if cents < 0 else ""
    dollars = (abs(cents) + 50) // 100
    if dollars < 1_000:
        return f"{sign}${dollars}"
    for step, unit in ((1_000, "K"), (1_000_000, "M"), (1_000_000_000, "B")):
        tenths = (dollars * 10 + step // 2) // step
        if tenths < 10_000 or unit == "B":
            whole, tenth = divmod(tenths, 10)
            shown = f"{whole:,}" if tenth == 0 or whole >= 100 else f"{whole}.{tenth}"
            return f"{sign}${shown}{unit}"
    raise AssertionError("unreachable: the last unit always answers")


def parse_dollars(text: str) -> int:
    """What a person typed, in cents: `1,234.5`, `$12`, `(3.00)` and `-3` are understood.

    Raises ValueError with a sentence for the form field.
    """
    typed = text.strip()
    match = TYPED_AMOUNT.match(typed)
    if match is None or (match[1] is None and match[2] is None):
        raise ValueError(f"{text!r} is not an amount: write it like 1,234.56")
    dollars = int((match[1] or "0").replace(",", ""))
    cents = dollars * 100 + int((match[2] or "0").ljust(2, "0"))
    if cents > LARGEST_CENTS:
        raise ValueError(f"{text!r} is larger than any claim: check the amount")
    return -cents if typed.startswith(("(", "-")) else cents
