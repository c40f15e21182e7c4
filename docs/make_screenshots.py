"""Photographs every main page of the demo practice, light and dark, into docs/images.

    python -m docs.make_screenshots                 all pages
    python -m docs.make_screenshots workbench team  some

A demo of its own is loaded into a temporary home and served on a free port; a few claims are worked first, so that
the pages look as they do in the middle of a day. Three of the pictures are kept with the sources; the others are made
when somebody wants to look.
"""

from __future__ import annotations

import re
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
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
SIZE = {"width": 1440, "height": 900}
START_SECONDS = 240
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


class Shot(NamedTuple):
    """A page: who looks, where it opens, and what is done there before it is photographed."""

    who: str
    address: str
    then: Callable[[Page], None] | None = None


def first_claim(page: Page) -> None:
    """The list, with its best claim open."""
    page.wait_for_function("'ready' in document.documentElement.dataset")  # before, a link opens its own page
    page.locator("[data-row]").first.click()
    page.locator("#claim-title").wait_for()
    page.wait_for_load_state("networkidle")


def with_wire(page: Page) -> None:
    """A figure's own segment, lit."""
    first_claim(page)
    page.locator(".claim .code-line").first.click()
    page.locator("#edi-drawer .edi-lit").wait_for()


def ticked(page: Page) -> None:
    for box in page.locator(".list-tick").all()[:6]:
        box.check()
    page.locator('[data-action="bulk.open"]').click()
    page.locator(".bulk-acts").wait_for()


def on_the_phone(page: Page) -> None:
    page.locator("[data-row]").first.click()
    page.locator(".call-sheet").wait_for()


def first_of(kind: str) -> Callable[[Page], None]:
    """The first page of its kind that the page leads to."""

    def follow(page: Page) -> None:
        page.locator(f'main tbody a[href^="/{kind}/"]').first.click()
        page.wait_for_url(re.compile(f"/{kind}/"))

    return follow


DANA, SAM, ADA = "Dana Reyes", "Sam Whitfield", "Ada Lindqvist"
PAGES: dict[str, Shot] = {
    "workbench": Shot(DANA, "/work?queue=authorization", first_claim),
    "all-work": Shot(DANA, "/work?all=1", first_claim),
    "due": Shot(DANA, "/work?due=14", first_claim),
    "guided": Shot(DANA, "/work?queue=clinical&guided=1", first_claim),
    "wire": Shot(DANA, "/work?queue=authorization", with_wire),
    "bulk": Shot(DANA, "/work?queue=coding", ticked),
    "find": Shot(DANA, "/find?q=CO-97"),
    "print": Shot(DANA, "/work/print?queue=authorization"),
    "calls": Shot(DANA, "/calls"),
    "call-sheet": Shot(DANA, "/calls", on_the_phone),
    "appeals": Shot(DANA, "/appeals"),
    "research": Shot(DANA, "/research"),
    "outbox": Shot(SAM, "/outbox"),
    "team": Shot(SAM, "/team"),
    "playbook": Shot(SAM, "/playbook"),
    "strategy": Shot(SAM, "/strategy"),
    "codes": Shot(SAM, "/codes"),
    "reports": Shot(SAM, "/reports"),
    "aging": Shot(SAM, "/reports/aging"),
    "remittances": Shot(SAM, "/remittances"),
    "remittance": Shot(SAM, "/remittances", first_of("remittances")),
    "money": Shot(SAM, "/money"),
    "payers": Shot(SAM, "/payers"),
    "payer": Shot(SAM, "/payers", first_of("payers")),
    "unmatched": Shot(DANA, "/unmatched"),
    "files": Shot(SAM, "/files"),
    "file": Shot(SAM, "/files", first_of("files")),
    "practices": Shot(ADA, "/practices"),
    "destinations": Shot(ADA, "/destinations"),
    "people": Shot(ADA, "/people"),
    "audit": Shot(ADA, "/audit"),
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
    shot = PAGES[name]
    page = signed_in(browser, address, shot.who, scheme)
    page.goto(shot.address)
    if shot.then is not None:
        shot.then(page)
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
        page.goto(address_of)
        first_claim(page)
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
