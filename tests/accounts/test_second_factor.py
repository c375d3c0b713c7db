"""The second factor: each code once, and a way back in when the telephone is lost."""

import pyotp
import pytest
from sqlalchemy import Engine, select

from museum import db
from museum.accounts import login, policy, second_factor, sessions
from museum.accounts.login import WrongLogin
from museum.accounts.people import User
from museum.accounts.tables import RecoveryCodeRow
from museum.accounts.throttle import TooMany
from museum.errors import Conflict, Forbidden, Invalid
from tests.accounts.conftest import KEYS, OPERATOR, PASSWORD, QUICK, Clock, a_grant, a_user

HOA = "hoa@baotang.example"


def enrolled(engine: Engine, clock: Clock) -> tuple[User, pyotp.TOTP, tuple[str, ...]]:
    """Somebody with an authenticator and ten recovery codes."""
    hoa = a_user(engine, HOA, a_grant("administrator", "hue"), clock=clock)
    with db.writing(engine) as session:
        enrollment = second_factor.begin(session, hoa.id, issuer="Bảo tàng Huế", keys=KEYS)
        authenticator = pyotp.parse_uri(enrollment.uri)
        assert isinstance(authenticator, pyotp.TOTP)
        assert (authenticator.secret, authenticator.issuer) == (enrollment.secret, "Bảo tàng Huế")
        codes = second_factor.confirm(session, hoa.id, authenticator.at(clock.now), keys=KEYS, now=clock.now)
    clock.go(seconds=30)
    return hoa, authenticator, codes


def first_step(engine: Engine, clock: Clock) -> str:
    issued = login.log_in(engine, email=HOA, password=PASSWORD, address="203.0.113.7", passwords=QUICK, now=clock.now)
    assert issued.stage == "code"
    return issued.token


def test_between_password_and_code_nothing_may_be_done(engine: Engine, clock: Clock) -> None:
    _, authenticator, _ = enrolled(engine, clock)
    token = first_step(engine, clock)
    found = sessions.viewer_of(engine, token, now=clock.now)
    assert found is not None
    assert (found.stage, found.viewer.grants) == ("code", ())
    issued = login.confirm_code(engine, token, authenticator.at(clock.now), keys=KEYS, now=clock.now)
    assert issued.token != token
    assert sessions.viewer_of(engine, token, now=clock.now) is None
    full = sessions.viewer_of(engine, issued.token, now=clock.now)
    assert full is not None
    assert (full.stage, full.viewer.grants) == ("full", (a_grant("administrator", "hue"),))
    assert issued.expires_at == clock.now + sessions.ABSOLUTE


def test_a_code_works_once(engine: Engine, clock: Clock) -> None:
    _, authenticator, _ = enrolled(engine, clock)
    code = authenticator.at(clock.now)
    login.confirm_code(engine, first_step(engine, clock), code, keys=KEYS, now=clock.now)
    for _ in range(2):
        with pytest.raises(WrongLogin):
            login.confirm_code(engine, first_step(engine, clock), code, keys=KEYS, now=clock.now)
    clock.go(seconds=30)
    with pytest.raises(WrongLogin):  # still within the telephone's drift, and used
        login.confirm_code(engine, first_step(engine, clock), code, keys=KEYS, now=clock.now)
    login.confirm_code(engine, first_step(engine, clock), authenticator.at(clock.now), keys=KEYS, now=clock.now)


@pytest.mark.parametrize(("drift_s", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_telephones_clock_may_be_off_by_half_a_minute(
    engine: Engine, clock: Clock, drift_s: int, is_right: bool
) -> None:
    hoa, authenticator, _ = enrolled(engine, clock)
    clock.go(minutes=5)
    code = authenticator.at(int(clock.now.timestamp()) + drift_s)
    with db.writing(engine) as session:
        assert second_factor.verify(session, hoa.id, code, keys=KEYS, now=clock.now) is is_right


def test_a_recovery_code_works_once_however_it_is_typed(engine: Engine, clock: Clock) -> None:
    hoa, _, codes = enrolled(engine, clock)
    assert len(set(codes)) == 10
    login.confirm_code(engine, first_step(engine, clock), f" {codes[3].upper()} ", keys=KEYS, now=clock.now)
    with pytest.raises(WrongLogin):
        login.confirm_code(engine, first_step(engine, clock), codes[3], keys=KEYS, now=clock.now)
    login.confirm_code(engine, first_step(engine, clock), codes[4].replace("-", ""), keys=KEYS, now=clock.now)
    with db.writing(engine) as session:
        assert second_factor.recovery_codes_left(session, hoa.id) == 8
        assert len(second_factor.renew_recovery_codes(session, hoa.id)) == 10
        assert not second_factor.verify(session, hoa.id, codes[5], keys=KEYS, now=clock.now)


def test_recovery_codes_are_stored_as_digests_and_are_nobody_elses(engine: Engine, clock: Clock) -> None:
    _, _, codes = enrolled(engine, clock)
    lan = a_user(engine, "lan@baotang.example", clock=clock)
    with db.writing(engine) as session:
        stored = session.scalars(select(RecoveryCodeRow.code_hash)).all()
        assert not set(stored) & set(codes)
        enrollment = second_factor.begin(session, lan.id, issuer="x", keys=KEYS)
        second_factor.confirm(session, lan.id, pyotp.TOTP(enrollment.secret).at(clock.now), keys=KEYS, now=clock.now)
        assert not second_factor.verify(session, lan.id, codes[0], keys=KEYS, now=clock.now)


def test_guessing_codes_becomes_slow(engine: Engine, clock: Clock) -> None:
    _, authenticator, _ = enrolled(engine, clock)
    token = first_step(engine, clock)
    right = authenticator.at(clock.now)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(5):
        with pytest.raises(WrongLogin):
            login.confirm_code(engine, token, wrong, keys=KEYS, now=clock.now)
    with pytest.raises(TooMany):
        login.confirm_code(engine, token, right, keys=KEYS, now=clock.now)
    clock.go(minutes=10)
    with pytest.raises(WrongLogin) as raised:  # the step between runs out
        login.confirm_code(engine, token, authenticator.at(clock.now), keys=KEYS, now=clock.now)
    assert raised.value.code == "accounts.sign_in_again"


def test_a_full_session_is_not_confirmed_again(engine: Engine, clock: Clock) -> None:
    a_user(engine, HOA, clock=clock)
    issued = login.log_in(engine, email=HOA, password=PASSWORD, address="x", passwords=QUICK, now=clock.now)
    with pytest.raises(WrongLogin):
        login.confirm_code(engine, issued.token, "000000", keys=KEYS, now=clock.now)


def test_it_counts_only_after_its_first_code(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    with db.writing(engine) as session:
        first = second_factor.begin(session, hoa.id, issuer="x", keys=KEYS)
        shown_again = second_factor.pending(session, hoa.id, issuer="x", keys=KEYS)
        assert shown_again is not None
        assert shown_again.secret == first.secret
        with pytest.raises(Invalid):
            second_factor.confirm(session, hoa.id, "12345", keys=KEYS, now=clock.now)
        assert not second_factor.verify(
            session, hoa.id, pyotp.TOTP(first.secret).at(clock.now), keys=KEYS, now=clock.now
        )
    issued = login.log_in(engine, email=HOA, password=PASSWORD, address="x", passwords=QUICK, now=clock.now)
    assert issued.stage == "full"


def test_a_standing_second_factor_is_not_replaced_in_silence(engine: Engine, clock: Clock) -> None:
    hoa, _, _ = enrolled(engine, clock)
    with db.writing(engine) as session:
        assert second_factor.pending(session, hoa.id, issuer="x", keys=KEYS) is None
        with pytest.raises(Conflict):
            second_factor.begin(session, hoa.id, issuer="x", keys=KEYS)
        with pytest.raises(Conflict):
            second_factor.confirm(session, hoa.id, "000000", keys=KEYS, now=clock.now)


def test_a_lost_telephone_is_mended_by_who_manages_the_person_only(engine: Engine, clock: Clock) -> None:
    hoa, _, _ = enrolled(engine, clock)
    peer = a_user(engine, "lan@baotang.example", a_grant("administrator", "cham"), clock=clock)
    token = first_step(engine, clock)
    with db.writing(engine) as session:
        with pytest.raises(Forbidden):
            second_factor.remove(
                session, hoa.id, by=policy.Viewer(user_id=peer.id, grants=(a_grant("administrator", "cham"),))
            )
        second_factor.remove(session, hoa.id, by=OPERATOR)
    assert sessions.viewer_of(engine, token, now=clock.now) is None
    issued = login.log_in(engine, email=HOA, password=PASSWORD, address="x", passwords=QUICK, now=clock.now)
    assert issued.stage == "full"


def test_an_unknown_role_in_the_setting_is_told() -> None:
    with pytest.raises(Invalid) as raised:
        second_factor.required_roles("administrator, boss")
    assert "boss" in raised.value.message("en")
