"""Many at the same moment: what works once works once, and guessing in parallel gains nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyotp
import pytest
from sqlalchemy import Engine

from museum import db
from museum.accounts import invitations, login, people, resets, second_factor
from museum.errors import MuseumError
from tests.accounts.conftest import KEYS, OPERATOR, PASSWORD, QUICK, Clock, a_grant, a_user

HOA = "hoa@baotang.example"
THREADS = 8


def at_once(work: Callable[[int], object], threads: int = THREADS) -> list[object]:
    """What each thread got: its result, or the code of its error."""
    gate = Barrier(threads)

    def one(number: int) -> object:
        gate.wait()
        try:
            return work(number)
        except MuseumError as error:
            return error.code

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def test_guesses_in_parallel_are_judged_no_more_often_than_one_by_one(engine: Engine, clock: Clock) -> None:
    a_user(engine, HOA, clock=clock)

    def guess(number: int) -> object:
        address = f"203.0.113.{number}"
        return login.log_in(
            engine, email=HOA, password=f"guess {number}", address=address, passwords=QUICK, now=clock.now
        )

    told = at_once(guess, 16)
    assert told.count("accounts.wrong_login") == 5
    assert told.count("accounts.too_many") == 11
    print(f"{len(told)} guesses at once: 5 judged, 11 told to wait")


def test_an_invitation_makes_one_account(engine: Engine, clock: Clock) -> None:
    with db.writing(engine) as session:
        token = invitations.invite(session, HOA, by=OPERATOR, grants=[a_grant("curator", "hue")], now=clock.now).token
    told = at_once(lambda _: invitations.accept(engine, token, password=PASSWORD, passwords=QUICK, now=clock.now).email)
    assert sorted(map(str, told)) == ["accounts.invitation_gone"] * (THREADS - 1) + [HOA]


def test_a_reset_link_sets_one_password(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    with db.writing(engine) as session:
        token = resets.issue(session, hoa.id, by=OPERATOR, now=clock.now).token

    def use(number: int) -> object:
        resets.use(engine, token, password=f"một mái nhà rường thứ {number}", passwords=QUICK, now=clock.now)
        return number

    told = at_once(use)
    (winner,) = [each for each in told if isinstance(each, int)]
    assert told.count("accounts.reset_gone") == THREADS - 1
    issued = login.log_in(
        engine,
        email=HOA,
        password=f"một mái nhà rường thứ {winner}",
        address="x",
        passwords=QUICK,
        now=clock.now,
    )
    assert issued.stage == "full"


@pytest.mark.parametrize("kind", ["authenticator", "recovery code"])
def test_a_code_of_the_second_factor_opens_one_session(engine: Engine, clock: Clock, kind: str) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    with db.writing(engine) as session:
        secret = second_factor.begin(session, hoa.id, issuer="x", keys=KEYS).secret
        codes = second_factor.confirm(session, hoa.id, pyotp.TOTP(secret).at(clock.now), keys=KEYS, now=clock.now)
    clock.go(seconds=30)
    code = pyotp.TOTP(secret).at(clock.now) if kind == "authenticator" else codes[0]

    def verify(_: int) -> object:
        with db.writing(engine) as session:
            return second_factor.verify(session, hoa.id, code, keys=KEYS, now=clock.now)

    assert sorted(map(str, at_once(verify))) == ["False"] * (THREADS - 1) + ["True"]


@pytest.mark.parametrize("way", ["deactivate", "revoke"])
def test_two_last_administrators_cannot_remove_each_other(engine: Engine, clock: Clock, way: str) -> None:
    both = [a_user(engine, f"chief{number}@baotang.example", people.WHOLE, clock=clock) for number in range(2)]

    def remove(number: int) -> object:
        with db.writing(engine) as session:
            by = people.viewer_of(session, both[1 - number].id)
            if way == "deactivate":
                people.deactivate(session, both[number].id, by=by)
            else:
                people.revoke(session, both[number].id, people.WHOLE, by=by)
        return "removed"

    told = at_once(remove, 2)
    assert told.count("removed") == 1
    with db.reading(engine) as session:
        assert people.has_administrator(session)
