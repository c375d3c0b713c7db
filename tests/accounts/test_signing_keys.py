"""The keys that sign: made once, kept to their owner, rotated without breaking what they signed, judged."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from museum.accounts import signing_keys
from museum.config import Settings
from museum.errors import Invalid


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_key_is_made_once_and_only_its_owner_reads_it(settings: Settings) -> None:
    assert signing_keys.weaknesses(settings) == ("signing.missing",)
    first = signing_keys.ensure(settings)
    assert signing_keys.ensure(settings) == first
    assert len(first[0].secret) >= 43
    assert stat.S_IMODE(signing_keys.path_of(settings).stat().st_mode) == 0o600
    assert [p.name for p in settings.home.iterdir()] == ["secret.key"]
    assert signing_keys.weaknesses(settings) == ()


def test_many_that_start_at_once_agree(settings: Settings) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: signing_keys.ensure(settings), range(64)))
    assert len({keys[0].id for keys in found}) == 1


def test_rotation_keeps_the_last_two(settings: Settings) -> None:
    ids = [signing_keys.ensure(settings)[0].id]
    for _ in range(4):
        ids.insert(0, signing_keys.rotate(settings)[0].id)
        assert [key.id for key in signing_keys.read(settings)] == ids[:3]
    assert stat.S_IMODE(signing_keys.path_of(settings).stat().st_mode) == 0o600


def test_setting_goes_before_the_file(settings: Settings) -> None:
    made = signing_keys.ensure(settings)[0]
    given = replace(settings, secret_key="một khóa dài do người quản trị tự đặt ra 1835")
    assert [key.secret for key in signing_keys.read(given)] == [given.secret_key, made.secret]
    with pytest.raises(Invalid):
        signing_keys.rotate(given)


@pytest.mark.parametrize("weak", ["short", "a" * 64, "01" * 32, "password" * 5])
def test_weak_key_is_named(settings: Settings, weak: str) -> None:
    assert signing_keys.weaknesses(replace(settings, secret_key=weak)) == ("signing.weak",)


def test_key_that_others_may_read_is_named(settings: Settings) -> None:
    signing_keys.ensure(settings)
    signing_keys.path_of(settings).chmod(0o644)
    assert signing_keys.weaknesses(settings) == ("signing.readable_by_others",)


def test_purposes_have_keys_of_their_own(settings: Settings) -> None:
    key = signing_keys.ensure(settings)[0]
    assert key.derived("signed link 1") != key.derived("signed link 2")
    assert key.secret not in repr(key.derived("signed link 1")) and key.id not in key.secret
