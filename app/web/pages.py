"""Make an answer from a template: a whole page for a browser, one block of it for htmx, a redirect after a form.

The same template serves both, so every form works with no JavaScript at all.
"""

from __future__ import annotations

from collections.abc import Hashable, MutableMapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.defaults import DEFAULT_NAMESPACE
from markupsafe import Markup

from app.web import show
from app.web.assets import asset
from app.web.cards import labelled
from app.web.csrf import csrf_token
from app.web.errors import Trouble
from app.web.keys import key_caps, key_of, keys_by_scope, keys_for_script
from app.web.navigation import further_for, places_for
from app.web.product import product_of, write_views
from app.web.toasts import carry, forget_carried, is_own_path, toasts_to_show

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
THEME_COOKIE = "overturn_theme"
KEYS_COOKIE = "overturn_single_keys"
FILTERS = ("money", "money_compact", "count", "percent", "day", "initials", "day_short", "days_left", "urgency")
THEMES = ("auto", "light", "dark")
FRAGMENTS_KEPT = 20_000  # of about a kilobyte each


class PlainGlobals(Environment):
    """Keeps what every template may use in a dict: Jinja compares the names at each import, and in its own chain of
    mappings that takes longer than rendering what was imported. Nothing may be added once a template is loaded."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def make_environment() -> Environment:
    """The one Jinja environment: everything escaped, an unknown name is an error rather than a hole."""
    environment = PlainGlobals(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    for name in (
        "money",
        "money_compact",
        "count",
        "percent",
        "time_needed",
        "day",
        "initials",
        "day_short",
        "days_left",
        "urgency",
    ):
        environment.filters[name] = getattr(show, name)
    environment.globals.update(
        kept=kept,
        asset=asset,
        key_of=key_of,
        key_caps=key_caps,
        keys_by_scope=keys_by_scope,
        keys_for_script=keys_for_script,
    )
    return environment


@lru_cache(maxsize=FRAGMENTS_KEPT)
def kept(template: str, macro: str, *values: Hashable) -> Markup:
    """What a macro makes of these values, kept by all of them: the same row of a list is not rendered twice.

    The macro sees its arguments and nothing else, so what is kept cannot go stale and is nobody's in particular.
    """
    made: Markup = getattr(ENVIRONMENT.get_template(template).module, macro)(*values)
    return made


ENVIRONMENT = make_environment()
EVERYWHERE = ENVIRONMENT.globals.keys() - DEFAULT_NAMESPACE.keys()  # the layout of every page calls these


def is_fragment(request: Request) -> bool:
    """Does htmx ask for a piece? Not when it restores history: then it needs the whole page."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def render(
    request: Request, template: str, *, block: str = "content", status: int = 200, **values: Any
) -> HTMLResponse:
    """The template as a page, or only its `block` (and the toasts) when htmx asks.

    `block` may follow the request's target: a route that serves a list and a claim names the one that changed.
    """
    if not values.keys().isdisjoint(EVERYWHERE):
        raise KeyError(f"{template} is given names that every template needs: {sorted(values.keys() & EVERYWHERE)}")
    context = {**_surroundings(request), **values}
    found = ENVIRONMENT.get_template(template)
    if is_fragment(request):
        body = _block(found, block, context) + _block(ENVIRONMENT.get_template("toasts.html"), "fragment", context)
    else:
        body = found.render(context)
    response = HTMLResponse(labelled(body), status_code=status, headers={"vary": "HX-Request"})
    forget_carried(request, response)
    return response


def redirect(request: Request, path: str) -> RedirectResponse:
    """Go and see: after a form was taken. Only ever to one of our own paths; htmx follows it like a browser."""
    response = RedirectResponse(path if is_own_path(path) else "/", status_code=303)
    carry(request, response)
    return response


def error_page(request: Request, trouble: Trouble) -> Response:
    """The page for trouble; a toast when htmx asked, so that what is on the screen stays."""
    write_views(request)
    block = "fragment" if is_fragment(request) else "content"
    response = render(request, "error.html", block=block, status=trouble.status, trouble=trouble)
    if is_fragment(request):
        response.headers["HX-Reswap"] = "none"
    return response


def _surroundings(request: Request) -> dict[str, Any]:
    """What every template may use."""
    product = product_of(request)
    viewer = getattr(request.state, "viewer", None)
    today = product.clock.today()
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return {
        "request": request,
        "request_id": request.state.request_id,
        "path": request.url.path,
        "viewer": viewer,
        "places": places_for(viewer.permissions, request.app.state.paths) if viewer else ([], []),
        "further": further_for(viewer.permissions, request.app.state.paths) if viewer else [],
        "csrf": csrf_token(request),
        "demo": product.settings.demo,
        "idle_minutes": product.settings.idle_minutes,
        "draft_key": getattr(request.state, "draft_key", ""),
        "today": today,
        "theme": theme if theme in THEMES else "auto",
        "single_keys": request.cookies.get(KEYS_COOKIE, "on") != "off",
        "toasts": toasts_to_show(request),
        "days_left": partial(show.days_left, today=today),
        "urgency": partial(show.urgency, today=today),
        "age": partial(show.age, today=today),
        "day_short": partial(show.day_short, today=today),
        "instant": partial(show.instant, zone=product.settings.zone),
    }


def _block(template: Template, block: str, context: dict[str, Any]) -> str:
    """One block alone, with the macros that the template imports at its top."""
    running = template.new_context(context)
    page = template.root_render_func(running)
    next(iter(page), None)  # runs the imports and joins the blocks of the parents, up to the page's first words
    if block not in running.blocks:
        raise KeyError(f"template {template.name!r} has no block {block!r}")
    return "".join(running.blocks[block][0](running))
