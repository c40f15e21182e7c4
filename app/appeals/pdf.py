"""HTML on paper: WeasyPrint behind one door. It reads nothing but what it is handed: no address, no file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class PdfUnavailable(Exception):
    """PDFs cannot be made on this machine. The message names the package to install."""


class ForeignContent(ValueError):
    """The page names something that was not put into it."""


class Made(NamedTuple):
    content: bytes
    pages: int
    places: Mapping[str, int]  # element id → index of the page on which it stands


MISSING = (
    "PDFs cannot be made here: the text layout library Pango is missing. "
    "On Debian and Ubuntu: sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


def make_pdf(html: str, css: str, pictures: Mapping[str, tuple[str, bytes]]) -> Made:
    """The pages of `html` under `css`. `pictures` are `name → (media type, bytes)`, shown by `picture:name`.

    Raises PdfUnavailable, and ForeignContent for a page that names anything else: nothing is fetched.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
    except OSError as error:  # the wheel is there, the system's library is not
        raise PdfUnavailable(MISSING) from error

    class OnlyOurs(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        def fetch(self, url: str, headers: Any = None) -> Any:
            found = pictures.get(url.removeprefix("picture:")) if url.startswith("picture:") else None
            if found is None:
                raise FatalURLFetchingError(f"{url}: a packet shows only what was put into it")
            return URLFetcherResponse(url, body=found[1], headers={"Content-Type": found[0]})

    fetcher, fonts = OnlyOurs(), FontConfiguration()
    sheet = CSS(string=css, font_config=fonts, url_fetcher=fetcher, base_url="picture:")
    try:
        page = HTML(string=html, url_fetcher=fetcher, base_url="picture:")
        document = page.render(stylesheets=[sheet], font_config=fonts)
    except FatalURLFetchingError as error:  # not an Exception: it would end the process
        raise ForeignContent(str(error)) from error
    places = {name: number for number, page in enumerate(document.pages) for name in page.anchors}
    return Made(document.write_pdf(), len(document.pages), places)
