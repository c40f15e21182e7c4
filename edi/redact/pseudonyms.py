"""Stable pseudonyms: the same value under the same key always becomes the same invented value of the same shape.

Keyed, so that without the key nobody can compute which pseudonym a known name or number got. Letters become
letters, digits digits, everything else stays: an id keeps its length, its punctuation and its look; two segments
(or files) that name the same account still name the same account, and two accounts never become one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import date, timedelta
from string import ascii_uppercase, digits

from edi.redact.permutation import permuted

LONGEST_SHIFT_DAYS = 365
CACHE_LIMIT = 50_000  # values remembered; a file names each patient several times, close together
VOWELS, CONSONANTS = "AEIOU", "BDFGKLMNPRSTVZ"
NPI_PREFIX = "80840"  # an NPI's check digit is computed as if this stood before it
OLDEST_AGE_YEARS = 89  # 45 CFR 164.514(b)(2)(i)(C): ages over 89 are not told
# Three-digit postal areas with 20,000 people or fewer (2000 census, HHS de-identification guidance): told as 000.
SMALL_AREAS = frozenset(
    (
        "036",
        "059",
        "063",
        "102",
        "203",
        "556",
        "692",
        "790",
        "821",
        "823",
        "830",
        "831",
        "878",
        "879",
        "884",
        "890",
        "893",
    )
)


class Pseudonyms:
    """One key's pseudonyms."""

    def __init__(self, key: bytes) -> None:
        self.key = hashlib.sha256(key).digest()  # whatever its length
        self.known: dict[tuple[str, str], str] = {}

    def id(self, text: str) -> str:
        """A number or id of the same shape. A valid NPI becomes another valid NPI."""
        return self._remembered("id", text)

    def name(self, text: str) -> str:
        """A pronounceable invented name of about the same length, each word on its own."""
        return self._remembered("name", text)

    def birth_date(self, text: str, latest_year: int) -> str:
        """Another day of the same year; nobody appears older than 89 in `latest_year`. Unreadable text: an id."""
        if len(text) != 8 or not is_digits(text) or not 1800 < int(text[:4]) < 2200:
            return self.id(text)
        year = max(int(text[:4]), latest_year - OLDEST_AGE_YEARS)
        offset = next(self._stream("birth", text)) * 256 + next(self._stream("day", text))
        return (date(year, 1, 1) + timedelta(days=offset % 365)).strftime("%Y%m%d")

    def shift_days(self) -> int:
        """By how much every date is moved back."""
        stream = self._stream("shift", "")
        return 1 + (next(stream) * 256 + next(stream)) % LONGEST_SHIFT_DAYS

    def postal_code(self, text: str) -> str:
        """The three-digit area, or 000 where few people live, then zeros."""
        area = "000" if text[:3] in SMALL_AREAS else text[:3]
        return area + "0" * len(text[3:])

    def _remembered(self, kind: str, text: str) -> str:
        found = self.known.get((kind, text))
        if found is None:
            if len(self.known) >= CACHE_LIMIT:
                self.known.clear()
            found = self._name(text) if kind == "name" else self._id(text)
            self.known[kind, text] = found
        return found

    def _id(self, text: str) -> str:
        # Case and padding are not part of an id: CLM01 comes back in other case, ISA06 is padded, GS02 is not.
        bare = capitals(text.strip())
        if is_npi(bare):
            return text.replace(bare, with_check_digit(bare[0] + self._shaped(bare[1:9])))
        shaped = iter(self._shaped(bare))
        lead = len(text) - len(text.lstrip())
        invented = "".join(
            char.lower() if old.islower() else char for old, char in zip(text.strip(), shaped, strict=True)
        )
        return text[:lead] + invented + text[lead + len(bare) :]

    def _shaped(self, text: str) -> str:
        """Another text of the same shape; no two texts of one shape get the same one."""
        size, number = 1, 0
        for char in text:
            alphabet = alphabet_of(char)
            if alphabet:
                size *= len(alphabet)
                number = number * len(alphabet) + alphabet.index(char)
        number = permuted(number, size, self.key, shape_of(text))
        invented: list[str] = []
        for char in reversed(text):
            alphabet = alphabet_of(char)
            if alphabet:
                number, index = divmod(number, len(alphabet))
                char = alphabet[index]
            invented.append(char if char.isascii() else "X")
        return "".join(reversed(invented))

    def _name(self, text: str) -> str:
        return " ".join(self._word(word) for word in text.split(" "))

    def _word(self, word: str) -> str:
        stream = self._stream("name", word.upper())
        letters = (
            (CONSONANTS if index % 2 == 0 else VOWELS)[next(stream) % (14 if index % 2 == 0 else 5)]
            for index in range(len(word))
        )
        invented = "".join(letters)
        return invented if word.isupper() or not word.isalpha() else invented.capitalize()

    def _stream(self, kind: str, text: str) -> Iterator[int]:
        """Bytes without end, decided by key, kind and text."""
        block = 0
        while True:
            yield from hmac.new(self.key, f"{kind}\x00{block}\x00{text}".encode(), hashlib.sha256).digest()
            block += 1


def alphabet_of(char: str) -> str:
    """What a character of an id may become; "" for one that stays."""
    if char in digits:
        return digits
    return ascii_uppercase if char in ascii_uppercase else ""


def capitals(text: str) -> str:
    """As many letters as there were: the capital of some (ß) would be two, and they stay."""
    return "".join(large if len(large := char.upper()) == 1 else char for char in text)


def is_digits(text: str) -> bool:
    """0 to 9 only: Python counts raised figures (²) as digits too."""
    return text.isascii() and text.isdigit()


def shape_of(text: str) -> str:
    return "".join("9" if char in digits else "A" if char in ascii_uppercase else char for char in text)


def is_npi(text: str) -> bool:
    """Ten digits, first 1 or 2, right check digit."""
    return len(text) == 10 and is_digits(text) and text[0] in "12" and with_check_digit(text[:9]) == text


def with_check_digit(nine: str) -> str:
    """Luhn over the prefix and the nine digits."""
    total = 0
    for index, char in enumerate(reversed(NPI_PREFIX + nine)):
        value = int(char) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return nine + str(-total % 10)
