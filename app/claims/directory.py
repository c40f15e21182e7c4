"""Practices and payers by whatever name a file gives them; one that is new is written down.

A practice is known by its NPIs and tax ids, a payer by its codes and its name. The first file to use an identifier
ties it to its owner; a later file cannot move it to another. New identifiers of a known owner are added.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Insert, insert, select, update

from app.claims.identity import payer_kind, payer_name_key
from app.claims.tables import Payer, PayerIdentifier, PayerKind, Practice, PracticeIdentifier
from app.core.bulk import table_of

NPI = "npi"
TAX_ID = "tax_id"
PAYER_CODE = "payer_code"
PLAN_ID = "plan_id"
NAME = "name"
UNNAMED_PRACTICE = "Practice not named in the file"
UNNAMED_PAYER = "Payer not named in the file"

practice = table_of(Practice)
practice_identifier = table_of(PracticeIdentifier)
payer = table_of(Payer)
payer_identifier = table_of(PayerIdentifier)

Identifiers = tuple[tuple[str, str], ...]


class KnownPayer(NamedTuple):
    id: int
    name: str
    kind: str
    is_capitated: bool


class Directory:
    """Finds or creates, and remembers for the length of one transaction."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._practices: dict[Identifiers, int] = {}
        self._payers: dict[tuple[Identifiers, str], KnownPayer] = {}

    def practice(self, *, npi: str = "", tax_id: str = "", name: str = "") -> int:
        """The practice of an NPI or tax id; the NPI decides when they disagree."""
        keys = tuple((kind, value) for kind, value in ((NPI, npi.strip()), (TAX_ID, tax_id.strip())) if value)
        found = self._practices.get(keys)
        if found is None:
            found = self._practices[keys] = self._find_practice(keys) or self._create_practice(npi, tax_id, name)
            self._add_practice_identifiers(found, keys)
        return found

    def known_practice(self, *, npi: str = "", tax_id: str = "") -> int | None:
        """The practice if we have it; None otherwise."""
        return self._find_practice(tuple((kind, value) for kind, value in ((NPI, npi), (TAX_ID, tax_id)) if value))

    def payer(
        self, *, codes: tuple[str, ...] = (), plan_id: str = "", name: str = "", filing: str = ""
    ) -> KnownPayer:
        """The payer of a code (837 NM1*PR PI, 835 REF*2U), a plan id (N1*PR XV) or a name, in that order."""
        keys: Identifiers = (
            *((PAYER_CODE, code.strip().upper()) for code in codes if code.strip()),
            *(((PLAN_ID, plan_id.strip().upper()),) if plan_id.strip() else ()),
            *(((NAME, payer_name_key(name)),) if name.strip() else ()),
        )
        cached = self._payers.get((keys, filing))
        if cached is None:
            cached = self._find_payer(keys) or self._create_payer(name, filing)
            self._add_payer_identifiers(cached.id, keys)
            cached = self._payers[(keys, filing)] = self.learn_kind(cached, filing)
        return cached

    def unnamed_payer(self) -> KnownPayer:
        """Stands for whoever it is until a file names the payer: one row for all."""
        return self.payer(name=UNNAMED_PAYER)

    def payer_by_id(self, payer_id: int) -> KnownPayer:
        row = self._connection.execute(
            select(payer.c.id, payer.c.name, payer.c.kind, payer.c.is_capitated).where(payer.c.id == payer_id)
        ).one()
        return KnownPayer(*row)

    def learn_kind(self, known: KnownPayer, filing: str) -> KnownPayer:
        """A payer first heard of without its kind learns it from the first file that tells."""
        kind = payer_kind(filing)
        if known.kind != PayerKind.OTHER or kind is PayerKind.OTHER:
            return known
        self._connection.execute(update(payer).where(payer.c.id == known.id).values(kind=kind.value))
        return known._replace(kind=kind)

    def _find_practice(self, keys: Identifiers) -> int | None:
        for kind, value in keys:
            found: int | None = self._connection.execute(
                select(practice_identifier.c.practice_id).where(
                    practice_identifier.c.kind == kind, practice_identifier.c.value == value
                )
            ).scalar()
            if found is not None:
                return found
        return None

    def _create_practice(self, npi: str, tax_id: str, name: str) -> int:
        statement = insert(practice).values(
            name=name.strip() or UNNAMED_PRACTICE, npi=npi.strip(), tax_id=tax_id.strip(), created_at=self._now
        )
        return _new_id(self._connection, statement)

    def _add_practice_identifiers(self, practice_id: int, keys: Identifiers) -> None:
        for kind, value in keys:
            owned = select(practice_identifier.c.id).where(
                practice_identifier.c.kind == kind, practice_identifier.c.value == value
            )
            if self._connection.execute(owned).scalar() is not None:
                continue
            self._connection.execute(
                insert(practice_identifier).values(practice_id=practice_id, kind=kind, value=value)
            )
            column = practice.c.npi if kind == NPI else practice.c.tax_id
            self._connection.execute(
                update(practice).where(practice.c.id == practice_id, column == "").values({column: value})
            )

    def _find_payer(self, keys: Identifiers) -> KnownPayer | None:
        """By any of the keys; a name alone never makes one payer of two that are known by different codes."""
        coded = {kind for kind, _ in keys if kind != NAME}
        for kind, value in keys:
            row = self._connection.execute(
                select(payer.c.id, payer.c.name, payer.c.kind, payer.c.is_capitated, payer.c.merged_into_id)
                .join(payer_identifier, payer_identifier.c.payer_id == payer.c.id)
                .where(payer_identifier.c.kind == kind, payer_identifier.c.value == value)
                .with_for_update(read=True, key_share=True, of=payer)  # nobody merges it before our commit
            ).first()
            if row is not None and row.merged_into_id is not None:
                return self.payer_by_id(row.merged_into_id)  # while we waited for its merge
            if row is not None and not (kind == NAME and self._has_other(row.id, coded)):
                return KnownPayer(*row[:4])
        return None

    def _has_other(self, payer_id: int, kinds: set[str]) -> bool:
        """Whether the payer is known by an identifier of these kinds: by another one, for ours was not found."""
        statement = select(payer_identifier.c.id).where(
            payer_identifier.c.payer_id == payer_id, payer_identifier.c.kind.in_(kinds)
        )
        return bool(kinds) and self._connection.execute(statement.limit(1)).first() is not None

    def _create_payer(self, name: str, filing: str) -> KnownPayer:
        kind = payer_kind(filing)
        shown = " ".join(name.split()) or UNNAMED_PAYER
        statement = insert(payer).values(
            name=shown, kind=kind.value, phone="", website="", is_capitated=False, created_at=self._now
        )
        return KnownPayer(_new_id(self._connection, statement), shown, kind, False)

    def _add_payer_identifiers(self, payer_id: int, keys: Identifiers) -> None:
        for kind, value in keys:
            owned = select(payer_identifier.c.id).where(
                payer_identifier.c.kind == kind, payer_identifier.c.value == value
            )
            if self._connection.execute(owned).scalar() is None:
                self._connection.execute(insert(payer_identifier).values(payer_id=payer_id, kind=kind, value=value))


def _new_id(connection: Connection, statement: Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    assert key is not None  # an INSERT of one row always has one
    return int(key[0])
