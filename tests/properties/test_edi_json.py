"""What must always hold of rows written: any values of any transaction are read back as they were."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.edi.json_rows import rows_in, said, wire_of

Row = dict[str, Any]

# Rows are large: what does not fit Hypothesis' buffer is dropped, and that is all that is filtered.
LARGE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
quick = settings(max_examples=30, deadline=None, suppress_health_check=LARGE)

text = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -'.é", min_size=1, max_size=10).map(
    lambda words: words.strip() or "X"
)
maybe = st.just("") | text
number = st.text("0123456789", min_size=1, max_size=9)
code = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=5)
cents = st.integers(-(10**11), 10**11)
positive = st.integers(0, 10**9)
day = st.dates().filter(lambda one: one.year > 1000).map(lambda one: one.isoformat())
maybe_day = st.none() | day
units = st.integers(0, 9999) | st.decimals(0, 999, places=2).map(float)
modifiers = st.lists(code, max_size=4)


def listed(one: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, max_size=most)


def row(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(keys)


def just(value: Any) -> st.SearchStrategy[Any]:
    return st.just(value)


def name(*roles: str, is_person: bool = False) -> st.SearchStrategy[Row]:
    return row(
        role=st.sampled_from(roles),
        last=text,
        first=text if is_person else just(""),
        middle=maybe if is_person else just(""),
        suffix=maybe if is_person else just(""),
        id_qualifier=code,
        id=text,
        is_person=just(is_person),
    )


def spans(last: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({"qualifier": code, "from": day, "to": last})


reference = row(qualifier=code, value=text)
amount = row(qualifier=code, cents=cents)
quantity = row(qualifier=code, value=units)
adjustment = row(group=code, reason=code, cents=cents, quantity=st.none() | units)
address = row(line1=text, line2=maybe, city=text, state=maybe, postal_code=number, country=maybe)
contact = row(
    function=code,
    name=maybe,
    numbers=st.lists(row(qualifier=code, number=number), min_size=1, max_size=3),
)
attachment = row(type=code, transmission=code, control_number=maybe)
note = row(code=code, text=text)
outcome: st.SearchStrategy[list[str]] = st.just([]) | st.lists(maybe, min_size=2, max_size=9).map(
    lambda every: [*every, "MA01"]
)
procedure = {
    "procedure": code,
    "procedure_qualifier": st.sampled_from(["HC", "AD", "N4"]),
    "modifiers": modifiers,
    "procedure_description": maybe,
}

paid_line = row(
    **procedure,
    charge_cents=cents,
    paid_cents=cents,
    revenue_code=maybe,
    units=units,
    original_procedure=code,
    original_procedure_qualifier=just("HC"),
    original_modifiers=modifiers,
    original_procedure_description=maybe,
    original_units=st.none() | units,
    adjustments=listed(adjustment, 7),
    remarks=just(["N130", "XYZ"]),
    remark_qualifiers=just(["HE", "RX"]),
    references=listed(reference),
    dates=listed(spans(maybe_day)),
    amounts=listed(amount),
    quantities=listed(quantity),
)
paid_claim = row(
    kind=just("claim"),
    patient_control_number=text,
    status=code,
    charge_cents=cents,
    paid_cents=cents,
    patient_cents=st.none() | cents,
    filing_indicator=maybe,
    payer_claim_control_number=maybe,
    facility_code=maybe,
    frequency=maybe,
    drg=maybe,
    drg_weight=st.none() | units,
    discharge_fraction=st.none() | units,
    adjustments=listed(adjustment, 7),
    names=listed(name("QC", "IL", "74", is_person=True) | name("82", "TT", "PR")),
    inpatient=outcome,
    outpatient=outcome,
    references=listed(reference),
    dates=listed(spans(maybe_day)),
    contacts=listed(contact),
    amounts=listed(amount),
    quantities=listed(quantity),
    lines=listed(paid_line),
    group_number=number,
)
remittance = row(
    kind=just("remittance"),
    payer=text,
    payer_id=number,
    payer_id_qualifier=code,
    payee=text,
    payee_id=number,
    payee_id_qualifier=code,
    trace=text,
    trace_originator=maybe,
    trace_supplement=maybe,
    originating_company=maybe,
    method=code,
    handling=code,
    format=maybe,
    date=day,
    paid_cents=cents,
    credit_debit=code,
    production_date=maybe_day,
    currency=maybe,
    payer_address=st.none() | address,
    payee_address=st.none() | address,
    payer_contacts=listed(contact),
    payer_references=listed(reference),
    payee_references=listed(reference),
    references=listed(reference),
    payer_bank=number,
    payer_bank_qualifier=just("01"),
    payer_account=maybe,
)
provider_adjustment = row(
    kind=just("provider_adjustment"),
    provider_id=number,
    fiscal_period_end=maybe_day,
    reason=code,
    reference=maybe,
    cents=cents,
)
summary = row(
    kind=just("provider_summary"),
    segment_id=st.sampled_from(["TS2", "TS3"]),
    elements=st.lists(maybe, min_size=1, max_size=6).map(lambda every: [*every, "1"]),
    group_number=number,
)

status_code = row(category=code, status=code, entity=maybe, code_list=maybe)
information = row(
    codes=st.lists(status_code, min_size=1, max_size=3),
    effective=maybe_day,
    action=st.sampled_from(["", "WQ", "U"]),
    charge_cents=st.none() | cents,
    paid_cents=st.none() | cents,
    decided=maybe_day,
    payment_method=maybe,
    payment_date=maybe_day,
    trace=maybe,
    text=maybe,
)
status_line = row(
    **procedure,
    charge_cents=st.none() | cents,
    paid_cents=st.none() | cents,
    revenue_code=maybe,
    units=st.none() | units,
    statuses=listed(information),
    references=listed(reference),
    dates=listed(spans(maybe_day)),
)
status = row(
    kind=just("status"),
    trace=text,
    payer=name("PR"),
    payer_contacts=listed(contact, 1),
    receiver=name("41"),
    provider=name("1P"),
    subscriber=name("IL", is_person=True),
    subscriber_birth_date=maybe_day,
    subscriber_sex=maybe,
    patient=st.none() | name("QC", is_person=True),
    patient_birth_date=day,
    patient_sex=maybe,
    statuses=st.lists(information, min_size=1, max_size=3),
    lines=listed(status_line),
    references=listed(reference.filter(lambda one: one["qualifier"] not in ("1K", "EJ"))),
    dates=listed(spans(maybe_day)),
    contacts=listed(contact),
    attachments=listed(attachment),
)

party_keys = {"address": st.none() | address, "references": listed(reference), "contacts": listed(contact, 2)}


def party(*roles: str, taxonomy: st.SearchStrategy[str] = maybe) -> st.SearchStrategy[Row]:
    return row(name=name(*roles), taxonomy=taxonomy, **party_keys)


def insured(role: str, relationship: str) -> st.SearchStrategy[Row]:
    return row(
        name=name(role, is_person=True),
        address=st.none() | address,
        birth_date=maybe_day,
        sex=maybe,
        relationship=just(relationship),
        references=listed(reference),
    )


other_payer = row(
    order=code,
    relationship=just("18"),
    group_number=maybe,
    plan_name=maybe,
    insurance_type=maybe,
    filing_indicator=maybe,
    benefits_assigned=maybe,
    release_of_information=maybe,
    adjustments=listed(adjustment, 7),
    amounts=listed(amount),
    payer=name("PR"),
    paid_on=maybe_day,
    references=listed(reference),
    inpatient=outcome,
    outpatient=outcome,
    providers=listed(party("82", "DN", taxonomy=just(""))),
)
adjudication = row(
    payer_id=number,
    paid_cents=cents,
    **procedure,
    revenue_code=maybe,
    units=st.none() | units,
    bundled_line=maybe,
    adjustments=listed(adjustment, 7),
    amounts=listed(amount),
    paid_on=maybe_day,
)
submitted_line = row(
    **procedure,
    charge_cents=positive,
    unit_basis=code,
    units=units,
    place_of_service=maybe,
    pointers=st.lists(st.sampled_from("1234"), min_size=1, max_size=4),
    dates=listed(spans(maybe_day)),
    references=listed(reference),
    notes=listed(note),
    providers=listed(party("82", "DN")),
    drug=just([]) | just(["LIN", "", "N4", "01234567890", "CTP", "", "", "", "2", "UN"]),
    amounts=listed(amount),
    quantities=listed(quantity),
    attachments=listed(attachment),
    fixed_format=listed(text),
    adjudications=listed(adjudication, 2),
)
submitted_claim = row(
    kind=just("claim"),
    patient_control_number=text,
    charge_cents=positive,
    facility_code=number.map(lambda digits: digits[:2]),
    facility_qualifier=just("B"),
    frequency=just("1"),
    payer_order=code,
    group_number=maybe,
    plan_name=maybe,
    filing_indicator=maybe,
    assignment=maybe,
    benefits_assigned=maybe,
    release_of_information=maybe,
    delay_reason=maybe,
    billing_provider=party("85"),
    pay_to=st.none() | row(name=name("87"), **party_keys),
    payer=row(name=name("PR"), **party_keys),
    subscriber=insured("IL", "18"),
    patient=st.none() | insured("QC", "19"),
    providers=listed(party("82", "DN", "77")),
    diagnoses=st.lists(
        row(qualifier=st.sampled_from(["ABK", "ABF", "APR"]), code=code, present_on_admission=maybe),
        min_size=1,
        max_size=14,
    ),
    drg=maybe,
    code_details=listed(st.tuples(st.sampled_from(["BG", "BH", "BE"]), code).map(list)),
    references=listed(reference),
    dates=listed(spans(maybe_day)),
    amounts=listed(amount),
    notes=listed(note),
    attachments=listed(attachment),
    contract=outcome,
    repricing=outcome,
    conditions=just([]) | just([["CRC", "07", "Y", "01"]]),
    fixed_format=listed(text),
    other_payers=listed(other_payer, 2),
    lines=st.lists(submitted_line, min_size=1, max_size=3),
)
submission = row(
    kind=just("submission"),
    transaction=just("837P"),
    purpose=code,
    reference=text,
    date=day,
    time=just("12:30"),
    claim_or_encounter=code,
    submitter=name("41"),
    submitter_contacts=listed(contact),
    receiver=name("40"),
)
ENVELOPE = {"interchange": {"sender": "A", "receiver": "B"}}
MARKS = "*|~^:<>!$&;%#@+=/\t\x1c\x1d\x1e\x1f"  # none of them stands in the values above
delimiters = (
    st.permutations(MARKS)
    .filter(lambda marks: marks[3] != "\t")
    .map(lambda marks: dict(zip(("element", "component", "repetition", "segment"), marks[:4], strict=True)))
)


def holds(expected: Any, read: Any) -> bool:
    """What was given is read; where nothing was given anything may be."""
    if isinstance(expected, dict):
        return isinstance(read, dict) and all(holds(value, read[key]) for key, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(read) and all(map(holds, expected, read))
    return bool(expected == read)


def assert_read_back(first: Row, *rows: Row, marks: dict[str, str]) -> None:
    wire = wire_of({**first, "envelope": {**ENVELOPE, "delimiters": marks}}, *rows)
    read = rows_in(wire)
    assert len(read) == len(rows) + 2
    for one, found in zip((first, *rows), read, strict=False):
        assert holds({key: value for key, value in one.items() if key != "envelope"}, found)
    assert said(rows_in(wire_of(*read))) == said(read)


@quick
@given(remittance, listed(paid_claim | summary), listed(provider_adjustment, 7), delimiters)
def test_any_payment_is_read_back(
    first: Row, details: list[Row], adjustments: list[Row], marks: dict[str, str]
) -> None:
    assert_read_back(first, *details, *adjustments, marks=marks)


@quick
@given(submission, st.lists(submitted_claim, min_size=1, max_size=2), delimiters)
def test_any_submission_is_read_back(first: Row, claims: list[Row], marks: dict[str, str]) -> None:
    claims = [{key: value for key, value in one.items() if key != "patient" or value is not None} for one in claims]
    assert_read_back(first, *claims, marks=marks)


@quick
@given(st.lists(status, min_size=1, max_size=3), delimiters)
def test_any_statuses_are_read_back(claims: list[Row], marks: dict[str, str]) -> None:
    report = {"kind": "report", "transaction": "277", "reference": "R1"}
    rows = []
    for one in claims:
        if one["patient"] is None:  # the subscriber is the patient
            one = {key: value for key, value in one.items() if not key.startswith("patient")}
            one |= {"patient_birth_date": one["subscriber_birth_date"], "patient_sex": one["subscriber_sex"]}
        rows.append(one)
    assert_read_back(report, *rows, marks=marks)
