"""Passwords by NIST SP 800-63B-4: long rather than odd, no forced change, a block list, argon2id at rest."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 15  # the password is the only factor
LONGEST = 256  # bounds the work of hashing one

# Argon2id, 19 MiB, two passes, one lane: the floor that OWASP's storage sheet names. Tests make it cheap.
TIME_COST = 2
MEMORY_KIB = 19 * 1024

# Long enough, and still among the first that anybody tries. Compared without case, spaces and marks.
BLOCKED_PARTS = ("password", "overturn", "welcome", "qwerty", "letmein", "changeme", "billing", "insurance")
BLOCKED = frozenset(
    {
        "123456789012345",
        "1234567890123456",
        "12345678901234567890",
        "qwertyuiopasdfg",
        "qwertyuiopasdfgh",
        "qwertyuiopasdfghjkl",
        "abcdefghijklmno",
        "abcdefghijklmnopqrstuvwxyz",
        "iloveyouiloveyou",
        "correcthorsebatterystaple",
        "thequickbrownfox",
        "tobeornottobethat",
        "adminadminadmin",
        "administrator12",
        "administrator123",
    }
)
DISTINCT_LEAST = 6


class WeakPassword(ValueError):
    """A password that would be guessed; the message says why, for the form."""


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=1)


def check_strength(password: str, *, email: str = "", name: str = "") -> None:
    """Raise WeakPassword with a sentence for the form, or return."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"Use at least {SHORTEST} characters; a few unrelated words are easy to remember.")
    if len(password) > LONGEST:
        raise WeakPassword(f"Use at most {LONGEST} characters.")
    bare = "".join(sign for sign in password.lower() if sign.isalnum())
    if bare in BLOCKED or len(set(password)) < DISTINCT_LEAST:
        raise WeakPassword("This one is among the first that anybody would try.")
    own = [part for part in (email.split("@")[0], *name.split()) if len(part) >= 4]
    for part in (*BLOCKED_PARTS, *(each.lower() for each in own)):
        if part in bare and len(bare) - len(part) < SHORTEST - 5:
            raise WeakPassword(f"It is mostly “{part}”: choose words that have nothing to do with you or this place.")


def hash_password(password: str) -> str:
    return _hasher().hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Takes the same time for an account that does not exist: pass `nobody()` as stored."""
    try:
        return _hasher().verify(stored, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """The cost was raised since: hash again at the next sign-in."""
    return _hasher().check_needs_rehash(stored)


@lru_cache(maxsize=1)
def nobody() -> str:
    """The hash of a password that nobody has."""
    return hash_password("nobody signs in with this one")
