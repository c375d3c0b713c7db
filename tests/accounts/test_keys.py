"""Keys for programs: shown once, never wider than their owner, ended at once."""

import pyotp
import pytest
from sqlalchemy import Engine, select

from museum import db
from museum.accounts import keys, people, second_factor
from museum.accounts.keys import NewKey
from museum.accounts.people import User
from museum.accounts.policy import Target, Viewer, may
from museum.accounts.roles import Action, Role
from museum.accounts.tables import ApiKeyRow
from museum.errors import Forbidden, Invalid, NotFound
from tests.accounts.conftest import KEYS, OPERATOR, Clock, a_grant, a_user

HUE_DRAFT, CHAM_DRAFT = (Target(institution=code, state="draft") for code in ("hue", "cham"))


@pytest.fixture
def hoa(engine: Engine, clock: Clock) -> User:
    """A curator at two institutions."""
    return a_user(engine, "hoa@baotang.example", a_grant("curator", "hue"), a_grant("curator", "cham"), clock=clock)


def issue(engine: Engine, user: User, clock: Clock, *scopes: Action, institution: str = "*", days: int = 90) -> NewKey:
    with db.writing(engine) as session:
        by = people.viewer_of(session, user.id)
        return keys.issue(session, by=by, name="sync", scopes=scopes, institution=institution, days=days, now=clock.now)


def test_a_key_does_what_its_scopes_say_and_nothing_else(engine: Engine, clock: Clock, hoa: User) -> None:
    made = issue(engine, hoa, clock, Action.VIEW, Action.EDIT)
    viewer = keys.viewer_of_key(engine, made.text, now=clock.now)
    assert viewer is not None
    assert viewer.user_id == hoa.id
    allowed = {action for action in Action if may(viewer, action, HUE_DRAFT)}
    assert allowed == {Action.VIEW, Action.EDIT}


def test_a_key_of_one_institution_stays_there(engine: Engine, clock: Clock, hoa: User) -> None:
    viewer = keys.viewer_of_key(engine, issue(engine, hoa, clock, Action.EDIT, institution="hue").text, now=clock.now)
    assert viewer is not None
    assert may(viewer, Action.EDIT, HUE_DRAFT)
    assert not may(viewer, Action.EDIT, CHAM_DRAFT)


def test_a_key_of_a_whole_administrator_confined_to_one_institution_stays_there(engine: Engine, clock: Clock) -> None:
    chief = a_user(engine, "chief@baotang.example", a_grant("administrator", "*"), clock=clock)
    made = issue(engine, chief, clock, Action.EDIT, Action.MANAGE_PEOPLE, institution="hue")
    viewer = keys.viewer_of_key(engine, made.text, now=clock.now)
    assert viewer is not None
    assert (may(viewer, Action.EDIT, HUE_DRAFT), may(viewer, Action.EDIT, CHAM_DRAFT)) == (True, False)
    with pytest.raises(Forbidden):
        issue(engine, chief, clock, Action.MANAGE_INSTITUTIONS, institution="hue")


def test_the_secret_is_nowhere_in_the_database(engine: Engine, clock: Clock, hoa: User) -> None:
    made = issue(engine, hoa, clock, Action.VIEW)
    mark, prefix, secret = made.text.split("_", 2)
    assert (mark, prefix) == ("mus", made.key.prefix)
    assert len(secret) >= 43
    with db.reading(engine) as session:
        row = session.scalars(select(ApiKeyRow)).one()
        stored = " ".join(str(getattr(row, column.key)) for column in ApiKeyRow.__table__.columns)
    assert secret not in stored
    assert made.key.prefix in stored


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text.replace("mus_", "mua_"),
        lambda text: text.rpartition("_")[0],
        lambda text: text + "A",
        lambda text: text.split("_")[2],
    ],
)
def test_a_changed_key_is_nobody(engine: Engine, clock: Clock, hoa: User, change: object) -> None:
    made = issue(engine, hoa, clock, Action.VIEW)
    assert callable(change)
    assert keys.viewer_of_key(engine, change(made.text), now=clock.now) is None


@pytest.mark.parametrize("text", ["", "mus", "mus__", "mus_bcdfghjk_", "\udcff", "mus_\udcff_x", "x" * 5000])
def test_what_is_no_key_is_nobody(engine: Engine, text: str) -> None:
    assert keys.viewer_of_key(engine, text) is None


def test_a_key_ends_on_its_day(engine: Engine, clock: Clock, hoa: User) -> None:
    made = issue(engine, hoa, clock, Action.VIEW)
    clock.go(days=89, hours=23)
    assert keys.viewer_of_key(engine, made.text, now=clock.now) is not None
    clock.go(hours=1)
    assert keys.viewer_of_key(engine, made.text, now=clock.now) is None


@pytest.mark.parametrize("days", [0, -1, 366, 100_000])
def test_no_key_is_for_ever(engine: Engine, clock: Clock, hoa: User, days: int) -> None:
    with pytest.raises(Invalid):
        issue(engine, hoa, clock, Action.VIEW, days=days)


@pytest.mark.parametrize(
    ("scopes", "institution"),
    [
        ({Action.PUBLISH}, "*"),
        ({Action.VIEW, Action.MANAGE_PEOPLE}, "hue"),
        ({Action.VIEW}, "hoi-an"),
        ({Action.MANAGE_INSTITUTIONS}, "*"),
    ],
)
def test_no_key_may_more_than_its_maker(
    engine: Engine, clock: Clock, hoa: User, scopes: set[Action], institution: str
) -> None:
    with pytest.raises(Forbidden):
        issue(engine, hoa, clock, *scopes, institution=institution)


def test_a_key_shrinks_with_its_owners_roles(engine: Engine, clock: Clock, hoa: User) -> None:
    made = issue(engine, hoa, clock, Action.VIEW, Action.EDIT)
    with db.writing(engine) as session:
        people.revoke(session, hoa.id, a_grant("curator", "hue"), by=OPERATOR)
        people.grant(session, hoa.id, a_grant("administrator", "cham"), by=OPERATOR)
    viewer = keys.viewer_of_key(engine, made.text, now=clock.now)
    assert viewer is not None
    assert not may(viewer, Action.EDIT, HUE_DRAFT)
    assert {a for a in Action if may(viewer, a, CHAM_DRAFT)} == {Action.VIEW, Action.EDIT}  # and never grows


def test_a_key_waits_for_its_owners_second_factor(engine: Engine, clock: Clock, hoa: User) -> None:
    made = issue(engine, hoa, clock, Action.VIEW)
    needing = frozenset({Role.ADMINISTRATOR})

    def works() -> bool:
        return keys.viewer_of_key(engine, made.text, second_factor_roles=needing, now=clock.now) is not None

    assert works()
    with db.writing(engine) as session:
        people.grant(session, hoa.id, a_grant("administrator", "hue"), by=OPERATOR)
    assert not works()
    with db.writing(engine) as session:
        secret = second_factor.begin(session, hoa.id, issuer="x", keys=KEYS).secret
    assert not works()  # begun is not proven
    with db.writing(engine) as session:
        second_factor.confirm(session, hoa.id, pyotp.TOTP(secret).at(clock.now), keys=KEYS, now=clock.now)
    assert works()
    with db.writing(engine) as session:
        second_factor.remove(session, hoa.id, by=OPERATOR)
    assert not works()


def test_a_key_makes_no_keys_and_the_operator_has_none(engine: Engine, clock: Clock, hoa: User) -> None:
    viewer = keys.viewer_of_key(engine, issue(engine, hoa, clock, Action.VIEW).text, now=clock.now)
    assert viewer is not None
    with db.writing(engine) as session:
        with pytest.raises(Forbidden):
            keys.issue(session, by=viewer, name="more", scopes=[Action.VIEW])
        with pytest.raises(NotFound):
            keys.issue(session, by=OPERATOR, name="more", scopes=[Action.VIEW])
        with pytest.raises(Forbidden):
            keys.issue(session, by=Viewer(), name="more", scopes=[Action.VIEW])
        with pytest.raises(Invalid):
            keys.issue(session, by=people.viewer_of(session, hoa.id), name="nothing", scopes=[])


def test_keys_are_revoked_by_their_owner_and_who_manages_them(engine: Engine, clock: Clock, hoa: User) -> None:
    peer = a_user(engine, "peer@baotang.example", a_grant("administrator", "hue"), clock=clock)
    first, second = issue(engine, hoa, clock, Action.VIEW), issue(engine, hoa, clock, Action.VIEW)
    with db.writing(engine) as session:
        with pytest.raises(NotFound):  # hoa is another institution's, too
            keys.revoke(session, first.key.id, by=people.viewer_of(session, peer.id))
        keys.revoke(session, first.key.id, by=people.viewer_of(session, hoa.id))
        keys.revoke(session, second.key.id, by=OPERATOR)
        listed = keys.list_of(session, hoa.id)
    assert [key.revoked_at is not None for key in listed] == [True, True]
    assert [keys.viewer_of_key(engine, made.text, now=clock.now) for made in (first, second)] == [None, None]


def test_the_time_of_use_is_noted_at_most_once_a_minute(engine: Engine, clock: Clock, hoa: User) -> None:
    made = issue(engine, hoa, clock, Action.VIEW)
    used = []
    for _ in range(6):
        keys.viewer_of_key(engine, made.text, now=clock.now)
        with db.reading(engine) as session:
            used.append(keys.list_of(session, hoa.id)[0].last_used_at)
        clock.go(seconds=20)
    assert len(set(used)) == 2
