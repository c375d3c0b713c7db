"""Signing in at a service people already have (OpenID Connect Core 1.0, code flow with PKCE and nonce): the words only.

The only module that imports authlib (and joserfc, which comes with it). What goes over the network is handed in.
"""

import base64
import datetime as dt
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote_plus, urlsplit

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session

from museum.accounts import identities, invitations, people
from museum.accounts.people import User
from museum.errors import BackendError, Forbidden

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # signed by the service's own key: never "none", never our secret
_LEEWAY_S = 60
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Ask(Protocol):
    """Asks the service: a POST of `form`, or a GET without one; the body of a 200 answer. Raises BackendError."""

    def __call__(self, address: str, *, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Client:
    """We, as the service knows us. `redirect_uri` is the whole address it sends people back to."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True, kw_only=True)
class Provider:
    """The service, as it describes itself (OpenID Connect Discovery 1.0 §3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    wants_secret_in_form: bool


@dataclass(frozen=True, kw_only=True)
class Pending:
    """What we must remember while somebody is at the service: in a signed cookie of ten minutes, this browser's."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the service says it is; the e-mail is one that it has verified."""

    issuer: str
    subject: str
    email: str
    name: str


def discover(client: Client, ask: Ask) -> Provider:
    """Ask the service for its description. Raises BackendError when there is none, or it is another one's."""
    told = _json(ask(f"{client.issuer.rstrip('/')}/.well-known/openid-configuration", form=None, headers={}))
    if told.get("issuer") != client.issuer:
        raise BackendError("accounts.oidc_broken", issuer=client.issuer, reason=f"issuer {told.get('issuer')!r}")
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        authorization_endpoint=_safe(client, told, "authorization_endpoint"),
        token_endpoint=_safe(client, told, "token_endpoint"),
        jwks_uri=_safe(client, told, "jwks_uri"),
        wants_secret_in_form="client_secret_basic" not in methods,
    )


def begin(provider: Provider, client: Client) -> tuple[str, Pending]:
    """Where to send somebody to sign in, and what to remember meanwhile."""
    pending = Pending(state=generate_token(32), nonce=generate_token(32), verifier=generate_token(64))
    address = prepare_grant_uri(
        provider.authorization_endpoint,
        client.client_id,
        "code",
        redirect_uri=client.redirect_uri,
        scope="openid email profile",
        state=pending.state,
        nonce=pending.nonce,
        code_challenge=create_s256_code_challenge(pending.verifier),
        code_challenge_method="S256",
    )
    return str(address), pending


def finish(
    provider: Provider, client: Client, pending: Pending, *, query: Mapping[str, str], ask: Ask, now: dt.datetime
) -> Identity:
    """Who came back with `query`. Raises Forbidden (refused, forged, unverified), BackendError (the service)."""
    if not hmac.compare_digest(query.get("state", "").encode(), pending.state.encode()):
        raise Forbidden("accounts.oidc_refused", reason="state")
    if query.get("iss", client.issuer) != client.issuer:  # RFC 9207: an answer mixed up with another service's
        raise Forbidden("accounts.oidc_refused", reason="iss")
    if "code" not in query:
        raise Forbidden("accounts.oidc_refused", reason=query.get("error", "code"))
    form = {
        "grant_type": "authorization_code",
        "code": query["code"],
        "redirect_uri": client.redirect_uri,
        "code_verifier": pending.verifier,
    }
    headers = {}
    if provider.wants_secret_in_form:
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    else:
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"  # RFC 6749 §2.3.1
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    told = _json(ask(provider.token_endpoint, form=form, headers=headers))
    keys = _json(ask(provider.jwks_uri, form=None, headers={}))
    access_token = str(told.get("access_token", ""))
    return verify(
        str(told.get("id_token", "")), keys, client=client, nonce=pending.nonce, now=now, access_token=access_token
    )


def verify(
    id_token: str, keys: Mapping[str, Any], *, client: Client, nonce: str, now: dt.datetime, access_token: str = ""
) -> Identity:
    """The identity in an ID token (OpenID Connect Core 1.0 §3.1.3.7): signature, issuer, audience, nonce, times.

    Raises Forbidden for anything that isn't right, and for an e-mail that the service didn't verify.
    """
    options = {
        "iss": {"essential": True, "value": client.issuer},
        "aud": {"essential": True, "value": client.client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    parameters = {"nonce": nonce, "client_id": client.client_id, "access_token": access_token}
    try:
        token = jwt.decode(id_token, KeySet.import_key_set({"keys": list(keys["keys"])}), algorithms=list(ALGORITHMS))
        claims = CodeIDToken(token.claims, token.header, options, parameters)
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise Forbidden("accounts.oidc_refused", reason=type(error).__name__) from error
    if token.claims.get("email_verified") is not True:
        raise Forbidden("accounts.oidc_unverified")
    subject = str(token.claims["sub"])
    if not 0 < len(subject) <= identities.LONGEST_SUBJECT or not subject.isprintable():
        raise Forbidden("accounts.oidc_refused", reason="sub")
    email = people.clean_email(str(token.claims.get("email", "")))
    name = str(token.claims.get("name", ""))
    return Identity(issuer=client.issuer, subject=subject, email=email, name=name if people.is_name(name) else "")


def user_for(session: Session, identity: Identity, *, now: dt.datetime) -> User:
    """The active account that this subject of the service opens, whatever its e-mail is by now.

    At the first sign-in it is linked to the account of the verified e-mail, or to a new one where an invitation is
    open. Forbidden for all others, and where another subject opens the account of that e-mail.
    """
    known = identities.find(session, issuer=identity.issuer, subject=identity.subject)
    user = people.get(session, known) if known else people.by_email(session, identity.email)
    if user is None:
        user = invitations.accept_known(session, identity.email, name=identity.name, now=now)
    if user is None or not user.is_active:
        raise Forbidden("accounts.oidc_unknown", email=identity.email)
    if known is None:
        identities.link(session, user.id, issuer=identity.issuer, subject=identity.subject, now=now)
    return user


def is_safe(address: str) -> bool:
    """True for https, or http on this very machine (tests)."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _safe(client: Client, told: Mapping[str, Any], name: str) -> str:
    address = told.get(name)
    if not isinstance(address, str) or not is_safe(address):
        raise BackendError("accounts.oidc_broken", issuer=client.issuer, reason=name)
    return address


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError as error:
        raise BackendError("accounts.oidc_broken", issuer="", reason="JSON") from error
    if not isinstance(told, dict):
        raise BackendError("accounts.oidc_broken", issuer="", reason="JSON")
    return told
