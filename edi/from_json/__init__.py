"""X12 from JSON lines: the rows of `overturn edi read`, or fewer keys written by a person, as a file again.

Rows are taken one by one and never held, but for the claims of one subscriber. What is written is read at once and
held against its row (`edi/from_json/proof.py`), so that the file says what the rows say or is not written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from edi.envelope import kind_of
from edi.from_json import acknowledgments, inquiries, remittances, statuses, submissions
from edi.from_json.envelopes import (
    GROUPS,
    VERSIONS,
    Group,
    Interchange,
    Parties,
    Sending,
    envelope_fields,
    group_of,
    interchange_of,
    set_header,
)
from edi.from_json.fields import Fields, RowError
from edi.from_json.proof import Proof
from edi.values import Delimiters, SetStart
from edi.writing import CHUNK_CHARACTERS, Printer, Segment
from edi.x276.write import inquiry_segments
from edi.x277.write import status_segments
from edi.x835.write import detail_segments, header_segments
from edi.x837.write import body
from edi.x999.write import acknowledgment_segments, ta1_segment

__all__ = ["RowError", "Sending", "written"]

OPENING = {"remittance": ("835",), "report": ("277", "277CA", "277RFAI"), "submission": ("837P", "837I", "837D")}
ALONE = {"inquiry": ("276",), "acknowledgment": ("999", "997")}  # rows that need no row above them
DETAILS = {
    "remittance": ("claim", "provider_adjustment", "provider_summary"),
    "report": ("totals", "status"),
    "submission": ("claim",),
    "inquiry": ("inquiry",),
}
ROWS_OF = {  # the rows that make each transaction
    transaction: tuple(
        dict.fromkeys(
            kind
            for opening, transactions in {**OPENING, **ALONE}.items()
            if transaction in transactions
            for kind in (opening, *DETAILS.get(opening, ()))
        )
    )
    for transaction in VERSIONS
}
TA1 = "interchange_acknowledgment"
SAYS_NOTHING = "finding"  # of a file that was read: passed over
KINDS = (*OPENING, *ALONE, "claim", "provider_adjustment", "provider_summary", "totals", "status", TA1)


class Row(NamedTuple):
    line: int
    values: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.values["kind"])

    @property
    def is_bare(self) -> bool:
        """It says nothing of its envelope: it goes where the row before it went."""
        return self.values.get("envelope") is None


class Rows:
    """The rows of JSON lines, one ahead."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.source = self.read(lines)
        self.next: Row | None = next(self.source, None)

    def read(self, lines: Iterable[str]) -> Iterator[Row]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            row = Row(number, parsed(number, line))
            if row.values.get("kind") == SAYS_NOTHING:
                continue
            if row.values.get("kind") not in (*KINDS, "end"):
                raise RowError(number, f"kind should be one of {', '.join(KINDS)}, found {row.values.get('kind')!r}")
            yield row

    def take(self) -> Row:
        taken = self.next
        assert taken is not None
        self.next = next(self.source, None)
        return taken


def parsed(number: int, line: str) -> dict[str, Any]:
    if line.lstrip("\ufeff \t")[:4] in ("ISA*", "ISA|", "ISA^"):
        raise RowError(number, "this is X12 already; `overturn edi read` makes the JSON that is written here")
    try:
        row = json.loads(line.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise RowError(number, f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise RowError(number, "not JSON that can be read: nested too deeply") from None
    if not isinstance(row, dict):
        raise RowError(number, "should be a JSON object")
    return row


def written(lines: Iterable[str], sending: Sending) -> Iterator[bytes]:
    """The file, in pieces of some 64 kB. Raises RowError at the first row that cannot be written."""
    held: list[str] = []
    size = 0
    for text in FileWriter(Rows(lines), sending).interchanges():
        held.append(text)
        size += len(text)
        if size >= CHUNK_CHARACTERS:
            yield "".join(held).encode()
            held.clear()
            size = 0
    yield "".join(held).encode()


class FileWriter:
    """Takes rows, gives segments as text; each method ends where the next row is not its own."""

    def __init__(self, rows: Rows, sending: Sending) -> None:
        self.rows = rows
        self.sending = sending
        self.printer = Printer()
        self.line_end = "\n"

    def print(self, segment: Segment, line: int) -> str:
        try:
            return self.printer.print(segment) + self.line_end
        except ValueError as error:
            raise RowError(line, str(error)) from None

    def interchanges(self) -> Iterator[str]:
        ordinal = 0
        while (row := self.rows.next) is not None:
            if row.kind == "end":
                refuse_unread(self.rows.take())
                continue
            if row.kind != TA1:
                transaction_of(row, self.sending)
            interchange = interchange_of(envelope_fields(*row), self.sending, ordinal, parties_of(row))
            self.printer = Printer(interchange.delimiters, as_sent=interchange.is_carried)
            self.line_end = "" if interchange.delimiters.segment in "\r\n" else "\n"
            yield from self.interchange(interchange, key_of(row, "interchange"))
            ordinal += 1
        if not ordinal:
            raise RowError(1, "there is nothing to write: no row of a kind that is written")

    def interchange(self, interchange: Interchange, key: object) -> Iterator[str]:
        """ISA to IEA."""
        line = self.rows.next.line if self.rows.next else 0
        if interchange.header is not None:
            yield self.print(interchange.header, line)
        groups = 0
        while (row := self.rows.next) is not None and (row.is_bare or key_of(row, "interchange") == key):
            if row.kind == "end":
                refuse_unread(self.rows.take())
            elif row.kind == TA1:
                self.rows.take()
                fields = Fields(row.line, row.values, interchange.forbidden)
                yield self.print(ta1_segment(acknowledgments.interchange(fields)), row.line)
            else:
                groups += 1
                yield from self.group(interchange, key, groups)
        if interchange.header is not None:
            yield self.print(("IEA", str(groups), interchange.control_number), line)

    def group(self, interchange: Interchange, interchange_key: object, ordinal: int) -> Iterator[str]:
        """GS to GE."""
        row = self.rows.next
        assert row is not None
        transaction = transaction_of(row, self.sending)
        group = group_of(envelope_fields(*row), interchange, ordinal, transaction)
        key = key_of(row, "group")
        if group.header is not None:
            yield self.print(group.header, row.line)
        sets = 0
        while (row := self.rows.next) is not None and row.kind not in (TA1, "end"):
            if not row.is_bare and (key_of(row, "group") != key or key_of(row, "interchange") != interchange_key):
                break
            following = transaction_of(row, self.sending)
            if GROUPS[following[:3]] != GROUPS[transaction[:3]] or (
                row.is_bare and VERSIONS[following] != VERSIONS[transaction]
            ):
                break
            sets += 1
            yield from self.set(interchange, group, sets, following)
            while self.rows.next is not None and self.rows.next.kind == "end":
                self.rows.take()
        if group.header is not None:
            yield self.print(("GE", str(sets), group.control_number), row.line if row else 0)

    def set(self, interchange: Interchange, group: Group, ordinal: int, transaction: str) -> Iterator[str]:
        """ST to SE."""
        row = self.rows.next
        assert row is not None
        header = set_header(envelope_fields(*row), group, ordinal, transaction)
        version = str(header[3]) or group.version
        if (told := kind_of(transaction[:3], version)) and told != transaction:
            raise RowError(row.line, f"transaction is {transaction}, but envelope.version {version!r} is of a {told}")
        yield self.print(header, row.line)
        start = SetStart(transaction, 1, str(header[2]), version, None, None, "", 1, 0, interchange.delimiters)
        content = SetContent(self.rows, start, interchange, self.sending)
        count = 2
        for segment in content.guarded():
            count += 1
            text = self.print(segment, content.line)
            content.proof.feed(text.removesuffix(self.line_end))
            yield text
        content.proof.finish()
        yield self.print(("SE", str(count), header[2]), content.line)


class SetContent:
    """The rows of one transaction set as values, and those as segments."""

    def __init__(self, rows: Rows, start: SetStart, interchange: Interchange, sending: Sending) -> None:
        self.rows = rows
        self.start = start
        self.kind = start.kind
        self.interchange = interchange
        self.sending = sending
        self.proof = Proof(start)
        self.line = 0

    def fields(self) -> Fields:
        """The next row, which now must be read back."""
        row = self.rows.take()
        self.line = row.line
        self.proof.expect(row.line, row.values)
        return Fields(row.line, row.values, self.interchange.forbidden)

    def following(self, opening: str) -> Iterator[Row]:
        """The rows that belong to the set, each as the next to be taken."""
        while (row := self.rows.next) is not None and row.kind in DETAILS[opening]:
            yield row

    def guarded(self) -> Iterator[Segment]:
        """The segments; what a writer refuses is trouble of the row in hand."""
        try:
            yield from self.segments()
        except RowError:
            raise
        except ValueError as error:
            raise RowError(self.line, str(error)) from None

    def segments(self) -> Iterator[Segment]:
        made: dict[str, Callable[[], Iterator[Segment]]] = {
            "835": self.remittance,
            "277": self.statuses,
            "837": self.submission,
            "276": self.inquiries,
            "999": self.acknowledgment,
            "997": self.acknowledgment,
        }
        return made[self.kind[:3]]()

    def remittance(self) -> Iterator[Segment]:
        yield from header_segments(remittances.remittance(self.fields()))
        readers: dict[str, Callable[[Fields], Any]] = {
            "claim": remittances.claim,
            "provider_adjustment": remittances.provider_adjustment,
            "provider_summary": remittances.provider_summary,
        }
        yield from detail_segments(readers[row.kind](self.fields()) for row in self.following("remittance"))

    def statuses(self) -> Iterator[Segment]:
        return status_segments(self.status_values())

    def status_values(self) -> Iterator[Any]:
        now = self.sending.now
        yield statuses.report(self.fields(), self.kind, now.date(), now.time())
        for row in self.following("report"):
            read = statuses.totals if row.kind == "totals" else statuses.status
            yield read(self.fields(), self.kind)

    def submission(self) -> Iterator[Segment]:
        now = (self.sending.now.date(), self.sending.now.time().replace(microsecond=0))
        delimiters: Delimiters = self.interchange.delimiters
        usual = self.interchange.control_number or self.start.control_number
        version = self.start.version
        header = submissions.submission(self.fields(), self.kind, version, delimiters, usual, now)
        claims = (
            submissions.claim(self.fields(), self.kind, version, delimiters, header.reference)
            for _ in self.following("submission")
        )
        return body(header, claims)

    def inquiries(self) -> Iterator[Segment]:
        now = self.sending.now
        usual = f"INQ{self.sending.control_number:09d}"
        envelope = self.rows.next.values.get("envelope") if self.rows.next else None
        first = inquiries.inquiry(self.fields(), usual, now.date(), now.time())

        def every() -> Iterator[Any]:
            yield first
            for row in self.following("inquiry"):
                if not row.is_bare and row.values["envelope"] != envelope:
                    return
                yield inquiries.inquiry(self.fields(), first.reference, now.date(), now.time())

        return inquiry_segments(
            every(), reference=first.reference, created_on=first.created, created_at=first.created_at
        )

    def acknowledgment(self) -> Iterator[Segment]:
        answer = acknowledgments.group(self.fields(), self.kind)
        marks = self.interchange.delimiters
        # A copy of a bad value keeps the separators that it had in the file that was read.
        return acknowledgment_segments(
            answer, marks._replace(component="", repetition="") if self.interchange.is_carried else marks
        )


def refuse_unread(row: Row) -> None:
    """The end of a set of which nothing else was printed: it was not read, so it cannot be written."""
    transaction = row.values.get("transaction")
    raise RowError(row.line, f"a {transaction} was not read: none of its rows are here, so it cannot be written")


def key_of(row: Row, part: str) -> object:
    envelope = row.values.get("envelope")
    if not isinstance(envelope, dict):
        return None
    found = envelope.get(part)
    return (found, envelope.get("delimiters")) if part == "interchange" else found


def transaction_of(row: Row, sending: Sending) -> str:
    """Of a row that begins a set. The command line may say it for rows that do not."""
    known = OPENING.get(row.kind) or ALONE.get(row.kind)
    asked = sending.transaction
    if asked and row.kind not in ROWS_OF[asked]:
        raise RowError(row.line, f"kind should be {' or '.join(ROWS_OF[asked])} for a {asked}, found {row.kind!r}")
    if known is None:
        above = [opening for opening, inner in DETAILS.items() if row.kind in inner]
        raise RowError(row.line, f"a {row.kind} needs a row of kind {' or '.join(above)} above it")
    given = row.values.get("transaction") or (
        sending.transaction
        if sending.transaction in known
        else known[0]
        if len(known) == 1 or row.kind in ALONE
        else ""
    )
    if given not in known:
        found = f", found {given!r}" if given else ""
        raise RowError(row.line, f"transaction should be {' or '.join(known)} here{found}")
    return str(given)


def parties_of(row: Row) -> Parties:
    """Whose ids stand in ISA06 and ISA08 unless said otherwise."""
    if row.kind == "remittance":
        return Parties(text_of(row.values.get("payer_id")), text_of(row.values.get("payee_id")))
    if row.kind == "submission":
        return Parties(id_in(row, "submitter"), id_in(row, "receiver"))
    if row.kind == "inquiry":
        return Parties(id_in(row, "receiver"), id_in(row, "payer"))
    return Parties("", "")


def id_in(row: Row, key: str) -> str:
    """The id of a party, which must be there where the row says nothing of its envelope."""
    found = row.values.get(key)
    if not found and row.is_bare:
        raise RowError(row.line, f"{key} is missing")
    return text_of(found.get("id")) if isinstance(found, dict) else ""


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""
