"""Loads an 835: one payment with its claims, posted whole or held whole.

Claims are posted as they come, in batches; whether the set may stand is judged when it has ended, and intake rolls
everything back if not. A held set is read again and kept without posting, so that a supervisor can see what it says.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from sqlalchemy import insert, update

from app.claims.collector import collector_held
from app.claims.directory import Directory
from app.claims.numbering import Numbers
from app.core.bulk import table_of
from app.core.money import format_cents
from app.intake.loading_contract import LoadContext, SetOutcome
from app.intake.tables import SetState
from app.ledger.journal import Journal
from app.matching.answers import AnswerBatch, Header, Numbering
from app.matching.deposit import post_deposit
from app.matching.provider_adjustments import keep_provider_adjustments
from app.matching.repeats import business_key, repeat_of
from app.matching.rows import iso
from app.matching.second_look import SecondLook
from app.matching.tables import Remittance
from edi.values import SetEnd
from edi.x835 import model as x835

BATCH = 500  # claims worked together: a few queries each, whatever the size of the file
MOST_TOUCHED = 20_000  # claims named for re-ranking: so many already mean that everything is ranked anew
UNKEPT = (SetState.DUPLICATE, SetState.TEST)  # what was said is on the books already, or must not be

remittance = table_of(Remittance)


class RemittanceLoader:
    """`SetLoader` for an 835."""

    def __init__(self, context: LoadContext) -> None:
        self._context = context
        self._connection = context.session.connection()
        self._directory = Directory(self._connection, context.now)
        self._numbering = Numbering(self._connection)
        self._source: x835.Remittance | None = None
        self._header: Header | None = None
        self._batch: list[x835.ClaimPayment] = []
        self._adjustments: list[x835.ProviderAdjustment] = []
        self._summaries: list[list[object]] = []
        self._claims = 0
        self._claims_cents = 0
        self._touched: set[int] = set()
        self._keeps = context.verdict is None or context.verdict.state not in UNKEPT

    def take(self, value: Any) -> None:
        if not self._keeps:
            return
        if isinstance(value, x835.ClaimPayment):
            self._claims += 1
            self._claims_cents += value.paid_cents
            self._batch.append(value)
            if len(self._batch) >= BATCH:
                self._work()
        elif isinstance(value, x835.Remittance):
            self._begin(value)
        elif isinstance(value, x835.ProviderAdjustment):
            self._adjustments.append(value)
        elif isinstance(value, x835.ProviderSummary):
            self._summaries.append([value.kind, *value.elements])

    def end(self, end: SetEnd) -> SetOutcome:
        if not self._keeps:
            assert self._context.verdict is not None
            return self._context.verdict
        if self._header is None or self._source is None:
            return SetOutcome(SetState.HELD, "The set breaks off before its payment (BPR, TRN): ask for it again.")
        self._work()
        key = business_key(self._source, end)
        held = self._context.verdict or repeat_of(self._connection, self._context, end, key) or self._trouble(end)
        if held is not None and self._context.posting:
            return held._replace(practice_id=self._header.practice_id, business_key=key, claims=self._claims)
        self._finish(held)
        touched = tuple(islice(self._touched, MOST_TOUCHED))
        outcome = held or SetOutcome(SetState.LOADED)
        return outcome._replace(
            practice_id=self._header.practice_id, business_key=key, claims=self._claims, touched_claim_ids=touched
        )

    def _begin(self, source: x835.Remittance) -> None:
        """The payment itself: whose it is, and its row."""
        payer_name = source.payer.last if source.payer else ""
        practice_id, npi = self._practice(source)
        codes = tuple(r.value for r in source.payer_references if r.qualifier in ("2U", "NF", "HI"))
        plan = source.payer.id if source.payer and source.payer.id_qualifier == "XV" else ""
        payer = self._directory.payer(codes=codes, plan_id=plan, name=payer_name)
        number = Numbers(self._connection, Remittance).next()
        on = source.payment_date or source.production_date or self._context.now.date()
        self._header = Header(practice_id, payer, number, self._context.file_id, source.trace, on, npi)
        self._source = source
        self._connection.execute(
            insert(remittance).values(self._remittance_row(source, number, practice_id, payer.id))
        )

    def _practice(self, source: x835.Remittance) -> tuple[int, str]:
        payee = source.payee
        npi = payee.id if payee is not None and payee.id_qualifier == "XX" else ""
        tax_id = payee.id if payee is not None and payee.id_qualifier == "FI" else ""
        tax_id = tax_id or next((r.value for r in source.payee_references if r.qualifier == "TJ"), "")
        npi = npi or next(
            (r.value for r in source.payee_references if r.qualifier == "PQ" and len(r.value) == 10), ""
        )
        name = payee.last if payee else ""
        if not npi and not tax_id:
            tax_id = payee.id if payee else ""
        return self._directory.practice(npi=npi, tax_id=tax_id, name=name), npi

    def _remittance_row(
        self, source: x835.Remittance, number: int, practice_id: int, payer_id: int
    ) -> dict[str, object]:
        held = self._context.verdict
        return {
            "id": number,
            "practice_id": practice_id,
            "payer_id": payer_id,
            "loaded_set_id": self._context.loaded_set_id,
            "file_id": self._context.file_id,
            "state": "held" if held else "posted",
            "held_reason": held.reason if held else "",
            "trace": source.trace,
            "originator": source.trace_originator,
            "method": source.method,
            "handling": source.handling,
            "payment_date": source.payment_date,
            "production_date": source.production_date,
            "paid_cents": source.paid_cents,
            "claims_cents": 0,
            "provider_adjustment_cents": 0,
            "difference_cents": 0,
            "claims": 0,
            "payer_name": source.payer.last if source.payer else "",
            "payee_name": source.payee.last if source.payee else "",
            "payee_id": source.payee.id if source.payee else "",
            "detail": _header_detail(source),
            "segment": source.segment,
            "received_at": self._context.now,
        }

    def _work(self) -> None:
        """Match and post (or keep) the claims in hand."""
        if not self._batch or self._header is None:
            return
        payer = self._directory.learn_kind(self._header.payer, self._batch[0].filing_indicator)
        self._header = self._header._replace(payer=payer)
        batch = AnswerBatch(self._connection, self._header, self._context.now, self._numbering)
        with collector_held():
            if self._context.verdict is None:
                batch.post(self._batch)
                look = SecondLook(
                    *(self._context.session, self._header.practice_id, self._context.now, self._numbering)
                )
                self._touched |= look.look(batch.made, batch.learned, are_sent=False)
            else:
                batch.keep(self._batch)
        self._touched |= batch.touched
        self._batch.clear()

    def _trouble(self, end: SetEnd) -> SetOutcome | None:
        """Why the set may not be posted, in figures (835.md §4). Never plugged.

        A wrong segment count alone holds nothing: the money proves that all is there. A set that breaks off leaves
        its last claim damaged, and its sum short.
        """
        if end.damaged_claims:
            return SetOutcome(
                SetState.HELD,
                f"{end.damaged_claims} of {end.claim_count} claims could not be read whole: see the findings. "
                "Ask for a corrected remittance, or have a supervisor post it with a reason.",
            )
        assert self._source is not None
        expected = self._claims_cents - sum(item.cents for item in self._adjustments)
        actual = self._source.paid_cents
        if expected != actual:
            return SetOutcome(
                SetState.HELD,
                f"Out of balance: its claims and provider adjustments come to {format_cents(expected)}, the payment "
                f"says {format_cents(actual)}: a difference of {format_cents(actual - expected)}. Ask for a "
                "corrected remittance, or have a supervisor post it with a reason.",
            )
        if end.unbalanced_claims:
            return SetOutcome(
                SetState.HELD,
                f"{end.unbalanced_claims} of {end.claim_count} claims do not balance in themselves (charge less "
                "adjustments is not what was paid): see the findings for expected, actual and difference. Ask the "
                "payer for a corrected remittance, or have a supervisor post it with a reason.",
            )
        return None

    def _finish(self, held: SetOutcome | None) -> None:
        """Deposit, provider adjustments, and the sums on the remittance's row."""
        header, source = self._header, self._source
        assert header is not None
        assert source is not None
        journal = None if held else Journal(self._connection, self._context.now, self._numbering.entries)
        keep_provider_adjustments(self._connection, self._adjustments, header, journal)
        if journal is not None:
            post_deposit(journal, header, source.paid_cents, source.segment)
            journal.flush()
        values: dict[str, object] = {
            "claims": self._claims,
            "claims_cents": self._claims_cents,
            "provider_adjustment_cents": sum(item.cents for item in self._adjustments),
        }
        if self._summaries:
            values["detail"] = {**_header_detail(source), "summaries": self._summaries}
        self._connection.execute(update(remittance).where(remittance.c.id == header.remittance_id).values(values))


def _header_detail(source: x835.Remittance) -> dict[str, object]:
    """What has no column; bank accounts are kept to their last four digits."""
    detail: dict[str, object] = {
        "credit_debit": source.credit_debit,
        "currency": source.currency,
        "trace_supplement": source.trace_supplement,
        "payer": list(source.payer) if source.payer else [],
        "payer_address": list(source.payer_address) if source.payer_address else [],
        "payer_references": [list(reference) for reference in source.payer_references],
        "payer_contacts": [list(contact) for contact in source.payer_contacts],
        "payee": list(source.payee) if source.payee else [],
        "payee_references": [list(reference) for reference in source.payee_references],
        "references": [list(reference) for reference in source.references],
        "payee_account_ends": source.payee_account[-4:],
        "production_date": iso(source.production_date),
    }
    return {key: value for key, value in detail.items() if value}
