"""Who may manage whom: within their own institution, never wider, never a peer's."""

import pytest
from sqlalchemy import Engine, select

from museum import db
from museum.accounts import events, invitations, keys, people, policy, resets, sessions
from museum.accounts.people import User
from museum.accounts.policy import Grant, Viewer
from museum.accounts.roles import Action
from museum.accounts.tables import GrantRow
from museum.errors import Conflict, Forbidden, Invalid, NotFound
from tests.accounts.conftest import OPERATOR, Clock, a_grant, a_user

HUE_ADMIN, CHAM_ADMIN, WHOLE = (a_grant("administrator", code) for code in ("hue", "cham", "*"))


def viewer(engine: Engine, user: User) -> Viewer:
    with db.reading(engine) as session:
        return people.viewer_of(session, user.id)


def test_an_email_is_one_account_in_whatever_case_and_form(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, "  Hoa.Nguyễn@BaoTang.Example ", clock=clock)
    assert hoa.email == "hoa.nguyễn@baotang.example"
    assert hoa.id.startswith("u")
    with db.writing(engine) as session:
        assert people.by_email(session, "HOA.NGUYỄN@baotang.example") == hoa
        with pytest.raises(Conflict):
            people.create(session, "HOA.NGUYỄN@BAOTANG.EXAMPLE", name="Hoa", by=OPERATOR)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "hoa",
        "hoa@",
        "@baotang.example",
        "hoa@baotang",
        "a b@c.vn",
        "a@b@c.vn",
        "<a@b.vn>",
        "a\0@b.vn",
        "\udcff@b.vn",
    ],
)
def test_what_is_no_email_is_refused(engine: Engine, email: str) -> None:
    with db.writing(engine) as session, pytest.raises(Invalid) as raised:
        people.create(session, email, name="Hoa", by=OPERATOR)
    assert raised.value.code == "accounts.bad_email"
    with db.reading(engine) as session:
        assert people.by_email(session, email) is None


def test_each_grant_says_who_gave_it_when(engine: Engine, clock: Clock) -> None:
    chief = a_user(engine, "chief@baotang.example", HUE_ADMIN, clock=clock)
    hoa = a_user(engine, "hoa@baotang.example", clock=clock)
    clock.go(hours=1)
    with db.writing(engine) as session:
        given = a_grant("curator", "hue")
        assert people.grant(session, hoa.id, given, by=viewer(engine, chief), now=clock.now)
        assert not people.grant(session, hoa.id, given, by=viewer(engine, chief), now=clock.now)
        row = session.scalars(select(GrantRow).where(GrantRow.user_id == hoa.id)).one()
        assert (row.granted_by, row.granted_at) == (chief.id, clock.now)
        assert people.revoke(session, hoa.id, given, by=viewer(engine, chief), now=clock.now)
        assert not people.revoke(session, hoa.id, given, by=viewer(engine, chief), now=clock.now)
        told = [(event.action, event.by, event.detail) for event in events.of(session, hoa.id)]
    assert told == [
        ("revoked", chief.id, "curator hue"),
        ("granted", chief.id, "curator hue"),
        ("created", "cli:hoa", ""),
    ]


@pytest.mark.parametrize("given", [CHAM_ADMIN, WHOLE, a_grant("contributor", "cham"), a_grant("contributor", "*")])
def test_an_institutions_administrator_gives_nothing_outside_of_it(engine: Engine, clock: Clock, given: Grant) -> None:
    chief = a_user(engine, "chief@baotang.example", HUE_ADMIN, clock=clock)
    by = viewer(engine, chief)
    with db.writing(engine) as session:
        for attempt in (
            lambda: people.grant(session, chief.id, given, by=by),
            lambda: people.revoke(session, chief.id, given, by=by),
            lambda: people.create(session, "lan@baotang.example", name="Lan", by=by, grants=[given]),
            lambda: invitations.invite(
                session, "lan@baotang.example", by=by, grants=[a_grant("curator", "hue"), given]
            ),
        ):
            with pytest.raises(Forbidden):
                attempt()
        session.rollback()


@pytest.mark.parametrize("role", ["contributor", "curator", "reviewer", "restorer", "publisher"])
def test_no_other_role_manages_people(engine: Engine, clock: Clock, role: str) -> None:
    hoa = a_user(engine, "hoa@baotang.example", a_grant(role, "*"), clock=clock)
    lan = a_user(engine, "lan@baotang.example", a_grant("contributor", "hue"), clock=clock)
    by = viewer(engine, hoa)
    with db.writing(engine) as session:
        for attempt in (
            lambda: people.grant(session, hoa.id, a_grant("contributor", "hue"), by=by),
            lambda: people.deactivate(session, lan.id, by=by),
            lambda: resets.issue(session, lan.id, by=by),
            lambda: people.all_for(session, by),
            lambda: invitations.open_for(session, by),
        ):
            with pytest.raises(Forbidden):
                attempt()
        session.rollback()


def test_an_account_that_also_holds_more_is_not_taken_over(engine: Engine, clock: Clock) -> None:
    """A reset link for a wider administrator, or for a peer's curator, would give their rights away."""
    chief = a_user(engine, "chief@baotang.example", HUE_ADMIN, clock=clock)
    by = viewer(engine, chief)
    wider = a_user(engine, "wider@baotang.example", a_grant("curator", "hue"), WHOLE, clock=clock)
    shared = a_user(
        engine, "shared@baotang.example", a_grant("curator", "hue"), a_grant("curator", "cham"), clock=clock
    )
    without = a_user(engine, "without@baotang.example", clock=clock)
    own = a_user(engine, "own@baotang.example", a_grant("curator", "hue"), HUE_ADMIN, clock=clock)
    with db.writing(engine) as session:
        for other in (wider, shared, without):
            for attempt in (people.deactivate, people.reactivate, resets.issue):
                with pytest.raises(Forbidden):
                    attempt(session, other.id, by=by)
        assert resets.issue(session, own.id, by=by).token
        assert people.revoke(session, shared.id, a_grant("curator", "hue"), by=by)  # what is theirs they take


def test_peers_see_their_own_people_and_only_their_own_roles(engine: Engine, clock: Clock) -> None:
    hue = a_user(engine, "hue@baotang.example", HUE_ADMIN, clock=clock)
    cham = a_user(engine, "cham@baotang.example", CHAM_ADMIN, clock=clock)
    whole = a_user(engine, "whole@baotang.example", WHOLE, clock=clock)
    shared = a_user(
        engine, "shared@baotang.example", a_grant("curator", "hue"), a_grant("reviewer", "cham"), clock=clock
    )
    a_user(engine, "without@baotang.example", clock=clock)
    with db.reading(engine) as session:
        seen = {person.user.email: person.grants for person in people.all_for(session, viewer(engine, hue))}
        assert seen == {"hue@baotang.example": (HUE_ADMIN,), "shared@baotang.example": (a_grant("curator", "hue"),)}
        seen = {person.user.email: person.grants for person in people.all_for(session, viewer(engine, cham))}
        assert seen == {"cham@baotang.example": (CHAM_ADMIN,), "shared@baotang.example": (a_grant("reviewer", "cham"),)}
        assert len(people.all_for(session, viewer(engine, whole))) == 5
        assert people.names(session, [shared.id, "cli:hoa"]) == {shared.id: "shared"}


def test_of_a_shared_person_a_peer_learns_its_own_roles_and_nothing_else(engine: Engine, clock: Clock) -> None:
    hue = a_user(engine, "hue@baotang.example", HUE_ADMIN, clock=clock)
    shared = a_user(engine, "s@baotang.example", a_grant("curator", "hue"), a_grant("reviewer", "cham"), clock=clock)
    with db.writing(engine) as session:
        own = people.viewer_of(session, shared.id)
        keys.issue(session, by=own, name="sync", scopes=[Action.VIEW], institution="cham", now=clock.now)
        by = people.viewer_of(session, hue.id)
        people.grant(session, shared.id, a_grant("restorer", "hue", "Cửu Đỉnh"), by=by)
        people.revoke(session, shared.id, a_grant("restorer", "hue", "Cửu Đỉnh"), by=by)
        told = [(event.action, event.detail) for event in people.history(session, shared.id, by=by)]
        taken = "restorer hue / Cửu Đỉnh"
        assert told == [("revoked", taken), ("granted", taken), ("granted", "curator hue")]
        assert keys.list_for(session, shared.id, by=by) == []
        for wider in (own, OPERATOR):
            assert len(people.history(session, shared.id, by=wider)) == 6
            assert len(keys.list_for(session, shared.id, by=wider)) == 1


def test_the_last_administrator_of_the_museum_stays(engine: Engine, clock: Clock) -> None:
    first = a_user(engine, "first@baotang.example", WHOLE, clock=clock)
    with db.writing(engine) as session:
        with pytest.raises(Conflict):
            people.revoke(session, first.id, WHOLE, by=OPERATOR)
        with pytest.raises(Conflict):
            people.deactivate(session, first.id, by=OPERATOR)
        session.rollback()
    second = a_user(engine, "second@baotang.example", WHOLE, clock=clock)
    with db.writing(engine) as session:
        people.deactivate(session, second.id, by=OPERATOR)
        with pytest.raises(Conflict):  # one who is shut out counts for nothing
            people.revoke(session, first.id, WHOLE, by=OPERATOR)
        people.reactivate(session, second.id, by=OPERATOR)
        assert people.revoke(session, first.id, WHOLE, by=OPERATOR)


def test_shutting_an_account_ends_all_that_it_opens_at_once(engine: Engine, clock: Clock) -> None:
    chief = a_user(engine, "chief@baotang.example", HUE_ADMIN, clock=clock)
    with db.writing(engine) as session:
        token = sessions.begin(session, chief.id, now=clock.now).token
        reset = resets.issue(session, chief.id, by=OPERATOR, now=clock.now).token
        by = people.viewer_of(session, chief.id)
        key = keys.issue(session, by=by, name="sync", scopes=[Action.VIEW], now=clock.now).text
        invited = invitations.invite(
            session, "lan@baotang.example", by=by, grants=[a_grant("curator", "hue")], now=clock.now
        ).token
    assert sessions.viewer_of(engine, token, now=clock.now) is not None
    assert keys.viewer_of_key(engine, key, now=clock.now) is not None
    with db.writing(engine) as session:
        people.deactivate(session, chief.id, by=OPERATOR, now=clock.now)
    assert sessions.viewer_of(engine, token, now=clock.now) is None
    assert keys.viewer_of_key(engine, key, now=clock.now) is None
    with db.reading(engine) as session:
        with pytest.raises(NotFound):
            resets.look(session, reset, now=clock.now)
        with pytest.raises(NotFound):
            invitations.look(session, invited, now=clock.now)
        assert people.viewer_of(session, chief.id).grants == ()
    with db.writing(engine) as session:
        people.reactivate(session, chief.id, by=OPERATOR, now=clock.now)
    assert keys.viewer_of_key(engine, key, now=clock.now) is None


def test_a_name_and_language_are_ones_own_to_change(engine: Engine, clock: Clock) -> None:
    hoa = a_user(engine, "hoa@baotang.example", clock=clock)
    with db.writing(engine) as session:
        changed = people.describe(session, hoa.id, name=" Nguyễn  Thị Hoa ", language="en")
        assert (changed.name, changed.language) == ("Nguyễn Thị Hoa", "en")
        for wrong in (
            {"name": " ", "language": "vi"},
            {"name": "a\0", "language": "vi"},
            {"name": "Hoa", "language": "fr"},
        ):
            with pytest.raises(Invalid):
                people.describe(session, hoa.id, **wrong)


def test_the_machines_operator_has_the_whole_museum() -> None:
    assert policy.covers(OPERATOR, WHOLE)
    assert OPERATOR.user_id == "cli:hoa"
