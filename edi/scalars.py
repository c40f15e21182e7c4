"""Amounts, dates and numbers as X12 writes them: read and print. Unreadable text raises ValueError.

Money is integer cents. X12 writes a decimal point only when needed, no thousands separator, minus leading
(`-12.5`, `.5`, `100.`). A fraction of a cent that is not zero is refused, never rounded.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal

AMOUNT = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
MOST_DIGITS = 18  # X12 allows 18 digits in an amount
TO_CENTS = (100, 10, 1)  # by the number of decimals


def cents(text: str) -> int:
    """`"12.5"` → 1250. Raises ValueError for anything that is not an amount."""
    whole, _, fraction = text.partition(".")
    digits = whole + fraction
    if digits.isdigit() and digits.isascii() and len(digits) <= MOST_DIGITS and len(fraction) <= 2:
        return int(digits) * TO_CENTS[len(fraction)]  # the usual forms, quickly
    match = AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if (not whole and not fraction) or len(whole) > MOST_DIGITS or fraction[2:].strip("0"):
        raise ValueError(text)
    value = int(whole or "0") * 100 + int((fraction + "00")[:2])
    return -value if sign == "-" else value


def amount(value_cents: int) -> str:
    """1250 → `"12.5"`, as X12 wants it: no trailing zeros, no needless point."""
    sign = "-" if value_cents < 0 else ""
    whole, rest = divmod(abs(value_cents), 100)
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{rest:02d}".rstrip("0")


def date_of(text: str) -> date:
    """CCYYMMDD, or YYMMDD (1970–2069)."""
    text = text.strip()
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    if len(text) == 6:
        text = ("20" if text[:2] < "70" else "19") + text
    if len(text) != 8:
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def date_range(text: str) -> tuple[date, date]:
    """RD8: `CCYYMMDD-CCYYMMDD`."""
    first, dash, last = text.partition("-")
    if not dash:
        raise ValueError(text)
    return date_of(first), date_of(last)


def time_of(text: str) -> time:
    """HHMM, HHMMSS or HHMMSSdd."""
    text = text.strip()
    if not text.isdigit() or len(text) not in (4, 6, 8):
        raise ValueError(text)
    return time(int(text[:2]), int(text[2:4]), int(text[4:6] or 0))


def number(text: str) -> Decimal:
    """A decimal number: only digits, one point, a leading sign."""
    text = text.strip()
    if AMOUNT.fullmatch(text) is None or not any(ch.isdigit() for ch in text):
        raise ValueError(text)
    return Decimal(text)


def print_date(value: date) -> str:
    return value.strftime("%Y%m%d")


def print_number(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text
