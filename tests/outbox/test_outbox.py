"""What leaves waits first, goes once, is kept as it left, and says why when it could not go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.core import outbox
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from app.core.outbox import (
    MOST_ATTEMPTS,
    CannotSend,
    Follower,
    Outgoing,
    TooLate,
    cancel,
    content_of,
    enqueue,
    follow,
    mark_sent_by_hand,
    path_of,
    release_due,
    try_again,
)
from app.core.tables import Destination, DestinationKind, OutboxItem, OutboxState
from tests.outbox.conftest import PASSWORD, Server

CLAIM = b"ISA*00*          *00*          ~"


class Desk:
    """An outbox with a folder to drop into."""

    def __init__(self, engine: Engine, settings: Settings, clock: FixedClock) -> None:
        self.engine, self.settings, self.clock = engine, settings, clock
        self.destination_id = self.add(kind=DestinationKind.FOLDER, folder="clearinghouse")

    def add(self, **values: Any) -> int:
        with session_scope(self.engine) as session:
            made = Destination(practice_id=1, name="Clearinghouse", changed_at=self.clock.now(), **values)
            session.add(made)
            session.flush()
            assert made.id is not None
            return made.id

    def put(self, **values: Any) -> OutboxItem:
        outgoing = Outgoing(
            practice_id=1,
            kind="test",
            title="Claim A1",
            file_name="a1.837",
            content=CLAIM,
            destination_id=self.destination_id,
        )
        with session_scope(self.engine) as session:
            return enqueue(session, self.settings, self.clock, replace(outgoing, **values))

    def release(self) -> list[OutboxItem]:
        return release_due(self.engine, self.settings, self.clock)

    def item(self, item: OutboxItem) -> OutboxItem:
        with Session(self.engine, expire_on_commit=False) as session:
            return session.get_one(OutboxItem, item.id)

    @property
    def dropped(self) -> list[Path]:
        return sorted((self.settings.outbox_dir / "drop" / "clearinghouse").glob("*"))


@pytest.fixture
def desk(any_engine: Engine, settings: Settings, clock: FixedClock) -> Desk:
    return Desk(any_engine, settings, clock)


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int]]]:
    told: list[tuple[str, int]] = []
    follow(
        "test",
        Follower(
            sent=lambda session, item, clock: told.append(("sent", item.id or 0)),
            cancelled=lambda session, item, clock: told.append(("cancelled", item.id or 0)),
        ),
    )
    yield told
    outbox._followers.pop("test")


def test_nothing_leaves_before_its_release_time(desk: Desk) -> None:
    item = desk.put()
    desk.clock.advance(minutes=9)
    assert desk.release() == []
    assert desk.dropped == []

    desk.clock.advance(minutes=1)
    desk.release()

    assert [path.read_bytes() for path in desk.dropped] == [CLAIM]
    assert desk.item(item).state == OutboxState.SENT
    assert desk.item(item).sent_how == "folder"


def test_what_was_sent_is_not_sent_again(desk: Desk) -> None:
    desk.put()
    desk.clock.advance(minutes=10)
    desk.release()
    desk.dropped[0].unlink()

    assert desk.release() == []
    assert desk.dropped == []


def test_a_cancelled_item_never_leaves_and_its_maker_is_told(desk: Desk, heard: list[tuple[str, int]]) -> None:
    item = desk.put()
    with session_scope(desk.engine) as session:
        cancel(session, session.get_one(OutboxItem, item.id), desk.clock)
    desk.clock.advance(minutes=10)

    assert desk.release() == []
    assert desk.dropped == []
    assert heard == [("cancelled", item.id)]


def test_what_has_left_cannot_be_cancelled(desk: Desk) -> None:
    item = desk.put()
    desk.clock.advance(minutes=10)
    desk.release()

    with pytest.raises(TooLate, match="It was sent on"), session_scope(desk.engine) as session:
        cancel(session, session.get_one(OutboxItem, item.id), desk.clock)


def test_its_maker_hears_that_it_was_sent_once(desk: Desk, heard: list[tuple[str, int]]) -> None:
    item = desk.put()
    desk.clock.advance(minutes=10)
    desk.release()
    desk.release()
    assert heard == [("sent", item.id)]


def test_a_broken_drop_is_tried_again_with_longer_waits_and_then_fails(desk: Desk) -> None:
    item = desk.put(destination_id=desk.add(kind=DestinationKind.SFTP, host="127.0.0.1", port=1, host_key="none"))
    desk.clock.advance(minutes=10)
    waits = []
    for _ in range(MOST_ATTEMPTS):
        desk.release()
        stands = desk.item(item)
        waits.append((stands.next_try_at - desk.clock.now()) // timedelta(minutes=1))
        desk.clock.instant = max(stands.next_try_at, desk.clock.now())

    assert waits[:4] == [2, 4, 8, 16]
    assert stands.state == OutboxState.FAILED
    assert "No host key is pinned" in stands.last_error
    assert desk.release() == []


def test_one_broken_drop_holds_up_nothing_else(desk: Desk) -> None:
    desk.put(destination_id=desk.add(kind=DestinationKind.SFTP, host="127.0.0.1", port=1, host_key="none"))
    desk.put()
    desk.clock.advance(minutes=10)

    assert sorted(item.state for item in desk.release()) == [OutboxState.RELEASED, OutboxState.SENT]


def test_a_failed_item_can_be_tried_again(desk: Desk) -> None:
    broken = desk.add(kind=DestinationKind.FOLDER, folder="clearinghouse", is_active=False)
    item = desk.put(destination_id=broken)
    desk.clock.advance(minutes=10)
    for _ in range(MOST_ATTEMPTS):
        desk.release()
        desk.clock.instant = max(desk.item(item).next_try_at, desk.clock.now())
    assert desk.item(item).last_error == "Clearinghouse is switched off."

    with session_scope(desk.engine) as session:
        session.get_one(Destination, broken).is_active = True
        try_again(session, session.get_one(OutboxItem, item.id), desk.clock)
    desk.release()

    assert desk.item(item).state == OutboxState.SENT


def test_what_has_no_destination_waits_for_a_hand_and_is_closed_with_proof(
    desk: Desk, heard: list[tuple[str, int]]
) -> None:
    item = desk.put(destination_id=None)
    desk.clock.advance(minutes=10)
    desk.release()
    assert desk.item(item).state == OutboxState.RELEASED

    with session_scope(desk.engine) as session:
        row = session.get_one(OutboxItem, item.id)
        with pytest.raises(ValueError, match="Say how it can be proved"):
            mark_sent_by_hand(session, row, desk.clock, how="fax", proof=" ", person_id=7)
        mark_sent_by_hand(session, row, desk.clock, how="fax", proof="Confirmation 4711", person_id=7)

    stands = desk.item(item)
    assert (stands.state, stands.sent_how, stands.proof) == (OutboxState.SENT_BY_HAND, "fax", "Confirmation 4711")
    assert heard == [("sent", item.id)]
    assert desk.release() == []


def test_what_was_released_is_kept_as_it_left(desk: Desk) -> None:
    item = desk.put()
    assert content_of(desk.settings, item) == CLAIM


def test_bytes_that_were_changed_on_the_disk_are_not_sent(desk: Desk) -> None:
    item = desk.put()
    path_of(desk.settings, item.sha256).write_bytes(b"somebody else's")
    desk.clock.advance(minutes=10)

    desk.release()

    assert desk.dropped == []
    assert "was changed on the disk" in desk.item(item).last_error
    with pytest.raises(CannotSend):
        content_of(desk.settings, item)


def test_two_processes_that_release_at_once_send_once(desk: Desk) -> None:
    item = desk.put()
    desk.clock.advance(minutes=10)
    with session_scope(desk.engine) as session:
        assert outbox._take(session, desk.clock.now(), item.id or 0) is not None
    with session_scope(desk.engine) as session:
        assert outbox._take(session, desk.clock.now(), item.id or 0) is None


def test_a_process_that_died_while_sending_is_made_up_for(desk: Desk) -> None:
    item = desk.put()
    desk.clock.advance(minutes=10)
    with session_scope(desk.engine) as session:
        outbox._take(session, desk.clock.now(), item.id or 0)  # and then the machine stops
    desk.clock.advance(minutes=15)

    desk.release()

    assert desk.item(item).state == OutboxState.SENT


@pytest.mark.parametrize("folder", ["../elsewhere", "/etc", "a/../../b"])
def test_a_folder_typed_on_screen_stays_below_the_outbox(desk: Desk, folder: str) -> None:
    item = desk.put(destination_id=desk.add(kind=DestinationKind.FOLDER, folder=folder))
    desk.clock.advance(minutes=10)
    desk.release()
    assert "is not a folder below" in desk.item(item).last_error


def test_an_item_goes_to_an_sftp_server_with_the_password_from_its_variable(
    desk: Desk, cuttable: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTURN_SFTP_CLEARINGHOUSE", PASSWORD)
    account = cuttable.account
    destination = desk.add(
        kind=DestinationKind.SFTP,
        host=account.host,
        port=account.port,
        username="clinic",
        host_key=account.host_key,
        password_env="OVERTURN_SFTP_CLEARINGHOUSE",
    )
    item = desk.put(destination_id=destination)
    desk.clock.advance(minutes=10)

    desk.release()

    assert (cuttable.root / "a1.837").read_bytes() == CLAIM
    assert desk.item(item).proof == "127.0.0.1:a1.837"


def test_a_line_lost_on_the_way_out_is_tried_again_until_it_holds(
    desk: Desk, cuttable: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTURN_SFTP_CLEARINGHOUSE", PASSWORD)
    account, content = cuttable.account, CLAIM * 10_000
    destination = desk.add(
        kind=DestinationKind.SFTP,
        host=account.host,
        port=account.port,
        username="clinic",
        host_key=account.host_key,
        password_env="OVERTURN_SFTP_CLEARINGHOUSE",
    )
    item = desk.put(destination_id=destination, content=content)
    desk.clock.advance(minutes=10)
    cuttable.line.left = len(content) // 2

    desk.release()
    assert desk.item(item).state == OutboxState.RELEASED
    desk.clock.advance(minutes=2)
    desk.release()

    assert desk.item(item).state == OutboxState.SENT
    assert desk.item(item).attempts == 2
    assert (cuttable.root / "a1.837").read_bytes() == content
