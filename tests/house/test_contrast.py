"""WCAG 2.2 AA by arithmetic: every ink on every ground that it stands on, light and dark."""

from __future__ import annotations

import re

import pytest

from app.web.assets import FILES

TEXT = 4.5  # SC 1.4.3
CONTROL = 3.0  # SC 1.4.11
PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in PAIR.findall(FILES["css/tokens.css"].decode())}
WHITE = ("#ffffff", "#ffffff")

GROUNDS = ("canvas", "surface", "raised", "sunken", "hover", "selected")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "ink-faint") for ground in GROUNDS),
    *(
        (tone, ground, TEXT)
        for tone in ("accent", "good", "warn", "bad")
        for ground in ("surface", "canvas", "selected")
    ),
    *((tone, f"{tone}-soft", TEXT) for tone in ("accent", "good", "warn", "bad", "info", "plum")),
    *(("ink", f"{tone}-soft", TEXT) for tone in ("accent", "good", "warn", "bad", "info", "neutral")),
    ("ink-soft", "neutral-soft", TEXT),
    ("ink", "mark", TEXT),
    ("accent", "mark", TEXT),
    ("ink-faint", "mark", TEXT),
    *(("white", fill, TEXT) for fill in ("accent-fill", "accent-fill-hover", "bad-fill")),
    *(("line-strong", ground, CONTROL) for ground in ("surface", "canvas", "raised")),
    *(("accent", ground, CONTROL) for ground in GROUNDS),
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_ink_can_be_read_on_its_ground(ink: str, ground: str, least: float, theme: int) -> None:
    one = WHITE if ink == "white" else TOKENS[ink]
    assert contrast(one[theme], TOKENS[ground][theme]) >= least


def test_the_arithmetic_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
