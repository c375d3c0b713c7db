"""Signing in at another service, against a small one of our own that really answers on this machine."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import Engine

from museum import db
from museum.accounts import identities, invitations, login, oidc, oidc_asking, people, second_factor, sessions
from museum.accounts.oidc import Client, Identity, Pending
from museum.config import Settings
from museum.errors import BackendError, Forbidden, Invalid, MuseumError
from tests.accounts.conftest import KEYS, OPERATOR, Clock, a_grant, a_user
from tests.accounts.openid_service import HOA, KEY, Claims, Service, answering

OTHER_KEY = RSAKey.generate_key(2048, parameters={"kid": "one"})


@pytest.fixture
def service() -> Iterator[Service]:
    """The service, answering until the test ends."""
    with answering() as running:
        yield running


def client_of(service: Service) -> Client:
    return Client(
        issuer=service.issuer,
        client_id="museum",
        client_secret="our secret",
        redirect_uri="https://baotang.example/login/oidc",
    )


def walk(service: Service, **changed: str) -> tuple[Pending, dict[str, str]]:
    """Go to the service as a browser does; what we remember, and the query we are sent back with."""
    provider = oidc.discover(client_of(service), oidc_asking.ask)
    address, pending = oidc.begin(provider, client_of(service))
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    back = service.authorize(query)
    found = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    return pending, found | changed


def come_back(service: Service, pending: Pending, query: dict[str, str]) -> Identity:
    client = client_of(service)
    provider = oidc.discover(client, oidc_asking.ask)
    return oidc.finish(provider, client, pending, query=query, ask=oidc_asking.ask, now=service.now)


@pytest.mark.parametrize("methods", [["client_secret_basic"], ["client_secret_post"]])
def test_somebody_signs_in_there_and_is_known_here(
    engine: Engine, clock: Clock, service: Service, methods: list[str]
) -> None:
    hoa = a_user(engine, HOA, a_grant("curator", "hue"), clock=clock)
    service.methods = methods
    identity = come_back(service, *walk(service))
    assert identity == Identity(issuer=service.issuer, subject="248289761001", email=HOA, name="Nguyễn Thị Hoa")
    with db.writing(engine) as session:
        user = oidc.user_for(session, identity, now=clock.now)
        issued = login.begin_known(session, user.id, now=clock.now)
    assert user.id == hoa.id
    found = sessions.viewer_of(engine, issued.token, now=clock.now)
    assert found is not None
    assert found.viewer.grants == (a_grant("curator", "hue"),)


def test_who_was_invited_gets_their_account_with_its_roles(engine: Engine, clock: Clock, service: Service) -> None:
    with db.writing(engine) as session:
        invitations.invite(session, HOA, by=OPERATOR, grants=[a_grant("curator", "hue")], now=clock.now)
        user = oidc.user_for(session, come_back(service, *walk(service)), now=clock.now)
        assert (user.email, user.name, user.has_password) == (HOA, "Nguyễn Thị Hoa", False)
        assert people.grants_of(session, user.id) == (a_grant("curator", "hue"),)
        assert invitations.open_for(session, OPERATOR, now=clock.now) == []


def test_who_is_neither_known_nor_invited_stays_outside(engine: Engine, clock: Clock, service: Service) -> None:
    identity = come_back(service, *walk(service))
    with db.writing(engine) as session, pytest.raises(Forbidden) as raised:
        oidc.user_for(session, identity, now=clock.now)
    assert raised.value.code == "accounts.oidc_unknown"
    hoa = a_user(engine, HOA, clock=clock)
    with db.writing(engine) as session:
        people.deactivate(session, hoa.id, by=OPERATOR)
        with pytest.raises(Forbidden):
            oidc.user_for(session, identity, now=clock.now)


def test_a_second_factor_here_is_asked_for_all_the_same(engine: Engine, clock: Clock, service: Service) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    with db.writing(engine) as session:
        secret = second_factor.begin(session, hoa.id, issuer="x", keys=KEYS).secret
        second_factor.confirm(session, hoa.id, pyotp.TOTP(secret).at(clock.now), keys=KEYS, now=clock.now)
        user = oidc.user_for(session, come_back(service, *walk(service)), now=clock.now)
        assert login.begin_known(session, user.id, now=clock.now).stage == "code"


def user_of(engine: Engine, identity: Identity, clock: Clock) -> str:
    with db.writing(engine) as session:
        return oidc.user_for(session, identity, now=clock.now).id


def test_a_person_is_known_by_their_subject_when_their_email_changes(
    engine: Engine, clock: Clock, service: Service
) -> None:
    hoa, lan = a_user(engine, HOA, clock=clock), a_user(engine, "lan@baotang.example", clock=clock)
    identity = come_back(service, *walk(service))
    assert user_of(engine, identity, clock) == hoa.id
    married = replace(identity, email="hoa.le@baotang.example")
    assert user_of(engine, married, clock) == hoa.id
    assert user_of(engine, replace(identity, email="lan@baotang.example"), clock) == hoa.id, "not Lan's account"
    with db.reading(engine) as session:
        assert [(one.issuer, one.subject) for one in identities.of_user(session, hoa.id)] == [
            (service.issuer, identity.subject)
        ]
        assert [event.action for event in people.history(session, hoa.id, by=OPERATOR)].count("service_linked") == 1
        assert identities.of_user(session, lan.id) == []


def test_who_inherits_an_email_there_inherits_no_account_here(engine: Engine, clock: Clock, service: Service) -> None:
    hoa = a_user(engine, HOA, a_grant("administrator", "hue"), clock=clock)
    identity = come_back(service, *walk(service))
    user_of(engine, identity, clock)
    heir = replace(identity, subject="999")
    with pytest.raises(Forbidden) as raised:
        user_of(engine, heir, clock)
    assert raised.value.code == "accounts.oidc_other_person"
    manager_id = a_manager(engine, clock)
    with db.writing(engine) as session:
        manager = people.viewer_of(session, manager_id)
        with pytest.raises(Forbidden):
            identities.forget(session, hoa.id, by=manager)
        assert identities.forget(session, hoa.id, by=OPERATOR)
        assert not identities.forget(session, hoa.id, by=OPERATOR)
    assert user_of(engine, heir, clock) == hoa.id
    with pytest.raises(Forbidden):
        user_of(engine, identity, clock)


def a_manager(engine: Engine, clock: Clock) -> str:
    """An administrator of another institution."""
    return a_user(engine, "an@hoian.example", a_grant("administrator", "hoi-an"), clock=clock).id


def test_a_subject_of_another_service_is_another_person(engine: Engine, clock: Clock, service: Service) -> None:
    a_user(engine, HOA, clock=clock)
    lan = a_user(engine, "lan@baotang.example", clock=clock)
    identity = come_back(service, *walk(service))
    user_of(engine, identity, clock)
    elsewhere = replace(identity, issuer="https://login.example", email="lan@baotang.example")
    assert user_of(engine, elsewhere, clock) == lan.id


def test_a_shut_account_stays_shut_for_its_subject(engine: Engine, clock: Clock, service: Service) -> None:
    hoa = a_user(engine, HOA, clock=clock)
    identity = come_back(service, *walk(service))
    user_of(engine, identity, clock)
    with db.writing(engine) as session:
        people.deactivate(session, hoa.id, by=OPERATOR)
    with pytest.raises(Forbidden) as raised:
        user_of(engine, replace(identity, email="new@baotang.example"), clock)
    assert raised.value.code == "accounts.oidc_unknown"


def _set(**values: Any) -> Callable[[Claims], None]:
    return lambda claims: claims.update(values)


def _drop(name: str) -> Callable[[Claims], None]:
    return lambda claims: claims.pop(name) and None


@pytest.mark.parametrize(
    "change",
    [
        _set(iss="https://elsewhere.example"),
        _set(aud="another-client"),
        _set(aud=["museum", "another-client"]),  # several audiences need azp
        _set(aud="museum", azp="another-client"),
        _set(nonce="somebody else's"),
        _set(exp=1_700_000_000),
        _set(iat=4_000_000_000),
        _set(nbf=4_000_000_000),
        _set(email_verified=False),
        _set(email_verified="false"),
        _set(email_verified="true"),
        _set(at_hash="wrongwrongwrongwrongww"),
        *(_set(sub=wrong) for wrong in ("", "x" * 256, "24\n8", "a\x00b")),
        *(_drop(name) for name in ("iss", "sub", "aud", "nonce", "iat", "exp", "email_verified")),
    ],
)
def test_a_token_with_anything_wrong_is_refused(service: Service, change: Callable[[Claims], None]) -> None:
    service.change = change
    with pytest.raises(Forbidden):
        come_back(service, *walk(service))


@pytest.mark.parametrize("email", ["", "not an e-mail", None])
def test_an_identity_without_an_email_is_refused(service: Service, email: str | None) -> None:
    service.change = _set(email=email)
    with pytest.raises(MuseumError):
        come_back(service, *walk(service))


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY),
        lambda claims: jwt.encode(
            {"alg": "HS256", "kid": "one"},
            claims,
            OctKey.import_key(b"our secret, which is no key"),
            algorithms=["HS256"],
        ),
        lambda claims: ".".join((_part({"alg": "none"}), _part(claims), "")),
        lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)[:-8] + "AAAAAAAA",
        lambda _: "",
        lambda _: "no token",
    ],
)
def test_a_token_signed_by_anybody_else_is_refused(service: Service, sign: Callable[[Claims], str]) -> None:
    service.sign = sign
    with pytest.raises(Forbidden):
        come_back(service, *walk(service))


def _part(values: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "changed",
    [{"state": "forged"}, {"state": ""}, {"iss": "https://elsewhere.example"}],
    ids=["state", "no state", "issuer"],
)
def test_a_return_that_we_did_not_begin_is_refused(service: Service, changed: dict[str, str]) -> None:
    with pytest.raises(Forbidden):
        come_back(service, *walk(service, **changed))


def test_a_refusal_there_is_a_refusal_here(service: Service) -> None:
    pending, query = walk(service)
    with pytest.raises(Forbidden) as raised:
        come_back(service, pending, {"state": query["state"], "error": "access_denied"})
    assert "access_denied" in raised.value.message("vi")


def test_a_stolen_code_is_worth_nothing_without_its_verifier(service: Service) -> None:
    pending, query = walk(service)
    with pytest.raises(BackendError):
        come_back(service, replace(pending, verifier="x" * 64), query)


def test_a_code_is_used_once(service: Service) -> None:
    pending, query = walk(service)
    come_back(service, pending, query)
    with pytest.raises(BackendError):
        come_back(service, pending, query)


@pytest.mark.parametrize(
    "describe",
    [
        _set(issuer="https://elsewhere.example"),
        _set(token_endpoint="http://elsewhere.example/token"),
        _set(jwks_uri="file:///etc/passwd"),
        _drop("authorization_endpoint"),
    ],
)
def test_a_service_that_describes_itself_wrongly_is_not_asked(
    service: Service, describe: Callable[[Claims], None]
) -> None:
    service.describe = describe
    with pytest.raises(BackendError):
        oidc.discover(client_of(service), oidc_asking.ask)


def test_a_service_that_is_away_is_told_so(service: Service) -> None:
    with pytest.raises(BackendError):
        oidc_asking.ask(f"{service.issuer}/nothing", form=None, headers={})
    with pytest.raises(BackendError):
        oidc_asking.ask("http://127.0.0.1:1/keys", form=None, headers={})
    with pytest.raises(BackendError):
        oidc_asking.ask("file:///etc/passwd", form=None, headers={})


def test_the_service_is_a_setting(tmp_path: Any) -> None:
    home = Settings(home=tmp_path)
    assert oidc_asking.client_of(home, redirect_uri="x") is None
    for wrong in ({"oidc_issuer": "http://login.example", "oidc_client_id": "x"}, {"oidc_issuer": "https://l.example"}):
        with pytest.raises(Invalid):
            oidc_asking.client_of(replace(home, **wrong), redirect_uri="x")
    found = oidc_asking.client_of(
        replace(home, oidc_issuer="https://login.example", oidc_client_id="museum"), redirect_uri="x"
    )
    assert found is not None
    assert (found.issuer, found.client_id) == ("https://login.example", "museum")
