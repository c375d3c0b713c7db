"""Signing in: what is right gets a session, everything else the same answer, and guessing becomes slow."""

import pytest
from sqlalchemy import Engine, select, update

from museum import db
from museum.accounts import login, people, sessions, throttle
from museum.accounts.login import WrongLogin
from museum.accounts.passwords import Passwords
from museum.accounts.sessions import Issued
from museum.accounts.tables import AttemptRow, SessionRow, UserRow
from museum.accounts.throttle import TooMany
from tests.accounts.conftest import OPERATOR, PASSWORD, QUICK, Clock, a_grant, a_user

HOA = "hoa@baotang.example"


def sign_in(engine: Engine, clock: Clock, password: str = PASSWORD, **more: str) -> Issued:
    given = {"email": HOA, "address": "203.0.113.7", **more}
    return login.log_in(engine, password=password, passwords=QUICK, now=clock.now, **given)


def test_the_right_password_gives_a_session_with_the_persons_grants(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, a_grant("curator", "hue"), clock=clock)
    issued = sign_in(engine, clock, email="  HOA@BaoTang.example ", user_agent="Mozilla/5.0 Firefox/150.0")
    found = sessions.viewer_of(engine, issued.token, now=clock.now)
    assert found is not None
    assert (found.viewer.user_id, found.viewer.grants) == (hoa.id, (a_grant("curator", "hue"),))
    assert found.stage == "full"
    with db.reading(engine) as session:
        (own,) = sessions.list_of(session, hoa.id, this=issued.token)
        assert (own.browser, own.is_this) == ("Firefox", True)
        stored = session.scalars(select(SessionRow.token_hash)).all()
    assert issued.token not in stored


@pytest.mark.parametrize("email", [HOA, "nobody@baotang.example"])
def test_wrong_password_and_unknown_account_get_the_same_answer(engine: Engine, clock: Clock, email: str) -> None:
    a_user(engine, HOA, clock=clock)
    with pytest.raises(WrongLogin) as raised:
        sign_in(engine, clock, "not the password", email=email)
    assert (raised.value.code, raised.value.values) == ("accounts.wrong_login", {})


def test_an_unknown_account_costs_the_same_hash(engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    a_user(engine, HOA, clock=clock)
    judged = []
    verify = Passwords.verify
    monkeypatch.setattr(
        Passwords, "verify", lambda self, known, typed: (judged.append(known), verify(self, known, typed))[1]
    )
    for email in (HOA, "nobody@baotang.example"):
        with pytest.raises(WrongLogin):
            sign_in(engine, clock, "not the password", email=email)
    assert [known is None for known in judged] == [False, True]


@pytest.mark.parametrize("typed", ["\0", "\udcff", "' OR 1=1 --", "x" * 100_000])
def test_odd_characters_are_only_wrong(engine: Engine, clock: Clock, typed: str) -> None:
    a_user(engine, HOA, clock=clock)
    for given in ({"email": typed}, {"password": typed}, {"address": typed, "password": "wrong"}):
        with pytest.raises(WrongLogin):
            sign_in(engine, clock, **given)


def test_a_shut_account_cannot_sign_in_even_with_the_right_password(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    with db.writing(engine) as session:
        people.deactivate(session, hoa.id, by=OPERATOR, now=clock.now)
    with pytest.raises(WrongLogin):
        sign_in(engine, clock)


def test_each_failure_over_five_doubles_the_wait(engine: Engine, clock: Clock) -> None:
    a_user(engine, HOA, clock=clock)
    waits = []
    for _ in range(16):
        with pytest.raises(WrongLogin):
            sign_in(engine, clock, "not the password")
        try:
            with db.writing(engine) as session:
                throttle.charge(session, [throttle.account(HOA)], now=clock.now)
                session.rollback()
            waits.append(0)
        except TooMany as error:
            waits.append(int(str(error.values["seconds"])) - 1)
            clock.go(seconds=waits[-1])
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    sign_in(engine, clock)  # the right password after the wait
    for _ in range(4):  # and the account's count is gone
        with pytest.raises(WrongLogin):
            sign_in(engine, clock, "not the password")
        clock.go(seconds=1)


def test_while_waiting_even_the_right_password_is_not_judged(engine: Engine, clock: Clock) -> None:
    a_user(engine, HOA, clock=clock)
    for _ in range(5):
        with pytest.raises(WrongLogin):
            sign_in(engine, clock, "not the password")
    with pytest.raises(TooMany):
        sign_in(engine, clock)
    clock.go(seconds=1)
    assert sign_in(engine, clock).stage == "full"


def test_one_address_that_tries_many_accounts_has_to_wait(engine: Engine, clock: Clock) -> None:
    a_user(engine, HOA, clock=clock)
    for number in range(20):
        with pytest.raises(WrongLogin):
            sign_in(engine, clock, email=f"guess{number}@baotang.example", address="2001:db8:1:2::7")
    with pytest.raises(TooMany):
        sign_in(engine, clock, address="2001:db8:1:2:ffff::9")  # the same /64
    assert sign_in(engine, clock, address="2001:db8:1:3::9").stage == "full"


def test_no_address_and_no_email_is_kept_with_the_counts(engine: Engine, clock: Clock) -> None:
    with pytest.raises(WrongLogin):
        sign_in(engine, clock)
    with db.reading(engine) as session:
        keys = session.scalars(select(AttemptRow.key)).all()
    assert len(keys) == 2
    assert not any(HOA in key or "203.0.113.7" in key for key in keys)


def test_counts_are_forgotten_after_a_day(engine: Engine, clock: Clock) -> None:
    a_user(engine, HOA, clock=clock)
    for _ in range(4):
        with pytest.raises(WrongLogin):
            sign_in(engine, clock, "not the password")
    clock.go(hours=25)
    for _ in range(4):
        with pytest.raises(WrongLogin):
            sign_in(engine, clock, "not the password")
    assert sign_in(engine, clock).stage == "full"


def test_a_hash_of_old_parameters_is_renewed_at_sign_in(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    weaker = Passwords(time_cost=1, memory_kib=32, parallelism=1).hash(PASSWORD)
    with db.writing(engine) as session:
        session.execute(update(UserRow).values(password_hash=weaker))
    sign_in(engine, clock)
    with db.reading(engine) as session:
        renewed = session.scalar(select(UserRow.password_hash).where(UserRow.id == hoa.id))
    assert renewed is not None
    assert "m=64," in renewed
    sign_in(engine, clock)


def test_a_browsers_old_session_ends_at_sign_in(engine: Engine, clock: Clock) -> None:
    a_user(engine, HOA, clock=clock)
    planted = sign_in(engine, clock)
    fresh = sign_in(engine, clock, old_token=planted.token)
    assert fresh.token != planted.token
    assert sessions.viewer_of(engine, planted.token, now=clock.now) is None
    assert sessions.viewer_of(engine, fresh.token, now=clock.now) is not None


def test_changing_the_password_ends_every_other_session(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    elsewhere, here = sign_in(engine, clock), sign_in(engine, clock)
    kept = login.change_password(
        engine, hoa.id, current=PASSWORD, new="một mái nhà rường bên sông", passwords=QUICK, now=clock.now
    )
    assert sessions.viewer_of(engine, elsewhere.token, now=clock.now) is None
    assert sessions.viewer_of(engine, here.token, now=clock.now) is None
    assert sessions.viewer_of(engine, kept.token, now=clock.now) is not None
    with pytest.raises(WrongLogin):
        sign_in(engine, clock)
    assert sign_in(engine, clock, "một mái nhà rường bên sông").stage == "full"


def test_changing_the_password_wants_the_current_one(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    with pytest.raises(WrongLogin):
        login.change_password(
            engine, hoa.id, current="not the password", new="một mái nhà rường", passwords=QUICK, now=clock.now
        )
    assert sign_in(engine, clock).stage == "full"
