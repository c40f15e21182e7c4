"""A licensed site's official texts of the code lists: load an edition, look a code up. Nothing of them is shipped."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, delete, select

from app.audit.record import record
from app.claims.tables import OfficialEdition, OfficialText
from app.core.clock import Clock
from edi.codes.official import LISTS, read_official_texts


def load_official_texts(
    session: Session, clock: Clock, csv_text: str, list_name: str, list_date: date | None, *, person_name: str
) -> OfficialEdition:
    """All texts of one list in place of those loaded before. Raises SiteFileError, or ValueError for another list."""
    read = read_official_texts(csv_text, list_name, list_date)
    before = session.get(OfficialEdition, list_name)
    session.exec(delete(OfficialText).where(col(OfficialText.list_name) == list_name))
    session.add_all(OfficialText(list_name=list_name, code=code, text=text) for code, text in read.texts.items())
    made = before or OfficialEdition(list_name=list_name, texts=0, person_name="", loaded_at=clock.now())
    made.list_date, made.texts = list_date, len(read.texts)
    made.person_name, made.loaded_at = person_name, clock.now()
    session.add(made)
    session.flush()
    detail = {"texts": made.texts, "edition": list_date.isoformat() if list_date else ""}
    record(session, "codes.official_texts", object_type="code_list", object_id=list_name, detail=detail)
    return made


def drop_official_texts(session: Session, list_name: str) -> None:
    """When the licence ends."""
    session.exec(delete(OfficialText).where(col(OfficialText.list_name) == list_name))
    session.exec(delete(OfficialEdition).where(col(OfficialEdition.list_name) == list_name))
    record(session, "codes.official_texts_dropped", object_type="code_list", object_id=list_name)


def official_editions(session: Session) -> dict[str, OfficialEdition | None]:
    """Every list that texts can be loaded for, and what is loaded."""
    found = {each.list_name: each for each in session.exec(select(OfficialEdition))}
    return {name: found.get(name) for name in LISTS}


def official_text(session: Session, list_name: str, code: str) -> str | None:
    found = session.get(OfficialText, (list_name, code))
    return found.text if found is not None else None
