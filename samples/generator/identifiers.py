"""Numbers that pass the checks real ones pass: NPI, routing number, Medicare id, member id. All invented."""

from __future__ import annotations

from random import Random

NPI_PREFIX = "80840"  # the issuer that the NPI's Luhn check covers (ISO 7812)
MEDICARE_LETTERS = "ACDEFGHJKMNPQRTUVWXY"  # a Medicare id never holds S, L, O, I, B or Z
MEDICARE_PATTERN = "NAXNAXNAANN"  # N digit, A letter, X either


def npi(first_nine: str) -> str:
    """Nine digits with the check digit that makes them an NPI."""
    total = 0
    for place, digit in enumerate(reversed(NPI_PREFIX + first_nine)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return first_nine + str(-total % 10)


def routing_number(first_eight: str) -> str:
    """Eight digits with the ABA check digit (weights 3, 7, 1)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_eight, (3, 7, 1) * 3, strict=False))
    return first_eight + str(-total % 10)


def medicare_id(random: Random) -> str:
    """Eleven characters in the pattern of a Medicare beneficiary identifier."""
    kinds = {"N": "0123456789", "A": MEDICARE_LETTERS, "X": "0123456789" + MEDICARE_LETTERS}
    text = "".join(random.choice(kinds[kind]) for kind in MEDICARE_PATTERN)
    return str(random.randint(1, 9)) + text[1:]


def member_id(prefix: str, random: Random) -> str:
    return f"{prefix}{random.randint(10_000_000, 99_999_999)}"
