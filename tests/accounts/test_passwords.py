"""What may be a password, and how it is kept."""

import unicodedata

import pytest

from museum.accounts.passwords import STRONG, Passwords, check
from museum.errors import Invalid
from tests.accounts.conftest import PASSWORD, QUICK


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "short"),
        ("elf chars..", "short"),
        ("mười một ký", "short"),
        ("a" * 257, "long"),
        ("hoa.nguyen@baotang.example", "is_yours"),
        ("HOA.NGUYEN@baotang.example", "is_yours"),
        ("hoa.nguyen1802", "is_yours"),
        ("Nguyễn Thị Hoa", "is_yours"),
        ("nguyễn thị hoa 1990", "is_yours"),
        ("aaaaaaaaaaaa", "common"),
        ("abababababab", "common"),
        ("abc123abc123", "common"),
        ("abcdefghijklm", "common"),
        ("password123456", "common"),
        ("PassWord 123456", "common"),
        ("123456789012", "common"),
        ("toiyeuvietnam", "common"),
        ("Tôi yêu Việt Nam", "common"),
        ("qwertyuiop123", "common"),
        ("matkhau123456", "common"),
    ],
)
def test_what_others_would_try_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        check(password, email="hoa.nguyen@baotang.example", name="Nguyễn Thị Hoa")
    assert raised.value.code == f"accounts.password_{code}"
    for language in ("vi", "en"):
        assert "{" not in raised.value.message(language)
        assert not password or len(password) < 12 or password not in raised.value.message(language)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "correct horse battery stapler", "Vạc đồng 1659–1684", "x7#kQ9!mzP2w", "😀🏺🐉🔔🪨🗿⛩️🎎🏮🖼️📜🪭"],
)
def test_long_words_of_any_kind_are_taken(password: str) -> None:
    check(password, email="hoa@baotang.example", name="Nguyễn Thị Hoa")


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    kept = QUICK.hash(unicodedata.normalize("NFC", PASSWORD))
    assert QUICK.verify(kept, unicodedata.normalize("NFD", PASSWORD)).is_right
    assert not QUICK.verify(kept, PASSWORD.upper()).is_right


def test_it_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = STRONG.hash(PASSWORD), STRONG.hash(PASSWORD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert STRONG.verify(first, PASSWORD).is_right


def test_other_parameters_ask_for_a_new_hash() -> None:
    kept = QUICK.hash(PASSWORD)
    assert not QUICK.verify(kept, PASSWORD).needs_rehash
    verdict = Passwords(time_cost=2, memory_kib=64, parallelism=1).verify(kept, PASSWORD)
    assert (verdict.is_right, verdict.needs_rehash) == (True, True)


@pytest.mark.parametrize("kept", [None, "", "$argon2id$damaged", "plain"])
def test_no_password_opens_an_account_that_has_none(kept: str | None) -> None:
    for typed in ("", PASSWORD, "nobody has this password"):
        assert not QUICK.verify(kept, typed).is_right


def test_a_megabyte_is_not_hashed() -> None:
    assert not QUICK.verify(QUICK.hash(PASSWORD), PASSWORD * 40_000).is_right
