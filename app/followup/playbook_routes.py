"""The playbook on screen, to be read: every rule in words, what it decides today, and why not this one here."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import find_by_number, find_claim
from app.claims.terms import one_line
from app.followup.playbook_page import payer_names, rule_line, rule_lines, weighed_lines
from app.followup.playbooks import newest_playbook, own_in_force, playbook_versions
from app.followup.words import WORDS
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view
from app.web.toasts import toast
from workqueues.own_rules import ordered, write_own
from workqueues.playbook import standard_playbook

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
LONGEST_SEARCH = 100


@router.get("/playbook")
def playbook(request: Request, session: Database, viewer: CanView, payer: str = "", q: str = "") -> Response:
    """All rules in order, or those that one payer's claims can meet, or those with a word."""
    names = payer_names(session, viewer.practice_ids)
    payer_id = int(payer) if payer.isascii() and payer.isdigit() and int(payer) in names else None
    search = q.strip()[:LONGEST_SEARCH]
    lines = rule_lines(session, viewer.practice_ids, names, payer_id)
    words = search.casefold().split()
    shown = [line for line in lines if all(word in line.text() for word in words)]
    newest = newest_playbook(session)
    return render(
        request,
        "playbook/index.html",
        parts=[(part, list(each)) for part, each in groupby(shown, key=lambda line: line.rule.part)],
        shown=len(shown),
        every=len(lines),
        claims=sum(line.standing.claims for line in lines),
        open_cents=sum(line.standing.open_cents for line in lines),
        payers=[("", "Every payer"), *names.items()],
        payer_id=payer_id,
        payer_name=names.get(payer_id or 0, ""),
        search=search,
        version=newest.number if newest is not None else 1,
        names=names,
        **WORDS,
    )


@router.get("/playbook/claims")
def by_number(request: Request, session: Database, viewer: CanView, number: str = "", rule: str = "") -> Response:
    """From a claim's number to why its rule decides."""
    typed = one_line(number)
    found = find_by_number(session, viewer.practice_ids, typed) if typed else []
    if len(found) == 1:
        chosen = f"?rule={rule}" if rule and rule.replace("-", "").isalnum() else ""
        return redirect(request, f"/playbook/claims/{found[0].claim.id}{chosen}")
    if not found:
        toast(request, "No claim of yours has that number.", kind="warning")
        return redirect(request, "/playbook")
    return render(request, "playbook/choose.html", found=found, number=typed, rule=rule)


@router.get("/playbook/claims/{claim_id}")
def why_not(
    request: Request, session: Database, clock: CurrentClock, viewer: CanView, claim_id: int, rule: str = ""
) -> Response:
    """Every rule against one claim, up to the one that decides; and the one that somebody asks about."""
    head = find_claim(session, viewer.practice_ids, claim_id)
    if head is None:
        raise NotFound
    claim = head.claim
    note_view(
        request,
        "claim.playbook.view",
        object_type="claim",
        object_id=claim_id,
        practice_id=claim.practice_id,
        patient_id=claim.patient_id,
    )
    names = payer_names(session, viewer.practice_ids)
    lines = weighed_lines(session, head, clock.today(), names)
    return render(
        request,
        "playbook/claim.html",
        head=head,
        claim=claim,
        lines=lines,
        decides=next((line for line in lines if line.decides), None),
        asked=next((line for line in lines if line.rule.id == rule), None),
        rules=[("", "Choose a rule"), *((line.rule.id, f"{line.number}. {line.rule.reason}") for line in lines)],
        **WORDS,
    )


@router.get("/playbook/rules/{rule_id}")
def one_rule(request: Request, session: Database, viewer: CanView, rule_id: str) -> Response:
    """One rule with everything it says, and what may be done with it."""
    names = payer_names(session, viewer.practice_ids)
    line = rule_line(session, viewer.practice_ids, names, rule_id)
    if line is None:
        raise NotFound
    standard = standard_playbook()
    placed = own_in_force(session).own(rule_id)
    newest = newest_playbook(session)
    return render(
        request,
        "playbook/rule.html",
        line=line,
        rule=line.rule,
        names=names,
        is_last=rule_id == standard.rules[-1].id,
        place_choices=[("", "Ahead of everything"), *place_choices(rule_id)],
        before=placed.before if placed is not None and not line.replaces else following(session, rule_id),
        switch_choices=[("", "every payer"), *names.items()],
        version=newest.number if newest is not None else 1,
        **WORDS,
    )


@router.get("/playbook/text")
def text(request: Request, session: Database, viewer: CanView) -> Response:
    """What differs from the standard playbook, as TOML."""
    newest = newest_playbook(session)
    return render(
        request,
        "playbook/text.html",
        text=write_own(own_in_force(session)),
        version=newest.number if newest is not None else 1,
        why="",
        refusal="",
        preview=None,
        names=payer_names(session, viewer.practice_ids),
        **WORDS,
    )


@router.get("/playbook/history")
def history(request: Request, session: Database, viewer: CanView) -> Response:
    """Who changed what, when and why; each version can be brought back."""
    return render(request, "playbook/history.html", versions=playbook_versions(session))


def following(session: Session, rule_id: str) -> str:
    """The standard rule that a rule is tried before, as things stand."""
    standard = standard_playbook()
    shipped = {rule.id for rule in standard.rules}
    ids = [rule.id for rule in ordered(standard, own_in_force(session))]
    return next((each for each in ids[ids.index(rule_id) + 1 :] if each in shipped), "")


def place_choices(rule_id: str) -> list[tuple[str, str]]:
    """Every standard rule that another may be tried just before."""
    rules = standard_playbook().rules
    return [(rule.id, f"Before {rule.id}: {rule.reason}") for rule in rules if rule.id != rule_id]
