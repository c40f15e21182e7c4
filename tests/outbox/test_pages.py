"""The outbox and its destinations on screen: what waits, what was sent, what failed and why; walls and roles."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from app.core.outbox import Outgoing, enqueue
from app.core.tables import Destination, DestinationKind, OutboxItem, OutboxState
from app.jobs.schedule import JOBS, run_job
from app.jobs.sending import FetchFailed, fetch_job, outbox_job
from tests.browser_double import Browser, sign_in_as
from tests.outbox.conftest import PASSWORD, Server

TYPED = {
    "practice_id": "1",
    "name": "Clearinghouse",
    "kind": "folder",
    "folder": "out",
    "sender_qualifier": "ZZ",
    "sender": "CLINIC01",
    "receiver_qualifier": "30",
    "receiver": "CLEARING01",
    "is_active": "yes",
}


@pytest.fixture
def item(engine: Engine, settings: Settings, clock: FixedClock) -> OutboxItem:
    """Something of practice 1 that waits, to be sent by hand."""
    outgoing = Outgoing(
        practice_id=1, kind="test", title="Appeal A1", file_name="a1.pdf", content=b"%PDF", link="/claims/1"
    )
    with session_scope(engine) as session:
        return enqueue(session, settings, clock, outgoing)


def state(engine: Engine, item: OutboxItem) -> str:
    with Session(engine) as session:
        return session.get_one(OutboxItem, item.id).state


def test_what_waits_shows_how_long_and_can_be_taken_back(biller: Browser, engine: Engine, item: OutboxItem) -> None:
    page = biller.get("/outbox").text
    assert 'data-countdown="600"' in page
    assert "Appeal A1" in page

    assert biller.submit(f"/outbox/{item.id}/cancel").status_code == 303
    assert state(engine, item) == OutboxState.CANCELLED
    assert biller.submit(f"/outbox/{item.id}/cancel").status_code == 409


def test_proof_is_asked_for_what_is_sent_by_hand(
    biller: Browser, engine: Engine, settings: Settings, clock: FixedClock, item: OutboxItem
) -> None:
    clock.advance(minutes=10)
    outbox_job(engine, settings, clock, "test")
    assert biller.submit(f"/outbox/{item.id}/sent", {"how": "fax", "proof": ""}).status_code == 422
    assert biller.submit(f"/outbox/{item.id}/sent", {"how": "pigeon", "proof": "x"}).status_code == 422
    assert biller.submit(f"/outbox/{item.id}/sent", {"how": "fax", "proof": "No. 4711"}).status_code == 303
    assert "No. 4711" in biller.get("/outbox").text


def test_what_is_kept_comes_back_byte_for_byte(biller: Browser, item: OutboxItem) -> None:
    answer = biller.get(f"/outbox/{item.id}/content")
    assert answer.content == b"%PDF"
    assert answer.headers["content-disposition"] == 'attachment; filename="a1.pdf"'


def test_another_practice_sees_and_changes_nothing(outsider: Browser, engine: Engine, item: OutboxItem) -> None:
    assert "Appeal A1" not in outsider.get("/outbox").text
    assert outsider.get(f"/outbox/{item.id}/content").status_code == 404
    for act in ("cancel", "retry", "sent"):
        assert outsider.submit(f"/outbox/{item.id}/{act}", {"how": "fax", "proof": "x"}).status_code == 404
    assert state(engine, item) == OutboxState.WAITING


def test_an_auditor_looks_and_touches_nothing(auditor: Browser, item: OutboxItem) -> None:
    assert "Appeal A1" in auditor.get("/outbox").text
    assert auditor.submit(f"/outbox/{item.id}/cancel").status_code == 403


def test_every_try_is_in_the_audit_log(
    engine: Engine, settings: Settings, clock: FixedClock, item: OutboxItem
) -> None:
    from app.audit.tables import Event

    with session_scope(engine) as session:
        row = session.get_one(OutboxItem, item.id)
        made = Destination(practice_id=1, name="Off", is_active=False, changed_at=clock.now())
        session.add(made)
        session.flush()
        row.destination_id = made.id
    clock.advance(minutes=10)

    assert outbox_job(engine, settings, clock, "test").startswith("0 sent, 1 could not be sent")

    with Session(engine) as session:
        (event,) = session.exec(select(Event).where(Event.action == "outbox.put_off")).all()
    assert (event.reason, event.practice_id) == ("Off is switched off.", 1)


@pytest.fixture
def practices(engine: Engine, clock: FixedClock) -> None:
    from app.claims.tables import Practice

    with session_scope(engine) as session:
        session.add(Practice(id=1, name="Sample Clinic", npi="1234567893", created_at=clock.now()))


@pytest.mark.usefixtures("practices")
def test_a_supervisor_sets_a_destination_up(supervisor: Browser, engine: Engine) -> None:
    assert supervisor.submit("/destinations", TYPED).status_code == 303
    with Session(engine) as session:
        row = session.exec(select(Destination)).one()
    assert (row.name, row.folder, row.receiver_qualifier, row.is_active) == ("Clearinghouse", "out", "30", True)
    assert "Clearinghouse" in supervisor.get("/destinations").text
    changed = supervisor.submit(f"/destinations/{row.id}", {**TYPED, "name": "Renamed", "is_active": ""})
    assert changed.status_code == 303
    with Session(engine) as session:
        row = session.exec(select(Destination)).one()
    assert (row.name, row.is_active) == ("Renamed", False)


SFTP = {**TYPED, "kind": "sftp", "host": "sftp.example.test", "username": "clinic", "key_file": "/keys/clinic"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "A name is needed"),
        ({"folder": "../../etc"}, "below the outbox folder"),
        ({"sender": ""}, "go together"),
        ({"sender_qualifier": "ZZZ"}, "Two characters, like ZZ"),
        ({**SFTP, "host_key": ""}, "No host key is pinned"),
        ({**SFTP, "host": "user@host/path"}, "without user and path"),
        # Another secret of this machine must not be sent to somebody's server as its password.
        ({**SFTP, "password_env": "OVERTURN_DATABASE_URL"}, "begins with OVERTURN_SFTP_"),
        ({**SFTP, "port": "99999"}, "1 to 65535"),
    ],
)
@pytest.mark.usefixtures("practices")
def test_what_cannot_be_kept_is_told_at_its_field(
    supervisor: Browser, engine: Engine, typed: dict[str, str], words: str
) -> None:
    answer = supervisor.submit("/destinations", {**TYPED, **typed})
    assert answer.status_code == 422
    assert words in answer.text
    with Session(engine) as session:
        assert session.exec(select(Destination)).all() == []


def test_nobody_sets_up_another_practice(supervisor: Browser, outsider: Browser, engine: Engine) -> None:
    assert outsider.submit("/destinations", TYPED).status_code == 422
    supervisor.submit("/destinations", TYPED)
    assert outsider.get("/destinations/1").status_code == 404
    assert outsider.submit("/destinations/1", TYPED).status_code == 404


def test_a_biller_sets_nothing_up(biller: Browser) -> None:
    assert biller.get("/destinations").status_code == 403


def serve(engine: Engine, clock: FixedClock, server: Server) -> int:
    account = server.account
    with session_scope(engine) as session:
        row = Destination(
            practice_id=1,
            name="Payer",
            kind=DestinationKind.SFTP,
            host=account.host,
            port=account.port,
            username=account.username,
            host_key=account.host_key,
            password_env="OVERTURN_SFTP_PAYER",
            pickup_folder=".",
            changed_at=clock.now(),
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


def test_files_are_fetched_into_the_inbox_by_the_job(
    engine: Engine, settings: Settings, clock: FixedClock, cuttable: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTURN_SFTP_PAYER", PASSWORD)
    number = serve(engine, clock, cuttable)
    (cuttable.root / "one.835").write_bytes(b"ISA")

    assert fetch_job(engine, settings, clock, "test") == "1 files fetched from 1 servers."

    assert [path.name for path in Path(settings.inbox_dir).iterdir()] == ["one.835"]
    with Session(engine) as session:
        assert session.get_one(Destination, number).last_fetch.endswith("1 file")


def test_a_server_that_does_not_answer_is_told_and_keeps_no_other_waiting(
    engine: Engine, settings: Settings, clock: FixedClock, cuttable: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(engine, clock, cuttable)  # its password is not set
    monkeypatch.delenv("OVERTURN_SFTP_PAYER", raising=False)
    with pytest.raises(FetchFailed, match="OVERTURN_SFTP_PAYER is not set"):
        fetch_job(engine, settings, clock, "test")
    job = next(each for each in JOBS if each.key == "fetch")
    assert not run_job(job, engine, settings, clock, trigger="test").is_fine


def test_the_sign_in_can_be_tried_from_the_page(
    app: FastAPI, engine: Engine, clock: FixedClock, cuttable: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTURN_SFTP_PAYER", PASSWORD)
    number = serve(engine, clock, cuttable)
    sam = sign_in_as(app, Role.SUPERVISOR, practice_ids=(1,))
    sam.submit(f"/destinations/{number}/try")
    assert "it is the server we know" in sam.get(f"/destinations/{number}").text
