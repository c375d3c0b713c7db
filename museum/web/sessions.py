"""The session of whoever is signed in at this browser: the cookie holds a random token, the server all the rest."""

from flask import g, request, session

from museum.accounts import keys, sessions
from museum.accounts.policy import VISITOR, Viewer
from museum.accounts.roles import Role
from museum.accounts.second_factor import required_roles
from museum.accounts.sessions import Issued, SignedIn
from museum.db import writing
from museum.web.context import museum
from museum.web.private import is_interface, is_private
from museum.web.proxies import Trust

_TOKEN = "token"
_BEARER = "bearer "


def here() -> SignedIn | None:
    """The live session of this request, None where nobody is signed in or the address is public."""
    if not is_private(request.path):
        return None
    if "signed_in" not in g:
        g.signed_in = _look()
    found: SignedIn | None = g.signed_in
    return found


def token() -> str:
    """This browser's token, "" without one."""
    return str(session.get(_TOKEN, ""))


def put(issued: Issued) -> None:
    """Give this browser a new session; what its cookie held before is forgotten, form tokens among it."""
    session.clear()
    session[_TOKEN] = issued.token
    g.pop("signed_in", None)
    g.pop("csrf_token", None)


def drop() -> None:
    """Sign this browser out."""
    if token():
        with writing(museum().engine) as database:
            sessions.end(database, token())
    session.clear()
    g.pop("signed_in", None)


def who_asks() -> Viewer:
    """A key's owner at the interface, the signed-in person at private addresses, else the visitor."""
    if is_interface(request.path):
        given = request.headers.get("Authorization", "")
        if not given.lower().startswith(_BEARER):
            return VISITOR
        key = given[len(_BEARER) :].strip()
        return keys.viewer_of_key(museum().engine, key, second_factor_roles=_needing()) or VISITOR
    found = here()
    return found.viewer if found is not None and found.stage != "code" else VISITOR


def client_address() -> str:
    """The network address that asks; with `proxies` set, the one which the outermost of them saw."""
    return Trust.of(museum().settings).client(request.environ) or request.remote_addr or ""


def _needing() -> frozenset[Role]:
    return required_roles(museum().settings.second_factor_roles)


def _look() -> SignedIn | None:
    if not token():
        return None
    engine = museum().engine
    found = sessions.viewer_of(engine, token(), second_factor_roles=_needing())
    if found is not None and found.must_rotate and found.stage != "code":
        with writing(engine) as database:
            issued = sessions.rotate(database, token())
        if issued is not None:  # else another tab rotated it a moment ago
            session[_TOKEN] = issued.token
    return found
