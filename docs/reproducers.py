"""The smallest file that makes each finding: a good file and what spoils it (tests/edi/reproducers/*.toml).

An entry is named by the finding's code. `base` names a good file of bases.toml; `change` lists what is replaced in
it, as [found, put]; SE01 is counted afterwards unless a change touched it. `text` gives a whole file instead.
`repeat` = [text, times] multiplies a text, `wrap` breaks lines every so many characters, `encoding` is how the text
becomes bytes. A rule of refiling names the claim as sent `before`, and `standing`, what is known of it besides; a
rule of the claim to the next payer names that payer's predecessor's decision, `base`, about the claim `before`. A
finding of the implementation guide has `guide = true`; one about what can hardly be so, `plausible = true`.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from edi import plausible
from edi.findings import Finding
from edi.guide import check as check_guide
from edi.reading import read
from edi.x835.model import ClaimPayment
from edi.x837.build import Coverage
from edi.x837.model import SubmittedClaim
from edi.x837.rules import Standing, refile_findings
from edi.x837.secondary import Destination, secondary_claim

Value = TypeVar("Value", SubmittedClaim, ClaimPayment)

NEXT_PAYER = Destination(coverage=Coverage(payer_name="SECOND PLAN", payer_id="88888", member_id="S200", order="S"))
DECIDED_ON = date(2026, 11, 18)
FOLDER = Path(__file__).parent.parent / "tests" / "edi" / "reproducers"


class Reproducer(NamedTuple):
    """One finding's file."""

    code: str
    base: str
    changes: tuple[tuple[str, str], ...]
    wire: bytes
    before: str  # "" unless it is a rule of refiling
    standing: Standing
    guide: bool
    plausible: bool
    note: str  # what else was done to the base, in words

    def findings(self) -> tuple[Finding, ...]:
        """Everything that is found in it."""
        return findings_of(self.code)

    def finding(self) -> Finding:
        """The one that it is about."""
        found = self.findings()
        for one in found:
            if one.code == self.code:
                return one
        raise LookupError(f"the reproducer of {self.code} makes only {sorted({one.code for one in found})}")


@cache
def findings_of(code: str) -> tuple[Finding, ...]:
    one = every()[code]
    if one.before:
        return refiled(one)
    file = "example.edi"
    if one.guide:
        return tuple(check_guide(io.BytesIO(one.wire), file))
    values = read(io.BytesIO(one.wire), file=file)
    if one.plausible:
        return tuple(plausible.findings(values, DECIDED_ON))
    return tuple(value for value in values if isinstance(value, Finding))


@cache
def every() -> dict[str, Reproducer]:
    """All reproducers by code."""
    return {one.code: one for path in sorted(FOLDER.glob("*.toml")) if path.stem != "bases" for one in of_file(path)}


def of_file(path: Path) -> Iterator[Reproducer]:
    for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        changes = tuple((found, put) for found, put in entry.get("change", ()))
        base = entry.get("base", "")
        wire = made(base, changes, entry)
        standing = Standing(**entry.get("standing", {}))
        guide = entry.get("guide", False)
        is_plausible = entry.get("plausible", False)
        before = entry.get("before", "")
        yield Reproducer(code, base, changes, wire, before, standing, guide, is_plausible, note_of(entry))


def note_of(entry: dict[str, Any]) -> str:
    if "repeat" in entry:
        part, times = entry["repeat"]
        return f"`{part}` repeated {times:,} times"
    if "wrap" in entry:
        return f"lines broken every {entry['wrap']} characters"
    return f"the text encoded as {entry['encoding']}" if "encoding" in entry else ""


@cache
def bases() -> dict[str, str]:
    """The good files; a line of TOML text is a segment."""
    found: dict[str, str] = {}
    for name, entry in tomllib.loads((FOLDER / "bases.toml").read_text(encoding="utf-8")).items():
        if isinstance(entry, str):
            found[name] = entry.replace("\n", "")
        else:
            found[name] = spoiled(found[entry["base"]], entry["change"])
    return found


def made(base: str, changes: tuple[tuple[str, str], ...], entry: dict[str, Any]) -> bytes:
    text = spoiled(bases()[base] if base else entry["text"], changes)
    if "repeat" in entry:
        part, times = entry["repeat"]
        text = text.replace(part, part * times, 1)
    text = counted(text)
    if "wrap" in entry:
        width = entry["wrap"]
        text = "\n".join(text[start : start + width] for start in range(0, len(text), width))
    return text.encode(entry.get("encoding", "utf-8"))


def spoiled(text: str, changes: Iterable[Sequence[str]]) -> str:
    """Each change once, where it first fits; one that does not fit is a mistake in the entry."""
    for found, put in changes:
        if found not in text:
            raise ValueError(f"{found!r} is not in the file")
        text = text.replace(found, put, 1)
    return text


def counted(text: str) -> str:
    """Each `SE*#` with the number of segments since its ST. Empty segments are none."""
    segments = text.split("~")
    count = 0
    for index, segment in enumerate(segments):
        count = 1 if segment.startswith("ST*") else count + bool(segment)
        if segment.startswith("SE*#*"):
            segments[index] = segment.replace("#", str(count))
    return "~".join(segments)


def refiled(one: Reproducer) -> tuple[Finding, ...]:
    """The findings about a claim that is not read from a file but made from one."""
    before = first_of(SubmittedClaim, made(one.before, (), {}))
    if one.code.startswith("837.refile."):
        return refile_findings(before, first_of(SubmittedClaim, one.wire), one.standing)
    return secondary_claim(before, first_of(ClaimPayment, one.wire, "PCN1002"), NEXT_PAYER, DECIDED_ON).findings


def first_of(kind: type[Value], wire: bytes, number: str = "") -> Value:
    """The first claim of that kind; the last one when none has the control number asked for."""
    every = [value for value in read(io.BytesIO(wire), file="example.edi") if isinstance(value, kind)]
    return next((value for value in every if number in ("", value.patient_control_number)), every[-1])
