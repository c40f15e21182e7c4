"""Letter texts: a subject, then paragraphs, with merge fields that are filled from the claim.

A letter is text that billers edit, so it runs in a sandbox that knows fields, comparisons and nothing else: no calls,
no loops, no attributes, no imports. What is typed into a field is never read as a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST_LETTER = 20_000  # characters: some eight pages
SUBJECT = "Subject:"

# Every field that a letter may name, and what it holds.
FIELDS: Final[Mapping[str, str]] = {
    "today": "the date of the letter",
    "practice_name": "the billing practice",
    "practice_npi": "its NPI",
    "practice_tax_id": "its tax id",
    "practice_address": "its address, on one line",
    "practice_phone": "its telephone",
    "practice_fax": "its fax",
    "contact": "whom the payer may ask, with the telephone",
    "payer_name": "the payer",
    "patient_name": "the patient",
    "patient_birth_date": "the patient's date of birth",
    "member_id": "the member id",
    "claim_number": "the payer's number of the claim",
    "account_number": "our patient control number",
    "service_dates": "first, or first to last date of service",
    "procedures": "the procedures with their modifiers",
    "denied_procedures": "those that were denied or reduced",
    "diagnoses": "the diagnosis codes",
    "rendering_provider": "who rendered the service",
    "authorization": "the authorization number on the claim",
    "billed": "the amount billed",
    "paid": "what the payer paid",
    "allowed": "what the payer allowed",
    "disputed": "the amount in dispute",
    "denial_code": "group and reason, like CO-197",
    "denial_words": "the reason in plain words",
    "remark_codes": "the remark codes",
    "remark_words": "the remarks in plain words",
    "remittance_date": "the date of the remittance",
    "remittance_number": "its check or EFT number",
    "first_sent_on": "when the claim was first sent",
    "times_sent": "how often it was sent",
    "accepted_on": "when the payer accepted it (277CA)",
    "acknowledged_on": "when it passed the payer's syntax check (999)",
    "filing_limit": "the payer's filing limit in words",
    "prior_payer": "the payer that decided before",
    "prior_payer_on": "the date of that payer's remittance",
    "level_name": "the level of this appeal",
    "form": "the form whose fields the letter carries",
    "prior_decision_on": "the date of the decision before this one",
    "last_day": "the last day to appeal",
    "good_cause": "why the appeal is late",
    "argument": "the biller's own argument",
    "signer": "who signs",
}

_ALLOWED_NODES: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Const),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.CondExpr),
)
_ALLOWED_FILTERS: Final = frozenset(("upper", "lower", "title", "default"))


class LetterRefused(ValueError):
    """The text cannot be used as a letter; the message says what is wrong and what is allowed."""


class Letter(NamedTuple):
    """A rendered letter."""

    subject: str
    blocks: tuple[Block, ...]
    text: str  # all of it


class Block(NamedTuple):
    """A paragraph, or the items of a list."""

    text: str
    items: tuple[str, ...] = ()


def check_letter(body: str) -> None:
    """Raises LetterRefused for a text that a letter may not be."""
    _parsed(body)


def render_letter(body: str, values: Mapping[str, str]) -> Letter:
    """The letter with its fields filled. Raises LetterRefused. A field without a value is empty."""
    _parsed(body)
    filled = {name: values.get(name, "") for name in FIELDS}
    try:
        text = _environment().from_string(body).render(filled)
    except TemplateError as error:
        raise LetterRefused(f"The letter cannot be filled: {error}.") from error
    return lay_out(text)


def lay_out(text: str) -> Letter:
    """Text as a subject and blocks: paragraphs stand apart by an empty line, list items begin with `- `."""
    cleaned = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
    subject = ""
    if cleaned.startswith(SUBJECT):
        first, _, cleaned = cleaned.partition("\n")
        subject = first.removeprefix(SUBJECT).strip()
    blocks = []
    for part in cleaned.split("\n\n"):
        lines = [line.strip() for line in part.strip().split("\n") if line.strip()]
        if lines and all(line.startswith("- ") for line in lines):
            blocks.append(Block("", tuple(line.removeprefix("- ") for line in lines)))
        elif lines:
            blocks.append(Block(" ".join(lines)))
    return Letter(subject, tuple(blocks), text.strip())


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # The text is not HTML: the packet's template escapes it when it is set on paper.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )


def _parsed(body: str) -> None:
    if not body.strip():
        raise LetterRefused("The letter is empty.")
    if len(body) > LONGEST_LETTER:
        raise LetterRefused(f"The letter is {len(body):,} characters long; at most {LONGEST_LETTER:,} are taken.")
    try:
        tree = _environment().parse(body)
    except TemplateError as error:
        line = getattr(error, "lineno", 0)
        raise LetterRefused(f"Line {line}: {error}. Write a merge field like {{{{ claim_number }}}}.") from error
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED_NODES):
            words = type(node).__name__.lower()
            raise LetterRefused(f"Line {node.lineno}: a letter may not use “{words}”, only fields and conditions.")
        if isinstance(node, nodes.Filter) and node.name not in _ALLOWED_FILTERS:
            raise LetterRefused(f"Line {node.lineno}: the filter “{node.name}” is not allowed in a letter.")
        if isinstance(node, nodes.Name) and node.name not in FIELDS:
            raise LetterRefused(f"Line {node.lineno}: there is no merge field “{node.name}”.")
