"""What frames the values of one transaction set while a file is read: the set's start and its end.

`edi.read(stream)` yields, in file order:

    SetStart                       one ST; says which interchange and group it came in
    … the values of that set …     835: Remittance, ClaimPayment*, ProviderAdjustment*
                                   277/277CA: StatusReport, ClaimStatus*   276: StatusInquiry*
                                   837: Submission, SubmittedClaim*
                                   999/997: GroupAcknowledgment
    SetEnd                         its SE, or where it broke off; with the fingerprint and, for an 835, the balance
    InterchangeAcknowledgment      a TA1 (outside any set)
    Finding                        anywhere, as soon as it is known

A finding about a claim comes right after that claim. Nothing is held longer than one claim.
"""

from __future__ import annotations

from datetime import date, time
from typing import NamedTuple

from edi.source import Source


class Delimiters(NamedTuple):
    element: str
    component: str
    repetition: str  # "" before 00501
    segment: str


USUAL = Delimiters(element="*", component=":", repetition="^", segment="~")


class Interchange(NamedTuple):
    """ISA: who sent what to whom. Control numbers are text: leading zeros count."""

    number: int  # ordinal of the ISA in the file, 1 is the first
    control_number: str  # ISA13
    sender_qualifier: str  # ISA05
    sender: str  # ISA06, trimmed
    receiver_qualifier: str  # ISA07
    receiver: str  # ISA08, trimmed
    sent_on: date | None  # ISA09
    sent_at: time | None  # ISA10
    version: str  # ISA12
    usage: str  # ISA15: P production, T test
    delimiters: Delimiters
    segment: int
    acknowledge: str = "0"  # ISA14: 1 asks for a TA1


class Group(NamedTuple):
    """GS: a functional group."""

    functional_id: str  # GS01: HP 835, HN 277/277CA, HC 837, HR 276, FA 999
    sender: str  # GS02
    receiver: str  # GS03
    control_number: str  # GS06
    version: str  # GS08, e.g. 005010X221A1
    segment: int


class SetStart(NamedTuple):
    """ST: one transaction set begins."""

    kind: str  # "835", "277", "277CA", "277RFAI", "276", "837P", "837I", "837D", "999", "997", or ST01 if unread
    set_number: int  # ordinal of the ST in the file
    control_number: str  # ST02
    version: str  # ST03 or GS08
    interchange: Interchange | None  # None when the ISA was missing
    group: Group | None
    file: str
    segment: int
    offset: int  # byte offset of the ST in the file
    delimiters: Delimiters = USUAL  # as declared by the ISA, or as found where there is none

    def source(self, segment: int = 0, element: int = 0) -> Source:
        return Source(self.file, self.set_number, segment or self.segment, element)


class BalanceCheck(NamedTuple):
    """One balancing rule as data: it holds when expected == actual."""

    rule: str  # "line", "claim", "claim.lines.charge", "claim.lines.paid", "transaction"
    expected_cents: int
    actual_cents: int
    segment: int

    @property
    def difference_cents(self) -> int:
        return self.actual_cents - self.expected_cents


class SetEnd(NamedTuple):
    """SE, or the place where the set broke off."""

    set_number: int
    complete: bool  # an SE was seen, with the right control number and count
    segment_count: int  # segments from ST to SE as counted
    claim_count: int
    balance: BalanceCheck | None  # 835: sum(CLP04) - sum(PLB) against BPR02
    unbalanced_claims: int  # 835: claims whose own balance fails
    damaged_claims: int  # claims of which something could not be read
    fingerprint: str  # SHA-256 over the set's content without ST02, SE02, DTM*405 and white space (835.md §9)
    segment: int
    end_offset: int  # byte offset just behind the set
