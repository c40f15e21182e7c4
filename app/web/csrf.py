"""No other site can make a signed-in browser act here.

Three walls: the browser's own word on where a request comes from (Sec-Fetch-Site, Origin), SameSite cookies, and a
token in every form derived from a cookie of the visit. The token belongs to the visit, not to the sign-in, so that a
form typed before an idle sign-out is still good after signing in again: nothing typed is lost.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request

from app.web.errors import Forgery
from app.web.headers import same_secret
from app.web.product import SAFE_METHODS

FIELD = "csrf"
MOST_FIELDS = 5_000  # of one form: the lines of a long hospital claim; the size of a body has its own limit
HEADER = "x-csrf-token"


def csrf_token(request: Request) -> str:
    """The token for the forms of this request's visit."""
    return token_for(request.state.visit)


def token_for(visit: str) -> str:
    """Whoever holds the visit cookie can know it, and nobody else."""
    return hmac.new(visit.encode(), b"overturn form", hashlib.sha256).hexdigest()


async def check_csrf(request: Request) -> None:
    """Refuse a request that changes something unless it provably comes from one of our own pages."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forgery
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Forgery
    given = request.headers.get(HEADER)
    if given is None:
        value = (await request.form(max_fields=MOST_FIELDS)).get(FIELD)
        given = value if isinstance(value, str) else ""
    if not same_secret(given, csrf_token(request)):
        raise Forgery
