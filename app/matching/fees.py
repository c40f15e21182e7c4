"""Load what a payer's contract promises: a fee schedule in CSV, checked whole before anything of it is kept.

    payer,practice,procedure,modifiers,fee,valid_from,valid_through
    CALLOWAY MUTUAL BENEFIT,,99213,,123.43,2026-01-01,

`practice` is an NPI or tax id, empty for every practice; `modifiers` are colon-separated; `fee` is dollars a unit.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TextIO

from sqlmodel import Session, col, select

from app.audit.actor import now_of
from app.audit.record import record
from app.claims.tables import PracticeIdentifier
from app.claims.terms import known_payer
from app.ledger.journal import Journal
from app.matching.tables import ContractFee, UnderpaymentTolerance
from app.matching.underpayment import modifiers_key, settle_underpayments

COLUMNS = ("payer", "practice", "procedure", "modifiers", "fee", "valid_from", "valid_through")
DOLLARS = re.compile(r"\d{1,9}(\.\d{1,2})?")
PROCEDURE = re.compile(r"[A-Z0-9]{3,7}")
MOST_ROWS = 500_000
MOST_ERRORS = 30  # told at once: enough to see what is wrong with a column

FeeKey = tuple[int, int | None, str, str, date]


class FeeRefused(ValueError):
    """A fee schedule cannot be kept; the message names the line, the column and what is allowed."""


class FeesLoaded(NamedTuple):
    fees: int
    payers: int
    underpaid_claims: int  # that fall short of it, among the answers already posted


class FeePreview(NamedTuple):
    """What a file would do. With an error in it, nothing at all."""

    fees: int
    new: int
    changed: int
    payers: tuple[int, ...]
    errors: tuple[str, ...]
    more_errors: int  # beyond those that are told


def load_fees(
    session: Session, stream: TextIO, *, tolerance_cents: int | None = None, tolerance_permille: int | None = None
) -> FeesLoaded:
    """Take a schedule, all of it or none, and hold every answer of its payers against it. Raises FeeRefused.

    A fee of the same payer, practice, procedure, modifiers and first day is replaced. A tolerance, when given, is
    kept for the payers of the file.
    """
    rows = _checked(session, stream)
    payers = sorted({row.payer_id for row in rows})
    _keep(session, rows, payers)
    if tolerance_cents is not None and tolerance_permille is not None:
        for payer_id in payers:
            session.merge(
                UnderpaymentTolerance(payer_id=payer_id, cents=tolerance_cents, permille=tolerance_permille)
            )
    session.flush()
    connection, now = session.connection(), now_of(session)
    journal = Journal(connection, now)
    short = sum(settle_underpayments(connection, journal, None, payer_id=one, on=now.date()) for one in payers)
    session.expire_all()
    detail = {"fees": len(rows), "payers": payers, "underpaid_claims": short}
    record(session, "fees.load", object_type="contract_fee", detail=detail)
    return FeesLoaded(len(rows), len(payers), short)


def preview_fees(session: Session, stream: TextIO) -> FeePreview:
    """What loading it would do, and every line that stands against it. Nothing is kept."""
    rows: list[ContractFee] = []
    errors: list[str] = []
    more_errors = 0
    try:
        for checked in _each(session, stream):
            if isinstance(checked, ContractFee):
                rows.append(checked)
            elif len(errors) < MOST_ERRORS:
                errors.append(str(checked))
            else:
                more_errors += 1
    except FeeRefused as error:
        errors.append(str(error))
    except csv.Error as error:
        errors.append(f"the file cannot be read as CSV: {error}")
    payers = sorted({row.payer_id for row in rows})
    known = _known(session, payers)
    new = changed = 0
    for key, row in {_key(row): row for row in rows}.items():
        standing = known.get(key)
        if standing is None:
            new += 1
        elif (standing.fee_cents, standing.valid_through) != (row.fee_cents, row.valid_through):
            changed += 1
    return FeePreview(len(rows), new, changed, tuple(payers), tuple(errors), more_errors)


def _checked(session: Session, stream: TextIO) -> list[ContractFee]:
    rows: list[ContractFee] = []
    for checked in _each(session, stream):
        if isinstance(checked, FeeRefused):
            raise checked
        rows.append(checked)
    return rows


def _each(session: Session, stream: TextIO) -> Iterator[ContractFee | FeeRefused]:
    """Each line as a fee, or what is wrong with it; raises FeeRefused for what is wrong with the file."""
    reader = csv.DictReader(stream)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise FeeRefused(f"line 1 lacks the columns {', '.join(missing)}")
    payers: dict[str, int | None] = {}
    for number, row in enumerate(reader, 2):
        if number - 2 >= MOST_ROWS:
            raise FeeRefused(f"line {number}: at most {MOST_ROWS:,} fees in one file; split it")
        try:
            yield _fee(session, row, number, payers)
        except FeeRefused as refusal:
            yield refusal


def _fee(session: Session, row: Mapping[str, str | None], number: int, payers: dict[str, int | None]) -> ContractFee:
    values = {name: (row[name] or "").strip() for name in COLUMNS}
    named = values["payer"]
    if named not in payers:
        payers[named] = known_payer(session, named)
    payer_id = payers[named]
    if payer_id is None:
        raise FeeRefused(f"line {number}: payer is {named!r}; no payer is known by that name or id")
    procedure = values["procedure"].upper()
    if not PROCEDURE.fullmatch(procedure):
        raise FeeRefused(f"line {number}: procedure is {values['procedure']!r}; it must be 3 to 7 letters and digits")
    if not DOLLARS.fullmatch(values["fee"]):
        raise FeeRefused(f"line {number}: fee is {values['fee']!r}; it must be dollars like 123.45")
    first, last = _day(values, "valid_from", number), _day(values, "valid_through", number)
    if first is None:
        raise FeeRefused(f"line {number}: valid_from is empty; it must be a date like 2026-01-31")
    if last is not None and last < first:
        raise FeeRefused(f"line {number}: valid_through is {last}; it must not be before valid_from")
    return ContractFee(
        payer_id=payer_id,
        practice_id=_practice(session, values["practice"], number),
        procedure=procedure,
        modifiers=modifiers_key(values["modifiers"].split(":")),
        fee_cents=int(Decimal(values["fee"]) * 100),
        valid_from=first,
        valid_through=last,
    )


def _practice(session: Session, value: str, number: int) -> int | None:
    if not value:
        return None
    found = session.exec(select(PracticeIdentifier.practice_id).where(PracticeIdentifier.value == value)).first()
    if found is None:
        raise FeeRefused(f"line {number}: practice is {value!r}; no practice has that NPI or tax id")
    return found


def _day(values: Mapping[str, str], column: str, number: int) -> date | None:
    text = values[column]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FeeRefused(f"line {number}: {column} is {text!r}; it must be a date like 2026-01-31") from None


def _keep(session: Session, rows: list[ContractFee], payers: list[int]) -> None:
    """New ones added, known ones given their new price and last day."""
    known = _known(session, payers)
    for row in rows:
        standing = known.setdefault(_key(row), row)
        standing.fee_cents, standing.valid_through = row.fee_cents, row.valid_through
        session.add(standing)


def _known(session: Session, payers: Sequence[int]) -> dict[FeeKey, ContractFee]:
    rows = session.exec(select(ContractFee).where(col(ContractFee.payer_id).in_(payers)))
    return {_key(each): each for each in rows}


def _key(row: ContractFee) -> FeeKey:
    return (row.payer_id, row.practice_id, row.procedure, row.modifiers, row.valid_from)
