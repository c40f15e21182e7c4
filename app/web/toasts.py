"""A word after an act: shown on the next page, or at once when a fragment is answered. It may offer to undo."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass

from fastapi import Request, Response

from app.web.headers import cookie_name
from app.web.product import product_of

COOKIE = "overturn_toast"
LONGEST = 5  # toasts carried over one redirect
TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Toast:
    """`undo` is one of our own addresses; posting to it takes the act back. Never put a patient's name in one."""

    text: str
    kind: str = "done"  # done, info, warning, error
    undo: str = ""


def toast(request: Request, text: str, *, kind: str = "done", undo: str = "") -> None:
    """Say it with this answer, or after the redirect that this answer is."""
    toasts: list[Toast] = getattr(request.state, "toasts", [])
    toasts.append(Toast(text[:TEXT_LENGTH], kind, undo))
    request.state.toasts = toasts


def toasts_to_show(request: Request) -> list[Toast]:
    """Those of this request and those carried here by a redirect."""
    carried = _unpack(request.cookies.get(_name(request), ""))
    own: list[Toast] = getattr(request.state, "toasts", [])
    return [*carried, *own]


def carry(request: Request, response: Response) -> None:
    """Keep this request's toasts for the page that the redirect leads to."""
    own: list[Toast] = getattr(request.state, "toasts", [])
    if own:
        packed = base64.urlsafe_b64encode(json.dumps([asdict(each) for each in own[-LONGEST:]]).encode()).decode()
        https = product_of(request).settings.https
        response.set_cookie(_name(request), packed, max_age=60, httponly=True, secure=https, samesite="strict")


def forget_carried(request: Request, response: Response) -> None:
    """They were shown."""
    name = _name(request)
    if name in request.cookies:
        response.delete_cookie(name, httponly=True, secure=product_of(request).settings.https, samesite="strict")


def _name(request: Request) -> str:
    return cookie_name(COOKIE, https=product_of(request).settings.https)


def _unpack(packed: str) -> list[Toast]:
    """A cookie is the browser's to change: whatever is not exactly ours is dropped."""
    if not packed:
        return []
    try:
        found = json.loads(base64.urlsafe_b64decode(packed.encode()))
        toasts = [Toast(str(each["text"]), str(each["kind"]), str(each["undo"])) for each in found[:LONGEST]]
    except (ValueError, TypeError, KeyError, binascii.Error):
        return []
    return [each for each in toasts if not each.undo or is_own_path(each.undo)]


def is_own_path(path: str) -> bool:
    """A path on this host: what a redirect or an undo may lead to."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and not any(ord(sign) < 32 for sign in path)
