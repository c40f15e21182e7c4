"""The people page: an administrator adds, changes, disables, and gives a first password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from app.auth import people
from app.auth.passwords import WeakPassword
from app.auth.permissions import PERMISSIONS, Permission, Role
from app.auth.require import require
from app.auth.tables import Person
from app.auth.viewer import Viewer
from app.web.errors import Conflict, Invalid
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
Administrator = Annotated[Viewer, Depends(require(Permission.PEOPLE_MANAGE))]
Email = Annotated[str, Form(max_length=254)]
Name = Annotated[str, Form(max_length=120)]
Password = Annotated[str, Form(max_length=1024)]
Practices = Annotated[list[int] | None, Form()]


@router.get("/people")
def people_page(request: Request, session: Database, viewer: Administrator) -> Response:
    everybody = people.all_people(session)
    names = dict(_practices(request, session))
    rows = [(each, [names.get(one, f"practice {one}") for one in _works_for(session, each)]) for each in everybody]
    return render(request, "people/list.html", rows=rows)


@router.get("/people/new")
def new_person(request: Request, session: Database, viewer: Administrator) -> Response:
    return _form(request, session, None, {}, {})


@router.post("/people")
def add(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: Administrator,
    email: Email = "",
    name: Name = "",
    role: Annotated[Role, Form()] = Role.BILLER,
    password: Password = "",
    practice: Practices = None,
) -> Response:
    typed = {"email": email, "name": name, "role": role, "practices": practice or []}
    try:
        made = people.add_person(
            session,
            email=email,
            name=name,
            role=role,
            practice_ids=_real(request, session, practice),
            password=password,
            now=clock.now(),
        )
    except WeakPassword as weak:
        return _form(request, session, None, typed, {"password": str(weak)})
    except (Conflict, Invalid) as wrong:
        return _form(request, session, None, typed, {"name" if "name" in str(wrong) else "email": str(wrong)})
    toast(request, f"{made.name} can sign in now and chooses a password at the first time.")
    return redirect(request, "/people")


@router.get("/people/{person_id}")
def person_page(request: Request, session: Database, viewer: Administrator, person_id: int) -> Response:
    return _form(request, session, people.find_person(session, person_id), {}, {})


@router.post("/people/{person_id}")
def change(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: Administrator,
    person_id: int,
    name: Name = "",
    role: Annotated[Role, Form()] = Role.BILLER,
    practice: Practices = None,
) -> Response:
    person = people.find_person(session, person_id)
    try:
        real = _real(request, session, practice)
        people.change_person(session, person, name=name, role=role, practice_ids=real, now=clock.now())
    except Invalid as wrong:
        typed = {"name": name, "role": role, "practices": practice or []}
        return _form(request, session, person, typed, {"name" if "name" in str(wrong) else "role": str(wrong)})
    toast(request, f"Saved {person.name}.")
    return redirect(request, "/people")


@router.post("/people/{person_id}/disable")
def disable(
    request: Request, session: Database, clock: CurrentClock, viewer: Administrator, person_id: int
) -> Response:
    if person_id == viewer.person_id:
        raise Invalid("You cannot disable yourself; another administrator can.")
    person = people.find_person(session, person_id)
    people.disable_person(session, person, now=clock.now())
    toast(request, f"{person.name} can no longer sign in.", undo=f"/people/{person_id}/enable")
    return redirect(request, "/people")


@router.post("/people/{person_id}/enable")
def enable(request: Request, session: Database, viewer: Administrator, person_id: int) -> Response:
    person = people.find_person(session, person_id)
    people.enable_person(session, person)
    toast(request, f"{person.name} can sign in again.")
    return redirect(request, "/people")


@router.post("/people/{person_id}/password")
def reset_password(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: Administrator,
    person_id: int,
    password: Password = "",
) -> Response:
    person = people.find_person(session, person_id)
    try:
        people.set_password(session, person, password, now=clock.now(), by_administrator=True)
    except WeakPassword as weak:
        return _form(request, session, person, {}, {"password": str(weak)})
    toast(request, f"New first password for {person.name}. They choose their own when they sign in.")
    return redirect(request, "/people")


def _practices(request: Request, session: Session) -> list[tuple[int, str]]:
    """Ids and names; the claims slice owns them, the application hands over how to ask."""
    found: list[tuple[int, str]] = request.app.state.practice_names(session)
    return found


def _real(request: Request, session: Session, given: list[int] | None) -> list[int]:
    """Only practices that exist: an id typed by hand must not open a wall that is built later."""
    known = {number for number, _ in _practices(request, session)}
    return [number for number in given or [] if number in known]


def _works_for(session: Session, person: Person) -> list[int]:
    return people.practices_of(session, people.person_id(person))


def _form(
    request: Request, session: Session, person: Person | None, typed: Mapping[str, object], errors: dict[str, str]
) -> Response:
    shown: dict[str, object] = {"email": "", "name": "", "role": Role.BILLER, "practices": []}
    if person is not None:
        shown |= {"email": person.email, "name": person.name, "role": person.role}
        shown["practices"] = _works_for(session, person)
    return render(
        request,
        "people/form.html",
        status=422 if errors else 200,
        person=person,
        shown={**shown, **typed},
        errors=errors,
        practices=_practices(request, session),
        roles=[(role.value, role.value.capitalize()) for role in Role],
        permissions={role.value: sorted(PERMISSIONS[role]) for role in Role},
    )
