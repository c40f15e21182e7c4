"""What a description shows of people: by default enough to follow one claim through a file, not enough to know who.

A mask decides for each kind of value; `OPEN` shows everything and is only used when somebody asked for it.
"""

from __future__ import annotations

from typing import NamedTuple

SHOWN_CHARACTERS = 4  # of an id: enough to follow it, and to find it in a system that one has rights to
HIDDEN = "•••"


class Mask(NamedTuple):
    """`is_open` shows everything as it stands."""

    is_open: bool

    def name(self, text: str) -> str:
        """A person's name: its first letter."""
        return text if self.is_open or not text else text[0] + HIDDEN

    def id(self, text: str) -> str:
        """A number that leads to a person: its last characters; short ones not at all."""
        if self.is_open or not text:
            return text
        return HIDDEN + text[-SHOWN_CHARACTERS:] if len(text) > SHOWN_CHARACTERS + 2 else HIDDEN

    def birth_date(self, text: str) -> str:
        """The year."""
        return text if self.is_open or not text else text[:4]

    def hidden(self, text: str) -> str:
        """Streets, phone numbers, account numbers, free text: nothing of it."""
        return text if self.is_open or not text else HIDDEN


MASKED = Mask(is_open=False)
OPEN = Mask(is_open=True)
