"""A real Chromium in front of a real server. A test gets `window(role)`: a page in which that role is signed in.

Whatever the browser complains about (an error in a script, anything that the content security policy stopped) fails
the test at its end.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright

from app.auth.permissions import Role
from tests.browser_double import sign_in_as

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 30
PATIENCE_MS = 20_000  # a busy machine is slow, not wrong; a test that passes never waits so long
# What a browser says about an answer that the test asked for; everything else it says is a fault of ours.
EXPECTED = ("status of 401", "status of 403", "status of 404", "status of 409", "status of 422", "Error Code 4")

Window = Callable[..., Page]


def press(page: Page, *keys: str) -> None:
    """Press keys once the page hears them: what is shown after a navigation is not yet what listens."""
    page.wait_for_function("'ready' in document.documentElement.dataset")
    for key in keys:
        page.keyboard.press(key)


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """Where the product is served, on a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(START_SECONDS)
    listener.close()


@pytest.fixture
def window(app: FastAPI, address: str, chromium: Chromium) -> Iterator[Window]:
    """`window(Role.BILLER)`, `window()` for nobody; keywords go to the browser context.

    `allowed` is part of a complaint that the test provokes on purpose.
    """
    complaints: list[str] = []
    provoked = list(EXPECTED)
    opened: list[Any] = []

    def open_window(
        role: Role | None = None, *, practice_ids: tuple[int, ...] = (1,), allowed: str = "", **options: Any
    ) -> Page:
        provoked.extend([allowed] if allowed else [])
        context = chromium.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 860}, **options})
        opened.append(context)
        if role is not None:
            person = sign_in_as(app, role, practice_ids=practice_ids)
            cookies = [{"name": each.name, "value": each.value or "", "url": address} for each in person.cookies.jar]
            context.add_cookies(cookies)  # type: ignore[arg-type]  # a dict with these three keys is what it takes
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.set_default_timeout(PATIENCE_MS)
        return page

    yield open_window
    for context in opened:
        context.close()
    assert [each for each in complaints if not any(part in each for part in provoked)] == []
