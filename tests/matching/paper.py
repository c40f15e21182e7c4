"""Envelopes around the segments that a test writes out, and the books that come of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app.claims.tables import Claim, ClaimEvent
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import WRITES, NoTurn, read_scope
from app.intake.desk import Desk
from app.intake.pickup import ingest
from app.intake.report import FileReport
from app.ledger.tables import Account, ClaimBalance, Posting
from app.matching.loaders import LOADERS
from app.matching.tables import ClaimPayment, Denial

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ISA = "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*261120*1200*^*00501*{control:0>9}*0*P*:~"
_numbers = itertools.count(100)


def payment(
    *claims: str,
    trace: str = "EFT0001",
    paid: str | None = None,
    on: str = "20261118",
    payer: str = "TESTPAYER HEALTH",
    payer_code: str = "99999",
    plb: str = "",
    method: str = "ACH",
) -> str:
    """One 835 around CLP loops. `paid` is worked out from CLP04 and the PLB unless given."""
    body = "".join(_clean(claim) for claim in claims)
    number = next(_numbers)
    total = sum(_cents(s.split("*")[4]) for s in body.split("~") if s.startswith("CLP*"))
    for segment in plb.split("~"):
        total -= sum(_cents(amount) for amount in segment.split("*")[4::2])
    header = (
        f"BPR*I*{paid if paid is not None else _amount(total)}*C*{method}*CCP*01*999999992*DA*123456*1351840597**01*"
        f"999988880*DA*98765*{on}~TRN*1*{trace}*1351840597~DTM*405*{on}~N1*PR*{payer}~N3*1 PLAN WAY~"
        f"N4*HARTFORD*CT*06101~REF*2U*{payer_code}~PER*BL*EDI HELP*TE*8005550101~"
        "N1*PE*SAMPLE CLINIC PLLC*XX*1234567893~REF*TJ*741234567~LX*1~"
    )
    return _envelope("HP", "835", "005010X221A1", header + body + _clean(plb), number, has_version=False)


def submission(*claims: str, on: str = "20261010") -> str:
    """One 837P around claims made by `billed`."""
    number = next(_numbers)
    header = (
        f"BHT*0019*00*B{number}*{on}*1200*CH~NM1*41*2*SAMPLE CLINIC PLLC*****46*SUB1~PER*IC*BILLING*TE*5125550100~"
        "NM1*40*2*CLEARING*****46*CLR1~HL*1**20*1~NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~N3*2 CARE ST~"
        "N4*AUSTIN*TX*787010001~REF*EI*741234567~"
    )
    body = "".join(claim.replace("{hl}", str(number + 2)) for number, claim in enumerate(claims))
    return _envelope("HC", "837", "005010X222A1", header + body, number)


def billed(
    number: str,
    charge: str,
    *lines: str,
    order: str = "P",
    payer: str = "TESTPAYER HEALTH",
    payer_code: str = "99999",
    last: str = "DOE",
    first: str = "JANE",
    member: str = "W100",
    born: str = "19800101",
    on: str = "20261005",
    frequency: str = "1",
    references: str = "",
) -> str:
    """One claim of an 837P. Each line is `procedure*charge`, e.g. `99214:25*200`."""
    text = (
        f"HL*{{hl}}*1*22*0~SBR*{order}*18*******CI~NM1*IL*1*{last}*{first}****MI*{member}~N3*9 HOME RD~"
        f"N4*AUSTIN*TX*78701~DMG*D8*{born}*F~NM1*PR*2*{payer}*****PI*{payer_code}~"
        f"CLM*{number}*{charge}***11:B:{frequency}*Y*A*Y*Y~{_clean(references)}HI*ABK:J10~"
    )
    for position, line in enumerate(lines or (f"99213*{charge}",), start=1):
        procedure, _, amount = line.partition("*")
        text += f"LX*{position}~SV1*HC:{procedure}*{amount}*UN*1***1~DTP*472*D8*{on}~REF*6R*{number}L{position}~"
    return text


def status(*claims: str, on: str = "20261020", kind: str = "277CA", source: str = "PR") -> str:
    """One 277CA around patient loops (from NM1*QC on)."""
    number = next(_numbers)
    header = (
        f"BHT*0085*08*A{number}*{on}*1200*TH~HL*1**20*1~NM1*{source}*2*TESTPAYER HEALTH*****PI*99999~TRN*1*T1~"
        f"DTP*050*D8*{on}~DTP*009*D8*{on}~HL*2*1*21*1~NM1*41*2*SAMPLE CLINIC PLLC*****46*SUB1~TRN*2*B1~"
        f"STC*A1:19:PR*{on}*WQ*100~HL*3*2*19*1~NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~"
    )
    body = "".join(f"HL*{position}*3*PT~" + _clean(claim) for position, claim in enumerate(claims, start=4))
    return _envelope("HN", "277", "005010X214", header + body, number)


def acknowledgment(*segments: str, on: str = "20261120") -> str:
    """One 999 around AK1 … AK9, of that day."""
    number = next(_numbers)
    made = _envelope("FA", "999", "005010X231A1", "".join(_clean(segment) for segment in segments), number)
    return made.replace("*261120*", f"*{on[2:]}*").replace("*20261120*", f"*{on}*")


@dataclass
class Books:
    """A fresh database that papers are handed to, and what it says afterwards."""

    engine: Engine
    settings: Settings
    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def __post_init__(self) -> None:
        self.desk = Desk(self.engine, self.settings, self.clock, LOADERS)

    def take(self, *papers: str) -> FileReport:
        """Ingest each as a file of its own; the report of the last."""
        reports: list[FileReport] = []
        for text in papers:
            path = self.folder / f"paper{next(_numbers)}.edi"
            path.write_text(text)
            report = next(iter(ingest(self.desk, [path], channel="command")))
            assert isinstance(report, FileReport)
            reports.append(report)
        return reports[-1]

    def balance(self, number: str) -> tuple[int, int]:
        """What is open on the claim: insurance and patient, in cents."""
        with read_scope(self.engine) as session:
            row = session.execute(
                select(col(ClaimBalance.insurance_cents), col(ClaimBalance.patient_cents))
                .join(Claim, col(Claim.id) == ClaimBalance.claim_id)
                .where(col(Claim.patient_control_number) == number)
            ).one()
        return row[0], row[1]

    def account(self, account: Account) -> int:
        with read_scope(self.engine) as session:
            total = session.execute(
                select(func.sum(col(Posting.amount_cents))).where(col(Posting.account) == account.value)
            ).scalar()
        return int(total or 0)

    def claim(self, number: str) -> Claim:
        found = self._only(Claim, col(Claim.patient_control_number) == number)
        assert isinstance(found, Claim)
        return found

    def claims(self) -> list[Claim]:
        return self._all(Claim, True)

    def answers(self, number: str) -> list[ClaimPayment]:
        return self._all(ClaimPayment, col(ClaimPayment.patient_control_number) == number)

    def denials(self, number: str) -> list[Denial]:
        return self._all(Denial, col(Denial.claim_id) == self.claim(number).id)

    def events(self, number: str) -> list[str]:
        return [event.summary for event in self._all(ClaimEvent, col(ClaimEvent.claim_id) == self.claim(number).id)]

    def rows(self, model: Any) -> list[Any]:
        return self._all(model, True)

    def _only(self, model: Any, condition: Any) -> Any:
        with read_scope(self.engine) as session:
            return session.exec(select_rows(model).where(condition)).one()

    def _all(self, model: Any, condition: Any) -> list[Any]:
        with read_scope(self.engine) as session:
            return list(session.exec(select_rows(model).where(condition).order_by(model.id)))


def session_of(books: Books) -> Session:
    """A writing session for verbs; the caller commits."""
    return Session(books.engine.execution_options(**{WRITES: NoTurn()}), expire_on_commit=False)


def _envelope(group: str, kind: str, version: str, body: str, number: int, *, has_version: bool = True) -> str:
    segments = body.count("~") + 2
    st = f"ST*{kind}*{number:04}*{version}~" if has_version else f"ST*{kind}*{number:04}~"
    return (
        ISA.format(sender="SENDER", receiver="RECEIVER", control=number)
        + f"GS*{group}*SENDER*RECEIVER*20261120*1200*{number}*X*{version}~{st}{body}SE*{segments}*{number:04}~"
        + f"GE*1*{number}~IEA*1*{number:0>9}~"
    )


def _clean(text: str) -> str:
    """Segments as a test writes them, one a line, without indentation."""
    return "".join(line.strip() for line in text.splitlines())


def _cents(amount: str) -> int:
    return round(float(amount or 0) * 100)


def _amount(cents: int) -> str:
    return f"{cents / 100:.2f}".rstrip("0").rstrip(".")
