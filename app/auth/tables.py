"""People, the practices they work for, their sign-ins, and failed tries. Ids are never used twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.auth.permissions import Role
from app.core.columns import Document, Instant, text_enum


class Person(SQLModel, table=True):
    """One human, one account (45 CFR 164.312(a)(2)(i)). Left people stay, disabled: the log names them."""

    __tablename__ = "person"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=254)  # lower case; the name to sign in by
    name: str = Field(max_length=120)
    role: Role = Field(sa_type=text_enum(Role))
    password_hash: str = Field(max_length=200)
    must_change_password: bool = False  # an administrator set it: good for one sign-in
    is_demo: bool = False
    created_at: datetime = Field(sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)
    last_signed_in_at: datetime | None = Field(default=None, sa_type=Instant)


class PersonPractice(SQLModel, table=True):
    """This person works for this practice. The practice itself is the claims slice's."""

    __tablename__ = "person_practice"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    practice_id: int = Field(primary_key=True, index=True)


class SignIn(SQLModel, table=True):
    """One signed-in browser. The token itself is only in the browser's cookie; here is its hash."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    started_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ip: str = Field(default="", max_length=64)
    user_agent: str = Field(default="", max_length=200)


class KeptForm(SQLModel, table=True):
    """Fields typed into a form whose sign-in had ended: half an hour, for the same browser and person."""

    __tablename__ = "kept_form"

    id: int | None = Field(default=None, primary_key=True)
    visit_hash: str = Field(index=True, max_length=64)  # of the visit cookie
    person_id: int = Field(foreign_key="person.id")
    path: str = Field(max_length=500)  # where the form was sent
    fields: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    kept_at: datetime = Field(sa_type=Instant, index=True)


class FailedTry(SQLModel, table=True):
    """A sign-in that failed, counted per account and per address."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index("ix_failed_sign_in_last_at", "last_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=10)  # account, address
    subject: str = Field(max_length=254)
    count: int = 0
    last_at: datetime = Field(sa_type=Instant)
