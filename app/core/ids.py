"""Identifiers: secrets that open something, and names that only point at something."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32  # 256 bits; ASVS 7.2.3 asks for at least 128
REQUEST_ID_BYTES = 8


def new_token() -> str:
    """An unguessable secret for a cookie or a one-time link. Store only `hash_token` of it."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What the database keeps of a token: a fast hash is right, because the token itself is not guessable."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_request_id() -> str:
    """Short name of one request, shown on error pages and written in every event: `4f1c-9a0e-77b2-d310`."""
    text = secrets.token_hex(REQUEST_ID_BYTES)
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
