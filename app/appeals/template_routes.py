"""Letter templates on screen: read, try with invented values, save as a new version; old versions stay."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import col, select

from app.appeals.letter_templates import CATEGORIES, current_letters, letter_versions, save_letter
from app.appeals.letters import FIELDS, Letter, LetterRefused, render_letter
from app.appeals.words import WORDS, category_words
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.tables import Payer
from app.web.errors import Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
CanEdit = Annotated[Viewer, Depends(require(Permission.TABLES_MANAGE))]
Text = Annotated[str, Form()]

# An invented claim: a template is tried without opening a patient's.
SAMPLE = {
    "today": "November 23, 2026",
    "practice_name": "Larkmoor Physicians Group",
    "practice_npi": "1900447214",
    "practice_tax_id": "07-4410826",
    "payer_name": "Harrowgate Health Plan",
    "patient_name": "Alex Sample",
    "patient_birth_date": "April 2, 1971",
    "member_id": "HGH00000001",
    "claim_number": "HG2630000001",
    "account_number": "A-1001",
    "service_dates": "October 5, 2026",
    "procedures": "99214-25, 20610-RT",
    "denied_procedures": "20610-RT",
    "diagnoses": "M17.11, I10",
    "rendering_provider": "Robin Example, MD",
    "billed": "$388.00",
    "paid": "$121.40",
    "allowed": "$121.40",
    "disputed": "$188.00",
    "denial_code": "CO-97",
    "denial_words": "Included in another service already adjudicated",
    "remark_codes": "M15",
    "remark_words": "Bundled as part of a larger procedure",
    "remittance_date": "November 18, 2026",
    "remittance_number": "EFT0001",
    "first_sent_on": "October 9, 2026",
    "times_sent": "1",
    "accepted_on": "October 10, 2026",
    "filing_limit": "90 days from the date of service",
    "level_name": "Appeal",
    "last_day": "January 17, 2027",
    "argument": "The injection was given in the right knee for osteoarthritis; the visit addressed hypertension.",
    "signer": "Dana Reyes",
}


@router.get("/appeals/templates")
def letters(request: Request, session: Database, viewer: CanView) -> Response:
    """The letters on hand."""
    found = current_letters(session)
    names = {
        payer.id: payer.name
        for payer in session.exec(select(Payer).where(col(Payer.merged_into_id).is_(None)).order_by(col(Payer.name)))
    }
    return render(
        request,
        "appeals/templates.html",
        letters=found,
        payers=names,
        categories=[(key, category_words(key)) for key in CATEGORIES],
        payer_choices=[("", "Any payer"), *names.items()],
        **WORDS,
    )


@router.get("/appeals/templates/{key}")
def letter(request: Request, session: Database, viewer: CanView, key: str, version: int = 0) -> Response:
    """One letter, the newest version or an old one, with how it reads."""
    versions = letter_versions(session, key)
    chosen = next((each for each in versions if each.version == version), versions[0] if versions else None)
    if chosen is None:
        raise NotFound
    shown, wrong = _tried(chosen.body)
    return render(
        request,
        "appeals/template.html",
        letter=chosen,
        versions=versions,
        body=chosen.body,
        shown=shown,
        refusal=wrong,
        fields=FIELDS,
        note="",
        name=chosen.name,
        **WORDS,
    )


@router.post("/appeals/templates")
def new_letter(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanEdit,
    name: Text = "",
    category: Text = "",
    payer: Text = "",
) -> Response:
    """A letter of one's own, starting as the general one."""
    if not name.strip():
        raise Invalid("Give the letter a name.")
    general = next(each for each in current_letters(session) if each.key == "other")
    like = next((each for each in current_letters(session) if each.key == category), general)
    made = save_letter(
        *(session, clock),
        key="",
        name=name,
        body=like.body,
        note=f"Started as a copy of “{like.name}”.",
        person_id=viewer.person_id,
        category=category,
        payer_id=int(payer) if payer.isdigit() else None,
    )
    toast(request, "Started. Change its text below.")
    return redirect(request, f"/appeals/templates/{made.key}")


@router.post("/appeals/templates/{key}")
def save(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanEdit,
    key: str,
    name: Text = "",
    body: Text = "",
    note: Text = "",
    then: Text = "",
) -> Response:
    """Try the text, or keep it as a new version."""
    versions = letter_versions(session, key)
    if not versions:
        raise NotFound
    shown, wrong = _tried(body)
    if then != "try" and not wrong:
        made = save_letter(session, clock, key=key, name=name, body=body, note=note, person_id=viewer.person_id)
        toast(request, f"Kept as version {made.version}. Appeals started before keep theirs.")
        return redirect(request, f"/appeals/templates/{key}")
    return render(
        request,
        "appeals/template.html",
        status=422 if wrong else 200,
        letter=versions[0],
        versions=versions,
        body=body,
        shown=shown,
        refusal=wrong,
        fields=FIELDS,
        note=note,
        name=name,
        **WORDS,
    )


def _tried(body: str) -> tuple[Letter | None, str]:
    try:
        return render_letter(body, SAMPLE), ""
    except LetterRefused as wrong:
        return None, str(wrong)
