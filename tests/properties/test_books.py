"""Whatever payers send and in whatever order it comes, the books foot and end the same.

A made-up history of a few claims (paid, denied, split between codes, taken back, corrected, denied again, billed to a
second payer) is written as 837s, 835s and 277CAs; the same papers are then taken in another order, with some of them
sent twice. After every run the whole proof must hold, and both runs must agree to the cent.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.config import Settings
from app.core.db import make_engine, read_scope
from app.ledger.verify import verify_books
from app.matching.verify import verify_answers
from tests.matching.paper import Books, billed, payment, status, submission

CODES = ("CO*45", "PR*1", "PR*2", "CO*253", "OA*59", "CO*94", "CO*197", "CO*97", "PR*204", "OA*133", "CO*ZZ9")
PLB = ("WO", "FB", "72", "L6", "CS", "B2", "CT", "E3")
EXAMPLES = 10  # each ingests some twenty files; raise it to hunt
DAYS = [f"202611{day:02}" for day in range(1, 31)]


@dataclass
class Piece:
    """One claim: its lines in cents, whether an 837 and a second payer exist, and what happens to it."""

    lines: list[int]
    is_sent: bool
    has_second: bool
    is_forwarded: bool  # by the first payer, in its own answer
    is_billed_on: bool  # by us, with an 837 of its own
    garbled: str  # how the payer writes our number back: {} stands for it
    acts: list[tuple[str, list[tuple[int, int, int]]]]  # act, and per line (share paid, code, share of a second code)

    @property
    def charge(self) -> int:
        return sum(self.lines)


shares = st.tuples(st.integers(0, 100), st.integers(0, len(CODES) - 1), st.integers(-30, 100))
acts = st.tuples(
    st.sampled_from(["answer", "answer", "correct", "take_back"]), st.lists(shares, min_size=3, max_size=3)
)
pieces = st.builds(
    Piece,
    lines=st.lists(st.integers(1, 50_000), min_size=1, max_size=3),
    is_sent=st.booleans(),
    has_second=st.booleans(),
    is_forwarded=st.booleans(),
    is_billed_on=st.booleans(),
    garbled=st.sampled_from(["{}", "{}", "{}-1", "00{}", "LOST{}"]),
    acts=st.lists(acts, min_size=1, max_size=4),
)


@dataclass
class Writer:
    """Turns histories into papers; every answer has a day of its own, later than those before it."""

    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    papers: list[str] = field(default_factory=list)

    def write(self, history: list[Piece], plbs: list[tuple[int, int]]) -> list[str]:
        for position, piece in enumerate(history, start=1):
            name = f"CLM{position}X"
            if piece.is_sent:
                text_of = [f"9921{place}*{_dollars(cents)}" for place, cents in enumerate(piece.lines)]
                claim = billed(name, _dollars(piece.charge), *text_of, member=f"M{position}", last=f"NAME{position}")
                self.papers.append(submission(claim, on="20261010"))
                self.papers.append(status(_accepted(name, position, piece.charge), on="20261012"))
            self._answers(piece.garbled.format(name), position, piece, plbs)
        return self.papers

    def _answers(self, named: str, position: int, piece: Piece, plbs: list[tuple[int, int]]) -> None:
        last = ""
        for act, chosen in piece.acts:
            day = DAYS[next(self.numbers) % len(DAYS)]
            number = next(self.numbers)
            loops = []
            if act in ("correct", "take_back") and last:
                loops.append(_opposite(last))
                last = ""
            if act != "take_back":
                last = _answer(named, position, piece, chosen, f"ICN{number}")
                loops.append(last)
            if loops:
                self.papers.append(_balanced(loops, f"EFT{number}", day, plbs[number % len(plbs)] if plbs else None))
        if piece.is_billed_on:
            claim = billed(
                *(f"CLM{position}X", _dollars(piece.charge)),
                order="S",
                payer="SECOND PLAN",
                payer_code="22222",
                member=f"M{position}",
                last=f"NAME{position}",
            )
            self.papers.append(submission(claim, on="20261115"))
        if piece.has_second:
            loop = (
                f"CLP*{named}*2*{_dollars(piece.charge)}*0.01**MC*SEC{position}*11*1~"
                f"NM1*QC*1*NAME{position}*JANE****MI*M{position}~DTM*232*20261005~"
                f"CAS*OA*23*{_dollars(piece.charge - 1)}~"
            )
            paper = payment(loop, trace=f"SEC{position}", on="20261130", payer="SECOND PLAN", payer_code="22222")
            self.papers.append(paper)


@given(
    history=st.lists(pieces, min_size=1, max_size=3),
    plbs=st.lists(st.tuples(st.integers(0, len(PLB) - 1), st.integers(-5_000, 5_000)), max_size=3),
    seed=st.randoms(use_true_random=False),
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_history_in_any_order_foots_and_ends_the_same(
    empty_database: Path, tmp_path: Path, history: list[Piece], plbs: list[tuple[int, int]], seed: Any
) -> None:
    papers = Writer().write(history, plbs)
    assume(papers)
    shuffled = list(papers)
    seed.shuffle(shuffled)
    again = [paper for paper in shuffled if seed.random() < 0.3]

    in_order = _run(empty_database, tmp_path, papers)
    out_of_order = _run(empty_database, tmp_path, [*shuffled, *again])

    assert in_order == out_of_order


_runs = count()


def _run(empty: Path, folder: Path, papers: list[str]) -> dict[str, Any]:
    """Take the papers, prove the books, and say how every claim and account ended."""
    home = folder / f"run{next(_runs)}"
    site = Settings(home=home)
    site.create_folders()
    shutil.copy(empty, home / "overturn.db")
    engine = make_engine(f"sqlite:///{home / 'overturn.db'}")
    inbox = home / "papers"
    inbox.mkdir()
    try:
        Books(engine, site, inbox).take(*papers)
        with read_scope(engine) as session:
            assert verify_books(session).faults == []
            assert verify_answers(session).faults == []
            return {
                "claims": session.execute(text(CLAIMS)).all(),
                "accounts": session.execute(text(ACCOUNTS)).all(),
                "answers": session.execute(text(ANSWERS)).all(),
            }
    finally:
        engine.dispose()


CLAIMS = """
SELECT c.patient_control_number, b.billed_cents, b.insurance_cents, b.patient_cents, b.paid_cents, b.adjusted_cents
FROM claim c JOIN claimbalance b ON b.claim_id = c.id
WHERE c.superseded_on IS NULL ORDER BY 1"""
ACCOUNTS = "SELECT account, sum(amount_cents) FROM posting GROUP BY 1 HAVING sum(amount_cents) <> 0 ORDER BY 1"
ANSWERS = "SELECT patient_control_number, status, state, count(*) FROM claimpayment GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"


def _answer(name: str, position: int, piece: Piece, chosen: list[tuple[int, int, int]], number: str) -> str:
    """A balanced CLP: each line is paid in part, the rest is under one code or two; the second may be negative."""
    body, paid_total, patient = "", 0, 0
    for place, (charge, (share, code, split)) in enumerate(zip(piece.lines, chosen, strict=False)):
        paid = charge * share // 100
        rest = charge - paid
        second = rest * split // 100
        parts = [(CODES[code], rest - second), ("CO*45", second)]
        body += f"SVC*HC:9921{place}*{_dollars(charge)}*{_dollars(paid)}~DTM*472*20261005~"
        body += "".join(f"CAS*{reason}*{_dollars(cents)}~" for reason, cents in parts if cents)
        paid_total += paid
        patient += sum(cents for reason, cents in parts if reason.startswith("PR"))
    status_code = "19" if piece.is_forwarded else "1"
    share_of_patient = _dollars(patient) if patient > 0 else ""
    return (
        f"CLP*{name}*{status_code}*{_dollars(piece.charge)}*{_dollars(paid_total)}*{share_of_patient}*12*{number}*11*1~"
        f"NM1*QC*1*NAME{position}*JANE****MI*M{position}~DTM*232*20261005~{body}"
    )


def _opposite(loop: str) -> str:
    """The reversal of a CLP: everything with the other sign, no CLP05."""
    turned = []
    for segment in loop.split("~")[:-1]:
        parts = segment.split("*")
        if parts[0] == "CLP":
            parts[2], parts[3], parts[4], parts[5] = "22", _minus(parts[3]), _minus(parts[4]), ""
        elif parts[0] == "SVC":
            parts[2], parts[3] = _minus(parts[2]), _minus(parts[3])
        elif parts[0] == "CAS":
            parts[3] = _minus(parts[3])
        turned.append("*".join(parts))
    return "~".join(turned) + "~"


def _balanced(loops: list[str], trace: str, day: str, plb: tuple[int, int] | None) -> str:
    """A payment that is never negative: what is short is carried forward (PLB FB), as a payer must."""
    total = sum(_cents(loop.split("*")[4]) for loop in loops)
    pairs = []
    if plb is not None and plb[1]:
        pairs.append((f"{PLB[plb[0]]}:REF{trace}", plb[1]))
        total -= plb[1]
    if total < 0:
        pairs.append((f"FB:{trace}", total))
    text_of = "".join(f"*{reason}*{_dollars(cents)}" for reason, cents in pairs)
    return payment(*loops, trace=trace, on=day, plb=f"PLB*1234567893*20261231{text_of}~" if pairs else "")


def _accepted(name: str, position: int, charge: int) -> str:
    return (
        f"NM1*QC*1*NAME{position}*JANE****MI*M{position}~TRN*2*{name}~"
        f"STC*A2:20:PR*20261012*WQ*{_dollars(charge)}~DTP*472*D8*20261005~"
    )


def _dollars(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _cents(amount: str) -> int:
    return round(float(amount) * 100)


def _minus(amount: str) -> str:
    return _dollars(-_cents(amount))
