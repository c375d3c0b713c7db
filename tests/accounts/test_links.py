"""Invitations and reset links: for one person, once, for a while."""

import pytest
from sqlalchemy import Engine, select

from museum import db
from museum.accounts import invitations, login, people, resets, sessions
from museum.accounts.login import WrongLogin
from museum.accounts.tables import InvitationRow, ResetRow
from museum.accounts.throttle import TooMany
from museum.errors import Conflict, Forbidden, Invalid, NotFound
from tests.accounts.conftest import OPERATOR, PASSWORD, QUICK, Clock, a_grant, a_user

HOA = "hoa@baotang.example"
CURATOR = a_grant("curator", "hue")


def invite(engine: Engine, clock: Clock, email: str = HOA) -> str:
    with db.writing(engine) as session:
        return invitations.invite(session, email, by=OPERATOR, grants=[CURATOR], name="Hoa", now=clock.now).token


def can_sign_in(engine: Engine, clock: Clock, password: str = PASSWORD) -> bool:
    try:
        login.log_in(engine, email=HOA, password=password, address="x", passwords=QUICK, now=clock.now)
    except WrongLogin:
        return False
    return True


def test_an_invitation_makes_an_account_with_its_roles_once(engine: Engine, clock: Clock) -> None:
    token = invite(engine, clock)
    with db.reading(engine) as session:
        shown = invitations.look(session, token, now=clock.now)
        assert (shown.email, shown.name, shown.grants) == (HOA, "Hoa", (CURATOR,))
        assert token not in session.scalars(select(InvitationRow.token_hash)).all()
        assert [each.email for each in invitations.open_for(session, OPERATOR, now=clock.now)] == [HOA]
    user = invitations.accept(engine, token, password=PASSWORD, name="Nguyễn Thị Hoa", passwords=QUICK, now=clock.now)
    assert (user.email, user.name) == (HOA, "Nguyễn Thị Hoa")
    assert can_sign_in(engine, clock)
    with db.reading(engine) as session:
        assert people.grants_of(session, user.id) == (CURATOR,)
        assert invitations.open_for(session, OPERATOR, now=clock.now) == []
    with pytest.raises(NotFound):
        invitations.accept(engine, token, password="một mật khẩu khác", passwords=QUICK, now=clock.now)
    assert can_sign_in(engine, clock)


def test_an_invitation_ends_after_seven_days(engine: Engine, clock: Clock) -> None:
    token = invite(engine, clock)
    clock.go(days=7)
    with db.reading(engine) as session, pytest.raises(NotFound):
        invitations.look(session, token, now=clock.now)


@pytest.mark.parametrize("token", ["", "unknown", "\udcff"])
def test_an_unknown_link_opens_nothing(engine: Engine, token: str) -> None:
    with db.reading(engine) as session:
        with pytest.raises(NotFound):
            invitations.look(session, token)
        with pytest.raises(NotFound):
            resets.look(session, token)


def test_a_bad_password_leaves_the_invitation_open(engine: Engine, clock: Clock) -> None:
    token = invite(engine, clock)
    with pytest.raises(Invalid):
        invitations.accept(engine, token, password="hoa@baotang.example", passwords=QUICK, now=clock.now)
    assert invitations.accept(engine, token, password=PASSWORD, passwords=QUICK, now=clock.now).email == HOA


def test_the_newer_invitation_of_the_same_person_replaces_the_older(engine: Engine, clock: Clock) -> None:
    older, newer = invite(engine, clock), invite(engine, clock, " HOA@baotang.example")
    with db.reading(engine) as session:
        with pytest.raises(NotFound):
            invitations.look(session, older, now=clock.now)
        assert invitations.look(session, newer, now=clock.now).email == HOA


def test_who_has_an_account_is_given_roles_not_invited(engine: Engine, clock: Clock) -> None:
    token = invite(engine, clock)
    a_user(engine, HOA, clock=clock)
    with pytest.raises(Conflict):
        invite(engine, clock)
    with pytest.raises(Conflict):
        invitations.accept(engine, token, password=PASSWORD, passwords=QUICK, now=clock.now)


def test_an_invitation_gives_no_more_than_the_inviter_holds_when_it_is_accepted(engine: Engine, clock: Clock) -> None:
    chief = a_user(engine, "chief@baotang.example", a_grant("administrator", "hue"), clock=clock)
    with db.writing(engine) as session:
        by = people.viewer_of(session, chief.id)
        token = invitations.invite(session, HOA, by=by, grants=[CURATOR], now=clock.now).token
        people.revoke(session, chief.id, a_grant("administrator", "hue"), by=OPERATOR)
    with pytest.raises(Forbidden):
        invitations.accept(engine, token, password=PASSWORD, passwords=QUICK, now=clock.now)
    with db.reading(engine) as session:
        assert people.by_email(session, HOA) is None


def test_an_invitation_is_withdrawn_by_who_may_give_its_roles(engine: Engine, clock: Clock) -> None:
    token = invite(engine, clock)
    cham = a_user(engine, "cham@baotang.example", a_grant("administrator", "cham"), clock=clock)
    with db.writing(engine) as session:
        number = invitations.look(session, token, now=clock.now).id
        by = people.viewer_of(session, cham.id)
        assert invitations.open_for(session, by, now=clock.now) == []
        with pytest.raises(NotFound):
            invitations.withdraw(session, number, by=by, now=clock.now)
        invitations.withdraw(session, number, by=OPERATOR, now=clock.now)
        with pytest.raises(NotFound):
            invitations.look(session, token, now=clock.now)


def test_an_invitation_wants_a_role(engine: Engine) -> None:
    with db.writing(engine) as session, pytest.raises(Invalid):
        invitations.invite(session, HOA, by=OPERATOR, grants=[])


def test_a_reset_link_sets_a_new_password_once_and_ends_sessions(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    with db.writing(engine) as session:
        signed_in = sessions.begin(session, hoa.id, now=clock.now).token
        token = resets.issue(session, hoa.id, by=OPERATOR, now=clock.now).token
        assert token not in session.scalars(select(ResetRow.token_hash)).all()
    with pytest.raises(Invalid):
        resets.use(engine, token, password="ngắn", passwords=QUICK, now=clock.now)
    new = "một mái nhà rường bên sông"
    assert resets.use(engine, token, password=new, passwords=QUICK, now=clock.now).id == hoa.id
    assert can_sign_in(engine, clock, new)
    assert not can_sign_in(engine, clock)
    assert sessions.viewer_of(engine, signed_in, now=clock.now) is None
    with pytest.raises(NotFound):
        resets.use(engine, token, password=PASSWORD, passwords=QUICK, now=clock.now)


def test_a_reset_link_ends_after_an_hour_and_with_the_next(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    with db.writing(engine) as session:
        first = resets.issue(session, hoa.id, by=OPERATOR, now=clock.now).token
        second = resets.issue(session, hoa.id, by=OPERATOR, now=clock.now).token
        with pytest.raises(NotFound):
            resets.look(session, first, now=clock.now)
        assert resets.look(session, second, now=clock.now).id == hoa.id
        clock.go(hours=1)
        with pytest.raises(NotFound):
            resets.look(session, second, now=clock.now)


def test_asking_for_a_reset_tells_nothing_and_marks_the_person_for_their_administrator(
    engine: Engine, clock: Clock
) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    for email in (HOA, "nobody@baotang.example"):
        assert resets.ask(engine, email, address="x", now=clock.now) is None
    with db.reading(engine) as session:
        assert people.get(session, hoa.id).reset_asked_at == clock.now
        assert session.scalars(select(ResetRow)).all() == []
    with pytest.raises(TooMany):
        for _ in range(30):
            resets.ask(engine, "somebody@baotang.example", address="x", now=clock.now)
    with db.writing(engine) as session:
        token = resets.issue(session, hoa.id, by=OPERATOR, now=clock.now).token
    resets.use(engine, token, password=PASSWORD, passwords=QUICK, now=clock.now)
    with db.reading(engine) as session:
        assert people.get(session, hoa.id).reset_asked_at is None
