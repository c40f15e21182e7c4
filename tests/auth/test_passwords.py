"""Which passwords are good, and how they are kept."""

from __future__ import annotations

import pytest

from app.auth.passwords import WeakPassword, check_strength, hash_password, nobody, verify_password


@pytest.mark.parametrize(
    "password",
    ["quiet orange ladder tune", "пятнадцать знаков тут", "x9$Lq2 mm;p0 wqe", "overturned canoes drift past nine"],
)
def test_long_and_unguessable_is_enough(password: str) -> None:
    check_strength(password, email="rosa@example.test", name="Rosa Ingram")


@pytest.mark.parametrize(
    "password",
    [
        "short and good",  # fourteen
        "Password1234567",
        "qwertyuiopasdfg",
        "Correct Horse Battery Staple",
        "aaaaaaaaaaaaaaaaaaaa",
        "overturn overturn",
        "rosaingram 12345",
        "x" * 257,
    ],
)
def test_what_would_be_guessed_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(password, email="rosaingram@example.test", name="Rosa Ingram")


def test_a_password_is_kept_as_argon2id_and_each_time_differently() -> None:
    first, second = hash_password("quiet orange ladder"), hash_password("quiet orange ladder")
    assert first.startswith("$argon2id$")
    assert first != second
    assert verify_password(first, "quiet orange ladder")
    assert not verify_password(first, "quiet orange ladders")


def test_nobody_signs_in_as_nobody() -> None:
    assert not verify_password(nobody(), "nobody")
    assert not verify_password("not a hash", "anything")
