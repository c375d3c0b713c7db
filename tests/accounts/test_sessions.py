"""Sessions end when they should, and hold what their person holds now."""

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from museum import db
from museum.accounts import login, people, second_factor, sessions
from museum.accounts.roles import Role
from museum.accounts.tables import SessionRow
from tests.accounts.conftest import OPERATOR, Clock, a_grant, a_user

HOA = "hoa@baotang.example"


def begin(engine: Engine, user_id: str, clock: Clock, user_agent: str = "") -> str:
    with db.writing(engine) as session:
        return sessions.begin(session, user_id, user_agent=user_agent, now=clock.now).token


def test_a_session_ends_after_twelve_idle_hours(engine: Engine, clock: Clock) -> None:
    token = begin(engine, a_user(engine, HOA, clock=clock).id, clock)
    clock.go(hours=11, minutes=59)
    assert sessions.viewer_of(engine, token, now=clock.now) is not None  # and is seen, so it lives on
    clock.go(hours=11, minutes=59)
    assert sessions.viewer_of(engine, token, now=clock.now) is not None
    clock.go(hours=12)
    assert sessions.viewer_of(engine, token, now=clock.now) is None


def test_a_session_ends_after_fourteen_days_even_when_used(engine: Engine, clock: Clock) -> None:
    token = begin(engine, a_user(engine, HOA, clock=clock).id, clock)
    for _ in range(2 * 14 - 1):
        clock.go(hours=11, minutes=50)
        assert sessions.viewer_of(engine, token, now=clock.now) is not None
    clock.go(hours=11, minutes=50)
    assert sessions.viewer_of(engine, token, now=clock.now) is not None
    clock.go(hours=5)
    assert sessions.viewer_of(engine, token, now=clock.now) is None


def test_rotation_does_not_prolong_the_fourteen_days(engine: Engine, clock: Clock) -> None:
    token = begin(engine, a_user(engine, HOA, clock=clock).id, clock)
    clock.go(hours=11)
    with db.writing(engine) as session:
        rotated = sessions.rotate(session, token, now=clock.now)
    assert rotated is not None
    assert rotated.expires_at == clock.now - dt.timedelta(hours=11) + sessions.ABSOLUTE
    assert sessions.viewer_of(engine, token, now=clock.now) is None
    assert sessions.viewer_of(engine, rotated.token, now=clock.now) is not None
    with db.reading(engine) as session:
        (row,) = session.scalars(select(SessionRow)).all()
    assert row.rotated_from is not None


def test_a_pages_view_writes_at_most_once_in_five_minutes(engine: Engine, clock: Clock) -> None:
    token = begin(engine, a_user(engine, HOA, clock=clock).id, clock)
    seen = []
    for _ in range(12):
        clock.go(minutes=1)
        sessions.viewer_of(engine, token, now=clock.now)
        with db.reading(engine) as session:
            seen.append(session.scalar(select(SessionRow.last_seen_at)))
    assert len(set(seen)) == 3


def test_a_new_role_asks_for_rotation_and_holds_at_once(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, a_grant("contributor", "hue"), clock=clock)
    token = begin(engine, hoa.id, clock)
    with db.writing(engine) as session:
        people.grant(session, hoa.id, a_grant("curator", "hue"), by=OPERATOR)
    found = sessions.viewer_of(engine, token, now=clock.now)
    assert found is not None
    assert found.must_rotate
    assert a_grant("curator", "hue") in found.viewer.grants
    with db.writing(engine) as session:
        rotated = sessions.rotate(session, token, now=clock.now)
    assert rotated is not None
    after = sessions.viewer_of(engine, rotated.token, now=clock.now)
    assert after is not None
    assert not after.must_rotate


def test_a_role_taken_away_is_gone_with_the_next_page(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, a_grant("curator", "hue"), clock=clock)
    token = begin(engine, hoa.id, clock)
    with db.writing(engine) as session:
        people.revoke(session, hoa.id, a_grant("curator", "hue"), by=OPERATOR)
    found = sessions.viewer_of(engine, token, now=clock.now)
    assert found is not None
    assert found.viewer.grants == ()


def test_shutting_an_account_ends_its_sessions(engine: Engine, clock: Clock) -> None:
    hoa, lan = a_user(engine, HOA, clock=clock), a_user(engine, "lan@baotang.example", clock=clock)
    tokens = [begin(engine, hoa.id, clock), begin(engine, hoa.id, clock)]
    hers = begin(engine, lan.id, clock)
    with db.writing(engine) as session:
        people.deactivate(session, hoa.id, by=OPERATOR)
    assert [sessions.viewer_of(engine, token, now=clock.now) for token in tokens] == [None, None]
    assert sessions.viewer_of(engine, hers, now=clock.now) is not None
    with db.writing(engine) as session:
        people.reactivate(session, hoa.id, by=OPERATOR)
    assert [sessions.viewer_of(engine, token, now=clock.now) for token in tokens] == [None, None]


def test_signing_out_ends_this_session_only(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    here, there = begin(engine, hoa.id, clock), begin(engine, hoa.id, clock)
    with db.writing(engine) as session:
        sessions.end(session, here)
    assert sessions.viewer_of(engine, here, now=clock.now) is None
    assert sessions.viewer_of(engine, there, now=clock.now) is not None


def test_one_ends_ones_own_other_session_from_the_list_and_nobody_elses(engine: Engine, clock: Clock) -> None:
    hoa, lan = a_user(engine, HOA, clock=clock), a_user(engine, "lan@baotang.example", clock=clock)
    there = begin(engine, hoa.id, clock, "Mozilla/5.0 Chrome/140.0 Safari/537.36 Edg/140.0")
    with db.reading(engine) as session:
        (line,) = sessions.list_of(session, hoa.id)
    assert (line.browser, line.is_this) == ("Edge", False)
    with db.writing(engine) as session:
        sessions.end_one(session, lan.id, line.key)
        sessions.end_one(session, hoa.id, "")
    assert sessions.viewer_of(engine, there, now=clock.now) is not None
    with db.writing(engine) as session:
        sessions.end_one(session, hoa.id, line.key)
    assert sessions.viewer_of(engine, there, now=clock.now) is None


@pytest.mark.parametrize("token", ["", "unknown", "\udcff", "x" * 5000])
def test_an_unknown_token_is_nobody(engine: Engine, clock: Clock, token: str) -> None:
    assert sessions.viewer_of(engine, token, now=clock.now) is None


def test_where_a_role_needs_a_second_factor_nothing_is_held_before_it(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, a_grant("administrator", "hue"), clock=clock)
    token = begin(engine, hoa.id, clock)
    needed = second_factor.required_roles("administrator, publisher")
    assert needed == {Role.ADMINISTRATOR, Role.PUBLISHER}
    found = sessions.viewer_of(engine, token, second_factor_roles=needed, now=clock.now)
    assert found is not None
    assert (found.stage, found.viewer.grants) == ("enroll", ())
    relaxed = sessions.viewer_of(engine, token, second_factor_roles=frozenset({Role.CURATOR}), now=clock.now)
    assert relaxed is not None
    assert relaxed.stage == "full"


def test_what_has_run_out_is_swept(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    begin(engine, hoa.id, clock)
    clock.go(days=15)
    kept = begin(engine, hoa.id, clock)
    with db.writing(engine) as session:
        login.sweep(session, now=clock.now)
        assert len(session.scalars(select(SessionRow)).all()) == 1
    assert sessions.viewer_of(engine, kept, now=clock.now) is not None
