"""The segments of an 835 in plain words: payment, claims, lines, adjustments, remarks."""

from __future__ import annotations

from edi.codes.explain import explain_adjustment, explain_claim_status, explain_provider_adjustment
from edi.describe.envelopes import Words
from edi.describe.masking import Mask
from edi.describe.words import coded, day, facts, labelled, money, procedure, remark
from edi.wire import WireSegment

TRIPLETS = range(2, 20, 3)  # CAS02 05 08 11 14 17: reason, then amount, then quantity
PAIRS = range(3, 15, 2)  # PLB03 05 07 09 11 13: reason and reference, then amount
INPATIENT_REMARKS = (5, 20, 21, 22, 23)  # MIA
OUTPATIENT_REMARKS = (3, 4, 5, 6, 7)  # MOA


def bpr(segment: WireSegment, mask: Mask) -> str:
    method = coded("payment_method", segment.get(4))
    paid = "taken back" if segment.get(3) == "D" else "paid"
    return facts(
        f"{money(segment.get(2))} {paid}",
        method,
        labelled("dated", day(segment.get(16))),
        coded("handling", segment.get(1)),
        labelled("to account", mask.hidden(segment.get(15))),
    )


def trn(segment: WireSegment, mask: Mask) -> str:
    if segment.get(3):
        return facts(f"Payment trace {segment.get(2)}", labelled("from", segment.get(3)))
    return f"Trace {mask.id(segment.get(2))}"


def clp(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Claim {mask.id(segment.get(1))}: {explain_claim_status(segment.get(2))}",
        f"charged {money(segment.get(3))}, paid {money(segment.get(4))}",
        labelled("patient owes", money(segment.get(5))),
        coded("filing_indicator", segment.get(6)),
        labelled("payer's number", mask.id(segment.get(7))),
        frequency(segment.get(9)),
    )


def cas(segment: WireSegment, mask: Mask) -> str:
    group = segment.get(1)
    said = [
        f"{money(segment.get(index + 1)) or '$0.00'}: {explain_adjustment(group, segment.get(index))}"
        f" ({group}-{segment.get(index)})"
        for index in TRIPLETS
        if segment.get(index)
    ]
    return facts("Not paid " + said[0], said[1:]) if said else "Adjustment without a reason"


def svc(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Line {procedure(segment, 1)}: charged {money(segment.get(2))}, paid {money(segment.get(3))}",
        labelled("units", segment.get(5)),
        labelled("sent as", procedure(segment, 6)),
    )


def lq(segment: WireSegment, mask: Mask) -> str:
    return f"Remark {remark(segment.get(2))}" if segment.get(1) == "HE" else f"Reject code {segment.get(2)}"


def mia(segment: WireSegment, mask: Mask) -> str:
    return adjudication("Inpatient", segment, INPATIENT_REMARKS)


def moa(segment: WireSegment, mask: Mask) -> str:
    return adjudication("Outpatient", segment, OUTPATIENT_REMARKS)


def adjudication(kind: str, segment: WireSegment, indexes: tuple[int, ...]) -> str:
    said = [f"remark {remark(segment.get(index))}" for index in indexes if segment.get(index)]
    return facts(f"{kind} decision", said)


def plb(segment: WireSegment, mask: Mask) -> str:
    said = []
    for index in PAIRS:
        reason, *reference = segment.components(index)
        if reason:
            amount = segment.get(index + 1)
            effect = "added to" if amount.startswith("-") else "taken from"
            text = (
                f"{money(amount.lstrip('-'))} {effect} the payment: {explain_provider_adjustment(reason)} ({reason})"
            )
            said.append(text + (f", reference {mask.id(reference[0])}" if reference and reference[0] else ""))
    return facts(f"Provider {mask.id(segment.get(1))}", said)


def ts3(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Summary for provider {mask.id(segment.get(1))}",
        labelled("claims", segment.get(4)),
        labelled("charged", money(segment.get(5))),
    )


def frequency(code: str) -> str:
    return "" if code in ("", "1") else coded("frequency", code)


WORDS: dict[str, Words] = {
    "BPR": bpr,
    "TRN": trn,
    "CLP": clp,
    "CAS": cas,
    "SVC": svc,
    "LQ": lq,
    "MIA": mia,
    "MOA": moa,
    "PLB": plb,
    "TS3": ts3,
}
