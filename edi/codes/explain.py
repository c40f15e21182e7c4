"""Codes in plain words, for people: `Patient deductible`, not `PR-1`. An unknown code says that it is unknown."""

from __future__ import annotations

from edi import codes

# Group and reason read together: the same reason changes who pays (fact book, denials.md §1).
PAIRS: dict[tuple[str, str], str] = {
    ("CO", "45"): "Contract write-off: charge above the agreed rate",
    ("PR", "45"): "Charge above the plan's rate, non-participating: the patient may owe it unless the law protects",
    ("CO", "50"): "Not seen as medically necessary; the provider bears it",
    ("PR", "50"): "Not seen as medically necessary; the patient bears it (needs a signed notice)",
    ("CO", "96"): "Not covered; by contract the provider absorbs it",
    ("PR", "96"): "Not covered; the patient may be billed",
    ("CO", "204"): "Not covered by this plan; by contract the provider absorbs it",
    ("PR", "204"): "Not covered by this plan; the patient may be billed",
    ("CO", "197"): "Authorization was not obtained; the provider bears it and may not bill the patient",
    ("PR", "197"): "Authorization was the member's duty and was not obtained",
    ("OA", "23"): "What the prior payer already settled; posted before",
    ("OA", "18"): "Duplicate of a claim already received",
    ("CO", "253"): "Medicare sequestration reduction",
}

BEARER = {
    "CO": "the provider bears it",
    "PR": "the patient or the next payer owes it",
    "OA": "no one named: research",
    "PI": "the payer's own reduction: dispute it",
    "CR": "correction of an earlier decision",
}


def explain_adjustment(group: str, reason: str) -> str:
    """One CAS triplet in words, e.g. `Patient deductible`, `Bundled …; the provider bears it`."""
    if pair := PAIRS.get((group, reason)):
        return pair
    row = codes.carc(reason)
    text = row.label if row else f"Reason {reason} (not in our list)"
    if row and row.nature == "patient-share" and group == "PR":
        return text
    return borne(text, group)


def borne(text: str, group: str) -> str:
    """What a reason is called, and who bears it by its group."""
    if bearer := BEARER.get(group):
        return f"{text}; {bearer}"
    return f"{text}; group {group} (not in our list)" if group else text


def explain_reason(code: str) -> str:
    """A CARC alone."""
    row = codes.carc(code)
    return marked(row.label, row) if row else f"Reason {code} (not in our list)"


def explain_remark(code: str) -> str:
    """A RARC. Alerts are information only and never explain money."""
    row = codes.rarc(code)
    if row is None:
        return f"Remark {code} (not in our list)"
    return marked(row.label or f"Remark {code} ({row.kind})", row)


def explain_provider_adjustment(code: str) -> str:
    row = codes.plb(code)
    return row.label if row else f"Provider adjustment {code} (not in our list)"


def explain_status(category: str, status: str = "", entity: str = "") -> str:
    """One STC composite: what happened, about what, whose data."""
    known = codes.status_category(category)
    parts = [known.label if known else f"Category {category} (not in our list)"]
    if status:
        reason = codes.status_code(status)
        parts.append(reason.label if reason else f"status {status} (not in our list)")
    if entity:
        parts.append(codes.entity(entity) or f"entity {entity} (not in our list)")
    return "; ".join(parts)


def explain_claim_status(code: str) -> str:
    """CLP02."""
    return codes.claim_status(code) or f"Claim status {code} (not in our list)"


def marked(label: str, row: codes.Carc | codes.Rarc) -> str:
    return f"{label} (retired code)" if row.is_retired else label
