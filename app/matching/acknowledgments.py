"""Loads 999, 997 and TA1: whether what we sent could be read at all.

They name no claims, only control numbers: a rejected set rejects every claim sent in it, by our GS06 and ST02 (and
ISA13 for a TA1). What a group's answer does not name shares the group's own result. A rejection here means that no
claim exists at the payer: the filing clock keeps running. One that comes before the 837 it answers is kept until that
one is loaded (`acknowledged.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from app.intake.loading_contract import LoadContext, SetOutcome
from app.intake.tables import SetState
from app.matching import inquiry_refusals
from app.matching.acknowledged import answer, words_of_waiting
from app.matching.repeats import repeat_of
from app.matching.tables import Acknowledgment
from edi.values import SetEnd
from edi.x999.model import GroupAcknowledgment, InterchangeAcknowledgment, SetAcknowledgment

CLAIMS_GROUP = ("", "HC")  # AK101 of an 837; a 997 may leave it out


class AcknowledgmentLoader:
    """`SetLoader` for a 999, a 997 or a TA1."""

    def __init__(self, context: LoadContext) -> None:
        self._context = context
        self._said: list[Acknowledgment] = []

    def take(self, value: Any) -> None:
        if not self._context.posting:
            return
        if isinstance(value, GroupAcknowledgment):
            self._group(value)
        elif isinstance(value, InterchangeAcknowledgment):
            self._interchange(value)

    def end(self, end: SetEnd) -> SetOutcome:
        context = self._context
        if context.verdict is not None:
            return context.verdict
        repeated = repeat_of(context.session.connection(), context, end)
        if repeated is not None:
            return repeated
        context.session.add_all(self._said)
        context.session.flush()
        touched = answer(context.session, self._said, context.now)
        return SetOutcome(
            SetState.LOADED, reason=words_of_waiting(self._said), touched_claim_ids=tuple(sorted(touched))
        )

    def _group(self, group: GroupAcknowledgment) -> None:
        self._refused(
            inquiry_refusals.of_group(
                self._context, group, {each.segment: _why(each) for each in group.sets if each.is_rejected}
            )
        )
        if group.functional_id not in CLAIMS_GROUP:
            return
        said = {
            "kind": group.kind,
            "group_control_number": group.group_control_number,
            "last_segment": group.last_segment,
            "start_offset": group.start_offset,
            "end_offset": group.end_offset,
        }
        rest = group.unnamed_result
        if rest:
            which = "the rest of the group" if group.sets else "the whole group"
            words = f"{which} was rejected for its syntax" if rest == "R" else ""
            self._keep(**said, is_rejected=rest == "R", segment=group.segment, words=words)
        for each in group.sets:
            if each.is_accepted or each.is_rejected:  # what broke off or says neither is not taken
                self._keep(
                    **said,
                    set_control_number=each.control_number,
                    is_rejected=each.is_rejected,
                    segment=each.segment,
                    words=_why(each) if each.is_rejected else "",
                )

    def _interchange(self, said: InterchangeAcknowledgment) -> None:
        self._refused(inquiry_refusals.of_interchange(self._context, said))
        if said.result != "R":
            return
        self._keep(
            kind="TA1",
            interchange_control_number=said.control_number,
            sent_on=said.sent_on,
            is_rejected=True,
            segment=said.segment,
            last_segment=said.segment,
            words=f"the interchange was rejected (TA1 note {said.note}); send the file again",
        )

    def _refused(self, inquiry: dict[str, Any] | None) -> None:
        if inquiry is not None:
            inquiry_refusals.keep(self._context, [inquiry])

    def _keep(self, **said: Any) -> None:
        self._said.append(kept(self._context, said_on=self._day(), **said))

    def _day(self) -> date:
        """The day of the acknowledgment, as its interchange says it."""
        interchange = self._context.start.interchange
        return (interchange.sent_on if interchange else None) or self._context.now.date()


def kept(context: LoadContext, **said: Any) -> Acknowledgment:
    """The row of one answer, with what its envelope says."""
    interchange = context.start.interchange
    return Acknowledgment(
        loaded_set_id=context.loaded_set_id,
        file_id=context.file_id,
        receiver=interchange.receiver.strip() if interchange else "",
        received_at=context.now,
        **said,
    )


def _why(answer: SetAcknowledgment) -> str:
    """The first error in words, and how many there are."""
    if not answer.errors:
        return f"the transaction was rejected for its syntax (999 codes {' '.join(answer.codes) or 'none'})"
    error = answer.errors[0]
    more = f", and {len(answer.errors) - 1} more" if len(answer.errors) > 1 else ""
    element = f", element {error.elements[0].element}" if error.elements else ""
    return (
        f"the transaction was rejected for its syntax: {error.segment_id} at position {error.position}{element}{more}"
    )
