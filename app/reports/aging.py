"""How old the open money is: dollars with payers by age, and the claims behind every figure.

Credits (a claim on which more was received than owed) stand apart: in the sums they would hide debt. A claim keeps
its age when it is sent again; the last bill date would reset the clock and is not offered.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session

from app.claims.tables import Practice
from app.core.bulk import Tested, table_of
from app.followup.tables import WorkScore
from app.ledger.tables import Account
from app.reports.behind import MOST_SHOWN, NAMED, Behind, behind_rows, patient, payer
from app.reports.report import Column, Line, Report, share
from app.reports.scope import BASES, Scope, claim

# Days, both ends counted (kpis.md §3).
BUCKETS = ((0, 30), (31, 60), (61, 90), (91, 120), (121, 150), (151, 180), (181, 365), (366, None))
UNDATED = "undated"
OLD_DAYS = 180

GROUPS = {"payer": "Payer", "practice": "Practice", "provider": "Provider", "state": "State"}

practice = table_of(Practice)
score = table_of(WorkScore)


def bucket_label(low: int, high: int | None) -> str:
    return f"Over {low - 1}" if high is None else f"{low}–{high}"


LABELS = tuple(bucket_label(*bucket) for bucket in BUCKETS)


class Aged(NamedTuple):
    """The report, and what it keeps out."""

    report: Report
    by_bucket: tuple[int, ...]  # cents, in the order of BUCKETS
    undated_cents: int
    credit_claims: int
    credit_cents: int  # negative
    patient_cents: int

    @property
    def open_cents(self) -> int:
        return sum(self.by_bucket) + self.undated_cents

    def older_than(self, days: int) -> int:
        """Cents older than one of the bounds: 30, 60, 90, 120, 150, 180, 365."""
        return sum(cents for (low, _), cents in zip(BUCKETS, self.by_bucket, strict=True) if low > days)


def aging(session: Session, scope: Scope, by: str = "payer") -> Aged:
    """Open with payers at the end of `scope.until`, by age. `by` is a key of GROUPS."""
    cells: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    counted: dict[str, int] = defaultdict(int)
    credits, credit_claims = 0, 0
    open_ = scope.open_by_claim(Account.INSURANCE_AR).subquery()
    named, bucket = _grouped(by), bucket_at(anchor(scope), scope.until)
    statement = (
        select(
            named.label("name"),
            bucket.label("bucket"),
            func.sum(open_.c.cents).filter(open_.c.cents > 0),
            func.count().filter(open_.c.cents > 0),
            func.sum(open_.c.cents).filter(open_.c.cents < 0),
            func.count().filter(open_.c.cents < 0),
        )
        .select_from(open_.join(claim, claim.c.id == open_.c.claim_id))
        .where(*_of_claims(scope))
        .group_by(named, bucket)
    )
    names = _names(session, by)
    for key, place, cents, claims, below, below_claims in session.execute(statement):
        name = names[key] if names else key or ""
        if claims:
            cells[name][place] += int(cents)
            counted[name] += claims
        credits += int(below or 0)
        credit_claims += below_claims
    lines = [_line(name, row, counted[name], scope, by) for name, row in cells.items()]
    lines.sort(key=lambda line: (-(line.values[-2] or 0), line.label))
    by_bucket = tuple(sum(row[place] for row in cells.values()) for place in range(len(BUCKETS)))
    undated = sum(row[-1] for row in cells.values())
    total = _line("All", {**dict(enumerate(by_bucket)), -1: undated}, sum(counted.values()), scope, "")
    report = Report(
        "aging",
        "Aging",
        f"Open with payers on {scope.until:%b} {scope.until.day}, {scope.until.year}"
        f"{', as known then' if scope.known_then else ''}; age in days since the {BASES[scope.basis]}. "
        "Credits and what patients owe are left out and stand below.",
        GROUPS[by],
        _columns(with_undated=bool(undated)),
        tuple(_fitted(line, with_undated=bool(undated)) for line in lines),
        _fitted(total, with_undated=bool(undated)),
    )
    return Aged(report, by_bucket, undated, credit_claims, credits, _patient_cents(session, scope))


def old_claims(session: Session, scope: Scope, *, bucket: str, by: str = "", name: str = "") -> Behind:
    """The claims behind one figure, largest first."""
    open_ = scope.open_by_claim(Account.INSURANCE_AR).subquery()
    since = anchor(scope)
    conditions = [*_of_claims(scope), open_.c.cents > 0, *_in_bucket(since, bucket, scope.until)]
    if by in GROUPS:
        conditions.append(func.coalesce(_group(by), "") == name)
    joined = _joined(open_)
    count, cents = session.execute(
        select(func.count(), func.coalesce(func.sum(open_.c.cents), 0)).select_from(joined).where(*conditions)
    ).one()
    with_names = joined.join(patient, patient.c.id == claim.c.patient_id)
    rows = session.execute(
        select(*NAMED, since, open_.c.cents, score.c.why)
        .select_from(with_names.outerjoin(score, score.c.claim_id == claim.c.id))
        .where(*conditions)
        .order_by(open_.c.cents.desc(), claim.c.id)
        .limit(MOST_SHOWN)
    )
    return Behind(behind_rows(rows, scope.until), int(count), int(cents))


def anchor(scope: Scope) -> ColumnElement[Any]:
    """The date from which a claim is aged; where it is not known, the other one."""
    first, second = claim.c.first_billed_on, claim.c.first_service
    return func.coalesce(first, second) if scope.basis == "bill" else func.coalesce(second, first)


def bucket_at(since: ColumnElement[Any], until: date) -> ColumnElement[int]:
    """The place in BUCKETS; -1 where no date is known. A date after `until` counts as new."""
    bounds = [(since >= until - timedelta(days=high), place) for place, (_, high) in enumerate(BUCKETS) if high]
    return case((since.is_(None), -1), *bounds, else_=len(BUCKETS) - 1)


def _in_bucket(since: ColumnElement[Any], bucket: str, until: date) -> list[ColumnElement[bool]]:
    """`bucket` is a place in BUCKETS, "old" (over 180 days), "undated", or "" for all."""
    if bucket == UNDATED:
        return [since.is_(None)]
    if bucket == "old":
        return [since < until - timedelta(days=OLD_DAYS)]
    if not (bucket.isascii() and bucket.isdigit() and int(bucket) < len(BUCKETS)):
        return []
    low, high = BUCKETS[int(bucket)]
    found: list[ColumnElement[bool]] = [] if high is None else [since >= until - timedelta(days=high)]
    return [*found, since <= until - timedelta(days=low)] if low else found


def _grouped(by: str) -> ColumnElement[Any]:
    """What the claims are grouped by: numbers, whose names are looked up once and not for every claim."""
    known: dict[str, ColumnElement[Any]] = {"payer": claim.c.payer_id, "practice": claim.c.practice_id}
    return Tested(known[by] if by in known else _group(by))  # else SQLite reads the claims in that order, all over


def _names(session: Session, by: str) -> dict[int, str]:
    """Of payers or practices. Two that have one name are one line."""
    table = {"payer": payer, "practice": practice}.get(by)
    if table is None:
        return {}
    return {row.id: row.name for row in session.execute(select(table.c.id, table.c.name))}


def _of_claims(scope: Scope) -> list[ColumnElement[bool]]:
    """Behind the walls are the balances already, and a claim is of its balance's practice."""
    return [claim.c.payer_id == scope.payer] if scope.payer else []


def _group(by: str) -> ColumnElement[Any]:
    known: dict[str, ColumnElement[Any]] = {
        "payer": payer.c.name,
        "practice": practice.c.name,
        "provider": claim.c.rendering_name,
        "state": claim.c.state,
    }
    return known[by]


def _joined(open_: Any) -> Any:
    return (
        open_.join(claim, claim.c.id == open_.c.claim_id)
        .join(payer, payer.c.id == claim.c.payer_id)
        .join(practice, practice.c.id == claim.c.practice_id)
    )


def _line(name: str, row: dict[int, int], claims: int, scope: Scope, by: str) -> Line:
    cents = [row.get(place, 0) for place in range(len(BUCKETS))]
    undated = row.get(-1, 0)
    total = sum(cents) + undated
    old = sum(value for (low, _), value in zip(BUCKETS, cents, strict=True) if low > OLD_DAYS)
    places = [*map(str, range(len(BUCKETS))), UNDATED, ""]
    chosen = {"by": by, "name": name} if by else {}
    links = [
        scope.address("/reports/aging/claims", bucket=place, **chosen) if value else ""
        for place, value in zip(places, [*cents, undated, total], strict=True)
    ]
    old_link = scope.address("/reports/aging/claims", bucket="old", **chosen) if old else ""
    label = name or "Not told"
    return Line(label, (claims, *cents, undated, total, share(old, total)), ("", *links, old_link))


def _columns(*, with_undated: bool) -> tuple[Column, ...]:
    found = [Column("claims", "Claims", "count")]
    found += [Column(f"days_{low}", label, "money") for (low, _), label in zip(BUCKETS, LABELS, strict=True)]
    found += [Column(UNDATED, "No date", "money")] if with_undated else []
    return (*found, Column("open", "Open", "money"), Column("old_share", f"Over {OLD_DAYS}", "share"))


def _fitted(line: Line, *, with_undated: bool) -> Line:
    """Without the column of undated claims where there are none."""
    if with_undated:
        return line
    place = 1 + len(BUCKETS)
    return Line(
        line.label, line.values[:place] + line.values[place + 1 :], line.links[:place] + line.links[place + 1 :]
    )


def _patient_cents(session: Session, scope: Scope) -> int:
    owed = scope.open_by_claim(Account.PATIENT_AR).subquery()
    source = owed.join(claim, claim.c.id == owed.c.claim_id) if scope.payer else owed
    statement = (
        select(func.coalesce(func.sum(owed.c.cents), 0))
        .select_from(source)
        .where(owed.c.cents > 0, *_of_claims(scope))
    )
    return int(session.execute(statement).scalar_one())
