"""Claims that we first hear of from an answer, and what they are charged at until an 837 says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, select

from app.claims.among import among
from app.claims.directory import KnownPayer
from app.claims.numbering import Numbers
from app.claims.people import Cover, People, Person
from app.claims.register import KnownClaim, Register
from app.claims.tables import ClaimLine, KnownFrom
from app.core.bulk import insert_many, table_of
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind
from app.matching.ladder import Described
from app.matching.lines import KnownLine
from app.matching.posting import RANK_OF_STATUS
from app.matching.reversals import Answer
from app.matching.rows import member_id, service_dates
from edi.x835 import model as x835

SPLIT_REMARK = "MA15"  # 835.md §3: the payer made several claims of one
claim_line = table_of(ClaimLine)
LINE_COLUMNS = (*KnownLine._fields, "claim_id", "number", "last_service", "place_of_service", "pointers")


class ClaimLines:
    """The lines of the claims of one batch: those we know, and those made from an answer."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers
        self._known: dict[int, list[KnownLine]] = defaultdict(list)
        self._new: list[tuple[object, ...]] = []

    def of(self, claim_id: int) -> Sequence[KnownLine]:
        return self._known.get(claim_id, ())

    def load(self, claim_ids: Iterable[int]) -> None:
        wanted = [claim_id for claim_id in claim_ids if claim_id not in self._known]
        columns = [claim_line.c[name] for name in KnownLine._fields]
        if wanted:
            statement = (
                select(claim_line.c.claim_id, *columns)
                .where(among(self._connection, claim_line.c.claim_id, wanted))
                .order_by(claim_line.c.claim_id, claim_line.c.number)
            )
            for row in self._connection.execute(statement):
                self._known[row.claim_id].append(KnownLine(*row[1:]))

    def create(self, claim_id: int, answer: x835.ClaimPayment) -> None:
        """The lines as the payer says they were billed, behind those that are there."""
        for line in answer.lines:
            billed = line.original_procedure or line.procedure
            made = KnownLine(
                self._numbers.next(),
                line.line_control_number,
                billed.code,
                ":".join(billed.modifiers),
                line.revenue_code,
                str(line.units),
                line.charge_cents,
                line.first_date,
            )
            self._known[claim_id].append(made)
            self._new.append((*made, claim_id, len(self._known[claim_id]), line.last_date, "", ""))

    def flush(self) -> None:
        insert_many(self._connection, claim_line, LINE_COLUMNS, self._new)
        self._new.clear()


class Creation:
    """Creates claims from answers, and keeps what they are charged at right until an 837 comes."""

    def __init__(self, register: Register, people: People, journal: Journal, lines: ClaimLines, file_id: int) -> None:
        self._register = register
        self._people = people
        self._journal = journal
        self._lines = lines
        self._file_id = file_id

    def create(self, answer: x835.ClaimPayment, fact: Described, payer: KnownPayer, npi: str, on: date) -> KnownClaim:
        """A claim nobody told us of: it becomes known from this answer, with its lines."""
        person = person_of(answer)
        patient_id = self._people.patient(person)
        rank = RANK_OF_STATUS.get(answer.status, 1)
        self._people.cover(patient_id, Cover(payer.id, person.member_id, rank, "", answer.filing_indicator))
        first, last = service_dates(answer)
        rendering = answer.name("82")
        claim = self._register.create(
            patient_id=patient_id,
            patient_name_key=fact.name_key,
            payer_id=payer.id,
            number=answer.patient_control_number.strip(),
            key=fact.key,
            known_from=KnownFrom.REMITTANCE,
            charge_cents=0,
            member_id=member_id(answer),
            payer_rank=rank,
            first_service=first,
            last_service=last,
            facility_code=answer.facility_code,
            frequency=answer.frequency,
            filing_indicator=answer.filing_indicator,
            billing_npi=npi,
            rendering_npi=rendering.id if rendering else "",
            rendering_name=rendering.last if rendering else "",
            authorization=answer.reference("G1"),
        )
        self._journal.start_balance(claim.id, claim.practice_id)
        self._charge(claim, fact.charge_cents, EntryKind.CHARGE, answer, on)
        self._lines.create(claim.id, answer)
        return claim

    def recharge(
        self,
        claim: KnownClaim,
        answer: x835.ClaimPayment,
        standing: Sequence[Answer],
        on: date,
    ) -> None:
        """Another answer about a claim without an 837: what does it tell of the charge?

        A claim known from a status was charged at what the status said; a remittance knows better. Parts of a claim
        that the payer split (MA15) add up, in whatever order they come.
        """
        if claim.submissions or claim.is_new:
            return
        wanted = claim.charge_cents
        if claim.known_from == KnownFrom.STATUS.value:
            claim.known_from = KnownFrom.REMITTANCE.value
            wanted = answer.charge_cents
            if not self._lines.of(claim.id):
                self._lines.create(claim.id, answer)
        elif is_split(answer) or any(part.is_split for part in standing):
            wanted = max(wanted, answer.charge_cents + sum(part.charge_cents for part in standing))
        self._charge(claim, wanted - claim.charge_cents, EntryKind.CHARGE_CHANGE, answer, on)

    def _charge(
        self, claim: KnownClaim, change_cents: int, kind: EntryKind, answer: x835.ClaimPayment, on: date
    ) -> None:
        if not change_cents:
            return
        legs = [Leg(Account.INSURANCE_AR, change_cents, claim.id), Leg(Account.CHARGES, -change_cents, claim.id)]
        cause = Cause(CauseKind.CLAIM, claim.id, self._file_id, answer.segment)
        memo = "as the remittance says; no 837 was seen"
        self._journal.post(claim.practice_id, kind, claim.first_service or on, cause, legs, memo=memo)
        claim.charge_cents += change_cents
        claim.is_changed = True


def person_of(answer: x835.ClaimPayment) -> Person:
    """The patient as the payer names them, with the insured's member id."""
    named = answer.name("QC") or answer.name("IL")
    if named is None:
        return Person("", "", member_id=member_id(answer))
    return Person(named.last, named.first, named.middle, member_id=member_id(answer))


def is_split(answer: x835.ClaimPayment) -> bool:
    return any(remark.code == SPLIT_REMARK for remark in answer.remarks)
