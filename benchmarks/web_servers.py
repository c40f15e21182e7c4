"""The two servers of `benchmarks.web`: the product as it is, and the least that could print such a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment

ROWS, OPTIONS = 50, 120
# Rows and choices as the ranked list prints them, so that the page has its size, some 76 KB.
BARE_PAGE = """<!doctype html><title>Bare</title><main><form action="/" method="get"><select class="input" name="payer">
{% for option in options %}    <option value="{{ option.id }}">{{ option.name }}</option>
{% endfor %}</select></form>
{% for row in rows %}<div class="list-item" data-row-frame>
<input class="list-tick" type="checkbox" form="bulk" name="claims" value="{{ row.id }}" data-cents="{{ row.cents }}" aria-label="Select {{ row.patient }}, {{ row.number }}">
<a class="list-row" id="row-{{ row.id }}" data-row href="/work?queue=authorization&amp;claim={{ row.id }}" hx-get="/work?queue=authorization&amp;claim={{ row.id }}" hx-target="#pane-claim" hx-swap="innerHTML show:top" hx-push-url="true">
  <span class="list-title"><span class="truncate">{{ row.patient }}</span><span class="badge badge-code"><span class="visually-hidden">, reason </span>{{ row.carc }}</span></span>
  <span class="list-amount"><span class="visually-hidden">, </span>{{ row.open }}<span class="visually-hidden"> open. </span></span>
  <span class="list-why truncate" title="{{ row.payer }}. {{ row.why }}"><strong>{{ row.action }}</strong> · {{ row.payer }}<span class="visually-hidden">, </span></span>
  <span class="list-meta"><span class="deadline deadline-near" title="{{ row.deadline }}"><svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-alert"/></svg>{{ row.left }}</span><span title="expected dollars per minute of work"><span class="visually-hidden">, </span>{{ row.score }}<span aria-hidden="true">/min</span><span class="visually-hidden"> a minute</span></span></span>
</a>
</div>
{% endfor %}</main>"""  # noqa: E501


def serve(kind: str, port: int) -> None:
    """One process, as a small practice runs it."""
    app = _product() if kind == "product" else bare_page()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False, timeout_keep_alive=600)


def _product() -> FastAPI:
    from app.core.config import Settings
    from app.main import create_app
    from app.web.readiness import get_ready

    app = create_app(Settings())
    get_ready()
    return app


def bare_page() -> FastAPI:
    """The least that could print a list of fifty rows: it asks nobody and writes nothing."""
    template = Environment(autoescape=True).from_string(BARE_PAGE)
    rows = [
        {
            "id": 100_000 + number,
            "number": f"B{number:08d}",
            "patient": f"LASTNAME{number}, FIRST",
            "carc": "197",
            "cents": (number + 100) * 100,
            "open": f"${number + 100:,}.00",
            "payer": "HARROWGATE HEALTH PLAN",
            "why": "No authorization: find it and refile with it, ask for a retroactive one, or appeal.",
            "action": "Research",
            "deadline": "Mar 14, 2027",
            "left": "112 days left",
            "score": "$12.34",
        }
        for number in range(ROWS)
    ]
    options = [
        {"id": number, "name": f"HEALTH PLAN NUMBER {number}, HARROWGATE AND SURROUNDINGS"}
        for number in range(OPTIONS)
    ]
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(template.render(rows=rows, options=options))

    return app


async def ask(
    app: FastAPI, address: str, cookie: str, target: str = "", form: dict[str, str] | None = None
) -> tuple[int, int]:
    """One request in this process, past the network; `target`: the pane that htmx asks for. Status and bytes."""
    content = urlencode(form or {}).encode()
    path, _, query = address.partition("?")
    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())]
    if target:
        headers += [(b"hx-request", b"true"), (b"hx-target", target.encode())]
    if form is not None:
        headers += [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", b"%d" % len(content)),
        ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET" if form is None else "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    size, status = 0, 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal size, status
        status = message.get("status", status)
        size += len(message.get("body", b""))

    await app(scope, receive, send)
    return status, size
