"""Access to restricted images lives as long as the session behind it, for the sites it was given, no longer."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from museum.accounts import image_access, login, people, sessions
from museum.accounts.image_access import KIOSK, LASTS, Access, Lack
from museum.accounts.policy import Grant, operator
from museum.accounts.roles import Role
from museum.accounts.signing_keys import SigningKey
from museum.db import reading, utc_now, writing

VIEWER = "https://viewer.example"
KEY = SigningKey.of("một khóa dài hơn ba mươi hai ký tự để ký thử nghiệm")
OTHER = SigningKey.of("một khóa khác cũng dài hơn ba mươi hai ký tự để ký thử")
NOW = utc_now()


@dataclass(frozen=True, kw_only=True)
class Browser:
    """Somebody signed in, with access for one site."""

    engine: Engine
    user_id: str
    token: str
    cookie: str

    def access(self, **options: object) -> Access | Lack:
        return image_access.of_cookie(self.engine, self.cookie, now=NOW, **options)  # type: ignore[arg-type]

    def bearer(self, token: str, **options: object) -> Access | Lack:
        return image_access.of_token(
            self.engine,
            token,
            **{"keys": (KEY,), "origin": VIEWER, "now": NOW, **options},  # type: ignore[arg-type]
        )


@pytest.fixture
def browser(engine: Engine) -> Browser:
    with writing(engine) as session:
        grants = [Grant(role=Role.CURATOR, institution="museum")]
        user = people.create(session, "hoa@baotang.example", name="Lê Thị Hoa", by=operator("test"), grants=grants)
        token = sessions.begin(session, user.id, now=NOW).token
        begun = image_access.begin(session, user_id=user.id, session_token=token, origin=VIEWER, now=NOW)
    return Browser(engine=engine, user_id=user.id, token=token, cookie=begun.cookie)


def given(browser: Browser, *, origin: str = VIEWER) -> str:
    access = browser.access()
    assert isinstance(access, Access)
    return image_access.token_for(access.id, origin=origin, key=KEY, now=NOW)


def test_access_has_the_persons_rights_and_its_token_stands_for_it(browser: Browser) -> None:
    access = browser.access()
    assert isinstance(access, Access)
    assert [grant.role for grant in access.viewer.grants] == [Role.CURATOR]
    assert access.origins == {VIEWER}
    assert browser.bearer(given(browser)) == access
    assert browser.cookie not in given(browser)
    with writing(browser.engine) as session:
        grant = Grant(role=Role.CURATOR, institution="museum")
        people.revoke(session, browser.user_id, grant, by=operator("test"))
    emptied = browser.access()
    assert isinstance(emptied, Access)
    assert emptied.viewer.grants == ()


def _sign_out(browser: Browser) -> None:
    with writing(browser.engine) as session:
        sessions.end(session, browser.token)


def _leave_images(browser: Browser) -> None:
    with writing(browser.engine) as session:
        image_access.end(session, browser.cookie)


def _shut_account(browser: Browser) -> None:
    with writing(browser.engine) as session:
        people.deactivate(session, browser.user_id, by=operator("test"))


@pytest.mark.parametrize("ends", [_sign_out, _leave_images, _shut_account])
def test_cookie_and_tokens_end_with(browser: Browser, ends: Callable[[Browser], None]) -> None:
    token = given(browser)
    assert isinstance(browser.bearer(token), Access)
    ends(browser)
    assert browser.access() is Lack.EXPIRED
    assert browser.bearer(token) is Lack.EXPIRED


def test_access_follows_its_session_to_the_next_token(browser: Browser) -> None:
    with writing(browser.engine) as session:
        issued = sessions.rotate(session, browser.token, now=NOW)
    assert issued is not None
    assert isinstance(browser.access(), Access)
    with writing(browser.engine) as session:
        sessions.end(session, issued.token)
    assert browser.access() is Lack.EXPIRED


def test_second_factor_asked_for_later_shuts_it(browser: Browser) -> None:
    assert browser.access(second_factor_roles=frozenset({Role.CURATOR})) is Lack.EXPIRED


def test_time_ends_access_and_tokens(browser: Browser) -> None:
    token = given(browser)
    later = NOW + dt.timedelta(seconds=image_access.TOKEN_LASTS_S)
    assert browser.bearer(token, now=later) is Lack.EXPIRED
    assert image_access.of_cookie(browser.engine, browser.cookie, now=NOW + LASTS) is Lack.EXPIRED
    assert image_access.of_cookie(browser.engine, "", now=NOW) is Lack.MISSING


def test_no_altered_token_opens(browser: Browser) -> None:
    token = given(browser)
    access_id, until, mac = token.split(".")
    forged = [
        "", ".", "..", "a.b.c", token[:-1], token + "A",
        f"{access_id}.{int(until) + 600}.{mac}", f"{KIOSK}.{until}.{mac}",
        browser.cookie, f"{access_id}.{until}.", f"{access_id}.-1.{mac}", "é.1.x", token * 40, f"{access_id}.١.{mac}",
        image_access.token_for(access_id, origin=VIEWER, key=OTHER, now=NOW),
        image_access.token_for(access_id, origin="https://other.example", key=KEY, now=NOW),
        *(token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :] for i in range(len(token))),
    ]  # fmt: skip
    refused = sum(isinstance(browser.bearer(each), Lack) for each in forged)
    print(f"{refused} of {len(forged)} altered tokens refused; the true one opens")
    assert refused == len(forged)
    assert isinstance(browser.bearer(token), Access)
    assert browser.bearer(token, origin="https://other.example") is Lack.INVALID


def test_a_browser_widens_its_access_and_another_person_does_not_inherit_it(browser: Browser) -> None:
    with writing(browser.engine) as session:
        again = image_access.begin(
            session, user_id=browser.user_id, session_token=browser.token, origin="https://b.example",
            cookie=browser.cookie, now=NOW,
        )  # fmt: skip
    assert again.cookie == browser.cookie
    widened = browser.access()
    assert isinstance(widened, Access)
    assert widened.origins == {VIEWER, "https://b.example"}
    with writing(browser.engine) as session:
        other = people.create(session, "an@baotang.example", name="Trần An", by=operator("test"), grants=[])
        token = sessions.begin(session, other.id, now=NOW).token
        theirs = image_access.begin(
            session, user_id=other.id, session_token=token, origin="https://b.example", cookie=browser.cookie, now=NOW
        )
    assert theirs.cookie != browser.cookie
    assert browser.access() is Lack.EXPIRED


def test_a_kiosk_token_stands_for_nobody(browser: Browser) -> None:
    """Where a machine stands opens, whatever token it shows: taken elsewhere this one is worth nothing."""
    token = image_access.token_for(KIOSK, origin="", key=KEY, now=NOW)
    for origin in ("", VIEWER):
        assert image_access.of_token(browser.engine, token, keys=(KEY,), origin=origin, now=NOW) is Lack.INVALID


def test_what_ran_out_is_swept_at_the_next_beginning(browser: Browser) -> None:
    later = NOW + LASTS + dt.timedelta(days=2)
    with writing(browser.engine) as session:
        login.sweep(session, now=later)
        image_access.begin(session, user_id=browser.user_id, session_token="x", origin=VIEWER, now=later)
    with reading(browser.engine) as session:
        rows = session.query(image_access.ImageAccessRow).count()
    assert rows == 1
