"""Values as JSON objects, one a line: what `overturn edi read` prints. The field names are a contract.

docs/json.md explains the rows, docs/schemas/edi-read.json holds them; a test compares. Each row begins with
`kind`, then `schema_version`. Money is integer cents in fields that end in `_cents` (or are called `cents`),
dates are ISO, absent text is "", absent numbers and dates are null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from edi.as_json import acknowledgments, inquiries, remittances, statuses, submissions
from edi.as_json.pieces import SCHEMA_VERSION, Row, hour, iso, place
from edi.findings import Finding
from edi.source import Source
from edi.values import USUAL, BalanceCheck, Interchange, SetEnd, SetStart
from edi.x276.model import StatusInquiry
from edi.x277.model import ClaimStatus, StatusReport, StatusTotals
from edi.x835.model import ClaimPayment, ProviderAdjustment, ProviderSummary, Remittance
from edi.x837.model import Submission, SubmittedClaim
from edi.x999.model import GroupAcknowledgment, InterchangeAcknowledgment

__all__ = ["SCHEMA_VERSION", "Row", "finding_row", "rows", "text"]

PRINTERS: dict[type, Any] = {
    Remittance: remittances.remittance,
    ClaimPayment: remittances.claim,
    ProviderAdjustment: remittances.provider_adjustment,
    ProviderSummary: remittances.provider_summary,
    StatusReport: statuses.report,
    StatusTotals: statuses.totals,
    ClaimStatus: statuses.status,
    StatusInquiry: inquiries.inquiry,
    Submission: submissions.submission,
    SubmittedClaim: submissions.claim,
    GroupAcknowledgment: acknowledgments.group,
}
# The rows that open a set, or have no such row above them: they also say what encloses the set.
HEADERS = frozenset((Remittance, StatusReport, Submission, StatusInquiry, GroupAcknowledgment))


def rows(values: Iterable[object], file: str = "", *, with_banks: bool = False) -> Iterator[Row]:
    """The rows of what `edi.read` yields, in the same order. A set's start is told by the row that opens it.

    `with_banks`: routing and account numbers too, which are left out unless somebody asks for them.
    """
    start: SetStart | None = None
    for value in values:
        if type(value) is SetStart:
            start = value
        elif type(value) is Finding:
            yield finding_row(value)
        elif type(value) is SetEnd:
            yield end_row(value, start)
        elif type(value) is InterchangeAcknowledgment:
            row = acknowledgments.interchange(value, file)
            row["envelope"] = around(value.interchange)
            yield finished("interchange_acknowledgment", row)
        elif start is not None and (printer := PRINTERS.get(type(value))) is not None:
            kind, row = printer(value, start)
            if with_banks and type(value) is Remittance:
                row |= remittances.banks(value)
            if type(value) in HEADERS:
                row["envelope"] = envelope(start)
            yield finished(kind, row)
        else:
            raise TypeError(f"no JSON form for {type(value).__name__}")


def text(row: Row) -> str:
    """One line of JSON, without its line end."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def finished(kind: str, row: Row) -> Row:
    return {"kind": kind, "schema_version": SCHEMA_VERSION, **row}


def finding_row(finding: Finding) -> Row:
    return finished(
        "finding",
        {
            "code": finding.code,
            "severity": str(finding.severity),
            "message": finding.message,
            "remedy": finding.remedy,
            "excerpt": finding.excerpt,
            "caret": finding.caret,
            "source": full_place(finding.source),
        },
    )


def end_row(end: SetEnd, start: SetStart | None) -> Row:
    source = Source(start.file if start else "", end.set_number, end.segment)
    return finished(
        "end",
        {
            "transaction": start.kind if start else "",
            "set_control_number": start.control_number if start else "",
            "complete": end.complete,
            "claims": end.claim_count,
            "segments": end.segment_count,
            "balance": balance(end.balance) if end.balance else None,
            "unbalanced_claims": end.unbalanced_claims,
            "damaged_claims": end.damaged_claims,
            "fingerprint": end.fingerprint,
            "envelope": envelope(start) if start else None,
            "source": full_place(source),
        },
    )


def balance(check: BalanceCheck) -> Row:
    return {
        "rule": check.rule,
        "expected_cents": check.expected_cents,
        "actual_cents": check.actual_cents,
        "difference_cents": check.difference_cents,
        "holds": check.difference_cents == 0,
    }


def envelope(start: SetStart) -> Row:
    """Which set this is, and what encloses it; null for an envelope that was missing."""
    group = start.group
    return {
        "set_control_number": start.control_number,
        "version": start.version,
        "interchange": enclosing(start.interchange),
        "group": {
            "functional_id": group.functional_id,
            "control_number": group.control_number,
            "sender": group.sender,
            "receiver": group.receiver,
            "version": group.version,
        }
        if group
        else None,
        "delimiters": start.delimiters._asdict(),
    }


def around(interchange: Interchange | None) -> Row:
    """What encloses a value that stands in no set."""
    used = interchange.delimiters if interchange else USUAL
    return {
        "set_control_number": "",
        "version": "",
        "interchange": enclosing(interchange),
        "group": None,
        "delimiters": used._asdict(),
    }


def enclosing(interchange: Interchange | None) -> Row | None:
    if interchange is None:
        return None
    return {
        "number": interchange.number,
        "control_number": interchange.control_number,
        "sender_qualifier": interchange.sender_qualifier,
        "sender": interchange.sender,
        "receiver_qualifier": interchange.receiver_qualifier,
        "receiver": interchange.receiver,
        "sent_on": iso(interchange.sent_on),
        "sent_at": hour(interchange.sent_at),
        "version": interchange.version,
        "acknowledge": interchange.acknowledge,
        "usage": interchange.usage,
    }


def full_place(source: Source) -> Row:
    row = place(source.file, source.set_number, source.segment)
    row["element"] = source.element
    row["component"] = source.component
    return row
