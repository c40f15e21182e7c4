"""The parts that rows of every transaction share, read back: the reverse of `edi/as_json/pieces.py`."""

from __future__ import annotations

from decimal import Decimal

from edi.from_json.fields import Fields
from edi.parts import Address, Adjustment, Amount, Contact, Dated, Name, Procedure, Quantity, Reference

PEOPLE = frozenset(("IL", "QC", "74"))  # NM101 of roles that are people unless said otherwise
ID_QUALIFIERS = {
    "IL": "MI",
    "QC": "MI",
    "74": "MI",
    "PR": "PI",
    "TT": "PI",
    "41": "46",
    "40": "46",
}  # NM108 where the row has none
PROVIDER_NUMBER = "XX"  # else: an NPI


def name(fields: Fields | None, role: str = "") -> Name | None:
    """A name; the role, the kind of its id and whether it is a person have defaults."""
    if fields is None:
        return None
    role = fields.text("role", role)
    if not role:
        raise fields.error("role", "is missing")
    number = fields.text("id")
    usual = ID_QUALIFIERS.get(role, PROVIDER_NUMBER) if number else ""
    read = Name(
        role,
        fields.text("last"),
        fields.text("first"),
        fields.text("middle"),
        fields.text("suffix"),
        fields.text("id_qualifier", usual),
        number,
        fields.flag("is_person", default=role in PEOPLE or bool(fields.row.get("first"))),
        0,
    )
    fields.end()
    return read


def names(fields: Fields, key: str) -> tuple[Name, ...]:
    return tuple(one for one in map(name, fields.objects(key)) if one is not None)


def address(fields: Fields | None) -> Address | None:
    if fields is None:
        return None
    read = Address(
        fields.text("line1"),
        fields.text("line2"),
        fields.text("city"),
        fields.text("state"),
        fields.text("postal_code"),
        fields.text("country"),
        0,
    )
    fields.end()
    return read


def contacts(fields: Fields, key: str) -> tuple[Contact, ...]:
    return tuple(contact(one) for one in fields.objects(key))


def contact(fields: Fields) -> Contact:
    numbers = []
    for one in fields.objects("numbers"):
        numbers.append((one.text("qualifier", "TE"), one.text("number")))
        one.end()
    read = Contact(fields.text("function", "IC"), fields.text("name"), tuple(numbers), 0)
    fields.end()
    return read


def references(fields: Fields, key: str = "references") -> tuple[Reference, ...]:
    found = []
    for one in fields.objects(key):
        found.append(Reference(one.text("qualifier"), one.text("value"), 0))
        one.end()
    return tuple(found)


def dates(fields: Fields, key: str = "dates") -> tuple[Dated, ...]:
    found = []
    for one in fields.objects(key):
        found.append(Dated(one.text("qualifier"), one.day("from"), one.day("to"), 0))
        one.end()
    return tuple(found)


def amounts(fields: Fields, key: str = "amounts") -> tuple[Amount, ...]:
    found = []
    for one in fields.objects(key):
        found.append(Amount(one.text("qualifier"), one.money("cents"), 0))
        one.end()
    return tuple(found)


def quantities(fields: Fields, key: str = "quantities") -> tuple[Quantity, ...]:
    found = []
    for one in fields.objects(key):
        found.append(Quantity(one.text("qualifier"), one.number("value") or Decimal(0), 0))
        one.end()
    return tuple(found)


def adjustments(fields: Fields, key: str = "adjustments") -> tuple[Adjustment, ...]:
    found = []
    for one in fields.objects(key):
        one.require("group", "reason")
        found.append(
            Adjustment(one.text("group"), one.text("reason"), one.money("cents"), one.number("quantity"), 0, 0)
        )
        one.end()
    return tuple(found)


def attachments(fields: Fields) -> tuple[tuple[str, str, str], ...]:
    found = []
    for one in fields.objects("attachments"):
        found.append((one.text("type"), one.text("transmission"), one.text("control_number")))
        one.end()
    return tuple(found)


def notes(fields: Fields) -> tuple[tuple[str, str], ...]:
    found = []
    for one in fields.objects("notes"):
        found.append((one.text("code", "ADD"), one.text("text")))
        one.end()
    return tuple(found)


def procedure(fields: Fields, prefix: str = "") -> Procedure:
    """The keys of a line that make its procedure; `prefix` is "original_" for the one first billed."""
    code = fields.text(f"{prefix}procedure")
    return Procedure(
        fields.text(f"{prefix}procedure_qualifier", "HC" if code else ""),
        code,
        fields.texts(f"{prefix}modifiers"),
        fields.text(f"{prefix}procedure_description"),
    )
