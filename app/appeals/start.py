"""Start an appeal: which decision, at which level, until when; and change it while it is a draft."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.appeals.case import CaseFile, Issue
from app.appeals.letter_templates import choose_letter, current_letters, keep_seeds
from app.appeals.letters import check_letter
from app.appeals.levels import Level
from app.appeals.tables import Appeal, AppealState, LetterTemplate
from app.audit.record import record
from app.core.clock import Clock
from app.core.money import format_cents
from workqueues.refusals import Refusal, Step, refusals

LONGEST_ARGUMENT = 12_000
LONGEST_GOOD_CAUSE = 1_000
NAME_LENGTH = 120
OPEN_ALREADY = "An appeal of this claim is open already. Decide or withdraw it first."


class AppealRefused(ValueError):
    """The appeal may not be started or sent. `rules` are those that stand against it; () for anything else."""

    def __init__(self, says: str, rules: tuple[Refusal, ...] = ()) -> None:
        super().__init__(says)
        self.rules = rules


def objections(
    file: CaseFile, issue: Issue | None, level: Level, clock: Clock, *, amount_cents: int, good_cause: str = ""
) -> tuple[Refusal, ...]:
    """Every rule that stands against appealing this decision at this level today."""
    today = clock.today()
    case = file.case(issue, level, amount_cents=amount_cents, good_cause=good_cause, today=today)
    return refusals(Step.APPEAL, case, today)


def start_appeal(
    session: Session,
    clock: Clock,
    file: CaseFile,
    issue: Issue | None,
    level: Level,
    *,
    person_id: int,
    signer: str = "",
    argument: str = "",
    amount_cents: int | None = None,
    good_cause: str = "",
    batch_id: int | None = None,
) -> Appeal:
    """A draft with its clock and letter. Raises AppealRefused. The caller commits."""
    amount = issue.cents if amount_cents is None and issue else amount_cents or 0
    stands = objections(file, issue, level, clock, amount_cents=amount, good_cause=good_cause)
    if stands or issue is None:
        raise AppealRefused(" ".join(refusal.sentence for refusal in stands), stands)
    if file.open_appeal is not None:
        raise AppealRefused(OPEN_ALREADY)
    claim = file.head.claim
    check_amount(amount, claim.charge_cents)
    runs = file.clock(level, issue)
    keep_seeds(session, clock)
    payer = file.head.payer
    assert claim.id is not None
    assert payer.id is not None
    assert issue.answer.payment.id is not None
    letter = choose_letter(
        current_letters(session),
        category=issue.category,
        payer_id=payer.id,
        payer_kind=payer.kind,
        level_key=level.key,
    )
    made = Appeal(
        practice_id=claim.practice_id,
        claim_id=claim.id,
        payer_id=payer.id,
        claim_payment_id=issue.answer.payment.id,
        denial_id=issue.denial.id if issue.denial else None,
        batch_id=batch_id,
        category=issue.category,
        group=issue.group,
        reason=issue.reason,
        remarks=" ".join(issue.remarks),
        amount_cents=amount,
        argument=_argument(argument),
        level=level.number,
        level_key=level.key,
        level_name=level.name,
        rule_id=runs.rule_id,
        rule_words=runs.words,
        rule_authority=runs.authority,
        rule_confidence=runs.confidence,
        needs_check=runs.needs_check,
        anchor_on=runs.anchor_on,
        evidence=runs.evidence,
        legal_last_day=runs.last_day,
        safe_day=runs.safe_day,
        good_cause=good_cause.strip()[:LONGEST_GOOD_CAUSE],
        template_id=letter.id,
        signer=(file.letterhead.signer or signer).strip()[:NAME_LENGTH],
        made_by_id=person_id,
        made_at=clock.now(),
        changed_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:  # somebody else began one in this very moment
        raise AppealRefused(OPEN_ALREADY) from error
    _log(session, "appeals.start", made, {"level": level.name, "rule": runs.rule_id, "cents": amount})
    return made


def change_appeal(
    session: Session,
    clock: Clock,
    file: CaseFile,
    appeal: Appeal,
    *,
    argument: str,
    amount_cents: int,
    signer: str,
    good_cause: str = "",
    template_id: int | None = None,
    letter: str = "",
) -> None:
    """Change a draft. Raises AppealRefused when it has left the desk, LetterRefused for its text."""
    if appeal.state != AppealState.DRAFT:
        raise AppealRefused("It is not a draft any more. Take it back from the outbox to change it.")
    check_amount(amount_cents, file.head.claim.charge_cents)
    template = session.get(LetterTemplate, template_id) if template_id else None
    if template is not None and template.id != appeal.template_id:
        appeal.template_id, letter = template.id, ""  # another letter: the old one's own text goes
    text = letter.replace("\r\n", "\n").strip()
    written_with = template or session.get(LetterTemplate, appeal.template_id)
    if written_with is not None and text == written_with.body.strip():
        text = ""  # left as the template has it: it stays the template's
    if text:
        check_letter(text)
    appeal.argument, appeal.amount_cents = _argument(argument), amount_cents
    appeal.signer, appeal.good_cause = signer.strip()[:NAME_LENGTH], good_cause.strip()[:LONGEST_GOOD_CAUSE]
    appeal.letter = text
    appeal.changed_at = clock.now()
    session.add(appeal)
    _log(session, "appeals.change", appeal, {"cents": amount_cents})


def check_amount(cents: int, billed_cents: int) -> None:
    if not 0 < cents <= billed_cents:
        raise AppealRefused(
            f"The amount in dispute is {format_cents(cents)}; "
            f"it must be more than nothing and at most what was billed, {format_cents(billed_cents)}."
        )


def _argument(text: str) -> str:
    argument = text.replace("\r\n", "\n").strip()
    if len(argument) > LONGEST_ARGUMENT:
        raise AppealRefused(
            f"The argument is {len(argument):,} characters long; at most {LONGEST_ARGUMENT:,} are taken."
        )
    return argument


def _log(session: Session, action: str, appeal: Appeal, detail: dict[str, object]) -> None:
    record(
        session,
        action,
        object_type="appeal",
        object_id=appeal.id or "",
        practice_id=appeal.practice_id,
        detail={"claim": appeal.claim_id, **detail},
    )
