"""Photographs every main page of the demo practice, light and dark, into docs/images.

    python -m docs.make_screenshots                 all pages
    python -m docs.make_screenshots workbench team  some

A demo of its own is loaded into a temporary home and served on a free port; a few claims are worked first, so that
the pages look as they do in the middle of a day. Three of the pictures are kept with the sources; the others are made
when somebody wants to look.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
SIZE = {"width": 1440, "height": 900}
START_SECONDS = 240
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


def at(address: str) -> Callable[[Page], None]:
    """A page that is looked at as it opens."""

    def show(page: Page) -> None:
        page.goto(address)

    return show


def first_claim(page: Page, address: str) -> None:
    """The list, with its best claim open."""
    page.goto(address)
    page.wait_for_function("'ready' in document.documentElement.dataset")  # before, a link opens its own page
    page.locator("[data-row]").first.click()
    page.locator("#claim-title").wait_for()
    page.wait_for_load_state("networkidle")


def with_wire(page: Page) -> None:
    """A figure's own segment, lit."""
    first_claim(page, "/work?queue=authorization")
    page.locator(".claim .code-line").first.click()
    page.locator("#edi-drawer .edi-lit").wait_for()


def ticked(page: Page) -> None:
    page.goto("/work?queue=coding")
    for box in page.locator(".list-tick").all()[:6]:
        box.check()
    page.locator('[data-action="bulk.open"]').click()
    page.locator(".bulk-acts").wait_for()


def on_the_phone(page: Page) -> None:
    page.goto("/calls")
    page.locator("[data-row]").first.click()
    page.locator(".call-sheet").wait_for()


def file_page(page: Page) -> None:
    page.goto("/files")
    page.locator('main a[href^="/files/"]').first.click()


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "workbench": ("Dana Reyes", lambda page: first_claim(page, "/work?queue=authorization")),
    "all-work": ("Dana Reyes", lambda page: first_claim(page, "/work?all=1")),
    "guided": ("Dana Reyes", lambda page: first_claim(page, "/work?queue=clinical&guided=1")),
    "wire": ("Dana Reyes", with_wire),
    "bulk": ("Dana Reyes", ticked),
    "calls": ("Dana Reyes", at("/calls")),
    "call-sheet": ("Dana Reyes", on_the_phone),
    "files": ("Sam Whitfield", at("/files")),
    "file": ("Sam Whitfield", file_page),
    "unmatched": ("Dana Reyes", at("/unmatched")),
    "team": ("Sam Whitfield", at("/team")),
    "print": ("Dana Reyes", at("/work/print?queue=authorization")),
}


def main(names: list[str]) -> None:
    IMAGES.mkdir(exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        prepare(browser, address)
        for scheme in ("light", "dark"):
            for name in names or list(PAGES):
                photograph(browser, address, name, scheme)
        browser.close()


def photograph(browser: Browser, address: str, name: str, scheme: str) -> None:
    who, show = PAGES[name]
    page = signed_in(browser, address, who, scheme)
    show(page)
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"{name}-{scheme}.png")
    page.context.close()
    sys.stdout.write(f"docs/images/{name}-{scheme}.png\n")


def prepare(browser: Browser, address: str) -> None:
    """A view, two parked claims: a day under way."""
    page = signed_in(browser, address, "Dana Reyes", "light")
    page.goto("/work?least=1000&sort=balance")
    page.get_by_text("Save view").first.click()
    page.get_by_label("Name").fill("Over $1,000")
    page.get_by_role("button", name="Save view").click()
    page.locator(".view-line").wait_for()
    for address_of in ("/work?queue=coding", "/work?queue=no-answer"):
        first_claim(page, address_of)
        page.locator("#field-note").fill("Portal shows it in process; asked for the reason in writing.")
        page.get_by_role("button", name="14 days", exact=True).click()
        page.locator("[data-toast]").first.wait_for()
    page.context.close()


def signed_in(browser: Browser, address: str, who: str, scheme: str) -> Page:
    context = browser.new_context(base_url=address, viewport=SIZE, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/sign-in")
    page.get_by_role("button", name=who).click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


@contextmanager
def demo() -> Iterator[str]:
    """`overturn demo` in a home of its own."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", "from app.cli import main; main()", "demo", "--port", str(port)]
        process = subprocess.Popen(command, env={"OVERTURN_HOME": home, "PATH": "/usr/bin:/bin"})
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{address}/sign-in").close()
            return
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1:])
