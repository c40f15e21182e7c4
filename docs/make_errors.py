"""Write docs/errors.md from catalogue and reproducers: `python -m docs.make_errors`. A test holds it current."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.reproducers import Reproducer, every
from edi.catalogue import ENTRIES, Entry

PAGE = Path(__file__).with_name("errors.md")
SHOWN_CHARACTERS = 110  # of a change or a segment
HEAD = """# What can be wrong with a file, and what to do

Made from `edi/catalogue.py` and `tests/edi/reproducers/` by `python -m docs.make_errors`; do not edit.

A finding has a code, a severity, a place (file, transaction set, segment, element), the segment itself with a caret
under what is wrong, and a remedy. Nothing here stops a file from being read: a damaged segment costs that segment
or claim, never its neighbours. `info`: nothing lost. `warning`: read, but a person may want to look. `error`:
something could not be read or does not add up; `overturn edi check` then exits with 1.

Each entry shows the smallest change to a good file that makes the finding, and what is then said. The good files are
in `tests/edi/reproducers/bases.toml`.
"""
SECTIONS = {
    "envelope": "Envelopes: ISA, GS, ST and their ends",
    "text": "The text itself",
    "element": "Elements",
    "set": "Transaction sets",
    "segment": "Segments",
    "qualifier": "Qualifiers that no guide knows here",
    "hl": "Levels (HL)",
    "835": "Remittances (835)",
    "837": "Claims (837)",
    "837.refile": "Before a claim is refiled",
    "837.secondary": "Before a claim goes to the next payer",
    "277": "Claim statuses (277, 277CA)",
    "276": "Status inquiries (276)",
    "999": "Acknowledgments (999, 997, TA1)",
    "guide": "The implementation guide's opinion",
}


def content() -> str:
    """The whole page."""
    return "\n".join((HEAD, *contents(), *entries())).rstrip() + "\n"


def section_of(code: str) -> str:
    two = ".".join(code.split(".")[:2])
    return two if two in SECTIONS else code.split(".")[0]


def contents() -> Iterator[str]:
    for section, title in SECTIONS.items():
        codes = [code for code in ENTRIES if section_of(code) == section]
        if codes:
            yield f"- {title}: " + ", ".join(f"[`{code}`](#{anchor(code)})" for code in codes)
    yield ""


def entries() -> Iterator[str]:
    reproducers = every()
    for section, title in SECTIONS.items():
        codes = [code for code in ENTRIES if section_of(code) == section]
        if codes:
            yield from (f"## {title}", "")
        for code in codes:
            yield from entry(code, ENTRIES[code], reproducers.get(code))


def entry(code: str, about: Entry, reproducer: Reproducer | None) -> Iterator[str]:
    yield from (f"### {code}", "")
    if reproducer is None:
        yield from (f"{about.severity}: {about.message}. {about.remedy}", "")
        return
    finding = reproducer.finding()
    yield from (f"*{about.severity}*. {sentence(about.message)} **{about.remedy}**", "")
    yield from spoiling(reproducer)
    said = str(finding._replace(remedy="")).splitlines()
    yield from ("```text", said[0], *(cut(line) for line in said[1:]), "```", "")


def spoiling(one: Reproducer) -> Iterator[str]:
    """What makes it: the base and what is changed in it."""
    made = f"The {one.base} file"
    if one.before:
        made = f"The {one.base} file, after the {one.before} file as sent"
    if known := {name: value for name, value in one.standing._asdict().items() if value not in (None, "")}:
        made += ", when " + ", ".join(f"{name} is {value}" for name, value in known.items())
    yield made + (" with:" if one.changes or one.note else ":")
    yield ""
    for found, put in one.changes:
        yield f"- {shown(found)} → {shown(put)}" if put else f"- without {shown(found)}"
    if one.note:
        yield f"- {one.note}"
    if one.changes or one.note:
        yield ""


def shown(text: str) -> str:
    return f"`{cut(text)}`".replace("\r", "␍").replace("\n", "␊")


def cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def sentence(message: str) -> str:
    """The message with its values named: `{value!r}` → ‹value›."""
    words = message.replace("!r}", "}").replace(":02d}", "}").replace("{", "‹").replace("}", "›")
    return words[:1].upper() + words[1:] + "."


def anchor(code: str) -> str:
    return code.replace(".", "")


if __name__ == "__main__":
    PAGE.write_text(content(), encoding="utf-8")
