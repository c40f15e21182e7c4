"""The two servers of `benchmarks.web`: the product as it is, and the least that could print such a page."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment

ROWS = 50
BARE_PAGE = """<!doctype html><title>Bare</title><main>
{% for row in rows %}<div class="list-item"><input type="checkbox" name="claims" value="{{ row.id }}" aria-label="Select {{ row.number }}">
<a class="list-row" id="row-{{ row.id }}" href="/work?queue=authorization&amp;claim={{ row.id }}" hx-get="/work?queue=authorization&amp;claim={{ row.id }}" hx-target="#pane-claim" hx-swap="innerHTML show:top" hx-push-url="true">
<span class="list-title"><span class="truncate">{{ row.patient }}</span><span class="badge badge-code">{{ row.carc }}</span></span>
<span class="list-amount">{{ row.open }}</span><span class="list-why truncate" title="{{ row.payer }}. {{ row.why }}"><strong>{{ row.action }}</strong> · {{ row.payer }}</span>
<span class="list-meta"><span class="deadline deadline-near" title="{{ row.deadline }}">{{ row.left }}</span><span title="expected dollars per minute of work">{{ row.score }}/min</span></span></a></div>
{% endfor %}</main>"""  # noqa: E501


def serve(kind: str, port: int) -> None:
    """One process, as a small practice runs it."""
    app = _product() if kind == "product" else _bare()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False, timeout_keep_alive=600)


def _product() -> FastAPI:
    from app.core.config import Settings
    from app.main import create_app
    from app.web.readiness import get_ready

    app = create_app(Settings())
    get_ready()
    return app


def _bare() -> FastAPI:
    template = Environment(autoescape=True).from_string(BARE_PAGE)
    rows = [
        {
            "id": 100_000 + number,
            "number": f"B{number:08d}",
            "patient": f"LASTNAME{number}, FIRST",
            "carc": "197",
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
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(template.render(rows=rows))

    return app
