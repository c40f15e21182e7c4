"""Numbers that carry their own check: provider, tax payer and bank (fact book 835.md §11)."""

from __future__ import annotations

NPI_PREFIX_SUM = 24  # what the prefix 80840 adds to the Luhn sum of a ten-digit NPI
NPI_LENGTH, TAX_ID_LENGTH, ROUTING_LENGTH = 10, 9, 9
ROUTING_WEIGHTS = (3, 7, 1) * 3


def is_npi(number: str) -> bool:
    """Ten digits with the right check digit (45 CFR 162.406: the Luhn digit counted with the prefix 80840)."""
    if not _has_digits(number, NPI_LENGTH):
        return False
    total = NPI_PREFIX_SUM
    for place, digit in enumerate(map(int, reversed(number))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_tax_id(number: str) -> bool:
    """Nine digits; a hyphen, as people write it, is no harm."""
    return _has_digits(number.replace("-", ""), TAX_ID_LENGTH)


def is_routing_number(number: str) -> bool:
    """Nine digits whose weighted sum (3, 7, 1) is a multiple of ten: an ABA routing number."""
    if not _has_digits(number, ROUTING_LENGTH):
        return False
    return sum(weight * int(digit) for weight, digit in zip(ROUTING_WEIGHTS, number, strict=True)) % 10 == 0


def _has_digits(number: str, length: int) -> bool:
    return len(number) == length and number.isascii() and number.isdigit()
