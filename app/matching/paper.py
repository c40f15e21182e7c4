"""A remittance on paper, typed in: it becomes the same 835 that the payer could have sent, and loads as one.

So it passes the same checks (balance, repeats), posts by the same code, and every figure of it opens a segment. What
does not foot is told before anything is stored. Facts of our own claim fill in what nobody should have to copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session, col, select

import edi.codes
from app.claims.queries import ClaimHead, find_by_number
from app.claims.tables import Payer, PayerIdentifier, Practice
from app.core.money import format_cents, parse_dollars
from edi.parts import Adjustment, Dated, Name, Procedure, Reference, Remark
from edi.x835 import model as x835
from edi.x835.model import Classification

GROUPS = ("CO", "PR", "OA", "PI")
PATIENT_GROUP = "PR"
METHODS = (("CHK", "Check"), ("ACH", "Electronic transfer"), ("NON", "No payment"))
STATUSES = (("1", "Primary"), ("2", "Secondary"), ("3", "Tertiary"), ("4", "Denied"), ("22", "Reversal"))  # CLP02
ADJUSTMENT = re.compile(r"^(?P<group>[A-Z]{2})[- ]?(?P<reason>[A-Z]?[0-9]{1,3}|[A-Z][0-9]{1,2})\s+(?P<amount>\S+)$")
MOST_LINES = 100  # of one form; a longer EOB is typed in parts under the check's number and a suffix
LONGEST_TRACE = 50  # TRN02
LONGEST_FIELD = 60


class TypedLine(NamedTuple):
    """One row of the form, as typed."""

    claim_number: str = ""
    patient: str = ""  # LAST, FIRST: only for a claim that is not ours yet
    status: str = "1"
    payer_number: str = ""
    procedure: str = ""  # 99213 or 99213:25
    service_date: str = ""
    charge: str = ""
    paid: str = ""
    adjustments: str = ""  # CO-45 161.39; PR-3 40
    remarks: str = ""  # N130 M15

    @property
    def is_blank(self) -> bool:
        return not any(field.strip() for name, field in self._asdict().items() if name != "status")


class TypedAdjustment(NamedTuple):
    """A provider-level amount; positive lowers the payment."""

    reason: str = ""
    reference: str = ""
    amount: str = ""

    @property
    def is_blank(self) -> bool:
        return not any(field.strip() for field in self)


class TypedRemittance(NamedTuple):
    practice_id: int
    payer_id: int
    trace: str
    paid_on: str
    method: str
    paid: str
    lines: tuple[TypedLine, ...] = ()
    provider: tuple[TypedAdjustment, ...] = ()


class ClaimSum(NamedTuple):
    """What one claim of the form comes to."""

    number: str
    charge_cents: int
    adjusted_cents: int
    paid_cents: int

    @property
    def difference_cents(self) -> int:
        return self.paid_cents - (self.charge_cents - self.adjusted_cents)


class Paper(NamedTuple):
    """The form as values, and everything that keeps it from being posted."""

    remittance: x835.Remittance
    claims: tuple[x835.ClaimPayment, ...]
    provider: tuple[x835.ProviderAdjustment, ...]
    sums: tuple[ClaimSum, ...]
    problems: tuple[str, ...]

    @property
    def expected_cents(self) -> int:
        return sum(one.paid_cents for one in self.sums) - sum(one.cents for one in self.provider)


def read_paper(session: Session, typed: TypedRemittance, today: date) -> Paper:
    """All faults at once, each in a sentence; `problems` empty means that it foots and may be loaded."""
    problems: list[str] = []
    practice, payer = session.get_one(Practice, typed.practice_id), session.get_one(Payer, typed.payer_id)
    paid = _cents(typed.paid, "The amount paid", problems)
    provider = _provider(typed, practice, problems)
    groups: dict[tuple[str, str, str], list[TypedLine]] = {}
    for line in typed.lines:
        if not line.is_blank:
            key = (line.claim_number.strip(), line.status, line.payer_number.strip())
            groups.setdefault(key, []).append(line)
    if not groups and not provider:
        problems.append("Type at least one line of a claim.")
    claims = tuple(_claim(session, practice.id or 0, key, lines, problems) for key, lines in groups.items())
    sums = tuple(_sum(claim) for claim in claims)
    header = _header(session, typed, practice, payer, paid, today, problems)
    paper = Paper(header, claims, provider, sums, ())
    problems += [
        f"Claim {one.number}: {format_cents(one.charge_cents)} less {format_cents(one.adjusted_cents)} of "
        f"adjustments is {format_cents(one.charge_cents - one.adjusted_cents)}, typed as paid are "
        f"{format_cents(one.paid_cents)}: a difference of {format_cents(one.difference_cents)}."
        for one in sums
        if one.difference_cents
    ]
    if paper.expected_cents != paid:
        problems.append(
            f"Claims and provider adjustments come to {format_cents(paper.expected_cents)}, the payment is "
            f"{format_cents(paid)}: a difference of {format_cents(paid - paper.expected_cents)}."
        )
    return paper._replace(problems=tuple(dict.fromkeys(problems)))


def _header(
    session: Session,
    typed: TypedRemittance,
    practice: Practice,
    payer: Payer,
    paid: int,
    today: date,
    problems: list[str],
) -> x835.Remittance:
    trace = typed.trace.strip()
    if not trace or len(trace) > LONGEST_TRACE:
        problems.append(f"The check or transfer number is missing, or longer than {LONGEST_TRACE} letters.")
    paid_on = _day(typed.paid_on, "The date of payment", problems)
    if paid_on is not None and paid_on > today:
        problems.append("The date of payment lies in the future.")
    if typed.method not in dict(METHODS):
        problems.append("Choose how it was paid.")
    names = dict(
        session.exec(
            select(PayerIdentifier.kind, PayerIdentifier.value)
            .where(PayerIdentifier.payer_id == payer.id)
            .order_by(col(PayerIdentifier.merged_from_id).is_(None), col(PayerIdentifier.id))  # its own are kept
        ).all()
    )
    plan, code = names.get("plan_id", ""), names.get("payer_code", "")
    own = ("XX", practice.npi) if practice.npi else ("FI", practice.tax_id)
    return x835.Remittance(
        handling="I" if paid else "H",
        paid_cents=paid,
        credit_debit="C",
        method=typed.method if paid else "NON",
        originator="",
        payment_date=paid_on,
        trace=trace,
        trace_originator="",
        trace_supplement="",
        production_date=paid_on,
        currency="",
        payer=Name("PR", payer.name, "", "", "", "XV" if plan else "", plan, False, 0),
        payer_address=None,
        payer_references=(Reference("2U", code, 0),) if code else (),
        payer_contacts=(),
        payee=Name("PE", practice.name, "", "", "", *own, False, 0),
        payee_address=None,
        payee_references=(Reference("TJ", practice.tax_id, 0),) if practice.npi and practice.tax_id else (),
        references=(),
        payer_account="",
        payee_account="",
        segment=0,
        trace_segment=0,
    )


def _claim(
    session: Session, practice_id: int, key: tuple[str, str, str], typed: Iterable[TypedLine], problems: list[str]
) -> x835.ClaimPayment:
    number, status, payer_number = key
    if status not in dict(STATUSES):
        problems.append(f"Claim {number}: choose how it was processed.")
    rows = list(typed)
    lines = tuple(_line(row, number, problems) for row in rows)
    ours = _ours(session, practice_id, number, problems)
    first = min((line.first_date for line in lines if line.first_date), default=None)
    last = max((line.last_date for line in lines if line.last_date), default=None)
    patient_cents = sum(a.cents for line in lines for a in line.adjustments if a.group == PATIENT_GROUP)
    patient = next((row.patient for row in rows if row.patient.strip()), "")
    return x835.ClaimPayment(
        patient_control_number=number,
        status=status,
        charge_cents=sum(line.charge_cents for line in lines),
        paid_cents=sum(line.paid_cents for line in lines),
        patient_cents=patient_cents or None,
        filing_indicator=ours.claim.filing_indicator if ours else "",
        payer_claim_control_number=payer_number,
        facility_code=ours.claim.facility_code if ours else "",
        frequency=ours.claim.frequency if ours else "",
        drg="",
        drg_weight=None,
        discharge_fraction=None,
        adjustments=(),
        names=(_patient(ours, patient, number, problems),),
        remarks=(),
        inpatient=(),
        outpatient=(),
        references=(),
        dates=(Dated("232", first, None, 0), Dated("233", last, None, 0)) if first and last else (),
        contacts=(),
        amounts=(),
        quantities=(),
        lines=lines,
        group_number="1",
        classification=Classification.PAID,  # reading it back decides
        failed_checks=(),
        is_damaged=False,
        set_number=1,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
    )


def _ours(session: Session, practice_id: int, number: str, problems: list[str]) -> ClaimHead | None:
    if not number or len(number) > LONGEST_FIELD:
        problems.append("Every line needs the number of its claim.")
        return None
    found = [
        head
        for head in find_by_number(session, (practice_id,), number)
        if head.claim.patient_control_number == number
    ]
    if len(found) > 1:
        problems.append(f"Claim {number}: {len(found)} claims of this practice have that number.")
    return found[0] if len(found) == 1 else None


def _patient(ours: ClaimHead | None, typed: str, number: str, problems: list[str]) -> Name:
    """Our own claim knows who it is for; otherwise the paper says."""
    if ours is not None:
        who, member = ours.patient, ours.claim.member_id
        return Name("QC", who.last_name, who.first_name, "", "", "MI" if member else "", member, True, 0)
    last, _, first = (part.strip() for part in typed.partition(","))
    if not last or len(typed) > LONGEST_FIELD:
        problems.append(f"Claim {number}: no claim of this practice has that number. Add the patient: LAST, FIRST.")
    return Name("QC", last, first, "", "", "", "", True, 0)


def _line(row: TypedLine, number: str, problems: list[str]) -> x835.ServiceLine:
    where = f"Claim {number or '?'}, {row.procedure.strip() or 'a line'}"
    code, *modifiers = re.split(r"[:\s-]+", row.procedure.strip().upper())
    if not re.fullmatch(r"[A-Z0-9]{5}", code) or any(not re.fullmatch(r"[A-Z0-9]{2}", each) for each in modifiers):
        problems.append(f"{where}: the procedure should look like 99213 or 99213:25.")
    served = _day(row.service_date, f"{where}: the date of service", problems)
    return x835.ServiceLine(
        procedure=Procedure("HC", code, tuple(modifiers), ""),
        charge_cents=_cents(row.charge, f"{where}: billed", problems),
        paid_cents=_cents(row.paid or "0", f"{where}: paid", problems),
        revenue_code="",
        units=Decimal(1),
        original_procedure=None,
        original_units=None,
        first_date=served,
        last_date=served,
        adjustments=tuple(_adjustments(row.adjustments, where, problems)),
        remarks=tuple(_remarks(row.remarks, where, problems)),
        references=(),
        dates=(),
        amounts=(),
        quantities=(),
        line_control_number="",
        allowed_cents=None,
        segment=0,
    )


def _adjustments(text: str, where: str, problems: list[str]) -> Iterable[Adjustment]:
    for part in text.upper().split(";"):
        if not part.strip():
            continue
        match = ADJUSTMENT.match(part.strip())
        if match is None or match["group"] not in GROUPS:
            problems.append(f"{where}: write adjustments as CO-45 161.39; PR-3 40 ({part.strip()} is not one).")
        elif edi.codes.carc(match["reason"]) is None:
            problems.append(f"{where}: there is no adjustment reason {match['reason']}.")
        else:
            cents = _cents(match["amount"], f"{where}: {match['group']}-{match['reason']}", problems)
            yield Adjustment(match["group"], match["reason"], cents, None, 0, 0)


def _remarks(text: str, where: str, problems: list[str]) -> Iterable[Remark]:
    for code in re.split(r"[\s,;]+", text.upper().strip()):
        if not code:
            continue
        if edi.codes.rarc(code) is None:
            problems.append(f"{where}: there is no remark code {code}.")
        yield Remark("HE", code, 0, 0)


def _provider(typed: TypedRemittance, practice: Practice, problems: list[str]) -> tuple[x835.ProviderAdjustment, ...]:
    found = []
    for row in typed.provider:
        if row.is_blank:
            continue
        reason = row.reason.strip().upper()
        if edi.codes.plb(reason) is None:
            problems.append(f"There is no provider adjustment code {reason or '(none typed)'}.")
        cents = _cents(row.amount, f"Provider adjustment {reason}", problems)
        reference = row.reference.strip()[:LONGEST_FIELD]
        who = practice.npi or practice.tax_id
        found.append(x835.ProviderAdjustment(who, None, reason, reference, cents, 1, 0, 0))
    return tuple(found)


def _sum(claim: x835.ClaimPayment) -> ClaimSum:
    adjusted = sum(adjustment.cents for line in claim.lines for adjustment in line.adjustments)
    return ClaimSum(claim.patient_control_number, claim.charge_cents, adjusted, claim.paid_cents)


def _cents(text: str, what: str, problems: list[str]) -> int:
    try:
        return parse_dollars(text)
    except ValueError as error:
        problems.append(f"{what}: {error}.")
        return 0


def _day(text: str, what: str, problems: list[str]) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        problems.append(f"{what} is missing or is no date.")
        return None
