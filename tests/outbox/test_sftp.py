"""Files go out and come in whole or not at all, and only where the server is the one we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from app.core.sftp import CannotConnect, drop, fetch, host_key_of
from tests.outbox.conftest import Proxy, Server

CLAIMS = b"ISA*00*~" * 40_000  # 320 kB: many SFTP packets, so that a line can be lost between two of them


def test_a_dropped_file_lies_there_whole_and_nothing_else_does(cuttable: Server) -> None:
    (cuttable.root / "in").mkdir()

    place = drop(cuttable.account, "in", "claims.837", CLAIMS)

    assert place == "127.0.0.1:in/claims.837"
    assert [path.name for path in (cuttable.root / "in").iterdir()] == ["claims.837"]
    assert (cuttable.root / "in" / "claims.837").read_bytes() == CLAIMS


def test_a_line_lost_in_the_middle_of_a_drop_leaves_no_half_file_and_the_next_try_completes_it(
    cuttable: Server,
) -> None:
    cuttable.line.left = len(CLAIMS) // 2

    with pytest.raises(CannotConnect, match="tried again"):
        drop(cuttable.account, "", "claims.837", CLAIMS)
    assert cuttable.line.lost == 1
    assert not (cuttable.root / "claims.837").exists()

    drop(cuttable.account, "", "claims.837", CLAIMS)
    assert (cuttable.root / "claims.837").read_bytes() == CLAIMS


def test_a_file_that_was_delivered_before_the_line_broke_is_not_written_again(cuttable: Server) -> None:
    drop(cuttable.account, "", "claims.837", CLAIMS)
    written = (cuttable.root / "claims.837").stat().st_ino

    drop(cuttable.account, "", "claims.837", CLAIMS)

    assert (cuttable.root / "claims.837").stat().st_ino == written


def test_fetched_files_are_in_the_inbox_and_gone_from_the_server(cuttable: Server, tmp_path: Path) -> None:
    (cuttable.root / "one.835").write_bytes(CLAIMS)
    (cuttable.root / "two.835").write_bytes(b"ISA")
    (cuttable.root / "still.835.part").write_bytes(b"IS")

    names = fetch(cuttable.account, "", tmp_path / "inbox")

    assert names == ["one.835", "two.835"]
    assert (tmp_path / "inbox" / "one.835").read_bytes() == CLAIMS
    assert [path.name for path in cuttable.root.iterdir()] == ["still.835.part"]


def test_a_fetched_file_may_be_moved_on_the_server_instead(cuttable: Server, tmp_path: Path) -> None:
    (cuttable.root / "done").mkdir()
    (cuttable.root / "one.835").write_bytes(b"ISA")

    fetch(cuttable.account, "", tmp_path / "inbox", moved_to="done")

    assert (cuttable.root / "done" / "one.835").read_bytes() == b"ISA"
    assert not (cuttable.root / "one.835").exists()


def test_a_line_lost_in_the_middle_of_a_fetch_loses_nothing(cuttable: Server, tmp_path: Path) -> None:
    (cuttable.root / "one.835").write_bytes(CLAIMS)
    cuttable.line.left = len(CLAIMS) // 2

    with pytest.raises(CannotConnect):
        fetch(cuttable.account, "", tmp_path / "inbox")
    assert (cuttable.root / "one.835").read_bytes() == CLAIMS  # not deleted before our copy is complete
    assert not (tmp_path / "inbox" / "one.835").exists()

    assert fetch(cuttable.account, "", tmp_path / "inbox") == ["one.835"]
    assert (tmp_path / "inbox" / "one.835").read_bytes() == CLAIMS


def test_a_name_that_is_taken_in_the_inbox_gets_a_number(cuttable: Server, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for content in (b"first", b"second"):
        (cuttable.root / "one.835").write_bytes(content)
        fetch(cuttable.account, "", inbox)

    assert (inbox / "one.835").read_bytes() == b"first"
    assert (inbox / "one-1.835").read_bytes() == b"second"


def test_a_server_with_another_host_key_is_not_spoken_to(cuttable: Server) -> None:
    other = paramiko.ECDSAKey.generate()
    wrong = replace(cuttable.account, host_key=f"{other.get_name()} {other.get_base64()}")

    with pytest.raises(CannotConnect, match="another host key than the pinned one"):
        drop(wrong, "", "claims.837", CLAIMS)
    assert list(cuttable.root.iterdir()) == []


def test_without_a_pinned_key_nothing_is_sent(cuttable: Server) -> None:
    with pytest.raises(CannotConnect, match="No host key is pinned"):
        drop(replace(cuttable.account, host_key=""), "", "claims.837", CLAIMS)


@pytest.mark.parametrize("text", ["ssh-ed25519 !!!!", "ssh-rsa AAAAB3NzaC1yc2E=", "ssh-unknown AAAA", "ssh-ed25519"])
def test_a_pinned_key_that_is_none_is_told_in_words(cuttable: Server, text: str) -> None:
    with pytest.raises(CannotConnect, match="host key"):
        drop(replace(cuttable.account, host_key=text), "", "claims.837", CLAIMS)


def test_a_key_file_that_is_missing_is_told_in_words(cuttable: Server, tmp_path: Path) -> None:
    account = replace(cuttable.account, password="", key_file=str(tmp_path / "nowhere"))
    with pytest.raises(CannotConnect, match="No such file"):
        drop(account, "", "claims.837", CLAIMS)


def test_a_wrong_password_is_told_in_words(cuttable: Server) -> None:
    with pytest.raises(CannotConnect, match="refused the sign-in of clinic"):
        drop(replace(cuttable.account, password="wrong"), "", "claims.837", CLAIMS)


def test_the_key_that_a_server_shows_can_be_read_for_comparison(cuttable: Server) -> None:
    assert host_key_of("127.0.0.1", cuttable.account.port) == cuttable.account.host_key


def test_openssh_takes_a_drop_and_gives_a_fetch(openssh: Server, tmp_path: Path) -> None:
    drop(openssh.account, "", "claims.837", CLAIMS)
    assert (openssh.root / "claims.837").read_bytes() == CLAIMS

    assert fetch(openssh.account, "", tmp_path / "inbox") == ["claims.837"]
    assert (tmp_path / "inbox" / "claims.837").read_bytes() == CLAIMS
    assert list(openssh.root.iterdir()) == []


def test_openssh_and_a_line_lost_in_the_middle_of_each_direction(
    openssh: Server, proxy: Callable[[int], Proxy], tmp_path: Path
) -> None:
    line = proxy(openssh.account.port)
    account = replace(openssh.account, port=line.port)

    line.up = len(CLAIMS) // 2
    with pytest.raises(CannotConnect):
        drop(account, "", "claims.837", CLAIMS)
    assert not (openssh.root / "claims.837").exists()
    line.up = None
    drop(account, "", "claims.837", CLAIMS)
    assert (openssh.root / "claims.837").read_bytes() == CLAIMS

    line.down = len(CLAIMS) // 2
    with pytest.raises(CannotConnect):
        fetch(account, "", tmp_path / "inbox")
    assert (openssh.root / "claims.837").exists()
    assert not (tmp_path / "inbox" / "claims.837").exists()
    line.down = None
    assert fetch(account, "", tmp_path / "inbox") == ["claims.837"]
    assert (tmp_path / "inbox" / "claims.837").read_bytes() == CLAIMS
