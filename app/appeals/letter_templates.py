"""The letters on hand: those that came with the product and what a practice made of them, every version kept.

Saving makes a new version; an appeal and its packets name the version they were written with, so an old letter can
always be read as it was sent.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from sqlmodel import Session, col, select

from app.appeals.letters import check_letter
from app.appeals.tables import LetterTemplate
from app.audit.record import record
from app.claims.tables import Payer
from app.core.clock import Clock

LETTERS: Final = Path(__file__).resolve().parent.parent.parent / "templates" / "letters"
CAME_WITH_US_AT: Final = datetime(2026, 11, 22, tzinfo=UTC)  # until it is stored
NAME_LENGTH: Final = 120
NOTE_LENGTH: Final = 400
CATEGORIES: Final = (
    *("authorization", "medical-necessity", "timely-filing", "bundling", "coding", "eligibility", "COB"),
    *("missing-info", "duplicate", "underpayment", "non-covered", "other"),
)


class Seed(NamedTuple):
    """A letter that comes with the product; its text is in templates/letters."""

    key: str
    name: str
    category: str = ""
    payer_kind: str = ""
    level_key: str = ""


SEEDS: Final = (
    Seed("authorization", "Authorization", "authorization"),
    Seed("medical-necessity", "Medical necessity", "medical-necessity"),
    Seed("timely-filing", "Timely filing, with proof", "timely-filing"),
    Seed("bundling", "Bundling and modifiers", "bundling"),
    Seed("coding", "Coding", "coding"),
    Seed("eligibility", "Eligibility", "eligibility"),
    Seed("COB", "Coordination of benefits", "COB"),
    Seed("missing-info", "Missing information", "missing-info"),
    Seed("duplicate", "Not a duplicate", "duplicate"),
    Seed("underpayment", "Underpayment", "underpayment"),
    Seed("other", "Any other reason"),
    Seed("medicare-redetermination", "Medicare redetermination (CMS-20027)", "", "medicare", "appeal"),
    Seed("medicare-reconsideration", "Medicare reconsideration (CMS-20033)", "", "medicare", "second-appeal"),
)


def current_letters(session: Session) -> list[LetterTemplate]:
    """The newest version of every letter, by name; those that nobody has stored yet as they come."""
    stored = list(session.exec(select(LetterTemplate).where(col(LetterTemplate.is_current))))
    known = {letter.key for letter in stored}
    fresh = [_seeded(seed) for seed in SEEDS if seed.key not in known]
    return sorted([*stored, *fresh], key=lambda letter: (letter.payer_id is not None, letter.name))


def letter_versions(session: Session, key: str) -> list[LetterTemplate]:
    """Every version of one letter, newest first."""
    statement = select(LetterTemplate).where(LetterTemplate.key == key).order_by(col(LetterTemplate.version).desc())
    found = list(session.exec(statement))
    return found or [_seeded(seed) for seed in SEEDS if seed.key == key]


def keep_seeds(session: Session, clock: Clock) -> None:
    """Store the letters that came with the product and are not stored yet: an appeal names a stored version."""
    known = set(session.exec(select(LetterTemplate.key).distinct()))
    for seed in SEEDS:
        if seed.key not in known:
            made = _seeded(seed)
            made.made_at = clock.now()
            session.add(made)
    session.flush()


def choose_letter(
    letters: list[LetterTemplate], *, category: str, payer_id: int, payer_kind: str, level_key: str
) -> LetterTemplate:
    """The most particular letter that fits: payer before level, level before kind of payer, kind before category."""

    def fit(letter: LetterTemplate) -> int:
        asked = (
            (letter.payer_id, payer_id, 8),
            (letter.level_key, level_key, 4),
            (letter.payer_kind, payer_kind, 2),
            (letter.category, category, 1),
        )
        if any(wanted and wanted != given for wanted, given, _ in asked):
            return -1
        return sum(weight for wanted, _, weight in asked if wanted)

    return max(letters, key=lambda letter: (fit(letter), letter.id or 0))


def save_letter(
    session: Session,
    clock: Clock,
    *,
    key: str,
    name: str,
    body: str,
    note: str,
    person_id: int,
    category: str = "",
    payer_id: int | None = None,
    level_key: str = "",
) -> LetterTemplate:
    """A new version of a letter, or the first of a new one (`key` ""). Raises LetterRefused for its text."""
    check_letter(body)
    keep_seeds(session, clock)
    versions = letter_versions(session, key) if key else []
    newest = versions[0] if versions else None
    if newest is not None:
        newest.is_current = False
        session.add(newest)
    made = LetterTemplate(
        key=newest.key if newest else _new_key(session, category, payer_id),
        version=newest.version + 1 if newest else 1,
        name=(name.strip() or (newest.name if newest else "Letter"))[:NAME_LENGTH],
        category=newest.category if newest else (category if category in CATEGORIES else ""),
        payer_id=newest.payer_id if newest else _known_payer(session, payer_id),
        payer_kind=newest.payer_kind if newest else "",
        level_key=newest.level_key if newest else level_key,
        body=body.replace("\r\n", "\n"),
        note=note.strip()[:NOTE_LENGTH],
        made_by_id=person_id,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    record(
        session,
        "appeals.letter.save",
        object_type="letter_template",
        object_id=made.key,
        detail={"version": made.version, "note": made.note},
    )
    return made


def _known_payer(session: Session, payer_id: int | None) -> int | None:
    return payer_id if payer_id and session.get(Payer, payer_id) is not None else None


def _new_key(session: Session, category: str, payer_id: int | None) -> str:
    stem = "-".join(part for part in ((category or "letter").lower(), f"payer{payer_id}" if payer_id else "") if part)
    known = set(session.exec(select(LetterTemplate.key).distinct()))
    return next(key for number in range(1, len(known) + 2) if (key := f"{stem}-{number}") not in known)


def _seeded(seed: Seed) -> LetterTemplate:
    return LetterTemplate(
        key=seed.key,
        version=1,
        name=seed.name,
        category=seed.category,
        payer_kind=seed.payer_kind,
        level_key=seed.level_key,
        body=_text(seed.key),
        note="Came with the product.",
        made_at=CAME_WITH_US_AT,
    )


@cache
def _text(key: str) -> str:
    return (LETTERS / f"{key}.txt").read_text(encoding="utf-8")
