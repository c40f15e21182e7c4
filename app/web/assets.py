"""Static files under an address that changes when any of them does, so a browser may keep them for good."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from fastapi import APIRouter, Response

from app.web.errors import NotFound

STATIC = Path(__file__).resolve().parent / "static"
FOREVER = "public, max-age=31536000, immutable"
VERSION_LENGTH = 12

# In the order of the cascade; each file names its own @layer.
STYLESHEETS = (
    "tokens",
    "base",
    "layout",
    "button",
    "field",
    "badge",
    "table",
    "panel",
    "strip",
    "toast",
    "dialog",
    "menu",
    "workbench",
    "followup",
    "books",
    "refiling",
    "reports",
    "timeline",
    "edi",
    "page",
    "print",
)

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


def _load() -> dict[str, bytes]:
    files = {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in STATIC.rglob("*") if path.is_file()}
    # One style sheet, joined when the process starts: one request instead of twenty, and still no build step.
    sheets = [files[f"css/{name}.css"] for name in STYLESHEETS]
    files["overturn.css"] = b"\n".join(sheets)
    return files


def _version(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode())
        digest.update(files[name])
    return digest.hexdigest()[:VERSION_LENGTH]


FILES = _load()
VERSION = _version(FILES)

router = APIRouter()


def asset(path: str) -> str:
    """The address of a static file: `asset("js/main.js")`. Raises KeyError for a file that is not there."""
    if path not in FILES:
        raise KeyError(f"no static file {path!r} in app/web/static")
    return f"/static/{VERSION}/{path}"


@router.get("/static/{version}/{path:path}", include_in_schema=False)
def static_file(version: str, path: str) -> Response:
    """Any version answers with the newest; only the newest may be kept."""
    content = FILES.get(path)
    if content is None:
        raise NotFound
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Response(
        content, media_type=kind, headers={"cache-control": FOREVER if version == VERSION else "no-cache"}
    )
