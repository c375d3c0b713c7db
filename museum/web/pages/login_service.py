"""Signing in at a service that people have already (OpenID Connect): there, and back with proof."""

import time
from types import ModuleType
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts.login import begin_known
from museum.db import utc_now, writing
from museum.errors import BackendError, Forbidden, NotFound
from museum.web import sessions
from museum.web.context import museum
from museum.web.onward import keeping_next, onward, wanted
from museum.web.public import base_url

if TYPE_CHECKING:
    from museum.accounts.oidc import Client

blueprint = Blueprint("login_service", __name__)
_PENDING = "service"
_WITHIN_S = 600


@blueprint.get("/login/service")
def leave() -> ResponseReturnValue:
    """Send somebody to the service, and remember in their own cookie what must come back."""
    oidc, asking, client = _parts()
    address, pending = oidc.begin(oidc.discover(client, asking.ask), client)
    session[_PENDING] = {
        "state": pending.state,
        "nonce": pending.nonce,
        "verifier": pending.verifier,
        "next": wanted(),
        "until": int(time.time()) + _WITHIN_S,
    }
    return redirect(address, code=303)


@blueprint.get("/login/service/back")
def come_back() -> ResponseReturnValue:
    """Judge what the service says, and sign in whom it names."""
    remembered = session.pop(_PENDING, None)
    if not remembered or remembered["until"] < time.time():
        raise Forbidden("accounts.oidc_refused", reason="state")
    oidc, asking, client = _parts()
    pending = oidc.Pending(state=remembered["state"], nonce=remembered["nonce"], verifier=remembered["verifier"])
    provider = oidc.discover(client, asking.ask)
    now = utc_now()
    identity = oidc.finish(provider, client, pending, query=request.args.to_dict(), ask=asking.ask, now=now)
    with writing(museum().engine) as database:
        user = oidc.user_for(database, identity, now=now)
        issued = begin_known(database, user.id, user_agent=request.user_agent.string, old_token=sessions.token())
    sessions.put(issued)
    if issued.stage == "code":
        return redirect(keeping_next(addresses.login("code"), remembered["next"]), code=303)
    return redirect(onward(user.language, remembered["next"]), code=303)


def _parts() -> "tuple[ModuleType, ModuleType, Client]":
    """The words, the asker and we ourselves. Raises NotFound where no service is set, BackendError without authlib."""
    if not museum().settings.oidc_issuer:
        raise NotFound("web.no_page", address=request.path)
    try:
        from museum.accounts import oidc, oidc_asking
    except ImportError as error:
        raise BackendError("web.no_authlib") from error
    client = oidc_asking.client_of(museum().settings, redirect_uri=base_url() + addresses.login("service/back"))
    assert client is not None
    return oidc, oidc_asking, client
