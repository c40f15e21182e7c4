"""Every place that the bar leads to has its picture, light and dark."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.web.navigation import PLACES
from docs.make_screenshots import PAGES


def test_every_place_of_the_bar_is_photographed() -> None:
    photographed = {urlsplit(shot.address).path for shot in PAGES.values()}

    assert {place.href for place in PLACES} - photographed == set()
