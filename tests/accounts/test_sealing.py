"""Authenticators' secrets lie sealed in the database: of use to nobody who has only a copy of it."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Engine, select, update

from museum import db
from museum.accounts import sealing, second_factor, signing_keys
from museum.accounts.signing_keys import KeyRing, SigningKey
from museum.accounts.tables import SecondFactorRow
from museum.config import Settings
from museum.errors import BackendError
from tests.accounts.conftest import Clock, a_user

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ONE, TWO, THREE, FOUR = (SigningKey.of(f"khóa số {n} của bảo tàng, chỉ dùng để thử") for n in range(1, 5))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def stored(engine: Engine) -> list[str]:
    with db.reading(engine) as session:
        return list(session.scalars(select(SecondFactorRow.secret)))


def enrolled(engine: Engine, clock: Clock, keys: tuple[SigningKey, ...]) -> tuple[str, pyotp.TOTP, tuple[str, ...]]:
    user = a_user(engine, "hoa@baotang.example", clock=clock)
    with db.writing(engine) as session:
        totp = pyotp.TOTP(second_factor.begin(session, user.id, issuer="x", keys=keys).secret)
        codes = second_factor.confirm(session, user.id, totp.at(clock.now), keys=keys, now=clock.now)
    return user.id, totp, codes


def enters(engine: Engine, user_id: str, code: str, clock: Clock, keys: tuple[SigningKey, ...]) -> bool:
    with db.writing(engine) as session:
        return second_factor.verify(session, user_id, code, keys=keys, now=clock.now)


def test_the_database_holds_no_secret(engine: Engine, clock: Clock) -> None:
    user_id, totp, _ = enrolled(engine, clock, (ONE,))
    (held,) = stored(engine)
    assert totp.secret not in held
    assert len(held) <= 256
    clock.go(seconds=30)
    assert enters(engine, user_id, totp.at(clock.now), clock, (ONE,))


def test_only_its_owner_and_its_key_open_it_and_no_changed_byte() -> None:
    sealed = sealing.seal(SECRET, owner="uhoa", keys=(ONE, TWO))
    assert sealing.unseal(sealed, owner="uhoa", keys=(TWO, ONE)) == SECRET
    assert sealing.seal(SECRET, owner="uhoa", keys=(ONE,)) != sealed, "each seal is another"
    form, key_id, data = sealed.split(".")
    raw = base64.urlsafe_b64decode(data)
    wrong = [(sealed, "ulan", (ONE,)), (sealed, "uhoa", (TWO,)), (sealed, "uhoa", ())]
    wrong += [(f"v2.{key_id}.{data}", "uhoa", (ONE,)), (f"{form}.{TWO.id}.{data}", "uhoa", (ONE, TWO))]
    for at in range(len(raw)):
        changed = bytes((*raw[:at], raw[at] ^ 1, *raw[at + 1 :]))
        wrong.append((f"{form}.{key_id}.{base64.urlsafe_b64encode(changed).decode()}", "uhoa", (ONE,)))
    wrong += [(sealed[:-cut], "uhoa", (ONE,)) for cut in (1, 4, 40, len(data))]
    for text, owner, keys in wrong:
        with pytest.raises(BackendError) as caught:
            sealing.unseal(text, owner=owner, keys=keys)
        assert caught.value.code == "accounts.sealed"
    print(f"{len(wrong)} wrong owners, keys and changed bytes: none opens")


def test_secrets_from_before_go_on_and_are_sealed(engine: Engine, clock: Clock) -> None:
    user_id, totp, _ = enrolled(engine, clock, (ONE,))
    with db.writing(engine) as session:
        session.execute(update(SecondFactorRow).values(secret=totp.secret))
    clock.go(seconds=30)
    assert enters(engine, user_id, totp.at(clock.now), clock, (ONE,))
    with db.writing(engine) as session:
        assert second_factor.seal_all(session, keys=(ONE,)) == (1, 0)
        assert second_factor.seal_all(session, keys=(ONE,)) == (0, 0)
    assert totp.secret not in stored(engine)[0]
    clock.go(seconds=30)
    assert enters(engine, user_id, totp.at(clock.now), clock, (ONE,))


def test_rotations_lose_nobody(engine: Engine, clock: Clock, settings: Settings) -> None:
    user_id, totp, _ = enrolled(engine, clock, signing_keys.ensure(settings))
    for _ in range(4):
        keys = signing_keys.rotate(settings)
        clock.go(seconds=30)
        assert enters(engine, user_id, totp.at(clock.now), clock, keys), "before they are sealed anew, too"
        with db.writing(engine) as session:
            assert second_factor.seal_all(session, keys=keys) == (1, 0)
            assert second_factor.unreadable(session, keys=keys[:1]) == 0


def test_with_the_key_lost_recovery_codes_still_open(engine: Engine, clock: Clock) -> None:
    """After a restore without the former secret.key; and what rotations would do if nothing were sealed anew."""
    user_id, totp, codes = enrolled(engine, clock, (ONE,))
    clock.go(seconds=30)
    with pytest.raises(BackendError):
        enters(engine, user_id, totp.at(clock.now), clock, (FOUR, THREE, TWO))
    with db.writing(engine) as session:
        assert second_factor.unreadable(session, keys=(FOUR,)) == 1
        assert second_factor.seal_all(session, keys=(FOUR,)) == (0, 1)
    assert enters(engine, user_id, codes[0], clock, (FOUR,))
    assert enters(engine, user_id, totp.at(clock.now), clock, (FOUR, ONE)), "the old key as a further line of the file"


def test_two_rotations_at_once_lose_no_key(settings: Settings) -> None:
    signing_keys.ensure(settings)

    def rotate(_: int) -> str:
        with signing_keys.only_rotation(settings):
            return signing_keys.rotate(settings, keep=20)[0].id

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(rotate, range(16)))
    assert made <= {key.id for key in signing_keys.read(settings)}
    assert len(made) == 16


def test_a_ring_follows_the_file(settings: Settings) -> None:
    ring = KeyRing(settings)
    first = ring.keys
    assert ring.keys is first
    signing_keys.rotate(settings)
    assert ring.keys == signing_keys.read(settings) != first
    assert ring.keys[1] == first[0]
    known = ring.keys
    signing_keys.path_of(settings).unlink()
    assert ring.keys == known
    signing_keys.ensure(settings)
    assert ring.keys == signing_keys.read(settings) != known
